"""Importing SKP: grouped by wording, safe to run again, nothing that was judged is ever lost."""

import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from bot.commands import importing
from bot.texts import Texts
from documents.cells import column_letters
from models import (
    Aspect,
    AuditEvent,
    Day,
    Entry,
    Indicator,
    PerformancePlan,
    Person,
    PlanState,
    Section,
    State,
    Target,
)
from models.engine import Database
from services.people.goals import read_goal
from services.people.rows import Cell, Row
from services.plans.import_skp import SkpImported, import_skp
from services.plans.skp_file import COLUMNS
from tests.office import TARGETS, Office

TEXTS = Texts().speech("id").plain
ANI = "198501012010012003"
BUDI = "198501012010011002"
YEAR = "2026"
LETTERS = {column: column_letters(place) for place, column in enumerate(COLUMNS, start=1)}
GIVEN = ("nip", "tahun", "bagian", "rhk", "rhk_atasan", "aspek", "indikator", "target", "satuan")
"""The columns of these files."""


@pytest.fixture
async def office(db: Database, office: Office, now: datetime) -> Office:
    """The office with its SKP agreed."""
    async with db.writing() as session:
        await session.execute(
            update(PerformancePlan).values(state=PlanState.AGREED, agreed_version=1, agreed_at=now)
        )
    return office


def row(**values: str) -> dict[str, str]:
    base = {"nip": ANI, "tahun": YEAR, "rhk": "RHK satu", "aspek": "kuantitas", "indikator": "Jumlah"}
    return {**base, "target": "12", "satuan": "dokumen", **values}


def rows(*given_rows: dict[str, str], numbers: Sequence[str] = ()) -> list[Row]:
    return [
        {
            column: Cell(f"{LETTERS[column]}{number}", one.get(column, ""), column in numbers)
            for column in GIVEN
        }
        for number, one in enumerate(given_rows, start=2)
    ]


async def take(db: Database, given_rows: Sequence[Row], now: datetime) -> SkpImported:
    async with db.writing() as session:
        return await import_skp(session, given_rows, now=now)


async def targets_of(db: Database, person_id: int) -> list[Target]:
    async with db.reading() as session:
        found = list(
            await session.scalars(
                select(Target)
                .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
                .where(PerformancePlan.person_id == person_id)
                .order_by(Target.retired_at.is_not(None), Target.position)
            )
        )
        session.expunge_all()
        return found


async def indicators_of(db: Database, target_id: int) -> list[Indicator]:
    async with db.reading() as session:
        found = list(
            await session.scalars(
                select(Indicator).where(Indicator.target_id == target_id).order_by(Indicator.position)
            )
        )
        session.expunge_all()
        return found


def counts(report: SkpImported) -> tuple[int, int, int, int]:
    return report.new, report.changed, report.unchanged, report.retired


def codes(report: SkpImported) -> list[tuple[str, str, str]]:
    return [(fault.cell, fault.column, fault.code) for fault in report.faults]


def remarks(report: SkpImported) -> list[tuple[str, str]]:
    return [(warning.cell, warning.code) for warning in report.warnings]


async def test_rows_of_one_wording_become_one_target(db: Database, office: Office, now: datetime) -> None:
    report = await take(
        db,
        rows(
            row(nip="198501012010012006", rhk="Tersusunnya laporan", bagian="Utama"),
            row(
                nip="198501012010011006",
                rhk=" tersusunnya  LAPORAN",
                aspek="Mutu",
                indikator="Sah",
                target="100%",
            ),
            row(nip="198501012010011006", rhk="Lain", bagian="tambahan", aspek="waktu", target="31 Des 2026"),
        ),
        now,
    )
    assert codes(report)[:1] == [("A2", "nip", "person_unknown")]
    nip = "198501012010011006"
    report = await take(
        db,
        rows(
            row(nip=nip, rhk="Tersusunnya laporan", bagian="Utama"),
            row(
                nip=nip, rhk=" tersusunnya  LAPORAN", aspek="Mutu", indikator="Sah", target="100%", satuan=""
            ),
            row(nip=nip, rhk="Lain", bagian="tambahan", aspek="waktu", target="31 Des 2026", satuan=""),
        ),
        now,
    )
    assert counts(report) == (2, 0, 0, 0)
    first, second = await targets_of(db, office.eko)
    assert (first.text, first.section, second.section) == (
        "Tersusunnya laporan",
        Section.MAIN,
        Section.ADDITIONAL,
    )
    indicators = await indicators_of(db, first.id)
    assert [(one.aspect, one.goal, one.unit) for one in indicators] == [
        (Aspect.QUANTITY, Decimal(12), "dokumen"),
        (Aspect.QUALITY, Decimal(100), "%"),
    ]
    (last,) = await indicators_of(db, second.id)
    assert (last.goal, last.goal_text) == (None, "31 Des 2026")


