"""Which RHK an entry is offered first: the person's plan of that year and their own choices."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from models import Day, Entry, LinkSource, PerformancePlan, Person, Target
from services.linking import Candidate, Choice, PlanIndex, Suggestion, build_index, suggest

WEIGHTS = {LinkSource.CHOSEN: 1.0, LinkSource.COPIED: 0.6, LinkSource.ACCEPTED: 0.4}
"""How strongly an earlier link teaches: a tap most, a preselection that was merely sent least."""
HISTORY = 150
"""Earlier entries looked at."""
KEPT = 256

_indexes: OrderedDict[tuple[tuple[Candidate, ...], str | None], PlanIndex] = OrderedDict()


@dataclass(frozen=True, slots=True)
class PlanView:
    """The RHK one may choose from, in order."""

    targets: tuple[tuple[int, str], ...]
    index: PlanIndex
    history: tuple[Choice, ...]


async def load_plan(session: AsyncSession, person_id: int, year: int) -> PlanView | None:
    """A person's plan of a year with what their earlier choices teach; None before an SKP exists."""
    plan = await session.scalar(
        select(PerformancePlan)
        .where(PerformancePlan.person_id == person_id, PerformancePlan.year == year)
        .options(selectinload(PerformancePlan.targets).selectinload(Target.indicators))
    )
    if plan is None:
        return None
    targets = [one for one in plan.targets if one.retired_at is None and not one.pending]
    if not targets:
        return None
    position = await session.scalar(select(Person.position).where(Person.id == person_id))
    candidates = [
        Candidate(one.id, one.text, tuple(indicator.text for indicator in one.indicators)) for one in targets
    ]
    return PlanView(
        targets=tuple((one.id, one.text) for one in targets),
        index=_index(candidates, position),
        history=await _history(session, person_id),
    )


def suggestion_for(plan: PlanView, activity: str, outcome: str | None) -> Suggestion:
    """The ranked RHK for one activity."""
    return suggest(plan.index, activity, outcome=outcome, history=plan.history)


def apply_suggestion(entry: Entry, plan: PlanView | None) -> None:
    """Preselects the first RHK, or `Di luar SKP`, on an entry its owner has not linked themselves."""
    if plan is None or entry.link_source not in (None, LinkSource.SUGGESTED):
        return
    found = suggestion_for(plan, entry.activity, entry.outcome)
    entry.link_source = LinkSource.SUGGESTED
    entry.confident = found.confident
    entry.outside_plan = found.outside
    entry.target_id = None if found.outside or not found.ranking else found.ranking[0].key


async def _history(session: AsyncSession, person_id: int) -> tuple[Choice, ...]:
    rows = await session.execute(
        select(Entry.activity, Entry.outcome, Entry.target_id, Entry.link_source)
        .join(Day, Day.id == Entry.day_id)
        .where(Day.person_id == person_id, Entry.link_source.in_(list(WEIGHTS)))
        .order_by(Entry.id.desc())
        .limit(HISTORY)
    )
    return tuple(
        Choice(activity, outcome, target_id, WEIGHTS[source])
        for activity, outcome, target_id, source in rows
        if source is not None
    )


def _index(candidates: Sequence[Candidate], position: str | None) -> PlanIndex:
    key = (tuple(candidates), position)
    if key in _indexes:
        _indexes.move_to_end(key)
        return _indexes[key]
    index = _indexes[key] = build_index(candidates, position=position)
    if len(_indexes) > KEPT:
        _indexes.popitem(last=False)
    return index
