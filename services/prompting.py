"""What there is to ask a person about one of their days. Reads only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import REPORTING, Day, DayKind, DutyPeriod, Entry, Person, State
from services.calendar import at_local, load_personal
from services.clock import local_date
from services.entries.days import DAY_CARD, ensure_asked, ensure_open
from services.errors import Outdated
from services.people.identity import Actor
from services.rounds.due import LEAST_WINDOW, QUIET_FROM
from services.rounds.reminder_times import is_quiet

NOON = time(12, 0)
LONGEST_PAUSE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Away:
    """A period on which no report is asked for."""

    period_id: int
    kind: DayKind
    first: date
    last: date

    @property
    def own(self) -> bool:
        """One day that the person said themselves: one tap can change it. Longer ones are for `/cuti`."""
        return self.first == self.last and self.kind is not DayKind.EXCUSED


@dataclass(frozen=True, slots=True)
class Asking:
    """`day_id` None: nothing was written for that date. `copyable`: an earlier day can be copied into it.

    `copied`: that day, when it is not the previous one on which a report was asked for. `sent`: sent, or
    answered with «Tidak ada kegiatan».
    """

    person_id: int
    work_date: date
    day_id: int | None
    entries: int
    sent: bool
    copyable: bool
    away: Away | None = None
    copied: date | None = None


async def look_at(session: AsyncSession, actor: Actor, work_date: date) -> Asking:
    """How far the person's day is. One query, and the calendar's when the last report is days old."""
    return (await look_at_many(session, [actor.person_id], work_date))[actor.person_id]


async def look_at_many(session: AsyncSession, people: Collection[int], work_date: date) -> dict[int, Asking]:
    """The same of many people, by their ids: as many queries as for one."""
    rows = (await session.execute(_day(Person.id.in_(people), work_date))).all()
    last = {
        row.person_id: row.earlier
        for row in rows
        if row.earlier is not None and row.state in (None, State.DRAFT) and row.entries == 0
    }
    skipped = await _skipped(session, last, work_date)
    return {
        row.person_id: Asking(
            row.person_id,
            work_date,
            row.id,
            row.entries,
            sent=row.state not in (None, State.DRAFT),
            copyable=row.person_id in last,
            away=None if row.period_id is None else Away(row.period_id, row.kind, row.first, row.last),
            copied=last[row.person_id] if row.person_id in skipped else None,
        )
        for row in rows
    }


async def has_lapsed(session: AsyncSession, actor: Actor, work_date: date) -> bool:
    """Whether nothing is left to ask of that day: it was answered, or the person is away. One query."""
    row = (await session.execute(_day(Person.id == actor.person_id, work_date))).one()
    return row.state not in (None, State.DRAFT) or row.period_id is not None


def _day(people: ColumnElement[bool], work_date: date) -> Select[*tuple[Any, ...]]:
    """All that is known of one day of people: exactly one row for each."""
    before = aliased(Day)
    earlier = select(func.max(before.work_date)).where(
        before.person_id == Person.id, before.work_date < work_date, before.entries.any()
    )
    away = select(func.max(DutyPeriod.id)).where(
        DutyPeriod.person_id == Person.id,
        DutyPeriod.first <= work_date,
        DutyPeriod.last >= work_date,
        DutyPeriod.kind.not_in(REPORTING),
        DutyPeriod.cancelled_at.is_(None),
    )
    return (
        select(
            Person.id.label("person_id"),
            Day.id,
            Day.state,
            select(func.count(Entry.id)).where(Entry.day_id == Day.id).scalar_subquery().label("entries"),
            earlier.correlate(Person).scalar_subquery().label("earlier"),
            DutyPeriod.id.label("period_id"),
            DutyPeriod.kind,
            DutyPeriod.first,
            DutyPeriod.last,
        )
        .select_from(Person)
        .outerjoin(Day, (Day.person_id == Person.id) & (Day.work_date == work_date))
        .outerjoin(DutyPeriod, DutyPeriod.id == away.correlate(Person).scalar_subquery())
        .where(people)
    )


async def _skipped(session: AsyncSession, last: Mapping[int, date], until: date) -> set[int]:
    """Of people and the day each reported last, who was asked for a report on a day since then.

    After two weeks it counts as such. No query when nobody has to be looked at, else the calendar's.
    """
    long_ago = {person for person, day in last.items() if until - day > LONGEST_PAUSE}
    between = {
        person: day + timedelta(days=1)
        for person, day in last.items()
        if person not in long_ago and day + timedelta(days=1) < until
    }
    if not between:
        return long_ago
    before = until - timedelta(days=1)
    calendars = await load_personal(session, between, first=min(between.values()), last=before)
    return long_ago | {person for person, after in between.items() if calendars[person].days(after, before)}


@dataclass(frozen=True, slots=True)
class Absent:
    """The day that somebody says they were away on. `expected`: a report of it is asked for otherwise."""

    asking: Asking
    expected: bool


async def absence_on(session: AsyncSession, actor: Actor, day: date, *, now: datetime) -> Absent:
    """What can be recorded of that day. Raises Invalid `not_asked`, `day_future`, `day_locked`."""
    ensure_asked(actor)
    ensure_open(actor, day, now=now)
    calendars = await load_personal(session, [actor.person_id], first=day, last=day)
    asking = await look_at(session, actor, day)
    return Absent(asking, calendars[actor.person_id].works_on(day))


async def still_open(session: AsyncSession, actor: Actor, work_date: date, *, now: datetime) -> Asking:
    """The same for a press on the question of that day.

    Raises Invalid `not_asked`, and for a day to come or a closed month; Outdated once the day is sent.
    """
    ensure_asked(actor)
    ensure_open(actor, work_date, now=now)
    asking = await look_at(session, actor, work_date)
    if asking.sent and asking.day_id is not None:
        raise Outdated(card=(DAY_CARD, asking.day_id))
    return asking


def too_late_to_ask(work_date: date, zone: str, *, now: datetime) -> bool:
    """Whether a prompt that could not be delivered at its time has lost its sense: the evening is private."""
    return now >= at_local(work_date, QUIET_FROM, zone) + LEAST_WINDOW


def too_late_to_remind(work_date: date, zone: str, *, now: datetime) -> bool:
    """The same of a reminder: never in the quiet hours, and of an earlier day only in the morning."""
    if is_quiet(now, zone):
        return True
    return work_date < local_date(now, zone) and now.astimezone(ZoneInfo(zone)).time() >= NOON
