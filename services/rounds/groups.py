"""The weekly summary of a unit in its group: the same Friday rule, by the unit's office calendar.

The unique key of digests (kind, group, week) decides that a group gets each week once: only who wrote the
digest writes the outbox row, in the same transaction. The group's own columns only say when to look.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Digest, DigestKind, Group, Pattern, RoundKind
from models.engine import insert_into
from services import outbox
from services.rounds.due import Due, Outlook, Rhythm
from services.rounds.people import office_around
from services.rounds.weeks import Cut, Period, cut_before, period, standing

KIND = RoundKind.DIGEST
MESSAGE = "unit_summed"


@dataclass(frozen=True, slots=True)
class Known:
    """A linked group. `there` None: nothing is planned for it."""

    group_id: int
    rhythm: Rhythm
    there: Due | None


@dataclass(frozen=True, slots=True)
class Summed:
    """What one pass over the groups did."""

    sent: int = 0
    again: bool = False
    more: bool = False


async def plan_group(session: AsyncSession, group_id: int, *, now: datetime) -> Due | None:
    """Recomputes when a group's next summary is due; None: it is linked no longer. Four statements."""
    outlook = Outlook(await office_around(session, now), now=now)
    return (await plan_groups(session, outlook, group_id=group_id)).get(group_id)


async def plan_groups(
    session: AsyncSession, outlook: Outlook, *, group_id: int | None = None
) -> Mapping[int, Due]:
    """Recomputes all groups or one, writes only what differs; gives what is due for each. Three statements.

    A summary that has come due stays until a tick has given it.
    """
    query = select(
        Group.id,
        Group.unit_id,
        Group.zone,
        Group.work_date,
        Group.due_at,
        Group.stale_at,
        Group.unlinked_at,
    )
    if group_id is not None:
        query = query.where(Group.id == group_id)
    rows = (await session.execute(query)).all()
    cuts = await _cuts(session, [row.id for row in rows])
    wanted: dict[int, Due] = {}
    changed: dict[int, Due | None] = {}
    for row in rows:
        there = _due(row.work_date, row.due_at, row.stale_at)
        due = None
        if row.unlinked_at is None:
            rhythm = Rhythm(row.zone, Pattern.FIVE_DAYS, row.unit_id)
            before = cuts.get(row.id)
            due = _planned(there, rhythm, after=before.last if before else None, outlook=outlook)
        if due is not None:
            wanted[row.id] = due
        if due != there:
            changed[row.id] = due
    await _move(session, changed)
    return wanted


async def tick_groups(session: AsyncSession, outlook: Outlook | None, *, now: datetime, limit: int) -> Summed:
    """Gives the summaries that are due, newest first; one query when there are none."""
    rows = await session.execute(
        select(Group.id, Group.unit_id, Group.zone, Group.work_date, Group.due_at, Group.stale_at)
        .where(Group.due_at <= now, Group.unlinked_at.is_(None))
        .order_by(Group.due_at.desc(), Group.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    known = [
        Known(
            row.id,
            Rhythm(row.zone, Pattern.FIVE_DAYS, row.unit_id),
            _due(row.work_date, row.due_at, row.stale_at),
        )
        for row in rows
    ]
    if not known:
        return Summed()
    outlook = outlook or Outlook(await office_around(session, now), now=now)
    cuts = await _cuts(session, [one.group_id for one in known])
    given: dict[int, tuple[Period, datetime]] = {}
    moved: dict[int, Due | None] = {}
    for one in known:
        now_given, moved[one.group_id] = _judge(one, before=cuts.get(one.group_id), outlook=outlook)
        if now_given is not None:
            given[one.group_id] = now_given
    sent = await _give(session, given, now=now)
    await _move(session, moved)
    again = any(due is not None and due.due_at <= now for due in moved.values())
    return Summed(sent=sent, again=again, more=len(known) == limit)


def _judge(
    one: Known, *, before: Cut | None, outlook: Outlook
) -> tuple[tuple[Period, datetime] | None, Due | None]:
    """What a due summary covers and when it is stale (None: it is not given now), and what follows."""
    if one.there is None:
        return None, None
    week = one.there.work_date
    due = standing(KIND, one.rhythm, week=week, now=outlook.now, office=outlook.office)
    if due is None or due.due_at > outlook.now:
        return None, due
    by_rule = outlook.on(KIND, one.rhythm, due.work_date)
    cut_to = due.due_at if by_rule is None else by_rule.due_at
    since = cut_before(KIND, one.rhythm, week=due.work_date, office=outlook.office)
    covers = period(week=due.work_date, cut_to=cut_to, before=before, since=since, joined=None)
    given = None if covers is None else (covers, due.stale_at)
    return given, outlook.next(KIND, one.rhythm, due.work_date)


def _planned(there: Due | None, rhythm: Rhythm, *, after: date | None, outlook: Outlook) -> Due | None:
    if there is not None and (after is None or there.work_date > after):
        by_rule = outlook.on(KIND, rhythm, there.work_date)
        if by_rule is not None and by_rule.work_date == there.work_date and by_rule.due_at <= outlook.now:
            return there
    return outlook.next(KIND, rhythm, after)


def _due(work_date: date | None, due_at: datetime | None, stale_at: datetime | None) -> Due | None:
    if work_date is None or due_at is None or stale_at is None:
        return None
    return Due(work_date, due_at, stale_at)


async def _cuts(session: AsyncSession, group_ids: list[int]) -> dict[int, Cut]:
    rows = await session.execute(
        select(Digest.group_id, func.max(Digest.last).label("last"), func.max(Digest.cut_to).label("cut_to"))
        .where(Digest.kind == DigestKind.UNIT, Digest.group_id.in_(group_ids))
        .group_by(Digest.group_id)
    )
    return {row.group_id: Cut(row.last, row.cut_to) for row in rows if row.group_id is not None}


async def _give(session: AsyncSession, given: Mapping[int, tuple[Period, datetime]], *, now: datetime) -> int:
    """Writes the digests, and a message for each that nobody had written before; gives how many."""
    if not given:
        return 0
    written = await session.execute(
        insert_into(session, Digest)
        .on_conflict_do_nothing(index_elements=["kind", "group_id", "week"])
        .returning(Digest.group_id, Digest.week),
        [
            {
                "kind": DigestKind.UNIT,
                "group_id": group_id,
                "week": covers.last,
                "first": covers.first,
                "last": covers.last,
                "cut_from": covers.cut_from,
                "cut_to": covers.cut_to,
                "created_at": now,
            }
            for group_id, (covers, _) in sorted(given.items())
        ],
        execution_options={"insertmanyvalues_page_size": max(len(given), 1)},
    )
    won = [(row.group_id, row.week.isoformat()) for row in written if row.group_id is not None]
    letters = [
        outbox.Letter(
            MESSAGE,
            group=group_id,
            payload={"week": week},
            key=f"unit_digest:{group_id}:{week}",
            stale_at=given[group_id][1],
        )
        for group_id, week in won
    ]
    await outbox.enqueue_many(session, letters, now=now)
    return len(won)


async def _move(session: AsyncSession, changed: Mapping[int, Due | None]) -> None:
    if not changed:
        return
    connection = await session.connection()
    await connection.execute(
        update(Group)
        .where(Group.id == bindparam("which"))
        .values(work_date=bindparam("date"), due_at=bindparam("due"), stale_at=bindparam("stale")),
        [
            {
                "which": group_id,
                "date": due and due.work_date,
                "due": due and due.due_at,
                "stale": due and due.stale_at,
            }
            for group_id, due in sorted(changed.items())
        ],
    )
