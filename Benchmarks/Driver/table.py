"""Figures: what was measured beside what was asked, as a table for people or JSON for programs."""

import dataclasses


@dataclasses.dataclass
class Figure:
    """One measured number. `asked` is None for a number that is only there to compare with.

    A name that begins with spaces belongs to the figure above it.
    """

    name: str
    measured: float | None
    unit: str
    asked: float | None = None
    is_ceiling: bool = False
    note: str = ""
    # What `--only` calls the measurement that it comes from.
    group: str = ""

    @property
    def is_missed(self):
        if self.asked is None:
            return False
        if self.measured is None:
            return True
        if self.is_ceiling:
            return self.measured >= self.asked
        return self.measured < self.asked

    @property
    def verdict(self):
        words = ["missed"] if self.is_missed else []
        return ": ".join(words + ([self.note] if self.note else []))


def at_least(name, measured, unit, asked, note=""):
    return Figure(name, measured, unit, asked, note=note)


def below(name, measured, unit, asked, note=""):
    return Figure(name, measured, unit, asked, is_ceiling=True, note=note)


def seen(name, measured, unit, note=""):
    return Figure(name, measured, unit, note=note)


def number(value, unit):
    if value is None:
        return "not measured"
    if unit == "/s":
        return f"{value:,.0f}/s"
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:,.{digits}f} {unit}".rstrip()


def bound(value, unit, is_ceiling):
    if value is None:
        return ""
    return ("< " if is_ceiling else "≥ ") + f"{value:,g} {unit}".replace(" /s", "/s").rstrip()


def text(figures):
    """The aligned table."""
    rows = [("FIGURE", "MEASURED", "ASKED", "")]
    for figure in figures:
        measured = number(figure.measured, figure.unit)
        asked = bound(figure.asked, figure.unit, figure.is_ceiling)
        rows.append((figure.name, measured, asked, figure.verdict))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}  {row[3]}".rstrip()
        for row in rows
    )


def objects(figures):
    """The same for programs."""
    return [
        dataclasses.asdict(figure) | {"name": figure.name.strip(), "missed": figure.is_missed}
        for figure in figures
    ]