async def test_the_same_file_again_changes_nothing(db: Database, office: Office, now: datetime) -> None:
    file = rows(row(), row(indikator="Kualitas", aspek="kualitas", target="97,5%"), row(rhk="RHK dua"))
    first = await take(db, file, now)
    assert counts(first) == (2, 0, 0, 3)
    async with db.reading() as session:
        events = await session.scalar(select(func.count(AuditEvent.id)))
    again = await take(db, file, now)
    assert counts(again) == (0, 0, 2, 0)
    async with db.reading() as session:
        assert await session.scalar(select(func.count(AuditEvent.id))) == events


async def test_what_is_no_longer_named_is_retired_and_its_entries_keep_it(
    db: Database, office: Office, now: datetime
) -> None:
    async with db.writing() as session:
        day = Day(person_id=office.ani, work_date=date(2026, 11, 17), created_at=now)
        session.add(day)
        await session.flush()
        session.add(
            Entry(
                day_id=day.id,
                position=0,
                activity="x",
                target_id=office.ani_targets[1],
                created_at=now,
                state=State.SUBMITTED,
            )
        )
    report = await take(db, rows(row(rhk=TARGETS[0].upper()), row(rhk="Baru sama sekali")), now)
    assert counts(report) == (1, 1, 0, 2)
    kept, new, *gone = await targets_of(db, office.ani)
    assert (kept.lineage, kept.since_version) == (office.ani_targets[0], 2)
    assert (new.text, new.retired_at) == ("Baru sama sekali", None)
    assert {one.id for one in gone} == set(office.ani_targets)
    assert {one.text for one in gone} == set(TARGETS)
    assert all((one.retired_at, one.until_version) == (now, 2) for one in gone)
    async with db.reading() as session:
        assert await session.scalar(select(Entry.target_id)) == office.ani_targets[1]
    back = await take(db, rows(row(rhk=TARGETS[0]), row(rhk="Baru sama sekali"), row(rhk=TARGETS[1])), now)
    assert counts(back) == (1, 1, 1, 0)
    lineages = {one.lineage for one in await targets_of(db, office.ani) if not one.retired_at}
    assert lineages == {*office.ani_targets[:2], new.id}


async def test_others_keep_their_plans(db: Database, office: Office, now: datetime) -> None:
    await take(db, rows(row()), now)
    assert all(target.retired_at is None for target in await targets_of(db, office.citra))


async def test_indicators_follow_the_file(db: Database, office: Office, now: datetime) -> None:
    await take(db, rows(row(), row(indikator="Mutu", aspek="kualitas", target="90%")), now)
    report = await take(
        db, rows(row(target="24"), row(indikator="Tepat", aspek="waktu", target="12 bulan")), now
    )
    assert counts(report) == (0, 1, 0, 0)
    (target,) = [one for one in await targets_of(db, office.ani) if one.retired_at is None]
    indicators = await indicators_of(db, target.id)
    assert [(one.text, one.goal) for one in indicators] == [("Jumlah", Decimal(24)), ("Tepat", Decimal(12))]


