"""Who is acting: read from the database on every update, never from a button."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import Account, Person, Role, RoleName
from services.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Actor:
    """A joined person and what they may be. `supervises`: somebody active names them as supervisor."""

    person_id: int
    name: str
    chat_id: int
    zone: str
    language: str
    roles: frozenset[RoleName]
    supervisor_id: int | None
    supervises: bool

    def require(self, *roles: RoleName) -> None:
        """Raises NotAllowed unless the person holds one of the roles."""
        if not self.roles.intersection(roles):
            raise NotAllowed

    @property
    def reports(self) -> bool:
        """Whether the person is asked for a report: an observer or a pure admin is not."""
        return RoleName.STAFF in self.roles or RoleName.SUPERVISOR in self.roles


async def who_is(session: AsyncSession, user_id: int) -> Actor | None:
    """The active person joined with this Telegram account, or None. Two queries."""
    subordinate = aliased(Person)
    supervises = (
        select(subordinate.id).where(subordinate.supervisor_id == Person.id, subordinate.active).exists()
    )
    row = (
        await session.execute(
            select(Person, Account, supervises)
            .join(Account, Account.person_id == Person.id)
            .where(Account.user_id == user_id, Person.active)
        )
    ).one_or_none()
    if row is None:
        return None
    person, account, is_supervisor = row
    roles = frozenset(await session.scalars(select(Role.role).where(Role.person_id == person.id)))
    return Actor(
        person_id=person.id,
        name=person.name,
        chat_id=account.chat_id,
        zone=person.zone,
        language=person.language,
        roles=roles,
        supervisor_id=person.supervisor_id,
        supervises=bool(is_supervisor),
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
