"""Takes over SKP from a file: all or nothing, and the same file twice changes nothing.

    as agreed:     ──▶ agreed, the next version; what it replaces is retired, never deleted
    `propose`:     ──▶ proposed; what was agreed holds until the supervisor agrees (without one: as agreed)

An SKP that somebody is at work on in chat, or that waits for a decision, is not overwritten: a fault, unless
`replace`. Plans, annexes, behaviours and quarters that the file leaves out stay as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import AuditEvent, Base, Behaviour, PerformancePlan, Person, PlanState, Target
from models.engine import insert_into
from services.clock import local_date
from services.people.people_file import reference_key
from services.people.rows import NOWHERE, Fault, Remarks, Row, folded, without_examples
from services.plans.skp_adding import add_rows, add_targets
from services.plans.skp_comparing import Changes, Match, compare, leaders_own
from services.plans.skp_file import PlanRecord, Plans, read_plans
from services.plans.skp_following import Replaced, follow_import, link_parents, tell_proposed, tell_replaced
from services.plans.skp_present import Present, load_present, portions
from services.plans.skp_sheets import read_annexes, read_expectations
from services.plans.skp_writing import (
    WrittenPlan,
    begin_version,
    write_annexes,
    write_expectations,
    write_indicators,
    write_steps,
    write_targets,
)

NAMES_ALIKE = 55.0
"""How much alike, of 100, the name of the file and that of the NIP are at least."""
MOST_NAMED = 20
"""So many RHK that a file leaves out are named one by one, the rest counted."""
_UNDER_WAY = {
    PlanState.DRAFT: "plan_draft",
    PlanState.PROPOSED: "plan_waiting",
    PlanState.RETURNED: "plan_was_returned",
}


@dataclass(frozen=True, slots=True)
class SkpImported:
    """What an import did, counted in RHK; `plans` counts the SKP named. With `faults` it did nothing.

    `versions`: agreed SKP that got a new version; `proposed`: SKP now before a supervisor; `linked`: RHK of
    others that waited for a supervisor's RHK of this file and found it.
    """

    plans: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    retired: int = 0
    linked: int = 0
    versions: int = 0
    proposed: int = 0
    annex_lines: int = 0
    expectations: int = 0
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


@dataclass(slots=True)
class _Job:
    """One SKP of the file on its way in."""

    record: PlanRecord
    owner: Person
    present: Present
    changes: Changes
    propose: bool
    begins: bool
    """Whether a version begins; else nothing that is agreed changes."""
    gives_up: PlanState | None = None
    """The state of what somebody had under way in chat, when the file takes its place."""
    leaders: Sequence[Behaviour] = ()
    """Of which behaviours the file words the leader's own expectation otherwise; not with a proposal."""
    written: WrittenPlan | None = None

    @property
    def targets(self) -> list[tuple[Match, Target]]:
        """Each RHK of the file, and the wording that has it now."""
        if self.written is not None:
            return self.written.targets
        return [(one, one.there) for one in self.changes.matches if one.there is not None]


async def import_skp(
    session: AsyncSession,
    rows: Sequence[Row],
    *,
    annexes: Sequence[Row] = (),
    expectations: Sequence[Row] = (),
    now: datetime,
    actor_id: int | None = None,
    propose: bool = False,
    replace: bool = False,
) -> SkpImported:
    """Imports rows with the columns of skp_file and skp_sheets, in the transaction in hand.

    With faults, whoever calls rolls back: a plan may have been made.
    """
    remarks = Remarks()
    records = list(_read(rows, annexes, expectations, remarks, now).values())
    people = {person.id: person for person in await session.scalars(select(Person))}
    owners = _owners(records, people, remarks)
    if remarks.faults:
        return SkpImported(faults=tuple(remarks.faults), warnings=tuple(remarks.warnings))
    plans = await _plans(session, records, owners, now)
    jobs = [
        _job(record, owner, present, propose=propose, replace=replace, remarks=remarks)
        for record, owner, present in zip(records, owners, await load_present(session, plans), strict=True)
    ]
    if remarks.faults:
        return SkpImported(faults=tuple(remarks.faults), warnings=tuple(remarks.warnings))
    _name_gone([job for job in jobs if job.begins], remarks)
    return await _take_over(session, jobs, people, remarks, now=now, actor_id=actor_id)


