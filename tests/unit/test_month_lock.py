"""The warning before a month closes: every day it names can be reached."""

from datetime import UTC, date, datetime

from bot.texts import Texts
from bot.views.month_lock import BUTTONS, lock_screen
from services.missing import Unfinished

UNTIL = datetime(2026, 12, 5, 16, 59, tzinfo=UTC)


def left(days: int) -> Unfinished:
    missing = tuple(date(2026, 11, day) for day in range(2, 2 + days))
    return Unfinished(date(2026, 11, 1), UNTIL, missing, ((7, date(2026, 11, 30)),))


def test_days_without_a_button_are_named_and_reached_by_typing() -> None:
    screen = lock_screen(Texts().speech("id"), left(18), zone="Asia/Jakarta")
    assert sum(len(row) for row in screen.rows) == BUTTONS
    for day in range(2, 12):
        assert f"{day} November" in screen.text
    assert "… dan 8 hari lagi: 12, 13, 14, 15, 16, 17, 18, 19 November" in screen.text
    assert "<code>/hari 9 November</code>" in screen.text
    assert "<b>Sabtu, 5 Desember 23.59 WIB</b>" in screen.text


def test_with_a_button_for_each_nothing_is_said_of_others() -> None:
    assert "/hari" not in lock_screen(Texts().speech("id"), left(7), zone="Asia/Jakarta").text
