"""Where a change of an RHK is written: in place, or in a new wording of the same lineage.

never agreed, nobody's entry refers to it ──▶ in place
never agreed, an entry or a note refers   ──▶ a new wording takes its place at once, the old is retired
agreed                                    ──▶ a pending wording beside it, until its version is agreed
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Entry, Feedback, Indicator, IndicatorValue, PerformancePlan, Target
from services.errors import NotFound
from services.plans.access import began
from services.plans.carrying import follow_wordings


async def open_target(
    session: AsyncSession, plan: PerformancePlan, target: Target, *, now: datetime
) -> Target:
    """The RHK to be written in, for one that was shown; its SKP is locked. Raises NotFound."""
    if target.retired_at is not None:
        raise NotFound("target_gone")
    if target.pending:
        return target
    await began(session, plan)
    if plan.agreed_version:
        return await _replacement(session, plan, target, now=now)
    if not await _is_referred_to(session, target):
        return target
    fresh = await _copied(session, target, version=plan.version, now=now)
    target.retired_at, target.until_version = now, plan.version
    await session.flush()
    await follow_wordings(session, {target.id: fresh.id}, now=now)
    return fresh


async def _replacement(
    session: AsyncSession, plan: PerformancePlan, target: Target, *, now: datetime
) -> Target:
    """The pending wording that takes an agreed one's place, made when there is none yet."""
    there = await session.scalar(
        select(Target)
        .where(Target.replaces_id == target.id, Target.pending, Target.retired_at.is_(None))
        .execution_options(populate_existing=True)
    )
    if there is not None:
        return there
    target.drop_asked = False
    return await _copied(session, target, version=plan.version, replaces=target.id, now=now)


async def _copied(
    session: AsyncSession, target: Target, *, version: int, replaces: int | None = None, now: datetime
) -> Target:
    fresh = Target(
        plan_id=target.plan_id,
        position=target.position,
        section=target.section,
        perspective=target.perspective,
        text=target.text,
        parent_id=target.parent_id,
        parent_text=target.parent_text,
        lineage_id=target.lineage,
        since_version=version,
        pending=replaces is not None,
        replaces_id=replaces,
        created_at=now,
    )
    session.add(fresh)
    await session.flush()
    for one in await indicators_of(session, target.id):
        session.add(
            Indicator(
                target_id=fresh.id,
                position=one.position,
                aspect=one.aspect,
                text=one.text,
                goal=one.goal,
                goal_text=one.goal_text,
                unit=one.unit,
                lineage_id=one.lineage_id or one.id,
            )
        )
    await session.flush()
    return fresh


async def indicators_of(session: AsyncSession, target_id: int) -> list[Indicator]:
    """The indicators of one wording, in order, read afresh."""
    return list(
        await session.scalars(
            select(Indicator)
            .where(Indicator.target_id == target_id)
            .order_by(Indicator.position, Indicator.id)
            .execution_options(populate_existing=True)
        )
    )


async def indicators_of_many(
    session: AsyncSession, target_ids: Collection[int]
) -> dict[int, list[Indicator]]:
    """Wording → its indicators, in order; one query."""
    found: dict[int, list[Indicator]] = {}
    for one in await session.scalars(
        select(Indicator)
        .where(Indicator.target_id.in_(sorted(target_ids)))
        .order_by(Indicator.position, Indicator.id)
        .execution_options(populate_existing=True)
    ):
        found.setdefault(one.target_id, []).append(one)
    return found


async def _is_referred_to(session: AsyncSession, target: Target) -> bool:
    """Whether somebody may have been judged by this wording: work, a note, or a dated value."""
    values = (
        select(IndicatorValue.id)
        .join(Indicator, Indicator.id == IndicatorValue.indicator_id)
        .where(Indicator.target_id == target.id)
    )
    referred = select(
        exists().where(Entry.target_id == target.id)
        | exists().where(Feedback.target_id == target.id)
        | values.exists()
    )
    return bool(await session.scalar(referred))
