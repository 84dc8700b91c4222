"""How long an e-Kinerja sheet takes: reading, proposing times, writing both files, reading back.

    .venv/bin/python -m bench.sheet [--entries 2000] [--files]

A person's whole year; every second entry has no times, every third no amount. `--files` also writes the same
rows with openpyxl, the library that was weighed against XlsxWriter (it is one of the tools of development).
The last line is JSON; times are milliseconds, the best of three.
"""

import argparse
import asyncio
import io
import json
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import TypeVar

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from sqlalchemy import insert

from bot.views.sheet_file import lines_of
from documents.sheet import HEADINGS, SheetLine, write_csv, write_xlsx
from documents.tables import read_table
from models import (
    ActionStep,
    Day,
    Entry,
    Evidence,
    EvidenceKind,
    LinkSource,
    PerformancePlan,
    Person,
    State,
    Target,
)
from models.engine import Database
from models.migrate import migrate
from services.calendar import seed_holidays
from services.sheet.loading import load_sheet

NOW = datetime(2026, 12, 30, 3, tzinfo=UTC)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
BASE = "https://bukti.kantor.go.id"
A_DAY = 8
"""Entries of one day."""
T = TypeVar("T")


async def build(database: Database, count: int) -> int:
    """One person with ten RHK, an action step for each quarter, and a year of entries."""
    async with database.writing() as session:
        await seed_holidays(session, (2026,), now=NOW)
        person = Person(name="Pegawai", nip="198501012010012003", created_at=NOW)
        session.add(person)
        await session.flush()
        plan = PerformancePlan(person_id=person.id, year=2026, created_at=NOW)
        session.add(plan)
        await session.flush()
        targets = [
            Target(plan_id=plan.id, position=n, text=f"Terlaksananya RHK nomor {n}") for n in range(10)
        ]
        session.add_all(targets)
        await session.flush()
        session.add_all(
            ActionStep(
                target_id=one.id,
                quarter=quarter,
                position=0,
                text=f"Rencana {quarter} {one.text}",
                created_at=NOW,
            )
            for one in targets
            for quarter in (1, 2, 3, 4)
        )
        days = [FIRST + timedelta(days=n) for n in range(-(-count // A_DAY))]
        await session.execute(
            insert(Day),
            [
                {
                    "id": n,
                    "person_id": person.id,
                    "work_date": day,
                    "state": State.APPROVED,
                    "created_at": NOW,
                }
                for n, day in enumerate(days, start=1)
            ],
        )
        await session.execute(
            insert(Entry),
            [
                {
                    "id": n + 1,
                    "day_id": n // A_DAY + 1,
                    "position": n % A_DAY,
                    "state": State.APPROVED,
                    "activity": f"Memeriksa dan menilai tugas kelas VIII pertemuan {n}",
                    "quantity": None if n % 3 == 0 else n % 30 + 1,
                    "unit": None if n % 3 == 0 else "berkas",
                    "starts": None if n % 2 else clock(7 + n % A_DAY, 30),
                    "ends": None if n % 2 else clock(8 + n % A_DAY, 15),
                    "target_id": targets[n % 10].id,
                    "link_source": LinkSource.CHOSEN,
                    "created_at": NOW,
                }
                for n in range(count)
            ],
        )
        await session.execute(
            insert(Evidence),
            [
                {
                    "person_id": person.id,
                    "entry_id": n + 1,
                    "kind": EvidenceKind.DOCUMENT,
                    "sha256": f"{n:064x}",
                    "file_name": "bukti.pdf",
                    "created_at": NOW,
                }
                for n in range(count)
            ],
        )
        return person.id


async def timed(run: Callable[[], Awaitable[T]]) -> tuple[float, T]:
    """The best of three, in milliseconds, and what it gave."""
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        result = await run()
        best = min(best, (time.perf_counter() - began) * 1000)
    return best, result


def with_openpyxl(lines: tuple[SheetLine, ...]) -> bytes:
    """The same rows with the other library, streaming, its cells typed as text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("e-Kinerja")
    sheet.append(HEADINGS)
    for line in lines:
        row = []
        for value in line.cells:
            cell = WriteOnlyCell(sheet, value=value)
            cell.data_type = "s" if isinstance(value, str) else "n"
            cell.number_format = "@" if isinstance(value, str) else "0"
            row.append(cell)
        sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


async def measure(count: int, *, files: bool) -> dict[str, float]:
    folder = Path(tempfile.mkdtemp(prefix="kinerja-sheet-"))
    database = Database(f"sqlite:///{folder}/office.db")
    try:
        await migrate(database)
        person_id = await build(database, count)

        async def load() -> tuple[SheetLine, ...]:
            async with database.reading() as session:
                return lines_of(await load_sheet(session, person_id, first=FIRST, last=LAST, base=BASE))

        async def xlsx() -> bytes:
            return write_xlsx(lines, made=NOW)

        async def csv() -> bytes:
            return write_csv(lines)

        async def back() -> int:
            return len(read_table(data, "a.xlsx", columns=HEADINGS, required=[HEADINGS]).rows)

        async def other() -> bytes:
            return with_openpyxl(lines)

        loaded, lines = await timed(load)
        written, data = await timed(xlsx)
        as_csv, _ = await timed(csv)
        read, rows = await timed(back)
        found = {"n": float(rows), "load": loaded, "xlsx": written, "csv": as_csv, "read_back": read}
        found["total"] = loaded + written
        if files:
            found["openpyxl"] = (await timed(other))[0]
        return found
    finally:
        await database.close()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--entries", type=int, default=2000)
    parser.add_argument("--files", action="store_true")
    options = parser.parse_args()
    found = asyncio.run(measure(options.entries, files=options.files))
    names = {
        "load": "read and propose times",
        "xlsx": "write xlsx",
        "csv": "write csv",
        "read_back": "read the xlsx back",
        "total": "from the press to the file",
        "openpyxl": "xlsx with openpyxl instead",
    }
    print(f"{found['n']:.0f} rows")
    for name, title in names.items():
        if name in found:
            print(f"  {title:28} {found[name]:7.0f} ms")
    print(json.dumps({name: round(value, 1) for name, value in found.items()}))


if __name__ == "__main__":
    main()
