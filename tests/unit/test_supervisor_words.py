"""What a supervisor reads: one date a line, its day named, one or many, nothing that is not so."""

from dataclasses import replace
from datetime import date

import pytest

from bot.texts import Texts
from bot.views.brief import brief_screen
from bot.views.digest_pictures import unit_picture
from bot.views.digests import team_screen, unit_screen
from bot.views.queue import queue_screen
from services.approvals.queue import Queue, Waiting
from services.briefing import Brief, Missing
from services.coaching import Coaching
from services.digests.support import Supported
from services.digests.team import Review
from tests.unit.test_digest_views import team_week, unit_week

ID, EN = Texts().speech("id"), Texts().speech("en")
FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)


def waiting(day: date = FRIDAY, *, day_id: int = 1, complete: bool = False) -> Waiting:
    return Waiting(day_id, "x", 7, "Ani", day, False, 0, True, 1, complete)


def test_a_line_of_the_queue_says_that_today_is_when_it_was_sent() -> None:
    text = queue_screen(ID, Queue(1, (waiting(),))).text
    assert "Jumat, 20 November · 1 kegiatan · dikirim hari ini" in text


def test_the_evening_notice_does_not_call_old_reports_todays() -> None:
    text = queue_screen(ID, Queue(1, (waiting(), waiting(MONDAY, day_id=2))), noticed=True).text
    assert "Ada 2 laporan yang menunggu" in text
    assert "Hari ini ada" not in text


def test_approve_all_is_not_explained_beside_a_single_report() -> None:
    assert "Setujui semua" not in queue_screen(ID, Queue(1, (waiting(),))).text
    assert "Setujui semua" in queue_screen(ID, Queue(1, (waiting(), waiting(MONDAY, day_id=2)))).text


def test_a_blocker_marks_the_line_of_its_own_day_alone() -> None:
    days = (waiting(), waiting(MONDAY, day_id=2))
    [first, second] = (
        queue_screen(ID, Queue(1, days), blocked={(7, MONDAY): 1}).text.split("\n\n")[1].split("\n")
    )
    assert "⚠" not in first
    assert "⚠" in second


def test_one_report_in_english() -> None:
    assert "1 report waits for" in queue_screen(EN, Queue(1, (waiting(),))).text
    assert "· 1 activity ·" in queue_screen(EN, Queue(1, (waiting(),))).text
    assert "2 reports wait for" in queue_screen(EN, Queue(1, (waiting(), waiting(MONDAY, day_id=2)))).text


def test_the_brief_names_the_day_that_is_missing_and_the_day_of_the_note() -> None:
    note = Coaching(
        1, 7, "Ani", "Budi", None, None, "Lengkapi buktinya", FRIDAY, MONDAY, None, None, due=True
    )
    empty = Brief(MONDAY, (), Queue(1, ()), (), (), (), (note,))
    missing = (Missing("Ani", FRIDAY, 1), Missing("Citra", date(2026, 11, 21), 3))
    text = brief_screen(ID, replace(empty, missing=missing), greeting=ID("brief.name", name="Halo")).text
    assert "Ani (20 November), Citra (21 November; 3 hari bulan ini)" in text
    assert "Ani, 20 November: <i>Lengkapi buktinya</i>" in text
    text = brief_screen(ID, replace(empty, missing=missing[:1]), greeting=ID("brief.name", name="Halo")).text
    assert "Belum melapor Jumat, 20 November (1)" in text


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (0.0, "biasanya pada hari yang sama\n"),
        (0.5, "biasanya pada hari yang sama atau 1 hari kerja kemudian\n"),
        (1.0, "biasanya 1 hari kerja sampai keputusan\n"),
        (2.5, "biasanya 2–3 hari kerja sampai keputusan\n"),
    ],
)
def test_how_long_people_wait_is_said_in_words(age: float, said: str) -> None:
    text = team_screen(ID, replace(team_week(2), review=Review(4, 4, age)), None).text
    assert said in f"{text}\n"


def test_no_other_rhk_where_none_is_listed() -> None:
    alone = replace(unit_week(2), supported=(Supported(None, 0.35, 6),))
    assert "Rata-rata 6 RHK: <b>35%</b>" in unit_screen(ID, alone, None).text
    assert "RHK lainnya" not in unit_screen(ID, alone, None).text
    assert [one.label for one in unit_picture(ID, alone).drawing.bars] == ["Semua RHK"]
    both = replace(alone, supported=(Supported("Pelayanan", 0.5, 2), Supported(None, 0.35, 6)))
    assert "RHK lainnya: rata-rata <b>35%</b> (6 RHK)" in unit_screen(ID, both, None).text


def test_the_caption_says_what_follows_and_its_words_say_all() -> None:
    picture = unit_picture(ID, unit_week(2))
    assert "Melapor" not in picture.caption
    assert "rinciannya di bawah" in picture.caption
    assert "Melapor <b>" in picture.words
    assert picture.silent
