"""`kinerja export skp FILE.xlsx`: the SKP that hold, in the shape of the template, to be imported again."""

import argparse
from datetime import date, datetime
from pathlib import Path

from bot.commands.files import printable
from bot.commands.templates import OK, skp_workbook, write_new
from bot.texts import Speech
from models.engine import Database
from services.plans.export_skp import export_skp, note_export

NONE = 1


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `skp` to `export`."""
    parser = subparsers.add_parser("skp", help="SKP yang berlaku, dalam bentuk berkas impor")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--year", type=int, metavar="YYYY", help="tahun SKP; tanpa ini tahun sekarang")


async def run(
    args: argparse.Namespace, *, database: Database, now: datetime, today: date, texts: Speech
) -> int:
    """Writes a new file. 0: done, 1: there is no SKP to write, 2: the file is there or cannot be written."""
    year = args.year or today.year
    async with database.reading() as session:
        found = await export_skp(session, year)
    if found.under_way:
        print(texts.plain("export_skp.under_way", count=found.under_way))
    if found.nameless:
        print(texts.plain("export_skp.nameless", count=found.nameless))
    if not found.plans:
        print(texts.plain("export_skp.none", year=year))
        return NONE
    async with database.writing() as session:
        await note_export(session, found, year=year, now=now)
    content = (found.rows, found.annexes, found.expectations)
    code = await write_new(args, skp_workbook(texts, content, today=today, made=now), texts)
    if code == OK:
        counts = {"plans": found.plans, "targets": found.targets, "indicators": len(found.rows)}
        print(printable(texts.plain("export_skp.done", file=args.file, year=year, **counts)))
    return code
