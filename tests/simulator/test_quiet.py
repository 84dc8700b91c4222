"""`quiet` and patient people with a bot that really polls."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from simulator import Limits, Simulator


async def echo(bot: Bot) -> None:
    """Answers late, and confirms only what it has answered."""
    offset = 0
    while True:
        for update in await bot.get_updates(offset=offset, timeout=20):
            await asyncio.sleep(0.005)
            if update.message is not None and update.message.text:
                await bot.send_message(update.message.chat_id, f"Anda: {update.message.text}")
            offset = update.update_id + 1


@pytest.fixture
async def patient() -> AsyncIterator[Simulator]:
    async with (
        Simulator(limits=Limits.off(), patient=True) as sim,
        Bot(sim.token, base_url=sim.base_url) as bot,
    ):
        polling = asyncio.create_task(echo(bot))
        yield sim
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)


async def test_everything_is_answered_when_it_is_quiet(patient: Simulator) -> None:
    people = [patient.person(f"Orang {n}") for n in range(5)]
    for person in people:
        await person.starts()
        await person.says(f"halo dari {person.name}")
    await patient.quiet()
    for person in people:
        assert [m.from_bot for m in person.messages] == [False, True, False, True]
        assert person.sees_now(f"Anda: halo dari {person.name}")
    assert len(patient.calls_of("sendMessage")) == 10


async def test_quiet_says_what_is_open(patient: Simulator) -> None:
    patient.fault("sendMessage", kind="delay", seconds=0.3)
    await patient.person("Ani").starts()
    with pytest.raises(AssertionError, match=r"1 updates not confirmed .* 1 calls running"):
        await patient.quiet(0.1)
    await patient.quiet()
