"""A small office whose world a test may break: the real program in this process, one or several of it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
import structlog
from sqlalchemy import select

from bot.app import Running
from models import Entry, OutboxMessage, OutboxState
from models.engine import Database
from services.clock import OfficeClock
from simulator import Limits, Persona, Simulator
from tests.conversations.conftest import started
from tests.databases import Tables
from tests.office import Office, user_of


@dataclass(slots=True)
class Desk:
    """Ani, Citra and their supervisor Budi, and what is stored of them."""

    sim: Simulator
    db: Database
    office: Office
    clock: OfficeClock
    folder: Path
    ani: Persona
    citra: Persona
    budi: Persona
    admin: Persona

    def program(
        self, db: Database | None = None, clock: OfficeClock | None = None
    ) -> AbstractAsyncContextManager[Running]:
        """The program, polling, until the block ends; beside others if it is entered more than once."""
        return started(self.sim, db or self.db, clock or self.clock, self.folder)

    async def activities(self) -> Counter[str]:
        """What is stored, and how often."""
        async with self.db.reading() as session:
            return Counter(await session.scalars(select(Entry.activity)))

    async def settled(self, seconds: float = 15) -> None:
        """Until every update is taken and no notice that is due is left."""
        async with asyncio.timeout(seconds):
            while self.sim.core.updates.pending or self.sim.core.in_flight or await self._due():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await self.sim.quiet(seconds)

    async def _due(self) -> bool:
        async with self.db.reading() as session:
            found = select(OutboxMessage.id).where(
                OutboxMessage.state.in_((OutboxState.WAITING, OutboxState.SENDING)),
                OutboxMessage.not_before <= self.clock(),
            )
            return await session.scalar(found.limit(1)) is not None

    async def outbox(self, kind: str) -> list[OutboxMessage]:
        """The notices of a kind, oldest first."""
        async with self.db.reading() as session:
            query = select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id)
            rows = (await session.scalars(query)).all()
            session.expunge_all()
        return list(rows)


def line(number: int) -> str:
    """An activity nobody else types."""
    return f"Menyusun berkas perkara K{number} -> berkas K{number} dipakai pimpinan"


def typed(*numbers: int) -> Counter[str]:
    """What must be stored of them."""
    return Counter(line(number).partition(" -> ")[0] for number in numbers)


@asynccontextmanager
async def desk_at(db: Database, office: Office, now: datetime, folder: Path) -> AsyncIterator[Desk]:
    clock = OfficeClock(now)
    async with Simulator(limits=Limits.off(), clock=clock, callback_seconds=10**9, webhook_retry=0.05) as sim:
        people = {}
        for name in ("ani", "citra", "budi", "admin"):
            people[name] = sim.person(name.title(), user_id=user_of(getattr(office, name)))
            people[name].chat.started = True
        yield Desk(sim, db, office, clock, folder, **people)
        assert not sim.faults_seen, sim.faults_seen


@pytest.fixture(autouse=True)
def quiet_logs() -> Iterator[None]:
    """structlog's own default draws every traceback with all its locals, which takes a second each."""
    structlog.configure(processors=[structlog.processors.KeyValueRenderer(sort_keys=True)])
    yield
    structlog.reset_defaults()


@pytest.fixture
async def desk(db: Database, office: Office, now: datetime, tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk_at(db, office, now, tmp_path) as found:
        yield found


@pytest.fixture
async def pg_desk(pg_tables: Tables, now: datetime, tmp_path: Path) -> AsyncIterator[Desk]:
    """The same on PostgreSQL."""
    async with pg_tables.opened(tmp_path) as db:
        office = await pg_tables.people(db, now=now)
        async with desk_at(db, office, now, tmp_path) as found:
            yield found


@pytest.fixture
def another(pg_desk: Desk) -> Callable[[], Database]:
    """Connections of a second process to the database of `pg_desk`."""
    return lambda: Database(pg_desk.db.url.render_as_string(hide_password=False))
