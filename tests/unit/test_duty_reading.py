"""What is typed after /cuti, and the days of a shift."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import DayKind
from services.duty.reading import Said, at_work_elsewhere, read_duty
from services.duty.shifts import read_days
from services.errors import Invalid
from services.reading.dates import Count, Mode, Span, read_count

TODAY = date(2026, 11, 18)
SINCE = date(2026, 11, 1)


def day(number: int, month: int = 11, year: int = 2026) -> date:
    return date(year, month, number)


@pytest.mark.parametrize(
    ("text", "kind", "first", "last"),
    [
        ("24-26 Des", None, day(24, 12), day(26, 12)),
        ("sakit hari ini", DayKind.SICK, TODAY, TODAY),
        ("cuti sakit hari ini", DayKind.SICK, TODAY, TODAY),
        ("dl besok sampai Jumat", DayKind.FIELD, day(19), day(20)),
        ("DL ke Bogor 30 Nov s.d. 2 Des", DayKind.FIELD, day(30), day(2, 12)),
        ("dinas luar tgl 5 Des", DayKind.FIELD, day(5, 12), day(5, 12)),
        ("wfh Senin", DayKind.REMOTE, day(23), day(23)),
        ("WFA jumat", DayKind.REMOTE, day(20), day(20)),
        ("bimtek 23-25 Nov", DayKind.TRAINING, day(23), day(25)),
        ("ijin besok", DayKind.PERMIT, day(19), day(19)),
        ("cuti tahunan mulai Senin 3 hari", DayKind.LEAVE, day(23), day(25)),
        ("leave 24-26 Dec", DayKind.LEAVE, day(24, 12), day(26, 12)),
        ("sakit kemarin", DayKind.SICK, day(17), day(17)),
        ("sakit 12 Nov", DayKind.SICK, day(12), day(12)),
        ("12-13 Nov", None, day(12), day(13)),
        ("sakit 12 Okt", DayKind.SICK, day(12, 10), day(12, 10)),
        ("12 Okt", None, day(12, 10, 2027), day(12, 10, 2027)),
        ("sakit sejak senin", DayKind.SICK, day(16), TODAY),
        ("sakit dari kemarin", DayKind.SICK, day(17), TODAY),
        ("cuti dari kemarin", DayKind.LEAVE, day(17), TODAY),
        ("sakit mulai besok", DayKind.SICK, day(19), day(19)),
        ("sakit sejak senin sampai jumat", DayKind.SICK, day(16), day(20)),
        ("sakit sejak senin 2 hari", DayKind.SICK, day(16), day(17)),
        ("cuti mulai senin", DayKind.LEAVE, day(23), day(23)),
        ("tugas luar lusa", DayKind.FIELD, day(20), day(20)),
        ("SPPD 25 Nov", DayKind.FIELD, day(25), day(25)),
        ("ijin anak sakit besok", DayKind.PERMIT, day(19), day(19)),
        ("istri saya lagi sakit besok", DayKind.PERMIT, day(19), day(19)),
        ("izin sakit besok", DayKind.SICK, day(19), day(19)),
    ],
)
def test_kind_and_days_are_read(text: str, kind: DayKind | None, first: date, last: date) -> None:
    said = read_duty(text, today=TODAY, since=SINCE)
    assert (said.kind, said.span) == (kind, Span(first, last))


@pytest.mark.parametrize(
    "text", ["", "24", "26-24 Des", "31 Feb", "kapan-kapan", "3 hari", "tiap Senin", "besok 370 hari"]
)
def test_what_names_no_days_is_left_open(text: str) -> None:
    assert read_duty(text, today=TODAY, since=SINCE).span is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mulai Senin 3 hari", Said(None, Span(day(23), day(25)), 3)),
        ("mulai Senin 3 hari kerja", Said(None, Span(day(23), day(23)), 3, workdays=True)),
        ("cuti 5 hari kerja mulai besok", Said(DayKind.LEAVE, Span(day(19), day(19)), 5, workdays=True)),
    ],
)
def test_a_number_of_days_is_kept(text: str, expected: Said) -> None:
    assert read_duty(text, today=TODAY, since=SINCE) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("besok 3 hari kerja", Count(day(19), 3, workdays=True)),
        ("besok tiga hari", Count(day(19), 3, workdays=False)),
        ("24-26 Des 3 hari kerja", None),
        ("sampai Jumat 3 hari kerja", None),
        ("setengah hari besok", None),
        ("2 bulan mulai 1 Des", None),
        ("2 minggu kerja mulai besok", None),
        ("3 hari kerja", None),
        ("tiap Senin 3 hari", None),
    ],
)
def test_a_count_needs_one_start_and_one_number(text: str, expected: Count | None) -> None:
    assert read_count(text, today=TODAY, mode=Mode.FUTURE) == expected


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("3 5 7-9 Des", [day(one, 12) for one in (3, 5, 7, 8, 9)]),
        ("28-30 Nov dan 2 Des 2026", [day(28), day(29), day(30), day(2, 12)]),
        ("tgl 3, 5 & 7 Desember", [day(3, 12), day(5, 12), day(7, 12)]),
        ("3 s.d. 5 Des", [day(3, 12), day(4, 12), day(5, 12)]),
        ("20 Nov 21 Nov", [day(20), day(21)]),
        ("5 Okt", [day(5, 10)]),
        ("1 Jan", [day(1, 1, 2027)]),
        ("besok sampai Jumat", [day(19), day(20)]),
        ("1 Dec", [day(1, 12)]),
        ("21 22 23", [day(21), day(22), day(23)]),
        ("17-19", [day(17), day(18), day(19)]),
        ("3 5", [day(3, 12), day(5, 12)]),
        ("tgl 21, 22 dan 30", [day(21), day(22), day(30)]),
    ],
)
def test_days_of_a_shift_are_read(text: str, days: list[date]) -> None:
    assert list(read_days(text, today=TODAY)) == days


@pytest.mark.parametrize(
    "text",
    [
        "",
        "28 29 1 2",
        "31",
        "31 Nov",
        "3 sepeda",
        "3 marmer",
        "9-7 Des",
        "0 Des",
        "3 x",
        "1-99 Des",
        "mulai besok 5 bulan",
        "1 " * 500,
    ],
)
def test_days_that_cannot_be_are_asked_again(text: str) -> None:
    with pytest.raises(Invalid, match="shift_unread"):
        read_days(text, today=TODAY)


@pytest.mark.parametrize(
    ("text", "more", "half"),
    [
        ("24-26 Des", False, False),
        ("5 hari kerja mulai 21 Des", False, False),
        ("besok ya pak", False, False),
        ("rapat di Kanwil besok", True, False),
        ("setengah hari besok", False, True),
        ("besok 1/2 hari", False, True),
    ],
)
def test_words_of_something_else_and_half_a_day_are_noticed(text: str, more: bool, half: bool) -> None:
    said = read_duty(text, today=TODAY, since=SINCE)
    assert (said.kind, said.more, said.half) == (None, more, half)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("besok dinas luar ke Kupang", True),
        ("24-26 Nov diklat di Bogor", True),
        ("besok saya WFH", True),
        ("Menyiapkan perjalanan dinas besok", False),
        ("besok dinas pagi", False),
        ("besok rapat dinas luar", False),
    ],
)
def test_a_short_line_that_begins_with_where_one_works_then(text: str, said: bool) -> None:
    assert at_work_elsewhere(text) is said


@given(st.text(max_size=80))
def test_anything_typed_is_read_or_asked_again(text: str) -> None:
    read_duty(text, today=TODAY, since=SINCE)
    try:
        assert read_days(text, today=TODAY)
    except Invalid as error:
        if error.code != "shift_unread":
            raise
