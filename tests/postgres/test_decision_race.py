"""Two who act at the same moment on PostgreSQL, where their transactions really overlap."""

import asyncio
from datetime import datetime

import pytest
from sqlalchemy import func, select

from models import Account, Invitation, OutboxMessage
from models.engine import Database
from services.errors import Invalid
from services.people.invitations import invite
from services.people.joining import Joined, join
from services.updates import remember
from tests.office import build_office
from tests.services.test_approvals import decide_twice

pytestmark = pytest.mark.postgres
TRIES = 8


async def test_the_loser_of_a_race_sees_who_and_when(pg_db: Database, now: datetime) -> None:
    async with pg_db.writing() as session:
        office = await build_office(session, now=now)
    await decide_twice(pg_db, office, now)


async def test_of_many_who_press_at_once_one_joins(pg_db: Database, now: datetime) -> None:
    async with pg_db.writing() as session:
        office = await build_office(session, now=now, joined=False)
        token = (await invite(session, [office.ani], now=now))[0].token

    async def presses(user_id: int) -> Joined:
        async with pg_db.writing() as session:
            return await join(session, token, user_id=user_id, chat_id=user_id, now=now)

    results = await asyncio.gather(*(presses(5000 + n) for n in range(TRIES)), return_exceptions=True)
    assert sum(isinstance(one, Joined) for one in results) == 1, results
    codes = {one.code for one in results if isinstance(one, Invalid)}
    assert codes <= {"invitation_used", "person_already_joined"}, "both are true of those who came second"
    assert sum(isinstance(one, Invalid) for one in results) == TRIES - 1, results
    async with pg_db.reading() as session:
        account = (await session.scalars(select(Account))).one()
        assert (await session.scalars(select(Invitation))).one().used_by == account.user_id
        assert await session.scalar(select(func.count(OutboxMessage.id))) == 1


async def test_one_account_with_two_links_becomes_one_person(pg_db: Database, now: datetime) -> None:
    async with pg_db.writing() as session:
        office = await build_office(session, now=now, joined=False)
        issued = await invite(session, [office.ani, office.citra], now=now)

    async def presses(token: str) -> Joined:
        async with pg_db.writing() as session:
            return await join(session, token, user_id=5000, chat_id=5000, now=now)

    results = await asyncio.gather(*(presses(one.token) for one in issued), return_exceptions=True)
    assert sum(isinstance(one, Joined) for one in results) == 1, results
    assert [one.code for one in results if isinstance(one, Invalid)] == ["account_taken"], results
    async with pg_db.reading() as session:
        used = list(await session.scalars(select(Invitation.used_at).order_by(Invitation.used_at)))
    assert used.count(None) == 1, "the link of the one who lost stays good"


async def test_an_update_that_comes_to_two_workers_takes_effect_once(pg_db: Database, now: datetime) -> None:
    async def seen(worker: int) -> bool:
        async with pg_db.writing() as session:
            first = await remember(session, 7, 42, now=now)
            await asyncio.sleep(0.05)
            return first

    assert sorted(await asyncio.gather(*(seen(n) for n in range(4)))) == [False, False, False, True]
