"""The table of simulated methods, and who may be written to."""

from collections.abc import Callable
from typing import Any

from simulator.core import PRESENT, Core, Params
from simulator.errors import ApiError, bad_request, forbidden
from simulator.state import Chat, Message, User

Handler = Callable[[Core, Params], Any]
METHODS: dict[str, Handler] = {}


def method(name: str) -> Callable[[Handler], Handler]:
    """Register the function as the Bot API method of this name."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = handler
        return handler

    return register


def chat_named(core: Core, chat_id: int | str) -> Chat:
    """The chat of this id, if the bot may know it."""
    chat = core.world.chats.get(chat_id) if isinstance(chat_id, int) else None
    if chat is None:
        raise bad_request("chat not found")
    if chat.type == "private" and not chat.started:
        assert chat.person is not None
        if not core.world.knows(chat.person):
            raise bad_request("chat not found")
    return chat


def reachable(core: Core, chat_id: int | str) -> Chat:
    """The chat of this id, if the bot may write there; refuses with Telegram's words."""
    chat = chat_named(core, chat_id)
    if chat.type == "private":
        assert chat.person is not None
        if chat.person.deactivated:
            raise forbidden("user is deactivated")
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        return chat
    return joined(chat)


def joined(chat: Chat) -> Chat:
    """The group itself, if the bot is in it."""
    if chat.migrated_to is not None:
        raise bad_request(
            "group chat was upgraded to a supergroup chat",
            parameters={"migrate_to_chat_id": chat.migrated_to.id},
        )
    if chat.type != "private" and chat.bot_status not in PRESENT:
        words = "bot was kicked from" if chat.bot_status == "kicked" else "bot is not a member of"
        raise forbidden(f"{words} the {chat.type} chat")
    return chat


def thread_in(chat: Chat, thread_id: int | None) -> int | None:
    """The topic to write to, checked."""
    if thread_id is None:
        return None
    topic = chat.topics.get(thread_id)
    if not chat.forum or topic is None:
        raise bad_request("message thread not found")
    if topic.closed and chat.bot_status != "administrator":
        raise bad_request("TOPIC_CLOSED")
    return thread_id


def message_in(chat: Chat, message_id: int, *, missing: str) -> Message:
    """A message that is still there; `missing` are the words for one that is not."""
    message = chat.messages.get(message_id)
    if message is None or message.deleted:
        raise bad_request(missing)
    return message


def user_with(core: Core, user_id: int) -> User:
    user = core.world.users.get(user_id)
    if user is None:
        raise ApiError(400, "Bad Request: user not found")
    return user
