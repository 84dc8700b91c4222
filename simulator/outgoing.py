"""What people send besides text: files (whose size may be claimed), places, contacts."""

from dataclasses import dataclass
from typing import Any

from simulator.files import Files
from simulator.methods.sending import MIMES, media_api
from simulator.state import User

__all__ = ["TINY_PNG", "Attachment", "Files", "attachments"]

TINY_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080600000"
    "01f15c4890000000d49444154789c6360f8ffbf1e0004fe02fe1b37f4c80000000049454e44ae426082"
)
NAMES = {
    "photo": "photo.jpg",
    "video": "video.mp4",
    "voice": "voice.ogg",
    "audio": "audio.mp3",
    "sticker": "sticker.webp",
    "document": "file.bin",
}
MIME_BY_ENDING = {
    "pdf": "application/pdf",
    "csv": "text/csv",
    "txt": "text/plain",
    "png": "image/png",
    "jpg": "image/jpeg",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """One message's content besides text."""

    kind: str
    api: Any


def attachments(files: Files, what: dict[str, Any], *, size: int | None, user: User) -> list[Attachment]:
    """The content of the messages to send: one, or one for each part of an album."""
    if len(what) != 1:
        raise TypeError("uploads() sends exactly one kind of thing")
    kind, value = next(iter(what.items()))
    if kind == "album":
        parts: list[Attachment] = []
        for item in value:
            part = item if isinstance(item, dict) else {"photo": item}
            parts += attachments(files, part, size=size, user=user)
        return parts
    if kind == "location":
        return [Attachment(kind, {"latitude": value[0], "longitude": value[1]})]
    if kind == "contact":
        return [Attachment(kind, {"phone_number": value, "first_name": user.first_name, "user_id": user.id})]
    if kind not in NAMES:
        raise TypeError(f"people do not upload {kind!r} here")
    name, data, mime = _described(kind, value)
    stored = files.add(data, name=name, mime=mime, folder=kind + "s", size=size)
    return [Attachment(kind, media_api(stored, kind))]


def _described(kind: str, value: Any) -> tuple[str, bytes, str]:
    name, data, mime = NAMES[kind], b"", ""
    if isinstance(value, tuple):
        name, data = value[0], value[1]
        mime = value[2] if len(value) > 2 else ""
    elif isinstance(value, bytes):
        data = value
    elif isinstance(value, str):
        name = value
    if not data:
        data = TINY_PNG if kind == "photo" else b"content"
    if not mime:
        ending = name.rpartition(".")[2].lower()
        mime = MIMES.get(kind) or MIME_BY_ENDING.get(ending, "application/octet-stream")
    return name, data, mime
