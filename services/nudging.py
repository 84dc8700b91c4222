"""Who has had no feedback for a week: told to the one who decides on them, at most once a week for each.

The proof is a round (the staff member, the Monday of the week, nudge), written once whoever ticks; who wrote
it writes the notice. Told on the supervisor's office days in their morning; while they are away, to who
stands in. While nobody can be reached nobody is told and no round is written: the week is not lost.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import (
    Account,
    Day,
    Entry,
    Feedback,
    Person,
    Round,
    RoundKind,
    RoundState,
    State,
)
from models.engine import insert_into
from services import outbox
from services.approvals.entitlement import capacity_of
from services.approvals.shown import VISIBLE
from services.calendar.hours import at_local
from services.calendar.personal import PersonalCalendar, load_personal
from services.clock import ZONES, local_date
from services.people.identity import Actor
from services.people.standing_in import seats_of, stand_ins

PATIENCE = timedelta(days=7)
HOURS = (time(8), time(12))
"""Local hours of the supervisor between which they are told."""
CHUNK = 500
"""Rows in one statement, below a driver's limit of parameters."""
WEEK = "week"
"""The card of one person's last workdays."""
DAYS = 5
LOOK_BACK = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Somebody without feedback for a week, who reported in that time."""

    person_id: int
    name: str


@dataclass(frozen=True, slots=True, order=True)
class Teller:
    """Who is told. `until`: the end of their morning."""

    person_id: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """One entry in short."""

    activity: str
    outcome: str | None


@dataclass(frozen=True, slots=True)
class WeekDay:
    """`day_id` None: nothing was sent for that date."""

    work_date: date
    day_id: int | None
    entries: tuple[Done, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """The last workdays of a person; `following`: who is without feedback too."""

    person_id: int
    name: str
    days: tuple[WeekDay, ...]
    following: Quiet | None


def _quiet(now: datetime) -> ColumnElement[bool]:
    """Whether `Person`, joined by `Account`, reported within the week and was told nothing."""
    since = now - PATIENCE
    noted = select(Feedback.id).where(Feedback.to_id == Person.id, Feedback.given_at > since).exists()
    reported = (
        select(Day.id)
        .where(Day.person_id == Person.id, Day.submitted_at > since, Day.state != State.DRAFT)
        .exists()
    )
    return and_(Person.active, Account.joined_at <= since, ~noted, reported)


async def enqueue_nudges(session: AsyncSession, *, now: datetime) -> int:
    """Tells the supervisors whose morning it is; gives how many people they are told of.

    No query outside mornings, one when nobody is to be told of, else seven and the writing.
    """
    zone = next((zone for zone in ZONES.values() if _is_morning(now, zone)), None)
    if zone is None:
        return 0
    today = local_date(now, zone)  # the same wherever it is morning
    monday = today - timedelta(days=today.weekday())
    found = await _unnoticed(session, monday, now=now)
    if not found:
        return 0
    tellers = await _tellers(session, found, today, now=now)
    won = await _write_rounds(session, tellers, monday, now=now)
    told: dict[Teller, list[int]] = defaultdict(list)
    for person_id in sorted(won):
        told[tellers[person_id]].append(person_id)
    await _write_notices(session, told, now=now)
    return len(won)


def _is_morning(now: datetime, zone: str) -> bool:
    return HOURS[0] <= now.astimezone(ZoneInfo(zone)).time() < HOURS[1]


async def _unnoticed(session: AsyncSession, monday: date, *, now: datetime) -> dict[int, int]:
    """Person → supervisor, of whom nobody was told this week."""
    boss = aliased(Person)
    noticed = select(Round.id).where(
        Round.person_id == Person.id, Round.work_date == monday, Round.kind == RoundKind.NUDGE
    )
    rows = await session.execute(
        select(Person.id, boss.id.label("boss_id"))
        .join(Account, Account.person_id == Person.id)
        .join(boss, boss.id == Person.supervisor_id)
        .where(_quiet(now), boss.active, ~noticed.exists())
    )
    return {row.id: row.boss_id for row in rows}


async def _tellers(
    session: AsyncSession, found: Mapping[int, int], today: date, *, now: datetime
) -> dict[int, Teller]:
    """Who is told of whom: the supervisor at their desk, else who stands in. Of nobody who is away."""
    there = await stand_ins(session, found.values(), now=now)
    bosses = {*found.values(), *(one.person_id for one in there.values())}
    calendars = await load_personal(session, {*found, *bosses}, first=today, last=today)
    reached = set(
        await session.scalars(
            select(Account.person_id).where(
                Account.person_id.in_(sorted(bosses)), Account.unreachable_since.is_(None)
            )
        )
    )
    tellers = {}
    for person_id, boss_id in found.items():
        if calendars[person_id].duty.is_away(today):
            continue
        candidates = [boss_id, *([there[boss_id].person_id] if boss_id in there else [])]
        present = (
            one
            for one in candidates
            if one in reached and one != person_id and calendars[one].at_desk_on(today)
        )
        teller = next(present, None)
        if teller is not None and _is_morning(now, calendars[teller].zone_on(today)):
            tellers[person_id] = _teller(teller, calendars[teller], today)
    return tellers


def _teller(person_id: int, calendar: PersonalCalendar, today: date) -> Teller:
    return Teller(person_id, at_local(today, HOURS[1], calendar.zone_on(today)))


async def _write_rounds(
    session: AsyncSession, tellers: Mapping[int, Teller], monday: date, *, now: datetime
) -> set[int]:
    """Of whom nobody else has told meanwhile."""
    won: set[int] = set()
    people = sorted(tellers)
    for start in range(0, len(people), CHUNK):
        statement = (
            insert_into(session, Round)
            .values(
                [
                    {
                        "person_id": person_id,
                        "work_date": monday,
                        "kind": RoundKind.NUDGE,
                        "step": 0,
                        "state": RoundState.SENT,
                        "due_at": now,
                        "done_at": now,
                    }
                    for person_id in people[start : start + CHUNK]
                ]
            )
            .on_conflict_do_nothing(index_elements=["person_id", "work_date", "kind", "step"])
            .returning(Round.person_id)
        )
        won.update(await session.scalars(statement))
    return won


async def _write_notices(session: AsyncSession, told: Mapping[Teller, list[int]], *, now: datetime) -> None:
    letters = [
        outbox.Letter("nudged", to=teller.person_id, payload={"person_ids": people}, stale_at=teller.until)
        for teller, people in sorted(told.items())
    ]
    await outbox.enqueue_many(session, letters, now=now)


async def without_feedback(session: AsyncSession, actor: Actor, *, now: datetime) -> tuple[Quiet, ...]:
    """The actor's people of whom this is true now, by name. Two queries."""
    seats = sorted(await seats_of(session, actor, now=now))
    rows = await session.execute(
        select(Person.id, Person.name)
        .join(Account, Account.person_id == Person.id)
        .where(_quiet(now), Person.supervisor_id.in_(seats), Person.id != actor.person_id)
        .order_by(Person.name, Person.id)
    )
    return tuple(Quiet(row.id, row.name) for row in rows)


