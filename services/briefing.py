"""The supervisor's morning brief: what they are to know and do today, read when it is delivered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import REPORTING, Account, Day, DayKind, Person
from services.approvals.queue import Queue, load_queue
from services.blockers import BlockerView, open_blockers
from services.calendar.personal import PersonalCalendar, load_personal
from services.clock import local_date
from services.coaching import Coaching, due_coaching
from services.missing import missing_days
from services.people.identity import Actor
from services.people.standing_in import seats_of
from services.plans.surroundings import WaitingPlan, load_waiting_plans
from services.progress.waiting import Reported, load_waiting

LOOK_BACK = timedelta(days=31)
"""How far the last workday of somebody is looked for."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody who did not report on their last workday; `count`: days missing this month, with that one."""

    name: str
    last: date
    count: int


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody who is not on duty today; `last`: the last day of it."""

    name: str
    kind: DayKind
    last: date


@dataclass(frozen=True, slots=True)
class Nothing:
    """Somebody who answered that there was nothing, and why."""

    name: str
    work_date: date
    reason: str


@dataclass(frozen=True, slots=True)
class Brief:
    work_date: date
    blockers: tuple[BlockerView, ...]
    queue: Queue
    missing: tuple[Missing, ...]
    away: tuple[Away, ...]
    nothing: tuple[Nothing, ...]
    coaching: tuple[Coaching, ...]
    values: tuple[Reported, ...] = ()
    """Dated values of the SKP that wait to be confirmed."""
    plans: tuple[WaitingPlan, ...] = ()
    """SKP that wait to be agreed."""

    @property
    def empty(self) -> bool:
        """Nothing to say: then nothing is sent."""
        parts = (
            self.blockers,
            self.queue.days,
            self.missing,
            self.away,
            self.nothing,
            self.coaching,
            self.values,
            self.plans,
        )
        return not any(parts)


async def load_brief(session: AsyncSession, actor: Actor, *, now: datetime) -> Brief:
    """Everything at once, in a constant number of queries however many people there are."""
    today = local_date(now, actor.zone)
    names = await _people(session, actor, now=now)
    first = min(today.replace(day=1), today - LOOK_BACK)
    calendars = await load_personal(session, names, first=first, last=today) if names else {}
    lasts = {person_id: _last_day(calendar, today) for person_id, calendar in calendars.items()}
    return Brief(
        work_date=today,
        blockers=tuple(
            one for one in await open_blockers(session, actor, now=now) if not one.own and one.answer is None
        ),
        queue=await load_queue(session, actor, now=now),
        missing=await _missing(session, names, lasts, first, today, now=now),
        away=_away(names, calendars, today),
        nothing=await _nothing(session, names, lasts),
        coaching=await due_coaching(session, actor, now=now),
        values=await load_waiting(session, actor, now=now),
        plans=await load_waiting_plans(session, actor, now=now),
    )


async def _people(session: AsyncSession, actor: Actor, *, now: datetime) -> dict[int, str]:
    """The active, joined people the actor decides on, by name."""
    seats = await seats_of(session, actor, now=now)
    rows = await session.execute(
        select(Person.id, Person.name)
        .join(Account, Account.person_id == Person.id)
        .where(Person.supervisor_id.in_(sorted(seats)), Person.active, Person.id != actor.person_id)
        .order_by(Person.name, Person.id)
    )
    return {row.id: row.name for row in rows}


def _last_day(calendar: PersonalCalendar, today: date) -> date | None:
    """The last day before today on which the person was asked for a report."""
    days = (today - timedelta(days=back) for back in range(1, LOOK_BACK.days + 1))
    return next((day for day in days if calendar.reports_on(day)), None)


async def _missing(
    session: AsyncSession,
    names: Mapping[int, str],
    lasts: Mapping[int, date | None],
    first: date,
    today: date,
    *,
    now: datetime,
) -> tuple[Missing, ...]:
    """Who is asked for the last day, the most days missing first."""
    found = await missing_days(session, names, first, today, now=now)
    month = today.replace(day=1)
    missing = [
        Missing(name, last, max(1, sum(day >= month for day in found[person_id])))
        for person_id, name in names.items()
        if (last := lasts.get(person_id)) is not None and last in found[person_id]
    ]
    return tuple(sorted(missing, key=lambda one: (-one.count, one.name)))


def _away(
    names: Mapping[int, str], calendars: Mapping[int, PersonalCalendar], today: date
) -> tuple[Away, ...]:
    found = []
    for person_id, name in names.items():
        calendar = calendars[person_id]
        kind = calendar.kind_on(today)
        if kind is None or kind in REPORTING or kind is DayKind.EXCUSED or not calendar.works_on(today):
            continue
        spans = [one for one in calendar.duty.spans if one.kind is kind and one.covers(today)]
        found.append(Away(name, kind, max(one.last for one in spans)))
    return tuple(found)


async def _nothing(
    session: AsyncSession, names: Mapping[int, str], lasts: Mapping[int, date | None]
) -> tuple[Nothing, ...]:
    """Who answered for their last day that there was nothing."""
    rows = await session.execute(
        select(Day.person_id, Day.work_date, Day.nothing_reason).where(
            Day.person_id.in_(list(names)),
            Day.work_date.in_(_dates(lasts.values())),
            Day.nothing_reason.is_not(None),
        )
    )
    said = {(row.person_id, row.work_date): row.nothing_reason for row in rows}
    found = ((name, lasts.get(person_id), person_id) for person_id, name in names.items())
    return tuple(
        Nothing(name, last, said[person_id, last])
        for name, last, person_id in found
        if last is not None and (person_id, last) in said
    )


def _dates(days: Iterable[date | None]) -> list[date]:
    return sorted({day for day in days if day is not None})
