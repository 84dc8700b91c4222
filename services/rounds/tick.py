"""Starts what is due, whoever ticks and however often.

    schedule due ──▶ still right? ──no──▶ moved to its next due, no round
                          │
                          ├── its window has passed ──▶ round skipped
                          ├── nothing to ask ─────────▶ round unneeded
                          └── else ───────────────────▶ round sent + outbox row

Invariants:
1. The unique key of rounds (person, work date, kind) decides: only who wrote the round writes the outbox row,
   in the same transaction. Schedules only say where to look; the rules are applied again to every due row.
2. The number of statements does not depend on how many are due; a tick takes the newest `limit` rows and says
   whether there is more.
3. Somebody unreachable is not asked and gets no round; their schedule moves on and is there on their return.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from models import (
    Account,
    Day,
    OutboxMessage,
    OutboxState,
    Person,
    Round,
    RoundKind,
    RoundState,
    Schedule,
    State,
)
from services.calendar.days_off import calendar_around
from services.rounds.due import Due, Outlook, Rhythm
from services.rounds.plan import Slot, is_asked, remove_schedules, supervises, write_schedules

LIMIT = 2000
"""Rows one tick takes: below a driver's limit of parameters, and a short hold of SQLite's write lock."""

MESSAGES = {RoundKind.PROMPT: "prompted", RoundKind.QUEUE_NOTICE: "queue_noticed"}
KEYS = {RoundKind.PROMPT: "prompt", RoundKind.QUEUE_NOTICE: "queue_notice"}


@dataclass(frozen=True, slots=True)
class TickResult:
    """What a tick did. `more`: rows are still due, tick again at once."""

    prompted: int = 0
    noticed: int = 0
    skipped: int = 0
    unneeded: int = 0
    moved: int = 0
    more: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A schedule row that is due, with what the rules need to know."""

    slot: Slot
    there: Due
    rhythm: Rhythm
    entitled: bool
    reachable: bool
    sent: bool


async def tick(session: AsyncSession, *, now: datetime, limit: int = LIMIT) -> TickResult:
    """Starts, skips or moves every due round, newest first. One query when nothing is due."""
    first, again = await _pass(session, now=now, limit=limit)
    if not again:
        return first
    # A row that was moved past a missed day may be due today already: it is not left to the next tick.
    second, _ = await _pass(session, now=now, limit=limit)
    return TickResult(
        prompted=first.prompted + second.prompted,
        noticed=first.noticed + second.noticed,
        skipped=first.skipped + second.skipped,
        unneeded=first.unneeded + second.unneeded,
        moved=first.moved + second.moved,
        more=first.more or second.more,
    )


async def _pass(session: AsyncSession, *, now: datetime, limit: int) -> tuple[TickResult, bool]:
    """One batch. The second value: a row it moved is due itself."""
    found = await _due(session, now=now, limit=limit)
    if not found:
        return TickResult(), False
    outlook = Outlook(await calendar_around(session, now), now=now)
    waiting = await _queues(session) if any(_is_notice(row) for row in found) else frozenset()
    ends: dict[Slot, RoundState] = {}
    moved: dict[Slot, Due] = {}
    removed: list[Slot] = []
    for row in found:
        outcome, following = _judge(row, waiting=waiting, outlook=outlook)
        if outcome is not None:
            ends[row.slot] = outcome
        if following is None:
            removed.append(row.slot)
        else:
            moved[row.slot] = following
    there = {row.slot: row.there for row in found}
    won = await _write_rounds(session, ends, there, now=now)
    await _write_messages(session, [done for done in won if done.state is RoundState.SENT], now=now)
    await write_schedules(session, moved)
    await remove_schedules(session, removed)
    states = [done.state for done in won]
    sent = [done.kind for done in won if done.state is RoundState.SENT]
    result = TickResult(
        prompted=sent.count(RoundKind.PROMPT),
        noticed=sent.count(RoundKind.QUEUE_NOTICE),
        skipped=states.count(RoundState.SKIPPED),
        unneeded=states.count(RoundState.UNNEEDED),
        moved=len(found) - len(won),
        more=len(found) == limit,
    )
    return result, any(due.due_at <= now for due in moved.values())


