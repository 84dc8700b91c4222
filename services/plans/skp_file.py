"""What the columns of an SKP file mean: a row per indicator, grouped by person, year and wording of the RHK.

Pure: rows in, plans and remarks out. Who the people are, the import finds out. An empty cell of `perspektif`,
`rhk_atasan` or a quarter, and a column that is not there, say nothing: what is on record stays.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from services.people.goals import read_goal
from services.people.people_file import reference, reference_key
from services.people.rows import (
    NOWHERE,
    Cell,
    Remarks,
    Row,
    choose,
    clean,
    folded,
    short_text,
    value_of,
    warn_of_citizens,
)
from services.plans.words import (
    LONGEST_GOAL,
    LONGEST_LINE,
    LONGEST_WORDING,
    MOST_GOAL,
    MOST_INDICATORS,
    MOST_STEPS,
    MOST_TARGETS,
    QUARTERS,
    SHORTEST,
    AnnexKind,
    Aspect,
    Behaviour,
    Perspective,
    Section,
)
from services.reading.date_faults import Fault, find_fault
from services.reading.dates import Mode, read_dates

STEP_COLUMNS = tuple(f"rencana_aksi_tw{quarter}" for quarter in QUARTERS)
COLUMNS = (
    "nip",
    "nama",
    "tahun",
    "bagian",
    "perspektif",
    "rhk",
    "rhk_atasan",
    "aspek",
    "indikator",
    "target",
    "satuan",
    *STEP_COLUMNS,
)
REQUIRED = (("nip",), ("tahun",), ("rhk",), ("aspek",), ("indikator",), ("target",))
QUIET = frozenset({"nama", "perspektif", *STEP_COLUMNS})
"""Columns that many offices do without."""

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
PERSPECTIVES = {
    **dict.fromkeys(("penerima layanan", "penerima_layanan", "customer"), Perspective.CUSTOMER),
    **dict.fromkeys(("proses bisnis", "proses_bisnis", "process"), Perspective.PROCESS),
    **dict.fromkeys(("penguatan internal", "penguatan_internal", "internal"), Perspective.INTERNAL),
    **dict.fromkeys(("anggaran", "budget"), Perspective.BUDGET),
}
FIRST_YEAR, LAST_YEAR = 2000, 2100

_AMOUNT = re.compile(r"(?P<text>.*\S)\s*\((?P<goal>\d{1,9}|-)\)", re.DOTALL)
_DATED = re.compile(r"(?<![\d/.-])(?:\d{1,2}([/.-])\d{1,2}\1\d{4}|\d{4}([/-])\d{1,2}\2\d{1,2})(?![\d/.-])")
_BULLET = re.compile(r"(?:[-–—•*·▪]+\s+|\(?\d{1,2}[.)]\s+)+")


@dataclass(frozen=True, slots=True)
class IndicatorRecord:
    """`unit_named` False: the file has no column for units."""

    aspect: Aspect
    text: str
    goal: Decimal | None
    goal_text: str
    unit: str | None
    unit_named: bool = True


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A step of a quarter; `goal`: how much of the RHK's quantity it plans."""

    text: str
    goal: int | None = None


@dataclass(slots=True)
class TargetRecord:
    """One RHK of the file. What is not of an indicator stands in any of its rows.

    `section_named` False: the file has no such column.
    """

    cell: Cell
    text: str
    section: Section | None = None
    section_named: bool = False
    perspective: Perspective | None = None
    parent: str | None = None
    parent_cell: Cell = NOWHERE
    indicators: list[IndicatorRecord] = field(default_factory=list)
    steps: dict[int, list[StepRecord]] = field(default_factory=dict)


@dataclass(slots=True)
class PlanRecord:
    """One person's SKP of one year. `person`: NIP or id_pegawai as typed, at `cell`.

    `targets` empty: only other sheets name it. Of annexes and behaviours, only those named are there.
    """

    cell: Cell
    person: str
    year: int
    names: dict[str, Cell] = field(default_factory=dict)
    targets: dict[str, TargetRecord] = field(default_factory=dict)
    annexes: dict[AnnexKind, list[str]] = field(default_factory=dict)
    expectations: dict[Behaviour, str] = field(default_factory=dict)


