"""Which updates took effect, so that a redelivered one does nothing twice; and those we failed on."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from models import FailedUpdate, SeenUpdate
from models.engine import insert_into

KEPT = timedelta(hours=48)
"""Telegram redelivers for 24 hours; ids restart at random, so nothing is inferred from their order."""


async def remember(session: AsyncSession, bot_id: int, update_id: int, *, now: datetime) -> bool:
    """Notes the update in the transaction of its effect; False when it was noted before."""
    statement = (
        insert_into(session, SeenUpdate)
        .values(bot_id=bot_id, update_id=update_id, seen_at=now)
        .on_conflict_do_nothing()
        .returning(SeenUpdate.update_id)
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def ended_on(
    session: AsyncSession, bot_id: int, update_id: int, *, card: tuple[str, int] | None
) -> None:
    """Notes the card an update ended on."""
    row = await session.get(SeenUpdate, (bot_id, update_id))
    if row is not None and card is not None:
        row.card_kind, row.card_id = card


async def card_of(session: AsyncSession, bot_id: int, update_id: int) -> tuple[str, int] | None:
    """The card a seen update ended on."""
    row = await session.get(SeenUpdate, (bot_id, update_id))
    return (row.card_kind, row.card_id) if row and row.card_kind and row.card_id is not None else None


async def keep_failed(session: AsyncSession, body: dict[str, Any], *, error: str, now: datetime) -> str:
    """Keeps an update for replay; gives the short reference that the person sees too."""
    reference = secrets.token_hex(4).upper()
    session.add(FailedUpdate(reference=reference, at=now, error=error, body=body))
    return reference


async def prune(session: AsyncSession, *, now: datetime) -> None:
    """Forgets updates that cannot come again."""
    await session.execute(delete(SeenUpdate).where(SeenUpdate.seen_at < now - KEPT))
