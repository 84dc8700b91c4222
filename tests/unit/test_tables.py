"""Reading tables out of files people made, and out of files made to do harm."""

import contextlib
import io
import tracemalloc
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from documents import packages, worksheets
from documents.cells import (
    MAX_BYTES,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TEXT,
    MAX_UNPACKED,
    Cell,
    Kind,
    Unreadable,
    column_letters,
)
from documents.tables import Shape, Table, read_grid, read_table, read_tables

COLUMNS = ("nama", "nip", "nip_atasan", "jabatan")
REQUIRED = (("nama",), ("nip",))
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def read(data: bytes, name: str = "pegawai.xlsx") -> Table:
    return read_table(data, name, columns=COLUMNS, required=REQUIRED)


def xlsx(fill: Callable[[Worksheet], object]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    fill(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet_of(*rows: Sequence[object]) -> bytes:
    def fill(sheet: Worksheet) -> None:
        for row in rows:
            sheet.append(list(row))

    return xlsx(fill)


def archive(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return out.getvalue()


def raw_workbook(sheet: str | bytes, **more: str) -> bytes:
    """A workbook whose sheet XML is given as it is."""
    return archive(
        {
            "_rels/.rels": f'<Relationships><Relationship Id="r" Type="{RELATIONS}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
            '<sheet name="S" sheetId="1" r:id="a"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships><Relationship Id="a" Type="{RELATIONS}/worksheet"'
            f' Target="worksheets/sheet1.xml"/><Relationship Id="b" Type="{RELATIONS}/sharedStrings"'
            ' Target="/xl/sharedStrings.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": sheet,
            **{f"xl/{name}.xml": text for name, text in more.items()},
        }
    )


def rows_xml(rows: str) -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def inline(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


def refused(data: bytes, name: str = "pegawai.xlsx") -> str:
    with pytest.raises(Unreadable) as caught:
        read(data, name)
    return caught.value.code


HEADER: list[object] = ["nama", "nip", "nip_atasan", "jabatan"]
FULL: list[object] = ["Ani", "198502142010031007", "", "Guru"]


# --- what is read -------------------------------------------------------------------------------------------


def test_values_keep_their_address_and_whether_they_are_numbers() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["B3"], sheet["C3"], sheet["D3"] = "Nama", "N I P", "NIP-Atasan"
        sheet["E3"] = "JABATAN"
        sheet["B4"], sheet["C4"], sheet["D4"] = "Ani", 198502142010031007, "198502142010031007"
        sheet["B6"] = "Budi"

    table = read(xlsx(fill))
    assert not table.faults
    first, second = table.rows
    assert (first["nip"].address, first["nip"].kind) == ("C4", Kind.NUMBER)
    assert first["nip"].text == "198502142010031000"
    assert (first["nip_atasan"].text, first["nip_atasan"].kind) == ("198502142010031007", Kind.TEXT)
    assert (second["nama"].address, second["nip"].address, second["nip"].text) == ("B6", "C6", "")


def test_what_a_cell_shows_is_what_is_read() -> None:
    def fill(sheet: Worksheet) -> None:
        values: list[Any] = [
            12,
            1.5,
            0.1 + 0.2,
            0.95,
            date(2026, 12, 31),
            datetime(2026, 1, 2, 7, 30),  # noqa: DTZ001 - as a spreadsheet has it
            time(7, 30),
            True,
        ]
        for column, value in enumerate(values, start=1):
            sheet.cell(1, column, value)
        sheet["D1"].number_format = "0%"
        sheet["I1"], sheet["J1"] = 1250000, 45000
        sheet["I1"].number_format = '#,##0 "dokumen"'
        sheet["J1"].number_format = "dd mmmm yyyy"

    row = read_grid(xlsx(fill), "a.xlsx")[1]
    assert [cell.text for cell in row.values()] == [
        "12",
        "1.5",
        "0.3",
        "95%",
        "2026-12-31",
        "2026-01-02 07:30",
        "07:30",
        "TRUE",
        "1250000",
        "2023-03-15",
    ]
    assert row[9].kind is Kind.NUMBER
    assert row[4].kind is Kind.TEXT


def test_dates_that_count_from_1904_are_moved() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["A1"] = date(2026, 12, 31)

    book = openpyxl.load_workbook(io.BytesIO(xlsx(fill)))
    book.epoch = datetime(1904, 1, 1)  # noqa: DTZ001 - as a spreadsheet has it
    out = io.BytesIO()
    book.save(out)
    assert read_grid(out.getvalue(), "a.xlsx")[1][1].text == "2026-12-31"


def test_shared_strings_with_runs_and_phonetics_are_joined() -> None:
    strings = (
        f'<sst xmlns="{MAIN}"><si><r><t>na</t></r><r><t>ma</t></r><rPh><t>x</t></rPh></si><si/>'
        "<si><t>nip</t></si></sst>"
    )
    sheet = rows_xml('<row><c t="s"><v>0</v></c><c t="s"><v>2</v></c><c t="s"><v>1</v></c></row>')
    grid = read_grid(raw_workbook(sheet, sharedStrings=strings), "a.xlsx")
    assert [cell.text for cell in grid[1].values()] == ["nama", "nip"]


def test_other_namespaces_prefixes_are_understood() -> None:
    row = '<x:row r="2"><x:c r="C2"><x:v>7</x:v></x:c></x:row>'
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{row}</x:sheetData></x:worksheet>'
    assert read_grid(raw_workbook(sheet), "a.xlsx") == {2: {3: Cell(2, 3, "7", Kind.NUMBER)}}


def test_the_first_visible_sheet_is_read() -> None:
    book = openpyxl.Workbook()
    hidden, shown = book.active, book.create_sheet("Pegawai")
    assert isinstance(hidden, Worksheet)
    hidden.append(["rahasia"])
    hidden.sheet_state = "hidden"
    shown.append(HEADER)
    shown.append(FULL)
    book.active = 1
    out = io.BytesIO()
    book.save(out)
    assert read(out.getvalue()).rows[0]["nama"].text == "Ani"


def test_a_cell_merged_over_rows_counts_for_each_of_them() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["Daftar pegawai"])
        sheet.merge_cells("A1:D1")
        for row in (HEADER, ["Ani", "1", "9", "Guru"], ["", "2", "", "Staf"], ["", "3", "", "Staf"]):
            sheet.append(row)
        sheet.merge_cells("A3:A4")
        sheet.merge_cells("C3:D3")

    table = read(xlsx(fill))
    assert [row["nama"].text for row in table.rows] == ["Ani", "Ani", ""]
    assert table.rows[1]["nama"].address == "A4"
    assert table.rows[0]["jabatan"].text == ""


def test_formulas_give_their_last_result_or_a_fault() -> None:
    sheet = rows_xml(
        "<row>"
        + "".join(map(inline, ("nama", "nip", "jabatan")))
        + '</row><row><c t="str"><f>A1</f><v>Ani</v></c><c><f>B1</f></c><c t="str"><f>""</f><v></v></c></row>'
    )
    table = read(raw_workbook(sheet))
    assert table.rows[0]["nama"].text == "Ani"
    assert table.rows[0]["jabatan"].kind is Kind.TEXT
    assert [(fault.cell, fault.column, fault.code) for fault in table.faults] == [
        ("B2", "nip", "formula_empty")
    ]


def test_an_error_value_is_a_fault_with_its_address() -> None:
    sheet = rows_xml(
        f'<row>{inline("nama")}{inline("nip")}</row><row>{inline("Ani")}<c t="e"><v>#N/A</v></c></row>'
        f"<row>{inline('Budi')}<c><v>NaN</v></c></row>"
    )
    table = read(raw_workbook(sheet))
    assert [(fault.cell, fault.code, fault.params["value"]) for fault in table.faults] == [
        ("B2", "cell_error", "#N/A"),
        ("B3", "cell_error", "NaN"),
    ]


def test_a_text_that_is_too_long_is_a_fault() -> None:
    table = read(sheet_of(["nama", "nip"], ["x" * (MAX_TEXT + 1), "1"], ["y" * MAX_TEXT, "2"]))
    assert [(fault.cell, fault.code) for fault in table.faults] == [("A2", "cell_too_long")]


# --- csv ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_csv_of_every_usual_kind_is_read(delimiter: str, encoding: str) -> None:
    lines = [
        "Daftar, pegawai; kantor",
        delimiter.join(COLUMNS),
        delimiter.join(['"José, S.Pd; M"', "1", "", "x"]),
    ]
    table = read("\r\n".join(lines).encode(encoding), "PEGAWAI.CSV")
    assert table.rows[0]["nama"] == Cell(3, 1, "José, S.Pd; M")
    assert table.rows[0]["nip"].kind is Kind.TEXT


def test_csv_may_name_its_separator_in_the_first_line() -> None:
    table = read(b"sep=;\nnama;nip\nAni;1\n", "a.csv")
    assert table.rows[0]["nama"].address == "A3"


def test_rows_of_a_csv_are_counted_as_a_spreadsheet_shows_them() -> None:
    table = read(b'nama,nip\n"Ani\nbinti X",1\n\nBudi,2\n', "a.csv")
    assert [row["nip"].address for row in table.rows] == ["B2", "B4"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'nama,nip\n"Ani,1\n', "csv_quotes"),
        (b'nama,nip\n"Ani"x,1\n', "csv_quotes"),
        (b"nama,nip\nA\0ni,1\n", "not_text"),
        (b"nama,nip\nAni\x81,1\n", "not_text"),
        (b"\xff\xfen", "not_text"),
        (b"\xef\xbb\xbf", "empty"),
        (b" \n \n", "empty"),
        (b",,,\n,,\n", "empty"),
        (b"a,b\n1,2\n", "header_missing"),
        (b"nama\nAni\n", "header_missing"),
        (b"nama,nip\n", "no_rows"),
        (b"nama,nip\n , \n", "no_rows"),
        (b"PK\x03\x04", "not_what_it_says"),
    ],
)
def test_a_csv_that_is_none_is_refused(data: bytes, code: str) -> None:
    assert refused(data, "a.csv") == code


def test_limits_of_a_csv() -> None:
    assert refused(b"nama,nip\n" + b"a,1\n" * MAX_ROWS, "a.csv") == "too_many_rows"
    assert len(read(b"nama,nip\n" + b"a,1\n" * (MAX_ROWS - 1), "a.csv").rows) == MAX_ROWS - 1
    assert refused(b"nama,nip\n" + b"," * MAX_COLUMNS + b"x\n", "a.csv") == "too_many_columns"
    assert refused(b"x" * (MAX_BYTES + 1), "a.csv") == "too_large"
    assert refused(b"nama,nip\n" + b"x" * 200_000, "a.csv") == "csv_quotes"


# --- columns ------------------------------------------------------------------------------------------------


def test_missing_unknown_misspelt_and_doubled_columns_are_named() -> None:
    table = read(sheet_of(["No", "nama", "nip_atsan", "nama", "jabatan"], [1, "Ani", "x", "y"]))
    assert [(fault.cell, fault.column, fault.code) for fault in table.faults] == [
        ("D1", "nama", "column_twice"),
        ("C1", "nip_atasan", "column_misspelt"),
        ("1", "nip", "column_missing_or_renamed"),
    ]
    assert [(one.cell, one.column, one.code) for one in table.warnings] == [("A1", "No", "column_unknown")]
    assert not table.columns_fit
    table = read(sheet_of(["nama", "nip", "jabatan"], ["Ani", "x", "y"]))
    assert [(one.cell, one.column, one.code) for one in table.warnings] == [
        ("1", "nip_atasan", "column_absent")
    ]
    assert table.columns_fit


def test_one_column_of_a_group_is_enough() -> None:
    columns = ("nama", "nip", "id_pegawai")
    groups = (("nama",), ("nip", "id_pegawai"))
    data = b"nama,id_pegawai\nAni,H1\n"
    assert not read_table(data, "a.csv", columns=columns, required=groups).faults
    data = b"nama,jabatan\nAni,H1\n"
    faults = read_table(data, "a.csv", columns=(*columns, "jabatan"), required=groups).faults
    assert [(fault.column, fault.code) for fault in faults] == [("nip / id_pegawai", "column_missing")]


def test_headings_nobody_knows_are_named_where_a_column_is_missing() -> None:
    table = read(sheet_of(["Nomor Induk", "nama", "jabatan", "Ket"], ["x", "Ani", "y", "z"]))
    (fault,) = table.faults
    assert (fault.column, fault.code) == ("nip", "column_missing_or_renamed")
    assert fault.params == {"headings": "«Nomor Induk» (A1), «Ket» (D1)"}


SIGNED: list[list[object]] = [
    [],
    ["Sukamaju, 2 Januari 2026"],
    [None, None, None, "Kepala Madrasah"],
    [],
    ["NIP. 197203151998032001", None, None, "Hj. Nurul Hidayah"],
]


def test_who_signs_under_the_table_is_passed_over_with_a_remark() -> None:
    columns = ("nama", "nip", "nip_atasan", "jabatan", "unit")
    required = [(one,) for one in columns]
    head: list[Sequence[object]] = [columns, [*FULL, "MTsN"]]
    (table,) = read_tables(sheet_of(*head, *SIGNED), "a.xlsx", [Shape(("Sheet",), columns, required)])
    assert table is not None
    assert len(table.rows) == 1
    (remark,) = table.warnings
    assert (remark.cell, remark.code) == ("A4", "rows_below")
    assert remark.params == {"count": 3, "value": "Sukamaju, 2 Januari 2026"}


@pytest.mark.parametrize(
    "rows",
    [
        [["Budi"]],  # right under the table: a row begun
        [[], ["Budi", "x", "y"]],  # a row with more than who signs
        [[], ["Sukamaju"], [*FULL, "MTsN"]],  # the table goes on below it
    ],
)
def test_no_row_that_may_be_data_is_passed_over(rows: list[list[object]]) -> None:
    columns = ("nama", "nip", "nip_atasan", "jabatan", "unit")
    data = sheet_of(columns, [*FULL, "MTsN"], *rows)
    table = read_table(data, "a.xlsx", columns=columns, required=[(one,) for one in columns])
    assert len(table.rows) == 1 + sum(bool(row) for row in rows)
    assert not table.warnings


# --- files that are none, or mean harm ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.xlsx", "empty"),
        (b"nama,nip", "a.xlsx", "not_what_it_says"),
        (b"PK\x03\x04 broken", "a.xlsx", "damaged"),
        (b"\xd0\xcf\x11\xe0rest", "a.xlsx", "encrypted"),
        (b"PK", "a.xlsm", "macros"),
        (b"x", "a.xls", "wrong_type"),
        (b"x", "a", "wrong_type"),
        (b"x", "a.pdf", "wrong_type"),
        (b"PK" + bytes(MAX_BYTES), "a.xlsx", "too_large"),
        (archive({"word/document.xml": "<x/>"}), "a.xlsx", "not_a_workbook"),
        (archive({"xl/workbook.xml": "<workbook/>"}), "a.xlsx", "no_sheet"),
        (archive({"xl/workbook.xml": "<workbook>"}), "a.xlsx", "damaged"),
        (archive({"xl/workbook.xml": "<workbook/>", "xl/vbaProject.bin": "x"}), "a.xlsx", "macros"),
        (archive({f"x{n}": "" for n in range(packages.MAX_PARTS + 1)}), "a.xlsx", "unpacks_too_large"),
        (raw_workbook(rows_xml("")), "a.xlsx", "empty"),
        (raw_workbook(rows_xml('<row r="0"><c><v>1</v></c></row>')), "a.xlsx", "damaged"),
        (raw_workbook(rows_xml('<row r="1048577"><c><v>1</v></c></row>')), "a.xlsx", "damaged"),
        (raw_workbook(rows_xml('<row><c r="ZZZ1"><v>1</v></c></row>')), "a.xlsx", "damaged"),
        (raw_workbook(rows_xml('<row><c r="1A"><v>1</v></c></row>')), "a.xlsx", "damaged"),
        (raw_workbook(rows_xml('<row><c t="s"><v>5</v></c></row>')), "a.xlsx", "damaged"),
        (raw_workbook(rows_xml("<row><c><v>satu</v></c></row>")), "a.xlsx", "damaged"),
        (raw_workbook(rows_xml('<row><c r="CW1"><v>1</v></c></row>')), "a.xlsx", "too_many_columns"),
    ],
)
def test_a_file_that_is_none_is_refused(data: bytes, name: str, code: str) -> None:
    assert refused(data, name) == code


