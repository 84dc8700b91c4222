"""Who is acting: read from the database on every update, never from a button."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Exists,
    String,
    and_,
    bindparam,
    null,
    select,
    union_all,
)
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
    unreachable: bool = False
    """Telegram said that nothing reaches them; whoever writes to us can be written to again."""

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
    """The active person joined with this Telegram account, or None.

    One query; a second one for who travels to another zone or stands in for somebody around these days.
    """
    await flushed(session)
    given = {"user": user_id, "yesterday": now.date() - timedelta(days=1)}
    rows = (await session.execute(_JOINED, given)).all()
    if not rows:
        return None
    one = rows[0]
    zone, stands_in_for = one.zone, frozenset[int]()
    if one.travels or one.acts:
        zone, stands_in_for = await _away_or_acting(session, one.id, one.zone, given, now=now)
    return Actor(
        person_id=one.id,
        name=one.name,
        chat_id=one.chat_id,
        zone=zone,
        language=one.language,
        roles=frozenset(row.role for row in rows if row.role is not None),
        supervisor_id=one.supervisor_id,
        supervises=bool(one.leads) or bool(stands_in_for),
        stands_in_for=stands_in_for,
        unreachable=one.unreachable_since is not None,
    )


async def flushed(session: AsyncSession) -> None:
    """Writes what is pending: statements on tables, unlike those on models, do not do so by themselves."""
    if session.new or session.dirty or session.deleted:
        await session.flush()


async def _away_or_acting(
    session: AsyncSession, person_id: int, home: str, given: dict[str, Any], *, now: datetime
) -> tuple[str, frozenset[int]]:
    """The zone of today, and whom the person stands in for today.

    Dates are compared here: which date it is depends on the zone.
    """
    found = (await session.execute(_AROUND_NOW, {**given, "person": person_id})).all()
    zones = (text for text, _, first, last in found if text and first <= local_date(now, text) <= last)
    zone = next(zones, home)
    today = local_date(now, home)  # a span goes by the clock at home, wherever a journey leads
    stands_in = frozenset(number for _, number, first, last in found if number and first <= today <= last)
    return zone, stands_in


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


def _travels_around(person_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    return and_(
        DutyPeriod.person_id == person_id,
        DutyPeriod.last >= bindparam("yesterday", type_=Date()),
        DutyPeriod.zone.is_not(None),
        DutyPeriod.cancelled_at.is_(None),
    )


def _acts_around(person_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    return and_(
        ActingSupervisor.acting_id == person_id,
        ActingSupervisor.last >= bindparam("yesterday", type_=Date()),
        ActingSupervisor.ended_at.is_(None),
        _names_as_supervisor(ActingSupervisor.supervisor_id),
        works(ActingSupervisor.acting_id),
    )


# Statements that every update runs are built once: to build one costs more than to run it.
_COLUMNS = Person.__table__.c
_JOINED: Any = (
    select(
        *(_COLUMNS[name] for name in ("id", "name", "zone", "language", "supervisor_id")),
        Account.__table__.c.chat_id,
        Account.__table__.c.unreachable_since,
        Role.__table__.c.role,
        _names_as_supervisor(_COLUMNS.id).label("leads"),
        select(DutyPeriod.id).where(_travels_around(_COLUMNS.id)).exists().label("travels"),
        select(ActingSupervisor.id).where(_acts_around(_COLUMNS.id)).exists().label("acts"),
    )
    .select_from(
        Account.__table__.join(Person.__table__, Account.__table__.c.person_id == _COLUMNS.id).outerjoin(
            Role.__table__, Role.__table__.c.person_id == _COLUMNS.id
        )
    )
    .where(Account.__table__.c.user_id == bindparam("user"), _COLUMNS.active)
)
_PERSON: Any = bindparam("person", type_=BigInteger())
_AROUND_NOW: Any = union_all(
    select(DutyPeriod.zone, null().cast(BigInteger), DutyPeriod.first, DutyPeriod.last).where(
        _travels_around(_PERSON)
    ),
    select(
        null().cast(String), ActingSupervisor.supervisor_id, ActingSupervisor.first, ActingSupervisor.last
    ).where(_acts_around(_PERSON)),
)


async def mark_reachable(session: AsyncSession, user_id: int) -> None:
    """Somebody who writes to us can be written to again."""
    account = await session.get(Account, user_id)
    if account is not None and account.unreachable_since is not None:
        account.unreachable_since = None


async def mark_unreachable(session: AsyncSession, user_id: int, *, now: datetime) -> None:
    account = await session.get(Account, user_id)
    if account is not None and account.unreachable_since is None:
        account.unreachable_since = now
