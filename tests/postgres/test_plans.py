"""An SKP on PostgreSQL: who acts at the same moment, and a change agreed with all that follows it."""

import asyncio
from datetime import datetime

import pytest
from sqlalchemy import func, select

from models import Entry, LinkSource, PerformancePlan, PlanEvent, PlanState, StepVerdict, Target
from models.engine import Database
from services.errors import Outdated
from services.people.identity import who_is
from services.plans import carrying, dialogue, steps, surroundings, writing
from services.plans.loading import PlanView, load_plan_view
from services.plans.measured import load_bars
from tests.office import Office, build_office, user_of
from tests.services.desk import Desk
from tests.services.seats import stand_in

pytestmark = pytest.mark.postgres
TRIES = 6


@pytest.fixture
async def ani(pg_db: Database, now: datetime) -> Desk:
    async with pg_db.writing() as session:
        office: Office = await build_office(session, now=now)
    return Desk(pg_db, office, office.ani, now)


async def seen(desk: Desk) -> PlanView:
    view: PlanView = await desk.calls(load_plan_view, desk.person, 2026)
    return view


async def test_of_the_supervisor_and_the_stand_in_one_agrees(ani: Desk) -> None:
    office = ani.office
    await stand_in(ani.db, office.budi, office.dewi)
    view = await seen(ani)
    await ani.calls(dialogue.propose, view.id, revision=view.revision)
    view = await seen(ani)

    async def presses(person: int) -> None:
        async with ani.db.writing() as session:
            actor = await who_is(session, user_of(person), now=ani.now)
            assert actor is not None
            await dialogue.agree(session, actor, view.id, revision=view.revision, now=ani.now)

    people = [office.budi, office.dewi] * (TRIES // 2)
    results = await asyncio.gather(*(presses(one) for one in people), return_exceptions=True)
    assert results.count(None) == 1, results
    assert sum(isinstance(one, Outdated) for one in results) == TRIES - 1, results
    async with ani.db.reading() as session:
        agreed = select(func.count()).where(PlanEvent.verdict == StepVerdict.AGREED)
        assert await session.scalar(agreed) == 1
        assert (await session.get_one(PerformancePlan, view.id)).agreed_version == 1


async def test_a_first_rhk_written_twice_at_once_makes_one_skp(ani: Desk) -> None:
    eko = ani.of(ani.office.eko)
    texts = [f"Tersusunnya laporan {one}\n{one} laporan" for one in range(1, TRIES + 1)]
    await asyncio.gather(*(eko.calls(writing.add_targets, 2026, text) for text in texts))
    view = await seen(eko)
    assert len(view.targets) == TRIES
    assert len({one.number for one in view.targets}) == TRIES


async def test_a_change_comes_into_force_with_what_follows_it(ani: Desk) -> None:
    budi = ani.of(ani.office.budi)
    view = await seen(ani)
    await ani.calls(dialogue.propose, view.id, revision=view.revision)
    await budi.calls(dialogue.agree, view.id, revision=(await seen(ani)).revision)
    first = view.targets[0].id
    draft = await ani.types("Mengajar Fikih -> tuntas")
    await ani.sets(draft.entry_ids[0], target_id=first, link_source=LinkSource.CHOSEN)
    fresh = await ani.calls(writing.set_wording, first, "Terlaksananya pembelajaran bermakna")
    await ani.calls(steps.add_steps, fresh, "Menyusun 3 modul\nRapat", quarter=4)
    await ani.calls(writing.drop_target, view.targets[1].id)
    view = await seen(ani)
    await ani.calls(dialogue.propose, view.id, revision=view.revision)
    await budi.calls(dialogue.agree, view.id, revision=(await seen(ani)).revision)
    view = await seen(ani)
    assert (view.state, view.agreed_version, len(view.targets)) == (PlanState.AGREED, 2, 2)
    async with ani.db.reading() as session:
        assert (await session.get_one(Entry, draft.entry_ids[0])).target_id == fresh
        assert await carrying.worded_now(session, [first]) == {first: fresh}
        held = await surroundings.load_version(session, view, 1)
        assert held[0].text != view.targets[0].text
        assert len(await surroundings.load_history(session, view.id)) == 4
        bars = await load_bars(session, view, now=ani.now)
        assert set(bars) == {one.lineage for one in view.targets}
        assert (await session.get_one(Target, first)).until_version == 2
    assert [one.plan_id for one in await budi.calls(surroundings.load_team, 2026)].count(view.id) == 1
