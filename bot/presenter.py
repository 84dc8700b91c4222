"""Puts screens into a chat: sends, edits in place, keeps track of living cards. Never in a transaction."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import structlog
from telegram import Message, Update
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import ExtBot

from bot.context import Deps, FileRef, Picture, Turn
from bot.network import never_left
from bot.registry import Registry
from bot.screens import Button, CardRef, Screen
from bot.views.paging import visible
from documents.pictures import DrawingFailed, draw
from services import cards
from services.evidence import evidence_path

log = structlog.get_logger()
T = TypeVar("T")
NO_PREVIEW = {"is_disabled": True}
UNCHANGED = "message is not modified"
CAPTION = 1024
"""UTF-16 units below a photo."""
TRIES = 4
LONGEST_WAIT = 30.0
"""Seconds one answer may be held back by a busy server before it is tried again."""


def keyboard(rows: tuple[tuple[Button, ...], ...]) -> dict[str, Any] | None:
    """Rows of buttons as Telegram takes them."""
    if not rows:
        return None
    return {"inline_keyboard": [[_key(one) for one in row] for row in rows if row]}


def _key(one: Button) -> dict[str, Any]:
    key: dict[str, Any] = {"text": one.label}
    if one.url:
        key["url"] = one.url
    if one.copy:
        key["copy_text"] = {"text": one.copy}
    if one.press:
        key["callback_data"] = one.press.pack()
    if one.style:
        key["style"] = one.style
    return key


async def _call(bot: ExtBot[Any], method: str, **values: Any) -> Any:
    """A call past the library: of a message only its id is needed, and reading all of it costs as much again.

    It passes the bot's limiter. Raises TelegramError.
    """
    return await bot._post(method, values)


async def send(bot: ExtBot[Any], chat_id: int, screen: Screen, *, thread_id: int | None = None) -> int:
    """Sends a new message, into a topic where one is named; gives its id. Raises TelegramError."""
    message = await _call(
        bot,
        "sendMessage",
        chat_id=chat_id,
        text=screen.text,
        parse_mode="HTML",
        message_thread_id=thread_id,
        reply_markup=keyboard(screen.rows),
        disable_notification=screen.silent,
        link_preview_options=NO_PREVIEW,
    )
    return int(message["message_id"])


async def send_picture(
    bot: ExtBot[Any], deps: Deps, chat_id: int, picture: Picture, *, thread_id: int | None = None
) -> int:
    """Draws a picture and sends it above its words; the words alone where there can be no picture.

    Draws in a child process, for seconds: never in a transaction. Gives the message's id.
    Raises TelegramError.
    """
    try:
        if visible(picture.caption) > CAPTION:
            raise DrawingFailed("its words do not fit below a photo")
        photo = await draw(picture.drawing, folder=deps.settings.picture_dir)
        message = await bot.send_photo(
            chat_id,
            photo,
            caption=picture.caption,
            parse_mode="HTML",
            message_thread_id=thread_id,
            disable_notification=picture.silent,
        )
    except DrawingFailed as error:
        log.error("picture_not_drawn", reason=str(error))
    except BadRequest as error:  # a group may take texts and no photos
        log.warning("picture_refused", reason=error.message)
    else:
        return message.message_id
    screen = Screen(picture.words or picture.caption, silent=picture.silent)
    return await send(bot, chat_id, screen, thread_id=thread_id)


async def send_document(
    bot: ExtBot[Any], chat_id: int, name: str, content: bytes | Callable[[], bytes]
) -> int:
    """Sends a file (a bot may send 50 MB); gives the message's id. Raises TelegramError.

    What has still to be made is made in a thread, so that others are answered meanwhile.
    """
    if not isinstance(content, bytes):
        content = await asyncio.to_thread(content)
    message = await bot.send_document(chat_id, content, filename=name)
    return message.message_id


async def send_file(bot: ExtBot[Any], deps: Deps, chat_id: int, file: FileRef) -> int:
    """Sends stored evidence: by Telegram's id, and by its own bytes where that is no longer known."""
    give = bot.send_photo if file.photo else bot.send_document
    try:
        message: Message = await give(chat_id, file.file_id)
    except BadRequest:
        content = await _kept_bytes(deps, file)
        if content is None:
            return await send(bot, chat_id, file.lost)
        message = await bot.send_document(chat_id, content, filename=file.name or "bukti")
    return message.message_id


async def _kept_bytes(deps: Deps, file: FileRef) -> bytes | None:
    if file.sha256 is None:
        return None
    path = evidence_path(deps.settings.evidence_dir, file.sha256)
    try:
        return await asyncio.to_thread(path.read_bytes)
    except OSError as error:
        log.error("evidence_missing", error=type(error).__name__)
        return None


async def edit(bot: ExtBot[Any], chat_id: int, message_id: int, screen: Screen) -> bool:
    """Edits a message; False when it cannot be edited any more."""
    try:
        await _call(
            bot,
            "editMessageText",
            chat_id=chat_id,
            message_id=message_id,
            text=screen.text,
            parse_mode="HTML",
            reply_markup=keyboard(screen.rows),
            link_preview_options=NO_PREVIEW,
        )
    except BadRequest as error:
        if UNCHANGED in error.message.lower():
            return True
        log.info("edit_refused", reason=error.message)
        return False
    return True


