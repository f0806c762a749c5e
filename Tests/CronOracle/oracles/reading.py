"""What a pattern means by the named choices of Roost, read a second time.

Slow and plain, in another way than Cron: it lays every matching local time on the clock of the zone,
by Python's zoneinfo and calendar, and takes the earliest instant. Each named choice can be turned into what an oracle does
instead, a departure; so a difference is explained only where the departure makes this reading
answer, to the second, what the oracle answered.
"""

import calendar
import zoneinfo
from datetime import datetime, timedelta
from functools import lru_cache

FIELDS = ["second", "minute", "hour", "day", "month", "weekday"]
RANGES = dict(
    second=(0, 59), minute=(0, 59), hour=(0, 23), day=(1, 31), month=(1, 12), weekday=(0, 7))
NAMES = dict(
    month="JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(),
    weekday="SUN MON TUE WED THU FRI SAT".split())
WORDS = {
    "@HOURLY": "0 * * * *", "@DAILY": "0 0 * * *", "@MIDNIGHT": "0 0 * * *",
    "@WEEKLY": "0 0 * * 0", "@MONTHLY": "0 0 1 * *", "@YEARLY": "0 0 1 1 *",
    "@ANNUALLY": "0 0 1 1 *"}
EPOCH = datetime(1970, 1, 1)
DAY = 86_400
# After so many the calendar repeats.
YEARS = 400
# No choice of anybody, but what the way of one of them ends without; see `verdict.py`.
BOTH = "both must match"


def fields(text):
    """The fields in capital letters, with the second before them or not."""
    text = text.strip().upper()
    return WORDS.get(text, text).split()


def is_open(text):
    return text[0] in "*?"


def offset(zone, second):
    local = datetime.fromtimestamp(second, zone)
    return int(local.utcoffset().total_seconds())


