"""The day a report names at its head: it moves the report, a date inside an activity never does."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reading.dates import LeadingDay, leading_day

WEDNESDAY = date(2026, 11, 18)

NAMED = [
    ("kemarin: rapat koordinasi", "2026-11-17", "rapat koordinasi"),
    ("Laporan 12 Nov\n1. a\n2. b", "2026-11-12", "1. a\n2. b"),
    ("Laporan hari Senin:\n- a", "2026-11-16", "- a"),
    ("Laporan Kinerja Harian Rabu, 18 November 2026\n1. a", "2026-11-18", "1. a"),
    ("LAPORAN KINERJA HARIAN\nRabu, 18 November 2026\n\n07.30-08.00 Apel", "2026-11-18", "07.30-08.00 Apel"),
    ("utk tgl 16: a", "2026-11-16", "a"),
    ("Senin kemarin\n- a", "2026-11-16", "- a"),
    ("Kemarin rapat di kecamatan", "2026-11-17", "rapat di kecamatan"),
    ("Nama: Siti\nTanggal: 18 November 2026\n1. a", "2026-11-18", "Nama: Siti\n1. a"),
    ("Hari/Tanggal: Selasa, 17 November 2026\n1. a", "2026-11-17", "1. a"),
    ("Tanggal: 17\n1. a", "2026-11-17", "1. a"),
    ("tgl 16 rapat koordinasi", "2026-11-16", "rapat koordinasi"),
    ("12 Nov rapat", "2026-11-12", "rapat"),
    ("12/11: rapat", "2026-11-12", "rapat"),
    ("12/11/2026\n1. a", "2026-11-12", "1. a"),
    ("Kemarin - rapat", "2026-11-17", "rapat"),
    ("kemarin siang jam 13.00-15.00 rapat", "2026-11-17", "jam 13.00-15.00 rapat"),
    ("Hari ini rapat", "2026-11-18", "rapat"),
    ("Laporan hari ini:\n1. a", "2026-11-18", "1. a"),
    ("Assalamualaikum pak\nLaporan kemarin:\n1. a", "2026-11-17", "1. a"),
    ("Selamat sore pak, izin melaporkan kegiatan hari Senin, 16 November 2026:\n1. a", "2026-11-16", "1. a"),
    ("Hari Senin rapat", "2026-11-16", "rapat"),
    ("*Laporan Senin, 16 Nov*\n- a", "2026-11-16", "- a"),
    ("📅 16 November 2026\n- a", "2026-11-16", "- a"),
    ("Kegiatan Senin (16/11/2026):\n- a", "2026-11-16", "- a"),
    ("kemarin", "2026-11-17", ""),
    ("2 hari lalu rapat", "2026-11-16", "rapat"),
    ("Kemarin, rapat", "2026-11-17", "rapat"),
    ("Senin, rapat", "2026-11-16", "rapat"),
    ("Senin: rapat", "2026-11-16", "rapat"),
    ("untuk kemarin rapat dengan camat", "2026-11-17", "rapat dengan camat"),
    ("Kemarin lusa: a", "2026-11-16", "a"),
    ("Rabu, 18 November 2026", "2026-11-18", ""),
    ("Lap. kmrn : a", "2026-11-17", "a"),
    ("LKH Tgl. 16-11-2026\na", "2026-11-16", "a"),
    ("Senin 16 Nov 08.00-10.00 apel", "2026-11-16", "08.00-10.00 apel"),
    ("Yth. Bapak\nkemarin: a", "2026-11-17", "a"),
    ("Kepada Yth. Ibu Kabid Mutasi\nLaporan Senin 16 Nov\n- a", "2026-11-16", "- a"),
    ("Izin menyusulkan laporan kemarin\na", "2026-11-17", "a"),
    ("Lupa lapor kemarin, a", "2026-11-17", "a"),
    ("Dinas luar 16 Nov 2026\n1. a", "2026-11-16", "1. a"),
    ("[16/11] rapat", "2026-11-16", "rapat"),
]
NOT_NAMED = [
    "Senin rapat dengan kepala",
    "Rapat persiapan 12 November",
    "Menyusun laporan tanggal 12 Nov",
    "Rekap absensi Oktober",
    "1. kemarin rapat\n2. b",
    "- Senin rapat",
    "08.00-10.00 rapat",
    "10.11 rapat",
    "Laporan tgl 12 Nov sudah dikirim",
    "laporan kemarin sudah diperbaiki",
    "Laporan SPJ 12 November",
    "Laporan bulan Oktober",
    "Jumat bersih di halaman",
    "Jumat bersih",
    "Hari Jumat bersih-bersih kantor",
    "12 berkas diverifikasi",
    "5/12 berkas",
    "tadi pagi apel",
    "Minggu ini menyusun RKA",
    "dari kemarin mengerjakan SPJ",
    "Setiap Senin apel",
    "Menyusun laporan\nkemarin: rapat",
    "10 orang dilayani",
    "",
    "Untuk rapat besok menyiapkan bahan",
    "Laporan\n1. rapat 12 nov",
    "apel pagi hari Senin",
    "Update data per 12 Nov",
    "Tugas: rapat",
    "Mei melayani tamu",
    "Maret 2026 rekap",
    "Rekap data tgl 12\nkemarin",
    "senin 08.00-10.00 apel",
]
ASK_AGAIN = [
    "besok rapat",
    "Besok: rapat",
    "rencana besok:\n1. a",
    "Nama: Siti\nHari: Senin\nTanggal: 18 November 2026\n1. a",
    "Laporan 31 Nov\n1. a",
    "Laporan Selasa, 16 November 2026\n1. a",
    "Laporan 20 Nov\n1. a",
    "Laporan minggu lalu:\n1. a",
    "Laporan 16-17 Nov\n1. a",
    "Tanggal 5 Desember rapat persiapan natal",
    "17 Agustus: persiapan lomba",
    "Kegiatan 17 Agustus",
    "Hari senin depan ada audit",
    "Minggu depan audit, siapkan berkas",
]


@pytest.mark.parametrize(("text", "day", "rest"), NAMED)
def test_a_heading_names_the_day_and_leaves_the_rest(text: str, day: str, rest: str) -> None:
    found = leading_day(text, today=WEDNESDAY)
    assert found is not None
    assert found.day == date.fromisoformat(day)
    assert found.rest == rest


@pytest.mark.parametrize("text", NOT_NAMED)
def test_an_activity_never_moves_the_report(text: str) -> None:
    assert leading_day(text, today=WEDNESDAY) is None


@pytest.mark.parametrize("text", ASK_AGAIN)
def test_a_heading_that_is_no_single_past_day_is_asked_again(text: str) -> None:
    found = leading_day(text, today=WEDNESDAY)
    assert found is not None
    assert found.day is None
    assert found.said


def test_said_is_what_was_typed() -> None:
    assert leading_day("Kmrn : rapat", today=WEDNESDAY) == LeadingDay(date(2026, 11, 17), "rapat", "Kmrn")
    found = leading_day("Laporan Rabu, 18 Nov 2026:\napel", today=WEDNESDAY)
    assert found == LeadingDay(WEDNESDAY, "apel", "Rabu, 18 Nov 2026")


WORDS = (
    "laporan kemarin besok tgl_12 12_Nov : - "
    "\n Senin rapat untuk 1._ hari_ini , Tanggal:_17 Nama:_Ani sampai *"
)
_PIECES = st.sampled_from([word.replace("_", " ") for word in WORDS.split(" ")])


@given(st.one_of(st.text(), st.lists(_PIECES, max_size=12).map(" ".join)))
def test_never_raises_and_never_names_a_future_day(text: str) -> None:
    found = leading_day(text, today=WEDNESDAY)
    if found is not None:
        assert found.said
        assert found.day is None or found.day <= WEDNESDAY
        assert len(found.rest) <= len(text)
