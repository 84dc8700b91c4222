"""SQLite in the event loop's own thread, as SQLAlchemy's async engine wants it.

aiosqlite runs every call of a statement (cursor, execute, fetch, close) in a thread of its connection. A
statement of ours takes some 20 µs; the four hops cost ten times that, and up to 5 ms each while the loop is
busy, since both threads want the interpreter. So statements run here, at once. What may wait goes to a
thread: the COMMIT (it waits for the disk) and a BEGIN IMMEDIATE that finds another process writing.
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
        if operation == "BEGIN IMMEDIATE":
            await self._connection.begin_immediate(self._cursor)
        else:
            self._cursor.execute(operation, parameters)
        return self

    async def executemany(self, operation: str, parameters: Iterable[Sequence[Any]]) -> "InlineCursor":
        self._cursor.executemany(operation, parameters)
        return self

    async def fetchone(self) -> Any:
        return self._cursor.fetchone()

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        return self._cursor.fetchmany(self._cursor.arraysize if size is None else size)

    async def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()

    async def close(self) -> None:
        self._cursor.close()


class InlineConnection:
    """A connection with aiosqlite's face, its statements begun by us (no implicit transactions)."""

    def __init__(self, *given: Any, **options: Any) -> None:
        options.update(check_same_thread=False, isolation_level=None, cached_statements=CACHED_STATEMENTS)
        self.raw: sqlite3.Connection = sqlite3.connect(*given, **options)
        self.raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")

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

    async def begin_immediate(self, cursor: sqlite3.Cursor) -> None:
        """Takes the write lock: at once, or waiting in a thread while another process has it."""
        self.raw.execute("PRAGMA busy_timeout=0")
        try:
            cursor.execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
        finally:
            self.raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        await in_thread(lambda: cursor.execute("BEGIN IMMEDIATE"))

    async def commit(self) -> None:
        if self.raw.in_transaction:
            await in_thread(self.raw.commit)

    async def rollback(self) -> None:
        self.raw.rollback()

    async def close(self) -> None:
        self.raw.close()

    def stop(self) -> None:
        self.raw.close()

    async def create_function(self, *given: Any, **options: Any) -> None:
        self.raw.create_function(*given, **options)


async def in_thread(work: Callable[[], T]) -> T:
    """Runs what may wait. Cancelled meanwhile, it is waited for: the connection is not free before."""
    future = asyncio.get_running_loop().run_in_executor(_waiting, work)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        await asyncio.wait({future})
        raise
