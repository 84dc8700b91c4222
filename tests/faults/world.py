"""An office at work in one mode, with its processes, killed and coming to rest."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Interval, func, literal, select, update

from models import OutboxMessage, OutboxState
from models.engine import Database
from services.clock import OfficeClock
from simulator import Limits, Simulator
from tests.faults.office import THURSDAY, Colleague, make_office
from tests.faults.oracle import unknown_updates
from tests.faults.people import KILLED, Crowd
from tests.faults.programs import SECRET, Program, Proxy, free_port

DEAD_ROWS = timedelta(minutes=30)
"""After this long no process can still be sending what it had in hand."""
JUMPS = 0.2
"""The share of kills after which everything dies and the clock goes on."""
REST_SECONDS = 180.0
"""How long a busy machine may take until nothing is left to take or to send."""
QUIET_LOOKS = 10
"""So often in a row, 0.2 s apart, nothing is left: then it is at rest."""
BUSY_SECONDS = 8.0
"""How long a process is waited for to have done enough to be killed in the midst of it."""


class World:
    """A simulator with people in it, a database, and the processes of one mode."""

    def __init__(
        self,
        mode: str,
        database: Database,
        sim: Simulator,
        clock: OfficeClock,
        programs: Sequence[Program],
        crowd: Crowd,
        dice: random.Random,
    ) -> None:
        self.mode = mode
        self.database = database
        self.sim = sim
        self.clock = clock
        self.programs = list(programs)
        self.crowd = crowd
        self.dice = dice
        self.jumps = JUMPS
        self.known: set[int] = set()
        self.lost: list[int] = []

    async def start(self, *programs: Program, wait: bool = True) -> None:
        """Starts them at the office's time; the last of several clocks runs a little ahead."""
        for one in programs:
            ahead = timedelta(seconds=self.dice.uniform(0, 20) if one.name.endswith("2") else 0)
            await one.start(OFFICE_CLOCK=(self.clock() + ahead).isoformat())
        if wait:
            await asyncio.gather(*(one.ready() for one in programs))

    async def kills(self, count: int, *, until: float) -> int:
        """So many kills, fewer when it is `until` (monotonic); gives how many. Who dies last stays dead."""
        for number in range(count):
            if time.monotonic() > until:
                return number
            victim = self.dice.choice(self.programs)
            if not victim.alive:
                await self.start(victim, wait=False)
            await self._moment(victim)
            await victim.kill()
            self.crowd.ledger.did(self.sim, f"{KILLED} {victim.name}, process {victim.pid}")
            if self.dice.random() < self.jumps:
                await self._jump()
            elif number + 1 < count:
                await self.start(victim, wait=False)
        return count

    async def _moment(self, victim: Program) -> None:
        """When it is killed: mostly in the midst of its work."""
        if self.dice.random() < 0.1:
            await asyncio.sleep(self.dice.uniform(0.0, 1.5))
            return
        await victim.ready()
        enough = self._calls() + self.dice.randrange(1, 60)
        end = time.monotonic() + BUSY_SECONDS
        while self._calls() < enough and time.monotonic() < end:
            await self.sim.core.pulse.next(seconds=0.1)
        if self.dice.random() < 0.5:
            while not self.sim.core.in_flight and time.monotonic() < end:
                await self.sim.core.pulse.next(seconds=0.1)
            await asyncio.sleep(self.dice.uniform(0.0, 0.004))
        else:
            await asyncio.sleep(self.dice.uniform(0.0, 0.2))

    def _calls(self) -> int:
        return sum(self.sim.core.counts.values())

    async def _jump(self) -> None:
        """Everything dies, and the office's clock goes on."""
        for one in self.programs:
            await one.kill()
        self.crowd.ledger.did(self.sim, f"ALL {KILLED}, the office's clock goes on")
        await self.check_updates()
        before = self.clock()
        after = self.clock.move_to(before + timedelta(minutes=self.dice.uniform(2, 25)))
        await self._age(after - before)
        if after.date() != before.date():
            self.crowd.new_day()
        await self.start(*self.programs, wait=False)

    async def _age(self, by: timedelta) -> None:
        """What was in flight grows older: on PostgreSQL it is claimed by the server's clock, which stays."""
        if self.database.is_sqlite:
            return
        async with self.database.writing() as session:
            await session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.state == OutboxState.SENDING)
                .values(claimed_at=OutboxMessage.claimed_at - literal(by, Interval))
            )

    async def check_updates(self) -> None:
        """Notes updates that were confirmed, and which of them are not known to the database."""
        self.crowd.ledger.confirmed(self.sim)
        self.lost += await unknown_updates(self.database, self.sim, self.known)

    async def busied(self, acts: int) -> None:
        """Until people have done so much; a machine that is slow takes longer, and proves as much."""
        async with asyncio.timeout(REST_SECONDS):
            while self.crowd.ledger.acts < acts:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def rest(self) -> None:
        """All of them start once more and come to rest: nothing to take, nothing to send."""
        for one in self.programs:
            await one.kill()
        self.clock.move_to(self.clock() + DEAD_ROWS)
        await self._age(DEAD_ROWS)
        await self.start(*self.programs)
        end = time.monotonic() + REST_SECONDS
        looks = 0
        while looks < QUIET_LOOKS:  # the first tick comes half a second after the start, and may write more
            open_ = await self._open()
            looks = 0 if open_ else looks + 1
            if time.monotonic() > end:
                logs = "\n".join(f"{one.name}:\n{one.log()[-3000:]}" for one in self.programs)
                raise AssertionError(f"no rest: {open_}\n{logs}")
            await asyncio.sleep(0.2)
        await self.sim.quiet(20, settle=0.5)
        await self.check_updates()

    async def stop(self) -> list[str]:
        """Stops all of them together, as an operator does; gives who did not end well."""
        codes = await asyncio.gather(*(one.stop() for one in self.programs))
        named = zip(self.programs, codes, strict=True)
        return [f"{one.name} ended with {code}" for one, code in named if code != 0]

    async def _open(self) -> str:
        """What keeps the office from rest; empty: nothing."""
        core = self.sim.core
        if core.updates.pending or core.in_flight:
            return f"{len(core.updates.pending)} updates, {core.in_flight} calls"
        rows = await self._open_rows()
        return f"{rows} notices" if rows else ""

    async def _open_rows(self) -> int:
        async with self.database.reading() as session:
            waiting = (OutboxMessage.state == OutboxState.WAITING) & (
                OutboxMessage.not_before <= self.clock() + timedelta(seconds=60)
            )
            open_ = waiting | (OutboxMessage.state == OutboxState.SENDING)
            return await session.scalar(select(func.count()).select_from(OutboxMessage).where(open_)) or 0


