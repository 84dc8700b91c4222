"""What is wrong with a year's list of days off: the admin is told of it in December."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import extract, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Holiday, HolidayKind
from services.calendar.days_off import is_feast

LEAST_NATIONAL = 14
"""Fewer national holidays than in any year since they are listed: then something is missing."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is still an estimate, and what is missing, in a year's list."""

    year: int
    estimated: tuple[tuple[date, str], ...]
    national: int
    joint_leave: int
    feast: bool

    @property
    def few(self) -> bool:
        return self.national < LEAST_NATIONAL

    @property
    def any(self) -> bool:
        return bool(self.estimated) or self.few or not self.joint_leave or not self.feast


async def load_gaps(session: AsyncSession, year: int) -> Gaps:
    """The gaps of a year's list, one query. Days of one unit only don't count."""
    rows = (
        await session.execute(
            select(Holiday.day, Holiday.name, Holiday.kind, Holiday.seed_key, Holiday.estimated)
            .where(
                extract("year", Holiday.day) == year,
                Holiday.cancelled.is_(False),
                Holiday.unit_id.is_(None),
            )
            .order_by(Holiday.day, Holiday.id)
        )
    ).all()
    return Gaps(
        year=year,
        estimated=tuple((row.day, row.name) for row in rows if row.estimated),
        national=len({row.day for row in rows if row.kind is HolidayKind.NATIONAL}),
        joint_leave=len({row.day for row in rows if row.kind is HolidayKind.JOINT_LEAVE}),
        feast=any(is_feast(row.kind, row.name, row.seed_key) for row in rows),
    )
