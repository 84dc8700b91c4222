"""What earlier links teach, read from PostgreSQL."""

from datetime import timedelta

import pytest

from models import LinkSource, State
from models.engine import Database
from tests.conftest import WEDNESDAY
from tests.office import build_office
from tests.services.desk import Desk, at
from tests.services.test_learning import confirmed, did, first, returns

pytestmark = pytest.mark.postgres


async def test_own_choices_returns_and_colleagues_are_read(pg_db: Database) -> None:
    async with pg_db.writing() as session:
        office = await build_office(session, now=WEDNESDAY - timedelta(days=20))
    ani = Desk(pg_db, office, office.ani)
    await confirmed(ani.of(office.citra), 2)
    assert (await first(ani))[0] == office.ani_targets[2]
    entry = await did(ani, office.ani_targets[1], day=16, link_source=LinkSource.ACCEPTED)
    assert (await first(ani))[0] == office.ani_targets[1]
    await ani.sets(entry, state=State.SUBMITTED)
    await returns(ani, entry, when=at(10, day=17))
    assert (await first(ani))[0] == office.ani_targets[2]
