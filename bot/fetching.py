"""Fetches the bytes of evidence after the commit."""

import asyncio
from typing import Any

from telegram.ext import ExtBot

from bot.context import Deps


class EvidenceFetcher:
    def __init__(self, deps: Deps, bot: ExtBot[Any]) -> None:
        self.deps = deps
        self.bot = bot
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        await stop.wait()
