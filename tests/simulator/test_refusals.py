"""Every refusal in Telegram's words."""

from typing import Any

import aiohttp
import pytest

from simulator import Persona, Simulator
from tests.simulator.conftest import Caller, Office


def keyboard(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "Ya", **button}]]}


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"chat_id": None}, "400 Bad Request: chat_id is empty"),
        ({"chat_id": 5}, "400 Bad Request: chat not found"),
        ({"chat_id": "@nobody"}, "400 Bad Request: chat not found"),
        ({"text": None}, "400 Bad Request: message text is empty"),
        ({"text": "  \n "}, "400 Bad Request: message text is empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "400 Bad Request: message text is empty"),
        ({"text": "x" * 4097}, "400 Bad Request: message is too long"),
        ({"text": "😀" * 2049}, "400 Bad Request: message is too long"),
        ({"text": 5}, '400 Bad Request: field "text" must be of type String'),
        (
            {"text": "<b>x", "parse_mode": "HTML"},
            "400 Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        (
            {"text": "é <x>", "parse_mode": "HTML"},
            '400 Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 3',
        ),
        ({"parse_mode": "Wiki"}, "400 Bad Request: unsupported parse_mode"),
        ({"reply_markup": keyboard(callback_data="x" * 65)}, "400 Bad Request: BUTTON_DATA_INVALID"),
        ({"reply_markup": keyboard(callback_data="é" * 33)}, "400 Bad Request: BUTTON_DATA_INVALID"),
        (
            {"reply_markup": keyboard(callback_data="a", url="http://x")},
            "400 Bad Request: BUTTON_TYPE_INVALID",
        ),
        (
            {"reply_markup": keyboard()},
            "400 Bad Request: can't parse inline keyboard button: "
            "Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"reply_markup": keyboard(copy_text={"text": "x" * 257})},
            "400 Bad Request: BUTTON_COPY_TEXT_INVALID",
        ),
        ({"reply_markup": "{"}, "400 Bad Request: can't parse reply keyboard markup JSON object"),
        ({"reply_markup": []}, "400 Bad Request: object expected as reply markup"),
        ({"reply_parameters": {"message_id": 99}}, "400 Bad Request: message to be replied not found"),
        ({"message_thread_id": 7}, "400 Bad Request: message thread not found"),
        ({"colour": 1}, "400 Bad Request: unknown parameter colour (the simulator is strict)"),
    ],
)
async def test_send_message_refuses(call: Caller, ani: Persona, params: dict[str, Any], words: str) -> None:
    given = {"chat_id": ani.id, "text": "Halo", **params}
    assert await call.refused("sendMessage", **{k: v for k, v in given.items() if v is not None}) == words
    assert ani.last is None


async def test_longest_text_is_counted_after_parsing(call: Caller, ani: Persona) -> None:
    text = "<b>" + "x" * 4096 + "</b>"
    sent = await call.ok("sendMessage", chat_id=ani.id, text=text, parse_mode="HTML")
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 4096}]


async def test_wrong_token_method_and_path(
    sim: Simulator, call: Caller, session: aiohttp.ClientSession
) -> None:
    assert await call.refused("sendNothing") == "404 Not Found: method not found"
    assert await call.refused("banChatMember", chat_id=1, user_id=1) == (
        "501 Not Implemented: the simulator has no banChatMember"
    )
    async with session.get(f"{sim.url}/bot1:x/getMe") as answer:
        assert (answer.status, (await answer.json())["description"]) == (401, "Unauthorized")
    async with session.get(f"{sim.url}/elsewhere") as answer:
        assert answer.status == 404
    assert (await call.ok("GETME"))["username"] == sim.bot_username


async def test_who_cannot_be_written_to(sim: Simulator, call: Caller, ani: Persona) -> None:
    stranger, colleague = sim.person("Orang Asing"), sim.person("Rekan")
    sim.group("Unit", members=[colleague])

    async def write(person: Persona) -> str:
        return await call.refused("sendMessage", chat_id=person.id, text="Halo")

    assert await write(stranger) == "400 Bad Request: chat not found"
    assert await write(colleague) == "403 Forbidden: bot can't initiate conversation with a user"
    await ani.blocks()
    assert await write(ani) == "403 Forbidden: bot was blocked by the user"
    ani.deactivates()
    assert await write(ani) == "403 Forbidden: user is deactivated"


