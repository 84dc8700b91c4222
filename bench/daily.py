"""The daily loop as a person feels it: start, first poll, report → card, press → answer, memory.

    python -m bench.daily [--people 1000] [--active 100]

The product runs as its own process (`python -m bot run`) on SQLite; the simulator, with the people in it,
runs here. Latencies are those the simulator sees: from an update's appearing to the bot's first answer to
it. Ends with one JSON line; seconds, milliseconds and MiB as the names say.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from models import Account, Pattern, PerformancePlan, Person, Role, RoleName, Target, Unit
from models.engine import Database
from models.migrate import migrate
from services.clock import system_clock
from simulator import Limits, Persona, Simulator

FIRST_USER = 8_000_000
RHK = (
    "Terlaksananya pembelajaran sesuai modul ajar",
    "Tersusunnya perangkat pembelajaran",
    "Terlaksananya penilaian peserta didik",
    "Terbinanya karakter peserta didik",
)
REPORT = "Mengajar kelas 8A 07.30-09.00 -> 30 siswa tuntas\nMenyusun modul ajar -> 1 modul siap dipakai"


async def build(url: str, people: int) -> None:
    """An office of that many people, ten to a supervisor, everybody joined and with a plan."""
    database = Database(url)
    await migrate(database)
    now = system_clock()
    async with database.writing() as session:
        unit = Unit(name="Bench")
        session.add(unit)
        await session.flush()
        members = [
            Person(
                name=f"Pegawai {n}",
                unit_id=unit.id,
                pattern=Pattern.FIVE_DAYS,
                created_at=now,
                position="Guru",
            )
            for n in range(people)
        ]
        session.add_all(members)
        await session.flush()
        for n, one in enumerate(members):
            one.supervisor_id = members[n - n % 10].id if n % 10 else None
            role = RoleName.STAFF if n % 10 else RoleName.SUPERVISOR
            user = FIRST_USER + n
            session.add_all(
                [
                    Role(person_id=one.id, role=role),
                    Account(user_id=user, person_id=one.id, chat_id=user, joined_at=now),
                    plan := PerformancePlan(person_id=one.id, year=now.year, created_at=now),
                ]
            )
            await session.flush()
            session.add_all(Target(plan_id=plan.id, position=n, text=text) for n, text in enumerate(RHK))
    await database.close()


async def measure(people: int, active: int) -> dict[str, float]:
    """Starts the product and lets `active` staff members report and send."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        await build(url, people)
        async with Simulator(limits=Limits.off(), kept_calls=200_000) as sim:
            staff = [n for n in range(people) if n % 10][:active]
            personas = [sim.person(f"Pegawai {n}", user_id=FIRST_USER + n) for n in staff]
            for persona in personas:
                persona.chat.started = True
            began = time.perf_counter()
            process = await _start(sim, url, Path(folder))
            try:
                await _until(lambda: bool(sim.status()["polling"]))
                first_poll = time.perf_counter() - began
                await sim.quiet()
                texts, presses = await _live(sim, personas)
                memory = psutil.Process(process.pid).memory_info().rss / 2**20
            finally:
                process.terminate()
                await process.wait()
    return {
        "people": people,
        "first_poll_s": round(first_poll, 2),
        "text_median_ms": round(statistics.median(texts), 1),
        "text_p95_ms": round(sorted(texts)[int(len(texts) * 0.95)], 1),
        "press_median_ms": round(statistics.median(presses), 1),
        "press_p95_ms": round(sorted(presses)[int(len(presses) * 0.95)], 1),
        "rss_mib": round(memory, 1),
    }


async def _live(sim: Simulator, personas: list[Persona]) -> tuple[list[float], list[float]]:
    texts, presses = [], []
    for persona in personas:
        began = time.perf_counter()
        await persona.says(REPORT)
        card = await persona.sees("Draf, belum dikirim")
        texts.append((time.perf_counter() - began) * 1000)
        send = next(one for one in card.buttons if one.text == "Kirim")
        await sim.quiet(settle=0.005)
        began = time.perf_counter()
        await persona.presses(card, send).answered()
        presses.append((time.perf_counter() - began) * 1000)
        await sim.quiet(settle=0.005)
    return texts, presses


async def _start(sim: Simulator, url: str, folder: Path) -> asyncio.subprocess.Process:
    environment = {
        **os.environ,
        "TELEGRAM_BOT_TOKEN": sim.token,
        "TELEGRAM_API_URL": sim.url,
        "DATABASE_URL": url,
        "EVIDENCE_DIR": str(folder / "evidence"),
        "PICTURE_DIR": str(folder / "pictures"),
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=environment, stderr=asyncio.subprocess.DEVNULL
    )


async def _until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - what is waited for is only told when asked
        await asyncio.sleep(0.01)


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--active", type=int, default=100)
    arguments = parser.parse_args()
    print(json.dumps(asyncio.run(measure(arguments.people, arguments.active))))


if __name__ == "__main__":
    main()
