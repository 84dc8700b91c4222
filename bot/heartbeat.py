"""Says every few seconds that this process is there, for whoever asks after the bot's health."""

import asyncio
import importlib.metadata
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import structlog

from bot.context import Deps
from services import heartbeats
from services.clock import system_clock
from services.heartbeats import EVERY_SECONDS, Process

log = structlog.get_logger()
LEAVE_SECONDS = 3.0
"""How long the last word may take: a database that is away does not hold up the end."""


def own_name() -> str:
    """Machine and process number, at most 80 characters."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}"


def own_version() -> str:
    """The version that is installed."""
    return importlib.metadata.version("kinerja-harian")


@asynccontextmanager
async def heartbeat(
    deps: Deps, mode: str, *, ticked_at: Callable[[], datetime | None], every: float = EVERY_SECONDS
) -> AsyncIterator[str]:
    """Beats at once and every `every` seconds while the block runs; gives the process's name.

    A beat that cannot be stored is logged and the next one tries again.
    """
    name, version, started_at = own_name(), own_version(), deps.clock()

    async def beat() -> None:
        async with deps.database.writing() as session:
            ahead = await heartbeats.clock_ahead(session, system_clock)
            now = deps.clock()
            process = Process(name, mode, version, started_at, now, ticked_at(), ahead)
            await heartbeats.beat(session, process)

    leaving = asyncio.Event()

    async def beating() -> None:
        while not leaving.is_set():
            try:
                await beat()
            except Exception as error:
                log.warning("heartbeat_missed", error=type(error).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(every):
                    await leaving.wait()

    task = asyncio.create_task(beating())
    try:
        yield name
    finally:
        leaving.set()
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await task
                async with deps.database.writing() as session:
                    await heartbeats.stopped(session, name, ticked_at=ticked_at())
        except Exception as error:
            log.warning("heartbeat_missed", error=type(error).__name__)
