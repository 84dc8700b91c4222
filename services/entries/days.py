"""Opening a day, who may touch it, and the state that follows from its entries.

Invariant: what is changed was read after the lock of its day, so that a decision that commits meanwhile is
seen and never written over. Several days are locked in the order of their ids: nobody waits in a circle.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Decision, Entry, State
from models.engine import is_sqlite
from services.calendar import has_passed, month_lock
from services.clock import local_date
from services.errors import Invalid, NotAllowed, NotFound, Outdated
from services.people.identity import Actor

MOST_ENTRIES = 100
"""Entries one day may hold."""
DAY_CARD = "day"
LOCKED = {
    State.SUBMITTED: "entry_sent",
    State.RECORDED: "entry_recorded",
    State.APPROVED: "entry_approved",
}
"""Why an entry in one of these states is not changed."""
UNDECIDED = (State.DRAFT, State.RETURNED, State.SUBMITTED, State.RECORDED)
"""States in which an entry without an RHK may still get one."""


class NotTheirs(NotFound, NotAllowed):
    """Somebody else's: told as if it were not there, audited as a refusal."""


async def open_day(session: AsyncSession, actor: Actor, work_date: date, *, now: datetime) -> Day:
    """The person's day, made if need be.

    Raises Invalid for a future day, past the month lock, and for who is not asked here (observers and those
    who only administer).
    """
    ensure_asked(actor)
    ensure_open(actor, work_date, now=now)
    given = {
        "person_id": actor.person_id,
        "work_date": work_date,
        "state": State.DRAFT,
        "revision": 1,
        "created_at": now,
        "late": False,
        "outcomes_asked": False,
    }
    await session.execute(_making(is_sqlite(session)), given)
    day: Day = (await session.scalars(_OF_DATE, given)).one()
    return day


@cache
def _making(sqlite: bool) -> Any:
    table: Any = Day.__table__
    insert = sqlite_insert(table) if sqlite else postgresql_insert(table)
    names = ("person_id", "work_date", "state", "revision", "created_at", "late", "outcomes_asked")
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    return insert.values(values).on_conflict_do_nothing(index_elements=["person_id", "work_date"])


