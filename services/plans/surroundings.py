"""What stands around the RHK of an SKP: annexes, behaviours, its history, older versions, the team's SKP."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import (
    AnnexKind,
    Behaviour,
    Expectation,
    Feedback,
    PerformancePlan,
    Person,
    PlanEvent,
    PlanState,
    StepVerdict,
    Target,
)
from services.clock import local_date
from services.errors import NotFound
from services.people.identity import Actor, works
from services.people.standing_in import SUPERVISOR, seats_of
from services.plans.access import targets_of
from services.plans.annexes import lines_of
from services.plans.loading import PlanView, TargetView, views_of
from services.plans.standing import in_force
from services.plans.words import Section

_ANNEXES = tuple(AnnexKind)


@dataclass(frozen=True, slots=True)
class AnnexLineView:
    id: int
    kind: AnnexKind
    text: str
    pending: bool
    drop_asked: bool


@dataclass(frozen=True, slots=True)
class ExpectationView:
    behaviour: Behaviour
    text: str
    by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class EventView:
    """One step of the dialogue. `by` None: an import. `capacity`: plt or plh, else empty or supervisor."""

    version: int
    verdict: StepVerdict
    reason: str | None
    by: str | None
    capacity: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NoteView:
    """The last note of a leader on an RHK."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """Somebody's SKP in the list of who decides on it. `plan_id` None: there is none."""

    person_id: int
    name: str
    plan_id: int | None
    state: PlanState | None
    agreed_version: int
    capacity: str
    supervisor_name: str

    @property
    def waits(self) -> bool:
        return self.state is PlanState.PROPOSED


@dataclass(frozen=True, slots=True)
class WaitingPlan:
    """Somebody's SKP that waits for a decision. `proposed_on`: a date where they are."""

    person_id: int
    name: str
    year: int
    proposed_on: date


@dataclass(frozen=True, slots=True)
class ParentChoice:
    """An RHK of the supervisor that one's own may serve."""

    id: int
    text: str
    section: Section


async def load_annexes(session: AsyncSession, plan: PlanView) -> tuple[AnnexLineView, ...]:
    """The lines of the version in hand; who decides sees what is pending only while it lies before them."""
    everything = plan.own or plan.state is PlanState.PROPOSED
    lines = sorted(await lines_of(session, plan.id), key=lambda one: (_ANNEXES.index(one.kind), one.position))
    return tuple(
        AnnexLineView(one.id, one.kind, one.text, one.pending, one.drop_asked and everything)
        for one in lines
        if everything or not one.pending
    )


async def load_expectations(session: AsyncSession, plan_id: int) -> dict[Behaviour, ExpectationView]:
    """Behaviour → what is expected of it now."""
    rows = await session.execute(
        select(Expectation, Person.name)
        .outerjoin(Person, Person.id == Expectation.set_by)
        .where(Expectation.plan_id == plan_id, Expectation.retired_at.is_(None))
        .order_by(Expectation.id)
    )
    return {one.behaviour: ExpectationView(one.behaviour, one.text, by or "", one.set_at) for one, by in rows}


async def load_history(session: AsyncSession, plan_id: int) -> tuple[EventView, ...]:
    """The dialogue, newest first."""
    rows = await session.execute(
        select(PlanEvent, Person.name)
        .outerjoin(Person, Person.id == PlanEvent.by_id)
        .where(PlanEvent.plan_id == plan_id)
        .order_by(PlanEvent.id.desc())
    )
    return tuple(
        EventView(one.version, one.verdict, one.reason, by, one.capacity, one.at) for one, by in rows
    )


async def last_decision(session: AsyncSession, plan_id: int, version: int) -> EventView | None:
    """How the last proposal of a version was decided, with what holds of it still."""
    row = (
        await session.execute(
            select(PlanEvent, Person.name, PerformancePlan.state)
            .join(PerformancePlan, PerformancePlan.id == PlanEvent.plan_id)
            .outerjoin(Person, Person.id == PlanEvent.by_id)
            .where(PlanEvent.plan_id == plan_id, PlanEvent.version == version)
            .order_by(PlanEvent.id.desc())
            .limit(1)
        )
    ).one_or_none()
    if row is None or row[0].verdict not in (StepVerdict.AGREED, StepVerdict.RETURNED):
        return None
    one, by, state = row
    if one.verdict is StepVerdict.RETURNED and state is not PlanState.RETURNED:
        return None
    return EventView(one.version, one.verdict, one.reason, by, one.capacity, one.at)


