"""«Urungkan» on a sheet: its rows as they were before the chat's last press or text completed them.

What they were is kept in the chat's dialogue row until its next input, as what is taken off a day is
(`services/entries/restoring.py`).
"""

from collections.abc import Collection, Mapping
from datetime import datetime, time
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Entry, SheetRow
from models.engine import insert_into
from services.dialogue import Question, Step, lock
from services.entries.days import changed, own_entries
from services.errors import Outdated
from services.people.identity import Actor
from services.sheet.writing import AT_ONCE, SHEET_CARD

KEPT = "sheet"
"""The name of what is kept, in the data of a question."""
TIMES = ("starts", "ends")
INSTANT = "copied_at"
COLUMNS = ("step_id", *TIMES, "quantity", "unit", INSTANT)


async def remembering(
    session: AsyncSession,
    question: Question | None,
    entry_ids: Collection[int],
    *,
    unlinked: int | None = None,
    now: datetime,
) -> Question:
    """The question that goes on, or a lapsed one, with these rows as they are before they are written.

    `unlinked`: the entry that is about to be put outside the SKP.
    """
    rows = await session.scalars(
        select(SheetRow).where(SheetRow.entry_id.in_(entry_ids)).execution_options(populate_existing=True)
    )
    before: dict[str, Any] = {str(one): None for one in entry_ids}
    before |= {str(row.entry_id): [_plain(getattr(row, name)) for name in COLUMNS] for row in rows}
    kept = {KEPT: {"rows": before, "unlinked": unlinked}}
    if question is not None and question.step is Step.OUTCOMES:
        return Question(Step.OUTCOMES, question.expires_at, {**question.data, **kept})
    return Question(Step.OUTCOMES, now, kept)


async def undo(
    session: AsyncSession, actor: Actor, *, question: Question | None
) -> tuple[int, Question | None]:
    """Puts the rows back; gives how many, and the question without them.

    Raises Outdated when something else came since.
    """
    kept = (await lock(session, actor.chat_id)).data.get(KEPT)
    if not kept:
        raise Outdated(card=(SHEET_CARD, actor.person_id))
    before = {int(entry_id): row for entry_id, row in kept["rows"].items()}
    found = await own_entries(session, actor, list(before))
    there = sorted(entry.id for _, entry in found)
    await session.execute(delete(SheetRow).where(SheetRow.entry_id.in_(there)))
    rows = [{"entry_id": one, **_values(before[one])} for one in there if before[one] is not None]
    for at in range(0, len(rows), AT_ONCE):
        await session.execute(insert_into(session, SheetRow).values(rows[at : at + AT_ONCE]))
    for day, entry in found:
        if entry.id == kept["unlinked"]:
            _unlink(entry)
            await changed(session, day)
    if question is None:
        return len(there), None
    data = {name: value for name, value in question.data.items() if name != KEPT}
    return len(there), Question(question.step, question.expires_at, data)


def _unlink(entry: Entry) -> None:
    """It was without an RHK and not outside the SKP."""
    entry.link_source, entry.outside_plan, entry.confident = None, False, False


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | time) else value


def _values(row: list[Any]) -> Mapping[str, Any]:
    """The columns of a row that was kept as JSON."""
    found = dict(zip(COLUMNS, row, strict=True))
    found |= {name: time.fromisoformat(found[name]) for name in TIMES if found[name]}
    return found | {INSTANT: datetime.fromisoformat(found[INSTANT]) if found[INSTANT] else None}
