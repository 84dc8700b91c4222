"""People: what they do, what they see, what the bot hears of it."""

from typing import Any

import pytest

from simulator import Persona, PersonaError, Simulator
from tests.simulator.conftest import Caller, Office


async def heard(call: Caller, kind: str = "message") -> list[dict[str, Any]]:
    return [u[kind] for u in await call.ok("getUpdates") if kind in u]


async def test_starts_with_a_payload(call: Caller, sim: Simulator) -> None:
    budi = sim.person("Budi Santoso", user_id=42, language="en")
    with pytest.raises(PersonaError, match="has not started"):
        await budi.says("halo")
    await budi.opens(f"https://t.me/{sim.bot_username}?start=join_1")
    (message,) = await heard(call)
    assert message["text"] == "/start join_1"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert message["from"] == {
        "id": 42,
        "is_bot": False,
        "first_name": "Budi",
        "last_name": "Santoso",
        "username": "budisantoso",
        "language_code": "en",
    }


async def test_taps_the_newest_and_prefers_the_exact_label(call: Caller, ani: Persona) -> None:
    for number in (1, 2):
        rows = [[{"text": "Kirim ulang", "callback_data": f"u{number}"}]]
        rows.append([{"text": "Kirim", "callback_data": f"k{number}"}])
        await call.ok("sendMessage", chat_id=ani.id, text="x", reply_markup={"inline_keyboard": rows})
    tap = await ani.taps("Kirim")
    assert tap.query is not None
    assert tap.query.data == "k2"
    assert (await ani.taps("ulang")).button.data == "u2"
    with pytest.raises(PersonaError, match=r"no button 'Batal'; there are \['Kirim ulang'"):
        await ani.taps("Batal", timeout=0)
    (first, _) = await heard(call, "callback_query")
    assert (first["data"], first["message"]["text"]) == ("k2", "x")
    with pytest.raises(PersonaError, match="was not answered"):
        await tap.answered(timeout=0.01)
    await call.ok("answerCallbackQuery", callback_query_id=first["id"], text="Ya")
    assert (await tap.answered()).text == "Ya"


async def test_buttons_without_a_query(call: Caller, ani: Persona) -> None:
    row = [{"text": "Buka", "url": "https://a.id/"}, {"text": "Salin", "copy_text": {"text": "isi"}}]
    await call.ok("sendMessage", chat_id=ani.id, text="x", reply_markup={"inline_keyboard": [row]})
    assert (await ani.taps("Buka")).button.url == "https://a.id/"
    assert (await ani.taps("Salin")).button.copy == "isi"
    assert (ani.buttons(), ani.screen()) == (["Buka", "Salin"], "x")


async def test_reply_keyboard(call: Caller, ani: Persona) -> None:
    markup = {"keyboard": [["Ya", {"text": "Tidak"}]], "one_time_keyboard": True}
    await call.ok("sendMessage", chat_id=ani.id, text="?", reply_markup=markup)
    assert ani.keyboard == ["Ya", "Tidak"]
    await ani.taps("Tidak")
    assert (await heard(call))[-1]["text"] == "Tidak"
    await call.ok("sendMessage", chat_id=ani.id, text="baik", reply_markup={"remove_keyboard": True})
    assert ani.keyboard == []


async def test_uploads(call: Caller, sim: Simulator, ani: Persona) -> None:
    await ani.uploads(photo=True, caption="foto")
    await ani.uploads(document=("a.pdf", b"isi", "application/pdf"))
    await ani.uploads(document="besar.zip", size=25 * 1024 * 1024)
    await ani.uploads(location=(-6.2, 106.8))
    await ani.uploads(contact="0812")
    await ani.uploads(voice=True)
    _, photo, document, big, place, contact, voice = await heard(call)
    assert photo["caption"] == "foto"
    assert len(photo["photo"]) == 2
    assert place["location"] == {"latitude": -6.2, "longitude": 106.8}
    assert contact["contact"]["user_id"] == ani.id
    assert voice["voice"]["mime_type"] == "audio/ogg"
    file = await call.ok("getFile", file_id=document["document"]["file_id"])
    url = f"{sim.url}/file/bot{sim.token}/{file['file_path']}"
    async with call.session.get(url) as answer:
        assert await answer.read() == b"isi"
    assert await call.refused("getFile", file_id=big["document"]["file_id"]) == (
        "400 Bad Request: file is too big"
    )
    assert "wrong file_id" in await call.refused("getFile", file_id="x")
    await call.ok("sendDocument", chat_id=ani.id, document=document["document"]["file_id"])
    assert ani.last is not None
    assert ani.last.file_name == "a.pdf"


