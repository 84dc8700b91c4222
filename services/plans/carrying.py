"""What follows an RHK to its new wording: unsent work, and the RHK of others that serve it.

What was sent keeps the wording it was judged by.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import Day, Entry, State, Target
from services.entries.suggesting import apply_suggestion, load_plan
from services.plans.standing import in_force, lineage_of


async def follow_wordings(
    session: AsyncSession, wordings: Mapping[int, int | None], *, now: datetime
) -> None:
    """Moves drafts and children from retired RHK to what took their place; None: nothing did.

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
    drafts = (
        await session.execute(
            select(Entry, Day.person_id, Day.work_date)
            .join(Day, Day.id == Entry.day_id)
            .where(Entry.target_id.in_(wordings), Entry.state == State.DRAFT)
            .execution_options(populate_existing=True)
        )
    ).all()
    if not drafts:
        return
    _, person_id, work_date = drafts[0]
    plan = await load_plan(session, person_id, work_date.year)
    for entry, _, _ in drafts:
        entry.target_id = wordings[entry.target_id or 0]
        if entry.target_id is None:
            entry.link_source, entry.confident, entry.outside_plan = None, False, False
            apply_suggestion(entry, plan)
    days = {entry.day_id for entry, _, _ in drafts}
    await session.execute(
        update(Day)
        .where(Day.id.in_(days))
        .values(revision=Day.revision + 1)
        .execution_options(synchronize_session=False)
    )
    await session.flush()


async def worded_now(session: AsyncSession, target_ids: Collection[int]) -> dict[int, int]:
    """RHK → the one in force that continues it, for those that are retired; one query."""
    if not target_ids:
        return {}
    old = aliased(Target)
    rows = await session.execute(
        select(old.id, Target.id)
        .join(Target, (Target.plan_id == old.plan_id) & (lineage_of() == lineage_of(old)))
        .where(old.id.in_(sorted(target_ids)), in_force())
    )
    return {row[0]: row[1] for row in rows}
