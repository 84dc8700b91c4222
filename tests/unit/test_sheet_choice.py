"""The screens that complete an e-Kinerja sheet fit into a message, whatever letters are in it."""

from datetime import date

import pytest

from bot.texts import Texts
from bot.views.paging import visible
from bot.views.sheet import CHOICE, Look
from bot.views.sheet_fixes import choice_screen, row_question
from services.dialogue import Step
from services.sheet.rows import Sheet, SheetEntry
from services.states import State

DAY = date(2026, 11, 1)
MOST = 4096


@pytest.mark.parametrize("letter", ["a", "\U0001f600", "\U0001d5d4"])
def test_a_choice_of_steps_fits(letter: str) -> None:
    t, long = Texts().speech("id"), f"{letter * 9} " * 200
    row = SheetEntry(
        entry_id=1,
        day_id=1,
        work_date=DAY,
        state=State.APPROVED,
        lineage=5,
        target_text=long[:1000],
        outside=False,
        step_id=None,
        step="",
        choices=8,
        starts=None,
        ends=None,
        proposed=False,
        crowded=False,
        said=(None, None),
        activity=long[:2000],
        quantity=None,
        unit="",
        evidence="",
        unlinked_files=0,
        cut=False,
        copied_at=None,
    )
    sheet = Sheet(1, "Ani", "1", DAY, DAY, False, (row,), 0, 0)
    steps = [(number, long[:600]) for number in range(20)]
    screen = choice_screen(t, sheet, Look(DAY, DAY).at(CHOICE), asked=row, count=9, steps=steps)
    assert visible(screen.text) <= MOST
    assert all(
        visible(row_question(t, step, row).text) <= MOST for step in (Step.SHEET_STEP, Step.SHEET_AMOUNT)
    )
