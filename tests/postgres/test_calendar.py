"""The calendar on PostgreSQL: one query of two tables, seeding again, and a unit told at once."""

from datetime import date, datetime

import pytest
from sqlalchemy import func, select

from models import OutboxMessage, Person
from models.engine import Database
from services.calendar import load_calendar, seed_holidays
from services.calendar.administration import NewDaysOff, add_days_off, cancel_day_off, move_day_off
from services.calendar.gaps import load_gaps
from services.calendar.listing import load_day_off, load_year, meaning_of
from services.calendar.ramadan import load_ramadans, reset_ramadan, set_ramadan
from services.people import patterns
from services.people.identity import who_is
from services.reading.dates import Span
from tests.office import build_office, user_of

pytestmark = pytest.mark.postgres
TOMORROW = date(2026, 11, 19)


async def test_days_off_ramadan_and_patterns(pg_db: Database, now: datetime) -> None:
    async with pg_db.writing() as session:
        office = await build_office(session, now=now)
        await seed_holidays(session, (2026, 2027), now=now)
        admin = await who_is(session, user_of(office.admin), now=now)
        unit = await session.scalar(select(Person.unit_id).where(Person.id == office.eko))
    assert admin is not None
    assert unit is not None
    async with pg_db.writing() as session:
        new = NewDaysOff(Span(TOMORROW, TOMORROW), "Apel", unit_id=unit)
        (added,) = await add_days_off(session, admin, new, now=now)
        await cancel_day_off(session, admin, added, now=now)
        assert await add_days_off(session, admin, new, now=now) == (added,)
        moved = await move_day_off(session, admin, added, day=date(2026, 11, 20), now=now)
        one = await load_day_off(session, admin, moved)
        assert (await meaning_of(session, admin, one, now=now)).people == 2
        assert not (await seed_holidays(session, (2026, 2027), now=now)).changed
        assert one in (await load_year(session, admin, 2026, now=now)).days
        assert len((await load_gaps(session, 2027)).estimated) == 3
        set_id = await set_ramadan(session, admin, Span(date(2027, 2, 9), date(2027, 3, 9)), now=now)
        found = await load_calendar(session, first=date(2026, 11, 1), last=date(2027, 2, 28))
        assert date(2026, 11, 20) in found.days_off(unit)
        assert not found.is_ramadan(date(2027, 2, 8))
        await reset_ramadan(session, admin, set_id, now=now)
        assert (await load_ramadans(session, admin, 2027, now=now)).found[0].set_id is None
        assert await patterns.set_unit_pattern(session, admin, unit, pattern="six_days", now=now) == 2
        assert len(await patterns.find_people(session, admin, "ni")) == 2
        told = select(func.count()).where(OutboxMessage.kind == patterns.MESSAGE)
        assert await session.scalar(told) == 2
