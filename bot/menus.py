"""Command menus: of a chat, what its person may use, and those of everybody else."""

from collections.abc import Iterable
from typing import Any

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.ext import ExtBot

from bot.context import Command
from bot.registry import Registry
from bot.texts import Speech, Texts
from services.people.identity import Actor

Menu = tuple[BotCommand, ...]


def menu_of(registry: Registry, texts: Texts, actor: Actor | None) -> Menu:
    """The commands shown to this person; none for a stranger, whose menu is the bot's general one."""
    if actor is None:
        return ()
    speech = texts.speech(actor.language)
    return tuple(
        BotCommand(one.name, speech.plain(f"commands.{one.name}"))
        for one in registry.commands.values()
        if one.shown_to(actor)
    )


def general_menus(registry: Registry, speech: Speech) -> tuple[tuple[BotCommandScope, Menu], ...]:
    """By scope: of those who have not joined, and of administrators of groups."""

    def listed(commands: Iterable[Command]) -> Menu:
        return tuple(BotCommand(one.name, speech.plain(f"commands.{one.name}")) for one in commands)

    open_ = [one for one in registry.commands.values() if one.open_to_strangers]
    return (
        (BotCommandScopeDefault(), listed(open_)),
        (BotCommandScopeAllChatAdministrators(), listed(registry.group_commands.values())),
    )


async def publish(bot: ExtBot[Any], chat_id: int, menu: Menu) -> None:
    """Sets a private chat's own menu; an empty one is taken away. Raises TelegramError."""
    scope = BotCommandScopeChat(chat_id)
    if menu:
        await bot.set_my_commands(menu, scope=scope)
    else:
        await bot.delete_my_commands(scope=scope)
