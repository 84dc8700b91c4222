"""Office trees and RHK drawn at random, against a recount that follows the rule word by word."""

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from services.cascade.tree import Member, Tree, grown

PEOPLE = st.integers(2, 9)


@st.composite
def forests(draw: st.DrawFn) -> tuple[Tree, dict[int, int | None]]:
    """Person 0 at the top; anybody under anybody, circles too; RHK that name any RHK, or none there is."""
    people = draw(PEOPLE)
    superior = {0: draw(st.none() | st.integers(0, people - 1))}
    superior |= {one: draw(st.none() | st.integers(0, people - 1)) for one in range(1, people)}
    members = [Member(one, f"Orang {one}", superior[one]) for one in range(people)]
    owners = draw(st.lists(st.integers(0, people - 1), max_size=20))
    named = st.none() | st.integers(1, 25)
    numbers = count(1)
    rows = [
        (number, 100 + number, owner, draw(named)) for number, owner in zip(numbers, owners, strict=False)
    ]
    return grown(0, 2026, members, rows, top=0), {row[0]: row[3] for row in rows}


def hangs_on(tree: Tree, rows: dict[int, int | None], lineage: int) -> int | None:
    """The rule again: the named RHK, if it is the supervisor's; never oneself, nor for the one at the top."""
    owner, named = tree.nodes[lineage].person_id, rows[lineage]
    superior = tree.people[owner].supervisor_id
    if owner == 0 or named is None or named not in tree.nodes or superior is None or superior == owner:
        return None
    return named if tree.nodes[named].person_id == superior else None


@given(forests())
def test_a_random_office_is_the_same_counted_anew(forest: tuple[Tree, dict[int, int | None]]) -> None:
    tree, named = forest
    parents = {one: hangs_on(tree, named, one) for one in named}
    assert {one.lineage: one.parent for one in tree.nodes.values()} == parents
    for lineage in parents:
        under = {one.lineage for one in tree.under(lineage)}
        assert under == {one for one in parents if lineage in upwards(parents, one)}
        path = [one.lineage for one in tree.path(lineage)]
        assert path[-1] == lineage
        assert set(path) == {lineage} | upwards(parents, lineage)
        assert len(set(path)) == len(path)
    direct = {one for one, member in tree.people.items() if one and member.supervisor_id == 0}
    assert {one.lineage for one in tree.loose} == {
        one for one, parent in parents.items() if parent is None and tree.nodes[one].person_id in direct
    }


def upwards(parents: dict[int, int | None], lineage: int) -> set[int]:
    """Everything above an RHK, one step after the other, as many as there are at most."""
    found: set[int] = set()
    at = parents[lineage]
    for _ in parents:
        if at is None:
            break
        found.add(at)
        at = parents[at]
    return found
