"""Plans, briefs, warnings: who gets which, when, and once."""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from models import (
    ActingSupervisor,
    Capacity,
    Day,
    DayKind,
    DutyPeriod,
    Holiday,
    HolidayKind,
    OutboxMessage,
    Pattern,
    Person,
    ShiftDay,
    State,
)
from models.engine import Database
from services.rounds import plan_everybody, plan_person, tick
from tests.office import Office

TODAY = date(2026, 11, 18)
EARLY = datetime(2026, 11, 17, 18, 0, tzinfo=UTC)
"""Wednesday 18 November 2026, 01:00 in Jakarta."""


def at(hour: int, minute: int = 0, *, day: int = 18, month: int = 11) -> datetime:
    """Local time in Jakarta."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


async def planned(db: Database, now: datetime = EARLY) -> None:
    async with db.writing() as session:
        await plan_everybody(session, now=now)


async def ticked(db: Database, *moments: datetime) -> None:
    for moment in moments:
        more = True
        while more:
            async with db.writing() as session:
                more = (await tick(session, now=moment)).more


async def changed(db: Database, person_id: int, **values: Any) -> None:
    async with db.writing() as session:
        await session.execute(update(Person).where(Person.id == person_id).values(**values))


async def away(
    db: Database,
    person_id: int,
    *,
    first: date,
    last: date,
    kind: DayKind = DayKind.LEAVE,
    zone: str | None = None,
) -> None:
    async with db.writing() as session:
        session.add(
            DutyPeriod(
                person_id=person_id,
                kind=kind,
                first=first,
                last=last,
                zone=zone,
                created_at=EARLY,
                created_by=person_id,
            )
        )


async def stands_in(db: Database, acting: int, supervisor: int, *, first: date, last: date) -> None:
    async with db.writing() as session:
        session.add(
            ActingSupervisor(
                supervisor_id=supervisor,
                acting_id=acting,
                capacity=Capacity.PLH,
                first=first,
                last=last,
                set_by=supervisor,
                created_at=EARLY,
            )
        )


async def told(db: Database, kind: str) -> dict[int | None, list[tuple[datetime, dict[str, Any]]]]:
    """To whom messages of a kind went, when, and what they say."""
    found = defaultdict(list)
    async with db.reading() as session:
        rows = await session.execute(
            select(OutboxMessage.person_id, OutboxMessage.created_at, OutboxMessage.payload)
            .where(OutboxMessage.kind == kind)
            .order_by(OutboxMessage.id)
        )
        for person_id, when, payload in rows:
            found[person_id].append((when, payload))
    return dict(found)


async def test_a_plan_is_asked_for_in_the_morning_of_those_who_want_it(db: Database, office: Office) -> None:
    await changed(db, office.ani, plan_asked=True)
    await changed(db, office.citra, plan_asked=True)
    await changed(db, office.admin, plan_asked=True)
    await away(db, office.citra, first=TODAY, last=TODAY)
    await planned(db)
    await ticked(db, at(7, 29), at(7, 30), at(7, 31), at(9, 0))
    assert await told(db, "plan_asked") == {office.ani: [(at(7, 30), {"work_date": "2026-11-18"})]}


async def test_a_plan_is_not_asked_for_two_hours_late(db: Database, office: Office) -> None:
    await changed(db, office.ani, plan_asked=True)
    await planned(db)
    await ticked(db, at(9, 30))
    assert await told(db, "plan_asked") == {}
    await ticked(db, at(9, 29, day=19))
    assert list(await told(db, "plan_asked")) == [office.ani]


async def test_a_plan_that_is_no_longer_wanted_is_not_asked_for(db: Database, office: Office) -> None:
    await changed(db, office.ani, plan_asked=True)
    await planned(db)
    await changed(db, office.ani, plan_asked=False)
    await ticked(db, at(7, 30), at(7, 30, day=19))
    assert await told(db, "plan_asked") == {}


async def test_supervisors_are_briefed_in_the_morning_once(db: Database, office: Office) -> None:
    await planned(db)
    await ticked(db, at(7, 59), at(8), at(8, 1), at(11, 59))
    assert await told(db, "briefed") == {
        person: [(at(8), {"work_date": "2026-11-18"})] for person in (office.head, office.budi, office.dewi)
    }


async def test_no_brief_on_a_day_off_of_the_supervisors_own_nor_after_noon(
    db: Database, office: Office
) -> None:
    await away(db, office.budi, first=TODAY, last=TODAY, kind=DayKind.SICK)
    async with db.writing() as session:
        unit = await session.scalar(select(Person.unit_id).where(Person.id == office.dewi))
        session.add(Holiday(day=TODAY, name="Libur unit", kind=HolidayKind.OFFICE, unit_id=unit))
    await planned(db)
    await ticked(db, at(12))
    assert await told(db, "briefed") == {}
    await ticked(db, at(8, day=19), at(8, day=21), at(8, day=22))
    assert set(await told(db, "briefed")) == {office.head, office.budi, office.dewi}


async def test_who_stands_in_is_briefed_and_told_of_the_queue_on_those_days(
    db: Database, office: Office
) -> None:
    await away(db, office.budi, first=TODAY, last=date(2026, 11, 19))
    await stands_in(db, office.eko, office.budi, first=TODAY, last=date(2026, 11, 19))
    await planned(db)
    async with db.writing() as session:
        session.add(Day(person_id=office.ani, work_date=TODAY, state=State.SUBMITTED, created_at=at(10)))
    await ticked(db, at(8), at(16, 15), at(8, day=19), at(16, 15, day=19), at(8, day=20), at(16, 45, day=20))
    briefed, noticed = await told(db, "briefed"), await told(db, "queue_noticed")
    assert [when for when, _ in briefed[office.eko]] == [at(8), at(8, day=19)]
    assert [when for when, _ in noticed[office.eko]] == [at(16, 15), at(16, 15, day=19)]
    assert [when for when, _ in briefed[office.budi]] == [at(8, day=20)]
    assert [when for when, _ in noticed[office.budi]] == [at(16, 45, day=20)]


async def test_ones_own_waiting_day_is_no_queue_of_a_stand_in(db: Database, office: Office) -> None:
    await stands_in(db, office.ani, office.budi, first=TODAY, last=TODAY)
    await planned(db)
    async with db.writing() as session:
        session.add(Day(person_id=office.ani, work_date=TODAY, state=State.SUBMITTED, created_at=at(10)))
    await ticked(db, at(16, 15))
    assert set(await told(db, "queue_noticed")) == {office.budi}


async def test_standing_in_that_has_ended_gives_no_brief(db: Database, office: Office) -> None:
    await stands_in(db, office.eko, office.budi, first=TODAY, last=date(2026, 11, 30))
    await planned(db)
    async with db.writing() as session:
        await session.execute(update(ActingSupervisor).values(ended_at=at(2)))
    await ticked(db, at(8))
    assert office.eko not in await told(db, "briefed")


async def test_a_supervisor_on_shift_decides_on_office_days(db: Database, office: Office) -> None:
    await changed(db, office.budi, pattern=Pattern.SHIFT)
    await planned(db)
    await ticked(db, at(8), at(8, day=19), at(8, day=21))
    assert [when for when, _ in (await told(db, "briefed"))[office.budi]] == [at(8), at(8, day=19)]


async def test_the_lock_is_warned_of_on_the_last_day_of_each_before_it(db: Database, office: Office) -> None:
    """5 December 2026 is a Saturday: Friday for five days, Saturday itself for six."""
    await changed(db, office.citra, pattern=Pattern.SIX_DAYS)
    await away(db, office.eko, first=date(2026, 12, 3), last=date(2026, 12, 9))
    await planned(db, at(1, day=2, month=12))
    for day in range(2, 9):
        await ticked(db, at(9, day=day, month=12), at(19, 59, day=day, month=12))
    says = {"work_date": "2026-12-05"}
    warned = await told(db, "lock_warned")
    assert warned[office.ani] == [(at(9, day=4, month=12), says)]
    assert warned[office.citra] == [(at(9, day=5, month=12), says)]
    assert warned[office.eko] == [(at(9, day=2, month=12), says)]
    assert not {office.admin, office.observer} & set(warned)


async def test_a_lock_warning_missed_all_day_is_not_given(db: Database, office: Office) -> None:
    await planned(db, at(1, day=4, month=12))
    await ticked(db, at(20, day=4, month=12), at(9, day=5, month=12))
    assert await told(db, "lock_warned") == {}


async def test_admins_are_warned_of_next_years_calendar_each_week_of_december(
    db: Database, office: Office
) -> None:
    async with db.writing() as session:
        session.add(Holiday(day=date(2026, 12, 7), name="Libur", kind=HolidayKind.OFFICE))
    await planned(db, at(1, day=28))
    for offset in range(40):
        await ticked(db, at(9, day=28) + timedelta(days=offset))
    warned = await told(db, "calendar_warned")
    assert set(warned) == {office.admin}
    assert [(said["work_date"], said["year"]) for _, said in warned[office.admin]] == [
        ("2026-12-01", 2027),
        ("2026-12-08", 2027),
        ("2026-12-14", 2027),
        ("2026-12-21", 2027),
        ("2026-12-28", 2027),
    ]


async def test_a_shift_is_asked_on_marked_days_at_the_offices_hours(db: Database, office: Office) -> None:
    """Sunday too, once it is marked; a day marked today is asked about today."""
    await changed(db, office.ani, pattern=Pattern.SHIFT)
    await planned(db)
    async with db.writing() as session:
        for marked in (TODAY, date(2026, 11, 22)):
            session.add(ShiftDay(person_id=office.ani, day=marked, marked_by=office.ani, marked_at=at(10)))
        await session.flush()
        due = await plan_person(session, office.ani, now=at(10))
    assert due is not None
    assert due.due_at == at(15, 30)
    for day in range(18, 25):
        await ticked(db, at(15, 30, day=day), at(16, day=day))
    asked = (await told(db, "prompted"))[office.ani]
    assert [said["work_date"] for _, said in asked] == ["2026-11-18", "2026-11-22"]


async def test_a_shift_taken_back_is_not_asked_about(db: Database, office: Office) -> None:
    await changed(db, office.ani, pattern=Pattern.SHIFT)
    async with db.writing() as session:
        session.add(ShiftDay(person_id=office.ani, day=TODAY, marked_by=office.ani, marked_at=EARLY))
    await planned(db)
    async with db.writing() as session:
        for shift in await session.scalars(select(ShiftDay)):
            await session.delete(shift)
    await ticked(db, at(15, 30))
    assert office.ani not in await told(db, "prompted")


async def test_leave_given_after_the_plan_holds(db: Database, office: Office) -> None:
    await planned(db)
    await away(db, office.ani, first=TODAY, last=date(2026, 11, 19))
    for day in (18, 19, 20):
        await ticked(db, at(15, 30, day=day), at(16, day=day))
    assert [said["work_date"] for _, said in (await told(db, "prompted"))[office.ani]] == ["2026-11-20"]


@pytest.mark.parametrize("replanned", [True, False])
async def test_dinas_luar_in_another_zone_moves_the_hours_of_those_days(
    db: Database, office: Office, replanned: bool
) -> None:
    """15:30 in Jayapura is 13:30 in Jakarta."""
    await planned(db)
    await away(db, office.ani, first=TODAY, last=TODAY, kind=DayKind.FIELD, zone="Asia/Jayapura")
    if replanned:
        await planned(db, at(2))
    await ticked(db, at(13, 29), at(13, 30), at(15, 30), at(15, 30, day=19))
    times = [when for when, _ in (await told(db, "prompted"))[office.ani]]
    assert times == [at(13, 30) if replanned else at(15, 30), at(15, 30, day=19)]


async def test_nobody_is_asked_in_the_evening_of_the_zone_they_went_to(db: Database, office: Office) -> None:
    await changed(db, office.ani, prompt_time=time(18, 0))
    await planned(db)
    await away(db, office.ani, first=TODAY, last=TODAY, kind=DayKind.FIELD, zone="Asia/Jayapura")
    await ticked(db, at(18, 0))  # 20:00 there
    assert office.ani not in await told(db, "prompted")


async def test_days_that_report_are_asked_about(db: Database, office: Office) -> None:
    for person, kind in ((office.ani, DayKind.REMOTE), (office.citra, DayKind.TRAINING)):
        await away(db, person, first=TODAY, last=TODAY, kind=kind)
    await away(db, office.eko, first=TODAY, last=TODAY, kind=DayKind.EXCUSED)
    await planned(db)
    await ticked(db, at(15, 30))
    asked = set(await told(db, "prompted"))
    assert {office.ani, office.citra} <= asked
    assert office.eko not in asked
