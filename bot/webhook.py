"""Webhook: secret, size, handle, then answer.

200 is said once the update's effect is committed and its answer shown, or showing it takes too long. So
nothing that was accepted is ever only in memory; the answer that a killed process owes is given by whoever
gets the update again; and the next update of a chat comes when the screen of the one before stands, also
when another process handles it. A database that is away answers 503 and Telegram sends the update again.
"""

import asyncio
import hmac
import json
from typing import Any

import structlog
from aiohttp import web
from telegram import Update

from bot.app import Running
from bot.polling import read_update
from bot.starting import CannotStart, reason
from models.migrate import newest, stands_at

log = structlog.get_logger()
HEADER = "X-Telegram-Bot-Api-Secret-Token"
PATH = "/telegram"
LARGEST = 1024 * 1024
"""Bytes of an update; Telegram's are a few kilobytes."""
HEALTH_SECONDS = 5
"""How long the database may take to answer /health and /ready."""
BODY_SECONDS = 10
"""How long the body of a request may take to arrive."""
HEADER_SECONDS = 10
"""How long a new connection may take to ask for something."""
KEEP_ALIVE_SECONDS = 75
"""How long an idle connection stays open: longer than a proxy keeps it (nginx: 60), which closes it first."""
ANSWER_SECONDS = 20
"""How long 200 waits for the answer to be shown: Telegram waits for a minute."""
LINGER_SECONDS = 1.0
"""How long a process that was told to stop still takes requests: a proxy that asks /ready goes elsewhere."""
BACKLOG = 1024


class Door:
    """What comes in by HTTP. `stopping`: this process is about to end, and says so."""

    def __init__(self, program: Running) -> None:
        self._program = program
        self._secret = (program.deps.settings.webhook_secret or "").encode()
        self._silent: set[object] = set()
        """Connections that have not asked for anything yet."""
        self.stopping = False

    def build(self) -> web.Application:
        """The addresses: updates, whether the process lives, whether it should be given work."""
        app = web.Application(client_max_size=LARGEST, middlewares=[self._heard])
        app.router.add_post(PATH, self._on_update)
        app.router.add_get("/health", self._on_health)
        app.router.add_get("/ready", self._on_ready)
        return app

    def knock(self, connection: asyncio.Protocol) -> asyncio.Protocol:
        """A new connection: one that asks for nothing within its time is closed."""
        self._silent.add(connection)
        asyncio.get_running_loop().call_later(HEADER_SECONDS, self._close_if_silent, connection)
        return connection

    def _close_if_silent(self, connection: asyncio.Protocol) -> None:
        transport = getattr(connection, "transport", None)
        if connection in self._silent and transport is not None:
            log.info("connection_without_request")
            transport.abort()
        self._silent.discard(connection)

    @web.middleware
    async def _heard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self._silent.discard(request.protocol)
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _on_update(self, request: web.Request) -> web.Response:
        given = request.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode(errors="surrogateescape"), self._secret):
            log.warning("webhook_refused")
            return web.Response(status=403)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                update = self._read(await request.read())
        except TimeoutError:
            return web.Response(status=408, headers={"Connection": "close"})
        if update is None:
            return web.Response(status=400)
        processor = self._program.processor
        try:
            await processor.put(update)
        except Exception as error:
            log.error("update_not_committed", error=type(error).__name__)
            return web.Response(status=503)
        if not await processor.answered(update.update_id, seconds=ANSWER_SECONDS):
            log.warning("answer_takes_long")
        return web.Response()

    def _read(self, content: bytes) -> Update | None:
        """The update; an empty one when the library cannot read it, as in the poll loop. None: it is none."""
        try:
            body = json.loads(content)
        except (ValueError, RecursionError):
            return None
        if not isinstance(body, dict) or type(body.get("update_id")) is not int:
            return None
        return read_update(body, self._program.application.bot)

    async def _on_health(self, request: web.Request) -> web.Response:
        """200 while updates can be stored; 503 while the database is away."""
        return _said(None if await self._revision() is not None else "database")

    async def _on_ready(self, request: web.Request) -> web.Response:
        """200 while this process should be given updates; else 503 and the reason."""
        if self.stopping:
            return _said("stopping")
        revision = await self._revision()
        if revision is None:
            return _said("database")
        return _said(None if revision == newest() else "schema")

    async def _revision(self) -> str | None:
        """What the schema is at; None: the database does not answer in time."""
        try:
            async with asyncio.timeout(HEALTH_SECONDS):
                return await stands_at(self._program.deps.database) or "none"
        except Exception as error:
            log.warning("health_database_away", error=type(error).__name__)
            return None


def _said(problem: str | None) -> web.Response:
    if problem is None:
        return web.json_response({"ok": True})
    return web.json_response({"ok": False, "reason": problem}, status=503)


class _Site(web.BaseSite):
    """A listening socket whose connections pass the door."""

    def __init__(self, runner: web.AppRunner, door: Door, *, share_port: bool) -> None:
        super().__init__(runner, backlog=BACKLOG)
        self._door = door
        self._share_port = share_port
        settings = door._program.deps.settings
        self._host, self._port = settings.webhook_host, settings.webhook_port

    @property
    def name(self) -> str:
        return f"{self._host}:{self._port}"

    async def start(self) -> None:
        await super().start()
        served = self._runner.server
        if served is None:
            raise RuntimeError("the runner was not set up")
        self._server = await asyncio.get_running_loop().create_server(
            lambda: self._door.knock(served()),
            self._host,
            self._port,
            backlog=BACKLOG,
            reuse_port=self._share_port or None,
        )


async def run_webhook(
    program: Running, stop: asyncio.Event, *, share_port: bool = False, linger: float = 0
) -> None:
    """Listens until `stop` is set, then finishes what is in hand.

    `share_port`: other processes of the same user may listen there too, and the kernel deals the connections
    out. `linger`: seconds to go on taking requests after `stop`, while /ready says no. Raises CannotStart:
    the port is in use, or the interface is not there.
    """
    settings = program.deps.settings
    door = Door(program)
    runner = web.AppRunner(
        door.build(),
        access_log=None,
        handle_signals=False,
        keepalive_timeout=KEEP_ALIVE_SECONDS,
        shutdown_timeout=settings.stop_seconds,
    )
    await runner.setup()
    try:
        try:
            await _Site(runner, door, share_port=share_port).start()
        except OSError as error:
            raise CannotStart(
                f"WEBHOOK_PORT {settings.webhook_port} cannot be used on WEBHOOK_HOST "
                f"{settings.webhook_host}: {reason(error)}."
            ) from error
        log.info("running", mode="web", host=settings.webhook_host, port=settings.webhook_port)
        await stop.wait()
        door.stopping = True
        if linger:
            await asyncio.sleep(linger)
    finally:
        await runner.cleanup()
