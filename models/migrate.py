"""The schema's versions: up to date at start, and for the tests down and up again."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from models.engine import Database

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"
LOCK_KEY = 20_230_021
"""PostgreSQL's advisory lock of whoever changes the schema; any number that nobody else uses."""


class NewerSchema(Exception):
    """The database was migrated by a newer version of the program. `stands_at`: its revision."""

    def __init__(self, stands_at: str) -> None:
        super().__init__(stands_at)
        self.stands_at = stands_at


class ForeignSchema(Exception):
    """The SQLite file holds another program's tables, and none of ours."""


def revisions() -> frozenset[str]:
    """All there are: migrations are one line, numbered in their file names (`0001_first.py`)."""
    return frozenset(path.name.split("_")[0] for path in (SCRIPTS / "versions").glob("[0-9]*_*.py"))


def newest() -> str:
    """The newest revision."""
    return max(revisions())


async def stands_at(database: Database) -> str | None:
    """The revision of the database; None: it has no tables of ours yet."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(_stands_at)


async def is_foreign(database: Database) -> bool:
    """Whether it is a SQLite file with tables that are not ours. A server's database may be shared."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(_is_foreign)


def alembic_config(connection: Connection) -> "Config":
    """A configuration without a file: everything it needs is handed over."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


async def migrate(database: Database, revision: str = "head") -> None:
    """Brings the schema to a revision; `head` is the newest. Alembic is loaded only when there is work.

    Raises NewerSchema, ForeignSchema.
    """

    def upgrade(connection: Connection) -> None:
        stands = _stands_at(connection)
        if revision == "head" and stands == newest():
            return
        if stands is not None and stands > newest():
            raise NewerSchema(stands)
        if stands is None and _is_foreign(connection):
            raise ForeignSchema
        from alembic import command

        command.upgrade(alembic_config(connection), revision)

    await _run(database, upgrade)


async def downgrade(database: Database, revision: str = "base") -> None:
    """Takes the schema back to a revision; `base` is none."""

    def back(connection: Connection) -> None:
        from alembic import command

        command.downgrade(alembic_config(connection), revision)

    await _run(database, back)


def _stands_at(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def _is_foreign(connection: Connection) -> bool:
    if connection.dialect.name != "sqlite":
        return False
    tables = inspect(connection).get_table_names()
    return bool(tables) and "alembic_version" not in tables


async def _run(database: Database, action: Callable[[Connection], None]) -> None:
    async with database.engine.begin() as connection:
        if not database.is_sqlite:  # several workers may start at once: the others wait, then find it done
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
        await connection.run_sync(action)
