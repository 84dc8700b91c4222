"""An SKP as somebody looks at it: its owner, or who decides on them.

The owner sees the version in hand with what is new in it; who decides sees that only while it lies before
them, else what holds. The number of queries does not grow with RHK.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import (
    Account,
    ActionStep,
    Indicator,
    PerformancePlan,
    Person,
    PlanEvent,
    PlanState,
    StepVerdict,
    Target,
)
from services.errors import NotFound
from services.people.identity import Actor
from services.plans.access import OWNER, in_hand, reads_as, targets_of
from services.plans.rewording import indicators_of_many
from services.plans.words import Aspect, Perspective, PlanForm, Section

CARD = "skp"
"""The card of an SKP; its subject is person and year (`subject_of`), so that it stands before it exists."""
TEAM = "skp_team"
"""The list of a team's SKP; its subject is the year."""
_YEARS = 10_000
_PERSPECTIVES = tuple(Perspective)


def subject_of(person_id: int, year: int) -> int:
    return person_id * _YEARS + year


def of_subject(subject: int) -> tuple[int, int]:
    """Person and year of a card."""
    return divmod(subject, _YEARS)


@dataclass(frozen=True, slots=True)
class IndicatorView:
    id: int
    lineage: int
    aspect: Aspect
    text: str
    goal: Decimal | None
    goal_text: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of a quarter. `goal`: how much of the RHK's quantity it plans."""

    id: int
    quarter: int
    text: str
    goal: int | None


@dataclass(frozen=True, slots=True)
class TargetView:
    """One RHK. `before`: what held before, of a pending one that replaces it. `dropped`: taken out."""

    id: int
    plan_id: int
    number: int
    lineage: int
    section: Section
    perspective: Perspective | None
    text: str
    parent_id: int | None
    parent_text: str | None
    pending: bool
    drop_asked: bool
    dropped: bool
    indicators: tuple[IndicatorView, ...]
    steps: tuple[StepView, ...]
    before: "TargetView | None" = None

    @property
    def is_new(self) -> bool:
        return self.pending and self.before is None


@dataclass(frozen=True, slots=True)
class ReturnedView:
    """How the version in hand was last returned. `mine`: by the reader."""

    by: str
    mine: bool
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class PlanView:
    """`id` 0: there is no SKP of that year yet. `reader`: owner, supervisor, plt or plh.

    `agreed_by`: who agreed the version that holds, None when it was imported. `years`: others there are.
    """

    id: int
    person_id: int
    person_name: str
    year: int
    form: PlanForm
    state: PlanState
    version: int
    agreed_version: int
    revision: int
    proposed_at: datetime | None
    agreed_at: datetime | None
    agreed_by: str | None
    return_reason: str | None
    supervisor_id: int | None
    supervisor_name: str | None
    supervisor_joined: bool
    reader: str
    years: tuple[int, ...] = ()
    targets: tuple[TargetView, ...] = ()
    imported: bool = False
    returned: ReturnedView | None = None

    @property
    def own(self) -> bool:
        return self.reader == OWNER

    @property
    def subject(self) -> int:
        return subject_of(self.person_id, self.year)

    @property
    def changes(self) -> tuple[TargetView, ...]:
        """What differs from the version that holds."""
        return tuple(one for one in self.targets if one.pending or one.drop_asked)

    def target(self, target_id: int) -> TargetView | None:
        return next((one for one in self.targets if one.id == target_id), None)

    def by_lineage(self, lineage: int) -> TargetView | None:
        return next((one for one in self.targets if one.lineage == lineage), None)


