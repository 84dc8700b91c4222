"""The table of days off read as one calendar.

A date is off exactly when a row that is not cancelled covers it: for everybody, or for one unit.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Date, Select, String, cast, literal, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from models import Holiday, HolidayKind, RamadanHours
from services.calendar.fasting import RAMADAN_DAYS, Ramadan, fasting_days

FEAST = re.compile(r"\bidul\s*fitri\b", re.IGNORECASE)
"""How a national holiday is known as Idul Fitri, from which Ramadan is derived."""
SET = "ramadan"


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


def is_feast(kind: HolidayKind, *names: str | None) -> bool:
    """Whether a day off is Idul Fitri, by its name or the one it was published under."""
    return kind is HolidayKind.NATIONAL and any(name and FEAST.search(name) for name in names)


async def load_calendar(session: AsyncSession, *, first: date, last: date) -> OfficeCalendar:
    """The days off from `first` to `last`, in one query.

    Ramadan is as an admin set it; else it follows the Idul Fitri of the table.
    """
    off: Select[*tuple[Any, ...]] = select(
        Holiday.day,
        cast(null(), Date).label("last"),
        cast(Holiday.kind, String).label("kind"),
        Holiday.name,
        Holiday.seed_key,
        Holiday.unit_id,
    ).where(
        Holiday.day >= first,
        Holiday.day <= last + timedelta(days=RAMADAN_DAYS),
        Holiday.cancelled.is_(False),
    )
    chosen_rows: Select[*tuple[Any, ...]] = select(
        RamadanHours.first,
        RamadanHours.last,
        literal(SET, String),
        literal("", String),
        cast(null(), String),
        cast(null(), BigInteger),
    )
    general: set[date] = set()
    units: dict[int, set[date]] = {}
    feasts: list[date] = []
    chosen: list[Ramadan] = []
    for day, until, kind, name, seed_key, unit_id in await session.execute(union_all(off, chosen_rows)):
        if kind == SET:
            chosen.append(Ramadan(day, until))
            continue
        if unit_id is None:
            general.add(day)
        else:
            units.setdefault(unit_id, set()).add(day)
        if is_feast(HolidayKind(kind), name, seed_key):
            feasts.append(day)
    return OfficeCalendar(
        general=frozenset(general),
        by_unit={unit_id: frozenset(days | general) for unit_id, days in units.items()},
        fasting=fasting_days(feasts, chosen),
    )


async def calendar_around(session: AsyncSession, now: datetime) -> OfficeCalendar:
    """The calendar that a plan made now needs: last week to a good year ahead."""
    today = now.date()
    return await load_calendar(session, first=today - timedelta(days=7), last=today + timedelta(days=400))
