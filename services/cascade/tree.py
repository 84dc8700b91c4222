"""The tree as ids: people, their RHK in force, and which hangs on which. Two queries, however many."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import CTE, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import PerformancePlan, Person, Target
from services.plans.standing import in_force, lineage_of


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the tree."""

    id: int
    name: str
    supervisor_id: int | None


@dataclass(frozen=True, slots=True)
class Node:
    """An RHK in force. `target_id`: its wording of now. `parent`: lineage of the RHK on which it hangs."""

    lineage: int
    target_id: int
    person_id: int
    parent: int | None


@dataclass(frozen=True, slots=True)
class Tree:
    """`people` and `nodes` (by lineage) in order: by name, then as in the SKP."""

    root: int
    year: int
    people: Mapping[int, Member]
    nodes: Mapping[int, Node]
    children: Mapping[int, Sequence[int]] = field(default_factory=dict)

    def of(self, person_id: int) -> tuple[Node, ...]:
        """A person's RHK."""
        return tuple(one for one in self.nodes.values() if one.person_id == person_id)

    def under(self, lineage: int) -> tuple[Node, ...]:
        """Every RHK that hangs below one, at any depth."""
        found: dict[int, Node] = {}
        waiting = list(self.children.get(lineage, ()))
        while waiting:
            one = waiting.pop()
            if one not in found:
                found[one] = self.nodes[one]
                waiting += self.children.get(one, ())
        return tuple(found.values())

    def path(self, lineage: int) -> tuple[Node, ...]:
        """From the uppermost RHK down to this one."""
        found: dict[int, Node] = {}
        at: int | None = lineage
        while at is not None and at not in found:
            found[at] = self.nodes[at]
            at = found[at].parent
        return tuple(reversed(found.values()))

    @property
    def loose(self) -> tuple[Node, ...]:
        """RHK of the root's direct people that hang nowhere."""
        return tuple(
            one
            for one in self.nodes.values()
            if one.parent is None and one.person_id != self.root and self.is_direct(one.person_id)
        )

    def is_direct(self, person_id: int) -> bool:
        return self.people[person_id].supervisor_id == self.root


def below(root: int) -> CTE:
    """The person and everybody below who works here: id, name, supervisor_id. Circles end."""
    found = (
        select(Person.id, Person.name, Person.supervisor_id)
        .where(Person.id == root)
        .cte("below", recursive=True)
    )
    return found.union(
        select(Person.id, Person.name, Person.supervisor_id)
        .join(found, Person.supervisor_id == found.c.id)
        .where(Person.active, Person.id != root)
    )


def above(person_id: int) -> CTE:
    """The person and the line of supervisors above: id, name, supervisor_id."""
    found = (
        select(Person.id, Person.name, Person.supervisor_id)
        .where(Person.id == person_id)
        .cte("above", recursive=True)
    )
    return found.union(
        select(Person.id, Person.name, Person.supervisor_id).join(found, Person.id == found.c.supervisor_id)
    )


async def load_tree(session: AsyncSession, root: int, year: int) -> Tree:
    """A person, everybody below, and their RHK of a year."""
    return await _load(session, below(root), root, year, top=root)


async def load_line(session: AsyncSession, person_id: int, year: int) -> Tree:
    """A person, the supervisors above, and their RHK: what one's own RHK are for."""
    return await _load(session, above(person_id), person_id, year)


async def _load(session: AsyncSession, people: CTE, root: int, year: int, *, top: int | None = None) -> Tree:
    members = await session.execute(
        select(people.c.id, people.c.name, people.c.supervisor_id).order_by(people.c.name, people.c.id)
    )
    parent = aliased(Target)
    rows = await session.execute(
        select(
            lineage_of().label("lineage"),
            Target.id,
            PerformancePlan.person_id,
            lineage_of(parent).label("parent"),
        )
        .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
        .join(people, people.c.id == PerformancePlan.person_id)
        .outerjoin(parent, parent.id == Target.parent_id)
        .where(PerformancePlan.year == year, in_force())
        .order_by(people.c.name, people.c.id, Target.section.desc(), Target.position, Target.id)
    )
    return grown(root, year, [Member(*row) for row in members], [tuple(row) for row in rows], top=top)


def grown(
    root: int,
    year: int,
    members: Iterable[Member],
    rows: Sequence[tuple[Any, ...]],
    *,
    top: int | None = None,
) -> Tree:
    """The tree of rows (lineage, target, person, lineage of the named parent), in their order.

    `top`: whose RHK hang on nothing, whatever they name.
    """
    people = {one.id: one for one in members}
    owners = {lineage: person_id for lineage, _, person_id, _ in rows}
    nodes: dict[int, Node] = {}
    children: dict[int, list[int]] = {}
    for lineage, target_id, person_id, named in rows:
        superior = people[person_id].supervisor_id
        hangs = person_id != top and superior not in (None, person_id) and owners.get(named) == superior
        nodes[lineage] = Node(lineage, target_id, person_id, named if hangs else None)
        if hangs:
            children.setdefault(named, []).append(lineage)
    return Tree(root, year, people, nodes, children)
