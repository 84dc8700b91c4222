"""`POST /sim/act`: one act of a person, asked for by the chat page or another process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from simulator.page_views import message_view
from simulator.persona import Persona
from simulator.press import PersonaError, Tap
from simulator.state import Button, Chat, Message, Raw

if TYPE_CHECKING:
    from simulator.server import Simulator

IMAGES = frozenset({"image/png", "image/jpeg", "image/webp"})
AUTO = {"video/mp4": "video", "audio/ogg": "voice", "audio/mpeg": "audio"}


class Refused(Exception):
    """The control API refuses; becomes `{"error": words}`."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


async def act(sim: Simulator, request: web.Request) -> Raw:
    """Let a person do something; raises Refused or PersonaError."""
    body, files = await _read(request)
    person = sim.people.get(_number(body.get("persona"), "persona"))
    if person is None:
        raise Refused(404, "no such person")
    chat = person.chat
    if body.get("chat") is not None:
        found = sim.core.world.chats.get(_number(body["chat"], "chat"))
        if found is None or person.id not in sim.core.audience(found):
            raise Refused(404, "this person has no such chat")
        chat = found
    action = body.get("action")
    message: Message | None = None
    more: Raw = {}
    if action == "starts":
        message = await person.starts(str(body.get("payload") or ""))
    elif action == "opens":
        message = await person.opens(str(body.get("link") or ""))
    elif action == "says":
        text = str(body.get("text") or "").strip()
        if not text:
            raise Refused(400, "text is empty")
        message = await person.says(text, chat=chat, **_context(body, chat))
    elif action == "taps":
        tap = _tap(person, body, _message(chat, body))
        query = tap.query
        more = {
            "query_id": query.id if query else None,
            "url": tap.button.url,
            "copy": tap.button.copy,
        }
    elif action == "uploads":
        message = await _upload(person, body, files, chat)
    elif action == "edits":
        message = _message(chat, body)
        await person.edits(message, str(body.get("text") or ""))
    elif action == "deletes":
        await person.deletes(_message(chat, body))
    elif action == "reacts":
        message = _message(chat, body)
        await person.reacts(message, body.get("emoji"))
    elif action == "blocks":
        await person.blocks()
    elif action == "unblocks":
        await person.unblocks()
    elif action == "reads":
        sim.reads(person, chat)
    else:
        raise Refused(400, f"unknown action {action!r}")
    view = message_view(sim, message, person.id) if message is not None else None
    return {"ok": True, "message": view, **more}


def _tap(person: Persona, body: Raw, message: Message) -> Tap:
    if message.deleted:
        raise PersonaError("the message is gone")
    button = _button(body, message)
    return person.presses(message, button)


def _button(body: Raw, message: Message) -> Button:
    for button in message.buttons:
        if "row" in body and "col" in body:
            if (button.row, button.col) == (body["row"], body["col"]):
                return button
        elif body.get("data") is not None:
            if button.data == body["data"]:
                return button
        elif button.text == body.get("label"):
            return button
    raise PersonaError("the button is gone")


async def _upload(person: Persona, body: Raw, files: list[tuple[str, bytes, str]], chat: Chat) -> Message:
    context = _context(body, chat)
    caption = str(body.get("caption") or "")
    if body.get("location"):
        latitude, longitude = body["location"]
        return await person.uploads(location=(float(latitude), float(longitude)), chat=chat, **context)
    if body.get("contact"):
        return await person.uploads(contact=str(body["contact"]), chat=chat, **context)
    if not files:
        raise Refused(400, "no file came along")
    wanted = body.get("as") or "auto"
    parts = [{_kind(f, wanted): f} for f in files]
    what: dict[str, Any] = parts[0] if len(parts) == 1 else {"album": parts}
    return await person.uploads(caption=caption, chat=chat, **context, **what)


def _kind(file: tuple[str, bytes, str], wanted: str) -> str:
    if wanted in {"photo", "document"}:
        return wanted
    return "photo" if file[2] in IMAGES else AUTO.get(file[2], "document")


def _context(body: Raw, chat: Chat) -> dict[str, Any]:
    context: dict[str, Any] = {}
    if body.get("thread") is not None:
        context["thread"] = _number(body["thread"], "thread")
    if body.get("reply_to") is not None:
        reply = chat.messages.get(_number(body["reply_to"], "reply_to"))
        if reply is None:
            raise Refused(404, "no such message to reply to")
        context["reply_to"] = reply
    return context


def _message(chat: Chat, body: Raw) -> Message:
    message = chat.messages.get(_number(body.get("message_id"), "message_id"))
    if message is None:
        raise Refused(404, "no such message")
    return message


def _number(value: Any, name: str) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise Refused(400, f"{name} must be a whole number") from None


async def _read(request: web.Request) -> tuple[Raw, list[tuple[str, bytes, str]]]:
    if request.content_type != "multipart/form-data":
        try:
            body = orjson.loads(await request.read())
        except orjson.JSONDecodeError:
            raise Refused(400, "a JSON object is expected") from None
        if not isinstance(body, dict):
            raise Refused(400, "a JSON object is expected")
        return body, []
    fields: Raw = {}
    files: list[tuple[str, bytes, str]] = []
    form = await request.post()
    for name, value in form.items():
        if isinstance(value, web.FileField):
            with value.file as file:
                files.append((value.filename, file.read(), value.content_type))
        else:
            fields[name] = value
    return fields, files
