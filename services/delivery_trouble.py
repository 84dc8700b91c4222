"""What of the outbox did not go as it should: for whoever minds the bot, and what they may do about it.

A row that ended `uncertain` may have arrived. Nobody repeats it by themselves: an admin has it sent again or
lets it be, once. A row that failed for a reason somebody can mend is told to the admins, at most once a day
and cause.
"""

import enum
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, not_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account, Group, Lane, OutboxMessage, OutboxState, Person, Role, RoleName
from services import audit, outbox
from services.errors import NotFound, Outdated
from services.people.identity import Actor
from services.rounds import lateness

TROUBLED = "sending_troubled"
"""The outbox kind that tells an admin; its payload names the `cause` and the `day`."""
LATELY = timedelta(hours=24)
KEPT = timedelta(days=90)
"""How long an uncertain row is listed: no longer than it is kept."""
MOST_LISTED = 50
AGAIN = "again:"
"""How the key of a row begins that an admin had sent again."""


class Cause(enum.StrEnum):
    """Why something was not sent, or not surely. `locales`: `trouble.<value>` says what to do."""

    BLOCKED = "blocked"
    """The person blocked the bot, or deleted their account."""
    NOT_JOINED = "not_joined"
    GROUP = "group"
    """A group let us go, took our rights, closed its topic."""
    TOO_LATE = "too_late"
    """It was for an hour that had passed: delivery stood still."""
    BUSY = "busy"
    """Telegram did not take it in a day of trying."""
    FAULT = "fault"
    """Telegram refused how it was written, or rendering it failed: a fault of ours."""
    UNCERTAIN = "uncertain"
    """No answer came: it may have arrived."""


