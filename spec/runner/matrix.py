"""Which property kills which mutant: every mutant is run against every property, one at a time."""

import dataclasses

from . import readme


def fill(manifest, run):
    mutants = [m for m in manifest.models if m.group == "mutants"]
    entries = {entry["name"]: entry for entry in manifest.data["mutants"]}
    names = list(manifest.properties)
    runs, kills = [], {m.name: {} for m in mutants}
    for mutant in mutants:
        for name in [*names, "Deadlock"]:
            one = manifest.model("mutants", {**entries[mutant.name], "killed_by": name, "expect": {}, "limit": 60})
            runs.append(dataclasses.replace(one, name=f"{mutant.name}.{name}"))

    def done(model, outcome):
        mutant, name = model.name.split(".")
        kills[mutant][name] = outcome.verdict

    run(runs, done)
    for mutant, verdicts in kills.items():
        entries[mutant]["kills"] = [name for name in [*names, "Deadlock"] if verdicts[name] == "violates"]
        open_ones = [name for name, verdict in verdicts.items() if verdict not in ("violates", "holds")]
        if open_ones:  # a state space without end, or a value out of its type
            print(f"{mutant}: not known of {', '.join(open_ones)}")
    manifest.save()
    return readme.write(manifest)
