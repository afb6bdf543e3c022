"""What ci/bench measured, as tables, and as docs/benchmarks.md and docs/benchmarks.svg."""

import math
import os
import platform

import written_part

BEGIN = "<!-- From here on ci/bench --record has written it. -->"
END = "<!-- Up to here. -->"

IN_MEMORY, STREAMING = "plumbline in memory", "plumbline streaming"
OVER = {"time": "over {limit} s", "memory": "over {memory} GB", "size": "too large"}


def seconds(number):
    if number >= 1:
        return f"{number:.2f} s"
    return f"{number * 1e3:.2f} ms" if number >= 1e-3 else f"{number * 1e6:.0f} µs"


def times_as_long(factor):
    return f"{factor:.0f} ×" if factor >= 100 else f"{factor:.3g} ×"


def power(number):
    exponent = round(math.log10(number))
    return f"10{str(exponent).translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹'))}" if number == 10**exponent else str(number)


def markdown(head, lines):
    width = [max(len(line[i]) for line in [head, *lines]) for i in range(len(head))]
    rows = [head, ["-" * (w - 1) + ":" if i else "-" * w for i, w in enumerate(width)], *lines]
    return "\n".join("| " + " | ".join(cell.ljust(width[i]) for i, cell in enumerate(row)) + " |" for row in rows)


class Results:
    def __init__(self, measured):
        self.limit, self.memory, self.long = measured["limit"], measured["memory"], measured["long"]
        self.rows = {(r["senders"], r["valid"], r["operations"], r["checker"]): r for r in measured["rows"]}
        self.checkers = list(dict.fromkeys(r["checker"] for r in measured["rows"]))
        self.groups = sorted({(s, v) for s, v, _, _ in self.rows}, key=lambda group: (group[0], not group[1]))
        self.sizes = sorted({n for _, _, n, _ in self.rows})

    def time(self, *place):
        return self.rows.get(place, {}).get("seconds")

    def cell(self, *place):
        row = self.rows.get(place)
        if row is None:
            return "–"
        return seconds(row["seconds"]) if "seconds" in row else OVER[row["over"]].format(limit=self.limit, memory=self.memory)

    def times(self, group):
        lines = [[power(n)] + [self.cell(*group, n, c) for c in self.checkers] for n in self.sizes]
        return markdown(["operations", *self.checkers], lines)

    def ratios(self, group):
        """How many times as long as Plumbline in memory."""
        others = [c for c in self.checkers if c != IN_MEMORY]
        lines = []
        for n in self.sizes:
            base = self.time(*group, n, IN_MEMORY)
            times = [self.time(*group, n, c) for c in others]
            if base and any(times):
                lines.append([power(n)] + [times_as_long(t / base) if t else "–" for t in times])
        return markdown(["operations", *others], lines)

    def growth(self, group):
        """By what the time grows when the history is ten times as long."""
        lines = []
        for n in self.sizes:
            pairs = [(self.time(*group, n, c), self.time(*group, 10 * n, c)) for c in self.checkers]
            if any(a and b for a, b in pairs):
                lines.append([f"{power(n)} to {power(10 * n)}"] + [times_as_long(b / a) if a and b else "–" for a, b in pairs])
        return markdown(["operations", *self.checkers], lines)

    def rate(self, checker, operations, valid):
        """Million operations a second, the worst of the groups; none if it was not measured."""
        times = [self.time(s, v, operations, checker) for s, v in self.groups if v == valid]
        return min(operations / t / 1e6 for t in times) if times and all(times) else None

    def ratio(self, other, valid):
        """The largest size that both were measured at, and as how many times as long as Plumbline in memory, the worst of the groups."""
        groups = [group for group in self.groups if group[1] == valid]
        for n in reversed(self.sizes):
            pairs = [(self.time(*group, n, other), self.time(*group, n, IN_MEMORY)) for group in groups]
            if pairs and all(a and b for a, b in pairs):
                return n, min(a / b for a, b in pairs)
        return None

    def long_table(self):
        head = ["operations", "seconds", "of a processor", "the simulation alone", "memory at most"]
        return markdown(head, [[power(r["operations"]), f"{r['seconds']:.0f}", f"{r['cpu_seconds']:.0f}", f"{r['simulation_cpu_seconds']:.0f}",
                                f"{r['resident_mb']:.1f} MB"] for r in self.long])  # fmt: skip


