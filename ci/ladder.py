#!/usr/bin/env python3
"""Runs the ladder of checks on the reference channel, then real channels under the oracle, and prints one table.

A rung fails if something it ran failed, and also if it did less (states, executions, cases, …) than ci/recorded.json
says it does: a check that quietly stopped checking is a failed check.

Exit codes: 0 every rung passed and every channel conforms, or breaks what it is recorded to break; 1 a rung failed or a channel violates its contract;
2 nothing failed, but a verdict is unknown; 3 misuse, or something could not be built.
"""

import argparse
import contextlib
import functools
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOGS = ROOT / "build" / "verify"
RECORDED = json.loads((ROOT / "ci" / "recorded.json").read_text(encoding="utf-8"))
TERMINAL = sys.stderr.isatty()


class Failure(Exception):
    """A step did not do what it should; the message is for people."""


class NotBuilt(Failure):
    """What was to be run is not there, so nothing is known."""


def progress(text):
    """What is being done now. A terminal shows one line that changes; a pipe shows a line a step, without repeats."""
    if TERMINAL:
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write("\r\033[K" + text[:width])
    else:
        sys.stderr.write(f"ci/verify: {text}\n")
    sys.stderr.flush()


# Where a log begins to say what is wrong: a failed test with its output, a model, a scenario, a compiler.
WRONG = re.compile(r"\*\*\*(Failed|Timeout|Exception|Not Run)|\bFAILS?\b|FAILED:|SURVIVED|error:|CMake Error")


def excerpt(log):
    """The 40 lines from where it says what is wrong; if it does not, the last ones."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    first = next((number for number, line in enumerate(lines) if WRONG.search(line)), max(0, len(lines) - 40))
    return "\n".join("    " + line[:160] for line in lines[first : first + 40])


def stop(child):
    """The step, and all that it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGTERM)
    child.wait()


def run(name, command, ok=(0,), env=None, otherwise=Failure):
    """Runs a command with its output in build/verify/NAME.log; raises `otherwise` with what the log says is wrong."""
    log = LOGS / f"{name}.log"
    started = time.monotonic()
    progress(f"{name} …")
    with log.open("w", encoding="utf-8") as out:
        try:
            child = subprocess.Popen(
                [str(c) for c in command], stdout=out, stderr=subprocess.STDOUT, cwd=ROOT, stdin=subprocess.DEVNULL,
                env={**os.environ, **(env or {})}, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise NotBuilt(f"{name}: {command[0]} cannot be run ({error.strerror}); ci/setup says what is missing") from None
        try:
            while True:
                try:
                    code = child.wait(timeout=1 if TERMINAL else None)
                    break
                except subprocess.TimeoutExpired:
                    progress(f"{name} … {time.monotonic() - started:.0f} s  {last_line(log)}")
        except KeyboardInterrupt:
            stop(child)
            raise
    if code not in ok:
        raise otherwise(f"{name}: exit code {code}; from {log.relative_to(ROOT)}:\n{excerpt(log)}")
    return code


def last_line(log):
    with log.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 400))
        lines = file.read().decode("utf-8", "replace").replace("\r", "\n").split("\n")
    return next((line for line in reversed(lines) if line.strip()), "")


