"""What the record holds of some people for a period: days, entries, approvals, feedback. Read, never marked.

A constant number of queries, however many people: seven, and four for their calendars.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import (
    Account,
    Day,
    DayKind,
    Decision,
    Entry,
    Evidence,
    Feedback,
    Person,
    State,
    Target,
    Tone,
    Verdict,
)
from services.calendar import PersonalCalendar, load_personal
from services.clock import local_date
from services.digests.counting import Act, counts
from services.digests.periods import Period
from services.missing import is_reported
from services.rounds.people import is_asked


@dataclass(frozen=True, slots=True)
class Outcome:
    """An approved entry that counts in the period, as it reads now."""

    entry_id: int
    person_id: int
    person_name: str
    work_date: date
    activity: str
    outcome: str
    quantity: int | None
    unit: str | None
    target_id: int | None
    target_text: str | None
    has_evidence: bool


@dataclass(slots=True)
class Worker:
    """One person in the period. `asked`: the days a report was asked for; `away`: days off by their kind."""

    id: int
    name: str
    zone: str
    supervisor_id: int | None
    joined_on: date | None
    calendar: PersonalCalendar
    asked: tuple[date, ...] = ()
    reported: frozenset[date] = frozenset()
    late: frozenset[date] = frozenset()
    away: Mapping[date, DayKind] = field(default_factory=dict)
    entries: int = 0
    with_outcome: int = 0
    results: list[tuple[str, str]] = field(default_factory=list)
    """Activity and outcome of the entries that have one."""
    waiting: int = 0
    approved: list[int] = field(default_factory=list)
    """Ids of the entries that count as approved in this period."""
    feedback: dict[Tone, int] = field(default_factory=dict)
    unread: int = 0

    @property
    def done(self) -> int:
        """Asked days that were reported."""
        return sum(day in self.reported for day in self.asked)

    @property
    def missing(self) -> int:
        return len(self.asked) - self.done


@dataclass(frozen=True, slots=True)
class Record:
    """Everything of a period. `outcomes`: counted entries that are still approved and have a result."""

    period: Period
    workers: tuple[Worker, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def approved(self) -> int:
        return sum(len(one.approved) for one in self.workers)


async def load_record(
    session: AsyncSession, people: ColumnElement[bool], period: Period, *, now: datetime
) -> Record:
    """Reads a period of the people who meet a condition on `Person`, by name.

    Only who is asked for reports counts: no observer, nobody who merely administers.
    """
    rows = (
        await session.execute(
            select(Person, Account.joined_at)
            .outerjoin(Account, Account.person_id == Person.id)
            .where(people, is_asked())
            .order_by(Person.name, Person.id)
        )
    ).all()
    ids = [person.id for person, _ in rows]
    calendars = await load_personal(session, ids, first=period.first, last=period.last)
    workers: dict[int, Worker] = {}
    for person, joined_at in rows:
        joined = local_date(joined_at, person.zone) if joined_at else None
        worker = Worker(
            person.id, person.name, person.zone, person.supervisor_id, joined, calendars[person.id]
        )
        _ask(worker, period, active=person.active, now=now)
        workers[person.id] = worker
    await _read_days(session, ids, period, workers)
    outcomes = await _read_approvals(session, ids, period, workers)
    await _read_feedback(session, ids, period, workers)
    there = [one for one, (person, _) in zip(workers.values(), rows, strict=True) if _is_there(one, person)]
    return Record(period, tuple(there), tuple(outcomes))


def _ask(worker: Worker, period: Period, *, active: bool, now: datetime) -> None:
    """The days that were asked for: since joining, and over by now where the person is."""
    if worker.joined_on is None or not active:
        return
    calendar = worker.calendar
    start = max(period.first, worker.joined_on)
    days = [start + timedelta(days=offset) for offset in range((period.last - start).days + 1)]
    yesterday = local_date(now, worker.zone) - timedelta(days=1)
    worker.asked = tuple(day for day in days if day <= yesterday and calendar.reports_on(day))
    kinds = {day: calendar.kind_on(day) for day in days if calendar.works_on(day)}
    worker.away = {
        day: kind for day, kind in kinds.items() if kind is not None and not calendar.reports_on(day)
    }


def _is_there(worker: Worker, person: Person) -> bool:
    """Who has left is shown only in the weeks in which they still did something."""
    return person.active or bool(worker.reported or worker.approved)


async def _read_days(
    session: AsyncSession, ids: Sequence[int], period: Period, workers: Mapping[int, Worker]
) -> None:
    days = await session.execute(
        select(Day.person_id, Day.work_date, Day.late).where(
            Day.person_id.in_(ids), Day.work_date >= period.first, Day.work_date <= period.last, is_reported()
        )
    )
    for person_id, day, late in days:
        worker = workers[person_id]
        worker.reported |= {day}
        if late:
            worker.late |= {day}
        if day not in worker.asked and worker.joined_on is not None and worker.calendar.reports_on(day):
            worker.asked = (*worker.asked, day)  # today, and sent already
    entries = await session.execute(
        select(Day.person_id, Entry.activity, Entry.outcome, Entry.state)
        .join(Day, Day.id == Entry.day_id)
        .where(
            Day.person_id.in_(ids),
            Day.work_date >= period.first,
            Day.work_date <= period.last,
            Entry.state != State.DRAFT,
        )
    )
    for person_id, activity, outcome, state in entries:
        worker = workers[person_id]
        worker.entries += 1
        worker.with_outcome += bool(outcome)
        if outcome:
            worker.results.append((activity, outcome))
        worker.waiting += state is State.SUBMITTED


async def _read_approvals(
    session: AsyncSession, ids: Sequence[int], period: Period, workers: Mapping[int, Worker]
) -> list[Outcome]:
    approved = (
        select(Decision.entry_id)
        .join(Day, Day.id == Decision.day_id)
        .where(
            Day.person_id.in_(ids),
            Decision.entry_id.is_not(None),
            Decision.verdict == Verdict.APPROVE,
            Decision.decided_at >= period.cut_from,
            Decision.decided_at < period.cut_to,
        )
    )
    histories: dict[int, list[Act]] = {}
    rows = await session.execute(
        select(Decision.entry_id, Decision.decided_at, Decision.verdict)
        .where(Decision.entry_id.in_(approved), Decision.decided_at < period.cut_to)
        .order_by(Decision.decided_at, Decision.id)
    )
    for entry_id, at, verdict in rows:
        if entry_id is not None:
            histories.setdefault(entry_id, []).append((at, verdict))
    counted = {
        entry_id
        for entry_id, history in histories.items()
        if counts(history, cut_from=period.cut_from, cut_to=period.cut_to, earlier=period.earlier)
    }
    evidence = select(Evidence.id).where(Evidence.entry_id == Entry.id).exists()
    entries = await session.execute(
        select(Entry, Day.person_id, Day.work_date, Target.text, evidence)
        .join(Day, Day.id == Entry.day_id)
        .outerjoin(Target, Target.id == Entry.target_id)
        .where(Entry.id.in_(approved))
        .order_by(Day.work_date.desc(), Entry.id)
    )
    outcomes = []
    for entry, person_id, work_date, target_text, has_evidence in entries:
        if entry.id not in counted:
            continue
        workers[person_id].approved.append(entry.id)
        if entry.state is State.APPROVED and entry.outcome:
            outcomes.append(
                Outcome(
                    entry.id,
                    person_id,
                    workers[person_id].name,
                    work_date,
                    entry.activity,
                    entry.outcome,
                    entry.quantity,
                    entry.unit,
                    entry.target_id,
                    target_text,
                    bool(has_evidence),
                )
            )
    return outcomes


async def _read_feedback(
    session: AsyncSession, ids: Iterable[int], period: Period, workers: Mapping[int, Worker]
) -> None:
    query = select(Feedback.to_id, Feedback.tone, Feedback.read_at).where(
        Feedback.to_id.in_(ids), Feedback.given_at >= period.cut_from, Feedback.given_at < period.cut_to
    )
    for to_id, tone, read_at in await session.execute(query):
        worker = workers[to_id]
        worker.feedback[tone] = worker.feedback.get(tone, 0) + 1
        worker.unread += read_at is None
