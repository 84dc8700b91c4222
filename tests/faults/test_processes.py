"""Several processes on one PostgreSQL: updates twice and in any order, two pollers, clocks that differ."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestServer

from bot.app import Running, running
from bot.webhook import PATH, Door
from handlers import FEATURES
from models.engine import Database
from services.clock import OfficeClock
from services.rounds import plan_everybody, tick
from tests.conversations.edges import deps_of, nothing_due
from tests.faults.conftest import Desk, line, typed
from tests.faults.programs import SECRET, Proxy

pytestmark = pytest.mark.postgres
Another = Callable[[], Database]


@dataclass(slots=True)
class Web:
    """One process behind the webhook."""

    program: Running
    server: TestServer
    db: Database


@asynccontextmanager
async def behind_a_proxy(desk: Desk, another: Another, count: int = 2) -> AsyncIterator[list[Web]]:
    """So many of them, each with connections of its own; Telegram delivers to whichever takes it."""
    async with AsyncExitStack() as stack:
        webs = []
        for _ in range(count):
            db = another()
            stack.push_async_callback(db.close)
            deps = deps_of(desk.sim, db, desk.clock, WEBHOOK_URL="http://127.0.0.1:1", WEBHOOK_SECRET=SECRET)
            program = await stack.enter_async_context(running(deps, FEATURES, nothing_due))
            server = TestServer(Door(program).build())
            await server.start_server()
            stack.push_async_callback(server.close)
            webs.append(Web(program, server, db))
        ports = [one.server.port for one in webs if one.server.port is not None]
        proxy = await stack.enter_async_context(Proxy(ports, random.Random(1)))
        await webs[0].program.application.bot.set_webhook(
            f"http://127.0.0.1:{proxy.port}{PATH}", secret_token=SECRET
        )
        yield webs
        await webs[0].program.application.bot.delete_webhook()


async def test_updates_twice_at_once_and_in_any_order(pg_desk: Desk, another: Another) -> None:
    pg_desk.sim.is_unruly(repeat=0.5, shuffle=True, seed=11)
    async with behind_a_proxy(pg_desk, another):
        for number in range(1, 25):
            await (pg_desk.ani if number % 2 else pg_desk.citra).says(line(number))
        await pg_desk.settled()
        pg_desk.sim.clear_faults()
        await pg_desk.ani.taps("Kirim")
        await pg_desk.ani.taps("Kirim, RHK nanti")
        await pg_desk.ani.sees("Terkirim, menunggu")
        await pg_desk.settled()
    assert await pg_desk.activities() == typed(*range(1, 25))


async def test_a_press_delivered_to_both_at_once_decides_once(pg_desk: Desk, another: Another) -> None:
    async with behind_a_proxy(pg_desk, another):
        await pg_desk.ani.says(line(1))
        await pg_desk.ani.taps("Kirim")
        await pg_desk.ani.taps("Kirim, RHK nanti")
        await pg_desk.budi.sees("1 laporan menunggu")
        await pg_desk.budi.taps("Ani Rahmawati ·")
        pg_desk.sim.is_unruly(repeat=1.0, shuffle=True)
        await pg_desk.budi.taps("Setujui")
        await pg_desk.ani.sees("menyetujui laporan Anda")
        await pg_desk.settled()
    assert sum("menyetujui" in one.text for one in pg_desk.ani.messages) == 1
    assert len(await pg_desk.outbox("day_approved")) == 1


async def test_two_pollers_on_one_token_store_everything_once(pg_desk: Desk, another: Another) -> None:
    """They throw each other out with 409 again and again."""
    db = another()
    async with pg_desk.program(), pg_desk.program(db):
        for number in range(1, 13):
            await (pg_desk.ani if number % 2 else pg_desk.citra).says(line(number))
            await asyncio.sleep(0.1)
        await pg_desk.ani.sees("K11", timeout=10)
        await pg_desk.citra.sees("K12", timeout=10)
    await db.close()
    assert await pg_desk.activities() == typed(*range(1, 13))


async def test_two_clocks_that_differ_ask_once(pg_desk: Desk, another: Another) -> None:
    """One is 40 seconds ahead; both tick at once, around the minute of the prompt."""
    async with pg_desk.db.writing() as session:
        await plan_everybody(session, now=pg_desk.clock())
    at = pg_desk.clock() + timedelta(hours=6, minutes=29, seconds=30)
    dbs = [another(), another()]
    for step in range(4):
        clocks = (at + timedelta(seconds=20 * step), at + timedelta(seconds=20 * step + 40))

        async def ticks(db: Database, moment: OfficeClock) -> None:
            async with db.writing() as session:
                await tick(session, now=moment())

        await asyncio.gather(
            *(ticks(db, OfficeClock(moment)) for db, moment in zip(dbs, clocks, strict=True))
        )
    for db in dbs:
        await db.close()
    people = [one.person_id for one in await pg_desk.outbox("prompted")]
    assert len(people) == len(set(people)) == 6
