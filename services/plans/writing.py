"""One's own SKP is written: RHK added, reworded, taken away; form, section, perspective, RHK above.

Every change locks the plan first (`access.own_plan`). An RHK that was agreed is never overwritten
(`rewording.open_target`); what is taken away can be put back until its version is agreed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import AnnexLine, PerformancePlan, Person, Target
from models.engine import insert_into
from services.clock import local_date
from services.errors import Invalid, NotFound, Outdated
from services.people.identity import Actor
from services.people.rows import clean, folded
from services.plans.access import (
    began,
    changed,
    ensure_writable,
    ensure_year,
    in_hand,
    locked_plan,
    own_plan,
    own_target,
    targets_of,
)
from services.plans.annexes import lines_of
from services.plans.carrying import follow_wordings
from services.plans.loading import CARD, subject_of
from services.plans.measures import put_indicators
from services.plans.reading import ReadTarget, read_targets
from services.plans.rewording import open_target
from services.plans.standing import in_force
from services.plans.steps import add_step as add_step
from services.plans.words import (
    LONGEST_WORDING,
    MOST_TARGETS,
    SHORTEST,
    Perspective,
    PlanForm,
    PlanState,
    Section,
)


@dataclass(frozen=True, slots=True)
class Written:
    """A typed RHK as it was taken. `left`: lines that were not understood as indicators."""

    target_id: int
    plan_id: int
    left: tuple[str, ...]


async def ensure_may_add(session: AsyncSession, actor: Actor, year: int, *, now: datetime) -> None:
    """That the actor may write an RHK for a year. Raises Invalid as `add_target`."""
    if not actor.reports:
        raise Invalid("plan", "skp_not_asked")
    ensure_year(actor, year, now=now)
    plan = await session.scalar(
        select(PerformancePlan).where(
            PerformancePlan.person_id == actor.person_id, PerformancePlan.year == year
        )
    )
    if plan is not None:
        ensure_writable(actor, plan, now=now)
        _ensure_room(in_hand(await targets_of(session, plan.id)))


async def add_targets(
    session: AsyncSession, actor: Actor, year: int, text: str, *, now: datetime
) -> tuple[Written, ...]:
    """Adds every RHK of a typed text with its indicators to one's SKP of a year, which begins with the first.

    Raises Invalid `skp_not_asked`, `skp_year_closed`, `skp_waiting`, `target_short`, `target_long`,
    `target_twice`, `targets_many`, `indicators_many`.
    """
    await ensure_may_add(session, actor, year, now=now)
    found = read_targets(text, today=local_date(now, actor.zone))
    for read in found or (ReadTarget("", None, (), ()),):
        _checked(read.text)
    plan = await _opened(session, actor, year, now=now)
    ensure_writable(actor, plan, now=now)
    await began(session, plan)
    written = tuple([await _add(session, plan, read, now=now) for read in found])
    await changed(session, plan)
    return written


async def _add(session: AsyncSession, plan: PerformancePlan, read: ReadTarget, *, now: datetime) -> Written:
    everything = await targets_of(session, plan.id)
    present = in_hand(everything)
    _ensure_room(present)
    _ensure_new(present, read.text)
    target = Target(
        plan_id=plan.id,
        position=max((one.position for one in everything), default=-1) + 1,
        section=read.section or Section.MAIN,
        text=read.text,
        since_version=plan.version,
        pending=plan.agreed_version > 0,
        created_at=now,
    )
    session.add(target)
    await session.flush()
    await put_indicators(session, target.id, read.indicators)
    return Written(target.id, plan.id, read.left)


async def discard_changes(
    session: AsyncSession, actor: Actor, plan_id: int, *, revision: int, now: datetime
) -> None:
    """Drops the version in hand whole: what was agreed is all there is again. A second press does nothing.

    Raises Outdated when it is not as it was shown; NotFound, NotAllowed, Invalid.
    """
    plan = await own_plan(session, actor, plan_id, now=now)
    if plan.state is PlanState.AGREED or not plan.agreed_version:
        return
    if plan.revision != revision:
        raise Outdated(card=(CARD, subject_of(plan.person_id, plan.year)))
    lines = [one for one in await lines_of(session, plan.id) if one.pending or one.drop_asked]
    targets = [one for one in await targets_of(session, plan.id) if one.retired_at is None]
    rows: list[Target | AnnexLine] = [*lines, *targets]
    for one in rows:
        if one.pending:
            one.retired_at, one.until_version = now, plan.version
        one.drop_asked = False
    plan.state, plan.return_reason = PlanState.DRAFT, None
    await changed(session, plan)


async def _opened(session: AsyncSession, actor: Actor, year: int, *, now: datetime) -> PerformancePlan:
    """One's plan of a year, made when there is none, locked."""
    made = insert_into(session, PerformancePlan).values(person_id=actor.person_id, year=year, created_at=now)
    await session.execute(made.on_conflict_do_nothing(index_elements=["person_id", "year"]))
    plan_id = await session.scalar(
        select(PerformancePlan.id).where(
            PerformancePlan.person_id == actor.person_id, PerformancePlan.year == year
        )
    )
    return await locked_plan(session, plan_id or 0)


