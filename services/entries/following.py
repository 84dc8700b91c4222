"""An edited Telegram message edits what it was taken for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Entry, Evidence, State
from services import audit
from services.clock import local_date
from services.entries.blocked import day_said_in, note_read
from services.entries.days import changed, ensure_open, is_closed, once_decided, own_entries
from services.entries.drafting import add_entries, add_links, without_day
from services.entries.restoring import remove_entries
from services.entries.sending import tell_queue
from services.entries.suggesting import apply_suggestion, load_plan
from services.errors import Invalid
from services.people.identity import Actor
from services.reading.absence import read_absence
from services.reading.blocked import read_blockers
from services.reading.capture import ReadEntry, read_entries
from services.reading.date_heading import leading_day


@dataclass(frozen=True, slots=True)
class Edited:
    """`stays_on`: the words at its head now name another day; its entries stay on this one.

    `unplaced`: it made no entries, and has activities now; they are in no report.
    """

    day_id: int
    stays_on: date | None = None
    unplaced: bool = False


async def follow_edit(
    session: AsyncSession, actor: Actor, text: str, *, message_id: int, now: datetime
) -> Edited | None:
    """An edited message edits its entries, and what it said stands in the way; None when it made neither.

    A line that stays keeps its entry, wherever it now stands; entries keep the outcome that was answered
    apart from the message. Raises Invalid `day_locked`, and `edit_after_decision` when one of them is
    decided: the record does not change behind a decision.
    """
    found = await _entries_of_message(session, actor, message_id)
    if not found:
        return await _follow_blockers(session, actor, text, message_id=message_id, now=now)
    day = found[0][0]
    entries = [entry for its_day, entry in found if its_day is day]
    if any(one.state is State.APPROVED for one in entries):
        raise Invalid("entry", "edit_after_decision")
    typed_on = local_date(min(one.created_at for one in entries), actor.zone)
    rest, blocked = read_blockers(without_day(text, actor, now))
    said = () if read_absence(text) else read_entries(rest)
    if not said:
        raise Invalid("entry", "edit_without_activity")
    pairs, more, gone = _paired(entries, said)
    await _ensure_in_time(session, actor, day, pairs, more=bool(more), now=now)
    sent = [one for one in entries if one.state in (State.SUBMITTED, State.RECORDED)]
    plan = await load_plan(session, actor.person_id, day.work_date.year)
    await _add_new_links(session, pairs, person_id=actor.person_id, now=now)
    for place, entry, read in pairs:
        _rewrite(entry, read)
        entry.source_index = place
        apply_suggestion(entry, plan)
    await remove_entries(session, day, gone)
    if more:
        await add_entries(session, actor, day, more, message_id=message_id, now=now, first_index=len(pairs))
    else:
        await changed(session, day)
    lines = [entry for _, entry, _ in pairs]
    await note_read(session, actor, day, blocked, lines, message_id=message_id, now=now)
    if sent:
        audit.record(session, "edited", actor_id=actor.person_id, subject="day", subject_id=day.id, now=now)
    if actor.supervisor_id is not None and any(one.state is State.SUBMITTED for one in sent):
        await tell_queue(session, actor.supervisor_id, now=now)
    return Edited(day.id, _stays_on(text, day, typed_on))


async def _follow_blockers(
    session: AsyncSession, actor: Actor, text: str, *, message_id: int, now: datetime
) -> Edited | None:
    """The same for a message of which only what stands in the way was kept: a report, or an answer."""
    day = await day_said_in(session, actor, message_id)
    if day is None:
        return None
    rest, blocked = read_blockers(without_day(text, actor, now))
    await note_read(session, actor, day, blocked, (), message_id=message_id, now=now)
    await changed(session, day)
    return Edited(day.id, unplaced=bool(read_entries(rest)))


async def _entries_of_message(
    session: AsyncSession, actor: Actor, message_id: int
) -> list[tuple[Day, Entry]]:
    """The entries of one message in the order of its lines, their day locked."""
    ids = await session.scalars(
        select(Entry.id).where(Entry.source_chat_id == actor.chat_id, Entry.source_message_id == message_id)
    )
    found = await own_entries(session, actor, list(ids))
    return sorted(found, key=lambda pair: (pair[1].source_index or 0, pair[1].id))


async def _ensure_in_time(
    session: AsyncSession,
    actor: Actor,
    day: Day,
    pairs: Sequence[tuple[int, Entry, ReadEntry]],
    *,
    more: bool,
    now: datetime,
) -> None:
    """Past the month lock nothing is added, and of what was not sent only corrections change."""
    if not is_closed(actor, day.work_date, now=now):
        return
    new = [
        entry
        for _, entry, read in pairs
        if entry.state in (State.DRAFT, State.RECORDED) and _differs(entry, read)
    ]
    if more or len(await once_decided(session, new)) < len(new):
        ensure_open(actor, day.work_date, now=now)


def _differs(entry: Entry, read: ReadEntry) -> bool:
    before = (entry.activity, entry.outcome, entry.quantity, entry.starts, entry.ends, entry.minutes)
    outcome, quantity = read.outcome or entry.outcome, read.quantity
    timed = read.start or read.minutes
    return before != (
        read.activity,
        outcome,
        entry.quantity if quantity is None else quantity,
        *((read.start, read.end, read.minutes) if timed else (entry.starts, entry.ends, entry.minutes)),
    )


def _rewrite(entry: Entry, read: ReadEntry) -> None:
    entry.activity = read.activity
    entry.outcome = read.outcome or entry.outcome
    if read.quantity is not None:
        entry.quantity, entry.unit = read.quantity, read.unit
    if read.start or read.minutes:
        entry.starts, entry.ends, entry.minutes = read.start, read.end, read.minutes


def _stays_on(text: str, day: Day, typed_on: date) -> date | None:
    """Words such as «kemarin» mean what they meant on the day they were typed."""
    leading = leading_day(text, today=typed_on)
    moved = leading is not None and leading.day is not None and leading.day != day.work_date
    return day.work_date if moved else None


def _likeness(one: str, other: str) -> float:
    """Share of words two activities have in common; 2 when they are the same."""
    if one == other:
        return 2.0
    first, second = set(one.casefold().split()), set(other.casefold().split())
    return len(first & second) / max(len(first), len(second), 1)


async def _add_new_links(
    session: AsyncSession,
    pairs: Sequence[tuple[int, Entry, ReadEntry]],
    *,
    person_id: int,
    now: datetime,
) -> None:
    linked = [(entry, read.links) for _, entry, read in pairs if read.links]
    if not linked:
        return
    rows = await session.execute(
        select(Evidence.entry_id, Evidence.url).where(Evidence.entry_id.in_([one.id for one, _ in linked]))
    )
    known = {(entry_id, url) for entry_id, url in rows}
    for entry, links in linked:
        new = tuple(link for link in links if (entry.id, link) not in known)
        add_links(session, entry, new, person_id=person_id, now=now)


def _paired(
    entries: list[Entry], found: tuple[ReadEntry, ...]
) -> tuple[list[tuple[int, Entry, ReadEntry]], tuple[ReadEntry, ...], list[Entry]]:
    """Which entry each line of an edited message is: by its words, else its old line, else in order.

    Gives the pairs with the line's place, the lines that are new, and the entries that are gone.
    """
    free = list(entries)
    mine: dict[int, Entry] = {}

    def pair(place: int, entry: Entry) -> None:
        if place not in mine and entry in free:
            mine[place] = entry
            free.remove(entry)

    alike = [
        (score, -place, entry)
        for place, read in enumerate(found)
        for entry in entries
        if (score := _likeness(entry.activity, read.activity)) > 0.5
    ]
    for _, place, entry in sorted(alike, key=lambda one: one[:2], reverse=True):
        pair(-place, entry)
    for entry in [*free]:
        if entry.source_index is not None and entry.source_index < len(found):
            pair(entry.source_index, entry)
    for place in range(len(found)):
        if free:
            pair(place, free[0])
    pairs = [(place, entry, found[place]) for place, entry in sorted(mine.items())]
    return pairs, tuple(read for place, read in enumerate(found) if place not in mine), free
