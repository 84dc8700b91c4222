"""Methods that send messages."""

from dataclasses import dataclass
from typing import Any

from simulator.core import Core, Params, too_long
from simulator.errors import ApiError, bad_request
from simulator.files import DOCUMENT_LIMIT, PHOTO_LIMIT, StoredFile, image_size
from simulator.html import parse_text
from simulator.markup import checked_markup
from simulator.methods.registry import message_in, method, reachable, thread_in
from simulator.state import Chat, Message, Raw
from simulator.validation import Upload, missing

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ALBUM_LIMIT = 10
ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"GIF8", b"RIFF")
FORBIDDEN = {"text": "text messages"}
MIMES = {"photo": "image/jpeg", "video": "video/mp4", "audio": "audio/mpeg", "voice": "audio/ogg"}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where and how a message is going to be sent; everything in it was checked."""

    chat: Chat
    thread: int | None
    reply_to: Message | None
    markup: Raw | None
    silent: bool
    protected: bool

    def fields(self) -> dict[str, Any]:
        return {
            "thread": self.thread,
            "reply_to": self.reply_to,
            "markup": self.markup,
            "silent": self.silent,
            "protected": self.protected,
        }


@method("sendMessage")
def send_message(core: Core, p: Params) -> Raw:
    place = _place(core, p)
    text, entities = parse_text(p["text"], p.get("parse_mode"), p.get("entities"))
    if not text:
        raise missing("text")
    if too_long(text, TEXT_LIMIT):
        raise bad_request("message is too long")
    _count(core, place.chat)
    message = core.post(
        place.chat,
        core.bot,
        text=text,
        entities=entities,
        preview=p.get("link_preview_options"),
        **place.fields(),
    )
    return message.api()


@method("sendPhoto")
def send_photo(core: Core, p: Params) -> Raw:
    return _send_media(core, p, "photo")


@method("sendDocument")
def send_document(core: Core, p: Params) -> Raw:
    return _send_media(core, p, "document")


@method("sendVideo")
def send_video(core: Core, p: Params) -> Raw:
    return _send_media(core, p, "video")


@method("sendVoice")
def send_voice(core: Core, p: Params) -> Raw:
    return _send_media(core, p, "voice")


@method("sendAudio")
def send_audio(core: Core, p: Params) -> Raw:
    return _send_media(core, p, "audio")


@method("sendSticker")
def send_sticker(core: Core, p: Params) -> Raw:
    return _send_media(core, p, "sticker")


@method("sendLocation")
def send_location(core: Core, p: Params) -> Raw:
    place = _place(core, p)
    _count(core, place.chat)
    extra = {"location": {"latitude": p["latitude"], "longitude": p["longitude"]}}
    return core.post(place.chat, core.bot, kind="location", extra=extra, **place.fields()).api()


@method("sendMediaGroup")
def send_media_group(core: Core, p: Params) -> list[Raw]:
    place = _place(core, p)
    items: list[Raw] = p["media"]
    if not items:
        raise bad_request("there are no messages to send")
    if len(items) > ALBUM_LIMIT:
        raise bad_request("too many messages to send as an album")
    kinds = {item["type"] for item in items}
    if len(kinds) > 1 and kinds & {"document", "audio"}:
        raise bad_request("can't use the media of the specified type in the album")
    ready = [
        (kind, media_of(core, item["media"], kind, p.files), caption_of(item))
        for item in items
        for kind in (item["type"],)
    ]
    _count(core, place.chat, cost=len(items))
    album = core.next_album()
    return [
        core.post(
            place.chat,
            core.bot,
            text=text,
            entities=entities,
            kind=kind,
            extra={kind: media},
            album=album,
            **place.fields(),
        ).api()
        for kind, media, (text, entities) in ready
    ]


@method("sendChatAction")
def send_chat_action(core: Core, p: Params) -> bool:
    chat = reachable(core, p["chat_id"])
    if p["action"] not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    core.actions[chat.id] = p["action"]
    core.tell(chat, "typing", action=p["action"])
    return True


@method("copyMessage")
def copy_message(core: Core, p: Params) -> Raw:
    place = _place(core, p)
    source = message_in(
        reachable(core, p["from_chat_id"]), p["message_id"], missing="message to copy not found"
    )
    if source.kind == "service":
        raise bad_request("message can't be copied")
    text, entities = caption_of(p) if "caption" in p else (source.text, source.entities)
    _count(core, place.chat)
    message = core.post(
        place.chat,
        core.bot,
        text=text,
        entities=entities,
        kind=source.kind,
        extra=source.extra,
        **place.fields(),
    )
    return {"message_id": message.id}


@method("forwardMessage")
def forward_message(core: Core, p: Params) -> Raw:
    place = _place(core, p)
    source = message_in(
        reachable(core, p["from_chat_id"]), p["message_id"], missing="message to forward not found"
    )
    if source.kind == "service" or source.protected:
        raise bad_request("message can't be forwarded")
    _count(core, place.chat)
    origin = {"type": "user", "date": source.date, "sender_user": source.sender.api()}
    return core.post(
        place.chat,
        core.bot,
        text=source.text,
        entities=source.entities,
        kind=source.kind,
        extra=source.extra,
        forwarded=origin,
        **place.fields(),
    ).api()


def media_api(stored: StoredFile, kind: str) -> Any:
    """The media object of the Bot API for a stored file."""
    raw: Raw = {"file_id": stored.id, "file_unique_id": stored.unique_id, "file_size": stored.size}
    if kind == "photo":
        width, height = image_size(stored.data)
        big = {**raw, "width": width, "height": height}
        small = {
            **raw,
            "file_unique_id": stored.unique_id[:-1] + "s",
            "file_size": max(1, stored.size // 10),
            "width": 90,
            "height": max(1, round(90 * height / width)),
        }
        return [small, big]
    if kind == "sticker":
        return {
            **raw,
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
        }
    raw["mime_type"] = stored.mime
    if kind in {"document", "audio", "video"}:
        raw["file_name"] = stored.name
    if kind in {"video", "voice", "audio"}:
        raw["duration"] = 3
    if kind == "video":
        raw.update(width=640, height=480)
    return raw


def _send_media(core: Core, p: Params, kind: str) -> Raw:
    place = _place(core, p, kind)
    caption, entities = caption_of(p) if kind != "sticker" else ("", [])
    media = media_of(core, p[kind], kind, p.files)
    _count(core, place.chat)
    return core.post(
        place.chat,
        core.bot,
        text=caption,
        entities=entities,
        kind=kind,
        extra={kind: media},
        **place.fields(),
    ).api()


def caption_of(p: Raw) -> tuple[str, list[Raw]]:
    text, entities = parse_text(p.get("caption") or "", p.get("parse_mode"), p.get("caption_entities"))
    if too_long(text, CAPTION_LIMIT):
        raise bad_request("message caption is too long")
    return text, entities


def media_of(core: Core, value: Any, kind: str, files: dict[str, Upload]) -> Any:
    """The media object for a parameter: an upload, `attach://…` or a known file_id."""
    if isinstance(value, str) and value.startswith("attach://"):
        upload = files.get(value.removeprefix("attach://"))
        if upload is None:
            raise missing(kind)
        value = upload
    if isinstance(value, Upload):
        if not value.data:
            raise bad_request("file must be non-empty")
        if len(value.data) > (PHOTO_LIMIT if kind == "photo" else DOCUMENT_LIMIT):
            raise ApiError(413, "Request Entity Too Large")
        if kind == "photo":
            _check_image(value.data)
        mime = MIMES.get(kind, value.content_type or "application/octet-stream")
        stored = core.files.add(value.data, name=value.name or kind, mime=mime, folder=kind + "s")
        return media_api(stored, kind)
    if value.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    known = core.files.by_id.get(value)
    if known is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if kind == "photo" and not known.path.startswith("photo"):
        raise bad_request("can't use file of type Document as Photo")
    return media_api(known, kind)


def _check_image(data: bytes) -> None:
    if not data.startswith(IMAGES):
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = image_size(data)
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def _place(core: Core, p: Params, kind: str = "text") -> _Place:
    chat = reachable(core, p["chat_id"])
    if kind in chat.forbidden and chat.bot_status != "administrator":
        raise bad_request(f"not enough rights to send {FORBIDDEN.get(kind, kind + 's')} to the chat")
    thread = thread_in(chat, p.get("message_thread_id"))
    reply = _reply(chat, p.get("reply_parameters"))
    if reply is not None and thread is None:
        thread = reply.thread
    return _Place(
        chat=chat,
        thread=thread,
        reply_to=reply,
        markup=checked_markup(p.get("reply_markup")),
        silent=bool(p.get("disable_notification")),
        protected=bool(p.get("protect_content")),
    )


def _reply(chat: Chat, wanted: Raw | None) -> Message | None:
    if not wanted:
        return None
    found = chat.messages.get(wanted["message_id"])
    if found is None or found.deleted:
        if wanted.get("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")
    return found


def _count(core: Core, chat: Chat, *, cost: int = 1) -> None:
    core.meter.count(chat.id, group=chat.type != "private", edit=False, cost=cost)
