"""Starting when something is not there: who is waited for, and the sentence that says why not.

A Bot API server that does not answer is asked again; a refused token, a database that is away and a port in
use end the start. Nothing an exception says is shown: messages may hold a token or a password.
"""

import asyncio
import os
import secrets
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import urlsplit

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.polling import PAUSES
from bot.settings import Settings
from models.engine import Database, is_away, is_damage, is_no_database
from models.migrate import ForeignSchema, NewerSchema, newest

log = structlog.get_logger()
T = TypeVar("T")
DATABASE_SECONDS = 15
"""How long a database may take to answer at the start."""


class CannotStart(Exception):
    """One sentence that names the variable."""


async def until_it_works(call: Callable[[], Awaitable[T]], stop: asyncio.Event, *, what: str) -> T | None:
    """The answer to a call that the network may fail, however often; None when told to stop.

    Raises TelegramError for what another try does not change: a refused token, a bad request.
    """
    failures = 0
    while not stop.is_set():
        stopping = asyncio.create_task(stop.wait())
        calling = asyncio.ensure_future(call())
        try:
            await asyncio.wait({calling, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not calling.done():
                break
            return calling.result()
        except BadRequest:
            raise
        except (NetworkError, RetryAfter) as error:
            pause = _pause_after(error, failures)
            failures += 1
            log.warning(
                "start_waits",
                call=what,
                variable="TELEGRAM_API_URL",
                error=type(error).__name__,
                seconds=pause,
            )
            await asyncio.wait({stopping}, timeout=pause)
        finally:
            stopping.cancel()
            calling.cancel()
    return None


def _pause_after(error: TelegramError, failures: int) -> float:
    """Seconds: what the server says, else the growing pauses of the poll loop."""
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        return wait if isinstance(wait, (int, float)) else wait.total_seconds()
    return PAUSES[min(failures, len(PAUSES) - 1)]


async def reach(database: Database) -> None:
    """Asks the database for a sign of life. Raises CannotStart."""
    try:
        async with asyncio.timeout(DATABASE_SECONDS), database.reading() as session:
            await session.execute(select(1))
    except Exception as error:
        log.error("database_away", error=type(error).__name__)
        raise CannotStart(_no_file_of_ours(database, error) or _database(error)) from error


def _no_file_of_ours(database: Database, error: BaseException) -> str | None:
    """Why a SQLite file cannot be used, where that is the file's own fault."""
    if not database.is_sqlite:
        return None
    if database.file.is_dir():
        return f"DATABASE_URL: {database.file} is a folder, not a file."
    if is_no_database(error):
        return f"DATABASE_URL: {database.file} is not a database. Name another file, new or ours."
    if is_damage(error):
        return f"DATABASE_URL: {database.file} is damaged. Keep it; restore the last backup into a new one."
    return None


def sentence(error: BaseException, settings: Settings) -> str:
    """Why a command ended, in one sentence; what nobody expected goes to the log under a reference."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    server = urlsplit(settings.api_url).netloc.rpartition("@")[2]
    match error:
        case CannotStart():
            return str(error)
        case NewerSchema():
            return newer(error.stands_at)
        case ForeignSchema():
            return "DATABASE_URL: the file holds another program's tables, none of ours. Name another file."
        case InvalidToken():
            return (
                f"TELEGRAM_BOT_TOKEN is refused by {server}: copy it anew from @BotFather, "
                "and check TELEGRAM_API_URL if that is not the server you mean."
            )
        case TelegramError() if not isinstance(error, BadRequest):
            how = "does not answer" if isinstance(error, NetworkError) else "refuses for the moment"
            return f"TELEGRAM_API_URL: the Bot API server {server} {how} ({type(error).__name__})."
        case SQLAlchemyError() | ConnectionError() | TimeoutError() if is_away(error):
            return _database(error)
    reference = secrets.token_hex(4).upper()
    log.error("command_failed", reference=reference, exc_info=error)
    return f"A fault of the program ended this. The log says where, under the reference {reference}."


def newer(revision: str) -> str:
    """The sentence about a database that a newer program has migrated."""
    return (
        f"DATABASE_URL: the database is at version {revision}, this program knows {newest()}: "
        "start the newer program, or restore the backup that belongs to this one."
    )


def _database(error: BaseException) -> str:
    return f"DATABASE_URL: the database does not answer or refuses ({reason(error)})."


def reason(error: BaseException) -> str:
    """The system's words for an error, else its type: never its message."""
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno).lower() if error.errno > 0 else "unknown host"
    origin = getattr(error, "orig", None)
    return type(origin or error).__name__
