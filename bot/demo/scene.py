"""The demo office running: simulator, database, product and clock together."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot import menus
from bot.app import Running, run_polling, running
from bot.commands.running import Rounds, introduce, prepare
from bot.context import SETTLING, Deps
from bot.demo.office import (
    GROUP,
    GROUP_ADMIN,
    JOINED,
    Member,
    build_office,
    link_group,
    live_past_weeks,
)
from bot.demo.promises import agree_plans, propose_change
from bot.heartbeat import heartbeat
from bot.registry import Registry
from bot.settings import Settings
from bot.texts import Texts
from handlers import FEATURES
from models.engine import Database
from services.clock import OfficeClock
from services.people.identity import who_is
from services.rounds import plan_everybody
from simulator import Limits, Persona, Simulator

START = datetime.fromisoformat("2026-11-18T14:15:05+07:00")
"""A Wednesday at the minute of the prompts of a six-day office."""
BEAT_SECONDS = 2.0
"""The page moves the office's clock by hours: `/kesehatan` shall not take that for a silence."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that runs, and who is in it."""

    sim: Simulator
    program: Running
    clock: OfficeClock
    people: dict[str, Persona]

    async def run(self, stop: asyncio.Event) -> None:
        """Answers until `stop` is set."""
        await run_polling(self.program, stop)

    async def move_to(self, moment: datetime) -> None:
        """Moves the office clock forward; what is due then happens."""
        self.clock.move_to(moment)
        await self.program.tick()
        await self.sim.quiet()


@asynccontextmanager
async def demo_scene(
    settings: Settings, *, start: datetime = START, port: int = 0, patient: bool = False
) -> AsyncIterator[Scene]:
    """Starts the office from nothing, on a database of its own that is thrown away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="kinerja-demo-"))
    database = Database(f"sqlite:///{folder}/demo.db")
    clock = OfficeClock(start)
    try:
        await prepare(database, now=clock())
        async with database.writing() as session:
            members = await build_office(session, now=clock())
            users = {one.person_id: one.user_id for one in members}
            await agree_plans(session, users, now=clock() - JOINED)
            await live_past_weeks(session, members, now=clock())
            await propose_change(session, users, now=clock() - timedelta(hours=2))
            await plan_everybody(session, now=clock())
        async with _simulator(clock, members, port=port, patient=patient) as (sim, people):
            group = _group_of(sim, people)
            async with database.writing() as session:
                await link_group(session, members, chat_id=group, title=GROUP, now=clock())
            own = replace(
                settings,
                token=sim.token,
                api_url=sim.url,
                organization="Kemenag Kabupaten Sukamaju",
                evidence_dir=folder / "evidence",
                picture_dir=folder / "pictures",
                office_clock=start,
            )
            settling = timedelta(0) if patient else SETTLING
            deps = Deps(own, database, clock, Texts(), settling=settling)
            async with (
                running(deps, FEATURES, Rounds()) as program,
                heartbeat(deps, "run", ticked_at=lambda: program.ticked_at, every=BEAT_SECONDS),
            ):
                await introduce(program)
                await _set_menus(program, members)
                sim.busy = lambda: program.busy

                async def move(target: datetime) -> None:
                    clock.move_to(target)
                    await program.tick()

                sim.on_clock = move
                yield Scene(sim, program, clock, people)
    finally:
        await database.close()
        shutil.rmtree(folder, ignore_errors=True)


async def _set_menus(program: Running, members: list[Member]) -> None:
    """Everybody's own command menu, as joining sets it."""
    registry = Registry(FEATURES)
    async with program.deps.database.reading() as session:
        actors = [await who_is(session, one.user_id, now=program.deps.clock()) for one in members]
    for actor in actors:
        if actor is not None:
            menu = menus.menu_of(registry, program.deps.texts, actor)
            await menus.publish(program.application.bot, actor.chat_id, menu)


@asynccontextmanager
async def _simulator(
    clock: OfficeClock, members: list[Member], *, port: int, patient: bool
) -> AsyncIterator[tuple[Simulator, dict[str, Persona]]]:
    limits = Limits.off() if patient else Limits()
    async with Simulator(
        port=port,
        limits=limits,
        clock=clock,
        patient=patient,
        bot_name="Kinerja Harian",
        callback_seconds=10**9,
    ) as sim:
        people = {}
        for member in members:
            persona = sim.person(member.name, user_id=member.user_id, note=member.position)
            persona.chat.started = True
            people[member.name] = persona
        yield sim, people


def _group_of(sim: Simulator, people: dict[str, Persona]) -> int:
    """The group of the school; gives its chat id."""
    school = [people[name] for name in people if name not in _KUA]
    return sim.group(GROUP, members=school, admins=[people[GROUP_ADMIN]]).id


_KUA = frozenset({"H. Ahmad Fauzi", "Dewi Kartika", "Eko Prasetyo"})
