"""A supervisor excuses days for their people: no report is asked for, though one may be given.

What is written together has one writer, one instant and one range. It is taken back together, by whoever
might write it today, as far as they might: who stood in hands it back to the supervisor. Nobody excuses
themselves; whom an excuse reaches is said by `Reach`.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account, DayKind, DutyPeriod, OutboxMessage, OutboxState, Person, Role, RoleName
from services import audit, outbox
from services.duty.limits import ensure_within
from services.errors import Invalid, NotAllowed, NotFound, Outdated
from services.people.identity import Actor
from services.people.standing_in import seats_of
from services.reading.health import is_reason_of_health
from services.rounds import plan_everybody

EXCUSE_CARD = "excuse"
MOST_AHEAD = 31
LONGEST = 31
SHORTEST_REASON, LONGEST_REASON = 10, 200
TOLD, TAKEN_BACK = "excused", "excuse_undone"


class Reach(enum.StrEnum):
    """Whom an excuse reaches. DIRECT: the people one decides on. ONE: the one of them named beside it.

    BELOW: all of them, and everybody under them, whoever that person's own supervisor is.
    """

    DIRECT = "d"
    BELOW = "b"
    ONE = "o"


@dataclass(frozen=True, slots=True)
class Scope:
    """`person_id`: of ONE only."""

    reach: Reach
    person_id: int = 0


@dataclass(frozen=True, slots=True)
class Choices:
    """Whom a supervisor may excuse: how many directly, how many with the people below them."""

    people: tuple[tuple[int, str], ...]
    below: int

    @property
    def direct(self) -> int:
        return len(self.people)


@dataclass(frozen=True, slots=True)
class Reached:
    """How many people a scope reaches; `name` when it is one."""

    count: int
    name: str | None


@dataclass(frozen=True, slots=True)
class Excuse:
    """What was written together. `names`: the first of them, in order."""

    id: int
    first: date
    last: date
    reason: str
    count: int
    names: tuple[str, ...]
    by: str
    undone: bool


async def load_choices(session: AsyncSession, actor: Actor) -> Choices:
    """Whom the actor may excuse. Raises as `ensure_supervises`."""
    ensure_supervises(actor)
    people = await session.execute(
        select(Person.id, Person.name)
        .where(Person.id.in_(_reached(actor, Scope(Reach.DIRECT))))
        .order_by(Person.name, Person.id)
    )
    below = await session.scalar(
        select(func.count()).select_from(_reached(actor, Scope(Reach.BELOW)).subquery())
    )
    return Choices(tuple((row.id, row.name) for row in people), below or 0)


async def reach(
    session: AsyncSession, actor: Actor, scope: Scope, first: date, last: date, *, now: datetime
) -> Reached:
    """How many people an excuse of these days would reach.

    Raises NotAllowed for a scope that is not the actor's; Invalid as `ensure_within`, and `excuse_nobody`.
    """
    ensure_supervises(actor)
    ensure_days(actor, first, last, now=now)
    names = list(
        await session.scalars(
            select(Person.name).where(Person.id.in_(_reached(actor, scope))).order_by(Person.name, Person.id)
        )
    )
    if not names:
        if scope.reach is Reach.ONE:
            raise NotAllowed
        raise Invalid("people", "excuse_nobody")
    return Reached(len(names), names[0] if len(names) == 1 else None)


def ensure_supervises(actor: Actor) -> None:
    """Raises NotAllowed `excuse_not_yours` for somebody who decides on nobody."""
    if not actor.supervises:
        raise NotAllowed("excuse_not_yours")


def ensure_days(actor: Actor, first: date, last: date, *, now: datetime) -> None:
    """That these days may be excused, or be asked for again. Raises Invalid as `ensure_within`."""
    ensure_within(first, last, zone=actor.zone, ahead=MOST_AHEAD, longest=LONGEST, now=now)


def reason_of(typed: str) -> str:
    """A reason as it is kept. Raises Invalid `excuse_short`, `excuse_long` (`limit`), `excuse_health`."""
    reason = " ".join(typed.split())
    if is_reason_of_health(reason):
        raise Invalid("reason", "excuse_health")
    if len(reason) < SHORTEST_REASON:
        raise Invalid("reason", "excuse_short", limit=SHORTEST_REASON)
    if len(reason) > LONGEST_REASON:
        raise Invalid("reason", "excuse_long", limit=LONGEST_REASON)
    return reason


async def excuse(
    session: AsyncSession,
    actor: Actor,
    scope: Scope,
    first: date,
    last: date,
    *,
    reason: str,
    now: datetime,
) -> int:
    """Excuses the days for everybody reached who is not excused on them yet; gives the id to undo it by.

    A constant number of statements however many people. Raises as `reach` and `reason_of`, and Outdated
    `excuse_already` when all of them are excused.
    """
    await reach(session, actor, scope, first, last, now=now)
    reason = reason_of(reason)
    standing = exists().where(
        DutyPeriod.person_id == Person.id,
        DutyPeriod.kind == DayKind.EXCUSED,
        DutyPeriod.first <= first,
        DutyPeriod.last >= last,
        DutyPeriod.cancelled_at.is_(None),
    )
    columns = ("person_id", "kind", "first", "last", "reason", "created_at", "created_by")
    table = DutyPeriod.__table__.c
    values = (DayKind.EXCUSED, first, last, reason, now, actor.person_id)
    rows = select(
        Person.id,
        *(literal(value, table[name].type) for name, value in zip(columns[1:], values, strict=True)),
    ).where(Person.id.in_(_reached(actor, scope)), ~standing)
    made = (
        await session.execute(
            insert(DutyPeriod).from_select(list(columns), rows).returning(DutyPeriod.id, DutyPeriod.person_id)
        )
    ).all()
    if not made:
        raise Outdated("excuse_already")
    batch: int = min(row.id for row in made)
    await _tell(session, TOLD, {row.person_id: row.id for row in made}, now=now)
    audit.record(
        session,
        "days_excused",
        actor_id=actor.person_id,
        subject="duty_period",
        subject_id=batch,
        now=now,
        detail=f"{len(made)} people",
    )
    await session.flush()
    await plan_everybody(session, now=now)
    return batch


async def undo_excuse(session: AsyncSession, actor: Actor, period_id: int, *, now: datetime) -> int:
    """Takes back what was written together with a period; gives for how many people.

    Raises NotFound; NotAllowed for who does not decide there today; Outdated `excuse_undone`; Invalid
    `duty_closed`.
    """
    one, theirs = await _one(session, actor, period_id, now=now)
    ensure_days(actor, one.first, one.last, now=now)
    gone = await _cancel(session, theirs, now=now)
    if not gone:
        raise Outdated("excuse_undone", card=(EXCUSE_CARD, actor.person_id))
    audit.record(
        session,
        "excuse_undone",
        actor_id=actor.person_id,
        subject="duty_period",
        subject_id=period_id,
        now=now,
        detail=f"{gone} people",
    )
    await session.flush()
    await plan_everybody(session, now=now)
    return gone


async def take_back_excuses(session: AsyncSession, person_id: int, *, since: datetime, now: datetime) -> int:
    """Takes back what was excused in a person's name since then, whoever it is for; gives for how many.

    It is for whoever calls to record it, and to have the rounds follow.
    """
    theirs = and_(
        DutyPeriod.kind == DayKind.EXCUSED,
        DutyPeriod.created_by == person_id,
        DutyPeriod.created_at >= since,
    )
    return await _cancel(session, theirs, now=now)


async def _cancel(session: AsyncSession, which: ColumnElement[bool], *, now: datetime) -> int:
    """Cancels what stands of it, and tells those who had heard of it; gives for how many."""
    gone = (
        await session.execute(
            update(DutyPeriod)
            .where(which, DutyPeriod.cancelled_at.is_(None))
            .values(cancelled_at=now)
            .returning(DutyPeriod.id, DutyPeriod.person_id)
            .execution_options(synchronize_session=False)
        )
    ).all()
    unheard = await _untold(session, [row.person_id for row in gone], {row.id for row in gone})
    heard = {row.person_id: row.id for row in gone if row.person_id not in unheard}
    await _tell(session, TAKEN_BACK, heard, now=now)
    return len(gone)


async def load_excuse(session: AsyncSession, actor: Actor, period_id: int, *, now: datetime) -> Excuse:
    """What was written together with a period, as far as the actor may take it back.

    Raises NotFound, NotAllowed.
    """
    one, theirs = await _one(session, actor, period_id, now=now)
    by = await session.scalar(select(Person.name).where(Person.id == one.created_by))
    rows = (
        await session.execute(
            select(Person.name, DutyPeriod.cancelled_at)
            .join(Person, Person.id == DutyPeriod.person_id)
            .where(theirs)
            .order_by(Person.name, Person.id)
        )
    ).all()
    names = tuple(row.name for row in rows[:10])
    undone = all(row.cancelled_at is not None for row in rows)
    return Excuse(
        period_id, one.first, one.last, one.reason or "", len(rows), names, by=by or "", undone=undone
    )


async def load_excused(session: AsyncSession, actor: Actor, period_id: int, *, undone: bool) -> Excuse | None:
    """An excused period of the actor's own, to be told of; None when it is not so (any more)."""
    row = (
        await session.execute(
            select(DutyPeriod, Person.name)
            .join(Person, Person.id == DutyPeriod.created_by)
            .where(DutyPeriod.id == period_id, DutyPeriod.person_id == actor.person_id)
        )
    ).first()
    if row is None:
        return None
    period, by = row
    if (period.cancelled_at is not None) is not undone:
        return None
    names = (actor.name,)
    return Excuse(period.id, period.first, period.last, period.reason or "", 1, names, by=by, undone=undone)


