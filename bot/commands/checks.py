"""What `kinerja check` looks at, one function for each thing that can be wrong. Nothing here is changed.

Each gives `Result`s; their sentences are `check.says.<name>` and, unless all is well, `check.do.<name>`. Of
an exception only its kind is told, never its message.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from sqlalchemy import select, text
from telegram import WebhookInfo
from telegram.error import InvalidToken, NetworkError, TelegramError

from bot.app import build_application
from bot.polling import ALLOWED
from bot.settings import Settings
from bot.starting import DATABASE_SECONDS, reason
from bot.webhook import PATH
from models.engine import Database, async_url, is_damage, is_no_database
from models.migrate import is_foreign, newest, stands_at
from services import heartbeats
from services.clock import Clock
from services.health import BACKUP_OLD, CLOCK_OFF, CLOCK_WRONG, About, Health, Level, findings

SERVER_SECONDS = 10.0
LATELY = timedelta(hours=1)
"""An error of a delivery to the webhook that is older is over."""
JUST_NOW = timedelta(minutes=5)
"""Telegram tries again within a minute: a younger error may still be going on."""
MANY_PENDING = 100
LOW, VERY_LOW = 1_000_000_000, 200_000_000
"""Bytes left on a disk that are worth a word, and with which nothing more can be stored soon."""
GROUPS = {
    "processes": (About.NOT_TICKING, About.DIED, About.VERSIONS, About.CLOCKS),
    "sending": (About.STUCK, About.FAILING, About.UNCERTAIN),
    "no_faults": (About.FAULTS,),
}
"""What is said when nothing of these was found, by the name of its sentence."""


@dataclass(frozen=True, slots=True)
class Result:
    """What was found; `params` fill its sentences."""

    name: str
    level: Level = Level.GOOD
    params: Mapping[str, Any] = field(default_factory=dict)


async def of_server(settings: Settings, clock: Clock) -> list[Result]:
    """The token, the webhook and the clock, as the Bot API server has them."""
    server = urlsplit(settings.api_url).netloc.rpartition("@")[2]
    if settings.token is None:
        return [Result("token_missing", Level.BAD)]
    try:
        async with asyncio.timeout(3 * SERVER_SECONDS), build_application(settings).bot as bot:
            info = await bot.get_webhook_info()
            name = bot.username
    except InvalidToken:
        return [Result("token_refused", Level.BAD, {"server": server})]
    except (NetworkError, TimeoutError):
        return [Result("server_away", Level.BAD, {"server": server})]
    except TelegramError as error:
        return [Result("server_refuses", Level.BAD, {"server": server, "why": type(error).__name__})]
    found = [Result("token", params={"bot": name, "server": server}), *of_webhook(info, settings, clock())]
    return [*found, *of_server_clock(await server_ahead(settings.api_url, clock))]


def of_webhook(info: WebhookInfo, settings: Settings, now: datetime) -> list[Result]:
    """Whether updates come the way they are meant to."""
    pending = {"count": info.pending_update_count}
    if settings.webhook_url is None:
        if info.url:
            return [Result("webhook_left", Level.BAD, {"host": urlsplit(info.url).hostname or ""})]
        return [Result("polling", params=pending)]
    if info.url != f"{settings.webhook_url}{PATH}":
        level, host = Level.BAD, urlsplit(info.url).hostname or "–"
        return [Result("webhook_elsewhere", level, {"host": host, "url": settings.webhook_url})]
    found = []
    if info.allowed_updates is not None and set(ALLOWED) - set(info.allowed_updates):
        missing = ", ".join(sorted(set(ALLOWED) - set(info.allowed_updates)))
        found.append(Result("webhook_deaf", Level.BAD, {"missing": missing}))
    if info.last_error_date is not None and now - info.last_error_date < LATELY:
        fresh = now - info.last_error_date < JUST_NOW
        stands = info.pending_update_count > (0 if fresh else MANY_PENDING)
        level = Level.BAD if stands else Level.LOOK
        why = (info.last_error_message or "–")[:120]
        found.append(Result("webhook_failing", level, {**pending, "at": info.last_error_date, "why": why}))
    elif info.pending_update_count > MANY_PENDING:
        found.append(Result("webhook_behind", Level.LOOK, pending))
    return found or [Result("webhook", params=pending)]


async def server_ahead(url: str, clock: Clock) -> float | None:
    """Seconds by which the server's clock is ahead of ours, by the date it puts on every answer; to a second.

    None: it says none.
    """
    try:
        limit = aiohttp.ClientTimeout(total=SERVER_SECONDS)
        async with (
            aiohttp.ClientSession(timeout=limit, trust_env=True) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            said = answer.headers.get("Date", "")
        return (parsedate_to_datetime(said) + timedelta(seconds=0.5) - clock()).total_seconds()
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None


def of_server_clock(ahead: float | None) -> list[Result]:
    """Prompts and reminders go by the machine's clock."""
    if ahead is None:
        return [Result("clock_unknown")]
    off = abs(ahead)
    if off < CLOCK_OFF:
        return [Result("clock")]
    level = Level.BAD if off >= CLOCK_WRONG else Level.LOOK
    return [Result("clock_off", level, {"seconds": round(off)})]


