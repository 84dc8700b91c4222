"""What the chat page gets: people, chats and messages as plain JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from simulator.core import PRESENT
from simulator.html import render_html
from simulator.state import Chat, Message, Raw, User

if TYPE_CHECKING:
    from simulator.server import Simulator

COLOURS = ("#e17076", "#7bc862", "#65aadd", "#a695e7", "#ee7aae", "#6ec9cb", "#faa774")
SAFE_LINKS = ("http://", "https://", "tg://", "mailto:")
PREVIEW = 80
MEDIA = frozenset({"photo", "document", "video", "voice", "audio", "sticker"})
SERVICE_TYPES = (
    "pinned_message",
    "new_chat_members",
    "left_chat_member",
    "forum_topic_created",
    "forum_topic_closed",
    "forum_topic_reopened",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "new_chat_title",
)


def instant(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def colour(number: int) -> str:
    return COLOURS[abs(number) % len(COLOURS)]


def initials(name: str) -> str:
    words = [w for w in name.split() if w[:1].isalnum()]
    return "".join(w[0] for w in words[:2]).upper() or "?"


def account(user: User) -> Raw:
    return {
        "id": user.id,
        "name": user.name,
        "is_bot": user.is_bot,
        "colour": colour(user.id),
        "initials": initials(user.name),
    }


def chats_of(sim: Simulator, user: User) -> list[Chat]:
    """The chats a person has, the private one first."""
    groups = [
        c
        for c in sim.core.world.chats.values()
        if c.type != "private" and c.migrated_to is None and c.members.get(user.id) in PRESENT
    ]
    return [sim.core.world.chats[user.id], *groups]


def person_view(sim: Simulator, user: User, *, note: str) -> Raw:
    chats = chats_of(sim, user)
    own = chats[0]
    return {
        "id": user.id,
        "name": user.name,
        "first_name": user.first_name,
        "username": user.username,
        "language": user.language,
        "role_note": note,
        "colour": colour(user.id),
        "initials": initials(user.name),
        "started": own.started,
        "blocked": own.blocked,
        "deactivated": user.deactivated,
        "unread": sum(unread(sim, user, c) for c in chats),
        "last": last_view(own),
        "chats": [c.id for c in chats],
    }


def unread(sim: Simulator, user: User, chat: Chat) -> int:
    seen = sim.read_marks.get((user.id, chat.id), 0)
    count = 0
    for message in reversed(chat.messages.values()):
        if message.serial <= seen:
            break
        if not message.deleted and message.sender is not user:
            count += 1
    return count


def last_view(chat: Chat) -> Raw | None:
    message = next(chat.visible(), None)
    if message is None:
        return None
    text = " ".join(message.text.split()) or (
        service_text(message) if message.kind == "service" else message.kind
    )
    return {"text": text[:PREVIEW], "from_bot": message.sender.is_bot, "date": instant(message.date)}


def chat_view(sim: Simulator, user: User, chat: Chat) -> Raw:
    private = chat.type == "private"
    title = sim.core.bot.name if private else chat.title
    users = sim.core.world.users
    return {
        "id": chat.id,
        "type": chat.type,
        "title": title,
        "colour": colour(sim.core.bot.id if private else chat.id),
        "initials": initials(title),
        "forum": chat.forum,
        "topics": [{"id": t.id, "name": t.name, "closed": t.closed} for t in chat.topics.values()],
        "started": chat.started,
        "blocked": chat.blocked,
        "bot_status": chat.bot_status,
        "can_write": chat.started and not chat.blocked and not user.deactivated,
        "unread": unread(sim, user, chat),
        "pinned": [i for i in chat.pinned if not chat.messages[i].deleted],
        "typing": None,
        "keyboard": _keyboard(chat),
        "members": [
            {"id": i, "name": users[i].name, "status": status}
            for i, status in chat.members.items()
            if status in PRESENT
        ],
        "last": last_view(chat),
    }


def message_view(sim: Simulator, message: Message, viewer_id: int) -> Raw:
    """One message as this person's page shows it."""
    users = sim.core.world.users
    reply = message.reply_to
    return {
        "chat": message.chat.id,
        "id": message.id,
        "serial": message.serial,
        "date": instant(message.date),
        "edit_date": None if message.edited_at is None else instant(message.edited_at),
        "from": account(message.sender),
        "mine": message.sender.id == viewer_id,
        "kind": message.kind,
        "text": message.text,
        "html": render_html(message.text, [e for e in message.entities if _safe(e)]),
        "entities": message.entities,
        "buttons": [
            [{"text": b.text, "style": b.style, "data": b.data, "url": b.url, "copy": b.copy} for b in row]
            for row in message.button_rows
        ],
        "reply_to": None
        if reply is None
        else {"id": reply.id, "name": reply.sender.name, "text": (reply.text or reply.kind)[:PREVIEW]},
        "files": _files(sim, message),
        "album": message.album,
        "thread": message.thread,
        "silent": message.silent,
        "protected": message.protected,
        "edited": message.edited,
        "deleted": message.deleted,
        "pinned": message.id in message.chat.pinned,
        "reactions": [
            {"emoji": r.get("emoji", ""), "from": i, "name": users[i].name}
            for i, many in message.reactions.items()
            for r in many
        ],
        "location": message.extra.get("location"),
        "contact": message.extra.get("contact"),
        "service": _service(message),
    }


