"""The table of days off: seeded from the `holidays` package, read as one calendar, edited by admins.

An admin's rows are theirs: seeding adds, corrects and removes only rows that came from the package, and never
brings back one that an admin cancelled.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import holidays
from sqlalchemy import delete, extract, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from models import Holiday, HolidayKind, RoleName, Unit
from services import audit
from services.errors import Invalid, NotFound
from services.people.identity import Actor

CATEGORIES = {"public": HolidayKind.NATIONAL, "government": HolidayKind.JOINT_LEAVE}
"""Categories of the package; for Indonesia `government` is cuti bersama."""

ESTIMATED = re.compile(r"\s*\(perkiraan\)\s*$")
"""How the package, in Indonesian, marks the name of a day that no decree has fixed yet."""

FEAST = "idul fitri"
RAMADAN_DAYS = 30
NAME_LIMIT = 200


@dataclass(frozen=True, slots=True)
class PublishedDay:
    """A day off as the package has it. `name` carries no mark."""

    day: date
    name: str
    kind: HolidayKind
    estimated: bool

    @property
    def key(self) -> str:
        return f"{self.day.isoformat()}:{self.kind.value}:{self.name}"


@dataclass(frozen=True, slots=True)
class Seeded:
    """What a seeding changed."""

    added: int
    corrected: int
    removed: int

    @property
    def changed(self) -> bool:
        return bool(self.added or self.corrected or self.removed)


@dataclass(frozen=True, slots=True)
class OfficeCalendar:
    """The days off in a stretch of time. `general` holds for everybody, `by_unit` for one unit besides."""

    general: frozenset[date] = frozenset()
    by_unit: Mapping[int, frozenset[date]] = field(default_factory=dict)
    fasting: frozenset[date] = frozenset()

    def days_off(self, unit_id: int | None) -> frozenset[date]:
        """The days off of a unit's people; `by_unit` already contains the general ones."""
        return self.general if unit_id is None else self.by_unit.get(unit_id, self.general)

    def is_ramadan(self, day: date) -> bool:
        return day in self.fasting


def published_days(years: Iterable[int]) -> list[PublishedDay]:
    """National holidays and cuti bersama of the years, in order."""
    found = set()
    for category, kind in CATEGORIES.items():
        table = holidays.country_holidays(
            "ID", years=sorted(set(years)), categories=(category,), language="id"
        )
        for day in table:
            for label in table.get_list(day):
                name = ESTIMATED.sub("", label)
                found.add(PublishedDay(day, name, kind, estimated=name != label))
    return sorted(found, key=lambda published: (published.day, published.key))


def fasting_days(feasts: Iterable[date]) -> frozenset[date]:
    """The days of Ramadan before each Idul Fitri.

    Thirty days are taken, though some years have 29: one day with shorter hours too many asks people early,
    one too few asks them after they went home.
    """
    first_days: list[date] = []
    for day in sorted(feasts):
        if not first_days or day - first_days[-1] > timedelta(days=7):
            first_days.append(day)
    return frozenset(
        first - timedelta(days=back) for first in first_days for back in range(1, RAMADAN_DAYS + 1)
    )


async def seed_holidays(session: AsyncSession, years: Iterable[int], *, now: datetime) -> Seeded:
    """Brings the published days of `years` into the table; twice is as once. `now` is for the record.

    A day that a newer package moved or fixed is corrected; what an admin added or cancelled stays.
    """
    years = sorted(set(years))
    wanted = {published.key: published for published in published_days(years)}
    present = {
        row.seed_key: row
        for row in await session.execute(
            select(Holiday.id, Holiday.seed_key, Holiday.estimated, Holiday.cancelled).where(
                Holiday.seed_key.is_not(None), extract("year", Holiday.day).in_(years)
            )
        )
    }
    gone = [row.id for key, row in present.items() if key not in wanted and not row.cancelled]
    if gone:
        await session.execute(delete(Holiday).where(Holiday.id.in_(gone)))
    corrected = 0
    for estimated in (True, False):
        ids = [
            row.id
            for key, row in present.items()
            if key in wanted and wanted[key].estimated is estimated and row.estimated is not estimated
        ]
        corrected += len(ids)
        if ids:
            await session.execute(update(Holiday).where(Holiday.id.in_(ids)).values(estimated=estimated))
    missing = [published for key, published in wanted.items() if key not in present]
    if missing:
        insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
        await session.execute(
            insert(Holiday).on_conflict_do_nothing(index_elements=["seed_key"]),
            [
                {
                    "day": published.day,
                    "name": published.name,
                    "kind": published.kind,
                    "estimated": published.estimated,
                    "cancelled": False,
                    "seed_key": published.key,
                }
                for published in missing
            ],
        )
    outcome = Seeded(added=len(missing), corrected=corrected, removed=len(gone))
    if outcome.changed:
        audit.record(
            session,
            "holidays_seeded",
            actor_id=None,
            subject="holidays",
            subject_id=None,
            now=now,
            detail=f"{years[0]}-{years[-1]}",
        )
    return outcome