_OF_DATE: Any = (
    select(Day)
    .where(Day.person_id == bindparam("person_id"), Day.work_date == bindparam("work_date"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


async def find_day(session: AsyncSession, actor: Actor, work_date: date) -> int | None:
    """The person's day if anything is in it; it may be looked at however long ago it was."""
    return await session.scalar(
        select(Day.id).where(
            Day.person_id == actor.person_id,
            Day.work_date == work_date,
            or_(Day.entries.any(), Day.nothing_reason.is_not(None)),
        )
    )


def ensure_asked(actor: Actor) -> None:
    """That a report is asked of this person at all. Raises Invalid `not_asked`."""
    if not actor.reports:
        raise Invalid("day", "not_asked")


def ensure_open(actor: Actor, work_date: date, *, now: datetime) -> None:
    """No future dates, and no new entries past the month lock (product rule; 5th, 23:59)."""
    if work_date > local_date(now, actor.zone):
        raise Invalid("day", "day_future")
    if is_closed(actor, work_date, now=now):
        raise Invalid("day", "day_locked")


def is_closed(actor: Actor, work_date: date, *, now: datetime) -> bool:
    """Whether the month of a work date takes no new entries any more."""
    return has_passed(month_lock(work_date, actor.zone), now)


async def own_day(session: AsyncSession, actor: Actor, day_id: int, *, revision: int | None = None) -> Day:
    """The person's own day, locked and read afresh.

    Raises NotFound, NotTheirs, Outdated when `revision` is not the present one.
    """
    found = await own_days(session, actor, [day_id])
    if not found:
        raise NotFound("day_gone")
    day = found[day_id]
    if revision is not None and day.revision != revision:
        raise Outdated(card=(DAY_CARD, day.id))
    return day


async def own_days(session: AsyncSession, actor: Actor, day_ids: Collection[int]) -> dict[int, Day]:
    """Those of the person's own days that there are, locked in the order of their ids. Raises NotTheirs."""
    days = await session.scalars(_LOCKED, {"days": list(day_ids)})
    found = {day.id: day for day in days}
    if any(day.person_id != actor.person_id for day in found.values()):
        raise NotTheirs("day_gone")
    return found


async def own_entry(session: AsyncSession, actor: Actor, entry_id: int) -> tuple[Day, Entry]:
    """An entry of the person's own, its day locked, both read afresh. Raises NotFound, NotTheirs."""
    found = await own_entries(session, actor, [entry_id])
    if not found:
        raise NotFound("entry_gone")
    return found[0]


async def own_entries(
    session: AsyncSession, actor: Actor, entry_ids: Collection[int]
) -> list[tuple[Day, Entry]]:
    """Those entries of the person's own that there are, in order; three queries. Raises NotTheirs."""
    given = {"entries": list(entry_ids)}
    days = await own_days(session, actor, list(await session.scalars(_DAYS_OF, given)))
    entries = await session.scalars(_ENTRIES, given)
    return [(days[entry.day_id], entry) for entry in entries]


# Built once: building a statement costs more than running it.
_LOCKED: Any = (
    select(Day)
    .where(Day.id.in_(bindparam("days", expanding=True)))
    .order_by(Day.id)
    .with_for_update()
    .execution_options(populate_existing=True)
)
_DAYS_OF: Any = select(Entry.day_id).where(Entry.id.in_(bindparam("entries", expanding=True))).distinct()
_ENTRIES: Any = (
    select(Entry)
    .where(Entry.id.in_(bindparam("entries", expanding=True)))
    .order_by(Entry.day_id, Entry.position, Entry.id)
    .execution_options(populate_existing=True)
)
_STATES: Any = select(Entry.state).where(Entry.day_id == bindparam("day"))


async def entries_of(session: AsyncSession, day: Day, *states: State) -> list[Entry]:
    """The entries of a locked day, in order, read afresh; all of them, or those in some states."""
    query = select(Entry).where(Entry.day_id == day.id).order_by(Entry.position, Entry.id)
    if states:
        query = query.where(Entry.state.in_(states))
    return list(await session.scalars(query.execution_options(populate_existing=True)))


async def editable_entry(
    session: AsyncSession, actor: Actor, entry_id: int, *, now: datetime, closed: bool = False
) -> tuple[Day, Entry]:
    """The same, in a state and at a time in which its owner may change it.

    `closed`: also past the month lock, to take it away. Raises Invalid `entry_sent` or `entry_recorded`
    (withdraw it first), `entry_approved`, or `day_locked`.
    """
    day, entry = await own_entry(session, actor, entry_id)
    await ensure_editable(session, actor, day, [entry], now=now, closed=closed)
    return day, entry


async def ensure_editable(
    session: AsyncSession,
    actor: Actor,
    day: Day,
    entries: Sequence[Entry],
    *,
    now: datetime,
    closed: bool = False,
) -> None:
    """That all these entries of a locked day may be changed now. Raises as `editable_entry` does."""
    for entry in entries:
        if entry.state in LOCKED:
            raise Invalid("entry", LOCKED[entry.state])
    if not closed and is_closed(actor, day.work_date, now=now):
        drafts = [entry for entry in entries if entry.state is State.DRAFT]
        if len(await once_decided(session, drafts)) < len(drafts):
            raise Invalid("day", "day_locked")


async def once_decided(session: AsyncSession, entries: Sequence[Entry]) -> set[int]:
    """Ids of the entries on which something was decided: what changes in them now is a correction."""
    if not entries:
        return set()
    rows = await session.scalars(
        select(Decision.entry_id).where(Decision.entry_id.in_([entry.id for entry in entries])).distinct()
    )
    return {one for one in rows if one is not None}


def settled(states: Iterable[State]) -> State:
    """A day's state: what waits comes first, then what was returned, then what is unsent."""
    found = set(states)
    for state in (State.SUBMITTED, State.RETURNED, State.DRAFT, State.APPROVED, State.RECORDED):
        if state in found:
            return state
    return State.DRAFT


async def changed(session: AsyncSession, day: Day) -> None:
    """Every visible change ends here: the state follows, the revision grows.

    «Tidak ada kegiatan» is recorded as it is, and no longer true as soon as there is an entry.
    """
    await session.flush()
    states = list(await session.scalars(_STATES, {"day": day.id}))
    if states:
        day.nothing_reason = None
    day.state = State.RECORDED if day.nothing_reason is not None else settled(states)
    day.revision += 1
