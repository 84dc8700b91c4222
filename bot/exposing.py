"""Shows the metrics where Prometheus asks for them: `http://METRICS_HOST:METRICS_PORT/metrics`.

Every process shows its own. What all of them share (the outbox, who is alive) is read from the database at
most once in `FRESH_SECONDS`, and is unknown rather than old while the database is away. A port that cannot be
used is said in the log; people are served all the same, and Prometheus misses the process.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from time import monotonic, perf_counter
from typing import Any

import structlog
from aiohttp import web
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.context import Deps
from bot.heartbeat import own_version
from bot.metrics import UNKNOWN, Metrics
from bot.starting import reason
from models import Lane
from models.engine import is_sqlite
from services.clock import local_date
from services.delivery_trouble import Cause
from services.health import Health, load_health

log = structlog.get_logger()
PATH = "/metrics"
FRESH_SECONDS = 10.0
DATABASE_SECONDS = 5.0
"""How long the database may take; a scrape has ten seconds by Prometheus' own default."""
WEBHOOK_SECONDS = 60.0
"""Telegram is asked about the webhook no more often."""
LAG_EVERY = 0.5
HOME = "Asia/Jakarta"


class Exposition:
    """Brings the registry up to date and gives the page."""

    def __init__(self, deps: Deps, bot: ExtBot[Any]) -> None:
        self.deps = deps
        self.bot = bot
        self._read_at: float | None = None
        self._asked_at: float | None = None
        self._reading = asyncio.Lock()

    async def page(self) -> bytes:
        """The page; two who ask at once wait for one reading."""
        async with self._reading:
            if self._read_at is None or monotonic() - self._read_at >= FRESH_SECONDS:
                await self._read()
                self._read_at = monotonic()
            if self.deps.settings.webhook_url and _due(self._asked_at, WEBHOOK_SECONDS):
                self._asked_at = monotonic()
                await self._ask_webhook()
        return self.deps.metrics.page()

    async def _read(self) -> None:
        metrics, now = self.deps.metrics, self.deps.clock()
        try:
            async with asyncio.timeout(DATABASE_SECONDS), self.deps.database.reading() as session:
                sole = True if is_sqlite(session) else None
                health = await load_health(session, now=now, today=local_date(now, HOME), sole=sole)
        except Exception as error:
            log.warning("metrics_database_away", error=type(error).__name__)
            _forget(metrics)
            return
        _set(metrics, health, now=now)

    async def _ask_webhook(self) -> None:
        try:
            info = await self.bot.get_webhook_info(read_timeout=DATABASE_SECONDS)
        except TelegramError:
            self.deps.metrics.webhook_pending.set(UNKNOWN)
        else:
            self.deps.metrics.webhook_pending.set(info.pending_update_count)


def _due(last: float | None, every: float) -> bool:
    return last is None or monotonic() - last >= every


def _forget(metrics: Metrics) -> None:
    """The database is away: nobody takes for now what was so a while ago."""
    metrics.database_up.set(0)
    for gauge in (
        metrics.oldest,
        metrics.sending,
        metrics.uncertain,
        metrics.since_tick,
        metrics.database_bytes,
        metrics.faults,
        metrics.unreachable,
    ):
        gauge.set(UNKNOWN)
    for labelled in (metrics.waiting, metrics.failed, metrics.processes):
        labelled.clear()


def _set(metrics: Metrics, health: Health, *, now: datetime) -> None:
    delivery = health.delivery
    metrics.database_up.set(1)
    for lane in Lane:
        metrics.waiting.labels(lane.name.lower()).set(delivery.waiting.get(lane, 0))
    metrics.oldest.set(delivery.oldest.total_seconds() if delivery.oldest is not None else 0)
    metrics.sending.set(delivery.sending)
    metrics.uncertain.set(delivery.uncertain_count)
    for cause in Cause:
        if cause is not Cause.UNCERTAIN:
            metrics.failed.labels(cause.value).set(delivery.failed.get(cause, 0))
    last = health.last_tick_of_any
    metrics.since_tick.set(float("inf") if last is None else max(0.0, (now - last).total_seconds()))
    for mode in ("run", "web", "clock"):
        alive = sum(one.mode == mode for one in health.processes)
        metrics.processes.labels(mode).set(alive)
    metrics.database_bytes.set(health.size)
    metrics.faults.set(health.faults)
    metrics.unreachable.set(health.blocked)


async def watch_lag(metrics: Metrics) -> None:
    """Measures until it is cancelled how late the loop comes back to somebody who sleeps."""
    while True:
        before = perf_counter()
        await asyncio.sleep(LAG_EVERY)
        metrics.lag.observe(max(0.0, perf_counter() - before - LAG_EVERY))


def build_page(exposition: Exposition) -> web.Application:
    """One address that is read, nothing else."""

    async def on_metrics(request: web.Request) -> web.Response:
        page = await exposition.page()
        return web.Response(body=page, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    app = web.Application(client_max_size=1024)
    app.router.add_get(PATH, on_metrics)
    return app


@asynccontextmanager
async def exposed(deps: Deps, bot: ExtBot[Any], *, mode: str) -> AsyncIterator[None]:
    """Shows the metrics while the block runs, where METRICS_PORT says so; without one it does nothing."""
    settings = deps.settings
    if settings.metrics_port is None:
        yield
        return
    deps.metrics.info.labels(own_version(), mode).set(1)
    deps.metrics.send_rate.set(settings.send_rate)
    runner = web.AppRunner(build_page(Exposition(deps, bot)), access_log=None, handle_signals=False)
    await runner.setup()
    lag = asyncio.create_task(watch_lag(deps.metrics))
    try:
        try:
            await web.TCPSite(runner, settings.metrics_host, settings.metrics_port).start()
        except OSError as error:
            log.error("metrics_not_shown", port=settings.metrics_port, reason=reason(error))
        yield
    finally:
        lag.cancel()
        with suppress(asyncio.CancelledError):
            await lag
        await runner.cleanup()
