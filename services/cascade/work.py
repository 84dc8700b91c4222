"""What was done for an RHK, as far as the reader may see it; under whichever wording."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Entry, Person, State, Target
from services.cascade.tree import below
from services.plans.standing import lineage_of
from services.reading.masking import mask_sensitive

PAGE = 5
"""Entries of one screen."""
ACHIEVED = (State.APPROVED, State.RECORDED)


@dataclass(frozen=True, slots=True)
class Done:
    """One entry. What its owner is just rewriting stands as it was when it was returned."""

    work_date: date
    state: State
    activity: str
    outcome: str | None


def visible_to(root: int) -> ColumnElement[bool]:
    """Of entries with their person: what somebody above sees, all that was sent by direct people."""
    sent = and_(Person.supervisor_id == root, Person.id != root, Entry.state != State.DRAFT)
    return or_(Entry.state.in_(ACHIEVED), sent)


def of_lineages(lineages: Collection[int]) -> ColumnElement[bool]:
    """Whether an RHK is a wording of one of these."""
    wanted = sorted(lineages)
    return or_(Target.id.in_(wanted), Target.lineage_id.in_(wanted))


async def last_dates(
    session: AsyncSession,
    root: int,
    *,
    first: date,
    last: date,
) -> Mapping[int, date]:
    """Lineage → the last date in a span on which somebody below the root did something for it. One query."""
    people = below(root)
    query = (
        _dates()
        .join(people, people.c.id == Day.person_id)
        .where(Day.work_date.between(first, last), Day.person_id != root, visible_to(root))
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def last_dates_of(
    session: AsyncSession, root: int, lineages: Collection[int], *, own: bool = False
) -> Mapping[int, date]:
    """The same for some RHK over all time; `own`: of the reader's own work, all of it. One query."""
    query = _dates().where(of_lineages(lineages))
    rows = await session.execute(query.where(Day.person_id == root) if own else query.where(visible_to(root)))
    return {row[0]: row[1] for row in rows}


def _dates() -> Select[int, date]:
    return (
        select(lineage_of(), func.max(Day.work_date))
        .select_from(Day)
        .join(Person, Person.id == Day.person_id)
        .join(Entry, Entry.day_id == Day.id)
        .join(Target, Target.id == Entry.target_id)
        .group_by(lineage_of())
    )


async def done_for(
    session: AsyncSession, root: int, lineage: int, *, own: bool, direct: bool, page: int
) -> tuple[tuple[Done, ...], int, int]:
    """A page of what was done, newest first, the page it is and how many there are. Two queries.

    `own`: the reader's own work, drafts too. `direct`: else somebody's whom they decide on; of others a
    citizen's number is blackened.
    """
    seen = Day.person_id == root if own else visible_to(root)
    base = (
        select(Entry, Day.work_date)
        .join(Day, Day.id == Entry.day_id)
        .join(Person, Person.id == Day.person_id)
        .join(Target, Target.id == Entry.target_id)
        .where(of_lineages([lineage]), seen)
    )
    count = await session.scalar(select(func.count()).select_from(base.subquery())) or 0
    pages = max(1, -(-count // PAGE))
    page = min(page, pages - 1)
    rows = await session.execute(
        base.order_by(Day.work_date.desc(), Entry.position, Entry.id)
        .limit(PAGE)
        .offset(page * PAGE)
        .execution_options(populate_existing=True)
    )
    found = tuple(_done(entry, day, own=own, direct=direct) for entry, day in rows)
    return found, page, count


def _done(entry: Entry, work_date: date, *, own: bool, direct: bool) -> Done:
    activity, outcome = entry.activity, entry.outcome
    if entry.state is State.RETURNED and entry.before and not own:
        activity, outcome = entry.before["activity"], entry.before["outcome"]
    if not (own or direct):
        activity, outcome = mask_sensitive(activity), mask_sensitive(outcome) if outcome else outcome
    return Done(work_date, entry.state, activity, outcome)
