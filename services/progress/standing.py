"""Where an RHK stands, as plain values and the words that follow from them. Pure."""

import enum
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from models import Aspect, Pattern, ValueState
from services.calendar import is_workday
from services.calendar.workdays import office_pattern

MARGIN = 0.10
"""How far from the expected pace still is on it, as a share of the target: about five weeks of a year."""
QUARTERS = (1, 2, 3, 4)


class Pacing(enum.StrEnum):
    """How what is done compares with the pace one would expect."""

    REACHED = "tercapai"
    AHEAD = "di_depan"
    ON_PACE = "sesuai"
    BEHIND = "tertinggal"


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of a unit."""

    number: int
    unit: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One quantity indicator and what was done of it."""

    lineage: int
    text: str
    goal: Decimal
    unit: str
    done: int = 0

    @property
    def share(self) -> float:
        """Done ÷ target, 0 to 1 and beyond."""
        return float(self.done / self.goal)


@dataclass(frozen=True, slots=True)
class Quarter:
    """What was done in a quarter (by work date), in the unit of the first measure; `planned`: its steps'."""

    number: int
    done: int = 0
    planned: int | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A dated value: exactly one of `number` and `day`. `by`: who decided; None: nobody, or it was put on
    record by a head. `revision`: of the compare-and-set, milliseconds of its report.
    """

    id: int
    number: Decimal | None
    day: date | None
    as_of: date
    state: ValueState
    reported_at: datetime
    decided_at: datetime | None = None
    by: str | None = None
    reason: str | None = None

    @property
    def revision(self) -> int:
        return revision_of(self.reported_at)


@dataclass(frozen=True, slots=True)
class Dated:
    """An indicator of kualitas, waktu or biaya. `confirmed`: newest first; `pending`: not confirmed yet.

    `goal_day`: the date its target names, where it names one.
    """

    indicator_id: int
    lineage: int
    aspect: Aspect
    text: str
    goal: Decimal | None
    goal_text: str
    unit: str | None
    goal_day: date | None = None
    confirmed: tuple[Value, ...] = ()
    pending: Value | None = None

    @property
    def latest(self) -> Value | None:
        return self.confirmed[0] if self.confirmed else None


@dataclass(frozen=True, slots=True)
class Standing:
    """One RHK in force. `expected`: the share of its target one would expect of the time since records of it
    began, 0 to 1; None: nothing yet, for its SKP is a first draft or nothing was recorded by anybody.

    `measures`: its quantity indicators, one a unit; none: nothing adds up. `others`: done in other units,
    listed and never added. `parent_lineage`: of the supervisor's RHK it serves.
    """

    target_id: int
    person_id: int
    text: str
    parent_id: int | None = None
    lineage: int = 0
    parent_lineage: int | None = None
    measures: tuple[Measure, ...] = ()
    others: tuple[Amount, ...] = ()
    quarters: tuple[Quarter, ...] = ()
    expected: float | None = 0.0
    steadily: float | None = None
    """The same without its steps, which plan the first measure; None: as `expected`."""
    dated: tuple[Dated, ...] = ()
    since: date | None = None
    """The local date since when it has been in force, as far as is known."""
    recorded_from: date | None = None
    """Since when it is on record, where that is late in its year: what went before is not known."""
    wordings: tuple[int, ...] = ()
    """Every wording it has had, by id: work stands under each of them."""

    @property
    def first(self) -> Measure | None:
        return self.measures[0] if self.measures else None

    @property
    def done(self) -> int:
        return self.first.done if self.first else 0

    @property
    def goal(self) -> Decimal | None:
        return self.first.goal if self.first else None

    @property
    def unit(self) -> str:
        return self.first.unit if self.first else ""

    @property
    def share(self) -> float | None:
        """Of the first measure: done ÷ target, 0 to 1 and beyond."""
        return self.first.share if self.first else None

    @property
    def pacing(self) -> Pacing | None:
        """The worst of its measures; None: nothing adds up. Where nothing is expected yet, only `REACHED`."""
        others = self.expected if self.steadily is None else self.steadily
        shares = [self.expected, *[others] * len(self.measures[1:])]
        found = [judged(one, share or 0.0) for one, share in zip(self.measures, shares, strict=False)]
        worst = max(found, key=list(Pacing).index) if found else None
        return worst if self.expected is not None or worst is Pacing.REACHED else None

    @property
    def quality(self) -> tuple[Dated, ...]:
        """What is known of quality, confirmed."""
        return tuple(one for one in self.dated if one.aspect is Aspect.QUALITY and one.confirmed)


@dataclass(frozen=True, slots=True)
class Elapsed:
    """The shares of a year's and of each quarter's workdays that are over."""

    year: float = 0.0
    quarters: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)

    def __sub__(self, other: "Elapsed") -> "Elapsed":
        """What has passed since another moment."""
        one, two, three, four = (
            max(now - before, 0.0) for now, before in zip(self.quarters, other.quarters, strict=True)
        )
        return Elapsed(max(self.year - other.year, 0.0), (one, two, three, four))


def revision_of(reported_at: datetime) -> int:
    """What a decision on a value compares: milliseconds of its report."""
    return int(reported_at.timestamp() * 1000)


def right_after(now: datetime) -> datetime:
    """The cut of a live look: what was decided at this very instant counts."""
    return now + timedelta(microseconds=1)


def quarter_of(day: date) -> int:
    return (day.month + 2) // 3


def elapsed(year: int, on: date, *, pattern: Pattern, days_off: Iterable[date]) -> Elapsed:
    """What of a year is over at the end of `on`; nothing before it, all of it afterwards."""
    off, pattern = frozenset(days_off), office_pattern(pattern)
    start = date(year, 1, 1)
    days = (start + timedelta(days=offset) for offset in range(366))
    work = [day for day in days if day.year == year and is_workday(day, pattern, off)]
    shares = []
    for quarter in QUARTERS:
        inside = [day for day in work if quarter_of(day) == quarter]
        shares.append(sum(day <= on for day in inside) / len(inside) if inside else 0.0)
    over = sum(day <= on for day in work) / len(work) if work else 0.0
    return Elapsed(over, (shares[0], shares[1], shares[2], shares[3]))


def pace(last: date, *, pattern: Pattern, days_off: Iterable[date]) -> float:
    """The share of the year's workdays that is over at the end of `last`: the pace one would expect."""
    return elapsed(last.year, last, pattern=pattern, days_off=days_off).year


