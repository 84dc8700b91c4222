"""The record of who did what. Ids and codes only, never typed text."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from models import AuditEvent


def record(
    session: AsyncSession,
    action: str,
    *,
    actor_id: int | None,
    subject: str,
    subject_id: int | None,
    now: datetime,
    detail: str | None = None,
) -> None:
    """Adds one event to the transaction in hand."""
    session.add(
        AuditEvent(
            at=now, actor_id=actor_id, action=action, subject=subject, subject_id=subject_id, detail=detail
        )
    )


async def record_many(
    session: AsyncSession,
    action: str,
    subject_ids: Sequence[int],
    *,
    actor_id: int | None,
    subject: str,
    now: datetime,
    detail: str | None = None,
) -> None:
    """Adds the same event of several subjects at once, in one statement."""
    common = {"at": now, "actor_id": actor_id, "action": action, "subject": subject, "detail": detail}
    if subject_ids:
        await session.execute(_EVENTS, [common | {"subject_id": one} for one in subject_ids])


_TABLE: Any = AuditEvent.__table__
_EVENTS: Any = insert(_TABLE)