def title(group):
    return f"{group[0]} senders, {'valid' if group[1] else 'invalid'}"


def tables(measured):
    results = Results(measured)
    parts = [f"{title(g)}\n{results.times(g)}" for g in results.groups]
    if results.long:
        parts.append(f"streams\n{results.long_table()}")
    return "\n\n".join(parts)


def goals(results):
    largest = results.sizes[-1]
    lines = []
    for valid in (True, False):
        kind = "valid" if valid else "invalid"
        for what, checker, goal in (("in memory", IN_MEMORY, 20), ("streaming, with the merge", STREAMING, 10)):
            rate = results.rate(checker, largest, valid)
            if rate:
                lines.append([f"{what}, {power(largest)} operations, {kind}", f"{goal} M operations/s", f"{rate:.1f} M"])
        compared = results.ratio("polylin", valid)
        if compared:
            lines.append([f"in memory against PolyLin, {power(compared[0])} operations, {kind}", "100 ×", f"{compared[1]:.0f} ×"])
    if results.long:
        memory = ", ".join(f"{r['resident_mb']:.1f} MB" for r in results.long)
        lines.append([f"memory of streams of {', '.join(power(r['operations']) for r in results.long)} operations", "constant", memory])
    return markdown(["what", "goal", "measured, at worst"], lines)


def page(results):
    cores, machine = os.cpu_count(), platform.machine()
    parts = [f"Measured on {cores} cores of a shared {machine} virtual machine, on which other work ran at the same time.",
             "![The times of the tables below, valid and invalid, on logarithmic scales](benchmarks.svg)",
             "### What was to be reached", goals(results)]  # fmt: skip
    for group in results.groups:
        parts += [f"### {title(group)[0].upper()}{title(group)[1:]}", results.times(group)]
        parts += ["As many times as long as Plumbline in memory:", results.ratios(group),
                  "Ten times the operations, so much the time:", results.growth(group)]  # fmt: skip
    if results.long:
        parts += ["### Streams that nobody could keep",
                  "`plumbline_simulate --check live`: a channel is simulated, and what happens there goes to `merge` and `stream` at once.",
                  results.long_table()]  # fmt: skip
    return "\n\n".join(parts)


def record(measured, docs):
    results = Results(measured)
    written_part.replace(docs / "benchmarks.md", BEGIN, END, page(results))
    (docs / "benchmarks.svg").write_text(svg(results), encoding="utf-8")


# The plot: a panel for each number of senders, both axes logarithmic. Colours that are told apart on light and on dark.
COLOURS = {IN_MEMORY: ("#0b62d6", "#6cb0ff"), STREAMING: ("#0a7f62", "#3fd1a8"), "plumbline search": ("#666", "#aaa"),
           "porcupine": ("#c0182b", "#ff7b86"), "porcupine with rank": ("#a85b00", "#ffb056"), "polylin": ("#7a35b8", "#c99bff")}  # fmt: skip
WIDTH, HEIGHT, LEFT, TOP, GAP = 400, 330, 62, 74, 34
LEAST, MOST = -6, 2  # powers of ten, of seconds


class Panel:
    def __init__(self, number, results):
        self.left = LEFT + number * (WIDTH + GAP)
        self.first = math.log10(results.sizes[0])
        self.last = max(math.log10(results.sizes[-1]), self.first + 1)

    def x(self, operations):
        return self.left + (math.log10(operations) - self.first) / (self.last - self.first) * WIDTH

    def y(self, time):
        return TOP + (MOST - min(max(math.log10(time), LEAST), MOST)) / (MOST - LEAST) * HEIGHT


