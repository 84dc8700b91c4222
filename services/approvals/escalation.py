"""When a waiting day is also open to the supervisor's supervisor.

    the supervisor has a stand-in today ──▶ no: it lies with the stand-in
                                        └─▶ at once, if it is the stand-in's own day: nobody decides on that
    no stand-in ──▶ once it has waited more than 3 workdays of the supervisor

Workdays are the supervisor's own: their leave and days off do not count. Nothing is taken away: the
supervisor may still decide. A day that was decided later than that stays open to both, so that whoever comes
second is told who decided and when. One that was decided from above may be reopened there.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Decision, Pattern, State
from services.approvals.held import HeldDay
from services.calendar.personal import PersonalCalendar, load_personal
from services.calendar.workdays import is_workday, office_pattern
from services.clock import local_date
from services.entries.views import DayView
from services.people.standing_in import A_DAY, Above, StandIn

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
    session: AsyncSession, day: Day | DayView | HeldDay, above: Above, *, now: datetime
) -> bool:
    """Whether a day is open to the supervisor's supervisor: it waits too long, or did when it was decided.

    `above`: who decides on its person now.
    """
    if day.submitted_at is None or above.supervisor_id is None:
        return False
    stand_in = above.stand_in
    if stand_in is not None and stand_in.person_id == day.person_id:
        return True
    if await session.scalar(_FROM_ABOVE, {"day": day.id}) is not None:
        return True
    until = now
    if day.state is not State.SUBMITTED:
        decided = await session.scalar(_LAST_DECIDED, {"day": day.id, "since": day.submitted_at})
        until, stand_in = decided or now, None
    calendars = await load_personal(
        session, [above.supervisor_id], first=day.submitted_at.date(), last=until.date() + A_DAY
    )
    waited = workdays_waited(calendars[above.supervisor_id], day.submitted_at, until)
    return is_escalated(person_id=day.person_id, waited=waited, stand_in=stand_in)


# Built once: building a statement costs more than running it.
_decisions = Decision.__table__
_OF_DAY: Any = _decisions.c.day_id == bindparam("day")
_FROM_ABOVE: Any = select(_decisions.c.id).where(_OF_DAY, _decisions.c.capacity == ESCALATED).limit(1)
_LAST_DECIDED: Any = select(func.max(_decisions.c.decided_at)).where(
    _OF_DAY, _decisions.c.decided_at >= bindparam("since")
)
