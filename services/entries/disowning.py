"""Taking back what an account wrote in a person's name when it was not them («Bukan dia»).

What was decided stays: decisions are append-only. What the person had written before from another account
stays too; if the first sending of its day was the other one's, it is theirs to send again.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Blocker, Day, Decision, DutyPeriod, Entry, Evidence, Person, PlanLine, ShiftDay, State
from services import audit
from services.entries.days import changed, entries_of, once_decided
from services.entries.sending import tell_queue


@dataclass(frozen=True, slots=True)
class Disowned:
    """How many activities were removed, and how many stay because they were decided."""

    removed: int = 0
    kept: int = 0


async def disown(
    session: AsyncSession, person: Person, *, chat_id: int, since: datetime, by: int, now: datetime
) -> Disowned:
    """Removes what was written from this chat since then and is not decided, with its evidence.

    Plans go too, and what was said to stand in the way, unless it was answered.

    The account must be parted already, so that nothing is written meanwhile.
    """
    theirs = (Entry.created_at >= since, or_(Entry.source_chat_id.is_(None), Entry.source_chat_id == chat_id))
    wrote = select(Entry.id).where(Entry.day_id == Day.id, *theirs)
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
    await session.execute(
        delete(PlanLine).where(PlanLine.person_id == person.id, PlanLine.created_at >= since)
    )
    await session.execute(
        delete(Blocker).where(
            Blocker.person_id == person.id, Blocker.raised_at >= since, Blocker.answered_at.is_(None)
        )
    )
    await _take_back_days(session, person, since=since, now=now)
    loose = (Evidence.person_id == person.id, Evidence.created_at >= since)
    await _delete_evidence(session, *loose, or_(Evidence.entry_id.is_(None), ~_decided()))
    if not days:
        return Disowned()
    audit.record(
        session,
        "entries_disowned",
        actor_id=by,
        subject="person",
        subject_id=person.id,
        now=now,
        detail=f"removed {removed} kept {kept}",
    )
    if person.supervisor_id is not None:
        await tell_queue(session, person.supervisor_id, now=now)
    return Disowned(removed, kept)


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


async def _take_back_days(session: AsyncSession, person: Person, *, since: datetime, now: datetime) -> None:
    """Days away and days of a shift that were said since then in the person's name."""
    await session.execute(
        update(DutyPeriod)
        .where(
            DutyPeriod.person_id == person.id,
            DutyPeriod.created_by == person.id,
            DutyPeriod.created_at >= since,
            DutyPeriod.cancelled_at.is_(None),
        )
        .values(cancelled_at=now)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        delete(ShiftDay)
        .where(ShiftDay.person_id == person.id, ShiftDay.marked_by == person.id, ShiftDay.marked_at >= since)
        .execution_options(synchronize_session=False)
    )


async def _delete_evidence(session: AsyncSession, *which: ColumnElement[bool]) -> None:
    await session.execute(delete(Evidence).where(*which).execution_options(synchronize_session=False))


def _decided() -> ColumnElement[bool]:
    return exists(select(Decision.id).where(Decision.entry_id == Evidence.entry_id))
