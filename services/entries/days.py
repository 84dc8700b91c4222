"""Opening a day, who may touch it, and the state that follows from its entries."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Entry, State
from models.engine import insert_into
from services.calendar import has_passed, month_lock
from services.clock import local_date
from services.errors import Invalid, NotAllowed, NotFound, Outdated
from services.people.identity import Actor

MOST_ENTRIES = 100
"""Entries one day may hold."""
DAY_CARD = "day"


class NotTheirs(NotFound, NotAllowed):
    """Somebody else's: told as if it were not there, audited as a refusal."""


async def open_day(session: AsyncSession, actor: Actor, work_date: date, *, now: datetime) -> Day:
    """The person's day, made if need be. Raises Invalid for a future day and past the month lock."""
    ensure_open(actor, work_date, now=now)
    await session.execute(
        insert_into(session, Day)
        .values(
            person_id=actor.person_id,
            work_date=work_date,
            state=State.DRAFT,
            revision=1,
            created_at=now,
            late=False,
            outcomes_asked=False,
        )
        .on_conflict_do_nothing(index_elements=["person_id", "work_date"])
    )
    return (
        await session.scalars(
            select(Day).where(Day.person_id == actor.person_id, Day.work_date == work_date).with_for_update()
        )
    ).one()


async def find_day(session: AsyncSession, actor: Actor, work_date: date) -> int | None:
    """The person's day if anything is in it; it may be looked at however long ago it was."""
    return await session.scalar(
        select(Day.id).where(Day.person_id == actor.person_id, Day.work_date == work_date, Day.entries.any())
    )


def ensure_open(actor: Actor, work_date: date, *, now: datetime) -> None:
    """No future dates, and no new entries past the month lock (product rule; 5th, 23:59)."""
    if work_date > local_date(now, actor.zone):
        raise Invalid("day", "day_future")
    if has_passed(month_lock(work_date, actor.zone), now):
        raise Invalid("day", "day_locked")


async def own_day(session: AsyncSession, actor: Actor, day_id: int, *, revision: int | None = None) -> Day:
    """The person's own day, locked.

    Raises NotFound, NotTheirs, Outdated when `revision` is not the present one.
    """
    day = await session.scalar(select(Day).where(Day.id == day_id).with_for_update())
    if day is None:
        raise NotFound("day_gone")
    if day.person_id != actor.person_id:
        raise NotTheirs("day_gone")
    if revision is not None and day.revision != revision:
        raise Outdated(card=(DAY_CARD, day.id))
    return day


async def own_entry(session: AsyncSession, actor: Actor, entry_id: int) -> tuple[Day, Entry]:
    """An entry of the person's own, with its day locked. Raises NotFound, NotTheirs."""
    entry = await session.get(Entry, entry_id)
    if entry is None:
        raise NotFound("entry_gone")
    return await own_day(session, actor, entry.day_id), entry


async def editable_entry(
    session: AsyncSession, actor: Actor, entry_id: int, *, now: datetime
) -> tuple[Day, Entry]:
    """The same, in a state and at a time in which its owner may change it.

    Raises Invalid `entry_sent` (withdraw it first), `entry_approved`, or `day_locked`.
    """
    day, entry = await own_entry(session, actor, entry_id)
    if entry.state is State.SUBMITTED:
        raise Invalid("entry", "entry_sent")
    if entry.state in (State.APPROVED, State.RECORDED):
        raise Invalid("entry", "entry_approved")
    if entry.state is State.DRAFT:
        ensure_open(actor, day.work_date, now=now)
    return day, entry


def settled(states: Iterable[State]) -> State:
    """A day's state: what waits comes first, then what was returned, then what is unsent."""
    found = set(states)
    for state in (State.SUBMITTED, State.RETURNED, State.DRAFT, State.APPROVED, State.RECORDED):
        if state in found:
            return state
    return State.DRAFT


async def changed(session: AsyncSession, day: Day) -> None:
    """Every visible change ends here: the state follows, the revision grows."""
    await session.flush()
    states = await session.scalars(select(Entry.state).where(Entry.day_id == day.id))
    day.state = settled(states)
    day.revision += 1
