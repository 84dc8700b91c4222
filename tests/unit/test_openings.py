"""One line while an outcome is asked for: is it new work, or what came of the work asked about?"""

import pytest

from services.entries.openings import opens_with_work

ASKED = "Menginput data EMIS semester ganjil"
WORK = (
    "memperbaiki printer",
    "Memperbaiki printer ruang TU",
    "menyusun modul ajar bab 4",
    "mengajar kelas 8A",
    "Mengajar Fikih 7B jam ke 3-4",
    "rapat komite madrasah",
    "Rapat persiapan ujian",
    "apel pagi",
    "upacara bendera",
    "piket pagi di gerbang",
    "monitoring kelas 9",
    "monev dana BOS",
    "koordinasi dengan kecamatan",
    "sosialisasi stunting di desa Mekar",
    "verifikasi berkas kenaikan pangkat",
    "menginput nilai rapor",
    "nginput data dapodik",
    "ngajar iqro",
    "ngecek absensi siswa",
    "nyusun lap bulanan",
    "melayani warga membuat KTP",
    "lalu melayani tamu dari dinas",
    "saya mengantar surat ke kantor camat",
    "mengoreksi ujian tengah semester",
    "membersihkan ruang arsip",
    "mendampingi siswa lomba pidato",
    "menghadiri undangan kelurahan",
    "mengikuti zoom sosialisasi SKP",
    "membuat surat undangan rapat wali murid",
    "membuat laporan keuangan",
    "membantu panitia lomba",
    "bikin RPP kelas 7",
    "rekap absensi bulan November",
    "cek kendaraan dinas",
    "kunjungan ke rumah siswa",
    "penyuluhan gizi di posyandu",
    "pelayanan legalisir ijazah",
    "pemeriksaan balita di posyandu",
    "penyusunan RKA",
    "senam bersama",
    "gladi upacara",
    "bimtek e-kinerja",
    "menata arsip surat masuk",
    "mengetik surat edaran",
    "menerima tamu dari kabupaten",
    "mengawas ujian",
    "membimbing siswa olimpiade",
    "bersih-bersih kantor",
    "berkoordinasi dengan bendahara",
    "memasang spanduk",
)
OUTCOMES = (
    "30 siswa tuntas",
    "12 berkas lengkap",
    "siswa lebih memahami pecahan",
    "siswa paham",
    "sudah selesai",
    "selesai semua",
    "data EMIS lengkap dan sinkron",
    "terinput 320 data siswa",
    "terlaksana dengan baik",
    "diterima BKN tanpa perbaikan",
    "disepakati jadwal ujian",
    "jadwal disepakati komite",
    "memudahkan guru mencari data",
    "mengurangi antrean warga",
    "menghasilkan 3 keputusan",
    "meningkatkan pemahaman siswa",
    "meningkat 10 persen",
    "memahami hak dan kewajiban",
    "mempercepat pencairan BOS",
    "mencegah data ganda",
    "mendapat persetujuan kepala",
    "menjadi dasar penyaluran BOS",
    "menyepakati jadwal baru",
    "membuat siswa lebih percaya diri",
    "membantu warga mendapat akta",
    "memberikan pemahaman kepada orang tua",
    "warga terlayani",
    "laporan siap dikirim",
    "printer bisa dipakai lagi",
    "rapat menyepakati jadwal ujian",
    "rapat berjalan lancar",
    "verifikasi selesai",
    "monitoring terlaksana",
    "pelayanan lancar",
    "penilaian selesai tepat waktu",
    "menunggu tanda tangan kepala",
    "menyelesaikan 12 berkas",
    "guru dan siswa tertib",
    "semua data masuk",
    "tertib",
    "nilai rata-rata naik dari 60 ke 85",
    "modul siap dipakai kelas 8",
    "orang tua menyetujui program",
    "tidak ada kendala",
    "menginput data EMIS 320 siswa",
    "data valid 100%",
    "dokumen tersimpan rapi",
    "kepala madrasah menandatangani",
    "peserta memahami tata cara pelaporan",
    "menambah wawasan guru",
    "memperlancar pelayanan",
    "surat terkirim ke 12 desa",
    "lancar",
    "honor guru dibayar",
)


def test_few_outcomes_are_taken_as_work_and_little_work_as_an_outcome() -> None:
    """The limits the design promises: a false report costs a press, and so does a false outcome."""
    false_reports = [line for line in OUTCOMES if opens_with_work(line, (ASKED,))]
    false_outcomes = [line for line in WORK if not opens_with_work(line, (ASKED,))]
    assert len(OUTCOMES) + len(WORK) >= 100
    assert len(false_reports) <= 0.03 * len(OUTCOMES), false_reports
    assert len(false_outcomes) <= 0.10 * len(WORK), false_outcomes


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ("Rapat komite", "rapat komite terlaksana dengan baik"),
        ("Memperbaiki printer", "memperbaiki printer 2 unit"),
        ("Apel pagi", "apel pagi"),
        ("Menyusun modul ajar bab 3 kelas 8", "menyusun modul ajar bab 3"),
    ],
)
def test_what_was_asked_said_again_is_its_outcome(asked: str, line: str) -> None:
    assert not opens_with_work(line, (asked,))


def test_the_same_verb_on_something_else_is_new_work() -> None:
    assert opens_with_work("menginput data dapodik guru honorer", (ASKED,))
