"""What a text says about days, before any calendar is asked: the result of the grammar."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Mode(StrEnum):
    """Which way a date without a direction of its own is looked for: a report looks back, leave ahead."""

    PAST = "past"
    FUTURE = "future"


class Pull(StrEnum):
    """A direction said in words (lalu, kemarin / mendatang, besok); it excludes today itself."""

    BACK = "back"
    AHEAD = "ahead"
    THIS = "this"


class Join(StrEnum):
    """How the days of one phrase belong together."""

    RANGE = "range"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included; a single day has them equal."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Term:
    """One named day with everything said about it; the parts must agree. `week` alone is a whole week.

    Shifts count from the current month or year, `offset` in days from today, `week` in weeks from this one.
    """

    offset: int | None = None
    weekday: int | None = None
    week: int | None = None
    day: int | None = None
    month: int | None = None
    year: int | None = None
    month_shift: int | None = None
    year_shift: int | None = None
    pull: Pull | None = None
    marked: bool = True  # False: a bare number, a day of the month only beside something that says so

    @property
    def only_weekday(self) -> bool:
        """Just a weekday: nothing else said, so a neighbour may say which week."""
        return self.weekday is not None and self == Term(weekday=self.weekday)

    @property
    def floats(self) -> bool:
        """Its place depends on where one looks from, so the other end of a range may decide it."""
        if self.offset is not None or self.week is not None or self.pull is not None:
            return False
        return self.year is None and self.year_shift is None and self.month_shift is None


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase of days; tokens `start` up to `stop`. `join` is None for a single term."""

    terms: tuple[Term, ...]
    join: Join | None
    start: int
    stop: int
    until_only: bool = False
    mixed: bool = False  # a range inside a list and the like: said, but not one span


@dataclass(frozen=True, slots=True)
class Length:
    """A number of days or months said beside the days; None when it cannot be counted in calendar days.

    `count`: of `workdays`, how many were said.
    """

    days: int | None
    months: int
    stop: int
    half: bool = False
    workdays: bool = False
    count: int | None = None
