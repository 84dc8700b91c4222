"""The schema's versions: up to date at start, and for the tests down and up again."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from models.engine import Database

SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"
LOCK_KEY = 20_230_021
"""PostgreSQL's advisory lock of whoever changes the schema; any number that nobody else uses."""


def alembic_config(connection: Connection) -> Config:
    """A configuration without a file: everything it needs is handed over."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


async def migrate(database: Database, revision: str = "head") -> None:
    """Brings the schema to a revision; `head` is the newest."""
    await _run(database, lambda connection: command.upgrade(alembic_config(connection), revision))


async def downgrade(database: Database, revision: str = "base") -> None:
    """Takes the schema back to a revision; `base` is none."""
    await _run(database, lambda connection: command.downgrade(alembic_config(connection), revision))


async def _run(database: Database, action: Callable[[Connection], None]) -> None:
    async with database.engine.begin() as connection:
        if not database.is_sqlite:  # several workers may start at once: the others wait, then find it done
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
        await connection.run_sync(action)
