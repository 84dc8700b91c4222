"""What exists in the simulated Telegram: people, chats, topics and messages, all in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from simulator.html import render_html

Raw = dict[str, Any]
ANONYMOUS: Raw = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
"""Whom Telegram names as the sender of what an anonymous administrator writes."""


@dataclass(slots=True, eq=False)
class User:
    """An account of Telegram: a person or the bot."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language: str = ""
    is_bot: bool = False
    is_premium: bool = False
    deactivated: bool = False

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def api(self) -> Raw:
        """The `User` object of the Bot API."""
        raw: Raw = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.last_name:
            raw["last_name"] = self.last_name
        if self.username:
            raw["username"] = self.username
        if self.language:
            raw["language_code"] = self.language
        if self.is_premium:
            raw["is_premium"] = True
        return raw


@dataclass(slots=True, eq=False)
class Topic:
    """One topic of a forum group; its id is the id of the service message that made it."""

    id: int
    name: str
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """One inline button as a person sees it."""

    text: str
    row: int
    col: int
    data: str | None = None
    url: str | None = None
    copy: str | None = None
    style: str | None = None


@dataclass(slots=True, eq=False)
class Message:
    """One message in one chat, as everybody in that chat sees it at this moment."""

    chat: Chat
    id: int
    sender: User
    date: int
    serial: int
    """Position among all messages of the simulator, in order of sending."""
    text: str = ""
    """The text, or the caption of media."""
    entities: list[Raw] = field(default_factory=list)
    kind: str = "text"
    """`text`, `photo`, `document`, … or `service`."""
    extra: Raw = field(default_factory=dict)
    """Fields of the Bot API beyond text: the media object, or the fields of a service message."""
    markup: Raw | None = None
    thread: int | None = None
    reply_to: Message | None = None
    album: str | None = None
    silent: bool = False
    protected: bool = False
    edited_at: int | None = None
    deleted: bool = False
    changed: int = 0
    """Serial of the last change; compares with `serial` of other messages."""
    history: list[str] = field(default_factory=list)
    """Texts it had before, oldest first."""
    reactions: dict[int, list[Raw]] = field(default_factory=dict)
    preview: Raw | None = None
    forwarded: Raw | None = None
    anonymous: bool = False
    """Written by an administrator in the name of the group."""

    @property
    def edited(self) -> bool:
        return self.edited_at is not None

    @property
    def from_bot(self) -> bool:
        return self.sender.is_bot and self.kind != "service"

    @property
    def html(self) -> str:
        """The text with its formatting written as Telegram's HTML."""
        return render_html(self.text, self.entities)

    @property
    def button_rows(self) -> list[list[Button]]:
        rows = (self.markup or {}).get("inline_keyboard") or []
        return [[button_of(raw, r, c) for c, raw in enumerate(row)] for r, row in enumerate(rows)]

    @property
    def buttons(self) -> list[Button]:
        return [button for row in self.button_rows for button in row]

    @property
    def labels(self) -> list[str]:
        return [button.text for button in self.buttons]

    @property
    def file_id(self) -> str | None:
        """Id of the file it carries (the largest size of a photo)."""
        media = self.extra.get(self.kind)
        if isinstance(media, list):
            media = media[-1] if media else None
        return media.get("file_id") if isinstance(media, dict) else None

    @property
    def file_name(self) -> str | None:
        media = self.extra.get(self.kind)
        return media.get("file_name") if isinstance(media, dict) else None

    @property
    def emojis(self) -> list[str]:
        """Emoji of all reactions to it."""
        return [r.get("emoji", "") for many in self.reactions.values() for r in many]

    def api(self, *, with_reply: bool = True) -> Raw:
        """The `Message` object of the Bot API."""
        raw: Raw = {
            "message_id": self.id,
            "date": self.date,
            "chat": self.chat.api(),
            "from": self.sender.api(),
        }
        if self.anonymous:
            raw["from"], raw["sender_chat"] = ANONYMOUS, self.chat.api()
        if self.thread is not None:
            raw["message_thread_id"] = self.thread
            raw["is_topic_message"] = True
        if self.kind == "text":
            raw["text"] = self.text
            if self.entities:
                raw["entities"] = self.entities
        elif self.text:
            raw["caption"] = self.text
            if self.entities:
                raw["caption_entities"] = self.entities
        if self.extra:
            raw.update(self.extra)
        if with_reply and self.reply_to is not None and not self.reply_to.deleted:
            raw["reply_to_message"] = self.reply_to.api(with_reply=False)
        if self.album:
            raw["media_group_id"] = self.album
        if self.protected:
            raw["has_protected_content"] = True
        if self.edited_at is not None:
            raw["edit_date"] = self.edited_at
        if self.preview:
            raw["link_preview_options"] = self.preview
        if self.forwarded:
            raw["forward_origin"] = self.forwarded
        if self.markup and "inline_keyboard" in self.markup:
            raw["reply_markup"] = self.markup
        return raw

    def __repr__(self) -> str:
        shown = self.text if len(self.text) <= 60 else self.text[:57] + "…"
        gone = " deleted" if self.deleted else ""
        return f"<{self.kind} {self.id}{gone} {self.sender.name}: {shown!r} {self.labels}>"


