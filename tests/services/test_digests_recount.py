"""An independent recount: plain loops over every row of generated offices give the same numbers."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import (
    Account,
    Aspect,
    Day,
    DayKind,
    Decision,
    Digest,
    DigestKind,
    DutyPeriod,
    Entry,
    Feedback,
    Holiday,
    HolidayKind,
    Indicator,
    PerformancePlan,
    Person,
    Role,
    RoleName,
    State,
    Target,
    Tone,
    Unit,
    Verdict,
)
from models.engine import Database
from services.digests.periods import subject_of_group
from services.digests.person import person_week
from services.digests.team import team_week
from services.digests.unit import unit_week
from tests.services.ledger import Ledger, jakarta, ledger

FRIDAY = date(2026, 10, 2)
WEEKS = [FRIDAY + timedelta(days=6 + 7 * number) for number in range(6)]
FIRST_CUT = jakarta(FRIDAY, 16, 30)
"""Where the first summaries begin: with the cut of the week before them."""
LATER = jakarta(date(2026, 12, 1), 9)
JOINED = jakarta(date(2026, 9, 1), 8)
UNITS = ("siswa", "dokumen", "org", None)


@dataclass
class World:
    """Ids of a generated office; `digests`: rows by kind and subject, in order."""

    people: list[int] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    units: list[int] = field(default_factory=list)
    targets: dict[int, list[int]] = field(default_factory=dict)
    digests: dict[tuple[DigestKind, int], list[Digest]] = field(default_factory=lambda: defaultdict(list))


async def person(
    session: AsyncSession, number: int, unit: int, supervisor: int | None, role: RoleName
) -> int:
    who = Person(name=f"Orang {number:02}", unit_id=unit, supervisor_id=supervisor, created_at=JOINED)
    session.add(who)
    await session.flush()
    session.add(Role(person_id=who.id, role=role))
    session.add(Account(user_id=who.id, person_id=who.id, chat_id=who.id, joined_at=JOINED))
    return who.id


async def build(session: AsyncSession, rng: random.Random) -> World:
    """Two units, three heads, nine people, six weeks; some decisions are taken back, some people move."""
    world, book = World(), ledger(session)
    for name in ("Satu", "Dua"):
        unit = Unit(name=name)
        session.add(unit)
        await session.flush()
        world.units.append(unit.id)
    for number in range(3):
        world.heads.append(await person(session, number, world.units[number % 2], None, RoleName.SUPERVISOR))
    for number in range(3, 12):
        head = rng.choice(world.heads)
        world.people.append(await person(session, number, rng.choice(world.units), head, RoleName.STAFF))
    await person(session, 99, world.units[0], world.heads[0], RoleName.OBSERVER)
    session.add(Holiday(day=date(2026, 10, 14), name="Libur kantor", kind=HolidayKind.OFFICE))
    for who in world.people:
        world.targets[who] = await plan_of(session, who, rng)
        if rng.random() < 0.5:
            first = FRIDAY + timedelta(days=rng.randrange(40))
            kind = rng.choice([DayKind.LEAVE, DayKind.SICK, DayKind.FIELD, DayKind.EXCUSED])
            session.add(
                DutyPeriod(
                    person_id=who,
                    kind=kind,
                    first=first,
                    last=first + timedelta(days=rng.randrange(3)),
                    created_at=JOINED,
                    created_by=who,
                )
            )
    for who in world.people:
        for offset in range(42):
            if rng.random() < 0.6:
                await write_day(book, world, rng, who, FRIDAY + timedelta(days=offset))
    for who in rng.sample(world.people, 3):
        moved = {"supervisor_id": rng.choice(world.heads), "unit_id": rng.choice(world.units)}
        await session.execute(update(Person).where(Person.id == who).values(**moved))
    for number, unit_id in enumerate(world.units):
        world.groups.append(await book.group(unit_id, world.heads[0], JOINED, chat=-100 - number))
    subjects = [(DigestKind.PERSON, one) for one in world.people]
    subjects += [(DigestKind.TEAM, one) for one in world.heads]
    subjects += [(DigestKind.UNIT, one) for one in world.groups]
    for digest_kind, subject in subjects:
        await write_digests(book, world, rng, digest_kind, subject)
    return world


async def plan_of(session: AsyncSession, who: int, rng: random.Random) -> list[int]:
    plan = PerformancePlan(person_id=who, year=2026, created_at=JOINED)
    session.add(plan)
    await session.flush()
    found = []
    for position in range(3):
        target = Target(plan_id=plan.id, position=position, text=f"RHK {position}")
        session.add(target)
        await session.flush()
        found.append(target.id)
        unit = rng.choice(["siswa", "Dokumen", "orang"])
        session.add(
            Indicator(
                target_id=target.id,
                position=0,
                aspect=Aspect.QUANTITY,
                text="x",
                goal=Decimal(12),
                goal_text="12",
                unit=unit,
            )
        )
    return found


async def write_day(book: Ledger, world: World, rng: random.Random, who: int, work_date: date) -> None:
    sent = jakarta(work_date, 15) + timedelta(hours=rng.choice([0, 1, 30, 80]))
    day = await book.day(who, work_date, sent=sent, late=rng.random() < 0.2)
    for _ in range(rng.randrange(1, 3)):
        entry = await book.entry(
            day,
            "Mengajar",
            rng.choice([None, "28 siswa tuntas latihan"]),
            quantity=rng.choice([None, 1, 5, 28]),
            unit=rng.choice(UNITS),
            target_id=rng.choice([None, *world.targets[who]]),
        )
        at, approved = sent, False
        for _ in range(rng.choice([0, 1, 1, 1, 2, 3, 4, 5])):
            at += timedelta(hours=rng.choice([1, 20, 26, 100, 170]))
            verdict = (
                Verdict.REOPEN if approved else rng.choice([Verdict.APPROVE, Verdict.APPROVE, Verdict.RETURN])
            )
            approved = verdict is Verdict.APPROVE
            await book.decide(entry, verdict, rng.choice(world.heads), at)
    if rng.random() < 0.3:
        book.note(world.heads[0], who, rng.choice(list(Tone)), sent, read=rng.random() < 0.5)


async def write_digests(
    book: Ledger, world: World, rng: random.Random, kind: DigestKind, subject: int
) -> None:
    """A row a week; one may be missed, and the next one reaches back."""
    missed = rng.choice([None, None, 1, 3])
    cut, first = FIRST_CUT, None
    for number, week in enumerate(WEEKS):
        if number == missed:
            first = week - timedelta(days=6)
            continue
        to = jakarta(week + timedelta(days=1), 16, 30) + timedelta(hours=rng.choice([0, 0, 72]))
        row = await book.digest(kind, subject, week, cut_from=cut, cut_to=to, first=first)
        world.digests[kind, subject].append(row)
        cut, first = to, None


class Recount:
    """Every row in memory, counted by plain loops."""

    def __init__(self) -> None:
        self.people: dict[int, Person] = {}
        self.days: list[Day] = []
        self.entries: dict[int, Entry] = {}
        self.decisions: list[Decision] = []
        self.notes: list[Feedback] = []
        self.spans: list[DutyPeriod] = []
        self.indicators: list[Indicator] = []
        self.off: set[date] = set()
        self.owners: dict[int, int] = {}
        self.replayed: dict[datetime, set[int]] = {}

    async def read(self, session: AsyncSession) -> None:
        self.people = {one.id: one for one in await session.scalars(select(Person))}
        self.days = list(await session.scalars(select(Day)))
        self.owners = {one.id: one.person_id for one in self.days}
        self.entries = {one.id: one for one in await session.scalars(select(Entry))}
        self.decisions = list(
            await session.scalars(select(Decision).order_by(Decision.decided_at, Decision.id))
        )
        self.notes = list(await session.scalars(select(Feedback)))
        self.spans = list(await session.scalars(select(DutyPeriod)))
        self.indicators = list(await session.scalars(select(Indicator)))
        self.off = {one.day for one in await session.scalars(select(Holiday))}

    def owner(self, entry_id: int) -> int:
        return self.owners[self.entries[entry_id].day_id]

    def approved_at(self, cut: datetime) -> set[int]:
        """Replays the whole record until a cut."""
        if cut in self.replayed:
            return self.replayed[cut]
        standing: set[int] = set()
        for one in self.decisions:
            if one.decided_at < cut and one.entry_id is not None:
                standing.discard(one.entry_id)
                if one.verdict is Verdict.APPROVE:
                    standing.add(one.entry_id)
        self.replayed[cut] = standing
        return standing

    def told(self, rows: list[Digest]) -> list[set[int]]:
        """What each of a subject's summaries tells: what stands and was not told before."""
        said = set(self.approved_at(FIRST_CUT))
        found = []
        for row in rows:
            new = self.approved_at(row.cut_to) - said
            said |= new
            found.append(new)
        return found

    def asked(self, who: int, row: Digest) -> list[date]:
        found = []
        day = row.first
        while day <= row.last:
            away = any(
                one.person_id == who and one.first <= day <= one.last and one.kind is not DayKind.FIELD
                for one in self.spans
            )
            if day.weekday() < 5 and day not in self.off and not away:
                found.append(day)
            day += timedelta(days=1)
        return found

    def reported(self, who: int, row: Digest) -> set[date]:
        return {
            one.work_date
            for one in self.days
            if one.person_id == who
            and row.first <= one.work_date <= row.last
            and one.state is not State.DRAFT
        }

    def done(self, target_id: int, cut: datetime) -> int:
        unit = next(one.unit for one in self.indicators if one.target_id == target_id) or ""
        total = 0
        for entry_id in self.approved_at(cut):
            one = self.entries[entry_id]
            written = {"org": "orang"}.get(one.unit or "", one.unit or "")
            if one.target_id == target_id and one.quantity and written == unit.lower():
                total += one.quantity
        return total


