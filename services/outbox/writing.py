"""Writing to the outbox: in the transaction of what is told, and nothing is sent there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from models import Lane, OutboxMessage, OutboxState
from models.engine import insert_into, is_sqlite, tells_somebody
from services.people.identity import flushed

FORMER_CHAT = "former_chat"
"""In a payload: the chat a row about a person goes to, instead of the one of their account."""
ROUND = frozenset(
    {"prompted", "reminded", "lock_warned", "plan_asked", "briefed", "nudged", "calendar_warned"}
)
_WRITTEN = (
    "person_id",
    "group_id",
    "kind",
    "payload",
    "key",
    "state",
    "lane",
    "created_at",
    "not_before",
    "stale_at",
    "attempts",
)
_TABLE: Any = OutboxMessage.__table__
DRAWN = frozenset({"week_summed", "team_summed", "unit_summed"})


def lane_of(kind: str) -> Lane:
    """What the clock tells many waits for what one person's act tells another."""
    return Lane.DRAWN if kind in DRAWN else Lane.ROUND if kind in ROUND else Lane.TOLD


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
    tells_somebody(session, lane_of(kind))
    given = {
        "person_id": to,
        "group_id": group,
        "kind": kind,
        "payload": payload or {},
        "key": key,
        "state": OutboxState.WAITING,
        "lane": lane_of(kind),
        "created_at": now,
        "not_before": not_before or now,
        "stale_at": stale_at,
        "attempts": 0,
    }
    await flushed(session)
    found = await session.execute(_writing(is_sqlite(session)), given)
    return found.scalar_one_or_none() is not None


@cache
def _writing(sqlite: bool) -> Any:
    """Built once: building a statement costs more than running it."""
    insert = sqlite_insert(_TABLE) if sqlite else postgresql_insert(_TABLE)
    return (
        insert.values({name: bindparam(name) for name in _WRITTEN})
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(_TABLE.c.id)
    )


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
    tells_somebody(session, *{lane_of(one.kind) for one in letters})
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
    delivery is claiming at this moment is passed over, since it may be read before that. One that was tried
    already is not tried again sooner for it.
    """
    payload = payload or {}
    await flushed(session)
    for message in (await session.execute(_WAITING, {"person": to, "of_kind": kind})).all():
        if about is None or message.payload.get(about) == payload[about]:
            at = not_before or message.not_before
            if message.attempts:
                at = max(at, message.not_before)
            await session.execute(_AGAIN, {"message": message.id, "says": payload, "at": at})
            tells_somebody(session, lane_of(kind))
            return
    await enqueue(session, kind, to=to, now=now, payload=payload, not_before=not_before)


_WAITING: Any = (
    select(*(_TABLE.c[name] for name in ("id", "payload", "not_before", "attempts")))
    .where(
        _TABLE.c.person_id == bindparam("person"),
        _TABLE.c.kind == bindparam("of_kind"),
        _TABLE.c.state == OutboxState.WAITING,
    )
    .order_by(_TABLE.c.id)
    .with_for_update(skip_locked=True)
)
_AGAIN: Any = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("message"))
    .values(payload=bindparam("says"), not_before=bindparam("at"))
)
NOT_JOINED = "not joined"
"""The error of a row whose person had no account when it was sent."""
MISSED_FOR = timedelta(days=30)


async def tell_after_all(session: AsyncSession, person_id: int, kind: str, *, now: datetime) -> None:
    """Puts what somebody missed before they joined, in the last 30 days, back in line."""
    tells_somebody(session, lane_of(kind))
    await session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.person_id == person_id,
            OutboxMessage.kind == kind,
            OutboxMessage.state == OutboxState.FAILED,
            OutboxMessage.error == NOT_JOINED,
            OutboxMessage.created_at > now - MISSED_FOR,
        )
        .values(state=OutboxState.WAITING, not_before=now, finished_at=None, error=None, attempts=0)
        .execution_options(synchronize_session=False)
    )
