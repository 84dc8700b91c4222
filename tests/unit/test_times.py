"""Clock times and durations in a sentence."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reading.times import read_times


def clock(text: str) -> tuple[str | None, str | None, int | None, str]:
    start, end, minutes, rest = read_times(text)

    def shown(moment: time | None) -> str | None:
        return moment.strftime("%H:%M") if moment else None

    return shown(start), shown(end), minutes, rest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rapat 08.00-10.00", ("08:00", "10:00", 120, "Rapat")),
        ("Rapat jam 8-10", ("08:00", "10:00", 120, "Rapat")),
        ("Rapat pkl 08.00 s/d 10.00 WIB", ("08:00", "10:00", 120, "Rapat")),
        ("Rapat (08.30 – 11.30)", ("08:30", "11:30", 180, "Rapat")),
        ("jam 07.30 - 08.00 : Apel", ("07:30", "08:00", 30, "Apel")),
        ("07:30 Apel", ("07:30", None, None, "Apel")),
        ("dari jam 8 sampai jam 10 input", ("08:00", "10:00", 120, "input")),
        ("ngisi di RT 3 jam 1 siang sampai jam 3 sore", ("13:00", "15:00", 120, "ngisi di RT 3")),
        ("rapat jam setengah 9", ("08:30", None, None, "rapat")),
        ("rapat jam 9 kurang 15", ("08:45", None, None, "rapat")),
        ("jaga 22.00-06.00", ("22:00", "06:00", 480, "jaga")),
        ("rapat jam 11-1", ("11:00", "13:00", 120, "rapat")),
        ("rapat jam 1-3", ("13:00", "15:00", 120, "rapat")),
        ("lembur sampai jam 8 malam", (None, "20:00", None, "lembur")),
        ("rapat sd jam 10", (None, "10:00", None, "rapat")),
        ("upacara di SD jam 7", ("07:00", None, None, "upacara di SD")),
        ("rapat 10.00 - selesai", ("10:00", None, None, "rapat")),
        ("0800-0930 briefing", ("08:00", "09:30", 90, "briefing")),
        ("rapat pukul 16.00 selama 1 jam", ("16:00", None, 60, "rapat")),
        ("rapat 2 jam", (None, None, 120, "rapat")),
        ("rapat 1,5 jam", (None, None, 90, "rapat")),
        ("rapat 1 jam 15 menit", (None, None, 75, "rapat")),
        ("rapat setengah jam", (None, None, 30, "rapat")),
        ("rapat dua setengah jam", (None, None, 150, "rapat")),
        ("rapat ±2 jam", (None, None, 120, "rapat")),
        ("rapat 45 mnt", (None, None, 45, "rapat")),
        ("input 2 jam 15 berkas", (None, None, 120, "input 15 berkas")),
        ("Rapat, 10.00-12.00 WIB, tentang X", ("10:00", "12:00", 120, "Rapat, tentang X")),
        ("rapat 2 jam lebih", (None, None, 120, "rapat")),
        ("jam 9 pg - 12 siang jaga stan", ("09:00", "12:00", 180, "jaga stan")),
        ("memasang 3 jam dinding", (None, None, None, "memasang 3 jam dinding")),
    ],
)
def test_times(text: str, expected: tuple[str | None, str | None, int | None, str]) -> None:
    assert clock(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "3 jam pelajaran",
        "jam kerja pegawai",
        "piket jam istirahat",
        "piket 24 jam",
        "3x24 jam",
        "per 8 jam",
        "2 JP",
        "jam ke 3-4",
        "5 jamban",
        "kelas 7-9",
        "tahun 2025-2026",
        "Rp 10.00 juta",
        "192.168.10.20",
        "hadir 30 menit lebih awal",
        "1.250 lembar",
        "01.12.2026",
        "25.30",
    ],
)
def test_no_times(text: str) -> None:
    assert clock(text) == (None, None, None, text)


@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    start, end, minutes, rest = read_times(text)
    if not (start or end or minutes):
        assert rest == text
