"""Workbooks of several sheets, and those made to do harm: read safely, or refused with a sentence."""

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from bot.commands.importing import GUIDE, SKP
from bot.texts import Texts
from documents import cells, packages, tables, worksheets
from documents.cells import MAX_TEXT, Kind, Unreadable
from documents.tables import Table, read_tables
from services.people.rows import clean
from tests.unit.test_tables import RELATIONS, archive, inline, raw_workbook, rows_xml

HEADER = ["nip", "tahun", "rhk", "aspek", "indikator", "target"]
ROW: list[object] = ["198801122011012002", 2026, "RHK", "kuantitas", "Jumlah", 12]
NEEDED = "".join(map(inline, HEADER))


def read(data: bytes, name: str = "skp.xlsx") -> list[Table | None]:
    return read_tables(data, name, SKP, passed_over=(GUIDE,))


def refused(data: bytes, name: str = "skp.xlsx") -> str:
    with pytest.raises(Unreadable) as caught:
        read(data, name)
    for language in ("id", "en"):
        assert Texts().speech(language).plain(f"import.unreadable.{caught.value.code}", **caught.value.params)
    return caught.value.code


def book_of(**sheets: Sequence[Sequence[object]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def remarks(table: Table | None) -> list[tuple[str, str, str]]:
    assert table is not None
    return [(one.cell, one.column, one.code) for one in (*table.faults, *table.warnings)]


# --- several sheets -----------------------------------------------------------------------------------------


def test_sheets_are_found_by_name_in_any_order() -> None:
    annexes = [["nip", "tahun", "lampiran", "isi"], ["1", "2026", "konsekuensi", "x"]]
    book = book_of(Petunjuk=[["baca ini"]], Lampiran_SKP=annexes, skp=[HEADER, ROW], Sheet2=[["x"]])
    main, annex, behaviour = read(saved(book))
    assert main is not None
    assert annex is not None
    assert behaviour is None
    assert (main.rows[0]["rhk"].text, main.address(main.rows[0]["rhk"])) == ("RHK", "SKP!C2")
    assert annex.address(annex.rows[0]["isi"]) == "Lampiran!D2"
    assert ("", "Sheet2", "sheet_ignored") in remarks(main)


def test_the_first_sheet_of_another_name_is_the_skp() -> None:
    main, *_ = read(saved(book_of(Petunjuk=[["x"]], Data=[HEADER, ROW])))
    assert main is not None
    assert main.address(main.rows[0]["nip"]) == "Data!A2"
    main, *_ = read(saved(book_of(Data=[HEADER, ROW])))
    assert main is not None
    assert main.address(main.rows[0]["nip"]) == "A2"


def test_faults_name_their_sheet() -> None:
    annexes = [["nip", "tahun", "lampiran", "isi", "isi"], ["1", "=1/0", "x", "y" * 7_000]]
    main, annex, _ = read(saved(book_of(SKP=[HEADER, ROW], Lampiran=annexes)))
    assert ("Lampiran!D2", "isi", "cell_too_long") in remarks(annex)
    assert ("Lampiran!B2", "tahun", "formula_empty") in remarks(annex)
    twice = next(one for one in annex.faults if one.code == "column_twice") if annex else None
    assert twice is not None
    assert (twice.cell, twice.params["other"]) == ("Lampiran!E1", "Lampiran!D1")
    assert main is not None
    assert not main.faults


def test_a_sheet_without_its_columns_is_refused_by_name_and_an_empty_one_is_not_there() -> None:
    assert refused(saved(book_of(SKP=[HEADER, ROW], Perilaku=[["catatan bebas"]]))) == "header_missing_in"
    _, annex, behaviour = read(
        saved(book_of(SKP=[HEADER, ROW], Perilaku=[], Lampiran=[["nip", "tahun", "lampiran", "isi"]]))
    )
    assert behaviour is None
    assert annex is not None
    assert annex.rows == ()
    assert refused(saved(book_of(SKP=[HEADER], Lampiran=[]))) == "no_rows"
    assert refused(saved(book_of(SKP=[], Lampiran=[]))) == "empty"
    assert refused(saved(book_of(Petunjuk=[["x"]], Perilaku=[["x"]]))) == "no_sheet"


# --- what is hidden -----------------------------------------------------------------------------------------


def test_hidden_sheets_are_not_read_and_hidden_rows_and_columns_are_told() -> None:
    book = book_of(SKP=[HEADER, ROW, ROW, ROW], Lampiran=[["nip", "tahun", "lampiran", "isi"]])
    book["Lampiran"].sheet_state = "veryHidden"
    sheet = book["SKP"]
    sheet.row_dimensions[3].hidden = True
    sheet.row_dimensions[900].hidden = True
    sheet.column_dimensions["C"].hidden = True
    main, annex, _ = read(saved(book))
    assert annex is None
    assert main is not None
    assert len(main.rows) == 3
    told = {code: (cell, column) for cell, column, code in remarks(main)}
    assert told["sheet_hidden"] == ("", "Lampiran")
    assert told["rows_hidden"] == ("A3", "nip")
    assert told["column_hidden"] == ("C1", "rhk")


# --- means harm ---------------------------------------------------------------------------------------------


def with_parts(data: bytes, **more: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        parts: dict[str, str | bytes] = {name: source.read(name) for name in source.namelist()}
    return archive({**parts, **more})


WHOLE = raw_workbook(rows_xml(f"<row>{NEEDED}</row><row>{''.join(inline(str(one)) for one in ROW)}</row>"))


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"xl/vbaProject.bin": "x"}, "macros"),
        ({"xl/macrosheets/sheet1.xml": "<x/>"}, "macros"),
        (
            {
                "[Content_Types].xml": '<Types><Override PartName="/xl/workbook.xml"'
                ' ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
            },
            "macros",
        ),
        ({"[Content_Types].xml": '<!DOCTYPE x [<!ENTITY a "b">]><Types/>'}, "damaged"),
        ({"xl/styles.xml": "<!DOCTYPE x SYSTEM 'http://127.0.0.1/x'><x/>"}, None),
        ({"xl/externalLinks/externalLink1.xml": "<x/>"}, None),
        ({"nested.zip": "PK"}, None),
        ({"../../outside.xml": "<x/>"}, None),
    ],
)
def test_further_parts_of_a_workbook(more: dict[str, str], code: str | None) -> None:
    data = with_parts(WHOLE, **more)
    if code is not None:
        assert refused(data) == code
        return
    main, *_ = read(data)  # what nothing in the sheet points at is never opened
    assert main is not None
    assert main.rows[0]["rhk"].text == "RHK"