async def set_wording(
    session: AsyncSession, actor: Actor, target_id: int, text: str, *, now: datetime
) -> int:
    """Rewords an RHK; gives the id of the wording that now stands in its place.

    Raises Invalid `target_short`, `target_long`, `target_twice`; NotFound, NotAllowed.
    """
    plan, target = await own_target(session, actor, target_id, now=now)
    wording = _checked(clean(text))
    present = in_hand(await targets_of(session, plan.id))
    _ensure_new([one for one in present if one.lineage != target.lineage], wording)
    if target.text == wording:
        return target.id
    target = await open_target(session, plan, target, now=now)
    target.text = wording
    await changed(session, plan)
    return target.id


async def set_section(
    session: AsyncSession, actor: Actor, target_id: int, section: Section, *, now: datetime
) -> int:
    """Main or additional; gives the id of the wording in hand. Raises NotFound, NotAllowed, Invalid."""
    plan, target = await own_target(session, actor, target_id, now=now)
    if target.section is section:
        return target.id
    target = await open_target(session, plan, target, now=now)
    target.section = section
    await changed(session, plan)
    return target.id


async def set_perspective(
    session: AsyncSession, actor: Actor, target_id: int, perspective: Perspective, *, now: datetime
) -> int:
    """Of an RHK in the JPT form. Raises Invalid `perspective_form`; NotFound, NotAllowed."""
    plan, target = await own_target(session, actor, target_id, now=now)
    if plan.form is not PlanForm.JPT:
        raise Invalid("perspective", "perspective_form")
    if target.perspective is perspective:
        return target.id
    target = await open_target(session, plan, target, now=now)
    target.perspective = perspective
    await changed(session, plan)
    return target.id


async def set_form(
    session: AsyncSession, actor: Actor, plan_id: int, form: PlanForm, *, now: datetime
) -> None:
    """Of a high official, or of everybody else; what was chosen for the other form is kept.

    Raises Invalid `form_agreed` once a version was agreed; NotFound, NotAllowed.
    """
    plan = await own_plan(session, actor, plan_id, now=now)
    if plan.agreed_version:
        raise Invalid("form", "form_agreed")
    if plan.form is not form:
        plan.form = form
        await changed(session, plan)


