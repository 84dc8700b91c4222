"""Databases for moving and restoring: migrated ones, empty and filled, of both kinds, made once a process.

To make a database of PostgreSQL takes half a second, to empty one a tenth: an empty one is used again, and of
the filled one there is only one, to be left as it was found.
"""

import asyncio
import itertools
import shutil
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from models import Base
from models.engine import Database
from models.migrate import migrate, newest
from models.transfer.moving import move
from tests.conftest import WEDNESDAY
from tests.postgres.filled import clear_processes, fill
from tests.postgres.server import Server

LATER = WEDNESDAY + timedelta(days=9)
"""Nobody told of himself in the minute before."""
EMPTY, FULL = "moves_empty", "moves_full"
_numbers = itertools.count(1)


class Moves:
    """Templates of both kinds; `start` makes them."""

    def __init__(self, server: Server, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._spare: list[str] = []
        self._full = False

    def start(self) -> None:
        asyncio.run(self._start())

    async def _start(self) -> None:
        """Only SQLite's: PostgreSQL's are made when they are wanted."""
        empty = Database(f"sqlite:///{self._folder}/{EMPTY}.db")
        await migrate(empty)
        await empty.close()
        shutil.copyfile(self._folder / f"{EMPTY}.db", self._folder / f"{FULL}.db")
        full = Database(f"sqlite:///{self._folder}/{FULL}.db")
        await fill(full)
        await clear_processes(full)
        await full.close()

    async def copy(self, template: str, kind: str, folder: Path) -> Database:
        """A database with what the template holds."""
        if kind == "sqlite":
            name = f"moves_{next(_numbers)}"
            shutil.copyfile(self._folder / f"{template}.db", folder / f"{name}.db")
            return Database(f"sqlite:///{folder}/{name}.db")
        if template == EMPTY:
            return await self._empty()
        if not self._full:
            await self._fill()
        return Database(self._server.url(FULL))

    async def _fill(self) -> None:
        await self._server.run(f"CREATE DATABASE {FULL}")
        source = Database(f"sqlite:///{self._folder}/{FULL}.db")
        target = Database(self._server.url(FULL))
        await move(source, target, now=LATER)
        await source.close()
        await target.close()
        self._full = True

    async def _empty(self) -> Database:
        if self._spare:
            return Database(self._server.url(self._spare.pop()))
        name = f"moves_{next(_numbers)}"
        await self._server.run(f"CREATE DATABASE {name}")
        database = Database(self._server.url(name))
        await migrate(database)
        return database

    async def drop(self, database: Database) -> None:
        """An empty database of PostgreSQL is emptied again, unless a test changed its schema."""
        name = str(database.url.database)
        try:
            if not database.is_sqlite and name != FULL and await _emptied(database):
                self._spare.append(name)
        finally:
            await database.close()


async def _emptied(database: Database) -> bool:
    deleted = "; ".join(f"DELETE FROM {table.name}" for table in Base.metadata.sorted_tables)
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # no key is checked
        await connection.exec_driver_sql("DROP FUNCTION IF EXISTS tamper CASCADE")
        await connection.exec_driver_sql(f"DO $$ BEGIN {deleted}; END $$")
        version = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    return bool(version == newest())


class Taken:
    """What one test takes from the templates; all of it is gone afterwards."""

    def __init__(self, moves: Moves, folder: Path, stack: AsyncExitStack) -> None:
        self._moves = moves
        self.folder = folder
        self._stack = stack

    async def empty(self, kind: str) -> Database:
        return await self._take(EMPTY, kind)

    async def full(self, kind: str) -> Database:
        """PostgreSQL's is the same for all: what a test puts in, it takes out."""
        return await self._take(FULL, kind)

    async def _take(self, template: str, kind: str) -> Database:
        database = await self._moves.copy(template, kind, self.folder)
        self._stack.push_async_callback(self._moves.drop, database)
        return database


def url_of(database: Database) -> str:
    """As an operator would write it."""
    return database.url.set(drivername=database.url.drivername.split("+")[0]).render_as_string(
        hide_password=False
    )


async def run(database: Database, *statements: str) -> None:
    """Statements by hand, past every rule of the program."""
    async with database.writing() as session:
        for statement in statements:
            await session.execute(text(statement))
