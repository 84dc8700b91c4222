"""An admin's hand on the days off: add, move, rename, fix, cancel, restore.

    published row ──move──▶ cancelled, and an own row on the new date: no seeding brings it back or doubles it
    own row       ──move──▶ the same row on the new date
    any row       ──cancel──▶ cancelled ──restore──▶ as before

Everybody is planned anew in the same transaction, so that what is asked follows at once. What was sent stays.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Holiday, HolidayKind, RoleName, Unit
from services import audit
from services.calendar.listing import RECENT, live_on
from services.clock import local_date
from services.errors import Invalid, NotFound
from services.people.identity import Actor
from services.reading.dates import Span
from services.rounds.plan import plan_everybody

NAME_LIMIT = 200
MOST_DAYS = 31
AHEAD = timedelta(days=731)
FAR = timedelta(days=60)
"""A day off that moves by more than this was rather mistyped."""
SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a new date may be a slip: how many days away it is, if far; what those people have off then."""

    far: int = 0
    other: str | None = None


@dataclass(frozen=True, slots=True)
class NewDaysOff:
    """Days off about to be added. `unit_id`: of one unit only, and then of the office. `name` may be open."""

    span: Span
    name: str
    kind: HolidayKind = HolidayKind.OFFICE
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Fitting:
    """Which days of a span are added, and which are off already. `sundays`: some were left out."""

    days: tuple[date, ...]
    already: tuple[date, ...]
    sundays: bool = False


def checked(new: NewDaysOff, *, today: date) -> NewDaysOff:
    """The same with a clean name, unless it is open. Raises Invalid for what cannot be taken."""
    name = clean_name(new.name) if new.name else ""
    if (new.span.last - new.span.first).days >= MOST_DAYS:
        raise Invalid("day", "holiday_long", limit=MOST_DAYS)
    for day in (new.span.first, new.span.last):
        ensure_within(day, today=today)
    return replace(new, name=name)


async def fitting(session: AsyncSession, actor: Actor, new: NewDaysOff, *, now: datetime) -> Fitting:
    """What adding would do. Raises as `add_days_off` does."""
    actor.require(RoleName.ADMIN)
    new = checked(new, today=local_date(now, actor.zone))
    if new.unit_id is not None and (
        new.kind is not HolidayKind.OFFICE or await session.get(Unit, new.unit_id) is None
    ):
        raise NotFound("unit_not_found")
    span = new.span
    every = [span.first + timedelta(days=place) for place in range((span.last - span.first).days + 1)]
    if len(every) > 1:
        every = [day for day in every if day.weekday() != SUNDAY]
    covered = {
        row.day: row.name
        for row in await session.execute(
            select(Holiday.day, Holiday.name).where(
                Holiday.day.in_(every), Holiday.cancelled.is_(False), _holds_for(new.unit_id)
            )
        )
    }
    days = tuple(day for day in every if day not in covered)
    if not days:
        name = next(iter(covered.values()), "")
        raise Invalid("day", "holiday_exists", name=name)
    return Fitting(days, tuple(sorted(covered)), sundays=len(every) < (span.last - span.first).days + 1)


async def add_days_off(
    session: AsyncSession, actor: Actor, new: NewDaysOff, *, now: datetime
) -> tuple[int, ...]:
    """An admin adds days off, without the Sundays of several and those off already; gives their ids.

    Raises NotAllowed; Invalid for a name, a day too far away, or when all are off already; NotFound.
    """
    fits = await fitting(session, actor, new, now=now)
    new = replace(new, name=clean_name(new.name))
    cancelled = {
        row.day: row
        for row in await session.scalars(
            select(Holiday).where(
                Holiday.day.in_(fits.days),
                Holiday.cancelled.is_(True),
                Holiday.kind == new.kind,
                Holiday.name == new.name,
                _of_unit(new.unit_id),
            )
        )
    }
    rows = []
    for day in fits.days:
        row = cancelled.get(day) or Holiday(day=day, name=new.name, kind=new.kind, unit_id=new.unit_id)
        row.cancelled = False
        session.add(row)
        rows.append(row)
    await session.flush()
    for row in rows:
        _note(session, actor, "holiday_added", row.id, now=now)
    await plan_everybody(session, now=now)
    return tuple(row.id for row in rows)


async def doubt_about(
    session: AsyncSession, actor: Actor, holiday_id: int, *, day: date, now: datetime
) -> Doubt | None:
    """What to ask before a day off is moved; None when the new date is plausible. Raises as moving does.

    An estimated date often moves onto the joint leave beside it: then its card says so, and that is enough.
    """
    row = await _live(session, actor, holiday_id, now=now)
    ensure_within(day, today=local_date(now, actor.zone))
    if day == row.day:
        return None
    await _ensure_single(session, row, day=day, name=row.name)
    others = [one for one in await live_on(session, day) if one.unit_id in (None, row.unit_id)]
    far = abs(day - row.day)
    other = None if row.estimated else next((one.name for one in others if one.id != row.id), None)
    return Doubt(far.days if far > FAR else 0, other) if far > FAR or other else None


async def move_day_off(
    session: AsyncSession, actor: Actor, holiday_id: int, *, day: date, now: datetime
) -> int:
    """An admin gives a day off its right date, which is then no estimate; gives the id of the row it is in.

    Raises NotAllowed, NotFound, and Invalid for a date too far away or one that has this day off already.
    """
    row = await _live(session, actor, holiday_id, now=now)
    ensure_within(day, today=local_date(now, actor.zone))
    if day == row.day:
        row.estimated = False
        moved = row
    else:
        await _ensure_single(session, row, day=day, name=row.name)
        moved = await _settle(session, row, day=day)
    await session.flush()
    _note(session, actor, "holiday_moved", moved.id, now=now)
    await plan_everybody(session, now=now)
    return moved.id


