"""Writes docs/benchmarks.md and its charts from what was measured."""

import datetime
import os
from xml.sax.saxutils import escape

import building
import table

DOCS = os.path.join(building.TOP, "docs")

CHARTS = {
    "queues": ("jobs done by ", "Jobs that do nothing, from sending to done, a second"),
    "http": ("HTTP hello by ", "HTTP requests answered a second, 64 connections"),
}

HEAD = """# Benchmarks

What was measured, how, and the command that measures it again. The figures below are of one run of
`make bench PAGE=1` on the machine named here; medians of several runs where a spread is given. Nothing is
tuned for Roost that is not tuned for the others: each has its own default settings, except that every
queue that can is told to sync before it answers, as Roost does by default.

```
{machine}
```
"""

QUEUES = """## Queues that a user would pick instead

![jobs a second](benchmarks/queues.svg)

Every queue gets its jobs one by one from the same two processes of eight senders each, in Python, over the
client that its own documentation names; two worker processes take them. So the senders' cost is in
every figure, and it bounds the fastest: sent by wrk, the same Roost settles what the table below says.
What NATS answers is not on the disk yet: Debian's server is older than its option to sync at every write.
What a figure does not show: celery, rq, huey and procrastinate run Python functions, Roost runs Swift ones.
A C program that writes the same rows in the same groups, and does nothing else, is the limit of the disk and of SQLite.

Measure it again: `Benchmarks/run --only peers`.

"""

HTTP = """## HTTP servers

![requests a second](benchmarks/http.svg)

C on libuv, Hummingbird 2, Node and functions-framework answer in their own process; Roost hands each request
to a worker process and back, so that a crash of the function costs nobody anything. C wins, for it does
nothing but parse and answer.

"""

ALL = """## All figures

`Benchmarks/run --only NAME` measures one group again, `make bench` all but `peers` and `growth`.

"""


def write(facts, figures):
    """Replaces the page and its charts."""
    folder = os.path.join(DOCS, "benchmarks")
    os.makedirs(folder, exist_ok=True)
    parts = [HEAD.format(machine=machine_text(facts))]
    for name, text in (("queues", QUEUES), ("http", HTTP)):
        prefix, title = CHARTS[name]
        rows = [(f.name.removeprefix(prefix), f) for f in figures if f.name.startswith(prefix)]
        if not rows:
            continue
        with open(os.path.join(folder, f"{name}.svg"), "w", encoding="utf-8") as file:
            file.write(bars(title, [(label, figure.measured) for label, figure in rows]))
        parts.append(text + peers_table(figures, prefix))
    parts.append(ALL + groups(figures))
    with open(os.path.join(DOCS, "benchmarks.md"), "w", encoding="utf-8") as file:
        file.write("\n".join(parts))


def machine_text(facts):
    day = datetime.date.today().isoformat()
    return "\n".join([
        f"{day}: {facts['cores']} cores, {facts['processor']}, {facts['system']}, "
        f"load {facts['loadAverage']} before the start",
        f"disk: {facts['fileSystem']}, fdatasync median {facts['fdatasyncMilliseconds']} ms",
    ])


def peers_table(figures, prefix):
    rows = [figure for figure in figures if figure.name.startswith(prefix)]
    rows.sort(key=lambda figure: -figure.measured)
    lines = ["| | a second | spread, version |", "|---|---:|---|"]
    for figure in rows:
        measured = f"{figure.measured:,.0f}"
        lines.append(f"| {figure.name.removeprefix(prefix)} | {measured} | {figure.note} |")
    return "\n".join(lines) + "\n"


def groups(figures):
    lines = ["| figure | measured | asked | | group |", "|---|---:|---:|---|---|"]
    for figure in figures:
        name = figure.name
        if name.startswith(" "):
            name = "&nbsp;&nbsp;" + name.strip()
        asked = table.bound(figure.asked, figure.unit, figure.is_ceiling)
        measured = table.number(figure.measured, figure.unit)
        lines.append(f"| {name} | {measured} | {asked} | {figure.verdict} | `{figure.group}` |")
    return "\n".join(lines) + "\n"


def bars(title, rows):
    """A chart of horizontal bars, the longest first."""
    rows = sorted(rows, key=lambda row: -row[1])
    left, width, step, top = 170, 480, 30, 48
    most = max(value for _, value in rows)
    height = top + step * len(rows) + 12
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="760" height="{height}" '
        f'viewBox="0 0 760 {height}" font-family="system-ui, sans-serif" font-size="14" '
        f'role="img" aria-label="{escape(title)}">',
        f'<rect width="760" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="28" font-weight="600" fill="#1f2328">{escape(title)}</text>',
    ]
    for place, (label, value) in enumerate(rows):
        y = top + place * step
        length = max(1, round(width * value / most))
        fill = "#d1581b" if label.lower() == "roost" else "#8c96a0"
        out += [
            f'<text x="{left - 12}" y="{y + 16}" text-anchor="end" fill="#1f2328">'
            f"{escape(label)}</text>",
            f'<rect x="{left}" y="{y + 2}" width="{length}" height="20" rx="2" fill="{fill}"/>',
            f'<text x="{left + length + 8}" y="{y + 17}" fill="#1f2328">{value:,.0f}</text>',
        ]
    return "\n".join(out + ["</svg>", ""])
