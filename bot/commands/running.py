"""`kinerja run`: one process, polling. `kinerja web`: the same behind a webhook."""

import asyncio
import contextlib
import signal
from datetime import date, datetime
from pathlib import Path

import structlog
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from bot.app import Running, build_application, run_polling, running
from bot.commands.sweeping import sweep_daily
from bot.context import Deps
from bot.registry import Registry
from bot.settings import Settings
from bot.starting import reach, until_it_works
from bot.texts import Texts
from bot.webhook import run_webhook
from handlers import FEATURES
from models.engine import Database
from models.migrate import migrate
from services.approvals.acting import tell_turns
from services.calendar import seed_holidays
from services.clock import Clock, OfficeClock, system_clock
from services.nudging import enqueue_nudges
from services.pacing import Rates
from services.retention import forget_old
from services.rounds import plan_everybody, tick

log = structlog.get_logger()


async def maintain(session: AsyncSession, *, now: datetime) -> bool:
    """Brings holidays and schedules up to date and forgets by rule; True: there is more to forget."""
    await seed_holidays(session, [now.year, now.year + 1], now=now)
    await plan_everybody(session, now=now)
    return await forget_old(session, now=now)


async def prepare(database: Database, *, now: datetime) -> None:
    """Everything a command needs to find: schema, holidays, schedules. Raises CannotStart."""
    await reach(database)
    await migrate(database)
    async with database.writing() as session:
        await maintain(session, now=now)


class Rounds:
    """What one tick does: once a day, and first of all, the maintenance; then a batch of whatever is due.

    Once an hour: who begins to stand in for a supervisor, and who has had no feedback for a week.
    """

    def __init__(self) -> None:
        self._kept: date | None = None
        self._hour: datetime | None = None

    async def __call__(self, session: AsyncSession, now: datetime) -> bool:
        """True: more is due, tick again at once."""
        forgetting = self._kept != now.date() and await maintain(session, now=now)
        result = await tick(session, now=now)
        hour = now.replace(minute=0, second=0, microsecond=0)
        if self._hour != hour:
            await tell_turns(session, now=now)
            await enqueue_nudges(session, now=now)
        self._note(session, hour=hour, kept=None if forgetting else now.date())
        return result.more

    def _note(self, session: AsyncSession, *, hour: datetime, kept: date | None) -> None:
        """Once it is committed, and not before: what a failed commit takes back is done again."""

        def committed(_: Session) -> None:
            self._hour, self._kept = hour, kept

        event.listen(session.sync_session, "after_commit", committed, once=True)


def absolute_path(database: Database) -> str:
    """Where the SQLite file is: a relative one depends on the folder the program was started in."""
    return str(Path(str(database.url.database)).absolute())


def office_clock(settings: Settings) -> Clock:
    """The machine's clock, or one that started at OFFICE_CLOCK."""
    return OfficeClock(settings.office_clock) if settings.office_clock else system_clock


def until_signalled() -> asyncio.Event:
    """An event that SIGINT and SIGTERM set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(name, stop.set)
    return stop


async def bot_username(settings: Settings) -> str:
    """The bot's own name, as its server knows it. Raises telegram.error.TelegramError."""
    async with build_application(settings).bot as bot:
        return str(bot.username)


async def run(settings: Settings, *, webhook: bool = False) -> int:
    """Runs until it is told to stop; what is in hand is finished first.

    A Bot API server that does not answer yet is waited for. Raises CannotStart, TelegramError.
    """
    database = Database(settings.database_url)
    clock = office_clock(settings)
    deps = Deps(settings, database, clock, Texts(), rates=Rates(per_second=settings.send_rate))
    stop = until_signalled()
    try:
        await reach(database)
        if database.is_sqlite:
            log.info("database_file", path=absolute_path(database))
        await migrate(database)
        if await until_it_works(lambda: bot_username(settings), stop, what="get_me") is None:
            return 0
        async with running(deps, FEATURES, Rounds()) as program:
            await introduce(program)
            serve = run_webhook if webhook else run_polling
            log.info("running", mode="webhook" if webhook else "polling")
            sweeping = asyncio.create_task(sweep_daily(deps, stop))
            try:
                await serve(program, stop)
            finally:
                sweeping.cancel()
                await asyncio.wait({sweeping})
    finally:
        await database.close()
    return 0


async def introduce(program: Running) -> None:
    """The command menu of those who have not joined."""
    registry = Registry(FEATURES)
    for language in ("", "en"):
        await program.publish_menu(registry, language)
