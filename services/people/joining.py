"""Joining by a one-time link, and taking it back.

issued ──join──▶ used          once, decided by one conditional UPDATE, whoever races
   ├──new invitation──▶ revoked
   └──14 days──▶ expired

An account belongs to one person and a person to one account. Somebody who joined before may move to another
account only by an invitation issued after they joined. A link can be forwarded, so the supervisor is told who
joined and with which account, and may say that it is not them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account, Card, DialogueRow, Invitation, Person, Role, RoleName, Unit
from models.engine import insert_into
from services import audit
from services.entries.disowning import Disowned, disown
from services.errors import Invalid, NotAllowed, NotFound, Outdated
from services.outbox import FORMER_CHAT, enqueue, tell_after_all
from services.people.identity import Actor
from services.people.invitations import revoke_unused, token_hash
from services.rounds.plan import plan_person

DISOWNING = timedelta(days=3)
"""For how long after a joining «Bukan dia» also removes what the account wrote."""


@dataclass(frozen=True, slots=True)
class Invitee:
    """Whom a link invites, to be confirmed. `moves`: they joined before, from another account."""

    person_id: int
    name: str
    position: str | None
    unit: str | None
    moves: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody who has just joined, and what their menu depends on."""

    person_id: int
    name: str
    roles: frozenset[RoleName]
    moved: bool


async def preview_invitation(session: AsyncSession, token: str, user_id: int, *, now: datetime) -> Invitee:
    """Whom the link invites, for this account, before anything is stored.

    Raises Invalid: `invitation_unknown`, `invitation_used`, `invitation_revoked`, `invitation_expired`,
    `already_joined` (this very person, this very account), `account_taken` (the account is somebody else's),
    `person_already_joined` (from another account, after the invitation was issued).
    """
    _, person, account = await _open(session, token, user_id, now=now)
    unit = await session.get(Unit, person.unit_id) if person.unit_id is not None else None
    return Invitee(person.id, person.name, person.position, unit.name if unit else None, account is not None)


async def join(
    session: AsyncSession,
    token: str,
    *,
    user_id: int,
    chat_id: int,
    now: datetime,
    account_name: str = "",
) -> Joined:
    """Uses the link up and ties the account to the person; tells the supervisor, else the administrators.

    `account_name`: how the account calls itself, so that the supervisor can tell whether it is them. Raises
    Invalid as preview_invitation does; then nothing was stored, and the transaction may go on.
    """
    invitation, person, former = await _open(session, token, user_id, now=now)
    async with session.begin_nested():
        used = await session.execute(
            update(Invitation)
            .where(
                Invitation.id == invitation.id,
                Invitation.used_at.is_(None),
                Invitation.revoked_at.is_(None),
                Invitation.expires_at > now,
            )
            .values(used_at=now, used_by=user_id)
            .returning(Invitation.id)
            .execution_options(synchronize_session=False)
        )
        if used.scalar_one_or_none() is None:  # somebody was faster
            raise Invalid("token", "invitation_used")
        if former is not None:
            await _unlink(session, former)
        linked = await session.execute(
            insert_into(session, Account)
            .values(user_id=user_id, person_id=person.id, chat_id=chat_id, joined_at=now)
            .on_conflict_do_nothing()
            .returning(Account.user_id)
        )
        if linked.scalar_one_or_none() is None:  # the account or the person joined by another link meanwhile
            raise await _taken(session, user_id)
    await revoke_unused(session, [person.id], now=now)
    audit.record(
        session,
        "account_moved" if former is not None else "joined",
        actor_id=person.id,
        subject="person",
        subject_id=person.id,
        now=now,
        detail=f"invitation {invitation.id}",
    )
    payload = {"person_id": person.id, "invitation_id": invitation.id, "account": account_name[:100]}
    payload["moved"] = former is not None
    for reader in await _told(session, person):
        key = f"person_joined:{invitation.id}:{reader}"
        await enqueue(session, "person_joined", to=reader, now=now, payload=payload, key=key)
    await session.flush()
    await tell_after_all(session, person.id, "person_joined", now=now)
    await plan_person(session, person.id, now=now)
    if former is not None:
        await _tell_former(session, person, former.chat_id, invitation_id=invitation.id, now=now)
    roles = frozenset(await session.scalars(select(Role.role).where(Role.person_id == person.id)))
    return Joined(person.id, person.name, roles, former is not None)


async def note_refusal(session: AsyncSession, token: str, user_id: int, *, code: str, now: datetime) -> None:
    """Records that a link was refused to an account. For links that exist: guesses are not recorded."""
    hashed = token_hash(token)
    found = (
        await session.scalar(select(Invitation).where(Invitation.token_hash == hashed)) if hashed else None
    )
    if found is None or code == "already_joined":
        return
    audit.record(
        session,
        "join_refused",
        actor_id=None,
        subject="invitation",
        subject_id=found.id,
        now=now,
        detail=f"{code} account {user_id}",
    )