async def load_version(session: AsyncSession, plan: PlanView, version: int) -> tuple[TargetView, ...]:
    """What an agreed version held. Raises NotFound for one that was never agreed."""
    if not 1 <= version <= plan.agreed_version:
        raise NotFound("skp_gone")
    everything = await targets_of(session, plan.id)
    held = [
        one
        for one in everything
        if not one.pending
        and one.since_version <= version
        and (one.until_version is None or one.until_version > version)
    ]
    row = await session.get_one(PerformancePlan, plan.id)
    return await views_of(session, row, held, everything)


async def load_note(session: AsyncSession, lineage: int) -> NoteView | None:
    """The last note on an RHK, under whichever wording it was given."""
    wordings = select(Target.id).where((Target.lineage_id == lineage) | (Target.id == lineage))
    row = (
        await session.execute(
            select(Feedback.text, Person.name, Feedback.given_at)
            .join(Person, Person.id == Feedback.from_id)
            .where(Feedback.target_id.in_(wordings))
            .order_by(Feedback.given_at.desc(), Feedback.id.desc())
            .limit(1)
        )
    ).one_or_none()
    return NoteView(*row) if row is not None else None


async def parent_of(session: AsyncSession, target: TargetView) -> str | None:
    """The supervisor's RHK an RHK serves, in its wording of now; else as the file worded it."""
    if target.parent_id is None:
        return target.parent_text
    return (
        await session.scalar(select(Target.text).where(Target.id == target.parent_id)) or target.parent_text
    )


async def parent_choices(session: AsyncSession, person_id: int, year: int) -> tuple[ParentChoice, ...]:
    """The RHK in force of a person's supervisor in a year, in order."""
    rows = await session.execute(
        select(Target.id, Target.text, Target.section)
        .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
        .join(Person, Person.supervisor_id == PerformancePlan.person_id)
        .where(Person.id == person_id, PerformancePlan.year == year, in_force())
        .order_by(Target.section.desc(), Target.position, Target.id)
    )
    return tuple(ParentChoice(*row) for row in rows)


async def load_team(session: AsyncSession, actor: Actor, year: int, *, now: datetime) -> tuple[TeamPlan, ...]:
    """The SKP of everybody the actor decides on today: what waits first, then by name. Two queries."""
    seats = await seats_of(session, actor, now=now)
    boss = aliased(Person)
    rows = await session.execute(
        select(
            Person.id,
            Person.name,
            boss.id,
            boss.name,
            PerformancePlan.id,
            PerformancePlan.state,
            PerformancePlan.agreed_version,
        )
        .join(boss, boss.id == Person.supervisor_id)
        .outerjoin(PerformancePlan, (PerformancePlan.person_id == Person.id) & (PerformancePlan.year == year))
        .where(boss.id.in_(sorted(seats)), Person.active, Person.id != actor.person_id, works(Person.id))
        .order_by(Person.name, Person.id)
    )
    found = [
        TeamPlan(person_id, name, plan_id, state, agreed or 0, seats[boss_id], boss_name)
        for person_id, name, boss_id, boss_name, plan_id, state, agreed in rows
    ]
    return tuple(sorted(found, key=lambda one: (not one.waits, one.capacity != SUPERVISOR)))


async def load_waiting_plans(
    session: AsyncSession, actor: Actor, *, now: datetime
) -> tuple[WaitingPlan, ...]:
    """The SKP that wait for the actor today, of whatever year, the oldest first. Two queries."""
    seats = await seats_of(session, actor, now=now)
    rows = await session.execute(
        select(Person.id, Person.name, Person.zone, PerformancePlan.year, PerformancePlan.proposed_at)
        .join(PerformancePlan, PerformancePlan.person_id == Person.id)
        .where(
            Person.supervisor_id.in_(sorted(seats)),
            Person.active,
            Person.id != actor.person_id,
            PerformancePlan.state == PlanState.PROPOSED,
        )
        .order_by(PerformancePlan.proposed_at, Person.name, Person.id)
    )
    return tuple(
        WaitingPlan(person_id, name, year, local_date(at or now, zone))
        for person_id, name, zone, year, at in rows
    )
