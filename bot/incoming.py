"""Telegram's message → ours, and what a group tells of itself."""

from telegram import ChatMember, ChatMemberRestricted, ChatMemberUpdated, Update
from telegram import Message as TelegramMessage
from telegram.constants import ChatMemberStatus, ChatType

from bot.context import Message, Upload
from services.groups import Event, Happening, Place
from services.reading.storable import storable

PRESENT = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.MEMBER)


def read_message(update: Update) -> Message | None:
    """The message of an update; text or caption, what it answers, and its file."""
    message = update.effective_message
    if message is None or update.callback_query is not None:
        return None
    reply = message.reply_to_message
    return Message(
        message_id=message.message_id,
        text=storable(message.text or message.caption or ""),
        reply_to=reply.message_id if reply else None,
        album=message.media_group_id,
        upload=_upload(message),
    )


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
            storable(document.file_name) if document.file_name else None,
            storable(document.mime_type) if document.mime_type else None,
        )
    for kind in ("voice", "audio", "video", "video_note", "animation", "sticker"):
        found = getattr(message, kind)
        if found is not None:
            return Upload(kind, found.file_id, found.file_unique_id, found.file_size or 0)
    kind = next(
        (one for one in ("location", "contact", "poll", "venue", "dice") if getattr(message, one)), ""
    )
    return Upload(kind or "unknown", "", "", 0)


def topic_of(update: Update) -> int | None:
    """The topic of a forum an update stands in; a thread of replies elsewhere is none."""
    message = update.effective_message
    if not isinstance(message, TelegramMessage) or not message.is_topic_message:
        return None
    return message.message_thread_id


def read_place(update: Update, *, administers: bool | None) -> Place | None:
    """The group a command was given in. Written in the name of a chat, nobody knows by whom."""
    chat, message = update.effective_chat, update.effective_message
    if chat is None or message is None:
        return None
    anonymous = message.sender_chat is not None
    return Place(chat.id, topic_of(update), storable(chat.title or ""), administers, anonymous)


def read_event(update: Update) -> Event | None:
    """What happened to a group, as our own membership and the service messages say."""
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member)
    message = update.message
    if message is None or message.chat.type == ChatType.PRIVATE:
        return None
    chat_id = message.chat.id
    if message.migrate_to_chat_id is not None:
        return Event(Happening.MOVED, chat_id, moved_to=message.migrate_to_chat_id)
    if message.migrate_from_chat_id is not None:
        return Event(Happening.MOVED, message.migrate_from_chat_id, moved_to=chat_id)
    if message.forum_topic_reopened is not None:
        return Event(Happening.TOPIC_OPENED, chat_id, thread_id=message.message_thread_id)
    if message.new_chat_title is not None:
        return Event(Happening.RENAMED, chat_id, title=storable(message.new_chat_title))
    return None


def _membership(changed: ChatMemberUpdated) -> Event | None:
    if changed.chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP):
        return None
    there = changed.new_chat_member
    if not _is_in(there):
        what = Happening.REMOVED
    elif not _is_in(changed.old_chat_member):
        what = Happening.ADDED
    elif isinstance(there, ChatMemberRestricted) and not there.can_send_messages:
        what = Happening.MUTED
    else:
        what = Happening.HEARD
    return Event(what, changed.chat.id, title=storable(changed.chat.title or ""))


def _is_in(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status in PRESENT