Plans = dict[tuple[str, int], PlanRecord]


def read_plans(rows: Sequence[Row], remarks: Remarks, *, today: date) -> Plans:
    """Groups the rows into plans, in the order of the file."""
    plans: Plans = {}
    warn_of_citizens(rows, ("rhk", "rhk_atasan", "indikator", "target", *STEP_COLUMNS), remarks)
    for row in rows:
        plan = plan_of(row, plans, remarks, today=today)
        wording = short_text(row, "rhk", remarks, limit=LONGEST_WORDING, least=SHORTEST)
        if wording is None:
            remarks.fault(row.get("rhk", NOWHERE), "rhk", "empty")
        section = choose(row, "bagian", remarks, choices=SECTIONS, accepted="utama, tambahan")
        perspective = choose(
            row,
            "perspektif",
            remarks,
            choices=PERSPECTIVES,
            accepted="penerima layanan, proses bisnis, penguatan internal, anggaran",
        )
        parent = short_text(row, "rhk_atasan", remarks, limit=LONGEST_WORDING)
        steps = {
            quarter: _steps(row, column, remarks)
            for quarter, column in zip(QUARTERS, STEP_COLUMNS, strict=True)
        }
        indicator = _indicator(row, remarks, today)
        if plan is None or wording is None:
            continue
        if name := value_of(row, "nama"):
            plan.names.setdefault(folded(name), row["nama"])
        target = plan.targets.setdefault(folded(wording), TargetRecord(row["rhk"], wording))
        _agree(target, row, section, perspective, parent, remarks)
        _join_steps(target, row, steps, remarks)
        if indicator is not None:
            if any(_same(indicator, other) for other in target.indicators):
                remarks.fault(row["indikator"], "indikator", "indicator_twice")
            target.indicators.append(indicator)
    for plan in plans.values():
        _check_whole(plan, remarks)
    return plans


def plan_of(row: Row, plans: Plans, remarks: Remarks, *, today: date) -> PlanRecord | None:
    """The plan a row of any sheet speaks of, made at its first row; None with a fault."""
    person = _person(row, remarks)
    year = _year(row, remarks, today)
    if person is None or year is None:
        return None
    return plans.setdefault((reference_key(person), year), PlanRecord(row["nip"], person, year))


def steps_text(steps: Sequence[StepRecord]) -> str:
    """Steps as one cell holds them; `_steps` reads them back just so."""
    lines = []
    for one in steps:
        marked = _AMOUNT.fullmatch(one.text) is not None
        lines.append(f"{one.text} ({one.goal or '-'})" if one.goal or marked else one.text)
    return "\n".join(lines) + ("\n" if len(lines) == 1 and ";" in lines[0] else "")


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


def _indicator(row: Row, remarks: Remarks, today: date) -> IndicatorRecord | None:
    faults = len(remarks.faults)
    aspect = choose(row, "aspek", remarks, choices=ASPECTS, accepted="kuantitas, kualitas, waktu, biaya")
    text = short_text(row, "indikator", remarks, limit=LONGEST_WORDING, least=SHORTEST)
    goal_text = short_text(row, "target", remarks, limit=LONGEST_GOAL)
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
    if aspect is Aspect.TIME and goal.number is None and _is_no_date(goal_text, today):
        remarks.warn(cell, "target", "goal_no_date", value=goal_text[:60])
    return IndicatorRecord(aspect, text, goal.number, goal_text, goal.unit, "satuan" in row)


def _is_no_date(text: str, today: date) -> bool:
    """Whether a text looks like a date and is none: «32/13/2026», «31 Februari»."""
    if read_dates(text, today=today, mode=Mode.FUTURE) is not None:
        return False
    return bool(_DATED.search(text)) or find_fault(text, today=today).fault is Fault.NO_SUCH_DAY


