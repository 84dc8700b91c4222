"""What people type for an SKP: an RHK, and its indicators in their own words."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.plans.reading import read_indicator, read_indicators, read_step, read_target
from services.plans.words import Aspect, Section

TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("line", "aspect", "text", "goal", "goal_text", "unit"),
    [
        ("kuantitas: jumlah laporan, 12 laporan", "kuantitas", "jumlah laporan", 12, "12 laporan", "laporan"),
        ("12 dokumen", "kuantitas", "Jumlah dokumen", 12, "12 dokumen", "dokumen"),
        ("- 12 lap", "kuantitas", "Jumlah laporan", 12, "12 lap", "laporan"),
        ("jumlah laporan 12 lap", "kuantitas", "jumlah laporan", 12, "12 lap", "laporan"),
        ("jumlah laporan, 12", "kuantitas", "jumlah laporan", 12, "12", "laporan"),
        ("720 jam pelajaran", "kuantitas", "Jumlah jam pelajaran", 720, "720 jam pelajaran", "jam pelajaran"),
        ("1.250 surat", "kuantitas", "Jumlah surat", 1250, "1.250 surat", "surat"),
        ("indeks kepuasan 3,5 skor", "kuantitas", "indeks kepuasan", Decimal("3.5"), "3,5 skor", "skor"),
        ("kualitas: kepuasan 90%", "kualitas", "kepuasan", 90, "90%", "%"),
        ("kepuasan 90%", "kualitas", "kepuasan", 90, "90%", "%"),
        ("kualitas 90%", "kualitas", "Mutu hasil", 90, "90%", "%"),
        ("kualitas layanan 90%", "kualitas", "kualitas layanan", 90, "90%", "%"),
        ("kualitas: laporan, sesuai SOP", "kualitas", "laporan", None, "sesuai SOP", None),
        (
            "waktu: paling lambat 31 Des 2026",
            "waktu",
            "Waktu penyelesaian",
            None,
            "paling lambat 31 Des 2026",
            None,
        ),
        ("waktu: 12 bulan", "waktu", "Waktu penyelesaian", 12, "12 bulan", "bulan"),
        (
            "laporan selesai paling lambat tanggal 10 setiap bulan",
            "waktu",
            "laporan selesai",
            None,
            "paling lambat tanggal 10 setiap bulan",
            None,
        ),
        ("biaya: Rp 12.000.000", "biaya", "Biaya", 12_000_000, "Rp 12.000.000", "rupiah"),
        ("biaya: serapan anggaran 95%", "biaya", "serapan anggaran", 95, "95%", "%"),
    ],
)
def test_an_indicator_in_peoples_own_words(
    line: str, aspect: str, text: str, goal: int | Decimal | None, goal_text: str, unit: str | None
) -> None:
    found = read_indicator(line, today=TODAY)
    assert found is not None
    assert (found.aspect, found.text, found.goal, found.goal_text, found.unit) == (
        Aspect(aspect),
        text,
        goal,
        goal_text,
        unit,
    )


@pytest.mark.parametrize(
    "line", ["bla bla", "kelas 7", "kuantitas: banyak", "kuantitas: -3 laporan", "0 dokumen", "x" * 2000, ""]
)
def test_what_is_no_indicator_is_not_made_one(line: str) -> None:
    assert read_indicator(line, today=TODAY) is None


def test_the_first_line_is_the_rhk_and_what_is_not_understood_is_given_back() -> None:
    text = "1. Tambahan: Terlaksananya panitia HUT RI\n\n- 3 kegiatan\nhalo dunia\n3 kegiatan"
    read = read_target(text, today=TODAY)
    assert (read.text, read.section) == ("Terlaksananya panitia HUT RI", Section.ADDITIONAL)
    assert [one.goal_text for one in read.indicators] == ["3 kegiatan"]
    assert read.left == ("halo dunia",)


def test_a_colon_within_an_rhk_stays() -> None:
    assert read_target("Tersusunnya laporan: keuangan", today=TODAY).text == "Tersusunnya laporan: keuangan"


@pytest.mark.parametrize(
    ("line", "goal"),
    [
        ("Menyusun 3 modul ajar", 3),
        ("Membina kelas 7 siswa", None),
        ("Menyusun laporan triwulan 1 tahun 2026", None),
        ("Rapat", None),
        ("Selesai dalam 3 hari", None),
    ],
)
def test_a_step_may_name_how_much(line: str, goal: int | None) -> None:
    assert read_step(line) == (line, goal)


@given(st.text(max_size=300))
def test_whatever_is_typed_is_read_or_given_back(text: str) -> None:
    found, left = read_indicators(text, today=TODAY)
    assert all(one.text and one.goal_text for one in found)
    assert all(left)
    read_target(text, today=TODAY)
    read_step(text)
