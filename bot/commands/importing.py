"""`kinerja import people FILE` and `kinerja import skp FILE`: all or nothing, `--dry-run` tries it out."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from documents.cells import MAX_BYTES, Kind, Unreadable
from documents.tables import Table, read_table
from models.engine import Database
from services.people import people_file, skp_file
from services.people.import_people import PeopleImported, import_people
from services.people.import_skp import SkpImported, import_skp
from services.people.rows import Cell

OK, FAULTS, USAGE = 0, 1, 2
Say = Callable[..., str]
"""Key and parameters → text for a terminal."""
Rows = list[dict[str, Cell]]


Done = PeopleImported | SkpImported
STEPS: dict[str, Callable[..., Awaitable[Done]]] = {"people": import_people, "skp": import_skp}
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


async def run(args: argparse.Namespace, *, database: Database, now: datetime, texts: Say) -> int:
    """Imports; prints every fault with its cell. 0: done, 1: faults and nothing stored, 2: no such file."""
    try:
        data = await asyncio.to_thread(_read, args.file)
    except OSError as error:
        print(texts("import.cannot_open", file=args.file, reason=error.strerror or type(error).__name__))
        return USAGE
    columns, required = (
        (people_file.COLUMNS, people_file.REQUIRED)
        if args.what == "people"
        else (skp_file.COLUMNS, skp_file.REQUIRED)
    )
    try:
        table = await asyncio.to_thread(read_table, data, args.file.name, columns=columns, required=required)
    except Unreadable as error:
        print(_printable(texts(f"import.unreadable.{error.code}", **error.params)))
        print(texts("import.nothing_stored"))
        return FAULTS
    done: Done | None = None
    if table.columns_fit:
        try:
            async with database.writing() as session:
                done = await STEPS[args.what](session, plain_rows(table), now=now)
                if args.dry_run or table.faults or done.faults:
                    raise _TriedOut
        except _TriedOut:
            pass
    broken = {
        fault.cell for fault in table.faults
    }  # what an import says about an unreadable cell adds nothing
    imported: Sequence[Remark] = [fault for fault in done.faults if fault.cell not in broken] if done else []
    faults: list[Remark] = [*table.faults, *imported]
    warnings: list[Remark] = [*table.warnings, *(done.warnings if done else ())]
    groups: tuple[tuple[str, Sequence[Remark]], ...] = (("faults", faults), ("warnings", warnings))
    for title, remarks in groups:
        if remarks:
            print(texts(f"import.{title}", count=len(remarks)))
            for line in describe(remarks, texts):
                print(f"  {_printable(line)}")
    if faults or done is None:
        print(texts("import.nothing_stored"))
        return FAULTS
    for line in summary(done, texts):
        print(_printable(line))
    if args.dry_run:
        print(texts("import.dry_run"))
    return OK


def plain_rows(table: Table) -> Rows:
    """The rows of a table as an import takes them. Broken cells are faults already and count as empty."""
    return [
        {
            name: Cell(
                cell.address,
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
        return [*lines, texts("import.linked", count=done.linked)] if done.linked else lines
    counts = {"new": len(done.new), "changed": len(done.changed), "unchanged": done.unchanged}
    lines = [texts("import.people_done", **counts)]
    lines += [
        "  " + texts("import.changed", cell=one.cell, name=one.name, columns=", ".join(one.columns))
        for one in done.changed
    ]
    return [*lines, texts("import.not_named", count=done.not_named)] if done.not_named else lines


def _read(path: Path) -> bytes:
    """The file, or one byte more than is allowed of it."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _printable(line: str) -> str:
    """Without what could steer a terminal."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in line)


def _place(cell: str) -> tuple[int, int, str]:
    letters = cell.rstrip("0123456789")
    return (int(cell[len(letters) :] or 0), len(letters), letters)
