"""People who talk: the real bot against the simulator over loopback, on a real database."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.app import Running, run_polling, running
from bot.context import Deps
from bot.settings import load_settings
from handlers import FEATURES
from models.engine import Database
from services.clock import OfficeClock
from services.rounds import tick
from simulator import Limits, Persona, Simulator
from tests.office import Office, user_of
from tests.words import TEXTS


@dataclass
class Chat:
    """A running office. `move_to` moves its clock and lets the rounds do what is due."""

    sim: Simulator
    db: Database
    office: Office
    clock: OfficeClock
    program: Running
    ani: Persona
    budi: Persona
    citra: Persona
    dewi: Persona
    eko: Persona
    head: Persona
    admin: Persona
    stranger: Persona
    everybody: list[Persona] = field(default_factory=list)

    async def move_to(self, moment: datetime) -> None:
        self.clock.move_to(moment)
        await self.program.tick()
        await self.sim.quiet()


@asynccontextmanager
async def started(
    sim: Simulator,
    database: Database,
    clock: OfficeClock,
    folder: Path,
    settling: timedelta = timedelta(0),
    pictures: Path | None = None,
) -> AsyncIterator[Running]:
    """The program in polling mode, until the block ends. `pictures`: where drawings are kept."""
    settings = load_settings(
        {
            "TELEGRAM_BOT_TOKEN": sim.token,
            "TELEGRAM_API_URL": sim.url,
            "ORGANIZATION": "Kemenag Sukamaju",
            "EVIDENCE_DIR": str(folder / "evidence"),
            "PICTURE_DIR": str(pictures or folder / "pictures"),
        }
    )
    deps = Deps(settings, database, clock, TEXTS, settling=settling)

    async def due(session: AsyncSession, now: datetime) -> bool:
        return (await tick(session, now=now)).more

    stop = asyncio.Event()
    async with running(deps, FEATURES, due) as program:
        polling = asyncio.create_task(run_polling(program, stop))
        try:
            yield program
        finally:
            stop.set()
            await polling


@pytest.fixture
def short_logs() -> Iterator[None]:
    """structlog's own default draws every traceback with all its locals, which takes a second each."""
    structlog.configure(processors=[structlog.processors.KeyValueRenderer(sort_keys=True)])
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all: a drawing lies under the hash of what it shows, so the same one is drawn once."""
    return tmp_path_factory.mktemp("pictures")


@pytest.fixture
async def chat(
    db: Database,
    office: Office,
    now: datetime,
    tmp_path: Path,
    pictures: Path,
    request: pytest.FixtureRequest,
) -> AsyncIterator[Chat]:
    """The office of tests/office.py on Wednesday 18 November 2026, 09:00 WIB; everybody has started."""
    clock = OfficeClock(now)
    async with Simulator(limits=Limits.off(), clock=clock, patient=True, callback_seconds=10**9) as sim:
        people = {
            name: sim.person(name.title(), user_id=user_of(getattr(office, name)), language="id")
            for name in ("ani", "budi", "citra", "dewi", "eko", "head", "admin")
        }
        for persona in people.values():
            persona.chat.started = True
        stranger = sim.person("Orang Lain", language="id")
        stranger.chat.started = True
        settling = getattr(request, "param", timedelta(0))
        async with started(sim, db, clock, tmp_path, settling, pictures) as program:
            sim.busy = lambda: program.busy
            await sim.quiet()
            yield Chat(
                sim=sim,
                db=db,
                office=office,
                clock=clock,
                program=program,
                stranger=stranger,
                everybody=[*people.values(), stranger],
                **people,
            )
            faults = sim.faults_seen
        assert not faults, faults