class Zone:
    """A clock, asked by the instant and by what it shows."""

    def __init__(self, name):
        self.zone = zoneinfo.ZoneInfo(name)
        self.offset = lru_cache(1 << 14)(lambda second: offset(self.zone, second))
        self.gap_end = lru_cache(1 << 14)(self._gap_end)

    def shown(self, local):
        """The offsets with which a clock shows it first and second; a gap has them the wrong way
        round, and else they are equal."""
        local = EPOCH + timedelta(seconds=local)
        return [
            int(local.replace(tzinfo=self.zone, fold=fold).utcoffset().total_seconds())
            for fold in (0, 1)]

    def _gap_end(self, local, before, after):
        """The instant at which a clock jumped over a local time."""
        early, late = local - after, local - before
        while late - early > 1:
            middle = (early + late) // 2
            early, late = (early, middle) if self.offset(middle) == after else (middle, late)
        return late

    def is_near_change(self, second):
        """Whether the clock is changed within a day before or after."""
        hours = range((second - DAY) // 3600, (second + DAY) // 3600 + 2)
        return len({self.offset(hour * 3600) for hour in hours}) > 1


class Reading:
    """A pattern, read with some departures."""

    def __init__(self, text, departures=frozenset()):
        self.departures = departures
        texts = fields(text)
        self.has_seconds = len(texts) == 6
        self.texts = dict(zip(FIELDS, texts if self.has_seconds else ["0"] + texts))
        self.seconds, self.minutes, self.hours, self.months = (
            sorted(set().union(*(self.values(name, part) for part in self.parts(name))))
            for name in ("second", "minute", "hour", "month"))
        self.needs_both = is_open(self.texts["day"]) or is_open(self.texts["weekday"])
        self.needs_both |= BOTH in departures
        if "star in a list" in departures:
            self.needs_both |= any("*" in self.parts(name) for name in ("day", "weekday"))
        if "all values are a star" in departures:
            self.needs_both |= "*" in self.texts["weekday"] and self.has_all_days()
            self.needs_both |= "*" in self.texts["day"] and self.has_all_weekdays()
        clock = [self.texts[name] for name in ("second", "minute", "hour")]
        self.is_fixed = not any(map(is_open, clock[0 if self.has_seconds else 1:]))
        if "6 fields are literal" in departures and self.has_seconds:
            self.is_fixed = False
        self.fills_gap = self.is_fixed
        if "gap by the hour" in departures:
            self.fills_gap = len(self.hours) < 24
        self.runs_once = self.is_fixed and "both passes" not in departures
        self.days_of = lru_cache(1 << 10)(self._days_of)

    def has_all_days(self):
        """Whether it lists 31 things; `L` is one of them."""
        lists = [["L"] if "L" in part else self.values("day", part)
                 for part in self.parts("day") if "W" not in part]
        return len(set().union(*lists)) == 31

    def has_all_weekdays(self):
        numbers = [
            number for part in self.parts("weekday")
            for number in self.values("weekday", part.partition("#")[0].rstrip("L"))]
        return len({number % 7 for number in numbers}) == 7

    def parts(self, name):
        return self.texts[name].split(",")

    def number(self, name, text):
        names = NAMES.get(name, [])
        return names.index(text) + RANGES[name][0] if text in names else int(text)

    def values(self, name, part):
        """The numbers of a part that is a number, a range or a step."""
        low, high = RANGES[name]
        body, _, step = part.partition("/")
        if body in ("*", "?"):
            first, last = low, high
        elif "-" in body:
            first, last = (self.number(name, end) for end in body.split("-"))
            if "equal ends are a cycle" in self.departures and (
                    first == last or name == "weekday" and (first, last) == (0, 7)):
                first, last = low, high
            elif "equal ends are a start" in self.departures and first == last and step:
                last = high
        else:
            first = last = self.number(name, body)
            if step:
                last = high
                if name == "weekday" and "7 is 0 at once" in self.departures:
                    first, last = first % 7, 6
        return range(first, last + 1, int(step or 1))

    def _days_of(self, year, month):
        """The matching days of a month."""
        if month not in self.months:
            return []
        length = calendar.monthrange(year, month)[1]
        days = {d for part in self.parts("day") for d in self.month_days(part, year, month, length)}
        nths, plain = set(), set()
        for part in self.parts("weekday"):
            is_nth = part[-1] == "L" or "#" in part
            (nths if is_nth else plain).update(self.weekdays(part, year, month, length))
        has_nth = any(part[-1] == "L" or "#" in part for part in self.parts("weekday"))
        if has_nth and "nth alone" in self.departures:
            plain = set()
        return sorted(self.joined(days, nths | plain, has_nth) & set(range(1, length + 1)))

    def joined(self, days, weekdays, has_nth):
        if self.needs_both:
            return days & weekdays
        if "nth or W joins no other" in self.departures:
            has_w = "W" in self.texts["day"]
            if has_nth or has_w:
                return (weekdays if has_nth else days) & (days if has_w else weekdays)
        return days | weekdays

    def month_days(self, part, year, month, length):
        if part == "L":
            return [length]
        if part.startswith("L-"):
            return [length - int(part[2:])]
        if not part.endswith("W"):
            return self.values("day", part)
        day = length if part == "LW" else int(part[:-1])
        if "W stays in its month" in self.departures:
            day = min(day, length)
        if day > length:
            return []
        near = [d for d in range(1, length + 1) if calendar.weekday(year, month, d) < 5]
        # A Saturday is nearer to its Friday, a Sunday to its Monday.
        return [min(near, key=lambda d: abs(d - day))]

    def weekdays(self, part, year, month, length):
        def all_of(numbers):
            wanted = {number % 7 for number in numbers}
            return [d for d in range(1, length + 1)
                    if (calendar.weekday(year, month, d) + 1) % 7 in wanted]

        if part[-1] == "L":
            return all_of([self.number("weekday", part[:-1])])[-1:]
        if "#" in part:
            weekday, place = part.split("#")
            return all_of([self.number("weekday", weekday)])[int(place) - 1:int(place)]
        return all_of(self.values("weekday", part))

    def matches(self, local):
        """Whether the fields match what a clock shows."""
        moment = EPOCH + timedelta(seconds=local)
        return (
            moment.second in self.seconds and moment.minute in self.minutes
            and moment.hour in self.hours and moment.day in self.days_of(moment.year, moment.month))

    def local_times(self, start, years):
        """The matching local times from one on, in order."""
        first = EPOCH + timedelta(seconds=start)
        last = min(first.year + years, 9998)
        for month in range(first.year * 12 + first.month - 1, last * 12 + 12):
            year, month = month // 12, month % 12 + 1
            for day in self.days_of(year, month):
                midnight = calendar.timegm((year, month, day, 0, 0, 0))
                if midnight + DAY > start:
                    yield from self.times(midnight, start)

    def times(self, midnight, start):
        for hour in self.hours:
            if midnight + hour * 3600 + 3600 <= start:
                continue
            for minute in self.minutes:
                time = midnight + hour * 3600 + minute * 60
                if time + 60 > start:
                    yield from (time + s for s in self.seconds if time + s >= start)

    def next(self, second, zone, years=YEARS):
        """The first instant after this one, or None where none comes in so many years."""
        near = [zone.offset(second + distance) for distance in (-DAY, 0, DAY)]
        best = None
        for local in self.local_times(second + 1 + min(near), years):
            # No offset is larger than 15 hours; near an instant that is known, those around it.
            largest = 15 * 3600 if best is None else max(
                zone.offset(best + distance) for distance in (-DAY, 0, DAY))
            if best is not None and local - largest >= best:
                return best
            for instant in self.instants(local, zone):
                if instant > second and (best is None or instant < best):
                    best = instant
        return best

    def instants(self, local, zone):
        first, other = zone.shown(local)
        if first == other:
            return [local - first]
        if first > other:
            return [local - first] if self.runs_once else [local - first, local - other]
        if not self.fills_gap:
            return []
        end = zone.gap_end(local, first, other)
        if "gap by the minute" in self.departures:
            # Minute after minute until the clock shows it.
            return [end + (local - end - other) % 60]
        return [end]
