"""The pace of one process: what each call of the bot waits for before it leaves.

Every call passes `PacedCalls`. Messages count: sends, copies and edits, as Telegram's FAQ says. Bulk has
reserved its slots before; an answer goes at once and is charged, unless answers run too far ahead. On SQLite
there is one process and the pace is held in memory; on PostgreSQL it is a row all processes share, read with
every reservation and charged in the background, so that an answer waits for no round trip.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from models.engine import Database
from services import pacing
from services.pacing import AHEAD, GIVING_WAY, Grant, Rates

log = structlog.get_logger()
BURST = 4
"""Answers that may follow each other at once in a private chat; Telegram lets short bursts through."""
CHARGED_EVERY = 0.05
"""Seconds between two charges of answers to the shared pace."""
LONGEST_WAIT = 30.0
"""Seconds a call is held back before it is tried all the same: its person may long have gone."""
KEPT_CHATS = 4096
"""Chats whose pace is remembered before those that are free again are forgotten."""
Clock = Callable[[], float]


@dataclass(slots=True)
class Slot:
    """What a row in hand may send: `prepaid` messages are reserved, `used` were sent."""

    prepaid: int = 1
    used: int = 0


_in_bulk: ContextVar[Slot | None] = ContextVar("in_bulk", default=None)


@contextmanager
def in_bulk(slot: Slot) -> Iterator[None]:
    """What is sent in the block was reserved as bulk."""
    token = _in_bulk.set(slot)
    try:
        yield
    finally:
        _in_bulk.reset(token)


class Pace:
    """`clock` runs evenly, `wall` is in seconds since 1970; both are seconds."""

    def __init__(
        self, database: Database, rates: Rates, *, clock: Clock = time.monotonic, wall: Clock = time.time
    ) -> None:
        self.database = database
        self.rates = rates
        self.wall = wall
        self.counted = 0
        """Messages so far."""
        self._clock = clock
        self._free_at = 0.0
        self._owed = 0.0
        self._owes = asyncio.Event()
        self._chats: dict[int, float] = {}
        self._held_until = 0.0
        self._held_by: int | None = None
        self._answers_held_until = 0.0
        self._gives_way_since: float | None = None

    @property
    def held_for(self) -> float:
        """Seconds Telegram still wants silence, as far as this process knows; 0: it does not."""
        return max(0.0, self._held_until - self._clock())

    # Bulk

    async def take(self, wish: int) -> Grant:
        """Reserves up to `wish` slots for bulk."""
        now = self._clock()
        if not self.rates.enforced or self.held_for:
            return Grant(0 if self.held_for else wish, self.held_for, 0.0, self.held_for)
        since = self._gives_way_since
        trickle = since is not None and now - since > GIVING_WAY
        found = await self._ask(1 if trickle else wish, trickle=trickle)
        if found.slots or found.held:
            self._gives_way_since = None
        elif since is None:
            self._gives_way_since = now
        if found.held:
            self._held_until = max(self._held_until, self._clock() + found.held)
        return found

    async def _ask(self, slots: int, *, trickle: bool) -> Grant:
        rate = self.rates.per_second
        if self.database.is_sqlite:
            now = self._clock()
            found = pacing.grant(
                self._free_at, self._held_until, now=now, slots=slots, rate=rate, trickle=trickle
            )
            if found.slots:
                self._free_at = now + found.ahead
            return found
        owed, self._owed = self._owed, 0.0
        try:
            async with self.database.writing() as session:
                found = await pacing.reserve(session, slots, owed=owed, rate=rate, trickle=trickle)
        except BaseException:
            self._owed += owed
            raise
        self._free_at = self._clock() + found.ahead + self._owed / rate
        return found

    def give_back(self, slots: int) -> None:
        """Slots that nothing was sent in."""
        if slots and self.rates.enforced:
            self._charge(-slots)

    def _charge(self, messages: int) -> None:
        self._free_at += messages / self.rates.per_second
        if not self.database.is_sqlite:
            self._owed += messages
            self._owes.set()

    # Every call

    async def admit(self, chat_id: int, cost: int, *, edit: bool) -> None:
        """Waits until a call may leave. Raises RetryAfter for bulk of which nothing was sent, when held."""
        slot, now = _in_bulk.get(), self._clock()
        self.counted += cost
        until = now
        if slot is not None:
            if self.held_for and not slot.used:
                raise RetryAfter(timedelta(seconds=self.held_for))
            until = max(until, self._held_until)
        else:
            until = max(until, self._answers_held_until)
        if self.rates.enforced:
            if chat_id < 0 or not edit:
                until = max(until, self._in_chat(chat_id, cost, now))
            prepaid = min(cost, slot.prepaid) if slot is not None else 0
            if cost > prepaid:
                until = max(until, self._in_line(cost - prepaid, now))
            if slot is not None:
                slot.prepaid -= prepaid
        if slot is not None:
            slot.used += cost
        if until > now:
            await asyncio.sleep(min(until - now, LONGEST_WAIT))

    def _in_line(self, cost: int, now: float) -> float:
        """Charges at once, so that whoever waits keeps their place; gives when it may leave."""
        self._free_at = max(self._free_at, now)
        may_leave = self._free_at - AHEAD
        self._charge(cost)
        return may_leave

    def _in_chat(self, chat_id: int, cost: int, now: float) -> float:
        """The same for one chat: a group gets no burst."""
        if len(self._chats) > KEPT_CHATS:
            self._chats = {chat: free for chat, free in self._chats.items() if free > now}
        each = self.rates.between(chat_id)
        free = max(self._chats.get(chat_id, 0.0), now)
        self._chats[chat_id] = free + each * cost
        return free - (0.0 if chat_id < 0 else each * (BURST - 1))

    async def refused(self, chat_id: int, seconds: float) -> None:
        """Telegram said 429. Bulk stops everywhere; answers do when a second chat is refused meanwhile.

        One chat may be too busy by itself: others are not silenced for it.
        """
        now = self._clock()
        if self.held_for and self._held_by != chat_id:
            self._answers_held_until = max(self._answers_held_until, now + seconds)
        longer = now + seconds > self._held_until + CHARGED_EVERY
        self._held_until = max(self._held_until, now + seconds)
        self._held_by = chat_id
        log.warning("told_to_wait", seconds=seconds)
        if not longer:
            return
        try:
            async with self.database.writing() as session:
                await pacing.hold(session, seconds, at=self.wall())
        except Exception as error:
            log.warning("hold_not_stored", error=type(error).__name__)

    # In the background

    async def run(self, stop: asyncio.Event) -> None:
        """Takes up a hold that was stored before, then charges what answers owe the shared pace."""
        await self._safely(self._recall)
        stopped = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                owes = asyncio.create_task(self._owes.wait())
                await asyncio.wait({owes, stopped}, return_when=asyncio.FIRST_COMPLETED)
                owes.cancel()
                if not stop.is_set():
                    await asyncio.sleep(CHARGED_EVERY)
                    self._owes.clear()
                    await self._safely(self._settle)
        finally:
            stopped.cancel()

    async def _settle(self) -> None:
        if self._owed:
            await self._ask(0, trickle=False)

    async def _recall(self) -> None:
        async with self.database.reading() as session:
            left = await pacing.held(session, at=self.wall())
        self._held_until = max(self._held_until, self._clock() + left) if left else self._held_until

    async def _safely(self, step: Callable[[], Awaitable[None]]) -> None:
        try:
            await step()
        except Exception as error:
            log.warning("pace_not_shared", error=type(error).__name__)


MESSAGES = ("send", "edit", "copy", "forward")
NO_MESSAGES = frozenset({"sendChatAction", "editForumTopic", "editGeneralForumTopic", "sendMessageDraft"})


def cost_of(endpoint: str, data: Mapping[str, Any]) -> int:
    """How many messages a call is; 0: Telegram does not count it."""
    if not endpoint.startswith(MESSAGES) or endpoint in NO_MESSAGES:
        return 0
    many = data.get("media") if endpoint == "sendMediaGroup" else data.get("message_ids")
    return len(many) if many else 1


class PacedCalls(BaseRateLimiter[None]):
    """The hook of python-telegram-bot through which every call leaves. `within`: another one, past it."""

    def __init__(self, pace: Pace, within: BaseRateLimiter[Any] | None = None) -> None:
        self.pace = pace
        self.within = within

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to end."""

    async def process_request(
        self,
        callback: Callable[..., Any],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,
    ) -> Any:
        """Makes the call when its turn has come. Raises whatever it raises."""
        cost = cost_of(endpoint, data)
        chat = data.get("chat_id")
        chat_id = chat if isinstance(chat, int) else 0
        if cost:
            await self.pace.admit(chat_id, cost, edit=endpoint.startswith("edit"))
        try:
            if self.within is None:
                return await callback(*args, **kwargs)
            return await self.within.process_request(callback, args, kwargs, endpoint, data, rate_limit_args)
        except RetryAfter as error:
            wait = error.retry_after
            seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
            await self.pace.refused(chat_id, seconds)
            raise
