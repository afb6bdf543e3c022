#!/usr/bin/env python3
"""The breaks of the checker (mutants.cmake beside this file), and at which random history the cross-check notices each: the
table of docs/checker-breaks.md. Exit codes: 0 all were noticed, 1 not, 3 a program is missing.

usage: kill_list.py BUILD          e.g. kill_list.py build/dev; prints the table
       kill_list.py --page PAGE    exit code 1 if the breaks in the page's table are not those that there are
"""

import pathlib
import re
import subprocess
import sys

BREAK = re.compile(r"^(breaks|delays)\((\w+) (\S+)\s+\[=\[(.*?)\]=\]\s+\[=\[(.*?)\]=\](?: (\d+) (\d+))?\)", re.MULTILINE | re.DOTALL)


def noticed(program, arguments):
    """The number of the first history on which the broken checker is wrong, and what is said then; none if it is never. A
    broken one may also crash, where it relies on what it has checked, or report at another time."""
    run = subprocess.run([program, *arguments], capture_output=True, text=True)
    if run.returncode < 0:
        return "", "it crashes"
    if run.stdout.startswith(("late: ", "early: ")):
        return "", "the stream reports at another time"
    said = re.match(r"history (\d+): (.*)", run.stdout)
    return (int(said[1]), said[2]) if said else None


def cell(text):
    return "`" + " ".join(text.split()).replace("|", "\\|") + "`" if text.strip() else "nothing"


def columns(name, file, text, instead):
    return f"| {name} | {file} | {cell(text)} | {cell(instead)} |"


def check_page(page, breaks):
    rows = [line for line in pathlib.Path(page).read_text().splitlines() if re.match(r"\| \w+ \| \w+\.cpp ", line)]
    wanted = [columns(*each[1:5]) for each in breaks]
    wrong = [row for row in rows if not any(row.startswith(want) for want in wanted)]
    wrong += [want for want in wanted if not any(row.startswith(want) for row in rows)]
    for row in wrong:
        print(f"{page}: differs from tests/checker/mutants.cmake: {row}", file=sys.stderr)
    return 1 if wrong or not rows else 0


def main():
    breaks = BREAK.findall((pathlib.Path(__file__).parent / "mutants.cmake").read_text())
    if len(sys.argv) == 3 and sys.argv[1] == "--page":
        return check_page(sys.argv[2], breaks)
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 3
    survivors = 0
    print("| break | file | the text | becomes | noticed at history | as |\n|---|---|---|---|--:|---|")
    for kind, name, file, text, instead, seed, operations in breaks:
        program = pathlib.Path(sys.argv[1]) / "tests/checker" / f"plumbline_checker_break_{name}"
        if not program.exists():
            print(f"{program} is not there: build it (PLUMBLINE_TEST_MUTANTS=ON)", file=sys.stderr)
            return 3
        found = noticed(program, ["late"] if kind == "delays" else ["random", "200000", seed or "5", operations or "9"])
        survivors += found is None
        number, said = found or ("never", "")
        print(columns(name, file, text, instead) + f" {number} | {said.split(':')[0]} |")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
