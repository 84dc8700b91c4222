"""`kinerja replay`: what failed by a fault of ours is run once more, after the repair."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.app import run_polling, running
from bot.commands import replaying
from bot.context import Answer, Command, Deps, Feature, Turn
from bot.registry import Registry
from bot.screens import Screen
from bot.settings import load_settings
from bot.texts import Html, Texts
from handlers import FEATURES
from models import FailedUpdate, OutboxMessage
from models.engine import Database
from services import outbox, updates
from services.clock import OfficeClock
from simulator import Limits, Persona, Simulator
from tests.office import Office, user_of


@pytest.fixture(autouse=True)
def short_logs() -> Iterator[None]:
    """structlog's own default draws every traceback with all its locals, which takes a second each."""
    structlog.configure(processors=[structlog.processors.KeyValueRenderer(sort_keys=True)])
    yield
    structlog.reset_defaults()


@dataclass
class Bench:
    """An office, a command that can be repaired, and the administrator's terminal."""

    sim: Simulator
    db: Database
    office: Office
    clock: OfficeClock
    deps: Deps
    ani: Persona
    registry: Registry
    capsys: pytest.CaptureFixture[str]
    fault: Exception | None = field(default_factory=ZeroDivisionError)

    async def on_repaired(self, turn: Turn, arguments: str) -> Answer:
        """Writes a notice, then fails until it is repaired."""
        await outbox.enqueue(turn.session, "queue_changed", to=self.office.budi, now=turn.now)
        if self.fault is not None:
            raise self.fault
        return Answer(screens=(Screen(Html("Sudah dikerjakan")),))

    async def replays(self, reference: str) -> tuple[int, str]:
        """Exit code and what is printed."""
        given = argparse.Namespace(reference=reference)
        say = self.deps.texts.speech("id").plain
        code = await replaying.run(given, deps=self.deps, texts=say, registry=self.registry)
        return code, self.capsys.readouterr().out

    async def kept(self) -> list[FailedUpdate]:
        async with self.db.reading() as session:
            found = list(await session.scalars(select(FailedUpdate).order_by(FailedUpdate.id)))
            session.expunge_all()
            return found

    async def notices(self) -> int:
        async with self.db.reading() as session:
            return len(list(await session.scalars(select(OutboxMessage.id))))


@pytest.fixture
async def bench(
    db: Database, office: Office, now: datetime, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Bench]:
    """Ani has typed a command that failed; the program is not running any more."""
    clock = OfficeClock(now)
    async with Simulator(limits=Limits.off(), clock=clock, callback_seconds=10**9) as sim:
        ani = sim.person("Ani", user_id=user_of(office.ani))
        ani.chat.started = True
        settings = load_settings({"TELEGRAM_BOT_TOKEN": sim.token, "TELEGRAM_API_URL": sim.url})
        deps = Deps(settings, db, clock, Texts())
        found: list[Bench] = []

        async def on_command(turn: Turn, arguments: str) -> Answer:
            return await found[0].on_repaired(turn, arguments)

        features = [*FEATURES, Feature(name="repaired", commands=(Command("rusak", on_command),))]
        found.append(Bench(sim, db, office, clock, deps, ani, Registry(features), capsys))

        async def nothing_due(session: AsyncSession, now: datetime) -> bool:
            """The rounds are tested elsewhere."""
            return False

        async with running(deps, features, nothing_due) as program:
            stop = asyncio.Event()
            polling = asyncio.create_task(run_polling(program, stop))
            await ani.says("/rusak")
            await ani.sees("kesalahan di pihak kami")
            await sim.quiet()
            stop.set()
            await polling
        yield found[0]


async def test_it_takes_effect_once_after_the_repair(bench: Bench) -> None:
    bench.fault = None
    (kept,) = await bench.kept()
    code, said = await bench.replays(kept.reference.lower())
    assert (code, kept.reference in said) == (0, True)
    await bench.ani.sees("Sudah dikerjakan")
    assert await bench.notices() == 1
    (kept,) = await bench.kept()
    assert kept.replayed_at is not None
    code, said = await bench.replays(kept.reference)
    assert (code, "sudah pernah diulang" in said) == (1, True)
    assert await bench.notices() == 1


async def test_a_fault_that_is_still_there_gets_a_new_reference(bench: Bench) -> None:
    (kept,) = await bench.kept()
    code, said = await bench.replays(kept.reference)
    first, again = await bench.kept()
    assert code == 1
    assert again.reference in said
    assert first.replayed_at is not None
    assert await bench.notices() == 0
    bench.fault = None
    code, said = await bench.replays(again.reference)
    assert code == 0
    assert await bench.notices() == 1


async def test_what_comes_another_day_is_pointed_out(bench: Bench) -> None:
    bench.fault = None
    bench.clock.move_to(bench.clock() + timedelta(days=1))
    (kept,) = await bench.kept()
    _, said = await bench.replays(kept.reference)
    assert "dari hari lain" in said


async def test_an_unknown_reference_says_so(bench: Bench) -> None:
    code, said = await bench.replays("\x1b[2J")
    assert code == 1
    assert "tidak dikenal" in said
    assert "\x1b" not in said


async def test_an_invitation_is_opened_again_by_its_person(bench: Bench) -> None:
    async with bench.db.writing() as session:
        body = {"update_id": 77, "message": {"text": "/start AbCdEfGhIjKlMnOpQrStU_"}}
        reference = await updates.keep_failed(session, body, error="E", now=bench.clock())
    code, said = await bench.replays(reference)
    assert (code, "tautan undangan" in said) == (1, True)


async def test_what_could_not_be_stored_may_be_replayed_again(bench: Bench) -> None:
    bench.fault = OperationalError("COMMIT", {}, ConnectionError())
    (kept,) = await bench.kept()
    code, said = await bench.replays(kept.reference)
    assert (code, "belum dapat diulang" in said) == (1, True)
    bench.fault = None
    assert (await bench.replays(kept.reference))[0] == 0
    assert len(await bench.kept()) == 1
