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
import texts

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

# Its name in the figures; its note is the fastest of the others.
FASTEST = "  Roost beside the fastest of the others"


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
    parts = [texts.HEAD.format(runs=runs(whole))]
    for (name, prefix, title), text, end in (
            (QUEUES, texts.QUEUES, verdict(figures)), (SERVERS, texts.SERVERS, "")):
        rows = of_prefix(figures, prefix)
        if rows:
            rows.sort(key=lambda figure: -figure.measured)
            chart(name, title, prefix, rows)
            parts.append(text + peers_table(rows, prefix) + end)
    parts.append(growth(figures))
    if any(figure.is_missed for figure in figures):
        parts.append(texts.MISSED)
    parts.append(texts.SETTINGS)
    parts.append(texts.ALL + groups(figures))
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
    return text and texts.GROWTH + text


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


def verdict(figures):
    """How Roost came off among the queues, and what that depends on."""
    for figure in figures:
        if figure.name == FASTEST and figure.measured is not None:
            times = f"{figure.measured:.2f}"
            return texts.QUEUES_VERDICT.format(times=times, best=figure.note)
    return ""


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
