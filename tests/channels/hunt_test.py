"""ci/hunt: says what is expected and what is not, keeps what it has when it is interrupted, and writes its page only when told to.
docs/track-record.md has a row for every channel of docs/channels.md.

usage: hunt_test.py ROOT BIN BROKEN SECONDS SOUND   BIN: has plumbline; BROKEN: a channel that is known to be found within SECONDS; SOUND: one that is not
"""

import json
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

ROOT, BIN = map(pathlib.Path, sys.argv[1:3])
BROKEN, SECONDS, SOUND = sys.argv[3:]
PAGE = ROOT / "docs/track-record.md"


def command(*arguments):
    return [sys.executable, ROOT / "ci/hunt", "--bin", BIN, *map(str, arguments)]


def expect(code, *says, of):
    ran = subprocess.run(command(*of), capture_output=True, text=True, check=False)
    if ran.returncode != code or any(what not in ran.stdout + ran.stderr for what in says):
        sys.exit(f"{of}\n  expected: exit code {code}, and {says}\n  got: {ran.returncode}\n{ran.stdout}{ran.stderr}")
    if code == 3 and len(ran.stderr.splitlines()) != 1:
        sys.exit(f"{of}: says more than one line\n{ran.stderr}")


def without_a_row(page, channels):
    """The channels that the page says nothing of, or that were not reached."""
    rows = re.findall(r"^\| `([^`]+)` .*\| (.+) \|$", page, flags=re.MULTILINE)
    reached = {name for name, found in rows if found != "not run"}
    return [name for name in channels if name not in reached]


with tempfile.TemporaryDirectory() as scratch:
    scratch = pathlib.Path(scratch)
    nothing_known = scratch / "known.json"
    nothing_known.write_text('{"documented": {}, "known": []}', encoding="utf-8")
    before = PAGE.read_text(encoding="utf-8")

    expect(0, f"{BROKEN} ", ", new", f"plumbline stress --channel {BROKEN}", of=["--seconds", SECONDS, "--seed", 1, "--only", BROKEN, "--json", scratch / "broken.json"])
    expect(1, BROKEN, "UNEXPECTED", of=["--results", scratch / "broken.json", "--known", nothing_known])
    expect(0, f"{SOUND} ", "nothing in ", of=["--seconds", 2, "--seed", 1, "--only", SOUND, "--known", nothing_known])
    expect(2, "not run", of=["--seconds", 0.000001, "--only", SOUND])

    crashed = json.loads((scratch / "broken.json").read_text(encoding="utf-8"))
    crashed["campaigns"][-1] |= {"verdict": "violates", "rule": "CRASH", "because": "the process ended"}
    (scratch / "crashed.json").write_text(json.dumps(crashed), encoding="utf-8")
    expect(1, "CRASH, UNEXPECTED", of=["--results", scratch / "crashed.json"])
    if PAGE.read_text(encoding="utf-8") != before:
        sys.exit("docs/track-record.md was written without --record")

    for wrong in (["--only", "nobody"], ["--seconds", 0], ["--seconds", "long"], ["--results", scratch / "missing"], ["--results", nothing_known],
                  ["--known", scratch / "missing"], ["--bin", scratch]):  # fmt: skip
        expect(3, "ci/hunt: ", of=[*wrong])

    # Ctrl-C while it hunts.
    kept = scratch / "kept.json"
    hunt = subprocess.Popen(command("--seconds", 600, "--only", SOUND, "--known", nothing_known, "--json", kept), stdout=subprocess.PIPE, text=True)
    while not any("stress" in pathlib.Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8") for child in pathlib.Path(f"/proc/{hunt.pid}/task/{hunt.pid}/children").read_text(encoding="utf-8").split()):
        time.sleep(0.05)  # until the first campaign runs
    hunt.send_signal(signal.SIGINT)
    said = hunt.communicate(timeout=60)[0]
    if f"{SOUND} " not in said or hunt.returncode not in (0, 2) or not json.loads(kept.read_text(encoding="utf-8"))["campaigns"]:
        sys.exit(f"Ctrl-C: exit code {hunt.returncode}\n{said}")

    channels = [name for name in re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs/channels.md").read_text(encoding="utf-8"), flags=re.MULTILINE) if name != "reference"]
    if missing := without_a_row(before, channels):
        sys.exit(f"docs/track-record.md has nothing of {', '.join(missing)}; ci/hunt --record writes it")
    shorter = "\n".join(line for line in before.splitlines() if not line.startswith(f"| `{channels[3]}`"))
    if without_a_row(shorter, channels) != [channels[3]] or without_a_row(re.sub(r"[^|]+\|\n", " not run |\n", before), channels) != channels:
        sys.exit("this test does not notice a row that is missing, or that says nothing")
