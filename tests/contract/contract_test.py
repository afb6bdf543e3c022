#!/usr/bin/env python3
"""Keeps the registry of rules in docs/contract.md true.

Each rule has a row there. This test fails when the oracle or spec/manifest.json does not know the rule or words it
otherwise, when the TLA+ property is not defined, or no model checks it, when a test or a mutant that the row names does not exist, or a mutant says
that it breaks another rule; and when one of these places knows a rule that the page lacks.

    contract_test.py             the test
    contract_test.py --notices   shows that it is awake: each kind of break, made to a copy of the registry, is found
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "spec"))
from runner.manifest import Manifest  # noqa: E402


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def table():
    """The rows of the registry: {id: {column: text}}."""
    section = read("docs/contract.md").split("## The rules")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    columns = [cell.strip() for cell in lines[0].strip("|").split("|")]
    rows = {}
    for line in lines[2:]:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        row = dict(zip(columns, cells))
        rows[row["id"]] = row
    return rows


def names(cell):
    """What a cell names: the words in backquotes."""
    return re.findall(r"`([^`]+)`", cell)


def oracle():
    """The rules by id, with the sentence that the oracle says."""
    source = re.sub(r'"\s*\n\s*"', "", read("src/plumbline/oracle/contract.cpp"))  # a string in pieces is one string
    ids = dict(re.findall(r'\{rule::(\w+), "([A-Z-]+)"\}', source))
    return {ids[name]: sentence for name, sentence in re.findall(r'case rule::(\w+):\s*return "([^"]*)";', source)}


def checked(manifest):
    """The properties that models check, the members of the sets that they name among them; no mutants, which break them."""
    return {name for model in manifest.models if model.group == "models" for name in model.invariants + model.properties}


def places():
    """What each place knows of the rules."""
    manifest = Manifest(ROOT / "spec/manifest.json")
    return {
        "table": table(),
        "oracle": oracle(),
        "tla": set(re.findall(r"^(\w+)\s*==", "".join(read(p) for p in (ROOT / "spec").glob("*.tla")), re.M)),
        "checked": checked(manifest),
        "properties": manifest.properties,
        "tests": {f"{suite}.{name}" for source in (ROOT / "tests").rglob("*.cpp")
                  for suite, name in re.findall(r"\b(?:TEST|TEST_F|RC_GTEST_PROP)\((\w+),\s*(\w+)", read(source))},
        "mutants": dict(re.findall(r"^plumbline_mutant\((\w+)$.*?^  BREAKS ([A-Z -]+)$", read("stress/mutants/catalogue.cmake"), re.M | re.S)),
    }  # fmt: skip


def complaints(seen):
    said = []
    for rule, row in seen["table"].items():
        if rule not in seen["oracle"]:
            said.append(f"{rule}: src/plumbline/oracle/contract.cpp does not know it")
        elif seen["oracle"][rule] != row["rule"]:
            said.append(f"{rule}: the oracle words it otherwise: {seen['oracle'][rule]}")
        for column, known in (("TLA+", seen["tla"]), ("tests", seen["tests"]), ("a bug that breaks it", seen["mutants"])):
            if not names(row[column]):
                said.append(f"{rule}: the column '{column}' names nothing")
            said += [f"{rule}: '{name}' in the column '{column}' does not exist" for name in names(row[column]) if name not in known]
        said += [f"{rule}: no model in spec/manifest.json checks '{name}'" for name in names(row["TLA+"]) if name not in seen["checked"]]
        said += worded_otherwise(rule, row, seen["properties"])
        said += [
            f"{rule}: the mutant '{name}' breaks {seen['mutants'][name]}"
            for name in names(row["a bug that breaks it"])
            if rule not in seen["mutants"].get(name, rule).split()
        ]
    said += [f"{rule}: the oracle knows it, docs/contract.md does not" for rule in seen["oracle"] if rule not in seen["table"]]
    said += [f"{rule}: the mutant '{name}' breaks it, docs/contract.md does not know it"
             for name, broken in seen["mutants"].items() for rule in broken.split() if rule not in seen["table"]]  # fmt: skip
    return said


def worded_otherwise(rule, row, properties):
    """What is wrong with the manifest's view of a rule: the first property in its row is the rule, others are parts of it."""
    for place, name in enumerate(names(row["TLA+"])):
        has = properties.get(name, {})
        if has.get("rule") != rule:
            yield f"{rule}: spec/manifest.json says that '{name}' is of the rule {has.get('rule', 'that it has not')}"
        elif place == 0 and has["says"] != row["rule"]:
            yield f"{rule}: spec/manifest.json words it otherwise: {has['says']}"
    for name, has in properties.items():
        if has.get("rule") == rule and name not in names(row["TLA+"]):
            yield f"{rule}: its property '{name}' in spec/manifest.json is not in the column 'TLA+'"


def notices():
    """Breaks each place in turn."""
    def broken(change):
        seen = places()
        change(seen)
        return complaints(seen)

    def drop(place, column):
        return lambda seen: seen[place].discard(names(seen["table"]["NO-LOSS"][column])[0])

    breaks = {
        "a rule that the oracle lacks": lambda seen: seen["oracle"].pop("FIFO"),
        "a rule that the page lacks": lambda seen: seen["table"].pop("FIFO"),
        "another wording": lambda seen: seen["oracle"].update({"FIFO": "first in, last out"}),
        "a property that is not defined": drop("tla", "TLA+"),
        "a property that no model checks": drop("checked", "TLA+"),
        "a property of another rule": lambda seen: seen["properties"]["Fifo"].update(rule="NO-LOSS"),
        "a property that the page lacks": lambda seen: seen["table"]["RENDEZVOUS"].update({"TLA+": "`Rendezvous`"}),
        "a property with another wording": lambda seen: seen["properties"]["Fifo"].update(says="first in, last out"),
        "a test that does not exist": drop("tests", "tests"),
        "a mutant that does not exist": lambda seen: seen["mutants"].clear(),
        "a mutant of another rule": lambda seen: seen["mutants"].update(dict.fromkeys(seen["mutants"], "FIFO")),
        "a row without tests": lambda seen: seen["table"]["NO-LOSS"].update(tests="–"),
    }
    return [f"not noticed: {what}" for what, change in breaks.items() if not broken(change)]


if __name__ == "__main__":
    problems = notices() if sys.argv[1:] == ["--notices"] else complaints(places())
    print("\n".join(problems) or "the registry is true")
    sys.exit(1 if problems else 0)
