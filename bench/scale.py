"""How what a person waits for grows with the office, on both databases.

    python -m bench.scale [--people 100 1000 10000] [--entries 50 …] [--databases sqlite postgresql]
        [--explain]

`--entries`: of each person, one number for all sizes or one for each; 500 with 10,000 people are 5 million.
Filling and measuring are processes of their own (bench/scale_office.py says what the office is); what is
measured is the service's work in its transaction, as a handler runs it, without Telegram. The best of five
with different people, the most statements, and the longest single statement: on SQLite that one holds up
everybody else in the process. Then the growth from one size to the next beside that of the entries: `!` marks
what grew by more than their logarithm and 5 ms. `--explain` shows the plan of each longest statement at the
largest size. Ends with one JSON line; milliseconds, counts and MiB as the names say.
"""

import argparse
import asyncio
import json
import math
import multiprocessing
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bench.postgres import fresh, server
from bench.scale_office import FIRST_USER, NOW, TEAM, UNIT, fill, supervisor_of, unit_of
from bot.views.sheet_file import lines_of
from documents.sheet import write_xlsx
from models import Day, RoundKind, Schedule, State
from models.engine import Database
from services import outbox
from services.approvals.deciding import approve_day
from services.approvals.queue import decided_days, load_queue
from services.approvals.review import load_review
from services.blockers import count_open
from services.digests.periods import subject_of_unit
from services.digests.person import person_week
from services.digests.team import team_week
from services.digests.unit import unit_week
from services.entries import choices
from services.entries.drafting import take_report
from services.entries.sending import submit_day
from services.health import show_health
from services.people.identity import Actor, who_is
from services.progress.waiting import load_waiting
from services.rounds import tick
from services.sheet.access import ensure_may_fetch
from services.sheet.loading import load_sheet

RUNS = 5
WEEK = date(2026, 11, 12)
MONTH = date(2026, 11, 1), date(2026, 11, 30)
REPORT = "Melayani permohonan surat keterangan 14 warga -> 14 surat diterima hari itu juga"
ENOUGH_MS = 5.0
"""Less than this is no growth anybody notices."""


@dataclass(slots=True)
class Statement:
    """One that was run: its words, what was bound, and how long it took with its rows."""

    words: str
    values: Any
    ms: float = 0.0


@dataclass(slots=True)
class Cost:
    """The best run of an act, its most statements, and of all runs the longest statement."""

    ms: float = math.inf
    statements: int = 0
    longest: Statement = field(default_factory=lambda: Statement("", ()))


@contextmanager
def watched(database: Database) -> Iterator[list[Statement]]:
    """The statements of the block with their times; transactions apart."""
    seen: list[Statement] = []

    def before(connection: Any, cursor: Any, words: str, values: Any, context: Any, many: bool) -> None:
        context.began_ms = time.perf_counter() * 1000

    def after(connection: Any, cursor: Any, words: str, values: Any, context: Any, many: bool) -> None:
        if not words.startswith(("BEGIN", "PRAGMA synchronous")):
            seen.append(Statement(words, values, time.perf_counter() * 1000 - context.began_ms))

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    yield seen
    event.remove(engine, "before_cursor_execute", before)
    event.remove(engine, "after_cursor_execute", after)


