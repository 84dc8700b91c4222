"""«Bukan dia»: everything that was said in a person's name since then is taken back."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models import (
    ActingSupervisor,
    AuditEvent,
    Blocker,
    Capacity,
    DayKind,
    DutyPeriod,
    Person,
    PlanLine,
    RoundKind,
    Schedule,
    ShiftDay,
)
from models.engine import Database
from services.approvals import acting
from services.duty import excusing, periods
from services.duty.excusing import Reach, Scope
from services.duty.periods import Wish
from services.entries.disowning import Disowned, disown
from tests.office import Office, user_of
from tests.services.desk import NOW, TODAY, Desk
from tests.services.seats import somebody

SINCE = NOW - timedelta(hours=1)
BEFORE = NOW - timedelta(hours=2)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def budi(db: Database, office: Office) -> Desk:
    return Desk(db, office, office.budi)


async def disowned(db: Database, office: Office, person_id: int) -> Disowned:
    async with db.writing() as session:
        person = await session.get_one(Person, person_id)
        return await disown(
            session, person, chat_id=user_of(person_id), since=SINCE, by=office.head, now=LATER
        )


async def living(db: Database, *, excused: bool = False) -> list[tuple[int, str, int, int]]:
    async with db.reading() as session:
        rows = await session.scalars(
            select(DutyPeriod)
            .where(DutyPeriod.cancelled_at.is_(None), (DutyPeriod.kind == DayKind.EXCUSED) == excused)
            .order_by(DutyPeriod.first, DutyPeriod.person_id)
        )
        return [(one.person_id, one.kind.value, one.first.day, one.last.day) for one in rows]


def december(first: int, last: int, kind: DayKind = DayKind.LEAVE) -> Wish:
    return Wish(kind, date(2026, 12, first), date(2026, 12, last))


async def test_a_stand_in_named_by_a_wrong_account_decides_no_more(
    db: Database, office: Office, budi: Desk
) -> None:
    span: dict[str, Any] = {"capacity": Capacity.PLT, "first": TODAY, "last": TODAY + timedelta(days=300)}
    await budi.calls(acting.name_acting, office.budi, office.eko, **span)
    head = budi.of(office.head)
    kept = await head.calls(acting.name_acting, office.head, office.dewi, **span)
    await disowned(db, office, office.budi)
    async with db.reading() as session:
        assert (await somebody(session, office.eko, LATER)).decides_as == {office.eko}
        standing = select(ActingSupervisor.id).where(ActingSupervisor.ended_at.is_(None))
        assert list(await session.scalars(standing)) == [kept]
    assert set(await budi.told(office.eko)) >= {"acting_set", "acting_ended"}


async def test_excuses_of_a_wrong_account_are_taken_back_whoever_they_are_for(
    db: Database, office: Office, budi: Desk
) -> None:
    await budi.calls(
        excusing.excuse, Scope(Reach.DIRECT), TODAY, TODAY, reason="Sebelum itu semua", now=BEFORE
    )
    days = (TODAY + timedelta(days=1), TODAY + timedelta(days=20))
    await budi.calls(excusing.excuse, Scope(Reach.DIRECT), *days, reason="Kegiatan kantor bersama")
    await disowned(db, office, office.budi)
    assert await living(db, excused=True) == [
        (one, "dibebaskan", 18, 18) for one in (office.ani, office.citra)
    ]
    async with db.reading() as session:
        asked = await session.scalar(
            select(Schedule.work_date).where(
                Schedule.person_id == office.ani, Schedule.kind == RoundKind.PROMPT
            )
        )
    assert asked == TODAY + timedelta(days=1), "the rounds follow"


async def test_leave_that_a_wrong_account_cut_or_cancelled_stands_again(
    db: Database, office: Office, budi: Desk
) -> None:
    ani = budi.of(office.ani)
    await ani.calls(periods.plan_period, december(1, 11), now=BEFORE)
    gone = await ani.calls(periods.plan_period, december(14, 15, DayKind.TRAINING), now=BEFORE)
    given_up = await ani.calls(periods.plan_period, december(21, 22), now=BEFORE)
    await ani.calls(periods.cancel_period, given_up, now=BEFORE)
    await ani.calls(periods.plan_period, december(3, 4, DayKind.SICK), replace=True)
    await ani.calls(periods.cancel_period, gone)
    await disowned(db, office, office.ani)
    assert await living(db) == [(office.ani, "cuti", 1, 11), (office.ani, "diklat", 14, 15)]


async def test_plans_shifts_and_what_stands_in_the_way_go_and_it_is_audited_without_a_day(
    db: Database, office: Office, budi: Desk
) -> None:
    async with db.writing() as session:
        for when in (BEFORE, NOW):
            day = when.date() + timedelta(days=when.hour)
            session.add(
                PlanLine(person_id=office.ani, work_date=day, position=1, text="Rapat", created_at=when)
            )
            session.add(Blocker(person_id=office.ani, work_date=day, text="Internet mati", raised_at=when))
            session.add(ShiftDay(person_id=office.ani, day=day, marked_by=office.ani, marked_at=when))
            session.add(ShiftDay(person_id=office.citra, day=day, marked_by=office.ani, marked_at=when))
    assert await disowned(db, office, office.ani) == Disowned()
    async with db.reading() as session:
        assert list(await session.scalars(select(PlanLine.created_at))) == [BEFORE]
        assert list(await session.scalars(select(Blocker.raised_at))) == [BEFORE]
        assert list(await session.scalars(select(ShiftDay.marked_at))) == [BEFORE, BEFORE]
        events = await session.scalars(select(AuditEvent).where(AuditEvent.action == "entries_disowned"))
        assert [(one.actor_id, one.detail) for one in events] == [(office.head, "removed 0 kept 0 other 4")]


async def test_where_nothing_was_said_nothing_is_recorded(db: Database, office: Office) -> None:
    assert await disowned(db, office, office.ani) == Disowned()
    async with db.reading() as session:
        assert await session.scalar(select(AuditEvent.id)) is None
