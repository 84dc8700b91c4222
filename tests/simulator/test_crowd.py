"""A load made inside the simulator: who acts when, what counts as answered, what is refused."""

import asyncio
from typing import Any

import aiohttp
import pytest

from simulator import Limits, Simulator
from simulator.crowd import Crowd, Load, percentile


async def echoes(sim: Simulator, *, silent: frozenset[int] = frozenset()) -> None:
    """A bot: sends back what it hears, but to those it is silent to."""
    seen = 0
    while True:
        for item in sim.core.updates.ready(seen, 100):
            seen = item.id + 1
            if item.chat_id not in silent:
                sim.api.perform("sendMessage", {"chat_id": item.chat_id, "text": "echo"}, {})
        await asyncio.sleep(0.001)


async def run(load: Load, *, people: int = 4, silent: frozenset[int] = frozenset()) -> Any:
    async with Simulator(limits=Limits.off()) as sim:
        crowd = [sim.person(f"P {n}", user_id=100 + n) for n in range(people)]
        for one in crowd:
            one.chat.started = True
        bot = asyncio.create_task(echoes(sim, silent=silent))
        try:
            return await Crowd(sim, crowd, load).run()
        finally:
            bot.cancel()


async def test_a_closed_loop_goes_on_as_answers_come() -> None:
    figures = await run(Load(text="halo", seen="echo", seconds=0.2, in_flight=2))
    assert figures.started == len(figures.shown) == len(figures.answered) > 4
    assert figures.lost == figures.left_out == 0
    assert all(0 < one < 1 for one in figures.shown)


async def test_once_means_that_everybody_acts_once() -> None:
    figures = await run(Load(text="halo", seen="echo", seconds=5, in_flight=2, once=True))
    assert figures.started == 4


async def test_an_open_loop_keeps_its_rate_and_says_whom_it_left_out() -> None:
    figures = await run(Load(text="halo", seen="echo", seconds=0.2, rate=50))
    assert figures.started == 10
    alone = await run(Load(text="halo", seen="echo", seconds=0.2, rate=50, pause=10), people=2)
    assert (alone.started, alone.left_out) == (2, 8)


async def test_a_pause_begins_when_the_answer_is_there() -> None:
    """Somebody looks at what they got for so long, however long it took to come."""
    load = Load(text="halo", seen="echo", seconds=0.4, in_flight=1, pause=0.3)
    figures = await run(load, people=1)
    assert figures.started == 2
    assert figures.seconds >= 0.3 + sum(figures.shown)


async def test_who_gets_no_answer_is_counted_as_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.crowd.GIVEN_UP", 0.1)
    load = Load(text="halo", seen="echo", seconds=0.1, in_flight=4, once=True)
    figures = await run(load, silent=frozenset({101}))
    assert (len(figures.shown), figures.lost) == (3, 1)


async def test_who_sees_no_such_button_does_not_act() -> None:
    figures = await run(Load(press="Kirim", seconds=0.1, in_flight=2))
    assert figures.started == 0


@pytest.mark.parametrize(
    "body",
    [
        {"people": [1], "text": "x", "in_flight": 1},
        {"people": [], "text": "x", "in_flight": 1},
        {"people": [100], "text": "x"},
        {"people": [100], "text": "x", "press": "y", "in_flight": 1},
        {"people": [100], "text": "x", "in_flight": 1, "rate": 1},
        {"people": [100], "nonsense": 1},
        {"text": "x", "in_flight": 1},
    ],
)
async def test_a_load_that_says_too_little_or_too_much_is_refused(body: dict[str, Any]) -> None:
    async with Simulator() as sim, aiohttp.ClientSession() as http:
        made = await http.post(f"{sim.url}/sim/crowd", json={"first": 100, "count": 2})
        assert made.status == 200
        assert sim.people[101].chat.started
        refused = await http.post(f"{sim.url}/sim/load", json=body)
        assert refused.status == 400


@pytest.mark.parametrize("body", [{}, {"first": 1}, {"first": 1, "count": 20_001}, {"first": 0, "count": 1}])
async def test_a_crowd_has_a_size(body: dict[str, Any]) -> None:
    async with Simulator() as sim, aiohttp.ClientSession() as http:
        refused = await http.post(f"{sim.url}/sim/crowd", json=body)
        assert refused.status == 400


def test_percentiles() -> None:
    assert percentile([], 0.5) == 0.0
    assert [percentile([3, 1, 2, 4], share) for share in (0, 0.5, 0.95)] == [1, 3, 4]
