"""A person's own days away or elsewhere (cuti, sakit, izin, dinas luar, diklat, WFH).

Invariant: the periods of a person that are not cancelled do not overlap, but for excused days, which a
supervisor gives and which stand beside any other. The person's row is locked before periods are read. Days of
a locked month stay as they are: what reaches into one is changed from the open month on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, DayKind, DutyPeriod, Holiday, Pattern, Person, State
from services import audit
from services.calendar import PersonalCalendar, load_personal
from services.clock import ZONES, local_date
from services.duty.limits import ensure_within, open_since
from services.duty.telling import gather, workdays_in
from services.entries.days import NotTheirs
from services.errors import Invalid, NotFound, Outdated
from services.people.identity import Actor
from services.people.standing_in import deciders
from services.rounds import plan_person

DUTY_CARD = "duty"
OWN_KINDS = (
    DayKind.LEAVE,
    DayKind.SICK,
    DayKind.PERMIT,
    DayKind.FIELD,
    DayKind.TRAINING,
    DayKind.REMOTE,
    DayKind.OFF_DUTY,
)
"""What a person says of themselves; only a supervisor excuses."""
AWAY = frozenset({DayKind.LEAVE, DayKind.SICK, DayKind.PERMIT, DayKind.OFF_DUTY})
"""Own kinds on which no report is asked for."""
MOST_AHEAD = 366
LONGEST = 366
TOLD = "duty_told"
WEEKEND = "weekend"


@dataclass(frozen=True, slots=True)
class Period:
    """Days of one kind. `workdays`: how many of them are the person's workdays."""

    id: int
    kind: DayKind
    first: date
    last: date
    zone: str | None
    reason: str | None
    workdays: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to write: a kind and its days. `zone`: where they are, in dinas luar only."""

    kind: DayKind
    first: date
    last: date
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a wish means. `clashes`: own periods on its days, and `held`: one of them says the same already.

    `sent`: its days that were reported already; they stay reported. `off`: its days that are no workdays,
    with the kind of day off (`HolidayKind`) or `weekend`; nothing for a shift.
    """

    wish: Wish
    workdays: int
    held: bool
    off: tuple[tuple[date, str], ...]
    clashes: tuple[Period, ...]
    sent: tuple[date, ...]


async def mark_off_today(
    session: AsyncSession,
    actor: Actor,
    work_date: date,
    *,
    now: datetime,
) -> int:
    """One tap: away on `work_date`. Gives the period; twice marks once, and a leave that covers it stays.

    A dinas luar, diklat or WFH makes room for it. Raises Invalid `duty_sent` when the day was sent already,
    and as `plan_period`.
    """
    await _lock(session, actor)
    if await _sent_days(session, actor, work_date, work_date):
        raise Invalid("day", "duty_sent")
    for row in await _own(session, actor, work_date, work_date):
        if row.kind in AWAY:
            return row.id
    return await plan_period(
        session, actor, Wish(DayKind.OFF_DUTY, work_date, work_date), replace=True, now=now
    )


async def plan_period(
    session: AsyncSession, actor: Actor, wish: Wish, *, replace: bool = False, now: datetime
) -> int:
    """Writes a period of the person's own and gives its id; the same one twice is written once.

    `replace`: what stands in its way is shortened, split or cancelled. Raises Invalid `duty_overlap`, and
    as `check`.
    """
    check(actor, wish, now=now)
    await _lock(session, actor)
    standing = await _own(session, actor, wish.first, wish.last)
    for row in standing:
        if _holds(row, wish):
            return row.id
    if standing and not replace:
        raise Invalid("dates", "duty_overlap")
    changed = [made for row in standing for made in await _cut(session, actor, row, wish, now=now)]
    added = _new(actor, wish, now=now)
    session.add(added)
    await session.flush()
    await _changed(session, actor, "duty_planned", [*changed, added.id], about=added.id, now=now)
    return added.id


async def set_kind(
    session: AsyncSession, actor: Actor, period_id: int, kind: DayKind, *, now: datetime
) -> None:
    """Says after all what kind of days an own period is. Raises as `own_period`, Invalid `duty_kind`."""
    row = await own_period(session, actor, period_id, now=now)
    if kind not in OWN_KINDS:
        raise Invalid("kind", "duty_kind")
    if row.kind is kind:
        return
    _keep_locked(session, actor, row, now=now)
    row.kind = kind
    row.zone = row.zone if kind is DayKind.FIELD else None
    await _changed(session, actor, "duty_kind_set", [row.id], about=row.id, now=now)