def test_a_part_that_is_there_twice_is_refused() -> None:
    out = io.BytesIO(WHOLE)
    with (
        zipfile.ZipFile(out, "a") as target,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        target.writestr("xl/worksheets/sheet1.xml", rows_xml(""))
    assert refused(out.getvalue()) == "damaged"


def test_a_sheet_outside_the_file_is_none() -> None:
    relations = (
        f'<Relationships><Relationship Id="a" Type="{RELATIONS}/worksheet" TargetMode="External"'
        ' Target="http://127.0.0.1/sheet1.xml"/></Relationships>'
    )
    assert refused(with_parts(WHOLE, **{"xl/_rels/workbook.xml.rels": relations})) == "no_sheet"


def test_a_value_from_another_file_is_its_last_result() -> None:
    cell = '<c t="str"><f>[1]Sheet1!$A$1</f><v>RHK dari luar</v></c>'
    row = inline("1") + inline("2026") + cell + inline("waktu") + inline("x") + inline("y")
    main, *_ = read(raw_workbook(rows_xml(f"<row>{NEEDED}</row><row>{row}</row>")))
    assert main is not None
    assert main.rows[0]["rhk"].text == "RHK dari luar"


def test_parts_that_are_large_only_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MAX_TOTAL", 5_000)
    strings = f"<sst>{'<si><t>x</t></si>' * 200}</sst>"
    sheet = rows_xml(f"<row>{NEEDED}</row>" + "<row/>" * 200)
    assert refused(raw_workbook(sheet, sharedStrings=strings)) == "unpacks_too_large"


@pytest.mark.parametrize(
    ("sheet", "code"),
    [
        ("<row>" + "<c><v>1</v></c>" * 10_000 + "</row>", "too_many_columns"),
        ("<row><c><v>1</v></c></row>" * 30_000, "too_many_rows"),
        ('<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "header_missing"),
        (f"<row>{inline('x' * 100_000)}</row>", "header_missing"),
        ("<row>" + inline("&#x0;") + "</row>", "damaged"),
        (f"<row>{NEEDED}</row>", "no_rows"),
    ],
)
def test_sheets_beyond_measure(sheet: str, code: str) -> None:
    assert refused(raw_workbook(rows_xml(sheet))) == code


def test_a_long_cell_below_the_header_is_a_fault_of_that_cell() -> None:
    main, *_ = read(saved(book_of(SKP=[HEADER, [*ROW[:2], "x" * 30_000, *ROW[3:]]])))
    assert ("C2", "rhk", "cell_too_long") in remarks(main)
    main, *_ = read(saved(book_of(SKP=[HEADER, [*ROW[:2], "x" * MAX_TEXT, *ROW[3:]]])))
    assert main is not None
    assert not main.faults


def test_what_cannot_be_seen_is_not_kept() -> None:
    assert clean("Lapo\u202eran\u200b  ke\x07uangan\u2066 \ufeff") == "Laporan keuangan"
    assert clean("  Laporan \t keuangan ") == "Laporan keuangan"


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (0.9, "General", "0.9"),
        (0.9, "0%", "90%"),
        (46387, "d-mmm-yy", "2026-12-31"),
        ("31/12/2026", "@", "31/12/2026"),
        (198801122011012002, "0", "198801122011012000"),
    ],
)
def test_what_a_number_shows_is_read(value: float | str, number_format: str, shown: str) -> None:
    book = book_of(SKP=[HEADER, ROW])
    sheet = book["SKP"]
    assert isinstance(sheet, Worksheet)
    sheet["F2"] = value
    sheet["F2"].number_format = number_format
    main, *_ = read(saved(book))
    assert main is not None
    assert main.rows[0]["target"].text == shown
    assert (main.rows[0]["target"].kind is Kind.NUMBER) == (shown in ("0.9", "198801122011012000"))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_csv_holds_the_skp_alone(separator: str, encoding: str) -> None:
    lines = [separator.join(HEADER), separator.join(map(str, ROW)).replace("RHK", "Pelayanan café")]
    main, *others = read("\r\n".join(lines).encode(encoding), "skp.csv")
    assert others == [None, None]
    assert main is not None
    assert main.rows[0]["rhk"].text == "Pelayanan café"
    assert {one.column for one in main.warnings} == {"bagian", "rhk_atasan", "satuan"}


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"nip;tahun\0;rhk\n", "skp.csv", "not_text"),
        (b"\xff\xfe\x00\x00n\x00\x00\x00", "skp.csv", "not_text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "skp.xlsx", "encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "skp.xls", "wrong_type"),
        (WHOLE, "skp.csv", "not_what_it_says"),
        (WHOLE, "skp.xlsm", "macros"),
        (b"nip;tahun;rhk", "skp.xlsx", "not_what_it_says"),
    ],
)
def test_files_that_are_not_what_they_say(data: bytes, name: str, code: str) -> None:
    assert refused(data, name) == code


def test_every_refusal_and_remark_has_its_sentence() -> None:
    code = "".join(
        Path(str(part.__file__)).read_text(encoding="utf-8") for part in (cells, packages, tables, worksheets)
    )
    refusals = set(re.findall(r'Unreadable\(\s*"(\w+)"', code))
    remarked = set(re.findall(r'TableFault\((?:[^"]|"")*?"(\w+)"', code)) | {"formula_empty", "cell_error"}
    remarked.discard("value")  # a parameter of theirs
    assert {"header_missing_in", "macros"} <= refusals
    assert {"sheet_hidden", "column_twice"} <= remarked
    for language in ("id", "en"):
        say = Texts().speech(language)
        assert all(say.has(f"import.unreadable.{one}") for one in refusals)
        assert not [one for one in remarked if not say.has(f"import.fault.{one}")]
