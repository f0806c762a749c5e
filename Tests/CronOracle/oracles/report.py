"""Writes docs/cron-oracle.md: the counts, and what each difference comes from."""

import platform
import zoneinfo
from datetime import datetime
from importlib.metadata import version

from oracles import SECONDS_MAX
from verdict import FAULTS, GIVES_UP

# What Roost chose, and what the oracle does instead.
CHOICES = {
    "both passes": (
        "`repeated: .first`: a fixed time that an autumn change repeats runs when it is shown first",
        "runs in both passes, as `repeated: .both` does"),
    "gap by the hour": (
        "a time is fixed where neither its second, minute nor hour field begins with `*`; in a gap "
        "only fixed times run, at its end",
        "every pattern whose hours are not all 24 runs at the end of a gap, and no other"),
    "gap by the minute": (
        "`gap: .after`: it runs at the first instant after the gap",
        "goes on minute by minute, and so passes the end of a gap that is no whole minute, or keeps "
        "the second"),
    "6 fields are literal": (
        "a time with seconds may be fixed as one without",
        "6 fields always follow the clock on the wall literally"),
    "equal ends are a cycle": (
        "a range `a-a` is one value", "`a-a` is the whole field, and `a-a/n` is `*/n`"),
    "equal ends are a start": (
        "a range `a-a/n` is one value", "`a-a/n` is `a/n`, which goes on to the end of the field"),
    "7 is 0 at once": (
        "0 and 7 are Sunday; a step `a/n` in the day of week goes on to 7",
        "a step goes on to 6, and `7/n` is `0/n`"),
    "star in a list": (
        "both days must match where one of the fields begins with `*`",
        "also where `*` stands later in its list"),
    "all values are a star": (
        "both days must match where one of the fields begins with `*`",
        "also where one has a `*` anywhere and the other lists all its values"),
    "nth alone": (
        "`nL` and `n#m` join the plain weekdays of their list",
        "forgets the plain weekdays beside them"),
    "nth or W joins no other": (
        "where neither day field begins with `*`, either is enough, also with `nL`, `n#m` and `nW`",
        "these must match in any case, so that either is not enough; it ends where both never match"),
    "W stays in its month": (
        "a month without the 31st has no `31W`", "`31W` is `LW` there"),
    GIVES_UP: (
        "the calendar is searched for 400 years", "gives up after 50 years"),
}
FAULT_TEXTS = {
    "start in a second pass, answer in the first":
        "The start lies in the second pass of a repeat, and the answer is that of the first pass.",
    "answer not after the start": "The answer is not later than the start.",
    "instant left out":
        "The fields match what the clock shows between start and answer, and it does not run then.",
    "answer that does not match": "The fields do not match what the clock shows then.",
    "no answer": f"It does not come back within {SECONDS_MAX} s of processor time.",
}
HEAD = """# Cron, asked beside two others

`make cron-oracle` makes random triples of pattern, zone and start from a seed, and asks the module
Cron, [croniter](https://pypi.org/project/croniter/) and [cronsim](https://pypi.org/project/cronsim/)
for the next instants. Each step is asked by itself, from the instant before. Only `gap: .after` and
`repeated: .first`, which are the defaults, are asked: neither oracle can be told what to do at a
change of the clock. What each does there, as croniter's running in both passes, is among the choices
below; `gap: .skip` and `repeated: .both` are tested in `Tests/CronTests`. It writes this document,
and fails where a difference has no reason. To do it again:

```
make cron-oracle
```

It takes about ten minutes on two cores, and is never part of the tests.

| | |
|---|---|
"""
READING = """
The same instants were also worked out by a third reading, `Tests/CronOracle/oracles/reading.py`:
slow, plain, and without a line in common with Cron. Where it does not agree with Roost, that is
unexplained. A difference to an oracle is explained by a named choice only if this reading, with that
choice turned into what the oracle does, answers to the second what the oracle answered. What is left
are faults: within a day of a change of its clock an oracle breaks its own rules too, as the clock
itself shows. They are no choices of Roost, and are counted apart. Before each run some hundred wrong
instants are slipped in, and it stops unless all are seen.
"""


