"""Drains the outbox: claim, render in the recipient's language, send, record.

The invariants are those of services/outbox. Rendering reads the present state, so that a message written a
minute ago does not show what is no longer so. Two drains: one for what people and the clock tell, one for
pictures, which take a while to draw; between them they keep the order of each chat.

    pace ──▶ claim ──▶ facts of all ──▶ send, each in its slot ──▶ endings, many in one transaction
      ▲                                                                │
      └──────────────── what waited behind them may go ────────────────┘
"""

import asyncio
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from telegram.ext import ExtBot

from bot.context import Deps
from bot.delivery.braking import Brake
from bot.delivery.draining import Drain
from bot.delivery.recording import Recorder
from bot.delivery.telling import Post
from bot.pacing import Pace
from bot.registry import Registry
from documents.pictures import SECONDS
from models import Lane

__all__ = ["Delivery"]
AT_ONCE = 64
"""Notices in flight: half of the connections, so that answers always find one. A claim takes half of that."""
PICTURES_AT_ONCE = 4
"""One is drawn at a time; the others are being sent."""
STUCK = timedelta(minutes=2)
"""In flight for longer than any send takes: its process died. A flight is cut off well before."""
STUCK_PICTURES = STUCK + PICTURES_AT_ONCE * timedelta(seconds=SECONDS)
LAST_WORDS = 15.0
"""Seconds the end of a delivery waits for what is still to be stored: as long as a busy database takes."""


class Delivery:
    """The drains of one process; several processes share the outbox by their claims."""

    def __init__(self, deps: Deps, registry: Registry, bot: ExtBot[Any], pace: Pace | None = None) -> None:
        pace = pace or Pace(deps.database, deps.rates)
        self.post = Post(deps, registry, bot, pace, Brake(pace.now))
        self.recorder = Recorder(self.post, self.wake)
        told = Drain(self.post, self.recorder, (Lane.TOLD, Lane.ROUND), most=AT_ONCE, stuck=STUCK)
        drawn = Drain(self.post, self.recorder, (Lane.DRAWN,), most=PICTURES_AT_ONCE, stuck=STUCK_PICTURES)
        self.drains = (told, drawn)

    def wake(self, lanes: Collection[int] = tuple(Lane)) -> None:
        """Something was written in these lanes."""
        for drain in self.drains:
            if any(lane in lanes for lane in drain.lanes):
                drain.wake()

    @property
    def busy(self) -> bool:
        """Whether something is being sent or stored, or may have been written just now."""
        return self.recorder.busy or any(drain.busy for drain in self.drains)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`: drains, then waits to be woken. What is in flight lands and is recorded.

        Cancelled, it ends soon: what was being sent stays `sending`, and is found as such.
        """
        landed = asyncio.Event()
        recording = asyncio.create_task(self.recorder.run(landed))
        pacing = asyncio.create_task(self.post.pace.run(stop))
        try:
            await asyncio.gather(*(drain.run(stop) for drain in self.drains))
        finally:
            landed.set()
            if not stop.is_set():
                pacing.cancel()
            await asyncio.wait({recording, pacing}, timeout=LAST_WORDS)
            await self.recorder.settled()
            for task in (recording, pacing):
                task.cancel()

    async def drain(self) -> bool:
        """One claim a drain, sent and recorded; False when nothing was due."""
        await self.recorder.flush()
        before = self.recorder.taken
        for drain in self.drains:
            await drain.fill()
            await drain.landed()
        await self.recorder.flush()
        await self.recorder.settled()
        return self.recorder.taken > before
