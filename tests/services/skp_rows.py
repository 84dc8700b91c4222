"""Rows of an SKP file for the tests of the import, and what stands afterwards."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from documents.cells import column_letters
from models import PerformancePlan, PlanEvent, Target
from models.engine import Database
from services.people.rows import Cell, Row
from services.plans.import_skp import SkpImported, import_skp
from services.plans.skp_file import COLUMNS
from services.plans.skp_sheets import ANNEX_COLUMNS, BEHAVIOUR_COLUMNS

ANI = "198501012010012003"
BUDI = "198501012010011002"


def skp(rhk: str = "RHK satu", **values: str) -> dict[str, str]:
    """One row of the sheet SKP; columns not named are not in the file."""
    base = {"nip": ANI, "tahun": "2026", "rhk": rhk, "aspek": "kuantitas", "indikator": "Jumlah"}
    return {**base, "target": "12", "satuan": "dokumen", **values}


def annex(kind: str, text: str, **values: str) -> dict[str, str]:
    return {"nip": ANI, "tahun": "2026", "lampiran": kind, "isi": text, **values}


def behaviour(name: str, text: str, **values: str) -> dict[str, str]:
    return {"nip": ANI, "tahun": "2026", "perilaku": name, "ekspektasi": text, **values}


def cells(given: Sequence[dict[str, str]], columns: Sequence[str] = COLUMNS, sheet: str = "") -> list[Row]:
    """The rows as they come out of a table: every column that any row names."""
    named = [column for column in columns if any(column in one for one in given)]
    return [
        {
            column: Cell(f"{sheet}{column_letters(columns.index(column) + 1)}{number}", one.get(column, ""))
            for column in named
        }
        for number, one in enumerate(given, start=2)
    ]


async def take(
    db: Database,
    given: Sequence[dict[str, str]],
    *,
    now: datetime,
    annexes: Sequence[dict[str, str]] = (),
    expectations: Sequence[dict[str, str]] = (),
    propose: bool = False,
    replace: bool = False,
) -> SkpImported:
    """Imports as the command does: with faults, nothing is stored."""
    async with db.writing() as session:
        return await import_skp(
            session,
            cells(given),
            annexes=cells(annexes, ANNEX_COLUMNS, "Lampiran!"),
            expectations=cells(expectations, BEHAVIOUR_COLUMNS, "Perilaku!"),
            now=now,
            propose=propose,
            replace=replace,
        )


def faults_of(report: SkpImported) -> list[tuple[str, str, str]]:
    return [(one.cell, one.column, one.code) for one in report.faults]


def warnings_of(report: SkpImported) -> list[tuple[str, str]]:
    return [(one.cell, one.code) for one in report.warnings]


async def plan_of(db: Database, person_id: int) -> PerformancePlan:
    async with db.reading() as session:
        plan = await session.scalar(select(PerformancePlan).where(PerformancePlan.person_id == person_id))
        assert plan is not None
        session.expunge_all()
        return plan


async def wordings_of(db: Database, person_id: int) -> list[Target]:
    """Every wording there ever was, in order of making."""
    async with db.reading() as session:
        found = list(
            await session.scalars(
                select(Target)
                .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
                .where(PerformancePlan.person_id == person_id)
                .order_by(Target.id)
            )
        )
        session.expunge_all()
        return found


async def events_of(db: Database, plan_id: int) -> list[tuple[int, str]]:
    async with db.reading() as session:
        rows = await session.execute(
            select(PlanEvent.version, PlanEvent.verdict)
            .where(PlanEvent.plan_id == plan_id)
            .order_by(PlanEvent.id)
        )
        return [(version, verdict.value) for version, verdict in rows]
