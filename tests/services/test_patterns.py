"""Working patterns: of a unit, of a person, and what follows."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import event, insert, select, update

from models import Account, OutboxMessage, Pattern, Person, Role, RoleName, RoundKind, Schedule, Unit
from models.engine import Database
from services.errors import Invalid, NotAllowed, NotFound
from services.people import patterns
from services.people.identity import Actor, who_is
from services.rounds import plan_everybody
from tests.conftest import WEDNESDAY
from tests.office import Office, user_of

FRIDAY = datetime(2026, 11, 20, 13, tzinfo=WEDNESDAY.tzinfo)
"""Past the questions of that day."""


@pytest.fixture
async def admin(db: Database, office: Office) -> Actor:
    async with db.reading() as session:
        found = await who_is(session, user_of(office.admin), now=WEDNESDAY)
    assert found is not None
    return found


async def unit_of(db: Database, person_id: int) -> int:
    async with db.reading() as session:
        found = await session.scalar(select(Person.unit_id).where(Person.id == person_id))
    assert found is not None
    return found


async def next_prompt(db: Database, person_id: int) -> date | None:
    async with db.reading() as session:
        return await session.scalar(
            select(Schedule.work_date).where(
                Schedule.person_id == person_id, Schedule.kind == RoundKind.PROMPT
            )
        )


async def told(db: Database) -> list[int | None]:
    async with db.reading() as session:
        return list(
            await session.scalars(
                select(OutboxMessage.person_id)
                .where(OutboxMessage.kind == patterns.MESSAGE)
                .order_by(OutboxMessage.person_id)
            )
        )


async def test_a_unit_changes_but_for_its_shifts_and_each_is_told_once(
    db: Database, office: Office, admin: Actor
) -> None:
    unit = await unit_of(db, office.ani)
    async with db.writing() as session:
        await session.execute(update(Person).where(Person.id == office.citra).values(pattern=Pattern.SHIFT))
        await plan_everybody(session, now=FRIDAY)
    assert await next_prompt(db, office.ani) == date(2026, 11, 23)
    async with db.writing() as session:
        before = await patterns.load_unit(session, admin, unit)
        assert before.changes_to("six_days") == 5
        assert await patterns.set_unit_pattern(session, admin, unit, pattern="six_days", now=FRIDAY) == 5
        after = await patterns.load_unit(session, admin, unit)
        assert after.counts == {Pattern.SIX_DAYS: 5, Pattern.SHIFT: 1}
        assert await patterns.set_unit_pattern(session, admin, unit, pattern="six_days", now=FRIDAY) == 0
    assert await next_prompt(db, office.ani) == date(2026, 11, 21)
    assert await next_prompt(db, office.eko) == date(2026, 11, 23)
    assert await told(db) == [office.head, office.budi, office.ani]
    async with db.writing() as session:  # taken back before it was sent: one message, of what holds
        await patterns.set_unit_pattern(session, admin, unit, pattern="five_days", now=FRIDAY)
    assert await told(db) == [office.head, office.budi, office.ani]
    assert await next_prompt(db, office.ani) == date(2026, 11, 23)


async def test_one_person_changes(db: Database, office: Office, admin: Actor) -> None:
    async with db.writing() as session:
        await plan_everybody(session, now=WEDNESDAY)
        assert await patterns.set_person_pattern(session, admin, office.ani, pattern="shift", now=WEDNESDAY)
        assert not await patterns.set_person_pattern(
            session, admin, office.ani, pattern="shift", now=WEDNESDAY
        )
    assert await next_prompt(db, office.ani) is None
    assert await told(db) == [office.ani]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("rahma", ["Ani Rahmawati"]),
        ("  ANI   rahmawati ", ["Ani Rahmawati"]),
        ("ni", ["Ani Rahmawati", "Fitri Handayani"]),
        ("HNR-07", ["Citra Lestari"]),
    ],
)
async def test_people_are_found_by_name_or_number(
    db: Database, office: Office, admin: Actor, typed: str, names: list[str]
) -> None:
    async with db.writing() as session:
        await session.execute(update(Person).where(Person.id == office.citra).values(staff_number="hnr-07"))
        nip = await session.scalar(select(Person.nip).where(Person.id == office.eko))
        assert [one.name for one in await patterns.find_people(session, admin, typed)] == names
        (eko,) = await patterns.find_people(session, admin, f"{nip[:8]} {nip[8:]}" if nip else "")
    assert eko.person_id == office.eko


@pytest.mark.parametrize(
    ("typed", "code"), [("zzz", "pattern_nobody"), ("%", "pattern_nobody"), (" ", "pattern_nobody")]
)
async def test_nobody_of_that_name(db: Database, admin: Actor, typed: str, code: str) -> None:
    async with db.reading() as session:
        with pytest.raises(Invalid, match=code):
            await patterns.find_people(session, admin, typed)


async def test_too_many_of_that_name(db: Database, admin: Actor) -> None:
    async with db.writing() as session:
        session.add_all(Person(name=f"Ahmad {place}", created_at=WEDNESDAY) for place in range(9))
    async with db.reading() as session:
        with pytest.raises(Invalid, match="pattern_many"):
            await patterns.find_people(session, admin, "ahmad")


async def test_only_an_admin_and_only_what_is_there(db: Database, office: Office, admin: Actor) -> None:
    unit = await unit_of(db, office.ani)
    async with db.writing() as session:
        ani = await who_is(session, user_of(office.ani), now=WEDNESDAY)
        assert ani is not None
        for who, error in ((ani, NotAllowed), (admin, NotFound)):
            missing = 10**9 if who is admin else unit
            with pytest.raises(error):
                await patterns.load_unit(session, who, missing)
            with pytest.raises(error):
                await patterns.load_person(session, who, missing)
            with pytest.raises(error):
                await patterns.set_unit_pattern(session, who, missing, pattern="six_days", now=WEDNESDAY)
            with pytest.raises(error):
                await patterns.set_person_pattern(session, who, missing, pattern="shift", now=WEDNESDAY)
        with pytest.raises(NotAllowed):
            await patterns.find_people(session, ani, "budi")
        for wrong in ("shift", "seven", ""):
            with pytest.raises(NotFound):
                await patterns.set_unit_pattern(session, admin, unit, pattern=wrong, now=WEDNESDAY)
        with pytest.raises(NotFound):
            await patterns.set_person_pattern(session, admin, office.ani, pattern="x", now=WEDNESDAY)


async def test_a_large_unit_costs_no_more_statements_than_a_small_one(db: Database, admin: Actor) -> None:
    costs = []
    for size in (2, 300):
        async with db.writing() as session:
            unit = Unit(name=f"Unit {size}")
            session.add(unit)
            await session.flush()
            ids = [size * 1000 + place for place in range(size)]
            await session.execute(
                insert(Person),
                [{"id": one, "name": f"P{one}", "unit_id": unit.id, "created_at": WEDNESDAY} for one in ids],
            )
            await session.execute(insert(Role), [{"person_id": one, "role": RoleName.STAFF} for one in ids])
            await session.execute(
                insert(Account),
                [
                    {"user_id": 9000 + one, "person_id": one, "chat_id": 9000 + one, "joined_at": WEDNESDAY}
                    for one in ids
                ],
            )
            await plan_everybody(session, now=WEDNESDAY)
            with counted(db) as statements:
                await patterns.set_unit_pattern(session, admin, unit.id, pattern="six_days", now=WEDNESDAY)
            costs.append(len(statements))
    assert costs[0] == costs[1], costs


@contextmanager
def counted(db: Database) -> Iterator[list[str]]:
    """The statements sent while the block runs."""
    seen: list[str] = []

    def note(
        connection: object, cursor: object, statement: str, parameters: object, context: object, many: bool
    ) -> None:
        seen.append(statement)

    engine: Any = db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
