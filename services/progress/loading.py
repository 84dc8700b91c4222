"""Reads where the RHK of any number of people stand, in a constant number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import (
    ActionStep,
    Aspect,
    Indicator,
    IndicatorValue,
    Pattern,
    PerformancePlan,
    Person,
    PlanEvent,
    StepVerdict,
    Target,
    ValueState,
)
from services.calendar import PersonalCalendar, load_personal
from services.clock import local_date
from services.plans.standing import in_force, lineage_of
from services.progress.counting import Sums, load_sums
from services.progress.judging import goal_day
from services.progress.recording import load_recorded
from services.progress.standing import (
    MARGIN,
    QUARTERS,
    Dated,
    Elapsed,
    Measure,
    Quarter,
    Standing,
    Value,
    elapsed,
    expected_share,
    latest_first,
)
from services.reading.units import same_unit


class Wording(NamedTuple):
    """One wording of an RHK there ever was, with the lineage of what it serves."""

    id: int
    lineage: int
    person_id: int
    text: str
    parent_id: int | None
    parent_lineage: int | None
    retired_at: datetime | None
    pending: bool
    lineage_id: int | None
    agreed_version: int
    created_at: datetime
    began_at: datetime | None


async def load_standing(
    session: AsyncSession,
    person_ids: Sequence[int],
    *,
    year: int,
    at: datetime,
    on: date | None = None,
    calendars: Mapping[int, PersonalCalendar] | None = None,
) -> tuple[Standing, ...]:
    """Every RHK in force of the people's SKP of a year, in their order. Seven queries, four for calendars.

    `at`: what counts is what stood before this instant. `on`: the date whose pace is expected; without it
    the date at `at` where the person is. `calendars`: of the whole year, where they are at hand already.
    """
    plans = select(Target.id).join(PerformancePlan, PerformancePlan.id == Target.plan_id)
    wordings = plans.where(PerformancePlan.person_id.in_(person_ids), PerformancePlan.year == year)
    rows = await _wordings(session, wordings)
    if not rows:
        return ()
    lineages = {row.id: row.lineage for row in rows}
    known: dict[int, list[int]] = {}
    for row in rows:
        known.setdefault(row.lineage, []).append(row.id)
    shown = [row for row in rows if row.retired_at is None and not row.pending]
    if calendars is None:
        owners = {row.person_id for row in shown}
        calendars = await load_personal(session, owners, first=date(year, 1, 1), last=date(year, 12, 31))
    indicators = await _indicators(session, wordings.where(in_force()))
    values = await _values(session, wordings, at=at)
    planned = await _planned(session, wordings, lineages)
    done: dict[int, list[Sums]] = {}
    for target_id, sums in (await load_sums(session, wordings, year=year, at=at)).items():
        done.setdefault(lineages[target_id], []).append(sums)
    recorded = await load_recorded(session, sorted({row.person_id for row in shown}), year=year, at=at)
    over = _Over(year)
    return tuple(
        _standing(
            row,
            indicators.get(row.id, ()),
            values,
            _together(done.get(row.lineage, ())),
            planned.get(row.lineage, {}),
            _course(row, calendars[row.person_id], recorded.get(row.person_id), on, at=at, over=over),
            year=year,
            wordings=tuple(known[row.lineage]),
        )
        for row in shown
    )


async def _wordings(session: AsyncSession, wordings: Select[int]) -> Sequence[Wording]:
    parent, first = aliased(Target), aliased(Target)
    began = (
        select(func.min(PlanEvent.at))
        .where(
            PlanEvent.plan_id == Target.plan_id,
            PlanEvent.version == first.since_version,
            PlanEvent.verdict.in_((StepVerdict.AGREED, StepVerdict.IMPORTED)),
            first.since_version > 1,
        )
        .correlate(Target, first)
        .scalar_subquery()
    )
    rows = await session.execute(
        select(
            Target.id,
            lineage_of(),
            PerformancePlan.person_id,
            Target.text,
            Target.parent_id,
            lineage_of(parent),
            Target.retired_at,
            Target.pending,
            Target.lineage_id,
            PerformancePlan.agreed_version,
            PerformancePlan.created_at,
            began,
        )
        .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
        .join(first, first.id == lineage_of())
        .outerjoin(parent, parent.id == Target.parent_id)
        .where(Target.id.in_(wordings))
        .order_by(PerformancePlan.person_id, Target.section.desc(), Target.position, Target.id)
    )
    return [Wording._make(row) for row in rows]


async def _indicators(session: AsyncSession, wordings: Select[int]) -> Mapping[int, list[Indicator]]:
    found: dict[int, list[Indicator]] = {}
    for one in await session.scalars(
        select(Indicator)
        .where(Indicator.target_id.in_(wordings))
        .order_by(Indicator.target_id, Indicator.position, Indicator.id)
        .execution_options(populate_existing=True)
    ):
        found.setdefault(one.target_id, []).append(one)
    return found


async def _values(
    session: AsyncSession, wordings: Select[int], *, at: datetime
) -> Mapping[int, tuple[Value, ...]]:
    """Indicator lineage → its values as they stood at an instant."""
    lineage = func.coalesce(Indicator.lineage_id, Indicator.id)
    found: dict[int, list[Value]] = {}
    for one, of, by in await session.execute(
        select(IndicatorValue, lineage, Person.name)
        .join(Indicator, Indicator.id == IndicatorValue.indicator_id)
        .outerjoin(Person, Person.id == IndicatorValue.decided_by)
        .where(Indicator.target_id.in_(wordings), IndicatorValue.reported_at < at)
        .execution_options(populate_existing=True)
    ):
        if one.state is ValueState.REPORTED or (one.decided_at is not None and one.decided_at < at):
            found.setdefault(of, []).append(value_of(one, by))
    return {of: tuple(values) for of, values in found.items()}


def value_of(one: IndicatorValue, by: str | None) -> Value:
    """A stored value with the name of who decided on it."""
    return Value(
        one.id,
        one.number,
        one.day,
        one.as_of,
        one.state,
        one.reported_at,
        decided_at=one.decided_at,
        by=by,
        reason=one.reason,
    )


async def _planned(
    session: AsyncSession, wordings: Select[int], lineages: Mapping[int, int]
) -> Mapping[int, dict[int, int]]:
    """RHK lineage → quarter → how much its steps plan, where they say so."""
    found: dict[int, dict[int, int]] = {}
    for target_id, quarter, goal in await session.execute(
        select(ActionStep.target_id, ActionStep.quarter, func.sum(ActionStep.goal))
        .where(
            ActionStep.target_id.in_(wordings),
            ActionStep.retired_at.is_(None),
            ActionStep.goal.is_not(None),
        )
        .group_by(ActionStep.target_id, ActionStep.quarter)
    ):
        of = found.setdefault(lineages[target_id], {})
        of[quarter] = of.get(quarter, 0) + int(goal or 0)
    return found


class _Over:
    """What of a year is over at the end of a date; reckoned once for all who share a calendar."""

    def __init__(self, year: int) -> None:
        self.year = year
        self.known: dict[tuple[Pattern, frozenset[date], date], Elapsed] = {}

    def at(self, calendar: PersonalCalendar, on: date) -> Elapsed:
        key = (calendar.pattern, calendar.days_off, on)
        if key not in self.known:
            self.known[key] = elapsed(self.year, on, pattern=calendar.pattern, days_off=calendar.days_off)
        return self.known[key]


@dataclass(frozen=True, slots=True)
class _Course:
    """`over`: of the year since the RHK is on record; None: nothing is to be expected of it yet."""

    since: date
    over: Elapsed | None = None
    recorded_from: date | None = None


def _course(
    row: Wording,
    calendar: PersonalCalendar,
    recorded: date | None,
    on: date | None,
    *,
    at: datetime,
    over: _Over,
) -> _Course:
    """From when on an RHK is judged: when it came into force, or when its owner's records begin, if later.

    What a year lost before that is told only where it is more than the margin of the judgement.
    """
    since = local_date(row.began_at or row.created_at, calendar.home)
    if recorded is None or not row.agreed_version:
        return _Course(since)
    start = max(since, recorded)
    before = over.at(calendar, start - timedelta(days=1))
    passed = over.at(calendar, on or local_date(at, calendar.home)) - before
    return _Course(since, passed, start if before.year >= MARGIN else None)


def _together(parts: Iterable[Sums]) -> Sums:
    """What was done under all wordings."""
    found = Sums()
    for one in parts:
        for unit, quarters in one.by_unit.items():
            for quarter, number in quarters.items():
                found.add(unit, quarter, number)
    return found


def _standing(
    row: Wording,
    indicators: Iterable[Indicator],
    values: Mapping[int, tuple[Value, ...]],
    done: Sums,
    planned: Mapping[int, int],
    course: _Course,
    *,
    year: int,
    wordings: tuple[int, ...],
) -> Standing:
    measures: dict[str, Measure] = {}
    dated = []
    for one in indicators:
        if one.aspect is not Aspect.QUANTITY:
            dated.append(dated_of(one, values.get(one.lineage_id or one.id, ()), year=year))
        elif one.goal and one.unit and same_unit(one.unit) not in measures:
            unit = same_unit(one.unit)
            amount = sum(done.of(unit).values())
            measures[unit] = Measure(one.lineage_id or one.id, one.text, one.goal, one.unit, amount)
    first = next(iter(measures), "")
    of_quarter = done.of(first) if measures else {}
    goal = measures[first].goal if measures else Decimal(0)
    return Standing(
        target_id=row.id,
        person_id=row.person_id,
        text=row.text,
        parent_id=row.parent_id,
        lineage=row.lineage,
        parent_lineage=row.parent_lineage,
        measures=tuple(measures.values()),
        others=done.but(measures),
        quarters=tuple(Quarter(one, of_quarter.get(one, 0), planned.get(one)) for one in QUARTERS),
        expected=expected_share(goal, planned, course.over) if course.over else None,
        steadily=course.over.year if course.over else None,
        dated=tuple(dated),
        since=course.since,
        recorded_from=course.recorded_from,
        wordings=wordings,
    )


def dated_of(one: Indicator, values: Iterable[Value], *, year: int) -> Dated:
    """An indicator of kualitas, waktu or biaya with its values."""
    known = list(values)
    pending = [value for value in known if value.state is not ValueState.CONFIRMED]
    return Dated(
        indicator_id=one.id,
        lineage=one.lineage_id or one.id,
        aspect=one.aspect,
        text=one.text,
        goal=one.goal,
        goal_text=one.goal_text,
        unit=one.unit,
        goal_day=goal_day(one.goal_text, year=year) if one.aspect is Aspect.TIME else None,
        confirmed=latest_first(value for value in known if value.state is ValueState.CONFIRMED),
        pending=max(pending, key=lambda value: value.id) if pending else None,
    )


async def load_pace(session: AsyncSession, person_id: int, on: date) -> float:
    """The share of a person's workdays of the year that is over at the end of a date."""
    first, last = on.replace(month=1, day=1), on.replace(month=12, day=31)
    calendar = (await load_personal(session, [person_id], first=first, last=last))[person_id]
    return elapsed(on.year, on, pattern=calendar.pattern, days_off=calendar.days_off).year
