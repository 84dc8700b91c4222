"""What a screen of `/pohon` costs, by how many people are below: statements and milliseconds.

    python -m bench.cascade [--people 30 300] [--databases sqlite postgresql] [--days 200]

A head with supervisors, each with staff; six RHK each, two thirds of them connected, and three approved
activities a day. Measured: the top of the head's tree, one RHK with who serves it, the entries of somebody
two levels down, what hangs nowhere, and the weekly summary's «served by nobody». The median of seven. The
statements must not depend on the people. Ends with one JSON line.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bench.tick import DATABASES, counted
from models import (
    Account,
    Aspect,
    Day,
    Decision,
    Entry,
    Indicator,
    PerformancePlan,
    Person,
    Role,
    RoleName,
    State,
    Target,
    Unit,
    Verdict,
)
from models.engine import Database
from services.cascade.connecting import load_loose
from services.cascade.looking import load_target, load_top, load_work
from services.cascade.serving import find_served
from services.people.identity import Actor, who_is

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 18)
YEAR, HEAD, RHK, A_DAY, TEAM, RUNS = 2026, 1, 6, 3, 24, 7
FIRST_USER = 8_000_000
CHUNK = 5_000


async def build(database: Database, count: int, days: int) -> None:
    """The office: the head is person 1, of each 25 after it one supervises the others."""
    people = range(1, count + 2)
    superior = {n: None if n == HEAD else HEAD if is_leader(n) else leader_of(n) for n in people}
    rows: dict[type, list[dict[str, Any]]] = {
        Unit: [{"id": 1, "name": "Kantor"}],
        Person: [
            {
                "id": n,
                "name": f"Pegawai {n:04}",
                "unit_id": 1,
                "supervisor_id": superior[n],
                "created_at": NOW,
            }
            for n in people
        ],
        Role: [{"person_id": n, "role": RoleName.STAFF} for n in people],
        Account: [{"user_id": FIRST_USER, "person_id": HEAD, "chat_id": FIRST_USER, "joined_at": NOW}],
        PerformancePlan: [{"id": n, "person_id": n, "year": YEAR, "created_at": NOW} for n in people],
        Target: [_target(n, place, superior[n]) for n in people for place in range(RHK)],
        Indicator: [_indicator(n * RHK + place) for n in people for place in range(RHK)],
        Day: [_day(n, back, days) for n in people if n != HEAD for back in range(days)],
    }
    entries = [_entry(day, place) for day in rows[Day] for place in range(A_DAY)]
    rows[Entry] = entries
    rows[Decision] = [_decision(one) for one in entries]
    async with database.writing() as session:
        for table, values in rows.items():
            for at in range(0, len(values), CHUNK):
                await session.execute(insert(table), values[at : at + CHUNK])


def is_leader(n: int) -> bool:
    return (n - 2) % (TEAM + 1) == 0


def leader_of(n: int) -> int:
    return n - (n - 2) % (TEAM + 1)


def _target(n: int, place: int, superior: int | None) -> dict[str, Any]:
    parent = superior * RHK + place if superior and place % 3 else None
    text = f"Terlaksananya layanan bidang {place} dengan mutu yang terukur dan tepat waktu"
    return {"id": n * RHK + place, "plan_id": n, "position": place, "text": text, "parent_id": parent}


def _indicator(target: int) -> dict[str, Any]:
    return {
        "target_id": target,
        "position": 0,
        "aspect": Aspect.QUANTITY,
        "text": "Jumlah layanan",
        "goal": Decimal(400),
        "goal_text": "400",
        "unit": "layanan",
    }


def _day(n: int, back: int, days: int) -> dict[str, Any]:
    return {
        "id": n * days + back,
        "person_id": n,
        "work_date": TODAY - timedelta(days=back),
        "state": State.APPROVED,
        "created_at": NOW,
    }


def _entry(day: dict[str, Any], place: int) -> dict[str, Any]:
    return {
        "id": day["id"] * A_DAY + place,
        "day_id": day["id"],
        "position": place,
        "state": State.APPROVED,
        "activity": "Melayani permohonan warga",
        "outcome": "12 warga menerima surat pada hari yang sama",
        "quantity": 1,
        "unit": "layanan",
        "target_id": day["person_id"] * RHK + (day["id"] + place) % RHK,
        "created_at": NOW,
    }


def _decision(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "day_id": entry["day_id"],
        "entry_id": entry["id"],
        "verdict": Verdict.APPROVE,
        "revision": 1,
        "decided_by": HEAD,
        "decided_at": NOW - timedelta(hours=1),
    }


def screens(actor: Actor) -> Iterator[tuple[str, Callable[[AsyncSession], Awaitable[object]]]]:
    """What is measured, by name."""
    own, staff = HEAD * RHK + 1, 3 * RHK + 1
    yield "top", lambda session: load_top(session, actor, HEAD, YEAR, now=NOW)
    yield "target", lambda session: load_target(session, actor, HEAD, own, page=0, now=NOW)
    yield "entries", lambda session: load_work(session, actor, HEAD, staff, page=0, now=NOW)
    yield "loose", lambda session: load_loose(session, actor, HEAD, YEAR, page=0, now=NOW)
    mine = range(own, own + RHK)
    first = TODAY - timedelta(days=6)
    yield "served", lambda session: find_served(session, HEAD, mine, year=YEAR, first=first, last=TODAY)


async def measure(database: Database, count: int, days: int) -> dict[str, float]:
    """Statements and milliseconds of every screen."""
    await build(database, count, days)
    async with database.reading() as session:
        actor = await who_is(session, FIRST_USER, now=NOW)
    assert actor is not None
    figures: dict[str, float] = {}
    for name, load in screens(actor):
        times = []
        for _ in range(RUNS):
            with counted(database) as seen:
                began = time.perf_counter()
                async with database.reading() as session:
                    await load(session)
                times.append((time.perf_counter() - began) * 1000)
        figures |= {f"{name}_ms": round(median(times), 1), f"{name}_statements": len(seen)}
    return figures


async def run(names: list[str], counts: list[int], days: int) -> bool:
    """Measures and prints; whether the statements are the same however many people there are."""
    summary: dict[str, Any] = {"days": days}
    constant = True
    for name in names:
        kept: list[list[float]] = []
        for count in counts:
            async with DATABASES[name]() as database:
                figures = await measure(database, count, days)
            summary[f"{name}_{count}"] = figures
            kept.append([value for key, value in figures.items() if key.endswith("_statements")])
            print(f"{name}, {count} people below, {count * days * A_DAY} entries")
            for key in ("top", "target", "entries", "loose", "served"):
                took, sent = figures[f"{key}_ms"], figures[f"{key}_statements"]
                print(f"  {key:10} {took:8.1f} ms {sent:4.0f} statements")
        constant = constant and all(one == kept[0] for one in kept)
    print(json.dumps(summary | {"constant": constant}))
    return constant


def main(arguments: list[str]) -> int:
    """0: measured. 1: the statements grow with people."""
    parser = argparse.ArgumentParser(prog="python -m bench.cascade", description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[30, 300])
    parser.add_argument("--days", type=int, default=200)
    parser.add_argument("--databases", nargs="+", choices=list(DATABASES), default=list(DATABASES))
    options = parser.parse_args(arguments)
    return 0 if asyncio.run(run(options.databases, options.people, options.days)) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
