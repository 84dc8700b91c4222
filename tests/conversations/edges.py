"""What the tests of the edges share: polling, webhook and delivery while something is away."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import event, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from bot.context import Deps
from bot.settings import load_settings
from models import sqlite as driver
from models.engine import Database
from services.clock import OfficeClock
from simulator import Simulator
from tests.words import TEXTS


def deps_of(sim: Simulator, db: Database, clock: OfficeClock, **environment: str) -> Deps:
    """The program's parts against this simulator; more settings as the environment names them."""
    known = {"TELEGRAM_BOT_TOKEN": sim.token, "TELEGRAM_API_URL": sim.url}
    return Deps(load_settings({**known, **environment}), db, clock, TEXTS)


async def nothing_due(session: AsyncSession, now: datetime) -> bool:
    """The rounds are tested elsewhere."""
    return False


def impatient(db: Database) -> None:
    """From now on a locked SQLite file is an error at once, not after ten seconds."""
    if not db.is_sqlite:
        return

    def prepare(connection: Any, record: Any, proxy: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=20")
        cursor.close()

    event.listen(db.engine.sync_engine, "checkout", prepare)


@asynccontextmanager
async def away(db: Database) -> AsyncIterator[None]:
    """The database is away: a SQLite file is held for writing by another, PostgreSQL lets nobody in."""
    if not db.is_sqlite:
        async with _shut(db):
            yield
        return
    impatient(db)
    patience, driver.BUSY_MS = driver.BUSY_MS, 20
    other = sqlite3.connect(str(db.url.database), isolation_level=None, timeout=5, check_same_thread=False)
    try:
        await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
        yield
    finally:
        other.close()
        driver.BUSY_MS = patience


@asynccontextmanager
async def _shut(db: Database) -> AsyncIterator[None]:
    name = db.url.database
    keeper = create_async_engine(db.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    try:
        async with keeper.connect() as connection:
            await connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
            await connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
                {"name": name},
            )
            try:
                yield
            finally:
                await connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    finally:
        await keeper.dispose()


async def count(db: Database, table: type[Any]) -> int:
    """How many rows a table has."""
    async with db.reading() as session:
        return int(await session.scalar(select(func.count()).select_from(table)) or 0)
