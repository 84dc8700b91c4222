"""The command menu of a chat: what its person may use, in their language."""

from typing import Any

from telegram import BotCommand, BotCommandScopeChat
from telegram.ext import ExtBot

from bot.registry import Registry
from bot.texts import Texts
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


async def publish(bot: ExtBot[Any], chat_id: int, menu: Menu) -> None:
    """Sets a private chat's own menu; an empty one is taken away. Raises TelegramError."""
    scope = BotCommandScopeChat(chat_id)
    if menu:
        await bot.set_my_commands(menu, scope=scope)
    else:
        await bot.delete_my_commands(scope=scope)
