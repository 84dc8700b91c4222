"""The indicators of one's RHK: added, changed, taken away."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Indicator, PerformancePlan, Target
from services.clock import local_date
from services.dialogue import Question, Step, lock
from services.errors import Invalid, NotFound, Outdated
from services.people.goals import read_goal
from services.people.identity import Actor
from services.people.rows import clean, folded
from services.plans.access import changed, own_target
from services.plans.measure_line import ReadIndicator, named
from services.plans.reading import read_indicators
from services.plans.rewording import indicators_of, open_target
from services.plans.words import MOST_INDICATORS, Aspect


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


async def put_indicators(
    session: AsyncSession, target_id: int, found: Sequence[ReadIndicator]
) -> list[Indicator]:
    """Adds indicators behind those there are. Raises Invalid `indicators_many`, `indicator_twice`."""
    present = await indicators_of(session, target_id)
    known = {(one.aspect, folded(one.text)) for one in present}
    if any((one.aspect, folded(one.text)) in known for one in found):
        raise Invalid("indicator", "indicator_twice")
    if len(present) + len(found) > MOST_INDICATORS:
        raise Invalid("indicator", "indicators_many", limit=MOST_INDICATORS)
    first = max((one.position for one in present), default=-1) + 1
    made = [
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
    ]
    session.add_all(made)
    await session.flush()
    return made


async def set_indicator(
    session: AsyncSession, actor: Actor, indicator_id: int, text: str, *, now: datetime
) -> int:
    """Rewrites an indicator as typed; gives the wording of its RHK in hand. A bare target keeps the name.

    Raises Invalid `indicator_unread`, `indicator_twice`; NotFound, NotAllowed.
    """
    plan, target, old = await _own_indicator(session, actor, indicator_id, now=now)
    new = _rewritten(old, text, today=local_date(now, actor.zone))
    target, one = await _opened(session, plan, target, old, now=now)
    others = [other for other in await indicators_of(session, target.id) if other.id != one.id]
    if any((other.aspect, folded(other.text)) == (new.aspect, folded(new.text)) for other in others):
        raise Invalid("indicator", "indicator_twice")
    if one.aspect is not new.aspect:
        one.lineage_id = None  # another aspect is another indicator: its values do not carry over
    one.aspect, one.text, one.unit = new.aspect, new.text, new.unit
    one.goal, one.goal_text = new.goal, new.goal_text
    await changed(session, plan)
    return target.id


def _rewritten(old: Indicator, text: str, *, today: date) -> ReadIndicator:
    """What stands after a typed change: «10» and «10 modul» change the target and leave the name.

    Raises Invalid `indicator_unread`.
    """
    words = clean(text)
    number = read_goal(words, None, aspect=old.aspect, is_number=False)
    if number.number and number.fault is None and number.unit is None and old.goal is not None:
        joint = "" if old.unit == "%" else " "
        said = words if old.unit in (None, "rupiah") else f"{words}{joint}{old.unit}"
        return ReadIndicator(old.aspect, old.text, number.number, said, old.unit)
    found, left = read_indicators(text, today=today)
    if len(found) != 1 or left:
        raise Invalid("indicator", "indicator_unread")
    new = found[0]
    if new.named or new.aspect is not old.aspect or old.text == named(old.aspect, old.unit):
        return new
    return replace(new, text=old.text)


KEPT = "measure"
"""The name under which what was taken away stays in the chat's dialogue row until its next input."""


async def drop_indicator(
    session: AsyncSession, actor: Actor, indicator_id: int, *, now: datetime
) -> tuple[int, Question]:
    """Takes an indicator away; gives the wording of its RHK in hand, and a lapsed question that keeps it.

    Raises NotFound, NotAllowed, Invalid.
    """
    plan, target, old = await _own_indicator(session, actor, indicator_id, now=now)
    target, one = await _opened(session, plan, target, old, now=now)
    await session.delete(one)
    await changed(session, plan)
    row = {
        "rhk": target.lineage,
        "lineage": one.lineage_id or one.id,
        "position": one.position,
        "aspect": one.aspect.value,
        "text": one.text,
        "goal": None if one.goal is None else str(one.goal),
        "goal_text": one.goal_text,
        "unit": one.unit,
    }
    return target.id, Question(Step.SKP_INDICATOR, now, {KEPT: row})


async def keep_indicator(session: AsyncSession, actor: Actor, target_id: int, *, now: datetime) -> int:
    """Puts back the indicator that the chat's last input took away from this RHK.

    Raises Outdated when something else came since; Invalid `indicators_many`, `indicator_twice`; NotFound,
    NotAllowed.
    """
    plan, target = await own_target(session, actor, target_id, now=now)
    row = (await lock(session, actor.chat_id)).data.get(KEPT)
    if not row or row["rhk"] != target.lineage:
        raise Outdated(card=("target", target.lineage))
    target = await open_target(session, plan, target, now=now)
    goal = None if row["goal"] is None else Decimal(row["goal"])
    one = ReadIndicator(Aspect(row["aspect"]), row["text"], goal, row["goal_text"], row["unit"])
    for made in await put_indicators(session, target.id, [one]):
        made.lineage_id, made.position = row["lineage"], row["position"]
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
