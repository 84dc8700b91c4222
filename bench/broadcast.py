"""Prompts to many people: how close to the limit, what is refused, doubled or lost, who waits meanwhile.

    python -m bench.broadcast [--people 3000] [--presses 3] [--lifted] [--databases sqlite postgresql]
                              [--clocks 0]

The prompts wait in the outbox when the program starts. Under the limits somebody presses a button that many
times a second meanwhile: a committed change, answered with a toast and an edited card. The simulator, with
the people in it, is a process of its own; so are the program (`run`) and, on PostgreSQL, `--clocks` more of
its processes that deliver too. `ratio`: time ÷ ((prompts + answers) ÷ 30 a second). `--lifted`: messages a
second when Telegram has no limit and the program has that of paid broadcasts, 1,000 a second.
Ends with one JSON line.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from contextlib import AsyncExitStack, ExitStack
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from bench import postgres
from bench.daily import FIRST_USER, build
from bench.load import Sim, bot, simulator, spent
from models import Account, OutboxMessage, OutboxState
from models.engine import Database
from services import outbox
from simulator.crowd import percentile

NOON = datetime.fromisoformat("2026-11-18T13:00:00+07:00")
"""A Wednesday on which nothing is due for two hours and a half."""
PRESSING = 150
"""People who press, beside those who are asked."""
LIMIT = 30.0
Figures = dict[str, Any]


async def write_prompts(url: str, people: int, *, due: datetime, again: str = "") -> None:
    """The question of the day for the first so many people, as a tick writes it; `again`: once more."""
    database = Database(url)
    async with database.writing() as session:
        accounts = await session.execute(
            select(Account.person_id).where(Account.user_id < FIRST_USER + people)
        )
        letters = [
            outbox.Letter(
                "prompted", to=person, payload={"work_date": str(NOON.date())}, key=f"bench:{again}:{person}"
            )
            for (person,) in accounts
        ]
        await outbox.enqueue_many(session, letters, now=due)
    await database.close()


async def states(url: str) -> dict[str, int]:
    """How the rows ended."""
    database = Database(url)
    async with database.reading() as session:
        rows = await session.execute(select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state))
        found = {state.value: count for state, count in rows}
    await database.close()
    return found


async def broadcast(url: str, people: int, *, presses: float, lifted: bool, clocks: int) -> Figures:
    """One broadcast on an empty database."""
    await build(url, people + PRESSING)
    environment: dict[str, Any] = {"DATABASE_URL": url, "OFFICE_CLOCK": NOON.isoformat()}
    environment["SEND_RATE"] = "1000" if lifted else str(int(LIMIT))
    async with AsyncExitStack() as stack:
        sim = await stack.enter_async_context(simulator(limits=not lifted))
        await sim.ask("crowd", {"first": FIRST_USER, "count": people + PRESSING})
        running = await stack.enter_async_context(bot(sim, "bot", "run", **environment))
        for _ in range(clocks):
            running += await stack.enter_async_context(bot(sim, "bot", "clock", **environment))
        pressing = range(FIRST_USER + people, FIRST_USER + people + PRESSING)
        if presses:
            await sim.load(pressing, text="/pengaturan", seconds=120, in_flight=8, once=True)
        await sim.quiet()
        await sim.ask("tally", {"reset": True})
        pids = [one.pid for one in running]
        before = spent(pids), spent([sim.pid])
        await write_prompts(url, people, due=NOON)
        figures = await _under_way(sim, people, pressing, presses=presses)
        cpu = spent(pids) - before[0], spent([sim.pid]) - before[1]
        figures |= {
            "bot_cpu_ms": round(cpu[0] / people * 1000, 2),
            "simulator_cpu_ms": round(cpu[1] / people * 1000, 2),
        }
    found = await states(url)
    return figures | {"lost": people - found.get(OutboxState.SENT.value, 0), "states": found}


async def _under_way(sim: Sim, people: int, pressing: range, *, presses: float) -> Figures:
    """Waits until everybody was reached, with people pressing meanwhile."""
    load = None
    if presses:
        seconds = people / (LIMIT - presses)
        load = asyncio.create_task(
            sim.load(pressing, press="rencana", part=True, rate=presses, seconds=seconds)
        )
    asked = {"first": FIRST_USER, "count": people}
    tally, before, idle = await sim.ask("tally", asked), -1, 0
    while tally["reached"] < people and idle < 100:
        await asyncio.sleep(0.1)
        before, tally = tally["reached"], await sim.ask("tally", asked)
        idle = idle + 1 if tally["reached"] == before and before else 0
    answered = (await load)["answered"] if load is not None else []
    tally = await sim.ask("tally", asked)
    answers = tally["messages"] + tally["edits"] - tally["reached"]
    seconds = tally["seconds"]
    return {
        "people": people,
        "seconds": round(seconds, 2),
        "per_second": round(tally["reached"] / seconds, 1) if seconds else 0.0,
        "answers": answers,
        "ratio": round(seconds / ((tally["reached"] + answers) / LIMIT), 3),
        "too_many": tally["refused"],
        "twice": tally["more_than_once"],
        "missed": people - tally["reached"],
        "press_median_ms": round(percentile(answered, 0.5) * 1000, 1),
        "press_p95_ms": round(percentile(answered, 0.95) * 1000, 1),
        "presses": len(answered),
    }


def measure(given: argparse.Namespace) -> Figures:
    """Every database asked for, one after the other."""
    found: Figures = {}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        for name in given.databases:
            url = f"sqlite:///{folder}/bench.db"
            if name == "postgresql":
                url = postgres.fresh(stack.enter_context(postgres.server()), "broadcast")
            found[name] = asyncio.run(
                broadcast(
                    url,
                    given.people,
                    presses=0 if given.lifted else given.presses,
                    lifted=given.lifted,
                    clocks=given.clocks if name == "postgresql" else 0,
                )
            )
            print(name, json.dumps(found[name]), flush=True)
    return found


def main(arguments: list[str]) -> int:
    """0: measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.broadcast", description=__doc__)
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--presses", type=float, default=3)
    parser.add_argument("--lifted", action="store_true")
    parser.add_argument("--clocks", type=int, default=0)
    parser.add_argument(
        "--databases", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"]
    )
    print(json.dumps(measure(parser.parse_args(arguments))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