async def load_calendar(session: AsyncSession, *, first: date, last: date) -> OfficeCalendar:
    """The days off from `first` to `last`. One query; Ramadan follows the Idul Fitri of the table."""
    rows = await session.execute(
        select(Holiday.day, Holiday.name, Holiday.kind, Holiday.unit_id).where(
            Holiday.day >= first,
            Holiday.day <= last + timedelta(days=RAMADAN_DAYS),
            Holiday.cancelled.is_(False),
        )
    )
    general: set[date] = set()
    units: dict[int, set[date]] = {}
    feasts = []
    for day, name, kind, unit_id in rows:
        if unit_id is None:
            general.add(day)
        else:
            units.setdefault(unit_id, set()).add(day)
        if kind is HolidayKind.NATIONAL and FEAST in name.casefold():
            feasts.append(day)
    return OfficeCalendar(
        general=frozenset(general),
        by_unit={unit_id: frozenset(days | general) for unit_id, days in units.items()},
        fasting=fasting_days(feasts),
    )


async def calendar_around(session: AsyncSession, now: datetime) -> OfficeCalendar:
    """The calendar that a plan made now needs: last week to a good year ahead."""
    today = now.date()
    return await load_calendar(session, first=today - timedelta(days=7), last=today + timedelta(days=400))


async def add_day_off(
    session: AsyncSession, actor: Actor, *, day: date, name: str, unit_id: int | None = None, now: datetime
) -> int:
    """An admin adds a day off, for everybody or one unit; gives its id. The caller replans everybody after.

    Raises NotAllowed; Invalid for an empty or long name or a day that is already off; NotFound for a unit.
    """
    actor.require(RoleName.ADMIN)
    name = " ".join(name.split())
    if not name or len(name) > NAME_LIMIT:
        raise Invalid("name", "holiday_name", limit=NAME_LIMIT)
    if unit_id is not None and await session.get(Unit, unit_id) is None:
        raise NotFound("unit_not_found")
    there = await session.scalar(
        select(Holiday.id).where(
            Holiday.day == day,
            Holiday.cancelled.is_(False),
            Holiday.unit_id.is_(None) if unit_id is None else Holiday.unit_id == unit_id,
        )
    )
    if there is not None:
        raise Invalid("day", "holiday_exists", day=day.isoformat())
    row = Holiday(day=day, name=name, kind=HolidayKind.OFFICE, unit_id=unit_id)
    session.add(row)
    await session.flush()
    audit.record(
        session, "holiday_added", actor_id=actor.person_id, subject="holiday", subject_id=row.id, now=now
    )
    return row.id


async def cancel_day_off(session: AsyncSession, actor: Actor, *, holiday_id: int, now: datetime) -> None:
    """An admin takes a day off away, published or own. The caller replans everybody after."""
    actor.require(RoleName.ADMIN)
    row = await session.get(Holiday, holiday_id)
    if row is None or row.cancelled:
        raise NotFound("holiday_not_found")
    row.cancelled = True
    audit.record(
        session, "holiday_cancelled", actor_id=actor.person_id, subject="holiday", subject_id=row.id, now=now
    )


async def estimated_days(session: AsyncSession, year: int) -> list[tuple[date, str]]:
    """What is still an estimate in a year's list, in order: the admin is told of it in December."""
    rows = await session.execute(
        select(Holiday.day, Holiday.name)
        .where(
            Holiday.estimated.is_(True), Holiday.cancelled.is_(False), extract("year", Holiday.day) == year
        )
        .order_by(Holiday.day)
    )
    return [(day, name) for day, name in rows]
