"""Several real processes of the bot on one PostgreSQL: together they are one bot, and they stop in peace."""

import asyncio
import itertools
import random
import signal
from argparse import Namespace
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.commands import setting_up
from bot.settings import load_settings
from models import Day, Entry, Heartbeat, OutboxMessage, Round, SeenUpdate
from models.delivery import STOPPED
from models.engine import Database
from services.rounds import plan_everybody
from simulator import Limits, Persona, Simulator
from tests.faults.programs import SECRET, Program, Proxy, free_port
from tests.office import Office, build_office, user_of
from tests.postgres.conftest import Server

AFTERNOON = datetime(2026, 11, 18, 8, 31, tzinfo=UTC)
"""Wednesday 18 November 2026, 15:31 in Jakarta: the question about the day is due."""
_numbers = itertools.count(1)


@dataclass
class Place:
    """A database without tables, a Telegram, and the environment of processes that know both."""

    sim: Simulator
    database: Database
    folder: Path
    environment: dict[str, str]

    def program(self, command: str, **environment: str) -> Program:
        name = f"{command.split()[0]}-{next(_numbers)}"
        return Program(command, self.folder, {**self.environment, **environment}, name=name)

    async def moves_in(self) -> Office:
        """Sets the deployment up, and brings in the office of tests/office.py."""
        settings = load_settings(self.environment)
        assert await setting_up.run(Namespace(polling=False), settings) == 0
        async with self.database.writing() as session:
            office = await build_office(session, now=AFTERNOON - timedelta(days=1))
            await plan_everybody(session, now=AFTERNOON - timedelta(days=1))
        return office

    def person(self, name: str, person_id: int) -> Persona:
        persona = self.sim.person(name, user_id=user_of(person_id), language="id")
        persona.chat.started = True
        return persona

    async def modes(self) -> Counter[str]:
        async with self.database.reading() as session:
            running = select(Heartbeat.mode).where(Heartbeat.mode != STOPPED)
            return Counter(await session.scalars(running))


@pytest.fixture
async def place(pg_server: Server, tmp_path: Path) -> AsyncIterator[Place]:
    name = f"processes_{next(_numbers)}"
    await pg_server.run(f"CREATE DATABASE {name}")
    database = Database(pg_server.url(name))
    port = free_port()
    async with Simulator(
        limits=Limits.off(), clock=lambda: AFTERNOON, callback_seconds=10**9, webhook_retry=0.05
    ) as sim:
        yield Place(
            sim,
            database,
            tmp_path,
            {
                "TELEGRAM_BOT_TOKEN": sim.token,
                "TELEGRAM_API_URL": sim.url,
                "DATABASE_URL": pg_server.url(name),
                "WEBHOOK_URL": f"http://127.0.0.1:{port}",
                "WEBHOOK_SECRET": SECRET,
                "WEBHOOK_PORT": str(port),
                "OFFICE_CLOCK": AFTERNOON.isoformat(),
            },
        )
    await database.close()
    await pg_server.run(f"DROP DATABASE {name} WITH (FORCE)")


