"""The SKP that hold, as rows of the file that `import_skp` takes: imported again, they change nothing.

SKP that were never agreed are left out, and so is what waits to be agreed.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import AuditEvent, Indicator, PerformancePlan, Person, Target
from services.people.goals import read_goal
from services.plans.skp_adding import add_rows
from services.plans.skp_file import StepRecord, steps_text
from services.plans.skp_present import Present, load_present
from services.plans.words import QUARTERS

Value = str | int | float | None
Line = tuple[Value, ...]
LONGEST_NUMBER = 12
"""Digits that a spreadsheet shows as they are."""


@dataclass(slots=True)
class Exported:
    """Rows with the columns of skp_file and skp_sheets. `under_way`: SKP never agreed; `nameless`: of people
    whom a file cannot name.
    """

    rows: list[Line] = field(default_factory=list)
    annexes: list[Line] = field(default_factory=list)
    expectations: list[Line] = field(default_factory=list)
    plans: int = 0
    targets: int = 0
    under_way: int = 0
    nameless: int = 0
    plan_ids: list[int] = field(default_factory=list)


async def export_skp(session: AsyncSession, year: int) -> Exported:
    """All SKP of active people in a year, people by name, RHK in their order."""
    found = (
        await session.execute(
            select(PerformancePlan, Person)
            .join(Person, Person.id == PerformancePlan.person_id)
            .where(PerformancePlan.year == year, Person.active)
            .order_by(Person.name, Person.id)
        )
    ).all()
    exported = Exported()
    owners: dict[int, tuple[str, str]] = {}
    plans: list[PerformancePlan] = []
    for plan, person in found:
        reference = person.nip or person.staff_number
        if not plan.agreed_version:
            exported.under_way += 1
        elif reference is None:
            exported.nameless += 1
        else:
            owners[plan.id] = reference, person.name
            plans.append(plan)
    for present in await load_present(session, plans):
        _put(exported, present, (*owners[present.plan.id], year))
    exported.plans = len(plans)
    exported.plan_ids = [plan.id for plan in plans]
    return exported


async def note_export(session: AsyncSession, exported: Exported, *, year: int, now: datetime) -> None:
    """These SKP are about to leave the office's machine: on the record, before they do."""
    events = [
        AuditEvent(
            at=now, actor_id=None, action="skp_exported", subject="plan", subject_id=one, detail=str(year)
        )
        for one in exported.plan_ids
    ]
    await add_rows(session, events)


def _put(exported: Exported, present: Present, who: Line) -> None:
    for target in present.in_force:
        exported.targets += 1
        steps = tuple(_steps(present, target, quarter) for quarter in QUARTERS)
        for place, one in enumerate(present.indicators.get(target.id, ())):
            exported.rows.append(
                (
                    *who,
                    target.section.value,
                    target.perspective.value.replace("_", " ") if target.perspective else None,
                    target.text,
                    next(iter(present.served.get(target.parent_id or 0, ())), target.parent_text),
                    one.aspect.value,
                    one.text,
                    _goal(one),
                    one.unit,
                    *(steps if place == 0 else (None,) * len(steps)),
                )
            )
    for line in present.annexes:
        if not line.pending:
            exported.annexes.append((*who, line.kind.value.replace("_", " "), line.text))
    for behaviour, expectation in present.expectations.items():
        exported.expectations.append((*who, behaviour.value.replace("_", " "), expectation.text))


def _steps(present: Present, target: Target, quarter: int) -> str | None:
    steps = present.steps.get((target.lineage, quarter), [])
    return steps_text([StepRecord(one.text, one.goal) for one in steps]) or None


def _goal(one: Indicator) -> Value:
    """A plain whole number as a number, so that the office can add it up; else the words.

    Words that would be read as another number than stood in their cell are written as that number.
    """
    if one.goal_text.isascii() and one.goal_text.isdigit() and one.goal_text[0] != "0":
        return int(one.goal_text) if len(one.goal_text) <= LONGEST_NUMBER else one.goal_text
    as_text = read_goal(one.goal_text, one.unit, aspect=one.aspect, is_number=False)
    if as_text.number == one.goal or one.goal is None:
        return one.goal_text
    return float(one.goal)
