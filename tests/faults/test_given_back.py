"""Words that a question held survive a program that ends between its commit and its answer."""

import asyncio
from datetime import timedelta

from models import OutboxState
from services.people.identity import who_is
from services.unused_words import give_back
from tests.faults.conftest import Desk, line

GIVEN_BACK = "belum terpakai dan tidak disimpan"
NOTE = "Hasilnya sangat membantu siswa"


def shown(desk: Desk) -> int:
    return sum(GIVEN_BACK in one.text and NOTE in one.text for one in desk.budi.messages)


async def test_words_are_given_back_once_by_the_next_program(desk: Desk) -> None:
    """Telegram takes nothing of this chat until the first program has gone."""
    async with desk.program():
        await desk.ani.says(line(1))
        await desk.ani.taps("Kirim")
        await desk.ani.taps("Kirim, RHK nanti")
        await desk.budi.sees("1 laporan menunggu")
        await desk.budi.taps("Ani Rahmawati ·")
        await desk.budi.taps("Umpan balik")
        await desk.budi.says(NOTE)
        await desk.budi.sees(NOTE, button="Apresiasi")
        await desk.settled()
        desk.sim.fault("sendMessage", kind="error", status=500, times=None, chat_id=desk.budi.id)
        await desk.budi.says("/periksa")
        async with asyncio.timeout(10):
            while not await desk.outbox("words_given_back"):  # noqa: ASYNC110 - it happens in the database
                await asyncio.sleep(0.02)
    assert not shown(desk)
    desk.sim.clear_faults()
    desk.clock.move_to(desk.clock() + timedelta(minutes=1))
    async with desk.program():
        await desk.budi.sees(GIVEN_BACK)
        await desk.settled()
    async with desk.program():
        await desk.settled()
    assert shown(desk) == 1
    (row,) = await desk.outbox("words_given_back")
    assert row.state is OutboxState.SENT


async def test_words_of_another_account_are_not_shown_to_whoever_came_after(desk: Desk) -> None:
    async with desk.db.writing() as session:
        actor = await who_is(session, desk.budi.id, now=desk.clock())
        assert actor is not None
        await give_back(session, actor, NOTE, now=desk.clock())
    (row,) = await desk.outbox("words_given_back")
    async with desk.db.writing() as session:
        held = await session.merge(row)
        held.payload = {**held.payload, "chat": 1}
    async with desk.program():
        await desk.settled()
    (row,) = await desk.outbox("words_given_back")
    assert row.state is OutboxState.SENT
    assert row.message_id is None
    assert not shown(desk)
