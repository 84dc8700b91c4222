"""Messages to people who are not the ones acting, and to linked groups.

waiting ──claim──▶ sending ──▶ sent
   ▲                 │  ├────▶ failed      refused for good (blocked, gone, malformed)
   └── not now (429) ┘  └────▶ uncertain   no answer: it may have arrived, so it is never blindly repeated

Invariants:
1. A row is written in the transaction of its cause; nothing is sent inside one.
2. One claim, one sender: `WITH due AS (SELECT … FOR UPDATE SKIP LOCKED) UPDATE … RETURNING`.
3. A row leaves `sending` only to a final state or, when surely not sent, back to `waiting`.
4. The same `key` is written once, whoever tries.
5. A row whose process died while `sending` is `uncertain`: found at start-up, or by its age.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account, Group, Lane, OutboxMessage, OutboxState, Person, Unit
from models.engine import insert_into

RETRY_AFTER = (
    timedelta(seconds=2),
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    *[timedelta(minutes=15)] * 24,
    *[timedelta(hours=1)] * 18,
)
"""Pauses after failures that surely did not send; past the last one the row fails."""


ROUND = frozenset(
    {"prompted", "reminded", "lock_warned", "plan_asked", "briefed", "nudged", "calendar_warned"}
)
DRAWN = frozenset({"week_summed", "team_summed", "unit_summed"})


def lane_of(kind: str) -> Lane:
    """What the clock tells many waits for what one person's act tells another."""
    return Lane.DRAWN if kind in DRAWN else Lane.ROUND if kind in ROUND else Lane.TOLD


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """A linked group, or one topic of it, as a notice goes there. `linked` False: it was let go meanwhile."""

    group_id: int
    thread_id: int | None
    title: str
    unit_id: int
    unit: str
    language: str
    zone: str
    linked: bool = True


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row in hand, with where and in which language it goes: to a person, or to a linked group.

    `chat_id` None: a person who never joined. `group`: set for a group's row alone, and then nobody is named.
    `former`: it goes to a chat that was the person's and is no longer; nobody is there now (no `user_id`).
    """

    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int
    person_id: int | None
    chat_id: int | None
    user_id: int | None
    language: str
    zone: str
    name: str
    group: GroupFacts | None = None
    stale_at: datetime | None = None
    former: bool = False


FORMER_CHAT = "former_chat"
"""In a payload: the chat a row about a person goes to, instead of the one of their account."""


async def enqueue(
    session: AsyncSession,
    kind: str,
    *,
    now: datetime,
    to: int | None = None,
    group: int | None = None,
    payload: dict[str, Any] | None = None,
    key: str | None = None,
    not_before: datetime | None = None,
    stale_at: datetime | None = None,
) -> bool:
    """Writes one message for person `to` or for a linked `group`; False when `key` was written before.

    `stale_at`: from then on it comes too late (see `services/rounds/lateness.py`).
    Raises ValueError unless exactly one of the two is named.
    """
    if (to is None) == (group is None):
        raise ValueError("a message goes to a person or to a group")
    statement = (
        insert_into(session, OutboxMessage)
        .values(
            person_id=to,
            group_id=group,
            kind=kind,
            payload=payload or {},
            key=key,
            state=OutboxState.WAITING,
            lane=lane_of(kind),
            created_at=now,
            not_before=not_before or now,
            stale_at=stale_at,
            attempts=0,
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(OutboxMessage.id)
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None


@dataclass(frozen=True, slots=True)
class Letter:
    """One of many messages, to a person or to a linked group: exactly one of the two. Else as `enqueue`."""

    kind: str
    to: int | None = None
    group: int | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    stale_at: datetime | None = None


async def enqueue_many(session: AsyncSession, letters: Sequence[Letter], *, now: datetime) -> None:
    """Writes many messages in one statement, past the ORM; a key that was written before is passed over.

    Raises ValueError unless each names a person or a group.
    """
    if any((one.to is None) == (one.group is None) for one in letters):
        raise ValueError("a message goes to a person or to a group")
    if not letters:
        return
    connection = await session.connection()
    await connection.execute(
        insert_into(session, OutboxMessage).on_conflict_do_nothing(index_elements=["key"]),
        [
            {
                "person_id": one.to,
                "group_id": one.group,
                "kind": one.kind,
                "payload": dict(one.payload),
                "key": one.key,
                "state": OutboxState.WAITING,
                "lane": lane_of(one.kind),
                "created_at": now,
                "not_before": now,
                "stale_at": one.stale_at,
                "attempts": 0,
            }
            for one in letters
        ],
    )


async def enqueue_unless_waiting(
    session: AsyncSession,
    kind: str,
    *,
    to: int,
    now: datetime,
    payload: dict[str, Any] | None = None,
    about: str | None = None,
    not_before: datetime | None = None,
) -> None:
    """Writes one message, or lets the one of its kind that still waits speak for this too.

    `about`: a key of the payload; only a message with the same value there speaks for this one. A row found
    waiting is locked until this transaction ends, so that it is sent after what it tells of; one that a
    delivery is claiming at this moment is passed over, since it may be read before that.
    """
    payload = payload or {}
    waiting = await session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.person_id == to,
            OutboxMessage.kind == kind,
            OutboxMessage.state == OutboxState.WAITING,
        )
        .order_by(OutboxMessage.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    for message in waiting:
        if about is None or message.payload.get(about) == payload[about]:
            message.payload = payload
            message.not_before = not_before or message.not_before
            return
    await enqueue(session, kind, to=to, now=now, payload=payload, not_before=not_before)


async def anything_due(session: AsyncSession, *, now: datetime) -> bool:
    """Whether a row is due: asked without the lock of a writer."""
    due = select(OutboxMessage.id).where(
        OutboxMessage.state == OutboxState.WAITING, OutboxMessage.not_before <= now
    )
    return await session.scalar(due.limit(1)) is not None


async def claim(session: AsyncSession, *, now: datetime, limit: int = 20) -> Sequence[Claimed]:
    """Takes up to `limit` due rows, oldest first; at most one a person or group: nothing overtakes there.

    One that was put off for a later hour lets others pass; one that was tried and is tried again does not.
    """
    in_line = or_(
        OutboxMessage.state == OutboxState.SENDING,
        and_(
            OutboxMessage.state == OutboxState.WAITING,
            or_(OutboxMessage.not_before <= now, OutboxMessage.error.is_not(None)),
        ),
    )
    earliest = (
        select(func.min(OutboxMessage.id))
        .where(in_line)
        .group_by(OutboxMessage.person_id, OutboxMessage.group_id)
    )
    due = (
        select(OutboxMessage.id)
        .where(
            OutboxMessage.state == OutboxState.WAITING,
            OutboxMessage.not_before <= now,
            OutboxMessage.id.in_(earliest),
        )
        .order_by(OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")  # as a plain subquery PostgreSQL may run it once a row, and the limit means nothing
    )
    ids = (
        await session.scalars(
            update(OutboxMessage)
            .where(OutboxMessage.id.in_(select(due.c.id)), OutboxMessage.state == OutboxState.WAITING)
            .values(state=OutboxState.SENDING, claimed_at=now, attempts=OutboxMessage.attempts + 1)
            .returning(OutboxMessage.id)
            .execution_options(synchronize_session=False)
        )
    ).all()
    if not ids:
        return []
    rows = await session.execute(
        select(OutboxMessage, Person, Account, Group, Unit.name)
        .outerjoin(Person, Person.id == OutboxMessage.person_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .outerjoin(Group, Group.id == OutboxMessage.group_id)
        .outerjoin(Unit, Unit.id == Group.unit_id)
        .where(OutboxMessage.id.in_(ids))
        .order_by(OutboxMessage.id)
    )
    return [_claimed(*row) for row in rows]


def _claimed(
    message: OutboxMessage,
    person: Person | None,
    account: Account | None,
    group: Group | None,
    unit: str | None,
) -> Claimed:
    facts = None
    if group is not None:
        facts = GroupFacts(
            group_id=group.id,
            thread_id=group.thread_id,
            title=group.title,
            unit_id=group.unit_id,
            unit=unit or "",
            language=group.language,
            zone=group.zone,
            linked=group.unlinked_at is None,
        )
    receiver = group or person
    assert receiver is not None, "a row's person or group is deleted with it"
    where = group or account
    former = message.payload.get(FORMER_CHAT)
    chat_id = former if former is not None else where.chat_id if where else None
    return Claimed(
        id=message.id,
        kind=message.kind,
        payload=message.payload,
        attempts=message.attempts,
        person_id=message.person_id,
        chat_id=chat_id,
        user_id=account.user_id if account and former is None else None,
        language=receiver.language,
        zone=receiver.zone,
        name=person.name if person else "",
        group=facts,
        stale_at=message.stale_at,
        former=former is not None,
    )


async def finish(
    session: AsyncSession,
    message_id: int,
    state: OutboxState,
    *,
    now: datetime,
    telegram_message_id: int | None = None,
    error: str | None = None,
) -> None:
    """Records the end of a claimed row."""
    await session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id, OutboxMessage.state == OutboxState.SENDING)
        .values(state=state, finished_at=now, message_id=telegram_message_id, error=error)
    )


async def put_back(
    session: AsyncSession, claimed: Claimed, *, now: datetime, wait: timedelta | None = None, error: str
) -> None:
    """Returns a row that surely was not sent; fails it after the last pause. `wait`: the server's own."""
    if wait is None and claimed.attempts > len(RETRY_AFTER):
        await finish(session, claimed.id, OutboxState.FAILED, now=now, error=error)
        return
    if wait is not None:
        await hold_back(session, until=now + wait)
    pause = wait if wait is not None else RETRY_AFTER[claimed.attempts - 1]
    await session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == claimed.id, OutboxMessage.state == OutboxState.SENDING)
        .values(
            state=OutboxState.WAITING,
            not_before=now + pause,
            error=error,
            attempts=OutboxMessage.attempts - (1 if wait is not None else 0),
        )
    )


