"""The tree as somebody looks at it: its top, one RHK with who serves it, what was done for one.

The number of queries of each does not grow with people, RHK or entries.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import PerformancePlan, Person, Target
from services.cascade.tree import Node, Tree, load_line, load_tree
from services.cascade.work import Done, done_for, last_dates, last_dates_of
from services.clock import local_date
from services.errors import NotAllowed, NotFound
from services.people.identity import Actor
from services.people.standing_in import seats_of
from services.plans.loading import shown_order
from services.plans.standing import in_force, lineage_of
from services.plans.words import Section
from services.progress.loading import load_standing
from services.progress.standing import Standing, right_after

PAGE = 6
"""Of those who serve an RHK, and of RHK that hang nowhere, so many on one screen."""
QUIET = timedelta(days=14)
"""Without anything done for so long, an RHK that somebody serves is marked."""
HIGHEST = 4
"""RHK above one's own that are shown."""


@dataclass(frozen=True, slots=True)
class Wording:
    """An RHK in force as its SKP shows it, numbered there."""

    lineage: int
    number: int
    text: str
    section: Section


@dataclass(frozen=True, slots=True)
class Above:
    """An RHK above one's own, and whose it is."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Seat:
    """A tree that may be looked at, too. `capacity`: supervisor (one's own), plt or plh."""

    person_id: int
    name: str
    capacity: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Whose tree of which year it is. `own`: the reader's. `leads`: somebody is below."""

    root: int
    name: str
    year: int
    own: bool
    leads: bool
    capacity: str


@dataclass(frozen=True, slots=True)
class Branch:
    """An RHK at the top. `people`: who serves it directly; `deeper`: who does so further down.

    `mean`: of done ÷ target of what serves it directly, each at most 1; None: nothing to measure.
    `quiet`: it has been served for 14 days, and nothing was done in them. `up`: what it is for, nearest
    first. `last`: when its owner last did something for it; only of one's own.
    """

    wording: Wording
    people: int
    deeper: int
    mean: float | None
    quiet: bool
    up: tuple[Above, ...]
    last: date | None


@dataclass(frozen=True, slots=True)
class Top:
    """`loose`: RHK of direct people that hang nowhere. `others`: the trees of other seats."""

    frame: Frame
    branches: tuple[Branch, ...]
    loose: int
    others: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the way down: somebody's RHK by its number. `name` empty: of the tree's own."""

    lineage: int
    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Supporter:
    """An RHK that serves another. `below`: how many RHK hang below it; `last`: for it or for one of those."""

    lineage: int
    name: str
    text: str
    progress: Standing | None
    last: date | None
    below: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where one stands: `crumbs` from the top; `loose`: the first of them hangs nowhere.

    `mine`: the reader's own RHK. `direct`: of somebody they decide on. `reads_work`: whether they see what
    its owner did for it.
    """

    frame: Frame
    crumbs: tuple[Crumb, ...]
    wording: Wording
    owner: str
    loose: bool
    mine: bool
    direct: bool
    reads_work: bool

    @property
    def lineage(self) -> int:
        return self.wording.lineage


@dataclass(frozen=True, slots=True)
class TargetLook:
    """One RHK and a page of who serves it; of nobody when nobody does."""

    place: Place
    progress: Standing | None
    up: tuple[Above, ...]
    supporters: tuple[Supporter, ...]
    count: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class WorkLook:
    """A page of what was done for an RHK; `supporters`: how many serve it."""

    place: Place
    progress: Standing | None
    up: tuple[Above, ...]
    entries: tuple[Done, ...]
    count: int
    page: int
    supporters: int


@dataclass(frozen=True, slots=True)
class Reach:
    """A tree the actor may look at now."""

    tree: Tree
    frame: Frame
    others: tuple[Seat, ...]


async def reach(session: AsyncSession, actor: Actor, root: int, year: int, *, now: datetime) -> Reach:
    """The tree of a seat the actor holds today: their own, or as Plt/Plh. Raises NotAllowed."""
    seats = await seats_of(session, actor, now=now)
    if root not in seats or not (actor.reports or actor.supervises):
        raise NotAllowed("tree_not_yours")
    tree = await load_tree(session, root, year)
    named = await session.execute(
        select(Person.id, Person.name)
        .where(Person.id.in_(seats.keys() - {root}))
        .order_by(Person.name, Person.id)
    )
    others = tuple(Seat(person_id, name, seats[person_id]) for person_id, name in named)
    frame = Frame(
        root=root,
        name=tree.people[root].name,
        year=year,
        own=root == actor.person_id,
        leads=len(tree.people) > 1,
        capacity=seats[root],
    )
    return Reach(tree, frame, others)


async def load_top(session: AsyncSession, actor: Actor, root: int, year: int, *, now: datetime) -> Top:
    """The RHK at the top of a tree, in the order of the SKP. Raises NotAllowed."""
    found = await reach(session, actor, root, year, now=now)
    tree, frame = found.tree, found.frame
    worded = (await wordings(session, [root], year)).get(root, ())
    today = local_date(now, actor.zone)
    first = today - QUIET + timedelta(days=1)
    alive = await last_dates(session, root, first=first, last=today)
    direct = {one: tree.children.get(one.lineage, ()) for one in worded}
    serving = {tree.nodes[one].person_id for ones in direct.values() for one in ones}
    shares = await progress_of(session, {root, *serving}, year, now=now)
    up: Mapping[int, tuple[Above, ...]] = {}
    own: Mapping[int, date] = {}
    if frame.own:
        up = await load_up(session, root, year)
        own = await last_dates_of(session, root, [one.lineage for one in worded], own=True)
    branches = []
    for one, ones in direct.items():
        people = {tree.nodes[lineage].person_id for lineage in ones}
        under = tree.under(one.lineage)
        branches.append(
            Branch(
                wording=one,
                people=len(people),
                deeper=len({node.person_id for node in under} - people),
                mean=_mean([shares.get(lineage) for lineage in ones]),
                quiet=_is_old(shares, one.lineage, ones, first)
                and not any(node.lineage in alive for node in under),
                up=up.get(one.lineage, ()),
                last=own.get(one.lineage),
            )
        )
    return Top(frame, tuple(branches), len(tree.loose), found.others)


def _is_old(found: Mapping[int, Standing], lineage: int, below: Iterable[int], first: date) -> bool:
    """Whether an RHK and one that serves it were in force by a date."""
    old = {of for of, one in found.items() if one.since is None or one.since <= first}
    return lineage in old and not old.isdisjoint(below)


def _mean(found: Iterable[Standing | None]) -> float | None:
    shares = [min(max(one.share, 0.0), 1.0) for one in found if one is not None and one.share is not None]
    return sum(shares) / len(shares) if shares else None


async def load_target(
    session: AsyncSession, actor: Actor, root: int, lineage: int, *, page: int, now: datetime
) -> TargetLook:
    """An RHK in a tree, with a page of who serves it. Raises NotFound, NotAllowed."""
    tree, place = await find_place(session, actor, root, lineage, now=now)
    lineage = place.lineage
    ones = [tree.nodes[one] for one in tree.children.get(lineage, ())]
    pages = max(1, -(-len(ones) // PAGE))
    page = min(page, pages - 1)
    shown = ones[page * PAGE : (page + 1) * PAGE]
    node = tree.nodes[lineage]
    year = place.frame.year
    shares = await progress_of(session, {node.person_id, *(one.person_id for one in shown)}, year, now=now)
    texts = await texts_of(session, shown)
    under = {one.lineage: [node.lineage for node in tree.under(one.lineage)] for one in shown}
    wanted = [*under, *(below for ones in under.values() for below in ones)]
    dates = await last_dates_of(session, root, wanted)
    return TargetLook(
        place=place,
        progress=shares.get(lineage) if place.reads_work else None,
        up=(await load_up(session, root, year)).get(lineage, ()) if place.mine else (),
        supporters=tuple(
            Supporter(
                lineage=one.lineage,
                name=tree.people[one.person_id].name,
                text=texts[one.lineage],
                progress=shares.get(one.lineage),
                last=max(
                    (dates[at] for at in (one.lineage, *under[one.lineage]) if at in dates), default=None
                ),
                below=len(under[one.lineage]),
            )
            for one in shown
        ),
        count=len(ones),
        page=page,
        pages=pages,
    )


async def load_work(
    session: AsyncSession, actor: Actor, root: int, lineage: int, *, page: int, now: datetime
) -> WorkLook:
    """What was done for an RHK by its owner, as far as the actor sees it. Raises NotFound, NotAllowed."""
    tree, place = await find_place(session, actor, root, lineage, now=now)
    if not place.reads_work:
        raise NotAllowed("tree_not_yours")
    lineage, direct = place.lineage, place.direct
    node = tree.nodes[lineage]
    entries, page, count = await done_for(session, root, lineage, own=place.mine, direct=direct, page=page)
    shares = await progress_of(session, [node.person_id], place.frame.year, now=now)
    return WorkLook(
        place=place,
        progress=shares.get(lineage),
        up=(await load_up(session, root, place.frame.year)).get(lineage, ()) if place.mine else (),
        entries=entries,
        count=count,
        page=page,
        supporters=len(tree.children.get(lineage, ())),
    )


async def find_place(
    session: AsyncSession, actor: Actor, root: int, lineage: int, *, now: datetime
) -> tuple[Tree, Place]:
    """An RHK in force in a tree the actor may look at. Raises NotFound, NotAllowed."""
    row = (
        await session.execute(
            select(lineage_of(), PerformancePlan.year, PerformancePlan.person_id)
            .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
            .where(Target.id == lineage)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("target_gone")
    lineage, year, owner = row
    found = await reach(session, actor, root, year, now=now)
    tree = found.tree
    if owner not in tree.people:
        raise NotAllowed("tree_not_yours")
    if lineage not in tree.nodes:
        raise NotFound("target_gone")
    path = tree.path(lineage)
    worded = await wordings(session, {one.person_id for one in path}, year)
    by_lineage = {one.lineage: one for ones in worded.values() for one in ones}
    names = {one.person_id: "" if one.person_id == root else tree.people[one.person_id].name for one in path}
    mine = owner == root and found.frame.own
    place = Place(
        frame=found.frame,
        crumbs=tuple(
            Crumb(one.lineage, names[one.person_id], by_lineage[one.lineage].number) for one in path
        ),
        wording=by_lineage[lineage],
        owner=tree.people[owner].name,
        loose=path[0].person_id != root,
        mine=mine,
        direct=owner != root and tree.is_direct(owner),
        reads_work=mine or owner != root,
    )
    return tree, place


async def wordings(
    session: AsyncSession, person_ids: Collection[int], year: int
) -> Mapping[int, tuple[Wording, ...]]:
    """Person → their RHK in force, in the order and with the numbers of the SKP. One query."""
    rows = await session.execute(
        select(Target, PerformancePlan.person_id, PerformancePlan.form)
        .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
        .where(PerformancePlan.person_id.in_(sorted(person_ids)), PerformancePlan.year == year, in_force())
        .execution_options(populate_existing=True)
    )
    kept: dict[int, list[Target]] = {}
    forms = {}
    for target, person_id, form in rows:
        kept.setdefault(person_id, []).append(target)
        forms[person_id] = form
    found = {}
    for person_id, targets in kept.items():
        ordered = sorted(targets, key=lambda one: shown_order(one, forms[person_id]))
        found[person_id] = tuple(
            Wording(one.lineage, number, one.text, one.section) for number, one in enumerate(ordered, 1)
        )
    return found


async def texts_of(session: AsyncSession, nodes: Sequence[Node]) -> Mapping[int, str]:
    """Lineage → its wording of now. One query."""
    rows = await session.execute(
        select(Target.id, Target.text).where(Target.id.in_([one.target_id for one in nodes]))
    )
    texts = {row[0]: row[1] for row in rows}
    return {one.lineage: texts[one.target_id] for one in nodes}


async def progress_of(
    session: AsyncSession, person_ids: Collection[int], year: int, *, now: datetime
) -> Mapping[int, Standing]:
    """Lineage → how far its RHK in force is, of these people."""
    found = await load_standing(session, sorted(person_ids), year=year, at=right_after(now))
    return {one.lineage: one for one in found}


async def load_up(session: AsyncSession, person_id: int, year: int) -> Mapping[int, tuple[Above, ...]]:
    """One's own RHK → those above it, the nearest first, at most four. Three queries."""
    line = await load_line(session, person_id, year)
    chains = {one.lineage: line.path(one.lineage)[-2::-1][:HIGHEST] for one in line.of(person_id)}
    texts = await texts_of(session, [one for chain in chains.values() for one in chain])
    return {
        lineage: tuple(Above(line.people[one.person_id].name, texts[one.lineage]) for one in chain)
        for lineage, chain in chains.items()
    }
