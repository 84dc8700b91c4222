"""Where the outcome begins, and whether it says anything new; links beside it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reading.links import take_links
from services.reading.outcomes import repeats_activity, split_outcome


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rapat -> notulen", ("Rapat", "notulen")),
        ("Rapat, hasilnya disepakati X", ("Rapat", "disepakati X")),
        ("Rapat hasil: X", ("Rapat", "X")),
        ("Rapat hasil = X", ("Rapat", "X")),
        ("Rapat -> hasil: X", ("Rapat", "X")),
        ("Rapat (output: X)", ("Rapat", "X")),
        ("Perbaikan sehingga normal", ("Perbaikan", "normal")),
        ("Perbaikan sehingga normal -> 2 unit", ("Perbaikan sehingga normal", "2 unit")),
        ("Ronda, hasile aman", ("Ronda", "aman")),
        ("Bersih kali hasilna: leuwih bersih", ("Bersih kali", "leuwih bersih")),
        ("Perbaikan sehinga normal", ("Perbaikan", "normal")),
        ("Rekap hasil e-kinerja", ("Rekap hasil e-kinerja", None)),
        ("menyusun laporan hasil monitoring", ("menyusun laporan hasil monitoring", None)),
        ("Melaporkan hasilnya kepada Sekda", ("Melaporkan hasilnya kepada Sekda", None)),
        (
            "mengkaji hasil dan dampaknya terhadap warga",
            ("mengkaji hasil dan dampaknya terhadap warga", None),
        ),
        ("nilai > KKM & < KKM", ("nilai > KKM & < KKM", None)),
    ],
)
def test_split(text: str, expected: tuple[str, str | None]) -> None:
    assert split_outcome(text) == expected


@pytest.mark.parametrize(
    ("activity", "outcome", "repeats"),
    [
        ("Menyusun laporan bulanan", "tersusunnya laporan bulanan", True),
        ("Rapat koordinasi", "rapat terlaksana dengan baik", True),
        ("Mengarsipkan surat", "surat sudah diarsipkan", True),
        ("Apel pagi", "selesai", True),
        ("Menyusun laporan", "1 laporan", False),
        ("Menyusun laporan", "laporan diterima kadis", False),
        ("Perbaikan jalan", "jalan sudah baik", False),
        ("Mengajar", "siswa bisa membaca", False),
        ("Rapat", "👍", False),
        ("Rapat", "", False),
    ],
)
def test_repeats(activity: str, outcome: str, *, repeats: bool) -> None:
    assert repeats_activity(activity, outcome) is repeats


@pytest.mark.parametrize(
    ("text", "links", "rest"),
    [
        ("Unggah https://a.go.id/x?y=1.", ("https://a.go.id/x?y=1",), "Unggah."),
        ("Unggah (bukti: bit.ly/x)", ("bit.ly/x",), "Unggah"),
        ("Kirim laporan.pdf ke a@b.go.id", (), "Kirim laporan.pdf ke a@b.go.id"),
        ("Mengelola website disdik.go.id", (), "Mengelola website disdik.go.id"),
        ("Budi S.Pd. dan data.xlsx s.d. selesai", (), "Budi S.Pd. dan data.xlsx s.d. selesai"),
    ],
)
def test_links(text: str, links: tuple[str, ...], rest: str) -> None:
    assert take_links(text) == (links, rest)


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text(first: str, second: str) -> None:
    split_outcome(first)
    take_links(first)
    assert repeats_activity(first, second) in {True, False}
