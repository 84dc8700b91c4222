"""Changing entries that are not (or no longer) before the supervisor."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Entry, Evidence, EvidenceKind, LinkSource, PerformancePlan, State, Target
from services.entries.days import NotTheirs, changed, editable_entry, ensure_open, own_day
from services.entries.drafting import add_entries, add_links, without_day
from services.entries.sending import tell_queue
from services.entries.suggesting import apply_suggestion, load_plan
from services.errors import Invalid, NotFound
from services.people.identity import Actor
from services.reading.capture import ReadEntry, read_entries, read_outcome
from services.reading.masking import mask_sensitive
from services.reading.outcomes import repeats_activity
from services.reading.quantities import read_quantity
from services.reading.sensitive import find_sensitive
from services.reading.times import read_times

FIELDS = ("activity", "outcome", "quantity", "time")
LONGEST_FIELD = 4096


@dataclass(frozen=True, slots=True)
class OutcomesTaken:
    """`repeated`: entries whose outcome only repeats the activity, told for the first time."""

    day_id: int
    repeated: tuple[int, ...]


async def set_field(
    session: AsyncSession, actor: Actor, entry_id: int, field: str, text: str, *, now: datetime
) -> OutcomesTaken:
    """Sets one field from typed text. Raises Invalid with what is wrong with it."""
    day, entry = await editable_entry(session, actor, entry_id, now=now)
    text = text.strip()
    if not text:
        raise Invalid(field, "empty")
    repeated: tuple[int, ...] = ()
    match field:
        case "activity":
            entry.activity = text
            await suggest_again(session, actor, day, entry)
        case "outcome":
            repeated = await _set_outcome(session, actor, day, entry, text)
        case "quantity":
            found = read_quantity(text)
            if found is None or found[0] > 1_000_000:
                raise Invalid(field, "quantity_unclear")
            entry.quantity, entry.unit = found
        case "time":
            starts, ends, minutes, _ = read_times(text)
            if starts is None and minutes is None:
                raise Invalid(field, "time_unclear")
            entry.starts, entry.ends, entry.minutes = starts, ends, minutes
        case _:
            raise NotFound
    await changed(session, day)
    return OutcomesTaken(day.id, repeated)


async def set_outcomes(
    session: AsyncSession, actor: Actor, answers: dict[int, str | None], *, now: datetime
) -> OutcomesTaken:
    """Takes the answers to the one outcome question; None skips. Entries sent meanwhile are left alone."""
    day: Day | None = None
    repeated: list[int] = []
    for entry_id, answer in answers.items():
        try:
            day, entry = await editable_entry(session, actor, entry_id, now=now)
        except NotTheirs:
            raise
        except (Invalid, NotFound):
            continue
        if answer is None:
            entry.outcome_skipped = True
        else:
            repeated += await _set_outcome(session, actor, day, entry, answer)
    if day is None:
        raise NotFound("entry_gone")
    await changed(session, day)
    return OutcomesTaken(day.id, tuple(repeated))


async def _set_outcome(
    session: AsyncSession, actor: Actor, day: Day, entry: Entry, text: str
) -> tuple[int, ...]:
    outcome, quantity, unit = read_outcome(text)
    entry.outcome, entry.outcome_skipped = outcome, False
    if quantity is not None:
        entry.quantity, entry.unit = quantity, unit
    await suggest_again(session, actor, day, entry)
    if repeats_activity(entry.activity, outcome) and not entry.repeat_noted:
        entry.repeat_noted = True
        return (entry.id,)
    return ()


async def suggest_again(session: AsyncSession, actor: Actor, day: Day, entry: Entry) -> None:
    """New words may belong to another RHK; one that was chosen stays."""
    if entry.link_source in (None, LinkSource.SUGGESTED):
        apply_suggestion(entry, await load_plan(session, actor.person_id, day.work_date.year))


async def set_target(
    session: AsyncSession, actor: Actor, entry_id: int, target_id: int | None, *, now: datetime
) -> int:
    """Links an entry to one of the person's own RHK, or (None) to none. Gives the day's id."""
    day, entry = await editable_entry(session, actor, entry_id, now=now)
    if target_id is not None:
        owned = await session.scalar(
            select(Target.id)
            .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
            .where(
                Target.id == target_id,
                Target.retired_at.is_(None),
                PerformancePlan.person_id == actor.person_id,
                PerformancePlan.year == day.work_date.year,
            )
        )
        if owned is None:
            raise NotFound("target_gone")
    entry.target_id = target_id
    entry.outside_plan = target_id is None
    entry.link_source = LinkSource.CHOSEN
    entry.confident = True
    await changed(session, day)
    return day.id


async def delete_entry(session: AsyncSession, actor: Actor, entry_id: int, *, now: datetime) -> int:
    """Takes an entry and its links away; its files wait for the next entry. Gives the day's id."""
    day, entry = await editable_entry(session, actor, entry_id, now=now)
    await _drop_links(session, [entry.id])
    await session.delete(entry)
    await changed(session, day)
    return day.id


