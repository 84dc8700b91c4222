"""A supervisor's week: each of their people in one line, how they reviewed, which own RHK nobody served."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Decision, DigestKind, Entry, Person, State, Verdict
from models.engine import takes_long
from services.calendar import PersonalCalendar, load_personal
from services.cascade.serving import find_served
from services.clock import local_date
from services.digests.periods import Period, load_period, subject_of
from services.digests.record import Worker, load_record
from services.digests.support import Supported, supported
from services.errors import NotAllowed
from services.people.identity import Actor
from services.progress.counting import Outside, load_outside
from services.progress.coverage import count_by_person, load_idle
from services.progress.loading import load_standing
from services.progress.standing import Standing, behind, pace

LONGEST_WAIT = timedelta(days=90)
"""Days sent longer ago than this before the cut do not enter the figures of review."""


@dataclass(frozen=True, slots=True)
class Review:
    """Entries first sent in the period and how many of them were decided; `age`: median workdays until the
    first decision, over the decisions of the period; None: there was none.
    """

    sent: int
    decided: int
    age: float | None


@dataclass(frozen=True, slots=True)
class Unserved:
    """An own RHK for which nobody reported anything in the period; `ever`: this year somebody did before."""

    text: str
    ever: bool


@dataclass(frozen=True, slots=True)
class Course:
    """How somebody's SKP goes: RHK behind the pace, RHK without activity, the share outside of the SKP."""

    behind: int = 0
    idle: int = 0
    targets: int = 0
    outside: Outside | None = None


@dataclass(frozen=True, slots=True)
class TeamWeek:
    """`workers`: who missed most first. `days`: date, reported, asked. `courses`: by person."""

    supervisor_id: int
    name: str
    period: Period
    workers: tuple[Worker, ...]
    days: tuple[tuple[date, int, int], ...]
    approved: int
    review: Review
    unserved: tuple[Unserved, ...]
    supported: tuple[Supported, ...]
    pace: float
    year: int
    courses: Mapping[int, Course] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        return sum(len(one.asked) for one in self.workers)

    @property
    def reported(self) -> int:
        return sum(one.done for one in self.workers)

    @property
    def waiting(self) -> int:
        return sum(one.waiting for one in self.workers)

    @property
    def without_feedback(self) -> tuple[str, ...]:
        """Who was asked for reports in the period and heard nothing."""
        return tuple(one.name for one in self.workers if one.asked and not one.feedback)

    @property
    def empty(self) -> bool:
        return not (self.asked or self.reported or self.approved or any(one.entries for one in self.workers))


async def team_leader(session: AsyncSession, actor: Actor) -> int:
    """Whose team the actor sees: their own, else that of somebody they stand in for. Raises NotAllowed."""
    if not actor.supervises:
        raise NotAllowed("not_supervisor")
    own = select(Person.id).where(Person.supervisor_id == actor.person_id, Person.active).limit(1)
    if await session.scalar(own) is not None or not actor.stands_in_for:
        return actor.person_id
    return min(actor.stands_in_for)


@takes_long
async def team_week(session: AsyncSession, supervisor_id: int, week: date, *, now: datetime) -> TeamWeek:
    """The summary of a supervisor's people: those who are assigned to them now. Raises NotFound.

    Who comes from another supervisor brings what is approved since the last cut by the rule: what was told of
    them before, the other's summary told.
    """
    subject = await subject_of(session, DigestKind.TEAM, supervisor_id)
    period = await load_period(session, subject, week, now=now)
    people = (Person.supervisor_id == supervisor_id) & (Person.id != supervisor_id)
    record = await load_record(session, people, period, now=now)
    year = period.last.year
    first = min(date(year, 1, 1), (period.cut_from - LONGEST_WAIT).date())  # over New Year, too
    ids = [one.id for one in record.workers]
    calendars = await load_personal(session, [supervisor_id, *ids], first=first, last=date(year, 12, 31))
    calendar = calendars[supervisor_id]
    found = await load_standing(
        session, [supervisor_id, *ids], year=year, at=period.cut_to, on=period.until, calendars=calendars
    )
    theirs = [one for one in found if one.person_id != supervisor_id]
    texts = {one.lineage: one.text for one in found if one.person_id == supervisor_id}
    name = await session.scalar(select(Person.name).where(Person.id == supervisor_id))
    return TeamWeek(
        supervisor_id=supervisor_id,
        name=name or "",
        period=period,
        workers=tuple(sorted(record.workers, key=lambda one: (-one.missing, one.name, one.id))),
        days=days_together(record.workers, period),
        approved=record.approved,
        review=await _review(session, ids, period, calendar, subject.zone),
        unserved=await _unserved(session, supervisor_id, texts, period),
        supported=supported(theirs, texts, roots=texts),
        pace=pace(period.until, pattern=calendar.pattern, days_off=calendar.days_off),
        year=year,
        courses=await _courses(session, theirs, period, calendars, year=year),
    )


