"""A unit's week as its group may see it: numbers, good results, who is away. No missing names, no reasons."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import DayKind, Pattern, Person, Unit
from models.engine import takes_long
from services.calendar import load_calendar
from services.digests.discretion import owners_of
from services.digests.periods import Period, Subject, load_period
from services.digests.record import Outcome, Worker, load_record
from services.digests.support import Supported, load_supported
from services.digests.team import days_together
from services.digests.worth import best
from services.errors import NotFound
from services.progress.counting import Outside, load_outside
from services.progress.loading import load_standing
from services.progress.standing import pace

FEWEST = 3
"""People from whose work a share of all is said in a group."""


@dataclass(frozen=True, slots=True)
class UnitWeek:
    """`days`: date, reported, asked. `away`: who was not on duty and on how many workdays, and no more."""

    unit_id: int
    name: str
    period: Period
    people: int
    days: tuple[tuple[date, int, int], ...]
    approved: int
    best: tuple[Outcome, ...]
    supported: tuple[Supported, ...]
    pace: float
    year: int
    away: tuple[tuple[str, int], ...]
    outside: Outside | None = None
    """All people's share outside the SKP, from `FEWEST` people on: nobody is to be told from it."""

    @property
    def asked(self) -> int:
        return sum(asked for _, _, asked in self.days)

    @property
    def reported(self) -> int:
        return sum(reported for _, reported, _ in self.days)

    @property
    def empty(self) -> bool:
        return not (self.asked or self.reported or self.approved)


@takes_long
async def unit_week(session: AsyncSession, subject: Subject, week: date, *, now: datetime) -> UnitWeek:
    """The summary of a unit: of those who belong to it now. Raises NotFound."""
    name = await session.scalar(select(Unit.name).where(Unit.id == subject.unit_id))
    if name is None or subject.unit_id is None:
        raise NotFound("unit_not_found")
    period = await load_period(session, subject, week, now=now)
    record = await load_record(session, Person.unit_id == subject.unit_id, period, now=now)
    year = period.last.year
    names = await session.execute(select(Person.id, Person.name))
    ids = [one.id for one in record.workers]
    progress = await load_standing(session, ids, year=year, at=period.cut_to, on=period.until)
    planned = sorted({one.person_id for one in progress})
    outside = await load_outside(session, planned, year=year, at=period.cut_to)
    office = await load_calendar(session, first=date(year, 1, 1), last=date(year, 12, 31))
    return UnitWeek(
        unit_id=subject.unit_id,
        name=name,
        period=period,
        people=sum(bool(one.asked) for one in record.workers),
        days=days_together(record.workers, period),
        approved=record.approved,
        best=best(record.outcomes, owners=owners_of((row.id, row.name) for row in names)),
        supported=await load_supported(session, progress),
        pace=pace(period.until, pattern=Pattern.FIVE_DAYS, days_off=office.days_off(subject.unit_id)),
        year=year,
        away=tuple((one.name, days) for one in record.workers if (days := _days_away(one))),
        outside=sum(outside.values(), Outside()) if len(outside) >= FEWEST else None,
    )


def _days_away(worker: Worker) -> int:
    """Workdays off duty; an excused day is no absence."""
    return sum(kind is not DayKind.EXCUSED for kind in worker.away.values())
