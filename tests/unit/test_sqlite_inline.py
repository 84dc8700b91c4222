"""SQLite in the loop's own thread: what may wait does not hold up the loop, what is cancelled is whole."""

import asyncio
import sqlite3
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from models.engine import Database, writes_so_far
from models.sqlite import in_thread


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "office.db"
    with sqlite3.connect(found) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, said TEXT)")
    connection.close()
    return found


async def test_another_process_that_writes_is_waited_for_without_stopping_the_loop(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO notes (said) VALUES ('other')")
    turns = 0

    async def lets_go() -> None:
        nonlocal turns
        for _ in range(10):
            await asyncio.sleep(0.01)
            turns += 1
        other.execute("COMMIT")

    letting_go = asyncio.create_task(lets_go())
    async with database.writing() as session:
        assert turns == 10
        await session.execute(text("INSERT INTO notes (said) VALUES ('ours')"))
    await letting_go
    async with database.reading() as session:
        assert list(await session.scalars(text("SELECT said FROM notes ORDER BY id"))) == ["other", "ours"]
    other.close()
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