@dataclass(slots=True, eq=False)
class Chat:
    """A private chat with the bot, a basic group or a supergroup."""

    id: int
    type: str
    title: str = ""
    person: User | None = None
    forum: bool = False
    bot_status: str = "member"
    """`member`, `administrator`, `left` or `kicked`; in private chats `member` or `kicked` (blocked)."""
    started: bool = True
    members: dict[int, str] = field(default_factory=dict)
    """Status of each person: `creator`, `administrator`, `member`, `left` or `kicked`."""
    messages: dict[int, Message] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    migrated_to: Chat | None = None
    forbidden: frozenset[str] = frozenset()
    """What its permissions let nobody but administrators send: `text`, `photo`, …"""
    pinned: list[int] = field(default_factory=list)
    keyboard: Message | None = None
    """The message whose reply keyboard (or forced reply) is shown below the input field."""
    last_id: int = 0
    """Message counter of a supergroup; private chats and basic groups share one."""

    @property
    def blocked(self) -> bool:
        return self.type == "private" and self.bot_status == "kicked"

    def api(self) -> Raw:
        """The `Chat` object of the Bot API."""
        raw: Raw = {"id": self.id, "type": self.type}
        if self.person is not None:
            raw["first_name"] = self.person.first_name
            if self.person.last_name:
                raw["last_name"] = self.person.last_name
            if self.person.username:
                raw["username"] = self.person.username
        else:
            raw["title"] = self.title
            if self.forum:
                raw["is_forum"] = True
        return raw

    def visible(self) -> Iterator[Message]:
        """Messages that were not deleted, newest first."""
        return (m for m in reversed(self.messages.values()) if not m.deleted)


class World:
    """All accounts and chats, and the counters that number them."""

    def __init__(self, bot: User, clock: Callable[[], datetime]) -> None:
        self.bot = bot
        self.clock = clock
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.serial = 0
        self._last_message_id = 0
        self._last_user_id = 7_000_000
        self._last_group_id = 4_100_000

    def now(self) -> int:
        """Seconds since 1970 on the simulator's clock."""
        return int(self.clock().timestamp())

    def moment(self) -> datetime:
        return self.clock().astimezone(UTC)

    def next_user_id(self) -> int:
        self._last_user_id += 1
        return self._last_user_id

    def add_user(self, user: User) -> Chat:
        """Register a person; their private chat waits until they start the bot."""
        if user.id in self.users:
            raise ValueError(f"user id {user.id} is taken")
        self.users[user.id] = user
        chat = Chat(id=user.id, type="private", person=user, started=False)
        self.chats[user.id] = chat
        return chat

    def add_group(self, title: str, *, supergroup: bool, forum: bool) -> Chat:
        self._last_group_id += 1
        number = self._last_group_id
        kind = "supergroup" if supergroup or forum else "group"
        chat_id = -1_000_000_000_000 - number if kind == "supergroup" else -number
        chat = Chat(id=chat_id, type=kind, title=title, forum=forum)
        self.chats[chat_id] = chat
        return chat

    def next_message_id(self, chat: Chat) -> int:
        if chat.type == "supergroup":
            chat.last_id += 1
            return chat.last_id
        self._last_message_id += 1
        return self._last_message_id

    def add_message(self, chat: Chat, sender: User, **fields: Any) -> Message:
        """Append a message to a chat; `fields` are those of `Message`."""
        self.serial += 1
        message = Message(
            chat=chat,
            id=self.next_message_id(chat),
            sender=sender,
            date=self.now(),
            serial=self.serial,
            changed=self.serial,
            **fields,
        )
        chat.messages[message.id] = message
        return message

    def touch(self, message: Message) -> None:
        """Note that a message looks different now."""
        self.serial += 1
        message.changed = self.serial

    def knows(self, user: User) -> bool:
        """Whether the bot has met this person: in a private chat or in a group they share."""
        if self.chats[user.id].started:
            return True
        return any(
            chat.members.get(user.id) in {"creator", "administrator", "member"}
            for chat in self.chats.values()
            if chat.type != "private" and chat.bot_status in {"member", "administrator"}
        )


def button_of(raw: Raw, row: int, col: int) -> Button:
    """An inline button from its Bot API object."""
    copy = raw.get("copy_text")
    return Button(
        text=raw.get("text", ""),
        row=row,
        col=col,
        data=raw.get("callback_data"),
        url=raw.get("url"),
        copy=copy.get("text") if isinstance(copy, dict) else None,
        style=raw.get("style"),
    )