async def test_the_supervisors_target_is_found_by_wording(
    db: Database, office: Office, now: datetime
) -> None:
    report = await take(
        db,
        rows(
            row(rhk_atasan="terlaksananya  PEMBINAAN"),
            row(rhk="Dua", rhk_atasan="Tidak ada di sana"),
            row(nip=BUDI, rhk="Terlaksananya pembinaan"),
        ),
        now,
    )
    assert remarks(report) == [*[("A2", "target_gone")] * 3, ("G3", "parent_not_found")]
    one, two = [target for target in await targets_of(db, office.ani) if target.retired_at is None]
    (parent,) = await targets_of(db, office.budi)
    assert (one.parent_id, one.parent_text) == (parent.id, "terlaksananya PEMBINAAN")
    assert (two.parent_id, two.parent_text) == (None, "Tidak ada di sana")


async def test_a_supervisors_later_file_links_what_waited_for_it(
    db: Database, office: Office, now: datetime
) -> None:
    await take(db, rows(row(rhk_atasan="Pembinaan")), now)
    report = await take(db, rows(row(nip=BUDI, rhk="PEMBINAAN")), now)
    assert report.linked == 1
    (parent,) = await targets_of(db, office.budi)
    target = next(one for one in await targets_of(db, office.ani) if one.retired_at is None)
    assert target.parent_id == parent.id
    assert counts(await take(db, rows(row(rhk_atasan="Pembinaan")), now)) == (0, 0, 1, 0)


async def test_what_the_file_leaves_out_is_named_and_beyond_a_number_counted(
    db: Database, office: Office, now: datetime
) -> None:
    for plan in ({"nip": ANI}, {"nip": BUDI}):
        await take(db, rows(*(row(rhk=f"RHK {number}", **plan) for number in range(1, 14))), now)
    report = await take(db, rows(row(rhk="Baru"), row(nip=BUDI, rhk="Baru")), now + timedelta(days=1))
    assert report.retired == 26
    assert remarks(report) == [
        *[("A2", "target_gone")] * 13,
        *[("A3", "target_gone")] * 7,
        ("A3", "targets_gone"),
    ]
    said = importing.describe(report.warnings, TEXTS)
    assert said[0].startswith("A2  rhk: Ani Rahmawati: RHK «RHK 1» tidak disebut lagi.")
    assert "6 RHK lain juga tidak disebut lagi" in said[-1]


async def test_a_number_of_a_citizen_is_remarked_on_once(db: Database, office: Office, now: datetime) -> None:
    nik = "Terlayaninya warga NIK 3201014501850001"
    report = await take(
        db, rows(row(nip=BUDI, rhk=nik), row(nip=BUDI, rhk=nik, indikator="Telepon 081234567890")), now
    )
    assert remarks(report) == [("F2", "citizen_number"), ("I3", "citizen_number")]
    assert "3201014501850001" not in "".join(importing.describe(report.warnings, TEXTS))


async def test_a_parent_without_a_supervisor_is_kept_as_text(
    db: Database, office: Office, now: datetime
) -> None:
    report = await take(db, rows(row(nip="198501012010012001", rhk_atasan="Visi")), now)
    assert remarks(report) == [("G2", "parent_no_supervisor")]


async def test_those_without_a_nip_are_named_by_their_staff_number(
    db: Database, office: Office, now: datetime
) -> None:
    async with db.writing() as session:
        session.add(Person(name="Joko", staff_number="H-07", created_at=now, supervisor_id=office.budi))
    assert (await take(db, rows(row(nip="h-07")), now)).new == 1
    assert codes(await take(db, rows(row(nip="H-08")), now)) == [("A2", "nip", "person_unknown")]


