"""«Sudah disalin» goes as soon as what was copied is no longer what the entry says.

Entries change in many services, and all of them through the session: what a flush is about to write is looked
at here, once, so that nobody can forget it.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Executable, event, inspect, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from models import Entry, Evidence, SheetRow

COPIED_FIELDS = (
    "activity",
    "outcome",
    "quantity",
    "unit",
    "starts",
    "ends",
    "minutes",
    "target_id",
    "outside_plan",
)
"""A change in one of these makes what was copied another."""

ADDRESS = ("sha256", "url", "file_name")
"""What the address of an evidence is made of."""


@event.listens_for(Session, "before_flush")
def unmark_changed(session: Session, context: Any, instances: Any) -> None:
    """Takes the mark from rows whose entry or evidence this flush changes; one statement, and only then."""
    changed: set[int | None] = set()
    for one in session.dirty:
        if isinstance(one, Entry) and _touched(one, COPIED_FIELDS):
            changed.add(one.id)
        elif isinstance(one, Evidence):
            changed.update(_moved(one))
    changed.update(one.entry_id for one in session.new if isinstance(one, Evidence))
    changed.update(one.entry_id for one in session.deleted if isinstance(one, Evidence))
    changed.discard(None)
    if changed:
        session.execute(_unmarking(one for one in changed if one is not None))


async def unmark(session: AsyncSession, entry_ids: Iterable[int]) -> None:
    """The same for what is written past the session, in one statement over many rows."""
    await session.execute(_unmarking(entry_ids))


def _unmarking(entry_ids: Iterable[int]) -> Executable:
    return (
        update(SheetRow)
        .where(SheetRow.entry_id.in_(sorted(entry_ids)), SheetRow.copied_at.is_not(None))
        .values(copied_at=None)
        .execution_options(synchronize_session=False)
    )


def _moved(evidence: Evidence) -> list[int | None]:
    """The entries it was taken from and given to, or whose address it changed."""
    attributes = inspect(evidence).attrs
    history = attributes.entry_id.history
    if history.has_changes():
        return [*history.deleted, *history.added]
    return [evidence.entry_id] if any(attributes[one].history.has_changes() for one in ADDRESS) else []


def _touched(entry: Entry, names: tuple[str, ...]) -> bool:
    attributes = inspect(entry).attrs
    return any(attributes[name].history.has_changes() for name in names)
