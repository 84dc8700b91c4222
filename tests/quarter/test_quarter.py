"""A quarter of forty people: Christmas, the turn of the year, Ramadan and Lebaran, through the real rounds.

`QUARTER=whole` lives all fourteen weeks in every way; else the ways that take long live the hard weeks.
"""

import os
from datetime import date
from pathlib import Path

from models.engine import Database
from tests.quarter.checks import check
from tests.quarter.driver import quarter

WHOLE = os.environ.get("QUARTER") == "whole"
FIRST, LAST = date(2026, 12, 14), date(2027, 3, 19)
LEBARAN = date(2027, 2, 22)
"""The last weeks of Ramadan, Lebaran with its cuti bersama, and the week after."""


async def test_a_quarter(db: Database, tmp_path: Path) -> None:
    async with quarter(db, tmp_path, first=FIRST, last=LAST, seed=1) as lived:
        await lived.live()
        counted = await check(lived)
    assert counted.prompts > 1500
    assert counted.reminders > 500
    assert counted.summaries > 400
    assert counted.group_summaries == 4 * 13


async def test_a_program_that_is_stopped_and_started_again(db: Database, tmp_path: Path) -> None:
    first = FIRST if WHOLE else LEBARAN
    async with quarter(db, tmp_path, first=first, last=LAST, seed=2) as lived:
        await lived.live(restart_every=40)
        counted = await check(lived)
    assert lived.restarts >= 5
    assert counted.prompts > 300
    assert counted.summaries > 60