def text_of(text, zone, start, ours, theirs):
    """An example in words, with the times that the zone's clock shows."""
    shown = [moment(second, zone) for second in (start, ours, theirs)]
    return f"`{text}` in {zone} after {shown[0]}: Roost {shown[1]}, the oracle {shown[2]}"


def moment(second, zone):
    if not isinstance(second, int):
        return second or "nothing"
    return datetime.fromtimestamp(second, zoneinfo.ZoneInfo(zone)).isoformat(" ")


def zone_rules():
    with open(zoneinfo.TZPATH[0] + "/tzdata.zi") as file:
        return file.readline().split()[-1]


def document(seed, findings):
    counts = findings.counts
    zones = sum(key[0] == "zone" for key in counts)
    rows = [
        ("Seed", seed),
        ("Triples", number(counts["Roost", "triples", ""])),
        ("Instants", number(counts["Roost", "instants", ""])),
        ("Instants equal to the third reading", number(counts["reading", "equal", ""])),
        ("Unexplained differences", number(len(findings.unexplained))),
        ("croniter", version("croniter") + ", with `implement_cron_bug` (Debian's rule for days)"),
        ("cronsim", version("cronsim")),
        ("Python", platform.python_version()),
        ("Zones", f"{zones}, read by all from `{zoneinfo.TZPATH[0]}` (tzdata {zone_rules()})"),
    ]
    text = HEAD + "".join(f"| {name} | {value} |\n" for name, value in rows) + READING
    for name in ("croniter", "cronsim"):
        text += section(name, findings)
    return text


def section(name, findings):
    counts = findings.counts

    def total(kind):
        return sum(count for key, count in counts.items() if key[:2] == (name, kind))

    faults = sum(counts[name, "explained", fault] for fault in FAULTS)
    rows = [
        ("Triples with all instants equal", total("triples equal")),
        ("Instants equal", total("equal")),
        ("Instants that differ by a named choice", total("explained") - faults),
        (f"Instants that differ by a fault of {name}", faults),
        ("Instants not asked, for a form that it does not read", total("not asked")),
        ("Unexplained", total("unexplained")),
    ]
    text = f"\n## {name}\n\n| | |\n|---|---:|\n"
    text += "".join(f"| {label} | {number(count)} |\n" for label, count in rows)
    text += choices(name, findings)
    text += listing(
        "Faults at a change of the clock", name, findings, FAULTS,
        lambda fault: FAULT_TEXTS[fault])
    forms = sorted(key[2] for key in counts if key[:2] == (name, "not asked"))
    text += "\nForms that it does not read: " + ", ".join(
        f"{form} ({number(counts[name, 'not asked', form])} instants)" for form in forms) + ".\n"
    return text


def choices(name, findings):
    """One line for each choice; a difference with several reasons counts for each of them."""
    def line(choice):
        ours, theirs = CHOICES[choice]
        return f"Roost: {ours}. {name}: {theirs}."

    return listing("Choices", name, findings, CHOICES, line)


def listing(title, name, findings, labels, describe):
    text = f"\n### {title}\n\nThe numbers are instants.\n\n"
    for label in labels:
        alone = findings.counts[name, "explained", label]
        others = sum(
            count for key, count in findings.counts.items()
            if key[:2] == (name, "explained") and key[2] != label and label in key[2].split(" + "))
        if not alone + others:
            continue
        joined = f", and {number(others)} together with others" if others else ""
        text += f"- **{label}** ({number(alone)}{joined}). {describe(label)}\n"
        example = findings.examples.get((name, "explained", label)) or next(
            example for key, example in findings.examples.items()
            if key[:2] == (name, "explained") and label in key[2].split(" + "))
        text += f"  Example: {text_of(*example)}.\n"
    return text


def number(count):
    return f"{count:,}"
