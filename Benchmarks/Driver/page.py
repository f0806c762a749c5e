"""Writes docs/benchmarks.md and its charts from what was measured.

docs/benchmarks/figures.json keeps the figures that the page shows, so that a group can be measured
again without the rest. Each figure names the run that it comes from; the page lists them.
"""

import dataclasses
import datetime
import json
import os
from xml.sax.saxutils import escape

import building
import machine
import table

DOCS = os.path.join(building.TOP, "docs")
FOLDER = os.path.join(DOCS, "benchmarks")
KEPT = os.path.join(FOLDER, "figures.json")

# The prefix of their figures, and the title of their chart.
QUEUES = ("queues", "jobs done by ", "Jobs that do nothing, from sending to done, a second")
SERVERS = ("http", "HTTP hello by ", "HTTP requests answered a second, 64 connections")
GROWTH = (
    ("finished", "settled with ", "No-op commands settled a second, by what is finished already"),
    ("owed", "settled beside ", "No-op commands settled a second, by what else is owed"),
    ("functions", "settled in an app of ", "No-op commands settled a second, by functions there are"),
    ("connections", "hello over ", "HTTP requests answered a second, by connections"),
    ("cores", "settled on ", "No-op commands settled a second, by cores"),
)

HEAD = """# Benchmarks

What was measured, how, and the command that measures it again: `make bench PAGE=1` for all of it. Medians
of several runs where a spread is given. Nothing is tuned for Roost that is not tuned for the others: each
has its own default settings, except that every queue that can is told to sync before it answers, as Roost
does by default.

{runs}
"""

QUEUES_TEXT = """## Queues that a user would pick instead

![jobs a second](benchmarks/queues.svg)

Every queue gets its jobs one by one from the same two processes of eight senders each, in Python, over a
client from PyPI: its own, and for Roost the binding of curl, which its README uses. Two worker processes take
them. So the senders' cost is in every figure, and it bounds the fastest: sent by wrk, the same Roost settles
what the table below says. A job costs its sender 78 µs of processor for Roost, 195 µs over Python's own
`http.client`, with which Roost came to 6,584 jobs a second, and 23 µs for beanstalkd, which takes a line and
bytes over a socket (4,000 jobs over one connection, 27 November 2026). beanstalkd accepts faster than Roost
does; its figure is what its two workers in Python take away. What a figure does not show: all others run
Python functions, Roost runs Swift ones.
What NATS answers is not on the disk yet: Debian's server is older than its option to sync at every write.
The limit of the disk and of SQLite is a C program that writes the same rows in the same groups: it has the
commands already, where Roost parses each from HTTP, hands it to another process and takes back what came of it.

Measure it again: `Benchmarks/run --page --only peers`.

"""

SERVERS_TEXT = """## HTTP servers

![requests a second](benchmarks/http.svg)

C on libuv, Hummingbird 2, Node and functions-framework answer in their own process; Roost hands each request
to a worker process and back, so that a crash of the function costs nobody anything. C wins, for it does
nothing but parse and answer.

"""

GROWTH_TEXT = """## How cost grows

Each chart is the same measurement on a host that has more of one thing and of nothing else. Cores are what the
host and its workers are held to; the load beside them has all that the machine has, which is also the most
that is shown.

Measure it again: `Benchmarks/run --page --only growth`.

"""

ALL = """## All figures

`Benchmarks/run --page --only NAME` measures one group again and puts it into this page; `make bench` measures
all but `peers` and `growth`, and writes nothing.

"""


