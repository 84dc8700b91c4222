"""The simulator as a whole: a server on loopback, the people in it, and what a test asks of it."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from simulator.control import Control
from simulator.core import Call, Core
from simulator.faults import Fault, Kind
from simulator.group import Group
from simulator.http_api import BotApi
from simulator.limits import Limits
from simulator.persona import Persona
from simulator.state import Chat, User
from simulator.transcript import written
from simulator.updates import Unruly
from simulator.webhook import Deliverer

MAX_REQUEST = 60 * 1024 * 1024
BOT_ID = 7_000_000_001
ClockMover = Callable[[datetime], Awaitable[None]]


def system_clock() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)


class Simulator:
    """A Telegram of one bot. Use as `async with Simulator() as sim`."""

    def __init__(
        self,
        *,
        port: int = 0,
        limits: Limits | None = None,
        clock: Callable[[], datetime] = system_clock,
        strict: bool = True,
        patient: bool = False,
        on_clock: ClockMover | None = None,
        token: str | None = None,
        bot_username: str = "kinerja_harian_bot",
        bot_name: str = "Kinerja Harian",
        callback_seconds: int = 60,
        webhook_retry: float = 1.0,
        webhook_longest: float = 60.0,
        kept_calls: int = 5_000,
    ) -> None:
        """`patient`: people wait until everything is quiet before they act.

        `callback_seconds`: how long a press can be answered, on `clock`. `webhook_retry`: seconds before
        the first redelivery, doubled each time up to `webhook_longest`. `kept_calls`: how many `calls`
        remembers.
        """
        self._port = port
        self.token = token or f"{BOT_ID}:{random.randbytes(18).hex()[:35]}"
        self.bot_username = bot_username
        self.on_clock = on_clock
        self._patient = patient
        bot = User(id=BOT_ID, first_name=bot_name, username=bot_username, is_bot=True)
        self.core = Core(
            bot,
            token=self.token,
            clock=clock,
            limits=limits or Limits(),
            strict=strict,
            callback_seconds=callback_seconds,
            kept_calls=kept_calls,
        )
        self.people: dict[int, Persona] = {}
        self.groups: list[Group] = []
        self.read_marks: dict[tuple[int, int], int] = {}
        """Serial of the newest message seen, by person and chat."""
        self.busy: Callable[[], bool] = lambda: False
        """What `quiet` asks besides: whether a bot in this process still works on something."""
        self.api = BotApi(self.core)
        self._deliverer = Deliverer(self.core, self.api, retry_seconds=webhook_retry, longest=webhook_longest)
        self._runner: web.AppRunner | None = None
        self._task: asyncio.Task[None] | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=MAX_REQUEST)
        app.router.add_route("*", "/bot{call:.+}", self.api.call)
        app.router.add_get("/file/bot{call:.+}", self.api.download)
        Control(self).routes(app)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=0.2)
        await self._runner.setup()
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        self.port = listener.getsockname()[1]
        await web.SockSite(self._runner, listener).start()
        self.url = f"http://127.0.0.1:{self.port}"
        self._task = asyncio.create_task(self._deliverer.run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.api.stopping = True
        self.core.feed.stop()
        self.core.pulse.beat()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """`base_url` for python-telegram-bot."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """`base_file_url` for python-telegram-bot."""
        return f"{self.url}/file/bot"

    # Who is there

    def person(
        self,
        name: str,
        *,
        language: str = "id",
        user_id: int | None = None,
        username: str | None = None,
        premium: bool = False,
        note: str = "",
    ) -> Persona:
        """Somebody with a Telegram account; `note` is shown on the chat page."""
        first, _, last = name.partition(" ")
        user = User(
            id=user_id or self.core.world.next_user_id(),
            first_name=first,
            last_name=last,
            username="".join(c for c in name.lower() if c.isalnum())[:20] if username is None else username,
            language=language,
            is_premium=premium,
        )
        self.core.world.add_user(user)
        settle = self.quiet if self._patient else None
        person = self.people[user.id] = Persona(self.core, user, settle=settle, note=note)
        self.core.feed.everybody({"type": "people"})
        return person

    def group(
        self,
        title: str,
        *,
        members: Sequence[Persona] = (),
        admins: Sequence[Persona] = (),
        forum: bool = False,
        supergroup: bool = False,
        with_bot: bool = True,
    ) -> Group:
        """A group with these people; the bot is added by the first of them unless told otherwise."""
        chat = self.core.world.add_group(title, supergroup=supergroup, forum=forum)
        chat.bot_status = "left"
        for person in members:
            chat.members[person.id] = "member"
        for position, person in enumerate(admins):
            chat.members[person.id] = "creator" if position == 0 else "administrator"
        group = Group(self.core, chat)
        self.groups.append(group)
        if with_bot:
            group.adds_bot()
        return group

    # What a test asks

    async def quiet(self, timeout: float = 10, *, settle: float = 0.03) -> None:  # noqa: ASYNC109
        """Wait until every update was taken and confirmed and nothing happened for `settle` seconds.

        Raises AssertionError with what is still open after `timeout` seconds.
        """
        core = self.core
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while True:
            left = deadline - loop.time()
            if left <= 0:
                raise AssertionError(
                    f"not quiet after {timeout} s: {len(core.updates.pending)} updates not confirmed "
                    f"{list(core.updates.pending)[:5]}, {core.in_flight} calls running"
                )
            busy = self.busy()
            idle = not core.updates.pending and core.in_flight == 0 and not busy
            if not await core.pulse.next(seconds=min(settle, left) if idle or busy else left) and idle:
                return

    @property
    def calls(self) -> deque[Call]:
        """Recorded calls, oldest first (getUpdates is not recorded)."""
        return self.core.calls

    def calls_of(self, method: str, *, chat_id: int | None = None, ok: bool | None = None) -> list[Call]:
        """Recorded calls of one method."""
        return [
            call
            for call in self.core.calls
            if call.method == method
            and (chat_id is None or call.chat_id == chat_id)
            and (ok is None or call.ok == ok)
        ]

    @property
    def faults_seen(self) -> list[str]:
        """What the bot did that Telegram would ignore or refuse silently: faults of ours."""
        return self.core.faults_seen

    def transcript(self) -> str:
        """All chats in the order things were sent."""
        chats: list[Chat] = list(self.core.world.chats.values())
        messages = sorted((m for c in chats for m in c.messages.values()), key=lambda m: m.serial)
        lines: list[str] = []
        for message in messages:
            place = message.chat.title or (message.chat.person.name if message.chat.person else "")
            lines.append(f"[{place}] " + written([message]))
        return "\n".join(lines)

    # What a test does to Telegram

    def fault(
        self,
        method: str,
        *,
        kind: Kind,
        times: int | None = 1,
        status: int = 502,
        seconds: float = 1.0,
        chat_id: int | None = None,
        chance: float = 1.0,
    ) -> Fault:
        """Plan a fault for the next calls of a method (`*`: all but getUpdates; `download`: files)."""
        planned = Fault(
            method, kind, times=times, status=status, seconds=seconds, chat_id=chat_id, chance=chance
        )
        self.core.faults.planned.append(planned)
        return planned

    def clear_faults(self) -> None:
        """The weather is good again: no planned faults, updates once and in order."""
        self.core.faults.planned.clear()
        self.core.updates.unruly = Unruly()

    def is_unruly(self, *, repeat: float = 0.0, shuffle: bool = False, seed: int = 0) -> None:
        """From now on updates come twice or in any order; see `Unruly`. `seed` is for the faults too."""
        self.core.updates.unruly = Unruly(repeat, shuffle, random.Random(seed))
        self.core.faults.dice = random.Random(seed)

    def set_limits(self, limits: Limits) -> None:
        self.core.meter.set(limits)

    def redelivers(self, update_id: int) -> None:
        """Deliver an update once more although it was confirmed."""
        self.core.updates.redeliver(update_id)

    def restarts_ids(self, to: int | None = None) -> None:
        """Let update ids go on from another number."""
        self.core.updates.jump(to)

    @property
    def update_ids(self) -> list[int]:
        """Ids of the updates the bot confirmed, in order (the newest 2,000)."""
        return list(self.core.updates.confirmed)

    async def moves_clock(self, target: datetime) -> None:
        """Ask whoever owns the office clock to move it forward to `target`."""
        if self.on_clock is None:
            raise LookupError("the clock of this simulator cannot be moved")
        await self.on_clock(target)
        self.core.feed.everybody({"type": "clock", "now": self.core.world.moment().isoformat()})
        self.core.pulse.beat()

    def reads(self, person: Persona, chat: Chat) -> None:
        """The person has looked at everything in the chat."""
        self.read_marks[(person.id, chat.id)] = self.core.world.serial

    def forget_history(self) -> None:
        """Drop recorded calls and answered presses (for long runs)."""
        self.core.calls.clear()
        self.core.queries.clear()

    def status(self) -> dict[str, Any]:
        """Figures for whoever watches from outside."""
        return {
            "pending_updates": len(self.core.updates.pending),
            "in_flight": self.core.in_flight,
            "polling": self.api.polls > 0,
            "webhook": self.core.webhook.url,
            "calls": dict(self.core.counts),
            "faults_seen": self.core.faults_seen[-50:],
        }
