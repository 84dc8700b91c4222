"""SQLite in the event loop's own thread, as SQLAlchemy's async engine wants it.

aiosqlite runs every call of a statement (cursor, execute, fetch, close) in a thread of its connection. A
statement of ours takes some 20 µs; the four hops cost ten times that, and up to 5 ms each while the loop is
busy, since both threads want the interpreter. So statements run here, at once. What may wait goes to a
thread: the COMMIT (it waits for the disk), whatever finds the file locked by another process, and the
statements that read much, which the services that make them name (`models.engine.takes_long`).
"""

import asyncio
import sqlite3
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
BUSY_MS = 10_000
"""How long another process that writes is waited for."""
CACHED_STATEMENTS = 512
_waiting = ThreadPoolExecutor(max_workers=4, thread_name_prefix="sqlite")
_reading = ThreadPoolExecutor(max_workers=2, thread_name_prefix="sqlite-long")
"""Apart, so that no COMMIT queues behind them."""


class InlineCursor:
    """A cursor with aiosqlite's face."""

    def __init__(self, connection: "InlineConnection") -> None:
        self._connection = connection
        self._cursor: sqlite3.Cursor = connection.raw.cursor()

    async def __aenter__(self) -> "InlineCursor":
        return self

    async def __aexit__(self, *error: object) -> None:
        self._cursor.close()

    def __aiter__(self) -> "InlineCursor":
        return self

    async def __anext__(self) -> Any:
        row = self._cursor.fetchone()
        if row is None:
            raise StopAsyncIteration
        return row

    @property
    def description(self) -> Any:
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._cursor.lastrowid

    @property
    def arraysize(self) -> int:
        return self._cursor.arraysize

    @arraysize.setter
    def arraysize(self, size: int) -> None:
        self._cursor.arraysize = size

    async def execute(self, operation: str, parameters: Sequence[Any] = ()) -> "InlineCursor":
        await self._connection.run(lambda: self._cursor.execute(operation, parameters))
        return self

    async def executemany(self, operation: str, parameters: Iterable[Sequence[Any]]) -> "InlineCursor":
        given = list(parameters)
        await self._connection.run(lambda: self._cursor.executemany(operation, given))
        return self

    async def fetchone(self) -> Any:
        return self._cursor.fetchone()

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        return self._cursor.fetchmany(self._cursor.arraysize if size is None else size)

    async def fetchall(self) -> list[Any]:
        return await self._connection.run(self._cursor.fetchall)

    async def close(self) -> None:
        self._cursor.close()


class InlineConnection:
    """A connection with aiosqlite's face, its statements begun by us (no implicit transactions)."""

    def __init__(self, *given: Any, **options: Any) -> None:
        options.update(check_same_thread=False, isolation_level=None, cached_statements=CACHED_STATEMENTS)
        self.raw: sqlite3.Connection = sqlite3.connect(*given, **options)
        self.raw.execute("PRAGMA busy_timeout=0")
        self.takes_long = False
        """Whether what is read next reads much: then it does so beside the loop."""

    def __await__(self) -> Generator[None, None, "InlineConnection"]:
        yield from ()
        return self

    @property
    def _connection(self) -> sqlite3.Connection:
        return self.raw

    @property
    def isolation_level(self) -> str | None:
        return self.raw.isolation_level

    def cursor(self) -> InlineCursor:
        return InlineCursor(self)

    async def run(self, work: Callable[[], T]) -> T:
        """At once, here; in a thread when it takes long or has to wait for another process."""
        if self.takes_long:
            return await in_thread(lambda: self._patiently(work), _reading)
        try:
            return work()
        except sqlite3.OperationalError as error:  # a statement that found the file locked did nothing
            if not _is_busy(error):
                raise
        return await in_thread(lambda: self._patiently(work))

    def _patiently(self, work: Callable[[], T]) -> T:
        self.raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        try:
            return work()
        finally:
            self.raw.execute("PRAGMA busy_timeout=0")

    async def commit(self) -> None:
        if self.raw.in_transaction:
            await in_thread(lambda: self._patiently(self.raw.commit))

    async def rollback(self) -> None:
        self.raw.rollback()

    async def close(self) -> None:
        self.raw.close()

    def stop(self) -> None:
        self.raw.close()

    async def create_function(self, *given: Any, **options: Any) -> None:
        self.raw.create_function(*given, **options)


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


async def in_thread(work: Callable[[], T], pool: ThreadPoolExecutor = _waiting) -> T:
    """Runs what may wait. Cancelled meanwhile, it is waited for: the connection is not free before."""
    future = asyncio.get_running_loop().run_in_executor(pool, work)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        await asyncio.wait({future})
        raise
