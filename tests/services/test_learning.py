"""What earlier links teach: over rewordings and years, from returns, and from colleagues of the unit."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from models import Day, Decision, Entry, LinkSource, PerformancePlan, Person, State, Target, Verdict
from models.engine import Database
from services.entries import editing
from services.entries.suggesting import load_plan, suggestion_for
from services.linking import Ranked
from tests.conftest import WEDNESDAY
from tests.office import TARGETS, Office
from tests.services.desk import Desk, at

STRANGE = "agenda a3"
"""Words that speak for no RHK."""


@pytest.fixture
def ani(db: Database, office: Office) -> Desk:
    return Desk(db, office, office.ani)


async def first(desk: Desk, activity: str = STRANGE, *, year: int = 2026) -> tuple[int | None, bool, Ranked]:
    """What is suggested first (None: outside the SKP), whether it is preselected, and the best RHK."""
    async with desk.db.reading() as session:
        plan = await load_plan(session, desk.person, year)
        assert plan is not None
        found = suggestion_for(plan, activity, None)
    best = found.ranking[0]
    return None if found.outside else best.key, found.confident, best


async def did(desk: Desk, target: int | None, *, day: int, text: str = STRANGE, **values: Any) -> int:
    """An entry of a past day, tapped unless told otherwise; gives its id."""
    taken = await desk.types(text, now=at(9, day=day))
    linked = {"target_id": target, "outside_plan": target is None, "link_source": LinkSource.CHOSEN}
    await desk.sets(taken.entry_ids[0], **{**linked, "confident": True, **values})
    return taken.entry_ids[0]


async def new_target(db: Database, plan_of: int, text: str, **values: Any) -> int:
    async with db.writing() as session:
        target = Target(plan_id=plan_of, position=9, text=text, **values)
        session.add(target)
        await session.flush()
        return target.id


async def changes(db: Database, target: int, **values: Any) -> None:
    async with db.writing() as session:
        await session.execute(update(Target).where(Target.id == target).values(**values))


async def plan_id(db: Database, target: int) -> int:
    async with db.reading() as session:
        return (await session.get_one(Target, target)).plan_id


async def next_year(db: Database, person: int, *texts: str) -> list[int]:
    async with db.writing() as session:
        plan = PerformancePlan(person_id=person, year=2027, created_at=WEDNESDAY)
        session.add(plan)
        await session.flush()
        made = [Target(plan_id=plan.id, position=at, text=text) for at, text in enumerate(texts)]
        session.add_all(made)
        await session.flush()
        return [one.id for one in made]


async def returns(ani: Desk, entry_id: int, *, code: str = "target", when: datetime) -> None:
    """The supervisor returned an entry; as the decision service writes it."""
    async with ani.db.writing() as session:
        entry = await session.get_one(Entry, entry_id)
        entry.before = {
            "activity": entry.activity,
            "target_id": entry.target_id,
            "outside_plan": entry.outside_plan,
        }
        session.add(
            Decision(
                day_id=entry.day_id,
                entry_id=entry_id,
                verdict=Verdict.RETURN,
                reason_code=code,
                revision=1,
                decided_by=ani.office.budi,
                decided_at=when,
            )
        )
    await ani.sets(entry_id, state=State.RETURNED, return_reason="RHK tidak sesuai")


async def test_a_choice_follows_its_rhk_to_the_new_wording(ani: Desk) -> None:
    old = ani.office.ani_targets[1]
    await did(ani, old, day=16)
    plan = await plan_id(ani.db, old)
    new = await new_target(ani.db, plan, "Terkelolanya administrasi kelas", lineage_id=old)
    await changes(ani.db, old, retired_at=WEDNESDAY)
    assert (await first(ani))[0] == new


async def test_a_pending_wording_is_never_suggested(ani: Desk) -> None:
    old = ani.office.ani_targets[1]
    await did(ani, old, day=16)
    plan = await plan_id(ani.db, old)
    new = await new_target(ani.db, plan, "Lain sama sekali", lineage_id=old, pending=True, replaces_id=old)
    async with ani.db.reading() as session:
        view = await load_plan(session, ani.person, 2026)
    assert view is not None
    assert new not in dict(view.targets)
    assert (await first(ani))[0] == old


async def test_a_choice_of_what_is_gone_says_nothing(ani: Desk) -> None:
    before = await first(ani)
    await did(ani, ani.office.ani_targets[1], day=16)
    assert await first(ani) != before
    await changes(ani.db, ani.office.ani_targets[1], retired_at=WEDNESDAY)
    after = await first(ani)
    assert (after[0], after[2].chosen) == (before[0], 0)


async def test_january_remembers_what_is_worded_the_same_or_nearly(ani: Desk) -> None:
    await did(ani, ani.office.ani_targets[1], day=16)
    await did(ani, ani.office.ani_targets[2], day=17, text="catat buku x")
    made = await next_year(
        ani.db,
        ani.person,
        "Terlaksananya hal yang lain",
        "TERSUSUNNYA PERANGKAT PEMBELAJARAN.",
        "Terlaksananya pembinaan karakter para peserta didik",
    )
    assert (await first(ani, year=2027))[0] == made[1]
    assert (await first(ani, "catat buku x", year=2027))[0] == made[2]


async def test_january_remembers_choices_of_an_older_wording(ani: Desk) -> None:
    old = ani.office.ani_targets[1]
    await did(ani, old, day=16)
    plan = await plan_id(ani.db, old)
    await new_target(ani.db, plan, "Terkelolanya administrasi kelas", lineage_id=old)
    await changes(ani.db, old, retired_at=WEDNESDAY)
    made = await next_year(ani.db, ani.person, "Hal lain", "Terkelolanya administrasi kelas")
    assert (await first(ani, year=2027))[0] == made[1]


async def test_the_same_as_yesterday_goes_to_the_new_year(ani: Desk) -> None:
    await did(ani, ani.office.ani_targets[1], day=18)
    made = await next_year(ani.db, ani.person, "Hal lain", TARGETS[1])
    january = datetime(2027, 1, 4, 2, tzinfo=WEDNESDAY.tzinfo)
    day = await ani.copies(date(2027, 1, 4), now=january)
    (entry,) = await ani.entries(day)
    assert (entry.target_id, entry.link_source) == (made[1], LinkSource.COPIED)


async def test_the_same_as_yesterday_before_the_new_plan_is_linked_later(ani: Desk) -> None:
    await did(ani, ani.office.ani_targets[1], day=18)
    day = await ani.copies(date(2027, 1, 4), now=datetime(2027, 1, 4, 2, tzinfo=WEDNESDAY.tzinfo))
    (entry,) = await ani.entries(day)
    assert (entry.target_id, entry.linked) == (None, False)


async def test_a_link_returned_as_wrong_teaches_against_itself(ani: Desk) -> None:
    wrong, right = ani.office.ani_targets[1:]
    for day in (10, 11, 12, 13):
        await did(ani, wrong, day=day)
    entry = await did(ani, wrong, day=16, state=State.SUBMITTED)
    assert (await first(ani))[:2] == (wrong, True)
    await returns(ani, entry, when=at(10, day=17))
    suggested, sure, _ = await first(ani)
    assert suggested != wrong
    assert not sure
    await ani.calls(editing.set_target, entry, right, now=at(11, day=17))
    assert (await first(ani))[:2] == (right, True)


async def test_what_was_settled_stays_so_once_it_is_approved(ani: Desk) -> None:
    wrong, right = ani.office.ani_targets[1:]
    for day in (10, 11, 12, 13):
        await did(ani, wrong, day=day)
    entry = await did(ani, wrong, day=16)
    await returns(ani, entry, when=at(10, day=17))
    await ani.sets(entry, target_id=right, state=State.APPROVED, return_reason=None, before=None)
    assert (await first(ani))[:2] == (right, True)


async def test_a_link_kept_and_approved_was_right(ani: Desk) -> None:
    kept = ani.office.ani_targets[1]
    entry = await did(ani, kept, day=16)
    await returns(ani, entry, when=at(10, day=17))
    await ani.sets(entry, state=State.APPROVED, return_reason=None, before=None)
    assert (await first(ani))[0] == kept


async def test_a_tap_after_the_return_counts_again(ani: Desk) -> None:
    wrong = ani.office.ani_targets[1]
    await returns(ani, await did(ani, wrong, day=16), when=at(10, day=17))
    assert (await first(ani))[0] != wrong
    await did(ani, wrong, day=18)
    assert (await first(ani))[0] == wrong


async def test_another_reason_says_nothing_of_the_rhk(ani: Desk) -> None:
    entry = await did(ani, ani.office.ani_targets[1], day=16)
    await returns(ani, entry, code="outcome", when=at(10, day=17))
    assert (await first(ani))[0] == ani.office.ani_targets[1]


async def colleague(desk: Desk, name: str) -> Desk:
    """Somebody else of Ani's unit with an SKP of the same wording."""
    async with desk.db.writing() as session:
        ani = await session.get_one(Person, desk.office.ani)
        who = Person(name=name, unit_id=ani.unit_id, supervisor_id=ani.supervisor_id, created_at=WEDNESDAY)
        session.add(who)
        await session.flush()
        plan = PerformancePlan(person_id=who.id, year=2026, created_at=WEDNESDAY)
        session.add(plan)
        await session.flush()
        session.add_all(Target(plan_id=plan.id, position=n, text=text) for n, text in enumerate(TARGETS))
        return replace(desk, person=who.id)


