"""Keeps the next-due rows true. Called when somebody joins, settings or days off change, and at start.

A date that has its round is not planned again. A row whose date by the present rule has come due stays as it
is until a tick has started or skipped it: what was missed while the program was down is the tick's to record,
and who moves their time to an hour that has passed is still asked today, when it was planned; the new time
holds from the next workday.

Reminders follow a prompt that was sent. A plan takes away those that lost their cause, and puts the next one
back from the record when the cause is there again (a day off taken back, a pause ended). One that was chosen
with «Nanti» stays: the tick looks at its cause when it comes due.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account, Day, Person, Round, RoundKind, Schedule, State
from services.rounds.due import DAY, Due, Outlook
from services.rounds.finding import load_told
from services.rounds.groups import plan_groups
from services.rounds.people import FACTS, Facts, facts_of, load_particulars, office_around
from services.rounds.reminder_times import Told, is_chosen, still_to_come
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

    At most thirteen statements, however many people.
    """
    outlook = Outlook(await office_around(session, now), now=now)
    planned = await _plan(session, outlook=outlook, person_id=None)
    await plan_groups(session, outlook)
    return planned


async def _plan(session: AsyncSession, *, outlook: Outlook, person_id: int | None) -> Planned:
    facts = await _facts(session, person_id, now=outlook.now)
    done = await _done(session, person_id, since=outlook.now.date() - DONE_BACK)
    present = await _present(session, person_id)
    told = await _told(session, person_id, now=outlook.now)
    wanted: dict[Slot, Due] = {}
    for who, known in facts.items():
        for kind in PLANNED:
            if known.gets(kind):
                slot = (who, kind)
                due = _planned(present.get(slot), kind, known, after=done.get(slot), outlook=outlook)
                if due is not None:
                    wanted[slot] = due
        slot = (who, RoundKind.REMINDER)
        reminder = _reminder(present.get(slot), known, told=told.get(who, {}), outlook=outlook)
        if reminder is not None:
            wanted[slot] = reminder
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


def _reminder(there: Due | None, facts: Facts, *, told: Mapping[date, Told], outlook: Outlook) -> Due | None:
    """The reminder to come. `told`: of the days without an answer.

    One that is there stays if it was chosen, is due (the tick's to record), or its day is answered.
    """
    if not facts.gets(RoundKind.REMINDER):
        return None
    if there is not None and is_chosen(there.step):
        return there
    calendar, now = facts.rhythm.calendar(outlook.office), outlook.now

    def may_come(due: Due) -> bool:
        return facts.lets_remind(due.work_date, due.step) and calendar.reports_on(due.work_date)

    standing = there if there is not None and may_come(there) else None
    if standing is not None and standing.due_at <= now:
        return standing
    ahead = (
        still_to_come(day, calendar.zone_on(day), told=said, cap=facts.reminder_cap, now=now)
        for day, said in told.items()
    )
    return next((due for due in ahead if due is not None and may_come(due)), standing)


async def _told(
    session: AsyncSession, person_id: int | None, *, now: datetime
) -> dict[int, dict[date, Told]]:
    """What was sent of the days around now that have no answer."""
    answered = (
        select(Day.id)
        .where(Day.person_id == Round.person_id, Day.work_date == Round.work_date)
        .where(or_(Day.state != State.DRAFT, Day.nothing_reason.is_not(None)))
    )
    conditions = [Round.work_date >= now.date() - DAY, ~answered.exists()]
    if person_id is not None:
        conditions.append(Round.person_id == person_id)
    found: dict[int, dict[date, Told]] = {}
    for (who, day), said in (await load_told(session, *conditions)).items():
        found.setdefault(who, {})[day] = said
    return found


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
