"""Every call that fails says whether it may have arrived; at the other end is the simulator."""

import asyncio
import inspect
import socket
from collections.abc import AsyncIterator

import pytest
from telegram import InputFile
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut
from telegram.ext import ExtBot

from bot.network import never_left
from bot.requesting import WRITE_SECONDS, AiohttpRequest
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


async def test_an_upload_that_stands_still_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who takes the connection and never reads; in time that a file of its size does not need."""
    monkeypatch.setattr("bot.requesting.MEDIA_SECONDS", 0.1)
    monkeypatch.setattr("bot.requesting.SLOWEST", 100_000_000)
    monkeypatch.setattr("bot.requesting.WRITE_SECONDS", 0.1)
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(5)
        bot = bot_at(f"http://127.0.0.1:{deaf.getsockname()[1]}", "7:x", read=0.1, connect=0.1)
        await bot.request.initialize()
        async with asyncio.timeout(5):
            with pytest.raises(TimedOut) as stalled:
                await bot.send_document(1, b"x" * 20_000_000, filename="a", write_timeout=0.2)
        assert not never_left(stalled.value)
        await bot.request.shutdown()


async def test_a_call_has_an_end_that_its_times_and_its_file_give() -> None:
    request = AiohttpRequest(size=1, read=2, connect=1)
    none = AiohttpRequest.DEFAULT_NONE
    assert request._timeout.total == 1 + WRITE_SECONDS + 2
    for_file = request._timeout_for(none, 7, none, longer=20, moving=30)
    assert (for_file.total, for_file.sock_read) == (1 + 7 + 22 + 30, 22)
    assert request._timeout_for(None, none, none, longer=0, moving=0).total is None


@pytest.mark.parametrize("words", [b'{"ok":true,"result":[{"text":"RAHASIA BUDI', b"RAHASIA BUDI \xff"])
async def test_an_answer_that_cannot_be_read_is_not_logged(
    words: bytes, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(TelegramError, match="Invalid server response"):
        AiohttpRequest.parse_json_payload(words)
    assert "RAHASIA" not in caplog.text + "".join(capsys.readouterr())


async def test_what_of_the_library_is_not_public_stays_as_it_is_used() -> None:
    """`ExtBot._post` in bot/presenter.py and bot/polling.py: the library is pinned to its minor version."""
    given = inspect.signature(ExtBot._post).parameters
    assert list(given)[:3] == ["self", "endpoint", "data"]
    assert "read_timeout" in given


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
