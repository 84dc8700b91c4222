"""The scheduler: it ticks, it survives what it calls, it stops cleanly."""

import asyncio

import pytest
from structlog.testing import capture_logs

from scheduler import Ticker


async def test_it_ticks_at_once_and_again_until_stopped() -> None:
    ticks: list[int] = []
    third = asyncio.Event()

    async def count() -> None:
        ticks.append(1)
        if len(ticks) == 3:
            third.set()

    ticker = Ticker(count, seconds=0.05)
    await ticker.start()
    await asyncio.wait_for(third.wait(), 5)
    await ticker.stop()
    seen = len(ticks)
    await asyncio.sleep(0.2)
    assert len(ticks) == seen


async def test_an_error_is_logged_by_its_type_and_the_next_tick_goes_on() -> None:
    calls = 0
    again = asyncio.Event()

    async def fail_first() -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise LookupError("Ani Rahmawati")
        again.set()

    ticker = Ticker(fail_first, seconds=0.05, name="rounds")
    with capture_logs() as logs:
        await ticker.start()
        await asyncio.wait_for(again.wait(), 5)
        await ticker.stop()
    assert logs == [
        {"event": "tick_failed", "ticker": "rounds", "error": "LookupError", "log_level": "error"}
    ]


async def test_stopping_waits_for_the_call_in_hand_and_never_runs_two() -> None:
    running, most, ended = 0, 0, 0
    begun = asyncio.Event()

    async def slow() -> None:
        nonlocal running, most, ended
        running += 1
        most = max(most, running)
        begun.set()
        await asyncio.sleep(0.2)
        running -= 1
        ended += 1

    ticker = Ticker(slow, seconds=0.02)
    await ticker.start()
    await asyncio.wait_for(begun.wait(), 5)
    await ticker.stop()
    await ticker.stop()
    assert (running, most, ended) == (0, 1, 1)


async def test_it_starts_once_and_can_start_again() -> None:
    ticked = asyncio.Event()

    async def mark() -> None:
        ticked.set()

    ticker = Ticker(mark, seconds=60)
    await ticker.start()
    with pytest.raises(RuntimeError):
        await ticker.start()
    await asyncio.wait_for(ticked.wait(), 5)
    await ticker.stop()
    ticked.clear()
    await ticker.start()
    await asyncio.wait_for(ticked.wait(), 5)
    await ticker.stop()
