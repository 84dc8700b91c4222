"""Who gets which rounds, and what their days are like: read for many at once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import ActingSupervisor, Person, Role, RoleName, RoundKind
from services.calendar.days_off import OfficeCalendar, load_calendar
from services.calendar.personal import Duty, load_duties
from services.rounds.due import NOTHING_PARTICULAR, Rhythm

ASKED_ROLES = (RoleName.STAFF, RoleName.SUPERVISOR)
BACK = timedelta(days=21)
"""How far behind now a calendar is read: a summary may belong to a Friday some weeks ago."""
AHEAD = timedelta(days=400)

ASKED = frozenset({RoundKind.PROMPT, RoundKind.REMINDER, RoundKind.LOCK_WARNING, RoundKind.DIGEST})
DECIDING = frozenset({RoundKind.QUEUE_NOTICE, RoundKind.BRIEF})


@dataclass(frozen=True, slots=True)
class Facts:
    """One person, as the rounds see them. `stands_in`: for whom they decide besides their own people."""

    rhythm: Rhythm
    asked: bool
    admin: bool
    plan_asked: bool
    reminder_cap: int
    reminders_from: date | None
    stands_in: tuple[tuple[int, date, date], ...] = ()

    def gets(self, kind: RoundKind) -> bool:
        """Whether rounds of that kind are for this person at all."""
        if kind in ASKED:
            return self.asked
        if kind in DECIDING:
            return self.rhythm.supervises or bool(self.stands_in)
        match kind:
            case RoundKind.PLAN:
                return self.asked and self.plan_asked
            case RoundKind.TEAM_DIGEST:
                return self.rhythm.supervises
            case RoundKind.CALENDAR_WARNING:
                return self.admin
        return False

    def lets_remind(self, work_date: date, step: int) -> bool:
        """Whether the person lets themselves be reminded of that day once more, by rule."""
        paused = self.reminders_from is not None and work_date < self.reminders_from
        return not paused and step <= self.reminder_cap

    def decides_as(self, person_id: int, day: date) -> frozenset[int]:
        """The supervisors whose people this person decides on that day."""
        stood_in_for = (one for one, first, last in self.stands_in if first <= day <= last)
        return frozenset({person_id, *stood_in_for})


_subordinate = aliased(Person)
"""Once: an alias costs more than the statement it is for."""


def _names(person_id: Any) -> ColumnElement[bool]:
    return (
        select(_subordinate.id).where(_subordinate.supervisor_id == person_id, _subordinate.active).exists()
    )


def is_asked() -> ColumnElement[bool]:
    """Whether `Person` is asked for a report: an observer or a pure admin is not."""
    return select(Role.person_id).where(Role.person_id == Person.id, Role.role.in_(ASKED_ROLES)).exists()


def supervises() -> ColumnElement[bool]:
    """Whether somebody active names `Person` as supervisor."""
    return _names(Person.id)


FACTS = (
    Person.zone,
    Person.pattern,
    Person.unit_id,
    Person.prompt_time,
    Person.plan_asked,
    Person.reminder_cap,
    Person.reminders_from,
    is_asked().label("asked"),
    supervises().label("supervises"),
    select(Role.person_id)
    .where(Role.person_id == Person.id, Role.role == RoleName.ADMIN)
    .exists()
    .label("admin"),
)
"""What a query of people has to select for `facts_of`."""


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is particular about the days of some people; who is missing has nothing particular."""

    duties: dict[int, Duty]
    stands_in: dict[int, tuple[tuple[int, date, date], ...]]


async def load_particulars(
    session: AsyncSession, person_ids: Collection[int] | None, *, now: datetime
) -> Particulars:
    """Duties, shifts and standing in, of these people or of everybody. Three queries."""
    today = now.date()
    people = None if person_ids is None else Person.id.in_(person_ids)
    duties = await load_duties(session, people, first=today - BACK, last=today + AHEAD)
    query = select(
        ActingSupervisor.acting_id,
        ActingSupervisor.supervisor_id,
        ActingSupervisor.first,
        ActingSupervisor.last,
    ).where(
        ActingSupervisor.last >= today - timedelta(days=2),
        ActingSupervisor.ended_at.is_(None),
        _names(ActingSupervisor.supervisor_id),
    )
    if person_ids is not None:
        query = query.where(ActingSupervisor.acting_id.in_(person_ids))
    stands_in: dict[int, list[tuple[int, date, date]]] = {}
    for acting_id, supervisor_id, first, last in await session.execute(query):
        stands_in.setdefault(acting_id, []).append((supervisor_id, first, last))
    return Particulars(duties, {acting: tuple(sorted(spans)) for acting, spans in stands_in.items()})


def facts_of(row: Any, person_id: int, particulars: Particulars) -> Facts:
    """The facts in a row that has the columns `FACTS`."""
    stands_in = particulars.stands_in.get(person_id, ())
    rhythm = Rhythm(
        zone=row.zone,
        pattern=row.pattern,
        unit_id=row.unit_id,
        own_time=row.prompt_time,
        duty=particulars.duties.get(person_id, NOTHING_PARTICULAR),
        supervises=bool(row.supervises),
        stands_in=tuple((first, last) for _, first, last in stands_in),
    )
    return Facts(
        rhythm=rhythm,
        asked=bool(row.asked),
        admin=bool(row.admin),
        plan_asked=row.plan_asked,
        reminder_cap=row.reminder_cap,
        reminders_from=row.reminders_from,
        stands_in=stands_in,
    )


async def office_around(session: AsyncSession, now: datetime) -> OfficeCalendar:
    """The days off that the rounds of now need. One query."""
    today = now.date()
    return await load_calendar(session, first=today - BACK, last=today + AHEAD)
