"""Our own poll loop: the offset advances only past committed updates.

python-telegram-bot's Updater confirms an update before it is handled: a process that dies in between
loses it.
"""

import asyncio
from typing import Any

import structlog
from telegram import Update
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import ExtBot

from bot.processor import Processor

log = structlog.get_logger()
ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
LONG_POLL = 25
"""Seconds the server may wait for an update."""
PAUSES = (0.5, 1, 2, 5, 10)


async def poll(bot: ExtBot[Any], processor: Processor[Update], stop: asyncio.Event) -> None:
    """Fetches updates until `stop` is set. Raises InvalidToken; everything else is waited out."""
    offset: int | None = None
    committed: set[int] = set()
    failures = 0
    stopping = asyncio.create_task(stop.wait())
    fetching: asyncio.Task[list[Update]] | None = None
    try:
        while not stop.is_set():
            fetching = asyncio.create_task(_fetch(bot, offset))
            await asyncio.wait({fetching, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not fetching.done():
                break
            try:
                found = fetching.result()
            except InvalidToken:
                raise
            except TelegramError as error:
                pause = PAUSES[min(failures, len(PAUSES) - 1)]
                if isinstance(error, RetryAfter):
                    wait = error.retry_after
                    pause = wait if isinstance(wait, (int, float)) else wait.total_seconds()
                failures += 1
                _complain(error)
                await asyncio.wait({stopping}, timeout=pause)
                continue
            futures = [(one.update_id, processor.put(one)) for one in found if one.update_id not in committed]
            waiting_since_failed = False
            for update_id, future in futures:
                try:
                    await future
                    committed.add(update_id)
                except Exception as error:
                    log.error("update_not_committed", error=type(error).__name__)
                    waiting_since_failed = True
            offset = next((one.update_id for one in found if one.update_id not in committed), None)
            if offset is None and found:
                offset = found[-1].update_id + 1
                committed.clear()
            if waiting_since_failed:
                await asyncio.wait({stopping}, timeout=PAUSES[min(failures, len(PAUSES) - 1)])
                failures += 1
            else:
                failures = 0
    finally:
        stopping.cancel()
        if fetching is not None:
            fetching.cancel()
        await processor.drain()
        if offset is not None:
            await _confirm(bot, offset)


async def _fetch(bot: ExtBot[Any], offset: int | None) -> list[Update]:
    return list(
        await bot.get_updates(
            offset=offset, timeout=LONG_POLL, allowed_updates=ALLOWED, read_timeout=LONG_POLL + 10
        )
    )


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
