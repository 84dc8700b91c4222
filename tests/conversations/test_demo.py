"""`kinerja demo --script`, as a person starts it."""

import asyncio
import sys
import time
from pathlib import Path

import pytest

SCENES = (
    "waktunya bertanya",
    "menekan [Isi laporan]",
    "Apa hasilnya, untuk siapa?",
    "menekan [Ganti RHK]",
    "Bukti masuk ke kegiatan",
    "Terkirim ✓ 3 kegiatan",
    "menekan [Kembalikan]",
    "mengembalikan satu kegiatan",
    "menekan [Kirim perbaikan]",
    "Sejak dikembalikan",
    "menyetujui laporan Anda",
    "memberi umpan balik",
    "membalas umpan balik Anda",
)


@pytest.mark.long
async def test_the_script_plays_one_whole_day(tmp_path: Path) -> None:
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "demo",
        "--script",
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    assert time.monotonic() - began < 60, "it ends within half a minute on an idle machine"
    text = out.decode()
    place = 0
    for scene in SCENES:
        found = text.find(scene, place)
        assert found >= 0, f"{scene!r} is missing, or comes too early"
        place = found
