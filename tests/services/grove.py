"""An office's RHK and what was done for them, written straight into the tables: for tests of the tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import (
    ActingSupervisor,
    Aspect,
    Capacity,
    Day,
    Decision,
    Entry,
    Indicator,
    PerformancePlan,
    State,
    Target,
    Verdict,
)

YEAR = 2026
OLD = timedelta(days=60)
"""The age of every SKP."""


@dataclass
class Grove:
    """`now`: when everything was written."""

    session: AsyncSession
    now: datetime

    async def plan(self, person: int, year: int = YEAR) -> PerformancePlan:
        """A person's SKP, made when there is none."""
        found = await self.session.scalar(
            select(PerformancePlan).where(PerformancePlan.person_id == person, PerformancePlan.year == year)
        )
        if found is None:
            found = PerformancePlan(person_id=person, year=year, created_at=self.now - OLD)
            self.session.add(found)
            await self.session.flush()
        return found

    async def rhk(
        self, person: int, text: str, *, serves: int | None = None, goal: int | None = None, year: int = YEAR
    ) -> int:
        """An RHK at the end of somebody's SKP."""
        plan = await self.plan(person, year)
        target = Target(plan_id=plan.id, position=100, text=text, parent_id=serves)
        self.session.add(target)
        await self.session.flush()
        if goal is not None:
            self.session.add(
                Indicator(
                    target_id=target.id,
                    position=0,
                    aspect=Aspect.QUANTITY,
                    text="Jumlah",
                    goal=Decimal(goal),
                    goal_text=str(goal),
                    unit="dokumen",
                )
            )
            await self.session.flush()
        return target.id

    async def reworded(self, target_id: int, text: str) -> int:
        """A new wording takes an RHK's place; gives its id."""
        old = await self.session.get_one(Target, target_id)
        fresh = Target(
            plan_id=old.plan_id,
            position=old.position,
            text=text,
            parent_id=old.parent_id,
            lineage_id=old.lineage,
        )
        old.retired_at = self.now
        self.session.add(fresh)
        await self.session.flush()
        return fresh.id

    async def did(
        self,
        person: int,
        target: int,
        day: date,
        activity: str = "Menyusun modul",
        *,
        state: State = State.APPROVED,
        outcome: str | None = None,
        by: int | None = None,
    ) -> int:
        """An entry of somebody; an approved one has its decision."""
        there = await self.session.scalar(select(Day).where(Day.person_id == person, Day.work_date == day))
        if there is None:
            there = Day(person_id=person, work_date=day, state=state, created_at=self.now)
            self.session.add(there)
            await self.session.flush()
        entry = Entry(
            day_id=there.id,
            position=0,
            state=state,
            activity=activity,
            outcome=outcome,
            quantity=1,
            unit="dokumen",
            target_id=target,
            created_at=self.now,
        )
        self.session.add(entry)
        await self.session.flush()
        if state is State.APPROVED:
            self.session.add(
                Decision(
                    day_id=there.id,
                    entry_id=entry.id,
                    verdict=Verdict.APPROVE,
                    revision=1,
                    decided_by=by or person,
                    decided_at=self.now - timedelta(hours=1),
                )
            )
            await self.session.flush()
        return entry.id

    async def stands_in(self, who: int, supervisor: int, days: Sequence[date]) -> None:
        """Somebody is Plt. of a supervisor between two dates."""
        self.session.add(
            ActingSupervisor(
                supervisor_id=supervisor,
                acting_id=who,
                capacity=Capacity.PLT,
                first=days[0],
                last=days[-1],
                set_by=supervisor,
                created_at=self.now,
            )
        )
        await self.session.flush()
