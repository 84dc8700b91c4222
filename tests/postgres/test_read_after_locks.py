"""What was read before a lock was waited for is read again after it, on PostgreSQL, where one waits."""

import asyncio
from datetime import datetime

import pytest
from sqlalchemy import Select, select

from models import ActingSupervisor, Decision, Entry, Person
from models.engine import Database, writes_so_far
from services.approvals import deciding
from services.approvals.held import hold_days
from services.approvals.queue import load_queue
from services.entries.views import load_day
from services.errors import Outdated
from services.people.standing_in import seats_of
from tests.office import Office, build_office
from tests.services.reporting import send_day
from tests.services.seats import somebody, stand_in
from tests.services.test_read_once import reads_again

pytestmark = pytest.mark.postgres


@pytest.fixture
async def pg_office(pg_db: Database, now: datetime) -> Office:
    async with pg_db.writing() as session:
        return await build_office(session, now=now)


async def test_a_write_or_another_transaction_makes_it_be_read_again(
    pg_db: Database, pg_office: Office
) -> None:
    await reads_again(pg_db, pg_office)


async def waits(task: asyncio.Task[object]) -> None:
    await asyncio.sleep(0.2)
    assert not task.done(), "it did not wait for the lock"


async def test_seats_and_the_day_are_read_again_after_a_lock(
    pg_db: Database, pg_office: Office, now: datetime
) -> None:
    office = pg_office
    span = await stand_in(pg_db, office.budi, office.dewi)
    day_id, _ = await send_day(pg_db, office.ani, now=now)

    async def looks() -> list[object]:
        async with pg_db.writing() as session:
            dewi = await somebody(session, office.dewi, now)
            found: list[object] = []
            for _ in range(2):
                found.append(office.budi in await seats_of(session, dewi, now=now))
                found.append((await load_day(session, day_id)).entries[0].activity)
                await hold_days(session, [day_id])
            return found

    async with pg_db.writing() as session:
        await hold_days(session, [day_id])
        looking = asyncio.create_task(looks())
        await waits(looking)
        (await session.get_one(ActingSupervisor, span)).ended_at = now
        (await session.scalars(select(Entry).where(Entry.day_id == day_id))).one().activity = "Rapat dinas"
    assert await looking == [True, "Menyusun perangkat pembelajaran bab 3", False, "Rapat dinas"]


@pytest.mark.parametrize(("key_share", "locks"), [(None, 0), (False, 1), (True, 1)])
async def test_every_kind_of_lock_counts(
    pg_db: Database, pg_office: Office, key_share: bool | None, locks: int
) -> None:
    query: Select[int] = select(Person.id).where(Person.id == pg_office.ani)
    if key_share is not None:
        query = query.with_for_update(key_share=key_share)
    async with pg_db.writing() as session:
        before = await session.run_sync(writes_so_far)
        await session.execute(query)
        assert await session.run_sync(writes_so_far) == before + locks


@pytest.mark.parametrize("what", ["nothing", "ended", "moved away", "moved to another seat"])
async def test_all_are_approved_only_by_who_still_may_once_the_days_are_free(
    pg_db: Database, pg_office: Office, now: datetime, what: str
) -> None:
    office = pg_office
    span = await stand_in(pg_db, office.budi, office.dewi)
    day_id, _ = await send_day(pg_db, office.ani, now=now)
    async with pg_db.reading() as session:
        shown = await load_queue(session, await somebody(session, office.dewi, now), now=now)
    assert [(one.day_id, one.capacity) for one in shown.days] == [(day_id, "plh")]

    async def approves() -> int:
        async with pg_db.writing() as session:
            dewi = await somebody(session, office.dewi, now)
            return await deciding.approve_all(session, dewi, shown.digest, now=now)

    async with pg_db.writing() as session:
        await hold_days(session, [day_id])
        approving = asyncio.create_task(approves())
        await waits(approving)
        match what:
            case "ended":
                (await session.get_one(ActingSupervisor, span)).ended_at = now
            case "moved away":
                (await session.get_one(Person, office.ani)).supervisor_id = office.head
            case "moved to another seat":
                (await session.get_one(Person, office.ani)).supervisor_id = office.dewi
    [result] = await asyncio.gather(approving, return_exceptions=True)
    async with pg_db.reading() as session:
        decided = (await session.scalars(select(Decision.capacity))).all()
    if what == "nothing":
        assert (result, decided) == (1, ["plh"])
        return
    assert isinstance(result, Outdated)
    assert (result.code, result.card, decided) == ("queue_outdated", ("queue", office.dewi), [])
