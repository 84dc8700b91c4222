"""Taking back what an account wrote in a person's SKP when it was not them («Bukan dia»).

What was agreed stays: it was decided. What only waited is a draft again. RHK and annex lines written in chat
since then are retired and what they took the place of stands again; so do steps. A wording that was never
agreed and that nobody's work referred to was changed in place: it stays as it reads now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import (
    ActionStep,
    AnnexLine,
    Day,
    Entry,
    Indicator,
    IndicatorValue,
    PerformancePlan,
    Person,
    PlanEvent,
    PlanState,
    SheetRow,
    StepVerdict,
    Target,
    ValueState,
)
from services.plans.access import changed
from services.plans.carrying import follow_wordings
from services.plans.dialogue import put_back, tell_deciders

Row = Target | AnnexLine


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How many rows changed, and the years whose SKP was agreed meanwhile, which stays."""

    touched: int = 0
    agreed: tuple[int, ...] = ()


async def take_back_plans(
    session: AsyncSession, person: Person, *, since: datetime, by: int, now: datetime
) -> TakenBack:
    """Undoes what was written in a person's SKP since then and not agreed; who decides is told.

    Locks the SKP: to be called before any day is locked.
    """
    plans = list(
        await session.scalars(
            select(PerformancePlan)
            .where(PerformancePlan.person_id == person.id)
            .order_by(PerformancePlan.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    if not plans:
        return TakenBack()
    ids = [plan.id for plan in plans]
    events = list(
        await session.scalars(select(PlanEvent).where(PlanEvent.plan_id.in_(ids), PlanEvent.at >= since))
    )
    agreed = {one.plan_id for one in events if one.verdict is StepVerdict.AGREED}
    imported = {one.plan_id for one in events if one.verdict is StepVerdict.IMPORTED}
    afresh = {"populate_existing": True}
    targets = (
        await session.scalars(select(Target).where(Target.plan_id.in_(ids)), execution_options=afresh)
    ).all()
    lines = (
        await session.scalars(select(AnnexLine).where(AnnexLine.plan_id.in_(ids)), execution_options=afresh)
    ).all()
    reported = await _take_back_values(session, targets, since=since)
    steps = await _take_back_steps(
        session, [one for one in targets if one.plan_id not in imported], since=since, now=now
    )
    copied = await _take_back_marks(session, person.id, since=since)
    touched = len(reported) + len(steps) + copied
    for plan in plans:
        rows: list[Row] = [one for one in targets if one.plan_id == plan.id]
        rows += [one for one in lines if one.plan_id == plan.id]
        wordings, count = _take_back_rows(plan, rows, plan.id in agreed | imported, since=since, now=now)
        waits = (
            plan.state is PlanState.PROPOSED and plan.proposed_at is not None and plan.proposed_at >= since
        )
        if not count and not waits:
            continue
        touched += count + waits
        for row in rows:
            row.drop_asked = row.drop_asked and row.retired_at is not None
        if waits:
            put_back(session, plan, by=by, now=now)
        await changed(session, plan)
        await follow_wordings(session, wordings, now=now)
        if waits and person.supervisor_id is not None:
            await tell_deciders(session, plan, "plan_withdrawn", person.supervisor_id, but=by, now=now)
    return TakenBack(touched, tuple(plan.year for plan in plans if plan.id in agreed))


def _take_back_rows(
    plan: PerformancePlan, rows: Sequence[Row], decided: bool, *, since: datetime, now: datetime
) -> tuple[dict[int, int | None], int]:
    """Gives the retired RHK with what stands again in their place, and how many rows changed.

    `decided`: a version was agreed or imported since then, so that what is retired may be so by that.
    """
    undecided = [one for one in rows if one.pending or not plan.agreed_version]
    fresh = [one for one in undecided if _is_since(one.created_at, since) and one.retired_at is None]
    gone = [
        one for one in undecided if _is_since(one.retired_at, since) and not _is_since(one.created_at, since)
    ]
    for one in fresh:
        one.retired_at, one.until_version = now, plan.version
    if decided:
        gone = []
    for one in gone:
        one.retired_at, one.until_version = None, None
    standing = {one.lineage: one.id for one in gone if isinstance(one, Target)}
    wordings = {one.id: standing.get(one.lineage) for one in fresh if isinstance(one, Target)}
    return wordings, len(fresh) + len(gone)


def _is_since(at: datetime | None, since: datetime) -> bool:
    return at is not None and at >= since


async def _take_back_values(
    session: AsyncSession, targets: Sequence[Target], *, since: datetime
) -> Sequence[int]:
    """Deletes dated values that nobody decided on."""
    indicators = select(Indicator.id).where(Indicator.target_id.in_([one.id for one in targets]))
    rows = await session.scalars(
        delete(IndicatorValue)
        .where(
            IndicatorValue.indicator_id.in_(indicators),
            IndicatorValue.state == ValueState.REPORTED,
            IndicatorValue.reported_at >= since,
        )
        .returning(IndicatorValue.id)
        .execution_options(synchronize_session=False)
    )
    return rows.all()


async def _take_back_steps(
    session: AsyncSession, targets: Sequence[Target], *, since: datetime, now: datetime
) -> Sequence[int]:
    """Retires steps written since then, and puts back those taken away."""
    theirs = ActionStep.target_id.in_([one.id for one in targets])
    written, gone = ActionStep.created_at >= since, ActionStep.retired_at >= since
    touched: list[int] = []
    for which, retired_at in (((~written, gone), None), ((written, ActionStep.retired_at.is_(None)), now)):
        rows = await session.scalars(
            update(ActionStep)
            .where(theirs, *which)
            .values(retired_at=retired_at)
            .returning(ActionStep.id)
            .execution_options(synchronize_session=False)
        )
        touched += rows.all()
    return touched


async def _take_back_marks(session: AsyncSession, person_id: int, *, since: datetime) -> int:
    """«Sudah disalin» that the other one pressed."""
    own = select(Entry.id).join(Day, Day.id == Entry.day_id).where(Day.person_id == person_id)
    rows = await session.scalars(
        update(SheetRow)
        .where(SheetRow.entry_id.in_(own), SheetRow.copied_at >= since)
        .values(copied_at=None)
        .returning(SheetRow.entry_id)
        .execution_options(synchronize_session=False)
    )
    return len(rows.all())
