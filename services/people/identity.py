"""Who is acting: read from the database on every update, never from a button."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Date, Exists, Result, String, cast, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from models import Account, ActingSupervisor, DutyPeriod, Person, Role, RoleName
from services.clock import local_date
from services.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Actor:
    """A joined person and what they may be today.

    `zone`: where they are today (dinas luar may move it). `supervises`: somebody active names them as
    supervisor, or they stand in for somebody of whom that is true.
    """

    person_id: int
    name: str
    chat_id: int
    zone: str
    language: str
    roles: frozenset[RoleName]
    supervisor_id: int | None
    supervises: bool
    stands_in_for: frozenset[int] = frozenset()
    """Supervisors in whose place this person decides today (Plt/Plh)."""

    @property
    def decides_as(self) -> frozenset[int]:
        """The supervisors whose people this person decides on today: their own and the stood-in-for."""
        return self.stands_in_for | {self.person_id}

    def require(self, *roles: RoleName) -> None:
        """Raises NotAllowed unless the person holds one of the roles."""
        if not self.roles.intersection(roles):
            raise NotAllowed

    @property
    def reports(self) -> bool:
        """Whether the person is asked for a report: an observer or a pure admin is not."""
        return RoleName.STAFF in self.roles or RoleName.SUPERVISOR in self.roles


async def who_is(session: AsyncSession, user_id: int, *, now: datetime) -> Actor | None:
    """The active person joined with this Telegram account, or None. Two queries, one for a stranger."""
    row = (
        await session.execute(
            select(Person, Account, _names_as_supervisor(Person.id))
            .join(Account, Account.person_id == Person.id)
            .where(Account.user_id == user_id, Person.active)
        )
    ).one_or_none()
    if row is None:
        return None
    person, account, is_supervisor = row
    roles, zone, stands_in_for = await _facts(session, person, now=now)
    return Actor(
        person_id=person.id,
        name=person.name,
        chat_id=account.chat_id,
        zone=zone,
        language=person.language,
        roles=roles,
        supervisor_id=person.supervisor_id,
        supervises=bool(is_supervisor) or bool(stands_in_for),
        stands_in_for=stands_in_for,
    )


async def _facts(
    session: AsyncSession, person: Person, *, now: datetime
) -> tuple[frozenset[RoleName], str, frozenset[int]]:
    """Roles, the zone of today, and whom the person stands in for today; one query, as every update needs it.

    Dates are compared here: which date it is depends on the zone.
    """
    nothing, nobody, never = null().cast(String), null().cast(BigInteger), null().cast(Date)
    yesterday = now.date() - timedelta(days=1)
    role = select(cast(Role.role, String), nobody, never, never).where(Role.person_id == person.id)
    there = select(DutyPeriod.zone, nobody, DutyPeriod.first, DutyPeriod.last).where(
        DutyPeriod.person_id == person.id,
        DutyPeriod.last >= yesterday,
        DutyPeriod.zone.is_not(None),
        DutyPeriod.cancelled_at.is_(None),
    )
    acting = select(
        nothing, ActingSupervisor.supervisor_id, ActingSupervisor.first, ActingSupervisor.last
    ).where(
        ActingSupervisor.acting_id == person.id,
        ActingSupervisor.last >= yesterday,
        ActingSupervisor.ended_at.is_(None),
        _names_as_supervisor(ActingSupervisor.supervisor_id),
        works(ActingSupervisor.acting_id),
    )
    rows: Result[Any, Any, Any, Any] = await session.execute(union_all(role, there, acting))
    found = rows.all()
    roles = frozenset(RoleName(text) for text, _, first, _ in found if first is None)
    zones = (
        text for text, _, first, last in found if text and first and first <= local_date(now, text) <= last
    )
    zone = next(zones, person.zone)
    today = local_date(now, person.zone)  # a span goes by the clock at home, wherever a journey leads
    stands_in = frozenset(number for _, number, first, last in found if number and first <= today <= last)
    return roles, zone, stands_in


def works(person_id: ColumnElement[int] | InstrumentedAttribute[int]) -> Exists:
    """Whether somebody reports or leads: an observer and a pure admin decide in nobody's place."""
    return (
        select(Role.person_id)
        .where(Role.person_id == person_id, Role.role.in_([RoleName.STAFF, RoleName.SUPERVISOR]))
        .exists()
    )


def _names_as_supervisor(person_id: ColumnElement[int] | InstrumentedAttribute[int]) -> Exists:
    subordinate = aliased(Person)
    return select(subordinate.id).where(subordinate.supervisor_id == person_id, subordinate.active).exists()


async def mark_reachable(session: AsyncSession, user_id: int) -> None:
    """Somebody who writes to us can be written to again."""
    account = await session.get(Account, user_id)
    if account is not None and account.unreachable_since is not None:
        account.unreachable_since = None


async def mark_unreachable(session: AsyncSession, user_id: int, *, now: datetime) -> None:
    account = await session.get(Account, user_id)
    if account is not None and account.unreachable_since is None:
        account.unreachable_since = now
