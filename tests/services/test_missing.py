"""Which days a report was asked for and none came."""

from datetime import date

import pytest
from sqlalchemy import event, update

from models import Account, Day, DayKind, DutyPeriod, Pattern, Person, ShiftDay
from models.engine import Database
from services.entries.nothing import report_nothing
from services.missing import missing_days, unfinished
from services.people.identity import who_is
from tests.office import Office, user_of
from tests.services.desk import Desk, at

FIRST, LAST = date(2026, 11, 9), date(2026, 11, 18)
LATER = at(9, day=19)


@pytest.fixture
async def ani(db: Database, office: Office) -> Desk:
    """Everybody joined long ago."""
    async with db.writing() as session:
        await session.execute(update(Account).values(joined_at=at(9, day=1, month=9)))
    return Desk(db, office, office.ani, now=LATER)


async def missing(desk: Desk, person: int | None = None, first: date = FIRST) -> list[int]:
    """Days of November."""
    person = person or desk.person
    async with desk.db.reading() as session:
        found = await missing_days(session, [person], first, LAST, now=desk.now)
    return [one.day for one in found[person]]


async def test_only_days_sent_and_not_taken_back_count(ani: Desk) -> None:
    assert await missing(ani) == [9, 10, 11, 12, 13, 16, 17, 18]
    for number in (9, 10, 11):
        taken = await ani.types("Rapat a", work_date=date(2026, 11, number))
        if number != 9:
            await ani.sends(taken.day_id or 0)
        if number == 11:
            await ani.withdraws(taken.day_id or 0)
    await ani.calls(report_nothing, date(2026, 11, 12), "Menunggu arahan")
    assert await missing(ani) == [9, 11, 13, 16, 17, 18]


async def test_today_is_not_over(ani: Desk) -> None:
    ani.now = at(23, 59)
    assert (await missing(ani))[-1] == 17
    ani.now = at(0, 0, day=19)
    assert (await missing(ani))[-1] == 18


async def test_nobody_misses_a_day_before_they_joined(ani: Desk) -> None:
    async with ani.db.writing() as session:
        await session.execute(update(Account).values(joined_at=at(15, day=16)))
    assert await missing(ani) == [16, 17, 18]
    async with ani.db.writing() as session:
        await session.delete(await session.get_one(Account, user_of(ani.person)))
    assert await missing(ani) == []


async def test_who_is_not_asked_or_left_misses_nothing(ani: Desk) -> None:
    assert await missing(ani, ani.office.admin) == await missing(ani, ani.office.observer) == []
    async with ani.db.writing() as session:
        (await session.get_one(Person, ani.office.citra)).active = False
    assert await missing(ani, ani.office.citra) == []
    async with ani.db.reading() as session:
        assert await missing_days(session, [], FIRST, LAST, now=LATER) == {}
        assert await missing_days(session, [ani.person], LAST, FIRST, now=LATER) == {ani.person: []}


async def test_days_away_and_days_without_a_shift_are_not_missing(ani: Desk) -> None:
    async with ani.db.writing() as session:
        leave = DutyPeriod(
            person_id=ani.person,
            kind=DayKind.LEAVE,
            first=date(2026, 11, 10),
            last=date(2026, 11, 17),
            created_at=LATER,
            created_by=ani.person,
        )
        (await session.get_one(Person, ani.office.citra)).pattern = Pattern.SHIFT
        shift = ShiftDay(
            person_id=ani.office.citra, day=date(2026, 11, 15), marked_by=ani.office.citra, marked_at=LATER
        )
        session.add_all([leave, shift])
    assert await missing(ani) == [9, 18]
    assert await missing(ani, ani.office.citra) == [15]


async def test_as_many_queries_for_one_as_for_all(ani: Desk) -> None:
    office = ani.office
    seen: list[str] = []
    engine = ani.db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    counts = []
    for people in ([office.ani], [office.ani, office.citra, office.budi, office.eko, office.head]):
        seen.clear()
        async with ani.db.reading() as session:
            await missing_days(session, people, FIRST, LAST, now=LATER)
        counts.append(len([one for one in seen if one.startswith("SELECT")]))
    assert counts == [5, 5]


async def test_what_is_left_of_a_month(ani: Desk) -> None:
    taken = await ani.types("Rapat a", work_date=date(2026, 10, 30), now=at(9, day=2))
    async with ani.db.writing() as session:
        await session.execute(update(Account).values(joined_at=at(9, day=29, month=10)))
        actor = await who_is(session, user_of(ani.person), now=LATER)
        assert actor is not None
    await ani.sends(taken.day_id or 0, now=at(9, day=2))
    await ani.returned(taken.day_id or 0)
    async with ani.db.reading() as session:
        left = await unfinished(session, actor, date(2026, 11, 5), now=at(9, day=5))
        assert left is not None
        assert (left.month, left.missing) == (date(2026, 10, 1), (date(2026, 10, 29),))
        assert left.returned == ((taken.day_id, date(2026, 10, 30)),)
        assert left.until == at(23, 59, day=5)
        assert await unfinished(session, actor, date(2026, 11, 5), now=at(9, day=6)) is None
        assert await unfinished(session, actor, date(2026, 10, 5), now=at(9, day=2, month=10)) is None
        assert await session.get(Day, taken.day_id) is not None
