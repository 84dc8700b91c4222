"""Taking what is due from the outbox: by lane, one at a time a chat, and nothing starves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    Exists,
    and_,
    bindparam,
    cast,
    extract,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from models import Account, Group, Lane, OutboxMessage, OutboxState, Pace, Person, Unit
from services.outbox.writing import FORMER_CHAT
from services.pacing import LONGEST_REST

LANES = tuple(Lane)
SHARE = 4
"""Every lane but the first gets a quarter of a claim while something of it is due."""
WAITING: ColumnElement[Any] = literal_column("'waiting'")
SENDING: ColumnElement[Any] = literal_column("'sending'")
"""As the partial indexes say it: a bound value would hide from the planner that they fit."""


_DUE = (
    select(OutboxMessage.id)
    .where(
        OutboxMessage.state == WAITING,
        OutboxMessage.lane.in_(bindparam("lanes", expanding=True)),
        OutboxMessage.not_before <= bindparam("now"),
    )
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """A linked group, or one topic of it, as a notice goes there. `linked` False: it was let go meanwhile."""

    group_id: int
    thread_id: int | None
    title: str
    unit_id: int
    unit: str
    language: str
    zone: str
    linked: bool = True


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row in hand, with where and in which language it goes: to a person, or to a linked group.

    `chat_id` None: a person who never joined. `group`: set for a group's row alone, and then nobody is named.
    `former`: it goes to a chat that was the person's and is no longer; nobody is there now (no `user_id`).
    """

    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int
    """With this one, which together with `claimed_at` names the claim: its ending is nobody else's."""
    person_id: int | None
    chat_id: int | None
    user_id: int | None
    language: str
    zone: str
    name: str
    group: GroupFacts | None = None
    stale_at: datetime | None = None
    former: bool = False
    claimed_at: datetime | None = None


async def anything_due(session: AsyncSession, *, now: datetime, lanes: Sequence[Lane] = LANES) -> bool:
    """Whether a row of these lanes is due: asked without the lock of a writer."""
    return await session.scalar(_DUE, {"lanes": list(lanes), "now": now}) is not None


async def claim(
    session: AsyncSession,
    *,
    now: datetime,
    limit: int = 20,
    lanes: Sequence[Lane] = LANES,
    paced: float | None = None,
    turn: int = 0,
) -> Sequence[Claimed]:
    """Takes up to `limit` due rows of these lanes, those of the first lane first; at most one a chat.

    A row is passed over while an earlier one to the same person or group stands in line: it is being sent, is
    due, or was tried and is tried again. One that was put off for a later hour lets others pass. `paced`: the
    time in seconds since 1970 when chats have a pace (the database's own clock is used where it has one);
    None: they have none. By the same clock goes `claimed_at`, so that processes whose clocks differ agree on
    whose flight is over (`recover`). Every later lane gets its share of the limit, so that nothing starves;
    of a limit smaller than the number of lanes they get it in `turn`.
    """
    ids: list[int] = []
    quotas = shares(lanes, limit, turn)
    unsated = []
    for lane, quota in quotas:
        taken = await _take(session, lane, quota, now=now, paced=paced) if quota else ()
        ids += taken
        if len(taken) == quota:
            unsated.append(lane)
    for lane in unsated:
        if len(quotas) > 1 and len(ids) < limit:
            ids += await _take(session, lane, limit - len(ids), now=now, paced=paced)
    if not ids:
        return []
    return [_claimed(row) for row in await session.execute(_FACTS, {"ids": ids})]


