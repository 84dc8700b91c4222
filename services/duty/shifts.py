"""On which days a shift works: marked day by day, by the person or by whoever decides on them.

Who may is read anew at every mark. Marking twice marks once; a day that is taken away keeps its report.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Pattern, Person, ShiftDay
from models.engine import insert_into
from services import audit
from services.clock import local_date
from services.duty.limits import open_since
from services.duty.telling import gather
from services.errors import Invalid, NotAllowed, NotFound
from services.people.identity import Actor
from services.reading.date_words import Kind, look_up
from services.reading.dates import Mode, read_dates
from services.rounds import plan_person

SHIFT_CARD = "shift"
MOST_AHEAD = 92
"""Days a schedule may be marked ahead."""
LONGEST_READ = 1000
_UNTIL = r"\s*(?:-|–|s\.?\s?/?d\.?|sampai)\s*"
_PART = re.compile(rf"(\d{{1,2}})(?:{_UNTIL}(\d{{1,2}}))?", re.IGNORECASE)
_ONE = rf"\d{{1,2}}(?:{_UNTIL}\d{{1,2}})?"
_GROUP = re.compile(
    rf"(?P<days>{_ONE}(?:[\s,;&+/]+{_ONE})*)\s+(?P<month>[^\W\d_]+)\.?(?:\s+(?P<year>20\d\d)(?!\d))?[\s,;&+.]*",
    re.IGNORECASE,
)
_NUMBERS = re.compile(rf"{_ONE}(?:[\s,;&+/]+{_ONE})*", re.IGNORECASE)
_BESIDE = re.compile(r"\b(?:tgl|tanggal|dan|and|bulan)\b\.?", re.IGNORECASE)
_SEPARATORS = " ,.;&+\n\t"


@dataclass(frozen=True, slots=True)
class Shifts:
    """One month of somebody's schedule. `first`: its first day. `since`, `until`: what may be marked now."""

    person_id: int
    name: str
    own: bool
    first: date
    days: frozenset[date]
    today: date
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody of the shift pattern. `ahead`: how many days from today on are marked."""

    person_id: int
    name: str
    ahead: int


async def load_month(
    session: AsyncSession, actor: Actor, person_id: int, first: date, *, now: datetime
) -> Shifts:
    """The schedule of the month that `first` lies in. Raises as `entitled`."""
    person = await entitled(session, actor, person_id)
    first = first.replace(day=1)
    rows = await session.scalars(
        select(ShiftDay.day).where(
            ShiftDay.person_id == person_id,
            ShiftDay.day >= first,
            ShiftDay.day < first + timedelta(days=31),
        )
    )
    today = local_date(now, person.zone)
    return Shifts(
        person_id,
        person.name,
        person_id == actor.person_id,
        first,
        frozenset(day for day in rows if day.month == first.month),
        today,
        open_since(person.zone, now=now),
        today + timedelta(days=MOST_AHEAD),
    )


async def mark_days(
    session: AsyncSession,
    actor: Actor,
    person_id: int,
    days: Collection[date],
    *,
    working: bool,
    now: datetime,
) -> int:
    """Marks days as worked, or takes them away; gives how many of them changed.

    Raises as `entitled`, and Invalid `shift_closed`, `shift_too_far` (`limit`) when one of them is outside.
    """
    person = await entitled(session, actor, person_id)
    wanted = sorted(set(days))
    if not wanted:
        return 0
    if wanted[0] < open_since(person.zone, now=now):
        raise Invalid("dates", "shift_closed")
    if wanted[-1] > local_date(now, person.zone) + timedelta(days=MOST_AHEAD):
        raise Invalid("dates", "shift_too_far", limit=MOST_AHEAD)
    change = _marked if working else _unmarked
    changed = sorted(await change(session, actor, person_id, wanted, now))
    if not changed:
        return 0
    audit.record(
        session,
        "shifts_marked" if working else "shifts_unmarked",
        actor_id=actor.person_id,
        subject="person",
        subject_id=person_id,
        now=now,
        detail=str(len(changed)),
    )
    await session.flush()
    await plan_person(session, person_id, now=now)
    if person_id != actor.person_id:
        said = [f"{day:%Y-%m-%d}" for day in changed]
        await gather(session, "shifts_told", to=person_id, key="days", values=said, now=now)
    return len(changed)


async def _marked(
    session: AsyncSession, actor: Actor, person_id: int, days: Sequence[date], now: datetime
) -> list[date]:
    row = {"person_id": person_id, "marked_by": actor.person_id, "marked_at": now}
    found = await session.scalars(
        insert_into(session, ShiftDay)
        .values([{**row, "day": day} for day in days])
        .on_conflict_do_nothing(index_elements=["person_id", "day"])
        .returning(ShiftDay.day)
    )
    return list(found)


async def _unmarked(
    session: AsyncSession, actor: Actor, person_id: int, days: Sequence[date], now: datetime
) -> list[date]:
    found = await session.scalars(
        delete(ShiftDay)
        .where(ShiftDay.person_id == person_id, ShiftDay.day.in_(days))
        .returning(ShiftDay.day)
        .execution_options(synchronize_session=False)
    )
    return list(found)


async def entitled(session: AsyncSession, actor: Actor, person_id: int) -> Person:
    """Somebody of the shift pattern whose schedule the actor may see and mark.

    Raises NotFound, NotAllowed; Invalid `shift_not_yours` or `shift_not_theirs` (`name`) for another pattern.
    """
    person = await session.get(Person, person_id, populate_existing=True)
    if person is None or not person.active:
        raise NotFound("person")
    own = person_id == actor.person_id
    if not own and person.supervisor_id not in actor.decides_as:
        raise NotAllowed
    if person.pattern is not Pattern.SHIFT:
        if own:
            raise Invalid("pattern", f"shift_not_yours_{person.pattern}")
        raise Invalid("pattern", "shift_not_theirs", name=person.name)
    return person


async def load_workers(session: AsyncSession, actor: Actor, *, now: datetime) -> tuple[Worker, ...]:
    """The shift people the actor decides on, by name, and the actor first if they are one; two queries."""
    people = (
        await session.execute(
            select(Person.id, Person.name, Person.zone)
            .where(
                Person.active,
                Person.pattern == Pattern.SHIFT,
                Person.supervisor_id.in_(actor.decides_as) | (Person.id == actor.person_id),
            )
            .order_by((Person.id != actor.person_id), Person.name, Person.id)
        )
    ).all()
    today = {row.id: local_date(now, row.zone) for row in people}
    rows = await session.execute(
        select(ShiftDay.person_id, ShiftDay.day).where(
            ShiftDay.person_id.in_(today),
            ShiftDay.day >= now.date() - timedelta(days=1),
        )
    )
    ahead = [person_id for person_id, day in rows if day >= today[person_id]]
    return tuple(Worker(row.id, row.name, ahead.count(row.id)) for row in people)


async def load_changed(
    session: AsyncSession, actor: Actor, days: Sequence[date]
) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """Of the actor's days that somebody changed: those that are worked now, and those that are not."""
    rows = await session.scalars(
        select(ShiftDay.day).where(ShiftDay.person_id == actor.person_id, ShiftDay.day.in_(days))
    )
    worked = set(rows)
    ordered = sorted(set(days))
    return tuple(day for day in ordered if day in worked), tuple(day for day in ordered if day not in worked)


