"""Webhook: secret, size, handle, then answer.

200 is said once the update's effect is committed. A database that is away answers 503 and Telegram sends the
update again; so nothing that was accepted is ever only in memory.
"""

import asyncio
import hmac
import json
from typing import Any

import structlog
from aiohttp import web
from sqlalchemy import select
from telegram import Update
from telegram.error import BadRequest
from telegram.ext import ExtBot

from bot.app import Running
from bot.polling import ALLOWED
from bot.starting import CannotStart, reason, until_it_works

log = structlog.get_logger()
HEADER = "X-Telegram-Bot-Api-Secret-Token"
PATH = "/telegram"
LARGEST = 1024 * 1024
"""Bytes of an update; Telegram's are a few kilobytes."""
HEALTH_SECONDS = 5
"""How long the database may take to answer /health."""


def build_web(program: Running) -> web.Application:
    """The addresses: updates, and whether the process lives."""
    secret = program.deps.settings.webhook_secret or ""

    async def on_update(request: web.Request) -> web.Response:
        given = request.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode(errors="surrogateescape"), secret.encode()):
            log.warning("webhook_refused")
            return web.Response(status=403)
        try:
            body = json.loads(await request.read())
            update = Update.de_json(body, program.application.bot)
            if type(body["update_id"]) is not int:
                return web.Response(status=400)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return web.Response(status=400)
        try:
            await program.processor.put(update)
        except Exception as error:
            log.error("update_not_committed", error=type(error).__name__)
            return web.Response(status=503)
        return web.Response()

    async def on_health(request: web.Request) -> web.Response:
        """200 while updates can be stored; 503 while the database is away."""
        try:
            async with asyncio.timeout(HEALTH_SECONDS), program.deps.database.reading() as session:
                await session.execute(select(1))
        except Exception as error:
            log.warning("health_database_away", error=type(error).__name__)
            return web.json_response({"ok": False}, status=503)
        return web.json_response({"ok": True})

    app = web.Application(client_max_size=LARGEST)
    app.router.add_post(PATH, on_update)
    app.router.add_get("/health", on_health)
    return app


async def run_webhook(program: Running, stop: asyncio.Event) -> None:
    """Listens until `stop` is set, then finishes what is in hand.

    Raises CannotStart: the port is in use, or Telegram refuses the address. A server that does not answer is
    asked again; what was registered before still holds meanwhile.
    """
    settings = program.deps.settings
    bot: ExtBot[Any] = program.application.bot
    runner = web.AppRunner(build_web(program), access_log=None, handle_signals=False)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, port=settings.webhook_port).start()
        except OSError as error:
            raise CannotStart(
                f"WEBHOOK_PORT {settings.webhook_port} cannot be used: {reason(error)}."
            ) from error
        try:
            await until_it_works(
                lambda: bot.set_webhook(
                    f"{settings.webhook_url}{PATH}",
                    secret_token=settings.webhook_secret,
                    allowed_updates=ALLOWED,
                ),
                stop,
                what="set_webhook",
            )
        except BadRequest as error:
            raise CannotStart(f"WEBHOOK_URL is refused by the Bot API server: {error.message}.") from error
        await stop.wait()
    finally:
        await runner.cleanup()
