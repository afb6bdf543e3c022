"""spec/judge and what it is given.

usage: judge_test.py JUDGE agree PROGRAM ARGUMENT ...     what PROGRAM writes is judged as it expects, and a wrong expectation is noticed
       judge_test.py JUDGE explains PLUMBLINE HISTORIES   the first event that cannot be explained is named
       judge_test.py JUDGE model_checked PROGRAM MUTANT ...   every history that Relacy sees of the real core is allowed, and
                                                          the one for which a broken core dies is not
       judge_test.py JUDGE hangs PROGRAM MUTANT ...       no run of the real core hangs; one of each broken core does, and TLC
                                                          says that everybody cannot be idle or blocked then
       judge_test.py JUDGE misuse PLUMBLINE               bad input: one clear line, exit code 3
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

JUDGE = [sys.executable, sys.argv[1]]


def run(command, given=None, **environment):
    return subprocess.run([str(c) for c in command], input=given, capture_output=True, text=True, env={**os.environ, **environment})


def expect(ran, code, *says):
    if ran.returncode != code or any(what not in ran.stdout + ran.stderr for what in says):
        sys.exit(f"{' '.join(ran.args)}\n  expected: exit code {code}, and {says}\n  got: {ran.returncode}\n{ran.stdout}{ran.stderr}")


def agree(program, *arguments):
    written = run([program, *arguments])
    expect(written, 0)
    judged = run([*JUDGE, "-", "--quiet"], written.stdout)
    print(judged.stdout)
    expect(judged, 0, "0 not as expected")
    lines = [json.loads(line) for line in written.stdout.splitlines()]
    kinds = {expected: [line for line in lines if line["expected"] is expected] for expected in (True, False)}
    if not kinds[True] or not kinds[False]:
        sys.exit("all histories are expected to be judged alike: that is no test")
    # TLC does judge: it objects if the expectations are turned round.
    turned = [{**kinds[expected][0], "expected": not expected} for expected in kinds]
    expect(run([*JUDGE, "-", "--quiet"], "".join(json.dumps(line) + "\n" for line in turned)), 1, "2 not as expected",
           "allowed, and it ought not to be", "not allowed, and it ought to be")
    counts = os.environ.get("PLUMBLINE_COUNTS")
    if counts:
        (Path(counts) / f"tlc-{arguments[0]}.json").write_text(json.dumps({"histories": len(lines)}))


def explains(plumbline, histories):
    for name, event in [
        ("rule-empty-honest-bad", "receiver   ends: empty"),
        ("rule-no-loss-bad", "receiver   ends: disconnected"),
        ("rule-capacity-bad", "ends: ok"),
        ("rule-fifo-bad", "receiver   ends: message 1 of sender 3"),
        ("rule-sender-order-bad", "receiver   ends: message 2 of sender 1"),
        ("rule-wake-recv-bad", "everybody is idle, or blocked for good"),  # a hang
        ("rule-wake-send-bad", "everybody is idle, or blocked for good"),
    ]:
        exported = run([plumbline, "export", f"{histories}/{name}.jsonl"])
        expect(exported, 0)
        judged = run([*JUDGE, "-"], exported.stdout)
        expect(judged, 1, "not allowed", "cannot be explained")
        if not any(line.startswith("  >> ") and line.endswith(event) for line in judged.stdout.splitlines()):
            sys.exit(f"{name}: '{event}' is not what cannot be explained:\n{judged.stdout}")


def model_checked(program, *mutants):
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "histories.jsonl"
        expect(run([program, "--search", "bound:3", "--histories", file]), 0)
        seen = file.read_text()
        lines = [json.loads(line) for line in seen.splitlines()]
        if len(lines) < 1000 or not all(line["expected"] for line in lines):
            sys.exit(f"{len(lines)} histories of the real core are too few, or the search rejects one")
        broken = []
        for mutant in mutants:
            expect(run([mutant, "--must-fail", "--histories", file]), 0)
            last = file.read_text().splitlines()[-1]
            if json.loads(last)["expected"]:
                sys.exit(f"{mutant}: it dies of something else than a history")
            broken.append(last + "\n")
        judged = run([*JUDGE, "-", "--quiet"], seen + "".join(broken))
        print(judged.stdout)
        expect(judged, 0, f"{len(lines) + len(broken)} histories: {len(lines)} allowed, {len(broken)} not; 0 not as expected")


def hangs(program, *mutants):
    def histories(program):
        written = run([program, 300, 1])
        expect(written, 0)
        return [json.loads(line) for line in written.stdout.splitlines()]

    def pending(history):
        """How many operations began and did not end."""
        return sum({4: 1, 2: -1, 0: 0}[len(event)] for event in history["events"])

    real = histories(program)
    if len(real) < 100 or not all(history["expected"] and not pending(history) for history in real):
        sys.exit(f"{len(real)} histories of the real core are too few, or one is wrong")
    broken = []
    for mutant in mutants:
        hanging = [history for history in histories(mutant) if pending(history)]
        if not hanging or any(history["expected"] or history["events"][-1] for history in hanging):
            sys.exit(f"{mutant}: {len(hanging)} histories hang, and the search allows one, or one does not tell that it is over")
        broken.append(hanging)
    lines = [json.dumps(history) + "\n" for history in real + [one for hanging in broken for one in hanging]]
    judged = run([*JUDGE, "-", "--quiet"], "".join(lines))
    print(judged.stdout)
    expect(judged, 0, f"{len(lines)} histories: {len(real)} allowed, {len(lines) - len(real)} not; 0 not as expected")
    # Only the hang is wrong: what cannot be explained is the end.
    judged = run([*JUDGE, "-"], "".join(json.dumps(hanging[0]) + "\n" for hanging in broken))
    expect(judged, 0)
    unexplained = [line for line in judged.stdout.splitlines() if line.startswith("  >> ")]
    if unexplained != ["  >> everybody is idle, or blocked for good"] * len(mutants):
        sys.exit(f"something else than the hang cannot be explained:\n{judged.stdout}")


def interrupted(folder):
    """Ctrl-C ends it at once, whatever TLC has still to do."""
    send, recv = [[1, 1, 1, 1], [1, 1]], [[0, 4, 11, 0], [0, 11]]
    line = json.dumps({"name": "h", "capacity": 1, "initial": 1, "senders": 1, "received": 1, "events": send + recv}) + "\n"
    (folder / "many").write_text(line * 20_000)
    judge = subprocess.Popen([*JUDGE, str(folder / "many")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    tasks = Path(f"/proc/{judge.pid}/task")
    while judge.poll() is None and not any(children.read_text() for children in tasks.glob("*/children")):
        os.sched_yield()  # until TLC is at work
    judge.send_signal(signal.SIGINT)
    out, err = judge.communicate()
    if judge.returncode != 130 or out or len(err.splitlines()) != 1:
        sys.exit(f"interrupted, it ends with {judge.returncode}:\n{out}{err}")


def misuse(plumbline):
    def one_line(ran, says):
        expect(ran, 3, says)
        if len(ran.stderr.strip().splitlines()) != 1:
            sys.exit(f"more than one line:\n{ran.stderr}")

    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        one_line(run([*JUDGE, folder / "absent"]), "absent")
        one_line(run([*JUDGE, "-"], ""), "has no history")
        one_line(run([*JUDGE, "-"], "{}\n"), '-:1: "name" is missing')
        one_line(run([*JUDGE, "-"], "{\n"), "-:1: this is no JSON")
        one_line(run([*JUDGE]), "required")
        (folder / "binary").write_bytes(b"\xff\xfe{}\n")
        one_line(run([*JUDGE, folder / "binary"]), "binary:1: this is no JSON")
        interrupted(folder)
        good = {"name": "h", "capacity": 1, "initial": 1, "senders": 1, "received": 0, "events": [[1, 1, 1, 0], [1, 1]]}
        for spoilt, says in [({"events": ["abc"]}, "-:1: event 1 is none"), ({"events": [[1, 1, 1]]}, "-:1: event 1 is none"),
                             ({"events": []}, "-:1: it has no events"), ({"events": [[1, 99, 1, 0]]}, "-:1: event 1 has the operation 99"),
                             ({"events": [[7, 1, 1, 0]]}, "-:1: event 1 is none"), ({"events": [[1, 7, 1, 2]]}, "-:1: event 1 clones into the sender 2"), ({"capacity": -1}, '-:1: "capacity" is'),
                             ({"capacity": 10**12}, '-:1: "capacity" is'), ({"events": [[1, 1, 1, 0], [1, 10**11]]}, "-:1: event 2 is none"),
                             ({"name": "\ud800"}, '-:1: "name" is no text'),
                             ({"senders": 10}, '-:1: "senders" is 1 to 9'), ({"received": None}, '-:1: "received" is missing'),
                             ({"capacity": True}, '-:1: "capacity" is missing, or of the wrong kind'),
                             ({"expected": 1}, '-:1: "expected" is true or false'),
                             ({"received": 5}, '-:1: "received" is 5, and 0 messages are'),
                             ({"events": [[1, 1, 7, 0], [1, 7]]}, "-:1: event 1 has the outcome 7"),
                             ({"events": [[0, 1, 1, 0], [0, 1]]}, "-:1: event 1 is send by thread 0"),
                             ({"events": [[1, 4, 2, 0], [1, 2]]}, "-:1: event 1 is recv by thread 1")]:
            one_line(run([*JUDGE, "-"], json.dumps({**good, **spoilt}) + "\n"), says)
        one_line(run([*JUDGE, "-"], "{}\n", TLA2TOOLS_JAR=str(folder / "absent.jar")), "there is no such jar")
        one_line(run([plumbline, "export", folder / "absent"]), "cannot be opened")
        weak = '{"plumbline":1,"capacity":null,"senders":1,"contract":{"order":"per-sender"}}\n'
        (folder / "weak.jsonl").write_text(weak)
        one_line(run([plumbline, "export", folder / "weak.jsonl"]), "knows only the strongest")


{"agree": agree, "explains": explains, "model_checked": model_checked, "hangs": hangs, "misuse": misuse}[sys.argv[2]](*sys.argv[3:])