def missing_file(settings: Settings) -> list[Result]:
    """A SQLite file that is not there; nothing is asked of it then, since asking would make it."""
    name = str(async_url(settings.database_url).database or "")
    if not settings.on_sqlite or name.startswith("file:") or Path(name).exists():
        return []
    return [Result("database_missing", Level.BAD, {"file": Path(name).absolute()})]


async def of_database(database: Database) -> list[Result]:
    """Whether it answers, stands at our schema, and can be written to."""
    try:
        async with asyncio.timeout(DATABASE_SECONDS), database.reading() as session:
            await session.execute(select(1))
            revision = await stands_at(database)
    except Exception as error:
        return [_unusable(database, error)]
    if revision is None and await is_foreign(database):
        return [Result("database_foreign", Level.BAD, {"file": database.file})]
    if revision != newest():
        ahead = revision is not None and revision > newest()
        params = {"stands": revision or "–", "needs": newest()}
        return [Result("schema_ahead" if ahead else "schema_behind", Level.BAD, params)]
    try:
        async with asyncio.timeout(DATABASE_SECONDS), database.writing() as session:
            await session.execute(text("UPDATE heartbeats SET mode = mode WHERE name = ''"))
    except Exception as error:
        return [Result("database_read_only", Level.BAD, {"why": reason(error)})]
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    return [Result("database", params={"kind": kind, "schema": revision})]


def _unusable(database: Database, error: Exception) -> Result:
    """Why a database does not answer; of a file, whether it is one at all."""
    if database.is_sqlite and (is_no_database(error) or database.file.is_dir()):
        return Result("database_none", Level.BAD, {"file": database.file})
    if is_damage(error):
        return Result("database_damaged", Level.BAD, {"file": database.file})
    return Result("database_away", Level.BAD, {"why": reason(error)})


async def of_database_clock(database: Database, clock: Clock) -> list[Result]:
    """The machine's clock beside the database's, where that is another machine."""
    async with database.reading() as session:
        ahead = await heartbeats.clock_ahead(session, clock)
    off = abs(ahead or 0)
    if off < CLOCK_OFF:
        return []
    level = Level.BAD if off >= CLOCK_WRONG else Level.LOOK
    return [Result(About.CLOCKS.value, level, {"seconds": round(off)})]


def of_health(health: Health, settings: Settings) -> list[Result]:
    """What the admins see in `/kesehatan`, and which processes there should be."""
    found = findings(health)
    results = [*_of_modes(health, settings)]
    results += [Result(one.about.value, one.level, one.params) for one in found if _told(one.about)]
    about = {one.about for one in found}
    for name, group in GROUPS.items():
        if not about & set(group):
            results.append(Result(name, params={"count": len(health.processes)}))
    people = {"blocked": health.blocked, "not_joined": health.not_joined}
    unreachable = Result("unreachable", Level.LOOK, people)
    results.append(unreachable if health.blocked else Result("reachable", params=people))
    results.append(of_backup(health))
    gaps = health.next_year
    level = Level.LOOK if About.HOLIDAYS in about else Level.GOOD
    if gaps.any:
        params = {"year": gaps.year, "estimated": len(gaps.estimated)}
        return [*results, Result(About.HOLIDAYS.value, level, params)]
    return [*results, Result("holidays_good", params={"year": gaps.year})]


def of_backup(health: Health) -> Result:
    """What would be lost with this machine."""
    if health.backup is None:
        return Result("backup_none", Level.LOOK)
    days = (health.at - health.backup).days
    if days >= BACKUP_OLD.days:
        return Result("backup_old", Level.LOOK, {"days": days, "at": health.backup})
    return Result("backup", params={"at": health.backup})


def _told(about: About) -> bool:
    return about is not About.HOLIDAYS


def _of_modes(health: Health, settings: Settings) -> list[Result]:
    modes = [one.mode for one in health.processes]
    found = []
    if settings.webhook_url is not None and "run" not in modes and "web" not in modes:
        found.append(Result("no_web", Level.BAD))
    if modes.count("run") > 1:
        found.append(Result("two_runs", Level.LOOK, {"count": modes.count("run")}))
    return found


async def of_folder(folder: Path) -> list[Result]:
    """Whether evidence can be stored. A folder that is not there yet is left so: the program makes it."""

    def write() -> None:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".new-") as file:
            file.write(b"kinerja")
            file.flush()

    try:
        await asyncio.to_thread(write)
    except FileNotFoundError:
        return [Result("folder_missing", Level.LOOK, {"folder": folder})]
    except OSError as error:
        return [Result("folder_read_only", Level.BAD, {"folder": folder, "why": reason(error)})]
    return [Result("folder", params={"folder": folder})]


def of_disks(folders: Mapping[str, Path], *, low: int = LOW, very_low: int = VERY_LOW) -> list[Result]:
    """How much room there is where the office's records are; each disk once."""
    found, seen = [], set()
    for folder in folders.values():
        there = next((one for one in (folder, *folder.absolute().parents) if one.exists()), None)
        if there is None or (device := there.stat().st_dev) in seen:
            continue
        seen.add(device)
        free = shutil.disk_usage(there).free
        level = Level.BAD if free < very_low else Level.LOOK if free < low else Level.GOOD
        name = "disk" if level is Level.GOOD else "disk_full"
        found.append(Result(name, level, {"folder": there.absolute(), "free": round(free / 1e9, 1)}))
    return found
