"""TLC's trace as a table: a row a step, a column a thread, in the words of the contract."""

import re

TOKEN = re.compile(r'<<|>>|\|->|:>|@@|[\[\](){},]|"[^"]*"|-?\d+|\w+')


def parse(text):
    """A TLA+ value as TLC prints it: records and functions as dict, tuples as tuple, sets as frozenset."""
    tokens = TOKEN.findall(text)
    at = 0

    def take(expected=None):
        nonlocal at
        token = tokens[at]
        if expected and token != expected:
            raise ValueError(f"'{expected}' expected, '{token}' found")
        at += 1
        return token

    def listed(end):
        items = []
        while tokens[at] != end:
            items.append(value())
            if tokens[at] == ",":
                take()
        take(end)
        return items

    def value():
        token = take()
        if token == "<<":
            return tuple(listed(">>"))
        if token == "{":
            return frozenset(freeze(item) for item in listed("}"))
        if token == "[":
            fields = {}
            while tokens[at] != "]":
                name = take()
                take("|->")
                fields[name] = value()
                if tokens[at] == ",":
                    take()
            take("]")
            return fields
        if token == "(":
            pairs = {}
            while True:
                key = value()
                take(":>")
                pairs[freeze(key)] = value()
                if take() == ")":
                    return pairs
        if token in ("TRUE", "FALSE"):
            return token == "TRUE"
        if token.startswith('"'):
            return token[1:-1]
        return int(token) if re.fullmatch(r"-?\d+", token) else token

    return value()


def freeze(value):
    return tuple(sorted(value.items())) if isinstance(value, dict) else value


def state(text):
    """The variables of a state."""
    parts = re.split(r"^/\\ (\w+) = ", text, flags=re.M)
    return {name: parse(value) for name, value in zip(parts[1::2], parts[2::2])}


def message(m):
    return f"{m[0]}.{m[1]}"


def called(call):
    if "msg" in call:
        return f"{call['op']}({message(call['msg'])})"
    return f"clone -> {call['new']}" if call["op"] == "clone" else call["op"]


def returned(result):
    return message(result["msg"]) if result["is"] == "value" else result["is"]


def effect(before, after):
    """What becomes visible, or is decided, in a step, thread by thread."""
    cells = {}
    def say(t, text):
        cells[t] = f"{cells[t]}; {text}" if t in cells else text
    for t in after["call"]:
        if before["call"][t] != after["call"][t]:
            begins = after["call"][t]["op"] != "idle"
            say(t, called(after["call"][t]) + " begins" if begins else f"= {returned(before['result'][t])}")
        elif before["result"][t] != after["result"][t]:
            say(t, f"decided: {returned(after['result'][t])}")
    if "pc" not in after:
        return cells
    for t in after["pc"]:
        was, now = before["pc"][t], after["pc"][t]
        if after["holder"] == t != before["holder"]:
            say(t, "takes the mutex")
        if was != now:
            if now == "waits":
                say(t, f"must wait: {after['cv'][t]}")
            elif now == "asleep":
                say(t, f"frees the mutex, sleeps on {after['cv'][t]}")
            elif was == "asleep":
                others = any(before["pc"][x] != after["pc"][x] for x in after["pc"] if x != t)
                say(t, "is woken" if others else "its deadline passes: wakes" if t in after["late"] else "wakes for no reason")
            elif was.startswith("notifies"):
                say(t, f"{was.removesuffix(' both')} of {before['cv'][t]}")
        elif t in after["late"] and t not in before["late"]:
            say(t, "its deadline passes")
        if t in after["offer"] and before["offer"][t] != "open" == after["offer"][t]:
            say(t, "offers its message")
    return cells


def queue(values):
    return "<" + " ".join(message(m) for m in values["queue"]) + ">" if "queue" in values else ""


def table(trace, width=34):
    """The lines of the table; TLC's own text where that cannot be read."""
    try:
        states = [(action, state(text)) for action, text in trace if text]
        threads = sorted(states[0][1]["call"], key=lambda t: (t == "r", t))
    except (KeyError, ValueError, IndexError):
        return [line for action, text in trace for line in [f"-- {action}", *text.splitlines()]]
    rows = [["step", *threads, "queue"], ["1", *[""] * len(threads), queue(states[0][1])]]
    for number, ((_, before), (_, after)) in enumerate(zip(states, states[1:]), 2):
        cells = effect(before, after)
        rows.append([str(number), *[cells.get(t, "") for t in threads], queue(after)])
    widths = [min(width, max(len(row[k]) for row in rows)) for k in range(len(rows[0]))]
    lines = []
    for row in rows:
        # A long cell goes on in the next line.
        wrapped = [wrap(cell, widths[k]) for k, cell in enumerate(row)]
        for k in range(max(len(cell) for cell in wrapped)):
            lines.append("  ".join((cell[k] if k < len(cell) else "").ljust(w) for cell, w in zip(wrapped, widths)).rstrip())
    for action, text in trace:
        if not text:
            lines.append("      and nothing more happens, for ever" if action == "Stuttering"
                         else f"      and so on for ever, again from step {action.split()[1]}")
    return lines


def wrap(text, width):
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
