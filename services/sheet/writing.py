"""Completes rows of one's own sheet. Nothing here touches an entry: it may be approved and locked.

But one thing: that an entry without an RHK serves none may be said late (`put_outside`).

What was written for a row after it was copied makes it «belum disalin» again.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import ActionStep, Day, Entry, LinkSource, SheetRow, Target
from models.engine import insert_into
from services.entries.days import NotTheirs, changed
from services.entries.days import own_entry as own_day_entry
from services.entries.views import is_linked
from services.errors import Invalid, NotFound, Outdated
from services.people.identity import Actor
from services.plans.standing import in_force, lineage_of
from services.plans.words import LONGEST_LINE, MOST_STEPS, SHORTEST
from services.reading.quantities import is_bare_quantity, read_quantity
from services.reading.times import read_times
from services.sheet.access import ensure_own
from services.sheet.rows import Gap, Sheet, SheetEntry, one_line, quarter_of
from services.sheet.steps import load_steps
from services.sheet.times import MIDNIGHT, clock_of, minute_of

SHEET_CARD = "sheet"
ONE, ACTIVITY = 1, "kegiatan"
"""«1 kegiatan»: what is done once."""
MOST = 1_000_000
AT_ONCE = 500
"""Rows one statement writes: SQLite takes 32,766 values."""


def mark_of(entries: Iterable[SheetEntry]) -> int:
    """Names what a button for many rows was shown over; short enough for a button."""
    said = repr([(one.entry_id, one.starts, one.ends, one.gaps, one.copied_at is None) for one in entries])
    return int.from_bytes(hashlib.blake2b(said.encode(), digest_size=6).digest())


def ensure_shown(sheet: Sheet, mark: int) -> None:
    """Raises Outdated when the rows are no longer those that were shown."""
    if mark_of(sheet.entries) != mark:
        raise Outdated(card=(SHEET_CARD, sheet.person_id))


async def accept_times(session: AsyncSession, actor: Actor, sheet: Sheet, *, mark: int) -> int:
    """Keeps every proposed time of a sheet just read; gives how many. Raises NotAllowed, Outdated."""
    ensure_own(actor, sheet.person_id)
    proposed = sheet.lacking(Gap.TIME)
    if not proposed:
        return 0
    ensure_shown(sheet, mark)
    await _write(
        session,
        {one.entry_id: {"starts": one.starts, "ends": one.ends} for one in proposed},
    )
    return len(proposed)


async def set_time(session: AsyncSession, actor: Actor, sheet: Sheet, entry_id: int, text: str) -> None:
    """The typed times of a row whose times are proposed: both, or a start and how long.

    Raises NotFound, NotAllowed, Invalid `sheet_time_unclear`.
    """
    ensure_own(actor, sheet.person_id)
    row = row_of(sheet, entry_id)
    starts, ends, minutes, _ = read_times(text)
    if starts is not None and ends is None and minutes:
        ends = clock_of(min(minute_of(starts) + minutes, MIDNIGHT))
    if starts is None or ends is None or starts >= ends:
        raise Invalid("time", "sheet_time_unclear")
    if row.proposed:
        await _write(session, {entry_id: {"starts": starts, "ends": ends}})


async def put_outside(session: AsyncSession, actor: Actor, entry_id: int) -> None:
    """«Di luar SKP» for an entry that has no RHK, decided or not. Raises NotFound, NotTheirs, Outdated."""
    day, entry = await own_day_entry(session, actor, entry_id)
    if is_linked(entry):
        raise Outdated(card=(SHEET_CARD, actor.person_id))
    entry.target_id, entry.outside_plan = None, True
    entry.link_source, entry.confident = LinkSource.CHOSEN, True
    await _write(session, {entry_id: {"step_id": None}})
    await changed(session, day)


async def set_amount(session: AsyncSession, actor: Actor, entry_id: int, text: str | None = None) -> None:
    """How much and of what, for the row of an entry that has neither; None: «1 kegiatan».

    The entry's own amount stands where it has one. Raises NotFound, NotTheirs, Invalid `quantity_unclear`,
    `quantity_alone` when there are other words, which have no place in a row.
    """
    entry = await own_entry(session, actor, entry_id)
    quantity, unit = ONE, ACTIVITY
    if text is not None:
        found = read_quantity(text)
        if found is None or not found[1] or not 0 <= found[0] <= MOST:
            raise Invalid("quantity", "quantity_unclear")
        if not is_bare_quantity(text):
            raise Invalid("quantity", "quantity_alone", quantity=found[0], unit=one_line(found[1])[:60])
        quantity, unit = found[0], one_line(found[1])[:60]
    if entry.quantity is not None and entry.unit:
        return
    quantity = entry.quantity if entry.quantity is not None else quantity
    await _write(session, {entry_id: {"quantity": quantity, "unit": unit}})


async def set_all_amounts(session: AsyncSession, actor: Actor, sheet: Sheet, *, mark: int) -> int:
    """«1 kegiatan» for every row without an amount; gives how many. Raises NotAllowed, Outdated."""
    ensure_own(actor, sheet.person_id)
    lacking = sheet.lacking(Gap.AMOUNT)
    if not lacking:
        return 0
    ensure_shown(sheet, mark)
    await _write(
        session,
        {
            one.entry_id: {
                "quantity": ONE if one.quantity is None else one.quantity,
                "unit": one.unit or ACTIVITY,
            }
            for one in lacking
        },
    )
    return len(lacking)


async def choose_step(session: AsyncSession, actor: Actor, sheet: Sheet, entry_id: int, step_id: int) -> int:
    """An action step for an entry and for all of its RHK and quarter on this sheet that have none.

    An entry without an RHK gets it alone. Gives how many rows it was. Raises NotFound, NotAllowed.
    """
    ensure_own(actor, sheet.person_id)
    asked = row_of(sheet, entry_id)
    steps = await load_steps(session, actor.person_id)
    step = steps.all.get(step_id)
    if step is None or not step.held or step.quarter != asked.quarter:
        raise NotFound("sheet_step_gone")
    if asked.outside or (asked.lineage is not None and step.lineage != asked.lineage):
        raise NotFound("sheet_step_gone")
    together = same_question(sheet, asked)
    await _write(session, {one.entry_id: {"step_id": step_id} for one in together})
    return len(together)


async def write_step(
    session: AsyncSession, actor: Actor, sheet: Sheet, entry_id: int, text: str | None, *, now: datetime
) -> int:
    """A new action step of the entry's RHK and quarter, taken for its rows; None: the RHK's own wording.

    Gives how many rows it was. Raises NotFound, NotAllowed, Invalid `step_short`, `step_long`, `steps_many`.
    """
    ensure_own(actor, sheet.person_id)
    asked = row_of(sheet, entry_id)
    if asked.lineage is None or asked.target_text is None:
        raise NotFound("sheet_no_target")
    said = one_line(asked.target_text)[:LONGEST_LINE] if text is None else one_line(text)
    if len(said) < SHORTEST:
        raise Invalid("step", "step_short")
    if len(said) > LONGEST_LINE:
        raise Invalid("step", "step_long", limit=LONGEST_LINE)
    target_id = await _standing_target(session, asked.lineage)
    step_id = await keep_step(session, target_id, quarter=asked.quarter, text=said, now=now)
    return await choose_step(session, actor, sheet, entry_id, step_id)


async def keep_step(session: AsyncSession, target_id: int, *, quarter: int, text: str, now: datetime) -> int:
    """One more action step of an RHK in a quarter; the same words again give the one there is.

    `services.plans.steps.add_step` plans what is ahead. A row is about what was done: its RHK may be retired
    since, and its year closed. Raises Invalid `steps_many`.
    """
    lineage = await session.scalar(select(lineage_of()).where(Target.id == target_id))
    rows = (
        await session.scalars(
            select(ActionStep)
            .join(Target, Target.id == ActionStep.target_id)
            .where(lineage_of() == lineage, ActionStep.quarter == quarter, ActionStep.retired_at.is_(None))
        )
    ).all()
    same = next((one for one in rows if one.text.casefold() == text.casefold()), None)
    if same is not None:
        return same.id
    if len(rows) >= MOST_STEPS:
        raise Invalid("step", "steps_many", limit=MOST_STEPS)
    step = ActionStep(
        target_id=target_id,
        quarter=quarter,
        position=1 + max((one.position for one in rows), default=-1),
        text=text,
        created_at=now,
    )
    session.add(step)
    await session.flush()
    return step.id


def row_of(sheet: Sheet, entry_id: int) -> SheetEntry:
    """One row. Raises NotFound."""
    found = next((one for one in sheet.entries if one.entry_id == entry_id), None)
    if found is None:
        raise NotFound("sheet_row_gone")
    return found


def same_question(sheet: Sheet, asked: SheetEntry) -> list[SheetEntry]:
    """The rows that one answer about the action step is for: those of its RHK and quarter without one."""
    if asked.lineage is None:
        return [asked]
    key = (asked.lineage, asked.work_date.year, asked.quarter)
    return [
        one
        for one in sheet.entries
        if one is asked
        or (one.step_id is None and (one.lineage, one.work_date.year, quarter_of(one.work_date)) == key)
    ]


async def _standing_target(session: AsyncSession, lineage: int) -> int:
    """The wording of an RHK that holds now, else its last one."""
    found = await session.scalar(
        select(Target.id)
        .where(lineage_of() == lineage, Target.pending.is_(False))
        .order_by(in_force().desc(), Target.id.desc())
        .limit(1)
    )
    if found is None:
        raise NotFound("target_gone")
    return found


async def own_entry(session: AsyncSession, actor: Actor, entry_id: int) -> Entry:
    """An entry of one's own, whatever its state. Raises NotFound, NotTheirs."""
    row = (
        await session.execute(
            select(Entry, Day.person_id).join(Day, Day.id == Entry.day_id).where(Entry.id == entry_id)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("entry_gone")
    if row[1] != actor.person_id:
        raise NotTheirs("entry_gone")
    return row[0]


async def _write(
    session: AsyncSession, rows: Mapping[int, Mapping[str, Any]], *, copied: bool = False
) -> None:
    """Writes some columns of rows, made if need be. `copied`: they hold the mark, else the mark goes."""
    entries = sorted(rows)
    for at in range(0, len(entries), AT_ONCE):
        some = [{"entry_id": one, **rows[one]} for one in entries[at : at + AT_ONCE]]
        insert = insert_into(session, SheetRow).values(some)
        names = [name for name in some[0] if name != "entry_id"]
        taken = {name: getattr(insert.excluded, name) for name in names}
        if not copied:
            taken["copied_at"] = None
        await session.execute(insert.on_conflict_do_update(index_elements=["entry_id"], set_=taken))


async def mark_copied(session: AsyncSession, rows: Collection[SheetEntry], *, now: datetime) -> None:
    """Marks rows as copied, with the step and the proposed times they showed. The first mark stays."""
    shown = sorted(
        (
            {
                "entry_id": one.entry_id,
                "step_id": one.step_id,
                "starts": one.starts if one.proposed else None,
                "ends": one.ends if one.proposed else None,
                "copied_at": now,
            }
            for one in rows
        ),
        key=itemgetter("entry_id"),
    )
    for at in range(0, len(shown), AT_ONCE):
        insert = insert_into(session, SheetRow).values(shown[at : at + AT_ONCE])
        taken = {
            name: func.coalesce(insert.excluded[name], getattr(SheetRow, name))
            for name in ("step_id", "starts", "ends")
        }
        taken["copied_at"] = func.coalesce(SheetRow.copied_at, insert.excluded.copied_at)
        await session.execute(insert.on_conflict_do_update(index_elements=["entry_id"], set_=taken))
