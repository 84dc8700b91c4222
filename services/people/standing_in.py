"""Who stands in for which supervisor now: read afresh from the database, never taken from an older look.

One rule, in both directions and in identity: active, joined, still reporting or leading, the span neither
over nor ended, by the date at the stand-in's home.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account, ActingSupervisor, Person
from services.clock import local_date
from services.people.identity import Actor, works

SUPERVISOR = "supervisor"
"""The capacity of the one who is explicitly assigned as somebody's supervisor."""
A_DAY = timedelta(days=1)
"""No local date is further from the UTC date than this."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """`capacity`: plt or plh. `last`: the last local date, included."""

    person_id: int
    name: str
    capacity: str
    last: date


async def stand_ins(
    session: AsyncSession, supervisor_ids: Iterable[int], *, now: datetime
) -> Mapping[int, StandIn]:
    """Who acts today for each of the supervisors, if somebody active and joined does. One query."""
    rows = await session.execute(
        select(ActingSupervisor, Person.name, Person.zone)
        .join(Person, Person.id == ActingSupervisor.acting_id)
        .join(Account, Account.person_id == Person.id)
        .where(ActingSupervisor.supervisor_id.in_(sorted(set(supervisor_ids))), _holding(now=now))
        .order_by(ActingSupervisor.id)
    )
    return {
        row.supervisor_id: StandIn(row.acting_id, name, row.capacity.value, row.last)
        for row, name, zone in rows
        if _is_today(row, zone, now=now)
    }


async def deciders(session: AsyncSession, supervisor_id: int, *, but: int | None, now: datetime) -> list[int]:
    """Who is told of a supervisor's people: the supervisor and today's stand-in, but the one who acts."""
    there = await stand_ins(session, [supervisor_id], now=now)
    return sorted({supervisor_id, *(one.person_id for one in there.values())} - {but})


async def seats_of(session: AsyncSession, actor: Actor, *, now: datetime) -> Mapping[int, str]:
    """The supervisors whose people the actor decides on today, and as what: in their own seat, Plt or Plh."""
    rows = await session.execute(
        select(ActingSupervisor, Person.zone)
        .join(Person, Person.id == ActingSupervisor.acting_id)
        .where(ActingSupervisor.acting_id == actor.person_id, _holding(now=now))
    )
    taken = {row.supervisor_id: row.capacity.value for row, zone in rows if _is_today(row, zone, now=now)}
    return taken | {actor.person_id: SUPERVISOR}


def _holding(*, now: datetime) -> ColumnElement[bool]:
    """Of spans with their stand-ins: those that hold on some date that it is somewhere now."""
    return and_(
        ActingSupervisor.ended_at.is_(None),
        ActingSupervisor.first <= now.date() + A_DAY,
        ActingSupervisor.last >= now.date() - A_DAY,
        Person.active,
        works(ActingSupervisor.acting_id),
    )


def _is_today(row: ActingSupervisor, zone: str, *, now: datetime) -> bool:
    return row.first <= local_date(now, zone) <= row.last
