"""Coaching (pembinaan): a `perbaikan` with a date on which its giver looks again.

    given ──a date──▶ to come ──the date──▶ due ──membaik──▶ closed
                         ▲                   └──belum────▶ closed ──a new date──┐
                         └────────────────────────────────────────────────────┘

The brief brings back what is due until it is closed. It is followed up by whoever decides today on its
addressee, and by whoever sits today in its giver's seat as long as that is the seat above. Who stood in for a
while, or led once, hands it back; nobody closes what they were told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import Day, Feedback, Person, Progress, Tone
from services import audit, outbox
from services.clock import local_date
from services.errors import Invalid, NotAllowed, NotFound
from services.people.identity import Actor
from services.people.standing_in import seats_of

COACHING = "coaching"
"""The card on which a `perbaikan` is followed up."""
MOST_AHEAD = 366
"""Days."""


@dataclass(frozen=True, slots=True)
class Coaching:
    """A `perbaikan` as the one who follows it up sees it. `due`: its date has come and it is open."""

    id: int
    to_id: int
    to_name: str
    from_name: str
    day_id: int | None
    work_date: date | None
    text: str
    given_on: date
    follow_up_on: date | None
    closed_at: datetime | None
    progress: Progress | None
    due: bool


_GIVER, _TAKER, _BOSS = aliased(Person), aliased(Person), aliased(Person)


def _selected() -> Select[Feedback, str, str, date | None]:
    return (
        select(Feedback, _GIVER.name, _TAKER.name, Day.work_date)
        .join(_GIVER, _GIVER.id == Feedback.from_id)
        .join(_TAKER, _TAKER.id == Feedback.to_id)
        .outerjoin(_BOSS, _BOSS.id == _TAKER.supervisor_id)
        .outerjoin(Day, Day.id == Feedback.day_id)
    )


def _view(
    actor: Actor, note: Feedback, from_name: str, to_name: str, work_date: date | None, *, today: date
) -> Coaching:
    follows = note.follow_up_on is not None and note.closed_at is None
    return Coaching(
        id=note.id,
        to_id=note.to_id,
        to_name=to_name,
        from_name=from_name,
        day_id=note.day_id,
        work_date=work_date,
        text=note.text,
        given_on=local_date(note.given_at, actor.zone),
        follow_up_on=note.follow_up_on,
        closed_at=note.closed_at,
        progress=note.progress,
        due=follows and note.follow_up_on is not None and note.follow_up_on <= today,
    )


async def load_coaching(session: AsyncSession, actor: Actor, feedback_id: int, *, now: datetime) -> Coaching:
    """One `perbaikan` for the one who follows it up. Raises NotFound, NotAllowed."""
    row = (await session.execute(_selected().where(Feedback.id == feedback_id))).one_or_none()
    if row is None:
        raise NotFound
    note, from_name, to_name, work_date = row
    await _ensure_follows(session, actor, note, now=now)
    return _view(actor, note, from_name, to_name, work_date, today=local_date(now, actor.zone))


async def _ensure_follows(session: AsyncSession, actor: Actor, note: Feedback, *, now: datetime) -> None:
    seats = await seats_of(session, actor, now=now)
    row = await session.execute(_selected().where(Feedback.id == note.id, _followed_by(actor, seats)))
    if row.one_or_none() is None:
        raise NotAllowed
    if note.tone is not Tone.IMPROVEMENT:
        raise NotFound


def _followed_by(actor: Actor, seats: Iterable[int]) -> ColumnElement[bool]:
    """Of what is selected, what somebody in these seats follows up today."""
    taken = sorted(seats)
    from_above = and_(Feedback.from_id.in_(taken), _BOSS.supervisor_id.in_(taken))
    return and_(Feedback.to_id != actor.person_id, or_(_BOSS.id.in_(taken), from_above))


async def due_coaching(session: AsyncSession, actor: Actor, *, now: datetime) -> tuple[Coaching, ...]:
    """What the actor is to look at again today, the longest due first. Two queries."""
    today = local_date(now, actor.zone)
    seats = await seats_of(session, actor, now=now)
    rows = await session.execute(
        _selected()
        .where(
            Feedback.tone == Tone.IMPROVEMENT,
            Feedback.follow_up_on <= today,
            Feedback.closed_at.is_(None),
            _followed_by(actor, seats),
            _TAKER.active,
        )
        .order_by(Feedback.follow_up_on, Feedback.id)
    )
    return tuple(_view(actor, note, giver, to, day, today=today) for note, giver, to, day in rows)


async def follow_up(
    session: AsyncSession, actor: Actor, feedback_id: int, *, on: date, now: datetime
) -> Coaching:
    """Sets the date of the next look; what was closed with `belum` is opened again.

    Raises Invalid `follow_up_past`, `follow_up_far` (`limit`), `follow_up_closed`; NotFound, NotAllowed.
    """
    note = await _locked(session, actor, feedback_id, now=now)
    today = local_date(now, actor.zone)
    if on <= today:
        raise Invalid("follow_up", "follow_up_past")
    if (on - today).days > MOST_AHEAD:
        raise Invalid("follow_up", "follow_up_far", limit=MOST_AHEAD)
    if note.closed_at is not None and note.progress is not Progress.NOT_YET:
        raise Invalid("follow_up", "follow_up_closed")
    if (note.follow_up_on, note.closed_at) != (on, None):
        note.follow_up_on, note.closed_at = on, None
        _audit(session, actor, note, "follow_up_set", detail=on.isoformat(), now=now)
    await session.flush()
    return await load_coaching(session, actor, feedback_id, now=now)


async def close(
    session: AsyncSession, actor: Actor, feedback_id: int, *, progress: Progress, now: datetime
) -> Coaching:
    """Says how it went, and has the addressee told; the same once more is as once.

    Raises Invalid `follow_up_closed`, `follow_up_not_due`; NotFound, NotAllowed.
    """
    note = await _locked(session, actor, feedback_id, now=now)
    if note.closed_at is not None:
        if note.progress is not progress:
            raise Invalid("follow_up", "follow_up_closed")
    elif note.follow_up_on is None or note.follow_up_on > local_date(now, actor.zone):
        raise Invalid("follow_up", "follow_up_not_due")
    else:
        note.closed_at, note.progress = now, progress
        _audit(session, actor, note, "coaching_closed", detail=progress.value, now=now)
        payload = {"feedback_id": note.id, "by": actor.person_id}
        await outbox.enqueue(session, "coaching_closed", to=note.to_id, now=now, payload=payload)
    await session.flush()
    return await load_coaching(session, actor, feedback_id, now=now)


async def load_closed(session: AsyncSession, actor: Actor, feedback_id: int) -> Coaching | None:
    """What was closed, for its addressee; None when it is open again, or not theirs."""
    row = (await session.execute(_selected().where(Feedback.id == feedback_id))).one_or_none()
    if row is None:
        return None
    note, from_name, to_name, work_date = row
    if note.to_id != actor.person_id or note.closed_at is None:
        return None
    return _view(actor, note, from_name, to_name, work_date, today=note.closed_at.date())


def in_weeks(actor: Actor, weeks: int, *, now: datetime) -> date:
    """The same weekday some weeks from today, where the actor is."""
    return local_date(now, actor.zone) + timedelta(weeks=weeks)


async def _locked(session: AsyncSession, actor: Actor, feedback_id: int, *, now: datetime) -> Feedback:
    note = await session.scalar(
        select(Feedback)
        .where(Feedback.id == feedback_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if note is None:
        raise NotFound
    await _ensure_follows(session, actor, note, now=now)
    return note


def _audit(
    session: AsyncSession, actor: Actor, note: Feedback, action: str, *, detail: str, now: datetime
) -> None:
    audit.record(
        session,
        action,
        actor_id=actor.person_id,
        subject="feedback",
        subject_id=note.id,
        now=now,
        detail=detail,
    )
