"""Reading a typed report: the goals on labelled messages, the rules one by one, and any text at all."""

from __future__ import annotations

import re
import time as clock
from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.capture import DEFAULT_FILE, FIELDS, load, score
from services.reading.capture import LONGEST_TEXT, ReadEntry, read_answers, read_entries, read_outcome

DATA = sorted(Path(DEFAULT_FILE).parent.glob("capture*.jsonl"))
FIELD_GOAL = 0.97
SPLIT_GOAL = 0.98

_PIECES = st.sampled_from(
    [
        "Rapat",
        "jam 8-10",
        "2 jam",
        "->",
        "hasil:",
        "12 brks",
        "\n",
        "1. ",
        "- ",
        "• ",
        "08.00",
        "https://s.id/x",
        "|",
        "\t",
        "*tebal*",
        "_",
        "sehingga",
        "dua puluh",
        "(",
        ")",
        "✅",
        "pak",
        "Nama: A",
        ".",
        ",",
        "selesai",
        ":",
    ]
)
_REPORTS = st.lists(_PIECES, max_size=60).map(" ".join)


def activities(text: str) -> list[str]:
    return [entry.activity for entry in read_entries(text)]


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.stem)
def test_labelled_messages_are_read(path: Path) -> None:
    figures, misses = score(load(path))

    assert figures["split"] >= SPLIT_GOAL, misses
    assert all(figures[name] >= FIELD_GOAL for name in FIELDS), misses


@given(st.one_of(st.text(max_size=LONGEST_TEXT), _REPORTS))
def test_any_text_is_read_the_same_way_twice(text: str) -> None:
    assert read_entries(text) == read_entries(text)
    read_outcome(text)
    for count in (0, 1, 3):
        assert len(read_answers(text, count)) == count


@given(st.lists(st.from_regex(r"[a-z]{4,9}", fullmatch=True), min_size=1, max_size=30))
def test_words_of_a_report_are_not_lost(words: list[str]) -> None:
    text = "Menyusun " + " ".join(words)

    kept = " ".join(f"{entry.activity} {entry.outcome or ''}" for entry in read_entries(text))

    marks = {"sehingga", "hasilnya", "selama", "dampaknya", "manfaatnya", "outputnya"}
    assert set(words) - marks <= set(re.findall(r"\w+", kept))


def test_every_entry_has_an_activity() -> None:
    for path in DATA:
        for sample in load(path):
            assert all(entry.activity.strip() for entry in read_entries(sample["text"]))


def test_fifty_activities_give_fifty_entries() -> None:
    text = "\n".join(f"{n}. Memeriksa berkas pemohon {n} -> {n} berkas" for n in range(1, 51))

    entries = read_entries(text)

    assert [entry.quantity for entry in entries] == list(range(1, 51))


@pytest.mark.parametrize(
    "unit",
    [
        "jam 8 ",
        "1. a ",
        "a\n",
        "- a\n",
        "dua ",
        "hasilnya ",
        "2 jam ",
        "✅ ",
        "a\t",
        "*a* ",
        "(",
        "1",
        "a.b.",
    ],
)
def test_long_messages_are_read_quickly(unit: str) -> None:
    text = (unit * LONGEST_TEXT)[:LONGEST_TEXT]
    read_entries("hangat")
    took = []
    for _ in range(3):  # the best: in a long run the collector may take a second of one of them
        before = clock.process_time()
        read_entries(text)
        took.append(clock.process_time() - before)

    assert min(took) < 0.25  # 20 ms when the machine is idle; quadratic work takes seconds


def test_markup_and_emoji_survive() -> None:
    text = "Uji <b>&\"' \u202bنص\u202c 🎉 aplikasi"

    assert activities(text) == [text]


@pytest.mark.parametrize(
    "text", ["", " \n ", "ok", "siap pak", "👍", "?", "Selamat pagi bu", "Laporan hari ini:"]
)
def test_chatter_is_no_activity(text: str) -> None:
    assert read_entries(text) == ()


def test_lines_under_an_activity_belong_to_it() -> None:
    text = "1. Rapat TAPD\n   Hasil: pagu disepakati\n   Waktu: 09.00-11.00\n   Bukti: s.id/tapd\n2. Arsip"

    first, second = read_entries(text)

    assert first == ReadEntry(
        "Rapat TAPD", "pagu disepakati", None, None, time(9), time(11), 120, ("s.id/tapd",)
    )
    assert second == ReadEntry("Arsip")


