"""The indicators of one's RHK: added, changed, taken away."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Indicator, PerformancePlan, Target
from services.clock import local_date
from services.errors import Invalid, NotFound
from services.people.identity import Actor
from services.people.rows import folded
from services.plans.access import changed, own_target
from services.plans.reading import ReadIndicator, read_indicators
from services.plans.rewording import indicators_of, open_target
from services.plans.words import MOST_INDICATORS


async def add_indicators(
    session: AsyncSession, actor: Actor, target_id: int, text: str, *, now: datetime
) -> tuple[int, tuple[str, ...]]:
    """Adds typed indicators, one a line; gives the wording in hand and the lines not understood.

    Raises Invalid `indicator_unread` when nothing was understood, `indicators_many`, `indicator_twice`;
    NotFound, NotAllowed.
    """
    plan, target = await own_target(session, actor, target_id, now=now)
    found, left = read_indicators(text, today=local_date(now, actor.zone))
    if not found:
        raise Invalid("indicator", "indicator_unread")
    target = await open_target(session, plan, target, now=now)
    await put_indicators(session, target.id, found)
    await changed(session, plan)
    return target.id, left


async def put_indicators(session: AsyncSession, target_id: int, found: Sequence[ReadIndicator]) -> None:
    """Raises Invalid `indicators_many`, `indicator_twice`."""
    present = await indicators_of(session, target_id)
    known = {(one.aspect, folded(one.text)) for one in present}
    if any((one.aspect, folded(one.text)) in known for one in found):
        raise Invalid("indicator", "indicator_twice")
    if len(present) + len(found) > MOST_INDICATORS:
        raise Invalid("indicator", "indicators_many", limit=MOST_INDICATORS)
    first = max((one.position for one in present), default=-1) + 1
    session.add_all(
        Indicator(
            target_id=target_id,
            position=first + place,
            aspect=one.aspect,
            text=one.text,
            goal=one.goal,
            goal_text=one.goal_text,
            unit=one.unit,
        )
        for place, one in enumerate(found)
    )
    await session.flush()


async def set_indicator(
    session: AsyncSession, actor: Actor, indicator_id: int, text: str, *, now: datetime
) -> int:
    """Rewrites an indicator as typed; gives the wording of its RHK in hand.

    Raises Invalid `indicator_unread`, `indicator_twice`; NotFound, NotAllowed.
    """
    plan, target, old = await _own_indicator(session, actor, indicator_id, now=now)
    found, left = read_indicators(text, today=local_date(now, actor.zone))
    if len(found) != 1 or left:
        raise Invalid("indicator", "indicator_unread")
    target, one = await _opened(session, plan, target, old, now=now)
    others = [other for other in await indicators_of(session, target.id) if other.id != one.id]
    new = found[0]
    if any((other.aspect, folded(other.text)) == (new.aspect, folded(new.text)) for other in others):
        raise Invalid("indicator", "indicator_twice")
    if one.aspect is not new.aspect:
        one.lineage_id = None  # another aspect is another indicator: its values do not carry over
    one.aspect, one.text, one.unit = new.aspect, new.text, new.unit
    one.goal, one.goal_text = new.goal, new.goal_text
    await changed(session, plan)
    return target.id


async def drop_indicator(session: AsyncSession, actor: Actor, indicator_id: int, *, now: datetime) -> int:
    """Takes an indicator away; gives the wording of its RHK in hand. Raises NotFound, NotAllowed, Invalid."""
    plan, target, old = await _own_indicator(session, actor, indicator_id, now=now)
    target, one = await _opened(session, plan, target, old, now=now)
    await session.delete(one)
    await changed(session, plan)
    return target.id


async def target_of(session: AsyncSession, actor: Actor, indicator_id: int, *, now: datetime) -> int:
    """The RHK of one's own indicator that may be changed. Raises NotFound, NotAllowed, Invalid."""
    _, target, _ = await _own_indicator(session, actor, indicator_id, now=now)
    return target.id


async def _own_indicator(
    session: AsyncSession, actor: Actor, indicator_id: int, *, now: datetime
) -> tuple[PerformancePlan, Target, Indicator]:
    target_id = await session.scalar(select(Indicator.target_id).where(Indicator.id == indicator_id))
    if target_id is None:
        raise NotFound("indicator_gone")
    plan, target = await own_target(session, actor, target_id, now=now)
    one = await session.scalar(
        select(Indicator).where(Indicator.id == indicator_id).execution_options(populate_existing=True)
    )
    if one is None:
        raise NotFound("indicator_gone")
    return plan, target, one


async def _opened(
    session: AsyncSession, plan: PerformancePlan, target: Target, old: Indicator, *, now: datetime
) -> tuple[Target, Indicator]:
    """The wording to write in and the same indicator there. Raises NotFound `indicator_gone`."""
    fresh = await open_target(session, plan, target, now=now)
    if fresh.id == target.id:
        return fresh, old
    lineage = old.lineage_id or old.id
    for one in await indicators_of(session, fresh.id):
        if (one.lineage_id or one.id) == lineage:
            return fresh, one
    raise NotFound("indicator_gone")
