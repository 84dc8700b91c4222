"""Takes over the office's list of people: all or nothing, and the same file twice changes nothing.

Who a row is: the NIP, else the id_pegawai; an id_pegawai whose NIP is new or corrected stays the same person
as long as the name does; somebody here without either (an administrator made by hand) is taken for the row
with exactly their name. Empty cells: zone, pattern, roles, status and identifiers stay as they are; rank,
position, unit and supervisor become empty. Columns and people that are not in the file are left alone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Pattern, PerformancePlan, Person, PlanState, Role, RoleName, Unit
from models.days import SUBMITTED
from services import audit
from services.clock import local_date
from services.entries.sending import tell_queue
from services.people.people_file import PersonRecord, read_people, reference_key
from services.people.rows import Cell, Fault, Remarks, Row, folded
from services.plans.dialogue import put_back
from services.plans.skp_following import tell_proposed
from services.rounds.plan import plan_everybody

_ALWAYS = {"name": "nama"}
_KEPT_WHEN_EMPTY = {
    "nip": "nip",
    "staff_number": "id_pegawai",
    "zone": "zona",
    "pattern": "pola_kerja",
    "employment": "status_pegawai",
}
_EMPTIED = {"rank": "pangkat_golongan", "position": "jabatan"}


@dataclass(frozen=True, slots=True)
class Change:
    """One person who was added (`columns` empty) or changed in these columns."""

    cell: str
    person_id: int
    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PeopleImported:
    """What an import did. With `faults` it did nothing. `not_named`: active people the file leaves out."""

    new: tuple[Change, ...] = ()
    changed: tuple[Change, ...] = ()
    unchanged: int = 0
    not_named: int = 0
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


@dataclass(slots=True)
class _Match:
    """A row and who it is. `node`: the person's id, or a negative number for somebody new."""

    record: PersonRecord
    person: Person | None
    node: int
    superior: int | None = None


async def import_people(
    session: AsyncSession, rows: Sequence[Row], *, now: datetime, actor_id: int | None = None
) -> PeopleImported:
    """Imports rows with the columns of people_file.COLUMNS, in the transaction in hand."""
    remarks = Remarks()
    records = read_people(rows, remarks, today=local_date(now, "Asia/Jakarta"))
    people = {person.id: person for person in await session.scalars(select(Person))}
    matches = _match(records, people, remarks)
    _resolve_superiors(matches, people, remarks)
    _find_cycles(matches, people, remarks)
    if remarks.faults:
        return PeopleImported(faults=tuple(remarks.faults), warnings=tuple(remarks.warnings))
    units = await _units(session, records)
    changes: dict[int, set[str]] = {}
    for match in matches:
        changes[match.node] = _apply(match, units, remarks, now)
    session.add_all([match.person for match in matches if match.node < 0])
    await session.flush()
    ids = {match.node: match.person.id for match in matches if match.person is not None}
    former = {match.node: match.person.supervisor_id for match in matches if match.person is not None}
    for match in matches:
        _apply_superior(match, ids, changes[match.node])
    _find_superiors_who_left(matches, people, remarks)
    await _apply_roles(session, matches, changes, remarks)
    await session.flush()
    report = _report(session, matches, changes, remarks, people=people, now=now, actor_id=actor_id)
    if report.new or report.changed:
        await session.flush()
        await _tell_queues(session, matches, former, now=now)
        await _hand_over_plans(session, matches, former, actor_id=actor_id, now=now)
        await plan_everybody(session, now=now)
    return report


def _match(records: Sequence[PersonRecord], people: Mapping[int, Person], remarks: Remarks) -> list[_Match]:
    by_nip = {person.nip: person for person in people.values() if person.nip}
    by_number = {folded(person.staff_number): person for person in people.values() if person.staff_number}
    bare = [person for person in people.values() if not person.nip and not person.staff_number]
    bare_names = Counter(folded(person.name) for person in bare)
    named = Counter(folded(record.name) for record in records)
    by_name = {folded(person.name): person for person in bare if bare_names[folded(person.name)] == 1}
    matches: list[_Match] = []
    taken: dict[int, Cell] = {}
    for number, record in enumerate(records, start=1):
        column = record.identity_column
        person = by_nip.get(record.nip) if record.nip else None
        holder = by_number.get(folded(record.staff_number)) if record.staff_number else None
        if person is not None and holder is not None and person is not holder:
            remarks.fault(record.cell("id_pegawai"), "id_pegawai", "identity_conflict", name=holder.name)
        elif person is None and holder is not None:
            person = holder
            if record.nip and holder.nip and folded(holder.name) != folded(record.name):
                remarks.fault(record.cell("id_pegawai"), "id_pegawai", "identity_conflict", name=holder.name)
            elif record.nip and holder.nip:
                remarks.warn(record.cell("nip"), "nip", "nip_corrected")
        elif person is None and named[folded(record.name)] == 1:
            person = by_name.get(folded(record.name))
            if person is not None:
                remarks.warn(record.cell("nama"), "nama", "adopted")
        if person is not None:
            cell = record.cell(column)
            if (other := taken.setdefault(person.id, cell)) is not cell:
                remarks.fault(cell, column, "person_twice", other=other.address)
        matches.append(_Match(record, person, person.id if person is not None else -number))
    return matches


