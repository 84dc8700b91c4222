"""Reads tables with named columns out of an .xlsx or .csv file that somebody made by hand.

The header row may stand below title lines; column names are compared without case, spaces, underscores and
signs. Values stay as they are in the file: whether a number may stand for a NIP is not decided here.
"""

import csv
import difflib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from documents.cells import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, Cell, Grid, Kind, Unreadable, text_cell
from documents.worksheets import SheetNames, Worksheet, read_worksheets

HEADER_WITHIN = 30
"""The header is looked for in so many of the first rows that hold anything."""
MOST_HEADINGS = 5
"""So many headings that nobody knows are named where a column is missing."""
SIGNED = 2
"""A line under a table, for those who sign it, fills no more cells."""

_DECLARED = re.compile(r"sep=([,;\t|])", re.IGNORECASE)
"""How Excel itself may name the separator, in a first line of its own."""
_BROKEN = {Kind.FORMULA: "formula_empty", Kind.ERROR: "cell_error", Kind.LONG: "cell_too_long"}


@dataclass(frozen=True, slots=True)
class TableFault:
    """Something about one cell: `code` names the sentence (`import.fault.<code>`) and `params` fill it."""

    cell: str
    column: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """`rows`: column name → cell, for every column that is there, empty cells too; empty rows left out.

    `columns_fit` False: columns are missing, misspelt or there twice, so that rows say little. `sheet`: its
    name where a file has several.
    """

    rows: tuple[dict[str, Cell], ...]
    faults: tuple[TableFault, ...]
    warnings: tuple[TableFault, ...]
    columns_fit: bool = True
    sheet: str = ""

    def address(self, cell: Cell) -> str:
        """Where a cell is, as a spreadsheet program names it: `B7`, `Lampiran!B7`."""
        return f"{self.sheet}!{cell.address}" if self.sheet else cell.address


@dataclass(frozen=True, slots=True)
class Shape:
    """What a sheet holds. `names`: what it may be called, the first is how it is shown.

    Of each group in `required` at least one column must be there; that one of `quiet` is absent is normal.
    """

    names: tuple[str, ...]
    columns: Sequence[str]
    required: Sequence[Sequence[str]]
    quiet: frozenset[str] = frozenset()


def read_table(
    data: bytes, file_name: str, *, columns: Sequence[str], required: Sequence[Sequence[str]]
) -> Table:
    """Reads the columns named in `columns` of the first sheet; see `Shape`.

    Faults and warnings are about cells and columns; Unreadable is raised when the file is none at all.
    """
    shape = Shape(("",), columns, required)
    table = _table(Worksheet("", read_grid(data, file_name, columns=columns)), shape, sheet="")
    if table is None:
        raise Unreadable("header_missing", columns=", ".join(columns))
    if not table.rows and not table.faults:
        raise Unreadable("no_rows")
    return table


def read_tables(
    data: bytes, file_name: str, shapes: Sequence[Shape], *, passed_over: Sequence[str] = ()
) -> list[Table | None]:
    """A table for each shape, None where there is no such sheet.

    The first shape is the sheet of its name, else the first visible one without a name that is known; the
    others go by their names alone. A .csv file holds the first only. `passed_over`: sheets nobody expects to
    be read. Raises Unreadable.
    """
    if _suffix(data, file_name) == ".csv":
        found = read_table(data, file_name, columns=shapes[0].columns, required=shapes[0].required)
        quiet = [one for one in found.warnings if not _is_quiet(one, shapes[0])]
        return [Table(found.rows, found.faults, tuple(quiet), found.columns_fit), *[None] * (len(shapes) - 1)]
    names, sheets = read_worksheets(data, choose=lambda names: list(_chosen(names, shapes, passed_over)))
    chosen = dict(zip(_chosen(names, shapes, passed_over).values(), sheets, strict=True))
    if not any(sheet.grid for sheet in sheets):
        raise Unreadable("empty")
    several = len(names.visible) > 1
    tables: list[Table | None] = []
    for place, shape in enumerate(shapes):
        sheet = chosen.get(place)
        if sheet is None or (place and not sheet.grid):
            tables.append(None)
            continue
        known = _plain(sheet.name) in map(_plain, shape.names)
        table = _table(sheet, shape, sheet=(shape.names[0] if known else sheet.name) if several else "")
        if table is None and not place:
            raise Unreadable("header_missing", columns=", ".join(shape.columns))
        if table is None:
            raise Unreadable("header_missing_in", sheet=shape.names[0], columns=", ".join(shape.columns))
        tables.append(table)
    if not any(table and (table.rows or table.faults) for table in tables):
        raise Unreadable("no_rows")
    if tables[0] is not None:
        more = tuple(_left_out(names, shapes, set(_chosen(names, shapes, passed_over)), passed_over))
        first = tables[0]
        tables[0] = Table(first.rows, first.faults, first.warnings + more, first.columns_fit, first.sheet)
    return tables


