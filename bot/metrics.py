"""What is counted and measured, as Prometheus reads it. Labels are few and known: no id, no name, no text.

Counting costs about a microsecond and happens whether or not anybody reads it; `bot/exposing.py` shows it.
What is read from the database is set there, at most every few seconds.
"""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import IntegrityError
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import BaseRateLimiter

from bot.network import never_left
from models.engine import Database, is_away, is_conflict
from services.dialogue import Said

prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]  # when each series began says nothing here, and doubles the page
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
LAGS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
UNKNOWN = float("nan")
UPDATE_KINDS = (*(one.value for one in Said), "event")
DATABASE_KINDS = ("conflict", "constraint", "away", "other")


class Metrics:
    """One registry a process; never the library's global one, so that tests do not meet each other."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        at: dict[str, Any] = {"registry": self.registry}
        self.info = Gauge("kinerja_info", "1, with version and mode.", ["version", "mode"], **at)
        # Updates
        self.updates = Counter(
            "kinerja_updates_total", "Updates by kind and how they ended.", ["kind", "ending"], **at
        )
        self.refusals = Counter("kinerja_refusals_total", "Refused updates by error code.", ["code"], **at)
        self.not_stored = Counter(
            "kinerja_updates_not_stored_total", "Tries at an update of which nothing was stored.", **at
        )
        self.update_seconds = Histogram(
            "kinerja_update_seconds",
            "From receiving an update until it is committed, and until it is answered.",
            ["until"],
            buckets=SECONDS,
            **at,
        )
        # The Bot API
        self.calls = Counter(
            "kinerja_api_calls_total", "Calls of the Bot API by how they ended.", ["method", "ending"], **at
        )
        self.call_seconds = Histogram(
            "kinerja_api_call_seconds", "Duration of a call.", ["method"], buckets=SECONDS, **at
        )
        self.held_seconds = Counter(
            "kinerja_held_seconds_total", "Seconds that Telegram told us to wait (429).", **at
        )
        self.send_rate = Gauge("kinerja_send_rate", "Messages a second the bot may send.", **at)
        # The outbox
        self.notices = Counter(
            "kinerja_notices_total", "Tries at a notice by kind and ending.", ["kind", "ending"], **at
        )
        self.waiting = Gauge("kinerja_outbox_waiting", "Notices that wait, by lane.", ["lane"], **at)
        self.oldest = Gauge(
            "kinerja_outbox_oldest_seconds", "For how long the oldest that is due has waited.", **at
        )
        self.sending = Gauge("kinerja_outbox_sending", "Notices in flight.", **at)
        self.uncertain = Gauge(
            "kinerja_outbox_uncertain", "Notices that may have arrived and wait for a decision.", **at
        )
        self.failed = Gauge(
            "kinerja_outbox_failed_day", "Notices that failed in 24 hours, by cause.", ["cause"], **at
        )
        # The clock
        self.ticks = Counter("kinerja_ticks_total", "Ticks by ending.", ["ending"], **at)
        self.tick_seconds = Histogram(
            "kinerja_tick_seconds", "Duration of a tick, all of its batches.", buckets=SECONDS, **at
        )
        self.since_tick = Gauge(
            "kinerja_since_tick_seconds", "Since the last good tick of any process.", **at
        )
        # The program and what it stands on
        self.processes = Gauge("kinerja_processes", "Processes alive, by mode.", ["mode"], **at)
        self.database_up = Gauge("kinerja_database_up", "1: the database answered this scrape.", **at)
        self.database_errors = Counter(
            "kinerja_database_errors_total", "Errors of the database by kind.", ["kind"], **at
        )
        self.database_bytes = Gauge("kinerja_database_bytes", "Size of the database.", **at)
        self.faults = Gauge("kinerja_faults_kept", "Updates of the last week that wait for a replay.", **at)
        self.unreachable = Gauge("kinerja_people_unreachable", "People who blocked the bot.", **at)
        self.webhook_pending = Gauge(
            "kinerja_webhook_pending_updates", "Updates that Telegram still has for the webhook.", **at
        )
        self.lag = Histogram(
            "kinerja_loop_lag_seconds", "How late the event loop wakes who sleeps.", buckets=LAGS, **at
        )
        ProcessCollector(registry=self.registry)
        self._begin()

    def _begin(self) -> None:
        """What the alerts ask after stands at 0 from the start.

        A series that first appears with the first failure has not increased, as Prometheus reckons.
        """
        for kind in UPDATE_KINDS:
            self.updates.labels(kind, "failed")
        for ending in ("done", "failed"):
            self.ticks.labels(ending)
        for kind in DATABASE_KINDS:
            self.database_errors.labels(kind)

    def update(self, kind: str, ending: str, *, code: str | None = None) -> None:
        """An update has ended. `code`: of the refusal."""
        self.updates.labels(kind, ending).inc()
        if code is not None:
            self.refusals.labels(code).inc()

    def took(self, until: str, seconds: float) -> None:
        """An update is committed, or answered, so long after it was received."""
        self.update_seconds.labels(until).observe(seconds)

    def called(self, method: str, error: BaseException | None, seconds: float) -> None:
        """A call of the Bot API has ended."""
        self.calls.labels(method, call_ending(error)).inc()
        self.call_seconds.labels(method).observe(seconds)
        if isinstance(error, RetryAfter):
            wait = error.retry_after
            self.held_seconds.inc(wait if isinstance(wait, (int, float)) else wait.total_seconds())

    def notice(self, kind: str, ending: str) -> None:
        """A try at a notice has ended."""
        self.notices.labels(kind, ending).inc()

    @contextmanager
    def ticking(self) -> Iterator[None]:
        """Around a tick."""
        started = perf_counter()
        try:
            yield
        except Exception:
            self.ticks.labels("failed").inc()
            raise
        self.ticks.labels("done").inc()
        self.tick_seconds.observe(perf_counter() - started)

    def watch(self, database: Database) -> None:
        """From now on the errors of a database are counted."""

        def on_error(context: ExceptionContext) -> None:
            error = context.sqlalchemy_exception or context.original_exception
            self.database_errors.labels(_database_kind(error)).inc()

        event.listen(database.engine.sync_engine, "handle_error", on_error)

    def page(self) -> bytes:
        """All of it, in Prometheus' text format."""
        return prometheus_client.generate_latest(self.registry)


