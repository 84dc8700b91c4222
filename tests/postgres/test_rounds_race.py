"""Two clocks, one database: whoever ticks, a round starts once."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, update

from models import (
    Account,
    Digest,
    DigestKind,
    Group,
    OutboxMessage,
    Person,
    Role,
    RoleName,
    Round,
    RoundKind,
    RoundState,
    Schedule,
    Unit,
)
from models.engine import Database
from services.rounds import TickResult, plan_everybody, tick

pytestmark = pytest.mark.postgres

MORNING = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 18, 8, 30, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
"""16:30 in Jakarta."""
PEOPLE = 300


async def staff(db: Database, *, people: int = PEOPLE) -> None:
    ids = range(1, people + 1)
    async with db.writing() as session:
        await session.execute(
            insert(Person), [{"id": n, "name": f"Pegawai {n}", "created_at": MORNING} for n in ids]
        )
        await session.execute(insert(Role), [{"person_id": n, "role": RoleName.STAFF} for n in ids])
        await session.execute(
            insert(Account),
            [{"user_id": n, "person_id": n, "chat_id": n, "joined_at": MORNING} for n in ids],
        )
        await plan_everybody(session, now=MORNING)


async def one_tick(db: Database, *, now: datetime, limit: int = 2000) -> TickResult:
    async with db.writing() as session:
        return await tick(session, now=now, limit=limit)


async def test_two_clocks_at_the_same_instant_ask_everybody_once(pg_db: Database) -> None:
    await staff(pg_db)
    results = await asyncio.gather(*(one_tick(pg_db, now=DUE, limit=60) for _ in range(12)))
    assert sum(result.sent["prompted"] for result in results) <= PEOPLE
    while (await one_tick(pg_db, now=DUE)).sent["prompted"]:
        pass
    async with pg_db.reading() as session:
        assert await session.scalar(select(func.count(Round.id))) == PEOPLE
        receivers = Counter(await session.scalars(select(OutboxMessage.person_id)))
    assert len(receivers) == PEOPLE
    assert set(receivers.values()) == {1}


async def test_a_plan_that_overtakes_a_tick_doubles_nothing(pg_db: Database) -> None:
    """The plan's rows are only a cache: even when an old one is put back, the round's key decides."""
    await staff(pg_db, people=50)

    async def disturb(minute: int) -> None:
        async with pg_db.writing() as session:
            await plan_everybody(session, now=DUE + timedelta(minutes=minute))

    await asyncio.gather(
        *(one_tick(pg_db, now=DUE + timedelta(minutes=n)) for n in range(6)),
        *(disturb(n) for n in range(6)),
    )
    async with pg_db.reading() as session:
        assert await session.scalar(select(func.count(OutboxMessage.id))) == 50


async def test_the_key_decides_when_both_hold_the_same_row(pg_db: Database) -> None:
    """A ticker that has read a row waits on the other's round and then writes no second message."""
    await staff(pg_db, people=1)
    async with pg_db.writing() as first:
        await first.execute(
            insert(Round).values(
                person_id=1,
                work_date=MORNING.date(),
                kind=RoundKind.PROMPT,
                state=RoundState.SENT,
                due_at=DUE,
                done_at=DUE,
            )
        )
        second = asyncio.create_task(one_tick(pg_db, now=DUE))
        await asyncio.sleep(0.2)
        assert not second.done()
    assert (await second).sent["prompted"] == 0
    async with pg_db.reading() as session:
        assert await session.scalar(select(func.count(OutboxMessage.id))) == 0
        assert await session.scalar(select(Schedule.work_date)) == MORNING.date() + timedelta(days=1)


async def race(db: Database, now: datetime) -> None:
    """Twelve tickers at once, then whatever they left to each other."""
    await asyncio.gather(*(one_tick(db, now=now, limit=60) for _ in range(12)))
    while (await one_tick(db, now=now)).more:
        pass
    await one_tick(db, now=now)


async def sent(db: Database, kind: str) -> Counter[int | None]:
    async with db.reading() as session:
        rows = await session.scalars(select(OutboxMessage.person_id).where(OutboxMessage.kind == kind))
        return Counter(rows)


async def test_reminders_are_given_once_whoever_ticks(pg_db: Database) -> None:
    await staff(pg_db)
    await race(pg_db, DUE)
    for hours in (1, 2):
        await race(pg_db, DUE + timedelta(hours=hours))
        reminded = await sent(pg_db, "reminded")
        assert len(reminded) == PEOPLE
        assert set(reminded.values()) == {hours}


async def test_summaries_are_given_once_whoever_ticks(pg_db: Database) -> None:
    await staff(pg_db)
    async with pg_db.writing() as session:
        await session.execute(update(Account).values(joined_at=MORNING - timedelta(days=30)))
        unit = Unit(name="MTsN 1 Sukamaju")
        session.add(unit)
        await session.flush()
        session.add_all(
            Group(chat_id=-number, title=f"Grup {number}", unit_id=unit.id, linked_by=1, linked_at=MORNING)
            for number in range(1, 41)
        )
        await session.flush()
        await plan_everybody(session, now=MORNING)
    await race(pg_db, FRIDAY)
    summed = await sent(pg_db, "week_summed")
    assert len(summed) == PEOPLE
    assert set(summed.values()) == {1}
    assert (await sent(pg_db, "unit_summed")).total() == 40
    async with pg_db.reading() as session:
        kinds = Counter(await session.scalars(select(Digest.kind)))
        covers = set((await session.execute(select(Digest.first, Digest.last, Digest.cut_to))).all())
    assert kinds == {DigestKind.PERSON: PEOPLE, DigestKind.UNIT: 40}
    assert {tuple(row) for row in covers} == {(date(2026, 11, 13), date(2026, 11, 19), FRIDAY)}
