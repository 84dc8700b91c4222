"""The picture of a week: drawn once in a process of its own, small, as wide as a phone, or refused."""

import asyncio
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from documents.pictures import Bar, DayCount, DrawingFailed, WeekPicture, draw, picture_path

LONG = (
    "Terlaksananya pembinaan, pendampingan, dan pengembangan kompetensi guru madrasah dalam penyusunan "
    "perangkat pembelajaran di lingkungan Kantor Kementerian Agama Kabupaten Sukamaju"
)
WEEK = WeekPicture(
    title="Ani Rahmawati",
    subtitle="Jumat 13 – Kamis 19 November 2026",
    bars_title="Kemajuan SKP 2026",
    bars=(Bar("Tersusunnya perangkat pembelajaran", 7 / 12, "7 dari 12 dokumen", 0.86),),
    days_title="Hari yang dilaporkan",
    days=(DayCount("Jum 13", 1, 1), DayCount("Sen 16", 0, 1), DayCount("Sel 17", 1, 0)),
    empty="Minggu ini tidak ada hari kerja.",
    expected_label="laju yang diharapkan",
)
EMPTY = replace(WEEK, bars=(), days=())
LARGEST = 150 * 1024


def drawn_in(folder: Path) -> list[Path]:
    return list(folder.glob("*.png"))


def size_of(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize(
    ("week", "tall"),
    [
        (EMPTY, 420),
        (WEEK, 1000),
        (replace(WEEK, bars=tuple(Bar(f"{n}. {LONG}", n / 9, f"{n}", 0.8) for n in range(12))), 3300),
        (replace(WEEK, days=tuple(DayCount(f"Hari {n}", 59 - n, 60) for n in range(7))), 1000),
        (replace(WEEK, title="$a_b$ \\frac & <b>\x00\u2066 😀" * 9, bars=(Bar("x" * 300, 9.5, "∞"),)), 1100),
        (replace(WEEK, bars=(Bar(LONG, None, "belum terukur"), Bar("", -1, ""))), 1100),
    ],
    ids=["empty", "one", "twelve", "sixty people", "odd signs", "unmeasured"],
)
async def test_a_week_is_small_and_as_wide_as_a_phone(week: WeekPicture, tall: int, tmp_path: Path) -> None:
    png = await draw(week, folder=tmp_path / "new")
    width, height = size_of(png)
    assert width == 1080
    assert tall * 0.85 <= height <= tall * 1.15
    assert len(png) <= LARGEST


async def test_the_same_picture_is_drawn_once(tmp_path: Path) -> None:
    png = await draw(WEEK, folder=tmp_path)
    assert picture_path(tmp_path, WEEK).read_bytes() == png
    assert await draw(WEEK, folder=tmp_path, seconds=0) == png, "no process is that quick"
    other = replace(WEEK, subtitle="Minggu lain")
    with pytest.raises(DrawingFailed):
        await draw(other, folder=tmp_path, seconds=0)
    assert not picture_path(tmp_path, other).exists()


async def test_what_cannot_be_drawn_is_said_and_not_kept(tmp_path: Path) -> None:
    wrong = replace(WEEK, bars=(Bar("x", float("nan"), "?"),))
    with pytest.raises(DrawingFailed):
        await draw(wrong, folder=tmp_path)
    assert not drawn_in(tmp_path)


async def test_a_folder_that_cannot_be_written_costs_no_picture(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    assert size_of(await draw(EMPTY, folder=file))[0] == 1080


async def test_several_at_once_come_one_after_the_other(tmp_path: Path) -> None:
    drawn = await asyncio.gather(*(draw(EMPTY, folder=tmp_path) for _ in range(3)))
    assert len(set(drawn)) == 1
    assert len(drawn_in(tmp_path)) == 1


def test_the_program_itself_loads_no_plotting_library() -> None:
    """Nor what writes workbooks before there is one to write, nor the days off of other countries."""
    code = (
        "import sys, bot.program, bot.app, handlers, documents.pictures; "
        "from services.calendar.seeding import published_days; published_days([2026]); "
        "heavy = 'matplotlib', 'PIL', 'xlsxwriter', 'holidays.countries.a'; "
        "sys.exit(any(name.startswith(heavy) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
