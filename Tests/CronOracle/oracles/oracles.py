"""The two oracles, asked in their own spelling: the first instant after another."""

import signal
import warnings
from datetime import datetime

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import croniter as croniter_module
    from cronsim import CronSim, CronSimError

from reading import NAMES, fields


# Of processor time. Some answers take croniter seconds, where a clock jumps over a whole day; nearly
# all others take less than a hundredth of one.
SECONDS_MAX = 10
LOOPS = "no answer"


class Lacks(Exception):
    """The oracle does not know a form of the pattern."""


class Loops(Exception):
    """The oracle does not come back."""


def stop(*_):
    raise Loops


def ask(oracle, second):
    """The oracle's next instant, None where it gives up, or LOOPS where it does not come back."""
    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS_MAX)
    try:
        return oracle.next(second)
    except Loops:
        return LOOPS
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


class Croniter:
    name = "croniter"
    # What it does otherwise, on purpose; `reading.py` says how each is read.
    departures = [
        "both passes", "gap by the hour", "gap by the minute", "equal ends are a cycle",
        "7 is 0 at once", "star in a list", "all values are a star", "nth alone",
        "nth or W joins no other", "W stays in its month"]
    years_max = 50

    def __init__(self, text, zone):
        self.zone = zone
        texts = fields(text)
        weekdays = texts[-1].split(",")
        texts[-1] = ",".join(
            "L" + number(part[:-1]) if part[-1] == "L" else part for part in weekdays)
        texts = ["*" if text == "?" else text for text in texts]
        days = texts[-3].split(",")
        if any(part.startswith("L-") for part in days):
            raise Lacks("`L-n`")
        if "LW" in days:
            raise Lacks("`LW`")
        if len(days) > 1 and any(part.endswith("W") for part in days):
            raise Lacks("`nW` in a list")
        try:
            # Debian's rule for the days is the one of `implement_cron_bug`.
            self.croniter = croniter_module.croniter(
                " ".join(texts), 0, float, implement_cron_bug=True,
                second_at_beginning=len(texts) == 6)
        except croniter_module.CroniterUnsupportedSyntaxError:
            raise Lacks("`nL` or `n#m` beside plain weekdays")

    def next(self, second):
        try:
            return int(self.croniter.get_next(
                float, start_time=datetime.fromtimestamp(second, self.zone)))
        except croniter_module.CroniterBadDateError:
            return None


class Cronsim:
    name = "cronsim"
    departures = ["6 fields are literal", "equal ends are a start", "gap by the minute"]
    years_max = 50

    def __init__(self, text, zone):
        self.zone = zone
        texts = ["*" if text == "?" else text for text in fields(text)]
        texts[-1] = ",".join(
            number(part[:-1]) + "L" if part[-1] == "L" else part for part in texts[-1].split(","))
        days = texts[-3].split(",")
        if any(part.startswith("L-") for part in days):
            raise Lacks("`L-n`")
        if any(part.endswith("W") and part != "LW" for part in days):
            raise Lacks("`nW`")
        self.text = " ".join(texts)

    def next(self, second):
        start = datetime.fromtimestamp(second, self.zone)
        try:
            return int(next(CronSim(self.text, start)).timestamp())
        except StopIteration:
            return None


def number(name):
    names = NAMES["weekday"]
    return str(names.index(name)) if name in names else name
