"""Keeps the next-due rows true. Called when somebody joins, settings or days off change, and at start.

A date that has its round is not planned again. A row whose date by the present rule has come due stays as it
is until a tick has started or skipped it: what was missed while the program was down is the tick's to record,
and who moves their time to an hour that has passed is still asked today, when it was planned; the new time
holds from the next workday.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import Account, Person, Role, RoleName, Round, RoundKind, Schedule
from services.calendar.days_off import calendar_around
from services.rounds.due import Due, Outlook, Rhythm

Slot = tuple[int, RoundKind]
"""One row of the plan: person and kind."""

ASKED_ROLES = (RoleName.STAFF, RoleName.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Planned:
    """What a plan changed, in rows."""

    written: int
    removed: int


async def plan_person(session: AsyncSession, person_id: int, *, now: datetime) -> Due | None:
    """Recomputes one person's rows; gives their next prompt, or None when they are not asked."""
    await _plan(session, now=now, person_id=person_id)
    row = (
        await session.execute(
            select(Schedule.work_date, Schedule.due_at, Schedule.stale_at).where(
                Schedule.person_id == person_id, Schedule.kind == RoundKind.PROMPT
            )
        )
    ).one_or_none()
    return None if row is None else Due(row.work_date, row.due_at, row.stale_at)


async def plan_everybody(session: AsyncSession, *, now: datetime) -> Planned:
    """Recomputes the rows of all, writes only what differs: at most six statements, however many people."""
    return await _plan(session, now=now, person_id=None)


def is_asked() -> ColumnElement[bool]:
    """Whether `Person` is asked for a report: an observer or a pure admin is not."""
    return select(Role.person_id).where(Role.person_id == Person.id, Role.role.in_(ASKED_ROLES)).exists()


def supervises() -> ColumnElement[bool]:
    """Whether somebody active names `Person` as supervisor."""
    subordinate = aliased(Person)
    return select(subordinate.id).where(subordinate.supervisor_id == Person.id, subordinate.active).exists()


async def write_schedules(session: AsyncSession, rows: Mapping[Slot, Due]) -> None:
    """Writes rows over what is there, in one order everywhere: two writers never wait for each other."""
    if not rows:
        return
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    statement = insert(Schedule)
    statement = statement.on_conflict_do_update(
        index_elements=["person_id", "kind"],
        set_={name: statement.excluded[name] for name in ("work_date", "due_at", "stale_at")},
    )
    await session.execute(
        statement,
        [
            {
                "person_id": person_id,
                "kind": kind,
                "work_date": due.work_date,
                "due_at": due.due_at,
                "stale_at": due.stale_at,
            }
            for (person_id, kind), due in sorted(rows.items())
        ],
    )


async def remove_schedules(session: AsyncSession, slots: Sequence[Slot]) -> None:
    if not slots:
        return
    connection = await session.connection()
    await connection.execute(
        delete(Schedule).where(
            Schedule.person_id == bindparam("who"),
            Schedule.kind == bindparam("of_kind", type_=Schedule.kind.type),
        ),
        [{"who": person_id, "of_kind": kind} for person_id, kind in sorted(slots)],
    )


async def _plan(session: AsyncSession, *, now: datetime, person_id: int | None) -> Planned:
    outlook = Outlook(await calendar_around(session, now), now=now)
    rhythms = await _rhythms(session, person_id)
    done = await _done(session, person_id, since=now.date() - timedelta(days=2))
    present = await _present(session, person_id)
    wanted: dict[Slot, Due] = {}
    for slot, rhythm in rhythms.items():
        due = _planned(present.get(slot), slot[1], rhythm, after=done.get(slot), outlook=outlook)
        if due is not None:
            wanted[slot] = due
    removed = list(present.keys() - wanted.keys())
    written = {slot: due for slot, due in wanted.items() if present.get(slot) != due}
    await remove_schedules(session, removed)
    await write_schedules(session, written)
    return Planned(written=len(written), removed=len(removed))


def _planned(
    there: Due | None, kind: RoundKind, rhythm: Rhythm, *, after: date | None, outlook: Outlook
) -> Due | None:
    if there is not None and (after is None or there.work_date > after):
        by_rule = outlook.on(kind, rhythm, there.work_date)
        if by_rule is not None and by_rule.due_at <= outlook.now:
            return there
    return outlook.next(kind, rhythm, after)


async def _rhythms(session: AsyncSession, person_id: int | None) -> dict[Slot, Rhythm]:
    """Which rounds the joined, active people have; the unreachable too, so that they are found on return."""
    statement = (
        select(
            Person.id,
            Person.zone,
            Person.pattern,
            Person.unit_id,
            Person.prompt_time,
            is_asked().label("asked"),
            supervises().label("supervises"),
        )
        .join(Account, Account.person_id == Person.id)
        .where(Person.active)
    )
    if person_id is not None:
        statement = statement.where(Person.id == person_id)
    found: dict[Slot, Rhythm] = {}
    for row in await session.execute(statement):
        rhythm = Rhythm(row.zone, row.pattern, row.unit_id, row.prompt_time)
        if row.asked:
            found[row.id, RoundKind.PROMPT] = rhythm
        if row.supervises:
            found[row.id, RoundKind.QUEUE_NOTICE] = rhythm
    return found


async def _done(session: AsyncSession, person_id: int | None, *, since: date) -> dict[Slot, date]:
    """The last date each round was done; older ones than `since` cannot come again."""
    statement = (
        select(Round.person_id, Round.kind, func.max(Round.work_date).label("work_date"))
        .where(Round.work_date >= since)
        .group_by(Round.person_id, Round.kind)
    )
    if person_id is not None:
        statement = statement.where(Round.person_id == person_id)
    return {(row.person_id, row.kind): row.work_date for row in await session.execute(statement)}


async def _present(session: AsyncSession, person_id: int | None) -> dict[Slot, Due]:
    statement = select(
        Schedule.person_id, Schedule.kind, Schedule.work_date, Schedule.due_at, Schedule.stale_at
    )
    if person_id is not None:
        statement = statement.where(Schedule.person_id == person_id)
    return {
        (row.person_id, row.kind): Due(row.work_date, row.due_at, row.stale_at)
        for row in await session.execute(statement)
    }
