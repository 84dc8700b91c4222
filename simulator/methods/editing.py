"""Methods that change or remove messages, react to them and answer presses."""

from typing import Any

from simulator.core import Core, Params, Toast, too_long
from simulator.errors import bad_request
from simulator.html import parse_text
from simulator.markup import checked_markup
from simulator.methods.registry import message_in, method, reachable
from simulator.methods.sending import CAPTION_LIMIT, TEXT_LIMIT, caption_of, media_of
from simulator.state import Chat, Message, Raw
from simulator.validation import description, missing

DELETABLE_SECONDS = 48 * 3600
TOAST_LIMIT = 200
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
VARIATION = "\ufe0f"


@method("editMessageText")
def edit_message_text(core: Core, p: Params) -> Raw:
    message = _editable(core, p)
    if "text" not in p:
        raise missing("text")
    text, entities = parse_text(p["text"], p.get("parse_mode"), p.get("entities"))
    if not text:
        raise missing("text")
    if too_long(text, TEXT_LIMIT):
        raise bad_request("message is too long")
    if message.kind != "text":
        raise bad_request("there is no text in the message to edit")
    message = _apply(core, message, text=text, entities=entities, markup=p.get("reply_markup"))
    if "link_preview_options" in p:
        message.preview = p["link_preview_options"]
    return message.api()


@method("editMessageCaption")
def edit_message_caption(core: Core, p: Params) -> Raw:
    message = _editable(core, p)
    text, entities = parse_text(p.get("caption") or "", p.get("parse_mode"), p.get("caption_entities"))
    if too_long(text, CAPTION_LIMIT):
        raise bad_request("message caption is too long")
    if message.kind not in {"photo", "document", "video", "audio", "voice", "animation"}:
        raise bad_request("there is no caption in the message to edit")
    return _apply(core, message, text=text, entities=entities, markup=p.get("reply_markup")).api()


@method("editMessageReplyMarkup")
def edit_message_reply_markup(core: Core, p: Params) -> Raw:
    message = _editable(core, p)
    markup = p.get("reply_markup")
    return _apply(core, message, text=message.text, entities=message.entities, markup=markup).api()


@method("editMessageMedia")
def edit_message_media(core: Core, p: Params) -> Raw:
    message = _editable(core, p)
    kind: str = p["media"]["type"]
    if message.kind == "text":
        raise bad_request("there is no media in the message to edit")
    media = media_of(core, p["media"]["media"], kind, p.files)
    caption = caption_of(p["media"])
    keyboard = checked_markup(p.get("reply_markup"))
    core.meter.count(message.chat.id, group=message.chat.type != "private", edit=True)
    message.kind, message.extra, message.markup = kind, {kind: media}, keyboard
    message.text, message.entities = caption
    message.edited_at = core.world.now()
    core.changed(message)
    return message.api()


@method("deleteMessage")
def delete_message(core: Core, p: Params) -> bool:
    chat = reachable(core, p["chat_id"])
    message = message_in(chat, p["message_id"], missing="message to delete not found")
    refusal = _delete_refusal(core, message)
    if refusal:
        raise bad_request(refusal)
    _remove(core, message)
    return True


@method("deleteMessages")
def delete_messages(core: Core, p: Params) -> bool:
    chat = reachable(core, p["chat_id"])
    ids: list[int] = p["message_ids"]
    if not ids:
        raise missing("message_ids")
    if len(ids) > 100:
        raise bad_request("too many message identifiers specified")
    found = [m for i in ids if (m := chat.messages.get(i)) is not None and not m.deleted]
    for message in found:
        refusal = _delete_refusal(core, message)
        if refusal:
            raise bad_request(refusal)
    for message in found:
        _remove(core, message)
    return True


@method("answerCallbackQuery")
def answer_callback_query(core: Core, p: Params) -> bool:
    query = core.queries.get(p["callback_query_id"])
    if query is None or core.expired(query):
        raise missing("callback_query_id")
    text = p.get("text") or ""
    if too_long(text, TOAST_LIMIT):
        raise bad_request("MESSAGE_TOO_LONG")
    toast = Toast(text=text, alert=bool(p.get("show_alert")), url=p.get("url"))
    query.answers.append(toast)
    core.pulse.beat()
    ear = core.ears.get(query.message.chat.id)
    if ear is not None:
        ear("toast", None)
    core.feed.publish(
        query.user.id,
        {
            "type": "alert" if toast.alert else "toast",
            "chat": query.message.chat.id,
            "text": text,
            "url": toast.url,
        },
    )
    return True


@method("setMessageReaction")
def set_message_reaction(core: Core, p: Params) -> bool:
    chat = reachable(core, p["chat_id"])
    message = message_in(chat, p["message_id"], missing="message to react not found")
    wanted: list[Raw] = p.get("reaction") or []
    if len(wanted) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    for reaction in wanted:
        emoji = reaction.get("emoji", "").replace(VARIATION, "")
        if reaction["type"] != "emoji" or emoji not in _allowed_reactions():
            raise bad_request("REACTION_INVALID")
    if message.kind == "service":
        raise bad_request("message can't be reacted to")
    if wanted:
        message.reactions[core.bot.id] = wanted
    else:
        message.reactions.pop(core.bot.id, None)
    core.changed(message, "reaction")
    return True


def _allowed_reactions() -> frozenset[str]:
    if not _REACTIONS:
        _REACTIONS.append(frozenset(e.replace(VARIATION, "") for e in description().reactions))
    return _REACTIONS[0]


_REACTIONS: list[frozenset[str]] = []


def _editable(core: Core, p: Params) -> Message:
    if "message_id" not in p or "chat_id" not in p:
        if "inline_message_id" in p:
            raise bad_request("MESSAGE_ID_INVALID")
        raise missing("chat_id" if "chat_id" not in p else "message_id")
    chat: Chat = reachable(core, p["chat_id"])
    message = message_in(chat, p["message_id"], missing="message to edit not found")
    plain_keyboard = bool(message.markup) and "inline_keyboard" not in (message.markup or {})
    if message.sender is not core.bot or message.kind == "service" or message.forwarded or plain_keyboard:
        raise bad_request("message can't be edited")
    return message


def _apply(core: Core, message: Message, *, text: str, entities: list[Raw], markup: Any) -> Message:
    keyboard = checked_markup(markup)
    if message.text == text and message.entities == entities and message.markup == keyboard:
        raise bad_request(NOT_MODIFIED)
    core.meter.count(message.chat.id, group=message.chat.type != "private", edit=True)
    if message.text != text:
        message.history.append(message.text)
    message.text, message.entities, message.markup = text, entities, keyboard
    message.edited_at = core.world.now()
    core.changed(message)
    return message


def _delete_refusal(core: Core, message: Message) -> str | None:
    chat = message.chat
    if core.world.now() - message.date > DELETABLE_SECONDS:
        return "message can't be deleted for everyone"
    if chat.type != "private" and chat.bot_status != "administrator" and message.sender is not core.bot:
        return "message can't be deleted"
    return None


def _remove(core: Core, message: Message) -> None:
    message.deleted = True
    if message.chat.keyboard is message:
        message.chat.keyboard = None
    core.changed(message, "deleted")
