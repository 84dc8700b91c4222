"""Telling somebody of several changes in one message: what a waiting notice says is added to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import DayKind, DutyPeriod, OutboxMessage, OutboxState, Person
from services import outbox
from services.calendar import PersonalCalendar, load_personal
from services.people.identity import Actor

GATHERED = timedelta(minutes=3)
"""Changes within this time of the first are told as one."""


def workdays_in(calendar: PersonalCalendar, first: date, last: date) -> int:
    """How many days of a range are workdays of the person, away or not."""
    dates = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return sum(calendar.works_on(day) for day in dates)


async def gather(
    session: AsyncSession, kind: str, *, to: int, key: str, values: Sequence[Any], now: datetime
) -> None:
    """Adds `values` to the list under `key` of the notice of its kind that waits, or writes a new one.

    The waiting row is locked until this transaction ends; one that a delivery is claiming now is passed over,
    since it may be read before that.
    """
    waiting = (
        await session.scalars(
            select(OutboxMessage)
            .where(
                OutboxMessage.person_id == to,
                OutboxMessage.kind == kind,
                OutboxMessage.state == OutboxState.WAITING,
            )
            .order_by(OutboxMessage.id)
            .limit(1)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
    ).first()
    if waiting is not None:
        kept = waiting.payload.get(key, [])
        waiting.payload = {**waiting.payload, key: [*kept, *(one for one in values if one not in kept)]}
        return
    payload = {key: list(values), "since": now.isoformat()}
    await outbox.enqueue(session, kind, to=to, now=now, payload=payload, not_before=now + GATHERED)


@dataclass(frozen=True, slots=True)
class Stay:
    """Days of one kind as somebody else is told of them. `workdays`: how many are the person's workdays."""

    kind: DayKind
    first: date
    last: date
    workdays: int


@dataclass(frozen=True, slots=True)
class Told:
    """What changed in one person's days: what holds now, and what was taken back."""

    name: str
    now: tuple[Stay, ...]
    gone: tuple[Stay, ...]


async def load_told(
    session: AsyncSession, actor: Actor, ids: Sequence[int], *, since: datetime
) -> tuple[Told, ...]:
    """What changed in the days of the actor's people, by name. `ids`: the periods that were touched.

    One that was written and taken back after `since` was never told of, and is not now; one that gave way to
    another is not called taken back.
    """
    rows = (
        await session.execute(
            select(DutyPeriod, Person.name)
            .join(Person, Person.id == DutyPeriod.person_id)
            .where(DutyPeriod.id.in_(ids), Person.supervisor_id.in_(actor.decides_as), Person.active)
            .order_by(Person.name, Person.id, DutyPeriod.first, DutyPeriod.id)
        )
    ).all()
    if not rows:
        return ()
    first, last = min(row.first for row, _ in rows), max(row.last for row, _ in rows)
    people = {row.person_id: name for row, name in rows}
    calendars = await load_personal(session, people, first=first, last=last)
    found = []
    for person_id, name in people.items():
        own = [row for row, _ in rows if row.person_id == person_id]
        holds = [row for row in own if row.cancelled_at is None]
        gone = [
            row
            for row in own
            if row.cancelled_at is not None
            and row.created_at < since
            and not any(one.first <= row.last and row.first <= one.last for one in holds)
        ]
        if holds or gone:
            shown = [tuple(_stay(row, calendars[person_id]) for row in part) for part in (holds, gone)]
            found.append(Told(name, *shown))
    return tuple(found)


def _stay(row: DutyPeriod, calendar: PersonalCalendar) -> Stay:
    return Stay(row.kind, row.first, row.last, workdays_in(calendar, row.first, row.last))
