"""Summaries of sixty people with long names and long RHK: they fit, fold, turn over, name nobody missing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.texts import Texts
from bot.views.digest_pictures import own_picture, team_picture, unit_picture
from bot.views.digests import OWN, TEAM, UNIT, Frame, Look, own_screen, team_screen, unit_screen
from bot.views.paging import visible
from bot.views.progress import amount_of, number_words, pacing_words, quarter_line
from models import Aspect, DayKind, Pattern, Tone, ValueState
from services.calendar import PersonalCalendar
from services.digests.access import UnitRef
from services.digests.periods import Period
from services.digests.person import PersonWeek
from services.digests.record import Outcome, Worker
from services.digests.support import Supported
from services.digests.team import Review, TeamWeek, Unserved
from services.digests.unit import UnitWeek
from services.progress.standing import Amount, Dated, Measure, Quarter, Standing, Value

WEEK = date(2026, 11, 12)
CUT = datetime(2026, 11, 13, 9, 30, tzinfo=UTC)
PERIOD = Period(WEEK, WEEK - timedelta(days=6), WEEK, CUT - timedelta(days=7), CUT)
DAYS = [date(2026, 11, day) for day in (6, 9, 10, 11, 12)]
NAME = "Dr. Hj. Siti <b>Nurhaliza</b> Rahmawati Kusumaningrum & Putri Mustaqimah, S.Ag., M.Pd.I. {0}"
RHK = (
    "Terlaksananya pembinaan, pendampingan, dan pengembangan kompetensi guru madrasah dalam penyusunan "
    "perangkat pembelajaran berbasis Kurikulum Merdeka di lingkungan Kantor Kementerian Agama Kabupaten "
    "Sukamaju"
)
RESULT = "28 dari 30 siswa bisa mempraktikkan salat jamak " * 12
LANGUAGES = pytest.mark.parametrize("language", ["id", "en"])
UNITS = tuple(UnitRef(one, NAME.format(one), ((one, NAME), (one + 90, NAME)), True) for one in range(1, 10))


def outcomes(count: int) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(one, one, NAME.format(one), WEEK, "Mengajar", RESULT, 1, "x", 1, RHK, True)
        for one in range(count)
    )


def progress(count: int) -> tuple[Standing, ...]:
    measures = tuple(
        Measure(one, RHK, Decimal("1250.5"), unit, 1234)
        for one, unit in enumerate(("jam pelajaran", "orang"))
    )
    when = datetime(2026, 10, 31, 9, tzinfo=UTC)
    value = Value(1, Decimal("92.5"), None, date(2026, 10, 31), ValueState.CONFIRMED, when, when, NAME)
    dated = (Dated(1, 1, Aspect.QUALITY, RHK, Decimal(90), "90", "%", confirmed=(value,)),)
    others = (Amount(1234567, "dokumen"), Amount(3, "rumah tangga"))
    return tuple(
        Standing(one, 1, RHK, measures=measures if one % 2 else (), others=others, expected=0.99, dated=dated)
        for one in range(count)
    )


def own_week(count: int = 12) -> PersonWeek:
    return PersonWeek(
        person_id=1,
        name=NAME,
        has_supervisor=True,
        period=PERIOD,
        days=tuple((day, True, day != DAYS[2]) for day in DAYS),
        asked=5,
        reported=4,
        extra=2,
        late=3,
        away=dict.fromkeys(DayKind, 1),
        entries=99,
        with_outcome=98,
        approved=97,
        best=outcomes(3),
        outcomes=outcomes(97),
        year=2026,
        progress=progress(count),
        pace=0.87,
        quiet=progress(count),
        feedback=dict.fromkeys(Tone, 9),
        unread=27,
    )


def workers(count: int) -> tuple[Worker, ...]:
    calendar = PersonalCalendar("Asia/Jakarta", Pattern.FIVE_DAYS)
    return tuple(
        Worker(
            one,
            NAME.format(one),
            "Asia/Jakarta",
            1,
            DAYS[0],
            calendar,
            asked=tuple(DAYS),
            entries=30,
            waiting=9,
        )
        for one in range(count)
    )


def team_week(count: int) -> TeamWeek:
    return TeamWeek(
        supervisor_id=1,
        name=NAME,
        period=PERIOD,
        workers=workers(count),
        days=tuple((day, 0, count) for day in DAYS),
        approved=999,
        review=Review(1800, 900, 2.5),
        unserved=tuple(Unserved(RHK, one % 2 == 0) for one in range(12)),
        supported=tuple(Supported(RHK, 0.5, 60) for _ in range(12)),
        pace=0.87,
        year=2026,
    )


def unit_week(count: int) -> UnitWeek:
    return UnitWeek(
        unit_id=1,
        name=NAME,
        period=PERIOD,
        people=count,
        days=tuple((day, 1, count) for day in DAYS),
        approved=999,
        best=outcomes(5),
        supported=(*(Supported(RHK, 0.5, 60) for _ in range(8)), Supported(None, 0.1, 99)),
        pace=0.87,
        year=2026,
        away=tuple((NAME.format(one), 5) for one in range(count)),
    )


def frame(mode: str, *, full: bool = False, page: int = 0) -> Frame:
    return Frame(Look(mode, WEEK, 1, full=full, page=page), date(2026, 11, 18), True, True, UNITS)


@LANGUAGES
@pytest.mark.parametrize("count", [1, 12, 60, 300])
def test_everything_fits_into_a_message(language: str, count: int) -> None:
    t = Texts().speech(language)
    shown = [own_screen(t, own_week(count), frame(OWN)), team_screen(t, team_week(count), frame(TEAM))]
    shown += [unit_screen(t, unit_week(count), one) for one in (frame(UNIT), None)]
    for page in (0, 1, 99):
        shown.append(own_screen(t, own_week(count), frame(OWN, full=True, page=page)))
        shown.append(team_screen(t, team_week(count), frame(TEAM, full=True, page=page)))
    for screen in shown:
        assert visible(screen.text) <= 4096
        assert sum(len(row) for row in screen.rows) <= 100
        for row in screen.rows:
            for one in row:
                assert one.press is not None
                assert len(one.press.pack().encode()) <= 64
                assert 0 < len(one.label) <= 64
    pictures = [
        own_picture(t, own_week(count)),
        team_picture(t, team_week(count)),
        unit_picture(t, unit_week(count)),
    ]
    for picture in pictures:
        assert visible(picture.caption) <= 1024
        assert len(picture.drawing.bars) <= 12


@LANGUAGES
def test_a_group_sees_no_names_of_the_missing_and_no_buttons(language: str) -> None:
    screen = unit_screen(Texts().speech(language), unit_week(60), None)
    assert not screen.rows
    assert "◌" not in screen.text
    assert "cuti" not in screen.text.casefold()


def test_a_long_list_is_folded_and_what_does_not_fit_is_counted() -> None:
    text = team_screen(Texts().speech("id"), team_week(60), frame(TEAM)).text
    assert "<blockquote expandable>" in text
    assert "… dan " in text
    assert (
        "<blockquote"
        not in team_screen(Texts().speech("id"), team_week(3), frame(TEAM)).text.split("RHK Anda")[0]
    )


def test_names_are_text_and_never_tags() -> None:
    assert "<b>Nurhaliza" not in unit_screen(Texts().speech("id"), unit_week(2), None).text


def test_a_weekend_on_which_nobody_worked_has_no_column() -> None:
    days = (*((day, 1, 1) for day in DAYS), (date(2026, 11, 14), 0, 0), (date(2026, 11, 15), 1, 0))
    drawn = unit_picture(Texts().speech("id"), replace(unit_week(1), days=days)).drawing
    assert [one.label for one in drawn.days] == ["Jum 6", "Sen 9", "Sel 10", "Rab 11", "Kam 12", "Min 15"]


@pytest.mark.parametrize(
    ("value", "said"),
    [(7, "7"), (1234567, "1.234.567"), (Decimal("12.0000"), "12"), (Decimal("1250.5"), "1.250,5")],
)
def test_numbers_are_written_as_in_the_language(value: object, said: str) -> None:
    assert number_words(Texts().speech("id"), value) == said


def standing(**more: Any) -> Standing:
    few = (Measure(1, "Modul", Decimal(12), "modul", 1),)
    return Standing(1, 1, "RHK", **{"measures": few, "expected": 0.16, **more})


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (standing(expected=0.8), " · tertinggal"),
        (standing(expected=None), ""),
        (standing(recorded_from=date(2026, 9, 19)), " · tercatat sejak 19 September"),
        (standing(expected=0.5, recorded_from=date(2026, 6, 1)), " · tertinggal · tercatat sejak 1 Juni"),
        (
            standing(measures=(Measure(1, "Modul", Decimal(1), "modul", 1),), recorded_from=WEEK),
            " · tercapai",
        ),
    ],
)
def test_a_late_start_is_said_and_not_judged(one: Standing, said: str) -> None:
    assert pacing_words(Texts().speech("id"), one) == said


def test_quarters_before_the_records_are_no_failure() -> None:
    quarters = tuple(Quarter(number, 4 if number == 4 else 0, 180) for number in range(1, 5))
    t = Texts().speech("id")
    late = quarter_line(t, standing(quarters=quarters, recorded_from=date(2026, 9, 19)))
    assert late is not None
    assert "TW III: 0 dari 180" in late
    assert "TW II:" not in late
    assert "TW I: 0 dari 180" in (quarter_line(t, standing(quarters=quarters)) or "")


def test_an_rhk_without_a_number_says_what_is_to_be_reported() -> None:
    t = Texts().speech("id")
    quality = Dated(1, 1, Aspect.QUALITY, "Mutu", Decimal(78), "78", "%")
    assert amount_of(t, standing(measures=())) == "belum ada angka yang bisa dijumlahkan"
    said = amount_of(t, standing(measures=(), dated=(quality,)))
    assert said == "Kualitas belum dilaporkan; laporkan di /capaian"
    known = progress(1)[0].dated
    assert amount_of(t, standing(measures=(), dated=(quality, *known))) == "92,5% per 31 Oktober 2026"


def test_few_effects_are_no_score_but_a_hint() -> None:
    t = Texts().speech("id")
    few = own_screen(t, replace(own_week(1), effects=1, with_outcome=6), None).text
    assert "siapa yang terbantu?" in few
    assert "manfaatnya" not in few
    many = own_screen(t, replace(own_week(1), effects=3, with_outcome=6), None).text
    assert "3 dari 6 hasil menunjukkan manfaatnya" in many
    assert "terbantu" not in own_screen(t, replace(own_week(1), effects=0, with_outcome=0), None).text


def test_a_late_start_of_all_is_said_once() -> None:
    late = standing(recorded_from=date(2026, 9, 19))
    for full in (False, True):
        week = replace(own_week(1), progress=(late, replace(late, expected=0.5)))
        text = own_screen(Texts().speech("id"), week, frame(OWN, full=full)).text
        assert text.count("tercatat sejak 19 September") == 1
        assert text.count("tertinggal") == 1
