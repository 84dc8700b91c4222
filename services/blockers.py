"""What stands in the way of an entry or a day (kendala): raised, answered, closed.

    open ──the supervisor answers──▶ open, answered ──either closes──▶ closed
      └───────────────either closes──────────────────────────────────────┘

The supervisor sees an open one first, whether or not its entry was sent: it was told to them. Who answers and
closes is read from the database at every press (entitlement.capacity_of); nobody answers their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import Blocker, Day, Entry, Person
from services import audit, outbox
from services.approvals.entitlement import capacity_of
from services.approvals.shown import VISIBLE
from services.entries.days import own_day, own_entry
from services.entries.sending import tell_queue
from services.errors import Invalid, NotAllowed, NotFound
from services.people.identity import Actor, flushed
from services.people.standing_in import deciders
from services.reading.masking import mask_sensitive

SHORTEST, LONGEST = 5, 500
"""Characters of what stands in the way, when it is asked for."""
SHORTEST_ANSWER = 3
CHIPS = ("follow", "coordinate")
"""Answers that have a chip: saya tindak lanjuti, silakan koordinasi langsung."""
MOST_OPEN = 20
"""Open ones of one person: more would hide each other."""


@dataclass(frozen=True, slots=True)
class BlockerView:
    """One blocker. `activity`: of its entry, if the viewer may see that; `own`: it is the viewer's."""

    id: int
    person_id: int
    person_name: str
    work_date: date
    day_id: int | None
    text: str
    activity: str | None
    raised_at: datetime
    answer: str | None
    answered_by: str | None
    closed_at: datetime | None
    closed_by: str | None
    own: bool


@dataclass(frozen=True, slots=True)
class Closed:
    """`own`: its owner closed it."""

    day_id: int | None
    own: bool


async def open_blockers(session: AsyncSession, actor: Actor, *, now: datetime) -> tuple[BlockerView, ...]:
    """What stands in the way of the actor's people and of themselves, oldest first. One query.

    Their people: everybody active whom they decide on at `now`, which the actor already says.
    """
    rows = await session.execute(
        _selected()
        .where(Blocker.closed_at.is_(None), or_(Blocker.person_id == actor.person_id, _decided_by(actor)))
        .order_by(Blocker.raised_at, Blocker.id)
    )
    return tuple(_view(actor, row) for row in rows)


async def count_open(session: AsyncSession, actor: Actor) -> dict[tuple[int, date], int]:
    """How many are open, by person and work date, of those the actor decides on."""
    await flushed(session)
    given = {"seats": sorted(actor.decides_as), "actor": actor.person_id}
    rows = await session.execute(_OPEN, given)
    return {(row.person_id, row.work_date): row.open for row in rows}


# Built once: building a statement costs more than running it.
_blockers, _people = Blocker.__table__, Person.__table__
_OPEN: Any = (
    select(_blockers.c.person_id, _blockers.c.work_date, func.count().label("open"))
    .select_from(_blockers.join(_people, _people.c.id == _blockers.c.person_id))
    .where(
        _blockers.c.closed_at.is_(None),
        _people.c.supervisor_id.in_(bindparam("seats", expanding=True)),
        _people.c.active,
        _people.c.id != bindparam("actor"),
    )
    .group_by(_blockers.c.person_id, _blockers.c.work_date)
)


async def load_blocker(session: AsyncSession, actor: Actor, blocker_id: int, *, now: datetime) -> BlockerView:
    """One blocker for its owner, or for who decides on them. Raises NotFound, NotAllowed."""
    row = (await session.execute(_selected().where(Blocker.id == blocker_id))).one_or_none()
    if row is None:
        raise NotFound("blocker_gone")
    found = _view(actor, row)
    if not found.own:
        await capacity_of(session, actor, found.person_id, now=now)
    return found


async def for_notice(
    session: AsyncSession, actor: Actor, blocker_id: int, *, now: datetime
) -> BlockerView | None:
    """The same when it is told of; None when it is gone, or no longer theirs to see."""
    try:
        return await load_blocker(session, actor, blocker_id, now=now)
    except (NotFound, NotAllowed):
        return None


