"""Pace, judgement, targets of dated values, and what people type for them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.progress import percent
from bot.views.values import packed, unpacked
from models import Aspect, DayKind, Pattern, ValueState
from services.calendar import PersonalCalendar
from services.calendar.personal import Duty, DutySpan
from services.errors import Invalid, NotFound
from services.progress.counting import Outside
from services.progress.coverage import quiet_from
from services.progress.judging import goal_day, meets
from services.progress.standing import (
    Dated,
    Elapsed,
    Measure,
    Pacing,
    Standing,
    Value,
    elapsed,
    expected_share,
    judged,
    latest_first,
)
from services.progress.typed import ReadValue, corrects, read_value
from services.reading.units import same_unit

TODAY = date(2026, 11, 18)
NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
OCTOBER = date(2026, 10, 31)


def measure(goal: int, done: int) -> Measure:
    return Measure(1, "Jumlah", Decimal(goal), "dokumen", done)


@pytest.mark.parametrize(
    ("goal", "done", "expected", "said"),
    [
        (100, 0, 0.08, Pacing.ON_PACE),  # January: nobody is behind
        (100, 0, 0.09, Pacing.ON_PACE),
        (100, 0, 0.13, Pacing.BEHIND),
        (100, 15, 0.25, Pacing.ON_PACE),
        (100, 14, 0.25, Pacing.BEHIND),
        (100, 35, 0.25, Pacing.AHEAD),
        (100, 34, 0.25, Pacing.ON_PACE),
        (1, 0, 0.99, Pacing.ON_PACE),  # one yearly report: behind is said by no rule before the year is over
        (12, 8, 0.85, Pacing.BEHIND),
        (12, 9, 0.85, Pacing.ON_PACE),
        (12, 12, 0.2, Pacing.REACHED),
        (12, 30, 1.0, Pacing.REACHED),
    ],
)
def test_behind_is_who_is_a_whole_unit_behind(goal: int, done: int, expected: float, said: Pacing) -> None:
    assert judged(measure(goal, done), expected) is said


def test_the_worst_measure_speaks_for_an_rhk() -> None:
    both = (measure(12, 12), Measure(2, "Peserta", Decimal(100), "orang", 3))
    assert Standing(1, 1, "RHK", measures=both, expected=0.5).pacing is Pacing.BEHIND
    assert Standing(1, 1, "RHK", measures=both[:1], expected=0.5).pacing is Pacing.REACHED
    assert Standing(1, 1, "RHK", expected=0.5).pacing is None


@given(st.dates(date(2025, 12, 1), date(2027, 1, 31)), st.sampled_from(list(Pattern)))
def test_what_is_over_of_the_year_grows_and_its_quarters_follow_each_other(
    on: date, pattern: Pattern
) -> None:
    over = elapsed(2026, on, pattern=pattern, days_off=[date(2026, 1, 1)])
    later = elapsed(2026, date(2027, 2, 1), pattern=pattern, days_off=[])
    assert 0 <= over.year <= later.year == 1
    if on.year < 2026:
        assert over == Elapsed()
    for before, after in zip(over.quarters, over.quarters[1:], strict=False):
        assert before == 1 or after == 0


@pytest.mark.parametrize(
    ("goal", "planned", "quarters", "year", "expected"),
    [
        (12, {}, (1, 1, 0, 0), 0.5, 0.5),
        (12, {4: 12}, (1, 1, 1, 0), 0.75, 0.0),  # all of it is planned for the last quarter
        (12, {1: 12}, (1, 0, 0, 0), 0.25, 1.0),
        (12, {1: 6}, (1, 0, 0, 0), 0.25, (6 + 6 * 0.25) / 12),  # what no step plans goes by the year
        (10, {1: 10, 2: 10}, (1, 0.5, 0, 0), 0.3, 0.75),
    ],
)
def test_steps_by_quarter_say_what_is_expected(
    goal: int, planned: Mapping[int, int], quarters: tuple[float, ...], year: float, expected: float
) -> None:
    over = Elapsed(year, (quarters[0], quarters[1], quarters[2], quarters[3]))
    assert expected_share(Decimal(goal), planned, over) == pytest.approx(expected)


def test_fourteen_days_do_not_count_days_away() -> None:
    plain = PersonalCalendar("Asia/Jakarta", Pattern.FIVE_DAYS)
    assert quiet_from(plain, TODAY) == date(2026, 11, 5)
    leave = Duty((DutySpan(date(2026, 11, 9), date(2026, 11, 15), DayKind.LEAVE),))
    assert quiet_from(PersonalCalendar("Asia/Jakarta", Pattern.FIVE_DAYS, duty=leave), TODAY) == date(
        2026, 10, 29
    )
    field = Duty((DutySpan(date(2026, 11, 9), date(2026, 11, 15), DayKind.FIELD),))
    assert quiet_from(PersonalCalendar("Asia/Jakarta", Pattern.FIVE_DAYS, duty=field), TODAY) == date(
        2026, 11, 5
    )
    assert quiet_from(plain, date(2026, 1, 13)) is None, "across New Year"
    assert quiet_from(plain, date(2026, 1, 14)) == date(2026, 1, 1)
    always = Duty((DutySpan(date(2026, 1, 1), TODAY, DayKind.SICK),))
    assert quiet_from(PersonalCalendar("Asia/Jakarta", Pattern.FIVE_DAYS, duty=always), TODAY) is None
    shift = PersonalCalendar("Asia/Jakarta", Pattern.SHIFT)
    assert quiet_from(shift, TODAY) is None, "no shift was marked, so nothing was asked"


def test_the_share_outside_is_of_minutes_only_where_they_are_known() -> None:
    assert Outside(1, 4).share == 0.25
    assert not Outside(1, 4, 0, 0, 0).by_minutes
    some = Outside(1, 4, 60, 120, 3)
    assert (some.by_minutes, some.share) == (False, 0.25)
    known = Outside(1, 5, 60, 240, 4)
    assert (known.by_minutes, known.share) == (True, 0.25)
    assert Outside().share == 0
    assert known + some == Outside(2, 9, 120, 360, 7)


def dated(
    aspect: Aspect, goal: str | None, goal_text: str, unit: str | None, *, text: str = "Kepuasan"
) -> Dated:
    day = goal_day(goal_text, year=2026) if aspect is Aspect.TIME else None
    return Dated(1, 1, aspect, text, Decimal(goal) if goal else None, goal_text, unit, goal_day=day)


def value(
    number: str | None = None, day: date | None = None, *, as_of: date = TODAY, place: int = 1
) -> Value:
    return Value(place, Decimal(number) if number else None, day, as_of, ValueState.CONFIRMED, NOW, NOW)


@pytest.mark.parametrize(
    ("one", "said", "met"),
    [
        (dated(Aspect.QUALITY, "90", "90", "%"), value("90"), True),
        (dated(Aspect.QUALITY, "90", "90", "%"), value("89.9"), False),
        (dated(Aspect.QUALITY, None, "sesuai standar", None), value("90"), None),
        (dated(Aspect.QUALITY, "5", "maksimal 5%", "%"), value("3"), None),
        (dated(Aspect.QUALITY, "5", "5", "%", text="Tingkat kesalahan"), value("3"), None),
        (dated(Aspect.TIME, None, "31 Desember 2026", None), value(day=date(2026, 12, 31)), True),
        (dated(Aspect.TIME, None, "paling lambat 31 Okt", None), value(day=date(2026, 11, 1)), False),
        (dated(Aspect.TIME, None, "Tepat waktu", None), value(day=TODAY), None),
        (dated(Aspect.TIME, "5", "5 hari kerja", "hari kerja"), value("5"), True),
        (dated(Aspect.TIME, "5", "5 hari kerja", "hari kerja"), value("6"), False),
        (dated(Aspect.COST, "12000000", "Rp 12.000.000", "rupiah"), value("12000000"), True),
        (dated(Aspect.COST, "12000000", "Rp 12.000.000", "rupiah"), value("12000001"), False),
        (dated(Aspect.COST, "95", "95", "%"), value("97"), None),
    ],
)
def test_whether_a_target_is_met_is_said_only_where_it_is_sure(
    one: Dated, said: Value, met: bool | None
) -> None:
    assert meets(one, said) is met


def test_the_newest_date_stands_first_not_the_newest_report() -> None:
    june, october = value("88", as_of=date(2026, 6, 30), place=2), value("92", as_of=OCTOBER, place=1)
    assert latest_first([june, october]) == (october, june)


READ = [
    ("kualitas", "%", "92%", "92", None),
    ("kualitas", "%", "92,5 persen", "92.5", None),
    ("kualitas", "%", "capaiannya 92", "92", None),
    ("kualitas", "indeks", "4,2", "4.2", None),
    ("kualitas", "%", "nilai rata-rata 92", "92", None),
    ("biaya", "rupiah", "terpakai Rp 11,5 juta", "11500000", None),
    ("waktu", "hari kerja", "selesai dalam 3 hari kerja", "3", None),
    ("kualitas", "%", "92%.", "92", None),
    ("kualitas", "%", "92,5 persen per 31 Okt", "92.5", OCTOBER),
    ("kualitas", "%", "Per 31 Oktober 2026 = 92 %", "92", OCTOBER),
    ("kualitas", "%", "per 31 Okt 92%", "92", OCTOBER),
    ("kualitas", "%", "92 % (per 31/10/2026)", "92", OCTOBER),
    ("kualitas", "%", "92 per akhir Oktober", "92", OCTOBER),
    ("kualitas", "%", "per TW III: 90%", "90", date(2026, 9, 30)),
    ("kualitas", "%", "90% per triwulan 4", "90", TODAY),
    ("kualitas", "%", "92% per November", "92", TODAY),
    ("waktu", "hari", "3 hari", "3", None),
    ("biaya", "rupiah", "Rp 11,5 juta", "11500000", None),
    ("biaya", "rupiah", "11.500.000", "11500000", None),
    ("biaya", "rupiah", "Rp11.500.000,-", "11500000", None),
    ("biaya", "Rupiah", "Rp. 11.500.000,00", "11500000", None),
    ("biaya", "rupiah", "11,5jt per 31 Okt", "11500000", OCTOBER),
    ("biaya", "rupiah", "1,2 miliar", "1200000000", None),
    ("biaya", "%", "97%", "97", None),
]


@pytest.mark.parametrize(("aspect", "unit", "text", "number", "as_of"), READ)
def test_a_typed_number(aspect: str, unit: str, text: str, number: str, as_of: date | None) -> None:
    found = read_value(text, aspect=Aspect(aspect), unit=unit, today=TODAY)
    assert found == ReadValue(Decimal(number), None, as_of or TODAY)


@pytest.mark.parametrize(
    ("text", "day", "as_of"),
    [
        ("15 Nov", date(2026, 11, 15), TODAY),
        ("selesai 15 November 2026", date(2026, 11, 15), TODAY),
        ("kemarin", date(2026, 11, 17), TODAY),
        ("10 Okt per 31 Okt", date(2026, 10, 10), OCTOBER),
    ],
)
def test_a_typed_day(text: str, day: date, as_of: date) -> None:
    assert read_value(text, aspect=Aspect.TIME, unit=None, today=TODAY) == ReadValue(None, day, as_of)


@pytest.mark.parametrize(
    ("aspect", "unit", "text", "code"),
    [
        ("kualitas", "%", "bagus", "value_unread_kualitas"),
        ("kualitas", "%", "46 dari 50", "value_unread_kualitas"),
        ("kualitas", "%", "Mengajar fikih kelas 8A", "value_unread_kualitas"),
        ("kualitas", "%", "naik 5%", "value_unread_kualitas"),
        ("biaya", "rupiah", "Membeli 5 printer", "value_unread_biaya"),
        ("waktu", "hari", "Rapat 3 jam", "value_unread_waktu_lama"),
        ("kualitas", "%", "90 persen per desa", "value_when"),
        ("kualitas", "%", "88 per marka", "value_when"),
        ("kualitas", "%", "", "value_unread_kualitas"),
        ("kualitas", "%", "Rp 5 juta", "value_unit"),
        ("kualitas", "%", "1200%", "value_large"),
        ("kualitas", "%", "-5%", "value_negative"),
        ("kualitas", "%", "9" * 40, "value_large"),
        ("kualitas", "%", "x" * 301, "value_long"),
        ("kualitas", "%", "92% per bulan", "value_when"),
        ("kualitas", "%", "92% per 31 Desember 2026", "value_future"),
        ("biaya", "rupiah", "92%", "value_unit"),
        ("biaya", "rupiah", "Rp 12 juta dari Rp 15 juta", "value_unread_biaya"),
        ("biaya", "rupiah", "99999 triliun", "value_large"),
        ("waktu", None, "tepat waktu", "value_unread_waktu"),
        ("waktu", None, "30 Des 2026", "value_future"),
        ("waktu", None, "15 Nov per 31 Okt", "value_after"),
        ("waktu", "hari", "cepat", "value_unread_waktu_lama"),
    ],
)
def test_what_cannot_be_told_is_asked_again(aspect: str, unit: str | None, text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_value(text, aspect=Aspect(aspect), unit=unit, today=TODAY)
    assert refused.value.code == code


@given(st.text(max_size=80), st.sampled_from(list(Aspect)), st.sampled_from(["%", "rupiah", "hari", None]))
def test_anything_typed_is_read_or_refused(text: str, aspect: Aspect, unit: str | None) -> None:
    try:
        found = read_value(text, aspect=aspect, unit=unit, today=TODAY)
    except Invalid:
        return
    assert (found.number is None) != (found.day is None)
    assert found.as_of <= TODAY


@given(
    st.one_of(
        st.builds(ReadValue, st.decimals(0, Decimal(10) ** 14 - 1, places=4), st.none(), st.dates()),
        st.builds(ReadValue, st.none(), st.dates(), st.dates()),
    )
)
def test_a_value_goes_through_a_button(one: ReadValue) -> None:
    assert unpacked(packed(one)) == one
    assert len(packed(one)) <= 42


@pytest.mark.parametrize(
    "arg", ["", "_", "__", "1__", "x__2026-10-31", "NaN__2026-10-31", "-1__2026-10-31", "1e99__2026-10-31"]
)
def test_what_is_no_value_in_a_button(arg: str) -> None:
    with pytest.raises(NotFound):
        unpacked(arg)


def test_units_are_compared_written_out() -> None:
    assert same_unit(" Org ") == same_unit("orang") == "orang"
    assert same_unit("Dok.") == same_unit("dokumen")
    assert same_unit("Persen") == same_unit("%")


def test_the_steps_plan_the_first_measure_alone() -> None:
    twelve = Measure(1, "Jumlah laporan", Decimal(12), "laporan", 2)
    eighty = Measure(2, "Jumlah siswa", Decimal(80), "siswa", 40)
    one = Standing(1, 1, "Terlaksananya pembinaan", measures=(twelve, eighty), expected=0.1, steadily=0.9)
    assert one.pacing is Pacing.BEHIND
    assert replace(one, steadily=0.5).pacing is Pacing.ON_PACE


@pytest.mark.parametrize(
    ("text", "aspect", "alone"),
    [
        ("92,5% per 31 Oktober", Aspect.QUALITY, True),
        ("yang benar 92,5 persen", Aspect.QUALITY, True),
        ("per Oktober: 92", Aspect.QUALITY, True),
        ("3 laporan", Aspect.QUALITY, False),
        ("Menyusun 3 laporan", Aspect.QUALITY, False),
        ("88\n89", Aspect.QUALITY, False),
        ("9" * 301, Aspect.QUALITY, False),
        ("Rp 11,5 juta", Aspect.COST, True),
        ("selesai 15 Nov", Aspect.TIME, True),
        ("Jumat lalu", Aspect.TIME, True),
        ("kemarin rapat", Aspect.TIME, False),
        ("", Aspect.TIME, False),
    ],
)
def test_a_correction_is_a_value_and_nothing_else(text: str, aspect: Aspect, alone: bool) -> None:
    unit = "%" if aspect is Aspect.QUALITY else None
    assert corrects(text, aspect=aspect, unit=unit) is alone


def test_the_wording_of_an_indicator_may_be_repeated() -> None:
    about = "Kepuasan peserta didik"
    found = read_value(
        "kepuasan peserta didik 92%", aspect=Aspect.QUALITY, unit="%", today=TODAY, about=about
    )
    assert found.number == 92


@pytest.mark.parametrize("said", ["TW IV", "Desember", "akhir Desember", "31 Des", "31 Desember 2026"])
def test_in_january_the_end_of_the_year_is_last_years(said: str) -> None:
    found = read_value(f"90% per {said}", aspect=Aspect.QUALITY, unit="%", today=date(2027, 1, 5))
    assert found.as_of == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0%"), (1 / 250, "1%"), (0.58, "58%"), (249 / 250, "99%"), (1, "100%"), (1.2, "120%")],
)
def test_a_share_is_whole_only_when_it_is(share: float, said: str) -> None:
    assert percent(share) == said
