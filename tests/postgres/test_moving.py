"""`kinerja migrate-data`: everything arrives, in every column, or nothing does."""

import argparse
import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import LargeBinary, create_engine, event, insert, select, text
from sqlalchemy.exc import DBAPIError

from bot.commands import moving
from bot.sole import lock_file, sole_use
from bot.texts import Texts
from models import Base, Heartbeat, Person, Unit
from models.engine import Database
from models.migrate import newest
from models.transfer import rows
from models.transfer.moving import move
from models.transfer.opening import existing, loading, snapshot
from models.transfer.refusing import Refused, Unfinished
from models.transfer.shape import LEFT_BEHIND, Column, Row, TableShape, read_shape
from models.transfer.values import Kind, kind_of
from tests.conftest import WEDNESDAY
from tests.postgres.filled import FAR, HARD, counts, dump, stored
from tests.postgres.moves import LATER, Taken, run, url_of

pytestmark = pytest.mark.postgres
KINDS = ("sqlite", "postgresql")
RENAME = "UPDATE units SET name = 'lain' WHERE id = 1"
SAY = Texts().speech("id").plain
either = pytest.mark.parametrize("kind", KINDS)


def without_processes(found: dict[str, list[Row]]) -> dict[str, list[Row]]:
    return {name: lines for name, lines in found.items() if name not in LEFT_BEHIND}


async def refused(source: Database, target: Database, **more: bool) -> Refused:
    """Why it is not moved; the target is as empty as before."""
    before = await counts(target)
    with pytest.raises(Refused) as caught:
        await move(source, target, now=LATER, **more)
    assert await counts(target) == before
    return caught.value


async def test_the_office_that_is_moved_has_rows_in_every_table_and_what_is_hard(there: Taken) -> None:
    source = await there.full("sqlite")
    found = await counts(source)
    assert not [name for name, count in found.items() if not count and name != "heartbeats"]
    async with source.reading() as session:
        assert HARD in set(await session.scalars(select(Person.name)))
        assert await session.scalar(text(f"SELECT 1 FROM cards WHERE chat_id = {-FAR - 1}"))
        backwards = text("SELECT 1 FROM people WHERE supervisor_id > id")
        assert await session.scalar(backwards), "a row that refers to a later one"


async def test_sqlite_to_postgresql_and_back_is_the_same_to_the_byte(there: Taken) -> None:
    source, middle = await there.full("sqlite"), await there.empty("postgresql")
    back = await there.empty("sqlite")
    before = await dump(source)
    moved = await move(source, middle, now=LATER)
    after = await dump(middle)
    assert without_processes(after) == without_processes(before)
    assert {one.table: one.rows for one in moved} == {
        name: count for name, count in (await counts(source)).items() if name not in LEFT_BEHIND
    }
    await move(middle, back, now=LATER)
    assert (await dump(source), await dump(middle)) == (before, after), "a source is only read"
    await source.close()
    await back.close()
    assert list(stored(str(back.url.database))) == list(stored(str(source.url.database)))
    async with middle.writing() as session:
        highest = max(await session.scalars(select(Unit.id)))
        session.add(new := Unit(name="Baru"))
        await session.flush()
        assert new.id == highest + 1, "PostgreSQL numbers on"


@asynccontextmanager
async def somebody_writes(source: Database) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """A transaction that ends with the block; gives what waits until somebody waits for it."""
    writer = Database(url_of(source))
    async with writer.writing() as session:
        session.add(Unit(name="Impor"))
        await session.flush()

        async def waited_for() -> None:
            waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            for _ in range(500):
                if await session.scalar(waiting):
                    return
                await asyncio.sleep(0.01)
            raise TimeoutError

        yield waited_for
    await writer.close()


async def test_what_was_being_written_when_it_began_is_moved_too(there: Taken) -> None:
    """The instant that is copied begins when nobody writes any more, not while they are waited for."""
    source, target = await there.empty("postgresql"), await there.empty("sqlite")
    async with somebody_writes(source) as waited_for:
        moved = asyncio.create_task(move(source, target, now=LATER))
        await waited_for()
    assert sum(one.rows for one in await moved) == 1
    assert (await counts(target))["units"] == 1


async def test_a_table_that_is_made_meanwhile_is_not_left_out(there: Taken) -> None:
    source, target = await there.empty("postgresql"), await there.empty("sqlite")
    async with somebody_writes(source) as waited_for:
        moved = asyncio.create_task(move(source, target, now=LATER))
        await waited_for()
        await run(source, "CREATE TABLE late (id integer PRIMARY KEY)")
    with pytest.raises(Refused) as caught:
        await moved
    await run(source, "DROP TABLE late")
    assert caught.value.code == "busy"


