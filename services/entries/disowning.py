"""Taking back what an account wrote in a person's name when it was not them («Bukan dia»).

What was decided stays: decisions are append-only. What the person had written before from another account
stays too; if the first sending of its day was the other one's, it is theirs to send again. Whom the other one
named as stand-in or excused is so no longer, and leave that the other one cut or cancelled stands again.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Delete, Update, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import (
    Blocker,
    Day,
    DayKind,
    Decision,
    DutyPeriod,
    Entry,
    Evidence,
    Person,
    PlanLine,
    ShiftDay,
    State,
)
from services import audit
from services.approvals.acting import end_named_by
from services.duty.excusing import take_back_excuses
from services.entries.days import changed, entries_of, once_decided
from services.entries.sending import tell_queue
from services.plans.carrying import reopen_links
from services.plans.taking_back import take_back_plans
from services.rounds import plan_everybody


@dataclass(frozen=True, slots=True)
class Disowned:
    """How many activities were removed, and how many stay because they were decided.

    `agreed`: the years whose SKP was agreed meanwhile, which stays too.
    """

    removed: int = 0
    kept: int = 0
    agreed: tuple[int, ...] = ()


async def disown(
    session: AsyncSession, person: Person, *, chat_id: int, since: datetime, by: int, now: datetime
) -> Disowned:
    """Removes what was written from this chat since then and is not decided, with its evidence.

    Plans, what was written in the SKP, days away, days of a shift, excuses and stand-ins go too, and what was
    said to stand in the way, unless it was answered. The account must be parted already, so that nothing is
    written meanwhile.
    """
    theirs = (Entry.created_at >= since, or_(Entry.source_chat_id.is_(None), Entry.source_chat_id == chat_id))
    wrote = select(Entry.id).where(Entry.day_id == Day.id, *theirs)
    plans = await take_back_plans(session, person, since=since, by=by, now=now)  # first: days come after them
    found = await session.scalars(
        select(Day)
        .where(Day.person_id == person.id, or_(exists(wrote), Day.first_submitted_at >= since))
        .order_by(Day.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    days = found.all()
    removed = kept = 0
    for day in days:
        ours = set(await session.scalars(select(Entry.id).where(Entry.day_id == day.id, *theirs)))
        gone, stay = await _take_back(session, day, ours, since=since)
        removed, kept = removed + gone, kept + stay
    other = await _take_back_others(session, person, since=since, now=now)
    other += await take_back_excuses(session, person.id, since=since, now=now)
    other += await end_named_by(session, person.id, since=since, by=by, now=now)
    loose = (Evidence.person_id == person.id, Evidence.created_at >= since)
    await _delete_evidence(session, *loose, or_(Evidence.entry_id.is_(None), ~_decided()))
    other += plans.touched
    if not days and not other:
        return Disowned(agreed=plans.agreed)
    audit.record(
        session,
        "entries_disowned",
        actor_id=by,
        subject="person",
        subject_id=person.id,
        now=now,
        detail=f"removed {removed} kept {kept}" + (f" other {other}" if other else ""),
    )
    await session.flush()
    await plan_everybody(session, now=now)
    if person.supervisor_id is not None:
        await tell_queue(session, person.supervisor_id, now=now)
    return Disowned(removed, kept, plans.agreed)


async def _take_back(session: AsyncSession, day: Day, ours: set[int], *, since: datetime) -> tuple[int, int]:
    """Of a locked day: deletes the undecided ones of `ours`; gives how many, and how many of them stay."""
    entries = await entries_of(session, day)
    decided = await once_decided(session, entries)
    gone = [one for one in entries if one.id in ours and one.id not in decided]
    rest = [one for one in entries if one not in gone]
    if day.first_submitted_at is not None and day.first_submitted_at >= since:
        for entry in rest:
            if entry.id not in decided:
                entry.state = State.DRAFT
        await reopen_links(session, day, [one for one in rest if one.state is State.DRAFT])
        if not decided:
            day.first_submitted_at, day.submitted_at, day.late = None, None, False
            day.nothing_reason = None
    ids = [one.id for one in gone]
    await _delete_evidence(session, Evidence.entry_id.in_(ids))
    await session.flush()
    await session.execute(delete(Entry).where(Entry.id.in_(ids)).execution_options(synchronize_session=False))
    for one in gone:
        session.expunge(one)
    await changed(session, day)
    return len(gone), len(ours & decided)


async def _take_back_others(session: AsyncSession, person: Person, *, since: datetime, now: datetime) -> int:
    """Plans, what stands in the way, days away and days of a shift; gives how many rows it touched."""
    own = (DutyPeriod.person_id == person.id, DutyPeriod.kind != DayKind.EXCUSED)
    changes: tuple[Delete | Update, ...] = (
        delete(PlanLine)
        .where(PlanLine.person_id == person.id, PlanLine.created_at >= since)
        .returning(PlanLine.person_id),
        delete(Blocker)
        .where(Blocker.person_id == person.id, Blocker.raised_at >= since, Blocker.answered_at.is_(None))
        .returning(Blocker.person_id),
        delete(ShiftDay)
        .where(ShiftDay.marked_by == person.id, ShiftDay.marked_at >= since)
        .returning(ShiftDay.person_id),
        update(DutyPeriod)
        .where(*own, DutyPeriod.created_at >= since, DutyPeriod.cancelled_at.is_(None))
        .values(cancelled_at=now)
        .returning(DutyPeriod.person_id),
        # Only oneself changes these: what stood then stands again, and nothing overlaps.
        update(DutyPeriod)
        .where(*own, DutyPeriod.created_at < since, DutyPeriod.cancelled_at >= since)
        .values(cancelled_at=None)
        .returning(DutyPeriod.person_id),
    )
    touched = 0
    for change in changes:
        done = await session.execute(change.execution_options(synchronize_session=False))
        touched += len(done.all())
    return touched


async def _delete_evidence(session: AsyncSession, *which: ColumnElement[bool]) -> None:
    await session.execute(delete(Evidence).where(*which).execution_options(synchronize_session=False))


def _decided() -> ColumnElement[bool]:
    return exists(select(Decision.id).where(Decision.entry_id == Evidence.entry_id))
