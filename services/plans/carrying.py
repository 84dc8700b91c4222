"""What follows an RHK to its new wording: unsent work, and the RHK of others that serve it.

What was sent keeps the wording it was judged by. Who writes an entry locks its day; so does who moves it
here, in the order of the days' ids, and reads it only then: what its owner does at that moment is not
overwritten. What comes just after is set right when it is sent (`renew_links`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import Day, Entry, State, Target
from services.entries.suggesting import apply_suggestion, load_plan
from services.plans.standing import in_force, lineage_of

AT_ONCE = 500
"""Ids in one IN list; SQLite takes a limited number of parameters."""


async def follow_wordings(
    session: AsyncSession, wordings: Mapping[int, int | None], *, now: datetime
) -> None:
    """Moves drafts and children from retired RHK of one person to what took their place; None: nothing did.

    A draft whose RHK is gone is suggested another; RHK of others keep serving what is gone.
    """
    if not wordings:
        return
    await session.flush()
    rows = await session.scalars(
        select(Target).where(Target.parent_id.in_(wordings), Target.retired_at.is_(None))
    )
    for child in rows:
        child.parent_id = wordings[child.parent_id or 0] or child.parent_id
    loose = await move_drafts(session, wordings)
    if loose:
        day = await session.get_one(Day, loose[0].day_id)
        plan = await load_plan(session, day.person_id, day.work_date.year)
        for entry in loose:
            apply_suggestion(entry, plan)
    await session.flush()


async def move_drafts(session: AsyncSession, wordings: Mapping[int, int | None]) -> list[Entry]:
    """Moves the drafts under retired RHK, whosever they are, their days locked; gives those left without."""
    await session.flush()
    ids: set[int] = set()
    for some in _portions(wordings):
        ids.update(
            await session.scalars(
                select(Entry.day_id).where(Entry.target_id.in_(some), Entry.state == State.DRAFT)
            )
        )
    loose: list[Entry] = []
    for some in _portions(sorted(ids)):
        days = {
            day.id: day
            for day in await session.scalars(
                select(Day)
                .where(Day.id.in_(some))
                .order_by(Day.id)
                .with_for_update()
                .execution_options(populate_existing=True)
            )
        }
        drafts = [
            entry
            for entry in await session.scalars(
                select(Entry)
                .where(Entry.day_id.in_(days), Entry.state == State.DRAFT, Entry.target_id.is_not(None))
                .order_by(Entry.day_id, Entry.position, Entry.id)
                .execution_options(populate_existing=True)
            )
            if entry.target_id in wordings
        ]
        loose += _put(drafts, wordings)
        for day_id in {entry.day_id for entry in drafts}:
            days[day_id].revision += 1
    await session.flush()
    return loose


async def renew_links(session: AsyncSession, entries: Iterable[Entry]) -> list[Entry]:
    """Entries of a locked day that are to be sent (again): under the wordings in force now.

    Gives those whose RHK nothing took the place of; they have none any more.
    """
    linked = [one for one in entries if one.target_id is not None]
    present = await worded_now(session, {one.target_id for one in linked if one.target_id is not None})
    moved = [
        one for one in linked if one.target_id is not None and present.get(one.target_id) != one.target_id
    ]
    return _put(moved, present)


async def reopen_links(session: AsyncSession, day: Day, entries: Iterable[Entry]) -> None:
    """The same for entries that are drafts again: those left without an RHK are suggested one."""
    loose = await renew_links(session, entries)
    if loose:
        plan = await load_plan(session, day.person_id, day.work_date.year)
        for entry in loose:
            apply_suggestion(entry, plan)


async def worded_now(session: AsyncSession, target_ids: Collection[int]) -> dict[int, int]:
    """RHK → the one in force that continues it, itself if it is; one query."""
    if not target_ids:
        return {}
    old = aliased(Target)
    rows = await session.execute(
        select(old.id, Target.id)
        .join(Target, (Target.plan_id == old.plan_id) & (lineage_of() == lineage_of(old)))
        .where(old.id.in_(sorted(target_ids)), in_force())
    )
    return {row[0]: row[1] for row in rows}


def _put(entries: Sequence[Entry], wordings: Mapping[int, int | None]) -> list[Entry]:
    """Writes what took the place of each one's RHK; gives those that have none now."""
    for entry in entries:
        entry.target_id = wordings.get(entry.target_id or 0)
    loose = [entry for entry in entries if entry.target_id is None]
    for entry in loose:
        entry.link_source, entry.confident, entry.outside_plan = None, False, False
    return loose


def _portions(ids: Iterable[int]) -> Iterable[Sequence[int]]:
    wanted = list(ids)
    return (wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE))
