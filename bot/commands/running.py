"""`kinerja run`: everything in one process, polling. `kinerja web`, `kinerja clock`: its two halves.

Any number of `web` and `clock` may run on one PostgreSQL: the row of a chat is its lock, a unique key decides
who starts a round, and a claim who sends a notice.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import date, datetime

import structlog
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from telegram.error import TelegramError

from bot.app import Running, build_application, run_polling, running
from bot.commands.modes import Mode, look_around, require_schema
from bot.commands.sweeping import sweep_daily
from bot.context import Deps
from bot.exposing import exposed
from bot.heartbeat import heartbeat
from bot.loops import settle
from bot.registry import Registry
from bot.settings import Settings
from bot.sole import sole_use
from bot.starting import CannotStart, reach, until_it_works
from bot.stopping import until_signalled
from bot.texts import Texts
from bot.webhook import LINGER_SECONDS, PATH, run_webhook
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


def office_clock(settings: Settings) -> Clock:
    """The machine's clock, or one that started at OFFICE_CLOCK."""
    return OfficeClock(settings.office_clock) if settings.office_clock else system_clock


async def bot_username(settings: Settings) -> str:
    """The bot's own name, as its server knows it. Raises telegram.error.TelegramError."""
    async with build_application(settings).bot as bot:
        return str(bot.username)


async def run(settings: Settings, mode: Mode = Mode.RUN, *, share_port: bool = False) -> int:
    """Runs until it is told to stop; what is in hand is finished first.

    A Bot API server that does not answer yet is waited for. Raises CannotStart, NewerSchema, TelegramError.
    """
    stop = until_signalled(seconds=settings.stop_seconds)
    database = Database(settings.database_url)
    clock = office_clock(settings)
    deps = Deps(settings, database, clock, Texts(), rates=Rates(per_second=settings.send_rate))
    try:
        with _alone_on(database):
            await reach(database)
            await _prepare(database, mode, now=clock())
            if await until_it_works(lambda: bot_username(settings), stop, what="get_me") is None:
                return 0
            await _serve(deps, mode, stop, share_port=share_port)
    except CannotStart:
        if not stop.is_set():  # whoever was told to stop meanwhile has nothing to complain about
            raise
    finally:
        await database.close()
    return 0


@contextlib.contextmanager
def _alone_on(database: Database) -> Iterator[None]:
    """A SQLite file is this process's alone. Raises CannotStart."""
    if not database.is_sqlite:
        yield
        return
    log.info("database_file", path=str(database.file))
    with sole_use(database.file):
        yield


async def _prepare(database: Database, mode: Mode, *, now: datetime) -> None:
    """One process alone migrates by itself; of several none does. Raises CannotStart, NewerSchema."""
    if mode is Mode.RUN:
        await migrate(database)
    else:
        await require_schema(database)
    await look_around(database, mode, now=now)


async def _serve(deps: Deps, mode: Mode, stop: asyncio.Event, *, share_port: bool) -> None:
    """Counts as alive until the last thing in hand is done."""
    program: Running | None = None

    def ticked_at() -> datetime | None:
        return program.ticked_at if program else None

    async with heartbeat(deps, mode, ticked_at=ticked_at):
        rounds = Rounds() if mode.ticks else None
        async with (
            running(deps, FEATURES, rounds) as program,
            exposed(program.deps, program.application.bot, mode=str(mode)),
        ):
            if mode is Mode.RUN:
                await introduce(program)
            settle()
            aside = [asyncio.create_task(sweep_daily(deps, stop))] if mode.ticks else []
            if mode is Mode.WEB:
                aside.append(asyncio.create_task(_look_at_webhook(program, stop)))
            try:
                await _listen(program, mode, stop, share_port=share_port)
            finally:
                for task in aside:
                    task.cancel()
                await asyncio.wait(aside)


async def _listen(program: Running, mode: Mode, stop: asyncio.Event, *, share_port: bool) -> None:
    """Until `stop`; then what is in hand is finished."""
    if mode is Mode.WEB:
        await run_webhook(program, stop, share_port=share_port, linger=LINGER_SECONDS)
        return
    log.info("running", mode=str(mode))
    if mode is Mode.RUN:
        await run_polling(program, stop)
    else:
        await stop.wait()


async def _look_at_webhook(program: Running, stop: asyncio.Event) -> None:
    """Says in the log when Telegram delivers elsewhere: `kinerja setup` was forgotten."""
    bot = program.application.bot
    with contextlib.suppress(TelegramError):
        info = await until_it_works(bot.get_webhook_info, stop, what="get_webhook_info")
        if info is not None and info.url != f"{program.deps.settings.webhook_url}{PATH}":
            log.warning("webhook_is_elsewhere", hint="run `kinerja setup` once")


async def introduce(program: Running) -> None:
    """The command menu of those who have not joined."""
    registry = Registry(FEATURES)
    for language in ("", "en"):
        await program.publish_menu(registry, language)
