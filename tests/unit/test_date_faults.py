"""Years and counts that cannot be meant, and the one fault that is named when days are asked for again."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.calendar.typed import read_named_days
from services.reading.date_faults import Fault, find_fault
from services.reading.dates import Mode, Span, read_dates

TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    "text",
    [
        "1 Jan 0001",
        "31 Des 9999",
        "31/12/9999",
        "1-1-0001",
        "24 Des 1985",
        "mulai Senin 100000 hari",
        "besok 500 hari",
        "besok 100.000 hari",
    ],
)
@pytest.mark.parametrize("mode", Mode)
def test_a_year_or_a_count_that_cannot_be_taken_leaves_the_days_unclear(text: str, mode: Mode) -> None:
    assert read_dates(text, today=TODAY, mode=mode) is None


def test_a_number_that_counts_no_days_stays_beside_the_day() -> None:
    tomorrow = date(2026, 11, 19)
    assert read_dates("besok 300 siswa", today=TODAY, mode=Mode.FUTURE) == Span(tomorrow, tomorrow)


@pytest.mark.parametrize("text", ["3 5 7-9 Des", "3 5 7-9 Des Libur kantor", "3 7/12/2026"])
def test_numbers_before_a_date_do_not_become_the_name_of_a_day_off(text: str) -> None:
    assert read_named_days(text, year=2026, today=TODAY) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("31 Nov", Fault.NO_SUCH_DAY),
        ("30-32 Des", Fault.NO_SUCH_DAY),
        ("Jumat 19 November", Fault.OTHER_WEEKDAY),
        ("26-24 Des", Fault.REVERSED),
        ("sakit 2 hari", Fault.NO_START),
        ("3 hari kerja", Fault.NO_START),
        ("24-26", Fault.NO_MONTH),
        ("kapan-kapan", Fault.UNREAD),
        ("31 Des 9999", Fault.UNREAD),
        ("", Fault.UNREAD),
    ],
)
def test_the_fault_is_named(text: str, fault: Fault) -> None:
    assert find_fault(text, today=TODAY).fault is fault


@given(st.text(max_size=80))
def test_any_text_has_one_fault(text: str) -> None:
    assert find_fault(text, today=TODAY).fault in Fault
