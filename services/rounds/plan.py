"""Keeps the next-due rows true. Called when somebody joins, settings or days off change, and at start.

A date that has its round is not planned again. A row whose date by the present rule has come due stays as it
is until a tick has started or skipped it: what was missed while the program was down is the tick's to record,
and who moves their time to an hour that has passed is still asked today, when it was planned; the new time
holds from the next workday.

Reminders are not planned: they follow a prompt that was sent, and a plan only takes them away.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account, Person, Round, RoundKind, Schedule
from services.rounds.due import Due, Outlook
from services.rounds.groups import plan_groups
from services.rounds.people import FACTS, Facts, facts_of, load_particulars, office_around
from services.rounds.reminder_times import is_chosen
from services.rounds.rows import Slot, remove_schedules, write_schedules

PLANNED = (
    RoundKind.PROMPT,
    RoundKind.PLAN,
    RoundKind.QUEUE_NOTICE,
    RoundKind.BRIEF,
    RoundKind.LOCK_WARNING,
    RoundKind.CALENDAR_WARNING,
    RoundKind.DIGEST,
    RoundKind.TEAM_DIGEST,
)
DONE_BACK = timedelta(days=45)
"""How far back a round is looked for: the date of a lock warning or a late summary may be weeks away."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What a plan changed, in rows."""

    written: int
    removed: int


async def plan_person(session: AsyncSession, person_id: int, *, now: datetime) -> Due | None:
    """Recomputes one person's rows; gives their next prompt, or None when they are not asked."""
    outlook = Outlook(await office_around(session, now), now=now)
    await _plan(session, outlook=outlook, person_id=person_id)
    row = (
        await session.execute(
            select(Schedule.work_date, Schedule.due_at, Schedule.stale_at).where(
                Schedule.person_id == person_id, Schedule.kind == RoundKind.PROMPT
            )
        )
    ).one_or_none()
    return None if row is None else Due(row.work_date, row.due_at, row.stale_at)


async def plan_everybody(session: AsyncSession, *, now: datetime) -> Planned:
    """Recomputes the rows of all and of the groups, writes only what differs.

    At most twelve statements, however many people.
    """
    outlook = Outlook(await office_around(session, now), now=now)
    planned = await _plan(session, outlook=outlook, person_id=None)
    await plan_groups(session, outlook)
    return planned


async def _plan(session: AsyncSession, *, outlook: Outlook, person_id: int | None) -> Planned:
    facts = await _facts(session, person_id, now=outlook.now)
    done = await _done(session, person_id, since=outlook.now.date() - DONE_BACK)
    present = await _present(session, person_id)
    wanted: dict[Slot, Due] = {}
    for who, known in facts.items():
        for kind in PLANNED:
            if known.gets(kind):
                slot = (who, kind)
                due = _planned(present.get(slot), kind, known, after=done.get(slot), outlook=outlook)
                if due is not None:
                    wanted[slot] = due
        reminder = present.get((who, RoundKind.REMINDER))
        if reminder is not None and _stands(reminder, known, outlook=outlook):
            wanted[who, RoundKind.REMINDER] = reminder
    removed = present.keys() - wanted.keys()
    written = {slot: due for slot, due in wanted.items() if present.get(slot) != due}
    await remove_schedules(session, removed)
    await write_schedules(session, written)
    return Planned(written=len(written), removed=len(removed))


def _planned(
    there: Due | None, kind: RoundKind, facts: Facts, *, after: date | None, outlook: Outlook
) -> Due | None:
    if there is not None and (after is None or there.work_date > after):
        by_rule = outlook.on(kind, facts.rhythm, there.work_date)
        if by_rule is not None and by_rule.work_date == there.work_date and by_rule.due_at <= outlook.now:
            return there
    return outlook.next(kind, facts.rhythm, after)


def _stands(reminder: Due, facts: Facts, *, outlook: Outlook) -> bool:
    """Whether a reminder to come has kept its cause, as far as a plan can see."""
    day = reminder.work_date
    if not facts.gets(RoundKind.REMINDER) or not facts.rhythm.calendar(outlook.office).reports_on(day):
        return False
    return is_chosen(reminder.step) or facts.lets_remind(day, reminder.step)


async def _facts(session: AsyncSession, person_id: int | None, *, now: datetime) -> dict[int, Facts]:
    """The joined, active people; the unreachable too, so that their rounds are there on their return."""
    particulars = await load_particulars(session, None if person_id is None else [person_id], now=now)
    statement = select(Person.id, *FACTS).join(Account, Account.person_id == Person.id).where(Person.active)
    if person_id is not None:
        statement = statement.where(Person.id == person_id)
    return {row.id: facts_of(row, row.id, particulars) for row in await session.execute(statement)}


async def _done(session: AsyncSession, person_id: int | None, *, since: date) -> dict[Slot, date]:
    """The last date each round was done; older ones than `since` cannot come again."""
    statement = (
        select(Round.person_id, Round.kind, func.max(Round.work_date).label("work_date"))
        .where(Round.work_date >= since)
        .group_by(Round.person_id, Round.kind)
    )
    if person_id is not None:
        statement = statement.where(Round.person_id == person_id)
    return {(row.person_id, row.kind): row.work_date for row in await session.execute(statement)}


async def _present(session: AsyncSession, person_id: int | None) -> dict[Slot, Due]:
    statement = select(
        Schedule.person_id,
        Schedule.kind,
        Schedule.work_date,
        Schedule.due_at,
        Schedule.stale_at,
        Schedule.step,
    )
    if person_id is not None:
        statement = statement.where(Schedule.person_id == person_id)
    return {
        (row.person_id, row.kind): Due(row.work_date, row.due_at, row.stale_at, row.step)
        for row in await session.execute(statement)
    }
