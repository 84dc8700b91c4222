"""No statement that a person waits for goes through a table that grows with the office."""

import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession

from models import Person, Target
from models.engine import Database
from services.approvals.queue import decided_days, load_queue
from services.cascade.serving import find_served
from services.digests.periods import subject_of_unit
from services.digests.person import person_week
from services.digests.team import team_week
from services.digests.unit import unit_week
from services.entries.drafting import take_report
from services.health import load_health
from services.sheet.loading import load_sheet
from tests.conftest import WEDNESDAY
from tests.office import Office
from tests.services.grove import Grove
from tests.services.reporting import acting, send_day

GROWING = re.compile(
    r"SCAN (?:days|entries|decisions|outbox|rounds|evidence|feedback|audit_events|digests)\b"
)
TODAY = WEDNESDAY.date()
Ask = Callable[[AsyncSession, Office], Awaitable[object]]


@contextmanager
def collected(db: Database) -> Iterator[list[tuple[str, Any]]]:
    """The statements of a block with what was bound."""
    seen: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, words: str, values: Any, *rest: Any) -> None:
        seen.append((words, values))

    event.listen(db.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine.sync_engine, "before_cursor_execute", note)


async def queue(session: AsyncSession, office: Office) -> object:
    return await load_queue(session, await acting(session, office.budi), now=WEDNESDAY)


async def decided(session: AsyncSession, office: Office) -> object:
    return await decided_days(session, await acting(session, office.budi), now=WEDNESDAY)


async def report(session: AsyncSession, office: Office) -> object:
    actor = await acting(session, office.ani)
    return await take_report(session, actor, "Rapat komite -> jadwal", message_id=9, now=WEDNESDAY)


async def own(session: AsyncSession, office: Office) -> object:
    return await person_week(session, office.ani, TODAY, now=WEDNESDAY)


async def team(session: AsyncSession, office: Office) -> object:
    return await team_week(session, office.budi, TODAY, now=WEDNESDAY)


async def unit(session: AsyncSession, office: Office) -> object:
    person = await session.get_one(Person, office.ani)
    return await unit_week(session, await subject_of_unit(session, person.unit_id or 0), TODAY, now=WEDNESDAY)


async def sheet(session: AsyncSession, office: Office) -> object:
    return await load_sheet(session, office.ani, first=TODAY.replace(day=1), last=TODAY)


async def health(session: AsyncSession, office: Office) -> object:
    return await load_health(session, now=WEDNESDAY, today=TODAY)


@pytest.mark.parametrize("ask", [queue, decided, report, own, team, unit, sheet, health])
async def test_sqlite_finds_everything_by_an_index(db: Database, office: Office, ask: Ask) -> None:
    if not db.is_sqlite:
        pytest.skip("PostgreSQL reads a small table whole, and is right to")
    await send_day(db, office.ani, now=WEDNESDAY)
    with collected(db) as seen:
        async with db.reading() as session:
            await ask(session, office)
    plans = []
    async with db.engine.connect() as connection:
        for words, values in seen:
            if words.startswith(("SELECT", "WITH")):
                rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values)
                plans += [(row[-1], words) for row in rows]
    assert plans
    assert not [(step, words) for step, words in plans if GROWING.match(step)]


async def test_the_queue_is_found_by_its_people_not_by_all_that_waits(db: Database, office: Office) -> None:
    """It once went through every waiting day of the office."""
    await send_day(db, office.ani, now=WEDNESDAY)
    with collected(db) as seen:
        async with db.reading() as session:
            await queue(session, office)
    words, values = next(one for one in seen if "boss_name" in one[0])
    how = "EXPLAIN QUERY PLAN" if db.is_sqlite else "EXPLAIN"
    async with db.engine.connect() as connection:
        if not db.is_sqlite:
            await connection.execute(text("SET LOCAL enable_seqscan TO off"))
        plan = "\n".join(row[-1] for row in await connection.exec_driver_sql(f"{how} {words}", values))
    assert ("ix_days_waiting (person_id=?)" if db.is_sqlite else "ix_days_waiting") in plan


@pytest.mark.parametrize(("back", "days"), [(2, 7), (40, 90)])
async def test_whose_rhk_is_served_costs_the_same_however_many_are_below(
    db: Database, office: Office, back: int, days: int
) -> None:
    """Once the days of everybody below were read for it."""
    first = TODAY - timedelta(days=days)

    async def served(session: AsyncSession, who: int, own: int) -> bool:
        return own in await find_served(session, who, [own], year=TODAY.year, first=first, last=TODAY)

    async with db.writing() as session:
        grove = Grove(session, WEDNESDAY)
        budis = await grove.rhk(office.budi, "Meningkatnya mutu pembelajaran")
        (await session.get_one(Target, office.ani_targets[0])).parent_id = budis
        await grove.did(office.ani, office.ani_targets[0], TODAY - timedelta(days=back))
    sent = []
    for more in (range(0), range(500, 530), range(530, 830)):
        async with db.writing() as session:
            grove = Grove(session, WEDNESDAY)
            for one in more:
                session.add(
                    Person(id=one, name=f"Orang {one}", supervisor_id=office.ani, created_at=WEDNESDAY)
                )
                await session.flush()
                await grove.rhk(one, "Mendukung", serves=office.ani_targets[0])
        with collected(db) as seen:
            async with db.reading() as session:
                assert await served(session, office.budi, budis)
                assert not await served(session, office.ani, office.ani_targets[0])
        sent.append(len([words for words, _ in seen if words.startswith("SELECT")]))
    assert sent == [3, 5, 5], "who has people but no work of theirs is followed down to the end, at once"