def _judge(row: Found, *, waiting: frozenset[int], outlook: Outlook) -> tuple[RoundState | None, Due | None]:
    """How a due row ends (None: without a round) and what follows it (None: nothing)."""
    person_id, kind = row.slot
    if not row.entitled:
        return None, None
    following = outlook.next(kind, row.rhythm, row.there.work_date)
    by_rule = outlook.on(kind, row.rhythm, row.there.work_date)
    if by_rule is None or not row.reachable:
        return None, following
    if by_rule.due_at > outlook.now:  # the plan was not told of a later time
        return None, by_rule
    if row.there.stale_at <= outlook.now:
        return RoundState.SKIPPED, following
    needed = person_id in waiting if kind is RoundKind.QUEUE_NOTICE else not row.sent
    return RoundState.SENT if needed else RoundState.UNNEEDED, following


def _is_notice(row: Found) -> bool:
    return row.slot[1] is RoundKind.QUEUE_NOTICE


async def _due(session: AsyncSession, *, now: datetime, limit: int) -> list[Found]:
    """The newest due rows; on PostgreSQL those that another ticker has in hand are left to it."""
    rows = await session.execute(
        select(
            Schedule.person_id,
            Schedule.kind,
            Schedule.work_date,
            Schedule.due_at,
            Schedule.stale_at,
            Person.zone,
            Person.pattern,
            Person.unit_id,
            Person.prompt_time,
            Person.active,
            is_asked().label("asked"),
            supervises().label("supervises"),
            Account.user_id,
            Account.unreachable_since,
            Day.state.label("day_state"),
        )
        .join(Person, Person.id == Schedule.person_id)
        .outerjoin(Account, Account.person_id == Schedule.person_id)
        .outerjoin(Day, (Day.person_id == Schedule.person_id) & (Day.work_date == Schedule.work_date))
        .where(Schedule.due_at <= now)
        .order_by(Schedule.due_at.desc(), Schedule.person_id)
        .limit(limit)
        .with_for_update(of=Schedule, skip_locked=True)
    )
    return [
        Found(
            slot=(row.person_id, row.kind),
            there=Due(row.work_date, row.due_at, row.stale_at),
            rhythm=Rhythm(row.zone, row.pattern, row.unit_id, row.prompt_time),
            entitled=row.active
            and row.user_id is not None
            and bool(row.asked if row.kind is RoundKind.PROMPT else row.supervises),
            reachable=row.unreachable_since is None,
            sent=row.day_state not in (None, State.DRAFT),
        )
        for row in rows
    ]


async def _queues(session: AsyncSession) -> frozenset[int]:
    """The supervisors for whom a submitted day is waiting."""
    rows = await session.scalars(
        select(Person.supervisor_id)
        .join(Day, Day.person_id == Person.id)
        .where(Day.state == State.SUBMITTED, Person.supervisor_id.is_not(None))
        .distinct()
    )
    return frozenset(supervisor for supervisor in rows if supervisor is not None)


async def _write_rounds(
    session: AsyncSession, ends: dict[Slot, RoundState], there: dict[Slot, Due], *, now: datetime
) -> Sequence[Row[int, date, RoundKind, RoundState]]:
    """Writes the rounds; gives those that nobody had written before."""
    if not ends:
        return []
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    statement = (
        insert(Round)
        .on_conflict_do_nothing(index_elements=["person_id", "work_date", "kind", "step"])
        .returning(Round.person_id, Round.work_date, Round.kind, Round.state)
    )
    written = await session.execute(
        statement,
        [
            {
                "person_id": slot[0],
                "work_date": there[slot].work_date,
                "kind": slot[1],
                "state": state,
                "due_at": there[slot].due_at,
                "done_at": now,
            }
            for slot, state in sorted(ends.items())
        ],
        execution_options={"insertmanyvalues_page_size": LIMIT},
    )
    return written.all()


async def _write_messages(
    session: AsyncSession, sent: Sequence[Row[int, date, RoundKind, RoundState]], *, now: datetime
) -> None:
    """The outbox rows of the rounds just won."""
    if not sent:
        return
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    await session.execute(
        insert(OutboxMessage).on_conflict_do_nothing(index_elements=["key"]),
        [
            {
                "person_id": person_id,
                "kind": MESSAGES[kind],
                "payload": {"work_date": work_date.isoformat()},
                "key": f"{KEYS[kind]}:{person_id}:{work_date.isoformat()}",
                "state": OutboxState.WAITING,
                "created_at": now,
                "not_before": now,
                "attempts": 0,
            }
            for person_id, work_date, kind, _ in sent
        ],
    )
