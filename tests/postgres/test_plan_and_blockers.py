"""Two presses at the same moment on PostgreSQL: a plan is used once, a blocker is closed once."""

import asyncio
from datetime import date, datetime

import pytest
from sqlalchemy import func, select

from models import Blocker, Entry, OutboxMessage
from models.engine import Database
from services import blockers, planning
from services.entries.drafting import take_report
from services.errors import Invalid
from tests.office import Office, build_office
from tests.services.reporting import acting

pytestmark = pytest.mark.postgres


@pytest.fixture
async def pg_office(pg_db: Database, now: datetime) -> Office:
    async with pg_db.writing() as session:
        return await build_office(session, now=now)


async def test_the_plan_is_used_once(pg_db: Database, pg_office: Office, now: datetime) -> None:
    async with pg_db.writing() as session:
        ani = await acting(session, pg_office.ani)
        await planning.take_plan(session, ani, "Rapat komite\nMenyusun modul", now=now)

    async def use() -> int:
        async with pg_db.writing() as session:
            ani = await acting(session, pg_office.ani)
            return await planning.use_plan(session, ani, date(2026, 11, 18), now=now)

    ends = await asyncio.gather(use(), use(), return_exceptions=True)
    refused = [one for one in ends if isinstance(one, Invalid)]
    assert [one.code for one in refused] == ["plan_used"]
    async with pg_db.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Entry)) == 2
        lines = await planning.plan_of(session, pg_office.ani, date(2026, 11, 18))
        assert [one.done for one in lines] == [True, True]


async def test_a_blocker_is_closed_once(pg_db: Database, pg_office: Office, now: datetime) -> None:
    async with pg_db.writing() as session:
        ani = await acting(session, pg_office.ani)
        await take_report(session, ani, "Rapat -> selesai\nkendala: listrik padam", message_id=1, now=now)
        one = await session.scalar(select(Blocker.id)) or 0

    async def close(person_id: int) -> None:
        async with pg_db.writing() as session:
            await blockers.close_blocker(session, await acting(session, person_id), one, now=now)

    ends = await asyncio.gather(close(pg_office.ani), close(pg_office.budi), return_exceptions=True)
    assert [one.code for one in ends if isinstance(one, Invalid)] == ["blocker_done"]
    async with pg_db.reading() as session:
        kinds = list(await session.scalars(select(OutboxMessage.kind)))
        assert kinds.count("blocker_closed") == 1
        budi = await acting(session, pg_office.budi)
        assert await blockers.open_blockers(session, budi, now=now) == ()
        assert await blockers.count_open(session, budi) == {}
