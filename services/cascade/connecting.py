"""RHK of direct people that hang nowhere, and the supervisor who connects one.

Connecting names whom an RHK serves and changes nothing of what was promised, nor how the office's file words
it: it is written into the RHK in force, and into the wording that waits to take its place. It is audited by
lineage; the owner sees it in /skp and /pohon.
Only what hangs nowhere may be connected, and only what was connected so may be taken back so.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import AuditEvent, PerformancePlan, Person, Target
from services import audit
from services.approvals.entitlement import capacity_of
from services.cascade.looking import PAGE, Frame, Wording, reach, texts_of, wordings
from services.cascade.tree import Tree, load_tree
from services.errors import NotAllowed, NotFound, Outdated
from services.linking import Candidate, build_index, suggest
from services.people.identity import Actor
from services.plans.access import changed, ensure_year, locked_plan
from services.plans.standing import in_force, lineage_of

CARD = "tree"
"""The card of the tree; its subject is who looks."""
CONNECTED = "rhk_connected"
DISCONNECTED = "rhk_disconnected"


@dataclass(frozen=True, slots=True)
class LooseTarget:
    """An RHK that hangs nowhere."""

    lineage: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class LooseLook:
    """A page of them."""

    frame: Frame
    targets: tuple[LooseTarget, ...]
    count: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Choice:
    """An RHK that hangs nowhere and those it may serve, the likeliest first; `likely`: the first seems right.

    `named`: the superior's RHK as the office's file words it. `serves`: the one it hangs on now, with
    `undoable`: it was connected here.
    """

    frame: Frame
    lineage: int
    name: str
    text: str
    named: str | None
    choices: tuple[Wording, ...]
    likely: bool
    serves: Wording | None
    undoable: bool


async def load_loose(
    session: AsyncSession, actor: Actor, root: int, year: int, *, page: int, now: datetime
) -> LooseLook:
    """RHK of direct people that hang nowhere, by name. Raises NotAllowed."""
    found = await reach(session, actor, root, year, now=now)
    loose = found.tree.loose
    pages = max(1, -(-len(loose) // PAGE))
    page = min(page, pages - 1)
    shown = loose[page * PAGE : (page + 1) * PAGE]
    texts = await texts_of(session, shown)
    people = found.tree.people
    targets = tuple(LooseTarget(one.lineage, people[one.person_id].name, texts[one.lineage]) for one in shown)
    return LooseLook(found.frame, targets, len(loose), page, pages)


async def load_choice(session: AsyncSession, actor: Actor, lineage: int, *, now: datetime) -> Choice:
    """What an RHK of somebody the actor decides on may serve. Raises NotFound, NotAllowed."""
    target, plan, superior = await _entitled(session, actor, lineage, now=now)
    found = await reach(session, actor, superior, plan.year, now=now)
    node = found.tree.nodes.get(target.lineage)
    if node is None:
        raise NotFound("target_gone")
    own = (await wordings(session, [superior], plan.year)).get(superior, ())
    index = build_index([Candidate(one.lineage, one.text) for one in own])
    guess = suggest(index, target.text)
    rank = {one.key: place for place, one in enumerate(guess.ranking)}
    return Choice(
        frame=found.frame,
        lineage=target.lineage,
        name=found.tree.people[plan.person_id].name,
        text=target.text,
        named=target.parent_text,
        choices=tuple(sorted(own, key=lambda one: rank.get(one.lineage, len(rank)))),
        likely=bool(guess.ranking) and guess.ranking[0].score > 0 and not guess.outside,
        serves=next((one for one in own if one.lineage == node.parent), None),
        undoable=node.parent is not None and await _connected_here(session, target, node.parent),
    )


async def connect(session: AsyncSession, actor: Actor, lineage: int, parent: int, *, now: datetime) -> None:
    """Names the supervisor's RHK that somebody's RHK serves, when it hangs nowhere yet.

    Raises Outdated `tree_connected`; NotFound `target_gone`, `parent_gone`; NotAllowed, Invalid.
    """
    target, plan, superior = await _entitled(session, actor, lineage, now=now, lock=True)
    tree = await load_tree(session, superior, plan.year)
    node = tree.nodes.get(target.lineage)
    if node is None:
        raise NotFound("target_gone")
    if node.parent is not None:
        raise Outdated("tree_connected", card=(CARD, actor.person_id))
    above = await _own_target(session, tree, superior, parent)
    await _write(session, actor, plan, target, above, now=now)


async def disconnect(
    session: AsyncSession, actor: Actor, lineage: int, parent: int, *, now: datetime
) -> None:
    """Takes back a connection made here. Raises Outdated `tree_changed`, NotFound, NotAllowed, Invalid."""
    target, plan, superior = await _entitled(session, actor, lineage, now=now, lock=True)
    node = (await load_tree(session, superior, plan.year)).nodes.get(target.lineage)
    if node is None:
        raise NotFound("target_gone")
    if node.parent is None or node.parent != parent or not await _connected_here(session, target, parent):
        raise Outdated("tree_changed", card=(CARD, actor.person_id))
    await _write(session, actor, plan, target, None, now=now)


async def _entitled(
    session: AsyncSession, actor: Actor, lineage: int, *, now: datetime, lock: bool = False
) -> tuple[Target, PerformancePlan, int]:
    """The RHK in force, its SKP and its person's supervisor. Raises NotFound, NotAllowed, Invalid."""
    row = (
        await session.execute(
            select(Target.plan_id, lineage_of(), PerformancePlan.person_id, Person.supervisor_id)
            .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
            .join(Person, Person.id == PerformancePlan.person_id)
            .where(Target.id == lineage)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("target_gone")
    plan_id, lineage, person_id, superior = row
    await capacity_of(session, actor, person_id, now=now)
    if superior is None:
        raise NotAllowed
    if lock:
        plan = await locked_plan(session, plan_id)
        ensure_year(actor, plan.year, now=now)
    else:
        plan = await session.get_one(PerformancePlan, plan_id)
    target = await session.scalar(
        select(Target)
        .where(Target.plan_id == plan_id, lineage_of() == lineage, in_force())
        .execution_options(populate_existing=True)
    )
    if target is None:
        raise NotFound("target_gone")
    return target, plan, superior


async def _own_target(session: AsyncSession, tree: Tree, superior: int, parent: int) -> Target:
    """The supervisor's RHK of that lineage, in force. Raises NotFound."""
    node = tree.nodes.get(parent)
    if node is None or node.person_id != superior:
        raise NotFound("parent_gone")
    return await session.get_one(Target, node.target_id)


async def _write(
    session: AsyncSession,
    actor: Actor,
    plan: PerformancePlan,
    target: Target,
    above: Target | None,
    *,
    now: datetime,
) -> None:
    waiting = await session.scalars(
        select(Target)
        .where(Target.replaces_id == target.id, Target.pending, Target.retired_at.is_(None))
        .execution_options(populate_existing=True)
    )
    before = target.parent_id
    for one in (target, *waiting):
        if one.parent_id == before:
            one.parent_id = above.id if above else None
    audit.record(
        session,
        CONNECTED if above else DISCONNECTED,
        actor_id=actor.person_id,
        subject="target",
        subject_id=target.lineage,
        now=now,
        detail=f"parent {above.lineage}" if above else None,
    )
    await changed(session, plan)


async def _connected_here(session: AsyncSession, target: Target, parent: int) -> bool:
    """Whether the supervisor made the connection to the lineage `parent`, and nobody another since."""
    last = (
        await session.execute(
            select(AuditEvent.action, AuditEvent.detail)
            .where(
                AuditEvent.subject == "target",
                AuditEvent.subject_id == target.lineage,
                AuditEvent.action.in_([CONNECTED, DISCONNECTED]),
            )
            .order_by(AuditEvent.id.desc())
            .limit(1)
        )
    ).one_or_none()
    return last is not None and tuple(last) == (CONNECTED, f"parent {parent}")
