"""What an admin types about days off: the days, in the year that is shown, and their name."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.calendar.typed import is_report, read_named_days

TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("typed", "year", "first", "last", "name"),
    [
        ("24 Desember Cuti bersama kantor", 2026, "2026-12-24", "2026-12-24", "Cuti bersama kantor"),
        ("24 Desember Cuti bersama kantor", 2027, "2027-12-24", "2027-12-24", "Cuti bersama kantor"),
        ("12-13 Des Rapat kerja", 2026, "2026-12-12", "2026-12-13", "Rapat kerja"),
        ("24 s.d. 26 Des: Raker", 2026, "2026-12-24", "2026-12-26", "Raker"),
        ("Rapat kerja 12 Des", 2026, "2026-12-12", "2026-12-12", "Rapat kerja"),
        ("Hari Jadi ke-70 24 Des", 2026, "2026-12-24", "2026-12-24", "Hari Jadi ke-70"),
        ("24 Des Hari Jadi ke-70", 2026, "2026-12-24", "2026-12-24", "Hari Jadi ke-70"),
        ("24/12/2027 - Natal", 2026, "2027-12-24", "2027-12-24", "Natal"),
        ("besok Libur banjir", 2027, "2026-11-19", "2026-11-19", "Libur banjir"),
        ("Senin depan: Rapat", 2026, "2026-11-23", "2026-11-23", "Rapat"),
        ("30 Des - 2 Jan Libur semester", 2026, "2026-12-30", "2027-01-02", "Libur semester"),
        ("10 November Hari Pahlawan", 2026, "2026-11-10", "2026-11-10", "Hari Pahlawan"),
        ("2 Jan Cuti bersama", 2026, "2027-01-02", "2027-01-02", "Cuti bersama"),
        ("1 Januari Tahun baru", 2027, "2027-01-01", "2027-01-01", "Tahun baru"),
        ("24 Des", 2026, "2026-12-24", "2026-12-24", ""),
        ("Jumat Agung 26 Maret", 2026, "2027-03-26", "2027-03-26", "Jumat Agung"),
        ("Rabu Abu 10 Feb", 2026, "2027-02-10", "2027-02-10", "Rabu Abu"),
        ("Libur Jumat Kliwon 12 Des", 2026, "2026-12-12", "2026-12-12", "Libur Jumat Kliwon"),
        ("Hari Minggu Palma 28 Maret", 2026, "2027-03-28", "2027-03-28", "Hari Minggu Palma"),
    ],
)
def test_days_and_name(typed: str, year: int, first: str, last: str, name: str) -> None:
    found = read_named_days(typed, year=year, today=TODAY)
    assert found is not None
    assert (found.span.first.isoformat(), found.span.last.isoformat(), found.name) == (first, last, name)


@pytest.mark.parametrize(
    "typed", ["", "Libur", "31 Februari Libur", "Senin 25 Desember Natal", "26-24 Des X"]
)
def test_what_names_no_day_is_asked_again(typed: str) -> None:
    assert read_named_days(typed, year=2026, today=TODAY) is None


@given(st.text(max_size=80), st.integers(2025, 2028))
def test_any_text_is_read_or_not(text: str, year: int) -> None:
    found = read_named_days(text, year=year, today=TODAY)
    assert found is None or found.span.first <= found.span.last


@pytest.mark.parametrize(
    ("typed", "reports"),
    [
        ("Kemarin rapat koordinasi SKP", True),
        ("Rapat dinas -> 3 keputusan", True),
        ("Rapat dinas\nMengajar 8A", True),
        ("Kemarin banjir", False),
        ("12-13 Des Rapat kerja", False),
        ("24 Des Cuti bersama\n26 Des Cuti bersama", False),
        ("Cuti bersama", False),
    ],
)
def test_a_typed_report_became_a_day_off(typed: str, reports: bool) -> None:
    assert is_report(typed) is reports
