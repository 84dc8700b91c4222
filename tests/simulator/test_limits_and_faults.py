"""Flood control and bad days."""

import asyncio

import aiohttp
import pytest

from simulator import Limits, Persona, Simulator
from tests.simulator.conftest import Caller


async def test_one_a_second_after_a_short_burst(call: Caller, sim: Simulator, ani: Persona) -> None:
    sim.set_limits(Limits(chat_per_second=1, chat_burst=2))
    for text in ("satu", "dua"):
        await call.ok("sendMessage", chat_id=ani.id, text=text)
    body = await call("sendMessage", chat_id=ani.id, text="tiga")
    assert body == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    assert ani.last is not None
    await call.ok("editMessageText", chat_id=ani.id, message_id=ani.last.id, text="boleh")
    await call.ok("sendChatAction", chat_id=ani.id, action="typing")
    budi = sim.person("Budi")
    await budi.starts()
    await call.ok("sendMessage", chat_id=budi.id, text="orang lain")


async def test_twenty_a_minute_in_a_group(call: Caller, sim: Simulator, ani: Persona) -> None:
    sim.set_limits(Limits(per_second=1000))
    group = sim.group("Unit", members=[ani])
    for number in range(20):
        await call.ok("sendMessage", chat_id=group.id, text=str(number))
    assert await call.refused("sendMessage", chat_id=group.id, text="21") == (
        "429 Too Many Requests: retry after 3"
    )


async def test_thirty_a_second_in_all(call: Caller, sim: Simulator) -> None:
    sim.set_limits(Limits(per_second=30))
    people = [sim.person(f"Orang {n}") for n in range(60)]
    for person in people:
        await person.starts()
    answers = await asyncio.gather(*(call("sendMessage", chat_id=p.id, text="x") for p in people))
    sent = [a["ok"] for a in answers].count(True)
    assert 30 <= sent < 45
    assert {a["error_code"] for a in answers if not a["ok"]} == {429}


@pytest.mark.parametrize(("kind", "arrives"), [("drop_before", False), ("drop_after", True)])
async def test_dropped_connections(
    call: Caller, sim: Simulator, ani: Persona, kind: str, arrives: bool
) -> None:
    sim.fault("sendMessage", kind="drop_after" if arrives else "drop_before")
    with pytest.raises(aiohttp.ClientError):
        await call("sendMessage", chat_id=ani.id, text="Halo")
    assert ani.sees_now("Halo") == arrives
    await call.ok("sendMessage", chat_id=ani.id, text="lagi")


async def test_errors_delays_and_floods(call: Caller, sim: Simulator, ani: Persona) -> None:
    sim.fault("sendMessage", kind="error", status=502, times=2)
    for _ in range(2):
        assert await call.refused("sendMessage", chat_id=ani.id, text="x") == "502 Bad Gateway"
    sim.fault("*", kind="flood", seconds=7, chat_id=ani.id)
    await call.ok("getMe")
    assert "retry after 7" in await call.refused("sendMessage", chat_id=ani.id, text="x")
    sim.fault("sendMessage", kind="delay", seconds=0.05)
    before = asyncio.get_running_loop().time()
    await call.ok("sendMessage", chat_id=ani.id, text="x")
    assert asyncio.get_running_loop().time() - before >= 0.05
    sim.fault("sendMessage", kind="error", times=None)
    await call.refused("sendMessage", chat_id=ani.id, text="x")
    sim.clear_faults()
    await call.ok("sendMessage", chat_id=ani.id, text="x")


async def test_a_storm_lets_some_calls_through_and_is_the_same_with_the_same_seed(
    call: Caller, sim: Simulator, ani: Persona
) -> None:
    storms = []
    for _ in range(2):
        sim.is_unruly(seed=7)
        sim.fault("sendMessage", kind="error", times=None, chance=0.5)
        storms.append([(await call("sendMessage", chat_id=ani.id, text="x"))["ok"] for _ in range(20)])
        sim.clear_faults()
    assert storms[0] == storms[1]
    assert 4 < storms[0].count(True) < 16


async def test_a_gateway_answers_with_a_page(call: Caller, sim: Simulator, ani: Persona) -> None:
    sim.fault("sendMessage", kind="page", status=502)
    with pytest.raises(aiohttp.ContentTypeError):
        await call("sendMessage", chat_id=ani.id, text="Halo")
    assert not ani.sees_now("Halo")


async def test_a_long_poll_is_cut_in_the_middle(call: Caller, sim: Simulator) -> None:
    sim.fault("getUpdates", kind="cut", seconds=0.05)
    before = asyncio.get_running_loop().time()
    with pytest.raises(aiohttp.ClientError):
        await call("getUpdates", timeout=5)
    assert 0.03 < asyncio.get_running_loop().time() - before < 2