def read_days(text: str, *, today: date) -> tuple[date, ...]:
    """«3 5 7-9 Des», «28-30 Nov dan 2 Des 2026», «besok sampai Jumat» as days, in order.

    The numbers before a month belong to it; a month without its year is the nearest one, and numbers without
    any month are of the one that runs, or of the next when all of them have gone by. Raises Invalid
    `shift_unread` for anything else, such as a day that does not exist.
    """
    plain = _BESIDE.sub(" ", text[:LONGEST_READ]).strip(_SEPARATORS)
    found: set[date] = set()
    at = 0
    while at < len(plain) and (group := _GROUP.match(plain, at)):
        found |= _dates(group["days"], group["month"], group["year"], today=today)
        at = group.end()
    if not found and _NUMBERS.fullmatch(plain):
        found = _of_this_month(plain, today=today)
    elif not found or at < len(plain):
        found = _span_of(text, today=today)
    if not found:
        raise Invalid("dates", "shift_unread")
    return tuple(sorted(found))


def _of_this_month(days: str, *, today: date) -> set[date]:
    """«21 22 23»: of this month, or of the next when the last of them has gone by. Raises as `_in_month`."""
    ends = [int(end) for part in _PART.findall(days) for end in part if end]
    if ends != sorted(set(ends)):
        raise Invalid("dates", "shift_unread")
    ahead = ends[-1] >= today.day
    first = today.replace(day=1) if ahead else (today.replace(day=1) + timedelta(days=31)).replace(day=1)
    return _in_month(days, first.year, first.month)


def _dates(days: str, month: str, year: str | None, *, today: date) -> set[date]:
    """The days of one month. Raises Invalid for what is no month and for a day that it does not have."""
    kind, number = look_up(month.casefold())
    if kind is not Kind.MONTH:
        raise Invalid("dates", "shift_unread")
    return _in_month(days, _year(number, year, today), number)


def _in_month(days: str, year: int, month: int) -> set[date]:
    """Raises Invalid for a day that the month does not have, and for days in the wrong order."""
    found: set[date] = set()
    for start, stop in _PART.findall(days):
        numbers = range(int(start), int(stop or start) + 1)
        try:
            found |= {date(year, month, one) for one in numbers}
        except ValueError:
            raise Invalid("dates", "shift_unread") from None
        if not numbers:
            raise Invalid("dates", "shift_unread")
    return found


def _year(month: int, said: str | None, today: date) -> int:
    if said is not None:
        return int(said)
    ahead = (month - today.month) % 12
    return today.year + (today.month + ahead - 1) // 12 - (1 if ahead > 6 else 0)


def _span_of(text: str, *, today: date) -> set[date]:
    span = read_dates(text, today=today, mode=Mode.FUTURE)
    if span is None or (span.last - span.first).days > MOST_AHEAD:
        return set()
    return {span.first + timedelta(days=offset) for offset in range((span.last - span.first).days + 1)}
