"""«Tidak ada kegiatan» and an activity at the same moment: the day never holds both."""

import asyncio

import pytest
from sqlalchemy import select

from models import Day, Entry, State
from models.engine import Database
from services.entries.drafting import take_report
from services.entries.nothing import report_nothing
from services.errors import Invalid
from services.missing import missing_days
from tests.conftest import WEDNESDAY
from tests.office import build_office
from tests.services.desk import TODAY, at
from tests.services.reporting import acting

pytestmark = pytest.mark.postgres


async def test_a_day_is_empty_with_a_reason_or_has_entries(pg_db: Database) -> None:
    async with pg_db.writing() as session:
        office = await build_office(session, now=WEDNESDAY)
    people = (office.ani, office.citra, office.budi, office.dewi, office.eko)

    async def nothing(person: int) -> None:
        async with pg_db.writing() as session:
            actor = await acting(session, person)
            await report_nothing(session, actor, TODAY, "Menunggu arahan", now=WEDNESDAY)

    async def works(person: int) -> None:
        async with pg_db.writing() as session:
            await take_report(session, await acting(session, person), "Rapat a", message_id=1, now=WEDNESDAY)

    found = await asyncio.gather(
        *(act(person) for person in people for act in (nothing, works)), return_exceptions=True
    )
    assert all(one is None or isinstance(one, Invalid) for one in found), found
    async with pg_db.reading() as session:
        days = list(await session.scalars(select(Day)))
        entries = list(await session.scalars(select(Entry.day_id)))
        assert len(days) == len(entries) == len(people)
        assert {(one.nothing_reason, one.state) for one in days} == {(None, State.DRAFT)}
        missing = await missing_days(session, people, TODAY, TODAY, now=at(9, day=19))
    assert missing == {person: [TODAY] for person in people}