async def test_a_target_without_any_table_gets_them(there: Taken) -> None:
    target = Database(f"sqlite:///{there.folder}/new/office.db")
    try:
        await move(await there.full("sqlite"), target, now=LATER)
        async with target.reading() as session:
            assert await session.scalar(text("SELECT version_num FROM alembic_version")) == newest()
    finally:
        await target.close()


@either
async def test_a_target_that_holds_something_is_refused(there: Taken, kind: str) -> None:
    target = await there.empty(kind)
    await run(target, "INSERT INTO units (name) VALUES ('Ada')")
    told = await refused(await there.full("sqlite"), target)
    assert (told.code, told.params) == ("filled", {"table": "units"})


async def test_a_target_of_somebody_else_is_refused(there: Taken) -> None:
    target = Database(f"sqlite:///{there.folder}/other.db")
    await run(target, "CREATE TABLE theirs (id INTEGER PRIMARY KEY)")
    with pytest.raises(Refused) as caught:
        await move(await there.full("sqlite"), target, now=LATER)
    assert caught.value.code == "foreign"
    await target.close()


async def test_the_same_database_twice_is_refused(there: Taken) -> None:
    source = await there.full("sqlite")
    again = Database(url_of(source))
    with pytest.raises(Refused) as caught:
        await move(source, again, now=LATER)
    assert caught.value.code == "same"
    await again.close()


@pytest.mark.parametrize(("version", "code"), [("0003", "older"), ("9999", "newer"), (None, "no_office")])
async def test_another_schema_is_refused(there: Taken, version: str | None, code: str) -> None:
    source = await there.full("sqlite")
    await run(source, "DELETE FROM alembic_version")
    if version is not None:
        await run(source, f"INSERT INTO alembic_version VALUES ('{version}')")
    assert (await refused(source, await there.empty("sqlite"))).code == code


async def test_while_the_bot_runs_only_a_rehearsal_is_possible(there: Taken) -> None:
    source = await there.full("sqlite")
    async with source.writing() as session:
        seen = LATER - timedelta(seconds=59)
        beat = {"name": "a:1", "mode": "run", "version": "1", "started_at": WEDNESDAY, "seen_at": seen}
        await session.execute(insert(Heartbeat), [beat])
    target = await there.empty("sqlite")
    assert (await refused(source, target)).code == "alive"
    await move(source, target, now=LATER, anyway=True)
    assert without_processes(await dump(target)) == without_processes(await dump(source))
    assert (await counts(target))["heartbeats"] == 0