async def set_parent(
    session: AsyncSession, actor: Actor, target_id: int, parent_id: int | None, *, now: datetime
) -> int:
    """Names the supervisor's RHK an RHK serves, or (None) none; gives the id of the wording in hand.

    Raises NotFound `parent_gone` for one that is not the supervisor's of that year; NotAllowed, Invalid.
    """
    plan, target = await own_target(session, actor, target_id, now=now)
    wording = None
    if parent_id is not None:
        wording = await session.scalar(
            select(Target.text)
            .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
            .join(Person, Person.supervisor_id == PerformancePlan.person_id)
            .where(
                Target.id == parent_id,
                in_force(),
                Person.id == actor.person_id,
                PerformancePlan.year == plan.year,
            )
        )
        if wording is None:
            raise NotFound("parent_gone")
    if target.parent_id == parent_id and (parent_id is not None or target.parent_text is None):
        return target.id
    target = await open_target(session, plan, target, now=now)
    target.parent_id, target.parent_text = parent_id, wording
    await changed(session, plan)
    return target.id


async def drop_target(session: AsyncSession, actor: Actor, target_id: int, *, now: datetime) -> None:
    """Takes an RHK out of the version in hand; one that was agreed holds until that version is.

    Pressed twice, it is gone once. Raises NotFound, NotAllowed, Invalid.
    """
    plan, target = await own_target(session, actor, target_id, now=now)
    if target.retired_at is not None or target.drop_asked:
        return
    if plan.agreed_version and not target.pending:
        await began(session, plan)
        target.drop_asked = True
        await _retire_replacement(session, target, version=plan.version, now=now)
    else:
        target.retired_at, target.until_version = now, plan.version
        if target.replaces_id is not None:
            (await session.get_one(Target, target.replaces_id)).drop_asked = True
        if not plan.agreed_version:
            await follow_wordings(session, {target.id: None}, now=now)
    await changed(session, plan)


async def restore_target(session: AsyncSession, actor: Actor, target_id: int, *, now: datetime) -> int:
    """Takes back what was last meant for an RHK: its removal, or else its new wording; gives what stands.

    Raises Invalid `targets_many`, `target_twice`; NotFound `target_gone`, NotAllowed.
    """
    plan, target = await own_target(session, actor, target_id, now=now)
    if target.drop_asked:
        target.drop_asked = False
    elif target.pending and target.replaces_id is not None and target.retired_at is None:
        target.retired_at, target.until_version = now, plan.version
        await changed(session, plan)
        return target.replaces_id
    elif target.retired_at is None:
        return target.id  # pressed twice
    else:
        await _revive(session, plan, target)
    await changed(session, plan)
    return target.id


async def _revive(session: AsyncSession, plan: PerformancePlan, target: Target) -> None:
    """Puts back what was taken out of the version in hand, unless another wording has come in its place."""
    in_work = plan.agreed_version == 0 or (target.pending and target.until_version == plan.agreed_version + 1)
    present = in_hand(await targets_of(session, plan.id))
    if not in_work or any(one.lineage == target.lineage and not one.drop_asked for one in present):
        raise NotFound("target_gone")
    _ensure_room(present)
    _ensure_new([one for one in present if one.lineage != target.lineage], target.text)
    await began(session, plan)
    target.retired_at, target.until_version = None, None
    if target.replaces_id is not None:
        (await session.get_one(Target, target.replaces_id)).drop_asked = False


async def _retire_replacement(session: AsyncSession, target: Target, *, version: int, now: datetime) -> None:
    rows = await session.scalars(
        select(Target).where(Target.replaces_id == target.id, Target.pending, Target.retired_at.is_(None))
    )
    for one in rows:
        one.retired_at, one.until_version = now, version


def _checked(wording: str) -> str:
    if len(wording) < SHORTEST:
        raise Invalid("target", "target_short")
    if len(wording) > LONGEST_WORDING:
        raise Invalid("target", "target_long", limit=LONGEST_WORDING, length=len(wording))
    return wording


def _ensure_room(present: Sequence[Target]) -> None:
    if sum(not one.drop_asked for one in present) >= MOST_TARGETS:
        raise Invalid("targets", "targets_many", limit=MOST_TARGETS)


def _ensure_new(present: Sequence[Target], wording: str) -> None:
    if any(folded(one.text) == folded(wording) for one in present):
        raise Invalid("target", "target_twice")
