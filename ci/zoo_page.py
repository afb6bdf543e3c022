"""For ci/zoo: the two catalogues, what must be true of them, and the tables of docs/zoo.md."""

import json
import pathlib
import re

import written_part

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "zoo.md"
MUTANTS = ROOT / "stress" / "mutants" / "catalogue.cmake"
BUGS_MARKS = ("<!-- ci/zoo --table writes this -->", "<!-- to here -->")  # the end is the first one after the begin
MATRIX_MARKS = ("<!-- ci/zoo --record writes this -->", "<!-- to here -->")
HOSTS_MARKS = ("<!-- ci/zoo --hosts --record writes this -->", "<!-- to here -->")

RELACY = ("bound:1", "bound:2", "bound:3", "random")
RUNGS = (*RELACY, "stress", "quiet", "conformance", "check", "tsan", "asan")
RUNGS_OF_CORES = ("relacy", "walks", "unit", "property", "memory", "tsan", "asan")

# The bugs that the zoo has to have, by their numbers in the research that it was made from: those of a channel with a
# mutex and condition variables, then those of lock-free ones.
BUGS = (
    "m1 m2 m3 m4 m5 m6 m7 m8b m9 m10 m11 m13 m15 m16 m18 m19 m20 m21 m23 m24 m25 m26 m27 m29 m30 m31 m32 m34 m37 "
    "a1 a1b a3 a6 a7 a9 a10 a11 a12 a14 a15 a16 a18"
).split()


def broken_cores(file=MUTANTS):
    """name -> {breaks, killed_by}, of the mutants of the reference's core"""
    found = {}
    for entry in re.split(r"^plumbline_mutant\(", pathlib.Path(file).read_text(encoding="utf-8"), flags=re.M)[1:]:
        breaks = re.search(r"^  BREAKS (.+)$", entry, re.M)
        killed_by = re.search(r"^  KILLED_BY (.+)\)$", entry, re.M)
        found[entry.split("\n")[0].strip()] = {
            "breaks": breaks[1].split() if breaks else [],
            "killed_by": killed_by[1].split() if killed_by else [],
        }
    return found


def read(file):
    return json.loads(pathlib.Path(file).read_text(encoding="utf-8"))


def table(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["| " + " | ".join(text.ljust(width) for text, width in zip(row, widths)) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def where(bug, catalogue, cores):
    """[(name, rules, rungs that must kill it)] of one bug: channels of the zoo, and broken cores"""
    of_hosts = [(m["channel"], m["breaks"], list(m["killed_by"])) for m in catalogue["mutants"] if m["id"] == bug]
    of_cores = [(name, cores[name]["breaks"], cores[name]["killed_by"]) for name in catalogue["bugs"][bug].get("cores", []) if name in cores]
    return of_hosts + of_cores


def table_of_bugs(catalogue, cores):
    rows = [["#", "id", "bug", "seen in", "where", "breaks", "must be killed by"]]
    for number, bug in enumerate(BUGS, 1):
        entry = catalogue["bugs"][bug]
        first = True
        for name, breaks, rungs in where(bug, catalogue, cores):
            head = [str(number), bug, entry["bug"], entry["seen"]] if first else ["", "", "", ""]
            rows.append([*head, f"`{name}`", " ".join(breaks), ", ".join(rungs)])
            first = False
    return table(rows)


def between(page, marks):
    begin, end = marks
    return page.split(begin)[1].split(end)[0].strip() if begin in page else None


def write(marks, text):
    written_part.replace(PAGE, *marks, text)


def told(arguments):
    """The command that made what follows, for the page"""
    words = ["ci/zoo", *(["--hosts"] if arguments.hosts else [f"--seconds {arguments.seconds:g}"]), f"--host-seconds {arguments.host_seconds:g}"]
    words += [f"--must-seconds {arguments.must_seconds:g}"] if not arguments.hosts and arguments.must_seconds != 60 else []
    words += [f"--seed {arguments.seed}"] if arguments.seed != 1 else []
    went_on = ", which was stopped and went on (`--resume`)" if arguments.resume else ""
    return f"All of this is of one run: `{' '.join(words)} --jobs {arguments.jobs} --record`{went_on}."


def faults(catalogue, cores):
    """What is wrong with the catalogues, and where the page says something else than they: sentences."""
    said = []
    listed = catalogue.get("bugs", {})
    said += [f"the bug {bug} is not in stress/zoo/zoo.json" for bug in BUGS if bug not in listed]
    said += [f"stress/zoo/zoo.json lists {bug}, which is no bug of the zoo" for bug in listed if bug not in BUGS]
    for bug, entry in listed.items():
        said += [f"{bug}: there is no broken core {name} in stress/mutants/catalogue.cmake" for name in entry.get("cores", []) if name not in cores]
        said += [f"{bug}: it has no '{field}'" for field in ("bug", "seen") if not entry.get(field)]
        if not entry.get("cores") and not any(m["id"] == bug for m in catalogue["mutants"]):
            said.append(f"{bug}: no host and no core has it")
    for mutant in catalogue["mutants"]:
        if mutant["id"] not in listed:
            said.append(f"{mutant['channel']} has the bug {mutant['id']}, which is not listed")
        said += [f"{mutant['channel']}: there is no rung {rung}" for rung in mutant["killed_by"] if rung not in RUNGS]
        if not mutant["killed_by"]:
            said.append(f"{mutant['channel']}: no rung must kill it")
        if not any(rung in (*RELACY, "stress") for rung in mutant["killed_by"]):
            said.append(f"{mutant['channel']}: neither Relacy nor stress must kill it")
    for name, core in cores.items():
        said += [f"{name}: there is no rung {rung}" for rung in core["killed_by"] if rung not in RUNGS_OF_CORES]
    if not said and between(PAGE.read_text(encoding="utf-8"), BUGS_MARKS) != table_of_bugs(catalogue, cores):
        said.append("docs/zoo.md has another table of the bugs than the catalogues; ci/zoo --table writes it")
    return said
