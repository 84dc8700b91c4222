"""Who stands in for which supervisor now: read afresh from the database, never taken from an older look."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account, ActingSupervisor, Person
from services.clock import local_date
from services.people.identity import Actor

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
        .where(
            ActingSupervisor.supervisor_id.in_(sorted(set(supervisor_ids))),
            ActingSupervisor.ended_at.is_(None),
            ActingSupervisor.first <= now.date() + A_DAY,
            ActingSupervisor.last >= now.date() - A_DAY,
            Person.active,
        )
        .order_by(ActingSupervisor.id)
    )
    return {
        row.supervisor_id: StandIn(row.acting_id, name, row.capacity.value, row.last)
        for row, name, zone in rows
        if row.first <= local_date(now, zone) <= row.last
    }


async def seats_of(session: AsyncSession, actor: Actor, *, now: datetime) -> Mapping[int, str]:
    """The supervisors whose people the actor decides on today, and as what: in their own seat, Plt or Plh."""
    today = local_date(now, actor.zone)
    rows = await session.execute(
        select(ActingSupervisor.supervisor_id, ActingSupervisor.capacity).where(
            ActingSupervisor.acting_id == actor.person_id,
            ActingSupervisor.first <= today,
            ActingSupervisor.last >= today,
            ActingSupervisor.ended_at.is_(None),
        )
    )
    return {row.supervisor_id: row.capacity.value for row in rows} | {actor.person_id: SUPERVISOR}
