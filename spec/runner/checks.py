"""What must be so, besides that TLC ends: each check gives sentences about what is wrong, none if nothing is."""

import re

from . import matrix
from .manifest import TIERS


def outcome(manifest, model, found, record):
    """TLC found what the manifest says: the kind of the end, the property, the numbers."""
    if found.verdict in ("cannot", "time"):
        return [found.complaint]
    wanted = model.must_violate
    if found.violated != wanted:
        if not found.violated and model.group == "mutants":
            return [f"the mutant survives: {wanted} does not object to this mistake: {model.says}"]
        if not found.violated and model.group == "witnesses":
            return [f"not reached: {model.says}. What the models say about it, they say about nothing"]
        if not found.violated:
            return [f"the observer sees nothing wrong, and {wanted} ought to object to this mistake: {model.says}"]
        what = "there is a deadlock" if found.violated == "Deadlock" else f"{found.violated} is violated"
        if found.violated in manifest.properties:
            what += f" ({manifest.properties[found.violated]['says']})"
        return [what + (f", and {wanted} ought to be violated" if wanted else "")]
    if model.accepts is not None and (sentences := other_histories(found.printed, model.accepts)):
        return sentences
    numbers = {"states": found.states, "depth": found.depth}
    if record:
        model.expect.update(numbers, seconds=round(found.seconds, 1))
        return []
    return [f"{what}: {number:,} found, {model.expect.get(what, 'nothing')} recorded; if that is meant, run ci/spec with --record"
            for what, number in numbers.items() if number != model.expect.get(what)]


def other_histories(printed, wanted):
    """The histories, by number, that TLC ought to have accepted and did not, and the other way round."""
    accepted = {int(line.strip("<>").split(",")[1]) for line in printed if "accepted" in line}
    return ([f"history {n} is not accepted, and ought to be" for n in sorted(set(wanted) - accepted)]
            + [f"history {n} is accepted, and ought not to be" for n in sorted(accepted - set(wanted))])


def names_agree(core, algorithm):
    """core.hpp names the critical sections of MutexChannel.tla, all of them and no others."""
    in_code = set(re.findall(r"\[spec: (\w+)\]", core)) - {"Name"}  # which stands for them all, in its introduction
    body = re.search(r"^CriticalSection\(t\) ==\n((?:\s+\\/ \w+\(t\)\n)+)", algorithm, re.M)
    in_spec = set(re.findall(r"\\/ (\w+)", body[1])) if body else set()
    return ([f"core.hpp says [spec: {x}], and CriticalSection of MutexChannel.tla has no such action" for x in sorted(in_code - in_spec)]
            + [f"CriticalSection of MutexChannel.tla has the action {x}, and no line of core.hpp says [spec: {x}]"
               for x in sorted(in_spec - in_code)])


def every_action_taken(outcomes):
    """No action of a module is idle in all models that cover this module."""
    total = {}
    for found in outcomes:
        for action, count in found.taken.items():
            total[action] = total.get(action, 0) + count
    covered = {action.split(".")[0] for action in total}
    return ([f"no model covers the actions of {module}" for module in ("Channel", "MutexChannel") if module not in covered]
            + [f"no model takes the action {action}: what is said about it is said about nothing"
               for action, count in sorted(total.items()) if count == 0])


def every_property_kills(manifest):
    used = {entry["killed_by"] for entry in manifest.data["mutants"]}
    return [f"the property {name} kills no mutant: can it fail at all?" for name in manifest.properties if name not in used]


def kills_are_plausible(mutants):
    """What a run has found, the last column of the table has, too."""
    return [f"{entry['name']}: it is killed by {entry['killed_by']}, and \"kills\" of the manifest has only "
            f"{', '.join(entry.get('kills', [])) or 'nothing'}: run ci/spec matrix --only {entry['name']}"
            for entry in mutants if entry["killed_by"] not in entry.get("kills", [])]


def kills_are_up_to_date(manifest):
    rows = matrix.outdated(manifest)
    named = ", ".join(rows[:3]) + (f" and {len(rows) - 3} more" if len(rows) > 3 else "")
    return [f"the last column of the table of mutants was computed from something else than is here ({named}): "
            "run ci/spec matrix"] if rows else []


def every_property_is_checked(manifest, tier):
    """By a model of the tier, or of one before it; what is said over begins and ends, of the promise and of the algorithm."""
    checked = {name: set() for name in manifest.properties}
    for model in manifest.models:
        if model.group == "models" and TIERS.index(model.tier) <= TIERS.index(tier):
            for name in model.invariants + model.properties:
                checked[name].add("MutexChannel" if "MutexChannel" in model.module else "Channel")
    lacking = {name: {"MutexChannel", "Channel"} - on if manifest.properties[name]["observed"] else set() if on else {"any module"}
               for name, on in checked.items()}
    return [f"no model of {module} checks the property {name}" for name, modules in lacking.items() for module in sorted(modules)]
