"""The one place where python-telegram-bot is wired."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    BaseRateLimiter,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ExtBot,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot import menus, presenter
from bot.callbacks import unpack
from bot.context import Answer, BotContext, BotData, Command, Deps, Feature, Message, Turn
from bot.delivery import Delivery
from bot.fetching import EvidenceFetcher
from bot.gate import Gate
from bot.incoming import read_event, read_message, read_place
from bot.metrics import Measured
from bot.pacing import Pace, PacedCalls
from bot.polling import poll
from bot.processor import Processor
from bot.registry import Registry
from bot.requesting import AiohttpRequest
from bot.screens import Screen
from bot.settings import Settings
from scheduler.ticker import Ticker
from services.dialogue import Said
from services.errors import Invalid, Outdated, Unavailable
from services.reading.storable import storable

log = structlog.get_logger()
PRIVATE = filters.ChatType.PRIVATE
FRESH = filters.UpdateType.MESSAGE & PRIVATE
"""New, not edited: an edited command is not run again."""
IN_GROUP = filters.UpdateType.MESSAGE & filters.ChatType.GROUPS
ADMINISTRATORS = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)
Callback = Callable[[Update, Any], Coroutine[Any, Any, None]]
Tick = Callable[[AsyncSession, datetime], Awaitable[bool]]
TICK_SECONDS = 15.0
FIRST_TICK = 0.5
"""Seconds after the start: the first poll comes before the day's maintenance."""
AppType = Application[Any, Any, Any, Any, Any, Any]


def build_bot() -> tuple[AiohttpRequest, AiohttpRequest]:
    """HTTP for calls, and for polling."""
    return AiohttpRequest(size=128, read=15), AiohttpRequest(size=2, read=40)


def build_application(settings: Settings, limiter: BaseRateLimiter[Any] | None = None) -> AppType:
    """An application without updater and job queue: the loop and the clock are ours.

    `limiter`: what every call but getUpdates passes.
    """
    if settings.token is None:
        raise ValueError("no token")
    calls, updates = build_bot()
    builder = Application.builder() if limiter is None else Application.builder().rate_limiter(limiter)
    return (
        builder.token(settings.token)
        .base_url(f"{settings.api_url}/bot")
        .base_file_url(f"{settings.api_url}/file/bot")
        .request(calls)
        .get_updates_request(updates)
        .context_types(ContextTypes(context=BotContext, bot_data=BotData))
        .job_queue(None)
        .updater(None)
        .build()
    )


def wire(application: AppType, gate: Gate, registry: Registry) -> None:
    """Every entry point of every feature, through the gate."""
    for command in registry.commands.values():
        on_command = _command(gate, command)
        application.add_handler(CommandHandler(command.name, on_command, filters=FRESH))
    for command in registry.group_commands.values():
        on_command = _group_command(gate, command)
        application.add_handler(CommandHandler(command.name, on_command, filters=IN_GROUP))
    application.add_handler(MessageHandler(IN_GROUP & filters.COMMAND, _private_only(gate)))
    application.add_handler(CallbackQueryHandler(_press(gate, registry)))
    edited = filters.UpdateType.EDITED_MESSAGE & PRIVATE
    application.add_handler(MessageHandler(edited, _edited(gate, registry)))
    application.add_handler(MessageHandler(FRESH & filters.COMMAND, _unknown_command(gate)))
    application.add_handler(MessageHandler(FRESH & filters.TEXT, _text(gate, registry)))
    application.add_handler(MessageHandler(FRESH & ~filters.StatusUpdate.ALL, _upload(gate, registry)))
    application.add_handler(TypeHandler(Update, _ignored(gate)))


