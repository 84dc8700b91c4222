"""Who many people are, at once: what `identity.who_is` says of each, by two queries for all of them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Date, String, bindparam, cast, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import Account, ActingSupervisor, DutyPeriod, Person, Role, RoleName
from services.clock import local_date
from services.people.identity import Actor, works

_subordinate = aliased(Person)
_led = aliased(Person)
_PEOPLE = (
    select(
        Person.id,
        Person.name,
        Person.zone,
        Person.language,
        Person.supervisor_id,
        Account.user_id,
        Account.chat_id,
        select(_subordinate.id)
        .where(_subordinate.supervisor_id == Person.id, _subordinate.active)
        .exists()
        .label("leads"),
    )
    .join(Account, Account.person_id == Person.id)
    .where(Account.user_id.in_(bindparam("users", expanding=True)), Person.active)
)
_nothing, _nobody, _never = null().cast(String), null().cast(BigInteger), null().cast(Date)
_IDS: Any = bindparam("ids", expanding=True)
_FACTS: Any = union_all(
    select(Role.person_id, cast(Role.role, String), _nobody, _never, _never).where(Role.person_id.in_(_IDS)),
    select(DutyPeriod.person_id, DutyPeriod.zone, _nobody, DutyPeriod.first, DutyPeriod.last).where(
        DutyPeriod.person_id.in_(_IDS),
        DutyPeriod.last >= bindparam("since"),
        DutyPeriod.zone.is_not(None),
        DutyPeriod.cancelled_at.is_(None),
    ),
    select(
        ActingSupervisor.acting_id,
        _nothing,
        ActingSupervisor.supervisor_id,
        ActingSupervisor.first,
        ActingSupervisor.last,
    ).where(
        ActingSupervisor.acting_id.in_(_IDS),
        ActingSupervisor.last >= bindparam("since"),
        ActingSupervisor.ended_at.is_(None),
        select(_led.id).where(_led.supervisor_id == ActingSupervisor.supervisor_id, _led.active).exists(),
        works(ActingSupervisor.acting_id),
    ),
)


async def who_are(session: AsyncSession, users: Collection[int], *, now: datetime) -> dict[int, Actor]:
    """The active people joined with these Telegram accounts, by account; strangers are left out."""
    if not users:
        return {}
    people = (await session.execute(_PEOPLE, {"users": list(users)})).all()
    if not people:
        return {}
    values = {"ids": [row.id for row in people], "since": now.date() - timedelta(days=1)}
    facts: dict[int, list[Any]] = {}
    for person_id, *fact in await session.execute(_FACTS, values):
        facts.setdefault(person_id, []).append(fact)
    return {row.user_id: _actor(row, facts.get(row.id, ()), now=now) for row in people}


def _actor(row: Any, facts: Collection[Any], *, now: datetime) -> Actor:
    """Dates are compared here: which date it is depends on the zone."""
    today = local_date(now, row.zone)
    zones = (
        zone for zone, _, first, last in facts if zone and first and first <= local_date(now, zone) <= last
    )
    stands_in = frozenset(led for _, led, first, last in facts if led and first <= today <= last)
    return Actor(
        person_id=row.id,
        name=row.name,
        chat_id=row.chat_id,
        zone=next(zones, row.zone),
        language=row.language,
        roles=frozenset(RoleName(text) for text, _, first, _ in facts if first is None),
        supervisor_id=row.supervisor_id,
        supervises=bool(row.leads) or bool(stands_in),
        stands_in_for=stands_in,
    )
