"""Dated values as they are looked at: one's own indicators, one value to decide on, everything that waits."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import Indicator, IndicatorValue, PerformancePlan, Person, Target, ValueState
from services.approvals.entitlement import capacity_of
from services.errors import NotAllowed, NotFound
from services.people.identity import Actor
from services.people.standing_in import SUPERVISOR, seats_of
from services.progress.loading import dated_of, load_standing, value_of
from services.progress.standing import Dated, Standing, Value, right_after


@dataclass(frozen=True, slots=True)
class Reported:
    """A value with its indicator, its RHK and whose it is, for who decides on it. `before`: confirmed last.

    `capacity`: as what the actor decides on it, in the place of `supervisor_name`.
    """

    person_id: int
    person_name: str
    target_text: str
    year: int
    dated: Dated
    value: Value
    capacity: str = SUPERVISOR
    supervisor_name: str = ""

    @property
    def waits(self) -> bool:
        return self.value.state is ValueState.REPORTED

    @property
    def before(self) -> Value | None:
        others = (one for one in self.dated.confirmed if one.id != self.value.id)
        return next(others, None)


@dataclass(frozen=True, slots=True)
class OwnIndicator:
    """One's own indicator of kualitas, waktu or biaya with the RHK it belongs to."""

    target: Standing
    dated: Dated
    year: int


async def load_own(
    session: AsyncSession, person_id: int, year: int, *, now: datetime
) -> tuple[Standing, ...]:
    """Where one's RHK stand, with everything reported until now."""
    return await load_standing(session, [person_id], year=year, at=right_after(now))


async def lineage_in(session: AsyncSession, actor: Actor, indicator_id: int) -> int:
    """The lineage of one's own indicator. Raises NotFound `indicator_gone`, NotAllowed `skp_not_yours`."""
    row = (
        await session.execute(
            select(func.coalesce(Indicator.lineage_id, Indicator.id), PerformancePlan.person_id)
            .join(Target, Target.id == Indicator.target_id)
            .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
            .where(Indicator.id == indicator_id)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("indicator_gone")
    if row[1] != actor.person_id:
        raise NotAllowed("skp_not_yours")
    return row[0]


async def load_indicator(session: AsyncSession, actor: Actor, lineage: int, *, now: datetime) -> OwnIndicator:
    """One's own indicator by its lineage. Raises NotFound `indicator_gone`."""
    row = (
        await session.execute(
            select(PerformancePlan.person_id, PerformancePlan.year)
            .join(Target, Target.plan_id == PerformancePlan.id)
            .join(Indicator, Indicator.target_id == Target.id)
            .where(func.coalesce(Indicator.lineage_id, Indicator.id) == lineage)
            .limit(1)
        )
    ).one_or_none()
    if row is None or row[0] != actor.person_id:
        raise NotFound("indicator_gone")
    for target in await load_own(session, row[0], row[1], now=now):
        for one in target.dated:
            if one.lineage == lineage:
                return OwnIndicator(target, one, row[1])
    raise NotFound("indicator_gone")


_OWNER, _BOSS, _DECIDER = aliased(Person), aliased(Person), aliased(Person)


async def _reported(
    session: AsyncSession, condition: ColumnElement[bool], seats: Mapping[int, str]
) -> list[Reported]:
    """Values with what was confirmed of the same indicators before; two queries."""
    lineage = func.coalesce(Indicator.lineage_id, Indicator.id)
    rows = (
        await session.execute(
            select(IndicatorValue, Indicator, Target.text, PerformancePlan, _OWNER, _BOSS, _DECIDER.name)
            .join(Indicator, Indicator.id == IndicatorValue.indicator_id)
            .join(Target, Target.id == Indicator.target_id)
            .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
            .join(_OWNER, _OWNER.id == PerformancePlan.person_id)
            .outerjoin(_BOSS, _BOSS.id == _OWNER.supervisor_id)
            .outerjoin(_DECIDER, _DECIDER.id == IndicatorValue.decided_by)
            .where(condition)
            .order_by(IndicatorValue.reported_at, IndicatorValue.id)
            .execution_options(populate_existing=True)
        )
    ).all()
    history: dict[int, list[Value]] = {}
    lineages = {row.Indicator.lineage_id or row.Indicator.id for row in rows}
    for value, of, by in await session.execute(
        select(IndicatorValue, lineage, _DECIDER.name)
        .join(Indicator, Indicator.id == IndicatorValue.indicator_id)
        .outerjoin(_DECIDER, _DECIDER.id == IndicatorValue.decided_by)
        .where(lineage.in_(lineages), IndicatorValue.state == ValueState.CONFIRMED)
    ):
        history.setdefault(of, []).append(value_of(value, by))
    found = []
    for value, indicator, text, plan, owner, boss, by in rows:
        confirmed = history.get(indicator.lineage_id or indicator.id, [])
        found.append(
            Reported(
                person_id=owner.id,
                person_name=owner.name,
                target_text=text,
                year=plan.year,
                dated=dated_of(indicator, confirmed, year=plan.year),
                value=value_of(value, by),
                capacity=seats.get(boss.id, SUPERVISOR) if boss else SUPERVISOR,
                supervisor_name=boss.name if boss else "",
            )
        )
    return found


async def load_waiting(session: AsyncSession, actor: Actor, *, now: datetime) -> tuple[Reported, ...]:
    """Every reported value the actor decides on today, the oldest first; three queries."""
    seats = await seats_of(session, actor, now=now)
    waits = and_(
        IndicatorValue.state == ValueState.REPORTED,
        _OWNER.supervisor_id.in_(sorted(seats)),
        _OWNER.id != actor.person_id,
    )
    return tuple(await _reported(session, waits, seats))


async def count_waiting(session: AsyncSession, actor: Actor, *, now: datetime) -> int:
    """How many reported values the actor decides on today."""
    seats = await seats_of(session, actor, now=now)
    given = {"seats": sorted(seats), "actor": actor.person_id}
    return await session.scalar(_COUNTED, given) or 0


# Built once: building a statement costs more than running it.
_values, _indicators, _targets = IndicatorValue.__table__, Indicator.__table__, Target.__table__
_plans, _people = PerformancePlan.__table__, Person.__table__
_COUNTED: Any = (
    select(func.count())
    .select_from(
        _values.join(_indicators, _indicators.c.id == _values.c.indicator_id)
        .join(_targets, _targets.c.id == _indicators.c.target_id)
        .join(_plans, _plans.c.id == _targets.c.plan_id)
        .join(_people, _people.c.id == _plans.c.person_id)
    )
    .where(
        _values.c.state == ValueState.REPORTED,
        _people.c.supervisor_id.in_(bindparam("seats", expanding=True)),
        _people.c.id != bindparam("actor"),
    )
)


async def load_reported(session: AsyncSession, actor: Actor, value_id: int, *, now: datetime) -> Reported:
    """One value for who decides on it today. Raises NotFound `value_gone`, NotAllowed."""
    found = await _reported(session, IndicatorValue.id == value_id, await seats_of(session, actor, now=now))
    if not found:
        raise NotFound("value_gone")
    capacity = await capacity_of(session, actor, found[0].person_id, now=now)
    return replace(found[0], capacity=capacity)


async def load_decided(
    session: AsyncSession, actor: Actor, value_id: int, *, revision: int
) -> Reported | None:
    """What was decided on one's own value; None when it was reported anew since, or is not theirs."""
    found = await _reported(session, IndicatorValue.id == value_id, {})
    if not found or found[0].person_id != actor.person_id:
        return None
    one = found[0]
    return None if one.waits or one.value.revision != revision else one
