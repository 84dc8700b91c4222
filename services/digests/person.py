"""A person's own week: what they reported, what came of it, how far each RHK is, what was said to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from models import DayKind, DigestKind, Person, Tone
from models.engine import takes_long
from services.calendar import load_personal
from services.cascade.serving import find_served
from services.digests.periods import Period, load_period, subject_of
from services.digests.record import Outcome, Worker, load_record
from services.digests.worth import best
from services.progress.counting import Outside, load_outside
from services.progress.coverage import QUIET, load_idle
from services.progress.loading import load_standing
from services.progress.standing import Standing, pace
from services.reading.outcome_kinds import judge_outcome

OWN_BEST = 3


@dataclass(frozen=True, slots=True)
class PersonWeek:
    """`quiet`: RHK without any activity for 14 days, of one's own or of one's people.

    `pace`: the share of the year's workdays that is over.

    `outside`: the share of the year's counted work that served no RHK; None: there is none, or no SKP.

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
    progress: tuple[Standing, ...]
    pace: float
    quiet: tuple[Standing, ...]
    feedback: Mapping[Tone, int]
    unread: int
    outside: Outside | None = None
    effects: int = 0
    """Outcomes that show what changed for somebody; a doubtful one counts as such."""

    @property
    def empty(self) -> bool:
        """Nothing was asked, nothing was done, nothing was said."""
        return not (self.asked or self.entries or self.reported or self.approved or self.feedback)


@takes_long
async def person_week(session: AsyncSession, person_id: int, week: date, *, now: datetime) -> PersonWeek:
    """A person's summary of a week. Raises NotFound."""
    subject = await subject_of(session, DigestKind.PERSON, person_id)
    period = await load_period(session, subject, week, now=now)
    record = await load_record(session, Person.id == person_id, period, now=now)
    year = period.last.year
    if not record.workers:  # an observer, or who merely administers: nothing is asked of them
        return _nothing(person_id, period, year)
    worker = record.workers[0]
    calendars = await load_personal(session, [person_id], first=date(year, 1, 1), last=date(year, 12, 31))
    calendar, until = calendars[person_id], period.until
    progress = await load_standing(
        session, [person_id], year=year, at=period.cut_to, on=until, calendars=calendars
    )
    quiet = await load_idle(session, progress, year=year, on=until, calendars=calendars)
    if quiet:  # what one's people do for it is activity, too
        own = [one.lineage for one in quiet]
        first = until - timedelta(days=QUIET - 1)
        served = await find_served(session, person_id, own, year=year, first=first, last=until)
        quiet = tuple(one for one in quiet if one.lineage not in served)
    outside = await load_outside(session, [person_id], year=year, at=period.cut_to) if progress else {}
    away: dict[DayKind, int] = {}
    for kind in worker.away.values():
        away[kind] = away.get(kind, 0) + 1
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
        effects=sum(judge_outcome(*one).shows_effect for one in worker.results),
        approved=len(worker.approved),
        best=best(record.outcomes, most=OWN_BEST) or record.outcomes[:OWN_BEST],
        outcomes=record.outcomes,
        year=year,
        progress=progress,
        pace=pace(until, pattern=calendar.pattern, days_off=calendar.days_off),
        quiet=quiet,
        feedback=dict(worker.feedback),
        unread=worker.unread,
        outside=outside.get(person_id),
    )


def days_of(worker: Worker, period: Period) -> tuple[tuple[date, bool, bool], ...]:
    """Each date of the period: asked for, reported."""
    dates = (period.first + timedelta(days=offset) for offset in range((period.last - period.first).days + 1))
    return tuple((day, day in worker.asked, day in worker.reported) for day in dates)


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
