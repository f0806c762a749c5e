"""Asks croniter and cronsim what Roost was asked, and explains every difference.

    CronOracle SEED COUNT | check.py SEED DOCUMENT

Each step is asked by itself: from the instant before, as Roost has it, to the next one.
"""

import multiprocessing
import sys
from collections import Counter
from functools import lru_cache

from oracles import Croniter, Cronsim, Lacks, ask
from reading import Reading, Zone
from report import document, text_of
from verdict import Verdict

ORACLES = [Croniter, Cronsim]
UNEXPLAINED = "unexplained"
LINES_AT_ONCE = 200
PROVED_LINES = 500
UNEXPLAINED_SHOWN = 20

zone_named = lru_cache(None)(Zone)


class Findings:
    """Counts of (oracle, kind, label), and the first example of each."""

    def __init__(self):
        self.counts, self.examples, self.unexplained = Counter(), {}, []

    def add(self, *key, example=None):
        self.counts[key] += 1
        if example:
            self.examples.setdefault(key, example)
            if key[1] == UNEXPLAINED:
                self.unexplained.append((key[0], *example))

    def merge(self, other):
        self.counts.update(other.counts)
        for key, example in other.examples.items():
            self.examples.setdefault(key, example)
        self.unexplained += other.unexplained


def check(line):
    """All that is to be said of one triple."""
    text, name, start, instants = line.rstrip("\n").split("\t")
    start, instants = int(start), [int(instant) for instant in instants.split()]
    zone = zone_named(name)
    steps = list(zip([start, *instants], instants))
    findings = Findings()
    findings.counts["Roost", "triples", ""] += 1
    findings.counts["zone", name, ""] += 1
    findings.counts["Roost", "instants", ""] += len(steps)
    reading = Reading(text)
    for start, ours in steps:
        theirs = reading.next(start, zone)
        if theirs == ours:
            findings.counts["reading", "equal", ""] += 1
        else:
            findings.add(
                "reading", UNEXPLAINED, "", example=(text, name, start, ours, theirs))
    for oracle in ORACLES:
        compare(oracle, text, name, steps, findings)
    return findings


def compare(oracle, text, name, steps, findings):
    zone = zone_named(name)
    try:
        asked = oracle(text, zone.zone)
    except Lacks as form:
        findings.add(oracle.name, "triples not asked", str(form), example=(text,))
        findings.counts[oracle.name, "not asked", str(form)] += len(steps)
        return
    verdict = Verdict(text, zone, oracle)
    is_equal = True
    for start, ours in steps:
        theirs = ask(asked, start)
        if theirs == ours:
            findings.counts[oracle.name, "equal", ""] += 1
            continue
        is_equal = False
        reason = verdict.reason(start, theirs)
        findings.add(
            oracle.name, "explained" if reason else UNEXPLAINED, reason or "",
            example=(text, name, start, ours, theirs))
    findings.counts[oracle.name, "triples equal", ""] += is_equal


def prove(lines):
    """A wrong answer must be seen: one instant of each triple, moved a little or far, is reported.

    An oracle that is wrong must be seen as well: its answer, moved far from any change of a clock,
    has no reason."""
    distances = [-3600, -60, -1, 1, 60, 1800, 3600, 86_400]
    moved = 0
    for number, line in enumerate(lines):
        text, name, start, instants = line.rstrip("\n").split("\t")
        instants = [int(instant) for instant in instants.split()]
        place, distance = number % len(instants), distances[number % len(distances)]
        instants[place] += distance
        wrong = "\t".join([text, name, start, " ".join(map(str, instants))])
        if not any(found[0] == "reading" for found in check(wrong).unexplained):
            raise SystemExit(f"a wrong instant was not seen: {wrong}")
        moved += len(ORACLES) * prove_oracles(text, name, int(start), distance)
    if moved < len(lines):
        raise SystemExit(f"only {moved} wrong oracles were tried")


def prove_oracles(text, name, start, distance):
    """Whether the oracles could be tried here."""
    zone = zone_named(name)
    due = Reading(text).next(start, zone)
    wrong = due + (2 * distance if distance > 0 else distance) + 1
    if any(zone.is_near_change(second) for second in (start, due, wrong)):
        return False
    for oracle in ORACLES:
        verdict = Verdict(text, zone, oracle)
        reason = verdict.reason(start, wrong)
        # It may be what a departure says by chance: an instant of the pattern read otherwise.
        if reason and verdict.departing(start, wrong) is None:
            raise SystemExit(f"{oracle.name}'s wrong answer {wrong} has a reason: {text} {reason}")
    return True


def main():
    seed, path = sys.argv[1:]
    lines = sys.stdin.readlines()
    prove(lines[:PROVED_LINES])
    findings = Findings()
    with multiprocessing.Pool() as pool:
        for number, found in enumerate(pool.imap(check, lines, LINES_AT_ONCE), 1):
            findings.merge(found)
            if number % 5000 == 0:
                print(f"{number} triples", file=sys.stderr, flush=True)
    firsts = {example[:3]: example for example in reversed(findings.unexplained)}
    for example in list(firsts.values())[-UNEXPLAINED_SHOWN:]:
        print("unexplained:", example[0], text_of(*example[1:]), file=sys.stderr)
    with open(path, "w") as file:
        file.write(document(seed, findings))
    raise SystemExit(1 if findings.unexplained else 0)


if __name__ == "__main__":
    main()
