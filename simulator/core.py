"""The simulated Telegram itself: what calls of the bot and acts of people change, and who is told."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulator.faults import Faults
from simulator.feed import Feed
from simulator.files import Files
from simulator.html import utf16_length
from simulator.limits import Limits, Meter
from simulator.pulse import Pulse
from simulator.state import Chat, Message, Raw, User, World
from simulator.updates import Updates
from simulator.validation import Upload

PRESENT = frozenset({"creator", "administrator", "member"})


class Params(dict[str, Any]):
    """Checked parameters of one call, with the files that came along."""

    __slots__ = ("files",)

    def __init__(self, values: Raw, files: dict[str, Upload]) -> None:
        super().__init__(values)
        self.files = files


@dataclass(frozen=True, slots=True)
class Toast:
    """An answer to a press, as the person saw it (an empty text shows nothing)."""

    text: str
    alert: bool = False
    url: str | None = None


@dataclass(slots=True, eq=False)
class Query:
    """One press of an inline button."""

    id: str
    user: User
    message: Message
    data: str
    created: int
    answers: list[Toast] = field(default_factory=list)
    update_id: int | None = None

    @property
    def answer(self) -> Toast | None:
        return self.answers[-1] if self.answers else None


@dataclass(frozen=True, slots=True)
class Call:
    """One recorded call of the Bot API."""

    method: str
    params: Raw
    result: Any
    error: str | None
    chat_id: int | None

    @property
    def ok(self) -> bool:
        return self.error is None


@dataclass(slots=True)
class WebhookSettings:
    """What `setWebhook` set and what became of deliveries."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error_date: int | None = None
    last_error: str | None = None


