"""Fixtures everybody uses: a real database of either kind, and a small office in it."""

import asyncio
import gc
import os
import zlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.engine import Database
from tests.databases import OFFICE, Files, Ground, Tables
from tests.office import Office
from tests.postgres import server
from tests.postgres.server import Server

WEDNESDAY = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
"""Wednesday 18 November 2026, 09:00 in Jakarta: an ordinary workday."""
ON_EITHER = ("tests.services.", "tests.conversations.")
"""Where every test that takes its database from here runs on both kinds."""
ONE_IN = 8
"""So many of these tests run on PostgreSQL too, unless `--database` says which kind all shall run on."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        help="what services and conversations are tested on; without it SQLite, and one test in"
        f" {ONE_IN} on PostgreSQL too",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Which ones is decided by the test's name: the same ones in every run."""
    name = f"{metafunc.module.__name__}.{metafunc.function.__name__}"
    if (
        "ground" in metafunc.fixturenames
        and name.startswith(ON_EITHER)
        and metafunc.config.getoption("database") is None
        and zlib.crc32(name.encode()) % ONE_IN == 0
    ):
        metafunc.parametrize("ground", ["sqlite", "postgresql"], indirect=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest tests come first, one for each worker in turn: at the end nobody waits for one of them."""
    long = [item for item in items if item.get_closest_marker("long")]
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    rest = [item for item in items if not item.get_closest_marker("long")]
    left, items[:] = len(items), []
    for worker in range(workers):  # as `--dist worksteal` deals them out
        first = long[worker::workers]
        more = max(0, left // (workers - worker) - len(first))
        items += [*first, *rest[:more]]
        left, rest = left - len(first) - more, rest[more:]


@pytest.fixture
def now() -> datetime:
    return WEDNESDAY


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def pg_server() -> Iterator[Server]:
    """The PostgreSQL of this test process."""
    with server.started() as running:
        yield running


@pytest.fixture(scope="session")
def pg_tables(pg_server: Server) -> Tables:
    tables = Tables(pg_server.url(OFFICE))

    async def prepare() -> None:
        await pg_server.run(f"CREATE DATABASE {OFFICE}")
        await tables.prepare()

    asyncio.run(prepare())
    return tables


@pytest.fixture(scope="session")
def chosen_ground(request: pytest.FixtureRequest) -> Ground:
    """The kind of database that all tests of this run use."""
    return _ground(request, request.config.getoption("database") or "sqlite")


@pytest.fixture
def ground(request: pytest.FixtureRequest, chosen_ground: Ground) -> Ground:
    """The kind of database this test runs on."""
    return _ground(request, request.param) if hasattr(request, "param") else chosen_ground


def _ground(request: pytest.FixtureRequest, name: str) -> Ground:
    found: Ground = request.getfixturevalue("pg_tables" if name == "postgresql" else "sqlite_files")
    return found


@pytest.fixture
async def db(ground: Ground, tmp_path: Path) -> AsyncIterator[Database]:
    async with ground.opened(tmp_path) as database:
        yield database


@pytest.fixture
async def office(ground: Ground, db: Database, now: datetime) -> Office:
    """The office of tests/office.py, everybody joined."""
    return await ground.people(db, now=now)


def pytest_collection_finish() -> None:
    """What was loaded by now stays to the end: the collector need not walk through it in each test."""
    gc.collect()
    gc.freeze()
