"""The owner answers «bukti kurang» straight into the entry."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.entries.days import editable_entry
from services.people.identity import Actor


async def activity_of(session: AsyncSession, actor: Actor, entry_id: int, *, now: datetime) -> str:
    """What an own entry that may be changed says. Raises NotFound, Invalid."""
    _, entry = await editable_entry(session, actor, entry_id, now=now)
    return entry.activity