@dataclass(frozen=True, slots=True)
class Office:
    """The database and how many people there are: whom an act of a run is about."""

    database: Database
    people: int

    def staff(self, run: int) -> int:
        """Somebody without people of their own, of another unit each time."""
        return self.people - (run * UNIT) % max(UNIT, self.people // 2)

    def colleague(self, run: int) -> int:
        """Somebody of the last unit, another one each time."""
        return self.people - 1 - run

    def leader(self, run: int) -> int:
        """Somebody whose people have no people of their own."""
        return supervisor_of(self.people - TEAM * (run + 1)) or 1

    @asynccontextmanager
    async def acting(
        self, person: int, *, writing: bool = False
    ) -> AsyncIterator[tuple[AsyncSession, Actor]]:
        """A transaction and who acts in it, as the gate finds them."""
        begin = self.database.writing if writing else self.database.reading
        async with begin() as session:
            actor = await who_is(session, FIRST_USER + person, now=NOW)
            if actor is None:
                raise ValueError(person)
            yield session, actor


async def quiet_tick(office: Office, run: int) -> None:
    async with office.database.writing() as session:
        await tick(session, now=NOW)


async def due_tick(office: Office, run: int) -> None:
    async with office.database.writing() as session:
        found = await tick(session, now=NOW)
        if sum(found.sent.values()) != 1:
            raise ValueError(found)


async def make_due(office: Office, run: int) -> None:
    """One prompt of an hour ago."""
    async with office.database.writing() as session:
        prompt = update(Schedule).filter_by(person_id=office.colleague(run), kind=RoundKind.PROMPT)
        await session.execute(prompt.values(due_at=NOW - timedelta(hours=1)))


async def queue(office: Office, run: int) -> None:
    async with office.acting(office.leader(run)) as (session, actor):
        found = await load_queue(session, actor, now=NOW)
        await count_open(session, actor)
        await load_waiting(session, actor, now=NOW)
        if not found.days:
            raise ValueError(actor.person_id)


async def decided(office: Office, run: int) -> None:
    async with office.acting(office.leader(run)) as (session, actor):
        await decided_days(session, actor, now=NOW)


async def decision(office: Office, run: int) -> None:
    """The first waiting day opened, approved, and the next queue."""
    async with office.acting(office.leader(run), writing=True) as (session, actor):
        day_id = (await load_queue(session, actor, now=NOW)).days[0].day_id
        review = await load_review(session, actor, day_id, now=NOW)
        await approve_day(session, actor, day_id, revision=review.day.revision, now=NOW)


async def forget(office: Office, run: int) -> None:
    """What this process knows of the units' choices."""
    choices._offices.clear()


async def report_first(office: Office, run: int) -> None:
    await _report(office, office.staff(run) - 20)


async def report(office: Office, run: int) -> None:
    await _report(office, office.colleague(run))


async def _report(office: Office, person: int) -> None:
    async with office.acting(person, writing=True) as (session, actor):
        if not (await take_report(session, actor, REPORT, message_id=1, now=NOW)).entry_ids:
            raise ValueError(person)


async def sent(office: Office, run: int) -> None:
    async with office.acting(office.colleague(run), writing=True) as (session, actor):
        mine = Day.person_id == actor.person_id, Day.state == State.DRAFT
        day = (await session.scalars(select(Day).where(*mine))).one()
        await submit_day(session, actor, day.id, revision=day.revision, now=NOW, as_suggested=True)


async def own_week(office: Office, run: int) -> None:
    async with office.acting(office.staff(run)) as (session, actor):
        await person_week(session, actor.person_id, WEEK, now=NOW)


async def team_weekly(office: Office, run: int) -> None:
    async with office.acting(office.leader(run)) as (session, actor):
        await team_week(session, actor.person_id, WEEK, now=NOW)


async def head_weekly(office: Office, run: int) -> None:
    async with office.database.reading() as session:
        await team_week(session, 1, WEEK, now=NOW)


async def unit_weekly(office: Office, run: int) -> None:
    async with office.database.reading() as session:
        subject = await subject_of_unit(session, unit_of(office.staff(run)))
        await unit_week(session, subject, WEEK, now=NOW)


async def sheet(office: Office, run: int) -> None:
    async with office.acting(office.staff(run)) as (session, actor):
        await ensure_may_fetch(session, actor, actor.person_id, now=NOW)
        found = await load_sheet(session, actor.person_id, first=MONTH[0], last=MONTH[1])
    write_xlsx(lines_of(found), made=NOW)


async def health(office: Office, run: int) -> None:
    async with office.acting(office.people) as (session, actor):
        await show_health(session, actor, now=NOW, today=NOW.date())


async def claim(office: Office, run: int) -> None:
    async with office.database.reading() as session:
        await outbox.anything_due(session, now=NOW)
    async with office.database.writing() as session:
        if not await outbox.claim(session, now=NOW, limit=10, paced=time.time()):
            raise ValueError(run)


Act = Callable[[Office, int], Awaitable[None]]
ACTS: tuple[tuple[str, Act, Act | None], ...] = (
    ("tick, nobody due", quiet_tick, None),
    ("tick, one due", due_tick, make_due),
    ("report, first of its unit", report_first, forget),
    ("report", report, None),
    ("Kirim", sent, None),
    ("/periksa", queue, None),
    ("decided days", decided, None),
    ("Setujui", decision, None),
    ("/rekap", own_week, None),
    ("/rekap tim", team_weekly, None),
    ("/rekap tim, head of all", head_weekly, None),
    ("summary of a unit", unit_weekly, None),
    ("e-Kinerja sheet, a month", sheet, None),
    ("/kesehatan", health, None),
    ("outbox claim", claim, None),
)
"""Name, what is measured, and what is done before without being measured."""


async def measure(url: str, people: int, explain: bool) -> dict[str, Any]:
    """Every act in a process of its own; run 0 compiles the statements and is not counted."""
    import bot.program  # noqa: F401 - so that memory is that of the program

    database = Database(url)
    office = Office(database, people)
    figures: dict[str, Any] = {"mib_before": memory()[0]}
    plans = []
    for name, act, before in ACTS:
        cost = Cost()
        for run in range(RUNS + 1):
            if before is not None:
                await before(office, run)
            with watched(database) as seen:
                began = time.perf_counter()
                await act(office, run)
                took = (time.perf_counter() - began) * 1000
            if run:
                longest = max(seen, key=lambda one: one.ms)
                cost.ms, cost.statements = min(cost.ms, took), max(cost.statements, len(seen))
                cost.longest = max(cost.longest, longest, key=lambda one: one.ms)
        times = {"ms": round(cost.ms, 1), "longest_ms": round(cost.longest.ms, 1)}
        figures[name] = times | {"statements": cost.statements}
        plans += [(name, await plan_of(database, cost.longest))] if explain else []
    figures["mib_after"], figures["mib_most"] = memory()
    await database.close()
    return figures | {"plans": plans}


async def plan_of(database: Database, statement: Statement) -> str:
    """How the database runs it, in its own words."""
    how = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    async with database.engine.connect() as connection:
        rows = (await connection.exec_driver_sql(how + statement.words, statement.values)).all()
    words = " ".join(statement.words.split())
    return "\n".join([f"{statement.ms:.1f} ms: {words}", *(f"    {row[-1]}" for row in rows)])


def memory() -> tuple[int, int]:
    """MiB of this process now, and the most there were."""
    found = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
    return int(found["VmRSS"].split()[0]) // 1024, int(found["VmHWM"].split()[0]) // 1024


def _fill(url: str, people: int, entries: int) -> None:
    async def run() -> None:
        database = Database(url)
        await fill(database, people, entries)
        await database.close()

    asyncio.run(run())


def _measure(url: str, people: int, explain: bool) -> dict[str, Any]:
    return asyncio.run(measure(url, people, explain))


def apart(work: Callable[..., Any], *given: Any) -> Any:
    """Runs it in a fresh process."""
    with ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def one_size(name: str, people: int, entries: int, *, explain: bool) -> dict[str, Any]:
    """An office of that size in a fresh database, filled and measured."""
    with ExitStack() as stack:
        if name == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="kh-scale-"))
            url = f"sqlite:///{folder}/office.db"
        else:
            url = fresh(stack.enter_context(server()), "scale")
        began = time.perf_counter()
        apart(_fill, url, people, entries)
        filled = time.perf_counter() - began
        found: dict[str, Any] = apart(_measure, url, people, explain)
    return found | {"people": people, "entries": people * entries, "filled_s": round(filled)}