@dataclass(slots=True)
class Running:
    """The parts of a running program."""

    application: AppType
    deps: Deps
    gate: Gate
    processor: Processor[Update]
    delivery: Delivery
    tick: Callable[[], Awaitable[None]]
    """Asks what is due, now: the scheduler's own call."""
    ticked_at: datetime | None = None
    """The end of the last tick that went well."""

    @property
    def busy(self) -> bool:
        """Whether an update is being handled or a notice sent."""
        return self.processor.busy or self.delivery.busy

    async def publish_menu(self, registry: Registry, language: str) -> None:
        """The command menus of those who have not joined and of administrators of groups.

        Each person's own is set when they join.
        """
        speech = self.deps.texts.speech(language)
        try:
            for scope, menu in menus.general_menus(registry, speech):
                await self.application.bot.set_my_commands(menu, scope=scope, language_code=language or None)
        except TelegramError as error:
            log.warning("menu_not_set", error=type(error).__name__)


@asynccontextmanager
async def running(deps: Deps, features: Iterable[Feature], tick: Tick | None) -> AsyncIterator[Running]:
    """One lifespan for every mode: bot, delivery, evidence and ticks; stops in the reverse order.

    `tick` None: this process does not tick, others do.
    """
    registry = Registry(features)
    pace = Pace(deps.database, deps.rates)
    application = build_application(deps.settings, PacedCalls(pace, Measured(deps.metrics)))
    deps.metrics.watch(deps.database)
    bot: ExtBot[Any] = application.bot
    delivery = Delivery(deps, registry, bot, pace)
    deps.database.on_told = delivery.wake
    fetcher = EvidenceFetcher(deps, bot)
    deps = replace(
        deps,
        wake_evidence=fetcher.wake,
        commands=tuple(registry.commands.values()),
        group_commands=tuple(registry.group_commands.values()),
    )
    delivery.post.deps = fetcher.deps = deps
    gate = Gate(deps, registry, bot)
    wire(application, gate, registry)

    async def handle(update: Update) -> None:
        await application.process_update(update)
        if update.update_id in gate.undelivered:
            gate.undelivered.discard(update.update_id)
            raise Unavailable

    processor: Processor[Update] = Processor(
        handle,
        identity=lambda update: update.update_id,
        chat=lambda update: update.effective_chat.id if update.effective_chat else 0,
        timed=deps.metrics.took,
    )
    gate.committed = processor.committed
    application.add_error_handler(_unexpected(gate))

    async def on_tick() -> None:
        more = True
        with deps.metrics.ticking():
            while tick is not None and more and not ending.is_set():
                # Each batch commits by itself: whoever waits to write comes in between.
                async with deps.database.writing() as session:
                    more = await tick(session, deps.clock())
                delivery.wake()
        program.ticked_at = deps.clock()
        fetcher.wake()

    program = Running(application, deps, gate, processor, delivery, on_tick)
    ticker = Ticker(on_tick, seconds=TICK_SECONDS, delay=FIRST_TICK)
    ending, stop = asyncio.Event(), asyncio.Event()
    async with application, asyncio.TaskGroup() as tasks:
        background = {tasks.create_task(delivery.run(stop)), tasks.create_task(fetcher.run(stop))}
        try:
            if tick is not None:
                await ticker.start()
            yield program
        finally:
            ending.set()
            try:
                await ticker.stop()
                await processor.drain()
            finally:
                stop.set()
                delivery.wake()
                fetcher.wake()
                # Here, since the group would cancel them as soon as an error arrives at it.
                await asyncio.wait(background)


async def run_polling(program: Running, stop: asyncio.Event) -> None:
    """Polls until `stop` is set."""
    bot: ExtBot[Any] = program.application.bot
    try:
        await bot.delete_webhook(drop_pending_updates=False)
    except TelegramError as error:
        log.warning("webhook_not_deleted", error=type(error).__name__)
    await poll(bot, program.processor, stop)


def _unexpected(gate: Gate) -> Callable[[object, BotContext], Coroutine[Any, Any, None]]:
    """The gate explains and keeps every error of an update; what arrives here is a fault of the wiring."""

    async def on_error(update: object, context: BotContext) -> None:
        if isinstance(update, Update) and context.error is not None:
            await gate.set_aside(update, context.error)

    return on_error


