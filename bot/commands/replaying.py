"""`kinerja replay REFERENCE`: runs an update once more on which the program failed.

It goes through the same application and gate as in polling. The outbox, evidence and rounds are left to the
program that runs: beside it, a second drain of a SQLite outbox would take what is in flight for lost.
"""

import argparse
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from telegram import Update
from telegram.ext import ExtBot

from bot.app import build_application, wire
from bot.commands.files import printable
from bot.context import BotContext, Deps
from bot.gate import Gate
from bot.registry import Registry
from handlers import FEATURES
from services import updates

log = structlog.get_logger()
OK, FAULTS = 0, 1
Say = Callable[..., str]
"""Key and parameters → text for a terminal."""
ZONE = ZoneInfo("Asia/Jakarta")
"""For the remark about another day; what is replayed takes its sender's own zone."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `replay` with its arguments."""
    parser = subparsers.add_parser("replay", help="ulangi pesan yang gagal karena kesalahan program")
    parser.add_argument("reference", metavar="REFERENCE", help="kode yang disebut kepada pengirimnya")


async def run(args: argparse.Namespace, *, deps: Deps, texts: Say, registry: Registry | None = None) -> int:
    """Replays once. 0: it took effect, 1: nothing to replay, or it failed again. Raises TelegramError."""
    database = deps.database
    async with database.reading() as session:
        kept = await updates.find_failed(session, args.reference)
    if kept is None:
        print(printable(texts("replay.unknown", reference=args.reference[:20])))
        return FAULTS
    if kept.replayed_at is not None:
        print(texts("replay.already", reference=kept.reference))
        return FAULTS
    if not kept.replayable:
        print(texts("replay.invitation", reference=kept.reference))
        return FAULTS
    application = build_application(deps.settings)
    async with application:
        bot: ExtBot[Any] = application.bot
        registry = registry or Registry(FEATURES)
        gate = Gate(deps, registry, bot)
        wire(application, gate, registry)
        application.add_error_handler(_on_error)
        now = deps.clock()
        async with database.writing() as session:
            claimed = await updates.claim_failed(session, kept, bot_id=bot.id, now=now)
        if not claimed:
            print(texts("replay.already", reference=kept.reference))
            return FAULTS
        if now.astimezone(ZONE).date() != kept.at.astimezone(ZONE).date():
            print(texts("replay.another_day"))
        update = Update.de_json(kept.body, bot)
        await application.process_update(update)
    async with database.writing() as session:
        stored = await updates.took_effect(session, bot.id, update.update_id)
        again = await updates.failed_again(session, kept) if stored else None
        if not stored:
            await updates.give_back(session, kept)
    if again is not None:
        print(texts("replay.failed_again", reference=again.reference))
    elif not stored:
        print(texts("replay.not_stored", reference=kept.reference))
    else:
        print(texts("replay.done", reference=kept.reference))
    return OK if stored and again is None else FAULTS


async def _on_error(update: object, context: BotContext) -> None:
    """The gate explains and keeps every error of an update; what arrives here is a fault of the wiring."""
    log.error("replay_failed", error=type(context.error).__name__, exc_info=context.error)
