"""Order per chat, bounded waiting.

Updates of one chat are handled one after the other, those of different chats side by side, at most `limit`
at once. `put` gives a future that is done when the update's effect is committed — not when it is answered —
and that fails when the update must be delivered again; later updates of that chat then fail with it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from time import perf_counter
from typing import Generic, TypeVar

T = TypeVar("T")


class Processor(Generic[T]):
    """Runs `handle(item)`; `identity(item)` names it for `committed`, `chat(item)` orders it."""

    def __init__(
        self,
        handle: Callable[[T], Awaitable[None]],
        *,
        identity: Callable[[T], int],
        chat: Callable[[T], Hashable],
        limit: int = 64,
        timed: Callable[[str, float], None] = lambda until, seconds: None,
    ) -> None:
        """`timed` is told how long after `put` an item was committed, and answered, in seconds."""
        self._handle = handle
        self._identity = identity
        self._chat = chat
        self._free = asyncio.Semaphore(limit)
        self._tails: dict[Hashable, asyncio.Task[None]] = {}
        self._pending: dict[int, asyncio.Future[None]] = {}
        self._timed = timed
        self._since: dict[int, float] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def put(self, item: T) -> "asyncio.Future[None]":
        """Queues one item behind the others of its chat."""
        identity, chat = self._identity(item), self._chat(item)
        already = self._pending.get(identity)
        if already is not None:
            return already
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.add_done_callback(_looked_at)
        self._pending[identity] = future
        self._since[identity] = perf_counter()
        task = asyncio.create_task(self._run(item, identity, future, self._tails.get(chat)))
        self._tails[chat] = self._tasks[identity] = task
        task.add_done_callback(lambda done: self._forget(chat, identity, done))
        return future

    def committed(self, identity: int) -> None:
        """The effect of an update is durable."""
        future = self._pending.get(identity)
        if future is not None and not future.done():
            future.set_result(None)
            self._timed("committed", perf_counter() - self._since[identity])

    @property
    def busy(self) -> bool:
        """Whether something is being handled or answered."""
        return bool(self._tails)

    async def answered(self, identity: int, *, seconds: float) -> bool:
        """Waits until an item is handled and answered; False when that takes longer than `seconds`."""
        task = self._tasks.get(identity)
        if task is not None:
            await asyncio.wait({task}, timeout=seconds)
        return task is None or task.done()

    async def drain(self) -> None:
        """Waits until everything in hand is handled and answered."""
        while self._tails:
            await asyncio.wait(list(self._tails.values()))
            await asyncio.sleep(0)

    async def _run(
        self,
        item: T,
        identity: int,
        future: "asyncio.Future[None]",
        before: asyncio.Task[None] | None,
    ) -> None:
        try:
            if before is not None:
                await before
            async with self._free:
                await self._handle(item)
            if not future.done():
                future.set_result(None)
            self._timed("answered", perf_counter() - self._since[identity])
        except Exception as error:
            if future.done():
                return  # it failed after the commit: nothing to deliver again
            future.set_exception(error)
            raise
        finally:
            self._pending.pop(identity, None)
            self._since.pop(identity, None)

    def _forget(self, chat: Hashable, identity: int, task: asyncio.Task[None]) -> None:
        _looked_at(task)
        if self._tasks.get(identity) is task:
            del self._tasks[identity]
        if self._tails.get(chat) is task:
            del self._tails[chat]


def _looked_at(future: "asyncio.Future[None]") -> None:
    """Takes note of an exception, so that asyncio does not complain that nobody did."""
    if not future.cancelled():
        future.exception()
