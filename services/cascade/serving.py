"""Which of a supervisor's own RHK their people served in a span of days: for the weekly summary.

It is looked for from the RHK downwards, level by level, and only until somebody is found. What others serve
is known after two or three statements, however large the office; only an RHK that nobody served is followed
down to its end, some hundred RHK a statement. Who is below whom, and what hangs where, is as it stands now,
whenever the work was done.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import Day, Entry, PerformancePlan, Person, Target
from services.cascade.work import of_lineages, visible_to
from services.plans.standing import in_force, lineage_of

LOOK = 400
"""RHK that are looked at in one statement."""
SHORT = timedelta(days=14)
"""Up to so many days are read as days. In a longer span work is looked for RHK by RHK."""


@dataclass(frozen=True, slots=True)
class _Node:
    """An RHK in force; `of`: the own one above it."""

    lineage: int
    person_id: int
    of: int


async def find_served(
    session: AsyncSession,
    supervisor_id: int,
    lineages: Collection[int],
    *,
    year: int,
    first: date,
    last: date,
) -> frozenset[int]:
    """Those of a supervisor's own RHK in force, by lineage, for which somebody below did something that the
    supervisor sees, from `first` to `last` in the year: for whatever hangs under them.
    """
    first, last = max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
    if first > last:
        return frozenset()
    found: set[int] = set()
    seen = {one: _Node(one, supervisor_id, one) for one in lineages}
    above = list(seen.values())
    while above:
        part, above = above[:LOOK], above[LOOK:]
        below = await _below(session, supervisor_id, part, seen, year=year)
        for some in _parts(below):
            left = [one for one in some if one.of not in found]
            alive = await _alive(session, supervisor_id, left, first=first, last=last) if left else ()
            found.update(one.of for one in left if one.lineage in alive)
        above = [one for one in (*above, *below) if one.of not in found]
    return frozenset(found)


def _parts(nodes: Iterable[_Node]) -> Iterable[list[_Node]]:
    left = iter(nodes)
    while part := list(islice(left, LOOK)):
        yield part


async def _below(
    session: AsyncSession, root: int, above: Sequence[_Node], seen: dict[int, _Node], *, year: int
) -> list[_Node]:
    """What hangs on these RHK, as `tree.grown` says it, and was not seen before."""
    named = aliased(Target)
    lineages = [one.lineage for one in above]
    wordings = select(Target.id).where(of_lineages(lineages)).scalar_subquery()
    child = aliased(Target)
    rows = await session.execute(
        select(
            lineage_of(child).label("lineage"),
            PerformancePlan.person_id,
            Person.supervisor_id,
            lineage_of(named).label("named"),
        )
        .join(PerformancePlan, PerformancePlan.id == child.plan_id)
        .join(Person, Person.id == PerformancePlan.person_id)
        .join(named, named.id == child.parent_id)
        .where(
            child.parent_id.in_(wordings),
            in_force(child),
            PerformancePlan.year == year,
            Person.active,
            Person.id != root,
        )
    )
    below = []
    for lineage, person_id, superior, parent in rows:
        over = seen[parent]
        if superior == over.person_id != person_id and lineage not in seen:
            seen[lineage] = one = _Node(lineage, person_id, over.of)
            below.append(one)
    return below


async def _alive(
    session: AsyncSession, root: int, nodes: Sequence[_Node], *, first: date, last: date
) -> frozenset[int]:
    """For which of these RHK their people did something in the span."""
    query = select(lineage_of()).where(Day.work_date.between(first, last), visible_to(root))
    if last - first < SHORT:
        query = (
            query.select_from(Day)
            .join(Person, Person.id == Day.person_id)
            .join(Entry, Entry.day_id == Day.id)
            .join(Target, Target.id == Entry.target_id)
            .where(Day.person_id.in_({one.person_id for one in nodes}))
            .distinct()
        )
    else:  # the first one found of each RHK will do
        done = (
            select(Entry.id)
            .join(Day, Day.id == Entry.day_id)
            .join(Person, Person.id == Day.person_id)
            .where(Entry.target_id == Target.id, Day.work_date.between(first, last), visible_to(root))
            .correlate(Target)
            .limit(1)
            .scalar_subquery()
        )
        query = select(lineage_of()).where(of_lineages([one.lineage for one in nodes]), done.is_not(None))
    return frozenset(await session.scalars(query))
