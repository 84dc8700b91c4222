"""Days away on PostgreSQL: two at the same moment do not overlap, and many are excused at once."""

import asyncio
from datetime import date

from sqlalchemy import func, select

from models import DayKind, DutyPeriod, OutboxMessage
from models.engine import Database
from services.duty import excusing, periods, shifts
from services.duty.excusing import Reach, Scope
from services.duty.periods import Wish
from services.errors import DomainError
from services.people.identity import who_is
from tests.office import Office, build_office, user_of
from tests.services.desk import NOW, TODAY, Desk


async def office_in(db: Database) -> Office:
    async with db.writing() as session:
        return await build_office(session, now=NOW)


async def test_two_wishes_at_once_leave_one_of_them(pg_db: Database) -> None:
    office = await office_in(pg_db)
    ani = Desk(pg_db, office, office.ani)
    wishes = [Wish(kind, date(2026, 12, 7), date(2026, 12, 9)) for kind in (DayKind.LEAVE, DayKind.SICK)]
    found = await asyncio.gather(
        *(ani.calls(periods.plan_period, wish) for wish in wishes), return_exceptions=True
    )
    refused = [one for one in found if isinstance(one, DomainError)]
    assert [one.code for one in refused] == ["duty_overlap"]
    await ani.calls(
        periods.plan_period, Wish(DayKind.FIELD, date(2026, 12, 8), date(2026, 12, 8)), replace=True
    )
    async with pg_db.reading() as session:
        living = select(func.count()).select_from(DutyPeriod).where(DutyPeriod.cancelled_at.is_(None))
        assert await session.scalar(living) == 3


async def test_everybody_below_is_excused_in_one_statement_and_back(pg_db: Database) -> None:
    office = await office_in(pg_db)
    head = Desk(pg_db, office, office.head)
    made = await head.calls(
        excusing.excuse, Scope(Reach.BELOW), TODAY, TODAY, reason="Gangguan jaringan", now=NOW
    )
    async with pg_db.reading() as session:
        assert await session.scalar(select(func.count()).select_from(DutyPeriod)) == 5
        told = select(func.count()).where(OutboxMessage.kind == "excused")
        assert await session.scalar(told) == 5
        ani = await who_is(session, user_of(office.ani), now=NOW)
        assert ani is not None
        assert await shifts.load_workers(session, ani, now=NOW) == ()
    assert await head.calls(excusing.undo_excuse, made) == 5
