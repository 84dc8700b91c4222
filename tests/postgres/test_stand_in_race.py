"""The supervisor and who stands in, at the same moment on PostgreSQL: one decides, the other is told."""

import asyncio
from datetime import datetime

import pytest
from sqlalchemy import select

from models import Account, Decision
from models.engine import Database
from services.approvals import deciding
from services.approvals.reach import lying_with
from services.errors import Outdated
from services.nudging import enqueue_nudges
from tests.office import Office, build_office
from tests.services.reporting import send_day, told
from tests.services.seats import at, somebody, stand_in
from tests.services.test_acting import two_at_once

pytestmark = pytest.mark.postgres


@pytest.fixture
async def pg_office(pg_db: Database, now: datetime) -> Office:
    async with pg_db.writing() as session:
        return await build_office(session, now=now)


async def test_both_decide_at_once_and_the_loser_sees_who_and_when(
    pg_db: Database, pg_office: Office, now: datetime
) -> None:
    office = pg_office
    await stand_in(pg_db, office.budi, office.dewi)
    day_id, revision = await send_day(pg_db, office.ani, now=now)

    async def approve(who: int) -> None:
        async with pg_db.writing() as session:
            actor = await somebody(session, who, now)
            await deciding.approve_day(session, actor, day_id, revision=revision, now=now)
            await asyncio.sleep(0.1)

    people = {office.budi: "Budi Santoso", office.dewi: "Dewi Kartika"}
    results = await asyncio.gather(*(approve(who) for who in people), return_exceptions=True)
    [lost] = [one for one in results if isinstance(one, Outdated)]
    assert results.count(None) == 1, results
    async with pg_db.reading() as session:
        decision = (await session.scalars(select(Decision))).one()
        capacity, winner = decision.capacity, decision.decided_by
    assert capacity == ("supervisor" if winner == office.budi else "plh")
    assert lost.code == ("already_decided" if winner == office.budi else "already_decided_plh")
    assert lost.params == {"name": people[winner], "time": "18/11 09.00"}
    assert len([kind for kind, _ in await told(pg_db, office.ani) if kind == "day_approved"]) == 1


async def test_two_who_name_at_once(pg_db: Database, pg_office: Office, now: datetime) -> None:
    await two_at_once(pg_db, pg_office, now)


async def test_a_queue_over_three_seats(pg_db: Database, pg_office: Office, now: datetime) -> None:
    office = pg_office
    await stand_in(pg_db, office.budi, office.dewi)
    own, _ = await send_day(pg_db, office.eko, now=now)
    acting, _ = await send_day(pg_db, office.ani, now=now)
    async with pg_db.writing() as session:
        dewi = await somebody(session, office.dewi, now)
        found = await lying_with(session, dewi, now=now)
    assert [(one.day.id, one.capacity) for one in found] == [(own, "supervisor"), (acting, "plh")]


async def test_several_ticks_nudge_once(pg_db: Database, pg_office: Office, now: datetime) -> None:
    async with pg_db.writing() as session:
        for account in await session.scalars(select(Account)):
            account.joined_at = at(1)
    await send_day(pg_db, pg_office.ani, now=at(17))
    await send_day(pg_db, pg_office.citra, now=at(17))

    async def nudge() -> int:
        async with pg_db.writing() as session:
            return await enqueue_nudges(session, now=at(18, 8))

    assert sorted(await asyncio.gather(*(nudge() for _ in range(3)))) == [0, 0, 2]
