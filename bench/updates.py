"""Full steps a second, beside bots that do nothing but echo; all in one run, against the same simulator.

    python -m bench.updates [--seconds 8] [--people 3000] [--in-flight 64] [--only sqlite,postgres1,ptb,…]

A *report step*: a text becomes a committed entry, and its day card stands in the chat. A *decision step*: a
supervisor's press becomes a committed decision, and the next card stands there. The simulator, with the
crowd in it, is a process of its own; so is every process of the product, PostgreSQL, and each echo bot. A
closed loop: as soon as somebody has an answer, the next person acts. Ends with one JSON line: steps a second,
milliseconds, and each rate ÷ that of the plain python-telegram-bot echo.
"""

import argparse
import asyncio
import importlib.util
import json
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import psutil

from bench import postgres
from bench.daily import FIRST_USER, build
from bench.load import Sim, bot, simulator, spent, told, webhook_of

REPORT = "Menyusun modul ajar kelas 8A -> 1 modul siap dipakai"
DRAFT = "Draf, belum dikirim"
SIDES = ("ptb", "ptb64", "ptb3", "aiogram", "sqlite", "postgres1", "postgres2", "postgres4")
ECHOES = {
    "ptb": ("bench.echo_ptb",),
    "ptb64": ("bench.echo_ptb", "64"),
    "ptb3": ("bench.echo_ptb", "--three-calls"),
    "aiogram": ("bench.echo_aiogram",),
}
"""`ptb3` makes the calls of a report: a reaction, a message, and the one before taken away."""
SETTLED = 1.6
"""Seconds a supervisor looks at a day: one that has just come (0.7 s) is not approved, and the rehearsal
clocks of several processes differ by as much as their starts."""
Figures = dict[str, Any]


async def echo(words: Sequence[str], *, seconds: float, people: int, in_flight: int) -> Figures:
    """Messages a second of a bot that sends back what it hears."""
    async with simulator() as sim:
        await sim.ask("crowd", {"first": FIRST_USER, "count": people})
        async with bot(sim, *words) as running:
            ids = range(FIRST_USER, FIRST_USER + people)
            await sim.load(ids, text=REPORT, seconds=1, in_flight=in_flight)
            return await timed(sim, running, ids, text=REPORT, seconds=seconds, in_flight=in_flight)


async def product(
    url: str, *, processes: int, seconds: float, people: int, in_flight: int, decide: bool = True
) -> tuple[Figures, Figures]:
    """Report steps and decision steps a second of the product on this (empty) database."""
    await build(url, people)
    several = url.startswith("postgresql")
    async with simulator() as sim:
        await sim.ask("crowd", {"first": FIRST_USER, "count": people})
        environment, words = await webhook_of(sim, url) if several else ({"DATABASE_URL": url}, ("run",))
        async with bot(sim, "bot", *words, webhook=several, processes=processes, **environment) as running:
            staff = [FIRST_USER + n for n in range(people) if n % 10]
            heads = [FIRST_USER + n for n in range(0, people, 10)]
            await sim.load(staff[:200], text=REPORT, seen=DRAFT, seconds=1.5, in_flight=in_flight)
            await sim.quiet()
            reports = await timed(
                sim, running, staff, text=REPORT, seen=DRAFT, seconds=seconds, in_flight=in_flight
            )
            decisions: Figures = {}
            if decide:
                decisions = await decided(sim, running, staff, heads, seconds=seconds, in_flight=in_flight)
    return reports, decisions


async def decided(
    sim: Sim, running: Any, staff: Sequence[int], heads: Sequence[int], *, seconds: float, in_flight: int
) -> Figures:
    """Everybody sends their day; each supervisor opens the first one; then they decide."""
    once: dict[str, Any] = {"once": True, "seconds": 120, "in_flight": in_flight}
    await sim.quiet()
    await sim.load(staff, press="Kirim", **once)
    await sim.load(heads, text="/periksa", seen="menunggu", **once)
    await sim.load(heads, press="Pegawai ", part=True, **once)
    await sim.quiet()
    await asyncio.sleep(SETTLED)
    return await timed(
        sim, running, heads, press="Setujui", seconds=seconds, in_flight=in_flight, pause=SETTLED
    )


async def timed(sim: Sim, running: Any, people: Sequence[int], **load: Any) -> Figures:
    """The figures of a load, with processor seconds per step: the bot's, and the simulator's."""
    pids = [one.pid for one in running]
    bots, server = spent(pids), spent([sim.pid])
    found = told(await sim.load(people, **load))
    done = max(1, found["done"])
    found["bot_cpu_ms"] = round((spent(pids) - bots) / done * 1000, 2)
    found["simulator_cpu_ms"] = round((spent([sim.pid]) - server) / done * 1000, 2)
    found["rss_mib"] = round(max(psutil.Process(pid).memory_info().rss for pid in pids) / 2**20, 1)
    return found


def measure(only: Sequence[str], **size: Any) -> dict[str, Figures]:
    """Every side, one after the other."""
    found: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        socket_dir = ""
        for side in only:
            if side == "aiogram" and importlib.util.find_spec("aiogram") is None:
                print("!! aiogram is not installed, its echo is LEFT OUT: pip install -e '.[bench]'")
                continue
            if side in ECHOES:
                found[side] = asyncio.run(echo(ECHOES[side], **size))
            elif side == "sqlite":
                url = f"sqlite:///{folder}/bench.db"
                found[side], found[f"{side}_decision"] = asyncio.run(product(url, processes=1, **size))
            else:
                socket_dir = socket_dir or stack.enter_context(postgres.server())
                url, processes = postgres.fresh(socket_dir, side), int(side.removeprefix("postgres"))
                found[side], found[f"{side}_decision"] = asyncio.run(
                    product(url, processes=processes, **size)
                )
            for name in (side, f"{side}_decision"):
                if found.get(name):
                    show(name, found[name])
    return found


def show(name: str, one: Figures) -> None:
    print(
        f"{name:20} {one['per_second']:8.1f}/s  median {one['shown_median_ms']:7.1f} ms  "
        f"p95 {one['shown_p95_ms']:7.1f} ms  bot {one['bot_cpu_ms']:6.2f} ms  "
        f"simulator {one['simulator_cpu_ms']:5.2f} ms  rss {one['rss_mib']:5.0f}  lost {one['lost']}",
        flush=True,
    )


def main() -> None:
    """Prints a table and one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--only", default=",".join(SIDES))
    given = parser.parse_args()
    found = measure(
        given.only.split(","), seconds=given.seconds, people=given.people, in_flight=given.in_flight
    )
    plain = found.get("ptb", {}).get("per_second")
    ratios = {name: round(one["per_second"] / plain, 3) for name, one in found.items() if plain and one}
    print(json.dumps({"sides": found, "ratio_to_ptb_echo": ratios}))


if __name__ == "__main__":
    main()