def _command(gate: Gate, command: Command) -> Callback:
    async def on_command(update: Update, context: BotContext) -> None:
        arguments = storable(" ".join(context.args or []))
        await gate.run(
            update,
            Said.CANCEL if command.gives_up else Said.COMMAND,
            lambda turn: command.run(turn, arguments),
            message=read_message(update),
            open_=command.open_to_strangers,
        )

    return on_command


def _group_command(gate: Gate, command: Command) -> Callback:
    """Telegram is asked about the sender before the transaction; who they are here its service decides."""

    async def on_command(update: Update, context: BotContext) -> None:
        place = read_place(update, administers=await _administers(update, context.bot))
        arguments = storable(" ".join(context.args or []))
        await gate.run(
            update, Said.COMMAND, lambda turn: command.run(turn, arguments), place=place, open_=True
        )

    return on_command


async def _administers(update: Update, bot: ExtBot[Any]) -> bool | None:
    """Whether the sender is an administrator of the group; None: Telegram did not say."""
    chat, user, message = update.effective_chat, update.effective_user, update.effective_message
    if chat is None or user is None or message is None or message.sender_chat is not None:
        return False
    member = await presenter.insist(lambda: bot.get_chat_member(chat.id, user.id))
    return None if member is None else member.status in ADMINISTRATORS


def _private_only(gate: Gate) -> Callback:
    """A command of the private chat in a group: a word when it names us, silence otherwise."""

    async def on_command(update: Update, context: BotContext) -> None:
        message = update.effective_message
        words = ((message.text if message else None) or "").split(maxsplit=1)
        if not words or words[0].partition("@")[2].casefold() != context.bot.username.casefold():
            await gate.note(update)
            return

        async def act(turn: Turn) -> Answer:
            return Answer(screens=(Screen(turn.t("groups.private_only")),))

        place = read_place(update, administers=False)
        await gate.run(update, Said.COMMAND, act, place=place, open_=True)

    return on_command


def _press(gate: Gate, registry: Registry) -> Callback:
    async def on_press(update: Update, context: BotContext) -> None:
        press = unpack(update.callback_query.data if update.callback_query else None)
        if update.effective_chat is None or update.effective_chat.type != ChatType.PRIVATE:
            press = None  # no button of ours stands in a group, and nobody's day is shown there

        async def act(turn: Turn) -> Answer:
            if press is None or press.kind not in registry.presses:
                raise Outdated
            return await registry.presses[press.kind](turn, press)

        open_ = press is not None and press.kind in registry.open_presses
        await gate.run(update, Said.PRESS, act, open_=open_)

    return on_press


def _text(gate: Gate, registry: Registry) -> Callback:
    return _messages(gate, Said.TEXT, registry.on_report)


def _upload(gate: Gate, registry: Registry) -> Callback:
    return _messages(gate, Said.FILE, registry.on_upload)


def _edited(gate: Gate, registry: Registry) -> Callback:
    return _messages(gate, Said.EDIT, registry.on_edit)


def _messages(gate: Gate, said: Said, act: Callable[[Turn, Message], Awaitable[Answer]] | None) -> Callback:
    async def on_message(update: Update, context: BotContext) -> None:
        message = read_message(update)
        if act is not None and message is not None:
            await gate.run(update, said, lambda turn: act(turn, message), message=message)

    return on_message


def _unknown_command(gate: Gate) -> Callback:
    async def on_unknown(update: Update, context: BotContext) -> None:
        async def act(turn: Turn) -> Answer:
            raise Invalid("command", "unknown_command")

        await gate.run(update, Said.COMMAND, act, message=read_message(update))

    return on_unknown


def _ignored(gate: Gate) -> Callback:
    """Anything else (talk in groups, service messages, people who block) is taken note of; see `note`."""

    async def on_other(update: Update, context: BotContext) -> None:
        await gate.note(update, read_event(update))

    return on_other
