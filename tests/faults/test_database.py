"""The database is away or full, the folder of evidence too: nothing is lost, and it goes on."""

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models import Base, Evidence
from models.engine import Database
from services.clock import OfficeClock
from tests.databases import Files
from tests.faults.conftest import Desk, desk_at, line, typed
from tests.faults.office import mark_migrated
from tests.faults.programs import Program
from tests.faults.servers import Mortal, mortal
from tests.office import build_office

DELAYED = "Yang Anda kirim tidak hilang"
ROOM = 64 * 1024
"""Bytes up to which a file may grow once the disk is full: less than the database has, more than the log."""


@asynccontextmanager
async def held(file: str) -> AsyncIterator[None]:
    """Another program writes to the file and takes its time."""
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    try:
        await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
        yield
    finally:
        other.close()


async def test_a_file_locked_for_a_while_delays_and_loses_nothing(desk: Desk) -> None:
    async with desk.program():
        await desk.sim.quiet()
        async with held(str(desk.db.url.database)):
            for number in (1, 2, 3):
                await desk.ani.says(line(number))
            await desk.citra.says(line(4))
            await asyncio.sleep(1.0)
            assert not desk.ani.sees_now("K1")
        await desk.ani.sees("K3")
        await desk.citra.sees("K4")
        await desk.settled()
    assert await desk.activities() == typed(1, 2, 3, 4)


@pytest.fixture(scope="module")
def fragile() -> Iterator[Mortal]:
    with mortal() as found:
        yield found


@pytest.mark.postgres
async def test_a_server_that_dies_and_comes_back(fragile: Mortal, now: datetime, tmp_path: Path) -> None:
    """Stopped as by a power cut while people type; what they typed meanwhile is stored once."""
    await fragile.server.run("CREATE DATABASE office")
    db = Database(fragile.server.url("office"))
    try:
        async with db.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        async with db.writing() as session:
            office = await build_office(session, now=now)
        async with desk_at(db, office, now, tmp_path) as desk, desk.program():
            await desk.ani.says(line(1))
            await desk.ani.sees("K1")
            for number in range(2, 6):
                await desk.citra.says(line(number))
            await fragile.stops()
            await desk.ani.says(line(6))
            await desk.citra.says(line(7))
            await asyncio.sleep(0.3)
            assert not desk.ani.sees_now("K6")
            await desk.ani.sees(DELAYED, timeout=10)
            await fragile.starts()
            await desk.ani.sees("K6", timeout=15)
            await desk.citra.sees("K7", timeout=15)
            await desk.settled()
            assert await desk.activities() == typed(*range(1, 8))
            assert sum(DELAYED in one.text for one in desk.ani.messages) == 1, "told once"
    finally:
        await db.close()


async def test_a_full_disk_keeps_nothing_half_and_goes_on(
    sqlite_files: Files, now: datetime, tmp_path: Path
) -> None:
    """The real program under a limit on the size of its files, which is lifted again."""
    async with sqlite_files.opened(tmp_path) as db:
        async with db.writing() as session:
            office = await build_office(session, now=now)
        await mark_migrated(db)
        async with desk_at(db, office, now, tmp_path) as desk:
            environment = {
                "TELEGRAM_BOT_TOKEN": desk.sim.token,
                "TELEGRAM_API_URL": desk.sim.url,
                "DATABASE_URL": f"sqlite:///{db.url.database}",
                "OFFICE_CLOCK": now.isoformat(),
            }
            program = Program("run", tmp_path, environment)
            await program.start()
            try:
                await program.ready()
                await desk.ani.says(line(1))
                await desk.ani.sees("K1", timeout=10)
                await desk.settled()
                before = limit(program, ROOM)
                await desk.ani.says(line(2))
                await desk.citra.says(line(3))
                async with asyncio.timeout(10):
                    while "update_not_stored" not in program.log():  # noqa: ASYNC110
                        await asyncio.sleep(0.05)
                assert program.alive
                await desk.ani.sees(DELAYED, timeout=10)
                assert not desk.ani.sees_now("K2")
                limit(program, before)
                await desk.ani.sees("K2", timeout=10)
                await desk.citra.sees("K3", timeout=10)
                await desk.settled()
                assert await program.stop() == 0
            finally:
                await program.kill()
            assert await desk.activities() == typed(1, 2, 3)


def limit(program: Program, size: int) -> int:
    """From now on no file of the process grows past so many bytes; gives the limit before."""
    before, hard = resource.prlimit(program.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(program.pid, resource.RLIMIT_FSIZE, (size, hard))
    return before


async def test_evidence_waits_for_a_folder_that_takes_it(desk: Desk) -> None:
    folder = desk.folder / "evidence"
    folder.write_bytes(b"")  # nothing can be stored below a file
    async with desk.program() as program:
        await desk.ani.says(line(1))
        await desk.ani.sees("K1")
        await desk.ani.uploads(photo=True)
        await desk.ani.sees("1 bukti")
        await desk.settled()
        async with asyncio.timeout(5):
            while (one := await evidence(desk)).fetch_attempts == 0:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert one.sha256 is None
        assert one.failed_at is None
        folder.unlink()
        assert isinstance(desk.clock, OfficeClock)
        desk.clock.move_to(desk.clock() + timedelta(hours=1))
        program.deps.wake_evidence()
        async with asyncio.timeout(5):
            while (one := await evidence(desk)).sha256 is None:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    assert await desk.activities() == typed(1)


async def evidence(desk: Desk) -> Evidence:
    async with desk.db.reading() as session:
        found = (await session.scalars(select(Evidence))).one()
        session.expunge_all()
    return found
