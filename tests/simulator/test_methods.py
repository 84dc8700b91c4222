"""The methods that no other test calls, and the table of all of them."""

from io import BytesIO
from typing import Any

import aiohttp
import pytest

from simulator import Persona, PersonaError, Simulator
from simulator.files import DOCUMENT_LIMIT
from simulator.methods import METHODS
from simulator.outgoing import TINY_PNG
from simulator.validation import description, method_named
from tests.simulator.conftest import Caller

PROMISED = (
    "getUpdates setWebhook deleteWebhook getWebhookInfo getMe sendMessage sendPhoto sendDocument "
    "sendMediaGroup "
    "sendChatAction editMessageText editMessageCaption editMessageReplyMarkup editMessageMedia deleteMessage "
    "deleteMessages answerCallbackQuery setMyCommands getMyCommands deleteMyCommands setMyDescription "
    "setMyShortDescription setMessageReaction getFile getChat getChatMember getChatAdministrators "
    "pinChatMessage unpinChatMessage leaveChat"
)


async def upload(call: Caller, method: str, field: str, data: bytes, **params: str) -> dict[str, Any]:
    form = aiohttp.FormData(params)
    form.add_field(field, BytesIO(data), filename="berkas.bin", content_type="application/octet-stream")
    async with call.session.post(f"{call.sim.url}/bot{call.sim.token}/{method}", data=form) as answer:
        body: dict[str, Any] = await answer.json()
        return body


def test_every_method_is_an_official_one() -> None:
    official = {name for name, _ in description().methods.values()}
    assert set(METHODS) <= official
    assert set(PROMISED.split()) - {"getUpdates"} <= set(METHODS)


def test_every_method_of_the_description_compiles() -> None:
    for name in description().methods:
        found = method_named(name)
        assert found is not None
        assert found.name.lower() == name
    assert len(description().reactions) > 60


@pytest.mark.parametrize("kind", ["photo", "document", "video", "voice", "audio", "sticker"])
async def test_media(call: Caller, ani: Persona, kind: str) -> None:
    method = f"send{kind.capitalize()}"
    assert await call.refused(method, chat_id=ani.id) == f"400 Bad Request: there is no {kind} in the request"
    sent = await upload(call, method, kind, TINY_PNG, chat_id=str(ani.id))
    assert sent["ok"], sent
    assert kind in sent["result"]
    assert ani.last is not None
    again = await call.ok(method, chat_id=ani.id, **{kind: ani.last.file_id})
    assert kind in again
    assert "wrong file identifier" in await call.refused(method, chat_id=ani.id, **{kind: "AgACAgIAAx"})
    assert "HTTP URL content" in await call.refused(method, chat_id=ani.id, **{kind: "https://a.id/b"})


async def test_captions(call: Caller, ani: Persona) -> None:
    where = {"chat_id": str(ani.id)}
    long = await upload(call, "sendDocument", "document", b"x", **where, caption="x" * 1025)
    assert long["description"] == "Bad Request: message caption is too long"
    sent = await upload(
        call, "sendDocument", "document", b"x", **where, caption="<i>x</i>", parse_mode="HTML"
    )
    assert sent["result"]["caption_entities"] == [{"type": "italic", "offset": 0, "length": 1}]
    edit = {"chat_id": ani.id, "message_id": sent["result"]["message_id"]}
    await call.ok("editMessageCaption", **edit, caption="baru")
    assert "not modified" in await call.refused("editMessageCaption", **edit, caption="baru")
    assert await call.refused("editMessageText", **edit, text="x") == (
        "400 Bad Request: there is no text in the message to edit"
    )
    photo = await upload(call, "sendPhoto", "photo", TINY_PNG, **where)
    media = {"type": "photo", "media": photo["result"]["photo"][0]["file_id"], "caption": "gambar"}
    await call.ok("editMessageMedia", **edit, media=media)
    assert ani.chat.messages[edit["message_id"]].kind == "photo"


async def test_sizes(call: Caller, ani: Persona) -> None:
    where = {"chat_id": str(ani.id)}
    large = await upload(call, "sendDocument", "document", bytes(DOCUMENT_LIMIT + 1), **where)
    assert (large["error_code"], large["description"]) == (413, "Request Entity Too Large")
    assert (await upload(call, "sendDocument", "document", b"", **where))["description"] == (
        "Bad Request: file must be non-empty"
    )


