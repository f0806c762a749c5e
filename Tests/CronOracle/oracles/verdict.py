"""Why an oracle answers otherwise, or nothing where no rule predicts what it answered."""

import re
from datetime import timedelta
from itertools import combinations

from oracles import LOOPS
from reading import BOTH, EPOCH, Reading, fields

GIVES_UP = "gives up after 50 years"
FIRST_PASS = "start in a second pass, answer in the first"
NOT_AFTER = "answer not after the start"
LEFT_OUT = "instant left out"
NO_MATCH = "answer that does not match"
NO_ANSWER = "no answer"
FAULTS = [FIRST_PASS, NOT_AFTER, LEFT_OUT, NO_MATCH, NO_ANSWER]


def has_nth(texts):
    return any(part[-1] == "L" or "#" in part for part in texts[-1].split(","))


def has_range(texts):
    return any("-" in text for text in texts)


# The patterns that a departure can touch at all.
TOUCHED = {
    "both passes": lambda texts: True,
    "gap by the hour": lambda texts: True,
    "gap by the minute": lambda texts: True,
    "6 fields are literal": lambda texts: len(texts) == 6,
    "equal ends are a cycle": has_range,
    "equal ends are a start": has_range,
    "7 is 0 at once": lambda texts: re.search(r"(^|,)\w+/", texts[-1]),
    "star in a list": lambda texts: any("*" in texts[place].split(",") for place in (-1, -3)),
    "all values are a star": lambda texts: "*" in texts[-1] + texts[-3],
    "nth alone": lambda texts: has_nth(texts) and "," in texts[-1],
    "nth or W joins no other": lambda texts: has_nth(texts) or "W" in texts[-3],
    "W stays in its month": lambda texts: re.search("(29|30|31)W", texts[-3]),
}


class Verdict:
    """All that is known of one pattern in one zone, for one oracle."""

    def __init__(self, text, zone, oracle):
        self.text, self.zone, self.oracle = text, zone, oracle
        self.readings = {}
        texts = fields(text)
        self.departures = [name for name in oracle.departures if TOUCHED[name](texts)]

    def reading(self, departures):
        key = frozenset(departures)
        if key not in self.readings:
            self.readings[key] = Reading(self.text, key)
        return self.readings[key]

    def expected(self, start, departures=()):
        """What the oracle answers if these departures are all that is between it and Roost."""
        reading = self.reading(departures)
        if "nth or W joins no other" in departures and not reading.needs_both:
            # It asks for the days of both fields as well, and ends where there are none.
            if self.within(start, self.reading({*departures, BOTH})) is None:
                return None
        return self.within(start, reading)

    def within(self, start, reading):
        """The first instant in the years for which an oracle searches."""
        found = reading.next(start, self.zone, self.oracle.years_max + 1)
        return found if found and year(found) - year(start) <= self.oracle.years_max else None

    def reason(self, start, theirs):
        """The departures, or the fault, that predict the oracle's answer; else None."""
        if theirs is None and self.expected(start) is None:
            return GIVES_UP
        return self.departing(start, theirs) or self.fault(start, theirs)

    def departing(self, start, theirs):
        for count in range(1, len(self.departures) + 1):
            for departures in combinations(self.departures, count):
                if self.expected(start, departures) == theirs:
                    return " + ".join(departures)
        return None

    def fault(self, start, theirs):
        """An answer that is wrong by the oracle's own rules too, as the clock itself shows; only
        close to a change of it."""
        if theirs is None:
            return None
        due = self.within(start, self.reading(self.departures))
        if theirs == due:
            return None
        near = [start, due] if theirs == LOOPS else [start, due, theirs]
        if not any(self.zone.is_near_change(second) for second in near if second is not None):
            return None
        if theirs == LOOPS:
            return NO_ANSWER
        if theirs <= start:
            return FIRST_PASS if self.is_of_first_pass(start, theirs) else NOT_AFTER
        if not self.matches(theirs):
            return NO_MATCH
        return LEFT_OUT if due is not None and due < theirs and self.matches(due) else None

    def matches(self, second):
        return self.reading(self.departures).matches(second + self.zone.offset(second))

    def is_of_first_pass(self, start, theirs):
        """Whether it is the right answer to the same local time when it was shown first."""
        local = start + self.zone.offset(start)
        asked = local - self.zone.shown(local)[0]
        return asked < start and (
            self.expected(asked) == theirs or self.departing(asked, theirs) is not None)


def year(second):
    return (EPOCH + timedelta(seconds=second)).year