def _read(
    rows: Sequence[Row],
    annexes: Sequence[Row],
    expectations: Sequence[Row],
    remarks: Remarks,
    now: datetime,
) -> Plans:
    today = local_date(now, "Asia/Jakarta")
    kept = without_examples((rows, annexes, expectations), "nip", remarks)
    plans = read_plans(kept[0], remarks, today=today)
    read_annexes(kept[1], plans, remarks, today=today)
    read_expectations(kept[2], plans, remarks, today=today)
    if not any(kept):
        first = next((one for one in (*rows, *annexes, *expectations)), {})
        remarks.fault(first.get("nip", NOWHERE), "nip", "only_examples")
    return plans


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
        for name, cell in record.names.items():
            if fuzz.token_set_ratio(name, folded(owner.name)) < NAMES_ALIKE:
                remarks.warn(cell, "nama", "name_differs", name=owner.name)
        owners.append(owner)
    return owners


async def _plans(
    session: AsyncSession, records: Sequence[PlanRecord], owners: Sequence[Person], now: datetime
) -> list[PerformancePlan]:
    """The plan of every record, locked, made when it is not there yet."""
    wanted = [(owner.id, record.year) for record, owner in zip(records, owners, strict=True)]
    present = await _plans_of(wanted, session)
    missing = [key for key in wanted if key not in present]
    if missing:
        made = insert_into(session, PerformancePlan)
        await session.execute(
            made.on_conflict_do_nothing(index_elements=["person_id", "year"]),  # begun in chat meanwhile
            [{"person_id": person_id, "year": year, "created_at": now} for person_id, year in missing],
        )
        present |= await _plans_of(missing, session)
    return [present[key] for key in wanted]


async def _plans_of(
    wanted: Sequence[tuple[int, int]], session: AsyncSession
) -> dict[tuple[int, int], PerformancePlan]:
    """Those of these people and years that there are, locked in the order of the people; nobody else's."""
    years = {year for _, year in wanted}
    found: dict[tuple[int, int], PerformancePlan] = {}
    for people in portions(sorted({person_id for person_id, _ in wanted})):
        for plan in await session.scalars(
            select(PerformancePlan)
            .where(PerformancePlan.person_id.in_(people), PerformancePlan.year.in_(years))
            .order_by(PerformancePlan.person_id, PerformancePlan.year)
            .with_for_update()
            .execution_options(populate_existing=True)
        ):
            found[plan.person_id, plan.year] = plan
    return found


def _job(
    record: PlanRecord, owner: Person, present: Present, *, propose: bool, replace: bool, remarks: Remarks
) -> _Job:
    """What is to be done with one SKP; one that must not be touched is a fault."""
    propose = propose and owner.supervisor_id is not None
    plan = present.plan
    lines = [one for one in present.annexes if not one.pending]
    if not record.targets and not present.alive:
        remarks.fault(record.cell, "nip", "plan_missing", year=record.year)
    if propose and plan.state is PlanState.PROPOSED:
        in_hand = [one for one in present.annexes if not one.drop_asked]
        changes = compare(record, present, present.in_hand, in_hand)
        if not changes.any:
            return _Job(record, owner, present, changes, propose, begins=False)
    changes = compare(record, present, present.in_force, lines)
    begins = changes.any or (not plan.agreed_version and bool(record.targets or record.annexes))
    if begins and present.is_under_way and not (replace and record.targets):
        remarks.fault(record.cell, "nip", _UNDER_WAY[plan.state], year=record.year)
    if propose and plan.agreed_version and changes.form:
        remarks.fault(record.cell, "perspektif", "form_agreed", year=record.year)
    leaders = leaders_own(record, present)
    if propose and leaders:
        remarks.warn(record.cell, "perilaku", "expectation_kept", count=len(leaders))
    for match in changes.matches:
        if match.reworded and match.there is not None:
            remarks.warn(match.record.cell, "rhk", "wording_continues", value=match.there.text[:80])
    return _Job(
        record,
        owner,
        present,
        changes,
        propose,
        begins,
        gives_up=plan.state if begins and present.is_under_way else None,
        leaders=() if propose else leaders,
    )