async def test_album(call: Caller, ani: Persona) -> None:
    first = await ani.uploads(album=[b"\xff\xd8a", b"\xff\xd8b"], caption="dua foto")
    _, one, two = await heard(call)
    assert one["media_group_id"] == two["media_group_id"] == first.album
    assert (one["caption"], "caption" in two) == ("dua foto", False)


async def test_edits_deletes_blocks(call: Caller, ani: Persona) -> None:
    said = await ani.says("rapat")
    await ani.edits(said, "rapat -> notulen")
    await ani.deletes(said)
    await ani.blocks()
    await ani.unblocks()
    updates = await call.ok("getUpdates")
    assert updates[2]["edited_message"]["text"] == "rapat -> notulen"
    changes = [u["my_chat_member"] for u in updates if "my_chat_member" in u]
    assert [c["new_chat_member"]["status"] for c in changes] == ["kicked", "member"]
    assert len(updates) == 5


async def test_sees_waits_and_explains(call: Caller, ani: Persona) -> None:
    old = await call.ok("sendMessage", chat_id=ani.id, text="Terkirim pukul 10")
    seen = await ani.sees("Terkirim")
    assert seen.id == old["message_id"]
    with pytest.raises(PersonaError, match=r"(?s)did not see 'Terkirim'.*Terkirim pukul 10"):
        await ani.sees("Terkirim", after=seen, timeout=0)
    await call.ok("editMessageText", chat_id=ani.id, message_id=seen.id, text="Terkirim pukul 11")
    assert await ani.sees("Terkirim", after=seen) is seen
    await call.ok("deleteMessage", chat_id=ani.id, message_id=seen.id)
    assert not ani.sees_now("Terkirim")
    assert "deleted" in ani.transcript()


async def test_dates_follow_the_clock(call: Caller, ani: Persona, office: Office) -> None:
    office.move(days=3)
    sent = await call.ok("sendMessage", chat_id=ani.id, text="x", disable_notification=True)
    assert sent["date"] == int(office.at.timestamp())
    assert ani.last is not None
    assert ani.last.silent


async def test_command_menu_by_scope_and_language(call: Caller, sim: Simulator, ani: Persona) -> None:
    ben = sim.person("Ben", language="en")
    await ben.starts()

    async def menu(name: str, **where: Any) -> None:
        await call.ok("setMyCommands", commands=[{"command": name, "description": "x"}], **where)

    await menu("bawaan")
    await menu("english", language_code="en")
    assert (ani.commands(), ben.commands()) == (["bawaan"], ["english"])
    scope = {"type": "chat", "chat_id": ani.id}
    await menu("atasan", scope=scope)
    assert ani.commands() == ["atasan"]
    assert (await call.ok("getMyCommands", scope=scope))[0]["command"] == "atasan"
    await call.ok("deleteMyCommands", scope=scope)
    assert ani.commands() == ["bawaan"]
    assert "BOT_COMMAND_INVALID" in await call.refused(
        "setMyCommands", commands=[{"command": "Besar", "description": "x"}]
    )


async def test_descriptions(call: Caller) -> None:
    await call.ok("setMyDescription", description="Halo", language_code="id")
    assert await call.ok("getMyDescription", language_code="id") == {"description": "Halo"}
    assert await call.ok("getMyDescription") == {"description": ""}
    await call.ok("setMyShortDescription", short_description="Pendek")
    assert await call.ok("getMyShortDescription") == {"short_description": "Pendek"}
    assert "too long" in await call.refused("setMyShortDescription", short_description="x" * 121)


async def test_patient_people_wait_for_the_bot(office: Office) -> None:
    async with Simulator(patient=True, clock=office.now) as sim:
        ani = sim.person("Ani")
        await ani.starts()
        sim.core.updates.drop_all()
        await ani.says("halo")
        ani.deactivates()
        with pytest.raises(PersonaError, match="deleted the account"):
            await ani.says("x")
