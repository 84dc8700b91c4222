"""What is forgotten by rule, and when. Never entries, SKP, decisions, feedback or the audit.

| What                                          | How long                                  |
|-----------------------------------------------|-------------------------------------------|
| updates that took effect                      | 48 hours                                  |
| messages on which we failed                   | 90 days                                   |
| notices that have ended                       | 90 days after their end                   |
| where a card stands in a chat                 | 60 days after it was shown last           |
| evidence that waits for an activity           | 7 days                                    |
| proofs that a question or notice was started  | 400 days                                  |
| invitations, used or not                      | 400 days after they expired               |
| groups that were let go, with their summaries | 400 days after that                       |
| groups whose unit was never chosen            | 7 days                                    |
| days away that were cancelled                 | 90 days after that                        |
| days away, days of a shift                    | 800 days after them                       |
| who stood in for a supervisor                 | 800 days after the last day               |
| what stood in the way, once it is closed      | 800 days after that                       |
| plans of a day                                | 90 days after the day                     |

Deleting is bounded: one call takes at most `limit` rows of each kind and says whether there is more.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from models import (
    Account,
    ActingSupervisor,
    Blocker,
    Card,
    DialogueRow,
    DutyPeriod,
    Evidence,
    FailedUpdate,
    Group,
    Invitation,
    OutboxMessage,
    OutboxState,
    PlanLine,
    Round,
    SeenUpdate,
    ShiftDay,
)
from services import audit
from services.groups import Problem

SEEN = timedelta(hours=48)
"""Telegram redelivers for 24 hours; ids restart at random, so nothing is inferred from their order."""
FAILED = timedelta(days=90)
ENDED_NOTICES = timedelta(days=90)
CARDS = timedelta(days=60)
WAITING_EVIDENCE = timedelta(days=7)
ROUNDS = timedelta(days=400)
INVITATIONS = timedelta(days=400)
GROUPS_LET_GO = timedelta(days=400)
UNDECIDED_GROUPS = timedelta(days=7)
CANCELLED_DUTY = timedelta(days=90)
PLANS = timedelta(days=90)
"""Longer than a line of a plan may be taken up again."""
CLOSED_BLOCKERS = timedelta(days=800)
DUTY = timedelta(days=800)
"""Who was away on a day says which reports were due: as long as the year before can be evaluated."""
LIMIT = 2000
"""Rows of one kind in one transaction: a short hold of SQLite's write lock."""
CHUNK = 500
"""Values in one question, below a driver's limit of parameters."""

Key = tuple[InstrumentedAttribute[Any], ...]


def _rules(now: datetime) -> tuple[tuple[str, Key, ColumnElement[bool]], ...]:
    """Table, its primary key, and which of its rows are to be forgotten."""
    ended = OutboxMessage.state.in_([OutboxState.SENT, OutboxState.FAILED, OutboxState.UNCERTAIN])
    asked = (  # an entry that was taken away may be put back with its files while its question is open
        select(Account.person_id)
        .join(DialogueRow, DialogueRow.chat_id == Account.chat_id)
        .where(DialogueRow.step.is_not(None))
    )
    return (
        ("seen_updates", (SeenUpdate.bot_id, SeenUpdate.update_id), SeenUpdate.seen_at < now - SEEN),
        ("failed_updates", (FailedUpdate.id,), FailedUpdate.at < now - FAILED),
        ("outbox", (OutboxMessage.id,), ended & (OutboxMessage.finished_at < now - ENDED_NOTICES)),
        ("cards", (Card.chat_id, Card.kind, Card.subject_id), Card.shown_at < now - CARDS),
        (
            "evidence",
            (Evidence.id,),
            Evidence.entry_id.is_(None)
            & (Evidence.created_at < now - WAITING_EVIDENCE)
            & Evidence.person_id.not_in(asked),
        ),
        ("rounds", (Round.id,), Round.done_at < now - ROUNDS),
        # A link is used before it expires, so this holds for used ones too.
        ("invitations", (Invitation.id,), Invitation.expires_at < now - INVITATIONS),
        (
            "groups",
            (Group.id,),
            (Group.unlinked_at < now - GROUPS_LET_GO)
            | (Group.problem == Problem.UNDECIDED) & (Group.unlinked_at < now - UNDECIDED_GROUPS),
        ),
        (
            "duty_periods",
            (DutyPeriod.id,),
            (DutyPeriod.cancelled_at < now - CANCELLED_DUTY) | (DutyPeriod.last < (now - DUTY).date()),
        ),
        ("shift_days", (ShiftDay.person_id, ShiftDay.day), ShiftDay.day < (now - DUTY).date()),
        ("acting_supervisors", (ActingSupervisor.id,), ActingSupervisor.last < (now - DUTY).date()),
        ("blockers", (Blocker.id,), Blocker.closed_at < now - CLOSED_BLOCKERS),
        ("plan_lines", (PlanLine.id,), PlanLine.work_date < (now - PLANS).date()),
    )


async def forget_old(session: AsyncSession, *, now: datetime, limit: int = LIMIT) -> bool:
    """Deletes what its rule says, at most `limit` rows of a kind, audits how many; True: there is more."""
    counts = {name: await _delete(session, key, old, limit=limit) for name, key, old in _rules(now)}
    told = [f"{name} {count}" for name, count in counts.items() if count and name != "seen_updates"]
    if told:
        audit.record(
            session,
            "retention_applied",
            actor_id=None,
            subject="retention",
            subject_id=None,
            now=now,
            detail=", ".join(told),
        )
    return limit in counts.values()


async def _delete(session: AsyncSession, key: Key, old: ColumnElement[bool], *, limit: int) -> int:
    due = (
        select(*key)
        .where(old)
        .order_by(*key)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("old")  # as a plain subquery PostgreSQL may run it once a row, and the limit means nothing
    )
    gone = await session.execute(
        delete(key[0].class_)
        .where(tuple_(*key).in_(select(*due.c)))
        .returning(key[0])
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


async def files_in_use(session: AsyncSession, hashes: Collection[str]) -> set[str]:
    """Those of the hashes that some evidence still refers to."""
    wanted = sorted(hashes)
    found: set[str] = set()
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        found.update(
            one
            for one in await session.scalars(select(Evidence.sha256).where(Evidence.sha256.in_(part)))
            if one is not None
        )
    return found
