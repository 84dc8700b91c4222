"""Where living messages stand in a chat."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Card
from models.engine import insert_into


async def standing(session: AsyncSession, chat_id: int, kind: str, subject_id: int) -> int | None:
    """The message id of a card in a chat."""
    return await session.scalar(
        select(Card.message_id).where(
            Card.chat_id == chat_id, Card.kind == kind, Card.subject_id == subject_id
        )
    )


async def shown_at(session: AsyncSession, chat_id: int, kind: str, subject_id: int) -> datetime | None:
    """Since when a message shows this card."""
    return await session.scalar(
        select(Card.shown_at).where(Card.chat_id == chat_id, Card.kind == kind, Card.subject_id == subject_id)
    )


async def stood(session: AsyncSession, chat_id: int, message_id: int) -> tuple[str, int] | None:
    """Which card a message shows."""
    row = (
        await session.execute(
            select(Card.kind, Card.subject_id).where(Card.chat_id == chat_id, Card.message_id == message_id)
        )
    ).first()
    return (row[0], row[1]) if row else None


async def place(
    session: AsyncSession, chat_id: int, kind: str, subject_id: int, *, message_id: int, now: datetime
) -> None:
    """Notes that a message now shows this card and no other."""
    await session.execute(delete(Card).where(Card.chat_id == chat_id, Card.message_id == message_id))
    values = {"message_id": message_id, "shown_at": now}
    await session.execute(
        insert_into(session, Card)
        .values(chat_id=chat_id, kind=kind, subject_id=subject_id, **values)
        .on_conflict_do_update(index_elements=["chat_id", "kind", "subject_id"], set_=values)
    )


async def forget(session: AsyncSession, chat_id: int, message_id: int) -> None:
    """The message shows no card any more."""
    await session.execute(delete(Card).where(Card.chat_id == chat_id, Card.message_id == message_id))
