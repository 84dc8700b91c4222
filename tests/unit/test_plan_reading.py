"""What people type for an SKP: an RHK, and its indicators in their own words."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.plans.measure_line import read_indicator
from services.plans.reading import read_indicators, read_step, read_targets
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
        ("24 jam per minggu", "kuantitas", "Jumlah jam", None, "24 jam per minggu", "jam"),
        ("4 modul per semester", "kuantitas", "Jumlah modul (4 per semester)", 8, "8 modul", "modul"),
        (
            "laporan bulanan 1 lap/bulan",
            "kuantitas",
            "laporan bulanan (1 per bulan)",
            12,
            "12 laporan",
            "laporan",
        ),
        ("3 kegiatan per tahun", "kuantitas", "Jumlah kegiatan", 3, "3 kegiatan", "kegiatan"),
        ("30 siswa kelas 8A", "kuantitas", "Jumlah siswa kelas 8A", 30, "30 siswa", "siswa"),
        ("20x latihan", "kuantitas", "latihan", 20, "20 kali", "kali"),
        ("dua belas laporan", "kuantitas", "Jumlah laporan", 12, "12 laporan", "laporan"),
        ("2 ribu bibit", "kuantitas", "Jumlah bibit", 2000, "2 ribu bibit", "bibit"),
        ("Target 24 jam", "kuantitas", "Jumlah jam", 24, "24 jam", "jam"),
        ("85 persen siswa tuntas", "kualitas", "siswa tuntas", 85, "85 persen", "persen"),
        ("85% siswa tuntas", "kualitas", "siswa tuntas", 85, "85%", "%"),
        ("rata-rata nilai 80", "kualitas", "rata-rata nilai", 80, "80", None),
        ("nilai rata-rata: 80", "kualitas", "nilai rata-rata", 80, "80", None),
        ("KKM 75", "kualitas", "KKM", 75, "75", None),
        ("kualitas nilai rata-rata 80", "kualitas", "kualitas nilai rata-rata", 80, "80", None),
        ("kualitas: kepuasan pelanggan, 90%", "kualitas", "kepuasan pelanggan", 90, "90%", "%"),
        ("laporan selesai tepat waktu", "waktu", "laporan selesai", None, "tepat waktu", None),
        ("Rp 5 juta", "biaya", "Biaya", 5_000_000, "Rp 5 juta", "rupiah"),
        ("biaya konsumsi 5jt", "biaya", "biaya konsumsi", 5_000_000, "5jt", "rupiah"),
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
    "line",
    [
        "bla bla",
        "kelas 7",
        "kuantitas: banyak",
        "kuantitas: -3 laporan",
        "0 dokumen",
        "x" * 2000,
        "",
        "RHK 2 Meningkatnya kerukunan",
        "Indikator:",
        "satu pintu",
    ],
)
def test_what_is_no_indicator_is_not_made_one(line: str) -> None:
    assert read_indicator(line, today=TODAY) is None


def test_the_first_line_is_the_rhk_and_what_is_not_understood_is_given_back() -> None:
    text = "1. Tambahan: Terlaksananya panitia HUT RI\n\n- 3 kegiatan\nhalo dunia\n3 kegiatan"
    (read,) = read_targets(text, today=TODAY)
    assert (read.text, read.section) == ("Terlaksananya panitia HUT RI", Section.ADDITIONAL)
    assert [one.goal_text for one in read.indicators] == ["3 kegiatan"]
    assert read.left == ("halo dunia",)


@pytest.mark.parametrize(
    ("line", "goals"),
    [
        ("kuantitas 200 berkas, kualitas 100%, waktu 12 bulan", ["200 berkas", "100%", "12 bulan"]),
        ("200 berkas / 100% / 12 bulan", ["200 berkas", "100%", "12 bulan"]),
        ("3 kegiatan, kualitas 90%", ["3 kegiatan", "90%"]),
        ("jumlah laporan 12 dan kualitas 95%", ["12", "95%"]),
        ("kualitas: sesuai SOP, waktu: 12 bulan", ["sesuai SOP", "12 bulan"]),
        ("12 laporan paling lambat 31 Des", ["12 laporan", "paling lambat 31 Des"]),
        ("jumlah siswa 30 orang, nilai 80", ["30 orang", "80"]),
        ("kualitas: laporan, sesuai SOP", ["sesuai SOP"]),
        ("1.000 berkas, 3,5 skor", ["1.000 berkas", "3,5 skor"]),
    ],
)
def test_one_line_may_name_several_indicators(line: str, goals: list[str]) -> None:
    found, left = read_indicators(line, today=TODAY)
    assert [one.goal_text for one in found] == goals
    assert not left


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "1. Meningkatnya mutu\nTarget 24 jam\n2. membuat modul ajar\n4 modul\n3. Rapat\n12 rapat",
            {"Meningkatnya mutu": 1, "membuat modul ajar": 1, "Rapat": 1},
        ),
        (
            "RHK 1: Meningkat\n12 laporan\nRHK 2 Meningkatnya kerukunan\n90%",
            {"Meningkat": 1, "Meningkatnya kerukunan": 1},
        ),
        ("RHK saya:\n1. Alfa\nIndikator:\n3 keg\nTambahan: Panitia", {"Alfa": 1, "Panitia": 0}),
        ("Kinerja utama\nAlfa\n1. 12 laporan\n2. kualitas 90%", {"Alfa": 2}),
        ("1. Alfa\n2. 12 laporan\n3. kualitas: 90%", {"Alfa": 2}),
    ],
)
def test_one_message_may_hold_several_rhk(text: str, found: dict[str, int]) -> None:
    read = read_targets(text, today=TODAY)
    assert {one.text: len(one.indicators) for one in read} == found
    assert not any(one.left for one in read)


def test_a_heading_names_the_section_of_what_follows() -> None:
    (read,) = read_targets("Kinerja tambahan:\nPanitia HUT\n2 kegiatan", today=TODAY)
    assert (read.text, read.section) == ("Panitia HUT", Section.ADDITIONAL)


def test_a_colon_within_an_rhk_stays() -> None:
    (read,) = read_targets("Tersusunnya laporan: keuangan", today=TODAY)
    assert read.text == "Tersusunnya laporan: keuangan"


@pytest.mark.parametrize(
    ("line", "unit", "goal"),
    [
        ("Menyusun 3 modul ajar", "modul", 3),
        ("Menyusun 3 modul ajar", "modul ajar", 3),
        ("mengajar 180 jp", "jam pelajaran", 180),
        ("Mengajar 180 jam pelajaran, tuntas", "jp", 180),
        ("Latihan 20x", "kali", 20),
        ("Selesai dalam 3 bulan, 12 laporan", "laporan", 12),
        ("Menyusun 3 modul", None, None),
        ("Membina kelas 7 siswa", "siswa", None),
        ("Rapat persiapan 17 Agustus dengan 40 guru", "laporan", None),
        ("Rapat pukul 10 WIB", "laporan", None),
        ("Rapat 30 menit", "laporan", None),
        ("Dana 500 juta", "laporan", None),
        ("Input data 2026 pegawai", "data", None),
        ("Rapat 10 dan 12", "rapat", None),
        ("Rapat", "rapat", None),
    ],
)
def test_a_step_may_name_how_much_of_its_rhk(line: str, unit: str | None, goal: int | None) -> None:
    assert read_step(line, unit) == (line, goal)


@given(st.text(max_size=300))
def test_whatever_is_typed_is_read_or_given_back(text: str) -> None:
    found, left = read_indicators(text, today=TODAY)
    assert all(one.text and one.goal_text for one in found)
    assert all(left)
    read_targets(text, today=TODAY)
    read_step(text, "laporan")