class Core:
    """Everything the methods, the people and the pages share."""

    def __init__(
        self,
        bot: User,
        *,
        token: str,
        clock: Callable[[], datetime],
        limits: Limits,
        strict: bool,
        callback_seconds: int,
        kept_calls: int,
    ) -> None:
        self.token = token
        self.bot = bot
        self.world = World(bot, clock)
        self.pulse = Pulse()
        self.updates = Updates(self.pulse, self.world.now)
        self.files = Files()
        self.meter = Meter(limits)
        self.faults = Faults()
        self.feed = Feed()
        self.strict = strict
        self.callback_seconds = callback_seconds
        self.privacy = True
        self.queries: dict[str, Query] = {}
        self.calls: deque[Call] = deque(maxlen=kept_calls)
        self.counts: dict[str, int] = {}
        self.faults_seen: list[str] = []
        self.commands: dict[tuple[str, int, int, str], list[Raw]] = {}
        self.texts: dict[tuple[str, str], str] = {}
        self.webhook = WebhookSettings()
        self.in_flight = 0
        self.actions: dict[int, str] = {}
        self.ears: dict[int, Callable[[str, Message | None], None]] = {}
        """Who is told at once what changes in a chat, by chat: a load, which must cost little itself."""
        self._albums = 0
        self._queries = 0

    # What everybody in a chat sees

    def audience(self, chat: Chat) -> list[int]:
        """Ids of the people who see this chat."""
        if chat.person is not None:
            return [chat.person.id]
        return [i for i, status in chat.members.items() if status in PRESENT]

    def tell(self, chat: Chat, kind: str, **fields: Any) -> None:
        """Wake whoever waits for a change, and the pages of those who see the chat."""
        self.pulse.beat()
        ear = self.ears.get(chat.id)
        if ear is not None:
            ear(kind, fields.get("message"))
        if self.feed.watched:
            event = {"type": kind, "chat": chat.id, **fields}
            for person_id in self.audience(chat):
                if self.feed.watches(person_id):
                    self.feed.publish(person_id, event)

    def post(self, chat: Chat, sender: User, **fields: Any) -> Message:
        """Add a message to a chat and show it to everybody there."""
        message = self.world.add_message(chat, sender, **fields)
        if message.markup and "inline_keyboard" not in message.markup:
            chat.keyboard = None if "remove_keyboard" in message.markup else message
        self.tell(chat, "message", message=message)
        return message

    def changed(self, message: Message, kind: str = "edited") -> None:
        """Show a change of a message to everybody who sees it."""
        self.world.touch(message)
        self.tell(message.chat, kind, message=message)

    def next_album(self) -> str:
        self._albums += 1
        return str(13_000_000_000_000_000 + self._albums)

    # What the bot hears

    def hears(self, message: Message) -> bool:
        """Whether this message of a person reaches the bot (privacy mode in groups)."""
        chat = message.chat
        if chat.type == "private":
            return not chat.blocked
        if chat.bot_status not in {"member", "administrator"}:
            return False
        if chat.bot_status == "administrator" or not self.privacy or message.kind == "service":
            return True
        reply = message.reply_to
        if reply is not None and reply.sender is self.bot and reply.kind != "service":
            return True
        if message.text.startswith("/"):
            addressed = message.text.split(maxsplit=1)[0].partition("@")[2]
            return not addressed or addressed.lower() == self.bot.username.lower()
        return f"@{self.bot.username}".lower() in message.text.lower()

    def notify(self, message: Message, kind: str = "message") -> int | None:
        """Queue an update about a message of a person; None when the bot does not hear it."""
        if not self.hears(message):
            return None
        return self.updates.add(kind, message.api(), chat_id=message.chat.id)

    def press(self, user: User, message: Message, data: str) -> Query:
        """Queue the press of a button."""
        self._queries += 1
        query = Query(
            id=str(4_000_000_000_000_000_000 + self._queries),
            user=user,
            message=message,
            data=data,
            created=self.world.now(),
        )
        self.queries[query.id] = query
        if len(self.queries) > 5000:
            del self.queries[next(iter(self.queries))]
        raw: Raw = {
            "id": query.id,
            "from": user.api(),
            "message": message.api(),
            "chat_instance": str(-message.chat.id * 7919),
            "data": data,
        }
        if message.deleted:
            raw["message"] = {"chat": message.chat.api(), "message_id": message.id, "date": 0}
        query.update_id = self.updates.add("callback_query", raw, chat_id=message.chat.id)
        return query

    def membership(self, chat: Chat, actor: User, *, old: str, new: str) -> None:
        """Tell the bot that its own membership in a chat changed."""
        self.updates.add(
            "my_chat_member",
            {
                "chat": chat.api(),
                "from": actor.api(),
                "date": self.world.now(),
                "old_chat_member": member_api(self.bot, old),
                "new_chat_member": member_api(self.bot, new),
            },
            chat_id=chat.id,
        )

    def expired(self, query: Query) -> bool:
        return self.world.now() - query.created > self.callback_seconds

    def record(self, call: Call) -> None:
        self.calls.append(call)
        self.counts[call.method] = self.counts.get(call.method, 0) + 1

    def commands_for(self, chat: Chat, user: User) -> list[Raw]:
        """The command menu a person sees in a chat, narrowest scope first, own language first."""
        if chat.type == "private":
            scopes = [("chat", chat.id, 0), ("all_private_chats", 0, 0), ("default", 0, 0)]
        else:
            admin = chat.members.get(user.id) in {"creator", "administrator"}
            scopes = [("chat_member", chat.id, user.id)]
            if admin:
                scopes.append(("chat_administrators", chat.id, 0))
            scopes.append(("chat", chat.id, 0))
            if admin:
                scopes.append(("all_chat_administrators", 0, 0))
            scopes += [("all_group_chats", 0, 0), ("default", 0, 0)]
        for kind, chat_id, user_id in scopes:
            for language in (user.language, ""):
                found = self.commands.get((kind, chat_id, user_id, language))
                if found:
                    return found
        return []


def member_api(user: User, status: str) -> Raw:
    """A `ChatMember` object; administrators get the rights a group usually gives."""
    raw: Raw = {"status": status, "user": user.api()}
    if status == "creator":
        raw["is_anonymous"] = False
    elif status == "administrator":
        raw.update(dict.fromkeys(ADMIN_RIGHTS, True))
        raw.update(can_be_edited=False, is_anonymous=False, can_promote_members=False)
    elif status == "kicked":
        raw["until_date"] = 0
    return raw


ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
)


def too_long(text: str, limit: int) -> bool:
    return len(text) * 2 > limit and utf16_length(text) > limit
