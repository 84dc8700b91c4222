"""Who somebody is, for those who are shown them: names and places, no numbers."""

from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account, AuditEvent, Invitation, Person, Unit
from services.errors import NotFound


@dataclass(frozen=True, slots=True)
class Profile:
    """`language` is the person's own, whoever looks."""

    person_id: int
    name: str
    position: str | None
    unit: str | None
    language: str


async def load_profile(session: AsyncSession, person_id: int) -> Profile:
    """One query. Raises NotFound."""
    row = (
        await session.execute(
            select(Person, Unit.name).outerjoin(Unit, Unit.id == Person.unit_id).where(Person.id == person_id)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("person")
    person, unit = row
    return Profile(person.id, person.name, person.position, unit, person.language)


async def has_left(session: AsyncSession, user_id: int) -> bool:
    """Whether this account belongs, or did when they left, to somebody who is no longer active."""
    own = exists().where(Account.person_id == Person.id, Account.user_id == user_id)
    parted = exists().where(
        AuditEvent.subject == "person",
        AuditEvent.subject_id == Person.id,
        AuditEvent.action == "person_deactivated",
        AuditEvent.detail == f"account {user_id}",
    )
    statement = select(Person.id).where(Person.active.is_(False), or_(own, parted))
    return await session.scalar(statement.limit(1)) is not None


async def joining_stands(session: AsyncSession, person_id: int, invitation_id: int) -> bool:
    """Whether the person is still joined by the account that used this invitation."""
    statement = (
        select(Invitation.id)
        .join(Account, (Account.user_id == Invitation.used_by) & (Account.person_id == Invitation.person_id))
        .where(Invitation.id == invitation_id, Invitation.person_id == person_id)
    )
    return await session.scalar(statement) is not None
