"""An admin's hand on the calendar: what is added, moved, cancelled, and who is asked then."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import (
    AuditEvent,
    Holiday,
    HolidayKind,
    Pattern,
    Person,
    RamadanHours,
    RoleName,
    RoundKind,
    Schedule,
)
from models.engine import Database
from services.calendar import administration as calendar
from services.calendar import load_calendar, seed_holidays
from services.calendar.administration import NewDaysOff, add_days_off
from services.calendar.gaps import load_gaps
from services.calendar.listing import load_day_off, load_year, meaning_of
from services.calendar.ramadan import load_ramadans, reset_ramadan, set_ramadan
from services.calendar.seeding import PublishedDay, published_days, take_published
from services.errors import Invalid, NotAllowed, NotFound
from services.people.identity import Actor, who_is
from services.reading.dates import Span
from services.rounds import plan_everybody
from tests.conftest import WEDNESDAY
from tests.databases import Ground
from tests.office import Office, user_of

TODAY = date(2026, 11, 18)
TOMORROW = date(2026, 11, 19)


def day_off(
    first: date,
    name: str = "Rapat kerja",
    *,
    last: date | None = None,
    kind: HolidayKind = HolidayKind.OFFICE,
    unit_id: int | None = None,
) -> NewDaysOff:
    return NewDaysOff(Span(first, last or first), name, kind, unit_id)


async def acting(db: Database, person_id: int) -> Actor:
    async with db.reading() as session:
        found = await who_is(session, user_of(person_id), now=WEDNESDAY)
    assert found is not None
    return found


@pytest.fixture
async def admin(db: Database, office: Office, now: datetime) -> Actor:
    """The admin of an office whose holidays are seeded and whose people are planned."""
    async with db.writing() as session:
        await seed_holidays(session, (2026, 2027), now=now)
        await plan_everybody(session, now=now)
    return await acting(db, office.admin)


async def id_of(db: Database, day: date, *, cancelled: bool = False) -> int:
    async with db.reading() as session:
        found = await session.scalar(
            select(Holiday.id).where(Holiday.day == day, Holiday.cancelled.is_(cancelled))
        )
    assert found is not None
    return found


async def next_prompt(db: Database, person_id: int) -> date | None:
    async with db.reading() as session:
        return await session.scalar(
            select(Schedule.work_date).where(
                Schedule.person_id == person_id, Schedule.kind == RoundKind.PROMPT
            )
        )


async def unit_of(db: Database, person_id: int) -> int:
    async with db.reading() as session:
        found = await session.scalar(select(Person.unit_id).where(Person.id == person_id))
    assert found is not None
    return found


async def off(db: Database, first: date, last: date, *, unit_id: int | None = None) -> frozenset[date]:
    async with db.reading() as session:
        return (await load_calendar(session, first=first, last=last)).days_off(unit_id)


async def test_a_day_off_for_all_and_for_one_unit_moves_the_question(
    db: Database, office: Office, admin: Actor, now: datetime
) -> None:
    assert await next_prompt(db, office.ani) == TODAY
    async with db.writing() as session:
        await add_days_off(session, admin, day_off(TODAY), now=now)
    assert await next_prompt(db, office.ani) == TOMORROW
    async with db.writing() as session:
        unit = await unit_of(db, office.eko)
        (added,) = await add_days_off(session, admin, day_off(TOMORROW, unit_id=unit), now=now)
    assert await next_prompt(db, office.ani) == TOMORROW
    assert await next_prompt(db, office.eko) == date(2026, 11, 20)
    async with db.writing() as session:
        await calendar.cancel_day_off(session, admin, added, now=now)
    assert await next_prompt(db, office.eko) == TOMORROW
    async with db.writing() as session:
        await calendar.restore_day_off(session, admin, added, now=now)
    assert await next_prompt(db, office.eko) == date(2026, 11, 20)


async def test_several_days_leave_out_sundays_and_what_is_off_already(
    db: Database, admin: Actor, now: datetime
) -> None:
    new = day_off(date(2026, 12, 23), "Libur semester", last=date(2026, 12, 30))
    async with db.writing() as session:
        fits = await calendar.fitting(session, admin, new, now=now)
        ids = await add_days_off(session, admin, new, now=now)
    assert [day.day for day in fits.days] == [23, 26, 28, 29, 30]
    assert [day.day for day in fits.already] == [24, 25]
    assert fits.sundays
    assert len(ids) == 5
    assert date(2026, 12, 27) not in await off(db, date(2026, 12, 1), date(2026, 12, 31))
    async with db.writing() as session:
        with pytest.raises(Invalid, match="holiday_exists"):
            await add_days_off(session, admin, new, now=now)


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (TODAY - timedelta(days=32), None, "holiday_past"),
        (TODAY + timedelta(days=732), None, "holiday_far"),
        (TODAY, TODAY + timedelta(days=31), "holiday_long"),
        (date(2026, 12, 25), None, "holiday_exists"),
    ],
)
async def test_what_cannot_be_added_is_named(
    db: Database, admin: Actor, now: datetime, first: date, last: date | None, code: str
) -> None:
    async with db.writing() as session:
        with pytest.raises(Invalid, match=code):
            await add_days_off(session, admin, day_off(first, last=last), now=now)
    async with db.writing() as session:
        await add_days_off(session, admin, day_off(TODAY - timedelta(days=31)), now=now)


async def test_a_published_day_that_is_moved_stays_moved(db: Database, admin: Actor, now: datetime) -> None:
    feast, fixed = date(2027, 5, 17), date(2027, 5, 16)
    before = await id_of(db, feast)
    async with db.writing() as session:
        moved = await calendar.move_day_off(session, admin, before, day=fixed, now=now)
        assert moved != before
        assert not (await seed_holidays(session, (2026, 2027), now=now)).changed
        shown = await load_day_off(session, admin, moved)
    assert not shown.estimated
    assert not shown.published
    span = (date(2027, 5, 1), date(2027, 5, 31))
    assert fixed in await off(db, *span)
    assert feast not in await off(db, *span)
    async with db.writing() as session:  # and back: the published row itself takes it up again
        assert await calendar.move_day_off(session, admin, moved, day=feast, now=now) == before
        assert await session.get(Holiday, moved) is None
        assert not (await seed_holidays(session, (2026, 2027), now=now)).changed


@pytest.mark.parametrize("later", [date(2027, 5, 16), date(2027, 5, 18), date(2027, 5, 17)])
async def test_a_newer_package_neither_doubles_nor_brings_back_what_was_moved(
    db: Database, admin: Actor, now: datetime, later: date
) -> None:
    feast, fixed = date(2027, 5, 17), date(2027, 5, 16)
    before = await id_of(db, feast)
    async with db.writing() as session:
        await calendar.move_day_off(session, admin, before, day=fixed, now=now)
        name = (await session.get_one(Holiday, before)).name
        newer = [one for one in published_days([2027]) if one.name != name]
        newer.append(PublishedDay(later, name, HolidayKind.NATIONAL, estimated=False))
        await take_published(session, newer, years=[2027], now=now)
        again = await take_published(session, newer, years=[2027], now=now)
        live = await session.scalars(
            select(Holiday.day).where(
                Holiday.name == name, Holiday.cancelled.is_(False), Holiday.day >= date(2027, 1, 1)
            )
        )
        assert list(live) == [fixed]
    assert not again.changed


async def test_what_was_cancelled_and_restored_outlives_its_package(
    db: Database, admin: Actor, now: datetime
) -> None:
    natal = await id_of(db, date(2026, 12, 24))
    fewer = [one for one in published_days([2026]) if one.day != date(2026, 12, 24)]
    async with db.writing() as session:
        await calendar.cancel_day_off(session, admin, natal, now=now)
        await take_published(session, fewer, years=[2026], now=now)
        await calendar.restore_day_off(session, admin, natal, now=now)
        assert not (await take_published(session, fewer, years=[2026], now=now)).changed
        assert not (await seed_holidays(session, [2026], now=now)).changed
    assert date(2026, 12, 24) in await off(db, date(2026, 12, 1), date(2026, 12, 31))


async def test_an_estimate_is_fixed_and_stays_fixed(db: Database, admin: Actor, now: datetime) -> None:
    feast = await id_of(db, date(2027, 5, 17))
    async with db.writing() as session:
        await calendar.fix_day_off(session, admin, feast, now=now)
        await calendar.fix_day_off(session, admin, feast, now=now)
        await seed_holidays(session, (2026, 2027), now=now)
        assert not (await load_day_off(session, admin, feast)).estimated
        second = await calendar.move_day_off(
            session, admin, await id_of(db, date(2027, 3, 10)), day=date(2027, 3, 10), now=now
        )
        assert not (await load_day_off(session, admin, second)).estimated
        fixed = await session.scalar(select(func.count()).where(AuditEvent.action == "holiday_fixed"))
    assert fixed == 1


async def test_a_renamed_day_keeps_its_place_in_the_published_list(
    db: Database, admin: Actor, now: datetime
) -> None:
    feast = await id_of(db, date(2027, 3, 10))
    async with db.writing() as session:
        await calendar.rename_day_off(session, admin, feast, name="  Lebaran  pertama ", now=now)
        assert not (await seed_holidays(session, (2026, 2027), now=now)).changed
        assert (await load_day_off(session, admin, feast)).name == "Lebaran pertama"
        found = await load_calendar(session, first=date(2027, 2, 1), last=date(2027, 3, 9))
    assert found.is_ramadan(date(2027, 2, 8))


async def test_a_unit_may_have_the_same_day_off_added_renamed_and_moved_again_and_again(
    db: Database, office: Office, admin: Actor, now: datetime
) -> None:
    unit = await unit_of(db, office.eko)
    new = day_off(TOMORROW, "Apel", unit_id=unit)
    async with db.writing() as session:
        (first,) = await add_days_off(session, admin, new, now=now)
        await calendar.cancel_day_off(session, admin, first, now=now)
        assert await add_days_off(session, admin, new, now=now) == (first,)
        await calendar.cancel_day_off(session, admin, first, now=now)
        (other,) = await add_days_off(session, admin, day_off(TOMORROW, "Rapat", unit_id=unit), now=now)
        await calendar.rename_day_off(session, admin, other, name="Apel", now=now)
        await calendar.cancel_day_off(session, admin, other, now=now)
        (third,) = await add_days_off(session, admin, day_off(TODAY, "Apel", unit_id=unit), now=now)
        moved = await calendar.move_day_off(session, admin, third, day=TOMORROW, now=now)
        assert (await load_day_off(session, admin, moved)).unit_name == "KUA Sukamaju"
        with pytest.raises(NotFound):
            await add_days_off(
                session, admin, day_off(TODAY, unit_id=unit, kind=HolidayKind.NATIONAL), now=now
            )


async def test_the_same_day_off_twice_on_a_date_is_refused(db: Database, admin: Actor, now: datetime) -> None:
    async with db.writing() as session:
        (first,) = await add_days_off(session, admin, day_off(TODAY, "Apel"), now=now)
        (second,) = await add_days_off(session, admin, day_off(TOMORROW, "Apel"), now=now)
        (third,) = await add_days_off(session, admin, day_off(date(2026, 11, 20), "Rapat"), now=now)
        with pytest.raises(Invalid, match="holiday_exists"):
            await calendar.move_day_off(session, admin, first, day=TOMORROW, now=now)
        await calendar.cancel_day_off(session, admin, first, now=now)
        await calendar.move_day_off(session, admin, second, day=TODAY, now=now)
        with pytest.raises(NotFound):
            await calendar.rename_day_off(session, admin, second, name="Rapat", now=now)
        await calendar.rename_day_off(session, admin, third, name="Apel", now=now)
        assert await off(db, TODAY, TODAY) == frozenset()  # not committed yet
    assert TODAY in await off(db, TODAY, TODAY)


async def test_only_an_admin_and_only_what_is_there(
    db: Database, office: Office, admin: Actor, now: datetime
) -> None:
    ani = await acting(db, office.ani)
    natal = await id_of(db, date(2026, 12, 25))
    async with db.writing() as session:
        for act in (calendar.cancel_day_off, calendar.restore_day_off, calendar.fix_day_off):
            with pytest.raises(NotAllowed):
                await act(session, ani, natal, now=now)
            with pytest.raises(NotFound):
                await act(session, admin, 10**9, now=now)
        with pytest.raises(NotAllowed):
            await calendar.move_day_off(session, ani, natal, day=TODAY, now=now)
        with pytest.raises(NotAllowed):
            await calendar.rename_day_off(session, ani, natal, name="Libur", now=now)
        with pytest.raises(NotAllowed):
            await set_ramadan(session, ani, Span(date(2027, 2, 8), date(2027, 3, 9)), now=now)
        with pytest.raises(NotAllowed):
            await reset_ramadan(session, ani, 1, now=now)
        await calendar.restore_day_off(session, admin, natal, now=now)  # it stands: twice is as once
        old = await id_of(db, date(2026, 8, 17))
        for change in (calendar.cancel_day_off, calendar.fix_day_off):
            with pytest.raises(Invalid, match="holiday_past"):
                await change(session, admin, old, now=now)


async def test_everybody_sees_what_is_to_come_for_their_unit(
    db: Database, office: Office, admin: Actor, now: datetime
) -> None:
    unit = await unit_of(db, office.eko)
    async with db.writing() as session:
        await add_days_off(session, admin, day_off(TOMORROW, unit_id=unit), now=now)
        await calendar.cancel_day_off(session, admin, await id_of(db, date(2026, 12, 24)), now=now)
        shown = {
            who: [one.day for one in (await load_year(session, await acting(db, who), 2026, now=now)).days]
            for who in (office.ani, office.eko)
        }
        whole = await load_year(session, admin, 2026, now=now)
        for year in (2024, 2029):
            with pytest.raises(NotFound):
                await load_year(session, admin, year, now=now)
    assert shown[office.ani] == [date(2026, 12, 25)]
    assert shown[office.eko] == [TOMORROW, date(2026, 12, 25)]
    assert whole.editable
    assert [one.day for one in whole.days if one.cancelled] == [date(2026, 12, 24)]


async def test_what_a_day_off_means_counts_those_who_would_be_asked(
    db: Database, office: Office, admin: Actor, now: datetime
) -> None:
    unit = await unit_of(db, office.eko)
    async with db.writing() as session:
        await session.execute(
            update(Person).where(Person.id == office.citra).values(pattern=Pattern.SIX_DAYS)
        )
        await session.execute(update(Person).where(Person.id == office.budi).values(pattern=Pattern.SHIFT))
        (all_,) = await add_days_off(session, admin, day_off(TOMORROW), now=now)
        (saturday,) = await add_days_off(session, admin, day_off(date(2026, 11, 21)), now=now)
        (sunday,) = await add_days_off(session, admin, day_off(date(2026, 11, 22)), now=now)
        (own,) = await add_days_off(session, admin, day_off(date(2026, 11, 20), unit_id=unit), now=now)

        async def people(holiday_id: int) -> int:
            one = await load_day_off(session, admin, holiday_id)
            return (await meaning_of(session, admin, one, now=now)).people

        assert [await people(one) for one in (all_, saturday, sunday, own)] == [5, 1, 0, 2]
        (general,) = await add_days_off(session, admin, day_off(date(2026, 11, 20), "Banjir"), now=now)
        await calendar.cancel_day_off(session, admin, general, now=now)
        assert await people(general) == 3  # the unit is off anyway
        one = await load_day_off(session, admin, await id_of(db, date(2026, 8, 17)))
        meaning = await meaning_of(session, admin, one, now=now)
    assert meaning.past
    assert not meaning.editable


async def test_ramadan_is_as_set_until_it_is_reset(
    db: Database, office: Office, admin: Actor, now: datetime
) -> None:
    async def fasting() -> list[date]:
        async with db.reading() as session:
            found = await load_calendar(session, first=date(2027, 1, 1), last=date(2027, 3, 31))
        return sorted(day for day in found.fasting if day.year == 2027)

    assert (await fasting())[0] == date(2027, 2, 8)
    async with db.writing() as session:
        (one,) = (await load_ramadans(session, admin, 2027, now=now)).found
        assert one.set_id is None
        await set_ramadan(session, admin, Span(date(2027, 2, 10), date(2027, 3, 10)), now=now)
        set_id = await set_ramadan(session, admin, Span(date(2027, 2, 9), date(2027, 3, 9)), now=now)
        assert await session.scalar(select(func.count(RamadanHours.id))) == 1
        (one,) = (await load_ramadans(session, admin, 2027, now=now)).found
    assert (one.first, one.set_id) == (date(2027, 2, 9), set_id)
    days = await fasting()
    assert (days[0], days[-1], len(days)) == (date(2027, 2, 9), date(2027, 3, 9), 29)
    async with db.writing() as session:
        assert await reset_ramadan(session, admin, set_id, now=now) == 2027
        with pytest.raises(NotFound, match="ramadan_not_set"):
            await reset_ramadan(session, admin, set_id, now=now)
    assert (await fasting())[0] == date(2027, 2, 8)


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (date(2027, 2, 8), date(2027, 2, 20), "ramadan_length"),
        (date(2027, 2, 8), date(2027, 3, 20), "ramadan_length"),
        (date(2027, 7, 1), date(2027, 7, 30), "ramadan_elsewhere"),
        (date(2026, 2, 19), date(2026, 3, 20), "holiday_past"),
    ],
)
async def test_dates_that_are_no_ramadan_are_refused(
    db: Database, admin: Actor, now: datetime, first: date, last: date, code: str
) -> None:
    async with db.writing() as session:
        with pytest.raises(Invalid, match=code):
            await set_ramadan(session, admin, Span(first, last), now=now)


async def test_the_year_2030_has_two_ramadans_and_each_is_set_by_itself(
    db: Database, office: Office, now: datetime
) -> None:
    admin, then = await acting(db, office.admin), datetime(2029, 11, 1, 2, tzinfo=UTC)
    async with db.writing() as session:
        await seed_holidays(session, (2029, 2030, 2031), now=then)
        first, second = (await load_ramadans(session, admin, 2030, now=then)).found
        assert (first.last, second.first) == (date(2030, 2, 3), date(2030, 12, 26))
        await set_ramadan(session, admin, Span(date(2030, 12, 27), date(2031, 1, 24)), now=then)
        found = (await load_ramadans(session, admin, 2030, now=then)).found
    assert found[0] == first
    assert found[1].first == date(2030, 12, 27)


async def test_the_prompt_follows_the_hours_that_were_set(db: Database, office: Office) -> None:
    admin, then = await acting(db, office.admin), datetime(2027, 2, 8, 1, tzinfo=UTC)

    async def due() -> datetime | None:
        async with db.reading() as session:
            return await session.scalar(
                select(Schedule.due_at).where(
                    Schedule.person_id == office.ani, Schedule.kind == RoundKind.PROMPT
                )
            )

    async with db.writing() as session:
        await seed_holidays(session, [2027], now=then)
        await plan_everybody(session, now=then)
    assert await due() == datetime(2027, 2, 8, 7, 30, tzinfo=UTC)
    async with db.writing() as session:
        await set_ramadan(session, admin, Span(date(2027, 2, 9), date(2027, 3, 9)), now=then)
    assert await due() == datetime(2027, 2, 8, 8, 30, tzinfo=UTC)


async def test_the_gaps_of_next_years_list(db: Database, admin: Actor, now: datetime) -> None:
    async with db.writing() as session:
        gaps = await load_gaps(session, 2027)
        assert [day for day, _ in gaps.estimated] == [
            date(2027, 3, 10),
            date(2027, 3, 11),
            date(2027, 5, 17),
        ]
        assert (gaps.national, gaps.joint_leave, gaps.feast, gaps.few) == (18, 8, True, False)
        for day, _ in gaps.estimated:
            await calendar.fix_day_off(session, admin, await id_of(db, day), now=now)
        assert not (await load_gaps(session, 2027)).any
        await seed_holidays(session, [2028], now=now)
        later = await load_gaps(session, 2028)
        assert (later.joint_leave, later.feast, later.any) == (0, True, True)
        empty = await load_gaps(session, 2031)
        assert (empty.national, empty.feast, empty.few, empty.any) == (0, False, True, True)


PUBLISHED = tuple(published_days([2027]))
YEAR = (date(2027, 1, 1), date(2027, 12, 31))
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["seed", "shift", "add", "move", "cancel", "restore", "rename", "fix"]),
        st.integers(0, 60),
        st.integers(-3, 3),
    ),
    max_size=12,
)


@given(ACTS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_an_admin_and_the_package_do(
    ground: Ground, tmp_path: Path, acts: list[tuple[str, int, int]]
) -> None:
    """Seeding twice is as once, what was cancelled stays away, and a date is off iff a live row covers it."""

    async def played() -> None:
        async with ground.opened(tmp_path) as db:
            await _played(db, acts)

    asyncio.run(played())


async def _played(db: Database, acts: list[tuple[str, int, int]]) -> None:
    now = datetime(2026, 12, 7, 2, tzinfo=UTC)
    admin = Actor(1, "Fitri", 1, "Asia/Jakarta", "id", frozenset({RoleName.ADMIN}), None, False)
    published = list(PUBLISHED)
    async with db.writing() as session:
        session.add(Person(id=1, name="Fitri", created_at=now))
        await session.flush()
        await take_published(session, published, years=[2027], now=now)
        for act, pick, shift in acts:
            rows = (await session.scalars(select(Holiday).order_by(Holiday.id))).all()
            row = rows[pick % len(rows)]
            by = timedelta(days=shift)
            with suppress(Invalid, NotFound):
                match act:
                    case "shift":  # a newer package has a day elsewhere
                        place = pick % len(published)
                        day = min(max(published[place].day + by, YEAR[0]), YEAR[1])
                        published[place] = replace(published[place], day=day)
                    case "add":
                        new = day_off(row.day + by, f"Rapat {pick}")
                        await add_days_off(session, admin, new, now=now)
                    case "move":
                        await calendar.move_day_off(session, admin, row.id, day=row.day + by, now=now)
                    case "cancel":
                        await calendar.cancel_day_off(session, admin, row.id, now=now)
                    case "restore":
                        await calendar.restore_day_off(session, admin, row.id, now=now)
                    case "rename":
                        await calendar.rename_day_off(session, admin, row.id, name=f"Libur {pick}", now=now)
                    case "fix":
                        await calendar.fix_day_off(session, admin, row.id, now=now)
            live = await _live(session)
            gone = {row.id for row in await session.scalars(select(Holiday)) if row.cancelled}
            first = await take_published(session, published, years=[2027], now=now)
            again = await take_published(session, published, years=[2027], now=now)
            assert not again.changed
            if act != "shift":
                assert not first.changed or act == "move", (act, first)
            session.expire_all()
            back = {
                row.id
                for row in await session.scalars(select(Holiday).where(Holiday.id.in_(gone)))
                if not row.cancelled
            }
            assert not back
            if act != "shift":
                assert await _live(session) == live
            await _is_off_iff_covered(session)


async def _live(session: AsyncSession) -> set[tuple[date, str]]:
    rows = await session.execute(select(Holiday.day, Holiday.name).where(Holiday.cancelled.is_(False)))
    return {(row.day, row.name) for row in rows}


async def _is_off_iff_covered(session: AsyncSession) -> None:
    found = await load_calendar(session, first=date(2027, 1, 1), last=date(2027, 12, 31))
    covered = {day for day, _ in await _live(session)}
    days = [date(2027, 1, 1) + timedelta(days=place) for place in range(365)]
    assert {day for day in days if day in found.general} == {day for day in days if day in covered}
