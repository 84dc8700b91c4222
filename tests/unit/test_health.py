"""Reasons of health: what is one, and what only looks like it."""

import pytest

from services.reading.health import is_reason_of_health, tells_of_health


@pytest.mark.parametrize(
    "text",
    [
        "Yang bersangkutan sakit tipes, opname",
        "Asam lambung kambuh, kontrol ke dokter",
        "Covid-19",
        "migrain sejak pagi",
        "Operasi usus buntu",
        "Menunggu jadwal operasi",
        "kontrol rutin ke RSUD",
        "Kontrol ke rumah sakit",
        "Mengantar anak ke dokter",
        "Istri melahirkan",
        "Tidak enak badan",
        "maagnya kambuh",
        "Masuk rumah sakit sejak kemarin",
        "Ada surat dokter",
        "DARAH TINGGI",
        "Sick today",
        "Seeing the doctor",
    ],
)
def test_reasons_of_health(text: str) -> None:
    assert is_reason_of_health(text)
    assert tells_of_health(text)


@pytest.mark.parametrize(
    "text",
    [
        "Menunggu arahan pimpinan",
        "Rapat di rumah sakit ditunda",
        "Operasi pasar ditunda",
        "Sistem operasi komputer rusak",
        "Jam operasi loket dibatasi",
        "Biaya operasional belum cair",
        "Kegiatan kantor bersama",
        "Kunjungan ke puskesmas ditunda",
        "Kontrol kualitas menunggu data",
        "Dokumen belum lengkap",
        "",
    ],
)
def test_work_is_no_reason_of_health(text: str) -> None:
    assert not is_reason_of_health(text)
    assert not tells_of_health(text)


@pytest.mark.parametrize(
    "text", ["Penyuluhan DBD ditunda", "Kelas ibu hamil ditunda", "Menunggu data pasien tipes"]
)
def test_who_works_for_others_health_may_give_it_as_a_reason_but_it_tells_of_health(text: str) -> None:
    assert not is_reason_of_health(text)
    assert tells_of_health(text)
