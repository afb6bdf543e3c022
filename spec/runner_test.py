#!/usr/bin/env python3
"""Tests of ci/spec: whether it objects to what it must object to, in one clear line and with the exit code it documents.

A checker that says "pass" to everything is the failure to be after here: so each test spoils one thing.
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
from runner import checks, distributed, tlc, trace  # noqa: E402
from runner.manifest import Manifest  # noqa: E402

SMALL = {"name": "small", "tier": "quick", "of": "MutexChannel", "senders": 1, "initial": 1, "sends": 1, "capacity": 1,
         "operations": "blocking", "check": ["@algorithm"], "expect": {"states": 273, "depth": 21, "seconds": 1}}
KILLED = {"name": "killed", "mistake": "a send notifies nobody", "killed_by": "NoLostWakeup", "tier": "quick",
          "replace": {"StoringNotifies": "NoOne"}, "senders": 1, "initial": 1, "sends": 1, "capacity": 1,
          "operations": "blocking", "expect": {"states": 112, "depth": 9, "seconds": 1}}


def spec(*arguments, environment=None):
    result = subprocess.run([sys.executable, str(SPEC.parent / "ci/spec"), *arguments], capture_output=True, text=True,
                            env={**os.environ, **(environment or {})}, timeout=300)
    return result.returncode, result.stdout, result.stderr


class Runner(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for module in SPEC.glob("*.tla"):
            (self.folder / module.name).symlink_to(module)
        whole = json.loads((SPEC / "manifest.json").read_text())
        self.data = {key: whole[key] for key in ("operations", "sets", "properties", "distributed")}

    def run_model(self, group, entry, *arguments, **options):
        data = {**self.data, "models": [], "mutants": [], "witnesses": []}
        data[group] = [entry]
        manifest = self.folder / "manifest.json"
        manifest.write_text(json.dumps(data))
        return spec("quick", "--manifest", str(manifest), "--only", entry["name"], *arguments, **options)

    def refuses(self, group, entry, *words, **options):
        """Exit code 3, and one line that has the words."""
        code, out, err = self.run_model(group, entry, **options)
        self.assertEqual(code, 3, out + err)
        self.assertEqual(out, "")
        self.assertEqual(len(err.splitlines()), 1, err)
        for word in words:
            self.assertIn(word, err)

    def fails(self, group, entry, *words, code=1):
        found, out, err = self.run_model(group, entry)
        self.assertEqual(found, code, out + err)
        for word in words:
            self.assertIn(word, out)
        return out

    def test_passes_what_is_as_recorded(self):
        summary = self.folder / "summary.json"
        code, out, err = self.run_model("models", SMALL, "--json", str(summary))
        self.assertEqual(code, 0, out + err)
        self.assertEqual(err, "")  # silent in a pipe
        self.assertEqual(json.loads(summary.read_text()) | {"seconds": 0},
                         {"models": 1, "states": 273, "mutants_killed": 0, "seconds": 0, "verdict": "pass"})

    def test_counts_killed_mutants(self):
        code, out, err = self.run_model("mutants", KILLED)
        self.assertEqual(code, 0, out + err)
        self.assertIn("1 mutants killed", out)

    # What TLC finds is not what the manifest says.

    def test_objects_to_another_number_of_states(self):
        self.fails("models", {**SMALL, "expect": {"states": 274, "depth": 21}}, "states: 273 found, 274 recorded")

    def test_objects_to_another_depth(self):
        self.fails("models", {**SMALL, "expect": {"states": 273, "depth": 22}}, "depth: 21 found, 22 recorded")

    def test_objects_to_a_violation_and_shows_it_as_a_table(self):
        out = self.fails("models", {**SMALL, "replace": {"StoringNotifies": "NoOne"}}, "NoLostWakeup is violated")
        self.assertRegex(out, r"step +s1 +r +queue")
        self.assertIn("send(s1.1) begins", out)
        self.assertIn("sleeps on", out)

    def test_objects_to_a_mutant_that_survives(self):
        self.fails("mutants", {**KILLED, "killed_by": "MutualExclusion"}, "the mutant survives", "a send notifies nobody")

    def test_objects_to_a_deadlock(self):
        self.fails("models", {**SMALL, "check": ["TypeOK"], "replace": {
            "LastSenderNotifies": "NoOne", "WakesForNoReason": "NeverForNoReason"}}, "small: there is a deadlock")

    def test_objects_to_a_witness_that_is_not_reached(self):
        scope = {key: SMALL[key] for key in ("tier", "senders", "initial", "sends", "capacity", "operations")}
        self.fails("witnesses", {"name": "w", "shows": "two sleep", "never": "NeverTwoSleepers", **scope}, "not reached: two sleep")

    def test_objects_to_a_history_that_is_refused(self):
        whole = json.loads((SPEC / "manifest.json").read_text())
        bad = next(m for m in whole["models"] if m["name"] == "trace-bad")
        (self.folder / "traces").symlink_to(SPEC / "traces")
        self.fails("models", {**bad, "tier": "quick", "prints": 14}, "0 histories are accepted, and 14 ought to be")

    def test_does_not_pass_what_ran_out_of_its_time(self):
        self.fails("models", {**SMALL, "limit": 0.3}, "not finished after", code=2)

    def test_does_not_pass_what_tlc_cannot_read(self):
        (self.folder / "Witnesses.tla").unlink()
        (self.folder / "Witnesses.tla").write_text("---- MODULE Witnesses ----\nEXTENDS MCMutexChannel\nNever == Nonsense\n====\n")
        scope = {key: SMALL[key] for key in ("tier", "senders", "initial", "sends", "capacity", "operations")}
        self.fails("witnesses", {"name": "w", "shows": "x", "never": "Never", **scope}, "exit code is 150", "Nonsense")

    # Names that do not exist, and other misuse.

    def test_refuses_a_missing_module(self):
        (self.folder / "MCMutexChannel.tla").unlink()
        self.refuses("models", SMALL, "MCMutexChannel.tla", "'small'")

    def test_refuses_a_property_that_the_module_lacks(self):
        self.data["properties"]["Nonsense"] = {"kind": "invariant", "observed": False}
        self.refuses("models", {**SMALL, "check": ["Nonsense"]}, "checks Nonsense", "lacks")

    def test_refuses_a_property_of_no_kind(self):
        self.refuses("models", {**SMALL, "check": ["Nonsense"]}, "Nonsense")

    def test_refuses_to_replace_what_is_not_there(self):
        self.refuses("mutants", {**KILLED, "replace": {"StoringNotified": "NoOne"}}, "replaces StoringNotified")

    def test_refuses_to_put_in_what_is_not_there(self):
        self.refuses("mutants", {**KILLED, "replace": {"StoringNotifies": "NoOnes"}}, "puts in NoOnes")

    def test_refuses_a_constant_that_the_module_lacks(self):
        text = (SPEC / "MutexChannel.tla").read_text().replace("Operations, MaxSends", "Operations")
        (self.folder / "MutexChannel.tla").unlink()
        (self.folder / "MutexChannel.tla").write_text(text)
        self.refuses("models", SMALL, "MaxSends")

    def test_refuses_liveness_with_symmetry(self):
        self.refuses("models", {**SMALL, "check": ["WakeRecv"], "symmetry": True}, "symmetry")

    def test_refuses_what_is_not_json(self):
        (self.folder / "manifest.json").write_text('{"models": [}')
        code, _, err = spec("quick", "--manifest", str(self.folder / "manifest.json"))
        self.assertEqual((code, len(err.splitlines())), (3, 1), err)
        self.assertIn("manifest.json:1", err)

    def test_refuses_an_unknown_model_and_an_unknown_tier(self):
        self.assertEqual(spec("quick", "--only", "nothing-like-it")[0], 3)
        self.assertEqual(spec("quik")[0], 3)

    def test_refuses_without_java(self):
        self.refuses("models", SMALL, "no java", "ci/setup", environment={"PATH": "/nowhere"})

    def test_refuses_without_the_jar(self):
        home = {"HOME": str(self.folder), "TLA2TOOLS_JAR": ""}
        self.refuses("models", SMALL, "tla2tools.jar", "run ci/setup", environment=home)
        self.refuses("models", SMALL, "TLA2TOOLS_JAR", environment={"TLA2TOOLS_JAR": "/nowhere.jar"})

    def test_refuses_another_jar(self):
        (self.folder / ".cache/plumbline").mkdir(parents=True)
        (self.folder / ".cache/plumbline/tla2tools.jar").write_text("not TLC")
        self.refuses("models", SMALL, "sha256", environment={"HOME": str(self.folder), "TLA2TOOLS_JAR": ""})


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

    def test_refuses_to_distribute_what_is_no_model(self):
        for names, says in (["nope"], "names nope"), ([], "names nothing"):
            manifest = self.spoilt(lambda whole, names=names: whole["distributed"].update(models=names))
            with self.assertRaisesRegex(tlc.Misuse, says):
                distributed.check(None, manifest, None)

    def test_values_are_read_as_tlc_prints_them(self):
        self.assertEqual(trace.parse('(s1 :> [op |-> "send", msg |-> <<s1, 1>>] @@ r :> {1, 2})'),
                         {"s1": {"op": "send", "msg": ("s1", 1)}, "r": frozenset({1, 2})})
        self.assertEqual(trace.parse("<<<<s1, -1>>, TRUE>>"), (("s1", -1), True))


if __name__ == "__main__":
    unittest.main()
