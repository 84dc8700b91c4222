"""Approve, return, reopen: each a compare-and-set on what of the day was shown (shown.mark_of)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, insert, null, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Decision, Entry, State, Verdict
from services import audit
from services.approvals import telling
from services.approvals.entitlement import (
    QUEUE_CARD,
    Held,
    ensure_shown,
    entitled_day,
    entitled_entry,
    nothing_waits,
    require_supervisor,
)
from services.approvals.held import HeldDay, entries_of_days, hold_days
from services.approvals.queue import digest_of
from services.approvals.reach import lying_with
from services.approvals.shown import waiting_content
from services.entries.days import settled
from services.entries.sending import tell_queues
from services.entries.views import Judged, is_complete, snapshot
from services.errors import Invalid, NotFound, Outdated
from services.people.identity import Actor
from services.people.standing_in import stand_ins
from services.reading.phrases import is_chatter, is_closing

REASONS = ("outcome", "evidence", "target", "quantity")
"""The reasons that have a chip: hasil belum jelas, bukti kurang, RHK tidak sesuai, jumlah tidak wajar."""
SHORTEST_REASON, LONGEST_REASON = 10, 1000
AFTER = {
    Verdict.APPROVE: State.APPROVED,
    Verdict.RETURN: State.RETURNED,
    Verdict.REOPEN: State.SUBMITTED,
}
ACTIONS = {Verdict.APPROVE: "approved", Verdict.RETURN: "returned", Verdict.REOPEN: "reopened"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a day: how many entries were decided now, and how many of it still wait."""

    day_id: int
    person_id: int
    decided: int
    waiting: int
    person_name: str
    work_date: date


def _outcome(held: Held, *, decided: int, waiting: int) -> Outcome:
    day = held.day
    return Outcome(day.id, day.person_id, decided, waiting, day.person_name, day.work_date)


async def approve_day(
    session: AsyncSession, actor: Actor, day_id: int, *, revision: int, now: datetime
) -> Outcome:
    """Approves every waiting entry of a day. Raises NotFound, NotAllowed, Outdated."""
    held = await entitled_day(session, actor, day_id, now=now)
    await ensure_shown(session, actor, held, revision)
    if not held.waiting:
        raise await nothing_waits(session, actor, held)
    return await _approve(session, actor, held, held.waiting, now=now)


async def approve_entry(
    session: AsyncSession, actor: Actor, entry_id: int, *, revision: int, now: datetime
) -> Outcome:
    """Approves one waiting entry. Raises NotFound, NotAllowed, Outdated."""
    held, entry = await entitled_entry(session, actor, entry_id, now=now)
    await ensure_shown(session, actor, held, revision)
    if not entry.waits:
        raise await nothing_waits(session, actor, held)
    return await _approve(session, actor, held, [entry], now=now)


async def _approve(
    session: AsyncSession, actor: Actor, held: Held, entries: Sequence[Judged], *, now: datetime
) -> Outcome:
    await _write(session, actor, held.day, entries, Verdict.APPROVE, capacity=held.capacity, now=now)
    await _settle(session, [(held.day, _after(held.entries, entries, State.APPROVED))])
    waiting = len(held.waiting) - len(entries)
    await telling.day_approved(session, held.day, by=actor.person_id, more=waiting > 0, now=now)
    await tell_queues(session, held.above.others(actor.person_id), now=now)
    return _outcome(held, decided=len(entries), waiting=waiting)


async def approve_all(session: AsyncSession, actor: Actor, digest: str, *, now: datetime) -> int:
    """Approves every day that waits, if they are exactly those shown and all complete. Gives how many.

    Raises NotAllowed; Outdated with the queue when `digest` names another list or another decides meanwhile,
    Invalid `queue_incomplete`.
    """
    require_supervisor(actor)
    shown = {one.day.id: one.capacity for one in await lying_with(session, actor, now=now)}
    held = await hold_days(session, shown)
    # Read again: while the locks were waited for a span may have ended, somebody been moved, a day decided.
    lying = {one.day.id: one for one in await lying_with(session, actor, now=now)}
    if {day_id: one.capacity for day_id, one in lying.items()} != shown:
        raise Outdated("queue_outdated", card=(QUEUE_CARD, actor.person_id))
    days = list(held.values())
    entries = await entries_of_days(session, held)
    waiting = {day.id: [one for one in entries[day.id] if one.waits] for day in days}
    if not days or digest_of((day_id, waiting_content(found)) for day_id, found in waiting.items()) != digest:
        raise Outdated("queue_outdated", card=(QUEUE_CARD, actor.person_id))
    if not all(is_complete(one) for found in waiting.values() for one in found):
        raise Invalid("queue", "queue_incomplete")
    after = []
    for day in days:
        found, capacity = waiting[day.id], lying[day.id].capacity
        await _write(session, actor, day, found, Verdict.APPROVE, capacity=capacity, now=now)
        after.append((day, _after(entries[day.id], found, State.APPROVED)))
    await _settle(session, after)
    for day in days:
        await telling.day_approved(session, day, by=actor.person_id, more=False, now=now)
    bosses = {lying[day.id].supervisor_id for day in days}
    there = await stand_ins(session, bosses, now=now)
    others = bosses | {one.person_id for one in there.values()}
    await tell_queues(session, sorted(others - {actor.person_id}), now=now)
    return len(days)


async def decided_since(session: AsyncSession, actor: Actor, moment: datetime) -> bool:
    """Whether this person decided anything after an instant."""
    given = {"moment": moment, "by": actor.person_id}
    return await session.scalar(_DECIDED, given) is not None


