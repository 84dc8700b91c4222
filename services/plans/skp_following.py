"""What follows an import of SKP beyond the SKP themselves: whom an RHK serves, unsent work, who is told."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from models import Day, Entry, PerformancePlan, Person, State, Target
from services import outbox
from services.outbox import Letter
from services.people.rows import Remarks, folded
from services.people.standing_in import stand_ins
from services.plans.skp_comparing import Match
from services.plans.skp_present import portions
from services.plans.skp_writing import Written

PROPOSED = "plan_proposed"


async def link_parents(
    session: AsyncSession,
    taken: Sequence[tuple[Person, int, Match, Target]],
    people: Mapping[int, Person],
    remarks: Remarks,
) -> tuple[set[int], int]:
    """Ties each RHK (owner, year, match, wording) to the supervisor's RHK it names, earlier files included.

    Gives the ids of those whose tie changed, and how many of others that waited for one found it.
    """
    years = {year for _, year, _, _ in taken}
    wordings: dict[tuple[int, int, str], int] = {}
    for target_id, text, person_id, year in await session.execute(
        select(Target.id, Target.text, PerformancePlan.person_id, PerformancePlan.year)
        .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
        .where(PerformancePlan.year.in_(years), Target.retired_at.is_(None))
        .order_by(Target.pending.desc(), Target.id)
    ):
        wordings[person_id, year, folded(text)] = target_id  # what holds comes last and wins
    ties: dict[int, int | None] = {}
    for owner, year, match, target in taken:
        if not match.record.parent_named:
            continue
        parent = None
        if match.record.parent is not None:
            parent = wordings.get((owner.supervisor_id or 0, year, folded(match.record.parent)))
            if parent is None:
                code = "parent_not_found" if owner.supervisor_id is not None else "parent_no_supervisor"
                remarks.warn(match.record.parent_cell, "rhk_atasan", code)
        if target.parent_id != parent:
            ties[target.id] = parent
    changed = set(ties)
    waiting = await session.execute(
        select(Target.id, Target.parent_text, PerformancePlan.person_id, PerformancePlan.year)
        .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
        .where(
            PerformancePlan.year.in_(years),
            Target.retired_at.is_(None),
            Target.parent_id.is_(None),
            Target.parent_text.is_not(None),
        )
    )
    ours = {target.id for _, _, _, target in taken}
    for target_id, named, person_id, year in waiting:
        found = wordings.get((people[person_id].supervisor_id or 0, year, folded(named or "")))
        if target_id not in ours and found is not None:
            ties[target_id] = found
    await _tie(session, ties)
    return changed, len(ties) - len(changed)


async def _tie(session: AsyncSession, ties: Mapping[int, int | None]) -> None:
    """One statement, whoever they are; the objects in hand are told."""
    if not ties:
        return
    await session.flush()
    rows = [{"id": target_id, "parent_id": parent} for target_id, parent in sorted(ties.items())]
    await session.execute(update(Target), rows)
    for target_id, parent in ties.items():
        held = session.identity_map.get(identity_key(Target, target_id))
        if held is not None:
            set_committed_value(held, "parent_id", parent)


async def follow_import(session: AsyncSession, written: Sequence[Written]) -> None:
    """Moves RHK of others and unsent entries from former wordings to what took their place.

    An unsent entry whose RHK went for good has none any more; what was sent keeps the wording it was
    judged by.
    """
    heirs: dict[int, int | None] = {old.id: new.id for one in written for old, new in one.replaced}
    heirs |= {old.id: None for one in written for old in one.dropped}
    days: set[int] = set()
    ties: dict[int, int | None] = {}
    for ids in portions(heirs):
        children = await session.execute(
            select(Target.id, Target.parent_id).where(Target.parent_id.in_(ids), Target.retired_at.is_(None))
        )
        ties |= {child: heirs[parent] for child, parent in children if parent and heirs[parent]}
        for entry in await session.scalars(
            select(Entry).where(Entry.target_id.in_(ids), Entry.state == State.DRAFT)
        ):
            entry.target_id = heirs[entry.target_id or 0]
            days.add(entry.day_id)
            if entry.target_id is None:
                entry.link_source, entry.confident, entry.outside_plan = None, False, False
    await _tie(session, ties)
    for some in portions(sorted(days)):
        await session.execute(
            update(Day)
            .where(Day.id.in_(some))
            .values(revision=Day.revision + 1)
            .execution_options(synchronize_session=False)
        )
    await session.flush()


async def tell_proposed(
    session: AsyncSession, proposed: Sequence[tuple[Person, PerformancePlan]], *, now: datetime
) -> None:
    """Tells who decides on these people that their SKP waits: their supervisors, and who stands in today."""
    if not proposed:
        return
    superiors = {owner.supervisor_id for owner, _ in proposed if owner.supervisor_id is not None}
    acting = await stand_ins(session, superiors, now=now)
    letters = []
    for owner, plan in proposed:
        superior = owner.supervisor_id
        if superior is None:
            continue
        told = {superior, *([acting[superior].person_id] if superior in acting else [])} - {owner.id}
        payload = {"plan_id": plan.id, "version": plan.version, "revision": plan.revision}
        letters += [Letter(PROPOSED, to=one, payload=payload) for one in sorted(told)]
    await outbox.enqueue_many(session, letters, now=now)
