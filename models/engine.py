"""Engines for both databases and the two kinds of transaction.

SQLite (one office, one process): WAL, foreign keys, BEGIN IMMEDIATE for what writes, plain BEGIN for what
only reads; writers queue on a lock of this process rather than on the file. PostgreSQL: the driver's own.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as DatabaseTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from models.base import Base

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


def async_url(url: str) -> URL:
    """Maps `sqlite:` and `postgresql:` URLs to the async drivers. Raises ValueError for any other."""
    parsed = make_url(url)
    name = parsed.drivername.split("+")[0]
    if name not in DRIVERS:
        raise ValueError(f"unsupported database {name!r}")
    return parsed.set(drivername=DRIVERS[name])


class Database:
    """The engine and its transactions. Services get a session; only here is committed."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = async_url(url)
        self.is_sqlite = self.url.drivername.startswith("sqlite")
        options: dict[str, Any] = {"pool_size": pool_size}
        if self.is_sqlite:
            if self.url.database in (None, "", ":memory:"):
                raise ValueError("SQLite needs a file")
            Path(str(self.url.database)).parent.mkdir(parents=True, exist_ok=True)
        else:
            options["pool_pre_ping"] = True
        # A statement in an error message shall not show what people typed.
        self.engine = create_async_engine(self.url, hide_parameters=True, **options)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=True)
        self._writing = asyncio.Lock() if self.is_sqlite else None
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """One unit of work: committed when the block ends, rolled back when it raises."""
        if self._writing is None:
            async with self._sessions.begin() as session:
                yield session
            return
        async with self._writing, self._sessions() as session:
            await session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
            try:
                yield session
            except BaseException:
                await session.rollback()
                raise
            await session.commit()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A transaction that only reads; whatever it changed is thrown away."""
        async with self._sessions() as session:
            try:
                yield session
            finally:
                await session.rollback()

    async def close(self) -> None:
        await self.engine.dispose()


def _prepare_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver's guess
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    kind = connection.get_execution_options().get("sqlite_begin", "")
    connection.exec_driver_sql(f"BEGIN {kind}".strip())


def insert_into(session: AsyncSession, table: type[Base]) -> Any:
    """An INSERT of this session's dialect, for `on_conflict_…`, which SQLAlchemy has per dialect."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    return insert(table)


AWAY_STATES = ("08", "53", "57P")
"""SQLSTATE classes of a server that is not (or not any more) there: connection, resources, shutdown."""
CONFLICTS = ("40001", "40P01")
"""SQLSTATE of transactions that lost to another one and succeed when run again."""


def is_away(error: BaseException) -> bool:
    """Whether an error means that the database cannot be reached, so that nothing of the unit is stored."""
    if isinstance(error, OSError | DatabaseTimeout | OperationalError | InterfaceError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or _state(error).startswith(AWAY_STATES)


def is_conflict(error: BaseException) -> bool:
    """Whether a unit lost to another one (deadlock, serialisation) and may simply be run again."""
    return isinstance(error, DBAPIError) and _state(error) in CONFLICTS


def _state(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", "") or "")
