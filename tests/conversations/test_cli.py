"""From files to a sent report: the commands an administrator types, against a Bot API server."""

import asyncio
import csv
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.demo.office import FOLDER
from simulator import Limits, Simulator


async def kinerja(folder: Path, sim: Simulator, *arguments: str) -> tuple[int, str]:
    """Runs the program as an administrator would; gives its exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=folder,
        env=environment(sim),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


def environment(sim: Simulator) -> dict[str, str]:
    return {
        **os.environ,
        "TELEGRAM_BOT_TOKEN": sim.token,
        "TELEGRAM_API_URL": sim.url,
        "DATABASE_URL": "sqlite:///office.db",
        "OFFICE_CLOCK": "2026-11-18T09:00:00+07:00",
        "ORGANIZATION": "Kemenag Sukamaju",
    }


def links_in(file: Path) -> dict[str, str]:
    """Name → invitation link, as the file of invitations has them."""
    rows = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())
    return {row["nama"]: row["link"] for row in rows}


@asynccontextmanager
async def the_product(folder: Path, sim: Simulator) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        cwd=folder,
        env=environment(sim),
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        assert await process.wait() == 0


async def test_an_office_is_set_up_and_reports(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text((FOLDER / "people.csv").read_text(encoding="utf-8"), encoding="utf-8")
    plans = tmp_path / "skp.csv"
    plans.write_text(
        (FOLDER / "skp.csv").read_text(encoding="utf-8").replace("{year}", "2026"), encoding="utf-8"
    )
    async with Simulator(limits=Limits.off(), patient=True, callback_seconds=10**9) as sim:
        code, said = await kinerja(tmp_path, sim, "import", "people", "people.csv", "--dry-run")
        assert code == 0, said
        code, said = await kinerja(tmp_path, sim, "invite", "--all", "--output", "links.csv")
        assert code == 0, said
        assert links_in(tmp_path / "links.csv") == {}
        for what in ("people", "skp"):
            code, said = await kinerja(tmp_path, sim, "import", what, f"{what}.csv")
            assert code == 0, said
        code, said = await kinerja(tmp_path, sim, "invite", "--all", "--output", "links.csv")
        assert code == 0, said
        links = links_in(tmp_path / "links.csv")
        assert len(links) == 8
        async with the_product(tmp_path, sim):
            ani, head = sim.person("Ani R"), sim.person("Nurul")
            await head.opens(links["Hj. Nurul Hidayah"])
            await head.taps("Ya, saya Hj. Nurul Hidayah")
            await ani.opens(links["Ani Rahmawati"])
            await ani.taps("Ya, saya Ani Rahmawati")
            await ani.says("Menyusun modul ajar bab zakat -> 1 modul siap dipakai")
            await ani.taps("Kirim")
            await head.sees("menunggu keputusan Anda")
            await head.taps("Ani Rahmawati · 18 Nov")
            await head.taps("Setujui")
            await ani.sees("menyetujui laporan Anda")


async def test_wrong_settings_are_named(tmp_path: Path) -> None:
    async with Simulator() as sim:
        wrong = {**environment(sim), "OFFICE_CLOCK": "kemarin"}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=tmp_path, env=wrong, stderr=asyncio.subprocess.PIPE
        )
        _, said = await process.communicate()
        assert process.returncode == 2
        assert b"OFFICE_CLOCK" in said


async def test_faults_of_a_file_are_all_listed_and_nothing_is_stored(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(
        "nama,nip,unit_kerja,nip_atasan,jabatan\nAni,123,MTsN,,Guru\n,198801122011012002,MTsN,999,Guru\n", encoding="utf-8"
    )
    async with Simulator() as sim:
        code, said = await kinerja(tmp_path, sim, "import", "people", "people.csv")
        assert code == 1
        for cell in ("B2", "A3", "D3"):
            assert cell in said, said
        code, said = await kinerja(tmp_path, sim, "invite", "198801122011012002")
        assert code == 1, said
