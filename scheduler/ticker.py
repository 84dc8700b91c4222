"""Calls one thing every few seconds, in this process and in memory.

Ticks may be late, missed or doubled: what they call decides what is due, and decides it once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

GRACE_SECONDS = 3600
"""A tick that comes late (the machine slept) still comes; several missed ones are one."""

log = structlog.get_logger()


class Ticker:
    """Calls `action` every `seconds`, the first time after `delay` of them, never twice at the same time.

    An error of the action is logged by its type and the next tick goes on. `stop` lets a running call end.
    """

    def __init__(
        self, action: Callable[[], Awaitable[object]], *, seconds: float, delay: float = 0, name: str = "tick"
    ) -> None:
        self._action = action
        self._seconds = seconds
        self._delay = delay
        self._name = name
        self._scheduler: AsyncIOScheduler | None = None
        self._idle = asyncio.Lock()

    async def start(self) -> None:
        """Begins to tick on the running loop. Raises RuntimeError when it already ticks."""
        if self._scheduler is not None:
            raise RuntimeError("the ticker is running")
        scheduler = AsyncIOScheduler(timezone=UTC)
        self._scheduler = scheduler
        scheduler.add_job(
            self._tick,
            "interval",
            seconds=self._seconds,
            id=self._name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=GRACE_SECONDS,
            next_run_time=datetime.now(UTC) + timedelta(seconds=self._delay),
        )
        scheduler.start()

    async def stop(self) -> None:
        """Ends ticking after the call in hand. Stopping twice is as once."""
        scheduler, self._scheduler = self._scheduler, None
        if scheduler is None:
            return
        scheduler.remove_all_jobs()
        async with self._idle:  # the call in hand has ended; its task ends in the loop's next turns
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # it ends itself in the next turn too

    async def _tick(self) -> None:
        async with self._idle:
            if self._scheduler is None:
                return
            try:
                await self._action()
            except Exception as error:
                log.error("tick_failed", ticker=self._name, error=type(error).__name__)
