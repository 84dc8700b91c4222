"""The tree of results on PostgreSQL: the same tree, and two who connect one RHK at the same moment."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import func, select

from models import AuditEvent, Target
from models.engine import Database
from services.cascade.connecting import connect, load_choice, load_loose
from services.cascade.looking import load_target, load_top, load_work
from services.cascade.serving import find_served
from services.errors import Outdated
from services.people.identity import Actor, who_is
from tests.conftest import WEDNESDAY
from tests.office import build_office, user_of
from tests.services.grove import YEAR, Grove

pytestmark = pytest.mark.postgres
TODAY = date(2026, 11, 18)


async def test_the_tree_and_two_who_connect_at_once(pg_db: Database) -> None:
    async with pg_db.writing() as session:
        office = await build_office(session, now=WEDNESDAY)
        grove = Grove(session, WEDNESDAY)
        head = await grove.rhk(office.head, "Meningkatnya mutu lulusan")
        budi = [await grove.rhk(office.budi, f"RHK {one}", serves=head, goal=4) for one in range(2)]
        served, loose, _ = office.ani_targets
        (await session.get_one(Target, served)).parent_id = budi[0]
        await grove.did(office.ani, served, TODAY)
        await grove.reworded(budi[0], "RHK dengan kalimat baru")

    async def actor_of(person: int) -> Actor:
        async with pg_db.reading() as session:
            found = await who_is(session, user_of(person), now=WEDNESDAY)
            assert found is not None
            return found

    chief, boss = await actor_of(office.head), await actor_of(office.budi)
    async with pg_db.reading() as session:
        top = await load_top(session, chief, office.head, YEAR, now=WEDNESDAY)
        assert [(one.people, one.deeper, one.quiet) for one in top.branches] == [(1, 1, False)]
        look = await load_target(session, chief, office.head, head, page=0, now=WEDNESDAY)
        assert sorted((one.below, one.last) for one in look.supporters if one.last) == [(1, TODAY)]
        work = await load_work(session, chief, office.head, served, page=0, now=WEDNESDAY)
        assert (work.count, len(work.place.crumbs)) == (1, 3)
        for first in (TODAY, date(YEAR, 1, 1)):
            alive = await find_served(session, office.head, [head], year=YEAR, first=first, last=TODAY)
            assert alive == {head}
        assert (await load_loose(session, boss, office.budi, YEAR, page=0, now=WEDNESDAY)).count == 5
        assert len((await load_choice(session, boss, loose, now=WEDNESDAY)).choices) == 2

    async def connects(parent: int) -> bool:
        async with pg_db.writing() as session:
            try:
                await connect(session, boss, loose, parent, now=WEDNESDAY)
            except Outdated:
                return False
            return True

    assert sorted(await asyncio.gather(*(connects(one) for one in budi))) == [False, True]
    async with pg_db.reading() as session:
        made = select(func.count()).where(AuditEvent.action == "rhk_connected")
        assert await session.scalar(made) == 1
