"""A fresh PostgreSQL database for a test; where it comes from is in tests/databases.py."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from models.engine import Database
from tests.databases import Tables
from tests.postgres.moves import Moves, Taken
from tests.postgres.server import Server

__all__ = ["Server"]


@pytest.fixture
async def pg_db(pg_tables: Tables, tmp_path: Path) -> AsyncIterator[Database]:
    """A fresh database with all tables."""
    async with pg_tables.opened(tmp_path) as database:
        yield database


@pytest.fixture(scope="session")
def moves(pg_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Moves:
    """Migrated databases of both kinds, empty and filled, to copy from."""
    found = Moves(pg_server, tmp_path_factory.mktemp("moves"))
    found.start()
    return found


@pytest.fixture
async def there(moves: Moves, tmp_path: Path) -> AsyncIterator[Taken]:
    """Databases for moving and restoring."""
    async with AsyncExitStack() as stack:
        yield Taken(moves, tmp_path, stack)
