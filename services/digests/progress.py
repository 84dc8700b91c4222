"""How far each RHK is: approved quantities in the indicator's own unit ÷ its target; nothing else adds up.

Which entries count is fixed by a cut, from the record of decisions: those that stood approved then. How much
each one says is read as it stands now: an entry that was reopened and corrected later shows its corrected
quantity in old summaries too, since no copy of the older wording is kept. Other units are listed beside,
never added.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Aspect, Decision, Entry, Indicator, Pattern, PerformancePlan, Target, Verdict
from services.calendar import is_workday
from services.calendar.workdays import office_pattern
from services.plans.standing import in_force
from services.reading.units import WRITTEN_OUT


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of a unit."""

    number: int
    unit: str


@dataclass(frozen=True, slots=True)
class Progress:
    """One RHK. `goal` None: it has no quantity that could be measured. `others`: approved in other units."""

    target_id: int
    person_id: int
    text: str
    parent_id: int | None
    done: int = 0
    goal: Decimal | None = None
    unit: str = ""
    others: tuple[Amount, ...] = ()

    @property
    def share(self) -> float | None:
        """Done ÷ target, 0 to 1 and beyond."""
        return float(self.done / self.goal) if self.goal else None


def same_unit(unit: str | None) -> str:
    """A unit as it is compared: small letters, written out."""
    word = " ".join((unit or "").casefold().split())
    return WRITTEN_OUT.get(word, word)


def pace(last: date, *, pattern: Pattern, days_off: Iterable[date]) -> float:
    """The share of the year's workdays that is over at the end of `last`: the pace one would expect."""
    off, pattern = frozenset(days_off), office_pattern(pattern)
    start = last.replace(month=1, day=1)
    days = [start + timedelta(days=offset) for offset in range(366)]
    work = [day for day in days if day.year == last.year and is_workday(day, pattern, off)]
    return sum(day <= last for day in work) / len(work) if work else 0.0


async def load_progress(
    session: AsyncSession, person_ids: Sequence[int], *, year: int, at: datetime
) -> tuple[Progress, ...]:
    """Every RHK of the people's SKP of a year that still holds, in their order; three queries."""
    targets = (
        await session.execute(
            select(Target.id, Target.text, Target.parent_id, PerformancePlan.person_id)
            .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
            .where(
                PerformancePlan.person_id.in_(person_ids),
                PerformancePlan.year == year,
                in_force(),
            )
            .order_by(PerformancePlan.person_id, Target.section.desc(), Target.position, Target.id)
        )
    ).all()
    if not targets:
        return ()
    within = (
        select(Target.id)
        .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
        .where(PerformancePlan.person_id.in_(person_ids), PerformancePlan.year == year)
    )
    goals: dict[int, tuple[Decimal, str]] = {}
    rows = await session.execute(
        select(Indicator.target_id, Indicator.goal, Indicator.unit)
        .where(Indicator.target_id.in_(within), Indicator.aspect == Aspect.QUANTITY)
        .order_by(Indicator.target_id, Indicator.position)
    )
    for target_id, goal, unit in rows:
        if goal and unit:
            goals.setdefault(target_id, (goal, unit))
    sums = await _approved(session, within, at=at)
    return tuple(
        _progress(row.id, row.person_id, row.text, row.parent_id, goals.get(row.id), sums.get(row.id, {}))
        for row in targets
    )


async def _approved(
    session: AsyncSession, within: Select[int], *, at: datetime
) -> Mapping[int, dict[str, int]]:
    """Target → unit → the sum of what stood approved at an instant."""
    latest = (
        select(func.max(Decision.id).label("id"))
        .join(Entry, Entry.id == Decision.entry_id)
        .where(Entry.target_id.in_(within), Decision.decided_at < at)
        .group_by(Decision.entry_id)
        .subquery()
    )
    rows = await session.execute(
        select(Entry.target_id, Entry.unit, func.sum(Entry.quantity))
        .join(Decision, Decision.entry_id == Entry.id)
        .join(latest, latest.c.id == Decision.id)
        .where(Decision.verdict == Verdict.APPROVE, Entry.quantity.is_not(None))
        .group_by(Entry.target_id, Entry.unit)
    )
    sums: dict[int, dict[str, int]] = {}
    for target_id, unit, number in rows:
        if target_id is None or number is None:
            continue
        of_target = sums.setdefault(target_id, {})
        of_target[same_unit(unit)] = of_target.get(same_unit(unit), 0) + int(number)
    return sums


def _progress(
    target_id: int,
    person_id: int,
    text: str,
    parent_id: int | None,
    goal: tuple[Decimal, str] | None,
    sums: Mapping[str, int],
) -> Progress:
    own = same_unit(goal[1]) if goal else None
    others = tuple(Amount(number, unit) for unit, number in sorted(sums.items()) if unit != own and number)
    if goal is None or own is None:
        return Progress(target_id, person_id, text, parent_id, others=others)
    return Progress(target_id, person_id, text, parent_id, sums.get(own, 0), goal[0], goal[1], others)
