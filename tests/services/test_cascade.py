"""The tree of results: what hangs on what, who sees what, and connecting what hangs nowhere."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from models import AuditEvent, Entry, PerformancePlan, Person, PlanState, State, Target
from models.engine import Database
from services.cascade import connecting
from services.cascade.looking import TargetLook, Top, WorkLook, load_target, load_top, load_work
from services.cascade.serving import find_served
from services.digests.team import team_week
from services.errors import Invalid, NotAllowed, NotFound, Outdated
from services.people.identity import who_is
from tests.office import Office, user_of
from tests.services.grove import OLD, YEAR, Grove

TODAY = date(2026, 11, 18)


@dataclass
class Forest:
    """h0 of the head ← b0 of Budi ← the first RHK of Ani and of Citra; nobody serves h1 and b1."""

    db: Database
    office: Office
    now: datetime
    h0: int
    h1: int
    b0: int
    b1: int
    a0: int
    c0: int

    @asynccontextmanager
    async def growing(self) -> AsyncIterator[Grove]:
        async with self.db.writing() as session:
            yield Grove(session, self.now)

    async def top(self, who: int, root: int | None = None) -> Top:
        async with self.db.reading() as session:
            actor = await who_is(session, user_of(who), now=self.now)
            assert actor is not None
            return await load_top(session, actor, root or who, YEAR, now=self.now)

    async def target(self, who: int, lineage: int, root: int | None = None, page: int = 0) -> TargetLook:
        async with self.db.reading() as session:
            actor = await who_is(session, user_of(who), now=self.now)
            assert actor is not None
            return await load_target(session, actor, root or who, lineage, page=page, now=self.now)

    async def work(self, who: int, lineage: int, root: int | None = None, page: int = 0) -> WorkLook:
        async with self.db.reading() as session:
            actor = await who_is(session, user_of(who), now=self.now)
            assert actor is not None
            return await load_work(session, actor, root or who, lineage, page=page, now=self.now)

    async def choice(self, who: int, lineage: int) -> connecting.Choice:
        async with self.db.reading() as session:
            actor = await who_is(session, user_of(who), now=self.now)
            assert actor is not None
            return await connecting.load_choice(session, actor, lineage, now=self.now)

    async def connects(self, who: int, lineage: int, parent: int) -> None:
        async with self.db.writing() as session:
            actor = await who_is(session, user_of(who), now=self.now)
            assert actor is not None
            await connecting.connect(session, actor, lineage, parent, now=self.now)

    async def undoes(self, who: int, lineage: int, parent: int) -> None:
        async with self.db.writing() as session:
            actor = await who_is(session, user_of(who), now=self.now)
            assert actor is not None
            await connecting.disconnect(session, actor, lineage, parent, now=self.now)

    async def served(self, who: int, own: int, *, on: date = TODAY) -> bool:
        async with self.db.reading() as session:
            return own in await find_served(session, who, [own], year=YEAR, first=on, last=on)


@pytest.fixture
async def forest(db: Database, office: Office, now: datetime) -> Forest:
    async with db.writing() as session:
        grove = Grove(session, now)
        h0 = await grove.rhk(office.head, "Meningkatnya mutu lulusan")
        h1 = await grove.rhk(office.head, "Tertibnya tata kelola")
        b0 = await grove.rhk(office.budi, "Meningkatnya mutu pembelajaran", serves=h0)
        b1 = await grove.rhk(office.budi, "Terlaksananya pembinaan karakter siswa", serves=h0)
        a0 = office.ani_targets[0]
        c0 = await session.scalar(
            select(Target.id)
            .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
            .where(PerformancePlan.person_id == office.citra)
            .order_by(Target.position)
            .limit(1)
        )
        assert c0 is not None
        await session.execute(update(Target).where(Target.id.in_([a0, c0])).values(parent_id=b0))
        await session.execute(update(PerformancePlan).values(created_at=now - OLD))
    return Forest(db, office, now, h0, h1, b0, b1, a0, c0)


async def test_the_top_counts_direct_people_and_those_below_them(forest: Forest) -> None:
    office = forest.office
    async with forest.growing() as grove:
        for back in range(3):
            await grove.did(office.ani, forest.a0, TODAY - timedelta(days=back))
    own = await forest.top(office.budi)
    first, second = own.branches
    assert (first.people, first.deeper, first.quiet) == (2, 0, False)
    assert first.mean == pytest.approx((3 / 12 + 0) / 2)
    assert (second.people, second.quiet, second.mean) == (0, False, None)
    assert [one.text for one in first.up] == ["Meningkatnya mutu lulusan"]
    assert own.loose == 4
    above = await forest.top(office.head)
    assert [(one.people, one.deeper) for one in above.branches] == [(1, 2), (0, 0)]
    assert (above.loose, above.frame.leads) == (0, True)


@pytest.mark.parametrize(("back", "quiet"), [(13, False), (14, True)])
async def test_an_rhk_without_work_for_14_days_is_marked(forest: Forest, back: int, quiet: bool) -> None:
    async with forest.growing() as grove:
        await grove.did(forest.office.ani, forest.a0, TODAY - timedelta(days=back))
    for person in (forest.office.budi, forest.office.head):
        assert (await forest.top(person)).branches[0].quiet is quiet


async def test_an_rhk_of_these_days_is_not_marked(forest: Forest) -> None:
    office = forest.office
    async with forest.growing() as grove:
        (await grove.plan(office.ani, YEAR)).created_at = forest.now - timedelta(days=12)
        (await grove.plan(office.citra, YEAR)).created_at = forest.now - timedelta(days=12)
    assert not (await forest.top(office.budi)).branches[0].quiet, "who serves it has just begun"
    async with forest.growing() as grove:
        (await grove.plan(office.ani, YEAR)).created_at = forest.now - timedelta(days=13)
    assert (await forest.top(office.budi)).branches[0].quiet


async def test_a_reworded_rhk_keeps_what_hangs_on_it_and_what_was_done(forest: Forest) -> None:
    office = forest.office
    async with forest.growing() as grove:
        await grove.did(office.ani, forest.a0, TODAY)
        await grove.reworded(forest.b0, "Meningkatnya mutu pembelajaran di semua kelas")
        await grove.reworded(forest.a0, "Terlaksananya pembelajaran yang tuntas")
    assert (await forest.top(office.budi)).branches[1].people == 2  # the new wording stands behind the other
    look = await forest.target(office.budi, forest.b0)
    assert look.place.wording.text == "Meningkatnya mutu pembelajaran di semua kelas"
    assert [(one.text, one.last) for one in look.supporters] == [
        ("Terlaksananya pembelajaran yang tuntas", TODAY),
        ("Terlaksananya pembelajaran dan penilaian sesuai rencana", None),
    ]
    work = await forest.work(office.budi, forest.a0)
    assert (work.count, work.progress and work.progress.text) == (1, "Terlaksananya pembelajaran yang tuntas")
    own = await forest.target(office.budi, forest.b0)
    assert own.progress is not None
    assert all(one.progress for one in own.supporters)
    assert await forest.served(office.budi, forest.b0)
    assert await forest.served(office.head, forest.h0)


async def test_who_sees_which_states(forest: Forest) -> None:
    office = forest.office
    async with forest.growing() as grove:
        for back, state in enumerate(
            (State.DRAFT, State.SUBMITTED, State.RETURNED, State.APPROVED, State.RECORDED)
        ):
            await grove.did(office.ani, forest.a0, TODAY - timedelta(days=back), str(state), state=state)
    seen = {
        who: [one.activity for one in (await forest.work(getattr(office, who), forest.a0)).entries]
        for who in ("ani", "budi", "head")
    }
    assert seen == {
        "ani": ["draft", "submitted", "returned", "approved", "recorded"],
        "budi": ["submitted", "returned", "approved", "recorded"],
        "head": ["approved", "recorded"],
    }
    assert (await forest.target(office.head, forest.b0)).supporters[0].last == TODAY - timedelta(days=3)
    assert (await forest.target(office.budi, forest.b0)).supporters[0].last == TODAY - timedelta(days=1)


async def test_what_is_being_rewritten_stands_as_it_was_returned(forest: Forest) -> None:
    async with forest.growing() as grove:
        entry = await grove.did(forest.office.ani, forest.a0, TODAY, "Kalimat baru", state=State.RETURNED)
        row = await grove.session.get_one(Entry, entry)
        row.before = {"activity": "Kalimat lama", "outcome": None}
    (shown,) = (await forest.work(forest.office.budi, forest.a0)).entries
    assert shown.activity == "Kalimat lama"
    (own,) = (await forest.work(forest.office.ani, forest.a0)).entries
    assert own.activity == "Kalimat baru"


async def test_further_up_a_citizens_number_is_blackened(forest: Forest) -> None:
    said = "Melayani warga NIK 3201014501850001"
    async with forest.growing() as grove:
        await grove.did(forest.office.ani, forest.a0, TODAY, said, outcome=said)
    (direct,) = (await forest.work(forest.office.budi, forest.a0)).entries
    assert direct.activity == said
    (above,) = (await forest.work(forest.office.head, forest.a0)).entries
    assert "320101450185" not in f"{above.activity} {above.outcome}"


async def test_nobody_looks_sideways_or_up(forest: Forest) -> None:
    office = forest.office
    for who, root, lineage in (
        (office.citra, office.citra, forest.a0),
        (office.citra, office.budi, forest.a0),
        (office.ani, office.ani, forest.b0),
        (office.dewi, office.dewi, forest.a0),
        (office.budi, office.head, forest.h0),
        (office.admin, office.admin, forest.a0),
        (office.observer, office.observer, forest.a0),
    ):
        for look in (forest.target, forest.work):
            with pytest.raises(NotAllowed):
                await look(who, lineage, root)
    for who in (office.admin, office.observer):
        with pytest.raises(NotAllowed):
            await forest.top(who)
    with pytest.raises(NotAllowed):
        await forest.top(office.ani, office.budi)


async def test_what_is_gone_is_not_found(forest: Forest) -> None:
    async with forest.growing() as grove:
        (await grove.session.get_one(Target, forest.a0)).retired_at = forest.now
    for lineage in (forest.a0, 10**15):
        with pytest.raises(NotFound):
            await forest.target(forest.office.budi, lineage)


async def test_whoever_stands_in_sees_the_tree_but_not_the_supervisors_own_work(forest: Forest) -> None:
    office = forest.office
    async with forest.growing() as grove:
        await grove.stands_in(office.ani, office.budi, [TODAY, TODAY])
        await grove.did(office.ani, forest.a0, TODAY)
        await grove.did(office.citra, forest.c0, TODAY, state=State.SUBMITTED)
        await grove.did(office.budi, forest.b0, TODAY)
    assert [one.person_id for one in (await forest.top(office.ani)).others] == [office.budi]
    top = await forest.top(office.ani, office.budi)
    assert (top.frame.own, top.frame.capacity, top.branches[0].people) == (False, "plt", 2)
    assert [one.person_id for one in top.others] == [office.ani]
    assert (await forest.work(office.ani, forest.c0, office.budi)).count == 1
    look = await forest.target(office.ani, forest.b0, office.budi)
    assert (look.progress, look.place.reads_work, look.count) == (None, False, 2)
    with pytest.raises(NotAllowed):
        await forest.work(office.ani, forest.b0, office.budi)
    with pytest.raises(NotAllowed):
        await forest.work(office.ani, forest.h0, office.head)
    forest.now += timedelta(days=1)
    with pytest.raises(NotAllowed):
        await forest.top(office.ani, office.budi)


async def test_the_way_down_is_named_by_the_numbers_of_each_skp(forest: Forest) -> None:
    office = forest.office
    place = (await forest.work(office.head, forest.a0)).place
    assert [(one.name, one.number) for one in place.crumbs] == [
        ("", 1),
        ("Budi Santoso", 1),
        ("Ani Rahmawati", 1),
    ]
    loose = (await forest.work(office.budi, office.ani_targets[1])).place
    assert (loose.loose, [one.number for one in loose.crumbs]) == (True, [2])


async def test_somebody_who_moved_hangs_nowhere_until_connected_anew(forest: Forest) -> None:
    office = forest.office
    async with forest.growing() as grove:
        (await grove.session.get_one(Person, office.ani)).supervisor_id = office.dewi
        d0 = await grove.rhk(office.dewi, "Meningkatnya layanan")
        await grove.did(office.ani, forest.a0, TODAY)
    assert (await forest.top(office.budi)).branches[0].people == 1
    with pytest.raises(NotAllowed):
        await forest.work(office.budi, forest.a0)
    assert (await forest.top(office.dewi)).loose == 3
    assert not await forest.served(office.budi, forest.b0)
    await forest.connects(office.dewi, forest.a0, d0)
    assert await forest.served(office.dewi, d0)


async def test_circles_end(forest: Forest) -> None:
    """Supervisors and RHK in a circle, as a faulty import could leave them."""
    office = forest.office
    async with forest.growing() as grove:
        (await grove.session.get_one(Person, office.head)).supervisor_id = office.ani
        (await grove.session.get_one(Target, forest.h0)).parent_id = forest.a0
    for who, lineage in ((office.head, forest.h0), (office.budi, forest.b0), (office.ani, forest.a0)):
        top = await forest.top(who)
        assert top.branches[0].people >= 1
        look = await forest.target(who, lineage)
        assert len(look.up) <= 4
        assert len(look.place.crumbs) == 1
    assert (await forest.target(office.head, forest.a0)).count == 0


async def test_pages_of_supporters_and_entries(forest: Forest) -> None:
    office = forest.office
    async with forest.growing() as grove:
        for number in range(20):
            await grove.rhk(office.ani, f"RHK {number}", serves=forest.b1)
        for back in range(12):
            await grove.did(office.ani, forest.a0, TODAY - timedelta(days=back), f"ke-{back}")
    looks = [await forest.target(office.budi, forest.b1, page=page) for page in range(5)]
    assert [len(one.supporters) for one in looks] == [6, 6, 6, 2, 2]
    assert len({one.lineage for look in looks for one in look.supporters}) == 20
    works = [await forest.work(office.budi, forest.a0, page=page) for page in (0, 1, 2, 99)]
    assert [one.page for one in works] == [0, 1, 2, 2]
    told = [one.activity for look in works[:3] for one in look.entries]
    assert told == [f"ke-{back}" for back in range(12)]


async def test_another_year_is_another_tree(forest: Forest) -> None:
    async with forest.growing() as grove:
        old = await grove.rhk(forest.office.ani, "Tahun lalu", serves=forest.b0, year=2025)
    assert (await forest.top(forest.office.budi)).branches[0].people == 2
    assert (await forest.work(forest.office.budi, old)).place.frame.year == 2025


async def test_the_supervisor_connects_once_and_takes_it_back(forest: Forest) -> None:
    office, loose = forest.office, forest.office.ani_targets[2]
    choice = await forest.choice(office.budi, loose)
    assert (choice.serves, choice.choices[0].lineage, choice.likely) == (None, forest.b1, True)
    await forest.connects(office.budi, loose, forest.b1)
    choice = await forest.choice(office.budi, loose)
    assert choice.serves is not None
    assert (choice.serves.lineage, choice.undoable) == (forest.b1, True)
    with pytest.raises(Outdated):
        await forest.connects(office.budi, loose, forest.b0)
    with pytest.raises(Outdated):
        await forest.undoes(office.budi, loose, forest.b0)
    await forest.undoes(office.budi, loose, forest.b1)
    async with forest.db.reading() as session:
        target = await session.get_one(Target, loose)
        assert (target.parent_id, target.parent_text) == (None, None)
        said = (await session.scalars(select(AuditEvent.action).order_by(AuditEvent.id))).all()
        assert list(said) == ["rhk_connected", "rhk_disconnected"]
    with pytest.raises(Outdated):
        await forest.undoes(office.budi, loose, forest.b1)


async def test_what_its_owner_connected_is_not_the_supervisors_to_undo(forest: Forest) -> None:
    assert not (await forest.choice(forest.office.budi, forest.a0)).undoable
    with pytest.raises(Outdated):
        await forest.undoes(forest.office.budi, forest.a0, forest.b0)


async def test_connecting_changes_nothing_of_what_was_agreed(forest: Forest) -> None:
    """The wording that waits to take its place is connected, too; nothing new waits for agreement."""
    office, loose = forest.office, forest.office.ani_targets[2]
    async with forest.growing() as grove:
        plan = await grove.plan(office.ani)
        plan.state, plan.agreed_version = PlanState.AGREED, 1
        waiting = Target(
            plan_id=plan.id, position=2, text="Baru", lineage_id=loose, pending=True, replaces_id=loose
        )
        grove.session.add(waiting)
    await forest.connects(office.budi, loose, forest.b1)
    async with forest.db.reading() as session:
        found = await session.scalars(select(Target.parent_id).where(Target.lineage_id == loose))
        assert list(found) == [forest.b1]
        plan = (
            await session.scalars(select(PerformancePlan).where(PerformancePlan.person_id == office.ani))
        ).one()
        assert (plan.state, plan.agreed_version, plan.revision) == (PlanState.AGREED, 1, 2)


async def test_who_may_not_connect(forest: Forest) -> None:
    office, loose = forest.office, forest.office.ani_targets[2]
    for who in (office.head, office.ani, office.citra, office.dewi, office.admin, office.observer):
        with pytest.raises(NotAllowed):
            await forest.connects(who, loose, forest.b1)
        with pytest.raises(NotAllowed):
            await forest.choice(who, loose)
    for parent in (forest.h0, forest.a0, 10**15):
        with pytest.raises(NotFound):
            await forest.connects(office.budi, loose, parent)
    with pytest.raises(NotFound):
        await forest.connects(office.budi, 10**15, forest.b1)


async def test_a_year_that_is_over_is_left_as_it_was(forest: Forest) -> None:
    async with forest.growing() as grove:
        above = await grove.rhk(forest.office.budi, "Dahulu", year=2025)
        below = await grove.rhk(forest.office.ani, "Tahun lalu", year=2025)
    with pytest.raises(Invalid):
        await forest.connects(forest.office.budi, below, above)


@pytest.mark.parametrize(
    ("who", "left"),
    [("budi", {"Terlaksananya pembinaan karakter siswa"}), ("head", {"Tertibnya tata kelola"})],
)
async def test_the_weekly_summary_goes_by_the_same_tree(forest: Forest, who: str, left: set[str]) -> None:
    """Under a later wording, and by people further down."""
    office, week = forest.office, date(2026, 11, 12)
    async with forest.growing() as grove:
        (await grove.session.get_one(Target, forest.b0)).text = "Meningkatnya mutu"
        await grove.reworded(forest.b0, "Meningkatnya mutu pembelajaran")
        await grove.did(office.ani, forest.a0, week)
    async with forest.db.reading() as session:
        team = await team_week(session, getattr(office, who), week, now=forest.now)
    assert {one.text for one in team.unserved} == left
    assert not any(one.ever for one in team.unserved)
