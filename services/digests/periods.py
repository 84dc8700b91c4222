"""What one summary counts: its dates and its cut, from the row of `digests`, or by rule where there is none.

A row that reaches back over a week that was missed is that week's summary too. Without a row the cut is where
the rule of the rounds has it (`services/rounds/weeks.py`), or now while that is still to come.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Digest, DigestKind, Group, Pattern, Person, RoundKind
from services.calendar import OfficeCalendar, load_calendar, load_duties
from services.clock import local_date
from services.digests.weeks import WEEK, first_of
from services.errors import NotFound
from services.rounds.due import NOTHING_PARTICULAR, Rhythm
from services.rounds.weeks import cut_before, cut_of

LOOKED_BACK = 53
"""Weeks without a row whose cuts are still taken into account."""
AHEAD = timedelta(days=80)
"""How far past a week the day of its summary is looked for."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a summary is for: a person (their own or their team's), or a unit, perhaps through its group.

    `unit_id`: a person's own unit, too.
    """

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
    cut_from: datetime
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
        await session.execute(
            select(Person.zone, Person.pattern, Person.unit_id).where(Person.id == person_id)
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return Subject(kind, person_id=person_id, unit_id=row.unit_id, zone=row.zone, pattern=row.pattern)


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


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule of the rounds for one subject, over the calendar that was loaded."""

    kind: RoundKind
    rhythm: Rhythm
    office: OfficeCalendar

    def cut_of(self, week: date) -> datetime:
        return cut_of(self.kind, self.rhythm, week=week, office=self.office)

    def cut_before(self, week: date) -> datetime:
        return cut_before(self.kind, self.rhythm, week=week, office=self.office)

    def cuts_before(self, week: date) -> set[datetime]:
        """The cuts of the weeks before one, newest first."""
        return {self.cut_of(week - WEEK * back) for back in range(1, LOOKED_BACK + 1)}


async def load_period(session: AsyncSession, subject: Subject, week: date, *, now: datetime) -> Period:
    """What the summary of a week counts; at most four queries."""
    rows: list[Digest] = []
    owner = Digest.group_id if subject.kind is DigestKind.UNIT else Digest.person_id
    owner_id = subject.group_id if subject.kind is DigestKind.UNIT else subject.person_id
    if owner_id is not None:
        found = await session.scalars(
            select(Digest).where(Digest.kind == subject.kind, owner == owner_id).order_by(Digest.cut_to)
        )
        rows = list(found)
    rule = await _rule(session, subject, week)
    for place, row in enumerate(rows):
        if row.first <= week <= row.last or row.week == week:
            return Period(
                row.week,
                row.first,
                row.last,
                _since(row, rule),
                row.cut_to,
                _earlier(rows[: place + 1], rule, week=row.week, before=row.cut_to),
                running=row.cut_to > now,
                today=local_date(now, subject.zone),
            )
    return _by_rule(subject, rule, week, rows, now=now)


async def _rule(session: AsyncSession, subject: Subject, week: date) -> Rule:
    first, last = week - WEEK * (LOOKED_BACK + 1), week + AHEAD
    duty = NOTHING_PARTICULAR
    if subject.person_id is not None:
        duties = await load_duties(session, Person.id == subject.person_id, first=first, last=last)
        duty = duties.get(subject.person_id, duty)
    rhythm = Rhythm(subject.zone, subject.pattern, subject.unit_id, duty=duty, supervises=True)
    kind = RoundKind.TEAM_DIGEST if subject.kind is DigestKind.TEAM else RoundKind.DIGEST
    return Rule(kind, rhythm, await load_calendar(session, first=first, last=last))


def _since(row: Digest, rule: Rule) -> datetime:
    return row.cut_from or rule.cut_before(row.week)


def _earlier(rows: list[Digest], rule: Rule, *, week: date, before: datetime) -> tuple[datetime, ...]:
    """The cuts before an instant: those of rows, and before the first of them those by the rule."""
    start = min((_since(row, rule) for row in rows), default=before)
    ruled = {cut for cut in rule.cuts_before(week) if cut < start}
    return tuple(sorted(cut for cut in {row.cut_to for row in rows} | ruled | {start} if cut < before))


def _by_rule(subject: Subject, rule: Rule, week: date, rows: list[Digest], *, now: datetime) -> Period:
    """The period of a week for which no row was written."""
    before = [row for row in rows if row.last < week]
    after = [row for row in rows if row.first > week]
    first = max(first_of(week), before[-1].last + timedelta(days=1)) if before else first_of(week)
    due = rule.cut_of(week)
    cut_from = rule.cut_before(week)
    if before:
        near = before[-1].week == week - WEEK
        cut_from = before[-1].cut_to if near else max(cut_from, before[-1].cut_to)
    if after and after[0].week == week + WEEK:
        due = _since(after[0], rule)
    cut_to = min(due, now)
    cut_from = min(cut_from, cut_to)
    cuts = {*_earlier(before, rule, week=week, before=cut_to), cut_from}
    return Period(
        week,
        first,
        week,
        cut_from,
        cut_to,
        tuple(sorted(cut for cut in cuts if cut < cut_to)),
        running=due > now,
        today=local_date(now, subject.zone),
    )
