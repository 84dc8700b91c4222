"""The real python-telegram-bot against the simulator: forms, multipart, its own reading of answers."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    LinkPreviewOptions,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, NetworkError, RetryAfter

from simulator import Persona, Simulator
from simulator.outgoing import TINY_PNG


@pytest.fixture
async def bot(sim: Simulator) -> AsyncIterator[Bot]:
    async with Bot(sim.token, base_url=sim.base_url, base_file_url=sim.base_file_url) as opened:
        yield opened


async def test_a_whole_conversation(sim: Simulator, bot: Bot, ani: Persona) -> None:
    assert bot.username == sim.bot_username
    (start,) = await bot.get_updates(timeout=1)
    assert start.effective_user is not None
    assert start.effective_user.full_name == "Ani Rahmawati"
    button = InlineKeyboardButton("Setujui", callback_data="1:a:5", api_kwargs={"style": "success"})
    await bot.send_message(
        ani.id,
        "<b>Kartu</b>",
        parse_mode=ParseMode.HTML,
        reply_markup=InlineKeyboardMarkup([[button]]),
        reply_parameters=ReplyParameters(1, allow_sending_without_reply=True),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        disable_notification=True,
    )
    card = await ani.sees("Kartu")
    assert (card.html, card.buttons[0].style, card.silent) == ("<b>Kartu</b>", "success", True)
    tap = await ani.taps("Setujui")
    (press,) = await bot.get_updates(offset=start.update_id + 1, timeout=1)
    assert press.callback_query is not None
    await press.callback_query.answer("Disetujui", show_alert=True)
    assert (await tap.answered()).alert
    await press.callback_query.edit_message_text("Disetujui")
    await bot.get_updates(offset=press.update_id + 1)
    await sim.quiet()
    assert sim.faults_seen == []


async def test_files_both_ways(sim: Simulator, bot: Bot, ani: Persona) -> None:
    await bot.send_photo(ani.id, TINY_PNG, caption="grafik")
    sent = await bot.send_document(ani.id, b"isi", filename="rekap.xlsx")
    assert sent.document is not None
    assert sent.document.file_name == "rekap.xlsx"
    file = await bot.get_file(sent.document.file_id)
    assert bytes(await file.download_as_bytearray()) == b"isi"
    photos = [InputMediaPhoto(TINY_PNG, caption="satu"), InputMediaPhoto(TINY_PNG)]
    album = await bot.send_media_group(ani.id, photos)
    assert len({m.media_group_id for m in album}) == 1
    with pytest.raises(BadRequest, match=r"(?i)can't use the media of the specified type"):
        await bot.send_media_group(ani.id, [InputMediaDocument(b"a"), InputMediaPhoto(TINY_PNG)])
    with pytest.raises(BadRequest, match=r"(?i)IMAGE_PROCESS_FAILED"):
        await bot.send_photo(ani.id, b"not a picture")
    with pytest.raises(NetworkError, match="Request Entity Too Large"):
        await bot.send_photo(ani.id, b"\xff\xd8" + b"x" * (10 * 1024 * 1024))


async def test_errors_become_its_exceptions(
    sim: Simulator, bot: Bot, ani: Persona, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else reading RetryAfter warns
    group = sim.group("Unit", members=[ani])
    old = group.id
    group.migrates()
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(old, "x")
    assert moved.value.new_chat_id == group.id
    sim.fault("sendMessage", kind="flood", seconds=3)
    with pytest.raises(RetryAfter):
        await bot.send_message(ani.id, "x")
    sim.fault("sendMessage", kind="drop_after")
    with pytest.raises(NetworkError):
        await bot.send_message(ani.id, "sampai juga")
    await ani.sees("sampai juga")
    await ani.blocks()
    with pytest.raises(Forbidden, match=r"(?i)blocked by the user"):
        await bot.send_message(ani.id, "x")
    poll = asyncio.create_task(bot.get_updates(offset=-1, timeout=1))
    await ani.unblocks()
    sent = await bot.send_message(ani.id, "sama")
    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await sent.edit_text("sama")
    await poll
    await bot.set_webhook("http://127.0.0.1:9/x")
    with pytest.raises(Conflict):
        await bot.get_updates()


async def test_the_rest_of_what_bots_call(sim: Simulator, bot: Bot, ani: Persona) -> None:
    said = await ani.says("selesai")
    await bot.set_message_reaction(ani.id, said.id, [ReactionTypeEmoji("👍")])
    await bot.send_chat_action(ani.id, "typing")
    await bot.set_my_commands([BotCommand("rencana", "Rencana hari ini")], BotCommandScopeChat(ani.id))
    assert ani.commands() == ["rencana"]
    await bot.set_my_description("Halo")
    await bot.set_my_short_description("Halo")
    sent = await bot.send_message(ani.id, "?", reply_markup=ReplyKeyboardMarkup([["Ya", "Tidak"]]))
    assert ani.keyboard == ["Ya", "Tidak"]
    await bot.pin_chat_message(ani.id, sent.message_id)
    await bot.unpin_chat_message(ani.id, sent.message_id)
    assert (await bot.get_chat(ani.id)).first_name == "Ani"
    assert (await bot.get_chat_member(ani.id, ani.id)).status == "member"
    assert await bot.delete_messages(ani.id, [sent.message_id])
    assert (await bot.get_webhook_info()).url == ""
    assert sim.faults_seen == []