async def load_plan_view(
    session: AsyncSession, actor: Actor, person_id: int, year: int, *, now: datetime
) -> PlanView:
    """A person's SKP of a year, also when it does not exist yet. Raises NotFound, NotAllowed."""
    reader = await reads_as(session, actor, person_id, now=now)
    person = await session.get(Person, person_id)
    if person is None:
        raise NotFound("skp_gone")
    plans = (
        await session.scalars(
            select(PerformancePlan)
            .where(PerformancePlan.person_id == person_id)
            .order_by(PerformancePlan.year)
            .execution_options(populate_existing=True)
        )
    ).all()
    plan = next((one for one in plans if one.year == year), None)
    superior = await session.get(Person, person.supervisor_id) if person.supervisor_id else None
    agreed = await _agreed(session, plan) if plan else None
    return PlanView(
        id=plan.id if plan else 0,
        person_id=person_id,
        person_name=person.name,
        year=year,
        form=plan.form if plan else PlanForm.COMMON,
        state=plan.state if plan else PlanState.DRAFT,
        version=plan.version if plan else 1,
        agreed_version=plan.agreed_version if plan else 0,
        revision=plan.revision if plan else 0,
        proposed_at=plan.proposed_at if plan else None,
        agreed_at=plan.agreed_at if plan else None,
        agreed_by=agreed[1] if agreed else None,
        imported=bool(agreed and agreed[0] is StepVerdict.IMPORTED),
        return_reason=plan.return_reason if plan else None,
        supervisor_id=person.supervisor_id,
        supervisor_name=superior.name if superior else None,
        supervisor_joined=superior is not None and await _has_joined(session, superior.id),
        reader=reader,
        years=tuple(one.year for one in plans if one.year != year),
        targets=await _targets(session, plan, reader) if plan else (),
        returned=await _returned(session, plan, actor) if plan else None,
    )


async def _has_joined(session: AsyncSession, person_id: int) -> bool:
    return await session.scalar(select(Account.user_id).where(Account.person_id == person_id)) is not None


async def _agreed(session: AsyncSession, plan: PerformancePlan) -> tuple[StepVerdict, str | None] | None:
    """How the version that holds came to hold: (verdict, by whom)."""
    row = (
        await session.execute(
            select(PlanEvent.verdict, Person.name)
            .outerjoin(Person, Person.id == PlanEvent.by_id)
            .where(
                PlanEvent.plan_id == plan.id,
                PlanEvent.verdict.in_([StepVerdict.AGREED, StepVerdict.IMPORTED]),
            )
            .order_by(PlanEvent.id.desc())
            .limit(1)
        )
    ).one_or_none()
    return (row[0], row[1]) if row is not None else None


async def _returned(session: AsyncSession, plan: PerformancePlan, actor: Actor) -> ReturnedView | None:
    row = (
        await session.execute(
            select(PlanEvent, Person.name)
            .outerjoin(Person, Person.id == PlanEvent.by_id)
            .where(
                PlanEvent.plan_id == plan.id,
                PlanEvent.version == plan.version,
                PlanEvent.verdict == StepVerdict.RETURNED,
            )
            .order_by(PlanEvent.id.desc())
            .limit(1)
        )
    ).one_or_none()
    if row is None:
        return None
    event, name = row
    return ReturnedView(name or "–", event.by_id == actor.person_id, event.at, event.reason or "")


async def _targets(session: AsyncSession, plan: PerformancePlan, reader: str) -> tuple[TargetView, ...]:
    everything = await targets_of(session, plan.id)
    if reader == OWNER or plan.state is PlanState.PROPOSED:
        shown = in_hand(everything)
    else:
        shown = [one for one in everything if one.retired_at is None and not one.pending]
    return await views_of(session, plan, shown, everything)