def service_text(message: Message) -> str:
    who = message.sender.name
    extra = message.extra
    if "new_chat_members" in extra:
        names = ", ".join(_raw_name(u) for u in extra["new_chat_members"])
        return f"{names} joined" if names == who else f"{who} added {names}"
    if "left_chat_member" in extra:
        name = _raw_name(extra["left_chat_member"])
        return f"{name} left" if name == who else f"{who} removed {name}"
    if "pinned_message" in extra:
        return f"{who} pinned a message"
    if "forum_topic_created" in extra:
        return f"Topic “{extra['forum_topic_created']['name']}” was created"
    if "forum_topic_closed" in extra:
        return "The topic was closed"
    if "forum_topic_reopened" in extra:
        return "The topic was reopened"
    if "new_chat_title" in extra:
        return f"{who} renamed the group to “{extra['new_chat_title']}”"
    if "migrate_to_chat_id" in extra or "migrate_from_chat_id" in extra:
        return "The group became a supergroup"
    return "Service message"


def _raw_name(user: Raw) -> str:
    return f"{user['first_name']} {user.get('last_name', '')}".strip()


def _service(message: Message) -> Raw | None:
    if message.kind != "service":
        return None
    kind = next((t for t in SERVICE_TYPES if t in message.extra), "other")
    return {"type": kind, "text": service_text(message)}


def _safe(entity: Raw) -> bool:
    return entity["type"] != "text_link" or str(entity.get("url", "")).lower().startswith(SAFE_LINKS)


def _keyboard(chat: Chat) -> Raw | None:
    shown = chat.keyboard
    if shown is None or shown.markup is None:
        return None
    markup = shown.markup
    raw: Raw = {
        "message_id": shown.id,
        "rows": [[b["text"] for b in row] for row in markup.get("keyboard", [])],
        "placeholder": markup.get("input_field_placeholder"),
        "one_time": bool(markup.get("one_time_keyboard")),
    }
    if markup.get("force_reply"):
        raw["force_reply"] = True
    return raw


def _files(sim: Simulator, message: Message) -> list[Raw]:
    if message.kind not in MEDIA or message.file_id is None:
        return []
    stored = sim.core.files.by_id[message.file_id]
    media = message.extra[message.kind]
    largest: Raw = media[-1] if isinstance(media, list) else media
    return [
        {
            "file_id": stored.id,
            "kind": message.kind,
            "name": stored.name,
            "mime": stored.mime,
            "size": stored.size,
            "width": largest.get("width"),
            "height": largest.get("height"),
            "url": None if stored.too_big and len(stored.data) < stored.size else f"/sim/files/{stored.id}",
        }
    ]
