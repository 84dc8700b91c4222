"""Taking entries away so that they can be put back: «Urungkan».

What is taken away is kept in the chat's dialogue row, JSON-shaped, until the chat's next input: the entries
with their links and their rows of the e-Kinerja sheet, and the ids of what else was theirs (files, decisions,
feedback).
"""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Date, Enum, Time, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import TypeEngine

from models import (
    ActionStep,
    Base,
    Blocker,
    Day,
    Decision,
    Entry,
    Evidence,
    EvidenceKind,
    Feedback,
    PlanLine,
    SheetRow,
    State,
)
from models.base import Instant
from services.dialogue import Question, Step, lock
from services.entries.days import MOST_ENTRIES, changed, entries_of, own_day
from services.entries.sending import tell_queue
from services.errors import Invalid, Outdated
from services.people.identity import Actor
from services.plans.carrying import reopen_links

KEPT = "removed"
"""The name of what is kept, in the data of a question."""
NOTHING = "nothing"
"""The same of the reason of «Tidak ada kegiatan» that the last report replaced."""
THEIRS: Mapping[str, type[Evidence] | type[Decision] | type[Feedback] | type[Blocker] | type[PlanLine]] = {
    "files": Evidence,
    "decisions": Decision,
    "feedback": Feedback,
    "blockers": Blocker,
    "plan": PlanLine,
}
"""What stays when an entry goes, and forgets it (`ON DELETE SET NULL`)."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken off a day. `rows`: everything needed to put it back."""

    day_id: int
    count: int
    files: int
    rows: dict[str, Any]


async def remove_entries(session: AsyncSession, day: Day, entries: Sequence[Entry]) -> Removed:
    """Takes entries of a locked day away. Links are part of the text that goes; a file was sent apart."""
    ids = [one.id for one in entries]
    rows: dict[str, Any] = {"day": day.id, "entries": [_row(one) for one in entries]}
    if not entries:
        return Removed(day.id, 0, 0, rows)
    evidence = list(await session.scalars(select(Evidence).where(Evidence.entry_id.in_(ids))))
    links = [one for one in evidence if one.kind is EvidenceKind.LINK]
    rows["links"] = [_row(one) for one in links]
    sheet = list(await session.scalars(select(SheetRow).where(SheetRow.entry_id.in_(ids))))
    rows["sheet"] = [_row(one) for one in sheet]
    rows["files"] = [[one.id, one.entry_id] for one in evidence if one not in links]
    for name, table in THEIRS.items():
        if name in rows:
            continue
        found = await session.execute(select(table.id, table.entry_id).where(table.entry_id.in_(ids)))
        rows[name] = [list(pair) for pair in found]
    await session.execute(
        delete(Evidence)
        .where(Evidence.id.in_([one.id for one in links]))
        .execution_options(synchronize_session=False)
    )
    await session.flush()
    await session.execute(delete(Entry).where(Entry.id.in_(ids)).execution_options(synchronize_session=False))
    for gone in (*entries, *links, *sheet):
        session.expunge(gone)
    return Removed(day.id, len(entries), len(rows["files"]), rows)


def with_said(removed: Removed, said: Sequence[Blocker]) -> Removed:
    """The same with what was said to stand in the way and went too."""
    return replace(removed, rows={**removed.rows, "said": [_row(one) for one in said]})


async def remove_evidence(session: AsyncSession, day: Day, evidence: Evidence) -> Removed:
    """Takes one piece of evidence off a locked day."""
    rows = {"day": day.id, "entries": [], "links": [_row(evidence)]}
    await session.delete(evidence)
    return Removed(day.id, 0, 1, rows)


def remembering(question: Question | None, removed: Removed, *, now: datetime) -> Question | None:
    """The question that goes on, or a lapsed one, with what was just taken away."""
    if not (removed.rows["entries"] or removed.rows.get("links")):
        return question
    if question is not None and question.step is Step.OUTCOMES:
        return Question(Step.OUTCOMES, question.expires_at, {**question.data, KEPT: removed.rows})
    return Question(Step.OUTCOMES, now, {KEPT: removed.rows})


def remembering_nothing(question: Question | None, day_id: int, reason: str, *, now: datetime) -> Question:
    """The question that goes on, or a lapsed one, with what a report just replaced."""
    kept = {NOTHING: {"day": day_id, "reason": reason}}
    if question is not None and question.step is Step.OUTCOMES:
        return Question(Step.OUTCOMES, question.expires_at, {**question.data, **kept})
    return Question(Step.OUTCOMES, now, kept)


