"""What the person acting gets to see of an answer, after the commit. Never in a transaction."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any

from telegram import Update
from telegram.ext import ExtBot

from bot import menus, presenter
from bot.context import Answer, Deps
from bot.presenter import insist
from services.dialogue import Said


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer with its cards rendered. `menu` None: the command menu stays as it is.

    `ending` and `code`, of a refusal, are what is counted of it.
    """

    answer: Answer
    cards: tuple[presenter.Rendered, ...] = ()
    menu: menus.Menu | None = None
    ending: str = "handled"
    code: str | None = None


async def show(
    bot: ExtBot[Any], deps: Deps, update: Update, said: Said, shown: Shown, *, topic: int | None = None
) -> bool:
    """Receipt and screens; the one does not wait for the other. Gives whether the screens arrived."""
    receipt = asyncio.create_task(_receipt(bot, update, shown.answer))
    try:
        return await _screens(bot, deps, update, said, shown, topic=topic)
    finally:
        await receipt


async def _receipt(bot: ExtBot[Any], update: Update, answer: Answer) -> None:
    """The toast of a press, the reaction on a message."""
    query, message = update.callback_query, update.effective_message
    if query is not None:
        toast = answer.toast[:200] or None
        await insist(lambda: query.answer(toast, show_alert=answer.alert and toast is not None))
    elif answer.reaction and message is not None:
        await insist(partial(presenter.react, bot, message.chat_id, message.message_id, answer.reaction))


async def _screens(
    bot: ExtBot[Any], deps: Deps, update: Update, said: Said, shown: Shown, *, topic: int | None
) -> bool:
    """In the order in which they are read."""
    answer, query, chat = shown.answer, update.callback_query, update.effective_chat
    if chat is None:
        return False
    reached = True
    chat_id, pressed = chat.id, query.message.message_id if query and query.message else None
    instead = answer.replace
    if instead is not None and pressed is not None:
        await insist(lambda: presenter.replace(bot, deps, chat_id, pressed, instead))
    elif instead is not None:
        await insist(lambda: presenter.send(bot, chat_id, instead))
    picture = answer.picture
    if picture is not None:
        await insist(lambda: presenter.send_picture(bot, deps, chat_id, picture, thread_id=topic))
    if query is None or not answer.toast:
        for screen in answer.screens:
            sent = await insist(partial(presenter.send, bot, chat_id, screen, thread_id=topic))
            reached = reached and sent is not None
    if shown.cards:
        typed = said is not Said.EDIT and pressed is None
        below = typed if answer.below is None else answer.below
        if shown.ending == "duplicate" and presenter.stand_below(shown.cards, update):
            below = False  # it was answered: that card is edited
        await presenter.show_cards(
            bot, deps, chat_id, shown.cards, pressed=pressed, below=below, patient=True
        )
    for screen in answer.unused:
        await insist(partial(presenter.send, bot, chat_id, screen))
    file = answer.file
    if file is not None:
        await insist(lambda: presenter.send_file(bot, deps, chat_id, file))
    document, menu = answer.document, shown.menu
    if document is not None:
        await insist(lambda: presenter.send_document(bot, chat_id, *document))
    if menu is not None:
        await insist(lambda: menus.publish(bot, chat_id, menu))
    return reached
