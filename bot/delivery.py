"""Drains the outbox: claim, render in the recipient's language, send, record.

The invariants are those of services/outbox.py. Rendering reads the present state, so that a message written
a minute ago does not show what is no longer so.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot import menus, presenter
from bot.context import Answer, Deps, Turn
from bot.network import never_left
from bot.registry import Registry
from bot.screens import Screen
from documents.pictures import SECONDS
from models import OutboxState
from models.engine import is_away
from services import groups, outbox
from services.groups import Problem
from services.people.identity import mark_unreachable, who_is
from services.rounds import lateness

log = structlog.get_logger()
IDLE = 1.0
"""Seconds between looks at the outbox when nobody wakes us."""
AT_ONCE = 20
STUCK = AT_ONCE * timedelta(seconds=SECONDS) + timedelta(minutes=2)
"""In flight for longer than any send takes, each of a claim waiting for its picture: its process died."""
LOOK_FOR_STUCK = 60.0
"""Seconds between looks for such rows."""
NEVER_MET = "chat not found"
PROBLEMS = {
    NEVER_MET: Problem.REMOVED,
    "group chat was deactivated": Problem.REMOVED,
    "topic_closed": Problem.TOPIC_CLOSED,
    "message thread not found": Problem.TOPIC_GONE,
    "topic_deleted": Problem.TOPIC_GONE,
    "not enough rights": Problem.NO_RIGHTS,
    "have no rights": Problem.NO_RIGHTS,
    "chat_write_forbidden": Problem.NO_RIGHTS,
    "chat_send_plain_forbidden": Problem.NO_RIGHTS,
    "chat_restricted": Problem.NO_RIGHTS,
}
"""What Telegram says of a group, and what keeps us from it then."""


class NotJoined(Exception):
    """There is no account to tell it to."""


class NotLinked(Exception):
    """The group was let go before its notice was sent."""


class TooLate(Exception):
    """What it says was for an hour that has passed. `until`: when it is told after all; None: never."""

    def __init__(self, until: datetime | None) -> None:
        super().__init__()
        self.until = until


@dataclass(frozen=True, slots=True)
class Ending:
    """What becomes of a row after a try.

    WAITING: surely not sent, so to be tried again (after `wait`; at `until`, when it was not even tried).
    """

    state: OutboxState
    error: str | None = None
    wait: timedelta | None = None
    until: datetime | None = None
    gone: bool = False
    """Nothing reaches this person until they come back."""
    problem: Problem | None = None
    """What keeps everything from this group."""
    moved_to: int | None = None
    """The chat this group is now."""
    bug: bool = False


def ending(error: Exception, *, begun: bool) -> Ending:
    """What a failed try means. `begun`: a part of the notice has arrived, so it must not be repeated."""
    match error:
        case NotJoined():
            return Ending(OutboxState.FAILED, "not joined")
        case NotLinked():
            return Ending(OutboxState.FAILED, "not linked")
        case TooLate():
            state = OutboxState.FAILED if error.until is None else OutboxState.WAITING
            return Ending(state, "stale", until=error.until)
        case ChatMigrated():
            state = OutboxState.UNCERTAIN if begun else OutboxState.WAITING
            return Ending(state, "ChatMigrated", moved_to=error.new_chat_id)
        case RetryAfter():
            wait = error.retry_after
            wait = wait if isinstance(wait, timedelta) else timedelta(seconds=wait)
            state = OutboxState.UNCERTAIN if begun else OutboxState.WAITING
            return Ending(state, "RetryAfter", wait=wait)
        case Forbidden():
            return Ending(OutboxState.FAILED, error.message, gone=True, problem=Problem.REMOVED)
        case BadRequest():
            said = error.message.casefold()
            problem = next((one for words, one in PROBLEMS.items() if words in said), None)
            return Ending(OutboxState.FAILED, error.message, gone=NEVER_MET in said, problem=problem)
        case NetworkError():
            surely_not = not begun and (error.__cause__ is None or never_left(error))
            return Ending(OutboxState.WAITING if surely_not else OutboxState.UNCERTAIN, error.message)
        case TelegramError():
            return Ending(OutboxState.FAILED, type(error).__name__)
        case _ if is_away(error) and not begun:
            return Ending(OutboxState.WAITING, type(error).__name__)
        case _:
            state = OutboxState.UNCERTAIN if begun else OutboxState.FAILED
            return Ending(state, type(error).__name__, bug=True)


class Delivery:
    """One drain per process; several processes share the outbox by their claims."""

    def __init__(self, deps: Deps, registry: Registry, bot: ExtBot[Any]) -> None:
        self.deps = deps
        self.registry = registry
        self.bot = bot
        self._woken = asyncio.Event()
        self._pause = timedelta()
        self._working = False
        self._in_hand: set[int] = set()
        self._recovered_at: float | None = None

    def wake(self) -> None:
        """Something was written."""
        self._woken.set()

    @property
    def busy(self) -> bool:
        """Whether something is being sent, or may have been written just now."""
        return self._working or self._woken.is_set()

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`: drains, then waits to be woken."""
        while not stop.is_set():
            self._working = True
            self._woken.clear()  # before looking: what is written while we look wakes us again
            try:
                await self._recover()
                found = await self.drain()
            except Exception as error:
                log.exception("delivery_failed", error=type(error).__name__)
                found = False
            if self._pause:
                await _either(self._pause.total_seconds(), stop)
                self._pause = timedelta()
            elif not found:
                self._working = False
                await _either(IDLE, stop, self._woken)
        self._working = False

    async def drain(self) -> bool:
        """One claim and its sends; False when nothing was due."""
        async with self.deps.database.reading() as session:
            if not await outbox.anything_due(session, now=self.deps.clock()):
                return False
        async with self.deps.database.writing() as session:
            claimed = await outbox.claim(session, now=self.deps.clock(), limit=AT_ONCE)
        if not claimed:
            return False
        self._in_hand.update(one.id for one in claimed)
        ends = await asyncio.gather(*(self._deliver(one) for one in claimed), return_exceptions=True)
        self._in_hand.difference_update(one.id for one in claimed)
        failed = next((one for one in ends if isinstance(one, BaseException)), None)
        if failed is not None:
            raise failed
        return True

    async def _recover(self) -> None:
        """At the start and now and then: rows whose process died while sending.

        SQLite belongs to one process, so at its start every such row is a dead one's.
        """
        clock = asyncio.get_running_loop().time()
        if self._recovered_at is not None and clock - self._recovered_at < LOOK_FOR_STUCK:
            return
        alone = self._recovered_at is None and self.deps.database.is_sqlite
        async with self.deps.database.writing() as session:
            uncertain = await outbox.recover(
                session,
                now=self.deps.clock(),
                older_than=timedelta() if alone else STUCK,
                in_hand=self._in_hand,
            )
        self._recovered_at = clock
        if uncertain:
            log.warning("outbox_uncertain", count=uncertain)

    async def _deliver(self, row: outbox.Claimed) -> None:
        begun: list[int] = []
        message_id: int | None = None
        try:
            message_id = await self._send(row, begun)
            end = Ending(OutboxState.SENT)
        except Exception as error:
            end = ending(error, begun=bool(begun))
            if end.bug:
                log.exception("notice_failed", outbox_id=row.id, kind=row.kind)
        if end.wait is not None:
            self._pause = max(self._pause, end.wait)
        now = self.deps.clock()
        async with self.deps.database.writing() as session:
            if end.until is not None:
                await outbox.put_off(session, row, until=end.until)
            elif end.state is OutboxState.WAITING:
                await outbox.put_back(session, row, now=now, wait=end.wait, error=end.error or "")
            else:
                await outbox.finish(
                    session, row.id, end.state, now=now, telegram_message_id=message_id, error=end.error
                )
            if end.gone and row.user_id is not None:
                await mark_unreachable(session, row.user_id, now=now)
            if row.group is not None:
                if end.state is OutboxState.SENT and message_id is not None:
                    await groups.arrived(session, row.group.group_id)
                await _learned(session, row, row.group.group_id, end, now=now)
        if end.state is not OutboxState.SENT:
            log.info("notice_not_sent", outbox_id=row.id, kind=row.kind, state=end.state)

    async def _send(self, row: outbox.Claimed, begun: list[int]) -> int | None:
        """Renders and sends; gives its first message, which a reply names. Raises NotJoined, TooLate.

        None: there is nothing left to tell.

        Notes in `begun` what arrived, so that a later failure of the same notice does not repeat it.
        """
        if row.chat_id is None:
            raise NotJoined
        chat_id, topic = row.chat_id, row.group.thread_id if row.group else None
        async with self.deps.database.reading() as session:
            turn = await self._turn(session, row, chat_id)
            _require_in_time(row, turn)
            answer: Answer | None = await self.registry.notices[row.kind](turn, row.payload)
            if answer is None:
                return None
            rendered = await presenter.render(self.registry, turn, answer.cards)
        if answer.picture is not None:
            sent = await presenter.send_picture(self.bot, self.deps, chat_id, answer.picture, thread_id=topic)
            begun.append(sent)
        for screen in answer.screens:
            shown_there = screen if row.group is None else _without_presses(screen)
            begun.append(await presenter.send(self.bot, chat_id, shown_there, thread_id=topic))
        shown = await presenter.show_cards(
            self.bot, self.deps, chat_id, rendered, below=bool(answer.below), sent=begun
        )
        if answer.menu:
            menu = menus.menu_of(self.registry, self.deps.texts, turn.found)
            await presenter.insist(partial(menus.publish, self.bot, chat_id, menu))
        return begun[0] if begun else shown

    async def _turn(self, session: AsyncSession, row: outbox.Claimed, chat_id: int) -> Turn:
        """Whose the notice is. Raises NotJoined, NotLinked."""
        now = self.deps.clock()
        turn = Turn(
            session=session,
            now=now,
            t=self.deps.texts.speech(row.language),
            deps=self.deps,
            chat_id=chat_id,
            user_id=row.user_id or 0,
            group=row.group,
        )
        if row.group is not None:
            if not row.group.linked:
                raise NotLinked
            return turn
        if row.former:
            return turn
        turn.found = await who_is(session, turn.user_id, now=now)
        if turn.found is None:
            raise NotJoined
        return turn


def _require_in_time(row: outbox.Claimed, turn: Turn) -> None:
    """Raises TooLate for a stale row, unless its kind may be told now."""
    if lateness.is_stale(row.stale_at, turn.now):
        zone = turn.found.zone if turn.found else row.zone
        later = lateness.told_at(row.kind, now=turn.now, zone=zone)
        if later != turn.now:
            raise TooLate(later)


async def _learned(
    session: AsyncSession, row: outbox.Claimed, group_id: int, end: Ending, *, now: datetime
) -> None:
    """What a failed try tells of the group itself: where it is now, or what is wrong there."""
    if end.moved_to is not None and row.chat_id is not None:
        await groups.follow(session, row.chat_id, moved_to=end.moved_to)
    elif end.problem is not None:
        await groups.met_problem(session, group_id, end.problem, now=now)


def _without_presses(screen: Screen) -> Screen:
    """No button that presses stands in a group: anybody there could press it."""
    rows = tuple(tuple(one for one in row if one.press is None) for row in screen.rows)
    return replace(screen, rows=tuple(row for row in rows if row))


async def _either(seconds: float, *events: asyncio.Event) -> None:
    """Waits for the first of the events, at most so many seconds."""
    tasks = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