@pytest.mark.parametrize(
    ("changed", "column", "code"),
    [
        ({"nip": ""}, "nip", "empty"),
        ({"nip": "1.98501E+17"}, "nip", "nip_scientific"),
        ({"nip": "198501012010011999"}, "nip", "person_unknown"),
        ({"tahun": ""}, "tahun", "empty"),
        ({"tahun": "26"}, "tahun", "not_a_year"),
        ({"tahun": "1999"}, "tahun", "not_a_year"),
        ({"tahun": "2026/2027"}, "tahun", "not_a_year"),
        ({"bagian": "pokok"}, "bagian", "not_a_choice"),
        ({"rhk": ""}, "rhk", "empty"),
        ({"rhk": "x" * 1001}, "rhk", "too_long"),
        ({"rhk": "ab"}, "rhk", "too_short"),
        ({"indikator": "1"}, "indikator", "too_short"),
        ({"rhk_atasan": "x" * 1001}, "rhk_atasan", "too_long"),
        ({"aspek": ""}, "aspek", "empty"),
        ({"aspek": "jumlah"}, "aspek", "not_a_choice"),
        ({"indikator": ""}, "indikator", "empty"),
        ({"indikator": "x" * 1001}, "indikator", "too_long"),
        ({"target": ""}, "target", "empty"),
        ({"target": "-"}, "target", "empty"),
        ({"target": "-3"}, "target", "goal_negative"),
        ({"target": "9" * 15}, "target", "goal_too_large"),
        ({"target": "x" * 201}, "target", "too_long"),
        ({"satuan": "x" * 61}, "satuan", "too_long"),
    ],
)
async def test_a_fault_stops_the_whole_file(
    db: Database, office: Office, now: datetime, changed: dict[str, str], column: str, code: str
) -> None:
    report = await take(db, rows(row(rhk="Sehat"), row(**changed)), now)
    assert codes(report) == [(f"{LETTERS[column]}3", column, code)]
    assert TEXTS(f"import.fault.{code}", **report.faults[0].params)
    assert [one.text for one in await targets_of(db, office.ani)] == list(TARGETS)


async def test_rows_of_one_target_may_not_contradict_each_other(
    db: Database, office: Office, now: datetime
) -> None:
    report = await take(
        db,
        rows(
            row(bagian="utama", rhk_atasan="A"),
            row(bagian="tambahan", rhk_atasan="B", indikator="Lain"),
            row(indikator="JUMLAH"),
        ),
        now,
    )
    assert codes(report) == [
        ("D3", "bagian", "section_differs"),
        ("G3", "rhk_atasan", "parent_differs"),
        ("I4", "indikator", "indicator_twice"),
    ]


async def test_a_nip_kept_as_a_number_is_refused(db: Database, office: Office, now: datetime) -> None:
    report = await take(db, rows(row(nip="1.98501012010012e+17"), numbers=("nip", "tahun", "target")), now)
    assert codes(report) == [("A2", "nip", "nip_number")]


async def test_one_person_by_two_numbers_and_inactive_people_are_faults(
    db: Database, office: Office, now: datetime
) -> None:
    async with db.writing() as session:
        ani = await session.get_one(Person, office.ani)
        ani.staff_number = "A-1"
        eko = await session.get_one(Person, office.eko)
        eko.active = False
    report = await take(db, rows(row(), row(nip="a-1"), row(nip="198501012010011006")), now)
    assert codes(report) == [("A3", "nip", "person_two_ways"), ("A4", "nip", "person_inactive")]


async def test_odd_years_and_targets_are_only_remarked_on(
    db: Database, office: Office, now: datetime
) -> None:
    report = await take(
        db,
        rows(
            row(tahun="2022"),
            row(rhk="RHK b", target="secukupnya"),
            row(rhk="RHK c", target="12 laporan"),
            row(rhk="RHK d", target="1,250"),
            row(rhk="RHK e", target="0"),
            row(rhk="RHK f", aspek="waktu", target="32/13/2026", satuan=""),
            row(rhk="RHK g", aspek="waktu", target="31 Februari 2026", satuan=""),
            row(rhk="RHK h", aspek="waktu", target="31/12/2026", satuan=""),
            row(rhk="RHK i", aspek="waktu", target="setiap tanggal 10", satuan=""),
        ),
        now,
    )
    assert not report.faults
    assert remarks(report) == [
        ("C2", "year_far"),
        ("J3", "goal_not_a_number"),
        ("J4", "goal_unit_differs"),
        ("J5", "goal_ambiguous"),
        ("J6", "goal_zero"),
        ("J7", "goal_no_date"),
        ("J8", "goal_no_date"),
        *[("A3", "target_gone")] * len(TARGETS),
    ]
    assert all(TEXTS(f"import.fault.{one.code}", **one.params) for one in report.warnings)


