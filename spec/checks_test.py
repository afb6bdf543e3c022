#!/usr/bin/env python3
"""Tests of what ci/spec checks besides that TLC ends, and of spec/settled/generate where TLC has no answer.

None of them needs TLC to find anything; runner_test.py has those that do.
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SPEC = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(SPEC))
from runner import checks, matrix, tlc, trace  # noqa: E402
from runner.manifest import Manifest  # noqa: E402


class Settled(unittest.TestCase):
    """spec/settled/generate, where TLC has no answer."""

    def generate(self, *arguments, path=""):
        with tempfile.TemporaryDirectory() as folder:
            result = subprocess.run([sys.executable, str(SPEC / "settled/generate"), folder, *arguments], capture_output=True,
                                    text=True, timeout=300, env={**os.environ, "PATH": f"{path}:{os.environ['PATH']}"})
        self.assertEqual((result.stdout, len(result.stderr.splitlines())), ("", 1), result.stderr)
        return result.returncode, result.stderr

    def test_gives_tlc_a_limited_time(self):
        with tempfile.TemporaryDirectory() as fake:
            (Path(fake) / "java").write_text("#!/bin/sh\nexec sleep 1000\n")
            (Path(fake) / "java").chmod(0o755)
            code, err = self.generate("--only", "one-place", "--limit", "0.5", path=fake)
        self.assertEqual(code, 2)
        self.assertIn("one-place: TLC is not finished with spec/ChannelTest.tla after 0.5 s", err)

    def test_misuse_is_one_line(self):
        for arguments, words in [(["--limit", "-1"], "--limit"), (["--limit", "long"], "--limit"), (["--only"], "--only"),
                                 (["--compare", "--record"], "--record"), (["--only", "nope"], "no model is called 'nope'")]:
            with self.subTest(arguments=arguments):
                code, err = self.generate(*arguments)
                self.assertEqual(code, 3)
                self.assertIn(words, err)


class Checks(unittest.TestCase):
    SPEC = "CriticalSection(t) ==\n    \\/ SendStores(t)\n    \\/ RecvTakes(t)\n"

    def test_names_in_the_code_and_in_the_specification_agree(self):
        self.assertEqual(checks.names_agree("// [spec: SendStores] // [spec: RecvTakes]", self.SPEC), [])
        self.assertIn("no line of core.hpp says [spec: RecvTakes]", checks.names_agree("[spec: SendStores]", self.SPEC)[0])
        self.assertIn("[spec: Other]", checks.names_agree("[spec: SendStores] [spec: RecvTakes] [spec: Other]", self.SPEC)[0])
        self.assertEqual(len(checks.names_agree("[spec: SendStores] [spec: RecvTakes]", "")), 2)

    def test_an_action_never_taken_is_an_error(self):
        one = tlc.Outcome(taken={"MutexChannel.A": 3, "MutexChannel.B": 0, "Channel.C": 1})
        other = tlc.Outcome(taken={"MutexChannel.A": 0, "MutexChannel.B": 1})
        self.assertEqual(checks.every_action_taken([one, other]), [])
        self.assertIn("MutexChannel.B", checks.every_action_taken([one])[0])
        self.assertIn("no model covers the actions of Channel", checks.every_action_taken([other])[0])

    def spoilt(self, spoil):
        """The manifest, changed by `spoil`."""
        whole = json.loads((SPEC / "manifest.json").read_text())
        spoil(whole)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        (Path(folder.name) / "traces").symlink_to(SPEC / "traces")
        file = Path(folder.name) / "manifest.json"
        file.write_text(json.dumps(whole))
        return Manifest(file)

    def test_a_property_that_no_model_checks_is_an_error(self):
        self.assertEqual(checks.every_property_is_checked(self.spoilt(lambda whole: None), "ci"), [])
        without = self.spoilt(lambda whole: whole["sets"]["rules"].remove("NoLoss"))
        self.assertEqual(checks.every_property_is_checked(without, "ci"),
                         ["no model of Channel checks the property NoLoss", "no model of MutexChannel checks the property NoLoss"])
        without = self.spoilt(lambda whole: whole["sets"]["wake"].remove("WakeSend"))
        self.assertEqual(checks.every_property_is_checked(without, "ci"), ["no model of any module checks the property WakeSend"])

    def test_a_row_of_the_matrix_is_outdated_when_what_it_was_made_from_has_changed(self):
        def change(module, old, new):
            manifest = self.spoilt(fresh)
            for source in SPEC.glob("*.tla"):
                (manifest.folder / source.name).write_text(source.read_text())
            text = (manifest.folder / module).read_text()
            self.assertEqual(text.count(old), 1)
            (manifest.folder / module).write_text(text.replace(old, new))
            return Manifest(manifest.path)

        def fresh(whole):
            for entry in whole["mutants"]:
                entry["made_from"] = rows_of[entry["name"]]

        whole = Manifest(SPEC / "manifest.json")
        rows_of = {m.name: matrix.made_from(whole, m) for m in whole.models if m.group == "mutants"}
        every = list(rows_of)
        blocking = [m.name for m in whole.models if m.group == "mutants" and m.scope["operations"] == "blocking"]
        for module, old, new, rows in [
            ("Channel.tla", "SendStores(s) ==", "SendStores(s) ==  \\* in other words", []),
            ("Mutants.tla", "Last(q)          ==", "NewMistake(q) == q\nLast(q) ==", []),
            ("Mutants.tla", "q[Len(q)]", "q[1]", ["lifo"]),
            ("Mutants.tla", "q[1][1] = q[2][1]", "q[1][1] # q[2][1]", ["overtakes-own"]),  # by way of another definition
            ("MutexChannel.tla", "SendMustWait(s)  == ~ReceiverGone", "SendMustWait(s)  == TRUE", every),
            ("Channel.tla", "Room == IF Capacity = Unbounded THEN TRUE", "Room == IF Capacity = Unbounded THEN FALSE", every),
            ("Observer.tla", "sent \\subseteq received", "TRUE", every),
            ("manifest.json", '"blocking": ["send", ', '"blocking": ["send", "clone", ', blocking),
            ("manifest.json", '"NoLoss": {"kind": "action"', '"NoLoss": {"kind": "invariant"', every),
        ]:
            with self.subTest(module=module, new=new):
                self.assertEqual(matrix.outdated(change(module, old, new)), rows)
        self.assertEqual(checks.kills_are_up_to_date(change("Mutants.tla", "WithoutSecond(q)   ==", "WithoutSecond(q) ==")), [])
        self.assertIn("(lifo): run ci/spec matrix", checks.kills_are_up_to_date(change("Mutants.tla", "q[Len(q)]", "q[1]"))[0])

    def test_what_kills_a_mutant_is_in_its_row(self):
        row = {"name": "m", "killed_by": "Fifo", "kills": ["NoLoss", "Fifo"]}
        self.assertEqual(checks.kills_are_plausible([row]), [])
        self.assertIn("has only NoLoss", checks.kills_are_plausible([{**row, "kills": ["NoLoss"]}])[0])
        self.assertIn("has only nothing", checks.kills_are_plausible([{"name": "m", "killed_by": "Fifo"}])[0])

    def test_values_are_read_as_tlc_prints_them(self):
        self.assertEqual(trace.parse('(s1 :> [op |-> "send", msg |-> <<s1, 1>>] @@ r :> {1, 2})'),
                         {"s1": {"op": "send", "msg": ("s1", 1)}, "r": frozenset({1, 2})})
        self.assertEqual(trace.parse("<<<<s1, -1>>, TRUE>>"), (("s1", -1), True))


if __name__ == "__main__":
    unittest.main()