MENDABLE = frozenset({Cause.TOO_LATE, Cause.BUSY, Cause.FAULT, Cause.UNCERTAIN})
"""Causes that admins are told of. The others show on their own screens: unreachable people, linked groups."""
GONE = ("bot was blocked", "user is deactivated", "chat not found", "initiate conversation")
IN_GROUP = ("not linked", "kicked", "topic", "thread", "rights", "chat_", "not a member", "group chat was")
STALE = "stale"
BUSY_WORDS = (
    "not sent:",
    "no connection",
    "no answer",
    "networkerror",
    "timed out",
    "timedout",
    "gateway",
    "internal server",
    "service unavailable",
    "retryafter",
    "conflict",
    "held back",
)
"""What bot/requesting.py and Telegram's servers say when a call was not taken."""


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A row that may have arrived. `name`: of its person or group; `at`: when the try ended.

    `late`: its hour has passed, and what it says is of no use any more: it can only be let be.
    """

    id: int
    kind: str
    name: str
    at: datetime
    late: bool = False


@dataclass(frozen=True, slots=True)
class DeliveryHealth:
    """`waiting`: rows a lane that are due or will be. `oldest`: for how long the oldest that is due has been.

    `failed`: rows that failed in the last 24 hours, by cause. `uncertain`: the newest of those nobody has
    decided on, `uncertain_count` of all.
    """

    waiting: dict[Lane, int]
    oldest: timedelta | None
    sending: int
    failed: dict[Cause, int]
    uncertain: tuple[Uncertain, ...]
    uncertain_count: int


async def delivery_health(session: AsyncSession, *, now: datetime) -> DeliveryHealth:
    """How the outbox stands. Six queries, each by an index, whatever was sent before."""
    waiting = await session.execute(
        select(OutboxMessage.lane, func.count())
        .where(OutboxMessage.state == OutboxState.WAITING)
        .group_by(OutboxMessage.lane)
    )
    counts = {Lane(lane): count for lane, count in waiting}
    oldest = await session.scalar(
        select(func.min(OutboxMessage.not_before)).where(
            OutboxMessage.state == OutboxState.WAITING, OutboxMessage.not_before <= now
        )
    )
    sending = await session.scalar(
        select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state == OutboxState.SENDING)
    )
    listed = await session.execute(
        select(
            OutboxMessage.id,
            OutboxMessage.kind,
            func.coalesce(Person.name, Group.title, ""),
            OutboxMessage.finished_at,
            OutboxMessage.stale_at,
        )
        .outerjoin(Person, Person.id == OutboxMessage.person_id)
        .outerjoin(Group, Group.id == OutboxMessage.group_id)
        .where(*_undecided(now))
        .order_by(OutboxMessage.id.desc())
        .limit(MOST_LISTED)
    )
    open_ = await session.scalar(select(func.count()).select_from(OutboxMessage).where(*_undecided(now)))
    return DeliveryHealth(
        waiting={lane: counts.get(lane, 0) for lane in Lane},
        oldest=None if oldest is None else now - oldest,
        sending=sending or 0,
        failed=await failed_by_cause(session, now=now),
        uncertain=tuple(
            Uncertain(id_, kind, name, at or now, _is_late(kind, stale_at, now))
            for id_, kind, name, at, stale_at in listed
        ),
        uncertain_count=open_ or 0,
    )


async def failed_by_cause(session: AsyncSession, *, now: datetime) -> dict[Cause, int]:
    """How many rows failed in the last 24 hours, by cause; causes without any are left out. One query."""
    rows = await session.execute(
        select(OutboxMessage.error, OutboxMessage.group_id.is_not(None), func.count())
        .where(*_failed(now))
        .group_by(OutboxMessage.error, OutboxMessage.group_id.is_not(None))
    )
    found: dict[Cause, int] = {}
    for error, in_group, count in rows:
        cause = cause_of(OutboxState.FAILED, error, in_group=bool(in_group))
        found[cause] = found.get(cause, 0) + count
    return found


def cause_of(state: OutboxState, error: str | None, *, in_group: bool = False) -> Cause:
    """Why a row that ended failed or uncertain did, from what is kept with it."""
    if state is OutboxState.UNCERTAIN:
        return Cause.UNCERTAIN
    said = (error or "").casefold()
    if said == outbox.NOT_JOINED:
        return Cause.NOT_JOINED
    if said == STALE:
        return Cause.TOO_LATE
    if any(words in said for words in IN_GROUP) or (in_group and any(words in said for words in GONE)):
        return Cause.GROUP
    if any(words in said for words in GONE):
        return Cause.BLOCKED
    return Cause.BUSY if any(words in said for words in BUSY_WORDS) else Cause.FAULT


async def send_again(session: AsyncSession, actor: Actor, message_id: int, *, now: datetime) -> bool:
    """Writes an uncertain row's message anew, as it would be told now: the receiver may get it twice.

    False: its hour has passed, and it was let be instead. Raises NotAllowed unless the actor is an admin,
    NotFound, Outdated when it was decided before.
    """
    row = await _settle(session, actor, message_id, now=now)
    if _is_late(row.kind, row.stale_at, now):
        _note(session, actor, "notice_let_be", message_id, now=now)
        return False
    _note(session, actor, "notice_sent_again", message_id, now=now)
    await outbox.enqueue(
        session,
        row.kind,
        to=row.person_id,
        group=row.group_id,
        payload=row.payload,
        key=f"{AGAIN}{row.id}",
        now=now,
        stale_at=row.stale_at,
    )
    return True


async def let_be(session: AsyncSession, actor: Actor, message_id: int, *, now: datetime) -> None:
    """Takes an uncertain row off the list: it arrived, or need not. Raises as `send_again`."""
    await _settle(session, actor, message_id, now=now)
    _note(session, actor, "notice_let_be", message_id, now=now)


async def let_all_be(session: AsyncSession, actor: Actor, *, newest: int, now: datetime) -> int:
    """Takes every uncertain row up to the one the admin was shown off the list, at once; gives how many.

    What became uncertain since stays. Raises as `send_again`: Outdated when none of them is undecided.
    """
    actor.require(RoleName.ADMIN)
    if await session.get(OutboxMessage, newest) is None:
        raise NotFound
    settled = await session.scalars(
        update(OutboxMessage)
        .where(*_undecided(now), OutboxMessage.id <= newest)
        .values(settled_at=now)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    ids = sorted(settled)
    if not ids:
        raise Outdated
    for id_ in ids:
        _note(session, actor, "notice_let_be", id_, now=now)
    return len(ids)


def _note(session: AsyncSession, actor: Actor, action: str, message_id: int, *, now: datetime) -> None:
    audit.record(session, action, actor_id=actor.person_id, subject="outbox", subject_id=message_id, now=now)


def _is_late(kind: str, stale_at: datetime | None, now: datetime) -> bool:
    """Whether sending it now would send nothing."""
    return lateness.is_stale(stale_at, now) and kind not in lateness.KEPT


async def _settle(session: AsyncSession, actor: Actor, message_id: int, *, now: datetime) -> OutboxMessage:
    actor.require(RoleName.ADMIN)
    row = await session.scalar(
        update(OutboxMessage)
        .where(
            OutboxMessage.id == message_id,
            OutboxMessage.state == OutboxState.UNCERTAIN,
            OutboxMessage.settled_at.is_(None),
        )
        .values(settled_at=now)
        .returning(OutboxMessage)
        .execution_options(populate_existing=True)
    )
    if row is None:
        if await session.get(OutboxMessage, message_id) is None:
            raise NotFound
        raise Outdated
    return row


def _failed(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Rows that failed in the last 24 hours.

    One that an admin had sent again and that came too late is none: nothing had stood still.
    """
    again = func.coalesce(OutboxMessage.key, "").startswith(AGAIN)
    return (
        OutboxMessage.state == OutboxState.FAILED,
        OutboxMessage.not_before > now - 3 * LATELY,  # what the index knows; pauses are short beside it
        OutboxMessage.finished_at > now - LATELY,
        not_(and_(again, func.coalesce(OutboxMessage.error, "") == STALE)),
    )


