"""Since when somebody's work is on record here: what they did before that, nobody can know."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account, Day, Person
from services.clock import local_date


async def load_recorded(
    session: AsyncSession, person_ids: Sequence[int], *, year: int, at: datetime
) -> Mapping[int, date]:
    """Person → the day they joined or the first day they reported, whichever is earlier, as known at an
    instant; 1 January for an earlier year, missing for who had not begun. One query.
    """
    new_year = date(year, 1, 1)
    first = (
        select(Day.person_id, func.min(Day.work_date).label("day"))
        .where(
            Day.person_id.in_(person_ids),
            Day.work_date.between(new_year, date(year, 12, 31)),
            Day.first_submitted_at < at,
        )
        .group_by(Day.person_id)
        .subquery()
    )
    rows = await session.execute(
        select(Person.id, Person.zone, Account.joined_at, first.c.day)
        .outerjoin(Account, Account.person_id == Person.id)
        .outerjoin(first, first.c.person_id == Person.id)
        .where(Person.id.in_(person_ids))
    )
    found = {}
    for person_id, zone, joined, day in rows:
        known = [one for one in (joined and joined < at and local_date(joined, zone), day) if one]
        if known:
            found[person_id] = max(min(known), new_year)
    return found
