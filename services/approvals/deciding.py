"""Approve, return, reopen: each a compare-and-set on what of the day was shown (shown.mark_of)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Decision, Entry, State, Verdict
from services import audit
from services.approvals import telling
from services.approvals.entitlement import (
    QUEUE_CARD,
    ensure_shown,
    entitled_day,
    entitled_entry,
    nothing_waits,
    require_supervisor,
    waiting_entries,
)
from services.approvals.queue import digest_of
from services.approvals.reach import lying_with
from services.approvals.shown import waiting_content
from services.entries.days import changed
from services.entries.sending import tell_queue_of
from services.entries.views import is_complete, snapshot
from services.errors import Invalid, NotFound, Outdated
from services.people.identity import Actor
from services.reading.phrases import is_chatter, is_closing

REASONS = ("outcome", "evidence", "target", "quantity")
"""The reasons that have a chip: hasil belum jelas, bukti kurang, RHK tidak sesuai, jumlah tidak wajar."""
SHORTEST_REASON, LONGEST_REASON = 10, 1000
ACTIONS = {Verdict.APPROVE: "approved", Verdict.RETURN: "returned", Verdict.REOPEN: "reopened"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a day: how many entries were decided now, and how many of it still wait."""

    day_id: int
    person_id: int
    decided: int
    waiting: int


async def approve_day(
    session: AsyncSession, actor: Actor, day_id: int, *, revision: int, now: datetime
) -> Outcome:
    """Approves every waiting entry of a day. Raises NotFound, NotAllowed, Outdated."""
    day, capacity = await entitled_day(session, actor, day_id, now=now)
    await ensure_shown(session, actor, day, revision)
    entries = await waiting_entries(session, day)
    if not entries:
        raise await nothing_waits(session, actor, day)
    await _approve(session, actor, day, entries, capacity=capacity, now=now)
    return Outcome(day.id, day.person_id, len(entries), 0)


async def approve_entry(
    session: AsyncSession, actor: Actor, entry_id: int, *, revision: int, now: datetime
) -> Outcome:
    """Approves one waiting entry. Raises NotFound, NotAllowed, Outdated."""
    day, capacity, entry = await entitled_entry(session, actor, entry_id, now=now)
    await ensure_shown(session, actor, day, revision)
    if entry.state is not State.SUBMITTED:
        raise await nothing_waits(session, actor, day)
    return await _approve(session, actor, day, [entry], capacity=capacity, now=now)


