"""Which RHK an entry is offered first: by the person's plan, their own choices and their office's."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from models import Decision, Entry, LinkSource, PerformancePlan, Person, Target
from services.entries.amounts import counted_units, fit_amount
from services.entries.choices import how_far, office_choices, own_choices, wordings_now
from services.linking import Candidate, Choice, Memory, PlanIndex, Suggestion, build_index, suggest_learned

KEPT = 256
"""Plans whose index is kept."""
REMEMBERED = 64
"""People whose choices are kept ready."""

_memories: OrderedDict[tuple[Choice, ...], Memory] = OrderedDict()
_indexes: OrderedDict[tuple[tuple[Candidate, ...], str | None], PlanIndex] = OrderedDict()


@dataclass(frozen=True, slots=True)
class PlanView:
    """The RHK one may choose from, in order. `standing`: any RHK of the person → the one it is today.

    `units`: any RHK of the SKP, in any wording → the units in which it adds up.
    """

    targets: tuple[tuple[int, str], ...]
    index: PlanIndex
    memory: Memory
    standing: Mapping[int, int]
    units: Mapping[int, frozenset[str]]


async def load_plan(session: AsyncSession, person_id: int, year: int) -> PlanView | None:
    """A person's plan of a year with what earlier choices teach; None before an SKP exists.

    The same number of queries whatever there is to learn from.
    """
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
    newest = [select(func.max(table.id)).scalar_subquery() for table in (Entry, Decision)]
    position, unit_id, *made = (
        await session.execute(select(Person.position, Person.unit_id, *newest).where(Person.id == person_id))
    ).one()
    candidates = [
        Candidate(one.id, one.text, tuple(indicator.text for indicator in one.indicators)) for one in targets
    ]
    wordings = tuple((one.id, one.text) for one in targets)
    standing = await wordings_now(session, person_id, year, plan.targets)
    own = await own_choices(session, person_id, standing)
    theirs = await office_choices(session, person_id, unit_id, wordings, year=year, made=how_far(*made))
    return PlanView(
        targets=wordings,
        index=_index(candidates, position),
        memory=_memory((*own, *theirs)),
        standing=standing,
        units={one.id: counted_units(one.indicators) for one in plan.targets},
    )


def suggestion_for(plan: PlanView, activity: str, outcome: str | None) -> Suggestion:
    """The ranked RHK for one activity."""
    return suggest_learned(plan.index, activity, outcome=outcome, memory=plan.memory)


def apply_suggestion(entry: Entry, plan: PlanView | None) -> None:
    """Preselects the first RHK, or `Di luar SKP`, on an entry its owner has not linked themselves.

    Of the amounts in its words the one that its RHK counts is taken.
    """
    if plan is None:
        return
    if entry.link_source in (None, LinkSource.SUGGESTED):
        found = suggestion_for(plan, entry.activity, entry.outcome)
        entry.link_source = LinkSource.SUGGESTED
        entry.confident = found.confident
        entry.outside_plan = found.outside
        entry.target_id = None if found.outside or not found.ranking else found.ranking[0].key
    fit_amount(entry, plan.units.get(entry.target_id or 0, frozenset()))


def _memory(choices: tuple[Choice, ...]) -> Memory:
    if choices in _memories:
        _memories.move_to_end(choices)
        return _memories[choices]
    memory = _memories[choices] = Memory(choices)
    if len(_memories) > REMEMBERED:
        _memories.popitem(last=False)
    return memory


def _index(candidates: Sequence[Candidate], position: str | None) -> PlanIndex:
    key = (tuple(candidates), position)
    if key in _indexes:
        _indexes.move_to_end(key)
        return _indexes[key]
    index = _indexes[key] = build_index(candidates, position=position)
    if len(_indexes) > KEPT:
        _indexes.popitem(last=False)
    return index