async def recount_of(session: AsyncSession) -> Recount:
    found = Recount()
    await found.read(session)
    return found


@pytest.mark.parametrize("seed", range(2))
async def test_a_plain_recount_gives_the_same_numbers(db: Database, seed: int) -> None:
    async with db.writing() as session:
        world = await build(session, random.Random(seed))
    async with db.reading() as session:
        plain = await recount_of(session)
        assert len(plain.decisions) > 300
        for who in world.people:
            await check_person(session, world, plain, who)
        for head in world.heads:
            await check_team(session, world, plain, head)
        for group in world.groups:
            await check_unit(session, world, plain, group)


async def check_person(session: AsyncSession, world: World, plain: Recount, who: int) -> None:
    rows = world.digests[DigestKind.PERSON, who]
    mine = [{one for one in told if plain.owner(one) == who} for told in plain.told(rows)]
    for row, told in zip(rows, mine, strict=True):
        own = await person_week(session, who, row.week, now=LATER)
        asked, reported = plain.asked(who, row), plain.reported(who, row)
        assert (own.asked, own.reported) == (len(asked), len(reported.intersection(asked)))
        assert own.extra == len(reported.difference(asked))
        days = [one for one in plain.days if one.person_id == who and one.work_date in reported]
        inside = [one for one in plain.entries.values() if one.day_id in {day.id for day in days}]
        assert own.late == sum(day.late for day in days)
        assert (own.entries, own.with_outcome) == (len(inside), sum(bool(one.outcome) for one in inside))
        assert own.approved == len(told)
        notes = [
            one
            for one in plain.notes
            if one.to_id == who
            and one.given_at < row.cut_to
            and row.cut_from is not None
            and one.given_at >= row.cut_from
        ]
        assert sum(own.feedback.values()) == len(notes)
        assert own.unread == sum(one.read_at is None for one in notes)
        for one in own.progress:
            assert one.done == plain.done(one.target_id, row.cut_to)
    assert sum(len(told) for told in mine) == len(set().union(*mine)), "told twice"


