"""Bad days of Telegram and of the network: nothing that was typed is lost or stored twice."""

import asyncio
from datetime import timedelta

import pytest

from models import OutboxState
from services.clock import OfficeClock
from services.rounds import plan_everybody
from simulator.faults import Kind
from tests.faults.conftest import Desk, line, typed

SENDING = ("sendMessage", "editMessageText", "deleteMessage", "setMessageReaction", "answerCallbackQuery")


async def types(desk: Desk, first: int, count: int) -> None:
    """Ani and Citra type by turns."""
    for number in range(first, first + count):
        await (desk.ani if number % 2 else desk.citra).says(line(number))
        await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("kind", "status"), [("error", 500), ("page", 502), ("drop_before", 0), ("drop_after", 0)]
)
async def test_a_storm(desk: Desk, kind: Kind, status: int) -> None:
    """Every other call fails, polls among them."""
    desk.sim.is_unruly(seed=5)
    desk.sim.fault("getUpdates", kind=kind, status=status, times=2, chance=0.7)
    for method in SENDING:
        desk.sim.fault(method, kind=kind, status=status, times=None, chance=0.5)
    async with desk.program():
        await types(desk, 1, 8)
        async with asyncio.timeout(10):
            while desk.sim.core.updates.pending:  # noqa: ASYNC110 - it happens in the simulator
                await asyncio.sleep(0.05)
        desk.sim.clear_faults()
        await types(desk, 9, 2)
        await desk.ani.sees("K9")
        await desk.citra.sees("K10")
        await desk.settled()
    assert await desk.activities() == typed(*range(1, 11))


async def test_a_storm_of_too_many_requests(desk: Desk) -> None:
    """Whoever waits is answered when Telegram says so; nobody's words are lost."""
    desk.sim.fault("getUpdates", kind="flood", seconds=1)
    desk.sim.fault("sendMessage", kind="flood", seconds=1, times=3)
    async with desk.program():
        await types(desk, 1, 4)
        await desk.ani.sees("K3", timeout=8)
        await desk.citra.sees("K4", timeout=8)
        await desk.settled()
    assert await desk.activities() == typed(1, 2, 3, 4)


async def test_a_notice_whose_answer_was_lost_is_uncertain_and_seen_once(desk: Desk) -> None:
    async with desk.program():
        await desk.ani.says(line(1))
        await desk.ani.taps("Kirim")
        await desk.ani.taps("Kirim, RHK nanti")
        await desk.budi.sees("1 laporan menunggu")
        await desk.budi.taps("Ani Rahmawati ·")
        await desk.budi.taps("Kembalikan")
        await desk.budi.sees("Mengapa dikembalikan?")
        await desk.settled()
        desk.sim.fault("sendMessage", kind="drop_after", chat_id=desk.ani.id)
        await desk.budi.taps("Hasil belum jelas")
        await desk.ani.sees("mengembalikan satu kegiatan")
        await desk.settled()
        await asyncio.sleep(0.3)
    (row,) = await desk.outbox("entry_returned")
    assert row.state is OutboxState.UNCERTAIN
    assert sum("mengembalikan satu kegiatan" in one.text for one in desk.ani.messages) == 1


async def test_slow_telegram_holds_up_one_chat_alone(desk: Desk) -> None:
    desk.sim.fault("sendMessage", kind="delay", seconds=2, chat_id=desk.ani.id)
    async with desk.program():
        await desk.ani.says(line(1))
        async with asyncio.timeout(5):
            while not desk.sim.core.in_flight:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        before = asyncio.get_running_loop().time()
        await types(desk, 2, 1)
        await desk.citra.sees("K2")
        assert asyncio.get_running_loop().time() - before < 1.2
        assert not desk.ani.sees_now("K1")
        await desk.ani.sees("K1")
    assert await desk.activities() == typed(1, 2)


async def test_the_network_is_cut_in_the_middle_of_a_long_poll(desk: Desk) -> None:
    desk.sim.fault("getUpdates", kind="cut", seconds=0.3, times=2)
    async with desk.program():
        await asyncio.sleep(0.4)
        await desk.ani.says(line(1))
        await desk.ani.sees("K1")
        await desk.settled()
    assert await desk.activities() == typed(1)


async def test_updates_that_come_again_change_nothing_and_leave_one_card(desk: Desk) -> None:
    """The same batch again and again, as after a lost confirmation."""
    desk.sim.is_unruly(repeat=1.0)
    async with desk.program():
        await types(desk, 1, 6)
        await desk.ani.sees("K5")
        await desk.citra.sees("K6")
        await desk.settled()
        for person in (desk.ani, desk.citra):
            assert sum("belum dikirim" in one.text for one in person.messages) == 1, person.transcript()
        await desk.ani.taps("Kirim")
        await desk.ani.taps("Kirim, RHK nanti")
        await desk.ani.sees("Terkirim, menunggu")
        await desk.settled()
    assert await desk.activities() == typed(*range(1, 7))
    assert len(await desk.outbox("queue_changed")) == 1


async def test_a_redelivered_text_edits_the_card_that_stands(desk: Desk) -> None:
    async with desk.program():
        await desk.ani.says(line(1))
        card = await desk.ani.sees("K1")
        await desk.settled()
        sent = len(desk.sim.calls_of("sendMessage", chat_id=desk.ani.id))
        desk.sim.redelivers(desk.sim.update_ids[-1])
        await desk.settled()
        assert len(desk.sim.calls_of("sendMessage", chat_id=desk.ani.id)) == sent
        assert not card.deleted
    assert await desk.activities() == typed(1)


@pytest.mark.parametrize(
    "body",
    [
        {"message": {"text": "x"}},
        {"message": "no message"},
        {"callback_query": {"id": "5"}},
        {"callback_query": None},
        {"my_chat_member": []},
        {"message": {"message_id": "x", "date": "never", "chat": 7}},
        {"what_comes_next_year": {"a": 1}},
        {},
    ],
    ids=str,
)
async def test_an_update_nobody_understands_holds_up_nobody(desk: Desk, body: dict[str, object]) -> None:
    async with desk.program():
        kind, payload = next(iter(body.items()), ("nothing", {}))
        desk.sim.core.updates.allowed = None
        desk.sim.core.updates.add(kind, payload, chat_id=desk.ani.id)  # type: ignore[arg-type]
        await desk.ani.says(line(1))
        await desk.ani.sees("K1", timeout=4)
        await desk.settled()
    assert await desk.activities() == typed(1)


async def test_a_clock_that_goes_back_and_forth_asks_once(desk: Desk) -> None:
    """Forward to the prompt, back by two hours with a restart, and forward again: one prompt."""
    async with desk.db.writing() as session:
        await plan_everybody(session, now=desk.clock())
    prompt_time = desk.clock() + timedelta(hours=6, minutes=31)
    for moment in (prompt_time, prompt_time - timedelta(hours=2), prompt_time + timedelta(minutes=1)):
        clock = OfficeClock(moment)
        async with desk.program(clock=clock) as program:
            await program.tick()
            await desk.ani.says(line(moment.hour * 100 + moment.minute))
            await desk.settled()
    rows = await desk.outbox("prompted")
    assert len([one for one in rows if one.person_id == desk.office.ani]) == 1
    assert sum((await desk.activities()).values()) == 3
