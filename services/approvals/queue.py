"""What waits for a supervisor, oldest first, and what they decided last."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Card, Day, Decision, Person, State, Verdict
from services.approvals.entitlement import REVIEW_CARD
from services.approvals.escalation import ESCALATED
from services.approvals.held import entries_of_days
from services.approvals.reach import Lying, first_of_own, lying_with
from services.approvals.shown import waiting_content
from services.clock import local_date
from services.entries.views import Judged, is_complete
from services.people.identity import Actor, flushed
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
    """The actor's queue, in at most seven queries however long it is."""
    lying = await lying_with(session, actor, now=now)
    if not lying:
        return Queue(actor.person_id, ())
    entries = await entries_of_days(session, [one.day.id for one in lying])
    today = local_date(now, actor.zone)
    return Queue(actor.person_id, tuple(_waiting(one, entries[one.day.id], today=today) for one in lying))


def _waiting(one: Lying, entries: Sequence[Judged], *, today: date) -> Waiting:
    entries = [entry for entry in entries if entry.waits]
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
    await flushed(session)
    own = await first_of_own(session, actor)
    if own is not None:
        return own
    lying = await lying_with(session, actor, now=now)
    return lying[0].day.id if lying else None


async def decided_days(session: AsyncSession, actor: Actor, *, now: datetime) -> tuple[Decided, ...]:
    """The last days on which something was approved or returned, newest first.

    Of the people the actor decides on now, and what they decided themselves as the supervisor's supervisor,
    as long as that is what they are.
    """
    seats = sorted(await seats_of(session, actor, now=now))
    rows = await session.execute(_DECIDED_DAYS, {"seats": seats, "actor": actor.person_id})
    return tuple(Decided(*row) for row in rows)


async def is_reviewing(session: AsyncSession, chat_id: int, *, now: datetime) -> bool:
    """Whether a review card was shown in the chat a moment ago: the queue is one press away there."""
    shown = await session.scalar(_REVIEWED, {"chat": chat_id})
    return shown is not None and now - shown < REVIEWING


# Built once: building a statement costs more than running it.
_days, _people, _decisions, _cards = Day.__table__, Person.__table__, Decision.__table__, Card.__table__
_boss = Person.__table__.alias("boss")
_SEATS: Any = bindparam("seats", expanding=True)
_ME: Any = bindparam("actor")
_newest = (
    select(_decisions.c.day_id, _decisions.c.decided_at)
    .select_from(
        _decisions.join(_days, _days.c.id == _decisions.c.day_id)
        .join(_people, _people.c.id == _days.c.person_id)
        .join(_boss, _boss.c.id == _people.c.supervisor_id)
    )
    .where(
        or_(
            _boss.c.id.in_(_SEATS),
            and_(
                _decisions.c.capacity == ESCALATED,
                _decisions.c.decided_by == _ME,
                _boss.c.supervisor_id.in_(_SEATS),
            ),
        ),
        _people.c.id != _ME,
        _decisions.c.verdict != Verdict.REOPEN,
    )
    .order_by(_decisions.c.decided_at.desc())
    .limit(DECISIONS)
    .subquery()
)
_latest = func.max(_newest.c.decided_at)
_DECIDED_DAYS: Any = (
    select(_days.c.id, _people.c.name, _days.c.work_date, _days.c.state, _latest)
    .select_from(
        _days.join(_newest, _newest.c.day_id == _days.c.id).join(_people, _people.c.id == _days.c.person_id)
    )
    .group_by(_days.c.id, _people.c.name, _days.c.work_date, _days.c.state)
    .order_by(_latest.desc(), _days.c.id.desc())
    .limit(DECIDED)
)
_REVIEWED: Any = select(func.max(_cards.c.shown_at)).where(
    _cards.c.chat_id == bindparam("chat"), _cards.c.kind == REVIEW_CARD
)
