"""What it costs to read where people's RHK stand: everybody in batches, and one supervisor's people.

    python -m bench.progress [--people 10000] [--databases sqlite postgresql]

An office in November: ten RHK in two wordings each, `--days` days of three entries, nearly all approved, a
value a month. Measured as the summaries read it: one person, a supervisor with thirty people (standing, idle
RHK, share outside), everybody in batches. Ends with one JSON line; milliseconds and counts as the names say.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert

from bench.tick import DATABASES, counted
from models import (
    Account,
    Aspect,
    Day,
    Decision,
    Entry,
    Indicator,
    IndicatorValue,
    PerformancePlan,
    Person,
    State,
    Target,
    ValueState,
    Verdict,
)
from models.engine import Database
from services.calendar import load_personal
from services.progress.counting import load_outside
from services.progress.coverage import load_idle
from services.progress.loading import load_standing

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TODAY = date(2026, 11, 20)
BEGAN = datetime(2026, 1, 2, tzinfo=UTC)
BATCH, TEAM, RHK, ENTRIES = 500, 30, 10, 3
UNITS = ("dokumen", "orang", "laporan")


async def build(database: Database, people: int, days: int) -> None:
    """Rows in bulk, the same every time."""
    for first in range(1, people + 1, BATCH):
        ids = range(first, min(first + BATCH, people + 1))
        async with database.writing() as session:
            for table, rows in _rows(ids, days).items():
                for start in range(0, len(rows), 5_000):
                    await session.execute(insert(table), rows[start : start + 5_000])


def _rows(ids: Sequence[int], days: int) -> dict[Any, list[dict[str, Any]]]:
    found: dict[Any, list[dict[str, Any]]] = {
        one: []
        for one in (Person, Account, PerformancePlan, Target, Indicator, IndicatorValue, Day, Entry, Decision)
    }
    for who in ids:
        boss = who - (who - 1) % (TEAM + 1)
        found[Person].append(
            {
                "id": who,
                "name": f"Pegawai {who}",
                "supervisor_id": boss if boss != who else None,
                "created_at": BEGAN,
            }
        )
        found[Account].append({"user_id": who, "person_id": who, "chat_id": who, "joined_at": BEGAN})
        found[PerformancePlan].append({"id": who, "person_id": who, "year": 2026, "created_at": BEGAN})
        for place in range(RHK):
            _target(found, who, place)
        for offset in range(days):
            _day(found, who, offset, days)
    return found


def _target(found: dict[Any, list[dict[str, Any]]], who: int, place: int) -> None:
    """An RHK in two wordings, with quantity in both and a quality that was confirmed."""
    old, new = (who * RHK + place) * 2, (who * RHK + place) * 2 + 1
    for target_id, lineage, retired in ((old, None, BEGAN), (new, old, None)):
        found[Target].append(
            {
                "id": target_id,
                "plan_id": who,
                "position": place,
                "text": f"Terlaksananya hasil kerja {place}",
                "lineage_id": lineage,
                "retired_at": retired,
            }
        )
        for aspect, goal in ((Aspect.QUANTITY, 60), (Aspect.QUALITY, 90)):
            quality = aspect is Aspect.QUALITY
            found[Indicator].append(
                {
                    "id": target_id * 2 + quality,
                    "target_id": target_id,
                    "position": int(quality),
                    "aspect": aspect,
                    "text": "Jumlah",
                    "goal": Decimal(goal),
                    "goal_text": str(goal),
                    "unit": "%" if quality else UNITS[place % 3],
                    "lineage_id": lineage * 2 + quality if lineage else None,
                }
            )
    found[IndicatorValue].append(
        {
            "indicator_id": old * 2 + 1,
            "number": Decimal(80 + place),
            "as_of": date(2026, 10, 31),
            "state": ValueState.CONFIRMED,
            "reported_at": BEGAN,
            "decided_at": BEGAN,
        }
    )


def _day(found: dict[Any, list[dict[str, Any]]], who: int, offset: int, days: int) -> None:
    day_id = who * 1_000 + offset
    work_date = TODAY - timedelta(days=1 + offset * (310 // days))
    sent = datetime(work_date.year, work_date.month, work_date.day, 9, tzinfo=UTC)
    found[Day].append(
        {
            "id": day_id,
            "person_id": who,
            "work_date": work_date,
            "state": State.APPROVED,
            "created_at": sent,
            "first_submitted_at": sent,
        }
    )
    for place in range(ENTRIES):
        outside = (offset + place) % 8 == 0
        entry_id = day_id * ENTRIES + place
        target = (who * RHK + (offset + place) % RHK) * 2 + offset % 2
        found[Entry].append(
            {
                "id": entry_id,
                "day_id": day_id,
                "position": place,
                "state": State.APPROVED,
                "activity": "Mengerjakan",
                "quantity": 1 + place,
                "unit": UNITS[place],
                "minutes": 90,
                "target_id": None if outside else target,
                "outside_plan": outside,
                "created_at": sent,
            }
        )
        found[Decision].append(
            {
                "day_id": day_id,
                "entry_id": entry_id,
                "verdict": Verdict.APPROVE if entry_id % 10 else Verdict.RETURN,
                "revision": 1,
                "decided_by": who,
                "decided_at": sent + timedelta(hours=20),
            }
        )


async def standing(database: Database, people: Sequence[int]) -> tuple[float, int, int]:
    """Milliseconds, statements and RHK of one reading, as a summary reads it."""
    with counted(database) as seen:
        began = time.perf_counter()
        async with database.reading() as session:
            calendars = await load_personal(session, people, first=date(2026, 1, 1), last=date(2026, 12, 31))
            found = await load_standing(session, people, year=2026, at=NOW, on=TODAY, calendars=calendars)
            await load_idle(session, found, year=2026, on=TODAY, calendars=calendars)
            await load_outside(session, people, year=2026, at=NOW)
        took = (time.perf_counter() - began) * 1000
    return took, sum(one.startswith(("SELECT", "WITH")) for one in seen), len(found)


async def measure(database: Database, people: int, days: int) -> dict[str, float]:
    """All figures of one database."""
    await build(database, people, days)
    await standing(database, [2])  # the first one opens the connection
    one_ms, one_statements, _ = await standing(database, [3])
    team = range(2, min(TEAM + 2, people + 1))
    team_ms, team_statements, _ = await standing(database, list(team))
    began, statements, rhk, slowest = time.perf_counter(), 0, 0, 0.0
    for first in range(1, people + 1, BATCH):
        ms, count, found = await standing(database, list(range(first, min(first + BATCH, people + 1))))
        statements, rhk, slowest = statements + count, rhk + found, max(slowest, ms)
    return {
        "one_ms": round(one_ms, 1),
        "one_statements": one_statements,
        "team_ms": round(team_ms, 1),
        "team_statements": team_statements,
        "all_ms": round((time.perf_counter() - began) * 1000),
        "all_statements": statements,
        "all_rhk": rhk,
        "slowest_batch_ms": round(slowest),
    }


ROWS = (
    ("one person", "one_ms", "one_statements"),
    ("a supervisor's thirty", "team_ms", "team_statements"),
    ("everybody, in batches", "all_ms", "all_statements"),
    ("the slowest batch", "slowest_batch_ms", None),
)


async def run(names: list[str], people: int, days: int) -> None:
    """Measures and prints."""
    summary: dict[str, Any] = {"people": people, "days": days, "batch": BATCH}
    for name in names:
        async with DATABASES[name]() as database:
            figures = await measure(database, people, days)
        summary[name] = figures
        entries = people * days * ENTRIES
        print(f"{name}, {people} people, {figures['all_rhk']:.0f} RHK, {entries} entries")
        print(f"  {'':30} {'ms':>8} {'statements':>12}")
        for label, took, counted_as in ROWS:
            number = f"{figures[counted_as]:.0f}" if counted_as else ""
            print(f"  {label:30} {figures[took]:8.1f} {number:>12}")
    print(json.dumps(summary))


def main(arguments: list[str]) -> int:
    """0: measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.progress", description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=40)
    parser.add_argument("--databases", nargs="+", choices=list(DATABASES), default=list(DATABASES))
    options = parser.parse_args(arguments)
    asyncio.run(run(options.databases, options.people, options.days))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