def read_json(path):
    """The JSON that a step left at `path`."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Failure(f"{path.relative_to(ROOT)}: no result was written ({error})") from None


def fresh(name):
    """A path under build/verify at which nothing is, so that an old result is not taken for a new one."""
    path = LOGS / name
    path.unlink(missing_ok=True)
    return path


@functools.cache
def build(preset, target="all"):
    run(f"configure-{preset}", ["cmake", "--preset", preset], otherwise=NotBuilt)  # each time: the presets may have changed
    run(f"build-{preset}", ["cmake", "--build", f"build/{preset}", "--parallel", "2", "--target", target], otherwise=NotBuilt)


def ctest(preset, labels):
    """Runs the tests with these labels, until one fails; how many passed."""
    report = fresh(f"ctest-{preset}-{labels.replace('|', '-')}.xml")
    counts = LOGS / f"counts-{preset}"
    shutil.rmtree(counts, ignore_errors=True)
    counts.mkdir()
    run(
        f"test-{preset}-{labels.replace('|', '-')}",
        ["ctest", "--test-dir", f"build/{preset}", "-L", f"^({labels})$", "-j", "2", "--no-tests=error",
         "--output-on-failure", "--stop-on-failure", "--timeout", "300", "--output-junit", report],
        env={"PLUMBLINE_COUNTS": str(counts), "PLUMBLINE_HANG_SECONDS": "20"},
    )  # fmt: skip
    suite = xml.etree.ElementTree.parse(report).getroot()
    done = {"tests": int(suite.get("tests")) - int(suite.get("skipped")) - int(suite.get("disabled"))}
    for file in counts.glob("*.json"):
        for what, amount in json.loads(file.read_text(encoding="utf-8")).items():
            done[what] = done.get(what, 0) + amount
    return done


CHANNEL_TESTS = "unit|property|stepped|example"

# The rungs. Each returns what it did, as numbers with names; it raises Failure if it found something.


def spec():
    result = fresh("spec.json")
    run("spec", ["ci/spec", "quick", "--json", result])
    did = read_json(result)
    return {what: did[what] for what in ("models", "states", "mutants_killed")}


def relacy():
    result = fresh("relacy.json")
    run("relacy", ["ci/relacy", "--json", result])
    did = read_json(result)
    return {what: did[what] for what in ("scenarios", "executions", "mutants_killed")}


def walks():
    build("release")
    return ctest("release", "walks")


def properties():
    build("release")
    return ctest("release", CHANNEL_TESTS)


# With the sanitizers only what has no oracle in it, to stay within minutes; ci/test runs the rest with them, too.


def tsan():
    build("tsan", "plumbline_channel_tests")
    return ctest("tsan", CHANNEL_TESTS)


def asan_ubsan():
    build("asan-ubsan", "plumbline_channel_tests")
    return ctest("asan-ubsan", CHANNEL_TESTS)


def oracle():
    build("release")
    return ctest("release", "oracle|checker|harness|contract")


RUNGS = {
    "spec": ("TLC: the promise, the algorithm, must-fail variants", spec),
    "walks": ("every edge of the settled graph, on channel and model", walks),
    "relacy": ("Relacy: every small interleaving of core.hpp", relacy),
    "properties": ("GoogleTest and RapidCheck against oracle/model", properties),
    "tsan": ("the same tests under ThreadSanitizer", tsan),
    "asan-ubsan": ("the same tests under Address-, Leak-, UBSan", asan_ubsan),
    "oracle": ("histories with known verdicts, seeded broken channels", oracle),
}


def channel_names():
    build("release")
    listed = fresh("channels.json")
    run("channels", ["build/release/bin/plumbline", "channels", "--json", listed])
    return [channel["name"] for channel in read_json(listed)]


def channel(name):
    """One channel under the oracle: its exit code, what it did, and what is wrong with it. A channel that is recorded to break
    a rule has to be found to break it; that it does is not wrong with us."""
    result = fresh(f"channel-{name}.json")
    known = RECORDED["known_violations"].get(name)
    limits = {"seconds": 60} if known else RECORDED["channel_runs"]
    code = run(
        f"channel-{name}",
        ["build/release/bin/plumbline", "stress", "--channel", name, "--seed", "1", "--json", result, "--save", LOGS / f"channel-{name}.jsonl",
         *(word for limit, amount in limits.items() for word in (f"--{limit}", str(amount)))],
        ok=(0, 1, 2),
    )  # fmt: skip
    did = read_json(result)
    if known:
        wrong = None if did["rule"] == known else f"{name}: its known violation of {known} was not found"
        did["verdict"] += ", as known" if not wrong else ""
        return (1 if wrong else 0), did, wrong
    if code == 1:
        return code, did, f"{name}: {did['rule']}: {did['because']}; {did['replay']}"
    less = shortfall("channels", did)
    return (1 if less else code), did, f"{name}: {less}" if less else None


def channels_missing(listed):
    """The recorded channels that were not built: those that must be, and, with the reason, those that need a new cargo."""
    log = (LOGS / "configure-release.log").read_text(encoding="utf-8")
    must = [name for name in RECORDED["channel_names"] if name not in listed]
    if [name for name in RECORDED["channel_names_of_cargo"] if name not in listed]:
        why = re.search(r"plumbline: (channel crossbeam, .* is not built: .*cargo.*)", log)
        if not why:
            must += RECORDED["channel_names_of_cargo"]
        return must, why and why[1]
    return must, None


# The table.


def amounts(did):
    names = {"mutants_killed": "mutants killed"}
    return ", ".join(f"{amount:,} {names.get(what, what)}".replace(",", " ") for what, amount in did.items())


def shortfall(name, did):
    less = [f"{did.get(what, 0)} {what} for {least}" for what, least in RECORDED.get(name, {}).items() if did.get(what, 0) < least]
    return "did less than recorded: " + ", ".join(less) if less else None


def wrapped(text, width):
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]


def print_table(title, header, rows):
    """Rows of cells, the last two columns narrow; long cells are wrapped, so that it fits into 120 columns."""
    limits = (25, 33, 38, 9, 7)
    widths = [min(limit, max(len(str(row[i])) for row in [header, *rows])) for i, limit in enumerate(limits)]
    print(f"\n{title}")
    for at, row in enumerate([header, *rows]):
        cells = [wrapped(str(cell), width) for cell, width in zip(row, widths)]
        for i in range(max(len(cell) for cell in cells)):
            line = [
                (cell[i] if i < len(cell) else "").rjust(w) if column == 4 else (cell[i] if i < len(cell) else "").ljust(w)
                for column, (cell, w) in enumerate(zip(cells, widths))
            ]
            print("  ".join(line).rstrip())
        if at == 0:
            print("  ".join("─" * w for w in widths))


def main():
    parser = argparse.ArgumentParser(prog="ci/verify", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="RUNG", action="append", choices=[*RUNGS, "channels"], help="only this rung (may be repeated): %(choices)s")
    parser.add_argument("--json", metavar="FILE", help="also write the table as JSON")
    parser.error = lambda message: (print(f"ci/verify: {message}; see --help", file=sys.stderr), sys.exit(3))
    arguments = parser.parse_args()
    if arguments.json:
        try:
            with open(arguments.json, "a", encoding="utf-8"):
                pass
        except OSError as error:
            parser.error(f"--json {arguments.json}: cannot be written ({error.strerror})")
    wanted = arguments.only or [*RUNGS, "channels"]
    LOGS.mkdir(parents=True, exist_ok=True)

    started = time.monotonic()
    rungs, channels, findings, worst = [], [], [], 0

    def found(text):
        """Said at once, for the rest may take minutes; its first line again below the table."""
        findings.append(text)
        print(("\r\033[K" if TERMINAL else "") + f"\n{text}\n", file=sys.stderr, flush=True)

    try:
        for name in (name for name in RUNGS if name in wanted):
            what, rung = RUNGS[name]
            began = time.monotonic()
            try:
                did = rung()
                less = shortfall(name, did)
                verdict = "FAIL" if less else "pass"
                if less:
                    found(f"{name}: {less}")
            except Failure as failure:
                did, verdict = {}, "no build" if isinstance(failure, NotBuilt) else "FAIL"
                found(str(failure))
            worst = 1 if verdict == "FAIL" else worst or (3 if verdict == "no build" else 0)
            rungs.append((name, what, amounts(did) or "–", verdict, f"{time.monotonic() - began:.0f}"))
        if "channels" in wanted:
            try:
                for name in channel_names():
                    began = time.monotonic()
                    try:
                        code, did, wrong = channel(name)
                        if wrong:
                            found(wrong)
                        # An unknown verdict (2) is worth mentioning only where nothing is worse.
                        worst = 1 if code == 1 else worst or code
                        row = (f"{name}", f"{did['version']}: {did['promised']}", f"{amounts({k: did[k] for k in ('programs', 'operations')})}; {did['kept']}",
                               "FAIL" if wrong and did["verdict"] != "violates" else did["verdict"], f"{time.monotonic() - began:.0f}")  # fmt: skip
                    except Failure as failure:
                        found(str(failure))
                        worst = 1
                        row = (name, "", "–", "FAIL", f"{time.monotonic() - began:.0f}")
                    channels.append(row)
                missing, left_out = channels_missing([row[0] for row in channels])
                if left_out:
                    found(left_out)  # not a failure: Debian 12's own cargo is too old for them
                if missing:
                    found(f"channels: not built, though recorded: {', '.join(missing)}; see build/verify/configure-release.log")
                    worst = 1
            except Failure as failure:
                found(str(failure))
                worst = worst or (3 if isinstance(failure, NotBuilt) else 1)
    except KeyboardInterrupt:
        found("interrupted: what is not in the table was not run")
        worst = 1

    if TERMINAL:
        sys.stderr.write("\r\033[K")
    if rungs:
        print_table("The reference channel", ("rung", "what ran", "how much", "verdict", "seconds"), rungs)
    if channels:
        print_table("Channels under the oracle", ("channel", "promises", "how much, and what it kept", "verdict", "seconds"), channels)
    print(f"\n{time.monotonic() - started:.0f} s in all, builds included")
    for finding in findings:
        print("  " + " ".join(line.strip() for line in finding.splitlines()[:3])[:200])
    if arguments.json:
        keys = ("name", "what", "how_much", "verdict", "seconds")
        table = {"rungs": [dict(zip(keys, row)) for row in rungs], "channels": [dict(zip(keys, row)) for row in channels], "findings": findings}
        pathlib.Path(arguments.json).write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return worst


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was found is still printed
    sys.exit(main())
