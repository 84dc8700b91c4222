"""Who runs, told by the processes themselves; and the process that tells."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from bot.context import Deps
from bot.heartbeat import heartbeat, own_name, own_version
from bot.settings import load_settings
from models.engine import Database
from models.transfer.opening import ensure_idle
from models.transfer.refusing import Refused
from models.transfer.shape import Shape
from services import heartbeats
from services.clock import OfficeClock, system_clock
from services.heartbeats import FORGOTTEN, SILENT, Process
from tests.words import TEXTS

SECOND = timedelta(seconds=1)


@pytest.fixture
def clock(now: datetime) -> OfficeClock:
    return OfficeClock(now)


@pytest.fixture
def deps(db: Database, clock: OfficeClock) -> Deps:
    return Deps(load_settings({}), db, clock, TEXTS)


def process(name: str, now: datetime, *, mode: str = "run") -> Process:
    return Process(name, mode, "0.1.0", now - timedelta(hours=1), now)


async def beat(db: Database, *processes: Process) -> None:
    async with db.writing() as session:
        for one in processes:
            await heartbeats.beat(session, one)


async def names(db: Database, now: datetime) -> tuple[list[str], list[str]]:
    """Who is alive, and who ended without a word."""
    async with db.reading() as session:
        alive = await heartbeats.alive(session, now=now)
        silent = await heartbeats.silent(session, now=now)
    return [one.name for one in alive], [one.name for one in silent]


async def test_a_process_is_alive_until_it_is_silent_for_a_minute(db: Database, now: datetime) -> None:
    await beat(db, process("b:1", now, mode="web"), process("a:1", now, mode="web"), process("c:1", now))
    assert await names(db, now + SILENT) == (["c:1", "a:1", "b:1"], [])
    await beat(db, process("a:1", now + SECOND, mode="web"))
    assert await names(db, now + SILENT + SECOND) == (["a:1"], ["c:1", "b:1"])
    assert await names(db, now + FORGOTTEN + SECOND * 2) == ([], [])


async def test_a_beat_tells_everything_anew_and_forgets_the_old(db: Database, now: datetime) -> None:
    old, new = process("old:1", now), process("new:1", now + FORGOTTEN)
    await beat(db, old, new)
    told = replace(new, ticked_at=now, clock_ahead=1.5, seen_at=now + FORGOTTEN + SECOND)
    await beat(db, told)
    async with db.reading() as session:
        assert await heartbeats.alive(session, now=told.seen_at) == [told]
        assert await session.scalar(text("SELECT count(*) FROM heartbeats")) == 1


async def test_who_stops_is_gone_at_once(db: Database, now: datetime) -> None:
    await beat(db, process("a:1", now), process("b:1", now))
    async with db.writing() as session:
        await heartbeats.stopped(session, "a:1")
        await heartbeats.stopped(session, "nobody:1")
    assert await names(db, now) == (["b:1"], [])


async def test_an_orderly_stop_still_says_when_it_ticked_last(db: Database, now: datetime) -> None:
    killed = replace(process("a:1", now), ticked_at=now)
    await beat(db, killed, process("b:1", now), process("c:1", now, mode="web"))
    async with db.writing() as session:
        await heartbeats.stopped(session, "b:1", ticked_at=now + SECOND)
        await heartbeats.stopped(session, "c:1")
    async with db.reading() as session:
        found = await heartbeats.known(session, now=now + SILENT + 2 * SECOND)
    assert [one.name for one in found.silent] == ["a:1"]
    assert [(one.name, one.ticked_at) for one in found.stopped] == [("b:1", now + SECOND)]
    async with db.engine.connect() as connection:
        with pytest.raises(Refused, match="alive"):
            await ensure_idle(connection, Shape("0004", ()), now=now + SECOND)
    async with db.writing() as session:
        await heartbeats.stopped(session, "a:1")
    async with db.engine.connect() as connection:
        await ensure_idle(connection, Shape("0004", ()), now=now + SECOND)


async def test_what_belongs_to_one_process_has_one_or_none(db: Database, now: datetime) -> None:
    old, new = process("a:1", now), replace(process("b:1", now), started_at=now + SECOND)
    await beat(db, old, new)
    async with db.reading() as session:
        held = await heartbeats.known(session, now=now, sole=True)
        free = await heartbeats.known(session, now=now, sole=False)
        later = await heartbeats.known(session, now=now + 2 * SILENT, sole=True)
    assert (held.alive, held.silent) == ((new,), (old,))
    assert (free.alive, free.silent) == ((), (old, new))
    assert (later.alive, later.silent) == ((), (old, new))


async def test_the_last_tick_is_the_latest_of_all(now: datetime) -> None:
    ticking = replace(process("a:1", now), ticked_at=now)
    later = replace(process("b:1", now), ticked_at=now + SECOND)
    assert heartbeats.last_tick([ticking, later, process("c:1", now)], now=now) == now + SECOND
    wrong = replace(process("d:1", now), ticked_at=now + timedelta(minutes=5))
    assert heartbeats.last_tick([ticking, wrong], now=now) == now, "what is yet to come proves nothing"
    assert heartbeats.last_tick([process("c:1", now)], now=now) is None
    assert heartbeats.last_tick([], now=now) is None


async def test_a_clock_that_is_behind_hides_no_process(db: Database, now: datetime) -> None:
    slow = replace(process("slow:1", now), seen_at=now - timedelta(seconds=95), clock_ahead=-90.0)
    gone = replace(process("gone:1", now), seen_at=now - timedelta(seconds=155), clock_ahead=0.0)
    await beat(db, slow, gone)
    assert await names(db, now) == (["slow:1"], ["gone:1"])
    async with db.engine.connect() as connection:
        shape = Shape("0004", ())
        with pytest.raises(Refused, match="alive"):
            await ensure_idle(connection, shape, now=now)
        await ensure_idle(connection, shape, now=now + timedelta(minutes=2))


async def test_a_file_has_the_clock_of_its_machine(db: Database) -> None:
    async with db.reading() as session:
        ahead = await heartbeats.clock_ahead(session, lambda: system_clock() + timedelta(seconds=90))
    assert ahead is None if db.is_sqlite else ahead == pytest.approx(90, abs=2)


async def test_a_running_process_beats_and_takes_its_leave(
    deps: Deps, clock: OfficeClock, now: datetime
) -> None:
    async with heartbeat(deps, "clock", ticked_at=lambda: now, every=0.02) as name:
        for _ in range(2):
            clock.move_to(clock() + timedelta(minutes=5))
            async with asyncio.timeout(3):
                while (await names(deps.database, clock()))[0] != [name]:  # noqa: ASYNC110 - in the table
                    await asyncio.sleep(0.01)
        async with deps.database.reading() as session:
            (found,) = await heartbeats.alive(session, now=clock())
    assert name == own_name()
    assert (found.mode, found.version, found.ticked_at) == ("clock", own_version(), now)
    assert found.started_at <= clock() - timedelta(minutes=10)
    assert await names(deps.database, clock()) == ([], [])


async def test_a_beat_that_cannot_be_stored_does_not_stop_anybody(deps: Deps) -> None:
    async with deps.database.writing() as session:
        await session.execute(text("ALTER TABLE heartbeats RENAME TO elsewhere"))
    try:
        async with heartbeat(deps, "run", ticked_at=lambda: None, every=0.01):
            await asyncio.sleep(0.05)
    finally:
        async with deps.database.writing() as session:
            await session.execute(text("ALTER TABLE elsewhere RENAME TO heartbeats"))
