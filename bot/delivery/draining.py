"""One drain: claims what is due in its lanes and has a bounded number in flight.

One slow send holds up nobody else.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog

from bot.delivery.recording import Recorder, either
from bot.delivery.telling import Facts, Post, gather_facts, tell
from models import Lane
from services import outbox

log = structlog.get_logger()
IDLE = 1.0
"""Seconds between looks at the outbox when nobody wakes us."""
SOON = 0.25
"""The same while something is due whose chat is not free yet."""
LOOK_FOR_STUCK = 60.0
"""Seconds between looks for rows whose process died."""
FEWEST, FOR = 4, 0.25
"""A claim takes the slots of so many seconds, and no fewer than it takes to share them among lanes."""


class Drain:
    """`most`: rows in flight. `stuck`: in flight for longer than any send takes: its process died."""

    def __init__(
        self, post: Post, recorder: Recorder, lanes: Sequence[Lane], *, most: int, stuck: timedelta
    ) -> None:
        self.post = post
        self.recorder = recorder
        self.lanes = lanes
        self.most = most
        self.stuck = stuck
        self._woken = asyncio.Event()
        self._flying: set[asyncio.Task[None]] = set()
        self._landed = asyncio.Event()
        self._working = False
        self._more = False
        """The last claim was full: there is more, and nobody has to be asked."""
        self._recovered_at: float | None = None

    def wake(self) -> None:
        """Something was written, or has ended."""
        self._woken.set()

    @property
    def busy(self) -> bool:
        """Whether something is being sent, or may have been written just now."""
        return self._working or bool(self._flying) or self._woken.is_set()

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`, and until what is in flight has landed."""
        try:
            while not stop.is_set():
                self._working = True
                self._woken.clear()  # before looking: what is written while we look wakes us again
                try:
                    await self.recover()
                    pause = await self.fill()
                except Exception as error:
                    log.exception("delivery_failed", error=type(error).__name__)
                    pause = IDLE
                self._working = False
                if pause:
                    await either(pause, stop, self._woken)
            if self._flying:
                await asyncio.wait(self._flying)
        finally:
            self._working = False
            for task in self._flying:
                task.cancel()

    async def fill(self) -> float:
        """Claims what there is room and pace for; gives the seconds to wait before the next look."""
        post = self.post
        wish = self._wish()
        if self.most - len(self._flying) < wish:
            self._landed.clear()
            await either(IDLE, self._landed)
            return 0
        if not self._more and not await self._anything_due():
            return IDLE
        self._more = False
        grant = await post.pace.take(wish)
        if not grant.slots:
            await asyncio.sleep(min(grant.wait, IDLE))
            return 0
        begin = asyncio.get_running_loop().time() + grant.wait
        rows = await self._claim(grant.slots)
        post.pace.give_back(grant.slots - len(rows))
        if not rows:
            return SOON
        self._more = len(rows) == grant.slots
        await self._send(rows, begin)
        return 0

    async def _anything_due(self) -> bool:
        async with self.post.deps.database.reading() as session:
            return await outbox.anything_due(session, now=self.post.deps.clock(), lanes=self.lanes)

    def _wish(self) -> int:
        rates = self.post.pace.rates
        most = max(1, self.most // 2)
        return min(most, max(FEWEST, int(rates.per_second * FOR))) if rates.enforced else most

    async def _claim(self, limit: int) -> Sequence[outbox.Claimed]:
        post = self.post
        async with post.deps.database.writing() as session:
            return await outbox.claim(
                session,
                now=post.deps.clock(),
                limit=limit,
                lanes=self.lanes,
                paced=post.pace.wall() if post.pace.rates.enforced else None,
            )

    async def _send(self, rows: Sequence[outbox.Claimed], begin: float) -> None:
        """Sets them off one after the other, each in its slot; the first at `begin` by the loop's clock."""
        self.recorder.takes(rows)
        facts = await self._facts(rows)
        rates = self.post.pace.rates
        between = 1 / rates.per_second if rates.enforced else 0.0
        first = max(0.0, begin - asyncio.get_running_loop().time())
        for place, row in enumerate(rows):
            task = asyncio.create_task(self._fly(row, facts, delay=first + place * between))
            self._flying.add(task)
            task.add_done_callback(self._land)

    async def _facts(self, rows: Sequence[outbox.Claimed]) -> Facts | Exception:
        try:
            return await gather_facts(self.post, rows)
        except Exception as error:
            return error  # of each of them, surely before it was sent

    async def _fly(self, row: outbox.Claimed, facts: Facts | Exception, *, delay: float) -> None:
        if delay:
            await asyncio.sleep(delay)
        told = await tell(self.post, row, facts)
        self.post.pace.give_back(told.slot.prepaid)
        self.recorder.put(told)

    def _land(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        self._landed.set()

    async def landed(self) -> None:
        """Waits for all that is in flight."""
        while self._flying:
            await asyncio.wait(self._flying)

    async def recover(self, *, at_once: bool = False) -> None:
        """At the start and now and then: rows whose process died while sending.

        SQLite belongs to one process, so at its start every such row is a dead one's. `at_once`: now, however
        long ago the last look was.
        """
        clock = asyncio.get_running_loop().time()
        first = self._recovered_at is None
        if not first and not at_once and clock - (self._recovered_at or 0) < LOOK_FOR_STUCK:
            return
        async with self.post.deps.database.writing() as session:
            uncertain = await outbox.recover(
                session,
                now=self.post.deps.clock(),
                older_than=timedelta() if first and self.post.deps.database.is_sqlite else self.stuck,
                in_hand=self.recorder.in_hand,
                lanes=self.lanes,
            )
        self._recovered_at = clock
        if uncertain:
            log.warning("outbox_uncertain", count=uncertain)
