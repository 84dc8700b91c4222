"""Methods about chats: who is there, pinned messages, topics, leaving."""

from simulator.core import PRESENT, Core, Params, member_api
from simulator.errors import bad_request
from simulator.methods.registry import chat_named, joined, message_in, method, reachable, user_with
from simulator.state import Chat, Raw, Topic


@method("getChat")
def get_chat(core: Core, p: Params) -> Raw:
    chat = joined(chat_named(core, p["chat_id"]))
    raw = {
        **chat.api(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(
            (
                "unlimited_gifts",
                "limited_gifts",
                "unique_gifts",
                "premium_subscription",
                "gifts_from_channels",
            ),
            False,
        ),
    }
    pinned = next((chat.messages[i] for i in reversed(chat.pinned) if not chat.messages[i].deleted), None)
    if pinned is not None:
        raw["pinned_message"] = pinned.api()
    return raw


@method("getChatMember")
def get_chat_member(core: Core, p: Params) -> Raw:
    chat = joined(chat_named(core, p["chat_id"]))
    user = user_with(core, p["user_id"])
    if user is core.bot:
        return member_api(user, "member" if chat.type == "private" else chat.bot_status)
    if chat.type == "private":
        if user is not chat.person:
            raise bad_request("user not found")
        return member_api(user, "member")
    return member_api(user, chat.members.get(user.id, "left"))


@method("getChatAdministrators")
def get_chat_administrators(core: Core, p: Params) -> list[Raw]:
    chat = joined(chat_named(core, p["chat_id"]))
    if chat.type == "private":
        raise bad_request("there are no administrators in the private chat")
    admins = [
        member_api(core.world.users[i], status)
        for i, status in chat.members.items()
        if status in {"creator", "administrator"}
    ]
    if chat.bot_status == "administrator":
        admins.append(member_api(core.bot, "administrator"))
    return admins


@method("getChatMemberCount")
def get_chat_member_count(core: Core, p: Params) -> int:
    chat = joined(chat_named(core, p["chat_id"]))
    return 1 + len(core.audience(chat))


@method("pinChatMessage")
def pin_chat_message(core: Core, p: Params) -> bool:
    chat = reachable(core, p["chat_id"])
    _need_admin(chat, "not enough rights to manage pinned messages in the chat")
    message = message_in(chat, p["message_id"], missing="message to pin not found")
    if message.id in chat.pinned:
        chat.pinned.remove(message.id)
    chat.pinned.append(message.id)
    core.post(
        chat,
        core.bot,
        kind="service",
        extra={"pinned_message": message.api(with_reply=False)},
        silent=bool(p.get("disable_notification")),
        thread=message.thread,
    )
    core.tell(chat, "pinned", message_id=message.id)
    return True


@method("unpinChatMessage")
def unpin_chat_message(core: Core, p: Params) -> bool:
    chat = reachable(core, p["chat_id"])
    _need_admin(chat, "not enough rights to manage pinned messages in the chat")
    message_id = p.get("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if message_id not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(message_id)
    core.tell(chat, "unpinned", message_id=message_id)
    return True


@method("unpinAllChatMessages")
def unpin_all_chat_messages(core: Core, p: Params) -> bool:
    chat = reachable(core, p["chat_id"])
    _need_admin(chat, "not enough rights to manage pinned messages in the chat")
    chat.pinned.clear()
    core.tell(chat, "unpinned", message_id=None)
    return True


@method("leaveChat")
def leave_chat(core: Core, p: Params) -> bool:
    chat = joined(chat_named(core, p["chat_id"]))
    if chat.type == "private":
        raise bad_request("chat not found")
    core.post(chat, core.bot, kind="service", extra={"left_chat_member": core.bot.api()})
    old, chat.bot_status = chat.bot_status, "left"
    core.membership(chat, core.bot, old=old, new="left")
    return True


@method("createForumTopic")
def create_forum_topic(core: Core, p: Params) -> Raw:
    chat = _forum(core, p)
    if not p["name"].strip():
        raise bad_request("topic name is empty")
    topic = open_topic(core, chat, p["name"])
    return {"message_thread_id": topic.id, "name": topic.name, "icon_color": 7322096}


@method("closeForumTopic")
def close_forum_topic(core: Core, p: Params) -> bool:
    chat = _forum(core, p)
    topic = chat.topics.get(p["message_thread_id"])
    if topic is None:
        raise bad_request("message thread not found")
    if topic.closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.closed = True
    core.post(chat, core.bot, kind="service", extra={"forum_topic_closed": {}}, thread=topic.id)
    return True


@method("reopenForumTopic")
def reopen_forum_topic(core: Core, p: Params) -> bool:
    chat = _forum(core, p)
    topic = chat.topics.get(p["message_thread_id"])
    if topic is None:
        raise bad_request("message thread not found")
    if not topic.closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.closed = False
    core.post(chat, core.bot, kind="service", extra={"forum_topic_reopened": {}}, thread=topic.id)
    return True


def open_topic(core: Core, chat: Chat, name: str) -> Topic:
    """Make a topic; its id is that of the service message that tells of it."""
    message = core.post(
        chat,
        core.bot,
        kind="service",
        extra={"forum_topic_created": {"name": name, "icon_color": 7322096}},
    )
    message.thread = message.id
    topic = Topic(message.id, name)
    chat.topics[topic.id] = topic
    return topic


def _forum(core: Core, p: Params) -> Chat:
    chat = reachable(core, p["chat_id"])
    if not chat.forum:
        raise bad_request("the chat is not a forum")
    _need_admin(chat, "not enough rights to manage topics in the chat")
    return chat


def _need_admin(chat: Chat, words: str) -> None:
    if chat.type != "private" and chat.bot_status not in PRESENT - {"member"}:
        raise bad_request(words)
