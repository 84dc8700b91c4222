"""The dates between which the shorter hours of Ramadan hold: derived from Idul Fitri, or set by an admin."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Holiday, HolidayKind, RamadanHours, RoleName
from services import audit
from services.calendar.days_off import is_feast
from services.calendar.fasting import RAMADAN_DAYS, Ramadan, derived_ramadans, ramadans
from services.calendar.listing import RECENT, YEARS_AHEAD
from services.clock import local_date
from services.errors import Invalid, NotFound
from services.people.identity import Actor
from services.reading.dates import Span
from services.rounds.plan import plan_everybody

SHORTEST, LONGEST = 20, 31
"""Days: an office may begin later than the month, but never goes on much longer."""


@dataclass(frozen=True, slots=True)
class RamadanYear:
    """Every Ramadan that touches a year: 2030 has two. `changeable`: by the firsts of those not long over."""

    year: int
    found: tuple[Ramadan, ...]
    changeable: frozenset[date]


async def load_ramadans(session: AsyncSession, actor: Actor, year: int, *, now: datetime) -> RamadanYear:
    """The Ramadans of a year, for an admin. Raises NotAllowed, NotFound for a year out of reach."""
    actor.require(RoleName.ADMIN)
    today = local_date(now, actor.zone)
    if not today.year - 1 <= year <= today.year + YEARS_AHEAD:
        raise NotFound
    feasts, chosen = await _facts(session, year)
    found = tuple(one for one in ramadans(feasts, chosen) if year in (one.first.year, one.last.year))
    return RamadanYear(year, found, frozenset(one.first for one in found if one.last >= today - RECENT))


async def set_ramadan(session: AsyncSession, actor: Actor, span: Span, *, now: datetime) -> int:
    """An admin sets the dates of one Ramadan, in place of the derived ones; gives the id of the row.

    Raises NotAllowed; Invalid when its length is no month's, it is long over, or no Ramadan is near.
    """
    actor.require(RoleName.ADMIN)
    length = (span.last - span.first).days + 1
    if not SHORTEST <= length <= LONGEST:
        raise Invalid("span", "ramadan_length", days=length, least=SHORTEST, most=LONGEST)
    if span.last < local_date(now, actor.zone) - RECENT:
        raise Invalid("span", "holiday_past", days=RECENT.days)
    wanted = Ramadan(span.first, span.last)
    feasts, chosen = await _facts(session, span.first.year)
    if feasts and not any(one.is_same_as(wanted) for one in [*derived_ramadans(feasts), *chosen]):
        raise Invalid("span", "ramadan_elsewhere")
    before = [one.set_id for one in chosen if one.is_same_as(wanted)]
    for row in await session.scalars(select(RamadanHours).where(RamadanHours.id.in_(before))):
        await session.delete(row)
    await session.flush()
    row = RamadanHours(first=span.first, last=span.last, set_by=actor.person_id, set_at=now)
    session.add(row)
    await session.flush()
    _note(session, actor, "ramadan_set", row.id, now=now)
    await plan_everybody(session, now=now)
    return row.id


async def reset_ramadan(session: AsyncSession, actor: Actor, ramadan_id: int, *, now: datetime) -> int:
    """An admin goes back to the derived dates; gives the year the set ones began in. Raises NotFound."""
    actor.require(RoleName.ADMIN)
    row = await session.get(RamadanHours, ramadan_id, populate_existing=True)
    if row is None:
        raise NotFound("ramadan_not_set")
    year = row.first.year
    await session.delete(row)
    await session.flush()
    _note(session, actor, "ramadan_reset", ramadan_id, now=now)
    await plan_everybody(session, now=now)
    return year


async def _facts(session: AsyncSession, year: int) -> tuple[list[date], Sequence[Ramadan]]:
    """The Idul Fitri days and the set dates around a year."""
    first, last = date(year - 1, 11, 1), date(year + 1, 1, 31) + timedelta(days=RAMADAN_DAYS)
    rows = await session.execute(
        select(Holiday.day, Holiday.kind, Holiday.name, Holiday.seed_key).where(
            Holiday.day >= first,
            Holiday.day <= last,
            Holiday.kind == HolidayKind.NATIONAL,
            Holiday.cancelled.is_(False),
        )
    )
    feasts = [row.day for row in rows if is_feast(row.kind, row.name, row.seed_key)]
    chosen = [
        Ramadan(row.first, row.last, row.id)
        for row in await session.scalars(select(RamadanHours).order_by(RamadanHours.first))
        if row.last >= first and row.first <= last
    ]
    return feasts, chosen


def _note(session: AsyncSession, actor: Actor, action: str, ramadan_id: int, *, now: datetime) -> None:
    audit.record(session, action, actor_id=actor.person_id, subject="ramadan", subject_id=ramadan_id, now=now)