def test_a_workbook_with_nothing_but_a_chart_or_hidden_sheets_has_no_sheet() -> None:
    data = raw_workbook(rows_xml(""))
    book = f'<workbook xmlns:r="{RELATIONS}"><sheets><sheet state="hidden" r:id="a"/></sheets></workbook>'
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    assert refused(archive({**parts, "xl/workbook.xml": book})) == "no_sheet"


def test_an_encrypted_member_is_refused() -> None:
    data = bytearray(raw_workbook(rows_xml("")))
    place = data.find(b"PK\x01\x02")
    data[place + 8] |= 1
    assert refused(bytes(data)) == "encrypted"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    huge = b"<worksheet>" + b" " * (MAX_UNPACKED + 1)
    data = raw_workbook(huge)
    assert len(data) < 200_000
    tracemalloc.start()
    try:
        assert refused(data) == "unpacks_too_large"
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_size_that_is_declared_too_small_is_not_believed() -> None:
    data = raw_workbook(rows_xml(f"<row>{inline('x' * 500_000)}</row>"))
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        size = source.getinfo("xl/worksheets/sheet1.xml").file_size
    forged = data.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert forged != data
    assert refused(forged) == "damaged"


def test_entities_are_not_even_declared() -> None:
    sheet = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + rows_xml("<row><c><v>&b;</v></c></row>")
    assert refused(raw_workbook(sheet)) == "damaged"


