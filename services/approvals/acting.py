"""Naming somebody who stands in for a supervisor between two dates (Plt/Plh), and ending it.

Invariants: a supervisor has one stand-in a day; the supervisor's row is locked before spans are compared. A
stand-in is active, has joined, and is somebody else; nobody names themselves. Both are told, by the outbox;
on the first day, and on the day after the last, the stand-in is told again, and so their menu is true.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import Account, ActingSupervisor, Capacity, Person, RoleName
from services import audit, outbox
from services.calendar import at_local
from services.clock import local_date
from services.entries.sending import tell_queue
from services.errors import Invalid, NotAllowed, NotFound
from services.people.identity import Actor, works
from services.people.standing_in import A_DAY
from services.reading.phrases import HONORIFICS
from services.rounds import plan_person

LONGEST = 366
"""Days of one span."""
FARTHEST = 366
"""Days from today to its last day."""
SHORTEST_NAME = 2
MOST_FOUND = 24
"""People offered for a part of a name."""
ADDRESS = HONORIFICS | {"h", "hj", "sdr", "sdri", "saudara", "saudari", "dr", "drs", "dra", "prof"}
"""Forms of address before a name, which the name on record need not have."""
TURNS = (7, 20)
"""Local hours between which a stand-in is told that it begins or is over."""


@dataclass(frozen=True, slots=True)
class Candidate:
    person_id: int
    name: str
    position: str | None


@dataclass(frozen=True, slots=True)
class Span:
    """A span that holds or comes."""

    id: int
    supervisor_id: int
    supervisor_name: str
    acting_id: int
    acting_name: str
    capacity: Capacity
    first: date
    last: date
    ended: bool = False


async def ensure_may_name(session: AsyncSession, actor: Actor, supervisor_id: int) -> str:
    """Gives the supervisor's name. Raises NotAllowed unless it is the actor themselves or they are admin.

    NotFound for somebody whom nobody active names as supervisor. A stand-in names no further stand-in.
    """
    if supervisor_id != actor.person_id and RoleName.ADMIN not in actor.roles:
        raise NotAllowed("acting_not_yours")
    name = await session.scalar(
        select(Person.name).where(Person.id == supervisor_id, _is_supervisor(supervisor_id))
    )
    if name is None:
        raise NotAllowed("acting_not_yours") if supervisor_id == actor.person_id else NotFound("person")
    return name


async def may_name(session: AsyncSession, actor: Actor) -> bool:
    """Whether the actor names stand-ins at all: an admin, or a supervisor in their own right."""
    if RoleName.ADMIN in actor.roles:
        return True
    return await session.scalar(select(Person.id).where(_is_supervisor(actor.person_id)).limit(1)) is not None


async def nobody_stands_in(session: AsyncSession, actor: Actor, first: date, last: date) -> bool:
    """Whether the actor has people of their own and nobody in their place on any of these days."""
    named = select(ActingSupervisor.id).where(
        ActingSupervisor.supervisor_id == actor.person_id,
        ActingSupervisor.ended_at.is_(None),
        ActingSupervisor.first <= last,
        ActingSupervisor.last >= first,
    )
    found = select(Person.id).where(
        Person.id == actor.person_id, _is_supervisor(actor.person_id), ~named.exists()
    )
    return await session.scalar(found) is not None


def _is_supervisor(person_id: int) -> ColumnElement[bool]:
    below = aliased(Person)
    return select(below.id).where(below.supervisor_id == person_id, below.active).exists()


async def load_spans(session: AsyncSession, actor: Actor, *, now: datetime) -> tuple[Span, ...]:
    """What holds or comes: of the actor's own place, for an admin of everybody's. Raises NotAllowed."""
    if not await may_name(session, actor):
        raise NotAllowed("acting_not_yours")
    today = local_date(now, actor.zone)
    query = _spans().where(ActingSupervisor.ended_at.is_(None), ActingSupervisor.last >= today)
    if RoleName.ADMIN not in actor.roles:
        query = query.where(ActingSupervisor.supervisor_id == actor.person_id)
    rows = await session.execute(query.order_by(ActingSupervisor.first, ActingSupervisor.id))
    return tuple(_span(*row) for row in rows)


async def load_span(session: AsyncSession, span_id: int) -> Span:
    """One span, ended or not. Raises NotFound."""
    row = (await session.execute(_spans().where(ActingSupervisor.id == span_id))).one_or_none()
    if row is None:
        raise NotFound
    return _span(*row)


def _spans() -> Select[ActingSupervisor, str, str]:
    boss, acting = aliased(Person), aliased(Person)
    return (
        select(ActingSupervisor, boss.name, acting.name)
        .join(boss, boss.id == ActingSupervisor.supervisor_id)
        .join(acting, acting.id == ActingSupervisor.acting_id)
    )


def _span(row: ActingSupervisor, boss: str, acting: str) -> Span:
    return Span(
        row.id,
        row.supervisor_id,
        boss,
        row.acting_id,
        acting,
        row.capacity,
        row.first,
        row.last,
        ended=row.ended_at is not None,
    )


async def supervisors(session: AsyncSession, actor: Actor) -> tuple[Candidate, ...]:
    """Everybody with people of their own, by name, for an admin to choose from. Raises NotAllowed."""
    actor.require(RoleName.ADMIN)
    below = aliased(Person)
    leads = select(below.supervisor_id).where(below.active, below.supervisor_id.is_not(None))
    rows = await session.execute(
        select(Person.id, Person.name, Person.position)
        .where(Person.id.in_(leads))
        .order_by(Person.name, Person.id)
    )
    return tuple(Candidate(*row) for row in rows)


async def candidates(session: AsyncSession, actor: Actor, supervisor_id: int) -> tuple[Candidate, ...]:
    """Who is near: the other people of the supervisor's supervisor first, then the supervisor's own.

    Raises NotAllowed, NotFound.
    """
    await ensure_may_name(session, actor, supervisor_id)
    above = select(Person.supervisor_id).where(Person.id == supervisor_id).scalar_subquery()
    near = or_(Person.supervisor_id == supervisor_id, Person.supervisor_id == above)
    rows = await session.execute(
        _eligible(actor, supervisor_id)
        .where(near)
        .order_by(Person.supervisor_id == supervisor_id, Person.name)
    )
    return tuple(Candidate(*row) for row in rows)


async def find_people(
    session: AsyncSession, actor: Actor, supervisor_id: int, words: str
) -> tuple[Candidate, ...]:
    """Those whose name holds the words, forms of address aside. Raises NotAllowed; Invalid
    `acting_name_short`, `acting_nobody`, `acting_unfit` (`name`: who is here and may not stand in).
    """
    await ensure_may_name(session, actor, supervisor_id)
    words = " ".join(_without_address(words.split()))
    if len(words) < SHORTEST_NAME:
        raise Invalid("name", "acting_name_short", limit=SHORTEST_NAME)
    holds = func.lower(Person.name).contains(words.lower(), autoescape=True)
    query = _eligible(actor, supervisor_id).where(holds).order_by(Person.name, Person.id).limit(MOST_FOUND)
    found = tuple(Candidate(*row) for row in await session.execute(query))
    if found:
        return found
    unfit = select(Person.name).where(Person.active, holds).order_by(Person.name, Person.id).limit(1)
    name = await session.scalar(unfit)
    if name is not None:
        raise Invalid("name", "acting_unfit", name=name)
    raise Invalid("name", "acting_nobody", name=words[:60])


def _without_address(words: Sequence[str]) -> Sequence[str]:
    """«bu citra» is Citra; somebody may be called nothing but a form of address."""
    named = [one for one in words if one.strip(".,").casefold() not in ADDRESS]
    return named or words


def _eligible(actor: Actor, supervisor_id: int) -> Select[int, str, str | None]:
    """Active, joined people who report or lead; neither the supervisor nor the one who names."""
    return (
        select(Person.id, Person.name, Person.position)
        .join(Account, Account.person_id == Person.id)
        .where(Person.active, Person.id.not_in([supervisor_id, actor.person_id]), works(Person.id))
    )


async def ensure_eligible(session: AsyncSession, actor: Actor, supervisor_id: int, acting_id: int) -> str:
    """Gives the name. Raises Invalid `acting_self`, `acting_yourself`, `acting_not_here`."""
    if supervisor_id == acting_id:
        raise Invalid("person", "acting_self")
    if acting_id == actor.person_id:
        raise Invalid("person", "acting_yourself")
    row = (await session.execute(_eligible(actor, supervisor_id).where(Person.id == acting_id))).one_or_none()
    if row is None:
        raise Invalid("person", "acting_not_here")
    return str(row.name)


def ensure_dates(first: date, last: date, *, today: date) -> None:
    """Raises Invalid `acting_reversed`, `acting_past`, `acting_too_long` or `acting_too_far` (`limit`)."""
    if last < first:
        raise Invalid("dates", "acting_reversed")
    if first < today:
        raise Invalid("dates", "acting_past")
    if (last - first).days >= LONGEST:
        raise Invalid("dates", "acting_too_long", limit=LONGEST)
    if (last - today).days > FARTHEST:
        raise Invalid("dates", "acting_too_far", limit=FARTHEST)


async def name_acting(
    session: AsyncSession,
    actor: Actor,
    supervisor_id: int,
    acting_id: int,
    *,
    capacity: Capacity,
    first: date,
    last: date,
    now: datetime,
) -> int:
    """Names a stand-in; gives the span's id. The same once more is as once.

    Raises as `ensure_dates` and `ensure_eligible`; Invalid `acting_overlap` (`name`); NotAllowed, NotFound.
    """
    await ensure_may_name(session, actor, supervisor_id)
    await session.execute(select(Person.id).where(Person.id == supervisor_id).with_for_update())
    ensure_dates(first, last, today=local_date(now, actor.zone))
    await ensure_eligible(session, actor, supervisor_id, acting_id)
    there = (
        await session.execute(
            _spans().where(
                ActingSupervisor.supervisor_id == supervisor_id,
                ActingSupervisor.ended_at.is_(None),
                and_(ActingSupervisor.first <= last, ActingSupervisor.last >= first),
            )
        )
    ).first()
    if there is not None:
        span = _span(*there)
        if (span.acting_id, span.capacity, span.first, span.last) == (acting_id, capacity, first, last):
            return span.id
        raise Invalid("dates", "acting_overlap", name=span.acting_name)
    row = ActingSupervisor(
        supervisor_id=supervisor_id,
        acting_id=acting_id,
        capacity=capacity,
        first=first,
        last=last,
        set_by=actor.person_id,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    await _changed(session, row, "acting_set", by=actor.person_id, now=now)
    return row.id


async def end_acting(session: AsyncSession, actor: Actor, span_id: int, *, now: datetime) -> Span:
    """Ends a span at once, or one that has not begun.

    Raises NotFound, NotAllowed, Invalid `acting_ended_already`.
    """
    row = await session.scalar(
        select(ActingSupervisor)
        .where(ActingSupervisor.id == span_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    if row.supervisor_id != actor.person_id and RoleName.ADMIN not in actor.roles:
        raise NotAllowed
    if row.ended_at is not None or row.last < local_date(now, actor.zone):
        raise Invalid("acting", "acting_ended_already")
    row.ended_at = now
    await session.flush()
    await _changed(session, row, "acting_ended", by=actor.person_id, now=now)
    return await load_span(session, span_id)


async def end_named_by(
    session: AsyncSession, person_id: int, *, since: datetime, by: int, now: datetime
) -> int:
    """Ends what was named in a person's name since then; gives how many. Few: each was typed and pressed."""
    rows = await session.scalars(
        select(ActingSupervisor)
        .where(
            ActingSupervisor.set_by == person_id,
            ActingSupervisor.created_at >= since,
            ActingSupervisor.ended_at.is_(None),
        )
        .order_by(ActingSupervisor.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    named = rows.all()
    for row in named:
        row.ended_at = now
        await session.flush()
        await _changed(session, row, "acting_ended", by=by, now=now)
    return len(named)


async def _changed(
    session: AsyncSession, row: ActingSupervisor, kind: str, *, by: int, now: datetime
) -> None:
    audit.record(
        session,
        kind,
        actor_id=by,
        subject="person",
        subject_id=row.supervisor_id,
        now=now,
        detail=f"{row.capacity} {row.acting_id} {row.first} {row.last}",
    )
    for person_id in (row.acting_id, row.supervisor_id):
        if person_id != by:
            await outbox.enqueue(session, kind, to=person_id, now=now, payload={"span_id": row.id})
    await plan_person(session, row.acting_id, now=now)
    await plan_person(session, row.supervisor_id, now=now)
    await tell_queue(session, row.supervisor_id, now=now)


async def tell_turns(session: AsyncSession, *, now: datetime) -> int:
    """Tells stand-ins that it begins today, or was over yesterday; gives how many. One query if none is due.

    To be called once an hour: it tells between 7 and 20 local, and each once, by the outbox's key.
    """
    rows = await session.execute(
        select(ActingSupervisor, Person.zone)
        .join(Person, Person.id == ActingSupervisor.acting_id)
        .where(
            ActingSupervisor.ended_at.is_(None),
            ActingSupervisor.first <= now.date() + A_DAY,
            ActingSupervisor.last >= now.date() - 2 * A_DAY,
        )
        .order_by(ActingSupervisor.id)
    )
    told = 0
    for kind, row, stale_at in _turns(rows.all(), now=now):
        key, payload = f"{kind}:{row.id}", {"span_id": row.id}
        told += await outbox.enqueue(
            session, kind, to=row.acting_id, now=now, payload=payload, key=key, stale_at=stale_at
        )
    return told


def _turns(
    rows: Sequence[Row[ActingSupervisor, str]], *, now: datetime
) -> list[tuple[str, ActingSupervisor, datetime]]:
    """Of which spans it is to be told now that they begin or are over, and until when today."""
    found = []
    for row, zone in rows:
        local = now.astimezone(ZoneInfo(zone))
        if not TURNS[0] <= local.hour < TURNS[1]:
            continue
        evening = at_local(local.date(), time(TURNS[1]), zone)
        if row.first == local.date() and local_date(row.created_at, zone) < row.first:
            found.append(("acting_begun", row, evening))
        elif row.last + timedelta(days=1) == local.date():
            found.append(("acting_over", row, evening))
    return found