def _reached(actor: Actor, scope: Scope) -> Select[int]:
    """Ids of the people a scope reaches: active, asked for reports, and never the actor."""
    direct = Person.supervisor_id.in_(sorted(actor.decides_as))
    asked = exists().where(Role.person_id == Person.id, Role.role.in_((RoleName.STAFF, RoleName.SUPERVISOR)))
    counted = and_(Person.active, Person.id != actor.person_id, asked)
    match scope.reach:
        case Reach.DIRECT:
            return select(Person.id).where(direct, counted)
        case Reach.ONE:
            return select(Person.id).where(direct, Person.id == scope.person_id, counted)
        case Reach.BELOW:
            return select(Person.id).where(Person.id.in_(_below(actor, actor.decides_as)), counted)


def _below(actor: Actor, seats: Iterable[int]) -> Select[int]:
    """Ids of everybody active under these seats but the actor."""
    # UNION, not UNION ALL: a circle of supervisors ends.
    direct = Person.supervisor_id.in_(sorted(seats))
    below = select(Person.id).where(direct, Person.active).cte("below", recursive=True)
    below = below.union(select(Person.id).where(Person.supervisor_id == below.c.id, Person.active))
    return select(below.c.id).where(below.c.id != actor.person_id)


async def _one(
    session: AsyncSession, actor: Actor, period_id: int, *, now: datetime
) -> tuple[DutyPeriod, ColumnElement[bool]]:
    """A period, and what was written together with it for people whom the actor might excuse today."""
    ensure_supervises(actor)
    one = await session.get(DutyPeriod, period_id, populate_existing=True)
    if one is None or one.kind is not DayKind.EXCUSED:
        raise NotFound("duty_gone")
    reached = _below(actor, await seats_of(session, actor, now=now))
    theirs = and_(_together(one), DutyPeriod.person_id.in_(reached))
    if await session.scalar(select(DutyPeriod.id).where(theirs).limit(1)) is None:
        raise NotAllowed
    return one, theirs


