"""What was read in a transaction is read again once something was written there, and in every other one."""

from datetime import datetime

from sqlalchemy import text

from models import ActingSupervisor, Person
from models.engine import Database
from services.people.standing_in import load_above, seats_of
from services.read_once import read_once
from tests.office import Office
from tests.services.seats import somebody, stand_in


async def reads_again(db: Database, office: Office) -> None:
    """Two transactions on one session: what is read again, and what is not."""
    reads: list[int] = []

    async def read() -> int:
        reads.append(len(reads))
        return reads[-1]

    async with db.reading() as session:
        await session.execute(text("SELECT 1"))  # whatever begins a transaction is over
        assert [await read_once(session, "one", read), await read_once(session, "one", read)] == [0, 0]
        assert await read_once(session, "another", read) == 1
        (await session.get_one(Person, office.ani)).position = "Jabatan baru"  # pending, and not yet written
        assert await read_once(session, "one", read) == 2
        assert await read_once(session, "one", read) == 2
        await session.rollback()
        assert await read_once(session, "one", read) == 3, "a transaction of its own"
        await session.execute(text("SELECT 1"))
        assert await read_once(session, "one", read) == 3


async def test_a_write_makes_it_be_read_again(db: Database, office: Office) -> None:
    await reads_again(db, office)


async def test_a_seat_that_ends_in_the_same_transaction_is_gone(
    db: Database, office: Office, now: datetime
) -> None:
    span = await stand_in(db, office.budi, office.dewi)
    async with db.writing() as session:
        dewi = await somebody(session, office.dewi, now)
        assert office.budi in await seats_of(session, dewi, now=now)
        (await session.get_one(ActingSupervisor, span)).ended_at = now  # pending, and not yet written
        assert (await load_above(session, dewi, office.ani, now=now)).seats == {office.dewi: "supervisor"}
        assert office.budi not in await seats_of(session, dewi, now=now)


async def test_who_is_above_somebody_is_said_at_once(db: Database, office: Office, now: datetime) -> None:
    await stand_in(db, office.budi, office.dewi)
    async with db.reading() as session:
        dewi = await somebody(session, office.dewi, now)
        head = await somebody(session, office.head, now)
        seen = await load_above(session, dewi, office.ani, now=now)
        assert (seen.supervisor_id, seen.above_id) == (office.budi, office.head)
        assert seen.seats == {office.dewi: "supervisor", office.budi: "plh"}
        assert seen.stand_in is not None
        assert seen.stand_in.person_id == office.dewi
        assert seen.others(office.dewi) == [office.budi]
        from_above = await load_above(session, head, office.ani, now=now)
        assert from_above.seats == {office.head: "supervisor"}
        assert from_above.others(office.head) == sorted([office.budi, office.dewi])
        nobody = await load_above(session, head, 99999, now=now)
        assert (nobody.supervisor_id, nobody.above_id, nobody.stand_in) == (None, None, None)
        assert nobody.others(office.head) == []