async def move_entry(session: AsyncSession, actor: Actor, entry_id: int, step: int, *, now: datetime) -> int:
    """Moves an entry up (-1) or down (+1) in its day; at the edge nothing happens. Gives the day's id."""
    day, entry = await editable_entry(session, actor, entry_id, now=now)
    entries = list(
        await session.scalars(select(Entry).where(Entry.day_id == day.id).order_by(Entry.position, Entry.id))
    )
    place = entries.index(entry)
    other = place + step
    if 0 <= other < len(entries):
        entries[place], entries[other] = entries[other], entries[place]
        for position, one in enumerate(entries):
            one.position = position
        await changed(session, day)
    return day.id


async def undo_text(
    session: AsyncSession, actor: Actor, day_id: int, message_id: int, *, now: datetime
) -> int:
    """«Bukan kegiatan»: takes away the unsent entries that came from one message. Gives how many."""
    day = await own_day(session, actor, day_id)
    gone = list(
        await session.scalars(
            select(Entry.id).where(
                Entry.day_id == day.id,
                Entry.source_chat_id == actor.chat_id,
                Entry.source_message_id == message_id,
                Entry.state == State.DRAFT,
            )
        )
    )
    await _drop_links(session, gone)
    await session.execute(delete(Entry).where(Entry.id.in_(gone)))
    if gone:
        await changed(session, day)
    return len(gone)


async def _drop_links(session: AsyncSession, entry_ids: list[int]) -> None:
    """Links are part of the text that goes; a file was sent apart and stays."""
    await session.execute(
        delete(Evidence).where(Evidence.entry_id.in_(entry_ids), Evidence.kind == EvidenceKind.LINK)
    )


def _likeness(one: str, other: str) -> float:
    """Share of words two activities have in common; 2 when they are the same."""
    if one == other:
        return 2.0
    first, second = set(one.casefold().split()), set(other.casefold().split())
    return len(first & second) / max(len(first), len(second), 1)


async def _add_new_links(
    session: AsyncSession, entry: Entry, links: tuple[str, ...], *, person_id: int, now: datetime
) -> None:
    if links:
        known = set(await session.scalars(select(Evidence.url).where(Evidence.entry_id == entry.id)))
        new = tuple(link for link in links if link not in known)
        add_links(session, entry, new, person_id=person_id, now=now)


async def mask_entries(
    session: AsyncSession, actor: Actor, day_id: int, message_id: int, *, now: datetime
) -> int:
    """Blackens what looks like a citizen's number in the unsent entries of one message.

    `message_id` 0: in all unsent entries of the day, for a number that came with an answer or a correction.
    """
    day = await own_day(session, actor, day_id)
    entries = await session.scalars(
        select(Entry).where(Entry.day_id == day.id, Entry.state.in_([State.DRAFT, State.RETURNED]))
    )
    for entry in entries:
        if message_id and entry.source_message_id != message_id:
            continue
        entry.activity = mask_sensitive(entry.activity)
        entry.outcome = mask_sensitive(entry.outcome) if entry.outcome else None
    if session.dirty:
        await changed(session, day)
    return day.id


async def holds_sensitive(session: AsyncSession, actor: Actor, message_id: int) -> bool:
    """Whether the entries of a message hold a citizen's number already: it was asked about then."""
    rows = await session.execute(
        select(Entry.activity, Entry.outcome).where(
            Entry.source_chat_id == actor.chat_id, Entry.source_message_id == message_id
        )
    )
    return any(find_sensitive(f"{activity} {outcome or ''}") for activity, outcome in rows)


async def follow_edit(
    session: AsyncSession, actor: Actor, text: str, *, message_id: int, now: datetime
) -> int | None:
    """An edited message edits its entries; gives the day's id, None when the message made none.

    A line that stays keeps its entry, wherever it now stands; entries keep the outcome that was answered
    apart from the message. Raises Invalid `day_locked`, and `edit_after_decision` when one of them is
    decided: the record does not change behind a decision.
    """
    entries = list(
        await session.scalars(
            select(Entry)
            .where(Entry.source_chat_id == actor.chat_id, Entry.source_message_id == message_id)
            .order_by(Entry.source_index)
        )
    )
    if not entries:
        return None
    day = await own_day(session, actor, entries[0].day_id)
    if any(one.state in (State.APPROVED, State.RECORDED) for one in entries):
        raise Invalid("entry", "edit_after_decision")
    found = read_entries(without_day(text, actor, now))
    if not found:
        raise Invalid("entry", "edit_without_activity")
    if any(one.state is State.DRAFT for one in entries):
        ensure_open(actor, day.work_date, now=now)
    pairs, more, gone = _paired(entries, found)
    for place, entry, read in pairs:
        entry.source_index = place
        await _add_new_links(session, entry, read.links, person_id=actor.person_id, now=now)
        entry.activity = read.activity
        entry.outcome = read.outcome or entry.outcome
        if read.quantity is not None:
            entry.quantity, entry.unit = read.quantity, read.unit
        if read.start or read.minutes:
            entry.starts, entry.ends, entry.minutes = read.start, read.end, read.minutes
        await suggest_again(session, actor, day, entry)
    await _drop_links(session, [one.id for one in gone])
    for entry in gone:
        await session.delete(entry)
    await session.flush()
    if more:
        await add_entries(session, actor, day, more, message_id=message_id, now=now, first_index=len(pairs))
    else:
        await changed(session, day)
    if actor.supervisor_id is not None and any(one.state is State.SUBMITTED for _, one, _ in pairs):
        await tell_queue(session, actor.supervisor_id, now=now)
    return day.id


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