def _together(one: DutyPeriod) -> ColumnElement[bool]:
    return and_(
        DutyPeriod.kind == DayKind.EXCUSED,
        DutyPeriod.created_by == one.created_by,
        DutyPeriod.created_at == one.created_at,
        DutyPeriod.first == one.first,
        DutyPeriod.last == one.last,
    )


async def _untold(session: AsyncSession, people: Sequence[int], periods: set[int]) -> set[int]:
    """Takes back the notices of these periods that still wait; gives who therefore never heard of it."""
    waiting = await session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.person_id.in_(people),
            OutboxMessage.kind == TOLD,
            OutboxMessage.state == OutboxState.WAITING,
        )
        .order_by(OutboxMessage.id)
        .with_for_update(skip_locked=True)
    )
    found = {row.id: row.person_id for row in waiting if row.payload.get("period") in periods}
    if found:
        await session.execute(delete(OutboxMessage).where(OutboxMessage.id.in_(found)))
    return {person_id for person_id in found.values() if person_id is not None}


async def _tell(session: AsyncSession, kind: str, periods: dict[int, int], *, now: datetime) -> None:
    """A notice to everybody of them who has joined, in two statements. `periods`: person → their period."""
    joined: Sequence[int] = list(
        await session.scalars(select(Account.person_id).where(Account.person_id.in_(periods)))
    )
    letters = [
        outbox.Letter(kind, to=person_id, payload={"period": periods[person_id]})
        for person_id in sorted(set(joined))
    ]
    await outbox.enqueue_many(session, letters, now=now)