def _chosen(names: SheetNames, shapes: Sequence[Shape], passed_over: Sequence[str]) -> dict[str, int]:
    """Sheet → which shape it has."""
    by_name = {_plain(name): place for place, shape in enumerate(shapes) for name in shape.names}
    found: dict[str, int] = {}
    for name in names.visible:
        place = by_name.get(_plain(name))
        if place is not None and place not in found.values():
            found[name] = place
    if 0 not in found.values():
        others = {*found, *(name for name in names.visible if _plain(name) in map(_plain, passed_over))}
        first = next((name for name in names.visible if name not in others), None)
        if first is None:
            raise Unreadable("no_sheet")
        found[first] = 0
    return dict(sorted(found.items(), key=lambda item: item[1]))


def _left_out(
    names: SheetNames, shapes: Sequence[Shape], taken: set[str], passed_over: Sequence[str]
) -> Iterator[TableFault]:
    """Sheets that are not read although somebody may think so."""
    known = {_plain(name) for shape in shapes for name in shape.names}
    for name in names.visible:
        if name not in taken and _plain(name) not in map(_plain, passed_over):
            yield TableFault("", name, "sheet_ignored")
    for name in names.hidden:
        if _plain(name) in known:
            yield TableFault("", name, "sheet_hidden")


def _table(source: Worksheet, shape: Shape, *, sheet: str) -> Table | None:
    """The table of one sheet; None when no row names its columns."""
    grid = source.grid
    header, found = _find_header(grid, shape.columns)
    if len(found) < min(2, len(shape.columns)):
        return None
    faults, warnings = _check_header(grid[header], found, shape.columns, shape.required)
    warnings = [one for one in warnings if not _is_quiet(one, shape)]
    columns_fit = not faults
    places = {name: cells[0].column for name, cells in found.items()}
    lines = {
        number: {name: grid[number].get(place, Cell(number, place)) for name, place in places.items()}
        for number in sorted(row for row in grid if row > header)
    }
    rows = {number: row for number, row in lines.items() if any(map(_holds, row.values()))}
    signed = [rows.pop(number) for number in _under_the_table(rows, shape.required, header=header)]
    if signed:
        name, cell = next((name, cell) for name, cell in signed[0].items() if _holds(cell))
        params = {"count": len(signed), "value": cell.text.strip()[:60]}
        warnings.append(TableFault(cell.address, name, "rows_below", params))
    faults += [
        TableFault(cell.address, name, _BROKEN[cell.kind], {"value": cell.text})
        for row in rows.values()
        for name, cell in row.items()
        if cell.kind in _BROKEN
    ]
    warnings += _unseen(source, places, below=header)
    return Table(
        tuple(rows.values()),
        tuple(_on_sheet(one, sheet) for one in faults),
        tuple(_on_sheet(one, sheet) for one in warnings),
        columns_fit,
        sheet,
    )


def _holds(cell: Cell) -> bool:
    return bool(cell.text.strip()) or cell.kind is Kind.FORMULA


def _under_the_table(
    rows: Mapping[int, Mapping[str, Cell]], required: Sequence[Sequence[str]], *, header: int
) -> list[int]:
    """The last rows, when an empty one parts them from the table and each says next to nothing: a place and
    a date, who signs.
    """
    first = None
    for number in sorted(rows, reverse=True):
        named = {name for name, cell in rows[number].items() if _holds(cell)}
        said = sum(not named.isdisjoint(group) for group in required)
        if len(named) > SIGNED or 2 * said >= len(required):
            break
        if number - 1 not in rows and number - 1 != header:
            first = number
    return [number for number in rows if first is not None and number >= first]


def _unseen(source: Worksheet, places: Mapping[str, int], *, below: int) -> Iterator[TableFault]:
    """Hidden rows and columns are read, which nobody who looks at the sheet would expect."""
    rows = [row for row in source.hidden_rows if row > below]
    if rows:
        shown = ", ".join(map(str, rows[:5])) + (", …" if len(rows) > 5 else "")
        first = next(iter(places))
        yield TableFault(Cell(rows[0], places[first]).address, first, "rows_hidden", {"rows": shown})
    for name, place in places.items():
        if any(first <= place <= last for first, last in source.hidden_columns):
            yield TableFault(Cell(below, place).address, name, "column_hidden")


def _on_sheet(fault: TableFault, sheet: str) -> TableFault:
    if not sheet:
        return fault
    params = dict(fault.params)
    if "other" in params:
        params["other"] = f"{sheet}!{params['other']}"
    return TableFault(f"{sheet}!{fault.cell}", fault.column, fault.code, params)


def _is_quiet(fault: TableFault, shape: Shape) -> bool:
    return fault.code == "column_absent" and fault.column in shape.quiet


def read_grid(data: bytes, file_name: str, *, columns: Sequence[str] = ()) -> Grid:
    """Every value of the first sheet; `columns` help to see what separates a csv. Raises Unreadable."""
    if _suffix(data, file_name) == ".xlsx":
        _, sheets = read_worksheets(data, choose=lambda names: names.visible[:1])
        grid = sheets[0].grid
    else:
        grid = _read_csv(_decode(data), columns)
    if not grid:
        raise Unreadable("empty")
    return grid


