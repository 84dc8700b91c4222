"""Telling «saya sakit» and «nihil» from work that has to do with leave and illness."""

import pytest

from services.reading.absence import LONGEST, Absence, read_absence

AWAY = (
    "sakit",
    "Sakit",
    "cuti",
    "Cuti.",
    "libur",
    "Saya izin sakit",
    "hari ini saya sakit",
    "izin tidak masuk",
    "Assalamualaikum pak, mohon izin hari ini saya sakit demam. Terima kasih",
    "Mohon izin pak, saya tidak masuk karena anak sakit",
    "saya izin",
    "saya izin hari ini",
    "izin hari ini",
    "Izin ada keperluan keluarga",
    "besok saya libur ya",
    "Kemarin: sakit",
    "Senin cuti",
    "cuti tahunan",
    "sedang cuti melahirkan",
    "masih cuti sampai jumat",
    "tidak masuk kerja",
    "tdk masuk, sakit gigi",
    "hari ini saya tidak bertugas",
    "sakit, surat dokter menyusul",
    "izin berobat ke dokter",
    "izin periksa ke rumah sakit",
    "ga bisa masuk pak, demam",
    "lepas jaga",
    "turun piket",
    "hari libur",
    "tanggal merah",
    "libur nasional",
    "off",
    "Absen sakit, demam dan batuk",
    "berhalangan hadir",
    "cuti 3 hari",
    "sakit perut pak maaf",
    "Izin, orang tua meninggal",
)
NOTHING = (
    "nihil",
    "Nihil",
    "NIHIL.",
    "tidak ada kegiatan",
    "Tidak ada kegiatan hari ini pak",
    "tdk ada kegiatan",
    "hari ini nihil",
    "kegiatan nihil",
    "belum ada kegiatan",
    "tidak ada pekerjaan hari ini",
    "kosong",
    "Selamat sore bu, hari ini tidak ada laporan. Terima kasih",
)
ENGLISH_AWAY = (
    "sick",
    "Sick today, cannot come",
    "I'm sick",
    "I am on leave today",
    "on leave today",
    "Leave",
    "not on duty",
    "Sorry sir, I can’t come to work today because my son is sick",
    "not feeling well, going to the doctor",
    "I have a day off",
    "off today",
    "on annual leave until Friday",
)
ENGLISH_NOTHING = (
    "nothing to report",
    "Nothing to report today, thank you",
    "nothing today",
    "Nothing",
    "no activities today",
    "There was really nothing to do",
)
ENGLISH_WORK = (
    "visited sick students",
    "processed leave requests",
    "sick leave forms checked",
    "meeting on leave policy",
    "took sick child to the clinic for a student",
    "leave requests of 3 people approved",
    "nothing to report from the field survey",
    "not working printers repaired",
    "left the office at 3",
    "meeting about on duty schedule",
    "working from home today",
    "home visit",
)
WORK = (
    "memproses cuti pegawai",
    "menjenguk siswa sakit",
    "rapat izin usaha",
    "izin usaha mikro",
    "rekap cuti pegawai",
    "menyusun jadwal libur semester",
    "Melayani permohonan izin keramaian",
    "verifikasi izin tidak masuk siswa",
    "mengantar siswa sakit ke puskesmas",
    "piket libur nasional",
    "Mendata siswa yang sakit",
    "kunjungan rumah siswa sakit",
    "pemeriksaan pasien demam",
    "rapat; tidak ada kegiatan lain",
    "mengurus surat cuti melahirkan",
    "Jaga malam, pasien nihil keluhan",
    "mengosongkan gudang",
    "Membuat absen rapat",
    "absensi pegawai",
    "izin melapor, rapat komite",
    "mengajar kelas 8, 2 siswa sakit",
    "input cuti di aplikasi",
    "operasi pasar",
    "posyandu",
    "Selesai jaga posko banjir",
    "mengajar",
    "tindak lanjut laporan nihil gratifikasi",
)
NEITHER = (
    "",
    "ok",
    "terima kasih",
    "selamat pagi pak",
    "mohon izin pak",
    "siap",
    "tidak ada",
    "tidak",
    "12",
    "jadwal disepakati",
)


@pytest.mark.parametrize("text", [*AWAY, *ENGLISH_AWAY])
def test_somebody_is_away(text: str) -> None:
    assert read_absence(text) is Absence.AWAY


@pytest.mark.parametrize("text", [*NOTHING, *ENGLISH_NOTHING])
def test_there_is_nothing_to_report(text: str) -> None:
    assert read_absence(text) is Absence.NOTHING


@pytest.mark.parametrize("text", [*WORK, *NEITHER, *ENGLISH_WORK])
def test_work_and_courtesies_are_neither(text: str) -> None:
    assert read_absence(text) is None


def test_a_long_text_is_a_report() -> None:
    assert read_absence("sakit " * (LONGEST + 1)) is None
