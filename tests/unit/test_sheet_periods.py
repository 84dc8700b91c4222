"""The period of a sheet, as people type it."""

from datetime import date

import pytest

from services.errors import Invalid
from services.sheet.periods import read_period

TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("", "2026-11-01", "2026-11-30"),
        ("bulan ini", "2026-11-01", "2026-11-30"),
        ("bulan lalu", "2026-10-01", "2026-10-31"),
        ("bln kemarin", "2026-10-01", "2026-10-31"),
        ("minggu ini", "2026-11-16", "2026-11-22"),
        ("minggu lalu", "2026-11-09", "2026-11-15"),
        ("triwulan lalu", "2026-07-01", "2026-09-30"),
        ("TW IV", "2026-10-01", "2026-12-31"),
        ("tw 3", "2026-07-01", "2026-09-30"),
        ("Triwulan II 2025", "2025-04-01", "2025-06-30"),
        ("tahun ini", "2026-01-01", "2026-12-31"),
        ("1-15 Nov", "2026-11-01", "2026-11-15"),
        ("1-30 Nov", "2026-11-01", "2026-11-30"),
        ("1 Okt - 30 Nov", "2026-10-01", "2026-11-30"),
        ("Oktober", "2026-10-01", "2026-10-31"),
        ("Desember", "2025-12-01", "2025-12-31"),
        ("okt 2025", "2025-10-01", "2025-10-31"),
        ("Januari sampai Maret", "2026-01-01", "2026-03-31"),
        ("kemarin", "2026-11-17", "2026-11-17"),
        ("12 Nov", "2026-11-12", "2026-11-12"),
    ],
)
def test_what_is_read(text: str, first: str, last: str) -> None:
    found = read_period(text, today=TODAY)
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    "text", ["halo", "31 Februari", "9" * 400, "0001-01-01", "x" * 3900, "Okt 99999", "TW V", "TW I 0000"]
)
def test_what_is_asked_again(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_period(text, today=TODAY)
    assert refused.value.code == "sheet_period_unread"
