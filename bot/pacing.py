"""The pace of one process: what each call of the bot waits for before it leaves.

Every call passes `PacedCalls`. Messages count: sends, copies and edits, as Telegram's FAQ says. Bulk has
reserved its slots before; an answer goes at once and is charged, unless answers run too far ahead. On SQLite
there is one process and the pace is held in memory; on PostgreSQL it is a row all processes share, read with
every reservation and charged in the background, so that an answer waits for no round trip unless several
come at once: then all of them are charged first, together, since other processes may answer as many.
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
from services.pacing import AHEAD, GIVING_WAY, Grant, Rates, Refusals

log = structlog.get_logger()
BURST = 4
"""Answers that may follow each other at once in a private chat; Telegram lets short bursts through."""
CHARGED_EVERY = 0.05
"""Seconds between two charges of answers to the shared pace."""
UNTOLD = AHEAD / 4
"""Seconds of the rate that answers of one process may use up before the other processes know of it."""
AWAY = 1.0
"""Seconds an answer waits for the shared pace; then for so long none does."""
PROBING = 0.2
"""Seconds between two messages of bulk while it is open whether a refusal means one chat or the whole bot."""
LONGEST_WAIT = 30.0
"""Seconds an answer is held back before it is tried all the same: its person may long have gone."""
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
        self._drift = 0.0
        self._asking = asyncio.Lock()
        self._telling: set[asyncio.Task[None]] = set()
        self._away_until = 0.0
        self._held_until = 0.0
        self._refusals = Refusals()
        self._alone: list[int] = []
        self._probed_at = 0.0
        self._gives_way_since: dict[object, float] = {}

    @property
    def held_for(self) -> float:
        """Seconds Telegram still wants silence, as far as this process knows; 0: it does not."""
        return max(0.0, self._held_until - self._clock())

    def now(self) -> float:
        """Seconds by a clock that runs evenly."""
        return self._clock()

    # Bulk

    async def take(self, wish: int, who: object = None) -> Grant:
        """Reserves up to `wish` slots for bulk. `who`: whose patience it is that one day gets a slot."""
        now = self._clock()
        if self.held_for:
            return Grant(0, self.held_for, 0.0, self.held_for)
        if self._refusals.suspected(now):
            if now < self._probed_at + PROBING:
                return Grant(0, self._probed_at + PROBING - now, 0.0, 0.0)
            self._probed_at, wish = now, 1
        if not self.rates.enforced:
            return Grant(wish, 0.0, 0.0, 0.0)
        since = self._gives_way_since.get(who)
        trickle = since is not None and now - since > GIVING_WAY
        found = await self._ask(1 if trickle else wish, trickle=trickle)
        if found.slots or found.held:
            self._gives_way_since.pop(who, None)
        elif since is None:
            self._gives_way_since[who] = now
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
        async with self._asking:
            return await self._share(slots, trickle=trickle)

    async def _share(self, slots: int, *, trickle: bool) -> Grant:
        """One statement on the row of all processes; one at a time, so that nothing is counted twice."""
        rate = self.rates.per_second
        owed, self._owed = self._owed, 0.0
        try:
            async with self.database.writing() as session:
                found = await pacing.reserve(session, slots, owed=owed, rate=rate, trickle=trickle)
        except BaseException:
            self._owed += owed
            raise
        now = self._clock()
        known, self._free_at = max(self._free_at, now), now + found.ahead + self._owed / rate
        self._drift += max(0.0, self._free_at - known)
        if found.held:  # some process was refused: answers of this one keep silent as well
            self._held_until = max(self._held_until, now + found.held)
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
        """Waits until a call may leave; an answer no longer than `LONGEST_WAIT`.

        Raises RetryAfter for bulk that would have to wait longer, or of which nothing was sent, when held.
        """
        slot, now = _in_bulk.get(), self._clock()
        paced = chat_id < 0 or not edit
        self.counted += cost
        if slot is not None:
            self._refuse_bulk(chat_id, slot, paced=paced)
        until = now
        if self.rates.enforced:
            if paced:
                until = max(until, self._in_chat(chat_id, cost, now))
            prepaid = min(cost, slot.prepaid) if slot is not None else 0
            if cost > prepaid:
                until = max(until, await self._charged(cost - prepaid, now))
            if slot is not None:
                slot.prepaid -= prepaid
        while True:
            moment = self._clock()
            wait = max(until, self._held_until, self._rest(chat_id, paced=paced)) - moment
            if slot is not None and wait > LONGEST_WAIT:
                raise RetryAfter(timedelta(seconds=wait))
            if slot is None:
                wait = min(wait, now + LONGEST_WAIT - moment)
            if wait <= 0:
                break
            await asyncio.sleep(wait)
        if slot is not None:
            slot.used += cost

    def _rest(self, chat_id: int, *, paced: bool) -> float:
        return self._refusals.rest(chat_id) if paced else 0.0

    def _refuse_bulk(self, chat_id: int, slot: Slot, *, paced: bool) -> None:
        """Raises RetryAfter when bulk has to wait: for a silence if nothing has left, else if long."""
        now = self._clock()
        silent = max(self._held_until, self._rest(chat_id, paced=paced)) - now
        busy = self._chats.get(chat_id, 0.0) - now if paced and self.rates.enforced else 0.0
        if silent > (LONGEST_WAIT if slot.used else 0.0) or (busy > LONGEST_WAIT and not slot.used):
            raise RetryAfter(timedelta(seconds=max(silent, busy)))

    async def _charged(self, cost: int, now: float) -> float:
        """When an answer may leave. Several at once are made known to the other processes before that."""
        drift = self._drift
        may_leave = self._in_line(cost, now)
        if self._owed > max(1.0, UNTOLD * self.rates.per_second) and now >= self._away_until:
            await self._tell()
            may_leave += self._drift - drift
        return may_leave

    async def _tell(self) -> None:
        """Until what is charged so far is in the shared pace: whoever comes first takes the others along.

        Waits no longer than `AWAY`; the statement itself is never broken off.
        """
        telling = asyncio.create_task(self._safely(self._tell_all))
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)
        done, _ = await asyncio.wait({telling}, timeout=AWAY)
        if not done:
            self._away_until = self._clock() + AWAY

    async def _tell_all(self) -> None:
        async with self._asking:
            if not self._owed or self._clock() < self._away_until:
                return
            try:
                await self._share(0, trickle=False)
            except Exception:
                self._away_until = self._clock() + AWAY
                raise

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
        """Telegram said 429 to a message: that chat rests.

        Everything stops, in every process, when a second chat is refused before anything arrived elsewhere.
        """
        now = self._clock()
        held = self._refusals.refused(chat_id, now=now, until=now + seconds)
        self._probed_at = max(self._probed_at, now)
        longer = self._hold(held)
        log.warning("told_to_wait", seconds=seconds, everybody=bool(held))
        try:
            alone, self._alone = self._alone, []
            async with self.database.writing() as session:
                await pacing.alone(session, alone)
                if chat_id:
                    elsewhere = await pacing.refused(session, chat_id, seconds, at=self.wall())
                    longer = self._hold(now + min(elsewhere, seconds) if elsewhere else 0.0) or longer
                if longer:
                    await pacing.hold(session, self.held_for, at=self.wall())
        except Exception as error:
            log.warning("hold_not_stored", error=type(error).__name__)

    def _hold(self, until: float) -> bool:
        """Whether that is longer than known so far."""
        longer = until > max(self._held_until, self._clock()) + CHARGED_EVERY
        self._held_until = max(self._held_until, until)
        return longer

    def arrived(self, chat_id: int, *, begun: float) -> None:
        """A message that was begun then has arrived: Telegram does not refuse the whole bot."""
        alone = self._refusals.arrived(chat_id, begun=begun)
        if alone:
            self._alone += alone
            self._owes.set()

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
            if self._telling:
                await asyncio.wait(self._telling)

    async def _settle(self) -> None:
        if self._owed and not self.database.is_sqlite:
            await self._ask(0, trickle=False)
        if self._alone:
            alone, self._alone = self._alone, []
            async with self.database.writing() as session:
                await pacing.alone(session, alone)

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
        edit = endpoint.startswith("edit")
        if cost:
            await self.pace.admit(chat_id, cost, edit=edit)
        begun = self.pace.now()
        try:
            if self.within is None:
                result = await callback(*args, **kwargs)
            else:
                result = await self.within.process_request(
                    callback, args, kwargs, endpoint, data, rate_limit_args
                )
        except RetryAfter as error:
            if cost:  # commands, photos of a profile and the like have limits of their own
                wait = error.retry_after
                seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
                await self.pace.refused(chat_id, seconds)
            raise
        if cost and not edit:
            self.pace.arrived(chat_id, begun=begun)
        return result
