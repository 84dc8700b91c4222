"""A person who uses the bot: writes, presses, sends files, and looks at what is on the screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from simulator.core import Core, Toast, too_long
from simulator.group import Group
from simulator.html import parse_text
from simulator.methods.sending import CAPTION_LIMIT, TEXT_LIMIT
from simulator.outgoing import Attachment, Files, attachments
from simulator.press import PersonaError, Tap
from simulator.state import Button, Chat, Message, Raw, Topic, User
from simulator.transcript import written

Place = Group | Chat | int


class Persona:
    """One person with a Telegram account. Acts are coroutines named as in a story."""

    def __init__(
        self, core: Core, user: User, *, settle: Callable[[], Awaitable[None]] | None, note: str = ""
    ) -> None:
        self._core = core
        self.user = user
        self.note = note
        self._settle = settle

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def chat(self) -> Chat:
        """The private chat with the bot."""
        return self._core.world.chats[self.user.id]

    # What they do

    async def starts(self, payload: str = "") -> Message:
        """Open the bot (again) by its button or by a deep link with a payload."""
        await self._ready()
        chat = self.chat
        if chat.blocked:
            self._unblock()
        chat.started = True
        return self._write(chat, f"/start {payload}".strip())

    async def opens(self, link: str) -> Message:
        """Follow a t.me link to the bot."""
        return await self.starts(link.partition("?start=")[2])

    async def says(
        self,
        text: str,
        *,
        reply_to: Message | None = None,
        chat: Place | None = None,
        thread: Topic | int | None = None,
        anonymous: bool = False,
    ) -> Message:
        """Write a text; `anonymous`: in the name of the group, as its administrators may."""
        where = self._where(chat)
        await self._ready()
        return self._write(where, text, reply_to=reply_to, thread=thread, anonymous=anonymous)

    def writes(self, text: str) -> Message:
        """Write into the private chat at once, without waiting for quiet."""
        return self._write(self.chat, text)

    async def taps(
        self,
        label: str,
        *,
        message: Message | None = None,
        chat: Place | None = None,
        timeout: float = 5,  # noqa: ASYNC109 - reads better
        wait: bool = False,
    ) -> Tap:
        """Press the button with this label on the newest message that has it (or on `message`).

        Waits up to `timeout` seconds for such a button. With `wait`, also waits for the answer.
        A button of the reply keyboard sends its text.
        """
        where = self._where(chat)
        await self._ready()
        found = await self._core.pulse.until(lambda: self._find(label, where, message), seconds=timeout)
        if found is None:
            seen = [b.text for m in ([message] if message else where.visible()) for b in m.buttons]
            raise PersonaError(
                f"{self.name} sees no button {label!r}; there are {seen}\n{self.transcript(chat=where)}"
            )
        target, button = found
        tap = self.presses(target, button)
        if wait:
            await tap.answered(timeout)
        return tap

    def presses(self, message: Message, button: Button) -> Tap:
        """Press this very button, even on a message that is gone (an old screen)."""
        query = None
        self._check_may_write(message.chat)
        if button.data is not None:
            query = self._core.press(self.user, message, button.data)
        elif button.url is None and button.copy is None:
            self._write(message.chat, button.text)
        return Tap(message, button, query, self._core)

    def presses_data(self, message: Message, data: str) -> Tap:
        """Send a press with data of one's own making, as a changed client could."""
        query = self._core.press(self.user, message, data)
        return Tap(message, Button(data, 0, 0, data=data), query, self._core)

    async def uploads(
        self,
        *,
        caption: str = "",
        reply_to: Message | None = None,
        chat: Place | None = None,
        thread: Topic | int | None = None,
        size: int | None = None,
        **what: Any,
    ) -> Message:
        """Send one of photo, document, video, voice, audio, sticker, location, contact; or an album.

        photo=bytes|True, document=(name, bytes, mime)|name, album=[bytes | {"photo": …}, …],
        location=(latitude, longitude), contact=phone number. `size` is the size in bytes Telegram claims.
        Of an album the first message is returned; the others share its `album`.
        """
        where = self._where(chat)
        await self._ready()
        files: Files = self._core.files
        topic = self._thread(thread, reply_to)
        self._check_may_write(where, topic)
        if too_long(caption, CAPTION_LIMIT):
            raise PersonaError(f"a caption has {CAPTION_LIMIT} characters at most")
        parts: list[Attachment] = attachments(files, what, size=size, user=self.user)
        album = self._core.next_album() if "album" in what else None
        text, entities = parse_text(caption, None, None)
        sent: list[Message] = []
        for position, part in enumerate(parts):
            message = self._core.post(
                where,
                self.user,
                text=text if position == 0 else "",
                entities=entities if position == 0 else [],
                kind=part.kind,
                extra={part.kind: part.api},
                album=album,
                reply_to=reply_to,
                thread=topic,
            )
            sent.append(message)
        for message in sent:
            self._core.notify(message)
        return sent[0]

    async def edits(self, message: Message, text: str) -> None:
        """Change an own message (text or caption)."""
        if message.sender is not self.user:
            raise PersonaError("people edit their own messages only")
        await self._ready()
        message.history.append(message.text)
        message.text, message.entities = parse_text(text, None, None)
        message.edited_at = self._core.world.now()
        self._core.changed(message)
        self._core.notify(message, "edited_message")

    async def deletes(self, message: Message) -> None:
        """Delete a message for everyone. Telegram does not tell the bot."""
        await self._ready()
        message.deleted = True
        self._core.changed(message, "deleted")

    async def reacts(self, message: Message, emoji: str | None) -> None:
        """React to a message, or take the reaction away with None."""
        await self._ready()
        old = message.reactions.get(self.id, [])
        new: list[Raw] = [{"type": "emoji", "emoji": emoji}] if emoji else []
        if new:
            message.reactions[self.id] = new
        else:
            message.reactions.pop(self.id, None)
        self._core.changed(message, "reaction")
        chat = message.chat
        if chat.type == "private" or chat.bot_status == "administrator":
            self._core.updates.add(
                "message_reaction",
                {
                    "chat": chat.api(),
                    "message_id": message.id,
                    "user": self.user.api(),
                    "date": self._core.world.now(),
                    "old_reaction": old,
                    "new_reaction": new,
                },
                chat_id=chat.id,
            )

    async def blocks(self) -> None:
        """Stop the bot: my_chat_member, and 403 from now on."""
        await self._ready()
        if not self.chat.blocked:
            self.chat.bot_status = "kicked"
            self._core.membership(self.chat, self.user, old="member", new="kicked")
            self._core.tell(self.chat, "blocked")

    async def unblocks(self) -> None:
        """Allow the bot again, without writing to it."""
        await self._ready()
        if self.chat.blocked:
            self._unblock()

    def deactivates(self) -> None:
        """Delete the Telegram account."""
        self.user.deactivated = True

    # What they see

    @property
    def messages(self) -> list[Message]:
        """Visible messages of the private chat, oldest first."""
        return list(self.chat.visible())[::-1]

    @property
    def last(self) -> Message | None:
        """The newest visible message of the bot in the private chat."""
        return next((m for m in self.chat.visible() if m.from_bot), None)

    @property
    def toasts(self) -> list[Toast]:
        """All answers to presses this person saw, oldest first."""
        return [a for q in self._core.queries.values() if q.user is self.user for a in q.answers]

    def buttons(self, chat: Place | None = None) -> list[str]:
        """Labels on the newest message of the bot that has buttons."""
        found = self._screen(self._where(chat))
        return found.labels if found else []

    def screen(self, chat: Place | None = None) -> str:
        """Text of the newest message of the bot that has buttons; of the newest one when none has."""
        where = self._where(chat)
        found = self._screen(where) or next((m for m in where.visible() if m.from_bot), None)
        return found.text if found else ""

    @property
    def keyboard(self) -> list[str]:
        """Labels of the reply keyboard below the input field."""
        shown = self.chat.keyboard
        return [b["text"] for row in ((shown and shown.markup) or {}).get("keyboard", []) for b in row]

    async def sees(
        self,
        text: str,
        *,
        timeout: float = 5,  # noqa: ASYNC109 - reads better
        chat: Place | None = None,
        after: Message | None = None,
        button: str | None = None,
    ) -> Message:
        """Wait for a visible message of the bot that contains `text`, newest first.

        `after`: only messages sent or changed later than that one was sent. `button`: with such a button.
        """
        where = self._where(chat)
        wanted = " ".join(text.split())

        def look() -> Message | None:
            for message in where.visible():
                fits = message.from_bot and wanted in " ".join(message.text.split())
                if fits and button is not None:
                    fits = any(button in label for label in message.labels)
                if fits and (after is None or message.changed > after.serial):
                    return message
            return None

        found = await self._core.pulse.until(look, seconds=timeout)
        if found is None:
            raise PersonaError(
                f"{self.name} did not see {text!r} within {timeout} s\n{self.transcript(chat=where)}"
            )
        return found

    async def sees_toast(self, text: str = "", *, timeout: float = 5) -> Toast:  # noqa: ASYNC109 - reads better
        """Wait for an answer to this person's newest press that contains `text`."""

        def look() -> Toast | None:
            mine = [q for q in self._core.queries.values() if q.user is self.user]
            return next((a for a in reversed(mine[-1].answers) if text in a.text), None) if mine else None

        found = await self._core.pulse.until(look, seconds=timeout)
        if found is None:
            shown = [t.text for t in self.toasts[-3:]]
            raise PersonaError(f"{self.name} saw no answer {text!r}; the newest were {shown}")
        return found

    def sees_now(self, text: str, chat: Place | None = None) -> bool:
        """Whether a visible message of the bot contains the text at this moment."""
        wanted = " ".join(text.split())
        return any(m.from_bot and wanted in " ".join(m.text.split()) for m in self._where(chat).visible())

    def commands(self, chat: Place | None = None) -> list[str]:
        """Names in the command menu this person has in a chat."""
        return [c["command"] for c in self._core.commands_for(self._where(chat), self.user)]

    def transcript(self, chat: Place | None = None) -> str:
        where = self._where(chat) if chat is not None else self.chat
        return written(where.messages.values(), title=where.title or self.name)

    # Inside

    async def _ready(self) -> None:
        if self.user.deactivated:
            raise PersonaError(f"{self.name} has deleted the account")
        if self._settle is not None:
            await self._settle()

    def _where(self, chat: Place | None) -> Chat:
        if chat is None:
            return self.chat
        if isinstance(chat, Group):
            return chat.chat
        return self._core.world.chats[chat] if isinstance(chat, int) else chat

    def _thread(self, thread: Topic | int | None, reply_to: Message | None) -> int | None:
        if isinstance(thread, Topic):
            return thread.id
        return reply_to.thread if thread is None and reply_to is not None else thread

    def _write(
        self,
        chat: Chat,
        text: str,
        *,
        reply_to: Message | None = None,
        thread: Topic | int | None = None,
        anonymous: bool = False,
    ) -> Message:
        topic = self._thread(thread, reply_to)
        self._check_may_write(chat, topic)
        message: Message | None = None
        # A client of Telegram cuts a long text into several messages.
        for start in range(0, max(1, len(text)), TEXT_LIMIT):
            kept, entities = parse_text(text[start : start + TEXT_LIMIT], None, None)
            message = self._core.post(
                chat,
                self.user,
                text=kept,
                entities=entities,
                reply_to=reply_to,
                thread=topic,
                anonymous=anonymous,
            )
            self._core.notify(message)
        assert message is not None
        return message

    def _check_may_write(self, chat: Chat, thread: int | None = None) -> None:
        if chat.type == "private":
            if not chat.started:
                raise PersonaError(f"{self.name} has not started the bot")
            if chat.blocked:
                raise PersonaError(f"{self.name} has blocked the bot")
            return
        if self.id not in self._core.audience(chat):
            raise PersonaError(f"{self.name} is not in {chat.title}")
        topic = chat.topics.get(thread) if thread is not None else None
        if topic is not None and topic.closed and chat.members[self.id] == "member":
            raise PersonaError(f"the topic {topic.name} is closed")

    def _unblock(self) -> None:
        self.chat.bot_status = "member"
        self._core.membership(self.chat, self.user, old="kicked", new="member")
        self._core.tell(self.chat, "unblocked")

    def _screen(self, chat: Chat) -> Message | None:
        return next((m for m in chat.visible() if m.from_bot and m.buttons), None)

    def _find(self, label: str, chat: Chat, message: Message | None) -> tuple[Message, Button] | None:
        messages = [message] if message is not None else [m for m in chat.visible() if m.from_bot]
        for exact in (True, False):
            for candidate in messages:
                for button in candidate.buttons:
                    if button.text == label or (not exact and label in button.text):
                        return candidate, button
            if chat.keyboard is not None and message is None:
                rows = (chat.keyboard.markup or {}).get("keyboard", [])
                for text in (b["text"] for row in rows for b in row):
                    if text == label or (not exact and label in text):
                        return chat.keyboard, Button(text, 0, 0)
        return None
