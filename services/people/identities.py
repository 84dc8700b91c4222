"""Who many people are, at once: what `identity.who_is` says of each, by one query, or two."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Date, String, and_, bindparam, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import Account, ActingSupervisor, DutyPeriod, Person, Role, RoleName
from services.clock import local_date
from services.people.identity import Actor, works

_subordinate = aliased(Person)
_led = aliased(Person)
_SINCE: Any = bindparam("since", type_=Date())
_TRAVELS: Any = and_(
    DutyPeriod.last >= _SINCE, DutyPeriod.zone.is_not(None), DutyPeriod.cancelled_at.is_(None)
)
_ACTS: Any = and_(
    ActingSupervisor.last >= _SINCE,
    ActingSupervisor.ended_at.is_(None),
    select(_led.id).where(_led.supervisor_id == ActingSupervisor.supervisor_id, _led.active).exists(),
    works(ActingSupervisor.acting_id),
)
_PEOPLE: Any = (
    select(
        *(Person.__table__.c[name] for name in ("id", "name", "zone", "language", "supervisor_id")),
        Account.__table__.c.user_id,
        Account.__table__.c.chat_id,
        Role.__table__.c.role,
        select(_subordinate.id)
        .where(_subordinate.supervisor_id == Person.id, _subordinate.active)
        .exists()
        .label("leads"),
        select(DutyPeriod.id).where(DutyPeriod.person_id == Person.id, _TRAVELS).exists().label("travels"),
        select(ActingSupervisor.id)
        .where(ActingSupervisor.acting_id == Person.id, _ACTS)
        .exists()
        .label("acts"),
    )
    .select_from(
        Person.__table__.join(
            Account.__table__, Account.__table__.c.person_id == Person.__table__.c.id
        ).outerjoin(Role.__table__, Role.__table__.c.person_id == Person.__table__.c.id)
    )
    .where(Account.user_id.in_(bindparam("users", expanding=True)), Person.active)
)
_IDS: Any = bindparam("ids", expanding=True)
_FACTS: Any = union_all(
    select(
        DutyPeriod.person_id, DutyPeriod.zone, null().cast(BigInteger), DutyPeriod.first, DutyPeriod.last
    ).where(DutyPeriod.person_id.in_(_IDS), _TRAVELS),
    select(
        ActingSupervisor.acting_id,
        null().cast(String),
        ActingSupervisor.supervisor_id,
        ActingSupervisor.first,
        ActingSupervisor.last,
    ).where(ActingSupervisor.acting_id.in_(_IDS), _ACTS),
)


async def who_are(session: AsyncSession, users: Collection[int], *, now: datetime) -> dict[int, Actor]:
    """The active people joined with these Telegram accounts, by account; strangers are left out.

    One query; a second one when somebody of them travels or stands in for somebody around these days.
    """
    if not users:
        return {}
    given = {"users": list(users), "since": now.date() - timedelta(days=1)}
    people: dict[int, Any] = {}
    roles: dict[int, set[RoleName]] = {}
    for row in await session.execute(_PEOPLE, given):
        people[row.id] = row
        if row.role is not None:
            roles.setdefault(row.id, set()).add(row.role)
    away = [row.id for row in people.values() if row.travels or row.acts]
    facts: dict[int, list[Any]] = {}
    if away:
        for person_id, *fact in await session.execute(_FACTS, {**given, "ids": away}):
            facts.setdefault(person_id, []).append(fact)
    return {
        row.user_id: _actor(row, frozenset(roles.get(row.id, ())), facts.get(row.id, ()), now=now)
        for row in people.values()
    }


def _actor(row: Any, roles: frozenset[RoleName], facts: Collection[Any], *, now: datetime) -> Actor:
    """Dates are compared here: which date it is depends on the zone."""
    today = local_date(now, row.zone)
    zones = (zone for zone, _, first, last in facts if zone and first <= local_date(now, zone) <= last)
    stands_in = frozenset(led for _, led, first, last in facts if led and first <= today <= last)
    return Actor(
        person_id=row.id,
        name=row.name,
        chat_id=row.chat_id,
        zone=next(zones, row.zone),
        language=row.language,
        roles=roles,
        supervisor_id=row.supervisor_id,
        supervises=bool(row.leads) or bool(stands_in),
        stands_in_for=stands_in,
    )
