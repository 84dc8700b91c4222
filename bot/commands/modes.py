"""What each mode needs before it may run: the right database, the right schema, and no rival."""

import enum
from datetime import datetime

import structlog

from bot.settings import Settings
from bot.starting import CannotStart, newer
from models.engine import Database
from models.migrate import newest, stands_at
from services import heartbeats

log = structlog.get_logger()


class Mode(enum.StrEnum):
    """`run`: everything in one process, polling. `web`: updates by webhook. `clock`: what time makes due."""

    RUN = "run"
    WEB = "web"
    CLOCK = "clock"

    @property
    def ticks(self) -> bool:
        """Whether it asks what is due, and sweeps."""
        return self is not Mode.WEB


def missing(command: str, settings: Settings, *, webhook: bool) -> str | None:
    """One sentence that names what a command of several processes lacks; None: nothing."""
    if settings.token is None:
        return f"TELEGRAM_BOT_TOKEN is needed for `kinerja {command}`."
    if settings.on_sqlite:  # first: who has only a file needs no webhook either
        return (
            f"DATABASE_URL names a SQLite file, which one process has to itself: `kinerja {command}` "
            "needs postgresql://…; on SQLite there is `kinerja run`."
        )
    if webhook and settings.webhook_url is None:
        return f"WEBHOOK_URL and WEBHOOK_SECRET are needed for `kinerja {command}`."
    return None


async def require_schema(database: Database) -> None:
    """Only `kinerja setup` and `kinerja run` change the schema. Raises CannotStart."""
    revision = await stands_at(database)
    if revision == newest():
        return
    if revision is not None and revision > newest():
        raise CannotStart(newer(revision))
    raise CannotStart(
        f"DATABASE_URL: the database is at version {revision or 'none'}, this program needs {newest()}: "
        "run `kinerja setup` once, then start again."
    )


async def look_around(database: Database, mode: Mode, *, now: datetime) -> None:
    """`kinerja run` takes the webhook away: not while somebody listens there. Raises CannotStart.

    Another one that polls is only told of: the two take turns in failing until one of them is stopped.
    """
    if mode is not Mode.RUN or database.is_sqlite:
        return
    async with database.reading() as session:
        others = await heartbeats.alive(session, now=now)
    webs = [one for one in others if one.mode == Mode.WEB]
    if webs:
        raise CannotStart(
            f"DATABASE_URL: `kinerja web` runs on this database ({webs[0].name}). Stop it first: "
            "`kinerja run` takes its webhook away. One that was killed counts for another minute."
        )
    for one in others:
        if one.mode == Mode.RUN:
            log.warning("another_run", process=one.name)
