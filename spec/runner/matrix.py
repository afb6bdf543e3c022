"""Which property kills which mutant. TLC stops at the first violation, so what it found is left out and it runs again."""

import concurrent.futures
import dataclasses

from . import readme

LIMIT = 3000.0  # seconds for one run, on a machine that may be busy


def kills_of(manifest, mutant, run):
    """The properties that kill the mutant, and the verdict of the run after which none did."""
    kinds = {name: entry["kind"] for name, entry in manifest.properties.items()}
    invariants = [name for name, kind in kinds.items() if kind == "invariant"]
    actions = [name for name, kind in kinds.items() if kind == "action"]
    temporal = [name for name, kind in kinds.items() if kind == "temporal"]
    found = []
    while True:
        model = dataclasses.replace(
            mutant, module="ObservedMutexChannel", behaviour="ObservedSpec", deadlock="Deadlock" not in found, temporal=False,
            invariants=[x for x in invariants if x not in found], properties=[x for x in actions if x not in found], limit=LIMIT)
        outcome = run(model)
        if outcome.verdict != "violates":
            break
        found.append(outcome.violated)
    for name in temporal:
        model = dataclasses.replace(mutant, module="MCMutexChannel", behaviour="Spec", deadlock=False, temporal=True,
                                    invariants=[], properties=[name], limit=LIMIT)
        last = run(model)
        if last.verdict == "violates":
            found.append(name)
        elif last.verdict != "holds":
            outcome = last  # it ran out of its time, say: nothing is known of this property
    return [name for name in [*kinds, "Deadlock"] if name in found], outcome


def fill(manifest, run, only=None):
    """Writes which properties kill the mutants, all or those named. False if it was stopped before it was through."""
    mutants = [m for m in manifest.models if m.group == "mutants" and (not only or m.name in only)]
    entries = {entry["name"]: entry for entry in manifest.data["mutants"]}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for mutant, (kills, last) in zip(mutants, pool.map(lambda m: kills_of(manifest, m, run), mutants)):
            if last.verdict == "stopped":
                return False
            entries[mutant.name]["kills"] = kills
            manifest.save()  # each time, for it takes long
            print(f"{mutant.name}: {', '.join(kills)}" + ("" if last.verdict == "holds" else f" (and perhaps more: {last.complaint[:200]})"),
                  flush=True)
    readme.write(manifest)
    return True