@contextlib.asynccontextmanager
async def world(
    mode: str, folder: Path, url: str, dice: random.Random, *, clocks: int = 2
) -> AsyncIterator[World]:
    """An office at work in that mode; its processes are started by whoever asks for it."""
    clock = OfficeClock(THURSDAY)
    database = Database(url)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        office: list[Colleague] = await make_office(database, now=clock())
        sim = await stack.enter_async_context(
            Simulator(
                limits=Limits.off(),
                clock=clock,
                callback_seconds=10**9,
                webhook_retry=0.2,
                webhook_longest=1.0,
            )
        )
        environment = {
            "TELEGRAM_BOT_TOKEN": sim.token,
            "TELEGRAM_API_URL": sim.url,
            "DATABASE_URL": url,
            "EVIDENCE_DIR": str(folder / "evidence"),
            "PICTURE_DIR": str(folder / "pictures"),
            "SEND_RATE": "1000",
        }
        programs = []
        if mode == "web-clock":
            ports = [free_port(), free_port()]
            proxy = await stack.enter_async_context(Proxy(ports, dice))
            environment |= {"WEBHOOK_URL": f"http://127.0.0.1:{proxy.port}", "WEBHOOK_SECRET": SECRET}
            setup = Program("setup", folder, environment)
            await setup.start()
            assert await setup.wait(30) == 0, setup.log()
            programs = [
                *(
                    Program("web", folder, environment | {"WEBHOOK_PORT": str(port)}, name=f"web{number}")
                    for number, port in enumerate(ports, 1)
                ),
                *(
                    Program("clock", folder, environment, name=f"clock{number}")
                    for number in range(1, clocks + 1)
                ),
            ]
        else:
            programs = [Program("run", folder, environment)]
        try:
            yield World(mode, database, sim, clock, programs, Crowd(sim, office, dice), dice)
        finally:
            for one in programs:
                if one.starts:
                    await one.kill()
