#!/usr/bin/env python3
"""Keeps the table of behaviours in docs/testing.md true: every id is there once, every test that it names exists, and a
row that names none says why.

    testing_page_test.py             the test
    testing_page_test.py --notices   shows that it is awake: each kind of break, made to a copy of the table, is found
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HOW_MANY = {"O": 14, "D": 14, "R": 16, "B": 17, "T": 20, "C": 21, "I": 10, "V": 18, "L": 11, "X": 19}
IDS = [f"{letter}{n}" for letter, count in HOW_MANY.items() for n in range(1, count + 1)]


def rows():
    """The rows of the table, as (id, behaviour, tests)."""
    page = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8").split("\n## Behaviours")[1]
    return re.findall(r"^\| ([A-Z]\d+) \| (.+?) \| (.+?) \|$", page, re.M)


def known_tests():
    tests = {f"{suite}.{name}" for source in (ROOT / "tests").rglob("*.cpp")
             for suite, name in re.findall(r"^TEST\((\w+), (\w+)\)", source.read_text(encoding="utf-8"), re.M)}  # fmt: skip
    cases = (ROOT / "tests" / "compile" / "CMakeLists.txt").read_text(encoding="utf-8")
    return tests | {f"compile.{case.lower()}" for case in re.findall(r'^    "([A-Z_]+)\|', cases, re.M)}


def complaints(table, tests):
    said = [f"{name}: not in the table" for name in IDS if name not in [row[0] for row in table]]
    seen = set()
    for name, _, cell in table:
        if name in seen or name not in IDS:
            said.append(f"{name}: there twice, or not an id")
        seen.add(name)
        named = re.findall(r"`([A-Za-z]+\.\w+)`", cell)
        said += [f"{name}: there is no test {test}" for test in named if test not in tests]
        if not named and not cell.startswith("not "):
            said.append(f"{name}: names no test and gives no reason")
    return said


def notices():
    table, tests = rows(), known_tests()
    breaks = {
        "a row that is missing": (table[1:], tests),
        "a row that is there twice": ([*table, table[0]], tests),
        "an id that does not exist": ([*table, ("Z1", "", "not offered")], tests),
        "a test that does not exist": (table, tests - {"Channel.DeliversInSendOrderAtEveryCapacity"}),
        "a row without test or reason": ([("O1", "", "later"), *table[1:]], tests),
    }
    return [f"not noticed: {what}" for what, (broken, known) in breaks.items() if not complaints(broken, known)]


if __name__ == "__main__":
    problems = notices() if sys.argv[1:] == ["--notices"] else complaints(rows(), known_tests())
    print("\n".join(problems) or "the table is true")
    sys.exit(1 if problems else 0)
