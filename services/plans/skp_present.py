"""What is on record of the SKP a file names, in as many queries for one as for five hundred."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import (
    ActionStep,
    AnnexLine,
    Behaviour,
    Expectation,
    Indicator,
    PerformancePlan,
    PlanState,
    Target,
)
from services.plans.access import in_hand
from services.plans.standing import lineage_of

AT_ONCE = 500
"""Ids in one IN list; SQLite takes a limited number of parameters."""


@dataclass(slots=True)
class Present:
    """One SKP. `targets`: every wording there ever was; steps, annexes, expectations: those that stand."""

    plan: PerformancePlan
    targets: list[Target] = field(default_factory=list)
    indicators: dict[int, list[Indicator]] = field(default_factory=dict)
    steps: dict[tuple[int, int], list[ActionStep]] = field(default_factory=dict)
    """(lineage, quarter) → steps in order."""
    annexes: list[AnnexLine] = field(default_factory=list)
    expectations: dict[Behaviour, Expectation] = field(default_factory=dict)
    served: dict[int, list[str]] = field(default_factory=dict)
    """The RHK that these serve → every wording there was of it, what stands now first."""

    @property
    def alive(self) -> list[Target]:
        return [one for one in self.targets if one.retired_at is None]

    @property
    def in_force(self) -> list[Target]:
        return [one for one in self.alive if not one.pending]

    @property
    def in_hand(self) -> list[Target]:
        """What the version in hand would hold."""
        return [one for one in in_hand(self.targets) if not one.drop_asked]

    @property
    def is_under_way(self) -> bool:
        """Whether somebody is at work on it in chat, or it waits for a decision."""
        return self.plan.state is not PlanState.AGREED and bool(self.alive or self.annexes)


async def load_present(session: AsyncSession, plans: Sequence[PerformancePlan]) -> list[Present]:
    """What is there of each of these plans, in their order."""
    found = {plan.id: Present(plan) for plan in plans}
    for ids in portions([plan.id for plan in plans]):
        lineages: dict[int, tuple[Present, int]] = {}
        for target in await session.scalars(
            select(Target).where(Target.plan_id.in_(ids)).order_by(Target.position, Target.id)
        ):
            found[target.plan_id].targets.append(target)
            lineages[target.id] = found[target.plan_id], target.lineage
        for indicator in await session.scalars(
            select(Indicator)
            .join(Target, Target.id == Indicator.target_id)
            .where(Target.plan_id.in_(ids))
            .order_by(Indicator.position, Indicator.id)
        ):
            present, _ = lineages[indicator.target_id]
            present.indicators.setdefault(indicator.target_id, []).append(indicator)
        for step in await session.scalars(
            select(ActionStep)
            .join(Target, Target.id == ActionStep.target_id)
            .where(Target.plan_id.in_(ids), ActionStep.retired_at.is_(None))
            .order_by(ActionStep.quarter, ActionStep.position, ActionStep.id)
        ):
            present, lineage = lineages[step.target_id]
            present.steps.setdefault((lineage, step.quarter), []).append(step)
        for line in await session.scalars(
            select(AnnexLine)
            .where(AnnexLine.plan_id.in_(ids), AnnexLine.retired_at.is_(None))
            .order_by(AnnexLine.position, AnnexLine.id)
        ):
            found[line.plan_id].annexes.append(line)
        for one in await session.scalars(
            select(Expectation)
            .where(Expectation.plan_id.in_(ids), Expectation.retired_at.is_(None))
            .order_by(Expectation.id)
        ):
            found[one.plan_id].expectations[one.behaviour] = one
    await _load_served(session, found.values())
    return [found[plan.id] for plan in plans]


async def _load_served(session: AsyncSession, plans: Collection[Present]) -> None:
    """The wordings of what their RHK serve, whoever's that is."""
    served = {one.parent_id for present in plans for one in present.targets if one.parent_id is not None}
    lineages: dict[int, int] = {}
    for ids in portions(sorted(served)):
        rows = await session.execute(select(Target.id, lineage_of()).where(Target.id.in_(ids)))
        lineages |= {row[0]: row[1] for row in rows}
    wordings: dict[int, list[str]] = {}
    for ids in portions(sorted(set(lineages.values()))):
        for lineage, text in await session.execute(
            select(lineage_of(), Target.text)
            .where(lineage_of().in_(ids), Target.pending.is_(False))
            .order_by(Target.retired_at.is_not(None), Target.id.desc())
        ):
            wordings.setdefault(lineage, []).append(text)
    for present in plans:
        parents = {one.parent_id for one in present.targets if one.parent_id in lineages}
        present.served = {one: wordings.get(lineages[one], []) for one in parents if one is not None}


def portions(ids: Iterable[int]) -> Iterable[Sequence[int]]:
    """The ids in lists that fit into one query."""
    wanted = list(ids)
    return (wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE))