def test_one_cell_far_away_costs_one_cell() -> None:
    sheet = rows_xml(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    )
    assert len(read_grid(raw_workbook(sheet), "a.xlsx")) == 2


def test_a_million_rows_are_refused_with_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = rows_xml("<row><c><v>1</v></c></row>" * (MAX_ROWS + 1))
    assert refused(raw_workbook(sheet)) == "too_many_rows"
    monkeypatch.setattr(worksheets, "MAX_CELLS", 1_000)
    assert refused(raw_workbook(rows_xml("<row><c/></row>" * 1_001))) == "too_many_cells"
    merged = "<worksheet>" + '<mergeCell ref="A1:A2"/>' * 1_001 + "</worksheet>"
    assert refused(raw_workbook(merged)) == "too_many_cells"
    strings = f"<sst>{'<si/>' * 1_001}</sst>"
    assert refused(raw_workbook(rows_xml(""), sharedStrings=strings)) == "too_many_cells"


def test_a_long_shared_string_that_is_used_often_is_kept_once_and_short() -> None:
    strings = f"<sst><si><t>{'x' * 1_000_000}</t></si></sst>"
    rows = "<row>" + '<c t="s"><v>0</v></c>' * MAX_COLUMNS + "</row>"
    grid = read_grid(raw_workbook(rows_xml(rows * 50), sharedStrings=strings), "a.xlsx")
    assert {cell.kind for row in grid.values() for cell in row.values()} == {Kind.LONG}
    assert max(len(cell.text) for cell in grid[1].values()) <= 40