@either
async def test_nobody_writes_in_the_source_meanwhile(
    there: Taken, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = await there.full(kind)
    other = Database(url_of(source))
    monkeypatch.setattr("models.transfer.opening.BUSY_SECONDS", 0.2)
    try:
        async with snapshot(source, still=True):
            if kind == "sqlite":
                with (
                    sqlite3.connect(str(source.url.database), timeout=0.1) as plain,
                    pytest.raises(sqlite3.OperationalError, match="locked"),
                ):
                    plain.execute(RENAME)
                plain.close()
            else:
                with pytest.raises(DBAPIError, match="lock timeout"):
                    await run(other, "SET LOCAL lock_timeout = '0.1s'", RENAME)
        if kind == "postgresql":  # SQLite's own patience is ten seconds
            async with other.writing() as session:
                await session.execute(text(RENAME))
                assert (await refused(source, await there.empty("sqlite"))).code == "busy"
    finally:
        await other.close()


TAMPERING = {
    "people": "UPDATE people SET plan_asked = (1 = 1) WHERE id = 3",
    "indicators": "UPDATE indicators SET goal = goal + 0.0001 WHERE id = 2",
    "dialogues": "UPDATE dialogues SET data = '{}' WHERE chat_id = (SELECT min(chat_id) FROM dialogues)",
    "seen_updates": "DELETE FROM seen_updates WHERE update_id = (SELECT max(update_id) FROM seen_updates)",
    "units": "INSERT INTO units (id, name) VALUES (999, 'Sisipan') ON CONFLICT DO NOTHING",
}
"""One value, one text, one row less, one row more."""


async def tamper(target: Database, statement: str) -> None:
    """From now on the target does this by itself as soon as its last table is filled."""
    if target.is_sqlite:
        await run(target, f"CREATE TRIGGER tampers AFTER INSERT ON sheet_rows BEGIN {statement}; END")
        return
    await run(
        target,
        f"CREATE FUNCTION tamper() RETURNS trigger AS $$ BEGIN {statement}; RETURN NULL; END $$"
        " LANGUAGE plpgsql",
        "CREATE TRIGGER tampers AFTER INSERT ON sheet_rows EXECUTE FUNCTION tamper()",
    )


@pytest.mark.parametrize(
    ("table", "kind"), [*((one, "sqlite") for one in TAMPERING), ("units", "postgresql")]
)
async def test_a_row_that_differs_takes_everything_back(there: Taken, table: str, kind: str) -> None:
    source, target = await there.full("sqlite"), await there.empty(kind)
    await tamper(target, TAMPERING[table])
    told = await refused(source, target)
    assert (told.code, told.params["table"]) == ("different", table)
    assert told.params["key"]


UNHELD = [
    ("people", "name = 'a' || char(0) || 'b'", "nul", "name"),
    ("people", "language = 'panjang'", "value", "language"),
    ("people", "reminder_cap = 'tiga'", "value", "reminder_cap"),
    ("people", "created_at = 'kemarin'", "value", "created_at"),
    ("people", "active = 7", "value", "active"),
    ("indicator_values", "number = 123456789012345678", "value", "number"),
    ("failed_updates", "body = '{\"x\": NaN}'", "value", "body"),
    ("failed_updates", "body = '[' || 'x'", "value", "body"),
]


async def test_what_postgresql_cannot_hold_is_named_by_its_place(there: Taken) -> None:
    source, target = await there.full("sqlite"), await there.empty("postgresql")
    async with source.engine.connect() as reading, target.engine.connect() as writing:
        tables = {one.name: one for one in (await read_shape(reading)).tables}
        for table, damage, code, column in UNHELD:
            await reading.execute(text(f"UPDATE {table} SET {damage} WHERE id = 2"))
            with pytest.raises(Refused) as caught:
                async with aclosing(rows.read(reading, tables[table])) as found:
                    await rows.write(writing, tables[table], found)
            told = (caught.value.code, caught.value.params)
            assert told == (code, {"table": table, "key": "2", "column": column})
            await reading.rollback()
            await writing.rollback()


async def test_what_only_the_server_knows_it_cannot_hold_is_named_by_its_table(there: Taken) -> None:
    target = await there.empty("postgresql")
    odd = TableShape(
        "odd", (Column("id", Kind.WHOLE), Column("number", Kind.EXACT, scale=2)), (0,), numbered=True
    )

    async def large() -> AsyncIterator[list[Row]]:
        yield [(1, Decimal("123456.00"))]

    async with target.engine.connect() as writing:
        await writing.execute(text("CREATE TABLE odd (id integer PRIMARY KEY, number numeric(4, 2))"))
        with pytest.raises(Refused) as caught:
            await rows.write(writing, odd, large())
    assert (caught.value.code, caught.value.params) == ("unheld", {"table": "odd", "rule": "22003"})


@either
async def test_a_row_that_refers_to_nobody_is_named(there: Taken, kind: str) -> None:
    source = await there.full("sqlite")
    raw = create_engine(f"sqlite:///{source.url.database}")
    with raw.begin() as plain:
        plain.exec_driver_sql("UPDATE people SET unit_id = 777 WHERE id = 2")
    raw.dispose()
    told = await refused(source, await there.empty(kind))
    assert (told.code, told.params["table"]) == ("broken", "people")


async def test_what_the_databases_say_of_their_columns_is_what_the_models_say(there: Taken) -> None:
    """A new type of column must be taught to the copy."""
    for kind in KINDS:
        database = await there.empty(kind)
        async with snapshot(database) as connection:
            shape = await read_shape(connection)
        found = {one.name: {column.name: column.kind for column in one.columns} for one in shape.tables}
        assert found == {
            table.name: {column.name: kind_of(column.type) for column in table.columns}
            for table in Base.metadata.sorted_tables
            if table.name not in LEFT_BEHIND
        }
    with pytest.raises(ValueError, match="no kind"):
        kind_of(LargeBinary())


async def half_a_load(target: Database) -> None:
    async with loading(target) as (connection, _):
        await connection.execute(text("INSERT INTO units (name) VALUES ('Setengah')"))
        raise RuntimeError


async def test_a_failed_load_leaves_an_empty_database(there: Taken) -> None:
    for kind in KINDS:
        target = await there.empty(kind)
        with pytest.raises(RuntimeError):
            await half_a_load(target)
        assert not any((await counts(target)).values())


# The command


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    moving.add_parser(parser.add_subparsers(dest="command"))
    return parser.parse_args(["migrate-data", *words])


async def test_the_command_counts_every_table(there: Taken, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = await there.full("sqlite"), await there.empty("postgresql")
    args = arguments("--from", url_of(source), "--to", url_of(target))
    assert await moving.run(args, now=LATER, texts=SAY) == 0
    said = capsys.readouterr().out
    assert "people: 10 baris" in said
    assert "sama di kedua basis data" in said
    assert await moving.run(args, now=LATER, texts=SAY) == 1
    assert "sudah berisi" in capsys.readouterr().err


async def test_the_lock_of_a_file_says_whether_its_bot_runs(
    there: Taken, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = await there.full("sqlite"), await there.empty("sqlite")
    async with source.writing() as session:
        killed = {"name": "a:1", "mode": "run", "version": "1", "started_at": WEDNESDAY, "seen_at": LATER}
        await session.execute(insert(Heartbeat), [killed])
    args = arguments("--from", url_of(source), "--to", url_of(target))
    assert await moving.run(args, now=LATER, texts=SAY) == 1, "without a lock file there is only what it told"
    assert "Ada 1 proses bot" in capsys.readouterr().err
    lock = lock_file(source.file)
    lock.symlink_to(lock)  # it is there, and cannot be opened
    assert await moving.run(args, now=LATER, texts=SAY) == 1
    assert f"Berkas kunci {lock} tidak bisa dibaca" in capsys.readouterr().err
    lock.unlink()
    with sole_use(source.file):
        assert await moving.run(args, now=LATER, texts=SAY) == 1
        assert "Bot sedang berjalan" in capsys.readouterr().err
    assert await moving.run(args, now=LATER, texts=SAY) == 0


def breaks_at(target: Database, statement: str) -> None:
    """The server ends the connection as soon as it is told this."""

    @event.listens_for(target.engine.sync_engine, "before_cursor_execute", retval=True)
    def cut(_c: Any, _cursor: Any, told: str, parameters: Any, _x: Any, _m: bool) -> tuple[str, Any]:
        return ("SELECT pg_terminate_backend(pg_backend_pid())" if told == statement else told), parameters


async def test_what_fails_after_the_commit_takes_nothing_back(there: Taken) -> None:
    source, target = await there.full("sqlite"), await there.empty("postgresql")
    breaks_at(target, "ANALYZE")
    assert await move(source, target, now=LATER)
    assert (await counts(target))["people"] == 10


async def a_load_whose_server_goes_away(target: Database) -> None:
    other = Database(url_of(target))
    async with loading(target) as (connection, _):
        pid = await connection.scalar(text("SELECT pg_backend_pid()"))
        await run(other, f"SELECT pg_terminate_backend({pid})")
        await other.close()


async def test_a_server_that_goes_away_while_it_commits_is_not_said_to_be_empty(
    there: Taken, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Unfinished) as caught:
        await a_load_whose_server_goes_away(await there.empty("postgresql"))
    assert caught.value.code == "unsure"
    assert moving.told(caught.value, SAY, "transfer.nothing") == 1
    said = capsys.readouterr().err
    assert "belum pasti" in said
    assert SAY("transfer.nothing") not in said


async def test_a_file_that_is_not_there_is_not_made(there: Taken, capsys: pytest.CaptureFixture[str]) -> None:
    missing = there.folder / "no" / "office.db"
    args = arguments("--from", f"sqlite:///{missing}", "--to", f"sqlite:///{there.folder}/x.db")
    assert await moving.run(args, now=LATER, texts=SAY) == 1
    assert "tidak ada" in capsys.readouterr().err
    assert not missing.parent.exists()
    with pytest.raises(Refused):
        existing(f"sqlite:///{missing}")


async def test_a_database_that_is_away_is_named_without_its_password(
    there: Taken, capsys: pytest.CaptureFixture[str]
) -> None:
    source = await there.full("sqlite")
    away = "postgresql://kinerja:hidden-word@127.0.0.1:9/none"
    for words in (("--from", away, "--to", url_of(source)), ("--from", url_of(source), "--to", away)):
        assert await moving.run(arguments(*words), now=LATER, texts=SAY) == 1
        said = "".join(capsys.readouterr())
        assert f"\n{words[0] if words[1] == away else words[2]}: basis data" in said
        assert "hidden-word" not in said


@pytest.mark.parametrize(
    "wrong",
    [
        "mysql://u:hidden-word@h/x",
        "hidden-word",
        "sqlite://",
        "postgresql:",
        "sqlite:///:memory:",
        "sqlite:///file:x.db",
        "sqlite:///file:x.db?mode=memory&uri=true",
        "sqlite:///x.db?uri=true",
    ],
)
def test_a_wrong_address_is_refused_without_repeating_it(
    wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        arguments("--from", wrong, "--to", "sqlite:///x.db")
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "--from" in said
    assert "hidden-word" not in said
