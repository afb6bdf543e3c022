"""docs/reports.md shows what its commands print: the same rule, the same sentence but for the operations and numbers in it, the same
parts; and the command in the last line shows it again.

usage: reports_test.py PAGE BUILD    BUILD: the page calls it build/release
"""

import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

PAGE, BUILD = map(pathlib.Path, sys.argv[1:])
OPERATION = r"\b(?:tx\d+\.)?(?:try_send|send_for|send)\(\d+\)"


def shape(report):
    """The channel, the rule and the sentence; and the parts that the report has."""
    verdict = re.search(r"^(\S+) violates (\S+): (.*)$", report, flags=re.MULTILINE)
    if not verdict:
        return None
    channel, rule, sentence = verdict.groups()
    # What was done first differs: one value was received before the other one, or the other one never.
    reason = re.sub(r"\d+", "#", re.sub(OPERATION, "SEND", sentence)).partition(", ")[2]
    parts = {"steps": r"^ +1\. ", "time-line": "[┣├].*[┫┤╍]", "it hangs": r"^It hangs: .* Blocked: ", "it keeps": "^  it keeps ", "program": "^  program ",
             "shrunk": r"^  shrunk +from ", "history": "^  history ", "again": "^  again "}  # fmt: skip
    return channel, rule, reason, [part for part, sign in parts.items() if re.search(sign, report, flags=re.MULTILINE)]


def disagreement(command, shown, directory):
    """Why the page is wrong; nothing if it is right."""
    if shape(shown) is None:
        return f"the page shows no report for {command}"
    for _ in range(3):  # which program shows it first, and how small it gets, is the scheduler's affair
        ran = subprocess.run(shlex.split(command), cwd=directory, capture_output=True, text=True, check=False)
        if ran.returncode == 1 and shape(ran.stdout) == shape(shown):
            again = re.search(r"^  again +(.*)$", ran.stdout, flags=re.MULTILINE)[1]
            code = subprocess.run(shlex.split(again), cwd=directory, stdout=subprocess.DEVNULL, check=False).returncode
            return None if code == 1 else f"{again}: ended with exit code {code}"
    return f"{command}\nended with exit code {ran.returncode}\n{shape(ran.stdout)}\nbut the page has\n{shape(shown)}"


reports = re.findall(r"```sh\n(build/release/bin/plumbline stress [^\n]*)\n```\n\n```text\n(.*?)\n```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
if len(reports) != 3:
    sys.exit(f"the page has {len(reports)} reports, not 3")
with tempfile.TemporaryDirectory(prefix="plumbline-reports-") as scratch:
    (pathlib.Path(scratch) / "build").mkdir()
    (pathlib.Path(scratch) / "build/release").symlink_to(BUILD.resolve())
    for command, shown in reports:
        if wrong := disagreement(command, shown, scratch):
            sys.exit(wrong)

    # Each of these is noticed.
    command, shown = reports[1]
    for broken in (shown.replace("violates NO-LOSS", "violates FIFO"), shown.replace("never received", "received twice"), shown.replace("  shrunk ", "  other "), "hello"):
        if broken == shown or not disagreement(command, broken, scratch):
            sys.exit(f"this page should not be right:\n{broken}")
    if not disagreement(command.replace("loses-tail-at-close", "sound") + " --programs 20", shown, scratch):
        sys.exit("a sound channel should not have this report")
