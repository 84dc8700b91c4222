"""What there is to ask a person about one of their days. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Entry, State
from services.calendar import at_local
from services.people.identity import Actor
from services.rounds.due import LEAST_WINDOW, QUIET_FROM


@dataclass(frozen=True, slots=True)
class Asking:
    """`day_id` None: nothing was written for that date. `copyable`: an earlier day can be copied into it."""

    work_date: date
    day_id: int | None
    entries: int
    sent: bool
    copyable: bool


async def look_at(session: AsyncSession, actor: Actor, work_date: date) -> Asking:
    """How far the person's day is. Two queries."""
    row = (
        await session.execute(
            select(Day.id, Day.state, func.count(Entry.id))
            .outerjoin(Entry, Entry.day_id == Day.id)
            .where(Day.person_id == actor.person_id, Day.work_date == work_date)
            .group_by(Day.id, Day.state)
        )
    ).one_or_none()
    earlier = (
        select(Day.id)
        .where(Day.person_id == actor.person_id, Day.work_date < work_date, Day.entries.any())
        .limit(1)
    )
    day_id, state, entries = row if row is not None else (None, State.DRAFT, 0)
    copyable = entries == 0 and await session.scalar(earlier) is not None
    return Asking(work_date, day_id, entries, entries > 0 and state is not State.DRAFT, copyable)


def too_late_to_ask(work_date: date, zone: str, *, now: datetime) -> bool:
    """Whether a prompt that could not be delivered at its time has lost its sense: the evening is private."""
    return now >= at_local(work_date, QUIET_FROM, zone) + LEAST_WINDOW
