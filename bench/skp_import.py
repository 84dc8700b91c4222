"""How long a whole office's SKP takes from one file, and how many statements.

    python -m bench.skp_import [--people 500] [--databases sqlite postgresql]

Five RHK each with three indicators and a step a quarter: 7,500 rows for 500 people, in the template's shape.
Measured: reading the workbook, the first import, the same file again, a file in which every RHK changed.
Ends with one JSON line; seconds and counts as the names say.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import event, insert

from bench.tick import DATABASES
from bot.commands.importing import GUIDE, SKP, plain_rows
from bot.commands.templates import skp_workbook
from bot.texts import Texts
from documents.tables import read_tables
from models import Person
from models.engine import Database
from services.plans.import_skp import SkpImported, import_skp

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
TARGETS, ASPECTS = 5, ("kuantitas", "kualitas", "waktu")
TEAM = 10
"""Of ten people one supervises the other nine."""


def workbook_of(people: int, *, goal: int) -> bytes:
    """The file of an office; another `goal` changes every RHK."""
    rows: list[tuple[str | int | None, ...]] = []
    for number in range(1, people + 1):
        for target in range(TARGETS):
            steps = [f"Langkah {target} triwulan {quarter} ({quarter})" for quarter in range(1, 5)]
            for place, aspect in enumerate(ASPECTS):
                rows.append(
                    (
                        f"P{number}",
                        f"Pegawai {number}",
                        2026,
                        "utama",
                        None,
                        f"Terlaksananya pekerjaan nomor {target} sesuai rencana kantor",
                        f"Terlaksananya pekerjaan nomor {target} sesuai rencana kantor",
                        aspect,
                        f"Ukuran {aspect}",
                        goal + place,
                        "dokumen",
                        *(steps if place == 0 else [None] * 4),
                    )
                )
    return skp_workbook(Texts().speech("id"), (rows, [], []), today=date(2026, 1, 5), made=NOW)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements sent meanwhile."""
    statements: list[str] = []

    def note(*values: Any) -> None:
        statements.append(values[2])

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def take(database: Database, data: bytes, *, now: datetime) -> tuple[float, float, int, SkpImported]:
    """(seconds to read, seconds to import, statements, what was done)."""
    started = time.perf_counter()
    tables = read_tables(data, "skp.xlsx", SKP, passed_over=(GUIDE,))
    rows = [plain_rows(table) if table is not None else [] for table in tables]
    read = time.perf_counter() - started
    started = time.perf_counter()
    with counted(database) as statements:
        async with database.writing() as session:
            done = await import_skp(session, rows[0], annexes=rows[1], expectations=rows[2], now=now)
    if done.faults:
        raise SystemExit(f"{len(done.faults)} faults, first {done.faults[0]}")
    return read, time.perf_counter() - started, len(statements), done


async def measure(database: Database, people: int) -> dict[str, Any]:
    """The three imports, one after the other."""
    async with database.writing() as session:
        await session.execute(
            insert(Person),
            [
                {
                    "id": n,
                    "name": f"Pegawai {n}",
                    "staff_number": f"P{n}",
                    "supervisor_id": n - (n - 1) % TEAM if (n - 1) % TEAM else None,
                    "created_at": NOW,
                }
                for n in range(1, people + 1)
            ],
        )
    figures: dict[str, Any] = {}
    first, other = workbook_of(people, goal=12), workbook_of(people, goal=24)
    for days, (name, data) in enumerate((("first", first), ("again", first), ("changed", other))):
        read, seconds, statements, done = await take(database, data, now=NOW + timedelta(days=days))
        print(
            f"  {name:8} read {read:5.2f} s   import {seconds:5.2f} s   {statements:4} statements   "
            f"{done.new} new, {done.changed} changed, {done.unchanged} unchanged"
        )
        figures |= {f"{name}_s": round(read + seconds, 2), f"{name}_statements": statements}
    return figures


async def run(names: list[str], people: int) -> None:
    """Measures and prints."""
    summary: dict[str, Any] = {"people": people, "rows": people * TARGETS * len(ASPECTS)}
    for name in names:
        print(f"{name}, {people} people, {summary['rows']} rows")
        async with DATABASES[name]() as database:
            summary[name] = await measure(database, people)
    print(json.dumps(summary))


def main(arguments: list[str]) -> int:
    """0: measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.skp_import", description=__doc__)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--databases", nargs="+", choices=list(DATABASES), default=["sqlite"])
    options = parser.parse_args(arguments)
    asyncio.run(run(options.databases, options.people))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
