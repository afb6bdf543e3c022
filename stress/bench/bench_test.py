"""ci/bench on small histories: it agrees with itself, writes its page, and objects to a checker that is wrong, or breaks down.

usage: bench_test.py BENCH BIN DIRECTORY     BIN: has plumbline_simulate; DIRECTORY: for what is written
"""

import json
import os
import pathlib
import subprocess
import sys

BENCH, BIN, SCRATCH = map(pathlib.Path, sys.argv[1:])
sys.path.insert(0, str(BENCH.parent))
sys.dont_write_bytecode = True
import bench_page  # noqa: E402


def run(*arguments):
    return subprocess.run([sys.executable, BENCH, "--bin", BIN, *map(str, arguments)], capture_output=True, text=True, check=False)


def expect(ran, code, *says):
    if ran.returncode != code or any(what not in ran.stdout + ran.stderr for what in says):
        sys.exit(f"{ran.args}\n  expected: exit code {code}, and {says}\n  got: {ran.returncode}\n{ran.stdout}{ran.stderr}")


def checker(name, script):
    """A program in the place of PolyLin's."""
    path = SCRATCH / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


SCRATCH.mkdir(parents=True, exist_ok=True)
small = ["--sizes", "60,200", "--senders", "3", "--limit", "20"]

expect(run(*small, "--json", SCRATCH / "small.json"), 0, "3 senders, valid", "3 senders, invalid", "plumbline in memory", "too large")
rows = json.loads((SCRATCH / "small.json").read_text())["rows"]
if not any(row["checker"] == "plumbline streaming" and row["operations"] == 200 and 0 < row["seconds"] < 20 for row in rows):
    sys.exit(f"the stream of 200 operations was not measured: {rows}")

expect(run(*small, "--polylin", checker("liar", "echo 1 0.001")), 1, "polylin says that it conforms", "60 operations of 3 senders, invalid")
expect(run(*small, "--polylin", checker("broken", "echo oh dear >&2; exit 4")), 1, "broken broke down: oh dear")
expect(run(*small, "--polylin", checker("babbler", "echo hello")), 1, "polylin said what nobody understands: 'hello'")
busy = run("--sizes", "60", "--senders", "3", "--limit", "1", "--polylin", checker("busy", "while :; do :; done"), "--json", SCRATCH / "busy.json")
expect(busy, 0, "over 1 s")
expect(run(*small, "--polylin", SCRATCH / "missing"), 3, "there is no such program")
expect(run("--sizes", "many"), 3, "is no list of numbers")
expect(run(*small, "--only", "nobody"), 3, "there is no 'nobody' here")
expect(run("--bin", SCRATCH), 3, "has no plumbline_simulate")
expect(run("--results", SCRATCH / "liar"), 3, "is not what --json wrote")
expect(run("--long", "20000", "--json", SCRATCH / "long.json"), 0, "streams", "20000")

# Porcupine's picture, in the words of the contract.
if (BIN / "plumbline_porcupine").exists():
    listed, picture = SCRATCH / "list.json", SCRATCH / "picture.html"
    subprocess.run([BIN / "plumbline_simulate", "--operations", "40", "--senders", "3", "--write", "porcupine", listed], check=True)
    subprocess.run([BIN / "plumbline_porcupine", "--html", picture, listed], check=True)
    if not all(words in picture.read_text(encoding="utf-8") for words in ("send(1) -\\u003e ok", "recv() -\\u003e 1")):
        sys.exit("Porcupine's picture does not describe the operations")

# The page: what is outside of its part stays, and what is measured is in it.
page = SCRATCH / "benchmarks.md"
page.write_text(f"before\n\n{bench_page.BEGIN}\n\nold\n\n{bench_page.END}\n\nafter\n", encoding="utf-8")
measured = json.loads((SCRATCH / "small.json").read_text())
measured["long"] = json.loads((SCRATCH / "long.json").read_text())["long"]
bench_page.record(measured, SCRATCH)
text = page.read_text(encoding="utf-8")
if not (text.startswith("before\n") and text.endswith("\nafter\n") and "old" not in text and "3 senders, invalid" in text and "20000" in text):
    sys.exit(f"the page is not as it should be:\n{text}")
plot = (SCRATCH / "benchmarks.svg").read_text(encoding="utf-8")
if plot.count("<circle") < len(measured["rows"]) or os.environ.get("HOME", "/nowhere") in plot + text:
    sys.exit("the plot lacks a point")
print(f"{len(rows)} measurements, 10 ways to fail")
