"""Changing entries that are not (or no longer) before the supervisor."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Entry, LinkSource, PerformancePlan, State, Target
from services.entries.days import changed, editable_entry, own_day
from services.entries.drafting import add_entries, without_day
from services.entries.suggesting import apply_suggestion, load_plan
from services.errors import Invalid, NotFound
from services.people.identity import Actor
from services.reading.capture import read_entries, read_outcome
from services.reading.masking import mask_sensitive
from services.reading.outcomes import repeats_activity
from services.reading.quantities import read_quantity
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
            await _suggest_again(session, actor, day, entry)
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
    await _suggest_again(session, actor, day, entry)
    if repeats_activity(entry.activity, outcome) and not entry.repeat_noted:
        entry.repeat_noted = True
        return (entry.id,)
    return ()


async def _suggest_again(session: AsyncSession, actor: Actor, day: Day, entry: Entry) -> None:
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
    """Takes an entry away. Gives the day's id."""
    day, entry = await editable_entry(session, actor, entry_id, now=now)
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
    gone = await session.execute(
        delete(Entry)
        .where(
            Entry.day_id == day.id,
            Entry.source_chat_id == actor.chat_id,
            Entry.source_message_id == message_id,
            Entry.state == State.DRAFT,
        )
        .returning(Entry.id)
    )
    count = len(gone.all())
    await changed(session, day)
    return count


async def mask_entries(
    session: AsyncSession, actor: Actor, day_id: int, message_id: int, *, now: datetime
) -> int:
    """Blackens what looks like a citizen's number in the unsent entries of one message."""
    day = await own_day(session, actor, day_id)
    entries = await session.scalars(
        select(Entry).where(
            Entry.day_id == day.id,
            Entry.source_message_id == message_id,
            Entry.state.in_([State.DRAFT, State.RETURNED]),
        )
    )
    for entry in entries:
        entry.activity = mask_sensitive(entry.activity)
        entry.outcome = mask_sensitive(entry.outcome) if entry.outcome else None
    await changed(session, day)
    return day.id


async def follow_edit(
    session: AsyncSession, actor: Actor, text: str, *, message_id: int, now: datetime
) -> int | None:
    """An edited message edits its entries; gives the day's id, None when the message made none.

    Entries keep the outcome that was answered apart from the message. Raises Invalid `entry_approved` when
    one of them is decided: the record does not change behind a decision.
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
    for entry, read in zip(entries, found, strict=False):
        entry.activity = read.activity
        entry.outcome = read.outcome or entry.outcome
        if read.quantity is not None:
            entry.quantity, entry.unit = read.quantity, read.unit
        if read.start or read.minutes:
            entry.starts, entry.ends, entry.minutes = read.start, read.end, read.minutes
        await _suggest_again(session, actor, day, entry)
    for entry in entries[len(found) :]:
        await session.delete(entry)
    await session.flush()
    more = found[len(entries) :]
    if more:
        await add_entries(session, actor, day, more, message_id=message_id, now=now, first_index=len(entries))
    else:
        await changed(session, day)
    return day.id