async def test_copies_and_forwards(call: Caller, ani: Persona) -> None:
    said = await ani.says("asli")
    source = {"chat_id": ani.id, "from_chat_id": ani.id, "message_id": said.id}
    copied = await call.ok("copyMessage", **source)
    assert ani.chat.messages[copied["message_id"]].text == "asli"
    forwarded = await call.ok("forwardMessage", **source)
    assert forwarded["forward_origin"]["sender_user"]["id"] == ani.id
    edit = {"chat_id": ani.id, "message_id": forwarded["message_id"], "text": "x"}
    assert await call.refused("editMessageText", **edit) == "400 Bad Request: message can't be edited"
    assert "to copy not found" in await call.refused("copyMessage", **{**source, "message_id": 99})


async def test_albums(call: Caller, ani: Persona) -> None:
    document = await upload(call, "sendDocument", "document", b"x", chat_id=str(ani.id))
    item = {"type": "document", "media": document["result"]["document"]["file_id"]}
    sent = await call.ok("sendMediaGroup", chat_id=ani.id, media=[{**item, "caption": "dua"}, item])
    assert len(sent) == 2
    assert "too many messages" in await call.refused("sendMediaGroup", chat_id=ani.id, media=[item] * 11)
    assert "no messages to send" in await call.refused("sendMediaGroup", chat_id=ani.id, media=[])


async def test_places_names_and_actions(call: Caller, ani: Persona) -> None:
    await call.ok("sendLocation", chat_id=ani.id, latitude=-6.2, longitude="106.8")
    assert ani.last is not None
    assert ani.last.kind == "location"
    assert "wrong parameter action" in await call.refused("sendChatAction", chat_id=ani.id, action="dance")
    await call.ok("setMyName", name="Harian")
    assert await call.ok("getMyName") == {"name": "Harian"}
    await call.ok("setChatMenuButton", menu_button={"type": "commands"})
    await call.ok("unpinAllChatMessages", chat_id=ani.id)
    for name in ("logOut", "close"):
        assert await call.ok(name) is True


async def test_what_people_cannot_do(call: Caller, sim: Simulator, ani: Persona) -> None:
    await ani.says("x" * 5000)
    assert [len(m.text) for m in ani.messages[1:]] == [4096, 904]
    with pytest.raises(PersonaError, match="1024"):
        await ani.uploads(photo=True, caption="x" * 1025)
    group = sim.group("Dinas", members=[ani], forum=True)
    topic = group.topic("Rekap")
    group.closes(topic)
    with pytest.raises(PersonaError, match="Rekap is closed"):
        await ani.says("x", chat=group, thread=topic)
    group.removes(ani)
    with pytest.raises(PersonaError, match="is not in Dinas"):
        await ani.says("x", chat=group)
    markup = {"inline_keyboard": [[{"text": "Ya", "callback_data": "1"}]]}
    sent = await call.ok("sendMessage", chat_id=ani.id, text="?", reply_markup=markup)
    old = ani.chat.messages[sent["message_id"]]
    button = old.buttons[0]
    await call.ok("deleteMessage", chat_id=ani.id, message_id=old.id)
    ani.presses(old, button)
    ani.presses_data(old, "buatan")
    presses = [u["callback_query"] for u in await call.ok("getUpdates") if "callback_query" in u]
    assert [(p["data"], p["message"]["date"]) for p in presses] == [("1", 0), ("buatan", 0)]
    await ani.blocks()
    with pytest.raises(PersonaError, match="has blocked"):
        ani.presses(old, button)


async def test_calls_are_recorded_up_to_a_cap(call: Caller, sim: Simulator, ani: Persona) -> None:
    await call.ok("sendMessage", chat_id=ani.id, text="satu")
    await call.refused("sendMessage", chat_id=ani.id, text="")
    good, bad = sim.calls_of("sendMessage", chat_id=ani.id)
    assert (good.params["text"], good.ok, bad.error) == ("satu", True, "Bad Request: message text is empty")
    assert len(sim.calls_of("sendMessage", ok=True)) == 1
    assert sim.calls.maxlen == 5_000
    assert "BOT: satu" in sim.transcript()
    sim.forget_history()
    assert not sim.calls
