"""Databases for moving and restoring: migrated ones, empty and filled, of both kinds, made once a process."""

import asyncio
import itertools
import shutil
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from models.engine import Database
from models.migrate import migrate
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

    def start(self) -> None:
        asyncio.run(self._start())

    async def _start(self) -> None:
        for name in (EMPTY, FULL):
            await self._server.run(f"CREATE DATABASE {name}")
            database = Database(f"sqlite:///{self._folder}/{name}.db")
            await migrate(database)
            if name == FULL:
                await fill(database)
                await clear_processes(database)
                target = Database(self._server.url(FULL))
                await move(database, target, now=LATER)
                await target.close()
            else:
                target = Database(self._server.url(EMPTY))
                await migrate(target)
                await target.close()
            await database.close()

    async def copy(self, template: str, kind: str, folder: Path) -> Database:
        """A database of its own with what the template holds."""
        name = f"moves_{next(_numbers)}"
        if kind == "sqlite":
            shutil.copyfile(self._folder / f"{template}.db", folder / f"{name}.db")
            return Database(f"sqlite:///{folder}/{name}.db")
        await self._server.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return Database(self._server.url(name))

    async def drop(self, database: Database) -> None:
        await database.close()
        if not database.is_sqlite:
            await self._server.run(f"DROP DATABASE {database.url.database} WITH (FORCE)")


class Taken:
    """What one test takes from the templates; all of it is gone afterwards."""

    def __init__(self, moves: Moves, folder: Path, stack: AsyncExitStack) -> None:
        self._moves = moves
        self.folder = folder
        self._stack = stack

    async def empty(self, kind: str) -> Database:
        return await self._take(EMPTY, kind)

    async def full(self, kind: str) -> Database:
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
