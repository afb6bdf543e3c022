"""The tables of spec/README.md, made from the manifest."""

import re

from .tlc import Misuse


def scope(entry):
    capacity = {"unbounded": "∞"}.get(entry["capacity"], entry["capacity"])
    return f"{entry['senders']} × {entry['sends']}, capacity {capacity}, {entry['operations']}"


def models(data):
    yield "| model | tier | senders × messages, capacity, operations | checks | states | depth | CPU s |"
    yield "|---|---|---|---|--:|--:|--:|"
    for entry in data["models"]:
        expect = entry["expect"]
        checks = ", ".join(c.lstrip("@") for c in entry["check"]) or "histories"
        size = scope(entry) if "accepts" not in entry else "recorded histories"
        yield (f"| {entry['name']} | {entry['tier']} | {size} | {checks} | {expect.get('states', 0):,} | {expect.get('depth', '–')} "
               f"| {expect.get('seconds', 0):.0f} |")


def mutants(data):
    yield "| mutant | the mistake | killed by | steps | the observer says | steps | and by |"
    yield "|---|---|---|--:|---|--:|---|"
    for entry in data["mutants"]:
        others = ", ".join(x for x in entry.get("kills", []) if x != entry["killed_by"]) or "–"
        says, depth = entry["observer"]["says"], entry["observer"].get("expect", {}).get("depth", "–")
        observer = "– | –" if says == "nothing" else f"{says} | {depth}"
        yield (f"| {entry['name']} | {entry['mistake']} | **{entry['killed_by']}** | {entry['expect'].get('depth', '–')} | {observer} "
               f"| {others} |")


def witnesses(data):
    yield "| must be reached | steps |"
    yield "|---|--:|"
    for entry in data["witnesses"]:
        yield f"| {entry['shows']} | {entry['expect'].get('depth', '–')} |"


def filled(manifest):
    path = manifest.folder / "README.md"
    text = path.read_text()
    for table in (models, mutants, witnesses):
        begin, end = f"<!-- {table.__name__}: written by ci/spec readme -->\n", f"<!-- end of {table.__name__} -->"
        parts = re.match(f"(.*?{re.escape(begin)})(.*?)({re.escape(end)}.*)", text, re.S)
        if not parts:
            raise Misuse(f"{path} has no place for the table of {table.__name__}: '{begin.strip()}' … '{end}'")
        text = parts[1] + "\n".join(table(manifest.data)) + "\n" + parts[3]
    return path, text


def outdated(manifest):
    path, text = filled(manifest)
    return [] if path.read_text() == text else [f"the tables of spec/{path.name} are not those of the manifest: run ci/spec readme"]


def write(manifest):
    path, text = filled(manifest)
    path.write_text(text)
    return 0
