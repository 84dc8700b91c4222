"""What there is to ask a person about one of their days. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import REPORTING, Day, DayKind, DutyPeriod, Entry, State
from services.calendar import at_local, load_personal
from services.clock import local_date
from services.entries.days import DAY_CARD, ensure_open
from services.errors import Invalid, Outdated
from services.people.identity import Actor
from services.rounds.due import LEAST_WINDOW, QUIET_FROM
from services.rounds.reminder_times import is_quiet

NOON = time(12, 0)


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

    `sent`: sent, or answered with «Tidak ada kegiatan».
    """

    person_id: int
    work_date: date
    day_id: int | None
    entries: int
    sent: bool
    copyable: bool
    away: Away | None = None


async def look_at(session: AsyncSession, actor: Actor, work_date: date) -> Asking:
    """How far the person's day is. Three queries."""
    row = (
        await session.execute(
            select(Day.id, Day.state, func.count(Entry.id))
            .outerjoin(Entry, Entry.day_id == Day.id)
            .where(Day.person_id == actor.person_id, Day.work_date == work_date)
            .group_by(Day.id, Day.state)
        )
    ).one_or_none()
    day_id, state, entries = row if row is not None else (None, State.DRAFT, 0)
    earlier = (
        select(Day.id)
        .where(Day.person_id == actor.person_id, Day.work_date < work_date, Day.entries.any())
        .limit(1)
    )
    copyable = entries == 0 and state is State.DRAFT and await session.scalar(earlier) is not None
    away = await _away(session, actor, work_date)
    sent = state is not State.DRAFT
    return Asking(actor.person_id, work_date, day_id, entries, sent, copyable, away)


async def _away(session: AsyncSession, actor: Actor, work_date: date) -> Away | None:
    row = (
        await session.execute(
            select(DutyPeriod.id, DutyPeriod.kind, DutyPeriod.first, DutyPeriod.last)
            .where(
                DutyPeriod.person_id == actor.person_id,
                DutyPeriod.first <= work_date,
                DutyPeriod.last >= work_date,
                DutyPeriod.kind.not_in(REPORTING),
                DutyPeriod.cancelled_at.is_(None),
            )
            .order_by(DutyPeriod.id.desc())
            .limit(1)
        )
    ).one_or_none()
    return None if row is None else Away(row.id, row.kind, row.first, row.last)


@dataclass(frozen=True, slots=True)
class Absent:
    """The day that somebody says they were away on. `expected`: a report of it is asked for otherwise."""

    asking: Asking
    expected: bool


async def absence_on(session: AsyncSession, actor: Actor, day: date, *, now: datetime) -> Absent:
    """What can be recorded of that day. Raises Invalid `not_asked`, `day_future`, `day_locked`."""
    if not actor.reports:
        raise Invalid("day", "not_asked")
    ensure_open(actor, day, now=now)
    calendars = await load_personal(session, [actor.person_id], first=day, last=day)
    asking = await look_at(session, actor, day)
    return Absent(asking, calendars[actor.person_id].works_on(day))


async def still_open(session: AsyncSession, actor: Actor, work_date: date, *, now: datetime) -> Asking:
    """The same for a press on the question of that day.

    Raises Invalid `not_asked`, and for a day to come or a closed month; Outdated once the day is sent.
    """
    if not actor.reports:
        raise Invalid("day", "not_asked")
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