def test_points_under_hasil_go_to_the_activities_in_order() -> None:
    text = "Kegiatan:\n1. Apel\n2. Rapat\nHasil:\n1. semua hadir\n2. notulen"

    assert [entry.outcome for entry in read_entries(text)] == ["semua hadir", "notulen"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pagi:\n- Apel\nSiang:\n- Rapat", ["Apel", "Rapat"]),
        ("1. Rapat\n   - bahas A\n   - bahas B\n2. Arsip", ["Rapat: bahas A, bahas B", "Arsip"]),
        ("1. Menyusun laporan\nbulanan\n2. Arsip", ["Menyusun laporan bulanan", "Arsip"]),
        ("1. Apel 2. Rapat 3. Arsip", ["Apel", "Rapat", "Arsip"]),
        ("Rapat membahas 1) anggaran 2) jadwal", ["Rapat membahas 1) anggaran 2) jadwal"]),
        ("Rapat bahas a, b, dan c", ["Rapat bahas a, b, dan c"]),
        ("pukul 08.00\nApel\npukul 09.00\nRapat", ["Apel", "Rapat"]),
        ("Rapat\nTerima kasih\nBudi Santoso, S.Pd", ["Rapat"]),
        ("Izin keramaian diproses", ["Izin keramaian diproses"]),
        ("1. 07.30-09.00 Apel\n2. 09.15 Rapat", ["Apel", "Rapat"]),
        ("1. 08.00 - 09.00 Apel 2. 09.00 - 10.00 Rapat", ["Apel", "Rapat"]),
        ("1. 12 berkas diperiksa\n2. 3 surat dibuat", ["12 berkas diperiksa", "3 surat dibuat"]),
        ("08. 00 - 09. 00 Apel", ["Apel"]),
        ("🕗 08.00 Apel\n📚 Koreksi 30 buku\n👩\u200d🏫 Mengajar", ["Apel", "Koreksi 30 buku", "Mengajar"]),
        ("📋 Laporan Harian\n👤 Nama: Ani\n📍 Lokasi: Kantor\n1. Apel", ["Apel"]),
        ("Apel\n🙏 Demikian laporan kami", ["Apel"]),
        ("[18/11 15.30] Ani: Apel\n[18/11 15.31] Ani: Rapat", ["Apel", "Rapat"]),
        ("Rapat | hasil: notulen", ["Rapat"]),
        ("Laporan WFH\nJam masuk : 07.30\nJam pulang : 16.00\n- Arsip", ["Arsip"]),
        ("Giat hari ini: sambang desa", ["sambang desa"]),
        ("Apel,\nrapat staf,\ninput data", ["Apel", "rapat staf", "input data"]),
        ("Rapat membahas anggaran,\njadwal dan tim", ["Rapat membahas anggaran, jadwal dan tim"]),
    ],
)
def test_messages_are_parted(text: str, expected: list[str]) -> None:
    assert activities(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-> 1 laporan", ("1 laporan", 1, "laporan")),
        ("Hasil: 20 brks terverifikasi", ("20 brks terverifikasi", 20, "berkas")),
        ("warga paham", ("warga paham", None, None)),
        ("1 laporan\n2 surat", ("1 laporan; 2 surat", 1, "laporan")),
    ],
)
def test_an_outcome_alone(text: str, expected: tuple[str, int | None, str | None]) -> None:
    assert read_outcome(text) == expected


@pytest.mark.parametrize(
    ("text", "count", "expected"),
    [
        ("1. paham\n2. -\n3. 5 berkas", 3, ("paham", None, "5 berkas")),
        ("paham\nlewati\nada", 3, ("paham", None, "ada")),
        ("2: notulen", 3, (None, "notulen", None)),
        ("no 2 notulen\nno 1 hadir", 2, ("hadir", "notulen")),
        ("- a\n- b", 2, ("a", "b")),
        ("a\nb\nc", 2, ("a", "b; c")),
        ("1. a\nlanjutan\n2. b", 2, ("a; lanjutan", "b")),
        ("1) a 2) b", 2, ("a", "b")),
        ("32 siswa paham, 2 remedial", 1, ("32 siswa paham, 2 remedial",)),
        ("tidak ada", 1, (None,)),
        ("12 siswa tuntas\n3 berkas", 2, ("12 siswa tuntas", "3 berkas")),
        ("", 2, (None, None)),
    ],
)
def test_answers_go_to_what_was_asked(text: str, count: int, expected: tuple[str | None, ...]) -> None:
    assert read_answers(text, count) == expected


def test_three_digit_numbers_of_a_list_are_stripped_like_the_others() -> None:
    found = read_entries("99. Rapat komite\n240. Menyusun modul\n241) Mengawas ujian")
    assert [one.activity for one in found] == ["Rapat komite", "Menyusun modul", "Mengawas ujian"]
    assert read_entries("150.000 lembar naskah dicetak")[0].activity.startswith("150.000")
