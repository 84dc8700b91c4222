"""Reads the first visible sheet of an .xlsx file that may be hostile.

An .xlsx file is XML in a ZIP archive (ECMA-376). One streaming pass reads it, because what an import needs is
just what table libraries hide: whether a cell is text or a number, a formula that was never calculated, a
percentage (0.95 shown as 95%), which cells are merged. Nothing is unpacked before its declared size is
checked, no declared size is believed past the limit, documents with a DTD are refused, and a lone cell in
row 1,048,576 costs one cell, not a million rows.
"""

import functools
import io
import posixpath
import re
import zipfile
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from xml.parsers import expat

from documents.cells import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TEXT,
    MAX_UNPACKED,
    Cell,
    Grid,
    Kind,
    Unreadable,
    text_cell,
)

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
CHUNK = 64 * 1024
MAX_PARTS = 2_000

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
"""Built-in number formats that show a date or a time (ECMA-376, 18.8.30)."""
_PERCENT_FORMATS = {9, 10}
_FORMAT_LITERALS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')

Event = tuple[str, str, Mapping[str, str]]
"""("start", name, attributes), ("text", text, {}) or ("end", name, {}); names without prefix."""


def read_worksheet(data: bytes) -> Grid:
    """The values of the first visible sheet. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read_workbook(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError) as error:
        raise Unreadable("damaged") from error
    except (expat.ExpatError, KeyError, ValueError, IndexError, OverflowError) as error:
        raise Unreadable("damaged") from error


def _read_workbook(archive: zipfile.ZipFile) -> Grid:
    parts = {part.filename: part for part in archive.infolist()}
    if len(parts) > MAX_PARTS:
        raise Unreadable("unpacks_too_large", limit_mb=MAX_UNPACKED // 2**20)
    if any(part.flag_bits & 1 for part in parts.values()):
        raise Unreadable("encrypted")
    if any(name.lower().endswith("vbaproject.bin") for name in parts):
        raise Unreadable("macros")
    roots = _relations(archive, "")
    book = next(
        (path for kind, path in roots.values() if kind.endswith("/officeDocument")), "xl/workbook.xml"
    )
    if book not in parts:
        raise Unreadable("not_a_workbook")
    relations = _relations(archive, book)
    from_1904, sheet = _first_sheet(archive, book, relations)
    if sheet is None or sheet not in parts:
        raise Unreadable("no_sheet")
    named = {kind.rpartition("/")[2]: path for kind, path in relations.values()}
    strings = _shared_strings(archive, named.get("sharedStrings"))
    formats = _formats(archive, named.get("styles"))
    grid, merged = _sheet(_events(archive, sheet), strings, formats, from_1904=from_1904)
    _fill_merged(grid, merged)
    return grid


def _events(archive: zipfile.ZipFile, name: str) -> Iterator[Event]:
    """Streams one XML part, at most MAX_UNPACKED bytes of it, whatever it declares."""
    part = archive.getinfo(name)
    if part.file_size > MAX_UNPACKED:
        raise Unreadable("unpacks_too_large", limit_mb=MAX_UNPACKED // 2**20)
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unreadable("damaged")
    pending: list[Event] = []
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def start(tag: str, attributes: dict[str, str]) -> None:
        pending.append(("start", _local(tag), attributes))

    def end(tag: str) -> None:
        pending.append(("end", _local(tag), {}))

    def text(data: str) -> None:
        pending.append(("text", data, {}))

    def doctype(*_: object) -> None:
        raise Unreadable("damaged")  # no spreadsheet program writes a DTD; entities are how XML bombs work

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    taken = 0
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            taken += len(chunk)
            if taken > MAX_UNPACKED:
                raise Unreadable("unpacks_too_large", limit_mb=MAX_UNPACKED // 2**20)
            parser.Parse(chunk, False)
            yield from pending
            pending.clear()
    parser.Parse(b"", True)
    yield from pending


@functools.lru_cache(maxsize=256)
def _local(tag: str) -> str:
    """A name without its prefix; the same few come a hundred thousand times."""
    return tag.rpartition(":")[2]


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Relation id → (type, path inside the archive) of one part; "" is the package itself."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path not in archive.NameToInfo:
        return {}
    found = {}
    for event, tag, values in _events(archive, path):
        if event == "start" and tag == "Relationship" and values.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, values.get("Target", "")))
            found[values.get("Id", "")] = (values.get("Type", ""), target.lstrip("/"))
    return found


def _first_sheet(
    archive: zipfile.ZipFile, book: str, relations: Mapping[str, tuple[str, str]]
) -> tuple[bool, str | None]:
    """(dates count from 1904, path of the first visible worksheet)."""
    from_1904, sheet = False, None
    for event, tag, values in _events(archive, book):
        if event != "start":
            continue
        if tag == "workbookPr":
            from_1904 = values.get("date1904") in ("1", "true")
        elif tag == "sheet" and sheet is None and values.get("state", "visible") == "visible":
            ids = (value for key, value in values.items() if key.rpartition(":")[2] == "id")
            kind, path = relations.get(next(ids, ""), ("", ""))
            if kind.endswith("/worksheet"):
                sheet = path
    return from_1904, sheet


def _shared_strings(archive: zipfile.ZipFile, path: str | None) -> list[str]:
    if path is None or path not in archive.NameToInfo:
        return []
    strings: list[str] = []
    pieces: list[str] = []
    length, reading, phonetic = 0, False, False
    for event, value, _ in _events(archive, path):
        if event == "text":
            if reading and not phonetic and length <= MAX_TEXT:
                pieces.append(value)
                length += len(value)
        elif value == "t":
            reading = event == "start"
        elif value == "rPh":
            phonetic = event == "start"
        elif value == "si" and event == "start":
            pieces, length = [], 0
        elif value == "si":
            strings.append("".join(pieces)[: MAX_TEXT + 1])
            if len(strings) > MAX_CELLS:
                raise Unreadable("too_many_cells", limit=MAX_CELLS)
    return strings


def _formats(archive: zipfile.ZipFile, path: str | None) -> list[str]:
    """What each cell style shows: "plain", "percent" or "date"."""
    if path is None or path not in archive.NameToInfo:
        return []
    custom: dict[int, str] = {}
    shown: list[str] = []
    inside = False
    for event, tag, values in _events(archive, path):
        if tag == "cellXfs" and event != "text":
            inside = event == "start"
        elif event == "start" and tag == "numFmt":
            custom[int(values.get("numFmtId", "0"))] = _shown(values.get("formatCode", ""))
        elif event == "start" and tag == "xf" and inside:
            number = int(values.get("numFmtId", "0"))
            if number in custom:
                shown.append(custom[number])
            elif number in _PERCENT_FORMATS:
                shown.append("percent")
            else:
                shown.append("date" if number in _DATE_FORMATS else "plain")
    return shown


def _shown(code: str) -> str:
    bare = _FORMAT_LITERALS.sub("", code).lower()
    if "%" in bare:
        return "percent"
    if "general" in bare or "0" in bare or "#" in bare:
        return "plain"
    return "date" if re.search(r"[dmyhs]", bare) else "plain"


def _sheet(
    events: Iterator[Event], strings: list[str], formats: list[str], *, from_1904: bool
) -> tuple[Grid, list[str]]:
    grid: Grid = {}
    merged: list[str] = []
    row = column = cells = length = 0
    attributes: Mapping[str, str] = {}
    pieces: list[str] = []
    reading = in_phonetic = formula = valued = False
    for event, value, values in events:
        if event == "text":
            if reading and not in_phonetic and length <= MAX_TEXT:
                pieces.append(value)
                length += len(value)
        elif event == "start" and value == "row":
            row = _within(int(values.get("r", row + 1)), LAST_ROW)
            column = 0
        elif event == "start" and value == "c":
            cells += 1
            if cells > MAX_CELLS:
                raise Unreadable("too_many_cells", limit=MAX_CELLS)
            column = _within(_column_of(values["r"]) if "r" in values else column + 1, LAST_COLUMN)
            attributes, pieces, length, formula, valued = values, [], 0, False, False
        elif value in ("v", "t"):
            reading = event == "start"
            valued = valued or value == "v"
        elif value == "rPh":
            in_phonetic = event == "start"
        elif event == "start" and value == "f":
            formula = True
        elif event == "end" and value == "c":
            text = "".join(pieces)
            shape = _shape(attributes, formats)
            kind = attributes.get("t", "n")
            if formula and not text and not (kind == "str" and valued):
                cell: Cell | None = Cell(row, column, "", Kind.FORMULA)
            elif not text:
                cell = None
            else:
                cell = _cell(row, column, text, kind, shape, strings, from_1904=from_1904)
            if cell is not None:
                _put(grid, cell)
        elif event == "start" and value == "mergeCell":
            merged.append(values.get("ref", ""))
            if len(merged) > MAX_CELLS:
                raise Unreadable("too_many_cells", limit=MAX_CELLS)
    return grid, merged


def _shape(attributes: Mapping[str, str], formats: list[str]) -> str:
    style = int(attributes.get("s", "0"))
    return formats[style] if 0 <= style < len(formats) else "plain"


def _put(grid: Grid, cell: Cell) -> None:
    if cell.row not in grid and len(grid) >= MAX_ROWS:
        raise Unreadable("too_many_rows", limit=MAX_ROWS)
    if cell.column > MAX_COLUMNS:
        raise Unreadable("too_many_columns", limit=MAX_COLUMNS, cell=cell.address)
    grid.setdefault(cell.row, {})[cell.column] = cell


def _within(number: int, last: int) -> int:
    if not 1 <= number <= last:
        raise Unreadable("damaged")
    return number


def _column_of(reference: str) -> int:
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise Unreadable("damaged")
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _cell(
    row: int, column: int, text: str, kind: str, shape: str, strings: list[str], *, from_1904: bool
) -> Cell | None:
    if kind == "s":
        text = strings[int(text)]
        return text_cell(row, column, text) if text else None
    if kind in ("str", "inlineStr", "d"):
        return text_cell(row, column, text)
    if kind == "e":
        return Cell(row, column, text[:40], Kind.ERROR)
    if kind == "b":
        return Cell(row, column, "TRUE" if text.strip() == "1" else "FALSE")
    number = float(text)
    if not abs(number) < 1e300:  # also NaN, which compares false
        return Cell(row, column, text[:40], Kind.ERROR)
    if shape == "date" and (written := _date(number, from_1904=from_1904)):
        return Cell(row, column, written)
    if shape == "percent":
        percent = Decimal(f"{number:.15g}") * 100
        return Cell(row, column, f"{percent.normalize():f}%")
    return Cell(row, column, f"{number:.15g}", Kind.NUMBER)


def _date(serial: float, *, from_1904: bool) -> str | None:
    """A day count as `YYYY-MM-DD`, with ` HH:MM` when it has a time, or `HH:MM` alone. None: no date."""
    start = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet has no zone
    if not 0 <= serial < 2_950_000:
        return None
    at = start + timedelta(minutes=round(serial * 1440))
    if serial < 1:
        return f"{at:%H:%M}"
    return f"{at:%Y-%m-%d}" if (at.hour, at.minute) == (0, 0) else f"{at:%Y-%m-%d %H:%M}"


def _fill_merged(grid: Grid, merged: list[str]) -> None:
    """A value merged over several rows counts for each of them; merged sideways, for its first column."""
    rows = sorted(grid)
    filled = 0
    for reference in merged:
        first, _, last = reference.partition(":")
        start, end = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last or first)
        if start is None or end is None:
            raise Unreadable("damaged")
        top, column = int(start[2]), _column_of(first)
        cell = grid.get(top, {}).get(column)
        if cell is None:
            continue
        for row in rows[bisect_right(rows, top) : bisect_left(rows, int(end[2]) + 1)]:
            filled += 1
            if filled > MAX_CELLS:
                raise Unreadable("too_many_cells", limit=MAX_CELLS)
            grid[row].setdefault(column, Cell(row, column, cell.text, cell.kind))
