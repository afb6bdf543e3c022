"""Which property kills which mutant. TLC stops at the first violation, so what it found is left out and it runs again.

That takes long, so it is not part of a run; and so a row says what it was made from, and is computed again only if that has
changed.
"""

import concurrent.futures
import dataclasses
import hashlib
import json
import re

from . import readme
from .manifest import STANDARD

LIMIT = 3000.0  # seconds for one run, on a machine that may be busy


def kills_of(manifest, mutant, run):
    """The properties that kill the mutant, and the verdict of the run after which none did."""
    kinds = {name: entry["kind"] for name, entry in manifest.properties.items()}
    invariants = [name for name, kind in kinds.items() if kind == "invariant"]
    actions = [name for name, kind in kinds.items() if kind == "action"]
    temporal = [name for name, kind in kinds.items() if kind == "temporal"]
    # Where nobody drops a handle, it is no mistake that in the end everybody sleeps or has nothing to do.
    ends = {"drop_sender", "drop_receiver"} <= set(manifest.section("operations")[mutant.scope["operations"]])
    found = []
    while True:
        model = dataclasses.replace(
            mutant, module="ObservedMutexChannel", behaviour="ObservedSpec", temporal=False,
            deadlock=ends and "Deadlock" not in found,
            invariants=[x for x in invariants if x not in found], properties=[x for x in actions if x not in found], limit=LIMIT)
        outcome = run(model)
        if outcome.verdict != "violates":
            break
        found.append(outcome.violated)
    for name in temporal:
        model = dataclasses.replace(mutant, module="MCMutexChannel", behaviour="Spec", deadlock=False, temporal=True,
                                    symmetry=False, invariants=[], properties=[name], limit=LIMIT)
        last = run(model)
        if last.verdict == "violates":
            found.append(name)
        elif last.verdict != "holds":
            outcome = last  # it ran out of its time, say: nothing is known of this property
    return [name for name in [*kinds, "Deadlock"] if name in found], outcome


def made_from(manifest, mutant):
    """A digest of what decides which properties kill the mutant.

    These are its scope (with the operations that it names) and its replacement, the names and kinds of the properties, and the modules, of which comments and
    blanks do not count, and of Mutants.tla only the definitions that the mutant needs: so a new mutant changes no other row.
    """
    operations = manifest.section("operations").get(mutant.scope["operations"])
    parts = [json.dumps([mutant.scope, operations, mutant.replace, {name: entry["kind"] for name, entry in manifest.properties.items()}])]
    waiting, seen = ["ObservedMutexChannel"], STANDARD | {"Mutants"}
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen = seen | {name}
            module = manifest.module(name, mutant.name)
            parts.append(module.text)
            waiting += sorted(module.extends + module.instances)
    mistakes = manifest.module("Mutants", mutant.name)
    waiting, seen = sorted(mutant.replace.values()), set()
    while waiting:
        name = waiting.pop()
        if name in mistakes.definitions and name not in seen:
            seen.add(name)
            parts.append(mistakes.definition(name))
            waiting += sorted(set(re.findall(r"\w+", parts[-1])))
    return hashlib.sha256(" ".join(" ".join(parts).split()).encode()).hexdigest()[:16]


def outdated(manifest):
    """The mutants whose rows were made from something else, or not at all."""
    entries = {entry["name"]: entry for entry in manifest.data["mutants"]}
    return [m.name for m in manifest.models if m.group == "mutants" and entries[m.name].get("made_from") != made_from(manifest, m)]


def as_completed(runs):
    """As that of the library, but this thread wakes from time to time: a signal that came to another is handled only then."""
    while runs:
        done, runs = concurrent.futures.wait(runs, timeout=0.5, return_when=concurrent.futures.FIRST_COMPLETED)
        yield from done


def fill(manifest, run, only=None):
    """Writes which properties kill the mutants: those named, or those whose rows are outdated.

    False if it was stopped before it was through.
    """
    wanted = only or outdated(manifest)
    mutants = [m for m in manifest.models if m.group == "mutants" and m.name in wanted]
    entries = {entry["name"]: entry for entry in manifest.data["mutants"]}
    stopped = False
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        rows = {pool.submit(kills_of, manifest, mutant, run): mutant for mutant in mutants}
        for row in as_completed(rows):
            mutant, (kills, last) = rows[row], row.result()
            if last.verdict == "stopped":
                stopped = True
                continue
            entries[mutant.name]["kills"] = kills
            entries[mutant.name]["made_from"] = made_from(manifest, mutant)
            if last.verdict != "holds":  # perhaps more of them kill it, so the row stays outdated
                del entries[mutant.name]["made_from"]
            manifest.save()  # each time, for it takes long
            print(f"{mutant.name}: {', '.join(kills)}" + ("" if last.verdict == "holds" else f" (and perhaps more: {last.complaint[:200]})"),
                  flush=True)
    readme.write(manifest)
    return not stopped