async def check_team(session: AsyncSession, world: World, plain: Recount, head: int) -> None:
    rows = world.digests[DigestKind.TEAM, head]
    people = [who for who in world.people if plain.people[who].supervisor_id == head]
    everything: list[int] = []
    for row, told in zip(rows, plain.told(rows), strict=True):
        team = await team_week(session, head, row.week, now=LATER)
        assert {one.id for one in team.workers} == set(people)
        theirs = {one for one in told if plain.owner(one) in people}
        assert {entry for one in team.workers for entry in one.approved} == theirs
        assert team.approved == len(theirs)
        assert team.asked == sum(len(plain.asked(who, row)) for who in people)
        everything += theirs
    assert len(everything) == len(set(everything))
    stood = set().union(*(plain.approved_at(row.cut_to) for row in rows)) - plain.approved_at(FIRST_CUT)
    assert set(everything) == {one for one in stood if plain.owner(one) in people}


async def check_unit(session: AsyncSession, world: World, plain: Recount, group: int) -> None:
    rows = world.digests[DigestKind.UNIT, group]
    subject = await subject_of_group(session, group)
    everyone = [*world.people, *world.heads]
    people = [who for who in everyone if plain.people[who].unit_id == subject.unit_id]
    for row, told in zip(rows, plain.told(rows), strict=True):
        unit = await unit_week(session, subject, row.week, now=LATER)
        assert unit.approved == sum(plain.owner(one) in people for one in told)
        for day, reported, asked in unit.days:
            of_day = [who for who in people if day in plain.asked(who, row)]
            assert (reported, asked) == (sum(day in plain.reported(who, row) for who in of_day), len(of_day))
        again = await unit_week(session, subject, row.week, now=LATER + timedelta(days=300))
        assert (again.approved, again.days, again.best) == (unit.approved, unit.days, unit.best)
