"""What there is to ask a person about one of their days. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
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
    row = (await session.execute(_day(actor.person_id, work_date))).one()
    sent = row.state not in (None, State.DRAFT)
    last = row.earlier if not sent and row.entries == 0 else None
    skips = last is not None and await _asked_between(session, actor, last, work_date)
    return Asking(
        actor.person_id,
        work_date,
        row.id,
        row.entries,
        sent=sent,
        copyable=last is not None,
        away=None if row.period_id is None else Away(row.period_id, row.kind, row.first, row.last),
        copied=last if skips else None,
    )


async def has_lapsed(session: AsyncSession, actor: Actor, work_date: date) -> bool:
    """Whether nothing is left to ask of that day: it was answered, or the person is away. One query."""
    row = (await session.execute(_day(actor.person_id, work_date))).one()
    return row.state not in (None, State.DRAFT) or row.period_id is not None


def _day(person_id: int, work_date: date) -> Select[*tuple[Any, ...]]:
    """All that is known of one day of a person: exactly one row."""
    before = aliased(Day)
    earlier = select(func.max(before.work_date)).where(
        before.person_id == person_id, before.work_date < work_date, before.entries.any()
    )
    away = select(func.max(DutyPeriod.id)).where(
        DutyPeriod.person_id == person_id,
        DutyPeriod.first <= work_date,
        DutyPeriod.last >= work_date,
        DutyPeriod.kind.not_in(REPORTING),
        DutyPeriod.cancelled_at.is_(None),
    )
    return (
        select(
            Day.id,
            Day.state,
            select(func.count(Entry.id)).where(Entry.day_id == Day.id).scalar_subquery().label("entries"),
            earlier.scalar_subquery().label("earlier"),
            DutyPeriod.id.label("period_id"),
            DutyPeriod.kind,
            DutyPeriod.first,
            DutyPeriod.last,
        )
        .select_from(Person)
        .outerjoin(Day, (Day.person_id == Person.id) & (Day.work_date == work_date))
        .outerjoin(DutyPeriod, DutyPeriod.id == away.scalar_subquery())
        .where(Person.id == person_id)
    )


async def _asked_between(session: AsyncSession, actor: Actor, first: date, last: date) -> bool:
    """Whether a report was asked for on a day between two others; after two weeks it counts as such."""
    if last - first > LONGEST_PAUSE:
        return True
    after, before = first + timedelta(days=1), last - timedelta(days=1)
    if after > before:
        return False
    calendars = await load_personal(session, [actor.person_id], first=after, last=before)
    return bool(calendars[actor.person_id].days(after, before))


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