def show(name: str, found: dict[str, Any]) -> None:
    print(f"\n{name}, {found['people']} people, {found['entries']} entries, filled in {found['filled_s']} s")
    print(f"  {'':28} {'ms':>8} {'statements':>11} {'longest statement, ms':>23}")
    for act, _, _ in ACTS:
        one = found[act]
        print(f"  {act:28} {one['ms']:8.1f} {one['statements']:11} {one['longest_ms']:23.1f}")
    print(
        f"  memory, MiB: {found['mib_before']} before, {found['mib_after']} after, {found['mib_most']} most"
    )
    for act, plan in found.pop("plans"):
        print(f"\n  {act}: {plan}")


def grew(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Prints the growth from one size to the next; gives what grew by more than it may."""
    size = after["entries"] / before["entries"]
    allowed = math.log(after["entries"]) / math.log(before["entries"])
    print(f"  growth of entries {size:.0f}, of their logarithm {allowed:.2f}")
    worse = []
    for act, _, _ in ACTS:
        was, now = before[act], after[act]
        too_much = now["ms"] > allowed * was["ms"] + ENOUGH_MS or now["statements"] > was["statements"]
        more = f"{was['statements']} to {now['statements']} statements"
        print(f"  {act:28} {now['ms'] / was['ms']:8.2f} {more:>22} {'!' if too_much else ''}")
        worse += [act] * too_much
    return worse


def main(arguments: list[str]) -> int:
    """0: measured, and nothing grew by more than it may. 1: something did."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--entries", type=int, nargs="+", default=[50])
    parser.add_argument(
        "--databases", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"]
    )
    parser.add_argument("--explain", action="store_true")
    options = parser.parse_args(arguments)
    entries = options.entries * (len(options.people) if len(options.entries) == 1 else 1)
    if len(entries) != len(options.people):
        parser.error("--entries: one number, or one for each of --people")
    summary: dict[str, Any] = {}
    for name in options.databases:
        kept: list[dict[str, Any]] = []
        for count, each in zip(options.people, entries, strict=True):
            last = count == options.people[-1]
            found = one_size(name, count, each, explain=options.explain and last)
            show(name, found)
            worse = grew(kept[-1], found) if kept else []
            kept.append(found | {"worse": worse})
        summary[name] = kept
    print(json.dumps(summary))
    return int(any(one["worse"] for found in summary.values() for one in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