async def rename_day_off(
    session: AsyncSession, actor: Actor, holiday_id: int, *, name: str, now: datetime
) -> None:
    """An admin calls a day off something else. Raises NotAllowed, NotFound, Invalid."""
    row = await _live(session, actor, holiday_id, now=now)
    name = clean_name(name)
    await _ensure_single(session, row, day=row.day, name=name)
    await _drop_cancelled_twin(session, row, day=row.day, name=name)
    row.name = name
    await session.flush()
    _note(session, actor, "holiday_renamed", row.id, now=now)
    await plan_everybody(session, now=now)


async def fix_day_off(session: AsyncSession, actor: Actor, holiday_id: int, *, now: datetime) -> None:
    """An admin knows by decree that an estimated date holds. Raises NotAllowed, NotFound."""
    row = await _live(session, actor, holiday_id, now=now)
    if row.estimated:
        row.estimated = False
        _note(session, actor, "holiday_fixed", row.id, now=now)


async def cancel_day_off(session: AsyncSession, actor: Actor, holiday_id: int, *, now: datetime) -> None:
    """An admin takes a day off away, published or own; twice is once.

    Raises NotAllowed, NotFound, Invalid.
    """
    actor.require(RoleName.ADMIN)
    there = await session.get(Holiday, holiday_id, populate_existing=True)
    if there is not None and there.cancelled:
        return
    row = await _live(session, actor, holiday_id, now=now)
    row.cancelled = True
    await session.flush()
    _note(session, actor, "holiday_cancelled", row.id, now=now)
    await plan_everybody(session, now=now)


async def restore_day_off(session: AsyncSession, actor: Actor, holiday_id: int, *, now: datetime) -> None:
    """An admin brings a cancelled day off back; twice is once. Raises NotAllowed, NotFound, Invalid."""
    actor.require(RoleName.ADMIN)
    row = await session.get(Holiday, holiday_id, populate_existing=True)
    if row is None:
        raise NotFound("holiday_not_found")
    if not row.cancelled:
        return
    ensure_within(row.day, today=local_date(now, actor.zone))
    await _ensure_single(session, row, day=row.day, name=row.name)
    row.cancelled = False
    await session.flush()
    _note(session, actor, "holiday_restored", row.id, now=now)
    await plan_everybody(session, now=now)


def clean_name(name: str) -> str:
    """The name on one line. Raises Invalid for an empty or long one."""
    name = " ".join(name.split())
    if not name or len(name) > NAME_LIMIT:
        raise Invalid("name", "holiday_name", limit=NAME_LIMIT)
    return name


def ensure_within(day: date, *, today: date) -> None:
    """Raises Invalid for a day that is closed long ago or too far ahead."""
    if day < today - RECENT:
        raise Invalid("day", "holiday_past", days=RECENT.days)
    if day > today + AHEAD:
        raise Invalid("day", "holiday_far")


async def _live(session: AsyncSession, actor: Actor, holiday_id: int, *, now: datetime) -> Holiday:
    """A row that may be changed."""
    actor.require(RoleName.ADMIN)
    row = await session.get(Holiday, holiday_id, populate_existing=True)
    if row is None or row.cancelled:
        raise NotFound("holiday_not_found")
    ensure_within(row.day, today=local_date(now, actor.zone))
    return row


def _of_unit(unit_id: int | None) -> ColumnElement[bool]:
    return Holiday.unit_id.is_(None) if unit_id is None else Holiday.unit_id == unit_id


def _holds_for(unit_id: int | None) -> ColumnElement[bool]:
    return _of_unit(None) if unit_id is None else or_(_of_unit(None), _of_unit(unit_id))


async def _ensure_single(session: AsyncSession, row: Holiday, *, day: date, name: str) -> None:
    """Raises Invalid when the same day off is on that date already."""
    for other in await live_on(session, day):
        if other.id != row.id and (other.name.casefold(), other.unit_id) == (name.casefold(), row.unit_id):
            raise Invalid("day", "holiday_exists", name=other.name)


async def _settle(session: AsyncSession, row: Holiday, *, day: date) -> Holiday:
    """Puts a day off on another date; a cancelled row of the same day off there takes it up again."""
    twin = await session.scalar(
        select(Holiday).where(
            Holiday.day == day,
            Holiday.kind == row.kind,
            Holiday.name == row.name,
            Holiday.cancelled.is_(True),
            _of_unit(row.unit_id),
        )
    )
    if twin is None and row.seed_key is None:
        row.day, row.estimated = day, False
        return row
    moved = twin or Holiday(day=day, name=row.name, kind=row.kind, unit_id=row.unit_id)
    moved.cancelled, moved.estimated = False, False
    session.add(moved)
    if row.seed_key is None:
        await session.delete(row)
    else:
        row.cancelled = True
    return moved


async def _drop_cancelled_twin(session: AsyncSession, row: Holiday, *, day: date, name: str) -> None:
    """An own row that was cancelled makes way for one of the same name; a published one stays on record."""
    for twin in await session.scalars(
        select(Holiday).where(
            Holiday.id != row.id,
            Holiday.day == day,
            Holiday.kind == row.kind,
            Holiday.name == name,
            Holiday.cancelled.is_(True),
            Holiday.seed_key.is_(None),
            _of_unit(row.unit_id),
        )
    ):
        await session.delete(twin)
    await session.flush()


def _note(session: AsyncSession, actor: Actor, action: str, holiday_id: int, *, now: datetime) -> None:
    audit.record(session, action, actor_id=actor.person_id, subject="holiday", subject_id=holiday_id, now=now)
