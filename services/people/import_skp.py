"""Takes over SKP: all or nothing, and the same file twice changes nothing.

An RHK is known by its wording within a person's year; case and spaces do not count. A new wording is a new
Target. One that the file of that person and year no longer names is retired, never deleted, so that old
entries keep the wording they were judged by; naming it again revives it. Plans the file leaves out stay.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Indicator, PerformancePlan, Person, Section, Target
from services import audit
from services.clock import local_date
from services.people.people_file import reference_key
from services.people.rows import Fault, Remarks, Row, folded
from services.people.skp_file import PlanRecord, TargetRecord, read_plans

_AT_ONCE = 500
"""Ids in one IN list; SQLite takes a limited number of parameters."""


@dataclass(frozen=True, slots=True)
class SkpImported:
    """What an import did, counted in RHK; `plans` counts the SKP named. With `faults` it did nothing.

    `linked`: RHK of others that waited for a supervisor's RHK of this file and found it.
    """

    plans: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    retired: int = 0
    linked: int = 0
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


@dataclass(slots=True)
class _Match:
    """One RHK of the file and its Target."""

    record: TargetRecord
    target: Target
    person: Person
    year: int
    is_new: bool
    changed: bool


async def import_skp(
    session: AsyncSession, rows: Sequence[Row], *, now: datetime, actor_id: int | None = None
) -> SkpImported:
    """Imports rows with the columns of skp_file.COLUMNS, in the transaction in hand."""
    remarks = Remarks()
    records = read_plans(rows, remarks, today=local_date(now, "Asia/Jakarta"))
    people = {person.id: person for person in await session.scalars(select(Person))}
    owners = _owners(records, people, remarks)
    if remarks.faults:
        return SkpImported(faults=tuple(remarks.faults), warnings=tuple(remarks.warnings))
    plans = await _plans(session, records, owners, now)
    targets, indicators = await _present(session, plans)
    matches: list[_Match] = []
    retired, touched = 0, set[int]()
    for record, owner, plan in zip(records, owners, plans, strict=True):
        found, gone = _apply_plan(session, record, plan, owner, targets.get(plan.id, []), now)
        matches += found
        retired += gone
        if gone:
            touched.add(plan.id)
    await session.flush()
    for match in matches:
        match.changed |= await _apply_indicators(session, match, indicators.get(match.target.id, []))
    linked = await _link_parents(session, matches, people, remarks)
    touched.update(match.target.plan_id for match in matches if match.changed)
    for plan_id in sorted(touched):
        audit.record(session, "skp_imported", actor_id=actor_id, subject="plan", subject_id=plan_id, now=now)
    await session.flush()
    new = sum(match.is_new for match in matches)
    changed = sum(match.changed and not match.is_new for match in matches)
    return SkpImported(
        plans=len(plans),
        new=new,
        changed=changed,
        unchanged=len(matches) - new - changed,
        retired=retired,
        linked=linked,
        warnings=tuple(remarks.warnings),
    )


def _owners(records: Sequence[PlanRecord], people: Mapping[int, Person], remarks: Remarks) -> list[Person]:
    known: dict[str, Person] = {}
    for person in people.values():
        for value in filter(None, (person.staff_number, person.nip)):
            known[reference_key(value)] = person
    owners: list[Person] = []
    first: dict[tuple[int, int], PlanRecord] = {}
    for record in records:
        owner = known.get(reference_key(record.person))
        if owner is None:
            remarks.fault(record.cell, "nip", "person_unknown", value=record.person[:60])
            continue
        if not owner.active:
            remarks.fault(record.cell, "nip", "person_inactive")
        other = first.setdefault((owner.id, record.year), record)
        if other is not record:  # once by NIP and once by id_pegawai
            remarks.fault(record.cell, "nip", "person_two_ways", other=other.cell.address)
        owners.append(owner)
    return owners


async def _plans(
    session: AsyncSession, records: Sequence[PlanRecord], owners: Sequence[Person], now: datetime
) -> list[PerformancePlan]:
    """The plan of every record, made when it is not there yet."""
    years = {record.year for record in records}
    present = {
        (plan.person_id, plan.year): plan
        for plan in await session.scalars(select(PerformancePlan).where(PerformancePlan.year.in_(years)))
    }
    plans = []
    for record, owner in zip(records, owners, strict=True):
        plan = present.get((owner.id, record.year))
        if plan is None:
            plan = PerformancePlan(person_id=owner.id, year=record.year, created_at=now)
            session.add(plan)
        plans.append(plan)
    await session.flush()
    return plans


async def _present(
    session: AsyncSession, plans: Sequence[PerformancePlan]
) -> tuple[dict[int, list[Target]], dict[int, list[Indicator]]]:
    """(plan id → its targets, target id → its indicators), retired targets too."""
    targets: dict[int, list[Target]] = {}
    indicators: dict[int, list[Indicator]] = {}
    for ids in _portions([plan.id for plan in plans]):
        for target in await session.scalars(
            select(Target).where(Target.plan_id.in_(ids)).order_by(Target.position, Target.id)
        ):
            targets.setdefault(target.plan_id, []).append(target)
        for indicator in await session.scalars(
            select(Indicator)
            .join(Target, Target.id == Indicator.target_id)
            .where(Target.plan_id.in_(ids))
            .order_by(Indicator.position, Indicator.id)
        ):
            indicators.setdefault(indicator.target_id, []).append(indicator)
    return targets, indicators


def _apply_plan(
    session: AsyncSession,
    record: PlanRecord,
    plan: PerformancePlan,
    owner: Person,
    present: Sequence[Target],
    now: datetime,
) -> tuple[list[_Match], int]:
    """Adds, updates, revives and retires the targets of one plan; gives them and how many were retired."""
    by_wording: dict[str, Target] = {}
    for target in sorted(present, key=lambda target: target.retired_at is None):
        by_wording[folded(target.text)] = target  # one in use comes last and wins over a retired twin
    matches = []
    for position, (wording, wanted) in enumerate(record.targets.items()):
        section = wanted.section or Section.MAIN
        found = by_wording.get(wording)
        if found is None:
            found = Target(
                plan_id=plan.id,
                position=position,
                section=section,
                text=wanted.text,
                parent_text=wanted.parent,
            )
            session.add(found)
            matches.append(_Match(wanted, found, owner, record.year, is_new=True, changed=True))
            continue
        fields: dict[str, Any] = {
            "position": position,
            "section": section,
            "text": wanted.text,
            "parent_text": wanted.parent,
            "retired_at": None,
        }
        changed = _write(found, fields)
        matches.append(_Match(wanted, found, owner, record.year, is_new=False, changed=changed))
    named = {id(match.target) for match in matches}
    gone = [target for target in present if id(target) not in named and target.retired_at is None]
    for target in gone:
        target.retired_at = now
    return matches, len(gone)


async def _apply_indicators(session: AsyncSession, match: _Match, present: Sequence[Indicator]) -> bool:
    """Makes the indicators of a target those of the file; whether anything changed."""
    changed = False
    left = {(indicator.aspect, folded(indicator.text)): indicator for indicator in present}
    for position, wanted in enumerate(match.record.indicators):
        fields = {
            "position": position,
            "text": wanted.text,
            "goal": wanted.goal,
            "goal_text": wanted.goal_text,
            "unit": wanted.unit,
        }
        found = left.pop((wanted.aspect, folded(wanted.text)), None)
        if found is None:
            session.add(Indicator(target_id=match.target.id, aspect=wanted.aspect, **fields))
            changed = True
        else:
            changed |= _write(found, fields)
    for indicator in left.values():
        await session.delete(indicator)
        changed = True
    return changed


async def _link_parents(
    session: AsyncSession, matches: Sequence[_Match], people: Mapping[int, Person], remarks: Remarks
) -> int:
    """Ties each RHK to the supervisor's RHK it names, those of earlier files included."""
    years = {match.year for match in matches}
    wordings: dict[tuple[int, int, str], int] = {}
    waiting: list[tuple[Target, int, int]] = []
    for target, person_id, year in await session.execute(
        select(Target, PerformancePlan.person_id, PerformancePlan.year)
        .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
        .where(PerformancePlan.year.in_(years), Target.retired_at.is_(None))
    ):
        wordings[person_id, year, folded(target.text)] = target.id
        if target.parent_text is not None and target.parent_id is None:
            waiting.append((target, person_id, year))
    ours = {match.target.id for match in matches}
    for match in matches:
        parent = None
        if match.record.parent is not None:
            superior = match.person.supervisor_id
            parent = wordings.get((superior or 0, match.year, folded(match.record.parent)))
            if parent is None:
                code = "parent_not_found" if superior is not None else "parent_no_supervisor"
                remarks.warn(match.record.parent_cell, "rhk_atasan", code)
        match.changed |= _write(match.target, {"parent_id": parent})
    linked = 0
    for target, person_id, year in waiting:
        superior = people[person_id].supervisor_id
        found = wordings.get((superior or 0, year, folded(target.parent_text or "")))
        if target.id not in ours and found is not None:
            target.parent_id = found
            linked += 1
    return linked


def _write(row: Target | Indicator, fields: Mapping[str, Any]) -> bool:
    """Sets what differs; whether anything did."""
    changed = False
    for name, value in fields.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    return changed


def _portions(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
