"""One running bot for each SQLite file, held by a lock file beside it.

The kernel holds the lock for as long as the process lives, however it ends. Commands that only read or write
(import, invite, export) do not ask for it: SQLite itself lets them in between.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.starting import CannotStart, reason


def lock_file(database: Path) -> Path:
    """Where the lock of a database file is; a link leads to the lock of the file itself."""
    there = database.resolve()
    return there.with_name(f"{there.name}.lock")


@contextmanager
def sole_use(database: Path) -> Iterator[None]:
    """Holds the lock for as long as the block runs. Raises CannotStart when another process holds it."""
    path = lock_file(database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CannotStart(
            f"DATABASE_URL: the lock file {path} cannot be opened ({reason(error)})."
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStart(
                f"DATABASE_URL: another `kinerja run` (process {_holder(handle)}) runs on {database}. "
                "A SQLite file belongs to one process; several need PostgreSQL."
            ) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield  # the file stays when the block ends: one taken away could be held by two
    finally:
        os.close(handle)


def is_held(database: Path) -> bool:
    """Whether a running bot holds this database file."""
    try:
        handle = os.open(lock_file(database), os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _holder(handle: int) -> str:
    return os.pread(handle, 20, 0).decode(errors="replace").strip() or "?"