def test_merges_that_cannot_be_are_refused() -> None:
    rows = f"<sheetData><row>{inline('a')}</row></sheetData>"
    sheet = f'<worksheet>{rows}<mergeCells><mergeCell ref="A1:?"/></mergeCells></worksheet>'
    assert refused(raw_workbook(sheet)) == "damaged"


# --- whatever comes -----------------------------------------------------------------------------------------


@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.xlsx"]))
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    with contextlib.suppress(Unreadable):
        read_grid(data, name, columns=COLUMNS)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(raw_workbook(rows_xml(f"<row>{inline('nama')}{inline('nip')}</row>")))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(2, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Unreadable):
        read_grid(bytes(content), "a.xlsx")


printable = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")), min_size=1, max_size=20
).filter(lambda text: text.strip() and not text.startswith("="))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(printable, printable, printable, printable), min_size=1, max_size=5))
def test_what_was_written_is_read_back(rows: list[tuple[str, str, str, str]]) -> None:
    texts = [["x" + value for value in row] for row in rows]
    table = read(sheet_of(list(COLUMNS), *[list(row) for row in texts]))
    assert [[cell.text for cell in row.values()] for row in table.rows] == texts


@settings(max_examples=40)
@given(st.lists(st.tuples(printable, printable), min_size=1, max_size=5), st.sampled_from(",;\t"))
def test_what_was_quoted_is_read_back(rows: list[tuple[str, str]], delimiter: str) -> None:
    def quoted(value: str) -> str:
        return '"' + value.replace('"', '""') + '"'

    lines = [delimiter.join(("nama", "nip")), *(delimiter.join(map(quoted, row)) for row in rows)]
    table = read("\n".join(lines).encode(), "a.csv")
    assert [(row["nama"].text, row["nip"].text) for row in table.rows] == rows


@given(st.integers(1, 16_384))
def test_columns_have_letters(number: int) -> None:
    letters = column_letters(number)
    assert column_index_from_string(letters) == number
