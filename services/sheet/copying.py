"""«Sudah disalin»: what was typed over into e-Kinerja, entry by entry, day by day, or after a file.

Whether a row was copied says nothing about its decision. A change of its entry takes the mark away
(`services/entries/marks.py`).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Entry, SheetRow
from services.entries.days import own_day, own_entry
from services.entries.marks import unmark
from services.errors import NotAllowed, NotFound, Outdated
from services.people.identity import Actor
from services.sheet.access import ensure_own
from services.sheet.loading import load_sheet
from services.sheet.periods import month_of
from services.sheet.rows import DONE, SENT, Sheet, SheetEntry
from services.sheet.writing import ensure_shown, mark_copied

LOOK_BACK = timedelta(days=366)
"""How long ago a day may lie that is still offered for copying."""


@dataclass(frozen=True, slots=True)
class CopyDay:
    """A day's rows to be copied. `before`, `after`: the nearest other days that have any."""

    work_date: date
    day_id: int
    revision: int
    entries: tuple[SheetEntry, ...]
    drafts: int
    before: date | None
    after: date | None

    @property
    def left(self) -> int:
        return sum(one.copied_at is None for one in self.entries)


@dataclass(frozen=True, slots=True)
class DayLeft:
    """A day with how much of it was not copied yet."""

    work_date: date
    left: int
    total: int


@dataclass(frozen=True, slots=True)
class MonthLeft:
    """What was not copied of a month; other months that have some left, the nearest first."""

    month: date
    days: tuple[DayLeft, ...]
    elsewhere: tuple[DayLeft, ...]
    approved: bool = True
    """Whether anything of this month was approved at all."""


async def load_copy_day(session: AsyncSession, actor: Actor, work_date: date, *, base: str | None) -> CopyDay:
    """What of a day one may copy: everything sent, approved or not. Raises NotAllowed."""
    ensure_reports(actor)
    sheet = await load_sheet(
        session, actor.person_id, first=work_date, last=work_date, everything=True, base=base
    )
    row = (
        await session.execute(
            select(Day.id, Day.revision).where(Day.person_id == actor.person_id, Day.work_date == work_date)
        )
    ).one_or_none()
    sent = (
        select(Day.work_date)
        .join(Entry, Entry.day_id == Day.id)
        .where(Day.person_id == actor.person_id, Entry.state.in_(SENT))
    )
    near = (
        await session.execute(
            select(
                sent.where(Day.work_date < work_date)
                .with_only_columns(func.max(Day.work_date))
                .scalar_subquery(),
                sent.where(Day.work_date > work_date)
                .with_only_columns(func.min(Day.work_date))
                .scalar_subquery(),
            )
        )
    ).one()
    by_time = sorted(sheet.entries, key=lambda one: (one.starts is None, one.starts, one.entry_id))
    day_id, revision = row if row is not None else (0, 0)
    return CopyDay(work_date, day_id, revision, tuple(by_time), sheet.drafts, near[0], near[1])


async def next_to_copy(session: AsyncSession, actor: Actor, *, today: date) -> date:
    """The day `/salin` begins with: the oldest with approved rows left, else the newest that was sent."""
    ensure_reports(actor)
    rows = await session.execute(
        select(Day.work_date, Entry.state, func.count(Entry.id) - func.count(SheetRow.copied_at))
        .join(Entry, Entry.day_id == Day.id)
        .outerjoin(SheetRow, SheetRow.entry_id == Entry.id)
        .where(
            Day.person_id == actor.person_id,
            Day.work_date.between(today - LOOK_BACK, today),
            Entry.state.in_(SENT),
        )
        .group_by(Day.work_date, Entry.state)
        .order_by(Day.work_date)
    )
    found = rows.all()
    ready = (day for day, state, left in found if state in DONE and left)
    return next(ready, found[-1][0] if found else today)


