"""The first counted work product, and what counts nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reading.number_words import read_number_words
from services.reading.quantities import read_quantities, read_quantity


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("17 srt", (17, "surat")),
        ("MEMBUAT LAPORAN BULANAN 1 LAPORAN", (1, "laporan")),
        ("9 SK", (9, "SK")),
        ("kelas 7A 32 siswa", (32, "siswa")),
        ("dua ratus lima puluh warga", (250, "warga")),
        ("25 (dua puluh lima) berkas", (25, "berkas")),
        ("1.250 lembar", (1250, "lembar")),
        ("3 jam pelajaran", (3, "jam pelajaran")),
        ("2 JP", (2, "jam pelajaran")),
        ("3x kunjungan", (3, "kali")),
        ("seorang lansia", (1, "orang")),
        ("sebuah modul", (1, "modul")),
        ("50-an keluarga", (50, "keluarga")),
        ("Konseling kelompok 3 siswa", (3, "siswa")),
        ("drainase 150 m", (150, "meter")),
        ("drainase 150 m dengan 4 pekerja", (4, "pekerja")),
        ("3 dari 5 berkas", (3, "berkas")),
        ("2000 pohon", (2000, "pohon")),
        ("10 s.d. 12 berkas", (12, "berkas")),
    ],
)
def test_counted(text: str, expected: tuple[int, str]) -> None:
    assert read_quantity(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "triwulan III",
        "kelas 7 aktif",
        "tahap 2 sebesar",
        "SDN 3 Sukamaju",
        "Puskesmas Depok 2 Sleman",
        "RT 3",
        "ke-2",
        "pasal 5 ayat 2",
        "18 November 2026",
        "tahun 2026 dan 2027",
        "85% selesai",
        "87,5 persen",
        "Rp 45.000.000 lunas",
        "5 juta rupiah",
        "satu pintu",
        "Satu Data Indonesia",
        "salah satu warga",
        "COVID-19 selesai",
        "3x24 jam",
        "P5",
        "UU 20 Tahun 2023",
        "surat nomor 800/112 untuk",
        "2 hari",
        "1,5 ton beras",
        "anggaran 2025-2026 desa",
        "",
    ],
)
def test_no_count(text: str) -> None:
    assert read_quantity(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mengajar Fikih VIII A dan B 4 JP", ((4, "jam pelajaran"),)),
        ("3 kelas selesai, 58 siswa tuntas dan 2 modul siap", ((3, "kelas"), (58, "siswa"), (2, "modul"))),
        ("5 kg beras untuk 12 keluarga", ((5, "kilogram"), (12, "keluarga"))),
        ("rapat kelas 7", ()),
    ],
)
def test_all_that_a_text_counts(text: str, expected: tuple[tuple[int, str], ...]) -> None:
    assert read_quantities(text) == expected


@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    quantity = read_quantity(text)
    assert (quantity is None) == (not read_quantities(text))
    assert quantity is None or (quantity[0] >= 0 and quantity[1])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("dua belas", (12, 2)),
        ("tiga puluh dua", (32, 3)),
        ("seratus dua puluh", (120, 3)),
        ("seribu", (1000, 1)),
        ("dua ribu lima ratus", (2500, 4)),
        ("sebelas surat", (11, 1)),
    ],
)
def test_number_words(words: str, expected: tuple[int, int]) -> None:
    assert read_number_words(words.split()) == expected