async def react(bot: ExtBot[Any], chat_id: int, message_id: int, emoji: str) -> None:
    """Puts a reaction on a message. Raises TelegramError."""
    reaction = [{"type": "emoji", "emoji": emoji}]
    await _call(bot, "setMessageReaction", chat_id=chat_id, message_id=message_id, reaction=reaction)


async def remove(bot: ExtBot[Any], chat_id: int, message_id: int) -> None:
    """Takes a message away; one that cannot go (older than 48 hours, gone, no network) stays."""
    try:
        await _call(bot, "deleteMessage", chat_id=chat_id, message_id=message_id)
    except TelegramError as error:
        log.info("delete_refused", reason=error.message)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A card as it is now and the message it stood in, both read in one transaction."""

    card: CardRef
    screen: Screen | None
    standing: int | None


def stand_below(cards: tuple[Rendered, ...], update: Update) -> bool:
    """Whether every card was sent after what the person said."""
    said = update.effective_message
    return said is not None and all((one.standing or 0) > said.message_id for one in cards)


async def render(registry: Registry, turn: Turn, refs: tuple[CardRef, ...]) -> tuple[Rendered, ...]:
    """Renders cards in the transaction in hand."""
    if not refs:
        return ()
    await turn.session.flush()
    screens = [await registry.cards[ref.kind](turn, ref) for ref in refs]
    standing = await cards.standing_all(turn.session, turn.chat_id, [(ref.kind, ref.subject) for ref in refs])
    return tuple(
        Rendered(ref, screen, standing.get((ref.kind, ref.subject)))
        for ref, screen in zip(refs, screens, strict=True)
    )


async def show_cards(
    bot: ExtBot[Any],
    deps: Deps,
    chat_id: int,
    rendered: tuple[Rendered, ...],
    *,
    pressed: int | None = None,
    below: bool = False,
    patient: bool = False,
    sent: list[int] | None = None,
) -> int | None:
    """Shows living cards; gives the message id of the last. Raises TelegramError.

    `pressed`: the message that was pressed, in which the first card is shown. `below`: all are sent anew and
    their old messages removed. Else each is edited where it stands. `patient`: each call is insisted on by
    itself and none raises. `sent` is told every new message at once.
    """
    attempt = insist if patient else at_once
    message_id: int | None = None
    for place, one in enumerate(rendered):
        if one.screen is None:
            if one.standing is not None:
                await _take_away(bot, deps, chat_id, one.standing)
            continue
        target = pressed if pressed is not None and place == 0 else one.standing
        shown: int | None = None
        if (
            target is not None
            and not below
            and await attempt(partial(edit, bot, chat_id, target, one.screen))
        ):
            shown = target
        if shown is None:
            shown = await attempt(partial(send, bot, chat_id, one.screen))
            if shown is not None and sent is not None:
                sent.append(shown)
        if shown is None or shown == one.standing:
            continue
        message_id = shown
        async with deps.database.writing(durable=False) as session:
            placed = cards.Placed(chat_id, one.card.kind, one.card.subject, message_id)
            gone = await cards.take_place(session, placed, instead_of=one.standing, now=deps.clock())
        if gone is not None:
            await remove(bot, chat_id, gone)
    return message_id


async def replace(bot: ExtBot[Any], deps: Deps, chat_id: int, message_id: int, screen: Screen) -> None:
    """Puts a plain screen in the place of whatever a message showed."""
    if not await edit(bot, chat_id, message_id, screen):
        await send(bot, chat_id, screen)
    async with deps.database.writing() as session:
        await cards.forget(session, chat_id, message_id)


async def _take_away(bot: ExtBot[Any], deps: Deps, chat_id: int, message_id: int) -> None:
    async with deps.database.writing() as session:
        await cards.forget(session, chat_id, message_id)
    await remove(bot, chat_id, message_id)


async def at_once(call: Callable[[], Awaitable[T]]) -> T | None:
    """Makes a call once; its error is the caller's."""
    return await call()


async def insist(call: Callable[[], Awaitable[T]]) -> T | None:
    """Makes an answer to somebody who waits: a busy or failing server is asked again, a refusal is not.

    A timed-out call is not repeated when it may have arrived; the person's next press shows the screen.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return await call()
        except RetryAfter as error:
            wait = error.retry_after
            seconds = wait if isinstance(wait, (int, float)) else wait.total_seconds()
            pause = min(seconds, LONGEST_WAIT)
        except TimedOut as error:
            if not never_left(error):
                log.warning("answer_uncertain")
                return None
            pause = 0.3 * attempt
        except (BadRequest, Forbidden) as error:
            log.info("answer_refused", reason=error.message)
            return None
        except NetworkError:
            pause = 0.3 * attempt
        except TelegramError as error:
            log.warning("answer_failed", error=type(error).__name__)
            return None
        if attempt < TRIES:
            await asyncio.sleep(pause)
    log.warning("answer_given_up")
    return None
