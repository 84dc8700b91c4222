"""What the leader expects of a behaviour (ekspektasi khusus pimpinan); the newest holds."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Behaviour, Expectation, PerformancePlan, Person
from services import outbox
from services.approvals.entitlement import capacity_of
from services.errors import Invalid, NotFound
from services.people.identity import Actor
from services.people.rows import clean
from services.plans.access import locked_plan, record
from services.plans.words import LONGEST_EXPECTATION, SHORTEST

KIND = "expectation_set"


@dataclass(frozen=True, slots=True)
class Expected:
    """An expectation as its person is told of it."""

    person_id: int
    year: int
    behaviour: Behaviour
    text: str
    by: str


async def ensure_may_expect(session: AsyncSession, actor: Actor, plan_id: int, *, now: datetime) -> None:
    """That the actor decides on the one whose SKP it is. Raises NotFound, NotAllowed."""
    plan = await session.get(PerformancePlan, plan_id)
    if plan is None:
        raise NotFound("skp_gone")
    await capacity_of(session, actor, plan.person_id, now=now)


async def set_expectation(
    session: AsyncSession, actor: Actor, plan_id: int, behaviour: Behaviour, text: str, *, now: datetime
) -> None:
    """Writes what is expected of a behaviour in place of what was; the same words once more say nothing new.

    Raises Invalid `expectation_short`, `expectation_long`; NotFound, NotAllowed.
    """
    text = clean(text)
    if len(text) < SHORTEST:
        raise Invalid("expectation", "expectation_short")
    if len(text) > LONGEST_EXPECTATION:
        raise Invalid("expectation", "expectation_long", limit=LONGEST_EXPECTATION)
    plan = await locked_plan(session, plan_id)
    await capacity_of(session, actor, plan.person_id, now=now)
    standing = await session.scalars(
        select(Expectation).where(
            Expectation.plan_id == plan.id,
            Expectation.behaviour == behaviour,
            Expectation.retired_at.is_(None),
        )
    )
    for one in standing:
        if one.text == text:
            return
        one.retired_at = now
    fresh = Expectation(plan_id=plan.id, behaviour=behaviour, text=text, set_by=actor.person_id, set_at=now)
    session.add(fresh)
    await session.flush()
    record(session, actor, plan, KIND, now=now)
    await outbox.enqueue(session, KIND, to=plan.person_id, now=now, payload={"expectation_id": fresh.id})


async def expected(session: AsyncSession, actor: Actor, expectation_id: int) -> Expected | None:
    """For the notice: None when it was overtaken, or is not the actor's."""
    row = (
        await session.execute(
            select(Expectation, PerformancePlan.year, Person.name)
            .join(PerformancePlan, PerformancePlan.id == Expectation.plan_id)
            .outerjoin(Person, Person.id == Expectation.set_by)
            .where(
                Expectation.id == expectation_id,
                Expectation.retired_at.is_(None),
                PerformancePlan.person_id == actor.person_id,
            )
        )
    ).one_or_none()
    if row is None:
        return None
    one, year, by = row
    return Expected(actor.person_id, year, one.behaviour, one.text, by or "")
