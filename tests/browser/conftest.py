"""A browser for the whole run, and a simulator with a bot played by the test for each test."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from simulator import Limits, Persona, Simulator
from tests.browser.page import BROWSERS, find_browser, launched, visit

Opens = Callable[..., Awaitable[Page]]


@dataclass
class Clock:
    """The office clock of a test: it stands still until somebody moves it."""

    now: datetime = datetime(2026, 11, 18, 8, 25, tzinfo=UTC)

    async def move(self, target: datetime) -> None:
        self.now = target


@dataclass
class Scene:
    """A simulator with two people, and the bot's side of it."""

    sim: Simulator
    ani: Persona
    budi: Persona
    clock: Clock
    http: aiohttp.ClientSession
    offset: int = 0
    problems: list[str] = field(default_factory=list)

    async def calls(self, method: str, **fields: Any) -> Any:
        """One call of the Bot API, over HTTP as the bot makes it."""
        async with self.http.post(f"{self.sim.base_url}{self.sim.token}/{method}", json=fields) as response:
            answer = await response.json()
        assert answer["ok"], answer
        return answer["result"]

    async def hears(self, kind: str) -> dict[str, Any]:
        """The next update of this kind; everything before it is confirmed unread."""
        while True:
            updates = await self.calls("getUpdates", offset=self.offset, timeout=5)
            assert updates, f"no {kind} came"
            for update in updates:
                self.offset = update["update_id"] + 1
                if kind in update:
                    found: dict[str, Any] = update[kind]
                    return found

    async def says(self, person: Persona, text: str, **fields: Any) -> int:
        """The bot writes in HTML; answers with the id of the message."""
        sent = await self.calls("sendMessage", chat_id=person.id, text=text, parse_mode="HTML", **fields)
        return int(sent["message_id"])


def keys(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    if find_browser() is None:
        pytest.skip(
            f"THE CHAT PAGE IS NOT TESTED: none of {', '.join(BROWSERS)} is installed (Debian: chromium)"
        )
    async with launched() as found:
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def scene() -> AsyncIterator[Scene]:
    clock = Clock()
    async with (
        Simulator(limits=Limits.off(), clock=lambda: clock.now, on_clock=clock.move) as sim,
        aiohttp.ClientSession(json_serialize=json.dumps) as http,
    ):
        ani = sim.person("Ani Rahmawati", note="Pegawai")
        budi = sim.person("Budi Santoso", note="Atasan")
        await ani.starts()
        await budi.starts()
        yield Scene(sim, ani, budi, clock, http)


@pytest_asyncio.fixture(loop_scope="session")
async def opens(browser: Browser, scene: Scene) -> AsyncIterator[Opens]:
    """Opens windows on the page; when the test is over none of them may have complained."""
    windows: list[Page] = []

    async def open_window(person: Persona | None, **options: Any) -> Page:
        page = await visit(
            browser,
            scene.sim.url,
            person=person.id if person else None,
            on_problem=scene.problems.append,
            **options,
        )
        page.set_default_timeout(5000)
        windows.append(page)
        return page

    yield open_window
    for page in windows:
        await page.context.close()
    assert scene.problems == []
