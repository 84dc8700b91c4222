"""What the benches of speed share: the simulator and the product, each in processes of their own.

Nothing is measured in this process: the crowd of simulator/crowd.py acts and takes the times, in the
simulator's process; here both are only started, asked and stopped.
"""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import psutil

from simulator.crowd import percentile

TOKEN = "7000000001:" + "A" * 35  # the simulator's own, as every bench starts it
START_SECONDS = 60
CLOCK = "2026-11-21T10:00:00+07:00"
"""A Saturday: nothing is due, so that only what is measured happens."""


@dataclass(frozen=True, slots=True)
class Sim:
    """The simulator in its own process, and how to talk to it."""

    url: str
    http: aiohttp.ClientSession
    pid: int

    async def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """POSTs to the control API, or GETs without a body. Raises RuntimeError with what it says."""
        verb = "GET" if body is None else "POST"
        async with self.http.request(verb, f"{self.url}/sim/{path}", json=body) as answer:
            found = await answer.json()
            if answer.status != 200:
                raise RuntimeError(f"{path}: {found}")
            return found

    async def load(self, people: Sequence[int], **load: Any) -> dict[str, Any]:
        found: dict[str, Any] = await self.ask("load", {"people": list(people), **load})
        return found

    async def quiet(self, timeout: float = 60) -> None:  # noqa: ASYNC109 - it is the simulator that waits so long
        await self.ask("quiet", {"timeout": timeout})


@asynccontextmanager
async def simulator(*, limits: bool = False) -> AsyncIterator[Sim]:
    """A fresh simulator, without flood control unless asked for."""
    port = free_port()
    words = [sys.executable, "-m", "simulator", "--port", str(port), "--token", TOKEN]
    process = await asyncio.create_subprocess_exec(
        *words, *([] if limits else ["--no-limits"]), stdout=subprocess.DEVNULL
    )
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=600)) as http:
        sim = Sim(f"http://127.0.0.1:{port}", http, process.pid)
        try:
            await until(lambda: answers(sim))
            yield sim
        finally:
            await ended(process)


@asynccontextmanager
async def bot(
    sim: Sim, *words: str, webhook: bool = False, processes: int = 1, **environment: Any
) -> AsyncIterator[list[asyncio.subprocess.Process]]:
    """The program under test, `python -m WORDS`, that many times; ready when it polls or has its webhook."""
    with tempfile.TemporaryDirectory() as folder:
        given = {
            **os.environ,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": sim.url,
            "OFFICE_CLOCK": CLOCK,
            "SEND_RATE": "1000",
            "EVIDENCE_DIR": f"{folder}/evidence",
            "PICTURE_DIR": f"{folder}/pictures",
            **environment,
        }
        log = os.open(os.environ.get("BENCH_LOG", os.devnull), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        running = [
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", *words, env=given, stdout=log, stderr=log
            )
            for _ in range(processes)
        ]
        try:
            await until(lambda: serves(sim, running, webhook=webhook))
            if webhook:
                await until(lambda: ready(given["WEBHOOK_PORT"]))
                await asyncio.sleep(3.0 if processes > 1 else 0.2)  # the others share its port
            yield running
        finally:
            for one in running:
                await ended(one)
            os.close(log)


async def webhook_of(sim: Sim, url: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """`kinerja setup` on that database; the environment of `kinerja web`, and its words."""
    port = str(free_port())
    environment = {
        "DATABASE_URL": url,
        "WEBHOOK_URL": f"http://127.0.0.1:{port}",
        "WEBHOOK_SECRET": "s" * 20,
        "WEBHOOK_PORT": port,
    }
    given = {**os.environ, "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": sim.url, **environment}
    words = [sys.executable, "-m", "bot", "setup"]
    process = await asyncio.create_subprocess_exec(*words, env=given, stdout=subprocess.DEVNULL)
    if await process.wait():
        raise RuntimeError("kinerja setup failed")
    return environment, ("web", "--share-port")


async def answers(sim: Sim) -> bool:
    try:
        await sim.ask("status")
    except (aiohttp.ClientError, RuntimeError):
        return False
    return True


async def serves(sim: Sim, running: Sequence[asyncio.subprocess.Process], *, webhook: bool) -> bool:
    """Whether the program asks for updates. Raises RuntimeError when one has ended."""
    for one in running:
        if one.returncode is not None:
            raise RuntimeError(f"the program ended with {one.returncode}; BENCH_LOG=FILE shows why")
    status = await sim.ask("status")
    return bool(status["webhook"] if webhook else status["polling"])


async def ready(port: str) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", int(port))
    except OSError:
        return False
    writer.close()
    return True


async def until(true: Any) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not await true():
        if time.monotonic() > deadline:
            raise RuntimeError("not ready in time")
        await asyncio.sleep(0.05)


async def ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 30)
    except TimeoutError:
        process.kill()
        await process.wait()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def spent(pids: Sequence[int]) -> float:
    """Seconds of processor the processes have used so far."""
    return sum(sum(psutil.Process(pid).cpu_times()[:2]) for pid in pids)


def told(figures: dict[str, Any]) -> dict[str, float]:
    """Rate and latencies of a load: steps a second; milliseconds."""
    shown, answered = figures["shown"], figures["answered"]
    return {
        "per_second": round(len(shown) / figures["seconds"], 1) if figures["seconds"] else 0.0,
        "answered_median_ms": round(percentile(answered, 0.5) * 1000, 1),
        "answered_p95_ms": round(percentile(answered, 0.95) * 1000, 1),
        "shown_median_ms": round(percentile(shown, 0.5) * 1000, 1),
        "shown_p95_ms": round(percentile(shown, 0.95) * 1000, 1),
        "done": len(shown),
        "lost": figures["lost"],
        "left_out": figures["left_out"],
    }
