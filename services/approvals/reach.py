"""Which waiting days an actor decides on now: of their own people, in others' seats, and escalated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, Select, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import Day, Person
from models.days import SUBMITTED
from services.approvals.escalation import ESCALATED, is_escalated, workdays_waited
from services.calendar.personal import PersonalCalendar, load_personal
from services.clock import local_date
from services.people.identity import Actor
from services.people.standing_in import A_DAY, SUPERVISOR, StandIn, seats_of, stand_ins


@dataclass(frozen=True, slots=True)
class Lying:
    """A waiting day. `capacity`: as what the actor decides on it; `waited`: workdays of the actor.

    `since`, `sent_on`: from when it waits. `of_stand_in`: its person stands in for the supervisor.
    """

    day: Day
    person_name: str
    capacity: str
    supervisor_id: int
    supervisor_name: str
    waited: int
    since: datetime
    sent_on: date
    of_stand_in: bool = False


async def lying_with(session: AsyncSession, actor: Actor, *, now: datetime) -> list[Lying]:
    """Everything that waits for the actor, in at most seven queries however much it is.

    In the order in which it is shown: their own people, then seat by seat, then what was escalated; the
    oldest first in each.
    """
    seats = await seats_of(session, actor, now=now)
    rows = (await session.execute(_waiting(actor, seats))).all()
    if not rows:
        return []
    bosses = {row.boss_id for row in rows}
    there = await stand_ins(session, bosses, now=now) if bosses - seats.keys() else {}
    since = min(row.Day.submitted_at or now for row in rows)
    people = bosses | {actor.person_id}
    calendars = await load_personal(session, people, first=since.date(), last=now.date() + A_DAY)
    reader = calendars[actor.person_id]
    found = (_lying(row, seats, there, calendars[row.boss_id], reader, now=now) for row in rows)
    return sorted((one for one in found if one is not None), key=_order)


def _waiting(actor: Actor, seats: Iterable[int]) -> Select[Day, str, int, str]:
    """The waiting days of the seats' people, and of the people of those whom the seats supervise.

    The people come first: what else waits in the office is not looked at, however much it is.
    """
    boss, person, above = aliased(Person), aliased(Person), aliased(Person)
    taken = sorted(seats)
    below = union_all(
        select(person.id).where(person.supervisor_id.in_(taken)),
        select(person.id).join(above, above.id == person.supervisor_id).where(above.supervisor_id.in_(taken)),
    )
    return (
        select(Day, Person.name.label("name"), boss.id.label("boss_id"), boss.name.label("boss_name"))
        .join(Person, Person.id == Day.person_id)
        .join(boss, boss.id == Person.supervisor_id)
        .where(Day.state == SUBMITTED, Person.id != actor.person_id, Day.person_id.in_(below))
        .order_by(Day.submitted_at, Day.id)
        .execution_options(populate_existing=True)
    )


def _lying(
    row: Row[Day, str, int, str],
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
    day, name, boss_id, boss_name = row
    since = day.submitted_at or now
    capacity, stand_in = seats.get(boss_id), there.get(boss_id)
    if capacity is None:
        passed = workdays_waited(calendar, since, now)
        if not is_escalated(person_id=day.person_id, waited=passed, stand_in=stand_in):
            return None
        capacity = ESCALATED
    return Lying(
        day=day,
        person_name=name,
        capacity=capacity,
        supervisor_id=boss_id,
        supervisor_name=boss_name,
        waited=workdays_waited(reader, since, now),
        since=since,
        sent_on=local_date(since, reader.home),
        of_stand_in=stand_in is not None,
    )


def _order(one: Lying) -> tuple[int, str, int, datetime, int]:
    rank = {SUPERVISOR: 0, ESCALATED: 2}.get(one.capacity, 1)
    return rank, one.supervisor_name, one.supervisor_id, one.since, one.day.id
