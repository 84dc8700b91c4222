"""What the tests of the edges share: polling, webhook and delivery while something is away."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.context import Deps
from bot.settings import load_settings
from bot.texts import Texts
from models.engine import Database
from services.clock import OfficeClock
from simulator import Simulator


def deps_of(sim: Simulator, db: Database, clock: OfficeClock, **environment: str) -> Deps:
    """The program's parts against this simulator; more settings as the environment names them."""
    known = {"TELEGRAM_BOT_TOKEN": sim.token, "TELEGRAM_API_URL": sim.url}
    return Deps(load_settings({**known, **environment}), db, clock, Texts())


async def nothing_due(session: AsyncSession, now: datetime) -> bool:
    """The rounds are tested elsewhere."""
    return False


def impatient(db: Database) -> None:
    """From now on a locked database is an error at once, not after ten seconds."""

    def prepare(connection: Any, record: Any, proxy: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=20")
        cursor.close()

    event.listen(db.engine.sync_engine, "checkout", prepare)


@asynccontextmanager
async def away(db: Database) -> AsyncIterator[None]:
    """The database is away: another program holds its file for writing, and nobody waits for it."""
    impatient(db)
    other = sqlite3.connect(str(db.url.database), isolation_level=None, timeout=5, check_same_thread=False)
    try:
        await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
        yield
    finally:
        other.close()


async def count(db: Database, table: type[Any]) -> int:
    """How many rows a table has."""
    async with db.reading() as session:
        return int(await session.scalar(select(func.count()).select_from(table)) or 0)
