"""`kinerja setup`: what a deployment needs once, and again after each upgrade. Repeating it does no harm.

Database first, then Telegram: the webhook with its secret, the command menus, and what people read about the
bot before they press Start. Menus and descriptions that are right are left alone: Telegram limits how often.
"""

import argparse
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from telegram.error import BadRequest
from telegram.ext import ExtBot

from bot.app import build_application
from bot.commands.modes import Mode, missing
from bot.commands.running import maintain, office_clock
from bot.menus import general_menus
from bot.polling import ALLOWED
from bot.registry import Registry
from bot.settings import Settings
from bot.sole import is_held
from bot.starting import CannotStart, reach
from bot.texts import Texts
from bot.webhook import PATH
from handlers import FEATURES
from models.engine import Database
from models.migrate import migrate, newest, stands_at
from services import heartbeats
from services.clock import Clock

OK, NOT_DONE, USAGE = 0, 1, 2
LONG, SHORT = 512, 120
"""Characters Telegram takes for what a bot says about itself."""
LANGUAGES = ("", "en")
"""Whom the first suits is everybody whose language is none of the others."""
Say = Callable[..., str]


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `setup` with its arguments."""
    parser = subparsers.add_parser(
        "setup",
        help="prepare database and bot for `kinerja web` and `kinerja clock`; once, and after upgrades",
    )
    parser.add_argument("--polling", action="store_true", help="take the webhook away, for `kinerja run`")


async def run(args: argparse.Namespace, settings: Settings) -> int:
    """Does it and says what was done. 0: done, 1: not done, 2: a setting is missing."""
    webhook = not args.polling
    lacking = missing("setup", settings, webhook=webhook)
    if lacking is not None and (webhook or settings.token is None):
        print(lacking, file=sys.stderr)
        return USAGE
    texts = Texts()
    database = Database(settings.database_url)
    try:
        await reach(database)
        if not await set_up_database(database, office_clock(settings), say=texts.speech("id").plain):
            return NOT_DONE
        async with build_application(settings).bot as bot:
            await set_up_bot(bot, settings, texts, webhook=webhook)
        await _warn(database, office_clock(settings), webhook=webhook, say=texts.speech("id").plain)
    finally:
        await database.close()
    return OK


async def set_up_database(database: Database, clock: Clock, *, say: Say) -> bool:
    """Schema, holidays, schedules; False: processes of the version before still use it.

    Raises NewerSchema.
    """
    before = await stands_at(database)
    if before is not None and before < newest():
        names = await _running_names(database, clock)
        if names:
            print(say("setup.schema_busy", names=", ".join(names)), file=sys.stderr)
            return False
    await migrate(database)
    async with database.writing() as session:
        await maintain(session, now=clock())
    moved = before is not None and before != newest()
    print(say("setup.schema_moved" if moved else "setup.schema", before=before, version=newest()), flush=True)
    return True


async def set_up_bot(bot: ExtBot[Any], settings: Settings, texts: Texts, *, webhook: bool) -> None:
    """What Telegram has to know. Raises CannotStart, TelegramError."""
    say = texts.speech("id").plain
    print(say("setup.bot", username=bot.username), flush=True)
    if webhook:
        await set_webhook(bot, settings)
        found = await bot.get_webhook_info()
        count, most = found.pending_update_count, settings.webhook_connections
        print(
            say("setup.webhook", url=f"{settings.webhook_url}{PATH}", connections=most, count=count),
            flush=True,
        )
    else:
        found = await bot.get_webhook_info()
        await bot.delete_webhook(drop_pending_updates=False)
        what = "setup.webhook_gone" if found.url else "setup.webhook_none"
        print(say(what, count=found.pending_update_count), flush=True)
    for what, count in (
        ("menus", await _publish_menus(bot, texts)),
        ("about", await _describe(bot, settings, texts)),
    ):
        print(say(f"setup.{what}_set", count=count) if count else say(f"setup.{what}_same"), flush=True)


async def set_webhook(bot: ExtBot[Any], settings: Settings) -> None:
    """Tells Telegram where updates go. Nothing that waits is dropped. Raises CannotStart, TelegramError."""
    try:
        await bot.set_webhook(
            f"{settings.webhook_url}{PATH}",
            secret_token=settings.webhook_secret,
            allowed_updates=ALLOWED,
            max_connections=settings.webhook_connections,
        )
    except BadRequest as error:
        raise CannotStart(f"WEBHOOK_URL is refused by the Bot API server: {error.message}.") from error


async def _publish_menus(bot: ExtBot[Any], texts: Texts) -> int:
    """Gives how many were not yet as they should be."""
    changed = 0
    registry = Registry(FEATURES)
    for language in LANGUAGES:
        for scope, menu in general_menus(registry, texts.speech(language)):
            if await bot.get_my_commands(scope=scope, language_code=language or None) != menu:
                await bot.set_my_commands(menu, scope=scope, language_code=language or None)
                changed += 1
    return changed


async def _describe(bot: ExtBot[Any], settings: Settings, texts: Texts) -> int:
    """Gives how many were not yet as they should be."""
    changed = 0
    facts = {"organization": settings.organization, "contact": settings.privacy_contact}
    for language in LANGUAGES:
        say, code = texts.speech(language).plain, language or None
        long, short = say("about.long", **facts)[:LONG], say("about.short", **facts)[:SHORT]
        give: Callable[..., Awaitable[bool]]
        for now, wanted, give in (
            ((await bot.get_my_description(code)).description, long, bot.set_my_description),
            (
                (await bot.get_my_short_description(code)).short_description,
                short,
                bot.set_my_short_description,
            ),
        ):
            if now != wanted.strip():
                await give(wanted.strip(), code)
                changed += 1
    return changed


async def _warn(database: Database, clock: Clock, *, webhook: bool, say: Say) -> None:
    """Who receives nothing from now on."""
    deaf, what = (Mode.RUN, "setup.still_polls") if webhook else (Mode.WEB, "setup.still_listens")
    async with database.reading() as session:
        names = [one.name for one in await heartbeats.alive(session, now=clock()) if one.mode == deaf]
    if names:
        print(say(what, names=", ".join(names)), flush=True)


async def _running_names(database: Database, clock: Clock) -> list[str]:
    """Who uses a database of an older version, as far as that version told."""
    if database.is_sqlite:
        return ["kinerja run"] if is_held(database.file) else []
    try:
        async with database.reading() as session:
            return [f"{one.mode} {one.name}" for one in await heartbeats.alive(session, now=clock())]
    except SQLAlchemyError:
        return []  # before 0004 nobody told, and the columns may be others
