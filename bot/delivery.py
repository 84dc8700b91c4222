"""Drains the outbox: claim, render in the recipient's language, send, record.

The invariants are those of services/outbox.py. Rendering reads the present state, so that a message written
a minute ago does not show what is no longer so.
"""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import structlog
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import ExtBot

from bot import presenter
from bot.context import Answer, Deps, Turn
from bot.registry import Registry
from models import OutboxState
from services import outbox
from services.people.identity import mark_unreachable, who_is

log = structlog.get_logger()
IDLE = 1.0
"""Seconds between looks at the outbox when nobody wakes us."""
AT_ONCE = 20


class Delivery:
    """One drain per process; several processes share the outbox by their claims."""

    def __init__(self, deps: Deps, registry: Registry, bot: ExtBot[Any]) -> None:
        self.deps = deps
        self.registry = registry
        self.bot = bot
        self._woken = asyncio.Event()
        self._pause = timedelta()

    def wake(self) -> None:
        """Something was written."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`: drains, then waits to be woken."""
        async with self.deps.database.writing() as session:
            uncertain = await outbox.recover(session, now=self.deps.clock())
        if uncertain:
            log.warning("outbox_uncertain", count=uncertain)
        while not stop.is_set():
            try:
                busy = await self.drain()
            except Exception as error:
                log.exception("delivery_failed", error=type(error).__name__)
                busy = False
            if self._pause:
                await _either(self._pause.total_seconds(), stop)
                self._pause = timedelta()
            elif not busy:
                self._woken.clear()
                await _either(IDLE, stop, self._woken)

    async def drain(self) -> bool:
        """One claim and its sends; False when nothing was due."""
        async with self.deps.database.writing() as session:
            claimed = await outbox.claim(session, now=self.deps.clock(), limit=AT_ONCE)
        if not claimed:
            return False
        await asyncio.gather(*(self._deliver(one) for one in claimed))
        return True

    async def _deliver(self, row: outbox.Claimed) -> None:
        state, error, message_id, wait, again = OutboxState.SENT, None, None, None, False
        gone = False
        try:
            message_id = await self._send(row)
        except RetryAfter as late:
            seconds = late.retry_after
            wait = seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds)
            self._pause = max(self._pause, wait)
            again, error = True, "RetryAfter"
        except Forbidden as refused:
            state, error, gone = OutboxState.FAILED, refused.message, True
        except BadRequest as refused:
            state, error = OutboxState.FAILED, refused.message
        except TimedOut as silent:
            state, error = OutboxState.UNCERTAIN, silent.message
        except NetworkError as broken:
            again, error = True, broken.message
            if broken.__cause__ is not None and not isinstance(broken.__cause__, httpx.ConnectError):
                again, state = False, OutboxState.UNCERTAIN
        except TelegramError as failed:
            state, error = OutboxState.FAILED, type(failed).__name__
        except Exception as bug:
            log.exception("notice_failed", outbox_id=row.id, kind=row.kind)
            state, error = OutboxState.FAILED, type(bug).__name__
        now = self.deps.clock()
        async with self.deps.database.writing() as session:
            if again:
                await outbox.put_back(session, row, now=now, wait=wait, error=error or "")
            else:
                await outbox.finish(
                    session, row.id, state, now=now, telegram_message_id=message_id, error=error
                )
            if gone and row.user_id is not None:
                await mark_unreachable(session, row.user_id, now=now)
        if state is not OutboxState.SENT or again:
            log.info("notice_not_sent", outbox_id=row.id, kind=row.kind, state=state, again=again)

    async def _send(self, row: outbox.Claimed) -> int | None:
        """Renders and sends; None when there is nothing left to tell, or nobody to tell it to."""
        if row.chat_id is None or row.user_id is None:
            return None
        async with self.deps.database.reading() as session:
            actor = await who_is(session, row.user_id)
            if actor is None:
                return None
            turn = Turn(
                session=session,
                now=self.deps.clock(),
                t=self.deps.texts.speech(row.language),
                deps=self.deps,
                chat_id=row.chat_id,
                user_id=row.user_id,
                found=actor,
            )
            answer: Answer | None = await self.registry.notices[row.kind](turn, row.payload)
            if answer is None:
                return None
            rendered = await presenter.render(self.registry, turn, answer.cards)
        message_id: int | None = None
        for screen in answer.screens:
            message_id = await presenter.send(self.bot, row.chat_id, screen)
        shown = await presenter.show_cards(
            self.bot, self.deps, row.chat_id, rendered, below=bool(answer.below)
        )
        return shown or message_id


async def _either(seconds: float, *events: asyncio.Event) -> None:
    """Waits for the first of the events, at most so many seconds."""
    tasks = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
