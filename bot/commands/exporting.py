"""`kinerja export ekinerja`: e-Kinerja sheets of a period, one file per person."""

import argparse
import asyncio
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from bot.commands import exporting_skp
from bot.commands.files import printable, reason_of, write_private
from bot.views.sheet_file import file_name, lines_of
from documents.sheet import write_csv, write_xlsx
from models.engine import Database
from services.errors import DomainError, Invalid
from services.sheet.access import note_export, people_named
from services.sheet.loading import load_sheet
from services.sheet.periods import checked
from services.sheet.rows import Sheet

OK, FAULTS, USAGE = 0, 1, 2
Say = Callable[..., str]
"""Key and parameters → text for a terminal."""
FORMATS = ("xlsx", "csv")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `export` with its arguments."""
    export = subparsers.add_parser("export", help="tulis lembar e-Kinerja atau SKP ke berkas")
    kinds = export.add_subparsers(dest="what", required=True)
    exporting_skp.add_parser(kinds)
    parser = kinds.add_parser("ekinerja", help="lembar e-Kinerja, satu berkas per pegawai")
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--person", metavar="NIP", help="NIP atau id_pegawai")
    who.add_argument("--unit", metavar="NAME", help="semua pegawai satu unit kerja")
    who.add_argument("--all", action="store_true", help="semua pegawai yang aktif")
    parser.add_argument("--from", dest="first", required=True, type=_date, metavar="YYYY-MM-DD")
    parser.add_argument("--to", dest="last", required=True, type=_date, metavar="YYYY-MM-DD")
    parser.add_argument(
        "--output", required=True, type=Path, metavar="DIR", help="folder; dibuat bila belum ada"
    )
    parser.add_argument("--format", choices=FORMATS, default="xlsx")
    parser.add_argument(
        "--everything", action="store_true", help="termasuk yang sudah dikirim dan belum disetujui"
    )


async def run(
    args: argparse.Namespace, *, database: Database, now: datetime, texts: Say, base: str | None
) -> int:
    """Writes the files. 0: done, 1: nobody of that name or nothing to export, 2: dates or folder unusable."""
    try:
        checked(args.first, args.last)
        folder: Path = await asyncio.to_thread(_folder, args.output)
    except Invalid as error:
        print(texts(f"export.{error.code}", **error.params))
        return USAGE
    except OSError as error:
        reason = reason_of(error, texts)
        print(printable(texts("export.folder", folder=args.output, reason=reason)))
        return USAGE
    try:
        async with database.reading() as session:
            people = await people_named(session, person=args.person, unit=args.unit)
    except DomainError as error:
        print(printable(texts(f"errors.{error.code}", **error.params)))
        return FAULTS
    written, empty = 0, []
    for person_id in people:
        async with database.reading() as session:
            sheet = await load_sheet(
                session, person_id, first=args.first, last=args.last, everything=args.everything, base=base
            )
        if not sheet.entries:
            empty.append(sheet.name)
            continue
        async with database.writing() as session:
            note_export(session, None, person_id, now=now, detail=f"{sheet.first}/{sheet.last}")
        try:
            name = await asyncio.to_thread(_write, folder, sheet, args.format, now)
        except OSError as error:
            reason = reason_of(error, texts)
            print(printable(texts("export.folder", folder=args.output, reason=reason)))
            return USAGE
        written += 1
        print(printable(texts("export.written", file=name, count=len(sheet.entries), gaps=_gaps(sheet))))
    return _told(texts, written, empty)


def _told(texts: Say, written: int, empty: Sequence[str]) -> int:
    for name in empty:
        print(printable(texts("export.nothing_of", name=name)))
    print(texts("export.done" if written else "export.none", count=written))
    return OK if written else FAULTS


def _gaps(sheet: Sheet) -> int:
    """Rows that lack something the form asks for."""
    return sum(bool(set(one.gaps)) for one in sheet.entries)


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def _write(folder: Path, sheet: Sheet, kind: str, now: datetime) -> str:
    """Writes one file in the place of any earlier one; gives its name."""
    lines = lines_of(sheet)
    data = write_xlsx(lines, made=now) if kind == "xlsx" else write_csv(lines)
    name = file_name(sheet, kind, reference=sheet.reference or str(sheet.person_id))
    write_private(folder / name, data, replace=True)
    return name


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: tanggal ditulis YYYY-MM-DD") from None
