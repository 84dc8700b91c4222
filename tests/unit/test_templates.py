"""The workbooks people fill in: what they look like, and that a filled one is read as it was meant."""

import io
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from bot.commands.importing import GUIDE, PEOPLE, SKP, plain_rows
from bot.commands.templates import _skp_examples, people_workbook, skp_workbook
from bot.texts import Texts
from documents.tables import read_tables
from services.people.people_file import read_people
from services.people.rows import Cell, Remarks, clean
from services.plans.skp_file import STEP_COLUMNS, StepRecord, read_plans, steps_text

MADE = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 18)
SPEECH = Texts().speech("id")


def template() -> openpyxl.Workbook:
    data = skp_workbook(SPEECH, _skp_examples(2026), examples=True, today=TODAY, made=MADE)
    return openpyxl.load_workbook(io.BytesIO(data))


def sheet_of(book: openpyxl.Workbook, name: str) -> Worksheet:
    sheet = book[name]
    assert isinstance(sheet, Worksheet)
    return sheet


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def lists_of(sheet: Worksheet) -> dict[str, str]:
    """Column name → what its list offers."""
    found: dict[str, str] = {}
    for rule in sheet.data_validations.dataValidation:
        if rule.type == "list":
            place = int(next(iter(rule.sqref.ranges)).min_col)
            found[str(sheet.cell(1, place).value)] = str(rule.formula1).strip('"')
    return found


def test_the_skp_template_is_ready_to_be_filled_in() -> None:
    book = template()
    assert book.sheetnames == ["SKP", "Lampiran", "Perilaku", GUIDE]
    for name, shape in zip(book.sheetnames, SKP, strict=False):
        sheet = sheet_of(book, name)
        assert [cell.value for cell in sheet[1]] == list(shape.columns)
        assert sheet.freeze_panes == "B2"
        assert sheet.column_dimensions["A"].width > 18
        assert sheet["A500"].number_format == "General"  # the column has the format, not each cell
        assert str(sheet["A2"].value).startswith("CONTOH")
    lists = lists_of(sheet_of(book, "SKP"))
    assert lists["aspek"] == "kuantitas,kualitas,waktu,biaya"
    assert lists["tahun"] == "2026,2027"
    assert "penguatan internal" in lists["perspektif"]
    assert "utama" in lists["bagian"]
    assert lists_of(sheet_of(book, "Perilaku"))["perilaku"].count(",") == 6
    assert lists_of(sheet_of(book, "Lampiran"))["lampiran"].startswith("dukungan sumber daya")
    told = "\n".join(
        str(cell.value) for row in sheet_of(book, GUIDE).iter_rows() for cell in row if cell.value
    )
    assert all(column in told for shape in SKP for column in shape.columns)


def test_the_nip_column_is_text() -> None:
    book = template()
    for name in ("SKP", "Lampiran", "Perilaku"):
        style = sheet_of(book, name).column_dimensions["A"]
        assert style.number_format == "@"


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_template_as_it_is_holds_examples_only(language: str) -> None:
    speech = Texts().speech(language)
    data = skp_workbook(speech, _skp_examples(2026), examples=True, today=TODAY, made=MADE)
    tables = read_tables(data, "skp.xlsx", SKP, passed_over=(GUIDE,))
    assert [len(table.rows) if table else 0 for table in tables] == [2, 1, 1]
    assert all(not table.faults and not table.warnings for table in tables if table)
    (people,) = read_tables(people_workbook(speech, made=MADE), "a.xlsx", PEOPLE, passed_over=(GUIDE,))
    assert people is not None
    assert not people.faults
    remarks = Remarks()
    assert read_people(plain_rows(people), remarks, today=TODAY) == []
    assert [one.code for one in remarks.faults] == ["only_examples"]


def test_a_filled_in_template_is_read() -> None:
    book = template()
    sheet = sheet_of(book, "SKP")
    example = [cell.value for cell in sheet[2]]
    sheet.append(["198801122011012002", None, *example[2:]])
    (table, *_) = read_tables(saved(book), "skp.xlsx", SKP, passed_over=(GUIDE,))
    assert table is not None
    remarks = Remarks()
    rows = [row for row in plain_rows(table) if row["nip"].text != "CONTOH"]
    ((_, plan),) = read_plans(rows, remarks, today=TODAY).items()
    assert (remarks.faults, remarks.warnings) == ([], [])
    (target,) = plan.targets.values()
    assert target.steps[1] == [
        StepRecord("Mengajar sesuai jadwal", 180),
        StepRecord("Menyusun modul ajar", 3),
    ]


# --- steps in one cell --------------------------------------------------------------------------------------

step_texts = (
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Cn", "Co")),
        min_size=3,
        max_size=30,
    )
    .map(clean)
    .filter(lambda text: len(text) >= 3 and text[0].isalpha())
)
steps = st.lists(
    st.builds(StepRecord, step_texts, st.none() | st.integers(1, 1_000_000)),
    min_size=1,
    max_size=6,
    unique_by=lambda one: one.text.casefold(),
)


@given(steps)
def test_steps_written_into_a_cell_are_read_back(wanted: list[StepRecord]) -> None:
    assert read_cell(steps_text(wanted)) == wanted


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("Rapat; Lapor (2)", [StepRecord("Rapat"), StepRecord("Lapor", 2)]),
        ("1. Rapat; 2. Lapor", [StepRecord("Rapat"), StepRecord("Lapor")]),
        ("- Rapat\n\n- Lapor; kirim\n", [StepRecord("Rapat"), StepRecord("Lapor; kirim")]),
        ("Rapat (1)\nRapat (1)", [StepRecord("Rapat", 1)]),
        ("Rapat (tim)", [StepRecord("Rapat (tim)")]),
        ("Rapat (3) (-)", [StepRecord("Rapat (3)")]),
        ("-", []),
    ],
)
def test_steps_as_offices_write_them(cell: str, wanted: list[StepRecord]) -> None:
    assert read_cell(cell) == wanted


def read_cell(text: str) -> list[StepRecord]:
    values: dict[str, Any] = {
        "nip": "1",
        "tahun": "2026",
        "rhk": "RHK",
        "aspek": "waktu",
        "indikator": "Rapat",
        "target": "12 bulan",
        STEP_COLUMNS[1]: text,
    }
    remarks = Remarks()
    row = {name: Cell(name, value) for name, value in values.items()}
    ((_, plan),) = read_plans([row], remarks, today=TODAY).items()
    assert remarks.faults == []
    (target,) = plan.targets.values()
    return target.steps.get(2, [])
