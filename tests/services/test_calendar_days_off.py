"""The table of days off: seeded, corrected, edited by an admin."""

from datetime import date, datetime, timedelta
from typing import Any

import holidays
import pytest
from sqlalchemy import func, select, update

from models import Holiday, HolidayKind, Person
from models.engine import Database
from services.calendar import calendar_around, load_calendar, seed_holidays, seeding
from services.calendar.administration import NewDaysOff, add_days_off, cancel_day_off
from services.calendar.fasting import fasting_days
from services.calendar.gaps import load_gaps
from services.calendar.seeding import CATEGORIES, indonesia
from services.errors import Invalid, NotAllowed, NotFound
from services.people.identity import Actor, who_is
from services.reading.dates import Span
from tests.conftest import WEDNESDAY
from tests.office import Office, user_of

YEARS = (2026, 2027)


async def actor(db: Database, person_id: int) -> Actor:
    async with db.reading() as session:
        found = await who_is(session, user_of(person_id), now=WEDNESDAY)
    assert found is not None
    return found


def new(day: date, name: str, unit_id: int | None = None) -> NewDaysOff:
    return NewDaysOff(Span(day, day), name, unit_id=unit_id)


async def test_national_days_and_joint_leave_are_seeded_once(db: Database, now: datetime) -> None:
    async with db.writing() as session:
        first = await seed_holidays(session, YEARS, now=now)
    async with db.writing() as session:
        second = await seed_holidays(session, reversed(YEARS), now=now)
    assert first.added > 40
    assert not second.changed
    async with db.reading() as session:
        assert await session.scalar(select(func.count(Holiday.id))) == first.added
        rows = await session.execute(
            select(Holiday.day, Holiday.kind).where(
                Holiday.day.in_([date(2026, 12, 24), date(2026, 12, 25), date(2027, 1, 1)])
            )
        )
        kinds = {row.day: row.kind for row in rows}
    assert kinds == {
        date(2026, 12, 24): HolidayKind.JOINT_LEAVE,
        date(2026, 12, 25): HolidayKind.NATIONAL,
        date(2027, 1, 1): HolidayKind.NATIONAL,
    }


async def test_estimated_days_are_marked_and_their_names_clean(db: Database, now: datetime) -> None:
    async with db.writing() as session:
        await seed_holidays(session, (2026, 2028), now=now)
        assert (await load_gaps(session, 2026)).estimated == ()
        estimated = (await load_gaps(session, 2028)).estimated
    names = [name for _, name in estimated]
    assert any("Idul Fitri" in name for name in names)
    assert not any("perkiraan" in name for name in names)


async def test_a_day_that_the_package_moved_or_fixed_is_corrected(db: Database, now: datetime) -> None:
    async with db.writing() as session:
        await seed_holidays(session, [2026], now=now)
        christmas = (await session.scalars(select(Holiday).where(Holiday.day == date(2026, 12, 25)))).one()
        christmas.estimated = True
        session.add(
            Holiday(
                day=date(2026, 7, 7),
                name="Hari Lama",
                kind=HolidayKind.NATIONAL,
                seed_key="2026-07-07:national:Hari Lama",
            )
        )
    async with db.writing() as session:
        outcome = await seed_holidays(session, [2026], now=now)
    assert (outcome.added, outcome.corrected, outcome.removed) == (0, 1, 1)


async def test_what_an_admin_did_survives_the_next_seeding(
    db: Database, office: Office, now: datetime
) -> None:
    admin = await actor(db, office.admin)
    async with db.writing() as session:
        await seed_holidays(session, YEARS, now=now)
        joint_leave = await session.scalar(select(Holiday.id).where(Holiday.day == date(2026, 12, 24)))
        assert joint_leave is not None
        await cancel_day_off(session, admin, joint_leave, now=now)
        await add_days_off(session, admin, new(date(2026, 12, 23), "Hari Jadi Kabupaten"), now=now)
    async with db.writing() as session:
        assert not (await seed_holidays(session, YEARS, now=now)).changed
        calendar = await calendar_around(session, now)
    assert date(2026, 12, 23) in calendar.general
    assert date(2026, 12, 24) not in calendar.general
    assert date(2026, 12, 25) in calendar.general


