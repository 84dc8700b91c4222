"""Steps by quarter (rencana aksi) of one's RHK. They go with its lineage and are no part of what is agreed:
they may change within a version, also while it waits. What was planned once is retired, never deleted.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import ActionStep, Aspect, Indicator, Target
from services.errors import Invalid, NotFound
from services.people.identity import Actor
from services.people.rows import clean, folded
from services.plans.access import own_target
from services.plans.reading import read_step
from services.plans.words import LONGEST_LINE, MOST_GOAL, MOST_STEPS, QUARTERS, SHORTEST


async def open_quarter(
    session: AsyncSession, actor: Actor, target_id: int, quarter: int, *, now: datetime, room: bool = True
) -> Target:
    """One's own RHK whose steps may change; with `room` for one more in that quarter.

    Raises NotFound `target_gone`, NotAllowed, Invalid `steps_many`, `skp_year_closed`.
    """
    _, target = await own_target(session, actor, target_id, now=now, beside=True)
    if target.retired_at is not None or quarter not in QUARTERS:
        raise NotFound("target_gone")
    if room:
        there = select(func.count(ActionStep.id)).where(*_steps_of(target), _of(quarter))
        if (await session.scalar(there) or 0) >= MOST_STEPS:
            raise Invalid("step", "steps_many", limit=MOST_STEPS)
    return target


async def add_step(
    session: AsyncSession,
    actor: Actor,
    target_id: int,
    *,
    quarter: int,
    text: str,
    goal: int | None = None,
    now: datetime,
) -> int:
    """Adds a step (rencana aksi) to one's RHK in a quarter; gives its id. The same once more is as once.

    `goal`: how much of the RHK's quantity it plans. Raises Invalid `step_short`, `step_long`, `step_goal`,
    `steps_many`; NotFound, NotAllowed.
    """
    steps = await _put(session, actor, target_id, [(clean(text), goal)], quarter=quarter, now=now)
    return steps[0].id


async def add_steps(
    session: AsyncSession, actor: Actor, target_id: int, text: str, *, quarter: int, now: datetime
) -> int:
    """Adds typed steps, one a line, «Menyusun 3 modul» planning 3; gives how many. Raises as `add_step`."""
    unit = await session.scalar(
        select(Indicator.unit)
        .where(
            Indicator.target_id == target_id,
            Indicator.aspect == Aspect.QUANTITY,
            Indicator.goal.is_not(None),
            Indicator.unit.is_not(None),
        )
        .order_by(Indicator.position, Indicator.id)
        .limit(1)
    )
    found = [read_step(line, unit) for line in text.splitlines() if clean(line)]
    return len(await _put(session, actor, target_id, found or [("", None)], quarter=quarter, now=now))


async def _put(
    session: AsyncSession,
    actor: Actor,
    target_id: int,
    wanted: Sequence[tuple[str, int | None]],
    *,
    quarter: int,
    now: datetime,
) -> list[ActionStep]:
    for text, goal in wanted:
        _check(text, goal)
    target = await open_quarter(session, actor, target_id, quarter, now=now, room=False)
    present = list(await session.scalars(select(ActionStep).where(*_steps_of(target), _of(quarter))))
    known = {folded(one.text): one for one in present}
    place = max((one.position for one in present), default=-1)
    for text, goal in wanted:
        if folded(text) not in known:
            place += 1
            known[folded(text)] = ActionStep(
                target_id=target.id, quarter=quarter, position=place, text=text, goal=goal, created_at=now
            )
    if len(known) > MOST_STEPS:
        raise Invalid("step", "steps_many", limit=MOST_STEPS)
    session.add_all(known.values())
    await session.flush()
    return [known[folded(text)] for text, _ in wanted]


def _check(text: str, goal: int | None) -> None:
    if len(text) < SHORTEST:
        raise Invalid("step", "step_short")
    if len(text) > LONGEST_LINE:
        raise Invalid("step", "step_long", limit=LONGEST_LINE)
    if goal is not None and not 0 < goal <= MOST_GOAL:
        raise Invalid("step", "step_goal")


async def drop_step(session: AsyncSession, actor: Actor, step_id: int, *, now: datetime) -> tuple[int, int]:
    """Takes a step away; gives its RHK as it is worded in hand, and its quarter. Pressed twice, gone once.

    Raises NotFound, NotAllowed, Invalid.
    """
    target, step = await _own_step(session, actor, step_id, now=now)
    if step.retired_at is None:
        step.retired_at = now
        await session.flush()
    return target.id, step.quarter


async def keep_step(session: AsyncSession, actor: Actor, step_id: int, *, now: datetime) -> tuple[int, int]:
    """Puts a step that was taken away back; gives its RHK and its quarter. Pressed twice, it is there once.

    Raises Invalid `steps_many`; NotFound, NotAllowed.
    """
    target, step = await _own_step(session, actor, step_id, now=now)
    if step.retired_at is not None:
        await open_quarter(session, actor, target.id, step.quarter, now=now)
        step.retired_at = None
        await session.flush()
    return target.id, step.quarter


async def copy_steps(
    session: AsyncSession, actor: Actor, target_id: int, quarter: int, *, now: datetime
) -> None:
    """Plans the steps of a quarter for the other three as well; what is there already is not doubled.

    Raises Invalid `steps_many`; NotFound `step_gone`, NotAllowed.
    """
    target = await open_quarter(session, actor, target_id, quarter, now=now, room=False)
    present = await session.scalars(
        select(ActionStep).where(*_steps_of(target), _of(quarter)).order_by(ActionStep.position)
    )
    wanted = [(one.text, one.goal) for one in present]
    if not wanted:
        raise NotFound("step_gone")
    for other in QUARTERS:
        if other != quarter:
            await _put(session, actor, target.id, wanted, quarter=other, now=now)


async def _own_step(
    session: AsyncSession, actor: Actor, step_id: int, *, now: datetime
) -> tuple[Target, ActionStep]:
    step = await session.scalar(
        select(ActionStep).where(ActionStep.id == step_id).execution_options(populate_existing=True)
    )
    if step is None:
        raise NotFound("step_gone")
    _, target = await own_target(session, actor, step.target_id, now=now, beside=True)
    return target, step


def _of(quarter: int) -> ColumnElement[bool]:
    return ActionStep.quarter == quarter


def _steps_of(target: Target) -> tuple[ColumnElement[bool], ...]:
    wordings = select(Target.id).where((Target.lineage_id == target.lineage) | (Target.id == target.lineage))
    return (ActionStep.target_id.in_(wordings), ActionStep.retired_at.is_(None))