async def until(found: Callable[[], bool], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not found():  # noqa: ASYNC110 - it happens in other processes
            await asyncio.sleep(0.02)


def said_by(program: Program, event: str) -> bool:
    return f'"{event}"' in program.log()


def calls(sim: Simulator, method: str, least: int) -> bool:
    return len(sim.calls_of(method)) >= least


def cards(persona: Persona) -> list[str]:
    """The cards of a day that stand in a chat."""
    return [one.text for one in persona.messages if one.from_bot and "Draf" in one.text]


async def test_two_webs_and_two_clocks_are_one_bot(place: Place) -> None:
    """Asked once by two clocks; what two webs get twice and in any order is done once and shown once."""
    ports = [free_port(), free_port()]
    proxy = Proxy(ports, random.Random(5))
    place.environment["WEBHOOK_URL"] = f"http://127.0.0.1:{proxy.port}"
    office = await place.moves_in()
    people = [place.person(one.title(), getattr(office, one)) for one in ("ani", "citra", "dewi")]
    webs = [place.program(f"web --port {port}") for port in ports]
    clocks = [place.program("clock") for _ in range(2)]
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(proxy)
        for one in (*webs, *clocks):
            stack.push_async_callback(one.kill)
            await one.start()
        await asyncio.gather(*(one.ready() for one in (*webs, *clocks)))
        for persona in people:
            await persona.sees("Apa yang Anda kerjakan", timeout=20)
        assert await place.modes() == Counter(web=2, clock=2)

        place.sim.is_unruly(repeat=0.4, shuffle=True, seed=5)
        for number in range(8):
            for persona in people:
                await persona.says(f"Menyusun berkas perkara {number} -> berkas {number} dipakai")
            if number == 4:  # in the middle of it one of the two is told to stop
                assert await webs[0].stop() == 0
        await until(lambda: not place.sim.core.updates.pending)
        place.sim.clear_faults()
        await place.sim.quiet()
        async with place.database.reading() as session:
            found = Counter(await session.scalars(select(Entry.activity)))
            prompts = Counter(
                (one.person_id, one.work_date)
                for one in await session.scalars(select(Round).where(Round.kind == "prompt"))
            )
            keys = Counter(await session.scalars(select(OutboxMessage.key)))
            seen = await session.scalars(select(SeenUpdate.update_id))
        assert found == {f"Menyusun berkas perkara {number}": 3 for number in range(8)}
        assert max(prompts.values()) == 1
        assert max(count for key, count in keys.items() if key) == 1
        assert set(seen) >= set(place.sim.update_ids)
        for persona in people:
            assert len([one for one in persona.messages if "Apa yang Anda kerjakan" in one.text]) == 1
            assert len(cards(persona)) == 1, persona.transcript()
        assert await place.modes() == Counter(web=1, clock=2)
        codes = await asyncio.gather(*(one.stop() for one in (webs[1], *clocks)))
        assert codes == [0, 0, 0]
    assert await place.modes() == Counter()


async def test_a_burst_in_the_middle_of_which_it_stops_is_committed_answered_and_not_lost(
    place: Place,
) -> None:
    office = await place.moves_in()
    people = [place.person(one.title(), getattr(office, one)) for one in ("ani", "citra", "dewi", "eko")]
    program = place.program("web")
    for number in range(6):
        for persona in people:
            await persona.says(f"Menyusun berkas perkara {number} -> berkas {number} dipakai")
    place.sim.fault("sendMessage", kind="delay", seconds=0.4, times=1000)
    await program.start()
    await program.ready()
    await until(lambda: len(place.sim.core.updates.pending) < 24)
    assert await program.stop() == 0
    left = set(place.sim.core.updates.pending)
    async with place.database.reading() as session:
        seen = set(await session.scalars(select(SeenUpdate.update_id)))
        written = (await session.scalars(select(Entry.id))).all()
    assert 0 < len(left) < 24
    assert seen == set(place.sim.update_ids) - left, "committed and accepted are the same"
    assert len(written) == len(seen)
    for persona in people:
        shown = " ".join(cards(persona))
        async with place.database.reading() as session:
            theirs = await session.scalars(
                select(Entry.activity).join(Day).where(Day.person_id == persona.id - 1000)
            )
            assert all(one in shown for one in theirs), "committed and not answered"
    place.sim.clear_faults()
    await program.start()
    await until(lambda: not place.sim.core.updates.pending)
    await place.sim.quiet()
    async with place.database.reading() as session:
        found = Counter(await session.scalars(select(Entry.activity)))
    assert found == {f"Menyusun berkas perkara {number}": 4 for number in range(6)}
    await program.kill()


async def test_stopping_has_a_bound_and_a_second_signal_ends_it_at_once(place: Place) -> None:
    office = await place.moves_in()
    ani = place.person("Ani", office.ani)
    place.sim.fault("sendMessage", kind="delay", seconds=30, times=1000)
    both = place.program("run", STOP_SECONDS="1"), place.program("run", STOP_SECONDS="25")
    for program, twice, code in zip(both, (False, True), (1, 128 + signal.SIGTERM), strict=True):
        await program.start()
        await ani.says(f"Menyusun berkas {code} -> berkas dipakai")
        await until(partial(calls, place.sim, "setMessageReaction", 2 if twice else 1))
        if twice:
            program.terminate()
            await until(partial(said_by, program, "stopping"))
        begun = asyncio.get_running_loop().time()
        assert await program.stop(10) == code
        assert asyncio.get_running_loop().time() - begun < 3
    async with place.database.reading() as session:
        assert len((await session.scalars(select(SeenUpdate.update_id))).all()) == 2