def _name_gone(jobs: Sequence[_Job], remarks: Remarks) -> None:
    """Remarks on the RHK that the file no longer names, so that none goes unseen."""
    gone = [(job, one) for job in jobs for one in job.changes.gone]
    for job, one in gone[:MOST_NAMED]:
        remarks.warn(job.record.cell, "rhk", "target_gone", name=job.owner.name, value=one.text[:80])
    if more := gone[MOST_NAMED:]:
        remarks.warn(more[0][0].record.cell, "rhk", "targets_gone", count=len(more))


async def _take_over(
    session: AsyncSession,
    jobs: Sequence[_Job],
    people: Mapping[int, Person],
    remarks: Remarks,
    *,
    now: datetime,
    actor_id: int | None,
) -> SkpImported:
    versions = annex_lines = 0
    begun = [job for job in jobs if job.begins]
    rows: list[Base] = []
    for job in begun:
        plan = job.present.plan
        versions += plan.agreed_version > 0
        rows.append(begin_version(job.present, job.changes, propose=job.propose, actor_id=actor_id, now=now))
        job.written = write_targets(job.present, job.changes, propose=job.propose, now=now)
        lines = write_annexes(job.present, job.changes, propose=job.propose, now=now)
        annex_lines += len(lines) + sum(len(old) for _, old in job.changes.annexes.values())
        rows += lines
    await session.flush()
    await add_rows(session, rows)
    await add_targets(session, [job.written for job in begun if job.written is not None])
    touched, expected = await _write_parts(session, jobs, now=now, actor_id=actor_id)
    taken = [(job.owner, job.record.year, match, one) for job in jobs for match, one in job.targets]
    moved, linked = await link_parents(session, taken, people, remarks)
    touched |= moved
    await session.flush()
    await follow_import(session, [job.written for job in begun if job.written is not None])
    proposed = [(job.owner, job.present.plan) for job in begun if job.propose]
    await tell_proposed(session, proposed, now=now)
    replaced = [Replaced(job.owner, job.present.plan, job.gives_up, job.leaders) for job in jobs]
    await tell_replaced(session, replaced, now=now)
    changed_plans = {job.present.plan.id for job in begun} | set(expected)
    changed_plans |= {row.plan_id for _, _, _, row in taken if row.id in touched}
    audits = [
        AuditEvent(at=now, actor_id=actor_id, action="skp_imported", subject="plan", subject_id=plan_id)
        for plan_id in sorted(changed_plans)
    ]
    await add_rows(session, audits)
    new = sum(match.is_new for _, _, match, _ in taken)
    changed = sum(not one.is_new and (not one.same or row.id in touched) for _, _, one, row in taken)
    return SkpImported(
        plans=len(jobs),
        new=new,
        changed=changed,
        unchanged=len(taken) - new - changed,
        retired=sum(len(job.changes.gone) for job in begun),
        linked=linked,
        versions=versions,
        proposed=len(proposed),
        annex_lines=annex_lines,
        expectations=sum(expected.values()),
        warnings=tuple(remarks.warnings),
    )


async def _write_parts(
    session: AsyncSession, jobs: Sequence[_Job], *, now: datetime, actor_id: int | None
) -> tuple[set[int], dict[int, int]]:
    """Indicators, steps and expectations: (ids of RHK whose steps changed, plan → its new expectations)."""
    touched: set[int] = set()
    rows: list[Base] = []
    expected: dict[int, int] = {}
    for job in jobs:
        for match, target in job.targets:
            if job.written is not None and not match.same:
                rows += write_indicators(job.present, match, target)
            steps, changed = write_steps(job.present, match, target, now=now)
            rows += steps
            if changed:
                touched.add(target.id)
        fresh = write_expectations(job.present, job.record, propose=job.propose, actor_id=actor_id, now=now)
        rows += fresh
        if fresh:
            expected[job.present.plan.id] = len(fresh)
    await session.flush()
    await add_rows(session, rows)
    return touched, expected