async def confirmed(desk: Desk, place: int, **values: Any) -> None:
    """A choice of somebody's RHK at a place of their plan."""
    async with desk.db.writing() as session:
        target = await session.scalar(
            select(Target.id)
            .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
            .where(PerformancePlan.person_id == desk.person, Target.position == place)
        )
        day = Day(person_id=desk.person, work_date=date(2026, 11, 16), created_at=WEDNESDAY)
        session.add(day)
        await session.flush()
        given = {"state": State.APPROVED, "link_source": LinkSource.ACCEPTED, **values}
        session.add(
            Entry(
                day_id=day.id, position=0, activity=STRANGE, target_id=target, created_at=WEDNESDAY, **given
            )
        )


async def test_colleagues_teach_until_the_person_chooses(ani: Desk) -> None:
    for one in (ani.of(ani.office.citra), await colleague(ani, "Wati")):
        await confirmed(one, 1)
    suggested, _, best = await first(ani)
    assert suggested == ani.office.ani_targets[1]
    assert (best.colleagues, best.chosen) == (True, 0)
    await did(ani, ani.office.ani_targets[2], day=17)
    suggested, _, best = await first(ani)
    assert suggested == ani.office.ani_targets[2]
    assert (best.colleagues, best.chosen) == (False, 1)


