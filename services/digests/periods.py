"""What one summary counts: its dates and its cut, from the row of `digests`, or by rule where there is none.

A row that reaches back over a week that was missed is that week's summary too. Without a row the cut is where
it would have been: the end of the day on the Friday after the week, or now while that is still to come.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Digest, DigestKind, Group, Pattern, Person
from services.calendar import at_local, end_of_day
from services.clock import local_date
from services.digests.weeks import WEEK, first_of
from services.errors import NotFound

LOOKED_BACK = 53
"""Weeks without a row whose cuts are still taken into account."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a summary is for: a person (their own or their team's), or a unit, perhaps through its group."""

    kind: DigestKind
    person_id: int | None = None
    unit_id: int | None = None
    group_id: int | None = None
    zone: str = "Asia/Jakarta"
    pattern: Pattern = Pattern.FIVE_DAYS


@dataclass(frozen=True, slots=True)
class Period:
    """Work dates `first` to `last`, both included; approvals and feedback of `[cut_from, cut_to)`.

    `earlier`: cuts before it. `running`: its cut is still to come, so this is how it stands so far.
    """

    week: date
    first: date
    last: date
    cut_from: datetime | None
    cut_to: datetime
    earlier: tuple[datetime, ...] = ()
    running: bool = False
    today: date = date.max
    """The local date on which it is read."""

    @property
    def until(self) -> date:
        """The last of its dates that has come."""
        return min(self.last, self.today)


async def subject_of(session: AsyncSession, kind: DigestKind, person_id: int) -> Subject:
    """A person as the subject of a summary. Raises NotFound."""
    row = (
        await session.execute(select(Person.zone, Person.pattern).where(Person.id == person_id))
    ).one_or_none()
    if row is None:
        raise NotFound
    return Subject(kind, person_id=person_id, zone=row.zone, pattern=row.pattern)


async def subject_of_unit(session: AsyncSession, unit_id: int) -> Subject:
    """A unit; its cuts are those of the group that was linked to it first."""
    row = (
        await session.execute(
            select(Group.id, Group.zone)
            .where(Group.unit_id == unit_id, Group.unlinked_at.is_(None))
            .order_by(Group.id)
            .limit(1)
        )
    ).one_or_none()
    if row is None:
        return Subject(DigestKind.UNIT, unit_id=unit_id)
    return Subject(DigestKind.UNIT, unit_id=unit_id, group_id=row.id, zone=row.zone)


async def subject_of_group(session: AsyncSession, group_id: int) -> Subject:
    """A linked group. Raises NotFound."""
    group = await session.get(Group, group_id)
    if group is None:
        raise NotFound
    return Subject(DigestKind.UNIT, unit_id=group.unit_id, group_id=group.id, zone=group.zone)


async def load_period(session: AsyncSession, subject: Subject, week: date, *, now: datetime) -> Period:
    """What the summary of a week counts; one query."""
    rows: list[Digest] = []
    owner = Digest.group_id if subject.kind is DigestKind.UNIT else Digest.person_id
    owner_id = subject.group_id if subject.kind is DigestKind.UNIT else subject.person_id
    if owner_id is not None:
        found = await session.scalars(
            select(Digest).where(Digest.kind == subject.kind, owner == owner_id).order_by(Digest.cut_to)
        )
        rows = list(found)
    for place, row in enumerate(rows):
        if row.first <= week <= row.last or row.week == week:
            earlier = tuple(one.cut_to for one in rows[:place])
            return Period(
                row.week,
                row.first,
                row.last,
                row.cut_from,
                row.cut_to,
                earlier,
                running=row.cut_to > now,
                today=local_date(now, subject.zone),
            )
    return by_rule(subject, week, rows, now=now)


def by_rule(subject: Subject, week: date, rows: list[Digest], *, now: datetime) -> Period:
    """The period of a week for which no row was written."""
    before = [row for row in rows if row.last < week]
    after = [row for row in rows if row.first > week]
    first = max(first_of(week), before[-1].last + timedelta(days=1)) if before else first_of(week)
    due = nominal_cut(subject, week)
    cut_from = nominal_cut(subject, week - WEEK)
    if before:
        near = before[-1].week == week - WEEK
        cut_from = before[-1].cut_to if near else max(cut_from, before[-1].cut_to)
    if after and after[0].cut_from is not None and after[0].week == week + WEEK:
        due = after[0].cut_from
    told = {row.cut_to for row in before}
    ruled = {nominal_cut(subject, week - WEEK * back) for back in range(1, LOOKED_BACK + 1)}
    start = min((row.cut_from or row.cut_to for row in before), default=None)
    earlier = told | {cut for cut in ruled if start is None or cut < start} | {cut_from}
    cut_to = min(due, now)
    cuts = tuple(sorted(cut for cut in earlier if cut < cut_to))
    return Period(
        week,
        first,
        week,
        min(cut_from, cut_to),
        cut_to,
        cuts,
        running=due > now,
        today=local_date(now, subject.zone),
    )


def nominal_cut(subject: Subject, week: date) -> datetime:
    """The end of the day on the Friday after a week."""
    friday = week + timedelta(days=1)
    return at_local(friday, end_of_day(friday, subject.pattern), subject.zone)