async def ready_to_return(
    session: AsyncSession, actor: Actor, day_id: int, *, revision: int, now: datetime
) -> tuple[int, ...]:
    """The entries one may return now, before a reason is asked. Raises NotFound, NotAllowed, Outdated."""
    held = await entitled_day(session, actor, day_id, now=now)
    await ensure_shown(session, actor, held, revision)
    if not held.waiting:
        raise await nothing_waits(session, actor, held)
    return tuple(one.id for one in held.waiting)


async def day_of(session: AsyncSession, actor: Actor, entry_id: int, *, now: datetime) -> tuple[int, int]:
    """The day of an entry on which the actor may decide, and its revision. Raises NotFound, NotAllowed."""
    held, _ = await entitled_entry(session, actor, entry_id, now=now)
    return held.day.id, held.day.revision


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
    held, entry = await entitled_entry(session, actor, entry_id, now=now)
    await ensure_shown(session, actor, held, revision)
    if not entry.waits:
        raise await nothing_waits(session, actor, held)
    verdict, day = Verdict.RETURN, held.day
    await _write(
        session, actor, day, [entry], verdict, capacity=held.capacity, now=now, code=code, reason=reason
    )
    await _settle(session, [(day, _after(held.entries, [entry], State.RETURNED))])
    await telling.entry_returned(session, day, entry.id, now=now)
    await tell_queues(session, held.above.others(actor.person_id), now=now)
    return _outcome(held, decided=1, waiting=len(held.waiting) - 1)


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
    held = await entitled_day(session, actor, day_id, now=now)
    await ensure_shown(session, actor, held, revision)
    approved = [one for one in held.entries if one.state is State.APPROVED]
    entries = [one for one in approved if entry_id is None or one.id == entry_id]
    if not entries:
        raise Invalid("day", "nothing_to_reopen")
    day = held.day
    await _write(session, actor, day, entries, Verdict.REOPEN, capacity=held.capacity, now=now)
    # It waits from now on, not since it was sent.
    since = day.submitted_at if day.state is State.SUBMITTED else now
    await _settle(session, [(day, _after(held.entries, entries, State.SUBMITTED))], waits_since=since)
    await telling.day_reopened(session, day, by=actor.person_id, now=now)
    await tell_queues(session, held.above.others(actor.person_id), now=now)
    return _outcome(held, decided=len(entries), waiting=len(held.waiting) + len(entries))


def _after(entries: Sequence[Judged], decided: Sequence[Judged], state: State) -> list[State]:
    """The states of a day's entries once some of them are decided."""
    ids = {one.id for one in decided}
    return [state if one.id in ids else one.state for one in entries]


async def _write(
    session: AsyncSession,
    actor: Actor,
    day: HeldDay,
    entries: Sequence[Judged],
    verdict: Verdict,
    *,
    capacity: str,
    now: datetime,
    code: str | None = None,
    reason: str | None = None,
) -> None:
    """Writes a verdict on entries of a day, the decisions and their audit events; of none, nothing."""
    if not entries:
        return
    at = None if verdict is Verdict.REOPEN else now
    values: list[dict[str, Any]] = [{"entry": one.id, "to": AFTER[verdict], "at": at} for one in entries]
    if verdict is Verdict.RETURN:
        values = [one | {"why": reason, "was": snapshot(of)} for one, of in zip(values, entries, strict=True)]
    await session.execute(_VERDICTS[verdict], values)
    decision = {
        "day_id": day.id,
        "verdict": verdict,
        "reason_code": code,
        "reason": reason,
        "revision": day.revision,
        "decided_by": actor.person_id,
        "capacity": capacity,
        "decided_at": now,
    }
    await session.execute(_DECISIONS, [decision | {"entry_id": one.id} for one in entries])
    await audit.record_many(
        session,
        ACTIONS[verdict],
        [one.id for one in entries],
        actor_id=actor.person_id,
        subject="entry",
        now=now,
        detail=f"day {day.id} revision {day.revision} as {capacity}",
    )


async def _settle(
    session: AsyncSession,
    days: Sequence[tuple[HeldDay, Sequence[State]]],
    *,
    waits_since: datetime | None = None,
) -> None:
    """The state of each day follows those of its entries, its revision grows: as `entries.days.changed`."""
    values = [
        {
            "day": day.id,
            "settled": settled(states),
            "grown": day.revision + 1,
            "since": waits_since or day.submitted_at,
        }
        for day, states in days
    ]
    await session.execute(_SETTLED, values)


# Built once: building a statement costs more than running it.
_days: Any = Day.__table__
_entries: Any = Entry.__table__
_decisions: Any = Decision.__table__
_DECISIONS: Any = insert(_decisions)
_DECIDED: Any = (
    select(_decisions.c.id)
    .where(_decisions.c.decided_at > bindparam("moment"), _decisions.c.decided_by == bindparam("by"))
    .limit(1)
)
_OF_ENTRY: Any = update(_entries).where(_entries.c.id == bindparam("entry"))
_TO: Any = {"state": bindparam("to"), "decided_at": bindparam("at")}
_VERDICTS: Any = {
    Verdict.APPROVE: _OF_ENTRY.values(_TO | {"return_reason": None, "before": null()}),
    Verdict.RETURN: _OF_ENTRY.values(_TO | {"return_reason": bindparam("why"), "before": bindparam("was")}),
    Verdict.REOPEN: _OF_ENTRY.values(_TO),
}
_SETTLED: Any = (
    update(_days)
    .where(_days.c.id == bindparam("day"))
    .values(
        state=bindparam("settled"),
        revision=bindparam("grown"),
        submitted_at=bindparam("since"),
        nothing_reason=None,
    )
)
