"""An SKP is agreed while its owner works: nothing of either is lost, and neither waits for ever."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import pytest

from models import Day, Entry, LinkSource, State
from models.engine import Database
from services.entries import editing, sending
from services.entries.days import own_entry
from services.people.identity import who_is
from services.plans import dialogue, writing
from services.plans.loading import PlanView, load_plan_view
from tests.office import build_office, user_of
from tests.services.desk import Desk

pytestmark = pytest.mark.postgres
A_MOMENT = 0.3
"""Seconds after which the other one certainly waits for the lock, or would have overtaken."""


@dataclass
class Scene:
    """A draft under `first`, which `fresh` is to replace: proposed, not agreed."""

    ani: Desk
    budi: Desk
    view: PlanView
    first: int
    second: int
    fresh: int
    entry_id: int

    async def agree(self) -> None:
        async with self.budi.db.writing() as session:
            actor = await who_is(session, user_of(self.budi.person), now=self.budi.now)
            assert actor is not None
            await dialogue.agree(session, actor, self.view.id, revision=self.view.revision, now=self.budi.now)

    async def entry(self) -> Entry:
        async with self.ani.db.reading() as session:
            found = await session.get_one(Entry, self.entry_id)
            session.expunge(found)
            return found


async def seen(desk: Desk) -> PlanView:
    view: PlanView = await desk.calls(load_plan_view, desk.person, 2026)
    return view


@pytest.fixture
async def scene(pg_db: Database, now: datetime) -> Scene:
    async with pg_db.writing() as session:
        office = await build_office(session, now=now)
    ani = Desk(pg_db, office, office.ani, now)
    budi = ani.of(office.budi)
    view = await seen(ani)
    await ani.calls(dialogue.propose, view.id, revision=view.revision)
    await budi.calls(dialogue.agree, view.id, revision=(await seen(ani)).revision)
    first, second = view.targets[0].id, view.targets[1].id
    draft = await ani.types("Mengajar Fikih -> tuntas")
    await ani.sets(draft.entry_ids[0], target_id=first, link_source=LinkSource.CHOSEN)
    fresh = await ani.calls(writing.set_wording, first, "Terlaksananya pembelajaran bermakna")
    view = await seen(ani)
    await ani.calls(dialogue.propose, view.id, revision=view.revision)
    return Scene(ani, budi, await seen(ani), first, second, fresh, draft.entry_ids[0])


async def test_what_is_chosen_while_an_skp_is_agreed_stays(scene: Scene) -> None:
    async with scene.ani.db.writing() as session:
        actor = await scene.ani.actor(session)
        await own_entry(session, actor, scene.entry_id)
        agreeing = asyncio.create_task(scene.agree())
        await asyncio.sleep(A_MOMENT)
        assert not agreeing.done(), "it waits for the day"
        await editing.set_target(session, actor, scene.entry_id, scene.second, now=scene.ani.now)
    await agreeing
    assert (await scene.entry()).target_id == scene.second


async def test_what_is_sent_while_an_skp_is_agreed_keeps_its_wording(scene: Scene) -> None:
    async with scene.ani.db.writing() as session:
        actor = await scene.ani.actor(session)
        day, _ = await own_entry(session, actor, scene.entry_id)
        await sending.submit_day(session, actor, day.id, revision=day.revision, now=scene.ani.now)
        await session.flush()
        agreeing = asyncio.create_task(scene.agree())
        await asyncio.sleep(A_MOMENT)
        assert not agreeing.done(), "it waits for the day"
    await agreeing
    found = await scene.entry()
    assert (found.state, found.target_id) == (State.SUBMITTED, scene.first)


async def test_what_is_linked_to_the_old_wording_meanwhile_is_sent_under_the_new(scene: Scene) -> None:
    """The draft was not under that RHK when the agreement looked."""
    await scene.ani.sets(scene.entry_id, target_id=scene.second)
    async with scene.ani.db.writing() as session:
        actor = await scene.ani.actor(session)
        await editing.set_target(session, actor, scene.entry_id, scene.first, now=scene.ani.now)
        await session.flush()
        await asyncio.wait_for(scene.agree(), timeout=10)
    found = await scene.entry()
    assert found.target_id == scene.first
    async with scene.ani.db.reading() as session:
        revision = (await session.get_one(Day, found.day_id)).revision
    await scene.ani.sends(found.day_id, revision=revision)
    assert (await scene.entry()).target_id == scene.fresh
