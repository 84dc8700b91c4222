"""Order per chat, bounded waiting.

Updates of one chat are handled one after the other, those of different chats side by side, at most `limit`
at once. `put` gives a future that is done when the update's effect is committed — not when it is answered —
and that fails when the update must be delivered again; later updates of that chat then fail with it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
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
    ) -> None:
        self._handle = handle
        self._identity = identity
        self._chat = chat
        self._free = asyncio.Semaphore(limit)
        self._tails: dict[Hashable, asyncio.Task[None]] = {}
        self._pending: dict[int, asyncio.Future[None]] = {}

    def put(self, item: T) -> "asyncio.Future[None]":
        """Queues one item behind the others of its chat."""
        identity, chat = self._identity(item), self._chat(item)
        already = self._pending.get(identity)
        if already is not None:
            return already
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.add_done_callback(_looked_at)
        self._pending[identity] = future
        task = asyncio.create_task(self._run(item, identity, future, self._tails.get(chat)))
        self._tails[chat] = task
        task.add_done_callback(lambda done: self._forget(chat, done))
        return future

    def committed(self, identity: int) -> None:
        """The effect of an update is durable."""
        future = self._pending.get(identity)
        if future is not None and not future.done():
            future.set_result(None)

    @property
    def busy(self) -> bool:
        """Whether something is being handled or answered."""
        return bool(self._tails)

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
        except Exception as error:
            if future.done():
                return  # it failed after the commit: nothing to deliver again
            future.set_exception(error)
            raise
        finally:
            self._pending.pop(identity, None)

    def _forget(self, chat: Hashable, task: asyncio.Task[None]) -> None:
        _looked_at(task)
        if self._tails.get(chat) is task:
            del self._tails[chat]


def _looked_at(future: "asyncio.Future[None]") -> None:
    """Takes note of an exception, so that asyncio does not complain that nobody did."""
    if not future.cancelled():
        future.exception()
