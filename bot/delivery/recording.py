"""The endings of rows, written together: what finished within a few milliseconds shares one transaction.

A database that is away loses none: they are kept and written when it is back, and their rows stay in hand.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot import presenter
from bot.delivery.telling import Post, Told
from models import OutboxState
from models.engine import is_away, is_conflict
from services import cards, delivery_trouble, groups, outbox, pacing
from services.people.identity import mark_unreachable

log = structlog.get_logger()
TOGETHER = 0.1
"""Seconds an ending waits for others that are still in hand."""
MOST = 50
"""Endings in one transaction."""
AGAIN = 0.5
"""Seconds until they are tried again when the database is away."""


class Recorder:
    """`written` is told when rows have ended: what waits behind them may go."""

    def __init__(self, post: Post, written: Callable[[], None]) -> None:
        self.post = post
        self.in_hand: set[int] = set()
        """Rows that were claimed here and whose ending is not stored yet."""
        self.taken = 0
        """Rows claimed here so far."""
        self._written = written
        self._waiting: list[Told] = []
        self._any = asyncio.Event()
        self._many = asyncio.Event()
        self._writing = asyncio.Lock()
        self._removing: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> bool:
        """Whether an ending is still to be stored, or a message to be taken away."""
        return bool(self._waiting or self._removing) or self._writing.locked()

    def takes(self, rows: Sequence[outbox.Claimed]) -> None:
        """These rows were claimed here."""
        self.in_hand.update(row.id for row in rows)
        self.taken += len(rows)

    def put(self, told: Told) -> None:
        """Stores it soon."""
        self._waiting.append(told)
        self._any.set()
        if len(self._waiting) >= min(MOST, len(self.in_hand)):
            self._many.set()

    def drop(self, row_id: int) -> None:
        """Nothing will be put for this row: its flight was cut off with the program."""
        self.in_hand.discard(row_id)
        self._any.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` and nothing is left in hand."""
        while not (stop.is_set() and not self.in_hand):
            await either(AGAIN, self._any, *(() if stop.is_set() else (stop,)))
            if not self._waiting:
                self._any.clear()
                continue
            await either(TOGETHER, self._many)
            try:
                await self.flush()
            except Exception as error:
                log.warning("endings_not_stored", count=len(self._waiting), error=type(error).__name__)
                if stop.is_set():
                    return
                await either(AGAIN, stop)

    async def flush(self) -> None:
        """Stores all there is. Raises when the database is away; nothing is lost by that."""
        async with self._writing:
            while self._waiting:
                batch = self._waiting[:MOST]
                await self._store(batch)
                del self._waiting[: len(batch)]
                self.in_hand.difference_update(one.row.id for one in batch)
                self._take_away(batch)
                self._written()
            self._any.clear()
            self._many.clear()

    async def _store(self, batch: Sequence[Told]) -> None:
        try:
            await self._write(batch)
        except Exception as error:
            if is_away(error):
                raise
            if not is_conflict(error):
                log.exception("endings_failed_together", error=type(error).__name__)
            for one in batch:
                await self._alone(one)

    async def _alone(self, told: Told) -> None:
        """One that cannot be stored stays in flight until its age makes it uncertain."""
        for attempt in range(3):
            try:
                await self._write([told])
                return
            except Exception as error:
                if is_away(error):
                    raise
                if not is_conflict(error) or attempt == 2:
                    log.exception("ending_failed", outbox_id=told.row.id, error=type(error).__name__)
                    return

    async def _write(self, batch: Sequence[Told]) -> None:
        now = self.post.deps.clock()
        async with self.post.deps.database.writing() as session:
            sent = [one for one in batch if one.end.state is OutboxState.SENT]
            await outbox.finish_sent(session, [outbox.Sent(one.row, one.message_id) for one in sent], now=now)
            for told in batch:
                if told.end.state is not OutboxState.SENT:
                    await _end(session, told, now=now)
                if told.row.group is not None:
                    await _learned(session, told, told.row.group.group_id, now=now)
                for message_id in told.gone:
                    await cards.forget(session, told.row.chat_id or 0, message_id)
            await _place(session, batch, now=now)
            if self.post.pace.rates.enforced:
                await pacing.used(session, self._rests(batch), at=self.post.pace.wall())
            await _report(session, batch, now=now)

    def _rests(self, batch: Sequence[Told]) -> dict[int, float]:
        """For how many seconds each chat has had enough."""
        between = self.post.pace.rates.between
        return {
            one.row.chat_id: one.slot.used * between(one.row.chat_id)
            for one in batch
            if one.row.chat_id is not None and one.slot.used
        }

    def _take_away(self, batch: Sequence[Told]) -> None:
        """Old messages go once it is stored what stands instead of them."""
        for told in batch:
            for message_id in {*told.gone, *told.outdone}:
                task = asyncio.create_task(presenter.remove(self.post.bot, told.row.chat_id or 0, message_id))
                self._removing.add(task)
                task.add_done_callback(self._removing.discard)

    async def settled(self) -> None:
        """Waits for messages that are being taken away."""
        if self._removing:
            await asyncio.wait(self._removing)


async def _end(session: AsyncSession, told: Told, *, now: datetime) -> None:
    row, end = told.row, told.end
    if end.until is not None:
        await outbox.put_off(session, row, until=end.until)
    elif end.state is OutboxState.WAITING:
        await outbox.put_back(session, row, now=now, wait=end.wait, error=end.error or "")
    else:
        await outbox.finish(
            session, row, end.state, now=now, telegram_message_id=told.message_id, error=end.error
        )
    if end.gone and row.user_id is not None:
        await mark_unreachable(session, row.user_id, now=now)


async def _place(session: AsyncSession, batch: Sequence[Told], *, now: datetime) -> None:
    """Somebody may have acted since a card was sent; whatever shows it in an older message goes."""
    outdone = await cards.place_newest(session, [card for one in batch for card in one.placed], now=now)
    for told in batch:
        told.outdone = [message_id for chat_id, message_id in outdone if chat_id == told.row.chat_id]


async def _learned(session: AsyncSession, told: Told, group_id: int, *, now: datetime) -> None:
    """What a try tells of the group itself: that it is there, where it is now, or what is wrong there."""
    end = told.end
    if end.state is OutboxState.SENT and told.message_id is not None:
        await groups.arrived(session, group_id)
    if end.moved_to is not None and told.row.chat_id is not None:
        await groups.follow(session, told.row.chat_id, moved_to=end.moved_to)
    elif end.problem is not None:
        await groups.met_problem(session, group_id, end.problem, now=now)


async def _report(session: AsyncSession, batch: Sequence[Told], *, now: datetime) -> None:
    """Tells the admins of what they can mend; not of what their own message met."""
    causes = {
        delivery_trouble.cause_of(one.end.state, one.end.error, in_group=one.row.group is not None)
        for one in batch
        if one.end.state in (OutboxState.FAILED, OutboxState.UNCERTAIN)
        and one.row.kind != delivery_trouble.TROUBLED
    }
    await delivery_trouble.tell_admins(session, causes, day=now.date(), now=now)


async def either(seconds: float, *events: asyncio.Event) -> None:
    """Waits for the first of the events, at most so many seconds."""
    tasks: list[asyncio.Task[object]] = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
