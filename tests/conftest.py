"""Fixtures everybody uses: a real database in a temporary file, and a small office in it."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from models import Base
from models.engine import Database
from tests.office import Office, build_office

WEDNESDAY = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
"""Wednesday 18 November 2026, 09:00 in Jakarta: an ordinary workday."""


@pytest.fixture
def now() -> datetime:
    return WEDNESDAY


@pytest.fixture(scope="session")
def empty_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with every table and nothing in it: copying it is quicker than making it."""
    file = tmp_path_factory.mktemp("template") / "empty.db"
    engine = create_engine(f"sqlite:///{file}")
    Base.metadata.create_all(engine)
    engine.dispose()
    return file


@pytest.fixture
async def db(tmp_path: Path, empty_office: Path) -> AsyncIterator[Database]:
    shutil.copy(empty_office, tmp_path / "office.db")
    database = Database(f"sqlite:///{tmp_path}/office.db")
    yield database
    await database.close()


@pytest.fixture
async def office(db: Database, now: datetime) -> Office:
    """The office of tests/office.py, everybody joined."""
    async with db.writing() as session:
        return await build_office(session, now=now)
