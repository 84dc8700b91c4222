"""The record of who did what. Ids and codes only, never typed text."""

from datetime import datetime

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