@pytest.mark.parametrize(
    ("text", "unit", "number", "read_unit"),
    [
        ("12", "dokumen", "12", "dokumen"),
        ("12", None, "12", None),
        ("12 dokumen", None, "12", "dokumen"),
        ("12 (dokumen)", None, "12", "dokumen"),
        ("12 jam pelajaran", None, "12", "jam pelajaran"),
        ("100%", None, "100", "%"),
        ("100 %", "persen", "100", "persen"),
        ("97,5%", None, "97.5", "%"),
        ("1.250", None, "1250", None),
        ("1.250.000,50", None, "1250000.50", None),
        ("1,250,000", None, "1250000", None),
        ("1.5", None, "1.5", None),
        ("0.125", None, "0.125", None),
        ("Rp 1.250.000", None, "1250000", "rupiah"),
        ("Rp1.250.000,-", None, "1250000", "rupiah"),
        ("12.", None, "12", None),
        ("31 Des 2026", None, None, None),
        ("31 Desember", None, None, None),
        ("12-15 dokumen", None, None, None),
        ("2026-12-31", None, None, None),
        ("minimal 3", None, None, None),
        ("1.2.3", None, None, None),
        ("3/4", None, None, None),
    ],
)
def test_targets_as_offices_write_them(
    text: str, unit: str | None, number: str | None, read_unit: str | None
) -> None:
    goal = read_goal(text, unit, aspect=Aspect.TIME, is_number=False)
    assert (goal.number, goal.unit) == (None if number is None else Decimal(number), read_unit)


def test_a_number_cell_is_taken_as_it_is() -> None:
    assert read_goal("1.25", None, aspect=Aspect.QUANTITY, is_number=True).number == Decimal("1.25")
    assert read_goal("1.250", None, aspect=Aspect.QUANTITY, is_number=True).number == Decimal("1.25")


@given(st.text(max_size=60), st.sampled_from(list(Aspect)), st.booleans())
def test_any_target_gets_an_answer(text: str, aspect: Aspect, is_number: bool) -> None:
    goal = read_goal(text, None, aspect=aspect, is_number=is_number)
    assert goal.number is None or 0 <= goal.number < 10**14


@given(st.integers(0, 10**13))
def test_grouped_numbers_are_read(number: int) -> None:
    written = f"{number:,}".replace(",", ".")
    assert read_goal(f"{written} berkas", None, aspect=Aspect.QUANTITY, is_number=False).number == number


async def test_five_hundred_plans_are_quick(db: Database, now: datetime) -> None:
    async with db.writing() as session:
        session.add_all(
            [
                Person(name=f"Pegawai {number}", staff_number=f"P{number}", created_at=now)
                for number in range(500)
            ]
        )
    file = rows(
        *(
            row(nip=f"P{number}", rhk=f"RHK {index // 2}", indikator=f"Indikator {index}")
            for number in range(500)
            for index in range(8)
        )
    )
    started = time.perf_counter()
    report = await take(db, file, now)
    assert counts(report) == (2000, 0, 0, 0)
    assert time.perf_counter() - started < 20  # 10 s is the promise; the margin is for a busy machine
    assert counts(await take(db, file, now + timedelta(days=1))) == (0, 0, 2000, 0)


async def test_the_command_imports_skp(
    db: Database, office: Office, now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "skp.csv"
    path.write_text(f"nip;tahun;rhk;aspek;indikator;target\n{ANI};2026;Satu;kuantitas;Jumlah;12 dokumen\n")
    args = SimpleNamespace(what="skp", file=path, dry_run=True, propose=False, replace=False)
    assert await importing.run(args, database=db, now=now, texts=TEXTS) == 0  # type: ignore[arg-type]
    assert "1 baru, 0 berubah, 0 tetap, 3 tidak berlaku lagi" in capsys.readouterr().out
    assert len(await targets_of(db, office.ani)) == 3
    path.write_text(path.read_text() + f"{ANI};2026;Satu;mutu;;x\n;;;;;\n")
    assert await importing.run(args, database=db, now=now, texts=TEXTS) == 1  # type: ignore[arg-type]
    assert "E3  indikator: harus diisi" in capsys.readouterr().out