async def approve_all(session: AsyncSession, actor: Actor, digest: str, *, now: datetime) -> int:
    """Approves every day that waits, if they are exactly those shown and all complete. Gives how many.

    Raises NotAllowed; Outdated with the queue when `digest` names another list, Invalid `queue_incomplete`.
    """
    require_supervisor(actor)
    lying = {one.day.id: one for one in await lying_with(session, actor, now=now)}
    days = list(
        await session.scalars(
            select(Day)
            .where(Day.id.in_(lying), Day.state == State.SUBMITTED)
            .order_by(Day.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    waiting = [(day, await waiting_entries(session, day)) for day in days]
    if not days or digest_of((day.id, waiting_content(found)) for day, found in waiting) != digest:
        raise Outdated("queue_outdated", card=(QUEUE_CARD, actor.person_id))
    if not all(is_complete(one) for _, entries in waiting for one in entries):
        raise Invalid("queue", "queue_incomplete")
    for day, entries in waiting:
        await _approve(session, actor, day, entries, capacity=lying[day.id].capacity, now=now)
    return len(days)


async def decided_since(session: AsyncSession, actor: Actor, moment: datetime) -> bool:
    """Whether this person decided anything after an instant."""
    found = select(Decision.id).where(Decision.decided_at > moment, Decision.decided_by == actor.person_id)
    return await session.scalar(found.limit(1)) is not None


async def ready_to_return(
    session: AsyncSession, actor: Actor, day_id: int, *, revision: int, now: datetime
) -> tuple[int, ...]:
    """The entries one may return now, before a reason is asked. Raises NotFound, NotAllowed, Outdated."""
    day, _ = await entitled_day(session, actor, day_id, now=now)
    await ensure_shown(session, actor, day, revision)
    entries = await waiting_entries(session, day)
    if not entries:
        raise await nothing_waits(session, actor, day)
    return tuple(one.id for one in entries)


async def day_of(session: AsyncSession, actor: Actor, entry_id: int, *, now: datetime) -> tuple[int, int]:
    """The day of an entry on which the actor may decide, and its revision. Raises NotFound, NotAllowed."""
    day, _, _ = await entitled_entry(session, actor, entry_id, now=now)
    return day.id, day.revision


def checked_reason(text: str) -> str:
    """Typed words as a reason. Raises Invalid `reason_short`, `reason_long`, `reason_thanks`."""
    text = text.strip()
    if len(text) < SHORTEST_REASON:
        raise Invalid("reason", "reason_short", limit=SHORTEST_REASON)
    if len(text) > LONGEST_REASON:
        raise Invalid("reason", "reason_long", limit=LONGEST_REASON)
    if is_chatter(text.rstrip("? ")) or is_closing(text, reported=False):
        raise Invalid("reason", "reason_thanks", limit=SHORTEST_REASON)
    return text


async def return_entry(
    session: AsyncSession,
    actor: Actor,
    entry_id: int,
    *,
    revision: int,
    reason: str,
    code: str | None = None,
    now: datetime,
) -> Outcome:
    """Gives an entry back with a reason: a chip's words with its `code`, or typed ones.

    Raises Invalid as `checked_reason`; NotFound, NotAllowed, Outdated.
    """
    if code is not None and code not in REASONS:
        raise NotFound
    reason = reason.strip() if code is not None else checked_reason(reason)
    day, capacity, entry = await entitled_entry(session, actor, entry_id, now=now)
    await ensure_shown(session, actor, day, revision)
    if entry.state is not State.SUBMITTED:
        raise await nothing_waits(session, actor, day)
    entry.state, entry.decided_at = State.RETURNED, now
    entry.return_reason, entry.before = reason, snapshot(entry)
    verdict = Verdict.RETURN
    _decide(session, actor, day, entry, verdict, capacity=capacity, now=now, code=code, reason=reason)
    await changed(session, day)
    await telling.entry_returned(session, day, entry.id, now=now)
    await tell_queue_of(session, day.person_id, but=actor.person_id, now=now)
    waiting = await waiting_entries(session, day)
    return Outcome(day.id, day.person_id, 1, len(waiting))


async def reopen(
    session: AsyncSession,
    actor: Actor,
    day_id: int,
    *,
    revision: int,
    entry_id: int | None = None,
    now: datetime,
) -> Outcome:
    """Takes the approval of a day, or of one of its entries, back: it waits for a decision again.

    Raises Invalid `nothing_to_reopen`; NotFound, NotAllowed, Outdated.
    """
    day, capacity = await entitled_day(session, actor, day_id, now=now)
    await ensure_shown(session, actor, day, revision)
    waits = day.state is State.SUBMITTED
    approved = select(Entry).where(Entry.day_id == day.id, Entry.state == State.APPROVED)
    if entry_id is not None:
        approved = approved.where(Entry.id == entry_id)
    entries = list(await session.scalars(approved.execution_options(populate_existing=True)))
    if not entries:
        raise Invalid("day", "nothing_to_reopen")
    for entry in entries:
        entry.state, entry.decided_at = State.SUBMITTED, None
        _decide(session, actor, day, entry, Verdict.REOPEN, capacity=capacity, now=now)
    if not waits:
        day.submitted_at = now  # it waits from now on, not since it was sent
    await changed(session, day)
    await telling.day_reopened(session, day, by=actor.person_id, now=now)
    await tell_queue_of(session, day.person_id, but=actor.person_id, now=now)
    return Outcome(day.id, day.person_id, len(entries), len(await waiting_entries(session, day)))


async def _approve(
    session: AsyncSession,
    actor: Actor,
    day: Day,
    entries: Sequence[Entry],
    *,
    capacity: str,
    now: datetime,
) -> Outcome:
    for entry in entries:
        entry.state, entry.decided_at = State.APPROVED, now
        entry.return_reason, entry.before = None, None
        _decide(session, actor, day, entry, Verdict.APPROVE, capacity=capacity, now=now)
    await changed(session, day)
    waiting = len(await waiting_entries(session, day))
    await telling.day_approved(session, day, by=actor.person_id, more=waiting > 0, now=now)
    await tell_queue_of(session, day.person_id, but=actor.person_id, now=now)
    return Outcome(day.id, day.person_id, len(entries), waiting)


def _decide(
    session: AsyncSession,
    actor: Actor,
    day: Day,
    entry: Entry,
    verdict: Verdict,
    *,
    capacity: str,
    now: datetime,
    code: str | None = None,
    reason: str | None = None,
) -> None:
    """Writes the decision and its audit event; before the revision grows."""
    session.add(
        Decision(
            day_id=day.id,
            entry_id=entry.id,
            verdict=verdict,
            reason_code=code,
            reason=reason,
            revision=day.revision,
            decided_by=actor.person_id,
            capacity=capacity,
            decided_at=now,
        )
    )
    audit.record(
        session,
        ACTIONS[verdict],
        actor_id=actor.person_id,
        subject="entry",
        subject_id=entry.id,
        now=now,
        detail=f"day {day.id} revision {day.revision} as {capacity}",
    )