def _resolve_superiors(matches: Sequence[_Match], people: Mapping[int, Person], remarks: Remarks) -> None:
    """Finds who each `nip_atasan` is, in the file or already here."""
    known: dict[str, int] = {}
    for person in people.values():
        for value in filter(None, (person.nip, person.staff_number)):
            known[reference_key(value)] = person.id
    for match in matches:
        for value in filter(None, (match.record.nip, match.record.staff_number)):
            known[reference_key(value)] = match.node
    in_file = {match.node for match in matches}
    for match in matches:
        if match.record.supervisor is None:
            continue
        cell = match.record.cell("nip_atasan")
        node = known.get(reference_key(match.record.supervisor))
        if node is None:
            remarks.fault(cell, "nip_atasan", "supervisor_unknown", value=match.record.supervisor[:60])
        elif node == match.node:
            remarks.fault(cell, "nip_atasan", "supervisor_self")
        elif node not in in_file and not people[node].active:
            remarks.fault(cell, "nip_atasan", "supervisor_inactive")
        else:
            match.superior = node


def _find_cycles(matches: Sequence[_Match], people: Mapping[int, Person], remarks: Remarks) -> None:
    """Reports every circle of supervisors once, at the first of its rows."""
    above = {person.id: person.supervisor_id for person in people.values()}
    rows = {}
    for match in matches:
        if match.node < 0 or "nip_atasan" in match.record.row:
            above[match.node] = match.superior
        rows[match.node] = match.record
    done: set[int] = set()
    for match in matches:
        path: dict[int, int] = {}
        node: int | None = match.node
        while node is not None and node not in done:
            if node in path:
                circle = list(path)[path[node] :]
                record = next((rows[member] for member in circle if member in rows), match.record)
                names = [rows[member].name if member in rows else people[member].name for member in circle]
                remarks.fault(
                    record.cell("nip_atasan"), "nip_atasan", "supervisor_circle", names=" → ".join(names)
                )
                break
            path[node] = len(path)
            node = above.get(node)
        done.update(path)


async def _units(session: AsyncSession, records: Sequence[PersonRecord]) -> dict[str, int]:
    """Folded name → id of every unit, new ones made."""
    units = {folded(unit.name): unit for unit in await session.scalars(select(Unit))}
    for record in records:
        if record.unit and folded(record.unit) not in units:
            units[folded(record.unit)] = unit = Unit(name=record.unit)
            session.add(unit)
    await session.flush()
    return {name: unit.id for name, unit in units.items()}


def _apply(match: _Match, units: Mapping[str, int], remarks: Remarks, now: datetime) -> set[str]:
    """Writes what a row says onto its person; gives the columns that changed."""
    record = match.record
    if match.person is None:
        match.person = Person(
            name=record.name, created_at=now, active=True, zone="Asia/Jakarta", pattern=Pattern.FIVE_DAYS
        )
    person = match.person
    wanted: dict[str, tuple[str, Any]] = {}
    for field, column in (_ALWAYS | _KEPT_WHEN_EMPTY | _EMPTIED).items():
        value = getattr(record, field)
        if column in record.row and (value is not None or field in _EMPTIED):
            wanted[field] = (column, value)
    if "unit_kerja" in record.row:
        wanted["unit_id"] = ("unit_kerja", units[folded(record.unit)] if record.unit else None)
    changed = set()
    for field, (column, value) in wanted.items():
        if getattr(person, field) != value:
            setattr(person, field, value)
            changed.add(column)
    if not person.active:
        person.active = True
        changed.add("aktif")
        remarks.warn(record.cell("nama"), "nama", "active_again")
    return changed


def _apply_superior(match: _Match, ids: Mapping[int, int], changed: set[str]) -> None:
    person = match.person
    assert person is not None
    if "nip_atasan" not in match.record.row:
        return
    superior = None if match.superior is None else ids.get(match.superior, match.superior)
    if person.supervisor_id != superior:
        person.supervisor_id = superior
        changed.add("nip_atasan")