def shares(lanes: Sequence[Lane], limit: int, turn: int = 0) -> list[tuple[Lane, int]]:
    """How many each lane may take before what others leave is shared out.

    `turn`: a number that grows from claim to claim.
    """
    if limit < len(lanes):
        order = sorted(lanes)
        begin = turn % len(order)
        return [(lane, int(place < limit)) for place, lane in enumerate(order[begin:] + order[:begin])]
    each = max(1, limit // SHARE)
    first, *later = sorted(lanes)
    quotas = [(first, max(1, limit - each * len(later)))]
    for lane in later:
        quotas.append((lane, min(each, limit - sum(quota for _, quota in quotas))))
    return quotas


async def _take(
    session: AsyncSession, lane: Lane, limit: int, *, now: datetime, paced: float | None
) -> Sequence[int]:
    clock = None if paced is None else session.get_bind().dialect.name
    values = {"in_lane": lane.value, "now": now, "most": limit, "at": paced}
    return (await session.scalars(_statement(clock), values)).all()


_STATEMENTS: dict[str | None, Any] = {}


def _statement(clock: str | None) -> Any:
    """The claim: one statement, the same every time, so that it is compiled once."""
    if clock not in _STATEMENTS:
        _STATEMENTS[clock] = _build(clock)
    return _STATEMENTS[clock]


def _build(clock: str | None) -> Any:
    row = OutboxMessage
    now: ColumnElement[datetime] = bindparam("now", type_=OutboxMessage.not_before.type)
    claimed_at = func.clock_timestamp() if clock == "postgresql" else now
    free = [] if clock is None else [~_resting(clock)]
    due = (
        select(row.id)
        .where(
            row.state == WAITING,
            row.lane == bindparam("in_lane"),
            row.not_before <= now,
            ~_in_line(row.person_id, now),
            ~_in_line(row.group_id, now),
            *free,
        )
        .order_by(row.lane, row.not_before, row.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
        .cte("due")  # as a plain subquery PostgreSQL may run it once a row, and the limit means nothing
    )
    return (
        update(row)
        .where(row.id.in_(select(due.c.id)))
        .values(state=OutboxState.SENDING, claimed_at=claimed_at, attempts=row.attempts + 1)
        .returning(row.id)
        .execution_options(synchronize_session=False)
    )


def _in_line(receiver: InstrumentedAttribute[int | None], now: ColumnElement[datetime]) -> Exists:
    """Whether one to the same person or group is being sent, or an earlier one is due or tried again."""
    other = aliased(OutboxMessage)
    is_earlier = and_(other.id < OutboxMessage.id, or_(other.not_before <= now, other.error.is_not(None)))
    return (
        select(other.id)
        .where(
            getattr(other, receiver.key) == receiver,
            other.state.in_([WAITING, SENDING]),
            or_(other.state == SENDING, is_earlier),
        )
        .exists()
    )


def _resting(clock: str) -> Exists:
    """Whether the chat of a row got something a moment ago."""
    chat = func.coalesce(
        select(Account.chat_id)
        .where(Account.person_id == OutboxMessage.person_id)
        .limit(1)
        .correlate(OutboxMessage)
        .scalar_subquery(),
        select(Group.chat_id)
        .where(Group.id == OutboxMessage.group_id)
        .correlate(OutboxMessage)
        .scalar_subquery(),
    )
    at: ColumnElement[float] = bindparam("at", type_=Double())
    if clock == "postgresql":
        at = cast(extract("epoch", func.clock_timestamp()), Double)
    until = at + LONGEST_REST  # a clock that was set back must not silence a chat
    return select(Pace.chat_id).where(Pace.chat_id == chat, Pace.free_at > at, Pace.free_at < until).exists()


_FACTS = (
    select(
        OutboxMessage.id,
        OutboxMessage.kind,
        OutboxMessage.payload,
        OutboxMessage.attempts,
        OutboxMessage.claimed_at,
        OutboxMessage.person_id,
        OutboxMessage.stale_at,
        Person.name,
        Person.language,
        Person.zone,
        Account.chat_id,
        Account.user_id,
        Group.id.label("group_id"),
        Group.chat_id.label("group_chat_id"),
        Group.thread_id,
        Group.title,
        Group.unit_id,
        Group.language.label("group_language"),
        Group.zone.label("group_zone"),
        Group.unlinked_at,
        Unit.name.label("unit"),
    )
    .select_from(OutboxMessage)
    .outerjoin(Person, Person.id == OutboxMessage.person_id)
    .outerjoin(Account, Account.person_id == Person.id)
    .outerjoin(Group, Group.id == OutboxMessage.group_id)
    .outerjoin(Unit, Unit.id == Group.unit_id)
    .where(OutboxMessage.id.in_(bindparam("ids", expanding=True)))
    .order_by(OutboxMessage.lane, OutboxMessage.id)
)


def _claimed(row: Any) -> Claimed:
    common: dict[str, Any] = {
        "id": row.id,
        "kind": row.kind,
        "payload": row.payload,
        "attempts": row.attempts,
        "claimed_at": row.claimed_at,
        "person_id": row.person_id,
        "stale_at": row.stale_at,
    }
    if row.group_id is not None:
        facts = GroupFacts(
            group_id=row.group_id,
            thread_id=row.thread_id,
            title=row.title,
            unit_id=row.unit_id,
            unit=row.unit or "",
            language=row.group_language,
            zone=row.group_zone,
            linked=row.unlinked_at is None,
        )
        return Claimed(
            **common,
            chat_id=row.group_chat_id,
            user_id=None,
            language=row.group_language,
            zone=row.group_zone,
            name="",
            group=facts,
        )
    former = row.payload.get(FORMER_CHAT)
    return Claimed(
        **common,
        chat_id=former if former is not None else row.chat_id,
        user_id=row.user_id if former is None else None,
        language=row.language,
        zone=row.zone,
        name=row.name,
        former=former is not None,
    )