def expected_share(goal: Decimal | None, planned: Mapping[int, int], over: Elapsed) -> float:
    """The share of a target expected by now: what its steps plan by quarter, the rest over the year."""
    total = sum(planned.values())
    if not goal or total <= 0:
        return over.year
    rest = max(float(goal) - total, 0.0)
    due = sum(amount * over.quarters[quarter - 1] for quarter, amount in planned.items())
    return (due + rest * over.year) / max(float(goal), total)


def judged(one: Measure, expected: float) -> Pacing:
    """Behind is who is a whole unit behind past the margin: nobody in January, nor for one yearly report."""
    if one.done >= one.goal:
        return Pacing.REACHED
    if math.floor((expected - MARGIN) * float(one.goal) + 1e-9) > one.done:
        return Pacing.BEHIND
    return Pacing.AHEAD if one.share >= expected + MARGIN else Pacing.ON_PACE


def behind(found: Iterable[Standing]) -> tuple[Standing, ...]:
    return tuple(one for one in found if one.pacing is Pacing.BEHIND)


def latest_first(values: Iterable[Value]) -> tuple[Value, ...]:
    """The newest date first; of one date what was decided last."""
    return tuple(
        sorted(values, key=lambda one: (one.as_of, one.decided_at or one.reported_at, one.id), reverse=True)
    )