def write(facts, figures, order):
    """Puts the figures in the place of those of their groups; writes the page and its charts anew.

    A group of which nothing could be measured leaves what is there. `order` has the names of all.
    """
    os.makedirs(FOLDER, exist_ok=True)
    measured = {figure.group for figure in figures if figure.measured is not None}
    figures = [figure for figure in figures if figure.group in measured]
    run = machine_text(facts)
    kept = [(figure, of) for figure, of in read_kept() if figure.group not in measured]
    whole = kept + [(figure, run) for figure in figures]
    whole.sort(key=lambda pair: order.index(pair[0].group))
    with open(KEPT, "w", encoding="utf-8") as file:
        json.dump([dataclasses.asdict(figure) | {"run": of} for figure, of in whole], file, indent=1)
        file.write("\n")
    figures = [figure for figure, _ in whole]
    parts = [HEAD.format(runs=runs(whole))]
    for (name, prefix, title), text in ((QUEUES, QUEUES_TEXT), (SERVERS, SERVERS_TEXT)):
        rows = of_prefix(figures, prefix)
        if rows:
            rows.sort(key=lambda figure: -figure.measured)
            chart(name, title, prefix, rows)
            parts.append(text + peers_table(rows, prefix))
    parts.append(growth(figures))
    parts.append(ALL + groups(figures))
    with open(os.path.join(DOCS, "benchmarks.md"), "w", encoding="utf-8") as file:
        file.write("\n".join(part for part in parts if part))


def read_kept():
    try:
        with open(KEPT, encoding="utf-8") as file:
            objects = json.load(file)
    except FileNotFoundError:
        return []
    return [(table.Figure(**fields), run) for fields in objects for run in [fields.pop("run")]]


def runs(whole):
    """Where and when what was measured; the run that most figures are of needs no list of groups."""
    by_run = {}
    for figure, run in whole:
        names = by_run.setdefault(run, [])
        if figure.group not in names:
            names.append(figure.group)
    texts = []
    for place, (run, names) in enumerate(sorted(by_run.items(), key=lambda item: -len(item[1]))):
        head = "" if place == 0 else "Measured again: " + ", ".join(f"`{n}`" for n in names) + ".\n\n"
        texts.append(f"{head}```\n{run}\n```")
    return "\n\n".join(texts)


def machine_text(facts):
    day = datetime.date.today().isoformat()
    return "\n".join([
        f"{day}: {facts['cores']} cores, {facts['processor']}, {facts['system']}, "
        f"load {facts['loadAverage']} before the start{machine.busy(facts)}",
        f"disk: {facts['fileSystem']}, fdatasync median {facts['fdatasyncMilliseconds']} ms",
    ])


def of_prefix(figures, prefix):
    return [f for f in figures if f.name.startswith(prefix) and f.measured is not None]


def growth(figures):
    text = ""
    for name, prefix, title in GROWTH:
        rows = [f for f in of_prefix(figures, prefix) if f.group == "growth"]
        if rows:
            chart(f"growth-{name}", title, prefix, rows)
            text += f"![{title}](benchmarks/growth-{name}.svg)\n\n"
    return text and GROWTH_TEXT + text


def chart(name, title, prefix, figures):
    rows = [(figure.name.removeprefix(prefix), figure.measured) for figure in figures]
    with open(os.path.join(FOLDER, f"{name}.svg"), "w", encoding="utf-8") as file:
        file.write(bars(title, rows))


def peers_table(rows, prefix):
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
    """A chart of horizontal bars; where Roost is among others, it alone has a colour."""
    others = any(label.lower() == "roost" for label, _ in rows)
    # Of a line of 760; a letter takes 8 at most, and the number behind the bar 90.
    left = 28 + 8 * max(len(label) for label, _ in rows)
    width, step, top = 760 - left - 90, 30, 48
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
        fill = "#d1581b" if not others or label.lower() == "roost" else "#8c96a0"
        out += [
            f'<text x="{left - 12}" y="{y + 16}" text-anchor="end" fill="#1f2328">'
            f"{escape(label)}</text>",
            f'<rect x="{left}" y="{y + 2}" width="{length}" height="20" rx="2" fill="{fill}"/>',
            f'<text x="{left + length + 8}" y="{y + 17}" fill="#1f2328">{value:,.0f}</text>',
        ]
    return "\n".join(out + ["</svg>", ""])
