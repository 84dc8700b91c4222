"""RHK without any activity for 14 days, and how much of the work serves no RHK.

The 14 days are days on the calendar on which the person was not away: a fortnight of leave makes nobody idle.
Nothing is said of an RHK that is reached, that has not been in force so long, or across New Year.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account, Day, Entry, Person, State
from services.calendar import PersonalCalendar
from services.clock import local_date
from services.progress.standing import Pacing, Standing

QUIET = 14
"""Days without an activity after which an RHK is named."""


def quiet_from(calendar: PersonalCalendar, on: date) -> date | None:
    """The first of the last 14 days up to `on`, those away not counted; None before the year is so old.

    None also when no report was asked for in that time.
    """
    day, left = on, QUIET
    while day.year == on.year:
        left -= not calendar.duty.is_away(day)
        if left == 0:
            return day if calendar.days(day, on) else None
        day -= timedelta(days=1)
    return None


async def load_idle(
    session: AsyncSession,
    found: Sequence[Standing],
    *,
    year: int,
    on: date,
    calendars: Mapping[int, PersonalCalendar],
) -> tuple[Standing, ...]:
    """Of these RHK, those for which nothing was sent in the last 14 days; three queries.

    `calendars`: of the year. Who has just joined has been idle with nothing.
    """
    if on.year != year:
        return ()
    people = {one.person_id for one in found}
    joined = await _joined(session, people)
    starts = {
        person_id: start
        for person_id in people
        if (start := quiet_from(calendars[person_id], on)) is not None
        and (joined.get(person_id) or on) <= start
    }
    asked = [one for one in found if one.person_id in starts and one.pacing is not Pacing.REACHED]
    old = [one for one in asked if one.since is not None and one.since <= starts[one.person_id]]
    if not old:
        return ()
    last = await _last_activity(session, old, min(starts.values()), on)
    return tuple(one for one in old if last.get(one.lineage, date.min) < starts[one.person_id])


async def _joined(session: AsyncSession, people: Iterable[int]) -> Mapping[int, date]:
    rows = await session.execute(
        select(Person.id, Person.zone, Account.joined_at)
        .join(Account, Account.person_id == Person.id)
        .where(Person.id.in_(sorted(people)))
    )
    return {person_id: local_date(joined, zone) for person_id, zone, joined in rows}


async def _last_activity(
    session: AsyncSession, found: Sequence[Standing], first: date, last: date
) -> Mapping[int, date]:
    """RHK lineage → the last day on which anything was sent for it, from `first` to `last`."""
    lineages = {wording: one.lineage for one in found for wording in one.wordings}
    rows = await session.execute(
        select(Entry.target_id, func.max(Day.work_date))
        .join(Day, Day.id == Entry.day_id)
        .where(
            Day.person_id.in_({one.person_id for one in found}),
            Day.work_date.between(first, last),
            Entry.state != State.DRAFT,
            Entry.target_id.is_not(None),
        )
        .group_by(Entry.target_id)
    )
    latest: dict[int, date] = {}
    for target_id, day in rows:
        if target_id in lineages and day is not None:
            lineage = lineages[target_id]
            latest[lineage] = max(latest.get(lineage, day), day)
    return latest


def count_by_person(found: Iterable[Standing]) -> dict[int, int]:
    """Person → how many of these RHK are theirs."""
    counts: dict[int, int] = {}
    for one in found:
        counts[one.person_id] = counts.get(one.person_id, 0) + 1
    return counts