async def cancel_period(session: AsyncSession, actor: Actor, period_id: int, *, now: datetime) -> None:
    """Takes an own period back, from the open month on. Raises as `own_period`."""
    row = await own_period(session, actor, period_id, now=now)
    _keep_locked(session, actor, row, now=now)
    row.cancelled_at = now
    await _changed(session, actor, "duty_cancelled", [row.id], about=row.id, now=now)


async def own_period(session: AsyncSession, actor: Actor, period_id: int, *, now: datetime) -> DutyPeriod:
    """A period the person may change now, locked. Raises NotFound, NotTheirs, Outdated, Invalid.

    Outdated `duty_gone`: it was cancelled meanwhile. Invalid `duty_closed`: its months are locked.
    """
    await _lock(session, actor)
    row = await session.get(DutyPeriod, period_id, populate_existing=True)
    if row is None:
        raise NotFound("duty_gone")
    if row.person_id != actor.person_id or row.kind is DayKind.EXCUSED:
        raise NotTheirs("duty_gone")
    if row.cancelled_at is not None:
        raise Outdated("duty_gone", card=(DUTY_CARD, actor.person_id))
    if row.last < open_since(actor.zone, now=now):
        raise Invalid("dates", "duty_closed")
    return row


def check(actor: Actor, wish: Wish, *, now: datetime) -> None:
    """That a wish can be written at all. Raises Invalid `not_asked`, `duty_kind`, and as `ensure_within`."""
    if not actor.reports:
        raise Invalid("day", "not_asked")
    if wish.kind not in OWN_KINDS or (
        wish.zone and (wish.zone not in ZONES.values() or wish.kind is not DayKind.FIELD)
    ):
        raise Invalid("kind", "duty_kind")
    ensure_within(wish.first, wish.last, zone=actor.zone, ahead=MOST_AHEAD, longest=LONGEST, now=now)


async def preview(session: AsyncSession, actor: Actor, wish: Wish, *, now: datetime) -> Preview:
    """What a wish would mean for the person's calendar. Raises as `check`."""
    check(actor, wish, now=now)
    rows = await _own(session, actor, wish.first, wish.last)
    firsts, lasts = [row.first for row in rows], [row.last for row in rows]
    calendar = await _calendar(session, actor, [wish.first, *firsts], max([wish.last, *lasts]))
    return Preview(
        wish,
        workdays_in(calendar, wish.first, wish.last),
        held=any(_holds(row, wish) for row in rows),
        off=await _days_off(session, actor, calendar, wish),
        clashes=tuple(_shown(calendar, rows)),
        sent=tuple(await _sent_days(session, actor, wish.first, wish.last)),
    )


async def end_after_workdays(session: AsyncSession, actor: Actor, first: date, count: int) -> date | None:
    """The last of `count` workdays of the person, counted from `first`; None when there are not that many."""
    horizon = first + timedelta(days=LONGEST)
    calendar = await _calendar(session, actor, [first], horizon)
    left = count
    day = first
    while left > 0 and day <= horizon:
        left -= calendar.works_on(day)
        if left == 0:
            return day
        day += timedelta(days=1)
    return None


async def load_periods(session: AsyncSession, actor: Actor, *, now: datetime) -> tuple[Period, ...]:
    """The person's periods of the open months and later, in order, the excused ones among them."""
    since = open_since(actor.zone, now=now)
    rows = list(
        await session.scalars(
            select(DutyPeriod)
            .where(
                DutyPeriod.person_id == actor.person_id,
                DutyPeriod.last >= since,
                DutyPeriod.cancelled_at.is_(None),
            )
            .order_by(DutyPeriod.first, DutyPeriod.id)
        )
    )
    if not rows:
        return ()
    today = local_date(now, actor.zone)
    calendar = await _calendar(
        session, actor, [row.first for row in rows], max(today, *(r.last for r in rows))
    )
    return tuple(_shown(calendar, rows))


async def _lock(session: AsyncSession, actor: Actor) -> None:
    """One change of a person's periods at a time; other rows may go on referring to the person."""
    await session.execute(
        select(Person.id).where(Person.id == actor.person_id).with_for_update(key_share=True)
    )


