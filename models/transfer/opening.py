"""The transactions a copy needs: one that sees a single instant, and one that fills what is empty."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.delivery import STOPPED, Heartbeat
from models.engine import Database, async_url, file_of, is_away, is_damage
from models.migrate import downgrade, migrate, newest
from models.transfer import rows
from models.transfer.refusing import Refused, Unfinished
from models.transfer.shape import Shape, read_names, read_shape

log = structlog.get_logger()
ALIVE = timedelta(minutes=1)
"""A process that told of itself within this time may be writing."""
BUSY_SECONDS = 5
LOCKED_STATE = "55P03"
TABLES = text("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")


def existing(url: str) -> Database:
    """A database that is to be read. Raises Refused `no_file`: SQLite would make an empty one."""
    parsed = async_url(url)
    if parsed.drivername.startswith("sqlite") and not file_of(parsed).is_file():
        raise Refused("no_file")
    return Database(url, pool_size=2)


@asynccontextmanager
async def snapshot(database: Database, *, still: bool = False) -> AsyncIterator[AsyncConnection]:
    """A transaction that sees one instant of the database. It is rolled back.

    `still`: nobody else writes meanwhile. Raises Refused `busy`: somebody does, and goes on;
    `damaged_database`: SQLite cannot read its file.
    """
    options = {"sqlite_begin": "IMMEDIATE" if still else ""}
    names: list[str] = []
    if not database.is_sqlite:
        options = {"isolation_level": "REPEATABLE READ"}
        if still:  # asked elsewhere: the first question here would fix the instant before the lock is held
            async with database.engine.connect() as connection:
                names = await _tables(connection)
    async with database.engine.connect() as connection:
        connection = await connection.execution_options(**options)
        try:
            await connection.begin()
            if database.is_sqlite:
                await connection.execute(text("SELECT count(*) FROM sqlite_master"))
            elif still:
                await _lock(connection, names, "SHARE")
                if await _tables(connection) != names:
                    raise Refused("busy")
        except DBAPIError as error:
            raise _busy(error) from None
        try:
            yield connection
        except DBAPIError as error:
            if is_damage(error):
                raise Refused("damaged_database") from None
            raise
        finally:
            with suppress(SQLAlchemyError, OSError):  # nothing was written: whether it ends well is no matter
                await connection.rollback()


async def ensure_idle(connection: AsyncConnection, shape: Shape, *, now: datetime) -> None:
    """Raises Refused `alive`: a process of the bot told of itself within the last minute."""
    if shape.revision is None or shape.revision < "0004":  # before there were heartbeats
        return
    ahead = func.coalesce(Heartbeat.clock_ahead, 0.0)
    furthest, behind = (await connection.execute(select(func.max(ahead), func.min(ahead)))).one()
    apart = timedelta(
        seconds=max(furthest or 0.0, 0.0) - min(behind or 0.0, 0.0)
    )  # each goes by its own clock
    alive = await connection.scalar(
        select(func.count())
        .select_from(Heartbeat)
        .where(Heartbeat.seen_at > now - ALIVE - apart, Heartbeat.mode != STOPPED)
    )
    if alive:
        raise Refused("alive", count=alive)


async def make_ready(database: Database, revision: str | None = None) -> None:
    """Brings a database without rows to a revision, by default the newest. Raises Refused."""
    wanted = revision or newest()
    async with snapshot(database) as connection:
        shape = await read_names(connection)
        if shape.revision is None and shape.tables:
            raise Refused("foreign")
        await _ensure_empty(connection, shape)
    if shape.revision is not None and shape.known() > wanted:
        await downgrade(database, wanted)
    elif shape.revision != wanted:
        await migrate(database, wanted)


@asynccontextmanager
async def loading(database: Database) -> AsyncIterator[tuple[AsyncConnection, Shape]]:
    """One transaction in which an empty database is filled, by nobody else. Committed when the block ends.

    Raises Refused, Unfinished: the server went away while it committed.
    """
    async with database.engine.connect() as connection:
        connection = await connection.execution_options(sqlite_begin="IMMEDIATE")
        try:
            await connection.begin()
            if database.is_sqlite:
                await connection.execute(text("PRAGMA defer_foreign_keys = ON"))
            else:
                await _lock(connection, await _tables(connection), "EXCLUSIVE")
        except DBAPIError as error:
            raise _busy(error) from None
        try:
            shape = await read_shape(connection)
            await _ensure_empty(connection, shape)
            yield connection, shape
            await rows.ensure_whole(connection)
        except BaseException:
            await connection.rollback()
            raise
        try:
            await connection.commit()
        except (SQLAlchemyError, OSError) as error:
            if database.is_sqlite or not is_away(error):
                raise
            raise Unfinished("unsure", error) from error
    await _analyze(database)


async def _analyze(database: Database) -> None:
    """Else the first questions are planned for empty tables. What is committed stays, whatever happens."""
    try:
        async with database.engine.begin() as connection:
            await connection.execute(text("ANALYZE"))
    except (SQLAlchemyError, OSError) as error:
        log.warning("analyze_failed", error=type(error).__name__)


async def _ensure_empty(connection: AsyncConnection, shape: Shape) -> None:
    for table in shape.tables:
        if await rows.has_rows(connection, table):
            raise Refused("filled", table=table.name)


async def _tables(connection: AsyncConnection) -> list[str]:
    """PostgreSQL only."""
    return list(await connection.scalars(TABLES))


async def _lock(connection: AsyncConnection, names: list[str], mode: str) -> None:
    """Waits a little for those who write, then lets nobody write until the end. PostgreSQL only."""
    await connection.execute(text(f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'"))
    if names:
        await connection.execute(text(f"LOCK TABLE {', '.join(names)} IN {mode} MODE"))


def _busy(error: DBAPIError) -> Exception:
    if is_damage(error):
        return Refused("damaged_database")
    state = str(getattr(error.orig, "sqlstate", "") or "")
    locked = "locked" in str(error.orig) or state == LOCKED_STATE
    return Refused("busy") if locked else error