async def undo_join(
    session: AsyncSession, actor: Actor, person_id: int, *, now: datetime, invitation_id: int | None = None
) -> Disowned:
    """«Bukan dia»: parts the account from the person again and tells the administrators.

    What the account wrote in their name goes with it, unless it was decided.

    Only their supervisor or an administrator, never themselves: else NotAllowed. `invitation_id`: the joining
    that was shown; Outdated when there has been another since, or when it is undone already.
    """
    person = await session.get(Person, person_id)
    if person is None:
        raise NotFound
    may = person.supervisor_id == actor.person_id or RoleName.ADMIN in actor.roles
    if not may or person_id == actor.person_id:
        raise NotAllowed
    statement = select(Account).where(Account.person_id == person_id).with_for_update()
    account = await session.scalar(statement)
    if account is None:
        raise Outdated("join_undone_already")
    if invitation_id is not None:
        used_by = select(Invitation.id).where(
            Invitation.person_id == person_id, Invitation.used_by == account.user_id
        )
        latest = await session.scalar(used_by.order_by(Invitation.used_at.desc(), Invitation.id.desc()))
        if latest != invitation_id:
            raise Outdated("joined_anew")
    user_id, chat_id, joined_at = account.user_id, account.chat_id, account.joined_at
    await _unlink(session, account)
    await revoke_unused(session, [person_id], now=now)
    audit.record(
        session,
        "join_undone",
        actor_id=actor.person_id,
        subject="person",
        subject_id=person_id,
        now=now,
        detail=f"account {user_id}",
    )
    fresh = now - joined_at <= DISOWNING
    since = joined_at if fresh else now  # a late press on an old notice takes nobody's work away
    found = await disown(session, person, chat_id=chat_id, since=since, by=actor.person_id, now=now)
    payload = {"person_id": person_id, "by": actor.person_id}
    for admin in await _admins(session):
        if admin not in (actor.person_id, person_id):
            key = f"join_undone:{person_id}:{joined_at.isoformat()}:{admin}"
            await enqueue(session, "join_undone", to=admin, now=now, payload=payload, key=key)
    await session.flush()
    await plan_person(session, person_id, now=now)
    return found


async def _open(
    session: AsyncSession, token: str, user_id: int, *, now: datetime
) -> tuple[Invitation, Person, Account | None]:
    """The invitation if this account may use it, its person, and the account they have so far."""
    hashed = token_hash(token)
    invitation = (
        await session.scalar(select(Invitation).where(Invitation.token_hash == hashed)) if hashed else None
    )
    person = await session.get(Person, invitation.person_id) if invitation is not None else None
    if invitation is None or person is None or not person.active:
        raise Invalid("token", "invitation_unknown")
    own = await session.get(Account, user_id)
    if own is not None and own.person_id == person.id:
        raise Invalid("token", "already_joined")
    if invitation.used_at is not None:
        raise Invalid("token", "invitation_used")
    if invitation.revoked_at is not None:
        raise Invalid("token", "invitation_revoked")
    if invitation.expires_at <= now:
        raise Invalid("token", "invitation_expired")
    if own is not None:
        raise await _taken(session, user_id)
    account = await session.scalar(select(Account).where(Account.person_id == person.id))
    if account is not None and invitation.created_at <= account.joined_at:
        raise Invalid("token", "person_already_joined")
    return invitation, person, account


async def _taken(session: AsyncSession, user_id: int) -> Invalid:
    """Why this account cannot join: it is somebody already, who is told their own name and no other."""
    statement = select(Person.name).join(Account, Account.person_id == Person.id)
    mine = or_(Account.user_id == user_id, Account.chat_id == user_id)  # a private chat has the user's id
    name = await session.scalar(statement.where(mine))
    return Invalid("token", "account_taken", name=name) if name else Invalid("token", "person_already_joined")


async def _unlink(session: AsyncSession, account: Account) -> None:
    """Removes an account with what stood open in its chat: nobody may inherit a question."""
    await session.execute(
        update(DialogueRow)
        .where(DialogueRow.chat_id == account.chat_id)
        .values(step=None, data={}, expires_at=None)
        .execution_options(synchronize_session="fetch")
    )
    await session.execute(delete(Card).where(Card.chat_id == account.chat_id))
    await session.delete(account)
    await session.flush()


async def _tell_former(
    session: AsyncSession, person: Person, chat_id: int, *, invitation_id: int, now: datetime
) -> None:
    """The chat that was the person's hears that it is no longer, so that they can ask if it was not them."""
    payload = {FORMER_CHAT: chat_id}
    key = f"account_moved:{invitation_id}"
    await enqueue(session, "account_moved", to=person.id, now=now, payload=payload, key=key)


async def _told(session: AsyncSession, person: Person) -> list[int]:
    """Who is told that somebody joined: the supervisor, or without one the administrators."""
    if person.supervisor_id is not None:
        return [person.supervisor_id]
    return [admin for admin in await _admins(session) if admin != person.id]


async def _admins(session: AsyncSession) -> list[int]:
    statement = (
        select(Person.id)
        .join(Role, Role.person_id == Person.id)
        .where(Person.active, Role.role == RoleName.ADMIN)
        .order_by(Person.id)
    )
    return list(await session.scalars(statement))
