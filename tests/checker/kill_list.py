#!/usr/bin/env python3
"""The breaks of the checker (mutants.cmake beside this file), and at which random history the cross-check notices each: the
table of docs/checker-breaks.md. Exit codes: 0 all were noticed, 1 not, 3 a program is missing.

usage: kill_list.py BUILD    e.g. kill_list.py build/dev
"""

import pathlib
import re
import subprocess
import sys

BREAK = re.compile(r"^breaks\((\w+) (\S+)\s+\[=\[(.*?)\]=\]\s+\[=\[(.*?)\]=\](?: (\d+) (\d+))?\)", re.MULTILINE | re.DOTALL)


def noticed(program, seed, operations):
    """The number of the first history on which the broken checker is wrong, and what it says; none if it is never."""
    run = subprocess.run([program, "random", "200000", seed, operations], capture_output=True, text=True)
    said = re.match(r"history (\d+): (.*)", run.stdout)
    return (int(said[1]), said[2]) if said else None


def cell(text):
    return "`" + " ".join(text.split()).replace("|", "\\|") + "`" if text.strip() else "nothing"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    source = (pathlib.Path(__file__).parent / "mutants.cmake").read_text()
    survivors = 0
    print("| break | file | the text | becomes | noticed at history | as |\n|---|---|---|---|--:|---|")
    for name, file, text, instead, seed, operations in BREAK.findall(source):
        program = pathlib.Path(sys.argv[1]) / "tests/checker" / f"plumbline_checker_break_{name}"
        if not program.exists():
            print(f"{program} is not there: build it (PLUMBLINE_TEST_MUTANTS=ON)", file=sys.stderr)
            sys.exit(3)
        found = noticed(program, seed or "5", operations or "9")
        survivors += found is None
        number, said = found if found else ("never", "")
        said = said.split(":")[0]
        print(f"| {name} | {file} | {cell(text)} | {cell(instead)} | {number} | {said} |")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
