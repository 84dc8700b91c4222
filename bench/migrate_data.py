"""Rows a second of `kinerja migrate-data`, `backup` and `restore`, both ways, each with its comparison.

python -m bench.migrate_data --entries 100000
"""

import argparse
import asyncio
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from bench.postgres import fresh, server
from models import Base, Day, Decision, Entry, Person, Round, RoundKind, RoundState, SeenUpdate, Unit, Verdict
from models.engine import Database
from models.migrate import migrate
from models.transfer.backing_up import write_archive
from models.transfer.moving import move
from models.transfer.restoring import restore

NOW = datetime(2026, 11, 18, 2, tzinfo=UTC)
PER_DAY, PEOPLE = 4, 500
"""Entries of a day; people who report."""
MADE = {"created_at": NOW}
PORTION = 5000
TEXT = "Menyusun modul ajar bab zakat dan membahasnya bersama tim kurikulum"


async def fill(database: Database, entries: int) -> int:
    """An office of so many entries, with its days, decisions, rounds and seen updates; gives its rows."""
    days = entries // PER_DAY
    people = min(PEOPLE, days)
    numbers = range(1, days + 1)
    await _insert(database, Unit, [{"id": 1, "name": "Kantor"}])
    await _insert(
        database,
        Person,
        [
            {
                "id": n,
                "name": f"Pegawai {n}",
                "unit_id": 1,
                "supervisor_id": n % people + 1,
                "created_at": NOW,
            }
            for n in range(1, people + 1)
        ],
        free=True,
    )
    first = date(2024, 1, 1)
    for start in range(0, days, PORTION):
        part = numbers[start : start + PORTION]
        whose = [(n, n % people + 1, first + timedelta(days=n // people)) for n in part]
        await _insert(
            database, Day, [{"id": n, "person_id": p, "work_date": d, "created_at": NOW} for n, p, d in whose]
        )
        await _insert(
            database,
            Entry,
            [
                {"day_id": n, "position": k, "activity": f"{TEXT} {n}/{k}", "created_at": NOW}
                for n in part
                for k in range(PER_DAY)
            ],
        )
        decided = {"verdict": Verdict.APPROVE, "revision": 1, "decided_by": 1, "decided_at": NOW}
        await _insert(database, Decision, [{"day_id": n, **decided} for n in part])
        asked = {"kind": RoundKind.PROMPT, "state": RoundState.SENT, "due_at": NOW, "done_at": NOW}
        await _insert(database, Round, [{"person_id": p, "work_date": d, **asked} for _, p, d in whose])
        await _insert(database, SeenUpdate, [{"bot_id": 1, "update_id": n, "seen_at": NOW} for n in part])
    return 1 + people + days * (PER_DAY + 4)


async def _insert(
    database: Database, table: type[Base], lines: list[dict[str, object]], *, free: bool = False
) -> None:
    async with database.writing() as session:
        if free:
            await (await session.connection()).exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        await session.execute(insert(table), lines)


async def measure(urls: list[str], folder: Path, entries: int) -> None:
    source = Database(f"sqlite:///{folder}/source.db")
    await migrate(source)
    rows = await fill(source, entries)
    middle, back = Database(urls[0]), Database(f"sqlite:///{folder}/back.db")
    restored = Database(urls[1])
    for empty in (middle, back, restored):
        await migrate(empty)
    file, evidence = folder / "office.tar", folder / "evidence"
    steps: dict[str, Callable[[], Awaitable[object]]] = {
        "SQLite → PostgreSQL": lambda: move(source, middle, now=NOW),
        "PostgreSQL → SQLite": lambda: move(middle, back, now=NOW),
        "backup of SQLite": lambda: write_archive(source, evidence, file, program="bench", now=NOW),
        "backup of PostgreSQL": lambda: write_archive(
            middle, evidence, folder / "other.tar", program="bench", now=NOW
        ),
        "restore to PostgreSQL": lambda: restore(file, restored, evidence, now=NOW),
    }
    print(f"{rows:,} rows, {_size(folder / 'source.db')} as a SQLite file")
    for name, step in steps.items():
        begun = time.perf_counter()
        await step()
        seconds = time.perf_counter() - begun
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"  {name:<22} {seconds:7.1f} s  {rows / seconds:>9,.0f} rows/s   peak so far {peak} MB")
    print(f"  the backup: {_size(file)}")
    for database in (source, middle, back, restored):
        await database.close()


def _size(file: Path) -> str:
    return f"{file.stat().st_size / 1e6:.1f} MB"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=50_000)
    entries = parser.parse_args().entries
    with server() as socket_dir, tempfile.TemporaryDirectory() as folder:
        urls = [fresh(socket_dir, name) for name in ("middle", "restored")]
        asyncio.run(measure(urls, Path(folder), entries))


if __name__ == "__main__":
    main()
