"""Which RHK an entry is offered first: by the person's plan, their own choices and their office's."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Decision, Entry, Indicator, LinkSource, PerformancePlan, Person, Target, Verdict
from services.entries.amounts import counted_units, fit_amount
from services.entries.choices import how_far, office_choices, own_choices, wordings_now
from services.linking import Candidate, Choice, Memory, PlanIndex, Suggestion, build_index, suggest_learned
from services.people.identity import flushed

KEPT = 256
"""Plans whose index is kept."""
REMEMBERED = 64
"""People whose choices are kept ready."""

_memories: OrderedDict[tuple[Choice, ...], Memory] = OrderedDict()
_indexes: OrderedDict[object, PlanIndex] = OrderedDict()


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
    await flushed(session)
    given = {"person": person_id, "year": year, "years": [year - 1, year, year + 1]}
    rows = (await session.execute(_TARGETS, given)).all()
    planned = {row.id: row for row in rows if row.year == year}
    wordings = tuple(
        (row.id, row.text) for row in planned.values() if row.retired_at is None and not row.pending
    )
    if not wordings:
        return None
    indicators: dict[int, list[Row[Any]]] = {}
    for row in rows:
        if row.indicator_id is not None and row.year == year:
            indicators.setdefault(row.id, []).append(row)
    standing = wordings_now(
        wordings,
        [(row.id, row.lineage, row.text) for row in planned.values() if not row.pending],
        {row.id: (row.id, row.lineage, row.text) for row in rows if row.year != year}.values(),
    )
    person = (await session.execute(_PERSON, given)).one()
    own = await own_choices(session, person_id, standing, returns=bool(person.returned))
    made = how_far(person.entries, person.decisions)
    theirs = await office_choices(session, person_id, person.unit_id, wordings, year=year, made=made)
    candidates = [
        Candidate(key, text, tuple(one.indicator for one in indicators.get(key, ())))
        for key, text in wordings
    ]
    return PlanView(
        targets=wordings,
        index=_index(candidates, person.position),
        memory=_memory((*own, *theirs)),
        standing=standing,
        units={key: counted_units(indicators.get(key, ())) for key in planned},
    )


# Built once: building a statement of this size costs more than running it.
_plans, _targets, _indicators = PerformancePlan.__table__.c, Target.__table__.c, Indicator.__table__.c
_people, _days, _entries, _decisions = (one.__table__.c for one in (Person, Day, Entry, Decision))
_TARGETS: Any = (
    select(
        _plans.year,
        _targets.id,
        _targets.text,
        _targets.pending,
        _targets.retired_at,
        func.coalesce(_targets.lineage_id, _targets.id).label("lineage"),
        _indicators.id.label("indicator_id"),
        _indicators.text.label("indicator"),
        _indicators.aspect,
        _indicators.goal,
        _indicators.unit,
    )
    .select_from(
        PerformancePlan.__table__.join(Target.__table__, _targets.plan_id == _plans.id).outerjoin(
            Indicator.__table__,
            and_(_indicators.target_id == _targets.id, _plans.year == bindparam("year")),
        )
    )
    .where(_plans.person_id == bindparam("person"), _plans.year.in_(bindparam("years", expanding=True)))
    .order_by(
        case((_plans.year == bindparam("year"), _targets.position), else_=-_targets.id),
        _targets.id,
        _indicators.position,
        _indicators.id,
    )
)
"""The RHK of the year in order, with their indicators, and those of the years beside it, newest first."""
_PERSON: Any = select(
    _people.position,
    _people.unit_id,
    select(func.max(_entries.id)).scalar_subquery().label("entries"),
    select(func.max(_decisions.id)).scalar_subquery().label("decisions"),
    select(_decisions.id)
    .select_from(Day.__table__.join(Decision.__table__, _decisions.day_id == _days.id))
    .where(_days.person_id == bindparam("person"), _decisions.verdict == Verdict.RETURN)
    .exists()
    .label("returned"),
).where(_people.id == bindparam("person"))


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
    """Shared by all whose RHK are worded alike: only the keys are a person's own."""
    key = (tuple((one.text, one.details) for one in candidates), position)
    if key in _indexes:
        _indexes.move_to_end(key)
    else:
        _indexes[key] = build_index(candidates, position=position)
        if len(_indexes) > KEPT:
            _indexes.popitem(last=False)
    return replace(_indexes[key], keys=tuple(one.key for one in candidates))
