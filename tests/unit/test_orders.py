"""Short typed words that are neither work nor outcome."""

import pytest

from services.reading.orders import asks_for_help, is_aside, is_only_time, is_send


@pytest.mark.parametrize(
    "text", ["kirim", "Kirim!", "tolong kirim ya bu", "kirim laporan", "oke kirim sekarang"]
)
def test_send(text: str) -> None:
    assert is_send(text)
    assert not is_aside(text)


@pytest.mark.parametrize("text", ["kirim surat", "kirim berkas ke BKN", "mengirim laporan", "1. kirim", ""])
def test_work_that_sends_something(text: str) -> None:
    assert not is_send(text)


@pytest.mark.parametrize(
    "text",
    [
        "udah itu aja bu",
        "sudah itu saja",
        "ok bu",
        "sebentar ya",
        "sekian terima kasih",
        "baik bu",
        "halo",
        "nanti saya isi",
        "besok saya kirim laporannya",
        "menyusul bu",
        "I'll fill it in later",
        "maaf salah tekan",
        "👍",
    ],
)
def test_aside(text: str) -> None:
    assert is_aside(text)


@pytest.mark.parametrize(
    "text",
    [
        "sudah",
        "sudah selesai semua",
        "beres",
        "siap dipakai",
        "30",
        "2. ok",
        "itu\nok",
        "lancar bu",
        "-",
        "belum",
    ],
)
def test_what_may_be_an_outcome(text: str) -> None:
    assert not is_aside(text)


@pytest.mark.parametrize("text", ["jam 7.30 sampai 9", "07.30-09.00", "2 jam", "90 menit"])
def test_only_a_time(text: str) -> None:
    assert is_only_time(text)


@pytest.mark.parametrize(
    "text", ["2 jam pelajaran tuntas", "30", "jam 7 siswa hadir", "selesai jam 9", "8-9\n9-10"]
)
def test_more_than_a_time(text: str) -> None:
    assert not is_only_time(text)


@pytest.mark.parametrize(
    "text",
    [
        "?",
        "apa itu RHK",
        "RHK itu apa?",
        "Bagaimana cara kirim",
        "gimana caranya bu",
        "cara mengisi laporan",
        "maksudnya apa",
        "apa maksudnya pak",
        "tidak tahu",
        "saya kurang paham",
        "bingung",
        "help",
        "bantuan",
        "what is RHK",
        "How do I send it?",
        "I don’t know",
    ],
)
def test_a_question_how_this_works(text: str) -> None:
    assert asks_for_help(text)


@pytest.mark.parametrize(
    "text",
    [
        "bantuan sosial",
        "penyaluran bantuan",
        "siswa tidak paham",
        "menjelaskan cara mengisi laporan",
        "cara membaca cepat",
        "apel pagi",
        "bagaimana\nrapat",
        "petunjuk teknis BOS",
        "sudah",
        "12?",
    ],
)
def test_work_and_answers_ask_for_no_help(text: str) -> None:
    assert not asks_for_help(text)
