"""Whole offices at random in the database: what `/pohon` shows, beside a recount from the plain rows."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bench.tick import counted
from models import Account, Day, Entry, PerformancePlan, Person, Role, RoleName, State, Target, Unit
from models.engine import Database
from services.cascade import serving
from services.cascade.connecting import load_loose
from services.cascade.looking import QUIET, load_target, load_top
from services.cascade.serving import find_served
from services.people.identity import who_is
from tests.conftest import WEDNESDAY
from tests.services.grove import YEAR, Grove

TODAY = date(2026, 11, 18)


async def plant(db: Database, seed: int, people: int) -> None:
    """Person 1 at the top, everybody else below somebody before them; RHK name any RHK of anybody."""
    dice = random.Random(seed)
    async with db.writing() as session:
        session.add(Unit(id=1, name="Kantor"))
        await session.flush()
        for one in range(1, people + 1):
            superior = dice.randint(1, one - 1) if one > 1 else None
            session.add(
                Person(
                    id=one,
                    name=f"Orang {one}",
                    unit_id=1,
                    supervisor_id=superior,
                    active=one < 4 or dice.random() < 0.9,
                    created_at=WEDNESDAY,
                )
            )
            await session.flush()
            session.add(Account(user_id=one, person_id=one, chat_id=one, joined_at=WEDNESDAY))
            session.add(Role(person_id=one, role=RoleName.STAFF))
        await session.flush()
        grove, made = Grove(session, WEDNESDAY), list[int]()
        for _ in range(people * 4):
            serves = dice.choice([None, *made, *made])
            year = dice.choice([YEAR] * 9 + [YEAR - 1])
            made.append(await grove.rhk(dice.randint(1, people), "RHK", serves=serves, goal=5, year=year))
        for target in dice.sample(made, len(made) // 4):
            await grove.reworded(target, "RHK dengan kalimat baru")
        owners = {
            row[0]: row[1]
            for row in await session.execute(
                select(Target.id, PerformancePlan.person_id).join(
                    PerformancePlan, PerformancePlan.id == Target.plan_id
                )
            )
        }
        for _ in range(people * 4):
            target = dice.choice(list(owners))
            day = TODAY - timedelta(days=dice.randint(0, 40))
            await grove.did(owners[target], target, day, state=dice.choice(list(State)))


class Recount:
    """The rows of an office, followed one by one."""

    def __init__(
        self,
        people: list[Person],
        targets: list[tuple[Target, int, int]],
        work: list[tuple[Entry, int, date]],
    ) -> None:
        self.superior = {one.id: one.supervisor_id for one in people}
        self.active = {one.id for one in people if one.active}
        self.first = {target.id: target.lineage for target, _, _ in targets}
        self.held = {
            target.lineage: (target, person)
            for target, person, year in targets
            if year == YEAR and target.retired_at is None and not target.pending
        }
        self.work = work

    def is_below(self, person: int, root: int) -> bool:
        """Whether the line of supervisors leads to the root, through people who work here."""
        if person == root or person not in self.active:
            return False
        superior = self.superior[person]
        return superior == root or (superior is not None and self.is_below(superior, root))

    def under(self, lineage: int, root: int) -> set[int]:
        """Lineages that hang below one, by asking each child."""
        owner = self.held[lineage][1]
        found = set[int]()
        for child, (target, person) in self.held.items():
            named = self.first.get(target.parent_id or 0)
            if named == lineage and self.superior[person] == owner and self.is_below(person, root):
                found |= {child} | self.under(child, root)
        return found

    def last(self, lineages: set[int], root: int, *, first: date) -> date | None:
        return max((day for day in self.dates(lineages, root) if day >= first), default=None)

    def dates(self, lineages: set[int], root: int) -> set[date]:
        """When anything was done for them that the root sees."""
        return {
            day
            for entry, person, day in self.work
            if self.first[entry.target_id or 0] in lineages
            and (
                entry.state in (State.APPROVED, State.RECORDED)
                or (entry.state is not State.DRAFT and self.superior[person] == root)
            )
        }


async def recount(db: Database) -> Recount:
    async with db.reading() as session:
        people = list(await session.scalars(select(Person)))
        targets = await session.execute(
            select(Target, PerformancePlan.person_id, PerformancePlan.year).join(
                PerformancePlan, PerformancePlan.id == Target.plan_id
            )
        )
        work = await session.execute(
            select(Entry, Day.person_id, Day.work_date).join(Day, Day.id == Entry.day_id)
        )
        found = Recount(
            people, [(row[0], row[1], row[2]) for row in targets], [(row[0], row[1], row[2]) for row in work]
        )
        session.expunge_all()
        return found


@pytest.mark.parametrize("seed", range(4))
async def test_a_random_office_is_the_same_counted_anew(db: Database, seed: int) -> None:
    await plant(db, seed, 14)
    again = await recount(db)
    for root in (1, 2, 3):
        async with db.reading() as session:
            actor = await who_is(session, root, now=WEDNESDAY)
            assert actor is not None
            top = await load_top(session, actor, root, YEAR, now=WEDNESDAY)
        own = {lineage for lineage, (_, person) in again.held.items() if person == root}
        assert {one.wording.lineage for one in top.branches} == own
        for one in top.branches:
            under = again.under(one.wording.lineage, root)
            owners = {again.held[lineage][1] for lineage in under}
            assert one.people + one.deeper == len(owners)
            recent = again.last(under, root, first=TODAY - QUIET + timedelta(days=1))
            assert one.quiet == (bool(under) and recent is None)


@pytest.mark.parametrize("look", [1, 3, serving.LOOK])
async def test_who_served_is_the_same_counted_anew(
    db: Database, monkeypatch: pytest.MonkeyPatch, look: int
) -> None:
    """In spans of some days and of months, and however few RHK are looked at together."""
    monkeypatch.setattr(serving, "LOOK", look)
    await plant(db, 7, 14)
    again = await recount(db)
    outcomes = set()
    for root in (1, 2, 3):
        own = {lineage for lineage, (_, person) in again.held.items() if person == root}
        dates = {lineage: again.dates(again.under(lineage, root), root) for lineage in own}
        async with db.reading() as session:
            for back, days in ((0, 1), (3, 5), (9, 7), (20, 14), (30, 20), (60, 61), (400, 401)):
                first = TODAY - timedelta(days=back)
                last = first + timedelta(days=days - 1)
                span = {date.fromordinal(at) for at in range(first.toordinal(), last.toordinal() + 1)}
                expected = {one for one in own if any(day in span for day in dates[one])}
                found = await find_served(session, root, own, year=YEAR, first=first, last=last)
                assert found == expected
                outcomes |= {(days > 14, one in found) for one in own}
    assert len(outcomes) == 4, "both ways of looking find and miss"


async def test_the_queries_do_not_grow_with_people(db: Database) -> None:
    await plant(db, 1, 8)
    sent = []
    async with db.writing() as session:
        top = await Grove(session, WEDNESDAY).rhk(1, "Satu lagi")
    for people in (range(100, 101), range(101, 130)):
        async with db.writing() as session:
            grove = Grove(session, WEDNESDAY)
            for one in people:
                session.add(Person(id=one, name=f"Orang {one}", supervisor_id=1, created_at=WEDNESDAY))
                await session.flush()
                await grove.did(one, await grove.rhk(one, "Mendukung", serves=top, goal=3), TODAY)
        with counted(db) as seen:
            async with db.reading() as session:
                actor = await who_is(session, 1, now=WEDNESDAY)
                assert actor is not None
                await load_top(session, actor, 1, YEAR, now=WEDNESDAY)
                await load_target(session, actor, 1, top, page=0, now=WEDNESDAY)
                await load_loose(session, actor, 1, YEAR, page=0, now=WEDNESDAY)
        sent.append(len(seen))
    assert sent[0] == sent[1]
