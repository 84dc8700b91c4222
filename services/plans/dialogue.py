"""The dialogue on an SKP (dialog kinerja): proposed, withdrawn, returned with a reason, agreed.

    draft | returned ──propose──▶ proposed ──agree──▶ agreed ──a change──▶ draft of the next version
                                     │
                                     ├──return (reason)──▶ returned
                                     └──withdraw, by its owner──▶ draft

Invariants:
1. Every step locks the plan and compares the revision that was shown; whoever comes second sees what
   happened. Who may decide is asked of the database, and in which capacity it was decided stays in
   `plan_events`. Nobody decides on their own: a head without a supervisor here puts on record.
2. What was agreed holds until the next version is; then pending comes into force, and what it replaces or
   drops is retired, never deleted.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import AnnexLine, PerformancePlan, Person, PlanEvent, PlanForm, PlanState, StepVerdict, Target
from services import audit, outbox
from services.approvals.deciding import checked_reason
from services.approvals.entitlement import DECIDED_BY, capacity_of
from services.errors import Invalid, NotAllowed, Outdated
from services.outbox import Letter
from services.people.identity import Actor
from services.people.standing_in import deciders
from services.plans.access import ensure_year, in_hand, locked_plan, record, targets_of
from services.plans.carrying import follow_wordings
from services.plans.loading import CARD, shown_order, subject_of
from services.plans.rewording import indicators_of_many

DECISIONS = (StepVerdict.AGREED, StepVerdict.RETURNED)


async def propose(
    session: AsyncSession, actor: Actor, plan_id: int, *, revision: int, now: datetime
) -> PlanState:
    """«Ajukan»: puts one's SKP before the supervisor; without one here it is put on record at once.

    Raises Invalid `skp_empty`, `skp_unmeasured` (`number`), `skp_no_perspective` (`number`),
    `skp_year_closed`; NotFound, NotAllowed, Outdated.
    """
    plan = await locked_plan(session, plan_id)
    if plan.person_id != actor.person_id:
        raise NotAllowed("skp_not_yours")
    ensure_year(actor, plan.year, now=now)
    if plan.revision != revision or plan.state not in (PlanState.DRAFT, PlanState.RETURNED):
        raise await _overtaken(session, actor, plan)
    await _ensure_whole(session, plan)
    supervisor_id = await session.scalar(select(Person.supervisor_id).where(Person.id == actor.person_id))
    plan.proposed_at, plan.return_reason = now, None
    if supervisor_id is None:
        _note(session, actor, plan, StepVerdict.AGREED, now=now)
        await _come_into_force(session, plan, now=now)
        return plan.state
    plan.state = PlanState.PROPOSED
    plan.revision += 1
    _note(session, actor, plan, StepVerdict.PROPOSED, now=now)
    await session.flush()
    await tell_deciders(session, plan, "plan_proposed", supervisor_id, but=actor.person_id, now=now)
    return plan.state


async def withdraw(
    session: AsyncSession, actor: Actor, plan_id: int, *, revision: int, now: datetime
) -> None:
    """«Tarik kembali», as long as nothing was decided. Raises NotFound, NotAllowed, Outdated."""
    plan = await locked_plan(session, plan_id)
    if plan.person_id != actor.person_id:
        raise NotAllowed("skp_not_yours")
    if plan.revision != revision or plan.state is not PlanState.PROPOSED:
        raise await _overtaken(session, actor, plan)
    plan.state = PlanState.DRAFT
    plan.revision += 1
    _note(session, actor, plan, StepVerdict.WITHDRAWN, now=now)
    await session.flush()
    supervisor_id = await session.scalar(select(Person.supervisor_id).where(Person.id == actor.person_id))
    if supervisor_id is not None:
        await tell_deciders(session, plan, "plan_withdrawn", supervisor_id, but=actor.person_id, now=now)


async def agree(session: AsyncSession, actor: Actor, plan_id: int, *, revision: int, now: datetime) -> None:
    """«Sepakati»: the version that was shown comes into force. Raises NotFound, NotAllowed, Outdated."""
    plan, capacity = await _decidable(session, actor, plan_id, revision=revision, now=now)
    _note(session, actor, plan, StepVerdict.AGREED, capacity=capacity, now=now)
    await _come_into_force(session, plan, now=now)
    await _tell_owner(session, plan, "plan_agreed", now=now)


async def ensure_returnable(
    session: AsyncSession, actor: Actor, plan_id: int, *, revision: int, now: datetime
) -> PerformancePlan:
    """That the actor may return it now, before a reason is asked. Raises NotFound, NotAllowed, Outdated."""
    plan, _ = await _decidable(session, actor, plan_id, revision=revision, now=now)
    return plan


async def return_plan(
    session: AsyncSession, actor: Actor, plan_id: int, *, revision: int, reason: str, now: datetime
) -> None:
    """«Kembalikan» with a reason (≥ 10 characters). Raises Invalid as `checked_reason`; NotFound,
    NotAllowed, Outdated.
    """
    reason = checked_reason(reason)
    plan, capacity = await _decidable(session, actor, plan_id, revision=revision, now=now)
    plan.state, plan.return_reason = PlanState.RETURNED, reason
    plan.revision += 1
    _note(session, actor, plan, StepVerdict.RETURNED, capacity=capacity, reason=reason, now=now)
    await session.flush()
    await _tell_owner(session, plan, "plan_returned", now=now)


async def _decidable(
    session: AsyncSession, actor: Actor, plan_id: int, *, revision: int, now: datetime
) -> tuple[PerformancePlan, str]:
    """A proposed SKP the actor may decide on, locked, as it was shown. Raises Invalid `skp_owner_left`."""
    plan = await locked_plan(session, plan_id)
    capacity = await capacity_of(session, actor, plan.person_id, now=now)
    if not await session.scalar(select(Person.active).where(Person.id == plan.person_id)):
        raise Invalid("plan", "skp_owner_left")
    if plan.revision != revision or plan.state is not PlanState.PROPOSED:
        raise await _overtaken(session, actor, plan)
    return plan, capacity


async def _ensure_whole(session: AsyncSession, plan: PerformancePlan) -> None:
    """Each RHK of the version in hand has an indicator, and in the JPT form its perspective."""
    targets = [one for one in in_hand(await targets_of(session, plan.id)) if not one.drop_asked]
    if not targets:
        raise Invalid("plan", "skp_empty")
    indicators = await indicators_of_many(session, [one.id for one in targets])
    ordered = sorted(targets, key=lambda one: shown_order(one, plan.form))
    for number, one in enumerate(ordered, start=1):
        if not indicators.get(one.id):
            raise Invalid("plan", "skp_unmeasured", number=number)
        if plan.form is PlanForm.JPT and one.perspective is None:
            raise Invalid("plan", "skp_no_perspective", number=number)


async def _come_into_force(session: AsyncSession, plan: PerformancePlan, *, now: datetime) -> None:
    """Pending holds from now on; what it replaces, and what was to go, is retired."""
    wordings: dict[int, int | None] = {}
    alive = {one.id: one for one in await targets_of(session, plan.id) if one.retired_at is None}
    for one in alive.values():
        if one.drop_asked:
            wordings[one.id] = None
        if one.pending and one.replaces_id in alive:
            wordings[one.replaces_id] = one.id
        one.pending = False
    for target_id in wordings:
        _retire(alive[target_id], plan, now=now)
    for line in await session.scalars(
        select(AnnexLine).where(AnnexLine.plan_id == plan.id, AnnexLine.retired_at.is_(None))
    ):
        line.pending = False
        if line.drop_asked:
            _retire(line, plan, now=now)
    plan.agreed_version, plan.agreed_at = plan.version, now
    plan.state, plan.return_reason = PlanState.AGREED, None
    plan.revision += 1
    await session.flush()
    await follow_wordings(session, wordings, now=now)


def _retire(row: Target | AnnexLine, plan: PerformancePlan, *, now: datetime) -> None:
    row.retired_at, row.until_version, row.drop_asked = now, plan.version, False


def put_back(session: AsyncSession, plan: PerformancePlan, *, by: int | None, now: datetime) -> None:
    """A locked SKP that waits is a draft again, though its owner did not take it back."""
    plan.state = PlanState.DRAFT
    plan.revision += 1
    verdict = StepVerdict.WITHDRAWN
    session.add(PlanEvent(plan_id=plan.id, version=plan.version, verdict=verdict, by_id=by, at=now))
    audit.record(
        session,
        f"plan_{verdict}",
        actor_id=by,
        subject="plan",
        subject_id=plan.id,
        now=now,
        detail="put back",
    )


def _note(
    session: AsyncSession,
    actor: Actor,
    plan: PerformancePlan,
    verdict: StepVerdict,
    *,
    capacity: str = "",
    reason: str | None = None,
    now: datetime,
) -> None:
    session.add(
        PlanEvent(
            plan_id=plan.id,
            version=plan.version,
            verdict=verdict,
            reason=reason,
            by_id=actor.person_id,
            capacity=capacity,
            at=now,
        )
    )
    record(session, actor, plan, f"plan_{verdict.value}", now=now)


async def tell_deciders(
    session: AsyncSession,
    plan: PerformancePlan,
    kind: str,
    supervisor_id: int,
    *,
    but: int,
    now: datetime,
) -> None:
    """Tells who decides on an SKP what became of it, but the one who acts."""
    payload = {"plan_id": plan.id, "version": plan.version, "revision": plan.revision}
    people = await deciders(session, supervisor_id, but=but, now=now)
    await outbox.enqueue_many(session, [Letter(kind, to=one, payload=payload) for one in people], now=now)


async def _tell_owner(session: AsyncSession, plan: PerformancePlan, kind: str, *, now: datetime) -> None:
    payload = {"plan_id": plan.id, "version": plan.version, "revision": plan.revision}
    await outbox.enqueue(session, kind, to=plan.person_id, now=now, payload=payload)


async def _overtaken(session: AsyncSession, actor: Actor, plan: PerformancePlan) -> Outdated:
    """What happened to an SKP since it was shown: who decided and when, else how it is now."""
    card = (CARD, subject_of(plan.person_id, plan.year))
    row = (
        await session.execute(
            select(PlanEvent, Person.name)
            .outerjoin(Person, Person.id == PlanEvent.by_id)
            .where(PlanEvent.plan_id == plan.id, PlanEvent.version == plan.version)
            .order_by(PlanEvent.id.desc())
            .limit(1)
        )
    ).one_or_none()
    if row is None or (plan.person_id == actor.person_id and row[0].verdict not in DECISIONS):
        return Outdated(card=card)
    event, name = row
    if event.verdict is StepVerdict.WITHDRAWN:
        return Outdated("skp_withdrawn", card=card)
    if event.verdict not in DECISIONS or plan.state is PlanState.DRAFT:
        return Outdated(card=card)
    time = event.at.astimezone(ZoneInfo(actor.zone)).strftime("%d/%m %H.%M")
    if event.by_id == actor.person_id:
        return Outdated("already_yours", card=card, time=time)
    return Outdated(DECIDED_BY.get(event.capacity, "already_decided"), card=card, name=name or "", time=time)