@pytest.mark.parametrize(
    "values",
    [{"state": State.SUBMITTED}, {"state": State.DRAFT, "link_source": LinkSource.CHOSEN}],
    ids=["sent, not approved", "tapped, not sent"],
)
async def test_what_is_not_confirmed_teaches_nobody_else(ani: Desk, values: dict[str, Any]) -> None:
    before = await first(ani)
    await confirmed(ani.of(ani.office.citra), 1, **values)
    assert await first(ani) == before


async def test_another_unit_teaches_nothing(ani: Desk) -> None:
    before = await first(ani)
    await confirmed(ani.of(ani.office.citra), 1)
    async with ani.db.writing() as session:
        elsewhere = await session.scalar(select(Person.unit_id).where(Person.id == ani.office.eko))
        await session.execute(update(Person).where(Person.id == ani.office.citra).values(unit_id=elsewhere))
    assert await first(ani) == before


async def test_a_reworded_rhk_no_longer_hears_colleagues(ani: Desk) -> None:
    await confirmed(ani.of(ani.office.citra), 1)
    assert (await first(ani))[0] == ani.office.ani_targets[1]
    await changes(ani.db, ani.office.ani_targets[1], text="Terkelolanya sarana olahraga")
    assert (await first(ani))[0] != ani.office.ani_targets[1]
