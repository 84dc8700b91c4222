"""What is forgotten by rule, and when. Never entries, SKP, decisions, feedback or the audit: `KEPT` says why.

| What                                          | How long                                  |
|-----------------------------------------------|-------------------------------------------|
| updates that took effect                      | 48 hours                                  |
| messages on which we failed                   | 90 days                                   |
| notices that have ended                       | 90 days after their end                   |
| unused words that were given back             | 7 days after that                         |
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
| what was kept for a question nobody answered  | 7 days after it lapsed                    |
| how far a chat has used up its rate           | a day                                     |
| processes that ran                            | a day after their last word (heartbeats)  |

Deleting is bounded: one call takes at most `limit` rows of each kind and says whether there is more.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, tuple_, update
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
    Pace,
    PlanLine,
    Round,
    SeenUpdate,
    ShiftDay,
)
from models.engine import takes_long
from services import audit
from services.groups import Problem
from services.told import WORDS_GIVEN_BACK

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
LAPSED_QUESTIONS = timedelta(days=7)
PACES = timedelta(days=1)
"""By the database's clock, which may differ from ours; no rate reaches back further than a minute."""
TRAFFIC = ("seen_updates", "paces")
"""They say nothing about anybody: their going is not audited."""
KEPT: Mapping[str, str] = {
    "units": "the office itself",
    "people": "who did what must stay readable in the record",
    "roles": "as long as the person holds it",
    "accounts": "as long as the account is linked",
    "audit_events": "the proof of who did what",
    "plans": "the SKP is a record of the office",
    "plan_events": "how the SKP was agreed",
    "targets": "part of the SKP; entries refer to retired ones too",
    "indicators": "part of the SKP",
    "indicator_values": "what was achieved",
    "action_steps": "part of the SKP; sheet rows refer to them",
    "annex_lines": "part of the SKP",
    "expectations": "part of the SKP",
    "days": "the record",
    "entries": "the record",
    "sheet_rows": "part of the entry",
    "decisions": "the record",
    "feedback": "the record",
    "holidays": "which days were workdays; public",
    "ramadan_hours": "what hours were kept; public",
    "schedules": "one row a person and kind, written over",
    "digests": "which days a summary covered; those of a group go with it",
    "dialogues": "one row a chat, its lock; what it holds is emptied by rule",
    "heartbeats": "services/heartbeats forgets them after a day",
}
"""Tables that lose no rows here, and why."""
LIMIT = 2000
"""Rows of one kind in one transaction: a short hold of SQLite's write lock."""
CHUNK = 500
"""Values in one question, below a driver's limit of parameters."""

Key = tuple[InstrumentedAttribute[Any], ...]


def _rules(now: datetime) -> tuple[tuple[str, Key, ColumnElement[bool]], ...]:
    """Table, its primary key, and which of its rows are to be forgotten."""
    ended = OutboxMessage.state.in_([OutboxState.SENT, OutboxState.FAILED, OutboxState.UNCERTAIN])
    finished = OutboxMessage.finished_at
    told = or_(  # words are kept no longer than the question would have kept them
        finished < now - ENDED_NOTICES,
        (OutboxMessage.kind == WORDS_GIVEN_BACK) & (finished < now - LAPSED_QUESTIONS),
    )
    asked = (  # an entry that was taken away may be put back with its files while its question is open
        select(Account.person_id)
        .join(DialogueRow, DialogueRow.chat_id == Account.chat_id)
        .where(DialogueRow.step.is_not(None))
    )
    return (
        ("seen_updates", (SeenUpdate.bot_id, SeenUpdate.update_id), SeenUpdate.seen_at < now - SEEN),
        ("failed_updates", (FailedUpdate.id,), FailedUpdate.at < now - FAILED),
        ("outbox", (OutboxMessage.id,), ended & told),
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
        ("paces", (Pace.chat_id,), _idle(now)),
    )


def _idle(now: datetime) -> ColumnElement[bool]:
    before = (now - PACES).timestamp()
    return (Pace.free_at < before) & (Pace.held_until.is_(None) | (Pace.held_until < before))


@takes_long
async def forget_old(session: AsyncSession, *, now: datetime, limit: int = LIMIT) -> bool:
    """Deletes what its rule says, at most `limit` rows of a kind, audits how many; True: there is more."""
    counts = {name: await _delete(session, key, old, limit=limit) for name, key, old in _rules(now)}
    counts["questions"] = await _empty_lapsed(session, now=now, limit=limit)
    told = [f"{name} {count}" for name, count in counts.items() if count and name not in TRAFFIC]
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


async def _empty_lapsed(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Empties rows whose question has long lapsed: they may hold typed words. The row, a lock, stays."""
    due = (
        select(DialogueRow.chat_id)
        .where(DialogueRow.step.is_not(None), DialogueRow.expires_at < now - LAPSED_QUESTIONS)
        .order_by(DialogueRow.chat_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("lapsed")
    )
    emptied = await session.execute(
        update(DialogueRow)
        .where(DialogueRow.chat_id.in_(select(due.c.chat_id)))
        .values(step=None, data={}, expires_at=None)
        .returning(DialogueRow.chat_id)
        .execution_options(synchronize_session=False)
    )
    return len(emptied.all())


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
