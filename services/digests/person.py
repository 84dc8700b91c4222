"""A person's own week: what they reported, what came of it, how far each RHK is, what was said to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, DayKind, DigestKind, Entry, Person, State, Tone
from services.calendar import load_personal
from services.digests.periods import Period, load_period, subject_of
from services.digests.progress import Progress, load_progress, pace
from services.digests.record import Outcome, Worker, load_record
from services.digests.worth import best

QUIET = timedelta(days=14)
"""An RHK without an activity for so long is named."""
OWN_BEST = 3


@dataclass(frozen=True, slots=True)
class PersonWeek:
    """`quiet`: RHK without any activity for 14 days. `pace`: the share of the year's workdays that is over.

    `days`: each date of the week, whether it was asked for, and whether it was reported.
    """

    person_id: int
    name: str
    has_supervisor: bool
    period: Period
    days: tuple[tuple[date, bool, bool], ...]
    asked: int
    reported: int
    extra: int
    late: int
    away: Mapping[DayKind, int]
    entries: int
    with_outcome: int
    approved: int
    best: tuple[Outcome, ...]
    outcomes: tuple[Outcome, ...]
    year: int
    progress: tuple[Progress, ...]
    pace: float
    quiet: tuple[Progress, ...]
    feedback: Mapping[Tone, int]
    unread: int

    @property
    def empty(self) -> bool:
        """Nothing was asked, nothing was done, nothing was said."""
        return not (self.asked or self.entries or self.reported or self.approved or self.feedback)


async def person_week(session: AsyncSession, person_id: int, week: date, *, now: datetime) -> PersonWeek:
    """A person's summary of a week. Raises NotFound."""
    subject = await subject_of(session, DigestKind.PERSON, person_id)
    period = await load_period(session, subject, week, now=now)
    record = await load_record(session, Person.id == person_id, period, now=now)
    year = period.last.year
    progress = await load_progress(session, [person_id], year=year, at=period.cut_to)
    if not record.workers:  # an observer, or who merely administers: nothing is asked of them
        return _nothing(person_id, period, year)
    worker = record.workers[0]
    calendars = await load_personal(
        session, [person_id], first=date(year, 1, 1) - QUIET, last=date(year, 12, 31)
    )
    calendar = calendars[person_id]
    away: dict[DayKind, int] = {}
    for kind in worker.away.values():
        away[kind] = away.get(kind, 0) + 1
    start = period.until - QUIET + timedelta(days=1)
    was_asked = (
        start.year == year
        and (worker.joined_on or period.until) <= start
        and calendar.days(start, period.until)
    )
    quiet = await _quiet(session, person_id, progress, start, period.until) if was_asked else ()
    return PersonWeek(
        person_id=person_id,
        name=worker.name,
        has_supervisor=worker.supervisor_id is not None,
        period=period,
        days=days_of(worker, period),
        asked=len(worker.asked),
        reported=worker.done,
        extra=len(worker.reported.difference(worker.asked)),
        late=len(worker.late),
        away=away,
        entries=worker.entries,
        with_outcome=worker.with_outcome,
        approved=len(worker.approved),
        best=best(record.outcomes, most=OWN_BEST) or record.outcomes[:OWN_BEST],
        outcomes=record.outcomes,
        year=year,
        progress=progress,
        pace=pace(period.until, pattern=calendar.pattern, days_off=calendar.days_off),
        quiet=quiet,
        feedback=dict(worker.feedback),
        unread=worker.unread,
    )


def days_of(worker: Worker, period: Period) -> tuple[tuple[date, bool, bool], ...]:
    """Each date of the period: asked for, reported."""
    dates = (period.first + timedelta(days=offset) for offset in range((period.last - period.first).days + 1))
    return tuple((day, day in worker.asked, day in worker.reported) for day in dates)


async def _quiet(
    session: AsyncSession, person_id: int, progress: tuple[Progress, ...], first: date, last: date
) -> tuple[Progress, ...]:
    """The RHK for which nothing was reported from `first` to `last`."""
    rows = await session.execute(
        select(Entry.target_id)
        .join(Day, Day.id == Entry.day_id)
        .where(
            Day.person_id == person_id,
            Day.work_date >= first,
            Day.work_date <= last,
            Entry.state != State.DRAFT,
            Entry.target_id.is_not(None),
        )
        .group_by(Entry.target_id)
        .having(func.count() > 0)
    )
    served = {target_id for (target_id,) in rows}
    return tuple(one for one in progress if one.target_id not in served)


def _nothing(person_id: int, period: Period, year: int) -> PersonWeek:
    return PersonWeek(
        person_id=person_id,
        name="",
        has_supervisor=False,
        period=period,
        days=(),
        asked=0,
        reported=0,
        extra=0,
        late=0,
        away={},
        entries=0,
        with_outcome=0,
        approved=0,
        best=(),
        outcomes=(),
        year=year,
        progress=(),
        pace=0.0,
        quiet=(),
        feedback={},
        unread=0,
    )
