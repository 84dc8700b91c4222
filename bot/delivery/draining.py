"""One drain: claims what is due in its lanes and has a bounded number in flight.

One slow send holds up nobody else.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial

import structlog

from bot.delivery.endings import Ending
from bot.delivery.recording import Recorder, either
from bot.delivery.telling import Facts, Post, Told, gather_facts, tell
from bot.pacing import Slot
from models import Lane, OutboxState
from services import outbox

log = structlog.get_logger()
IDLE = 1.0
"""Seconds between looks at the outbox when nobody wakes us."""
SOON = 0.25
"""The same while something is due whose chat is not free yet."""
LATEST = 4.0
SPARING = 20
"""And so many times as long as the look took, which grows with what is in the way; at most `LATEST`."""
LOOK_FOR_STUCK = 60.0
"""Seconds between looks for rows whose process died."""
FEWEST, FOR = 4, 0.25
"""A claim takes the slots of so many seconds, and no fewer than it takes to share them among lanes."""
CUT_OFF = 0.75
"""A flight is given up after this share of the time after which its process counts as dead."""


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
        self._begun: set[int] = set()
        """Rows whose sending has begun, of those that fly."""
        self._landed = asyncio.Event()
        self._working = False
        self._more = False
        """The last claim was full: there is more, and nobody has to be asked."""
        self._recovered_at: float | None = None
        self._claims = 0

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
            if self._flying:
                await asyncio.wait(self._flying)

    async def fill(self) -> float:
        """Claims what there is room and pace for; gives the seconds to wait before the next look."""
        post = self.post
        if post.brake.wait:
            return min(post.brake.wait, IDLE)
        wish = self._wish()
        if self.most - len(self._flying) < wish:
            self._landed.clear()
            await either(IDLE, self._landed)
            return 0
        if not self._more and not await self._anything_due():
            return IDLE
        self._more = False
        grant = await post.pace.take(wish, self)
        if not grant.slots:
            await asyncio.sleep(min(grant.wait, IDLE))
            return 0
        clock = asyncio.get_running_loop().time
        asked = clock()
        begin = asked + grant.wait
        rows = await self._claim(grant.slots)
        post.pace.give_back(grant.slots - len(rows))
        if not rows:
            return pause_after(clock() - asked)
        self._more = len(rows) == grant.slots
        await self._send(rows, begin)
        return 0

    async def _anything_due(self) -> bool:
        async with self.post.deps.database.reading() as session:
            return await outbox.anything_due(session, now=self.post.deps.clock(), lanes=self.lanes)

    def _wish(self) -> int:
        if self.post.brake.on:
            return 1
        rates = self.post.pace.rates
        most = max(1, self.most // 2)
        return min(most, max(FEWEST, int(rates.per_second * FOR))) if rates.enforced else most

    async def _claim(self, limit: int) -> Sequence[outbox.Claimed]:
        post = self.post
        self._claims += 1
        async with post.deps.database.writing() as session:
            return await outbox.claim(
                session,
                now=post.deps.clock(),
                limit=limit,
                lanes=self.lanes,
                paced=post.pace.wall() if post.pace.rates.enforced else None,
                turn=self._claims,
            )

    async def _send(self, rows: Sequence[outbox.Claimed], begin: float) -> None:
        """Sets them off one after the other, each in its slot; the first at `begin` by the loop's clock."""
        self.recorder.takes(rows)
        try:
            facts = await self._facts(rows)
        except asyncio.CancelledError:
            self._put_back(rows)
            raise
        rates = self.post.pace.rates
        between = 1 / rates.per_second if rates.enforced else 0.0
        first = max(0.0, begin - asyncio.get_running_loop().time())
        for place, row in enumerate(rows):
            task = asyncio.create_task(self._fly(row, facts, delay=first + place * between))
            self._flying.add(task)
            task.add_done_callback(partial(self._land, row))

    async def _facts(self, rows: Sequence[outbox.Claimed]) -> Facts | Exception:
        try:
            return await gather_facts(self.post, rows)
        except Exception as error:
            return error  # of each of them, surely before it was sent

    async def _fly(self, row: outbox.Claimed, facts: Facts | Exception, *, delay: float) -> None:
        if delay:
            await asyncio.sleep(delay)
        brake = self.post.brake
        if not brake.admits(row.id):
            self._put_back([row], wait=brake.wait)
            return
        self._begun.add(row.id)
        told = await tell(self.post, row, facts, seconds=self.stuck.total_seconds() * CUT_OFF)
        brake.ended(row.id, told.end.met)
        self.post.pace.give_back(told.slot.prepaid)
        self.recorder.put(told)

    def _put_back(self, rows: Iterable[outbox.Claimed], *, wait: float = 0.0) -> None:
        """Claimed and surely not tried: it uses up no attempt, and nothing of its chat overtakes."""
        end = Ending(OutboxState.WAITING, "held back", wait=timedelta(seconds=wait))
        for row in rows:
            self.post.pace.give_back(1)
            self.recorder.put(Told(row, Slot(prepaid=0), end))

    def _land(self, row: outbox.Claimed, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            self.post.brake.forget(row.id)
            if row.id in self._begun:
                self.recorder.drop(row.id)  # what became of it nobody knows: it stays `sending`
            else:
                self._put_back([row])
        self._begun.discard(row.id)
        self._flying.discard(task)
        self._landed.set()

    async def landed(self) -> None:
        """Waits for all that is in flight."""
        while self._flying:
            await asyncio.wait(self._flying)

    async def recover(self, *, at_once: bool = False) -> None:
        """At the start and now and then: rows whose process died while sending.

        SQLite belongs to one process, so at its start every such row is a dead one's, whatever the clock
        says. `at_once`: now, however long ago the last look was.
        """
        clock = asyncio.get_running_loop().time()
        first = self._recovered_at is None
        if not first and not at_once and clock - (self._recovered_at or 0) < LOOK_FOR_STUCK:
            return
        async with self.post.deps.database.writing() as session:
            uncertain = await outbox.recover(
                session,
                now=self.post.deps.clock(),
                older_than=None if first and self.post.deps.database.is_sqlite else self.stuck,
                in_hand=self.recorder.in_hand,
                lanes=self.lanes,
                paced=self.post.pace.rates.enforced,
            )
        self._recovered_at = clock
        if uncertain:
            log.warning("outbox_uncertain", count=uncertain)


def pause_after(took: float) -> float:
    """Seconds before the next look, after one that took so long and found nothing it could send."""
    return min(LATEST, max(SOON, took * SPARING))