def _find_superiors_who_left(
    matches: Sequence[_Match], people: Mapping[int, Person], remarks: Remarks
) -> None:
    """Warns of people whose reports nobody can decide. Everybody in the file is active by now."""
    for match in matches:
        superior = people.get(match.person.supervisor_id or 0) if match.person is not None else None
        if superior is not None and not superior.active:
            remarks.warn(match.record.cell("nama"), "nama", "supervisor_left", name=superior.name)


async def _tell_queues(
    session: AsyncSession, matches: Sequence[_Match], former: Mapping[int, int | None], *, now: datetime
) -> None:
    """A day that waits goes with its person: both supervisors see it, the one without and the one with it."""
    waiting = set(await session.scalars(select(Day.person_id).where(Day.state == SUBMITTED).distinct()))
    concerned: set[int | None] = set()
    for match in matches:
        person = match.person
        if person is not None and person.id in waiting and former[match.node] != person.supervisor_id:
            concerned |= {former[match.node], person.supervisor_id}
    for supervisor_id in sorted(one for one in concerned if one is not None):
        await tell_queue(session, supervisor_id, now=now)


async def _hand_over_plans(
    session: AsyncSession,
    matches: Sequence[_Match],
    former: Mapping[int, int | None],
    *,
    actor_id: int | None,
    now: datetime,
) -> None:
    """An SKP that waits goes with its person too: to the new supervisor; with none it is a draft again."""
    waiting = list(
        await session.scalars(
            select(PerformancePlan)
            .where(PerformancePlan.state == PlanState.PROPOSED)
            .order_by(PerformancePlan.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    moved = {
        match.person.id: match.person
        for match in matches
        if match.person is not None and former[match.node] != match.person.supervisor_id
    }
    handed = [(moved[plan.person_id], plan) for plan in waiting if plan.person_id in moved]
    for person, plan in handed:
        if person.supervisor_id is None:
            put_back(session, plan, by=actor_id, now=now)
    await session.flush()
    await tell_proposed(session, [one for one in handed if one[0].supervisor_id is not None], now=now)


async def _apply_roles(
    session: AsyncSession, matches: Sequence[_Match], changes: Mapping[int, set[str]], remarks: Remarks
) -> None:
    """Roles as the file says; whoever is named as supervisor is one; the last administrator stays one."""
    held: dict[int, dict[RoleName, Role]] = {}
    for role in await session.scalars(select(Role)):
        held.setdefault(role.person_id, {})[role.role] = role
    active = {
        person.id: person.supervisor_id
        for person in await session.scalars(select(Person).where(Person.active))
    }
    supervising = {superior for superior in active.values() if superior is not None}
    admins = sum(RoleName.ADMIN in roles for person_id, roles in held.items() if person_id in active)
    in_file = set()
    for match in matches:
        assert match.person is not None
        person_id = match.person.id
        in_file.add(person_id)
        has = held.get(person_id, {})
        wants = set(match.record.roles or has or {RoleName.STAFF})
        if person_id in supervising:
            wants.add(RoleName.SUPERVISOR)
        if RoleName.ADMIN in has and RoleName.ADMIN not in wants:
            if admins == 1:
                wants.add(RoleName.ADMIN)
                remarks.warn(match.record.cell("peran"), "peran", "last_admin_kept")
            else:
                admins -= 1
        for name in wants - has.keys():
            session.add(Role(person_id=person_id, role=name))
        for name in has.keys() - wants:
            await session.delete(has[name])
        if wants != has.keys():
            changes[match.node].add("peran")
    for person_id in supervising - in_file:  # a supervisor the file names only in nip_atasan
        if RoleName.SUPERVISOR not in held.get(person_id, {}):
            session.add(Role(person_id=person_id, role=RoleName.SUPERVISOR))


def _report(
    session: AsyncSession,
    matches: Sequence[_Match],
    changes: Mapping[int, set[str]],
    remarks: Remarks,
    *,
    people: Mapping[int, Person],
    now: datetime,
    actor_id: int | None,
) -> PeopleImported:
    new, changed = [], []
    for match in matches:
        person, record = match.person, match.record
        assert person is not None
        columns = () if match.node < 0 else tuple(sorted(changes[match.node]))
        change = Change(record.cell(record.identity_column).address, person.id, person.name, columns)
        if match.node < 0:
            new.append(change)
        elif columns:
            changed.append(change)
        else:
            continue
        audit.record(
            session,
            "person_imported" if match.node < 0 else "person_changed",
            actor_id=actor_id,
            subject="person",
            subject_id=person.id,
            now=now,
            detail=",".join(columns) or None,
        )
    named = {match.node for match in matches}
    return PeopleImported(
        new=tuple(new),
        changed=tuple(changed),
        unchanged=len(matches) - len(new) - len(changed),
        not_named=sum(person.active for key, person in people.items() if key not in named),
        warnings=tuple(remarks.warnings),
    )
