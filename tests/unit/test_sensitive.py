"""Numbers of citizens in typed text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reading.sensitive import Sensitive, find_sensitive, is_nik


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a.n. Siti 3404125203900001", Sensitive.NIK),
        ("3404 1252 0390 0001", Sensitive.NIK),
        ("NIK: 9999999999999999", Sensitive.NIK),
        ("hub 081234567890", Sensitive.PHONE),
        ("WA +62 812-3456-7890", Sensitive.PHONE),
        ("no rek BRI 0034 0101 2345 501", Sensitive.ACCOUNT),
        ("rekening 1234567890 a.n. Budi", Sensitive.ACCOUNT),
        ("bank Mandiri 137-00-1234567-8", Sensitive.ACCOUNT),
    ],
)
def test_found(text: str, kind: Sensitive) -> None:
    assert find_sensitive(text) == {kind}


@pytest.mark.parametrize(
    "text",
    [
        "NIP 198703122010011003",
        "surat 800/1234/2026",
        "Rp 45.000.000",
        "kode rekening 5.1.02.01.01.0024",
        "0812 rapat",
        "https://wa.me/6281234567890",
        "3404125203900001234",
        "bayar rekening listrik 12 unit",
        "08.00-10.00",
        "BRI 12 orang",
    ],
)
def test_nothing_found(text: str) -> None:
    assert find_sensitive(text) == frozenset()


def test_nik_needs_a_province_and_a_date() -> None:
    assert is_nik("3404121203900001")
    assert is_nik("3404125203900001")
    assert not is_nik("0004121203900001")
    assert not is_nik("3404123213900001")


@given(st.text(max_size=500))
def test_any_text(text: str) -> None:
    assert find_sensitive(text) <= set(Sensitive)
