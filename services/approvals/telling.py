"""Telling somebody what was decided on their work: outbox rows, and the facts their notices show."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Decision, Person, State, Verdict
from services import outbox
from services.approvals.held import HeldDay
from services.entries.views import DayView, EntryView, load_day
from services.errors import NotFound
from services.people.identity import Actor
from services.people.standing_in import SUPERVISOR

GATHERED = timedelta(seconds=15)
"""Approvals one by one within this time are told as one, unless the day is done sooner."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A returned entry as its owner is told of it. `code`: the chip, None for typed words."""

    day: DayView
    entry: EntryView
    by: str
    reason: str
    code: str | None
    capacity: str = SUPERVISOR


@dataclass(frozen=True, slots=True)
class Approved:
    """What was approved of a day. `everything`: nothing of what was sent is left undecided or returned."""

    day_id: int
    work_date: date
    by: str
    approved: int
    everything: bool
    capacity: str = SUPERVISOR


@dataclass(frozen=True, slots=True)
class Reopened:
    """A day that waits again. `capacity`: as what it was reopened."""

    work_date: date
    by: str
    capacity: str = SUPERVISOR


async def entry_returned(session: AsyncSession, day: HeldDay, entry_id: int, *, now: datetime) -> None:
    payload = {"day_id": day.id, "entry_id": entry_id}
    await outbox.enqueue(session, "entry_returned", to=day.person_id, now=now, payload=payload)


async def day_approved(session: AsyncSession, day: HeldDay, *, by: int, more: bool, now: datetime) -> None:
    """One notice for approvals of one day that follow each other; at once when nothing waits any `more`."""
    at = now + GATHERED if more else now
    await _tell_once(session, "day_approved", day, by=by, at=at, now=now)


async def day_reopened(session: AsyncSession, day: HeldDay, *, by: int, now: datetime) -> None:
    await _tell_once(session, "day_reopened", day, by=by, at=now, now=now)


async def _tell_once(
    session: AsyncSession, kind: str, day: HeldDay, *, by: int, at: datetime, now: datetime
) -> None:
    """Writes a notice about a day, or lets the one that still waits speak for this too."""
    payload = {"day_id": day.id, "by": by}
    await outbox.enqueue_unless_waiting(
        session, kind, to=day.person_id, now=now, payload=payload, about="day_id", not_before=at
    )


async def load_returned(session: AsyncSession, actor: Actor, day_id: int, entry_id: int) -> Returned | None:
    """The owner's view of a returned entry; None when it is no longer returned."""
    try:
        day = await load_day(session, day_id)
    except NotFound:
        return None
    entry = day.entry(entry_id)
    if day.person_id != actor.person_id or entry is None or entry.state is not State.RETURNED:
        return None
    row = (await session.execute(_WHY, {"entry": entry_id})).first()
    if row is None:
        return None
    return Returned(day, entry, by=row[1], reason=entry.return_reason or "", code=row[0], capacity=row[2])


async def load_approved(session: AsyncSession, actor: Actor, day_id: int, by: int) -> Approved | None:
    """What is approved of an own day now; None when nothing is any more."""
    try:
        day = await load_day(session, day_id)
    except NotFound:
        return None
    approved = len(day.having(State.APPROVED))
    if day.person_id != actor.person_id or not approved:
        return None
    everything = not day.having(State.SUBMITTED, State.RETURNED)
    name, capacity = await _decider(session, day_id, by, Verdict.APPROVE)
    return Approved(day.id, day.work_date, name, approved, everything, capacity)


async def load_reopened(session: AsyncSession, actor: Actor, day_id: int, by: int) -> Reopened | None:
    """An own day that was reopened; None when nothing of it waits any more."""
    try:
        day = await load_day(session, day_id)
    except NotFound:
        return None
    if day.person_id != actor.person_id or not day.having(State.SUBMITTED):
        return None
    return Reopened(day.work_date, *await _decider(session, day_id, by, Verdict.REOPEN))


async def _decider(session: AsyncSession, day_id: int, by: int, verdict: Verdict) -> tuple[str, str]:
    """The name of who decided, and in which capacity they did it last on this day. Raises NotFound."""
    row = (await session.execute(_DECIDER, {"day": day_id, "by": by, "verdict": verdict})).first()
    if row is None:
        raise NotFound
    return row.name, row.capacity or SUPERVISOR


async def name_of(session: AsyncSession, person_id: int) -> str:
    """A person's name. Raises NotFound."""
    name: str | None = await session.scalar(_NAME, {"person": person_id})
    if name is None:
        raise NotFound
    return name


# Built once: building a statement costs more than running it.
_people, _decisions = Person.__table__, Decision.__table__
_NAME: Any = select(_people.c.name).where(_people.c.id == bindparam("person"))
_WHY: Any = (
    select(_decisions.c.reason_code, _people.c.name, _decisions.c.capacity)
    .select_from(_decisions.join(_people, _people.c.id == _decisions.c.decided_by))
    .where(_decisions.c.entry_id == bindparam("entry"), _decisions.c.verdict == Verdict.RETURN)
    .order_by(_decisions.c.id.desc())
    .limit(1)
)
_DECIDER: Any = select(
    _people.c.name,
    select(_decisions.c.capacity)
    .where(
        _decisions.c.day_id == bindparam("day"),
        _decisions.c.decided_by == _people.c.id,
        _decisions.c.verdict == bindparam("verdict"),
    )
    .order_by(_decisions.c.id.desc())
    .limit(1)
    .scalar_subquery()
    .label("capacity"),
).where(_people.c.id == bindparam("by"))
