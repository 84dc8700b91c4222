"""Somebody leaves the office: nothing reaches them any more, everything they did stays on record.

All or nothing for the people named together. An import that names somebody again makes them active again;
they then join by a new invitation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account, Person, Role, RoleName
from services import audit
from services.errors import Invalid
from services.people.invitations import admins_or_alike, find_admins, find_people, revoke_unused
from services.people.joining import _unlink as unlink
from services.rounds.plan import plan_person


@dataclass(frozen=True, slots=True)
class Left:
    """Who is inactive now. Nobody (`names` empty) when a reference was unknown or inactive already."""

    names: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    inactive: tuple[str, ...] = ()


async def deactivate(
    session: AsyncSession, references: Sequence[str], *, now: datetime, actor_id: int | None = None
) -> Left:
    """Makes the people whom these NIP or id_pegawai name inactive and parts their accounts from them.

    Raises Invalid: `still_supervises` (active people who stay name one of them), `last_admin`.
    """
    found = await find_people(session, references)
    if found.unknown or found.inactive:
        return Left(unknown=found.unknown, inactive=found.inactive)
    return await _let_go(session, found.person_ids, now=now, actor_id=actor_id)


async def deactivate_admin(
    session: AsyncSession, name: str, *, now: datetime, actor_id: int | None = None
) -> Left:
    """The same for the administrator of exactly this name, who may have no number.

    Raises Invalid: `still_supervises`, `last_admin`, `no_such_admin`, `admins_of_one_name`.
    """
    found = await find_admins(session, name)
    if not found:
        admins, _ = await admins_or_alike(session, name)
        raise Invalid("name", "no_such_admin", name=name, admins=admins or "–")
    if len(found) > 1:
        raise Invalid("name", "admins_of_one_name", name=name)
    return await _let_go(session, [found[0].id], now=now, actor_id=actor_id)


async def _let_go(
    session: AsyncSession, person_ids: Sequence[int], *, now: datetime, actor_id: int | None
) -> Left:
    leaving = list(
        await session.scalars(select(Person).where(Person.id.in_(person_ids)).order_by(Person.name))
    )
    await _ensure_nobody_is_left_alone(session, leaving)
    await _ensure_an_admin_stays(session, leaving)
    await revoke_unused(session, person_ids, now=now)
    for person in leaving:
        person.active = False
        account = await session.scalar(select(Account).where(Account.person_id == person.id))
        detail = None if account is None else f"account {account.user_id}"
        if account is not None:
            await unlink(session, account)
        audit.record(
            session,
            "person_deactivated",
            actor_id=actor_id,
            subject="person",
            subject_id=person.id,
            now=now,
            detail=detail,
        )
    await session.flush()
    above = {person.supervisor_id for person in leaving if person.supervisor_id is not None}
    for person_id in sorted(above | {person.id for person in leaving}):  # a supervisor may have nobody now
        await plan_person(session, person_id, now=now)
    return Left(names=tuple(person.name for person in leaving))


async def _ensure_nobody_is_left_alone(session: AsyncSession, leaving: Sequence[Person]) -> None:
    """Whoever stays needs somebody who decides."""
    ids = [person.id for person in leaving]
    staying = list(
        await session.scalars(
            select(Person)
            .where(Person.supervisor_id.in_(ids), Person.active, Person.id.not_in(ids))
            .order_by(Person.name)
        )
    )
    for person in leaving:
        below = [one.name for one in staying if one.supervisor_id == person.id]
        if below:
            raise Invalid("person", "still_supervises", name=person.name, people=", ".join(below))


async def _ensure_an_admin_stays(session: AsyncSession, leaving: Sequence[Person]) -> None:
    admins = set(
        await session.scalars(
            select(Role.person_id)
            .join(Person, Person.id == Role.person_id)
            .join(Account, Account.person_id == Person.id)
            .where(Role.role == RoleName.ADMIN, Person.active)
        )
    )
    going = {person.id: person.name for person in leaving if person.id in admins}
    if going and len(going) == len(admins):
        raise Invalid("person", "last_admin", name=next(iter(going.values())))