async def answerable(session: AsyncSession, actor: Actor, blocker_id: int, *, now: datetime) -> None:
    """Before an answer is asked for. Raises NotFound, NotAllowed, Invalid `blocker_done`."""
    blocker = await _locked(session, blocker_id)
    await capacity_of(session, actor, blocker.person_id, now=now)
    if blocker.closed_at is not None:
        raise Invalid("blocker", "blocker_done")


async def raise_blocker(
    session: AsyncSession,
    actor: Actor,
    text: str,
    *,
    day_id: int | None = None,
    entry_id: int | None = None,
    now: datetime,
) -> int:
    """Notes what stands in the way of an own day or entry; gives the day's id.

    Raises Invalid `blocker_short`, `blocker_long`, `blocker_many`; NotFound, NotTheirs.
    """
    text = " ".join(text.split())
    if len(text) < SHORTEST:
        raise Invalid("blocker", "blocker_short", limit=SHORTEST)
    if entry_id is not None:
        day, entry = await own_entry(session, actor, entry_id)
        await add_blockers(session, actor, day, [(text, entry.id)], now=now)
    else:
        day = await own_day(session, actor, day_id or 0)
        await add_blockers(session, actor, day, [(text, None)], now=now)
    return day.id


def ensure_short(*texts: str) -> None:
    """Raises Invalid `blocker_long`."""
    if any(len(text) > LONGEST for text in texts):
        raise Invalid("blocker", "blocker_long", limit=LONGEST)


async def add_blockers(
    session: AsyncSession,
    actor: Actor,
    day: Day,
    pairs: Sequence[tuple[str, int | None]],
    *,
    message_id: int | None = None,
    now: datetime,
) -> None:
    """Adds those that are not there already, word for word, and has the supervisor's queue say so."""
    if not pairs:
        return
    ensure_short(*(text for text, _ in pairs))
    rows = await session.execute(
        select(Blocker.day_id, Blocker.text).where(
            Blocker.person_id == actor.person_id, Blocker.closed_at.is_(None)
        )
    )
    present = [(row.day_id, row.text) for row in rows]
    new = [(text, entry_id) for text, entry_id in dict(pairs).items() if (day.id, text) not in present]
    if not new:
        return
    if len(present) + len(new) > MOST_OPEN:
        raise Invalid("blocker", "blocker_many", limit=MOST_OPEN)
    session.add_all(
        Blocker(
            person_id=actor.person_id,
            day_id=day.id,
            entry_id=entry_id,
            work_date=day.work_date,
            text=text,
            raised_at=now,
            source_chat_id=actor.chat_id if message_id is not None else None,
            source_message_id=message_id,
        )
        for text, entry_id in new
    )
    await session.flush()
    if actor.supervisor_id is not None:
        await tell_queue(session, actor.supervisor_id, now=now)


def checked_answer(text: str) -> str:
    """Typed words as an answer. Raises Invalid `blocker_answer_short`, `blocker_answer_long`."""
    text = " ".join(text.split())
    if len(text) < SHORTEST_ANSWER:
        raise Invalid("blocker", "blocker_answer_short", limit=SHORTEST_ANSWER)
    if len(text) > LONGEST:
        raise Invalid("blocker", "blocker_answer_long", limit=LONGEST)
    return text


async def answer_blocker(
    session: AsyncSession, actor: Actor, blocker_id: int, text: str, *, now: datetime
) -> None:
    """The supervisor's answer, told to the person; it stays open. The same answer again changes nothing.

    Raises Invalid `blocker_answer_short`, `blocker_answer_long`, `blocker_done`; NotFound, NotAllowed.
    """
    text = checked_answer(text)
    blocker = await _locked(session, blocker_id)
    await capacity_of(session, actor, blocker.person_id, now=now)
    if blocker.closed_at is not None:
        raise Invalid("blocker", "blocker_done")
    if (blocker.answer, blocker.answered_by) == (text, actor.person_id):
        return
    blocker.answer, blocker.answered_by, blocker.answered_at = text, actor.person_id, now
    _audit(session, "blocker_answered", actor, blocker, now=now)
    await session.flush()
    payload = {"blocker_id": blocker.id}
    await outbox.enqueue_unless_waiting(
        session, "blocker_answered", to=blocker.person_id, now=now, payload=payload, about="blocker_id"
    )


