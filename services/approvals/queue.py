"""What waits for a supervisor, oldest first, and what they decided last."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Card, Day, Decision, Entry, Pattern, Person, State, Verdict
from services.approvals.entitlement import REVIEW_CARD
from services.approvals.shown import waiting_content
from services.calendar import load_calendar, workdays_between
from services.clock import local_date
from services.entries.views import is_complete
from services.people.identity import Actor

DECIDED = 10
"""Decided days that are listed again."""
DECISIONS = 1000
"""The newest decisions, in which those days are looked for: as many as ten days can hold entries."""
REVIEWING = timedelta(minutes=10)
"""A review card shown so recently is taken as being read."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A day that waits. `age`: workdays since it was sent; `fresh`: sent today; `entries`: how many wait.

    `content`: what waits, whatever the owner types beside it (shown.waiting_content).
    """

    day_id: int
    content: str
    person_id: int
    person_name: str
    work_date: date
    late: bool
    age: int
    fresh: bool
    entries: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """Everything that waits for one supervisor."""

    supervisor_id: int
    days: tuple[Waiting, ...]

    @property
    def complete(self) -> bool:
        """Whether «Setujui semua» is open: every entry has an outcome and belongs somewhere on purpose."""
        return bool(self.days) and all(one.complete for one in self.days)

    @property
    def digest(self) -> str:
        """Names exactly these days with what waits in them, short enough for a button."""
        return digest_of((one.day_id, one.content) for one in self.days)


@dataclass(frozen=True, slots=True)
class Decided:
    """A day on which something was decided."""

    day_id: int
    person_name: str
    work_date: date
    state: State
    decided_at: datetime


def digest_of(days: Iterable[tuple[int, str]]) -> str:
    """A short digest of (day id, content) pairs, whatever their order."""
    text = "\n".join(f"{day_id}:{content}" for day_id, content in sorted(days))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


async def load_queue(session: AsyncSession, actor: Actor, *, now: datetime) -> Queue:
    """The actor's queue, in four queries however long it is."""
    rows = (
        await session.execute(
            select(Day, Person.name)
            .join(Person, Person.id == Day.person_id)
            .where(
                Person.supervisor_id == actor.person_id,
                Person.id != actor.person_id,
                Day.state == State.SUBMITTED,
            )
            .order_by(Day.submitted_at, Day.id)
        )
    ).all()
    if not rows:
        return Queue(actor.person_id, ())
    entries: dict[int, list[Entry]] = defaultdict(list)
    waiting = select(Day.id).join(Person, Person.id == Day.person_id)
    waiting = waiting.where(Person.supervisor_id == actor.person_id, Day.state == State.SUBMITTED)
    for entry in await session.scalars(
        select(Entry).where(Entry.day_id.in_(waiting), Entry.state == State.SUBMITTED)
    ):
        entries[entry.day_id].append(entry)
    today = local_date(now, actor.zone)
    sent = {day.id: local_date(day.submitted_at or now, actor.zone) for day, _ in rows}
    ages = await _ages(session, actor, set(sent.values()), today=today)
    return Queue(
        actor.person_id,
        tuple(
            Waiting(
                day_id=day.id,
                content=waiting_content(entries[day.id]),
                person_id=day.person_id,
                person_name=name,
                work_date=day.work_date,
                late=day.late,
                age=ages[sent[day.id]],
                fresh=sent[day.id] == today,
                entries=len(entries[day.id]),
                complete=all(is_complete(one) for one in entries[day.id]),
            )
            for day, name in rows
        ),
    )


async def next_waiting(session: AsyncSession, actor: Actor) -> int | None:
    """The day that has been waiting longest."""
    return await session.scalar(
        select(Day.id)
        .join(Person, Person.id == Day.person_id)
        .where(
            Person.supervisor_id == actor.person_id,
            Person.id != actor.person_id,
            Day.state == State.SUBMITTED,
        )
        .order_by(Day.submitted_at, Day.id)
        .limit(1)
    )


async def decided_days(session: AsyncSession, actor: Actor) -> tuple[Decided, ...]:
    """The last days of the actor's people on which something was approved or returned, newest first."""
    newest = (
        select(Decision.day_id, Decision.decided_at)
        .join(Day, Day.id == Decision.day_id)
        .join(Person, Person.id == Day.person_id)
        .where(Person.supervisor_id == actor.person_id, Decision.verdict != Verdict.REOPEN)
        .order_by(Decision.decided_at.desc())
        .limit(DECISIONS)
        .subquery()
    )
    latest = func.max(newest.c.decided_at)
    rows = await session.execute(
        select(Day.id, Person.name, Day.work_date, Day.state, latest)
        .join(newest, newest.c.day_id == Day.id)
        .join(Person, Person.id == Day.person_id)
        .group_by(Day.id, Person.name, Day.work_date, Day.state)
        .order_by(latest.desc(), Day.id.desc())
        .limit(DECIDED)
    )
    return tuple(Decided(*row) for row in rows)


async def is_reviewing(session: AsyncSession, chat_id: int, *, now: datetime) -> bool:
    """Whether a review card was shown in the chat a moment ago: the queue is one press away there."""
    shown = await session.scalar(
        select(func.max(Card.shown_at)).where(Card.chat_id == chat_id, Card.kind == REVIEW_CARD)
    )
    return shown is not None and now - shown < REVIEWING


async def _ages(session: AsyncSession, actor: Actor, dates: set[date], *, today: date) -> dict[date, int]:
    """Workdays from each date until today, by the supervisor's own calendar."""
    person = await session.get_one(Person, actor.person_id)
    calendar = await load_calendar(session, first=min(dates), last=today)
    holidays = calendar.days_off(person.unit_id)
    pattern: Pattern = person.pattern
    return {day: len(workdays_between(day, today, pattern, holidays)) for day in dates}
