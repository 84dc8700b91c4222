"""Telegram's message → ours."""

from telegram import Message as TelegramMessage
from telegram import Update

from bot.context import Message, Upload


def read_message(update: Update) -> Message | None:
    """The message of an update; text or caption, what it answers, and its file."""
    message = update.effective_message
    if message is None or update.callback_query is not None:
        return None
    reply = message.reply_to_message
    return Message(
        message_id=message.message_id,
        text=_storable(message.text or message.caption) or "",
        reply_to=reply.message_id if reply else None,
        album=message.media_group_id,
        upload=_upload(message),
    )


def _storable(text: str | None) -> str | None:
    """PostgreSQL has no room for the character NUL; nobody types it, and a whole report would be lost."""
    return text.replace("\x00", "") if text else text


def _upload(message: TelegramMessage) -> Upload | None:
    if message.photo:
        largest = message.photo[-1]
        return Upload("photo", largest.file_id, largest.file_unique_id, largest.file_size or 0)
    if message.document:
        document = message.document
        return Upload(
            "document",
            document.file_id,
            document.file_unique_id,
            document.file_size or 0,
            _storable(document.file_name),
            _storable(document.mime_type),
        )
    for kind in ("voice", "audio", "video", "video_note", "animation", "sticker"):
        found = getattr(message, kind)
        if found is not None:
            return Upload(kind, found.file_id, found.file_unique_id, found.file_size or 0)
    kind = next(
        (one for one in ("location", "contact", "poll", "venue", "dice") if getattr(message, one)), ""
    )
    return Upload(kind or "unknown", "", "", 0)
