"""What follows an import of SKP beyond the SKP themselves: whom an RHK serves, unsent work, who is told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from models import Behaviour, Day, Entry, PerformancePlan, Person, PlanState, Target
from services import outbox
from services.entries.suggesting import apply_suggestion, load_plan
from services.outbox import Letter
from services.people.rows import Remarks, folded
from services.people.standing_in import stand_ins
from services.plans.carrying import move_drafts
from services.plans.skp_comparing import Match
from services.plans.skp_present import portions
from services.plans.skp_writing import WrittenPlan
from services.plans.standing import lineage_of

PROPOSED, IMPORTED = "plan_proposed", "plan_imported"


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
    wordings = await _wordings(session, years)
    ties: dict[int, int | None] = {}
    for owner, year, match, target in taken:
        if match.record.parent is None:
            continue
        parent = wordings.get((owner.supervisor_id or 0, year, folded(match.record.parent)))
        if parent is None and match.serves_same and target.parent_id is not None:
            continue  # connected in chat, or tied to what is no longer there under that name
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


async def _wordings(session: AsyncSession, years: Collection[int]) -> dict[tuple[int, int, str], int]:
    """(person, year, wording) → the RHK that stands; of a former wording, the one that continues it."""
    rows = (
        await session.execute(
            select(
                Target.id,
                lineage_of().label("lineage"),
                Target.text,
                Target.retired_at.is_(None).label("stands"),
                PerformancePlan.person_id,
                PerformancePlan.year,
            )
            .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
            .where(PerformancePlan.year.in_(years))
            .order_by(Target.retired_at.is_(None), Target.pending.desc(), Target.id)
        )
    ).all()
    standing = {row.lineage: row.id for row in rows if row.stands}  # what holds comes last and wins
    return {
        (row.person_id, row.year, folded(row.text)): row.id if row.stands else standing[row.lineage]
        for row in rows
        if row.lineage in standing
    }


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


async def follow_import(session: AsyncSession, written: Sequence[WrittenPlan]) -> None:
    """Moves RHK of others and unsent entries from former wordings to what took their place.

    An unsent entry whose RHK went for good is suggested another; what was sent keeps the wording it was
    judged by.
    """
    heirs: dict[int, int | None] = {old.id: new.id for one in written for old, new in one.replaced}
    heirs |= {old.id: None for one in written for old in one.dropped}
    ties: dict[int, int | None] = {}
    for ids in portions(heirs):
        children = await session.execute(
            select(Target.id, Target.parent_id).where(Target.parent_id.in_(ids), Target.retired_at.is_(None))
        )
        ties |= {child: heirs[parent] for child, parent in children if parent and heirs[parent]}
    await _tie(session, ties)
    await _suggest_anew(session, await move_drafts(session, heirs))


async def _suggest_anew(session: AsyncSession, loose: Sequence[Entry]) -> None:
    """Suggests an RHK to entries that have none any more; a plan is read for each of their people alone."""
    plans: dict[tuple[int, int], list[Entry]] = {}
    days: dict[int, tuple[int, int]] = {}
    for ids in portions(sorted({one.day_id for one in loose})):
        for day_id, person_id, work_date in await session.execute(
            select(Day.id, Day.person_id, Day.work_date).where(Day.id.in_(ids))
        ):
            days[day_id] = person_id, work_date.year
    for entry in loose:
        plans.setdefault(days[entry.day_id], []).append(entry)
    for (person_id, year), entries in plans.items():
        plan = await load_plan(session, person_id, year)
        for entry in entries:
            apply_suggestion(entry, plan)
    await session.flush()


@dataclass(frozen=True, slots=True)
class Replaced:
    """What the file took the place of: an SKP under way in chat, and a leader's own expectations."""

    owner: Person
    plan: PerformancePlan
    gives_up: PlanState | None
    leaders: Sequence[Behaviour]


async def tell_replaced(session: AsyncSession, replaced: Sequence[Replaced], *, now: datetime) -> None:
    """Tells the owner and who decides on them what a file took the place of, when there was anything.

    Who decides hears of an SKP only when it waited there, and does so no longer.
    """
    there = [one for one in replaced if one.gives_up or one.leaders]
    deciders = await _deciders(session, [one.owner for one in there], now=now)
    letters = []
    for one in there:
        payload = {"plan_id": one.plan.id, "behaviours": [behaviour.value for behaviour in one.leaders]}
        whole = {**payload, "given_up": one.gives_up is not None}
        letters.append(Letter(IMPORTED, to=one.owner.id, payload=whole))
        waited = one.gives_up is PlanState.PROPOSED and one.plan.state is PlanState.AGREED
        if waited or one.leaders:
            letters += [
                Letter(IMPORTED, to=to, payload={**payload, "given_up": waited})
                for to in deciders.get(one.owner.id, ())
            ]
    await outbox.enqueue_many(session, letters, now=now)


async def tell_proposed(
    session: AsyncSession, proposed: Sequence[tuple[Person, PerformancePlan]], *, now: datetime
) -> None:
    """Tells who decides on these people that their SKP waits: their supervisors, and who stands in today."""
    deciders = await _deciders(session, [owner for owner, _ in proposed], now=now)
    letters = []
    for owner, plan in proposed:
        payload = {"plan_id": plan.id, "version": plan.version, "revision": plan.revision}
        letters += [Letter(PROPOSED, to=one, payload=payload) for one in deciders.get(owner.id, ())]
    await outbox.enqueue_many(session, letters, now=now)


async def _deciders(
    session: AsyncSession, owners: Sequence[Person], *, now: datetime
) -> dict[int, list[int]]:
    """Person → their supervisor, and who stands in today. At most one query."""
    superiors = {one.id: one.supervisor_id for one in owners if one.supervisor_id is not None}
    acting = await stand_ins(session, superiors.values(), now=now) if superiors else {}
    return {
        person_id: sorted(
            {superior, *([acting[superior].person_id] if superior in acting else [])} - {person_id}
        )
        for person_id, superior in superiors.items()
    }
