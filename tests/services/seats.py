"""Steps of tests in which somebody stands in for a supervisor."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from models import ActingSupervisor, Capacity, DayKind, DutyPeriod
from models.engine import Database
from services.people.identity import Actor, who_is
from tests.office import user_of


def at(day: int, hour: int = 9, *, month: int = 11) -> datetime:
    """Local time in Jakarta on a day of 2026."""
    return datetime(2026, month, day, hour, tzinfo=UTC) - timedelta(hours=7)


async def somebody(session: AsyncSession, person_id: int, now: datetime) -> Actor:
    """The person as the gate would find them at `now`."""
    actor = await who_is(session, user_of(person_id), now=now)
    assert actor is not None
    return actor


async def stand_in(
    db: Database,
    supervisor_id: int,
    acting_id: int,
    *,
    first: date = date(2026, 11, 18),
    last: date = date(2026, 11, 20),
    capacity: Capacity = Capacity.PLH,
    ended_at: datetime | None = None,
) -> int:
    async with db.writing() as session:
        row = ActingSupervisor(
            supervisor_id=supervisor_id,
            acting_id=acting_id,
            capacity=capacity,
            first=first,
            last=last,
            set_by=supervisor_id,
            created_at=at(17),
            ended_at=ended_at,
        )
        session.add(row)
        await session.flush()
        return row.id


async def away(
    db: Database, person_id: int, first: date, last: date, *, kind: DayKind = DayKind.LEAVE
) -> None:
    async with db.writing() as session:
        session.add(
            DutyPeriod(
                person_id=person_id,
                kind=kind,
                first=first,
                last=last,
                created_at=at(17),
                created_by=person_id,
            )
        )
