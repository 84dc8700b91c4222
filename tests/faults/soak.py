"""Kills the product at random while an office works with it, and compares afterwards.

    python -m tests.faults.soak [--kills 200] [--minutes 60] [--seed N] [--modes run-sqlite web-clock …]

A kill is SIGKILL: often while a call is under way, in some cases during the start, else whenever. Now and
then everything is killed, the office's clock goes on by up to 25 minutes, and everything starts again; the
second clock of two then shows up to 20 seconds more. Ends with a table; the exit code is 1 if anything was
lost or doubled.
"""

import argparse
import asyncio
import contextlib
import random
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Interval, func, literal, select, update

from models import OutboxMessage, OutboxState
from models.engine import Database
from services.clock import OfficeClock
from simulator import Limits, Simulator
from tests.faults.explaining import write_down
from tests.faults.office import THURSDAY, Colleague, make_office
from tests.faults.oracle import Verdicts, judge, unknown_updates
from tests.faults.people import KILLED, Crowd
from tests.faults.programs import SECRET, Program, Proxy, free_port

MODES = ("run-sqlite", "run-postgresql", "web-clock")
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


@dataclass(slots=True)
class Lived:
    """One office that was lived through."""

    mode: str
    seed: int
    kills: int = 0
    kills_of: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    acts: int = 0
    verdicts: Verdicts = field(default_factory=Verdicts)


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


async def live(
    mode: str,
    folder: Path,
    url: str,
    *,
    kills: int,
    seed: int,
    seconds: float = 3600,
    haste: float = 1.0,
    jumps: float = JUMPS,
    acts: int = 0,
    clocks: int = 2,
    keep: bool = False,
) -> Lived:
    """One office in one mode under so many kills, and with at least so many acts of people, judged.

    What explains it is written into `folder` when anything was found, or with `keep`.
    """
    dice = random.Random(seed)
    began = time.monotonic()
    lived = Lived(mode, seed)
    async with world(mode, folder, url, dice, clocks=clocks) as there:
        there.crowd.haste, there.jumps = haste, jumps
        await there.start(*there.programs)
        working = asyncio.create_task(there.crowd.run())
        try:
            await there.busied(acts)
            await there.kills(kills, until=began + seconds)
        finally:
            working.cancel()
            await asyncio.wait({working})
        if not working.cancelled() and working.exception() is not None:
            raise working.exception() or AssertionError
        lived.kills_of = {one.name: one.kills for one in there.programs}
        lived.kills = sum(lived.kills_of.values())
        await there.rest()
        ended = await there.stop()
        lived.verdicts = await judge(there.database, there.sim, there.crowd.office, there.crowd.ledger)
        if keep or not lived.verdicts.clean:
            ledger = there.crowd.ledger
            await write_down(folder, there.database, there.sim, ledger, lived.verdicts.unexplained)
        lived.verdicts.updates = len(there.known)
        lived.verdicts.losses += [f"update {one} was confirmed and never stored" for one in there.lost]
        lived.verdicts.faults += ended
        lived.acts = there.crowd.ledger.acts
    lived.seconds = time.monotonic() - began
    return lived


COLUMNS = (
    "updates",
    "entries",
    "as_words",
    "still_kept",
    "given_back",
    "refused",
    "refused_edits",
    "days",
    "decisions",
    "feedback",
    "rounds",
    "notices",
)
APART = (
    "uncertain",
    "uncertain_arrived",
    "perhaps_given_back",
    "kept_unseen",
    "given_back_again",
    "second_cards",
    "without_receipt",
)


def table(all_lived: Sequence[Lived]) -> str:
    """The summary of a soak."""
    names = [one.mode for one in all_lived] + ["all"]
    total = Verdicts()
    for one in all_lived:
        total.add(one.verdicts)
    verdicts = [*(one.verdicts for one in all_lived), total]
    rows: list[tuple[str, list[object]]] = [
        ("kills", [*(one.kills for one in all_lived), sum(one.kills for one in all_lived)]),
        ("seconds", [*(round(one.seconds) for one in all_lived), round(sum(o.seconds for o in all_lived))]),
        ("acts of people", [*(one.acts for one in all_lived), sum(one.acts for one in all_lived)]),
    ]
    rows += [(name.replace("_", " "), [getattr(one, name) for one in verdicts]) for name in COLUMNS]
    rows += [(f"apart: {name.replace('_', ' ')}", [getattr(one, name) for one in verdicts]) for name in APART]
    rows += [
        (name, [len(getattr(one, name)) for one in verdicts]) for name in ("losses", "doubles", "faults")
    ]
    width = max(len(name) for name in names) + 2
    lines = [" " * 26 + "".join(f"{name:>{width}}" for name in names)]
    lines += [f"{label:<26}" + "".join(f"{value!s:>{width}}" for value in values) for label, values in rows]
    return "\n".join(lines)


async def soak(
    modes: Sequence[str], *, kills: int, seconds: float, seed: int, keep: Path | None = None
) -> list[Lived]:
    """Each mode in turn with its share of the kills. `keep`: where all there is to see stays afterwards."""
    from bench.postgres import fresh, server

    found = []
    share = -(-kills // len(modes))
    with contextlib.ExitStack() as stack:
        socket_dir = await asyncio.to_thread(stack.enter_context, server())
        for number, mode in enumerate(modes):
            folder = Path(tempfile.mkdtemp(prefix=f"kh-soak-{mode}-{seed + number}-", dir=keep))
            if mode == "run-sqlite":
                url = f"sqlite:///{folder}/office.db"
            else:
                url = await asyncio.to_thread(fresh, socket_dir, f"soak_{number}")
            try:
                lived = await live(
                    mode,
                    folder,
                    url,
                    kills=share,
                    seed=seed + number,
                    seconds=seconds / len(modes),
                    keep=keep is not None,
                )
            except Exception as error:  # the other modes are lived all the same
                lived = Lived(mode, seed + number)
                lived.verdicts.faults.append(f"{type(error).__name__}: {error}")
            sys.stdout.write(f"{mode}: {lived.kills} kills {lived.kills_of}, seed {lived.seed}\n")
            if not lived.verdicts.clean:
                sys.stdout.write(f"{lived.verdicts.told()}\n")
            if lived.verdicts.clean and keep is None:
                shutil.rmtree(folder)
            else:
                sys.stdout.write(f"kept in {folder}\n")
            sys.stdout.flush()
            found.append(lived)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=200, help="over all modes")
    parser.add_argument("--minutes", type=float, default=60, help="no more kills after this long")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--modes", nargs="+", choices=MODES, default=MODES)
    parser.add_argument("--keep", type=Path, default=None, help="where every run stays")
    given = parser.parse_args()
    if given.keep is not None:
        given.keep.mkdir(parents=True, exist_ok=True)
    seed = secrets.randbelow(1_000_000) if given.seed is None else given.seed
    sys.stdout.write(f"seed {seed}\n")
    lived = asyncio.run(
        soak(given.modes, kills=given.kills, seconds=given.minutes * 60, seed=seed, keep=given.keep)
    )
    sys.stdout.write(table(lived) + "\n")
    return 0 if all(one.verdicts.clean for one in lived) else 1


if __name__ == "__main__":
    sys.exit(main())
