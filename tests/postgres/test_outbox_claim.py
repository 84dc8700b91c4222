"""Several processes, one outbox: every row is taken once, in order a person, and 429 holds for all."""

import asyncio
from collections import defaultdict
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from models import Account, OutboxMessage, OutboxState, Person
from models.engine import Database
from services import outbox
from tests.conftest import WEDNESDAY

pytestmark = pytest.mark.postgres
PEOPLE = 20
EACH = 5


async def written(db: Database, *, people: int = PEOPLE, each: int = EACH) -> None:
    async with db.writing() as session:
        ids = range(1, people + 1)
        await session.execute(
            insert(Person), [{"id": n, "name": f"Pegawai {n}", "created_at": WEDNESDAY} for n in ids]
        )
        await session.execute(
            insert(Account),
            [{"user_id": n, "person_id": n, "chat_id": n, "joined_at": WEDNESDAY} for n in ids],
        )
        for number in range(each):
            for person in ids:
                await outbox.enqueue(session, "prompted", to=person, now=WEDNESDAY, payload={"n": number})


async def drained(db: Database, taken: list[outbox.Claimed]) -> None:
    """One process: claims and finishes until nothing is due a few times in a row."""
    idle = 0
    while idle < 3:
        async with db.writing() as session:
            claimed = await outbox.claim(session, now=WEDNESDAY, limit=7)
        taken += claimed
        await asyncio.sleep(0)
        for row in claimed:
            async with db.writing() as session:
                await outbox.finish(session, row.id, OutboxState.SENT, now=WEDNESDAY)
        idle = 0 if claimed else idle + 1
        if not claimed:
            await asyncio.sleep(0.01)


async def test_every_row_is_taken_once_and_in_order(pg_db: Database) -> None:
    await written(pg_db)
    taken: list[outbox.Claimed] = []
    await asyncio.gather(*(drained(pg_db, taken) for _ in range(4)))
    assert len(taken) == PEOPLE * EACH
    assert len({row.id for row in taken}) == PEOPLE * EACH
    order = defaultdict(list)
    for row in taken:
        order[row.person_id].append(row.payload["n"])
    assert all(numbers == list(range(EACH)) for numbers in order.values())


async def test_claims_at_the_same_instant_do_not_wait_for_each_other(pg_db: Database) -> None:
    await written(pg_db, each=1)
    async with pg_db.writing() as first, pg_db.writing() as second:
        mine = await outbox.claim(first, now=WEDNESDAY, limit=12)
        theirs = await asyncio.wait_for(outbox.claim(second, now=WEDNESDAY, limit=12), 5)
    assert len(mine) == 12
    assert not {row.id for row in mine} & {row.id for row in theirs}


async def test_the_same_key_is_written_once_by_whoever_tries(pg_db: Database) -> None:
    await written(pg_db, people=1, each=0)

    async def tries() -> bool:
        async with pg_db.writing() as session:
            return await outbox.enqueue(session, "prompted", to=1, now=WEDNESDAY, key="prompt:1")

    assert sorted(await asyncio.gather(*(tries() for _ in range(8)))) == [False] * 7 + [True]


async def test_too_many_holds_for_every_process_without_a_deadlock(pg_db: Database) -> None:
    await written(pg_db, each=2)
    async with pg_db.writing() as session:
        claimed = await outbox.claim(session, now=WEDNESDAY, limit=6)

    async def refused(row: outbox.Claimed) -> None:
        async with pg_db.writing() as session:
            await outbox.put_back(session, row, now=WEDNESDAY, wait=timedelta(seconds=5), error="429")

    await asyncio.gather(*(refused(row) for row in claimed))
    async with pg_db.writing() as session:
        assert await outbox.claim(session, now=WEDNESDAY + timedelta(seconds=4)) == []
    async with pg_db.writing() as session:
        assert len(await outbox.claim(session, now=WEDNESDAY + timedelta(seconds=5))) == PEOPLE


async def test_a_starting_process_leaves_the_others_rows_alone(pg_db: Database) -> None:
    await written(pg_db, each=1)
    async with pg_db.writing() as session:
        await outbox.claim(session, now=WEDNESDAY, limit=5)
    later = WEDNESDAY + timedelta(seconds=30)
    async with pg_db.writing() as session:
        assert await outbox.recover(session, now=later, older_than=timedelta(minutes=2)) == 0
    async with pg_db.writing() as session:
        dead = WEDNESDAY + timedelta(minutes=2)
        assert await outbox.recover(session, now=dead, older_than=timedelta(minutes=2)) == 5
    async with pg_db.reading() as session:
        uncertain = select(func.count()).where(OutboxMessage.state == OutboxState.UNCERTAIN)
        assert await session.scalar(uncertain) == 5