def _suffix(data: bytes, file_name: str) -> str:
    """`.xlsx` or `.csv`, when the file is what it says. Raises Unreadable."""
    suffix = PurePath(file_name).suffix.lower()
    if len(data) > MAX_BYTES:
        raise Unreadable("too_large", limit_mb=MAX_BYTES // 2**20)
    if suffix in (".xlsm", ".xltm", ".xlsb", ".xlam"):
        raise Unreadable("macros")
    if suffix not in (".xlsx", ".csv"):
        raise Unreadable("wrong_type", suffix=suffix or "-")
    if not data.strip():
        raise Unreadable("empty")
    if data.startswith(b"\xd0\xcf\x11\xe0"):  # OLE: an old .xls, or an .xlsx with a password
        raise Unreadable("encrypted")
    if (suffix == ".xlsx") != data.startswith(b"PK"):
        raise Unreadable("not_what_it_says", suffix=suffix)
    return suffix


def _decode(data: bytes) -> str:
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise Unreadable("not_text")


def _read_csv(text: str, columns: Sequence[str]) -> Grid:
    first, _, rest = text.partition("\n")
    if declared := _DECLARED.fullmatch(first.rstrip("\r")):
        return _split_csv(rest, declared[1], first_row=2)
    return _split_csv(text, _delimiter(text, columns))


def _delimiter(text: str, columns: Sequence[str]) -> str:
    """The separator under which most column names are seen; a comma when none is."""
    head = text[: 64 * 1024].splitlines()[:HEADER_WITHIN]

    def names_seen(delimiter: str) -> int:
        lines = [[_plain(name.strip('"')) for name in line.split(delimiter)] for line in head]
        return max((len(set(line).intersection(map(_plain, columns))) for line in lines), default=0)

    return max((",", ";", "\t", "|"), key=names_seen)


def _split_csv(text: str, delimiter: str, *, first_row: int = 1) -> Grid:
    grid: Grid = {}
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, values in enumerate(reader, start=first_row):
            cells = {
                column: text_cell(number, column, value)
                for column, value in enumerate(values, start=1)
                if value.strip()
            }
            if not cells:
                continue
            if len(grid) >= MAX_ROWS:
                raise Unreadable("too_many_rows", limit=MAX_ROWS)
            if max(cells) > MAX_COLUMNS:
                raise Unreadable("too_many_columns", limit=MAX_COLUMNS, cell=cells[max(cells)].address)
            grid[number] = cells
    except csv.Error as error:
        raise Unreadable("csv_quotes", line=reader.line_num + first_row - 1) from error
    return grid


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _find_header(grid: Grid, columns: Sequence[str]) -> tuple[int, dict[str, list[Cell]]]:
    """(row number, column name → its header cells) of the row that names most columns."""
    known = {_plain(name): name for name in columns}
    best: tuple[int, dict[str, list[Cell]]] = (0, {})
    for number in sorted(grid)[:HEADER_WITHIN]:
        found: dict[str, list[Cell]] = {}
        for _, cell in sorted(grid[number].items()):
            if name := known.get(_plain(cell.text)):
                found.setdefault(name, []).append(cell)
        if len(found) > len(best[1]):
            best = (number, found)
    return best


def _check_header(
    header: Mapping[int, Cell],
    found: Mapping[str, Sequence[Cell]],
    columns: Sequence[str],
    required: Sequence[Sequence[str]],
) -> tuple[list[TableFault], list[TableFault]]:
    """Columns that are missing, there twice, unknown, or misspelt: (faults, warnings)."""
    faults = [
        TableFault(cell.address, name, "column_twice", {"other": cells[0].address})
        for name, cells in found.items()
        for cell in cells[1:]
    ]
    warnings = []
    missing = {_plain(name): name for name in columns if name not in found}
    places = {cell.column for cells in found.values() for cell in cells}
    for place, cell in sorted(header.items()):
        if place in places or not cell.text.strip():
            continue
        near = difflib.get_close_matches(_plain(cell.text[:60]), missing, n=1, cutoff=0.8)
        if near:  # ignoring it would drop a column somebody filled in
            name = missing.pop(near[0])
            faults.append(
                TableFault(cell.address, name, "column_misspelt", {"value": cell.text.strip()[:60]})
            )
        else:
            warnings.append(TableFault(cell.address, cell.text.strip()[:60], "column_unknown"))
    needed = {name: group for group in required for name in group if not set(group) & set(found)}
    row = next(iter(header.values())).row
    unknown = [f"«{one.column}» ({one.cell})" for one in warnings][:MOST_HEADINGS]
    for group in dict.fromkeys(map(tuple, needed.values())):
        if set(group) <= set(missing.values()):
            code = "column_missing_or_renamed" if unknown else "column_missing"
            faults.append(TableFault(str(row), " / ".join(group), code, {"headings": ", ".join(unknown)}))
    for name in missing.values():
        if name not in needed:
            warnings.append(TableFault(str(row), name, "column_absent"))
    return faults, warnings