def call_ending(error: BaseException | None) -> str:
    """How a call ended, in one of few words."""
    match error:
        case None:
            return "ok"
        case RetryAfter():
            return "too_many"
        case Forbidden():
            return "forbidden"
        case BadRequest():
            return "refused"
        case NetworkError() if never_left(error):
            return "unreachable"
        case TimedOut():
            return "no_answer"
        case NetworkError():
            return "server_error"
        case TelegramError():
            return "refused"
    return "fault"


def _database_kind(error: BaseException) -> str:
    if is_conflict(error):
        return "conflict"
    if isinstance(error, IntegrityError):
        return "constraint"
    return "away" if is_away(error) else "other"


class Measured(BaseRateLimiter[Any]):
    """Stands where python-telegram-bot lets every call but getUpdates pass, and measures it.

    `inner` decides when a call is made; what is measured is the call alone, without the wait for its turn.
    """

    def __init__(self, metrics: Metrics, inner: BaseRateLimiter[Any] | None = None) -> None:
        self.metrics = metrics
        self.inner = inner

    async def initialize(self) -> None:
        if self.inner is not None:
            await self.inner.initialize()

    async def shutdown(self) -> None:
        if self.inner is not None:
            await self.inner.shutdown()

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Any,
    ) -> Any:
        async def measured(*args: Any, **kwargs: Any) -> Any:
            started = perf_counter()
            try:
                result = await callback(*args, **kwargs)
            except Exception as error:
                self.metrics.called(endpoint, error, perf_counter() - started)
                raise
            self.metrics.called(endpoint, None, perf_counter() - started)
            return result

        if self.inner is None:
            return await measured(*args, **kwargs)
        return await self.inner.process_request(measured, args, kwargs, endpoint, data, rate_limit_args)
