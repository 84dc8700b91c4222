"""What the bot told somebody by itself, found again when they answer it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import OutboxMessage, OutboxState
from models.delivery import WORDS_GIVEN_BACK as WORDS_GIVEN_BACK
from services.dialogue import LAPSE


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that arrived: its outbox kind and payload."""

    kind: str
    payload: Mapping[str, Any]


async def last_told(session: AsyncSession, person_id: int, *, now: datetime) -> Told | None:
    """The last notice that reached a person, while it waits for an answer: 30 minutes, like any question."""
    row = (await session.execute(_LAST, {"person": person_id})).one_or_none()
    if row is None or row.finished_at is None or row.finished_at + LAPSE <= now:
        return None
    return Told(row.kind, row.payload)


_ROWS = OutboxMessage.__table__.c
_LAST: Any = (
    select(_ROWS.kind, _ROWS.payload, _ROWS.finished_at)
    .where(
        _ROWS.person_id == bindparam("person"),
        _ROWS.state == OutboxState.SENT,
        _ROWS.message_id.is_not(None),
        _ROWS.kind != WORDS_GIVEN_BACK,
    )
    .order_by(_ROWS.id.desc())
    .limit(1)
)


async def told_in(session: AsyncSession, person_id: int, message_id: int) -> Told | None:
    """The notice that stands in a message of the person's chat, however old."""
    row = (
        await session.execute(
            select(OutboxMessage.kind, OutboxMessage.payload)
            .where(OutboxMessage.person_id == person_id, OutboxMessage.message_id == message_id)
            .order_by(OutboxMessage.id.desc())
            .limit(1)
        )
    ).one_or_none()
    return Told(row.kind, row.payload) if row is not None else None
