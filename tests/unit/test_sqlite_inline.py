"""SQLite in the loop's own thread: what may wait does not hold up the loop, what is cancelled is whole."""

import asyncio
import os
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.engine import Database, takes_long, writes_so_far
from models.sqlite import InlineConnection, in_thread


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "office.db"
    with sqlite3.connect(found) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, said TEXT)")
    connection.close()
    return found


async def lets_go(other: sqlite3.Connection, turns: list[int]) -> None:
    """Holds the file while the loop turns ten times."""
    for turn in range(10):
        await asyncio.sleep(0.01)
        turns.append(turn)
    other.execute("COMMIT")


async def test_another_process_that_writes_is_waited_for_without_stopping_the_loop(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO notes (said) VALUES ('other')")
    turns: list[int] = []
    letting_go = asyncio.create_task(lets_go(other, turns))
    async with database.writing() as session:
        assert len(turns) == 10
        await session.execute(text("INSERT INTO notes (said) VALUES ('ours')"))
    await letting_go
    async with database.reading() as session:
        assert list(await session.scalars(text("SELECT said FROM notes ORDER BY id"))) == ["other", "ours"]
    other.close()
    await database.close()


async def test_a_read_that_finds_the_file_locked_waits_beside_the_loop(file: Path) -> None:
    with sqlite3.connect(file) as other:
        other.execute("PRAGMA journal_mode=DELETE")  # without a WAL a writer shuts readers out
    connection = InlineConnection(file)
    other.isolation_level = None
    other.execute("BEGIN EXCLUSIVE")
    turns: list[int] = []
    letting_go = asyncio.create_task(lets_go(other, turns))
    cursor = connection.cursor()
    await cursor.execute("SELECT count(*) FROM notes")
    assert (len(turns), await cursor.fetchall()) == (10, [(0,)])
    await letting_go
    other.close()
    await connection.close()


async def test_what_reads_much_does_not_stop_the_loop(file: Path) -> None:
    """Others that write wait for it in a unit of work; nobody who does not."""
    database = Database(f"sqlite:///{file}")
    threads: list[str] = []

    @takes_long
    async def reads_much(session: AsyncSession, *, upto: int) -> int:
        await note_thread(session)
        count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :upto)"
        return await session.scalar(text(f"{count} SELECT count(*) FROM n"), {"upto": upto}) or 0

    async def note_thread(session: AsyncSession) -> None:
        raw = await (await session.connection()).get_raw_connection()
        driver: Any = raw.driver_connection
        driver.raw.create_function("here", 0, lambda: threads.append(threading.current_thread().name))
        await session.execute(text("SELECT here()"))

    turns = 0

    async def turning() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.005)
            turns += 1

    others = asyncio.create_task(turning())
    async with database.reading() as session:
        assert await reads_much(session, upto=1_000_000) == 1_000_000
        assert turns > 3
        await note_thread(session)
    others.cancel()
    assert threads[0].startswith("sqlite-long")
    assert threads[1] == threading.main_thread().name
    await database.close()


@pytest.mark.parametrize("durable", [True, False])
async def test_a_unit_is_durable_unless_told_otherwise(file: Path, *, durable: bool) -> None:
    """2 is FULL, 1 is NORMAL; a unit after one that is not durable is durable again."""
    database = Database(f"sqlite:///{file}")
    async with database.writing(durable=durable) as session:
        assert await session.scalar(text("PRAGMA synchronous")) == (2 if durable else 1)
        await session.execute(text("INSERT INTO notes (said) VALUES ('x')"))
    async with database.writing() as session:
        assert await session.scalar(text("PRAGMA synchronous")) == 2
        assert await session.scalar(text("SELECT count(*) FROM notes")) == 1
    await database.close()


async def test_a_cancelled_commit_is_waited_for(file: Path) -> None:
    done = []

    def slow() -> None:
        time.sleep(0.05)
        done.append(True)

    task = asyncio.create_task(in_thread(slow))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == [True]


async def test_what_fails_in_the_thread_is_raised_here() -> None:
    def fails() -> None:
        raise sqlite3.OperationalError("disk I/O error")

    with pytest.raises(sqlite3.OperationalError):
        await in_thread(fails)


async def test_a_stream_and_many_rows_at_once(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    async with database.engine.begin() as connection:
        await connection.execute(
            text("INSERT INTO notes (said) VALUES (:said)"), [{"said": str(n)} for n in range(25)]
        )
    async with database.engine.connect() as connection:
        found = await connection.stream(text("SELECT said FROM notes ORDER BY id"))
        assert [row.said async for row in found] == [str(n) for n in range(25)]
    await database.close()


async def test_writes_are_counted_and_reads_are_not(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    async with database.writing() as session:
        before = await session.run_sync(writes_so_far)
        await session.execute(text("SELECT 1"))
        assert await session.run_sync(writes_so_far) == before
        await session.execute(text("INSERT INTO notes (said) VALUES ('x')"))
        assert await session.run_sync(writes_so_far) > before
    await database.close()


async def test_sqlites_own_form_of_an_address_makes_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    database = Database(f"sqlite:///file:{tmp_path}/new%20file.db?uri=true")
    async with database.writing() as session:
        await session.execute(text("CREATE TABLE a (id INTEGER)"))
    await database.close()
    assert database.file == tmp_path / "new file.db"
    assert os.listdir(tmp_path) == ["new file.db"]
    for wrong in ("file:x.db", "file:x?mode=memory&uri=true", "x.db?uri=true"):
        with pytest.raises(ValueError, match="file"):
            Database(f"sqlite:///{wrong}")
