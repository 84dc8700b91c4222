"""Waiting for "something changed" without polling: everybody who waits is woken by each change."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class Pulse:
    """A counter of changes that can be waited for."""

    __slots__ = ("_waiters", "count")

    def __init__(self) -> None:
        self.count = 0
        self._waiters: set[asyncio.Future[None]] = set()

    def beat(self) -> None:
        """Tell everybody who waits that something changed."""
        self.count += 1
        if self._waiters:
            for waiter in self._waiters:
                if not waiter.done():
                    waiter.set_result(None)
            self._waiters.clear()

    async def next(self, *, seconds: float) -> bool:
        """Wait for the next change; False when none came within `seconds`."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            # Not wait_for: in Python 3.11 it loses a cancellation that comes together with the result.
            await asyncio.wait((waiter,), timeout=seconds)
        finally:
            self._waiters.discard(waiter)
        return waiter.done()

    async def next_or(self, other: "asyncio.Future[None]", *, seconds: float) -> None:
        """Wait for the next change, for `other`, or for `seconds` to go by."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await asyncio.wait((waiter, other), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._waiters.discard(waiter)

    async def until(self, found: Callable[[], Found | None], *, seconds: float) -> Found | None:
        """The first value of `found()` that is not None; None when `seconds` went by without one."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while (value := found()) is None:
            left = deadline - loop.time()
            if left <= 0 or not await self.next(seconds=left):
                return found()
        return value