def _undecided(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        OutboxMessage.state == OutboxState.UNCERTAIN,
        OutboxMessage.not_before > now - KEPT,
        OutboxMessage.settled_at.is_(None),
    )


@dataclass(frozen=True, slots=True)
class Trouble:
    """What one message to an admin tells: how many of that cause in the last 24 hours, of which kinds."""

    cause: Cause
    count: int
    kinds: tuple[tuple[str, int], ...]


async def tell_admins(session: AsyncSession, causes: set[Cause], *, day: date, now: datetime) -> None:
    """Writes to every admin who joined that there is trouble of these causes; once a day and cause.

    What `sending_troubled` itself met is not told of.
    """
    told = causes & MENDABLE
    if Cause.TOO_LATE in told and Cause.TOO_LATE not in await failed_by_cause(session, now=now):
        told -= {Cause.TOO_LATE}  # only what an admin had sent again: today's alarm is kept for a real one
    if not told:
        return
    admins = await session.scalars(
        select(Role.person_id)
        .join(Person, Person.id == Role.person_id)
        .join(Account, Account.person_id == Person.id)
        .where(Role.role == RoleName.ADMIN, Person.active, Account.unreachable_since.is_(None))
    )
    letters = [
        outbox.Letter(
            TROUBLED,
            to=person_id,
            payload={"cause": cause.value, "day": day.isoformat()},
            key=f"{TROUBLED}:{cause}:{day}:{person_id}",
            stale_at=now,  # at night it waits for the morning
        )
        for person_id in sorted(set(admins))
        for cause in sorted(told)
    ]
    await outbox.enqueue_many(session, letters, now=now)


async def load_trouble(session: AsyncSession, actor: Actor, cause: Cause, *, now: datetime) -> Trouble | None:
    """What there is to tell an admin of a cause now; None: nothing (any more). Raises NotAllowed."""
    actor.require(RoleName.ADMIN)
    if cause is Cause.UNCERTAIN:
        rows = await session.execute(
            select(OutboxMessage.kind, func.count()).where(*_undecided(now)).group_by(OutboxMessage.kind)
        )
        counts = {row.kind: row[1] for row in rows}
    else:
        counts = {}
        failed = await session.execute(
            select(OutboxMessage.kind, OutboxMessage.error, OutboxMessage.group_id.is_not(None), func.count())
            .where(*_failed(now))
            .group_by(OutboxMessage.kind, OutboxMessage.error, OutboxMessage.group_id.is_not(None))
        )
        for kind, error, in_group, count in failed:
            if cause_of(OutboxState.FAILED, error, in_group=bool(in_group)) is cause:
                counts[kind] = counts.get(kind, 0) + count
    if not counts:
        return None
    kinds = tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
    return Trouble(cause, sum(counts.values()), kinds)
