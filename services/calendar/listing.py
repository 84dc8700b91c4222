"""What is shown of the days off: a year's list, one day, and for how many people it means something."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account, Holiday, HolidayKind, Pattern, Person, RoleName, Unit
from services.calendar.workdays import is_workday
from services.clock import local_date
from services.errors import NotFound
from services.people.identity import Actor
from services.rounds.people import is_asked

RECENT = timedelta(days=31)
"""How long a past day off may still be changed."""
YEARS_BACK, YEARS_AHEAD = 1, 2


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day off as it is shown. `unit_name` None: for everybody. `published`: not an admin's own."""

    id: int
    day: date
    name: str
    kind: HolidayKind
    unit_id: int | None
    unit_name: str | None
    estimated: bool
    cancelled: bool
    published: bool


@dataclass(frozen=True, slots=True)
class YearList:
    """The days off of a year, in order. `editable`: the person may change them and sees cancelled ones."""

    year: int
    days: tuple[DayOff, ...]
    editable: bool
    today: date

    @property
    def years(self) -> range:
        """The years that can be looked at."""
        return range(self.today.year - YEARS_BACK, self.today.year + YEARS_AHEAD + 1)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a day off means now. `people`: who would be asked on a workday; `other`: why it is off anyway."""

    people: int
    past: bool
    today: bool
    editable: bool
    other: str | None = None


def may_edit(actor: Actor) -> bool:
    """Whether the days off are this person's to change."""
    return RoleName.ADMIN in actor.roles


def kind_named(name: str) -> HolidayKind:
    """The kind a button names. Raises NotFound."""
    if name not in set(HolidayKind):
        raise NotFound
    return HolidayKind(name)


async def load_year(session: AsyncSession, actor: Actor, year: int, *, now: datetime) -> YearList:
    """A year's days off: all of them for an admin; for others those to come of their own unit."""
    today = local_date(now, actor.zone)
    found = YearList(year, (), may_edit(actor), today)
    if year not in found.years:
        raise NotFound
    query = (
        select(Holiday, Unit.name)
        .outerjoin(Unit, Unit.id == Holiday.unit_id)
        .where(Holiday.day >= date(year, 1, 1), Holiday.day <= date(year, 12, 31))
        .order_by(Holiday.day, Holiday.cancelled, Holiday.id)
    )
    if not found.editable:
        unit = select(Person.unit_id).where(Person.id == actor.person_id).scalar_subquery()
        query = query.where(
            Holiday.cancelled.is_(False),
            Holiday.day >= today,
            or_(Holiday.unit_id.is_(None), Holiday.unit_id == unit),
        )
    days = tuple(_shown(row, unit_name) for row, unit_name in await session.execute(query))
    return YearList(year, days, found.editable, today)


async def load_day_off(session: AsyncSession, actor: Actor, holiday_id: int) -> DayOff:
    """One day off for the admin who may change it. Raises NotAllowed, NotFound."""
    actor.require(RoleName.ADMIN)
    row = (
        await session.execute(
            select(Holiday, Unit.name)
            .outerjoin(Unit, Unit.id == Holiday.unit_id)
            .where(Holiday.id == holiday_id)
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("holiday_not_found")
    return _shown(row[0], row[1])


async def meaning_of(session: AsyncSession, actor: Actor, one: DayOff, *, now: datetime) -> Meaning:
    """For how many people a day off, or its being cancelled, means something. Three queries at most."""
    today = local_date(now, actor.zone)
    others = [other for other in await live_on(session, one.day) if other.id != one.id]
    general = next((other.name for other in others if other.unit_id in (None, one.unit_id)), None)
    apart = {other.unit_id for other in others}
    asked = await asked_people(session, one.unit_id)
    return Meaning(
        people=count_asked(asked, [one.day], apart=apart if one.cancelled else set()),
        past=one.day < today,
        today=one.day == today,
        editable=one.day >= today - RECENT,
        other=general,
    )


async def live_on(session: AsyncSession, day: date) -> Sequence[Holiday]:
    """The rows that make a date a day off."""
    return (
        await session.scalars(
            select(Holiday).where(Holiday.day == day, Holiday.cancelled.is_(False)).order_by(Holiday.id)
        )
    ).all()


Asked = Mapping[tuple[Pattern, int | None], int]
"""How many people are asked at all, by pattern and unit."""


async def asked_people(session: AsyncSession, unit_id: int | None) -> Asked:
    """Who is asked for reports, of one unit or of all."""
    query = (
        select(Person.pattern, Person.unit_id, func.count())
        .join(Account, Account.person_id == Person.id)
        .where(Person.active, is_asked())
        .group_by(Person.pattern, Person.unit_id)
    )
    if unit_id is not None:
        query = query.where(Person.unit_id == unit_id)
    return {(pattern, unit): count for pattern, unit, count in await session.execute(query)}


def count_asked(asked: Asked, days: Iterable[date], *, apart: Iterable[int | None] = ()) -> int:
    """For how many of them one of the days would be a workday. `apart`: units that are off anyway."""
    days, left_out = list(days), {unit for unit in apart if unit is not None}
    return sum(
        count
        for (pattern, unit), count in asked.items()
        if unit not in left_out and any(is_workday(day, pattern, frozenset()) for day in days)
    )


def _shown(row: Holiday, unit_name: str | None) -> DayOff:
    return DayOff(
        id=row.id,
        day=row.day,
        name=row.name,
        kind=row.kind,
        unit_id=row.unit_id,
        unit_name=unit_name,
        estimated=row.estimated,
        cancelled=row.cancelled,
        published=row.seed_key is not None,
    )
