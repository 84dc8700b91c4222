"""Fixtures everybody uses: a real database in a temporary file, and a small office in it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models import Base
from models.engine import Database
from tests.office import Office, build_office

WEDNESDAY = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
"""Wednesday 18 November 2026, 09:00 in Jakarta: an ordinary workday."""


@pytest.fixture
def now() -> datetime:
    return WEDNESDAY


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/office.db")
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield database
    await database.close()


@pytest.fixture
async def office(db: Database, now: datetime) -> Office:
    """The office of tests/office.py, everybody joined."""
    async with db.writing() as session:
        return await build_office(session, now=now)
