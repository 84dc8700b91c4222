"""One person's own calendar: pattern, office days off, what they are away for, and where they are.

    works_on     a workday by pattern and days off; for a shift, a marked day, holiday or not
    reports_on   the same, without the days on which no report is asked for (cuti, sakit, izin, excused)
    at_desk_on   an office day on which they are not away: who decides on others does so, marked shift or not

Everything that asks, counts or waits goes by `reports_on`: nobody is asked, missed or late on a day off.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Date, String, bindparam, cast, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from models import REPORTING, DayKind, DutyPeriod, Pattern, Person, ShiftDay
from services.calendar.days_off import OfficeCalendar, load_calendar
from services.calendar.workdays import is_workday, office_pattern

LOOK_AHEAD = timedelta(days=80)
"""How far a calendar is read behind the last day asked for: past any next workday."""
HORIZON = 400
"""Days within which a next day is looked for."""


@dataclass(frozen=True, slots=True)
class DutySpan:
    """Days of one kind, both ends included. `zone`: where the person is then, if not at home."""

    first: date
    last: date
    kind: DayKind
    zone: str | None = None

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Duty:
    """What is particular about one person's days; most have nothing. Hashable, so that rules can be kept."""

    spans: tuple[DutySpan, ...] = ()
    shifts: frozenset[date] = frozenset()

    def kinds_on(self, day: date) -> tuple[DayKind, ...]:
        return tuple(span.kind for span in self.spans if span.covers(day))

    def is_away(self, day: date) -> bool:
        """Whether no report is asked for on `day`."""
        return any(kind not in REPORTING for kind in self.kinds_on(day))


@dataclass(frozen=True, slots=True)
class PersonalCalendar:
    """`days_off`: the office's and the unit's, over the time that was loaded."""

    home: str
    pattern: Pattern
    days_off: frozenset[date] = frozenset()
    duty: Duty = Duty()

    def works_on(self, day: date) -> bool:
        if self.pattern is Pattern.SHIFT:
            return day in self.duty.shifts
        return is_workday(day, self.pattern, self.days_off)

    def reports_on(self, day: date) -> bool:
        return self.works_on(day) and not self.duty.is_away(day)

    def at_desk_on(self, day: date) -> bool:
        return is_workday(day, office_pattern(self.pattern), self.days_off) and not self.duty.is_away(day)

    def kind_on(self, day: date) -> DayKind | None:
        """What kind of day it is; the one that excuses wins. None: an ordinary day in the office."""
        kinds = sorted(self.duty.kinds_on(day), key=lambda kind: kind in REPORTING)
        return kinds[0] if kinds else None

    def zone_on(self, day: date) -> str:
        """The zone the person is in on `day`."""
        moved = (span.zone for span in self.duty.spans if span.zone and span.covers(day))
        return next(moved, self.home)

    def days(self, first: date, last: date) -> list[date]:
        """The days from `first` to `last` on which a report is asked for, in order."""
        dates = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
        return [day for day in dates if self.reports_on(day)]

    def next_day(self, day: date) -> date:
        """The first day after `day` on which the person is at work and asked.

        A shift without a marked day ahead, or somebody away for longer than a year, goes by the office.
        """
        ahead = (day + timedelta(days=offset) for offset in range(1, HORIZON))
        found = next((one for one in ahead if self.reports_on(one)), None)
        return found if found is not None else self.next_office_day(day)

    def next_office_day(self, day: date) -> date:
        """The first day after `day` on which the office works, by the person's pattern."""
        pattern = office_pattern(self.pattern)
        day += timedelta(days=1)
        while not is_workday(day, pattern, self.days_off):
            day += timedelta(days=1)
        return day

    def waited(self, after: date, until: date) -> int:
        """Workdays of the person later than `after`, up to and including `until`."""
        return len(self.days(after + timedelta(days=1), until))


