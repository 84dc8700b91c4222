"""Many are told under Telegram's limits: no 429, nothing twice, and answers go before."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, insert, select, update

from bot.app import run_polling, running
from bot.context import Deps
from handlers import FEATURES
from models import Account, OutboxMessage, OutboxState, Person, Role, RoleName
from models.engine import Database
from services import outbox, pacing
from services.clock import OfficeClock
from services.delivery_trouble import TROUBLED
from services.pacing import Rates
from simulator import Limits, Simulator
from tests.conversations.conftest import Chat
from tests.conversations.edges import deps_of, nothing_due
from tests.office import Office, user_of

AFTERNOON = datetime(2026, 11, 18, 8, 30, tzinfo=UTC)
"""15.30 WIB."""
FIRST = 70_000
LIMITS = Limits(per_second=60)
PEOPLE = 150


async def enrolled(db: Database, count: int) -> list[int]:
    """So many more people, joined; gives their ids."""
    ids = list(range(FIRST, FIRST + count))
    async with db.writing() as session:
        await session.execute(
            insert(Person), [{"id": n, "name": f"Pegawai {n}", "created_at": AFTERNOON} for n in ids]
        )
        await session.execute(insert(Role), [{"person_id": n, "role": RoleName.STAFF} for n in ids])
        await session.execute(
            insert(Account),
            [{"user_id": n, "person_id": n, "chat_id": n, "joined_at": AFTERNOON} for n in ids],
        )
    return ids


async def asked(db: Database, people: list[int], kind: str = "prompted", **payload: object) -> None:
    letters = [outbox.Letter(kind, to=one, payload={"work_date": "2026-11-18", **payload}) for one in people]
    async with db.writing() as session:
        await outbox.enqueue_many(session, letters, now=AFTERNOON)


async def test_many_are_asked_under_the_limits_and_answers_go_before(
    db: Database, office: Office, tmp_path: Path
) -> None:
    """Telegram lets 60 a second through here: 150 take two seconds and a half, one burst less."""
    people = await enrolled(db, PEOPLE)
    clock = OfficeClock(AFTERNOON)
    async with Simulator(limits=LIMITS, clock=clock) as sim:
        personas = [sim.person(f"Pegawai {n}", user_id=n) for n in people]
        ani = sim.person("Ani", user_id=user_of(office.ani), language="id")
        for persona in (ani, *personas):
            persona.chat.started = True
        deps = replace(_deps(sim, db, clock, tmp_path), rates=Rates(per_second=LIMITS.per_second))
        stop = asyncio.Event()
        async with running(deps, FEATURES, nothing_due) as program:
            polling = asyncio.create_task(run_polling(program, stop))
            await asked(db, people)
            began = time.perf_counter()
            program.delivery.wake()
            await asyncio.sleep(0.5)
            writing = time.perf_counter()
            await ani.says("/pengaturan")
            await ani.sees("Bahasa")
            answered = time.perf_counter() - writing
            async with asyncio.timeout(20):
                while not all(one.messages for one in personas):  # noqa: ASYNC110 - in the simulator
                    await asyncio.sleep(0.02)
            took = time.perf_counter() - began
            stop.set()
            await polling
        assert sim.core.meter.tally.refused == 0
    assert [len(one.messages) for one in personas] == [1] * PEOPLE
    assert took < (PEOPLE + 1) / LIMITS.per_second * 1.3
    assert answered < 1
    async with db.reading() as session:
        rows = await session.scalars(select(OutboxMessage.state).where(OutboxMessage.kind == "prompted"))
        assert set(rows) == {OutboxState.SENT}


def _deps(sim: Simulator, db: Database, clock: OfficeClock, folder: Path) -> Deps:
    return deps_of(
        sim, db, clock, EVIDENCE_DIR=str(folder / "evidence"), PICTURE_DIR=str(folder / "pictures")
    )


@pytest.mark.parametrize(("kind", "more"), [("prompted", {}), ("reminded", {"step": 1, "last": False})])
async def test_asked_together_is_as_asked_alone(chat: Chat, kind: str, more: dict[str, object]) -> None:
    """Ani has a draft, Budi reported before, Citra is done, Eko plans: each question as it would be alone."""
    chat.clock.move_to(AFTERNOON)
    await chat.ani.says("Menyusun modul ajar -> 1 modul")
    await chat.ani.sees("modul")
    await chat.citra.says("Rapat dinas -> notulen")
    await chat.citra.sees("notulen")
    await chat.citra.taps("Kirim")
    await chat.eko.says("/rencana Memeriksa berkas")
    await chat.sim.quiet()
    people = [chat.office.ani, chat.office.budi, chat.office.citra, chat.office.eko]
    shown = []
    for together in (True, False):
        if not together:
            chat.program.delivery.post.registry.batches.clear()
        await asked(chat.db, people, kind, **more)
        chat.program.delivery.wake()
        await chat.sim.quiet()
        shown.append(
            [(one.last.text, one.last.labels) for one in (chat.ani, chat.budi, chat.eko) if one.last]
        )
    assert shown[0] == shown[1]
    assert len(shown[0]) == 3
    assert all("Isi laporan" in labels or "Lihat" in str(labels) for _, labels in shown[0])


async def test_the_questions_of_many_take_no_more_statements_than_of_a_few(
    db: Database, office: Office, tmp_path: Path
) -> None:
    clock = OfficeClock(AFTERNOON)
    people = await enrolled(db, 24)
    counts = []
    async with Simulator(limits=Limits.off(), clock=clock) as sim:
        for one in people:
            sim.person(f"Pegawai {one}", user_id=one).chat.started = True
        async with running(_deps(sim, db, clock, tmp_path), FEATURES, None) as program:
            for group in (people[:2], people[2:24]):
                seen: list[str] = []

                def note(*given: object, into: list[str] = seen) -> None:
                    into.append(str(given[2]))

                await asked(db, group)
                event.listen(db.engine.sync_engine, "before_cursor_execute", note)
                program.delivery.wake()
                await sim.quiet()
                async with asyncio.timeout(5):
                    while program.delivery.busy:  # noqa: ASYNC110 - it ends by itself
                        await asyncio.sleep(0.01)
                event.remove(db.engine.sync_engine, "before_cursor_execute", note)
                counts.append(sum("outbox" not in one or "UPDATE" not in one for one in seen))
    assert counts[1] <= counts[0] + 6, "endings may come in two or three transactions more"


async def test_a_silence_outlives_the_program(db: Database, office: Office, tmp_path: Path) -> None:
    clock = OfficeClock(AFTERNOON)
    async with Simulator(limits=Limits.off(), clock=clock) as sim:
        ani = sim.person("Ani", user_id=user_of(office.ani))
        ani.chat.started = True
        async with db.writing() as session:
            await pacing.hold(session, 0.8, at=time.time())
        await asked(db, [office.ani])
        deps = replace(_deps(sim, db, clock, tmp_path), rates=Rates())
        async with running(deps, FEATURES, None):
            await asyncio.sleep(0.3)
            assert not ani.messages
            await ani.sees("", button="Isi laporan")


async def test_an_admin_is_told_what_may_not_have_arrived(chat: Chat) -> None:
    chat.clock.move_to(AFTERNOON)
    chat.sim.fault("sendMessage", kind="drop_after", chat_id=user_of(chat.office.ani))
    await asked(chat.db, [chat.office.ani])
    chat.program.delivery.wake()
    told = await chat.admin.sees("belum pasti sampai")
    assert "pertanyaan" in told.text
    assert "Ani" not in told.text
    async with chat.db.reading() as session:
        states = await session.execute(
            select(OutboxMessage.kind, OutboxMessage.state).order_by(OutboxMessage.id)
        )
        assert tuple(next(states)) == ("prompted", OutboxState.UNCERTAIN)


async def test_trouble_that_is_over_is_not_told(chat: Chat) -> None:
    async with chat.db.writing() as session:
        await outbox.enqueue(
            session,
            TROUBLED,
            to=chat.office.admin,
            now=chat.clock(),
            payload={"cause": "fault", "day": "2026-11-18"},
        )
        await outbox.enqueue(
            session,
            TROUBLED,
            to=chat.office.budi,
            now=chat.clock(),
            payload={"cause": "fault", "day": "2026-11-18"},
        )
        await session.execute(update(OutboxMessage).values(not_before=chat.clock()))
    chat.program.delivery.wake()
    await chat.sim.quiet()
    assert not chat.admin.messages
    assert not chat.budi.messages
