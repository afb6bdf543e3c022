"""spec/manifest.json: which models there are, and what TLC must find in each. Writes TLC's configurations."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from . import distributed, schema
from .tlc import Misuse

TIERS = ["quick", "ci", "long"]
GROUPS = ["models", "mutants", "witnesses"]
SCOPE = ["senders", "initial", "sends", "capacity", "operations"]


@dataclass
class Model:
    name: str
    group: str  # "models", "mutants", "witnesses", or "observers": the observer's view of a mutant
    tier: str
    module: str
    behaviour: str  # the specification formula
    scope: dict
    invariants: list  # names of what is checked
    properties: list
    replace: dict = field(default_factory=dict)
    symmetry: bool = False
    deadlock: bool = True
    coverage: bool = False
    temporal: bool = False
    settings: list = field(default_factory=list)  # further lines of the cfg
    library: str = ""  # a folder with modules that this one needs
    accepts: list | None = None  # the numbers of the histories that the model has to accept
    numbered: bool = False  # threads are called 1, 2, … and 0, not s1, s2, … and r
    says: str = ""  # a sentence: the mistake of a mutant, what a witness shows
    must_violate: str = ""  # the property
    distributed: bool = False  # --distributed runs it, too
    limit: float = 60.0  # seconds
    small: bool = False  # TLC needs a few seconds, of which Java had better spend none on compiling well
    expect: dict = field(default_factory=dict)  # states, depth, seconds (of CPU)


class Manifest:
    def __init__(self, path):
        self.path = Path(path)
        self.folder = self.path.parent
        try:
            self.data = json.loads(self.path.read_text())
        except OSError as error:
            raise Misuse(f"{path}: cannot be read ({error.strerror})") from None
        except json.JSONDecodeError as error:
            raise Misuse(f"{path}:{error.lineno}: {error.msg}") from None
        except (ValueError, RecursionError) as error:  # no UTF-8, a number of thousands of digits, brackets in brackets in …
            raise Misuse(f"{path}: is no manifest ({error})") from None
        schema.hold(self.path, self.data)
        self.properties = self.section("properties")
        self.modules = {}  # name -> Module, as they are asked for
        self.models = []
        for group in GROUPS:
            self.models += [self.model(group, entry) for entry in self.section(group)]
        self.models += [self.observer(entry) for entry in self.section("mutants")]
        names = [m.name for m in self.models]
        for model in self.models:
            if names.count(model.name) > 1:
                raise Misuse(f"{self.path}: two models are called '{model.name}'")
            if model.distributed and (why := distributed.cannot(model)):
                raise Misuse(f"{self.path}: '{model.name}' is marked \"distributed\": {why}")

    def section(self, name):
        return self.data[name]

    def expanded(self, items, where):
        """The properties that the items name, the members of a set @name among them."""
        sets = self.section("sets")
        for item in items:
            if item.startswith("@") and item[1:] not in sets:
                raise Misuse(f"{self.path}: '{where}' checks the set {item}, and \"sets\" has only {', '.join('@' + x for x in sets)}")
            yield from sets[item[1:]] if item.startswith("@") else [item]

    def kind(self, name, wanted, where):
        if name not in self.properties:
            raise Misuse(f"{self.path}: '{where}' checks {name}, which \"properties\" does not have")
        return self.properties[name][wanted]

    def model(self, group, entry):
        name = entry["name"]
        check = list(self.expanded(entry.get("check") or ([entry["killed_by"]] if group == "mutants" else []), name))
        deadlock = entry.get("deadlock", group == "models") or "Deadlock" in check
        check = [c for c in check if c != "Deadlock"]
        kinds = {c: self.kind(c, "kind", name) for c in check}
        invariants = [c for c in check if kinds[c] == "invariant"]
        properties = [c for c in check if kinds[c] != "invariant"]
        seen = any(self.kind(c, "observed", name) for c in check)
        temporal = "temporal" in kinds.values()
        module = ("Observed" if seen else "MC") + entry.get("of", "MutexChannel")
        behaviour = "ObservedSpec" if seen else "Spec" if temporal else "SafeSpec"
        if group == "witnesses":
            module, invariants = "Witnesses", [entry["never"]]
        module, behaviour = entry.get("module", module), entry.get("behaviour", behaviour)
        settings, library = entry.get("settings", []), entry.get("library", "")
        if why := contradiction(entry, seen, temporal, settings):
            raise Misuse(f"{self.path}: '{name}' {why}")
        if library and not (self.folder / library).is_dir():
            raise Misuse(f"{self.path}: '{name}' has the library {library}, and {self.folder / library} is no folder")
        return Model(name=name, group=group, tier=entry["tier"], module=module, behaviour=behaviour,
                     scope={key: entry[key] for key in SCOPE}, invariants=invariants, properties=properties,
                     replace=entry.get("replace", {}),
                     symmetry=entry.get("symmetry", False),
                     deadlock=deadlock, coverage=entry.get("coverage", False), temporal=temporal, settings=settings,
                     library=library, accepts=entry.get("accepts"), numbered=entry.get("threads") == "numbers",
                     says=entry.get("mistake", entry.get("shows", "")),
                     must_violate=entry.get("killed_by", entry.get("never", "")), distributed=entry.get("distributed", False),
                     # Generous: the machine may be busy with other things.
                     limit=entry.get("limit", max(120, 30 * entry.get("expect", {}).get("seconds", 120))),
                     small=entry.get("expect", {}).get("seconds", 120) <= 4, expect=entry.setdefault("expect", {}))

    def observer(self, mutant):
        """The model in which the observer, who sees only begins, ends and results, judges the mutant by all its rules."""
        seen = mutant["observer"]
        model = self.model("observers", {
            **{key: mutant[key] for key in SCOPE + ["replace"]}, "name": mutant["name"] + "-observed", "check": ["@observer"],
            "symmetry": mutant.get("symmetry", False), "tier": seen.get("tier", "ci"), "deadlock": False, "mistake": mutant["mistake"], "expect": seen.setdefault("expect", {})})
        says = seen["says"]
        if says != "nothing" and says not in model.invariants + model.properties:
            raise Misuse(f"{self.path}: '{mutant['name']}': the observer cannot say {says}: it knows @observer, or says \"nothing\"")
        model.must_violate = "" if says == "nothing" else says
        return model

    def module(self, name, asked_by, library=""):
        if (name, library) not in self.modules:
            folders = [self.folder] + ([self.folder / library] if library else [])
            found = [folder / f"{name}.tla" for folder in folders if (folder / f"{name}.tla").is_file()]
            if not found:
                raise Misuse(f"{self.path}: '{asked_by}' needs the module {name}, and there is no {self.folder / name}.tla")
            self.modules[name, library] = Module(found[0])
        return self.modules[name, library]

    def vocabulary(self, model):
        """The names that the model's module has: (all of them, those of constants, those of variables)."""
        names, constants, seen = set(), set(), set(STANDARD)
        waiting = [model.module]
        while waiting:
            name = waiting.pop()
            if name in seen:  # TLC says so of modules that extend each other
                continue
            seen.add(name)
            module = self.module(name, model.name, model.library)
            names |= set(module.definitions) | module.constants
            constants |= module.constants
            waiting += module.extends
        return names, constants

    def cfg(self, model):
        """The text of TLC's configuration. Every name in it exists: TLC itself overlooks some that do not."""
        operations = self.section("operations")
        scope = model.scope
        if scope["operations"] not in operations:
            raise Misuse(f"{self.path}: '{model.name}' has the operations '{scope['operations']}', which \"operations\" lacks")
        senders = [str(k) if model.numbered else f"s{k}" for k in range(1, scope["senders"] + 1)]
        receiver = "0" if model.numbered else "r"
        constants = {
            "Senders": "{" + ", ".join(senders) + "}",
            "Receiver": receiver,
            "InitialSenders": scope["initial"],
            "Unbounded": "Unbounded",
            "Capacity": "Unbounded" if scope["capacity"] == "unbounded" else scope["capacity"],
            "Operations": "{" + ", ".join(f'"{op}"' for op in operations[scope["operations"]]) + "}",
            "MaxSends": scope["sends"],
        }
        names, declared = self.vocabulary(model)
        used = ([(c, "checks") for c in model.invariants + model.properties] + [(model.behaviour, "runs")]
                + [(x, "replaces") for x in model.replace] + [(x, "puts in") for x in model.replace.values()]
                + [("Symmetry", "uses") for _ in range(model.symmetry)] + [(line.split()[1], "has the setting") for line in model.settings])
        for name, what in used:
            if name not in names:
                raise Misuse(f"{self.path}: '{model.name}' {what} {name}, which the module {model.module} lacks")
        for name in set(constants) ^ declared:
            raise Misuse(f"{self.path}: '{model.name}': the constant {name} is "
                         + ("not given a value" if name in declared else f"not one of {model.module}"))
        lines = [f"SPECIFICATION {model.behaviour}", "CONSTANTS"]
        lines += [f"  {x} = {x}" for x in senders + [receiver] if not model.numbered]
        lines += [f"  {name} = {value}" for name, value in constants.items()]
        lines += [f"  {name} <- {by}" for name, by in model.replace.items()]
        lines += [f"INVARIANT {c}" for c in model.invariants] + [f"PROPERTY {c}" for c in model.properties]
        lines += ["SYMMETRY Symmetry"] if model.symmetry else []
        return "\n".join(lines + model.settings) + "\n"

    def definition_at(self, place):
        """The definition that a place 'Module:line' is in."""
        module, line = place.rsplit(":", 1)
        starts = self.module(module, place).definitions
        return max((at, name) for name, at in starts.items() if at <= int(line))[1]

    def save(self):
        """Writes the manifest: an entry a line, so that a change of one number is a change of one line."""
        def dump(value):
            return json.dumps(value, ensure_ascii=False)
        parts = []
        for key, value in self.data.items():
            if isinstance(value, list):
                parts.append(f'"{key}": [\n' + ",\n".join("  " + dump(x) for x in value) + "\n]")
            else:
                parts.append(f'"{key}": {{\n' + ",\n".join(f"  {dump(k)}: {dump(v)}" for k, v in value.items()) + "\n}")
        self.path.write_text("{\n" + ",\n".join(parts) + "\n}\n")