async def load_duties(
    session: AsyncSession, people: ColumnElement[bool] | None, *, first: date, last: date
) -> dict[int, Duty]:
    """What is particular about the people's days from `first` to `last`; two queries however many they are.

    `people`: a condition on `Person`; None: everybody. Who has nothing particular is left out.
    """
    spans: dict[int, list[DutySpan]] = {}
    query = select(
        DutyPeriod.person_id, DutyPeriod.first, DutyPeriod.last, DutyPeriod.kind, DutyPeriod.zone
    ).where(DutyPeriod.last >= first, DutyPeriod.first <= last, DutyPeriod.cancelled_at.is_(None))
    if people is not None:
        query = query.join(Person, Person.id == DutyPeriod.person_id).where(people)
    for row in await session.execute(query.order_by(DutyPeriod.id)):
        spans.setdefault(row.person_id, []).append(DutySpan(row.first, row.last, row.kind, row.zone))
    shifts: dict[int, set[date]] = {}
    marked = select(ShiftDay.person_id, ShiftDay.day).where(ShiftDay.day >= first, ShiftDay.day <= last)
    if people is not None:
        marked = marked.join(Person, Person.id == ShiftDay.person_id).where(people)
    for person_id, day in await session.execute(marked):
        shifts.setdefault(person_id, set()).add(day)
    return {
        person_id: Duty(tuple(spans.get(person_id, ())), frozenset(shifts.get(person_id, ())))
        for person_id in spans.keys() | shifts.keys()
    }


async def load_personal(
    session: AsyncSession, person_ids: Iterable[int], *, first: date, last: date
) -> Mapping[int, PersonalCalendar]:
    """The calendars of people, good for questions from `first` to `last` and the next workdays after it.

    Three queries however many people there are.
    """
    end = last + LOOK_AHEAD
    office = await load_calendar(session, first=first, last=end)
    given = {"people": sorted(set(person_ids)), "from_day": first, "to_day": end}
    spans: dict[int, list[DutySpan]] = {}
    shifts: dict[int, set[date]] = {}
    found = {row.id: row for row in await session.execute(_PEOPLE, given)}
    for person_id, begin, until, kind, zone, _ in await session.execute(_DUTIES, given):
        if kind is None:
            shifts.setdefault(person_id, set()).add(begin)
        else:
            spans.setdefault(person_id, []).append(DutySpan(begin, until, DayKind(kind), zone))
    return {
        person_id: personal_calendar(
            office,
            row.zone,
            row.pattern,
            row.unit_id,
            Duty(tuple(spans.get(person_id, ())), frozenset(shifts.get(person_id, ()))),
        )
        for person_id, row in found.items()
    }


# Built once: building a statement costs more than running it.
_people, _periods, _shifts = Person.__table__, DutyPeriod.__table__, ShiftDay.__table__
_IDS: Any = bindparam("people", expanding=True)
_PEOPLE: Any = select(_people.c.id, _people.c.zone, _people.c.pattern, _people.c.unit_id).where(
    _people.c.id.in_(_IDS)
)
_DUTIES: Any = union_all(
    select(
        _periods.c.person_id,
        _periods.c.first,
        _periods.c.last,
        cast(_periods.c.kind, String),
        _periods.c.zone,
        _periods.c.id.label("place"),
    ).where(
        _periods.c.person_id.in_(_IDS),
        _periods.c.last >= bindparam("from_day"),
        _periods.c.first <= bindparam("to_day"),
        _periods.c.cancelled_at.is_(None),
    ),
    select(
        _shifts.c.person_id,
        _shifts.c.day,
        cast(null(), Date),
        cast(null(), String),
        cast(null(), String),
        cast(null(), BigInteger),
    ).where(
        _shifts.c.person_id.in_(_IDS),
        _shifts.c.day >= bindparam("from_day"),
        _shifts.c.day <= bindparam("to_day"),
    ),
).order_by("place")
"""Spans in the order in which they were written, and marked shifts, which have no kind."""


def personal_calendar(
    office: OfficeCalendar, home: str, pattern: Pattern, unit_id: int | None, duty: Duty
) -> PersonalCalendar:
    """Puts together what was loaded for many."""
    return PersonalCalendar(home, pattern, office.days_off(unit_id), duty)
