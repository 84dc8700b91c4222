"""A group with people and the bot in it, as the tests drive it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.core import Core
from simulator.methods.chats import open_topic
from simulator.state import Chat, Message, Topic, User
from simulator.transcript import written

if TYPE_CHECKING:
    from simulator.persona import Persona


class Group:
    """A group; after `migrates()` it is the supergroup with the new id."""

    def __init__(self, core: Core, chat: Chat) -> None:
        self._core = core
        self.chat = chat

    @property
    def id(self) -> int:
        return self.chat.id

    @property
    def title(self) -> str:
        return self.chat.title

    @property
    def messages(self) -> list[Message]:
        """Visible messages, oldest first."""
        return list(self.chat.visible())[::-1]

    @property
    def last(self) -> Message | None:
        """The newest visible message of the bot."""
        return next((m for m in self.chat.visible() if m.from_bot), None)

    def transcript(self) -> str:
        return written(self.chat.messages.values(), title=self.title)

    def adds(self, person: Persona, *, admin: bool = False) -> None:
        """Somebody joins; the group sees the service message."""
        self.chat.members[person.id] = "administrator" if admin else "member"
        self._service(person.user, new_chat_members=[person.user.api()])

    def removes(self, person: Persona) -> None:
        """Somebody leaves."""
        self._service(person.user, left_chat_member=person.user.api())
        self.chat.members[person.id] = "left"

    def promotes(self, person: Persona, *, admin: bool = True) -> None:
        """Make somebody an administrator, or a plain member again."""
        self.chat.members[person.id] = "administrator" if admin else "member"

    def adds_bot(self, by: Persona | None = None, *, admin: bool = False) -> None:
        """The bot is added: my_chat_member, then the service message."""
        old, new = self.chat.bot_status, "administrator" if admin else "member"
        self.chat.bot_status = new
        actor = self._actor(by)
        self._core.membership(self.chat, actor, old=old, new=new)
        if old not in {"member", "administrator"}:
            self._service(actor, new_chat_members=[self._core.bot.api()])

    def promotes_bot(self, by: Persona | None = None) -> None:
        """The bot becomes an administrator: it reads everything and may pin and delete."""
        old, self.chat.bot_status = self.chat.bot_status, "administrator"
        self._core.membership(self.chat, self._actor(by), old=old, new="administrator")

    def forbids(self, *kinds: str) -> None:
        """From now on only administrators may send these (`text`, `photo`, …); none: everybody all again."""
        self.chat.forbidden = frozenset(kinds)

    def deletes(self, topic: Topic) -> None:
        """A topic goes with everything in it; the bot is not told."""
        del self.chat.topics[topic.id]
        for message in self.chat.messages.values():
            if message.thread == topic.id:
                message.deleted = True

    def removes_bot(self, by: Persona | None = None) -> None:
        """The bot is thrown out; from now on sending is refused with 403."""
        actor = self._actor(by)
        old, self.chat.bot_status = self.chat.bot_status, "kicked"
        self._core.post(self.chat, actor, kind="service", extra={"left_chat_member": self._core.bot.api()})
        self._core.membership(self.chat, actor, old=old, new="kicked")

    def topic(self, name: str) -> Topic:
        """Open a forum topic."""
        if not self.chat.forum:
            raise AssertionError(f"{self.title} has no topics: make it with forum=True")
        return open_topic(self._core, self.chat, name)

    def closes(self, topic: Topic) -> None:
        """Close a topic: only administrators write there."""
        topic.closed = True
        self._service(self._actor(None), thread=topic.id, forum_topic_closed={})

    def reopens(self, topic: Topic) -> None:
        topic.closed = False
        self._service(self._actor(None), thread=topic.id, forum_topic_reopened={})

    def renames(self, title: str) -> None:
        self.chat.title = title
        self._service(self._actor(None), new_chat_title=title)

    def migrates(self) -> None:
        """The group becomes a supergroup with another id; both service messages are sent."""
        old = self.chat
        if old.type != "group":
            raise AssertionError(f"{self.title} is a supergroup already")
        core = self._core
        new = core.world.add_group(old.title, supergroup=True, forum=False)
        new.members = dict(old.members)
        new.bot_status = old.bot_status
        actor = self._actor(None)
        there = core.post(old, actor, kind="service", extra={"migrate_to_chat_id": new.id})
        here = core.post(new, actor, kind="service", extra={"migrate_from_chat_id": old.id})
        core.notify(there)
        core.notify(here)
        old.migrated_to = new
        self.chat = new

    def _actor(self, by: Persona | None) -> User:
        if by is not None:
            return by.user
        ranked = sorted(
            self.chat.members.items(),
            key=lambda m: (
                ("creator", "administrator", "member").index(m[1])
                if m[1] in {"creator", "administrator", "member"}
                else 9
            ),
        )
        if not ranked:
            raise AssertionError(f"nobody is in {self.title}")
        return self._core.world.users[ranked[0][0]]

    def _service(self, actor: User, *, thread: int | None = None, **extra: Any) -> None:
        message = self._core.post(self.chat, actor, kind="service", extra=extra, thread=thread)
        self._core.notify(message)
