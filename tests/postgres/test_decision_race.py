"""Two deciders on PostgreSQL, where their transactions really overlap."""

from datetime import datetime

import pytest

from models.engine import Database
from tests.office import build_office
from tests.services.test_approvals import decide_twice

pytestmark = pytest.mark.postgres


async def test_the_loser_of_a_race_sees_who_and_when(pg_db: Database, now: datetime) -> None:
    async with pg_db.writing() as session:
        office = await build_office(session, now=now)
    await decide_twice(pg_db, office, now)
