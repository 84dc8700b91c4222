"""A quarter of forty people: Christmas, the turn of the year, Ramadan and Lebaran, through the real rounds.

`make quarter` lives all fourteen weeks in each way (QUARTER=whole); else those weeks that are hardest, and
not the way of a program that is stopped at random.
"""

import os
from datetime import date
from pathlib import Path

import pytest

from models.engine import Database
from tests.quarter.checks import check
from tests.quarter.driver import quarter

WHOLE = os.environ.get("QUARTER") == "whole"
PATIENT = pytest.mark.timeout(3600 if WHOLE else 600)
FIRST, LAST = date(2026, 12, 14), date(2027, 3, 19)
NEW_YEAR = date(2027, 1, 8)
LEBARAN = date(2027, 3, 1)
"""The last days of Ramadan, Lebaran with its cuti bersama, and the first days after it."""


@PATIENT
@pytest.mark.long
async def test_a_quarter(db: Database, tmp_path: Path) -> None:
    """Else: Christmas and the turn of the year."""
    async with quarter(db, tmp_path, first=FIRST, last=LAST if WHOLE else NEW_YEAR, seed=1) as lived:
        await lived.live()
        counted = await check(lived)
    weeks = 14 if WHOLE else 4
    assert counted.prompts > 120 * weeks
    assert counted.reminders > 50 * weeks
    assert counted.summaries > 25 * weeks
    assert counted.group_summaries == 4 * weeks


@PATIENT
@pytest.mark.skipif(not WHOLE, reason="lived by `make quarter`: the suite has to end within 15 minutes")
async def test_a_program_that_is_stopped_and_started_again(db: Database, tmp_path: Path) -> None:
    async with quarter(db, tmp_path, first=FIRST, last=LAST, seed=2) as lived:
        await lived.live(restart_every=25)
        counted = await check(lived)
    assert lived.restarts >= 5
    assert counted.prompts > 200
    assert counted.summaries > 50
