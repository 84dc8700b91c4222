"""Which days a report was asked for and none came: one answer for the brief, the summaries and the lock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account, Day, Entry, Person, State
from services.calendar import has_passed, load_personal, month_lock
from services.clock import local_date
from services.people.identity import Actor
from services.rounds.people import is_asked


def is_reported() -> ColumnElement[bool]:
    """Whether `Day` is answered: sent and not taken back, or «Tidak ada kegiatan» with a reason."""
    sent = and_(Day.first_submitted_at.is_not(None), Day.state != State.DRAFT)
    return or_(sent, Day.nothing_reason.is_not(None))


async def missing_days(
    session: AsyncSession, person_ids: Iterable[int], first: date, last: date, *, now: datetime
) -> dict[int, list[date]]:
    """The days from `first` to `last` without a report, in order, for each of the people; six queries.

    Counted are the person's own reporting days since the day they joined here. Today is never missing where
    the person is: it is not over. Who has not joined, or is not asked, misses nothing.
    """
    wanted = sorted(set(person_ids))
    found: dict[int, list[date]] = {person_id: [] for person_id in wanted}
    if not wanted or first > last:
        return found
    calendars = await load_personal(session, wanted, first=first, last=last)
    joined = await session.execute(
        select(Person.id, Account.joined_at)
        .join(Account, Account.person_id == Person.id)
        .where(Person.id.in_(wanted), Person.active, is_asked())
    )
    reported = await session.execute(
        select(Day.person_id, Day.work_date).where(
            Day.person_id.in_(wanted), Day.work_date >= first, Day.work_date <= last, is_reported()
        )
    )
    there = {(row.person_id, row.work_date) for row in reported}
    for person_id, joined_at in joined:
        calendar = calendars[person_id]
        start = max(first, local_date(joined_at, calendar.home))
        yesterday = local_date(now, calendar.home) - timedelta(days=1)
        days = calendar.days(start, min(last, yesterday))
        found[person_id] = [day for day in days if (person_id, day) not in there]
    return found


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What a person has left of a month that is about to close at `until` (UTC).

    `missing`: reporting days without a report. `returned`: days, and their dates, with something to correct.
    """

    month: date
    until: datetime
    missing: tuple[date, ...]
    returned: tuple[tuple[int, date], ...]


async def unfinished(
    session: AsyncSession, actor: Actor, locked_on: date, *, now: datetime
) -> Unfinished | None:
    """The month that closes on `locked_on`; None when it is closed already, or nothing is left."""
    last = locked_on.replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    until = month_lock(last, actor.zone)
    if has_passed(until, now):
        return None
    missing = await missing_days(session, [actor.person_id], first, last, now=now)
    returned = await session.execute(
        select(Day.id, Day.work_date)
        .where(
            Day.person_id == actor.person_id,
            Day.work_date >= first,
            Day.work_date <= last,
            Day.entries.any(Entry.state == State.RETURNED),
        )
        .order_by(Day.work_date)
    )
    back = tuple((row.id, row.work_date) for row in returned)
    left = missing[actor.person_id]
    return Unfinished(first, until, tuple(left), back) if left or back else None
