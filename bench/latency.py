"""From press to answer, as people act at a given rate whatever the bot does; with and without a broadcast.

    python -m bench.latency [--seconds 8] [--rates 5,20,50,100] [--database sqlite|postgres1|postgres2|…]

An open loop: at every tick somebody presses a button of `/pengaturan` (a committed change, a toast, an edited
card), then the same with typed reports (an entry, a reaction, a card). The time runs until the answer to the
press, and until the card of the report. The broadcast is prompts in the outbox, written before, at the pace
of paid broadcasts (1,000/s), so that it takes all the processor it gets. The simulator, without limits, is a
process of its own. Ends with one JSON line; milliseconds.
"""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from bench import postgres
from bench.broadcast import NOON, write_prompts
from bench.daily import FIRST_USER, build
from bench.load import Sim, bot, simulator, told, webhook_of
from bench.updates import DRAFT, REPORT

PEOPLE = 2000
PRESSING = 500
"""The last so many press and type; the broadcast goes to all the others."""
Figures = dict[str, Any]


async def measured(url: str, rates: Sequence[float], *, processes: int, seconds: float) -> list[Figures]:
    """Presses and reports at each rate, quiet and then with a broadcast under way."""
    await build(url, PEOPLE)
    found: list[Figures] = []
    async with simulator() as sim:
        await sim.ask("crowd", {"first": FIRST_USER, "count": PEOPLE})
        several = url.startswith("postgresql")
        environment, words = await webhook_of(sim, url) if several else ({"DATABASE_URL": url}, ("run",))
        environment |= {"SEND_RATE": "1000", "OFFICE_CLOCK": NOON.isoformat()}
        async with bot(sim, "bot", *words, webhook=several, processes=processes, **environment):
            people = range(FIRST_USER + PEOPLE - PRESSING, FIRST_USER + PEOPLE)
            pressing, typing = people[::2], people[1::2]
            await sim.load(pressing, text="/pengaturan", once=True, seconds=120, in_flight=16)
            await sim.load(typing, text=REPORT, seen=DRAFT, once=True, seconds=120, in_flight=16)
            await sim.quiet()
            for broadcast in (False, True):
                for rate in rates:
                    if broadcast:
                        await write_prompts(url, PEOPLE - PRESSING, due=NOON, again=f"{rate}")
                    found.append(await at(sim, pressing, typing, rate, seconds=seconds))
                    found[-1]["broadcast"] = broadcast
                    print(json.dumps(found[-1]), flush=True)
                    await sim.quiet()
    return found


async def at(
    sim: Sim, pressing: Sequence[int], typing: Sequence[int], rate: float, *, seconds: float
) -> Figures:
    """One rate: presses, then reports."""
    press = told(await sim.load(pressing, press="rencana", part=True, rate=rate, seconds=seconds))
    report = told(await sim.load(typing, text=REPORT, seen=DRAFT, rate=rate, seconds=seconds))
    return {
        "rate": rate,
        "press_median_ms": press["answered_median_ms"],
        "press_p95_ms": press["answered_p95_ms"],
        "report_median_ms": report["shown_median_ms"],
        "report_p95_ms": report["shown_p95_ms"],
        "lost": press["lost"] + report["lost"],
        "left_out": press["left_out"] + report["left_out"],
    }


def main() -> None:
    """Prints a line for each rate and one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rates", default="5,20,50,100")
    parser.add_argument("--database", default="sqlite")
    given = parser.parse_args()
    rates = [float(one) for one in given.rates.split(",")]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        processes = 1
        url = f"sqlite:///{folder}/bench.db"
        if given.database != "sqlite":
            processes = int(given.database.removeprefix("postgres"))
            url = postgres.fresh(stack.enter_context(postgres.server()), "latency")
        found = asyncio.run(measured(url, rates, processes=processes, seconds=given.seconds))
    print(json.dumps({"database": given.database, "rates": found}))


if __name__ == "__main__":
    main()
