"""Our own poll loop: the offset advances only past committed updates.

python-telegram-bot's Updater confirms an update before it is handled: a process that dies in between
loses it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from telegram import Update
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import ExtBot

from bot.processor import Processor

log = structlog.get_logger()
PLACE = {"message_id", "date", "chat", "message_thread_id", "is_topic_message"}
"""What is read of a message whose button was pressed."""
ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
LONG_POLL = 25
"""Seconds the server may wait for an update."""
PAUSES = (0.5, 1, 2, 5, 10)
PATIENCE = 0.5
"""Seconds a slow update may hold up the next fetch."""
PLENTY = 32
"""With more in hand there is enough to do: to fetch them all once more would only cost."""


class _Window:
    """The updates between the offset and the newest one fetched.

    An update that is held up (its chat's answer waits for a busy server) does not hold up the others: the
    window is fetched again, and what is in hand or committed is passed over.
    """

    def __init__(self, processor: Processor[Update]) -> None:
        self._processor = processor
        self._in_hand: dict[int, asyncio.Future[None]] = {}
        self._committed: set[int] = set()
        self.offset: int | None = None

    async def take(self, found: Sequence[Update]) -> bool:
        """Hands new updates over and waits for them; False when one has to come again."""
        new = [one for one in found if one.update_id not in self._committed | self._in_hand.keys()]
        for one in new:
            self._in_hand[one.update_id] = self._processor.put(one)
        while len(self._in_hand) - sum(one.done() for one in self._in_hand.values()) > PLENTY:
            open_ = [one for one in self._in_hand.values() if not one.done()]
            await asyncio.wait(open_, return_when=asyncio.FIRST_COMPLETED)
        if self._in_hand:
            await asyncio.wait(self._in_hand.values(), timeout=PATIENCE)
        return self._settle(found)

    def _settle(self, found: Sequence[Update]) -> bool:
        stored = True
        for update_id, future in list(self._in_hand.items()):
            if not future.done():
                continue
            del self._in_hand[update_id]
            error = future.exception()
            if error is None:
                self._committed.add(update_id)
            else:
                log.error("update_not_committed", error=type(error).__name__)
                stored = False
        waiting = next((one.update_id for one in found if one.update_id not in self._committed), None)
        if waiting is not None:
            self.offset = waiting
        elif found:
            self.offset = found[-1].update_id + 1
            self._committed.clear()
        return stored

    def close(self) -> None:
        """Everything in hand has ended: the offset passes what was committed meanwhile."""
        for update_id in sorted(self._in_hand):
            future = self._in_hand[update_id]
            if not future.done() or future.exception() is not None:
                return
            self._committed.add(update_id)
        while self.offset in self._committed:
            self.offset += 1


async def poll(bot: ExtBot[Any], processor: Processor[Update], stop: asyncio.Event) -> None:
    """Fetches updates until `stop` is set. Raises InvalidToken; everything else is waited out."""
    window = _Window(processor)
    failures = 0
    stopping = asyncio.create_task(stop.wait())
    fetching: asyncio.Task[list[Update]] | None = None
    try:
        while not stop.is_set():
            fetching = asyncio.create_task(_fetch(bot, window.offset))
            await asyncio.wait({fetching, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not fetching.done():
                break
            pause = 0.0
            try:
                if not await window.take(fetching.result()):
                    pause = PAUSES[min(failures, len(PAUSES) - 1)]
            except InvalidToken:
                raise
            except TelegramError as error:
                pause = _pause_after(error, failures)
                _complain(error)
            failures = failures + 1 if pause else 0
            if pause:
                await asyncio.wait({stopping}, timeout=pause)
    finally:
        stopping.cancel()
        if fetching is not None:
            fetching.cancel()
        await processor.drain()
        window.close()
        if window.offset is not None:
            await _confirm(bot, window.offset)


def _pause_after(error: TelegramError, failures: int) -> float:
    """Seconds before the next fetch: what the server says, else growing."""
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        return wait if isinstance(wait, (int, float)) else wait.total_seconds()
    return PAUSES[min(failures, len(PAUSES) - 1)]


async def _fetch(bot: ExtBot[Any], offset: int | None) -> list[Update]:
    """Each update is read by itself: `get_updates` fails for all because of one, and logs what they say."""
    wanted = {"offset": offset, "timeout": LONG_POLL, "allowed_updates": ALLOWED}
    found = await bot._post("getUpdates", wanted, read_timeout=LONG_POLL + 10)
    updates = (read_update(raw, bot) for raw in (found if isinstance(found, list) else ()))
    return [one for one in updates if one is not None]


def read_update(raw: Mapping[str, Any], bot: ExtBot[Any]) -> Update | None:
    """An update; an empty one when the library cannot read it, so that it is noted and passed over.

    None: it has not even a number.
    """
    try:
        return Update.de_json(_needed(raw), bot)
    except Exception as error:
        update_id = raw.get("update_id") if isinstance(raw, Mapping) else None
        log.error("update_not_understood", update_id=update_id, error=type(error).__name__)
        return Update(update_id) if isinstance(update_id, int) else None


def _needed(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Without what a pressed message says: which one it is counts. Reading the rest costs as much again."""
    found = dict(raw)
    query = found.get("callback_query")
    message = query.get("message") if isinstance(query, dict) else None
    if isinstance(query, dict) and isinstance(message, dict):
        found["callback_query"] = query | {
            "message": {name: message[name] for name in PLACE & message.keys()}
        }
    return found


async def _confirm(bot: ExtBot[Any], offset: int) -> None:
    """Tells the server what is done, so that the next start does not see it again."""
    try:
        await bot.get_updates(offset=offset, timeout=0, limit=1, allowed_updates=ALLOWED, read_timeout=3)
    except TelegramError:
        log.info("last_confirm_failed")


def _complain(error: TelegramError) -> None:
    if isinstance(error, Conflict):
        log.error("another_poller", hint="the same token is polled elsewhere, or a webhook is set")
    elif isinstance(error, TimedOut | NetworkError):
        log.warning("poll_failed", error=type(error).__name__)
    else:
        log.error("poll_failed", error=type(error).__name__)
