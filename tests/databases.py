"""Where the tests' databases come from: copies of a SQLite file, or a PostgreSQL database emptied each time.

What is the same for every test of a process is made once: the tables, the office of tests/office.py, and what
SQLAlchemy compiles from a statement, which every engine would else compile anew.
"""

import itertools
import shutil
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from models import Base
from models.engine import Database, async_url
from tests.office import Office, build_office

OFFICE = "office"
"""The one database of PostgreSQL that services and conversations are tested on."""


class Ground(Protocol):
    """One kind of database to test on."""

    name: str

    def opened(self, folder: Path) -> AbstractAsyncContextManager[Database]:
        """An office database with every table and nothing in it, closed when the block ends."""
        ...

    async def people(self, database: Database, *, now: datetime) -> Office:
        """Puts the office of tests/office.py, everybody joined, into an empty database."""
        ...


class Statements:
    """Compiled statements, lent to every engine of one kind."""

    def __init__(self) -> None:
        self._dialect: Dialect | None = None
        self._compiled: dict[Any, Any] = {}

    def lend(self, database: Database) -> None:
        """From now on this engine finds what the others compiled. The first one lent to must then be used."""
        engine = database.engine.sync_engine
        if self._dialect is None:
            self._dialect = engine.dialect  # it learns the server's version at its first connection
        engine.dialect = self._dialect
        engine.update_execution_options(compiled_cache=self._compiled)


class Untouched:
    """Databases in which nobody has begun a transaction yet: there a known office can be put in whole."""

    def __init__(self) -> None:
        self._databases: set[int] = set()

    def __contains__(self, database: Database) -> bool:
        return id(database) in self._databases

    def watch(self, database: Database) -> None:
        """Counts it among them until its first transaction begins."""
        number = id(database)
        self._databases.add(number)
        event.listen(database.engine.sync_engine, "begin", lambda connection: self._databases.discard(number))


class Files:
    """SQLite: a copied file is quicker than tables made anew, and nothing in a test survives a power cut."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._empty = folder / "empty.db"
        self._numbers = itertools.count()
        self._statements = Statements()
        self._untouched = Untouched()
        self._offices: dict[datetime, tuple[Path, Office]] = {}
        engine = create_engine(f"sqlite:///{self._empty}")
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        Base.metadata.create_all(engine)
        engine.dispose()

    @asynccontextmanager
    async def opened(self, folder: Path) -> AsyncIterator[Database]:
        name = "office.db" if not (folder / "office.db").exists() else f"office_{next(self._numbers)}.db"
        shutil.copyfile(self._empty, folder / name)
        database = Database(f"sqlite:///{folder}/{name}")
        event.listen(database.engine.sync_engine, "connect", _volatile)
        self._statements.lend(database)
        self._untouched.watch(database)
        try:
            yield database
        finally:
            await database.close()

    async def people(self, database: Database, *, now: datetime) -> Office:
        file = str(database.url.database)
        if now in self._offices and database in self._untouched:
            template, office = self._offices[now]
            shutil.copyfile(template, file)
            return office
        keep = now not in self._offices and database in self._untouched
        async with database.writing() as session:
            office = await build_office(session, now=now)
        if keep:
            await database.close()  # the last connection brings everything into the file
            template = self._folder / f"office_{len(self._offices)}.db"
            shutil.copyfile(file, template)
            self._offices[now] = template, office
        return office


def _volatile(connection: Any, record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


class Tables:
    """PostgreSQL: one database of a process's server, whose rows and sequences begin anew for each test."""

    name = "postgresql"

    def __init__(self, url: str) -> None:
        self._url = url
        self._statements = Statements()
        self._untouched = Untouched()
        self._offices: dict[datetime, Office] = {}

    async def prepare(self) -> None:
        """Makes the tables, and what empties them."""
        engine = create_async_engine(async_url(self._url))
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            await connection.execute(text("CREATE SCHEMA kept"))
            await _define(connection, "kept.nothing", [])
        await engine.dispose()

    @asynccontextmanager
    async def opened(self, folder: Path) -> AsyncIterator[Database]:
        database = Database(self._url)
        self._statements.lend(database)
        try:
            await _alone(database)
            self._untouched.watch(database)
            yield database
        finally:
            await database.close()

    async def people(self, database: Database, *, now: datetime) -> Office:
        if now in self._offices and database in self._untouched:
            place = list(self._offices).index(now)
            async with database.engine.begin() as connection:
                await connection.execute(text(f"SELECT kept.office_{place}()"))
            return self._offices[now]
        keep = now not in self._offices and database in self._untouched
        async with database.writing() as session:
            office = await build_office(session, now=now)
        if keep:
            await self._keep(database, len(self._offices))
            self._offices[now] = office
        return office

    async def _keep(self, database: Database, place: int) -> None:
        """Copies every row there is, and makes what brings them back."""
        filled = []
        async with database.engine.begin() as connection:
            for table in Base.metadata.sorted_tables:
                if await connection.scalar(text(f"SELECT count(*) FROM {table.name}")):
                    kept = f"kept.{table.name}_{place}"
                    await connection.execute(text(f"CREATE TABLE {kept} AS TABLE {table.name}"))
                    filled.append(f"INSERT INTO {table.name} SELECT * FROM {kept}")
            reached = await connection.execute(
                text("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")
            )
            filled += [f"PERFORM setval('{name}', {value})" for name, value in reached]
            await _define(connection, f"kept.office_{place}", filled)


async def _define(connection: AsyncConnection, name: str, filled: list[str]) -> None:
    """A function that throws every row away and begins every sequence anew, then does what else is said."""
    emptied = [f"DELETE FROM {table.name}" for table in Base.metadata.sorted_tables]
    numbers = await connection.scalars(
        text("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1")
    )
    begun = [f"PERFORM setval('{name}', 1, false)" for name in numbers]
    body = "; ".join([*emptied, *begun, *filled])
    await connection.exec_driver_sql(
        f"CREATE FUNCTION {name}() RETURNS void LANGUAGE plpgsql"
        f" SET session_replication_role = replica AS $$ BEGIN {body}; END $$"  # no key is checked: all go
    )


async def _alone(database: Database) -> None:
    """Ends whatever a test before left open, and empties the tables."""
    async with database.engine.begin() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        await connection.execute(text("SELECT kept.nothing()"))
