"""Groups: who hears what, topics, pins, leaving, becoming a supergroup."""

from typing import Any

import pytest

from simulator import Persona, Simulator
from tests.simulator.conftest import Caller


async def kinds(call: Caller) -> list[dict[str, Any]]:
    updates: list[dict[str, Any]] = await call.ok("getUpdates")
    if updates:
        await call.ok("getUpdates", offset=updates[-1]["update_id"] + 1)
    return updates


async def test_added_heard_and_thrown_out(call: Caller, sim: Simulator, ani: Persona) -> None:
    group = sim.group("Unit", members=[sim.person("Budi")], admins=[ani])
    _, added, service = await kinds(call)
    assert added["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert service["message"]["new_chat_members"][0]["username"] == sim.bot_username
    await ani.says("obrolan biasa", chat=group)
    await ani.says("/ringkas", chat=group)
    await ani.says("/ringkas@bot_lain", chat=group)
    await ani.says(f"hai @{sim.bot_username}", chat=group)
    sent = await call.ok("sendMessage", chat_id=group.id, text="ya")
    await ani.says("balasan", chat=group, reply_to=group.chat.messages[sent["message_id"]])
    assert [u["message"]["text"] for u in await kinds(call)] == [
        "/ringkas",
        f"hai @{sim.bot_username}",
        "balasan",
    ]
    await ani.sees("ya", chat=group)
    assert await call.refused("pinChatMessage", chat_id=group.id, message_id=sent["message_id"]) == (
        "400 Bad Request: not enough rights to manage pinned messages in the chat"
    )
    group.promotes_bot()
    await ani.says("kini terdengar", chat=group)
    assert (await kinds(call))[-1]["message"]["text"] == "kini terdengar"
    group.removes_bot(by=ani)
    assert (await kinds(call))[-1]["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert await call.refused("sendMessage", chat_id=group.id, text="x") == (
        "403 Forbidden: bot was kicked from the group chat"
    )


async def test_who_is_in_it(call: Caller, sim: Simulator, ani: Persona) -> None:
    budi = sim.person("Budi")
    group = sim.group("Unit", members=[budi], admins=[ani])
    chat = {"chat_id": group.id}
    assert (await call.ok("getChat", **chat))["title"] == "Unit"
    assert [a["user"]["id"] for a in await call.ok("getChatAdministrators", **chat)] == [ani.id]
    assert (await call.ok("getChatMember", **chat, user_id=budi.id))["status"] == "member"
    assert await call.ok("getChatMemberCount", **chat) == 3
    group.removes(budi)
    assert (await call.ok("getChatMember", **chat, user_id=budi.id))["status"] == "left"
    assert "no administrators" in await call.refused("getChatAdministrators", chat_id=ani.id)
    await call.ok("leaveChat", **chat)
    assert await call.refused("sendMessage", **chat, text="x") == (
        "403 Forbidden: bot is not a member of the group chat"
    )


async def test_pins(call: Caller, ani: Persona) -> None:
    sent = await call.ok("sendMessage", chat_id=ani.id, text="kartu")
    where = {"chat_id": ani.id, "message_id": sent["message_id"]}
    await call.ok("pinChatMessage", **where, disable_notification=True)
    assert (await call.ok("getChat", chat_id=ani.id))["pinned_message"]["text"] == "kartu"
    await call.ok("unpinChatMessage", **where)
    assert await call.refused("unpinChatMessage", **where) == "400 Bad Request: message to unpin not found"


async def test_becomes_a_supergroup(call: Caller, sim: Simulator, ani: Persona) -> None:
    group = sim.group("Unit", members=[ani])
    old = group.id
    await kinds(call)
    group.migrates()
    there, here = await kinds(call)
    assert there["message"]["migrate_to_chat_id"] == group.id == here["message"]["chat"]["id"]
    assert here["message"]["migrate_from_chat_id"] == old
    assert await call("sendMessage", chat_id=old, text="x") == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": group.id},
    }
    await call.ok("sendMessage", chat_id=group.id, text="di sini")
    await ani.sees("di sini", chat=group)


async def test_topics(call: Caller, sim: Simulator, ani: Persona) -> None:
    group = sim.group("Dinas", admins=[ani], forum=True)
    topic = group.topic("Rekap")
    sent = await call.ok("sendMessage", chat_id=group.id, message_thread_id=topic.id, text="rekap")
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (topic.id, True)
    await ani.says("/ringkas", chat=group, thread=topic)
    assert (await kinds(call))[-1]["message"]["message_thread_id"] == topic.id
    group.closes(topic)
    refused = {"chat_id": group.id, "message_thread_id": topic.id, "text": "x"}
    assert await call.refused("sendMessage", **refused) == "400 Bad Request: TOPIC_CLOSED"
    assert "thread not found" in await call.refused("sendMessage", **{**refused, "message_thread_id": 99})
    group.promotes_bot()
    await call.ok("sendMessage", **refused)
    made = await call.ok("createForumTopic", chat_id=group.id, name="Baru")
    await call.ok("closeForumTopic", chat_id=group.id, message_thread_id=made["message_thread_id"])
    await call.ok("reopenForumTopic", chat_id=group.id, message_thread_id=made["message_thread_id"])
    with pytest.raises(AssertionError, match="no topics"):
        sim.group("Biasa", members=[ani]).topic("x")


async def test_what_a_group_forbids_only_administrators_send(
    call: Caller, sim: Simulator, ani: Persona
) -> None:
    group = sim.group("Unit", admins=[ani])
    group.forbids("text", "photo")
    refused = {"chat_id": group.id, "text": "x"}
    assert await call.refused("sendMessage", **refused) == (
        "400 Bad Request: not enough rights to send text messages to the chat"
    )
    group.promotes_bot()
    await call.ok("sendMessage", **refused)
    group.forbids()
    group.chat.bot_status = "member"
    await call.ok("sendMessage", **refused)


async def test_an_anonymous_administrator_writes_as_the_group(
    call: Caller, sim: Simulator, ani: Persona
) -> None:
    group = sim.group("Unit", admins=[ani], supergroup=True)
    await ani.says("/ringkas", chat=group, anonymous=True)
    message = (await kinds(call))[-1]["message"]
    assert message["from"]["username"] == "GroupAnonymousBot"
    assert message["sender_chat"]["id"] == group.id


async def test_a_deleted_topic_is_gone(call: Caller, sim: Simulator, ani: Persona) -> None:
    group = sim.group("Dinas", admins=[ani], forum=True)
    topic = group.topic("Rekap")
    group.deletes(topic)
    refused = {"chat_id": group.id, "message_thread_id": topic.id, "text": "x"}
    assert "thread not found" in await call.refused("sendMessage", **refused)