async def test_a_unit_has_its_own_days_off(db: Database, office: Office, now: datetime) -> None:
    admin = await actor(db, office.admin)
    async with db.writing() as session:
        await seed_holidays(session, YEARS, now=now)
        unit = await session.scalar(select(Person.unit_id).where(Person.id == office.eko))
        other = await session.scalar(select(Person.unit_id).where(Person.id == office.ani))
        await add_days_off(session, admin, new(date(2026, 11, 19), "Kerja lapangan", unit), now=now)
        calendar = await load_calendar(session, first=date(2026, 11, 1), last=date(2026, 12, 31))
    assert date(2026, 11, 19) in calendar.days_off(unit)
    assert date(2026, 12, 25) in calendar.days_off(unit)
    assert date(2026, 11, 19) not in calendar.days_off(other)
    assert date(2026, 11, 19) not in calendar.days_off(None)


async def test_only_an_admin_edits_and_faults_are_named(db: Database, office: Office, now: datetime) -> None:
    admin, ani = await actor(db, office.admin), await actor(db, office.ani)
    day = date(2026, 11, 19)
    async with db.writing() as session:
        with pytest.raises(NotAllowed):
            await add_days_off(session, ani, new(day, "Libur"), now=now)
        with pytest.raises(NotAllowed):
            await cancel_day_off(session, ani, 1, now=now)
        with pytest.raises(NotFound):
            await cancel_day_off(session, admin, 1, now=now)
        with pytest.raises(NotFound):
            await add_days_off(session, admin, new(day, "Libur", 999), now=now)
        for name in ("  ", "x" * 201):
            with pytest.raises(Invalid, match="holiday_name"):
                await add_days_off(session, admin, new(day, name), now=now)
        await add_days_off(session, admin, new(day, "Libur"), now=now)
        with pytest.raises(Invalid, match="holiday_exists"):
            await add_days_off(session, admin, new(day, "Libur lagi"), now=now)


async def test_ramadan_follows_the_idul_fitri_of_the_table(db: Database, now: datetime) -> None:
    async with db.writing() as session:
        await seed_holidays(session, YEARS, now=now)
        calendar = await load_calendar(session, first=date(2027, 1, 1), last=date(2027, 2, 20))
        assert {day for day in calendar.fasting if day.year == 2027} == {
            date(2027, 2, 8) + timedelta(days=offset) for offset in range(30)
        }
        await session.execute(
            update(Holiday).where(Holiday.name.contains("Idul Fitri")).values(cancelled=True)
        )
        session.add(Holiday(day=date(2027, 3, 11), name="Idul Fitri 1448 H", kind=HolidayKind.NATIONAL))
        moved = await load_calendar(session, first=date(2027, 1, 1), last=date(2027, 3, 31))
    assert date(2027, 2, 8) not in moved.fasting
    assert date(2027, 3, 10) in moved.fasting


def test_a_year_may_hold_two_ramadans() -> None:
    fasting = fasting_days([date(2030, 2, 4), date(2030, 2, 5), date(2031, 1, 25)])
    assert len(fasting) == 60
    assert date(2030, 2, 4) not in fasting
    assert date(2030, 12, 26) in fasting


@pytest.mark.parametrize("category", CATEGORIES)
def test_one_country_is_loaded_as_the_package_would(category: str) -> None:
    asked: dict[str, Any] = {"years": YEARS, "categories": (category,), "language": "id"}
    table = holidays.country_holidays("ID", **asked)
    assert table
    assert dict(indonesia()(**asked)) == dict(table)


def test_where_the_package_keeps_the_country_elsewhere_it_is_asked_for_by_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(seeding, "MODULE", "elsewhere")
    assert indonesia()(years=YEARS, language="id")