async def load_week(session: AsyncSession, actor: Actor, person_id: int, *, now: datetime) -> Week:
    """The last five workdays of a person, with what they sent. Raises NotAllowed."""
    await capacity_of(session, actor, person_id, now=now)
    person = await session.get_one(Person, person_id)
    today = local_date(now, person.zone)
    first = today - LOOK_BACK
    rows = await session.execute(
        select(Day.id, Day.work_date, Entry.activity, Entry.outcome)
        .join(Entry, Entry.day_id == Day.id)
        .where(
            Day.person_id == person_id,
            Day.work_date >= first,
            Day.work_date <= today,
            Entry.state.in_(VISIBLE),
        )
        .order_by(Day.work_date, Entry.position, Entry.id)
    )
    ids: dict[date, int] = {}
    done: dict[date, list[Done]] = defaultdict(list)
    for row in rows:
        ids[row.work_date] = row.id
        done[row.work_date].append(Done(row.activity, row.outcome))
    calendar = (await load_personal(session, [person_id], first=first, last=today))[person_id]
    asked = {*calendar.days(first, today - timedelta(days=1)), *ids}
    days = sorted(asked)[-DAYS:]
    quiet = await without_feedback(session, actor, now=now)
    return Week(
        person_id,
        person.name,
        tuple(WeekDay(day, ids.get(day), tuple(done[day])) for day in days),
        _after(quiet, Quiet(person_id, person.name)),
    )


def _after(quiet: Iterable[Quiet], this: Quiet) -> Quiet | None:
    """The next in the order of names; after the last the first again."""
    others = [one for one in quiet if one.person_id != this.person_id]
    later = (one for one in others if (one.name, one.person_id) > (this.name, this.person_id))
    return next(later, others[0] if others else None)
