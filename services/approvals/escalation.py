"""When a waiting day is also open to the supervisor's supervisor.

    the supervisor has a stand-in today ──▶ no: it lies with the stand-in
                                        └─▶ at once, if it is the stand-in's own day: nobody decides on that
    no stand-in ──▶ once it has waited more than 3 workdays of the supervisor

Workdays are the supervisor's own: their leave and days off do not count. Nothing is taken away: the
supervisor may still decide. A day that was decided later than that stays open to both, so that whoever comes
second is told who decided and when. One that was decided from above may be reopened there.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Decision, Pattern, State
from services.calendar.personal import PersonalCalendar, load_personal
from services.calendar.workdays import is_workday, office_pattern
from services.clock import local_date
from services.entries.views import DayView
from services.people.standing_in import A_DAY, StandIn, stand_ins

ESCALATED = "escalated"
"""The capacity of the supervisor's supervisor on a day that waited too long."""
PATIENCE = 3
"""Workdays a day may wait with its supervisor."""


def workdays_waited(calendar: PersonalCalendar, since: datetime, until: datetime) -> int:
    """Workdays of the one it waits for, after the day it came. A shift is counted by the office's days."""
    first, last = local_date(since, calendar.home), local_date(until, calendar.home)
    if calendar.pattern is not Pattern.SHIFT:
        return calendar.waited(first, last)
    pattern = office_pattern(calendar.pattern)
    days = (first + timedelta(days=offset) for offset in range(1, (last - first).days + 1))
    return sum(is_workday(day, pattern, calendar.days_off) and not calendar.duty.is_away(day) for day in days)


def is_escalated(*, person_id: int, waited: int, stand_in: StandIn | None) -> bool:
    """The rule on a waiting day of a person."""
    return waited > PATIENCE if stand_in is None else stand_in.person_id == person_id


async def was_escalated(
    session: AsyncSession, day: Day | DayView, supervisor_id: int, *, now: datetime
) -> bool:
    """Whether a day is open to the supervisor's supervisor: it waits too long, or did when it was decided."""
    if day.submitted_at is None:
        return False
    stand_in = (await stand_ins(session, [supervisor_id], now=now)).get(supervisor_id)
    if stand_in is not None and stand_in.person_id == day.person_id:
        return True
    if await _decided_from_above(session, day.id):
        return True
    until = now
    if day.state is not State.SUBMITTED:
        decided = await session.scalar(
            select(func.max(Decision.decided_at)).where(
                Decision.day_id == day.id, Decision.decided_at >= day.submitted_at
            )
        )
        until, stand_in = decided or now, None
    calendars = await load_personal(
        session, [supervisor_id], first=day.submitted_at.date(), last=until.date() + A_DAY
    )
    waited = workdays_waited(calendars[supervisor_id], day.submitted_at, until)
    return is_escalated(person_id=day.person_id, waited=waited, stand_in=stand_in)


async def _decided_from_above(session: AsyncSession, day_id: int) -> bool:
    found = select(Decision.id).where(Decision.day_id == day_id, Decision.capacity == ESCALATED)
    return await session.scalar(found.limit(1)) is not None
