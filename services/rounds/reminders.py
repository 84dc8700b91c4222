"""«Nanti»: the person chooses when to be reminded, and the choice replaces the reminders that were left."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Person, Round, RoundKind, RoundState, State
from services.clock import local_date
from services.errors import Invalid, NotAllowed, NotFound
from services.people.identity import Actor
from services.rounds.people import FACTS, facts_of, load_particulars, office_around
from services.rounds.reminder_times import MOST, Choice, Later, is_chosen, open_choices, reminder_due
from services.rounds.rows import write_schedules

FIELD = "later"


@dataclass(frozen=True, slots=True)
class _Told:
    """What was sent of one date. `newer`: a later date was asked about since."""

    reminded: int
    chosen: int
    newer: bool


async def choices(
    session: AsyncSession, actor: Actor, work_date: date, *, now: datetime
) -> tuple[Later, ...]:
    """What «Nanti» can offer now for that day, in the order of the buttons; nothing once it is sent.

    Nothing either for a day to come or one that a newer prompt has followed. Raises NotAllowed for somebody
    who is not asked.
    """
    if not actor.reports:
        raise NotAllowed
    if await _is_answered(session, actor, work_date):
        return ()
    return await _open(session, actor, work_date, told=await _told(session, actor, work_date), now=now)


async def snooze(
    session: AsyncSession, actor: Actor, work_date: date, choice: Choice, *, now: datetime
) -> Later:
    """Reminds the person of that day once more, at the chosen time, and then no longer.

    Raises NotAllowed as `choices`; Invalid: `day_already_sent`; `later_closed` when the choice is not open.
    """
    if not actor.reports:
        raise NotAllowed
    if await _is_answered(session, actor, work_date):
        raise Invalid(FIELD, "day_already_sent")
    told = await _told(session, actor, work_date)
    offered = await _open(session, actor, work_date, told=told, now=now)
    chosen = next((one for one in offered if one.choice is choice), None)
    if chosen is None:
        raise Invalid(FIELD, "later_closed")
    step = MOST + 1 + told.chosen
    due = reminder_due(work_date, step, chosen.due_at, zone=chosen.zone)
    await write_schedules(session, {(actor.person_id, RoundKind.REMINDER): due})
    return chosen


async def _open(
    session: AsyncSession, actor: Actor, work_date: date, *, told: _Told, now: datetime
) -> tuple[Later, ...]:
    if told.newer or work_date > local_date(now, actor.zone):
        return ()
    particulars = await load_particulars(session, [actor.person_id], now=now)
    row = (await session.execute(select(Person.id, *FACTS).where(Person.id == actor.person_id))).one_or_none()
    if row is None:
        raise NotFound
    return open_choices(
        facts_of(row, actor.person_id, particulars).rhythm,
        await office_around(session, now),
        zone=actor.zone,
        now=now,
        reminded=told.reminded,
    )


async def _is_answered(session: AsyncSession, actor: Actor, work_date: date) -> bool:
    row = (
        await session.execute(
            select(Day.state, Day.nothing_reason).where(
                Day.person_id == actor.person_id, Day.work_date == work_date
            )
        )
    ).one_or_none()
    return row is not None and (row.state is not State.DRAFT or row.nothing_reason is not None)


async def _told(session: AsyncSession, actor: Actor, work_date: date) -> _Told:
    rounds = (
        await session.execute(
            select(Round.step, Round.state).where(
                Round.person_id == actor.person_id,
                Round.work_date == work_date,
                Round.kind == RoundKind.REMINDER,
            )
        )
    ).all()
    newest = await session.scalar(
        select(func.max(Round.work_date)).where(
            Round.person_id == actor.person_id,
            Round.kind == RoundKind.PROMPT,
            Round.state == RoundState.SENT,
        )
    )
    return _Told(
        reminded=sum(row.state is RoundState.SENT for row in rounds),
        chosen=sum(is_chosen(row.step) for row in rounds),
        newer=newest is not None and newest > work_date,
    )
