"""A simulator without limits, and a bare caller of the Bot API."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from simulator import Persona, Simulator
from simulator.limits import Limits


class Office:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


class Caller:
    """Calls methods over HTTP as JSON and returns Telegram's whole answer."""

    def __init__(self, sim: Simulator, session: aiohttp.ClientSession) -> None:
        self.sim = sim
        self.session = session

    async def __call__(self, method: str, **params: Any) -> dict[str, Any]:
        async with self.session.post(f"{self.sim.url}/bot{self.sim.token}/{method}", json=params) as answer:
            body: dict[str, Any] = await answer.json()
            assert answer.status == (200 if body["ok"] else body["error_code"])
            return body

    async def ok(self, method: str, **params: Any) -> Any:
        body = await self(method, **params)
        assert body["ok"], body
        return body["result"]

    async def refused(self, method: str, **params: Any) -> str:
        body = await self(method, **params)
        assert not body["ok"], body
        return f"{body['error_code']} {body['description']}"


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
async def sim(office: Office) -> AsyncIterator[Simulator]:
    async with Simulator(limits=Limits.off(), clock=office.now, webhook_retry=0.01) as simulator:
        yield simulator


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def call(sim: Simulator, session: aiohttp.ClientSession) -> Caller:
    return Caller(sim, session)


@pytest.fixture
async def ani(sim: Simulator) -> Persona:
    person = sim.person("Ani Rahmawati")
    await person.starts()
    return person
