"""`kinerja import people FILE` and `kinerja import skp FILE`: all or nothing, `--dry-run` tries it out.

An SKP workbook may have further sheets, «Lampiran» and «Perilaku»; in a .csv there is the first alone.
"""

import argparse
import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.commands.files import printable, reason_of
from documents.cells import MAX_BYTES, Kind, Unreadable
from documents.tables import Shape, Table, read_tables
from models.engine import Database
from services.people import people_file
from services.people.import_people import PeopleImported, import_people
from services.people.rows import Cell
from services.plans import skp_file, skp_sheets
from services.plans.import_skp import SkpImported, import_skp

OK, FAULTS, USAGE = 0, 1, 2
Say = Callable[..., str]
"""Key and parameters → text for a terminal."""
Rows = list[dict[str, Cell]]


Done = PeopleImported | SkpImported
PEOPLE = (Shape(("Pegawai", "Data Pegawai"), people_file.COLUMNS, people_file.REQUIRED),)
SKP = (
    Shape(("SKP",), skp_file.COLUMNS, skp_file.REQUIRED, skp_file.QUIET),
    Shape(
        ("Lampiran", "Lampiran SKP"),
        skp_sheets.ANNEX_COLUMNS,
        skp_sheets.ANNEX_REQUIRED,
        skp_sheets.QUIET,
    ),
    Shape(
        ("Perilaku", "Perilaku Kerja", "Ekspektasi", "Ekspektasi Perilaku"),
        skp_sheets.BEHAVIOUR_COLUMNS,
        skp_sheets.BEHAVIOUR_REQUIRED,
        skp_sheets.QUIET,
    ),
)
"""The sheets of the files, the first of each also when it is named otherwise."""
GUIDE = "Petunjuk"
"""The sheet of a template that explains."""
_SKP_COUNTS = ("new", "changed", "unchanged", "retired")


class _TriedOut(Exception):
    """Ends a unit of work that shall not be stored."""


class Remark(Protocol):
    """What tables and imports say about a cell."""

    @property
    def cell(self) -> str: ...
    @property
    def column(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def params(self) -> Mapping[str, Any]: ...


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `import` with its arguments."""
    parser = subparsers.add_parser("import", help="impor pegawai atau SKP dari berkas .xlsx atau .csv")
    parser.add_argument("what", choices=("people", "skp"))
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--dry-run", action="store_true", help="periksa semuanya, tidak menyimpan apa pun")
    parser.add_argument(
        "--propose",
        action="store_true",
        help="SKP: ajukan kepada atasan; tanpa ini, SKP dianggap sudah disepakati",
    )
    parser.add_argument(
        "--replace", action="store_true", help="SKP: gantikan juga yang sedang disusun atau diajukan di chat"
    )


async def run(args: argparse.Namespace, *, database: Database, now: datetime, texts: Say) -> int:
    """Imports; prints every fault with its cell. 0: done, 1: faults and nothing stored, 2: no such file."""
    try:
        data = await asyncio.to_thread(_read, args.file)
    except OSError as error:
        print(texts("import.cannot_open", file=args.file, reason=reason_of(error, texts)))
        return USAGE
    shapes = PEOPLE if args.what == "people" else SKP
    try:
        read = await asyncio.to_thread(read_tables, data, args.file.name, shapes, passed_over=(GUIDE,))
    except Unreadable as error:
        print(printable(texts(f"import.unreadable.{error.code}", **error.params)))
        print(texts("import.nothing_stored"))
        return FAULTS
    tables = [table for table in read if table is not None]
    done: Done | None = None
    if all(table.columns_fit for table in tables):
        try:
            async with database.writing() as session:
                done = await _take(session, args, read, now=now)
                if args.dry_run or any(table.faults for table in tables) or done.faults:
                    raise _TriedOut
        except _TriedOut:
            pass
    return _tell(args, tables, done, texts)


async def _take(
    session: AsyncSession, args: argparse.Namespace, tables: Sequence[Table | None], *, now: datetime
) -> Done:
    rows, *more = [plain_rows(table) if table is not None else [] for table in tables]
    if args.what == "people":
        return await import_people(session, rows, now=now)
    annexes, expectations = more
    return await import_skp(
        session,
        rows,
        annexes=annexes,
        expectations=expectations,
        now=now,
        propose=args.propose,
        replace=args.replace,
    )


def _tell(args: argparse.Namespace, tables: Sequence[Table], done: Done | None, texts: Say) -> int:
    """Prints every remark with its cell, and what was done."""
    # what an import says about an unreadable cell adds nothing
    broken = {fault.cell for table in tables for fault in table.faults}
    imported: Sequence[Remark] = [fault for fault in done.faults if fault.cell not in broken] if done else []
    faults: list[Remark] = [*(fault for table in tables for fault in table.faults), *imported]
    warnings: list[Remark] = [
        *(warning for table in tables for warning in table.warnings),
        *(done.warnings if done else ()),
    ]
    groups: tuple[tuple[str, Sequence[Remark]], ...] = (("faults", faults), ("warnings", warnings))
    for title, remarks in groups:
        if remarks:
            print(texts(f"import.{title}", count=len(remarks)))
            for line in describe(remarks, texts):
                print(f"  {printable(line)}")
    if faults or done is None:
        print(texts("import.nothing_stored"))
        return FAULTS
    for line in summary(done, texts):
        print(printable(line))
    if args.dry_run:
        print(texts("import.dry_run"))
    return OK


def plain_rows(table: Table) -> Rows:
    """The rows of a table as an import takes them. Broken cells are faults already and count as empty."""
    return [
        {
            name: Cell(
                table.address(cell),
                cell.text if cell.kind in (Kind.TEXT, Kind.NUMBER) else "",
                cell.kind is Kind.NUMBER,
            )
            for name, cell in row.items()
        }
        for row in table.rows
    ]


def describe(remarks: Sequence[Remark], texts: Say) -> list[str]:
    """One line each, in the order of the sheet."""
    return [
        texts(
            "import.line",
            cell=remark.cell,
            column=remark.column,
            reason=texts(f"import.fault.{remark.code}", **remark.params),
        )
        for remark in sorted(remarks, key=lambda remark: _place(remark.cell))
    ]


def summary(done: Done, texts: Say) -> list[str]:
    """What was stored, in lines."""
    if isinstance(done, SkpImported):
        lines = [
            texts("import.skp_done", plans=done.plans, **{name: getattr(done, name) for name in _SKP_COUNTS})
        ]
        further = ("versions", "proposed", "annex_lines", "expectations", "linked")
        counts = {name: getattr(done, name) for name in further}
        return [*lines, *(texts(f"import.{name}", count=count) for name, count in counts.items() if count)]
    changes = {"new": len(done.new), "changed": len(done.changed), "unchanged": done.unchanged}
    lines = [texts("import.people_done", **changes)]
    lines += [
        "  " + texts("import.changed", cell=one.cell, name=one.name, columns=", ".join(one.columns))
        for one in done.changed
    ]
    return [*lines, texts("import.not_named", count=done.not_named)] if done.not_named else lines


def _read(path: Path) -> bytes:
    """The file, or one byte more than is allowed of it."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _place(cell: str) -> tuple[str, int, int, str]:
    """Sheet by sheet, then row by row. «SKP» comes after «Lampiran» by its letters: it is the first."""
    sheet, _, address = cell.rpartition("!")
    letters = address.rstrip("0123456789")
    order = "" if sheet == SKP[0].names[0] else sheet
    return (order, int(address[len(letters) :] or 0), len(letters), letters)
