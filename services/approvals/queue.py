"""What waits for a supervisor, oldest first, and what they decided last."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import Card, Day, Decision, Entry, Person, State, Verdict
from services.approvals.entitlement import REVIEW_CARD
from services.approvals.escalation import ESCALATED
from services.approvals.reach import Lying, lying_with
from services.approvals.shown import waiting_content
from services.clock import local_date
from services.entries.views import is_complete
from services.people.identity import Actor
from services.people.standing_in import SUPERVISOR, seats_of

DECIDED = 10
"""Decided days that are listed again."""
DECISIONS = 1000
"""The newest decisions, in which those days are looked for: as many as ten days can hold entries."""
REVIEWING = timedelta(minutes=10)
"""A review card shown so recently is taken as being read."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A day that waits. `age`: workdays of the reader since; `fresh`: sent today; `entries`: how many wait.

    `capacity`: as what the actor decides on it, `supervisor_…` in whose place; `of_stand_in`: it is the day
    of the one who stands in.

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
    capacity: str = SUPERVISOR
    supervisor_id: int = 0
    supervisor_name: str = ""
    of_stand_in: bool = False


@dataclass(frozen=True, slots=True)
class Queue:
    """Everything that waits for one who decides (`supervisor_id`), in the order of reach.lying_with."""

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
    """The actor's queue, in at most eight queries however long it is."""
    lying = await lying_with(session, actor, now=now)
    if not lying:
        return Queue(actor.person_id, ())
    entries: dict[int, list[Entry]] = defaultdict(list)
    for entry in await session.scalars(
        select(Entry).where(Entry.day_id.in_([one.day.id for one in lying]), Entry.state == State.SUBMITTED)
    ):
        entries[entry.day_id].append(entry)
    today = local_date(now, actor.zone)
    return Queue(actor.person_id, tuple(_waiting(one, entries[one.day.id], today=today) for one in lying))


def _waiting(one: Lying, entries: Sequence[Entry], *, today: date) -> Waiting:
    return Waiting(
        day_id=one.day.id,
        content=waiting_content(entries),
        person_id=one.day.person_id,
        person_name=one.person_name,
        work_date=one.day.work_date,
        late=one.day.late,
        age=one.waited,
        fresh=one.sent_on == today,
        entries=len(entries),
        complete=all(is_complete(entry) for entry in entries),
        capacity=one.capacity,
        supervisor_id=one.supervisor_id,
        supervisor_name=one.supervisor_name,
        of_stand_in=one.of_stand_in,
    )


async def next_waiting(session: AsyncSession, actor: Actor, *, now: datetime) -> int | None:
    """The day that comes first in the actor's queue: of their own people the one that waits longest."""
    lying = await lying_with(session, actor, now=now)
    return lying[0].day.id if lying else None


async def decided_days(session: AsyncSession, actor: Actor, *, now: datetime) -> tuple[Decided, ...]:
    """The last days on which something was approved or returned, newest first.

    Of the people the actor decides on now, and what they decided themselves as the supervisor's supervisor,
    as long as that is what they are.
    """
    seats = sorted(await seats_of(session, actor, now=now))
    boss = aliased(Person)
    from_above = and_(
        Decision.capacity == ESCALATED,
        Decision.decided_by == actor.person_id,
        boss.supervisor_id.in_(seats),
    )
    newest = (
        select(Decision.day_id, Decision.decided_at)
        .join(Day, Day.id == Decision.day_id)
        .join(Person, Person.id == Day.person_id)
        .join(boss, boss.id == Person.supervisor_id)
        .where(
            or_(boss.id.in_(seats), from_above),
            Person.id != actor.person_id,
            Decision.verdict != Verdict.REOPEN,
        )
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