async def _own(session: AsyncSession, actor: Actor, first: date, last: date) -> list[DutyPeriod]:
    """The person's own living periods that touch a range, in order, read afresh."""
    rows = await session.scalars(
        select(DutyPeriod)
        .where(
            DutyPeriod.person_id == actor.person_id,
            DutyPeriod.last >= first,
            DutyPeriod.first <= last,
            DutyPeriod.kind != DayKind.EXCUSED,
            DutyPeriod.cancelled_at.is_(None),
        )
        .order_by(DutyPeriod.first, DutyPeriod.id)
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def _cut(
    session: AsyncSession, actor: Actor, row: DutyPeriod, wish: Wish, *, now: datetime
) -> list[int]:
    """Cancels a period, and writes anew what of it lies before and after the wish. Gives all their ids."""
    row.cancelled_at = now
    day = timedelta(days=1)
    parts = [(row.first, wish.first - day), (wish.last + day, row.last)]
    rest = [
        _new(actor, Wish(row.kind, first, last, row.zone), now=now) for first, last in parts if first <= last
    ]
    session.add_all(rest)
    await session.flush()
    return [row.id, *(one.id for one in rest)]


def _keep_locked(session: AsyncSession, actor: Actor, row: DutyPeriod, *, now: datetime) -> None:
    """What of a period lies in a locked month stands by itself, and the period begins after it."""
    since = open_since(actor.zone, now=now)
    if row.first >= since:
        return
    kept = _new(actor, Wish(row.kind, row.first, since - timedelta(days=1), row.zone), now=row.created_at)
    session.add(kept)
    row.first = since


def _holds(row: DutyPeriod, wish: Wish) -> bool:
    """Whether a period says already what is wished."""
    same = (row.kind, row.zone) == (wish.kind, wish.zone)
    return same and row.first <= wish.first and wish.last <= row.last


def _new(actor: Actor, wish: Wish, *, now: datetime) -> DutyPeriod:
    return DutyPeriod(
        person_id=actor.person_id,
        kind=wish.kind,
        first=wish.first,
        last=wish.last,
        zone=wish.zone,
        created_at=now,
        created_by=actor.person_id,
    )


async def _changed(
    session: AsyncSession, actor: Actor, action: str, ids: Sequence[int], *, about: int, now: datetime
) -> None:
    """Every change ends here: recorded, the rounds follow, the supervisor and their stand-in are told."""
    audit.record(session, action, actor_id=actor.person_id, subject="duty_period", subject_id=about, now=now)
    await session.flush()
    await plan_person(session, actor.person_id, now=now)
    if actor.supervisor_id is not None:
        for told in await deciders(session, actor.supervisor_id, but=actor.person_id, now=now):
            await gather(session, TOLD, to=told, key="ids", values=ids, now=now)


async def _sent_days(session: AsyncSession, actor: Actor, first: date, last: date) -> list[date]:
    rows = await session.scalars(
        select(Day.work_date)
        .where(
            Day.person_id == actor.person_id,
            Day.work_date >= first,
            Day.work_date <= last,
            Day.state != State.DRAFT,
        )
        .order_by(Day.work_date)
    )
    return list(rows)


async def _days_off(
    session: AsyncSession, actor: Actor, calendar: PersonalCalendar, wish: Wish
) -> tuple[tuple[date, str], ...]:
    if calendar.pattern is Pattern.SHIFT:
        return ()
    unit = select(Person.unit_id).where(Person.id == actor.person_id).scalar_subquery()
    kinds: dict[date, str] = {}
    for day, kind in await session.execute(
        select(Holiday.day, Holiday.kind)
        .where(
            Holiday.day >= wish.first,
            Holiday.day <= wish.last,
            Holiday.cancelled.is_(False),
            Holiday.unit_id.is_(None) | (Holiday.unit_id == unit),
        )
        .order_by(Holiday.id)
    ):
        kinds.setdefault(day, kind.value)
    dates = [wish.first + timedelta(days=offset) for offset in range((wish.last - wish.first).days + 1)]
    return tuple((day, kinds.get(day, WEEKEND)) for day in dates if not calendar.works_on(day))


async def _calendar(
    session: AsyncSession, actor: Actor, firsts: Sequence[date], last: date
) -> PersonalCalendar:
    found = await load_personal(session, [actor.person_id], first=min(firsts), last=last)
    return found[actor.person_id]


def _shown(calendar: PersonalCalendar, rows: Sequence[DutyPeriod]) -> list[Period]:
    return [
        Period(
            row.id,
            row.kind,
            row.first,
            row.last,
            row.zone,
            row.reason,
            workdays_in(calendar, row.first, row.last),
        )
        for row in rows
    ]
