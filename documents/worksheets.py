"""Reads visible sheets of an .xlsx file that may be hostile (`documents/packages.py` opens it).

One streaming pass reads a sheet, because what an import needs is just what table libraries hide: whether a
cell is text or a number, a formula that was never calculated, a percentage (0.95 shown as 95%), which cells
are merged, which rows are hidden. A lone cell in row 1,048,576 costs one cell, not a million rows.
"""

import functools
import re
import zipfile
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from xml.parsers import expat

from documents.cells import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TEXT,
    Cell,
    Grid,
    Kind,
    Unreadable,
    text_cell,
)
from documents.packages import Event, Package

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
LONGEST_NAME = 60
"""Characters kept of a sheet's name; a spreadsheet program allows 31."""

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
"""Built-in number formats that show a date or a time (ECMA-376, 18.8.30)."""
_PERCENT_FORMATS = {9, 10}
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_FORMAT_LITERALS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


@dataclass(frozen=True, slots=True)
class Worksheet:
    """One visible sheet. `hidden_rows` hold something and are hidden, by a filter or by hand."""

    name: str
    grid: Grid
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[tuple[int, int], ...] = ()
    """(first, last) of columns that are hidden."""


@dataclass(frozen=True, slots=True)
class SheetNames:
    """What sheets a workbook has, in its order."""

    visible: tuple[str, ...]
    hidden: tuple[str, ...]


Choose = Callable[[SheetNames], Sequence[str]]
"""Which of the visible sheets to read."""


def read_worksheets(data: bytes, *, choose: Choose) -> tuple[SheetNames, list[Worksheet]]:
    """What sheets there are, and those chosen, in the order chosen. Raises Unreadable."""
    try:
        return _read_workbook(Package(data), choose)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError) as error:
        raise Unreadable("damaged") from error
    except (expat.ExpatError, KeyError, ValueError, IndexError, OverflowError) as error:
        raise Unreadable("damaged") from error


def _read_workbook(package: Package, choose: Choose) -> tuple[SheetNames, list[Worksheet]]:
    roots = package.relations("")
    book = next(
        (path for kind, path in roots.values() if kind.endswith("/officeDocument")), "xl/workbook.xml"
    )
    if book not in package:
        raise Unreadable("not_a_workbook")
    relations = package.relations(book)
    from_1904, visible, hidden = _sheets(package, book, relations)
    if not visible:
        raise Unreadable("no_sheet")
    names = SheetNames(tuple(visible), tuple(hidden))
    named = {kind.rpartition("/")[2]: path for kind, path in relations.values()}
    strings = _shared_strings(package, named.get("sharedStrings"))
    formats = _formats(package, named.get("styles"))
    found = []
    for name in choose(names):
        grid, merged, rows, columns = _sheet(
            package.events(visible[name]), strings, formats, from_1904=from_1904
        )
        _fill_merged(grid, merged)
        found.append(Worksheet(name, grid, tuple(sorted(rows & grid.keys())), tuple(columns)))
    return names, found


def _sheets(
    package: Package, book: str, relations: Mapping[str, tuple[str, str]]
) -> tuple[bool, dict[str, str], list[str]]:
    """(dates count from 1904, visible worksheets by name with their paths, names of hidden ones)."""
    from_1904 = False
    visible: dict[str, str] = {}
    hidden: list[str] = []
    for event, tag, values in package.events(book):
        if event != "start":
            continue
        if tag == "workbookPr":
            from_1904 = values.get("date1904") in ("1", "true")
        elif tag == "sheet":
            ids = (value for key, value in values.items() if key.rpartition(":")[2] == "id")
            kind, path = relations.get(next(ids, ""), ("", ""))
            name = values.get("name", "")[:LONGEST_NAME] or f"#{len(visible) + len(hidden) + 1}"
            if not kind.endswith("/worksheet") or path not in package:
                continue
            if values.get("state", "visible") != "visible":
                hidden.append(name)
            else:
                visible.setdefault(name, path)
    return from_1904, visible, hidden


def _shared_strings(package: Package, path: str | None) -> list[str]:
    if path is None or path not in package:
        return []
    strings: list[str] = []
    pieces: list[str] = []
    length, reading, phonetic = 0, False, False
    for event, value, _ in package.events(path):
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
            strings.append(_unescaped("".join(pieces))[: MAX_TEXT + 1])
            if len(strings) > MAX_CELLS:
                raise Unreadable("too_many_cells", limit=MAX_CELLS)
    return strings


def _unescaped(text: str) -> str:
    """A text with `_xHHHH_` as the letter it stands for (ECMA-376, 22.9.2.19); unseen ones are dropped."""
    return _ESCAPED.sub(_letter, text) if "_x" in text else text


def _letter(match: re.Match[str]) -> str:
    letter = chr(int(match[1], 16))
    return letter if letter.isprintable() or letter.isspace() else ""


def _formats(package: Package, path: str | None) -> list[str]:
    """What each cell style shows: "plain", "percent" or "date"."""
    if path is None or path not in package:
        return []
    custom: dict[int, str] = {}
    shown: list[str] = []
    inside = False
    for event, tag, values in package.events(path):
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
) -> tuple[Grid, list[str], set[int], list[tuple[int, int]]]:
    """(values, merged ranges, rows that are hidden, columns that are)."""
    grid: Grid = {}
    merged: list[str] = []
    unseen: set[int] = set()
    unseen_columns: list[tuple[int, int]] = []
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
            if values.get("hidden") in ("1", "true") and len(unseen) < MAX_ROWS:
                unseen.add(row)
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
        elif event == "start" and value == "col":
            if values.get("hidden") in ("1", "true") and len(unseen_columns) < MAX_COLUMNS:
                unseen_columns.append((int(values.get("min", "0")), int(values.get("max", "0"))))
        elif event == "start" and value == "mergeCell":
            merged.append(values.get("ref", ""))
            if len(merged) > MAX_CELLS:
                raise Unreadable("too_many_cells", limit=MAX_CELLS)
    return grid, merged, unseen, unseen_columns


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
    return _number_of(found[1])


@functools.lru_cache(maxsize=256)
def _number_of(letters: str) -> int:
    """A → 1, AA → 27; the same few come a hundred thousand times."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _cell(
    row: int, column: int, text: str, kind: str, shape: str, strings: list[str], *, from_1904: bool
) -> Cell | None:
    if kind == "s":
        text = strings[int(text)]
        return text_cell(row, column, text) if text else None
    if kind in ("str", "inlineStr", "d"):
        return text_cell(row, column, _unescaped(text))
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
    return Cell(row, column, f"{Decimal(f'{number:.15g}'):f}", Kind.NUMBER)


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