async def views_of(
    session: AsyncSession,
    plan: PerformancePlan,
    shown: Sequence[Target],
    everything: Sequence[Target],
) -> tuple[TargetView, ...]:
    """Some wordings of an SKP as they stand on its card, main ones first, numbered; two queries."""
    indicators = await indicators_of_many(session, [one.id for one in everything])
    steps = await _steps(session, everything)
    by_id = {one.id: one for one in everything}

    def view(one: Target, number: int, before: TargetView | None) -> TargetView:
        return TargetView(
            id=one.id,
            plan_id=plan.id,
            number=number,
            lineage=one.lineage,
            section=one.section,
            perspective=one.perspective,
            text=one.text,
            parent_id=one.parent_id,
            parent_text=one.parent_text,
            pending=one.pending,
            drop_asked=one.drop_asked and plan.state is not PlanState.AGREED,
            dropped=one.retired_at is not None,
            indicators=tuple(_indicator(item) for item in indicators.get(one.id, ())),
            steps=tuple(steps.get(one.lineage, ())),
            before=before,
        )

    found = []
    for number, one in enumerate(sorted(shown, key=lambda item: shown_order(item, plan.form)), start=1):
        old = by_id.get(one.replaces_id or 0) if one.pending else None
        found.append(view(one, number, view(old, number, None) if old else None))
    return tuple(found)


def shown_order(one: Target, form: PlanForm) -> tuple[bool, int, int, int]:
    """Main before additional, in the JPT form by perspective, then as written."""
    place = 0
    if form is PlanForm.JPT and one.section is Section.MAIN:
        place = _PERSPECTIVES.index(one.perspective) if one.perspective else len(_PERSPECTIVES)
    return one.section is not Section.MAIN, place, one.position, one.id


def _indicator(one: Indicator) -> IndicatorView:
    return IndicatorView(
        one.id, one.lineage_id or one.id, one.aspect, one.text, one.goal, one.goal_text, one.unit
    )


async def _steps(session: AsyncSession, targets: Sequence[Target]) -> Mapping[int, list[StepView]]:
    """Lineage → its steps by quarter."""
    lineages = {one.id: one.lineage for one in targets}
    found: dict[int, list[StepView]] = {}
    for one in await session.scalars(
        select(ActionStep)
        .where(ActionStep.target_id.in_(lineages), ActionStep.retired_at.is_(None))
        .order_by(ActionStep.quarter, ActionStep.position, ActionStep.id)
        .execution_options(populate_existing=True)
    ):
        view = StepView(one.id, one.quarter, one.text, one.goal)
        found.setdefault(lineages[one.target_id], []).append(view)
    return found


async def plan_of(session: AsyncSession, plan_id: int) -> tuple[int, int]:
    """Person and year of an SKP. Raises NotFound."""
    row = (
        await session.execute(
            select(PerformancePlan.person_id, PerformancePlan.year).where(PerformancePlan.id == plan_id)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("skp_gone")
    return row[0], row[1]


async def load_by_id(session: AsyncSession, actor: Actor, plan_id: int, *, now: datetime) -> PlanView:
    """The same for a known SKP. Raises NotFound, NotAllowed."""
    person_id, year = await plan_of(session, plan_id)
    return await load_plan_view(session, actor, person_id, year, now=now)


async def load_target_view(
    session: AsyncSession, actor: Actor, target_id: int, *, now: datetime
) -> tuple[PlanView, TargetView]:
    """An RHK with its SKP: as it is worded in hand now; one that was taken out as it was.

    Raises NotFound, NotAllowed.
    """
    plan_id = await session.scalar(select(Target.plan_id).where(Target.id == target_id))
    if plan_id is None:
        raise NotFound("target_gone")
    plan = await load_by_id(session, actor, plan_id, now=now)
    shown = plan.target(target_id)
    if shown is None:
        everything = await targets_of(session, plan_id)
        asked = next(one for one in everything if one.id == target_id)
        shown = plan.by_lineage(asked.lineage)
        asked = max((one for one in everything if one.lineage == asked.lineage), key=lambda one: one.id)
        if shown is None and (plan.own or not asked.pending):
            row = await session.get_one(PerformancePlan, plan_id)
            shown = (await views_of(session, row, [asked], everything))[0]
    if shown is None:
        raise NotFound("target_gone")
    return plan, shown