async def kept_nothing(session: AsyncSession, actor: Actor, day_id: int) -> str | None:
    """The reason that the chat's last report of this day replaced, unless something else came since."""
    kept = (await lock(session, actor.chat_id)).data.get(NOTHING)
    return str(kept["reason"]) if kept and kept["day"] == day_id else None


async def restore(
    session: AsyncSession, actor: Actor, day_id: int, *, question: Question | None, now: datetime
) -> Question | None:
    """Puts back what the chat's last input took off this day; gives the question without it.

    Raises Outdated when something else came since, Invalid `too_many_entries`.
    """
    day = await own_day(session, actor, day_id)
    kept = (await lock(session, actor.chat_id)).data.get(KEPT)
    if not kept or kept["day"] != day_id:
        raise Outdated(card=("day", day_id))
    count = await session.scalar(select(func.count()).select_from(Entry).where(Entry.day_id == day.id))
    if (count or 0) + len(kept["entries"]) > MOST_ENTRIES:
        raise Invalid("entries", "too_many_entries", limit=MOST_ENTRIES)
    ids = await _insert(session, Entry, kept["entries"])
    await _insert(session, Evidence, _of(ids, kept.get("links", [])))
    await _insert_sheet(session, _of(ids, kept.get("sheet", [])))
    said = _of(ids, kept.get("said", []))
    await _insert(session, Blocker, said)
    if said and actor.supervisor_id is not None:
        await tell_queue(session, actor.supervisor_id, now=now)
    for name, table in THEIRS.items():
        for row_id, entry_id in kept.get(name, []):
            await session.execute(
                update(table)
                .where(table.id == row_id, table.entry_id.is_(None))
                .values(entry_id=ids.get(entry_id, entry_id))
            )
    back = set(ids.values())
    entries = sorted(await entries_of(session, day), key=lambda one: (one.position, one.id not in back))
    for position, entry in enumerate(entries):
        entry.position = position
    await reopen_links(session, day, [one for one in entries if one.id in back and one.state is State.DRAFT])
    await changed(session, day)
    if question is None:
        return None
    data = {name: value for name, value in question.data.items() if name != KEPT}
    return Question(question.step, question.expires_at, data)


def _of(ids: Mapping[int, int], rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Kept rows under the entries as they are numbered now."""
    return [{**row, "entry_id": ids.get(row["entry_id"], row["entry_id"])} for row in rows]


async def _insert_sheet(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes kept rows of the sheet, without a step that is gone."""
    steps = [row["step_id"] for row in rows if row["step_id"] is not None]
    there = set(await session.scalars(select(ActionStep.id).where(ActionStep.id.in_(steps))))
    for row in rows:
        step_id = row["step_id"] if row["step_id"] in there else None
        session.add(SheetRow(**{**_values(SheetRow, row), "step_id": step_id}))
    await session.flush()


async def _insert(
    session: AsyncSession,
    table: type[Entry] | type[Evidence] | type[Blocker],
    rows: Sequence[Mapping[str, Any]],
) -> dict[int, int]:
    """Writes kept rows, under their old ids where those are free: old id → id."""
    wanted = [row["id"] for row in rows]
    taken = set(await session.scalars(select(table.id).where(table.id.in_(wanted))))
    ids = {}
    for row in rows:
        one = table(**_values(table, row))
        if row["id"] in taken:
            one.id = None  # type: ignore[assignment]  # taken: the database gives another
        session.add(one)
        await session.flush()
        ids[row["id"]] = one.id
    return ids


def _row(one: Base) -> dict[str, Any]:
    """A row as JSON."""
    return {column.key: _plain(getattr(one, column.key)) for column in type(one).__table__.columns}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value.value if isinstance(value, enum.Enum) else value


def _values(table: type[Base], row: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a row that was kept as JSON."""
    columns = table.__table__.columns
    return {name: _typed(columns[name].type, value) for name, value in row.items()}


def _typed(column: TypeEngine[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column, Instant):
        return datetime.fromisoformat(value)
    if isinstance(column, Date):
        return date.fromisoformat(value)
    if isinstance(column, Time):
        return time.fromisoformat(value)
    return column.enum_class(value) if isinstance(column, Enum) and column.enum_class else value
