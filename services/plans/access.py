"""Whose SKP one may read or write now, and the lock under which it changes.

Only its owner writes an SKP, and not while it lies before the supervisor. Who decides on it may read it:
asked of the database at every press (`entitlement.capacity_of`).
"""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import AnnexLine, PerformancePlan, PlanState, Target
from services import audit
from services.approvals.entitlement import capacity_of
from services.clock import local_date
from services.errors import Invalid, NotAllowed, NotFound
from services.people.identity import Actor

OWNER = "owner"
"""As what somebody reads their own SKP; else supervisor, plt or plh."""
JANUARY = 1


def years_open(today: date) -> tuple[int, ...]:
    """Years whose SKP may be written: this one and the next, in January also the last."""
    last = (today.year - 1,) if today.month == JANUARY else ()
    return (*last, today.year, today.year + 1)


def ensure_year(actor: Actor, year: int, *, now: datetime) -> None:
    """Raises Invalid `skp_year_closed`."""
    if year not in years_open(local_date(now, actor.zone)):
        raise Invalid("year", "skp_year_closed", year=year)


async def reads_as(session: AsyncSession, actor: Actor, person_id: int, *, now: datetime) -> str:
    """As what the actor reads a person's SKP. Raises NotAllowed."""
    if person_id == actor.person_id:
        return OWNER
    return await capacity_of(session, actor, person_id, now=now)


async def locked_plan(session: AsyncSession, plan_id: int) -> PerformancePlan:
    """An SKP, locked and read afresh. Raises NotFound."""
    plan = await session.scalar(
        select(PerformancePlan)
        .where(PerformancePlan.id == plan_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if plan is None:
        raise NotFound("skp_gone")
    return plan


async def own_plan(
    session: AsyncSession, actor: Actor, plan_id: int, *, now: datetime, beside: bool = False
) -> PerformancePlan:
    """One's own SKP, locked, to be written in. Raises NotFound, NotAllowed, Invalid `skp_waiting`,
    `skp_year_closed`. `beside`: as for `own_target`.
    """
    plan = await locked_plan(session, plan_id)
    if plan.person_id != actor.person_id:
        raise NotAllowed("skp_not_yours")
    if beside:
        ensure_year(actor, plan.year, now=now)
    else:
        ensure_writable(actor, plan, now=now)
    return plan


def ensure_writable(actor: Actor, plan: PerformancePlan, *, now: datetime) -> None:
    """Raises Invalid `skp_waiting`, `skp_year_closed`."""
    ensure_year(actor, plan.year, now=now)
    if plan.state is PlanState.PROPOSED:
        raise Invalid("plan", "skp_waiting")


async def own_target(
    session: AsyncSession, actor: Actor, target_id: int, *, now: datetime, beside: bool = False
) -> tuple[PerformancePlan, Target]:
    """One of one's own RHK, its SKP locked and writable. Raises NotFound, NotAllowed, Invalid.

    `beside`: for what is no part of the agreement, and so may change while that is waited for.
    """
    plan_id = await session.scalar(select(Target.plan_id).where(Target.id == target_id))
    if plan_id is None:
        raise NotFound("target_gone")
    plan = await own_plan(session, actor, plan_id, now=now, beside=beside)
    target = await session.scalar(
        select(Target).where(Target.id == target_id).execution_options(populate_existing=True)
    )
    if target is None:
        raise NotFound("target_gone")
    return plan, target


async def targets_of(session: AsyncSession, plan_id: int) -> list[Target]:
    """Every wording there ever was in an SKP, in order."""
    return list(
        await session.scalars(
            select(Target)
            .where(Target.plan_id == plan_id)
            .order_by(Target.position, Target.id)
            .execution_options(populate_existing=True)
        )
    )


def in_hand(targets: Iterable[Target]) -> list[Target]:
    """Of these, what the version in hand holds: in force and not replaced, or written for it."""
    alive = [one for one in targets if one.retired_at is None]
    replaced = {one.replaces_id for one in alive if one.pending and one.replaces_id}
    return [one for one in alive if one.id not in replaced]


async def began(session: AsyncSession, plan: PerformancePlan) -> None:
    """A change of what was agreed begins the next version; what was agreed holds until that is agreed."""
    if plan.state is PlanState.AGREED:
        plan.state, plan.version = PlanState.DRAFT, plan.agreed_version + 1


async def changed(session: AsyncSession, plan: PerformancePlan) -> None:
    """Notes a visible change; an SKP that no longer differs from what was agreed is agreed again."""
    plan.revision += 1
    await session.flush()
    began_anew = plan.state in (PlanState.DRAFT, PlanState.RETURNED) and plan.agreed_version > 0
    if began_anew and not await differs(session, plan):
        plan.state, plan.version, plan.return_reason = PlanState.AGREED, plan.agreed_version, None
        await session.flush()


def record(session: AsyncSession, actor: Actor, plan: PerformancePlan, action: str, *, now: datetime) -> None:
    """Audits what was done with an SKP."""
    audit.record(
        session,
        action,
        actor_id=actor.person_id,
        subject="plan",
        subject_id=plan.id,
        now=now,
        detail=f"version {plan.version}",
    )


async def differs(session: AsyncSession, plan: PerformancePlan) -> bool:
    """Whether anything in hand is not as it was agreed."""
    for table in (Target, AnnexLine):
        found = select(table.id).where(
            table.plan_id == plan.id, table.retired_at.is_(None), table.pending | table.drop_asked
        )
        if await session.scalar(found.limit(1)) is not None:
            return True
    return False
