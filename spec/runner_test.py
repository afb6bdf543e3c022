#!/usr/bin/env python3
"""Tests of ci/spec: whether it objects to what it must object to, in one clear line and with the exit code it documents.

A checker that says "pass" to everything is the failure to be after here: so each test spoils one thing.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

SPEC = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(SPEC))
from runner import distributed, tlc  # noqa: E402
from runner.manifest import Manifest  # noqa: E402

SMALL = {"name": "small", "tier": "quick", "of": "MutexChannel", "senders": 1, "initial": 1, "sends": 1, "capacity": 1,
         "operations": "blocking", "check": ["@algorithm"], "expect": {"states": 265, "depth": 20, "seconds": 1}}
KILLED = {"name": "killed", "mistake": "a send notifies nobody", "killed_by": "NoLostWakeup", "tier": "quick",
          "replace": {"StoringNotifies": "NoOne"}, "senders": 1, "initial": 1, "sends": 1, "capacity": 1,
          "operations": "blocking", "observer": {"says": "nothing", "expect": {"states": 367, "depth": 24, "seconds": 1}},
          "expect": {"states": 112, "depth": 9, "seconds": 1}}
WITNESS = {"name": "w", "shows": "two sleep", "never": "NeverTwoSleepers",
           **{key: SMALL[key] for key in ("tier", "senders", "initial", "sends", "capacity", "operations")}}
TABLES = "".join(f"<!-- {x}: written by ci/spec readme -->\n<!-- end of {x} -->\n" for x in ("models", "mutants", "witnesses"))


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
        self.data = {key: whole[key] for key in ("operations", "sets", "properties")}

    def manifest(self, **groups):
        data = {**self.data, "models": [], "mutants": [], "witnesses": [], **groups}
        manifest = self.folder / "manifest.json"
        manifest.write_text(json.dumps(data))
        return str(manifest)

    def run_model(self, group, entry, *arguments, **options):
        return spec("quick", "--manifest", self.manifest(**{group: [entry]}), "--only", entry["name"], *arguments, **options)

    def refuses(self, group, entry, *words, **options):
        """Exit code 3, and one line that has the words."""
        code, out, err = self.run_model(group, entry, **options)
        self.assertEqual(code, 3, out + err)
        self.assertEqual(out, "")
        self.assertEqual(len(err.splitlines()), 1, err)
        for word in words:
            self.assertIn(word, err)

    def fails(self, group, entry, *words, code=1, arguments=()):
        found, out, err = self.run_model(group, entry, *arguments)
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
                         {"models": 1, "states": 265, "mutants_killed": 0, "seconds": 0, "verdict": "pass"})

    def test_records_the_numbers_and_says_which_have_changed(self):
        (self.folder / "README.md").write_text(TABLES)
        code, out, err = self.run_model("models", {**SMALL, "expect": {"states": 266, "depth": 20, "seconds": 1}}, "--record")
        self.assertEqual(code, 0, out + err)
        self.assertIn("small: states: 265 is recorded, it was 266", out)
        self.assertNotIn("depth: ", out)
        self.assertEqual(json.loads((self.folder / "manifest.json").read_text())["models"][0]["expect"]["states"], 265)

    def test_counts_killed_mutants(self):
        code, out, err = self.run_model("mutants", KILLED)
        self.assertEqual(code, 0, out + err)
        self.assertIn("1 mutants killed", out)

    # What TLC finds is not what the manifest says.

    def test_objects_to_another_number_of_states(self):
        self.fails("models", {**SMALL, "expect": {"states": 266, "depth": 20}}, "states: 265 found, 266 recorded")

    def test_objects_to_another_depth(self):
        self.fails("models", {**SMALL, "expect": {"states": 265, "depth": 22}}, "depth: 20 found, 22 recorded")

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
        self.fails("witnesses", WITNESS, "not reached: two sleep")

    def test_objects_to_a_history_that_is_refused(self):
        whole = json.loads((SPEC / "manifest.json").read_text())
        good, bad = (next(m for m in whole["models"] if m["name"] == name) for name in ("trace-ok", "trace-bad"))
        (self.folder / "traces").symlink_to(SPEC / "traces")
        self.fails("models", {**bad, "tier": "quick", "accepts": [14]}, "history 14 is not accepted, and ought to be")
        # As many as there ought to be, and others.
        self.fails("models", {**good, "accepts": [1, 2, 3, 4, 5, 6, 7, 8, 10]},
                   "history 9 is accepted, and ought not to be", "history 10 is not accepted, and ought to be")

    def test_does_not_pass_what_ran_out_of_its_time(self):
        self.fails("models", {**SMALL, "limit": 0.3}, "not finished after 0.3 s", code=2)

    def test_refuses_a_summary_that_cannot_be_written_before_it_works(self):
        code, out, err = self.run_model("models", SMALL, "--json", str(self.folder / "absent" / "summary.json"))
        self.assertEqual((code, out), (3, ""), err)
        self.assertIn("cannot be written", err)
        self.assertEqual(len(err.splitlines()), 1, err)

    def test_does_not_pass_what_tlc_cannot_read(self):
        (self.folder / "Witnesses.tla").unlink()
        (self.folder / "Witnesses.tla").write_text("---- MODULE Witnesses ----\nEXTENDS MCMutexChannel\nNever == Nonsense\n====\n")
        self.fails("witnesses", {**WITNESS, "never": "Never"}, "exit code is 150", "Nonsense")

    # Names that do not exist, and other misuse.

    def test_refuses_a_missing_module(self):
        (self.folder / "MCMutexChannel.tla").unlink()
        self.refuses("models", SMALL, "MCMutexChannel.tla", "'small'")

    def test_refuses_modules_that_extend_each_other(self):
        module = self.folder / "MCMutexChannel.tla"
        text = module.read_text()
        module.unlink()
        module.write_text(text.replace("EXTENDS ", "EXTENDS MCMutexChannel, ", 1))
        self.fails("models", SMALL, "exit code is")

    def test_refuses_a_property_that_the_module_lacks(self):
        self.data["properties"]["Nonsense"] = {"kind": "invariant", "observed": False, "says": "nothing"}
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

    def test_refuses_a_constraint_with_liveness_or_coverage(self):
        constrained = {**SMALL, "settings": ["CONSTRAINT TypeOK"]}
        self.refuses("models", {**constrained, "check": ["@wake"]}, "'small'", "temporal property", "CONSTRAINT TypeOK", "drop one")
        self.refuses("models", {**constrained, "coverage": True}, "'small'", "how often actions are taken", "CONSTRAINT TypeOK")
        self.refuses("models", {**SMALL, "check": ["WakeRecv"], "settings": ["VIEW TypeOK"]}, "'small'", "VIEW TypeOK")
        self.refuses("models", {**SMALL, "settings": ["VIEW Nonsense"]}, "'small'", "Nonsense", "lacks")
        self.refuses("models", {**SMALL, "settings": ["SYMMETRY Symmetry"]}, "'small'", "\"settings\"", "SYMMETRY")

    def test_refuses_what_the_schema_does_not_have(self):
        for group, entry, *words in [
            ("models", {**SMALL, "senders": "two"}, "'small'", "\"senders\"", "is \"two\"", "the number of senders"),
            ("models", {**SMALL, "senders": True}, "'small'", "\"senders\"", "is true"),
            ("models", {**SMALL, "capacity": "unbound"}, "'small'", "\"capacity\"", "is \"unbound\"", "or \"unbounded\""),
            ("models", {**SMALL, "check": "@algorithm"}, "'small'", "\"check\"", "a list of properties"),
            ("models", {**SMALL, "check": ["@algorithm", 7]}, "'small'", "\"check\" item 2", "is 7"),
            ("models", {**SMALL, "simmetry": True}, "'small'", "\"simmetry\"", "is \"symmetry\" meant?"),
            ("models", {**SMALL, "expect": {"state": 265}}, "'small'", "\"expect\"", "\"state\"", "is \"states\" meant?"),
            ("models", {**SMALL, "tier": "fast"}, "'small'", "\"tier\"", "is \"fast\"", "\"quick\""),
            ("models", {key: SMALL[key] for key in SMALL if key != "sends"}, "'small'", "lacks \"sends\""),
            ("mutants", {key: KILLED[key] for key in KILLED if key != "observer"}, "'killed'", "lacks \"observer\""),
            ("mutants", {**KILLED, "replace": {"StoringNotifies": 1}}, "'killed'", "\"replace\" \"StoringNotifies\"", "is 1"),
            ("mutants", {**KILLED, "check": ["TypeOK"]}, "'killed'", "has the key \"check\""),
            ("mutants", {**KILLED, "observer": {"says": "WakeRecv"}}, "'killed'", "the observer cannot say WakeRecv"),
            ("witnesses", {**WITNESS, "never": 3}, "'w'", "\"never\"", "is 3"),
        ]:
            with self.subTest(words=words):
                self.refuses(group, entry, "manifest.json", *words)
        for data, *words in [({"models": {}}, "\"models\"", "a list of models"), ({"models": [3]}, "entry 1 of \"models\"", "is 3"),
                             ({"modles": []}, "has the key \"modles\"", "is \"models\" meant?"),
                             ({"sets": {"rules": "Fifo"}}, "\"sets\" \"rules\"", "a list")]:
            with self.subTest(words=words):
                code, _, err = spec("quick", "--manifest", self.manifest(**data))
                self.assertEqual((code, len(err.splitlines())), (3, 1), err)
                for word in ["manifest.json", *words]:
                    self.assertIn(word, err)

    def test_refuses_a_set_that_is_not_there(self):
        self.refuses("models", {**SMALL, "check": ["@nope"]}, "'small'", "the set @nope", "@algorithm")

    def test_refuses_a_model_that_checks_nothing(self):
        self.refuses("models", {**SMALL, "check": []}, "'small'", "checks nothing")

    def test_refuses_more_senders_in_the_beginning_than_there_are(self):
        self.refuses("models", {**SMALL, "initial": 3, "senders": 2}, "'small'", "3 senders in the beginning, of 2")

    def test_refuses_a_library_that_is_not_there(self):
        self.refuses("models", {**SMALL, "library": "traces/nope"}, "'small'", "library traces/nope", "is no folder")

    def test_refuses_what_is_not_json(self):
        for text in (b'{"models": [}', b"\xe9", b"[" * 100_000, b"9" * 5000):
            (self.folder / "manifest.json").write_bytes(text)
            code, _, err = spec("quick", "--manifest", str(self.folder / "manifest.json"))
            self.assertEqual((code, len(err.splitlines())), (3, 1), err)
            self.assertIn("manifest.json:", err)

    def test_refuses_an_unknown_model_and_an_unknown_tier(self):
        self.assertEqual(spec("quick", "--only", "nothing-like-it")[0], 3)
        self.assertEqual(spec("quik")[0], 3)

    def test_refuses_without_jsonschema(self):
        (self.folder / "jsonschema.py").write_text("raise ImportError")
        self.refuses("models", SMALL, "has no jsonschema", "ci/setup", environment={"PYTHONPATH": str(self.folder)})

    def test_refuses_without_java(self):
        self.refuses("models", SMALL, "no java", "ci/setup", environment={"PATH": "/nowhere"})

    def test_refuses_a_java_that_is_no_program(self):
        (self.folder / "java").write_text("")
        (self.folder / "java").chmod(0o755)
        self.refuses("models", SMALL, "java cannot be started", environment={"PATH": str(self.folder)})

    def test_refuses_without_the_jar(self):
        home = {"HOME": str(self.folder), "TLA2TOOLS_JAR": ""}
        self.refuses("models", SMALL, "tla2tools.jar", "run ci/setup", environment=home)
        self.refuses("models", SMALL, "TLA2TOOLS_JAR", environment={"TLA2TOOLS_JAR": "/nowhere.jar"})

    def test_refuses_a_jar_without_tlc(self):
        jar = self.folder / "other.jar"
        with zipfile.ZipFile(jar, "w") as content:
            content.writestr("tlc2/Other.class", "")
        whole = jar.read_bytes()
        for content, words in [(whole, "has no TLC in it"), (whole[:-9], "is no jar"), (b"not a jar", "is no jar"), (b"", "is no jar")]:
            with self.subTest(content=content):
                jar.write_bytes(content)
                self.refuses("models", SMALL, "TLA2TOOLS_JAR", "other.jar", words, "correct or unset it",
                             environment={"TLA2TOOLS_JAR": str(jar)})

    def test_says_that_the_jar_is_another_one(self):
        other = self.folder / "other.jar"
        shutil.copyfile(tlc.find_jar(), other)
        with zipfile.ZipFile(other, "a") as jar:
            jar.writestr("other", "")
        code, out, err = self.run_model("models", SMALL, environment={"TLA2TOOLS_JAR": str(other)})
        self.assertEqual(code, 0, out + err)
        self.assertEqual(len(err.splitlines()), 1, err)
        self.assertIn("other.jar is another TLC than the one that the numbers were recorded with", err)

    def test_refuses_another_jar(self):
        (self.folder / ".cache/plumbline").mkdir(parents=True)
        (self.folder / ".cache/plumbline/tla2tools.jar").write_text("not TLC")
        self.refuses("models", SMALL, "sha256", environment={"HOME": str(self.folder), "TLA2TOOLS_JAR": ""})


    # More than one model, and more than one run of a model.

    def test_the_observer_judges_the_mutant(self):
        seen = {**KILLED, "name": "lost", "killed_by": "Integrity", "replace": {"WithoutFirst": "KeepsTheLast"}}
        manifest = self.manifest(mutants=[{**seen, "observer": {"says": "Integrity", "expect": {"states": 277, "depth": 14}}}])
        code, out, err = spec("quick", "--manifest", manifest, "--only", "lost-observed")
        self.assertEqual(code, 0, out + err)
        self.assertIn("the observer says Integrity", out)
        code, out, _ = spec("quick", "--manifest", self.manifest(mutants=[seen]), "--only", "lost-observed")
        self.assertEqual(code, 1)
        self.assertIn("lost-observed: Integrity is violated", out)
        blind = {**KILLED, "observer": {"says": "Fifo"}}
        code, out, _ = spec("quick", "--manifest", self.manifest(mutants=[blind]), "--only", "killed-observed")
        self.assertEqual(code, 1)
        self.assertIn("the observer sees nothing wrong, and Fifo ought to object to this mistake: a send notifies nobody", out)

    def test_names_the_temporal_property_that_is_violated(self):
        mutant = {**SMALL, "check": ["@wake"], "sends": 2, "replace": {"TakingNotifies": "NoOne"}}
        out = self.fails("models", mutant, "WakeSend is violated (a blocked send returns")
        self.assertNotIn(" or ", out.split("violated")[0])

    def test_fills_single_rows_of_the_matrix(self):
        (self.folder / "README.md").write_text(TABLES)
        manifest = self.manifest(mutants=[{**KILLED, "kills": ["Fifo"]}, {**KILLED, "name": "other", "kills": ["Fifo"]}])
        code, out, err = spec("matrix", "--manifest", manifest, "--only", "killed")
        self.assertEqual(code, 0, out + err)
        self.assertEqual([m["kills"] for m in json.loads(Path(manifest).read_text())["mutants"]],
                         [["WakeRecv", "NoLostWakeup", "RefinesChannelInTime"], ["Fifo"]])
        code, _, err = spec("matrix", "--manifest", manifest, "--only", "nope")
        self.assertEqual((code, len(err.splitlines())), (3, 1), err)
        self.assertIn("no mutant 'nope'", err)
        # Without --only: the rows that were not made from what is here.
        code, out, err = spec("matrix", "--manifest", manifest)
        self.assertEqual((code, out), (0, "other: WakeRecv, NoLostWakeup, RefinesChannelInTime\n"), err)
        code, out, err = spec("matrix", "--manifest", manifest)
        self.assertEqual((code, out), (0, "every row was made from what is here\n"), err)

    def test_objects_to_rows_of_the_matrix_that_were_made_from_something_else(self):
        (self.folder / "README.md").write_text(TABLES)
        manifest = self.manifest(mutants=[{**KILLED, "kills": ["Fifo"], "made_from": "0" * 16}])
        stale = "computed from something else than is here (killed): run ci/spec matrix"
        for tier in "quick", "ci":
            code, out, err = spec(tier, "--manifest", manifest)
            self.assertEqual(code, 1, out + err)
            self.assertIn(stale, out)
            self.assertIn("killed: it is killed by NoLostWakeup, and \"kills\" of the manifest has only Fifo", out)

    def interrupted(self, by):
        """What is printed when the signal comes while two models run and one is done.

        The java of this test does not run the models `endless…`. Two run at a time, the longest first, so when the second
        of them begins, and tells it by opening the pipe, `small` is done.
        """
        pipe, java = self.folder / "pipe", self.folder / "java"
        os.mkfifo(pipe)
        java.write_text(f"""#!/bin/sh
