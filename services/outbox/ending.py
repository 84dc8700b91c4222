"""What becomes of a row that was claimed.

An ending is its claim's: one that comes late, or twice, changes nothing for whoever claimed the row since.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Lane, OutboxMessage, OutboxState
from models.engine import is_sqlite
from services.outbox.claiming import LANES, Claimed

RETRY_AFTER = (
    timedelta(seconds=2),
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    *[timedelta(minutes=15)] * 24,
    *[timedelta(hours=1)] * 18,
)
"""Pauses after failures that surely did not send; past the last one the row fails."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A row that was sent: its first message; None when there was nothing left to tell."""

    row: Claimed
    message_id: int | None


async def finish_sent(session: AsyncSession, sent: Sequence[Sent], *, now: datetime) -> None:
    """Records many rows as sent with one round trip, past the ORM."""
    if not sent:
        return
    connection = await session.connection()
    given = [
        {
            "row": one.row.id,
            "try": one.row.attempts,
            "since": one.row.claimed_at,
            "message": one.message_id,
            "at": now,
        }
        for one in sent
    ]
    await connection.execute(_SENT, given)


def _still(row: Claimed) -> tuple[ColumnElement[bool], ...]:
    """It is in hand by this claim."""
    return (
        OutboxMessage.id == row.id,
        OutboxMessage.state == OutboxState.SENDING,
        OutboxMessage.attempts == row.attempts,
        OutboxMessage.claimed_at == row.claimed_at,
    )


_SENT = (
    update(OutboxMessage)
    .where(
        OutboxMessage.id == bindparam("row"),
        OutboxMessage.state == OutboxState.SENDING,
        OutboxMessage.attempts == bindparam("try"),
        OutboxMessage.claimed_at == bindparam("since"),
    )
    .values(state=OutboxState.SENT, finished_at=bindparam("at"), message_id=bindparam("message"), error=None)
)


async def finish(
    session: AsyncSession,
    claimed: Claimed,
    state: OutboxState,
    *,
    now: datetime,
    telegram_message_id: int | None = None,
    error: str | None = None,
) -> None:
    """Records the end of a claimed row."""
    await session.execute(
        update(OutboxMessage)
        .where(*_still(claimed))
        .values(state=state, finished_at=now, message_id=telegram_message_id, error=error)
    )


async def put_back(
    session: AsyncSession, claimed: Claimed, *, now: datetime, wait: timedelta | None = None, error: str
) -> None:
    """Returns a row that surely was not sent; fails it after the last pause.

    `wait`: the server's own; it uses up no attempt. That it holds for everybody is the pace's matter.
    """
    if wait is None and claimed.attempts > len(RETRY_AFTER):
        await finish(session, claimed, OutboxState.FAILED, now=now, error=error)
        return
    pause = wait if wait is not None else RETRY_AFTER[claimed.attempts - 1]
    await session.execute(
        update(OutboxMessage)
        .where(*_still(claimed))
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
        .where(*_still(claimed))
        .values(
            state=OutboxState.WAITING,
            not_before=until,
            error=None,
            attempts=OutboxMessage.attempts - 1,
        )
    )


async def recover(
    session: AsyncSession,
    *,
    now: datetime,
    older_than: timedelta | None = None,
    in_hand: Collection[int] = (),
    lanes: Collection[Lane] = LANES,
    paced: bool = False,
) -> int:
    """What was in flight when its process died is `uncertain`. Gives how many.

    `older_than`: where other processes share the outbox, only what no living one can still be sending. A
    claim of so far in the future was made before the clock was set back. None: all of them.
    `in_hand`: rows the asking process is sending itself. `paced`: as they were claimed, by the database's own
    clock where it has one.
    """
    at: Any = func.clock_timestamp() if paced and not is_sqlite(session) else now
    found = await session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.state == OutboxState.SENDING,
            OutboxMessage.lane.in_(lanes),
            *_dead(at, older_than),
            OutboxMessage.id.not_in(in_hand),
        )
        .values(state=OutboxState.UNCERTAIN, finished_at=now, error="the process ended while sending")
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return len(found.all())


def _dead(now: Any, older_than: timedelta | None) -> tuple[ColumnElement[bool], ...]:
    if older_than is None:
        return ()
    claimed = OutboxMessage.claimed_at
    return (or_(claimed <= now - older_than, claimed > now + older_than),)
