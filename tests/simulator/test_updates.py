"""Polling: confirmation, waiting, conflicts, numbering, redelivery."""

import asyncio

import pytest

from simulator import Persona, Simulator
from tests.simulator.conftest import Caller, Office


async def test_updates_stay_until_confirmed(call: Caller, ani: Persona) -> None:
    await ani.says("satu")
    await ani.says("dua")
    first = await call.ok("getUpdates")
    assert [u["message"]["text"] for u in first] == ["/start", "satu", "dua"]
    assert await call.ok("getUpdates") == first
    assert [u["update_id"] for u in await call.ok("getUpdates", limit=1)] == [first[0]["update_id"]]
    rest = await call.ok("getUpdates", offset=first[1]["update_id"] + 1)
    assert [u["message"]["text"] for u in rest] == ["dua"]
    assert await call.ok("getUpdates", offset=rest[0]["update_id"] + 1) == []


async def test_negative_offset_keeps_the_newest(call: Caller, ani: Persona) -> None:
    await ani.says("satu")
    await ani.says("dua")
    assert [u["message"]["text"] for u in await call.ok("getUpdates", offset=-1)] == ["dua"]
    assert len(await call.ok("getUpdates")) == 1


async def test_long_poll_ends_with_the_update(call: Caller, sim: Simulator, ani: Persona) -> None:
    (start,) = await call.ok("getUpdates")
    waiting = asyncio.create_task(call.ok("getUpdates", offset=start["update_id"] + 1, timeout=30))
    await sim.quiet()
    await ani.says("halo")
    assert [u["message"]["text"] for u in await waiting] == ["halo"]
    with pytest.raises(AssertionError, match="1 updates not confirmed"):
        await sim.quiet(timeout=0.05)


async def test_two_pollers_conflict(call: Caller, sim: Simulator) -> None:
    first = asyncio.create_task(call.refused("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(call.refused("getUpdates", timeout=30))
    assert (await first).startswith("409 Conflict: terminated by other getUpdates request")
    await call.ok("setWebhook", url="http://127.0.0.1:9/hook")
    assert await second == "409 Conflict: terminated by setWebhook request"
    assert (await call.refused("getUpdates")).startswith(
        "409 Conflict: can't use getUpdates method while webhook"
    )
    await call.ok("deleteWebhook")
    assert await call.ok("getUpdates") == []


async def test_allowed_updates(call: Caller, ani: Persona) -> None:
    await call.ok("getUpdates", allowed_updates=["message_reaction"])
    said = await ani.says("tidak diminta")
    await ani.reacts(said, "👍")
    kinds = [sorted(set(u) - {"update_id"})[0] for u in await call.ok("getUpdates")]
    assert kinds == ["message", "message_reaction"]  # the first was queued before


async def test_numbers_jump_and_old_updates_come_again(call: Caller, sim: Simulator, ani: Persona) -> None:
    (start,) = await call.ok("getUpdates")
    offset = start["update_id"] + 1
    assert await call.ok("getUpdates", offset=offset) == []
    assert sim.update_ids == [start["update_id"]]
    sim.redelivers(start["update_id"])
    assert await call.ok("getUpdates", offset=offset) == [start]
    assert await call.ok("getUpdates", offset=offset) == []
    sim.restarts_ids(50)
    await ani.says("baru")
    (again,) = await call.ok("getUpdates", offset=offset)
    assert again["update_id"] == 50
    assert await call.ok("getUpdates", offset=51) == []


async def test_updates_live_a_day(call: Caller, ani: Persona, office: Office) -> None:
    office.move(hours=24, seconds=1)
    await ani.says("hari ini")
    assert [u["message"]["text"] for u in await call.ok("getUpdates")] == ["hari ini"]


async def test_unruly_updates_come_once_more_after_they_were_confirmed(
    call: Caller, sim: Simulator, ani: Persona
) -> None:
    sim.is_unruly(repeat=1.0)
    (start,) = await call.ok("getUpdates")
    offset = start["update_id"] + 1
    assert await call.ok("getUpdates", offset=offset) == [start]
    assert sim.update_ids == []
    assert await call.ok("getUpdates", offset=offset) == []
    assert sim.update_ids == [start["update_id"]]
    sim.clear_faults()
    await ani.says("satu")
    assert len(await call.ok("getUpdates", offset=offset)) == 1
    assert await call.ok("getUpdates", offset=offset + 1) == []