def contradiction(entry, observed, temporal, settings):
    """What TLC would get wrong, or would not be asked as meant, in words; an empty string if there is nothing."""
    if entry.get("check") == [] and "accepts" not in entry:
        return "checks nothing"
    if entry.get("initial", 0) > entry.get("senders", 0):
        return f"has {entry['initial']} senders in the beginning, of {entry['senders']}"
    if temporal and observed:
        return "checks observed and temporal properties together: make it two models"
    if temporal and entry.get("symmetry"):
        return "checks a temporal property with symmetry, which TLC gets wrong: drop one"
    if temporal and settings:
        return f"checks a temporal property with {settings[0]}, which TLC gets wrong: drop one"
    constraint = next((line for line in settings if "CONSTRAINT" in line), "")
    if constraint and entry.get("coverage"):
        return f"counts how often actions are taken with {constraint}, which leaves out states: drop one"
    return ""


STANDARD = {"Naturals", "Integers", "Sequences", "FiniteSets", "TLC"}


class Module:
    """The names that a TLA+ module defines and declares. (A reading by line beginnings, which our style keeps to.)"""

    def __init__(self, path):
        self.path = path
        text = path.read_text()
        blank = lambda match: re.sub(r"[^\n]", " ", match.group())
        text = re.sub(r"\(\*.*?\*\)", blank, text, flags=re.S)
        text = re.sub(r"\\\*[^\n]*", blank, text)
        self.text = text
        extends = re.search(r"^EXTENDS\s+(.*)$", text, re.M)
        self.extends = re.findall(r"\w+", extends[1]) if extends else []
        self.instances = re.findall(r"\bINSTANCE\s+(\w+)", text)
        self.constants = set()
        for block in re.findall(r"^CONSTANTS?\b(.*?)(?=^\S|\Z)", text, re.S | re.M):
            self.constants |= set(re.findall(r"\w+", block))
        self.definitions = {}  # name -> line
        for number, line in enumerate(text.splitlines(), 1):
            if match := re.match(r"(\w+)(\([^)]*\))?\s*==", line):
                self.definitions[match[1]] = number

    def definition(self, name):
        """The text of a definition, up to the next one."""
        start = self.definitions[name]
        end = min((at for at in self.definitions.values() if at > start), default=None)
        return "\n".join(self.text.splitlines()[start - 1:end and end - 1])