case "$*" in *endless-2*) echo begun > '{pipe}'; exec sleep 1000;; *endless*) exec sleep 1000;; esac
exec '{tlc.find_java()}' "$@"
""")
        java.chmod(0o755)
        models = [{**SMALL, "name": "endless-1", "expect": {"seconds": 9}}, {**SMALL, "expect": {**SMALL["expect"], "states": 266}},
                  {**SMALL, "name": "endless-2", "expect": {"seconds": 0}}]
        running = subprocess.Popen([sys.executable, str(SPEC.parent / "ci/spec"), "quick", "--manifest", self.manifest(models=models),
                                    "--only", *[m["name"] for m in models]],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
                                   env={**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}", "TMPDIR": str(self.folder)})
        pipe.read_text()
        os.killpg(running.pid, by)  # as a terminal does: all processes of the group
        out, err = running.communicate()
        pipe.unlink()
        return running.returncode, out, err

    def test_says_what_was_found_when_it_is_interrupted(self):
        for by in signal.SIGINT, signal.SIGTERM:
            with self.subTest(by=by):
                code, out, err = self.interrupted(by=by)
                self.assertEqual(code, 128 + by, out + err)
                self.assertIn("small: states: 265 found, 266 recorded", out)
                self.assertIn("1 models of 3", out)
                self.assertNotIn("endless", out)
                self.assertEqual(list(self.folder.glob("plumbline-spec-*")), [])

    def test_distributed_models_find_the_same(self):
        if why := distributed.impossible():
            self.skipTest(f"no network namespace is to be had here: {why}")
        code, out, err = self.run_model("models", SMALL, "--distributed")
        self.assertEqual(code, 0, out + err)
        self.assertRegex(out, r"small \(distributed\) +265 +- .* holds")
        self.fails("models", {**SMALL, "expect": {"states": 266, "depth": 20}},
                   "small (distributed): states: 265 found, 266 recorded", arguments=["--distributed"])
        code, out, err = self.run_model("mutants", KILLED, "--distributed")
        self.assertEqual(code, 0, out + err)
        # A distributed TLC shows a state, and does not say what is wrong with it: here, that a formula has no value.
        self.fails("mutants", {**KILLED, "replace": {"Room": "Nobody"}}, "killed (distributed): a distributed TLC objects to a state",
                   arguments=["--distributed"])
        self.assertRegex(out, r"killed \(distributed\) .* violated, as it must")

    def test_only_marked_models_of_the_tier_are_distributed(self):
        marked = Manifest(self.manifest(models=[{**SMALL, "distributed": True}, {**SMALL, "name": "other"}]))
        self.assertEqual([m.name for m in distributed.chosen(marked, marked.models, None)], ["small"])
        self.assertEqual([m.name for m in distributed.chosen(marked, marked.models[1:], ["other"])], ["other"])
        code, _, err = spec("quick", "--distributed", "--manifest", self.manifest(models=[SMALL]))
        self.assertEqual((code, len(err.splitlines())), (3, 1), err)
        self.assertIn("no model of this tier is marked \"distributed\"", err)
        self.refuses("models", {**SMALL, "check": ["WakeRecv"], "distributed": True}, "'small'", "temporal")
        seen = {**KILLED, "killed_by": "Integrity", "replace": {"WithoutFirst": "KeepsTheLast"}}
        self.refuses("mutants", {**seen, "distributed": True}, "'killed'", "may overlook that Integrity is violated")
        code, _, err = self.run_model("models", {**SMALL, "check": ["WakeRecv"]}, "--distributed")
        self.assertEqual((code, len(err.splitlines())), (3, 1), err)
        self.assertIn("'small' cannot be distributed", err)

    def test_a_distributed_mutant_has_to_violate_what_it_must(self):
        model = Manifest(self.manifest(mutants=[KILLED])).models[0]
        self.assertEqual(distributed.wrong(model, tlc.Outcome("violates", "NoLostWakeup")), [])
        self.assertEqual(distributed.wrong(model, tlc.Outcome("violates", "TypeOK")),
                         ["TypeOK is violated, and NoLostWakeup ought to be violated"])
        self.assertEqual(distributed.wrong(model, tlc.Outcome("violates", "")),
                         ["something is violated, and NoLostWakeup ought to be violated"])
        self.assertEqual(distributed.wrong(model, tlc.Outcome("cannot", complaint="why")), ["why"])

    def test_does_not_pass_a_distributed_model_that_ran_out_of_its_time(self):
        fake = self.folder / "bin"
        fake.mkdir()
        (fake / "unshare").write_text("#!/bin/sh\ncase \"$*\" in *'ip link set lo up') exit 0;; esac\nexec sleep 1000\n")
        (fake / "unshare").chmod(0o755)
        code, out, err = self.run_model("models", {**SMALL, "limit": 20}, "--distributed",
                                        environment={"PATH": f"{fake}:{os.environ['PATH']}"})
        self.assertEqual(code, 2, out + err)
        self.assertIn("small (distributed): not finished after 20 s", out)


if __name__ == "__main__":
    unittest.main()