async def test_edits(sim: Simulator, call: Caller, ani: Persona) -> None:
    mine = await call.ok("sendMessage", chat_id=ani.id, text="Halo", reply_markup=keyboard(callback_data="1"))
    theirs = await ani.says("punya saya")
    where = {"chat_id": ani.id, "message_id": mine["message_id"]}

    async def refused(**params: Any) -> str:
        return await call.refused("editMessageText", **{**where, "text": "Halo", **params})

    assert "message is not modified: specified new message content" in await refused(
        reply_markup=keyboard(callback_data="1")
    )
    assert await refused(message_id=999) == "400 Bad Request: message to edit not found"
    assert await refused(message_id=theirs.id) == "400 Bad Request: message can't be edited"
    assert await refused(text="") == "400 Bad Request: message text is empty"
    assert (await call.ok("editMessageText", **where, text="Halo"))["edit_date"]
    assert ani.last is not None
    assert (ani.last.text, ani.last.buttons, ani.last.edited) == ("Halo", [], True)
    assert "not modified" in await call.refused("editMessageReplyMarkup", **where)
    await call.ok("editMessageReplyMarkup", **where, reply_markup=keyboard(callback_data="2", style="danger"))
    assert [(b.data, b.style) for b in ani.last.buttons] == [("2", "danger")]
    await call.ok("editMessageText", **where, text="Baru")
    assert ani.last.history == ["Halo"]
    assert await call.refused("editMessageCaption", **where, caption="x") == (
        "400 Bad Request: there is no caption in the message to edit"
    )


async def test_deletions(sim: Simulator, call: Caller, ani: Persona, office: Office) -> None:
    first = await call.ok("sendMessage", chat_id=ani.id, text="satu")
    second = await call.ok("sendMessage", chat_id=ani.id, text="dua")
    where = {"chat_id": ani.id, "message_id": first["message_id"]}
    assert await call.ok("deleteMessage", **where) is True
    assert await call.refused("deleteMessage", **where) == "400 Bad Request: message to delete not found"
    assert await call.refused("editMessageText", **where, text="x") == (
        "400 Bad Request: message to edit not found"
    )
    assert await call.ok("deleteMessages", chat_id=ani.id, message_ids=[first["message_id"], 12345]) is True
    office.move(hours=48, seconds=1)
    assert await call.refused("deleteMessage", chat_id=ani.id, message_id=second["message_id"]) == (
        "400 Bad Request: message can't be deleted for everyone"
    )


async def test_presses_grow_old(sim: Simulator, call: Caller, ani: Persona, office: Office) -> None:
    stale = "400 Bad Request: query is too old and response timeout expired or query ID is invalid"
    await call.ok("sendMessage", chat_id=ani.id, text="Halo", reply_markup=keyboard(callback_data="1"))
    tap = await ani.taps("Ya")
    assert tap.query is not None
    params = {"callback_query_id": tap.query.id, "text": "Terkirim"}
    assert await call.ok("answerCallbackQuery", **params)
    assert await call.ok("answerCallbackQuery", **params, show_alert=True)
    assert (await ani.sees_toast("Terkirim")).alert
    assert await call.refused("answerCallbackQuery", callback_query_id=tap.query.id, text="x" * 201) == (
        "400 Bad Request: MESSAGE_TOO_LONG"
    )
    office.move(seconds=61)
    assert await call.refused("answerCallbackQuery", **params) == stale
    assert await call.refused("answerCallbackQuery", callback_query_id="7") == stale


async def test_reactions(call: Caller, ani: Persona) -> None:
    said = await ani.says("selesai")
    where = {"chat_id": ani.id, "message_id": said.id}
    assert await call.ok("setMessageReaction", **where, reaction=[{"type": "emoji", "emoji": "👍"}])
    assert said.emojis == ["👍"]
    for emoji in ("✅", "x"):
        assert await call.refused(
            "setMessageReaction", **where, reaction=[{"type": "emoji", "emoji": emoji}]
        ) == ("400 Bad Request: REACTION_INVALID")
    assert await call.ok("setMessageReaction", **where, reaction=[{"type": "emoji", "emoji": "❤️"}])
    assert await call.ok("setMessageReaction", **where)
    assert said.emojis == []


async def test_lenient_only_notes(call: Caller, sim: Simulator, ani: Persona) -> None:
    sim.core.strict = False
    await call.ok(
        "sendMessage", chat_id=ani.id, text="Halo", colour="red", reply_markup=keyboard(url="http://a.b", q=1)
    )
    assert sim.faults_seen == [
        "sendMessage: unknown parameter colour",
        "sendMessage: unknown parameter inline_keyboard.q",
    ]