async def put_off(session: AsyncSession, claimed: Claimed, *, until: datetime) -> None:
    """Returns a claimed row that was not tried, for a later hour; others pass it."""
    await session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == claimed.id, OutboxMessage.state == OutboxState.SENDING)
        .values(
            state=OutboxState.WAITING,
            not_before=until,
            error=None,
            attempts=OutboxMessage.attempts - 1,
        )
    )


async def hold_back(session: AsyncSession, *, until: datetime) -> None:
    """The server said «too many»: nothing that waits is due before `until`, in whichever process."""
    waiting = (
        select(OutboxMessage.id)
        .where(OutboxMessage.state == OutboxState.WAITING, OutboxMessage.not_before < until)
        .order_by(OutboxMessage.id)
        .with_for_update(skip_locked=True)
    )
    await session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(waiting))
        .values(not_before=until)
        .execution_options(synchronize_session=False)
    )


async def recover(
    session: AsyncSession,
    *,
    now: datetime,
    older_than: timedelta = timedelta(),
    in_hand: Collection[int] = (),
) -> int:
    """What was in flight when its process died is `uncertain`. Gives how many.

    `older_than`: where other processes share the outbox, only what no living one can still be sending.
    `in_hand`: rows the asking process is sending itself.
    """
    found = await session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.state == OutboxState.SENDING,
            OutboxMessage.claimed_at <= now - older_than,
            OutboxMessage.id.not_in(in_hand),
        )
        .values(state=OutboxState.UNCERTAIN, finished_at=now, error="the process ended while sending")
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return len(found.all())
