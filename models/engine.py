"""Engines for both databases and the two kinds of transaction.

SQLite (one office, one process): WAL, foreign keys, BEGIN IMMEDIATE for what writes, plain BEGIN for what
only reads; writers queue on a lock of this process rather than on the file. PostgreSQL: the driver's own.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine
from contextlib import asynccontextmanager
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, event, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as DatabaseTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session

from models.base import Base
from models.sqlite import InlineConnection

P = ParamSpec("P")
T = TypeVar("T")
NOT_DURABLE = text("SET LOCAL synchronous_commit TO off")
TELLS = "tells"
"""In `session.info`: the lanes of the outbox this unit of work puts something into (`tells_somebody`)."""
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


def async_url(url: str) -> URL:
    """Maps `sqlite:` and `postgresql:` URLs to the async drivers. Raises ValueError for any other."""
    parsed = make_url(url)
    name = parsed.drivername.split("+")[0]
    if name not in DRIVERS:
        raise ValueError(f"unsupported database {name!r}")
    if name == "sqlite" and _in_form(parsed) != _says_form(parsed):
        raise ValueError("file:… and uri=true go together")
    return parsed.set(drivername=DRIVERS[name])


def _in_form(url: URL) -> bool:
    """Whether a SQLite URL names its file in SQLite's own form, `sqlite:///file:PATH?mode=ro&uri=true`."""
    return str(url.database).startswith("file:")


def _says_form(url: URL) -> bool:
    return str(url.query.get("uri", "")).lower() in ("true", "1", "yes", "on")


def file_of(url: URL) -> Path:
    """The file of a SQLite URL. Raises ValueError: it names none."""
    name = str(url.database or "")
    path = unquote(urlsplit(name).path) if _in_form(url) else name
    if path in ("", ":memory:") or url.query.get("mode") == "memory":
        raise ValueError("SQLite needs a file")
    return Path(path)


class Database:
    """The engine and its transactions. Services get a session; only here is committed."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = async_url(url)
        self.is_sqlite = self.url.drivername.startswith("sqlite")
        options: dict[str, Any] = {"pool_size": pool_size}
        if self.is_sqlite:
            file = file_of(self.url)
            if not _in_form(self.url):  # who writes it in that form says what may be made
                file.parent.mkdir(parents=True, exist_ok=True)
            options["connect_args"] = {"async_creator_fn": InlineConnection}
        else:
            options["pool_pre_ping"] = True
        # A statement in an error message shall not show what people typed.
        self.engine = create_async_engine(self.url, hide_parameters=True, **options)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=True)
        event.listen(self.engine.sync_engine, "before_cursor_execute", _count_writes)
        self._writing = asyncio.Lock() if self.is_sqlite else None
        self.on_told: Callable[[Collection[int]], None] = lambda lanes: None
        """Called after a commit that put something into the outbox, with the lanes."""
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)

    @property
    def file(self) -> Path:
        """The SQLite file, wherever the program was started. Raises ValueError on PostgreSQL."""
        if not self.is_sqlite:
            raise ValueError("PostgreSQL is no file")
        return file_of(self.url).absolute()

    @asynccontextmanager
    async def writing(self, *, durable: bool = True) -> AsyncIterator[AsyncSession]:
        """One unit of work: committed when the block ends, rolled back when it raises.

        `durable` False: the disk is not waited for. A power cut may take back what was committed in the last
        moment; a crash of the program does not, and nothing is ever half there.
        """
        if self._writing is None:
            async with self._sessions.begin() as session:
                if not durable:
                    await session.execute(NOT_DURABLE)
                yield session
            self._committed(session)
            return
        async with self._writing, self._sessions() as session:
            options = {"sqlite_begin": "IMMEDIATE", "sqlite_durable": durable}
            await session.connection(execution_options=options)
            try:
                yield session
            except BaseException:
                await session.rollback()
                raise
            await session.commit()
        self._committed(session)

    def _committed(self, session: AsyncSession) -> None:
        if lanes := session.info.get(TELLS):
            self.on_told(lanes)

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
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    wanted = "FULL" if options.get("sqlite_durable", True) else "NORMAL"
    if connection.info.get("synchronous", "FULL") != wanted:
        connection.exec_driver_sql(f"PRAGMA synchronous={wanted}")
        connection.info["synchronous"] = wanted
    connection.exec_driver_sql(f"BEGIN {options.get('sqlite_begin', '')}".strip())


def _count_writes(
    connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
) -> None:
    # FOR UPDATE, FOR NO KEY UPDATE: whoever held the lock that was waited for may have changed what was read.
    if not statement.startswith("SELECT") or " UPDATE" in statement:
        connection.info["writes"] = connection.info.get("writes", 0) + 1


def tells_somebody(session: AsyncSession, *lanes: int) -> None:
    """Says which lanes of the outbox this unit of work writes to: after the commit delivery looks there."""
    session.info.setdefault(TELLS, set()).update(lanes)


def writes_so_far(session: Session) -> int:
    """A number that stays the same while nothing is written or locked in a transaction."""
    found: int = session.connection().info.get("writes", 0)
    return found


def is_sqlite(session: AsyncSession) -> bool:
    """Whether this session's database is SQLite."""
    return session.get_bind().dialect.name == "sqlite"


def takes_long(
    work: Callable[Concatenate[AsyncSession, P], Awaitable[T]],
) -> Callable[Concatenate[AsyncSession, P], Coroutine[Any, Any, T]]:
    """For a service that reads or deletes much: on SQLite its statements do not stop the loop meanwhile."""

    @wraps(work)
    async def beside(session: AsyncSession, /, *args: P.args, **kwargs: P.kwargs) -> T:
        driver = (await (await session.connection()).get_raw_connection()).driver_connection
        if not isinstance(driver, InlineConnection):
            return await work(session, *args, **kwargs)
        before, driver.takes_long = driver.takes_long, True
        try:
            return await work(session, *args, **kwargs)
        finally:
            driver.takes_long = before

    return beside


def insert_into(session: AsyncSession, table: type[Base]) -> Any:
    """An INSERT of this session's dialect, for `on_conflict_…`, which SQLAlchemy has per dialect."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    return insert(table)


AWAY_STATES = ("08", "53", "57P", "55000")
"""SQLSTATEs of a server that is not (or not any more) there: connection, resources, shutdown; a database that
its keeper has closed for a while."""
CONFLICTS = ("40001", "40P01")
"""SQLSTATE of transactions that lost to another one and succeed when run again."""


def is_away(error: BaseException) -> bool:
    """Whether an error means that the database cannot be reached, so that nothing of the unit is stored."""
    if isinstance(error, OSError | DatabaseTimeout | OperationalError | InterfaceError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or _state(error).startswith(AWAY_STATES)


NO_DATABASE, DAMAGED = 26, 11
"""SQLite's codes of a file that is none of its own, and of one that is malformed."""


def is_no_database(error: BaseException) -> bool:
    """Whether SQLite says that the file is not a database at all."""
    return _sqlite_code(error) == NO_DATABASE


def is_damage(error: BaseException) -> bool:
    """Whether SQLite says that it cannot read its file: malformed, or none of its own."""
    return _sqlite_code(error) in (NO_DATABASE, DAMAGED)


def _sqlite_code(error: BaseException) -> int:
    code: int = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0) or 0
    return code & 0xFF


def is_conflict(error: BaseException) -> bool:
    """Whether a unit lost to another one (deadlock, serialisation) and may simply be run again."""
    return isinstance(error, DBAPIError) and _state(error) in CONFLICTS


def _state(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", "") or "")