async def load_uncopied(session: AsyncSession, actor: Actor, month: date) -> MonthLeft:
    """The days of a month with how much of what was approved is not copied. One query for a year around."""
    ensure_reports(actor)
    period = month_of(month)
    rows = await session.execute(
        select(Day.work_date, func.count(Entry.id), func.count(SheetRow.copied_at))
        .join(Entry, Entry.day_id == Day.id)
        .outerjoin(SheetRow, SheetRow.entry_id == Entry.id)
        .where(
            Day.person_id == actor.person_id,
            Day.work_date.between(period.first - LOOK_BACK, period.last + LOOK_BACK),
            Entry.state.in_(DONE),
        )
        .group_by(Day.work_date)
        .order_by(Day.work_date)
    )
    found = [DayLeft(day, total - copied, total) for day, total, copied in rows]
    inside = [one for one in found if period.first <= one.work_date <= period.last]
    here = tuple(one for one in inside if one.left)
    months: dict[date, DayLeft] = {}
    for one in found:
        first = one.work_date.replace(day=1)
        if one.left and first != period.first:
            before = months.get(first, DayLeft(first, 0, 0))
            months[first] = DayLeft(first, before.left + one.left, before.total + one.total)
    near = sorted(months.values(), key=lambda one: abs((one.work_date - period.first).days))
    return MonthLeft(period.first, here, tuple(near), bool(inside))


def shown_mark(rows: Iterable[SheetEntry]) -> int:
    """Names what a card for copying showed, field by field; short enough for a button."""
    said = [
        (one.entry_id, one.step, one.starts, one.ends, one.activity, one.quantity, one.unit, one.evidence)
        for one in rows
    ]
    return int.from_bytes(hashlib.blake2b(repr(said).encode(), digest_size=6).digest())


async def mark_entry(
    session: AsyncSession, actor: Actor, entry_id: int, *, mark: int, base: str | None, now: datetime
) -> None:
    """Marks one sent entry of one's own as it was shown. Raises NotFound, NotTheirs, Outdated."""
    day, _ = await own_entry(session, actor, entry_id)
    found = await load_copy_day(session, actor, day.work_date, base=base)
    rows = [one for one in found.entries if one.entry_id == entry_id]
    if not rows:
        raise NotFound("sheet_row_gone")
    await _mark_shown(session, actor, rows, mark=mark, now=now)


async def unmark_entry(session: AsyncSession, actor: Actor, entry_id: int) -> None:
    """Takes the mark back. Raises NotFound, NotTheirs."""
    await own_entry(session, actor, entry_id)
    await unmark(session, [entry_id])


async def mark_day(
    session: AsyncSession, actor: Actor, day_id: int, *, mark: int, base: str | None, now: datetime
) -> int:
    """Marks what was sent of a day as it was shown; gives how many. Raises NotFound, NotTheirs, Outdated."""
    day = await own_day(session, actor, day_id)
    found = await load_copy_day(session, actor, day.work_date, base=base)
    await _mark_shown(session, actor, found.entries, mark=mark, now=now)
    return len(found.entries)


async def _mark_shown(
    session: AsyncSession, actor: Actor, rows: Sequence[SheetEntry], *, mark: int, now: datetime
) -> None:
    if shown_mark(rows) != mark:
        raise Outdated
    await mark_copied(session, rows, now=now)


async def mark_sheet(session: AsyncSession, actor: Actor, sheet: Sheet, *, mark: int, now: datetime) -> int:
    """Marks every row of a sheet just read; gives how many. Raises NotAllowed, Outdated."""
    ensure_own(actor, sheet.person_id)
    left = sheet.uncopied
    if not left:
        return 0
    ensure_shown(sheet, mark)
    await mark_copied(session, left, now=now)
    return len(left)


def next_place(day: CopyDay, entry_id: int) -> int:
    """Where to go on after an entry: to the next that is not copied, else to itself."""
    places = {one.entry_id: place for place, one in enumerate(day.entries)}
    here = places.get(entry_id, 0)
    if not day.entries or day.entries[here].copied_at is None:
        return here
    left = [place for place, one in enumerate(day.entries) if one.copied_at is None]
    return next((place for place in left if place > here), left[0] if left else here)


async def work_date_of(session: AsyncSession, entry_id: int) -> date:
    """The date of an entry. Raises NotFound."""
    found = await session.scalar(
        select(Day.work_date).join(Entry, Entry.day_id == Day.id).where(Entry.id == entry_id)
    )
    if found is None:
        raise NotFound("entry_gone")
    return found


async def date_of_day(session: AsyncSession, day_id: int) -> date:
    """The date of a day. Raises NotFound."""
    found = await session.scalar(select(Day.work_date).where(Day.id == day_id))
    if found is None:
        raise NotFound("day_gone")
    return found


def ensure_reports(actor: Actor) -> None:
    """Raises NotAllowed for somebody who reports nothing."""
    if not actor.reports:
        raise NotAllowed("sheet_not_asked")
