"""Which waiting days an actor decides on now: of their own people, in others' seats, and escalated."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Person
from models.days import SUBMITTED
from services.approvals.escalation import ESCALATED, is_escalated, workdays_waited
from services.calendar.personal import PersonalCalendar, load_personal
from services.clock import local_date
from services.people.identity import Actor
from services.people.standing_in import A_DAY, SUPERVISOR, StandIn, seats_of, stand_ins
from services.read_once import read_once


@dataclass(frozen=True, slots=True)
class WaitingDay:
    """What is known of a day that waits, before it is opened."""

    id: int
    person_id: int
    work_date: date
    late: bool
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Lying:
    """A waiting day. `capacity`: as what the actor decides on it; `waited`: workdays of the actor.

    `since`, `sent_on`: from when it waits. `of_stand_in`: its person stands in for the supervisor.
    """

    day: WaitingDay
    person_name: str
    capacity: str
    supervisor_id: int
    supervisor_name: str
    waited: int
    since: datetime
    sent_on: date
    of_stand_in: bool = False


async def first_of_own(session: AsyncSession, actor: Actor) -> int | None:
    """The day of the actor's own people that waits longest: the first of `lying_with`, if there is one."""
    found: int | None = await session.scalar(_FIRST, {"boss": actor.person_id})
    return found


async def lying_with(session: AsyncSession, actor: Actor, *, now: datetime) -> list[Lying]:
    """Everything that waits for the actor, in at most six queries however much it is.

    In the order in which it is shown: their own people, then seat by seat, then what was escalated; the
    oldest first in each.
    """

    async def read() -> list[Lying]:
        return await _lying_with(session, actor, now=now)

    return await read_once(session, ("lying", actor.person_id, now), read)


async def _lying_with(session: AsyncSession, actor: Actor, *, now: datetime) -> list[Lying]:
    seats = await seats_of(session, actor, now=now)
    rows = (await session.execute(_WAITING, {"seats": sorted(seats), "actor": actor.person_id})).all()
    if not rows:
        return []
    bosses = {row.boss_id for row in rows}
    there = await stand_ins(session, bosses, now=now) if bosses - seats.keys() else {}
    since = min(row.submitted_at or now for row in rows)
    people = bosses | {actor.person_id}
    calendars = await load_personal(session, people, first=since.date(), last=now.date() + A_DAY)
    reader = calendars[actor.person_id]
    found = (_lying(row, seats, there, calendars[row.boss_id], reader, now=now) for row in rows)
    return sorted((one for one in found if one is not None), key=_order)


# Built once: building a statement costs more than running it. The waiting days of the seats' people, and of
# the people of those whom the seats supervise. The people come first: what else waits in the office is not
# looked at, however much it is.
_days, _people = Day.__table__, Person.__table__
_boss, _one, _above = (Person.__table__.alias(name) for name in ("boss", "one", "above"))
_SEATS: Any = bindparam("seats", expanding=True)
_BELOW: Any = union_all(
    select(_one.c.id).where(_one.c.supervisor_id.in_(_SEATS)),
    select(_one.c.id)
    .select_from(_one.join(_above, _above.c.id == _one.c.supervisor_id))
    .where(_above.c.supervisor_id.in_(_SEATS)),
)
_WAITING: Any = (
    select(
        *(_days.c[name] for name in ("id", "person_id", "work_date", "late", "submitted_at")),
        _people.c.name,
        _boss.c.id.label("boss_id"),
        _boss.c.name.label("boss_name"),
    )
    .select_from(
        _days.join(_people, _people.c.id == _days.c.person_id).join(
            _boss, _boss.c.id == _people.c.supervisor_id
        )
    )
    .where(_days.c.state == SUBMITTED, _people.c.id != bindparam("actor"), _days.c.person_id.in_(_BELOW))
    .order_by(_days.c.submitted_at, _days.c.id)
)
_FIRST: Any = (
    select(_days.c.id)
    .where(
        _days.c.state == SUBMITTED,
        _days.c.person_id.in_(
            select(_one.c.id).where(_one.c.supervisor_id == bindparam("boss"), _one.c.id != bindparam("boss"))
        ),
    )
    .order_by(_days.c.submitted_at, _days.c.id)
    .limit(1)
)


def _lying(
    row: Any,
    seats: Mapping[int, str],
    there: Mapping[int, StandIn],
    calendar: PersonalCalendar,
    reader: PersonalCalendar,
    *,
    now: datetime,
) -> Lying | None:
    """The day with the capacity the actor has on it; None when it only lies further down.

    Whether it is escalated goes by the workdays of its supervisor (`calendar`), how long it waits for the
    actor by the actor's own (`reader`).
    """
    day = WaitingDay(row.id, row.person_id, row.work_date, row.late, row.submitted_at)
    since = day.submitted_at or now
    capacity, stand_in = seats.get(row.boss_id), there.get(row.boss_id)
    if capacity is None:
        passed = workdays_waited(calendar, since, now)
        if not is_escalated(person_id=day.person_id, waited=passed, stand_in=stand_in):
            return None
        capacity = ESCALATED
    return Lying(
        day=day,
        person_name=row.name,
        capacity=capacity,
        supervisor_id=row.boss_id,
        supervisor_name=row.boss_name,
        waited=workdays_waited(reader, since, now),
        since=since,
        sent_on=local_date(since, reader.home),
        of_stand_in=stand_in is not None,
    )


def _order(one: Lying) -> tuple[int, str, int, datetime, int]:
    rank = {SUPERVISOR: 0, ESCALATED: 2}.get(one.capacity, 1)
    return rank, one.supervisor_name, one.supervisor_id, one.since, one.day.id
