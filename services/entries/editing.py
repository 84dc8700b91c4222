"""Changing entries that are not (or no longer) before the supervisor."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Entry, Indicator, LinkSource, PerformancePlan, State, Target
from services.blockers import mask_blockers
from services.entries.amounts import counted_units, fit_amount
from services.entries.blocked import take_back_said
from services.entries.days import (
    UNDECIDED,
    changed,
    editable_entry,
    ensure_editable,
    entries_of,
    is_closed,
    once_decided,
    own_day,
    own_entries,
    own_entry,
)
from services.entries.remarks import Remark, all_effects, remark_on
from services.entries.restoring import Removed, kept_nothing, remove_entries, with_said
from services.entries.sending import tell_queue
from services.entries.suggesting import PlanView, apply_suggestion, load_plan
from services.entries.views import is_linked
from services.errors import Invalid, NotFound
from services.people.identity import Actor
from services.plans.standing import in_force
from services.reading.capture import read_outcome
from services.reading.masking import mask_sensitive
from services.reading.quantities import read_quantities, read_quantity
from services.reading.sensitive import find_sensitive
from services.reading.times import read_times

FIELDS = ("activity", "outcome", "quantity", "time")
EDITABLE = (State.DRAFT, State.RETURNED)


@dataclass(frozen=True, slots=True)
class OutcomesTaken:
    """`remark`: what is to be pointed out. `effects`: every outcome taken surely shows an effect."""

    day_id: int
    remark: Remark | None = None
    effects: bool = False


async def set_field(
    session: AsyncSession, actor: Actor, entry_id: int, field: str, text: str, *, now: datetime
) -> OutcomesTaken:
    """Sets one field from typed text. Raises Invalid with what is wrong with it."""
    day, entry = await editable_entry(session, actor, entry_id, now=now)
    text = text.strip()
    if not text:
        raise Invalid(field, "empty")
    taken = OutcomesTaken(day.id)
    match field:
        case "activity":
            entry.activity = text
            apply_suggestion(entry, await load_plan(session, actor.person_id, day.work_date.year))
        case "outcome":
            plan = await load_plan(session, actor.person_id, day.work_date.year)
            _set_outcome(entry, text, plan)
            taken = await _taken(session, actor, day, [entry], now=now)
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
    return taken


async def set_outcomes(
    session: AsyncSession, actor: Actor, answers: dict[int, str | None], *, now: datetime
) -> OutcomesTaken:
    """Takes the answers to the one outcome question; None skips. Entries sent meanwhile are left alone.

    What says little is pointed out once no other is asked for. The same number of queries for one
    answer and for many.
    """
    day, entries = await still_editable(session, actor, list(answers), now=now)
    if day is None:
        raise NotFound("entry_gone")
    plan = await load_plan(session, actor.person_id, day.work_date.year)
    answered = []
    for entry in entries:
        answer = answers[entry.id]
        if answer is None:
            entry.outcome_skipped = True
        else:
            _set_outcome(entry, answer, plan)
            answered.append(entry)
    taken = OutcomesTaken(day.id, effects=all_effects(answered))
    unsent = await entries_of(session, day, *EDITABLE)
    waits = day.outcomes_asked and any(not one.outcome and not one.outcome_skipped for one in unsent)
    if answered and not waits:
        taken = replace(taken, remark=await remark_on(session, actor, day, unsent, now=now))
    await changed(session, day)
    return taken


async def _taken(
    session: AsyncSession, actor: Actor, day: Day, entries: Sequence[Entry], *, now: datetime
) -> OutcomesTaken:
    """What there is to say about the outcomes of these entries."""
    remark = await remark_on(session, actor, day, entries, now=now)
    return OutcomesTaken(day.id, remark, effects=all_effects(entries))


async def still_editable(
    session: AsyncSession, actor: Actor, entry_ids: Sequence[int], *, now: datetime
) -> tuple[Day | None, list[Entry]]:
    """Those of one day's entries that may still be changed, its day locked; None when there are none.

    Raises NotTheirs.
    """
    found = await own_entries(session, actor, entry_ids)
    day = next((day for day, entry in found if entry.state in EDITABLE), None)
    entries = [entry for its_day, entry in found if entry.state in EDITABLE and its_day is day]
    if day is not None and is_closed(actor, day.work_date, now=now):
        decided = await once_decided(session, entries)
        entries = [one for one in entries if one.state is State.RETURNED or one.id in decided]
    return (day, entries) if entries else (None, [])


def _set_outcome(entry: Entry, text: str, plan: PlanView | None) -> None:
    """New words may belong to another RHK, and what only the old ones counted goes with those."""
    outcome, quantity, unit = read_outcome(text)
    counted = read_quantities(entry.outcome or "")
    entry.outcome, entry.outcome_skipped = outcome, False
    if quantity is not None:
        entry.quantity, entry.unit = quantity, unit
    elif (entry.quantity, entry.unit) in counted:
        entry.quantity, entry.unit = read_quantity(entry.activity) or (None, None)
    apply_suggestion(entry, plan)


async def linkable_entry(
    session: AsyncSession, actor: Actor, entry_id: int, *, now: datetime
) -> tuple[Day, Entry]:
    """An entry whose RHK may be chosen: editable, or sent without one and undecided. Raises as that does."""
    day, entry = await own_entry(session, actor, entry_id)
    if is_linked(entry) or entry.state not in UNDECIDED or entry.state in EDITABLE:
        await ensure_editable(session, actor, day, [entry], now=now)
    return day, entry


async def set_target(
    session: AsyncSession, actor: Actor, entry_id: int, target_id: int | None, *, now: datetime
) -> int:
    """Links an entry to one of the person's own RHK, or (None) to none. Gives the day's id.

    Of the amounts in its words the one that its RHK counts is taken. One that was sent without an RHK may
    get one until it is decided; who decides is shown the new version.
    """
    day, entry = await linkable_entry(session, actor, entry_id, now=now)
    if target_id is not None:
        owned = await session.scalar(
            select(Target.id)
            .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
            .where(
                Target.id == target_id,
                in_force(),
                PerformancePlan.person_id == actor.person_id,
                PerformancePlan.year == day.work_date.year,
            )
        )
        if owned is None:
            raise NotFound("target_gone")
    counts = await session.scalars(select(Indicator).where(Indicator.target_id == target_id))
    fit_amount(entry, counted_units(counts))
    entry.target_id = target_id
    entry.outside_plan = target_id is None
    entry.link_source = LinkSource.CHOSEN
    entry.confident = True
    await changed(session, day)
    if entry.state is State.SUBMITTED and actor.supervisor_id is not None:
        await tell_queue(session, actor.supervisor_id, now=now)
    return day.id


async def delete_entry(session: AsyncSession, actor: Actor, entry_id: int, *, now: datetime) -> Removed:
    """Takes an entry and its links away, also past the lock; its files wait for the next entry."""
    day, entry = await editable_entry(session, actor, entry_id, now=now, closed=True)
    removed = await remove_entries(session, day, [entry])
    await changed(session, day)
    return removed


async def move_entry(session: AsyncSession, actor: Actor, entry_id: int, step: int, *, now: datetime) -> int:
    """Moves an entry up (-1) or down (+1) in its day; at the edge nothing happens. Gives the day's id."""
    day, entry = await editable_entry(session, actor, entry_id, now=now)
    entries = await entries_of(session, day)
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
) -> Removed:
    """«Bukan kegiatan»: takes away the unsent entries that came from one message.

    What the same message said stands in the way goes with them, unless it was answered. «Tidak ada kegiatan»,
    which they had replaced, is back once the day is empty.
    """
    day = await own_day(session, actor, day_id)
    drafts = await entries_of(session, day, State.DRAFT)
    source = (actor.chat_id, message_id)
    gone = [one for one in drafts if (one.source_chat_id, one.source_message_id) == source]
    said = await take_back_said(session, actor, day, message_id, now=now) if gone else []
    removed = with_said(await remove_entries(session, day, gone), said)
    if gone:
        if not await entries_of(session, day):
            day.nothing_reason = await kept_nothing(session, actor, day.id)
        await changed(session, day)
    return removed


async def holds_message(session: AsyncSession, actor: Actor, day_id: int, message_id: int) -> bool:
    """Whether a day still has entries that came from a message."""
    day = await own_day(session, actor, day_id)
    source = (actor.chat_id, message_id)
    return any(
        (one.source_chat_id, one.source_message_id) == source for one in await entries_of(session, day)
    )


async def mask_entries(
    session: AsyncSession, actor: Actor, day_id: int, message_id: int, *, now: datetime
) -> int:
    """Blackens what looks like a citizen's number in the unsent entries of one message, and in open blockers.

    `message_id` 0: in all unsent entries of the day, for a number that came with an answer or a correction.
    """
    day = await own_day(session, actor, day_id)
    masked = False
    for entry in await entries_of(session, day, State.DRAFT, State.RETURNED):
        if message_id and entry.source_message_id != message_id:
            continue
        before = (entry.activity, entry.outcome)
        entry.activity = mask_sensitive(entry.activity)
        entry.outcome = mask_sensitive(entry.outcome) if entry.outcome else None
        masked = masked or before != (entry.activity, entry.outcome)
    if await mask_blockers(session, day) or masked:
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
