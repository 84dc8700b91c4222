"""What the columns of an SKP file mean: a row per indicator, grouped by person, year and wording of the RHK.

Pure: rows in, plans and remarks out. Who the people are, the import finds out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from models import Aspect, Section
from services.people.goals import read_goal
from services.people.people_file import reference, reference_key
from services.people.rows import NOWHERE, Cell, Remarks, Row, choose, folded, short_text, value_of

COLUMNS = ("nip", "tahun", "bagian", "rhk", "rhk_atasan", "aspek", "indikator", "target", "satuan")
REQUIRED = (("nip",), ("tahun",), ("rhk",), ("aspek",), ("indikator",), ("target",))

SECTIONS = {
    **dict.fromkeys(("utama", "kinerja utama", "main"), Section.MAIN),
    **dict.fromkeys(("tambahan", "kinerja tambahan", "additional"), Section.ADDITIONAL),
}
ASPECTS = {
    **dict.fromkeys(("kuantitas", "kuantitatif", "quantity"), Aspect.QUANTITY),
    **dict.fromkeys(("kualitas", "mutu", "quality"), Aspect.QUALITY),
    **dict.fromkeys(("waktu", "time"), Aspect.TIME),
    **dict.fromkeys(("biaya", "cost"), Aspect.COST),
}
FIRST_YEAR, LAST_YEAR = 2000, 2100
WORDING_LIMIT = 1_000
"""Characters of one RHK or one indicator."""


@dataclass(frozen=True, slots=True)
class IndicatorRecord:
    aspect: Aspect
    text: str
    goal: Decimal | None
    goal_text: str
    unit: str | None


@dataclass(slots=True)
class TargetRecord:
    """One RHK of the file. `section` and `parent` stand in any of its rows."""

    cell: Cell
    text: str
    section: Section | None = None
    parent: str | None = None
    parent_cell: Cell = NOWHERE
    indicators: list[IndicatorRecord] = field(default_factory=list)


@dataclass(slots=True)
class PlanRecord:
    """One person's SKP of one year. `person`: NIP or id_pegawai as typed, at `cell`."""

    cell: Cell
    person: str
    year: int
    targets: dict[str, TargetRecord] = field(default_factory=dict)


def read_plans(rows: Sequence[Row], remarks: Remarks, *, today: date) -> list[PlanRecord]:
    """Groups the rows into plans, in the order of the file."""
    plans: dict[tuple[str, int], PlanRecord] = {}
    for row in rows:
        person = _person(row, remarks)
        year = _year(row, remarks, today)
        wording = short_text(row, "rhk", remarks, limit=WORDING_LIMIT)
        if wording is None:
            remarks.fault(row.get("rhk", NOWHERE), "rhk", "empty")
        section = choose(row, "bagian", remarks, choices=SECTIONS, accepted="utama, tambahan")
        parent = short_text(row, "rhk_atasan", remarks, limit=WORDING_LIMIT)
        indicator = _indicator(row, remarks)
        if person is None or year is None or wording is None:
            continue
        plan = plans.setdefault((reference_key(person), year), PlanRecord(row["nip"], person, year))
        target = plan.targets.setdefault(folded(wording), TargetRecord(row["rhk"], wording))
        _agree(target, row, section, parent, remarks)
        if indicator is not None:
            if any(_same(indicator, other) for other in target.indicators):
                remarks.fault(row["indikator"], "indikator", "indicator_twice")
            target.indicators.append(indicator)
    return list(plans.values())


def _person(row: Row, remarks: Remarks) -> str | None:
    faults = len(remarks.faults)
    person = reference(row, "nip", remarks)
    if person is None and len(remarks.faults) == faults:
        remarks.fault(row.get("nip", NOWHERE), "nip", "empty")
    return person


def _year(row: Row, remarks: Remarks, today: date) -> int | None:
    cell = row.get("tahun", NOWHERE)
    text = value_of(row, "tahun")
    if not text:
        remarks.fault(cell, "tahun", "empty")
        return None
    if not (text.isascii() and text.isdigit() and len(text) == 4) or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        remarks.fault(cell, "tahun", "not_a_year", value=text[:60])
        return None
    if abs(int(text) - today.year) > 1:
        remarks.warn(cell, "tahun", "year_far", value=text)
    return int(text)


def _indicator(row: Row, remarks: Remarks) -> IndicatorRecord | None:
    faults = len(remarks.faults)
    aspect = choose(row, "aspek", remarks, choices=ASPECTS, accepted="kuantitas, kualitas, waktu, biaya")
    text = short_text(row, "indikator", remarks, limit=WORDING_LIMIT)
    goal_text = short_text(row, "target", remarks, limit=200)
    unit = short_text(row, "satuan", remarks, limit=60)
    cells = {"aspek": value_of(row, "aspek"), "indikator": text, "target": goal_text}
    for column, value in cells.items():
        if not value:
            remarks.fault(row.get(column, NOWHERE), column, "empty")
    if len(remarks.faults) > faults or not text or not goal_text:
        return None
    cell = row["target"]
    goal = read_goal(goal_text, unit, aspect=aspect, is_number=cell.is_number)
    if goal.fault is not None:
        remarks.fault(cell, "target", goal.fault, value=goal_text[:60])
    for code in goal.warnings:
        remarks.warn(cell, "target", code, value=goal_text[:60], unit=unit or "")
    return IndicatorRecord(aspect, text, goal.number, goal_text, goal.unit)


def _agree(
    target: TargetRecord, row: Row, section: Section | None, parent: str | None, remarks: Remarks
) -> None:
    """Rows of one RHK may leave out section and parent, never contradict each other."""
    if section is not None and target.section not in (None, section):
        remarks.fault(row["bagian"], "bagian", "section_differs", other=target.cell.address)
    target.section = target.section or section
    if parent is not None and target.parent is not None and folded(parent) != folded(target.parent):
        remarks.fault(row["rhk_atasan"], "rhk_atasan", "parent_differs", other=target.parent_cell.address)
    if parent is not None and target.parent is None:
        target.parent, target.parent_cell = parent, row["rhk_atasan"]


def _same(one: IndicatorRecord, other: IndicatorRecord) -> bool:
    return one.aspect is other.aspect and folded(one.text) == folded(other.text)