async def close_blocker(session: AsyncSession, actor: Actor, blocker_id: int, *, now: datetime) -> Closed:
    """It no longer stands in the way, says its owner or who decides on them; the other is told.

    Raises Invalid `blocker_done`; NotFound, NotAllowed.
    """
    blocker = await _locked(session, blocker_id)
    own = blocker.person_id == actor.person_id
    if not own:
        await capacity_of(session, actor, blocker.person_id, now=now)
    if blocker.closed_at is not None:
        raise Invalid("blocker", "blocker_done")
    blocker.closed_at, blocker.closed_by = now, actor.person_id
    _audit(session, "blocker_closed", actor, blocker, now=now)
    await session.flush()
    supervisor = await session.scalar(select(Person.supervisor_id).where(Person.id == blocker.person_id))
    told = [] if own else [blocker.person_id]
    if own and supervisor is not None:
        told = await deciders(session, supervisor, but=actor.person_id, now=now)
    for person_id in told:
        payload = {"blocker_id": blocker.id}
        await outbox.enqueue(session, "blocker_closed", to=person_id, now=now, payload=payload)
    if supervisor is not None:
        await tell_queue(session, supervisor, now=now)
    return Closed(blocker.day_id, own)


async def mask_blockers(session: AsyncSession, day: Day) -> bool:
    """Blackens citizens' numbers in what is open of a locked day; whether there was one."""
    rows = await session.scalars(
        select(Blocker).where(Blocker.day_id == day.id, Blocker.closed_at.is_(None)).with_for_update()
    )
    masked = False
    for blocker in rows:
        before, blocker.text = blocker.text, mask_sensitive(blocker.text)
        masked = masked or before != blocker.text
    return masked


async def _locked(session: AsyncSession, blocker_id: int) -> Blocker:
    found = await session.scalar(
        select(Blocker)
        .where(Blocker.id == blocker_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("blocker_gone")
    return found


def _audit(session: AsyncSession, action: str, actor: Actor, blocker: Blocker, *, now: datetime) -> None:
    audit.record(session, action, actor_id=actor.person_id, subject="blocker", subject_id=blocker.id, now=now)


_ANSWERED, _CLOSED = aliased(Person), aliased(Person)


def _selected() -> Select[Blocker, str, Entry | None, str | None, str | None]:
    return (
        select(Blocker, Person.name, Entry, _ANSWERED.name, _CLOSED.name)
        .join(Person, Person.id == Blocker.person_id)
        .outerjoin(Entry, Entry.id == Blocker.entry_id)
        .outerjoin(_ANSWERED, _ANSWERED.id == Blocker.answered_by)
        .outerjoin(_CLOSED, _CLOSED.id == Blocker.closed_by)
        .execution_options(populate_existing=True)
    )


def _decided_by(actor: Actor) -> ColumnElement[bool]:
    return and_(
        Person.supervisor_id.in_(sorted(actor.decides_as)), Person.active, Person.id != actor.person_id
    )


def _view(actor: Actor, row: Row[Blocker, str, Entry | None, str | None, str | None]) -> BlockerView:
    blocker, name, entry, answered_by, closed_by = row
    own = blocker.person_id == actor.person_id
    visible = entry is not None and (own or entry.state in VISIBLE)
    return BlockerView(
        id=blocker.id,
        person_id=blocker.person_id,
        person_name=name,
        work_date=blocker.work_date,
        day_id=blocker.day_id,
        text=blocker.text,
        activity=entry.activity if entry is not None and visible else None,
        raised_at=blocker.raised_at,
        answer=blocker.answer,
        answered_by=answered_by,
        closed_at=blocker.closed_at,
        closed_by=closed_by,
        own=own,
    )
