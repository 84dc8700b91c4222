"""Reads a person's sheet of a period; the same number of queries for a day and for a year."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Entry, Evidence, EvidenceKind, Pattern, Person, SheetRow, State
from models.engine import takes_long
from services.calendar.days_off import OfficeCalendar, load_calendar
from services.entries.views import is_linked
from services.errors import NotFound
from services.sheet.hints import lesson_minutes, part_of_day
from services.sheet.rows import (
    DONE,
    OUTSIDE_PLAN,
    SENT,
    Sheet,
    SheetEntry,
    address_of,
    fitted,
    fitted_links,
    quarter_of,
)
from services.sheet.steps import Steps, load_steps, order_of
from services.sheet.times import Hours, Proposal, Wish, clock_of, hours_of, minute_of, propose


@dataclass(frozen=True, slots=True)
class Found:
    """An entry as stored. `kept`: what its row has beyond it."""

    entry: Entry
    work_date: date
    kept: SheetRow | None


Files = Mapping[int, Sequence[Any]]
"""Entry → its evidence."""


@takes_long
async def load_sheet(
    session: AsyncSession,
    person_id: int,
    *,
    first: date,
    last: date,
    everything: bool = False,
    base: str | None = None,
) -> Sheet:
    """The rows of a period, in the order of the RHK, then by date and time. Eight queries.

    `everything`: also what was sent and is not approved yet. `base`: the address under which stored evidence
    is found, without a slash at its end. Nobody is asked here who may read it. Raises NotFound.
    """
    person = (
        await session.execute(
            select(Person.name, Person.nip, Person.staff_number, Person.pattern).where(Person.id == person_id)
        )
    ).one_or_none()
    if person is None:
        raise NotFound("sheet_person")
    found = [
        Found(*row)
        for row in await session.execute(
            select(Entry, Day.work_date, SheetRow)
            .join(Day, Day.id == Entry.day_id)
            .outerjoin(SheetRow, SheetRow.entry_id == Entry.id)
            .where(Day.person_id == person_id, Day.work_date.between(first, last))
            .order_by(Day.work_date, Entry.position, Entry.id)
            .execution_options(populate_existing=True)
        )
    ]
    files = await _evidence(session, person_id, first, last)
    steps = await load_steps(session, person_id)
    office = await load_calendar(session, first=first, last=last)
    sent = [row for row in found if row.entry.state in SENT]
    proposals = _proposals(sent, person.pattern, office)
    wanted = SENT if everything else DONE
    rows = [
        _row(row, steps, files.get(row.entry.id, ()), proposals.get(row.entry.id), base)
        for row in sent
        if row.entry.state in wanted
    ]
    return Sheet(
        person_id=person_id,
        name=person.name,
        reference=person.nip or person.staff_number or "",
        first=first,
        last=last,
        everything=everything,
        entries=tuple(one for _, one in sorted(rows, key=lambda row: row[0])),
        waiting=sum(row.entry.state not in DONE for row in sent),
        drafts=len(found) - len(sent),
    )


async def _evidence(session: AsyncSession, person_id: int, first: date, last: date) -> Files:
    files: dict[int, list[Any]] = defaultdict(list)
    for row in await session.execute(
        select(Evidence.entry_id, Evidence.kind, Evidence.url, Evidence.sha256, Evidence.file_name)
        .join(Entry, Entry.id == Evidence.entry_id)
        .join(Day, Day.id == Entry.day_id)
        .where(Day.person_id == person_id, Day.work_date.between(first, last))
        .order_by(Evidence.id)
    ):
        files[row.entry_id].append(row)
    return files


def times_of(entry: Entry, kept: SheetRow | None) -> tuple[int, int] | None:
    """The times of a row that need no proposal: the entry's own, else the accepted ones."""
    for one in (entry, kept):
        if one is not None and one.starts is not None and one.ends is not None and one.starts < one.ends:
            return minute_of(one.starts), minute_of(one.ends)
    return None