async def _courses(
    session: AsyncSession,
    found: Sequence[Standing],
    period: Period,
    calendars: Mapping[int, PersonalCalendar],
    *,
    year: int,
) -> dict[int, Course]:
    """How the SKP of each goes who has one."""
    targets, late = count_by_person(found), count_by_person(behind(found))
    idle = count_by_person(await load_idle(session, found, year=year, on=period.until, calendars=calendars))
    outside = await load_outside(session, sorted(targets), year=year, at=period.cut_to)
    return {
        one: Course(late.get(one, 0), idle.get(one, 0), count, outside.get(one))
        for one, count in targets.items()
    }


def days_together(workers: Sequence[Worker], period: Period) -> tuple[tuple[date, int, int], ...]:
    """Each date of the period: how many of those asked reported, and how many were asked."""
    dates = [period.first + timedelta(days=offset) for offset in range((period.last - period.first).days + 1)]
    return tuple(
        (
            day,
            sum(day in one.asked and day in one.reported for one in workers),
            sum(day in one.asked for one in workers),
        )
        for day in dates
    )


async def _review(
    session: AsyncSession, ids: Sequence[int], period: Period, calendar: PersonalCalendar, zone: str
) -> Review:
    since = period.cut_from
    sent = (
        select(Entry.id, Day.first_submitted_at)
        .join(Day, Day.id == Entry.day_id)
        .where(
            Day.person_id.in_(ids),
            Entry.state != State.DRAFT,
            Day.first_submitted_at >= since - LONGEST_WAIT,
            Day.first_submitted_at < period.cut_to,
        )
    )
    sent_at = {row.id: row.first_submitted_at for row in await session.execute(sent)}
    decided = (
        select(Decision.entry_id, func.min(Decision.decided_at).label("at"))
        .join(Day, Day.id == Decision.day_id)
        .where(
            Day.person_id.in_(ids),
            Decision.entry_id.is_not(None),
            Decision.verdict != Verdict.REOPEN,
            Decision.decided_at < period.cut_to,
            Day.first_submitted_at >= since - LONGEST_WAIT,
        )
        .group_by(Decision.entry_id)
    )
    decided_at = {row.entry_id: row.at for row in await session.execute(decided)}
    fresh = [one for one, at in sent_at.items() if at >= since]
    ages = [
        calendar.waited(local_date(sent_at[one], zone), local_date(at, zone))
        for one, at in decided_at.items()
        if one in sent_at and at >= since
    ]
    return Review(len(fresh), sum(one in decided_at for one in fresh), float(median(ages)) if ages else None)


async def _unserved(
    session: AsyncSession, supervisor_id: int, texts: Mapping[int, str], period: Period
) -> tuple[Unserved, ...]:
    """Of own RHK (lineage → wording) those that nobody below served in the period."""
    year, before = period.last.year, period.first - timedelta(days=1)
    now = await find_served(session, supervisor_id, texts, year=year, first=period.first, last=period.last)
    left = texts.keys() - now
    ever = await find_served(session, supervisor_id, left, year=year, first=date(year, 1, 1), last=before)
    return tuple(Unserved(text, one in ever) for one, text in texts.items() if one in left)
