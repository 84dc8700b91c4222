"""Offices with SKP of several versions, for tests that count them; and the plain recount of what was done."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import (
    Account,
    ActionStep,
    Aspect,
    Day,
    Decision,
    Entry,
    Indicator,
    PerformancePlan,
    Person,
    Role,
    RoleName,
    State,
    Target,
    Verdict,
)
from tests.services.ledger import Ledger, jakarta, ledger

BEGAN = jakarta(date(2026, 1, 1), 8)
UNITS = ("Dokumen", "dok", "org", "orang", None)
WRITTEN = {"dok": "dokumen", "org": "orang"}


@dataclass
class Plans:
    """Ids: people, the head who records, RHK in force by person."""

    people: list[int] = field(default_factory=list)
    head: int = 0
    wordings: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))


async def person(session: AsyncSession, name: str, supervisor: int | None) -> int:
    who = Person(name=name, supervisor_id=supervisor, created_at=BEGAN)
    session.add(who)
    await session.flush()
    session.add(Role(person_id=who.id, role=RoleName.STAFF))
    session.add(Account(user_id=who.id, person_id=who.id, chat_id=who.id, joined_at=BEGAN))
    return who.id


async def build_plans(session: AsyncSession, rng: random.Random) -> Plans:
    """A head and six people; the last has no SKP. RHK were reworded up to twice, some were dropped."""
    found, book = Plans(), ledger(session)
    found.head = await person(session, "Kepala", None)
    found.people = [found.head, *[await person(session, f"Orang {one}", found.head) for one in range(6)]]
    for who in found.people[:-1]:
        for year in (2025, 2026):
            await _plan(session, rng, found, who, year)
    for who in found.people:
        for _ in range(25):
            await _day(book, rng, found, who)
    return found


async def _plan(session: AsyncSession, rng: random.Random, found: Plans, who: int, year: int) -> None:
    plan = PerformancePlan(person_id=who, year=year, created_at=BEGAN, agreed_version=3, version=3)
    session.add(plan)
    await session.flush()
    for position in range(4):
        await _lineage(session, rng, found, plan, position)


async def _lineage(
    session: AsyncSession, rng: random.Random, found: Plans, plan: PerformancePlan, position: int
) -> None:
    """An RHK in one to three wordings, the last in force unless it was dropped; perhaps one to come."""
    first, dropped = None, rng.random() < 0.2
    units = [rng.choice(["Dokumen", "orang"]) for _ in range(rng.choice([0, 1, 1, 2, 2, 3]))]
    count = rng.choice([1, 2, 3])
    for number in range(count + (rng.random() < 0.3)):
        pending = number == count
        old = number < count - 1 or (dropped and not pending)
        target = Target(
            plan_id=plan.id,
            position=position,
            text=f"RHK {position} versi {number}",
            lineage_id=first,
            pending=pending,
            retired_at=BEGAN + timedelta(days=30 * number) if old else None,
        )
        session.add(target)
        await session.flush()
        first = first or target.id
        if not pending:
            found.wordings[plan.person_id].append(target.id)
        for place, unit in enumerate(units):
            session.add(
                Indicator(
                    target_id=target.id,
                    position=place,
                    aspect=Aspect.QUANTITY,
                    text=f"Jumlah {place}",
                    goal=rng.choice([Decimal(12), Decimal("2.5"), None]) if place else Decimal(12),
                    goal_text="12",
                    unit=unit,
                )
            )
        if rng.random() < 0.4:
            step = ActionStep(
                target_id=target.id,
                quarter=rng.randrange(1, 5),
                position=0,
                text="Langkah",
                goal=rng.choice([None, 3, 6]),
                created_at=BEGAN,
                retired_at=rng.choice([None, None, BEGAN]),
            )
            session.add(step)


async def _day(book: Ledger, rng: random.Random, found: Plans, who: int) -> None:
    edges = [
        date(2026, month, day)
        for month in (3, 6, 9, 12)
        for day in (30, 31)
        if (month, day) not in ((6, 31), (9, 31))
    ]
    starts = [date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1), date(2025, 12, 31)]
    work_date = rng.choice(
        [*edges, *starts, *(date(2026, 1, 1) + timedelta(days=rng.randrange(364)) for _ in range(9))]
    )
    taken = select(Day.id).where(Day.person_id == who, Day.work_date == work_date)
    if await book.session.scalar(taken) is not None:
        return
    sent = jakarta(work_date, 15)
    day = await book.day(who, work_date, sent=sent)
    for _ in range(rng.randrange(1, 4)):
        target = rng.choice([None, *found.wordings[who]])
        entry = await book.entry(
            day,
            "Bekerja",
            quantity=rng.choice([None, 0, 1, 7]),
            unit=rng.choice(UNITS),
            target_id=target,
        )
        entry.outside_plan = target is None and rng.random() < 0.7
        entry.minutes = rng.choice([30, 60, 90]) if rng.random() < 0.9 else None
        if who == found.head:
            entry.state = rng.choice([State.RECORDED, State.RECORDED, State.DRAFT])
            continue
        await _decide(book, rng, found, entry, sent)


async def _decide(book: Ledger, rng: random.Random, found: Plans, entry: Entry, sent: datetime) -> None:
    at, approved = sent, False
    for _ in range(rng.randrange(5)):
        at += timedelta(days=rng.choice([0, 1, 40]), hours=1)
        verdict = (
            Verdict.REOPEN if approved else rng.choice([Verdict.APPROVE, Verdict.APPROVE, Verdict.RETURN])
        )
        approved = verdict is Verdict.APPROVE
        await book.decide(entry, verdict, found.head, at)


class Recount:
    """Every row in memory, counted by plain loops."""

    async def read(self, session: AsyncSession) -> "Recount":
        self.days = {one.id: one for one in await session.scalars(select(Day))}
        self.entries = list(await session.scalars(select(Entry)))
        self.targets = {one.id: one for one in await session.scalars(select(Target))}
        self.plans = {one.id: one for one in await session.scalars(select(PerformancePlan))}
        self.indicators = list(
            await session.scalars(select(Indicator).order_by(Indicator.position, Indicator.id))
        )
        self.steps = list(await session.scalars(select(ActionStep)))
        self.decisions = list(
            await session.scalars(select(Decision).order_by(Decision.decided_at, Decision.id))
        )
        return self

    def counted(self, at: datetime) -> list[Entry]:
        standing = set()
        for one in self.decisions:
            if one.decided_at < at:
                standing.discard(one.entry_id)
                if one.verdict is Verdict.APPROVE:
                    standing.add(one.entry_id)
        return [
            one
            for one in self.entries
            if one.id in standing
            or (one.state is State.RECORDED and (self.days[one.day_id].first_submitted_at or at) < at)
        ]

    def rhk(self, who: int, year: int) -> list[Target]:
        mine = [one for one in self.plans.values() if one.person_id == who and one.year == year]
        return [
            one
            for one in sorted(self.targets.values(), key=lambda one: (one.position, one.id))
            if one.plan_id in {plan.id for plan in mine} and one.retired_at is None and not one.pending
        ]

    def sums(self, target: Target, year: int, at: datetime) -> dict[tuple[str, int], int]:
        """(unit, quarter) → how much, under all wordings."""
        lineage = target.lineage_id or target.id
        found: dict[tuple[str, int], int] = defaultdict(int)
        for one in self.counted(at):
            day = self.days[one.day_id].work_date
            of = self.targets.get(one.target_id or 0)
            if of is None or (of.lineage_id or of.id) != lineage or day.year != year or one.quantity is None:
                continue
            unit = (one.unit or "").lower()
            found[WRITTEN.get(unit, unit), (day.month - 1) // 3 + 1] += one.quantity
        return found

    def goals(self, target: Target) -> dict[str, Decimal]:
        """Unit → target; of one unit the first counts."""
        found: dict[str, Decimal] = {}
        for one in self.indicators:
            if one.target_id == target.id and one.goal and one.unit and one.unit.lower() not in found:
                found[one.unit.lower()] = one.goal
        return found

    def planned(self, target: Target, quarter: int) -> int | None:
        lineage = target.lineage_id or target.id
        goals = [
            one.goal
            for one in self.steps
            if one.quarter == quarter
            and one.retired_at is None
            and one.goal is not None
            and (self.targets[one.target_id].lineage_id or one.target_id) == lineage
        ]
        return sum(goals) if goals else None

    def outside(self, who: int, year: int, at: datetime) -> tuple[int, int, int, int, int]:
        """Entries outside, entries, minutes outside, minutes, entries with known minutes."""
        out = total = out_minutes = minutes = known = 0
        for one in self.counted(at):
            day = self.days[one.day_id]
            if day.person_id != who or day.work_date.year != year or not (one.target_id or one.outside_plan):
                continue
            is_out = one.target_id is None
            out, total = out + is_out, total + 1
            minutes += one.minutes or 0
            out_minutes += (one.minutes or 0) * is_out
            known += one.minutes is not None
        return out, total, out_minutes, minutes, known
