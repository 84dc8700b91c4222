"""The hard weeks of the quarter with two programs that tick and deliver on one PostgreSQL."""

from pathlib import Path

import pytest

from models.engine import Database
from tests.quarter.checks import check
from tests.quarter.driver import quarter
from tests.quarter.test_quarter import FIRST, LAST, LEBARAN, PATIENT, WHOLE


@PATIENT
@pytest.mark.long
async def test_two_clocks_on_one_database(pg_db: Database, tmp_path: Path) -> None:
    first = FIRST if WHOLE else LEBARAN
    async with quarter(pg_db, tmp_path, first=first, last=LAST, seed=3, clocks=2) as lived:
        await lived.live()
        counted = await check(lived)
    assert counted.prompts > 200
    assert counted.summaries > 50