def _steps(row: Row, column: str, remarks: Remarks) -> list[StepRecord]:
    """The steps in one cell: a line each, or parted by `;` when it has one line."""
    cell = row.get(column, NOWHERE)
    if not value_of(row, column):
        return []
    lines = cell.text.splitlines()
    parts = lines if len(lines) > 1 or cell.text.endswith("\n") else cell.text.split(";")
    found: dict[str, StepRecord] = {}
    for part in parts:
        text = _BULLET.sub("", clean(part), count=1) if _BULLET.match(clean(part)) else clean(part)
        if not text:
            continue
        amount = _AMOUNT.fullmatch(text)
        goal = int(amount["goal"]) if amount and amount["goal"] != "-" else None
        text = amount["text"] if amount else text
        if not SHORTEST <= len(text) <= LONGEST_LINE:
            code = "too_long" if len(text) > LONGEST_LINE else "too_short"
            limit = LONGEST_LINE if code == "too_long" else SHORTEST
            remarks.fault(cell, column, code, length=len(text), limit=limit)
        elif goal is not None and not 0 < goal <= MOST_GOAL:
            remarks.fault(cell, column, "step_goal", value=goal, limit=MOST_GOAL)
        elif (other := found.setdefault(folded(text), StepRecord(text, goal))).goal != goal:
            remarks.fault(cell, column, "step_twice", value=text[:60], one=other.goal or "-", two=goal or "-")
    if len(found) > MOST_STEPS:
        remarks.fault(cell, column, "too_many", limit=MOST_STEPS, found=len(found))
    return list(found.values())


def _agree(
    target: TargetRecord,
    row: Row,
    section: Section | None,
    perspective: Perspective | None,
    parent: str | None,
    remarks: Remarks,
) -> None:
    """Rows of one RHK may leave out section, perspective and parent, never contradict each other."""
    target.section_named |= "bagian" in row
    if section is not None and target.section not in (None, section):
        remarks.fault(row["bagian"], "bagian", "section_differs", other=target.cell.address)
    target.section = target.section or section
    if perspective is not None and target.perspective not in (None, perspective):
        remarks.fault(row["perspektif"], "perspektif", "perspective_differs", other=target.cell.address)
    target.perspective = target.perspective or perspective
    if parent is not None and target.parent is not None and folded(parent) != folded(target.parent):
        remarks.fault(row["rhk_atasan"], "rhk_atasan", "parent_differs", other=target.parent_cell.address)
    if parent is not None and target.parent is None:
        target.parent, target.parent_cell = parent, row["rhk_atasan"]


def _join_steps(target: TargetRecord, row: Row, steps: dict[int, list[StepRecord]], remarks: Remarks) -> None:
    """Steps may stand in any row of an RHK, also in several."""
    for quarter, found in steps.items():
        if not found:
            continue
        column = STEP_COLUMNS[quarter - 1]
        known = {folded(one.text): one for one in target.steps.get(quarter, [])}
        for one in found:
            if (other := known.setdefault(folded(one.text), one)).goal != one.goal:
                numbers = {"one": other.goal or "-", "two": one.goal or "-"}
                remarks.fault(row[column], column, "step_twice", value=one.text[:60], **numbers)
        target.steps[quarter] = list(known.values())
        if len(known) > MOST_STEPS >= len(found):
            remarks.fault(row[column], column, "too_many", limit=MOST_STEPS, found=len(known))


def _check_whole(plan: PlanRecord, remarks: Remarks) -> None:
    """How much there may be of it; and one RHK with a perspective means that each has one."""
    if len(plan.targets) > MOST_TARGETS:
        remarks.fault(plan.cell, "rhk", "too_many", limit=MOST_TARGETS, found=len(plan.targets))
    with_one = next((one for one in plan.targets.values() if one.perspective), None)
    for target in plan.targets.values():
        if len(target.indicators) > MOST_INDICATORS:
            found = len(target.indicators)
            remarks.fault(target.cell, "indikator", "too_many", limit=MOST_INDICATORS, found=found)
        if with_one is not None and target.perspective is None:
            remarks.fault(target.cell, "perspektif", "perspective_missing", other=with_one.cell.address)


def _same(one: IndicatorRecord, other: IndicatorRecord) -> bool:
    return one.aspect is other.aspect and folded(one.text) == folded(other.text)
