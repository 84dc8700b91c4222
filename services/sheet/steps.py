"""Which action step (rencana aksi) an entry belongs to.

    chosen for the entry → the only one of its RHK in that quarter → the one last used there → asked once

Steps go by the lineage of their RHK, so that a reworded RHK keeps them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import ActionStep, Day, Entry, PerformancePlan, Section, SheetRow, Target
from services.plans.standing import lineage_of
from services.sheet.rows import quarter_of

Place = tuple[int, int, int, int]
"""Year, section, position and id of an RHK: the order of the sheet."""


@dataclass(frozen=True, slots=True)
class StepRef:
    """One action step. `lineage`: of its RHK; `held`: not retired."""

    id: int
    lineage: int
    quarter: int
    text: str
    held: bool


@dataclass(frozen=True, slots=True)
class Steps:
    """A person's action steps and RHK. `places`, `wordings`: by lineage; `lineages`: by any wording's id."""

    all: Mapping[int, StepRef] = field(default_factory=dict)
    last_used: Mapping[int, date] = field(default_factory=dict)
    places: Mapping[int, Place] = field(default_factory=dict)
    wordings: Mapping[int, str] = field(default_factory=dict)
    lineages: Mapping[int, int] = field(default_factory=dict)

    def of(self, lineage: int, quarter: int) -> list[StepRef]:
        """What may be chosen for an RHK in a quarter, in order."""
        return [
            one for one in self.all.values() if one.held and (one.lineage, one.quarter) == (lineage, quarter)
        ]

    def in_quarter(self, quarter: int, year: int) -> list[StepRef]:
        """Every step of a quarter, in the order of the RHK."""
        found = [
            one
            for one in self.all.values()
            if one.held and one.quarter == quarter and self.places.get(one.lineage, (0,))[0] == year
        ]
        return sorted(found, key=lambda one: self.places[one.lineage])

    def usual(self, steps: Sequence[StepRef]) -> StepRef | None:
        """The only one, else the one last used, else none."""
        if len(steps) == 1:
            return steps[0]
        used = [one for one in steps if one.id in self.last_used]
        return max(used, key=lambda one: (self.last_used[one.id], one.id), default=None)


async def load_steps(session: AsyncSession, person_id: int) -> Steps:
    """Everything of a person's SKP that a sheet needs; three queries."""
    lineages: dict[int, int] = {}
    places: dict[int, Place] = {}
    wordings: dict[int, str] = {}
    held: dict[int, bool] = {}
    for row in await session.execute(
        select(
            Target.id,
            lineage_of().label("lineage"),
            Target.section,
            Target.position,
            Target.text,
            Target.pending,
            Target.retired_at,
            PerformancePlan.year,
        )
        .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
        .where(PerformancePlan.person_id == person_id)
        .order_by(Target.id)
    ):
        lineages[row.id] = row.lineage
        stands = row.retired_at is None and not row.pending
        if row.lineage in wordings and (held[row.lineage] or row.pending) and not stands:
            continue
        held[row.lineage] = stands
        places[row.lineage] = (row.year, row.section is not Section.MAIN, row.position, row.lineage)
        wordings[row.lineage] = row.text
    rows = await session.execute(
        select(ActionStep.id, lineage_of(), ActionStep.quarter, ActionStep.text, ActionStep.retired_at)
        .join(Target, Target.id == ActionStep.target_id)
        .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
        .where(PerformancePlan.person_id == person_id)
        .order_by(ActionStep.quarter, ActionStep.position, ActionStep.id)
    )
    steps = {
        step_id: StepRef(step_id, lineage, quarter, text, retired_at is None)
        for step_id, lineage, quarter, text, retired_at in rows
    }
    used = await session.execute(
        select(SheetRow.step_id, func.max(Day.work_date))
        .join(Entry, Entry.id == SheetRow.entry_id)
        .join(Day, Day.id == Entry.day_id)
        .where(Day.person_id == person_id, SheetRow.step_id.is_not(None))
        .group_by(SheetRow.step_id)
    )
    last_used = {step_id: last for step_id, last in used if step_id is not None}
    return Steps(steps, last_used, places, wordings, lineages)


def order_of(steps: Steps, lineage: int | None, step: StepRef | None, *, outside: bool) -> tuple[int, Place]:
    """Where an RHK's rows stand: RHK in their order, then what is outside the SKP, then what is unlinked."""
    found = lineage if lineage is not None else step.lineage if step is not None else None
    if found is not None and found in steps.places:
        return 0, steps.places[found]
    return (1 if outside else 2), (0, 0, 0, 0)


def offered(steps: Steps, lineage: int | None, work_date: date) -> list[tuple[int, str]]:
    """Id and text of what may be chosen for an entry of that day: of its RHK; without one, of all."""
    quarter = quarter_of(work_date)
    found = steps.in_quarter(quarter, work_date.year) if lineage is None else steps.of(lineage, quarter)
    return [(one.id, one.text) for one in found]