def axes(panel, senders, is_first):
    out = [f'<text class="title" x="{panel.left + WIDTH / 2}" y="{TOP - 10}" text-anchor="middle">{senders} senders</text>']
    for exponent in range(LEAST, MOST + 1):
        y = panel.y(10.0**exponent)
        out.append(f'<line class="grid" x1="{panel.left}" x2="{panel.left + WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
        if is_first:
            label = {-6: "1 µs", -3: "1 ms", 0: "1 s"}.get(exponent, "")
            out.append(f'<text x="{panel.left - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    for exponent in range(math.ceil(panel.first), math.floor(panel.last) + 1):
        x = panel.x(10.0**exponent)
        out.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{TOP + HEIGHT}"/>')
        out.append(f'<text x="{x:.1f}" y="{TOP + HEIGHT + 18}" text-anchor="middle">{power(10**exponent)}</text>')
    out.append(f'<text x="{panel.left + WIDTH / 2}" y="{TOP + HEIGHT + 38}" text-anchor="middle">operations</text>')
    return out


def curve(panel, results, senders, valid, number, checker):
    points = [(n, results.time(senders, valid, n, checker)) for n in results.sizes]
    places = [(panel.x(n), panel.y(t)) for n, t in points if t]
    kind = f"s{number}" + ("" if valid else " invalid")
    out = [f'<polyline class="{kind}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}"/>'] if len(places) > 1 else []
    out += [f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="3.4"/>' for x, y in places]
    over = [n for n in results.sizes if results.rows.get((senders, valid, n, checker), {}).get("over") in ("time", "memory")]
    for n in over:  # a cross on the line of the limit
        x, y = panel.x(n), panel.y(results.limit)
        out.append(f'<path class="{kind}" d="M{x - 4:.1f},{y - 4:.1f}l8,8m0,-8l-8,8"/>')
    return out


def svg(results):
    senders = sorted({s for s, _ in results.groups})
    width, height = LEFT + len(senders) * (WIDTH + GAP), TOP + HEIGHT + 52
    light = [f".s{i} {{ stroke: {COLOURS[c][0]}; fill: {COLOURS[c][0]}; }}" for i, c in enumerate(results.checkers)]
    dark = [f".s{i} {{ stroke: {COLOURS[c][1]}; fill: {COLOURS[c][1]}; }}" for i, c in enumerate(results.checkers)]
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
           "<title>How long each checker takes, by the number of operations</title>",
           "<style>text { font: 12px sans-serif; fill: #333; } .title { font-weight: bold; } .paper { fill: #fff; }",
           ".grid { stroke: #8886; stroke-width: 1; } polyline, path { fill: none !important; stroke-width: 1.8; }",
           "polyline.invalid { stroke-dasharray: 5 4; stroke-width: 1.3; } circle.invalid { fill: var(--paper); }",
           "svg { --paper: #fff; }", *light,
           "@media (prefers-color-scheme: dark) { svg { --paper: #15181c; } text { fill: #ddd; } .paper { fill: #15181c; }", *dark, "}",
           "circle.invalid { fill: var(--paper); }</style>",
           f'<rect class="paper" width="{width}" height="{height}"/>']  # fmt: skip
    step = (width - 20) / (len(results.checkers))
    for i, checker in enumerate(results.checkers):
        x = 14 + i * step
        out.append(f'<circle class="s{i}" cx="{x:.1f}" cy="16" r="4"/><text x="{x + 9:.1f}" y="20">{checker}</text>')
    out.append(f'<text x="14" y="42">filled: valid; hollow, dashed: invalid; ×: over {results.limit} s or {results.memory} GB</text>')
    for number, count in enumerate(senders):
        panel = Panel(number, results)
        out += axes(panel, count, number == 0)
        for i, checker in enumerate(results.checkers):
            for valid in (False, True):
                if (count, valid) in results.groups:
                    out += curve(panel, results, count, valid, i, checker)
    return "\n".join([*out, "</svg>"]) + "\n"
