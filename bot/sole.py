"""One running bot for each SQLite file, held by a lock file beside it.

The kernel holds the lock for as long as the process lives, however it ends. Commands that only read or write
(import, invite, export) do not ask for it: SQLite itself lets them in between. Who only looks shares the lock
for an instant: looks do not meet each other, and a start that meets one tries again.
"""

import enum
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.starting import CannotStart, reason

PATIENCE = 1.0
"""Seconds for which a start tries again: a look is over at once, a program that stops soon."""
PAUSE = 0.05


class Lock(enum.Enum):
    """What a look at the lock file found."""

    ABSENT = enum.auto()
    """There is none: nobody runs here, or the file came from elsewhere without it. It proves nothing."""
    FREE = enum.auto()
    HELD = enum.auto()
    UNREADABLE = enum.auto()
    """It is there, and we may not look: somebody else's, who may run."""


def lock_file(database: Path) -> Path:
    """Where the lock of a database file is; a link leads to the lock of the file itself."""
    there = database.resolve()
    return there.with_name(f"{there.name}.lock")


@contextmanager
def sole_use(database: Path, *, patience: float = PATIENCE) -> Iterator[None]:
    """Holds the lock for as long as the block runs. Raises CannotStart when another process keeps it."""
    path = lock_file(database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CannotStart(
            f"DATABASE_URL: the lock file {path} cannot be opened ({reason(error)})."
        ) from error
    try:
        if not _taken(handle, patience):
            raise CannotStart(
                f"DATABASE_URL: another `kinerja run` (process {_holder(handle)}) runs on {database}. "
                "A SQLite file belongs to one process; several need PostgreSQL."
            )
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield  # the file stays when the block ends: one taken away could be held by two
    finally:
        os.close(handle)


def is_held(database: Path) -> bool:
    """Whether a running bot holds this database file, or may: a lock we may not look at counts as held."""
    return look(database) in (Lock.HELD, Lock.UNREADABLE)


def look(database: Path) -> Lock:
    """Looks at the lock of a database file, without being in anybody's way."""
    try:
        handle = os.open(lock_file(database), os.O_RDONLY)
    except (FileNotFoundError, NotADirectoryError):
        return Lock.ABSENT
    except OSError:
        return Lock.UNREADABLE
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return Lock.HELD
    except OSError:  # a file system without locks
        return Lock.UNREADABLE
    finally:
        os.close(handle)
    return Lock.FREE


def _taken(handle: int, patience: float) -> bool:
    """Takes the lock, trying again for so many seconds."""
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(PAUSE)
        else:
            return True


def _holder(handle: int) -> str:
    return os.pread(handle, 20, 0).decode(errors="replace").strip() or "?"
