"""The product as real processes that can be killed at any instant, and a proxy in front of the webhooks."""

import asyncio
import contextlib
import json
import os
import random
import signal
import socket
import sys
import time
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

READY = ("running",)
"""What a process says in its log once it serves."""
START_SECONDS = 180.0
HERE = Path(__file__).parents[2]
"""The code beside these tests, wherever the process is started."""
SECRET = "a-secret-of-the-fault-tests"


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Program:
    """One mode of the product in a process of its own, started anew as often as it is killed."""

    def __init__(self, mode: str, folder: Path, environment: Mapping[str, str], *, name: str = "") -> None:
        self.mode = mode
        self.name = name or mode
        self.kills = 0
        self.starts = 0
        self.environment = dict(environment)
        self._folder = folder
        self._log = folder / f"{self.name}.log"
        self._process: asyncio.subprocess.Process | None = None
        self._read_from = 0

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self, **environment: str) -> None:
        """Starts the process; it is not waited for."""
        assert not self.alive, f"{self.name} runs"
        self._read_from = self._log.stat().st_size if self._log.exists() else 0
        known = {"PATH": os.environ["PATH"], "PYTHONPATH": str(HERE), "LOG_FORMAT": "json"}
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "bot", *self.mode.split()),
                cwd=self._folder,
                env={**known, **self.environment, **environment},
                stdout=log,
                stderr=log,
                stdin=asyncio.subprocess.DEVNULL,
            )
        self.starts += 1

    async def ready(self) -> None:
        """Until it says that it serves. Raises AssertionError with its log."""
        end = time.monotonic() + START_SECONDS
        while not any(f'"{word}"' in self.log() for word in READY):
            assert self.alive, f"{self.name} ended by itself:\n{self.log()}"
            assert time.monotonic() < end, f"{self.name} does not serve:\n{self.log()}"
            await asyncio.sleep(0.02)

    async def kill(self) -> None:
        """SIGKILL: nothing of it runs any more when this returns."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
            self.kills += 1
        await self._process.wait()

    async def stop(self, seconds: float = 30) -> int:
        """SIGTERM; gives the exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(seconds):
            return await self._process.wait()

    def terminate(self) -> None:
        """SIGTERM, without waiting for the end."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    async def wait(self, seconds: float = 10) -> int:
        """Until it ends by itself; gives the exit code."""
        assert self._process is not None
        async with asyncio.timeout(seconds):
            return await self._process.wait()

    def log(self) -> str:
        """What it wrote since its last start."""
        if not self._log.exists():
            return ""
        with self._log.open("rb") as log:
            log.seek(self._read_from)
            return log.read().decode(errors="replace")

    def events(self) -> list[str]:
        """The names of everything it logged, over all its lives."""
        found = []
        for line in self._log.read_text(errors="replace").splitlines():
            try:
                found.append(str(json.loads(line)["event"]))
            except (ValueError, KeyError, TypeError):
                continue
        return found


class Proxy:
    """Hands connections to whichever backend takes them, as a load balancer does."""

    def __init__(self, ports: Sequence[int], dice: random.Random) -> None:
        self._ports = list(ports)
        self._dice = dice
        self._open: set[asyncio.Task[None]] = set()
        self.port = free_port()

    async def __aenter__(self) -> "Proxy":
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        return self

    async def __aexit__(self, *error: object) -> None:
        self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            for port in self._dice.sample(self._ports, len(self._ports)):
                try:
                    there, back = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    continue
                try:
                    await _both(_pipe(reader, back), _pipe(there, writer))
                finally:
                    await _close(back)
                return
        except asyncio.CancelledError:
            pass
        finally:
            self._open.discard(task)
            await _close(writer)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def _both(*pipes: Coroutine[Any, Any, None]) -> None:
    """Until either direction ends."""
    tasks = [asyncio.create_task(one) for one in pipes]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        return
