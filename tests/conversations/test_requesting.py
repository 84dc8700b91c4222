"""Every call that fails says whether it may have arrived; at the other end is the simulator."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram import InputFile
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut
from telegram.ext import ExtBot

from bot.network import never_left
from bot.requesting import AiohttpRequest
from simulator import Limits, Persona, Simulator


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator(limits=Limits.off()) as found:
        yield found


@pytest.fixture
async def ani(sim: Simulator) -> Persona:
    person = sim.person("Ani")
    person.chat.started = True
    return person


def bot_at(url: str, token: str, **times: float) -> ExtBot[None]:
    request = AiohttpRequest(size=1, read=times.get("read", 0.3), connect=times.get("connect", 0.3))
    return ExtBot(token, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot", request=request)


async def test_texts_and_buttons_go_as_json_and_files_as_multipart(sim: Simulator, ani: Persona) -> None:
    async with bot_at(sim.url, sim.token) as bot:
        message = await bot.send_message(ani.id, "«Kirim» 👌 <b>x</b>", parse_mode="HTML")
        assert message.text == "«Kirim» 👌 x"
        await bot.send_document(ani.id, InputFile(b"isi", filename="bukti é.txt"), caption="bukti")
        sent = await bot.send_document(ani.id, b"abc", filename="a.txt")
        assert sent.document is not None
        file = await bot.get_file(sent.document.file_id)
        assert bytes(await file.download_as_bytearray()) == b"abc"
    assert not sim.faults_seen


async def test_a_refusal_is_told_in_the_servers_words(sim: Simulator, ani: Persona) -> None:
    async with bot_at(sim.url, sim.token) as bot:
        with pytest.raises(BadRequest, match="empty"):
            await bot.send_message(ani.id, " ")


async def test_nobody_listens_so_nothing_left(sim: Simulator) -> None:
    bot = bot_at("http://127.0.0.1:9", sim.token)
    await bot.request.initialize()
    with pytest.raises(NetworkError) as refused:
        await bot.send_message(1, "x")
    assert not isinstance(refused.value, TimedOut)
    assert never_left(refused.value)
    await bot.request.shutdown()


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "delay"])
async def test_what_left_and_was_not_answered_may_have_arrived(
    sim: Simulator, ani: Persona, kind: str
) -> None:
    async with bot_at(sim.url, sim.token) as bot:
        sim.fault("sendMessage", kind=kind, seconds=1)  # type: ignore[arg-type]
        with pytest.raises(TimedOut) as lost:
            await bot.send_message(ani.id, "x")
        assert not never_left(lost.value)


async def test_no_connection_free_in_time_means_that_nothing_left(sim: Simulator, ani: Persona) -> None:
    async with bot_at(sim.url, sim.token, read=2.0, connect=0.05) as bot:
        sim.fault("sendMessage", kind="delay", seconds=0.4)
        first = asyncio.create_task(bot.send_message(ani.id, "slow"))
        await asyncio.sleep(0.05)
        with pytest.raises(TimedOut) as waited:
            await bot.send_message(ani.id, "has to wait")
        assert never_left(waited.value)
        await first


async def test_an_answer_that_is_no_json_and_one_with_a_lone_surrogate() -> None:
    with pytest.raises(TelegramError, match="Invalid server response"):
        AiohttpRequest.parse_json_payload(b"<html>")
    assert AiohttpRequest.parse_json_payload(b'{"x": "\\ud83d"}') == {"x": "\ud83d"}


async def test_it_may_be_opened_and_closed_twice(sim: Simulator) -> None:
    request = AiohttpRequest(size=1, read=1)
    await request.initialize()
    await request.initialize()
    await request.shutdown()
    await request.shutdown()
    with pytest.raises(NetworkError):
        await request.retrieve(f"{sim.url}/sim/status")
