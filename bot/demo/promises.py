"""The SKP of the demo office through the product's own services: agreed, planned, one change waiting."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import AnnexKind, Behaviour, PerformancePlan, Person, PlanState, Target
from services.people.identity import Actor, who_is
from services.plans import annexes, dialogue, expecting, steps, writing
from services.plans.standing import in_force
from services.plans.words import QUARTERS

FILE = Path(__file__).resolve().parent / "promises.toml"
Users = Mapping[int, int]
"""Person → their user in the simulator."""


async def agree_plans(session: AsyncSession, users: Users, *, now: datetime) -> None:
    """Every SKP is agreed, with its steps by quarter, its annexes and what is expected."""
    for told in _told():
        person, plan = await _plan_of(session, told["nip"])
        actor = await _actor(session, users, person.id, now=now)
        for kind, text in told.get("annexes", {}).items():
            await annexes.add_annex_lines(session, actor, plan.id, AnnexKind(kind), text, now=now)
        await _agree(session, users, actor, plan, now=now)
        for start, text in told.get("steps", {}).items():
            target_id = await _target(session, plan, start)
            for quarter in QUARTERS:
                await steps.add_steps(session, actor, target_id, text, quarter=quarter, now=now)
        for behaviour, text in told.get("expectations", {}).items():
            boss = await _actor(session, users, person.supervisor_id or 0, now=now)
            await expecting.set_expectation(session, boss, plan.id, Behaviour(behaviour), text, now=now)


async def propose_change(session: AsyncSession, users: Users, *, now: datetime) -> None:
    """One SKP is changed and lies before its supervisor."""
    for told in _told():
        change = told.get("change")
        if change is None:
            continue
        person, plan = await _plan_of(session, told["nip"])
        actor = await _actor(session, users, person.id, now=now)
        target_id = await _target(session, plan, change["reword"])
        await writing.set_wording(session, actor, target_id, change["into"], now=now)
        await writing.add_targets(session, actor, plan.year, change["add"], now=now)
        await session.refresh(plan)
        await dialogue.propose(session, actor, plan.id, revision=plan.revision, now=now)


def _told() -> list[dict[str, Any]]:
    with FILE.open("rb") as file:
        people: list[dict[str, Any]] = tomllib.load(file)["people"]
    return people


async def _agree(
    session: AsyncSession, users: Users, actor: Actor, plan: PerformancePlan, *, now: datetime
) -> None:
    await session.refresh(plan)
    if plan.state is PlanState.AGREED:
        return
    state = await dialogue.propose(session, actor, plan.id, revision=plan.revision, now=now)
    if state is PlanState.PROPOSED:
        boss = await _actor(session, users, actor.supervisor_id or 0, now=now)
        await session.refresh(plan)
        await dialogue.agree(session, boss, plan.id, revision=plan.revision, now=now)


async def _plan_of(session: AsyncSession, reference: str) -> tuple[Person, PerformancePlan]:
    rows = await session.execute(
        select(Person, PerformancePlan)
        .join(PerformancePlan, PerformancePlan.person_id == Person.id)
        .where(or_(Person.nip == reference, Person.staff_number == reference))
    )
    person, plan = rows.one()
    return person, plan


async def _target(session: AsyncSession, plan: PerformancePlan, start: str) -> int:
    found = await session.scalars(
        select(Target.id).where(Target.plan_id == plan.id, in_force(), Target.text.startswith(start))
    )
    return found.one()


async def _actor(session: AsyncSession, users: Users, person_id: int, *, now: datetime) -> Actor:
    actor = await who_is(session, users[person_id], now=now)
    if actor is None:
        raise LookupError("nobody of the demo office")
    return actor
