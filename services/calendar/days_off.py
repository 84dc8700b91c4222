"""The table of days off read as one calendar.

A date is off exactly when a row that is not cancelled covers it: for everybody, or for one unit.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Date, String, bindparam, cast, literal, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from models import Holiday, HolidayKind, RamadanHours
from services.calendar.fasting import RAMADAN_DAYS, Ramadan, fasting_days
from services.people.identity import flushed

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
    general: set[date] = set()
    units: dict[int, set[date]] = {}
    feasts: list[date] = []
    chosen: list[Ramadan] = []
    await flushed(session)
    given = {"from_day": first, "to_day": last + timedelta(days=RAMADAN_DAYS)}
    for day, until, kind, name, seed_key, unit_id in await session.execute(_OFF, given):
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


# Built once: building a statement costs more than running it.
_holidays, _hours = Holiday.__table__, RamadanHours.__table__
_OFF: Any = union_all(
    select(
        _holidays.c.day,
        cast(null(), Date).label("last"),
        cast(_holidays.c.kind, String).label("kind"),
        _holidays.c.name,
        _holidays.c.seed_key,
        _holidays.c.unit_id,
    ).where(
        _holidays.c.day >= bindparam("from_day"),
        _holidays.c.day <= bindparam("to_day"),
        _holidays.c.cancelled.is_(False),
    ),
    select(
        _hours.c.first,
        _hours.c.last,
        literal(SET, String),
        literal("", String),
        cast(null(), String),
        cast(null(), BigInteger),
    ),
)


async def calendar_around(session: AsyncSession, now: datetime) -> OfficeCalendar:
    """The calendar that a plan made now needs: last week to a good year ahead."""
    today = now.date()
    return await load_calendar(session, first=today - timedelta(days=7), last=today + timedelta(days=400))
