"""Finds the schedule rows that are due, and what has to be known to judge them."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import (
    Account,
    Day,
    Digest,
    DigestKind,
    Person,
    Round,
    RoundKind,
    RoundState,
    Schedule,
    State,
)
from models.days import SUBMITTED
from services.rounds.due import WEEKLY, Due
from services.rounds.judging import Background, Found
from services.rounds.people import FACTS, facts_of, load_particulars
from services.rounds.reminder_times import Told
from services.rounds.weeks import Cut

KIND_OF = {DigestKind.PERSON: RoundKind.DIGEST, DigestKind.TEAM: RoundKind.TEAM_DIGEST}


async def find_due(session: AsyncSession, *, now: datetime, limit: int) -> list[Found]:
    """The newest due rows; on PostgreSQL those that another ticker has in hand are left to it.

    One query when nothing is due, else four.
    """
    connection = await session.connection()
    rows = (
        await connection.execute(
            select(
                Schedule.person_id,
                Schedule.kind,
                Schedule.work_date,
                Schedule.due_at,
                Schedule.stale_at,
                Schedule.step,
                Person.active,
                *FACTS,
                Account.joined_at,
                Account.unreachable_since,
                Day.state.label("day_state"),
                Day.nothing_reason.is_not(None).label("explained"),
            )
            .join(Person, Person.id == Schedule.person_id)
            .outerjoin(Account, Account.person_id == Schedule.person_id)
            .outerjoin(Day, (Day.person_id == Schedule.person_id) & (Day.work_date == Schedule.work_date))
            .where(Schedule.due_at <= now)
            .order_by(Schedule.due_at.desc(), Schedule.person_id)
            .limit(limit)
            .with_for_update(of=Schedule, skip_locked=True)
        )
    ).all()
    if not rows:
        return []
    particulars = await load_particulars(session, sorted({row.person_id for row in rows}), now=now)
    return [
        Found(
            person_id=row.person_id,
            kind=row.kind,
            there=Due(row.work_date, row.due_at, row.stale_at, row.step),
            facts=facts_of(row, row.person_id, particulars),
            active=row.active,
            reachable=row.unreachable_since is None,
            answered=row.day_state not in (None, State.DRAFT) or bool(row.explained),
            joined_at=row.joined_at,
        )
        for row in rows
    ]


async def learn(session: AsyncSession, found: Sequence[Found]) -> Background:
    """What the kinds among the rows need: no query for a kind that is not there, else one."""
    kinds = {row.kind for row in found}
    return Background(
        waiting=await _queues(session) if RoundKind.QUEUE_NOTICE in kinds else {},
        told=await _told(session, found) if RoundKind.REMINDER in kinds else {},
        cuts=await _cuts(session, found) if kinds & WEEKLY else {},
    )


async def _queues(session: AsyncSession) -> dict[int, set[int]]:
    """The supervisors for whom submitted days are waiting, and whose days those are."""
    rows = await session.execute(
        select(Person.supervisor_id, Person.id)
        .join(Day, Day.person_id == Person.id)
        .where(Day.state == SUBMITTED, Person.supervisor_id.is_not(None))
        .distinct()
    )
    queues: dict[int, set[int]] = {}
    for supervisor_id, person_id in rows:
        if supervisor_id is not None:
            queues.setdefault(supervisor_id, set()).add(person_id)
    return queues


async def _told(session: AsyncSession, found: Sequence[Found]) -> dict[tuple[int, date], Told]:
    reminders = [row for row in found if row.kind is RoundKind.REMINDER]
    return await load_told(
        session,
        Round.person_id.in_(sorted({row.person_id for row in reminders})),
        Round.work_date.in_(sorted({row.there.work_date for row in reminders})),
    )


async def load_told(session: AsyncSession, *conditions: ColumnElement[bool]) -> dict[tuple[int, date], Told]:
    """What was sent of each person and date whose rounds meet the conditions. One query."""
    sent = Round.state == RoundState.SENT
    prompted = and_(Round.kind == RoundKind.PROMPT, sent)
    reminder = Round.kind == RoundKind.REMINDER
    rows = await session.execute(
        select(
            Round.person_id,
            Round.work_date,
            func.max(case((prompted, Round.done_at))).label("asked_at"),
            func.count(case((and_(reminder, sent), 1))).label("reminded"),
            func.max(case((and_(reminder, sent), Round.done_at))).label("reminded_at"),
            func.max(Round.step).label("step"),  # of a prompt it is 0
        )
        .where(Round.kind.in_([RoundKind.PROMPT, RoundKind.REMINDER]), *conditions)
        .group_by(Round.person_id, Round.work_date)
    )
    return {
        (row.person_id, row.work_date): Told(row.asked_at, row.reminded, row.reminded_at, row.step)
        for row in rows
    }


async def _cuts(session: AsyncSession, found: Sequence[Found]) -> dict[tuple[int, RoundKind], Cut]:
    """Where each person's last summaries ended."""
    people = sorted({row.person_id for row in found if row.kind in WEEKLY})
    rows = await session.execute(
        select(
            Digest.person_id,
            Digest.kind,
            func.max(Digest.last).label("last"),
            func.max(Digest.cut_to).label("cut_to"),
        )
        .where(Digest.person_id.in_(people), Digest.kind.in_(list(KIND_OF)))
        .group_by(Digest.person_id, Digest.kind)
    )
    return {
        (row.person_id, KIND_OF[row.kind]): Cut(row.last, row.cut_to)
        for row in rows
        if row.person_id is not None
    }