def _proposals(sent: Sequence[Found], pattern: Pattern, office: OfficeCalendar) -> dict[int, Proposal]:
    """For every entry without times, beside whatever else was sent for that day."""
    days: dict[date, list[Found]] = defaultdict(list)
    for row in sent:
        days[row.work_date].append(row)
    found: dict[int, Proposal] = {}
    for day, rows in days.items():
        spans = {one.entry.id: times_of(one.entry, one.kept) for one in rows}
        wishes = [_wish(one.entry) for one in rows if spans[one.entry.id] is None]
        if wishes:
            known = [span for span in spans.values() if span is not None]
            found |= propose(_hours(day, pattern, office), known, wishes)
    return found


def _hours(day: date, pattern: Pattern, office: OfficeCalendar) -> Hours:
    return hours_of(day, pattern, ramadan=office.is_ramadan(day))


def _wish(entry: Entry) -> Wish:
    """What is known of the times; an end before its start is not."""
    starts = minute_of(entry.starts) if entry.starts else None
    ends = minute_of(entry.ends) if entry.ends and starts is None else None
    minutes = entry.minutes or lesson_minutes(entry.activity, entry.quantity, entry.unit)
    return Wish(entry.id, starts, ends, minutes, part_of_day(entry.activity))


def _row(
    found: Found, steps: Steps, files: Sequence[Any], proposal: Proposal | None, base: str | None
) -> tuple[tuple[Any, ...], SheetEntry]:
    """A row with what it is sorted by."""
    entry, work_date, kept = found.entry, found.work_date, found.kept
    linked = is_linked(entry)
    outside = linked and entry.outside_plan
    lineage = steps.lineages.get(entry.target_id or 0) if linked and not outside else None
    quarter = quarter_of(work_date)
    choices = steps.of(lineage, quarter) if lineage is not None else []
    chosen = steps.all.get(kept.step_id) if kept is not None and kept.step_id else None
    if outside or (chosen is not None and lineage is not None and chosen.lineage != lineage):
        chosen = None
    step = chosen or steps.usual(choices)
    said, cut_step = fitted(OUTSIDE_PLAN if outside else step.text if step else "")
    activity, cut = fitted(entry.activity)
    links, cut_links, unlinked = _links(files, base)
    span = (proposal.starts, proposal.ends) if proposal else times_of(entry, kept)
    amount, unit = _amount(entry, kept)
    row = SheetEntry(
        entry_id=entry.id,
        day_id=entry.day_id,
        work_date=work_date,
        state=State(entry.state),
        lineage=lineage,
        target_text=steps.wordings.get(lineage) if lineage is not None else None,
        outside=outside,
        step_id=step.id if step else None,
        step=said,
        choices=len(choices),
        starts=clock_of(span[0]) if span else None,
        ends=clock_of(span[1]) if span else None,
        said=_said(entry, span, proposal),
        proposed=proposal is not None,
        crowded=proposal is not None and proposal.crowded,
        activity=activity,
        quantity=amount,
        unit=unit,
        evidence=links,
        unlinked_files=unlinked,
        cut=cut or cut_step or cut_links,
        copied_at=kept.copied_at if kept is not None else None,
    )
    place = order_of(steps, lineage, step, outside=outside)
    return (place, work_date, span or (0, 0), entry.position, entry.id), row


def _said(
    entry: Entry, span: tuple[int, int] | None, proposal: Proposal | None
) -> tuple[time | None, time | None]:
    """The times without what is merely proposed; an end before its start is none."""
    if proposal is not None:
        return entry.starts, None if entry.starts is not None else entry.ends
    return (clock_of(span[0]), clock_of(span[1])) if span else (None, None)


def _amount(entry: Entry, kept: SheetRow | None) -> tuple[int | None, str]:
    """The entry's own amount, what it lacks from the row's."""
    quantity, unit = entry.quantity, entry.unit
    if kept is not None:
        quantity = kept.quantity if quantity is None else quantity
        unit = unit or kept.unit
    return quantity, fitted(unit or "")[0]


def _links(files: Sequence[Any], base: str | None) -> tuple[str, bool, int]:
    """Addresses in one cell, whether one did not fit, and how many files have none."""
    links = []
    for one in files:
        photo = one.kind is EvidenceKind.PHOTO
        stored = address_of(base, one.sha256, one.file_name, photo=photo)
        links.append(one.url if one.kind is EvidenceKind.LINK else stored)
    said, cut = fitted_links([one for one in links if one])
    return said, cut, sum(one is None for one in links)
