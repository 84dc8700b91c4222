"""The e-Kinerja file, read back by our own reader and by openpyxl: every field as it was."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime, time

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from documents.cells import Kind
from documents.sheet import HEADINGS, SheetLine, write_csv, write_xlsx
from documents.tables import read_table
from services.sheet.rows import LONGEST, fitted, fitted_links, one_line

MADE = datetime(2026, 11, 30, 9, tzinfo=UTC)
RISKS = (
    "=1+1",
    "+62 811",
    "-3 derajat",
    "@SUM(A1)",
    '=HYPERLINK("http://a","b")',
    "'=1",
    "  =1",
    "_x0041_ _x000D_",
    "a\r\n=1\tb\x00\x1f\x85\u2028",
    "https://a.example/b",
    "'petik'; \"ganda\", koma",
    "007",
    "1e5",
    "TRUE",
    "<b>&amp;</b>",
    "\ud800x\ufffe",
    "🧕🏽 guru",
    "﷽",
    "#N/A",
)
texts = st.one_of(st.sampled_from(RISKS), st.text(max_size=60), st.text("=+-@'\t;\",\n x", max_size=12))


def cleaned(text: str) -> str:
    """As a row gives it. openpyxl itself loses `x005F_`, which nobody types."""
    return fitted(text.replace("x005F", ""))[0]


@st.composite
def lines(draw: st.DrawFn) -> SheetLine:
    moments = st.none() | st.times().map(lambda one: one.replace(second=0, microsecond=0))
    return SheetLine(
        step=cleaned(draw(texts)),
        day=draw(st.dates(date(2000, 1, 1), date(2099, 12, 31))),
        starts=draw(moments),
        ends=draw(moments),
        activity=cleaned(draw(texts)),
        quantity=draw(st.none() | st.integers(0, 1_000_000)),
        unit=cleaned(draw(texts)),
        evidence=fitted_links(draw(st.lists(texts, max_size=3)))[0],
    )


def wanted(one: SheetLine) -> list[str]:
    return [str(value) for value in one.cells]


def read_own(data: bytes, name: str) -> list[list[str]]:
    table = read_table(data, name, columns=HEADINGS, required=[[one] for one in HEADINGS])
    assert not table.faults
    return [[row[name].text for name in HEADINGS] for row in table.rows]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(lines(), min_size=1, max_size=6))
@example(
    [SheetLine(one_line(text), date(2026, 11, 18), None, None, one_line(text), 0, "", "") for text in RISKS]
)
def test_every_field_comes_back(found: list[SheetLine]) -> None:
    data = write_xlsx(found, made=MADE)
    expected = [wanted(one) for one in found]
    assert read_own(data, "a.xlsx") == expected
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == HEADINGS
    assert [["" if one is None else str(one) for one in row] for row in rows[1:]] == expected
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@settings(max_examples=60, deadline=None)
@given(st.lists(lines(), min_size=1, max_size=6))
@example(
    [SheetLine(one_line(text), date(2026, 11, 18), None, None, one_line(text), 0, "", "") for text in RISKS]
)
def test_a_csv_comes_back_and_calculates_nothing(found: list[SheetLine]) -> None:
    data = write_csv(found)
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r＝＋－＠") and cell]
    unmarked = [[_unmarked(cell) for cell in row] for row in rows]
    assert unmarked[0] == list(HEADINGS)
    assert unmarked[1:] == [wanted(one) for one in found]
    assert [[_unmarked(cell) for cell in row] for row in read_own(data, "a.csv")] == unmarked[1:]


def _unmarked(cell: str) -> str:
    plain = cell.lstrip("'")
    return cell[1:] if cell[:1] == "'" and plain[:1] in tuple("=+-@＝＋－＠") and plain else cell


def test_types_and_looks() -> None:
    one = SheetLine("Rencana", date(2026, 11, 18), time(7, 30), time(9), "007", 12, "siswa", "")
    table = read_table(write_xlsx([one], made=MADE), "a.xlsx", columns=HEADINGS, required=[])
    kinds = {name: cell.kind for name, cell in table.rows[0].items()}
    assert [name for name, kind in kinds.items() if kind is Kind.NUMBER] == ["Realisasi"]
    sheet = openpyxl.load_workbook(io.BytesIO(write_xlsx([one], made=MADE))).active
    assert sheet is not None
    assert sheet.freeze_panes == "A2"
    assert sheet["B2"].value == "2026-11-18"
    assert (sheet["C2"].value, sheet["D2"].value, sheet["F2"].value) == ("07:30", "09:00", 12)
    assert sheet["E2"].number_format == "@"


@pytest.mark.parametrize("text", ["dua\nbaris", "tab\tdi sini", "x" * 40_000, "\u2028"])
def test_what_is_no_line_of_text_is_refused(text: str) -> None:
    one = SheetLine("", date(2026, 11, 18), None, None, text, None, "", "")
    with pytest.raises(ValueError):
        write_xlsx([one], made=MADE)
    with pytest.raises(ValueError):
        write_csv([one])


def test_what_is_too_long_is_cut_and_said() -> None:
    assert fitted("a" * LONGEST) == ("a" * LONGEST, False)
    text, cut = fitted("a" * (LONGEST + 1))
    assert (len(text), text[-1], cut) == (LONGEST, "…", True)
    links = [f"https://drive.example.go.id/{'x' * 400}/{n}" for n in range(6)]
    kept, cut = fitted_links(links)
    assert kept.split(" ") == links[:4]
    assert cut
