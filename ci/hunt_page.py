"""What ci/hunt did and found: in words, and as the table of docs/track-record.md."""

import written_part

BEGIN = "<!-- From here on ci/hunt --record has written it. -->"
END = "<!-- Up to here. -->"
STRONGEST = "order=linearizable empty=honest full=honest capacity=exact disconnect=both".split()
NEVER_SHRUNK = 1 << 30


def number(n):
    return f"{n:,}".replace(",", " ")


def known_as(found, known):
    """What ci/hunt.json says of a finding; none if it is unexpected."""
    same = (one for one in known["known"] if (one["channel"], one["contract"]) == (found["channel"], found["contract"]) and found["rule"] in one["rules"])
    return next(same, None)


def summed_up(measured, known):
    """A row for each channel and promise: what was done, and of each rule that was found broken the smallest program."""
    rows = []
    for channel in measured["channels"]:
        said = known["documented"].get(channel["name"])
        for contract in ["", *([said["contract"]] if said else [])]:
            done = [one for one in measured["campaigns"] if (one["channel"], one["contract"]) == (channel["name"], contract)]
            broken = {}
            for one in sorted((one for one in done if one["verdict"] == "violates"), key=lambda one: one.get("requests", NEVER_SHRUNK)):
                first = broken.setdefault(one["rule"], one | {"known": known_as(one, known), "times": 0})
                first["times"] += 1
            rows.append({"channel": channel, "contract": contract, "says": said and contract and said["says"], "done": done, "findings": list(broken.values()),
                         "not_judged": next((one["because"] for one in done if one["verdict"] == "not judged"), ""),
                         "situations": len({situation for one in done for situation in one["situations"]})}
                        | {what: sum(one[what] for one in done) for what in ("operations", "programs", "undecided")})  # fmt: skip
    return rows


def novelty(one):
    if not one["known"]:
        return "UNEXPECTED"
    return "reported upstream" if one["known"]["reported"] else "new"


def outcome(row):
    parts = [f"{one['rule']}, {novelty(one)}" for one in row["findings"]]
    parts += [f"not judged: {row['not_judged']}"] if row["not_judged"] else []
    parts += [f"{row['undecided']} programs undecided"] if row["undecided"] else []
    if not row["done"]:
        return "not run"
    return "; ".join(parts) or f"nothing in {number(row['operations'])} operations"


def status(rows):
    if any(not one["known"] for row in rows for one in row["findings"]):
        return 1
    return 2 if any(row["undecided"] or row["not_judged"] or not row["done"] for row in rows) else 0


def name(row):
    return f"{row['channel']['name']} {row['channel']['version']}"


def text(measured, rows):
    lines = [f"seed {measured['seed']}, {measured['seconds']} s, {number(sum(row['operations'] for row in rows))} operations"]
    for row in rows:
        lines.append(f"{name(row)}{', held to ' + row['contract'] if row['contract'] else ''}: {outcome(row)}")
        for one in row["findings"]:
            lines += [f"    {one['because']}", f"    {one['replay']}"] if "replay" in one else [f"    {one['because']}"]
    return "\n".join(lines)


def promise(row):
    """The words that are not the strongest; or those of the documentation."""
    if row["contract"]:
        return f"its documentation: “{row['says']}”, so `{row['contract']}`"
    weaker = [word for word in row["channel"]["promised"].split() if word not in STRONGEST]
    return "what it declares: " + (", ".join(f"`{word}`" for word in weaker) if weaker else "all of the contract")


def shown(one):
    if one.get("again") is not None:
        return f"its program shown again in {one['again']:g} s"
    return "its program not shown again in half a minute" if "again" in one else "not tried again"


def finding(row, one):
    known = one["known"]
    where = f", held to `{row['contract']}`" if row["contract"] else ""
    upstream = ("Reported upstream." if known["reported"] else "New: no report of it was found upstream.") if known else "Unexpected: nobody has looked at it."
    size = f"{one['requests']} requests" if "requests" in one else "not made smaller"
    command = (known or {}).get("shown_by") or one.get("replay", "# what ended the process left no program")
    return f"""### {name(row)}{where}: {one["rule"]}

{one["because"]}. In {one["times"]} of {len(row["done"])} campaigns. {upstream} {known["note"] if known else ""}

```sh
{command}
```

{size[0].upper()}{size[1:]}; {shown(one)}."""


def page(measured, rows):
    lines = ["| channel | version | held to | operations | programs | situations | found |", "|---|---|---|--:|--:|--:|---|"]
    for row in rows:
        cells = [f"`{row['channel']['name']}`", row["channel"]["version"], promise(row), number(row["operations"]), number(row["programs"]),
                 number(row["situations"]), outcome(row)]  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    total = f"""{number(measured["seconds"])} seconds on {measured["machine"]}, on which other work ran at the same time: {len(measured["campaigns"])} campaigns,
{number(sum(row["programs"] for row in rows))} programs, {number(sum(row["operations"] for row in rows))} operations. The first has seed {measured["seed"]}, the next ones count up."""
    return "\n\n".join([total, "\n".join(lines), "## What was found", *(finding(row, one) for row in rows for one in row["findings"])])


def record(measured, rows, file):
    written_part.replace(file, BEGIN, END, page(measured, rows))
