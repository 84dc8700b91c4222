"""Webhook: secret, size, sense; 200 only after the commit, 503 while the database is away."""

import asyncio
import io
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.app import Running, running
from bot.starting import CannotStart
from bot.webhook import LARGEST, PATH, build_web, run_webhook
from handlers import FEATURES
from models import Entry, SeenUpdate
from models.engine import Database
from services.clock import OfficeClock
from simulator import Limits, Persona, Simulator
from tests.conversations.edges import away, count, deps_of, nothing_due
from tests.office import Office, user_of

pytestmark = pytest.mark.usefixtures("short_logs")
SECRET = "a-secret-of-the-tests"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@dataclass
class Hook:
    """The program behind its webhook, and somebody who may post to it."""

    sim: Simulator
    db: Database
    office: Office
    ani: Persona
    url: str
    session: aiohttp.ClientSession
    program: Running
    stop: asyncio.Event
    serving: "asyncio.Task[None]"

    async def posts(self, body: bytes | dict[str, Any], *, secret: str | bytes | None = SECRET) -> int:
        """The status of the answer."""
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        headers = (
            {}
            if secret is None
            else {HEADER: secret if isinstance(secret, str) else secret.decode("latin-1")}
        )
        async with self.session.post(self.url + PATH, data=io.BytesIO(data), headers=headers) as answer:
            await answer.read()
            return answer.status

    def message(self, text: str, *, update_id: int = 1) -> dict[str, Any]:
        who = {"id": self.ani.id, "is_bot": False, "first_name": "Ani"}
        return {
            "update_id": update_id,
            "message": {
                "message_id": 900 + update_id,
                "date": 1_790_000_000,
                "chat": {"id": self.ani.id, "type": "private", "first_name": "Ani"},
                "from": who,
                "text": text,
            },
        }

    async def count(self, table: type[Any]) -> int:
        return await count(self.db, table)


@pytest.fixture
async def hook(db: Database, office: Office, now: datetime) -> AsyncIterator[Hook]:
    clock = OfficeClock(now)
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    async with Simulator(limits=Limits.off(), clock=clock, webhook_retry=0.1) as sim:
        ani = sim.person("Ani", user_id=user_of(office.ani))
        ani.chat.started = True
        deps = deps_of(sim, db, clock, WEBHOOK_URL=url, WEBHOOK_SECRET=SECRET, WEBHOOK_PORT=str(port))
        stop = asyncio.Event()
        async with (
            aiohttp.ClientSession() as session,
            running(deps, FEATURES, nothing_due) as program,
        ):
            serving = asyncio.create_task(run_webhook(program, stop))
            async with asyncio.timeout(3):
                while not sim.status()["webhook"]:  # noqa: ASYNC110 - it happens in the simulator
                    await asyncio.sleep(0.01)
            yield Hook(sim, db, office, ani, url, session, program, stop, serving)
            stop.set()
            await serving


async def test_it_tells_telegram_where_it_is(hook: Hook) -> None:
    (call,) = hook.sim.calls_of("setWebhook")
    assert call.params["url"] == hook.url + PATH
    assert call.params["secret_token"] == SECRET


async def test_a_message_is_handled_and_answered(hook: Hook) -> None:
    await hook.ani.says("Menyusun laporan keuangan -> laporan siap")
    await hook.ani.sees("Menyusun laporan keuangan")
    await hook.sim.quiet()
    assert await hook.count(Entry) == 1


@pytest.mark.parametrize(
    "secret", [None, "", "wrong", SECRET + "x", SECRET[:-1], SECRET.upper(), "é", b"\xff\xfe"]
)
async def test_without_the_secret_nothing_is_read(hook: Hook, secret: str | bytes | None) -> None:
    assert await hook.posts(hook.message("Menyusun laporan"), secret=secret) == 403
    assert await hook.count(SeenUpdate) == 0


async def test_what_is_too_large_is_refused(hook: Hook) -> None:
    assert await hook.posts(b"x" * (LARGEST + 1)) == 413
    assert await hook.posts(b"x" * (LARGEST + 1), secret="wrong") == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"garbage",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"5",
        b'"text"',
        b"{}",
        b'{"update_id": "5"}',
        b'{"update_id": null}',
        b'{"update_id": true}',
        b'{"update_id": 5, "message": 7}',
        b'{"update_id": 5, "message": {"chat": "x"}}',
        b"[" * 100_000,
    ],
)
async def test_garbage_is_refused_and_stops_nothing(hook: Hook, body: bytes) -> None:
    assert await hook.posts(body) == 400
    assert await hook.posts(hook.message("Menyusun laporan -> siap")) == 200
    assert await hook.count(Entry) == 1


async def test_accepted_means_committed_and_once(hook: Hook) -> None:
    update = hook.message("Menyusun laporan -> siap")
    assert await hook.posts(update) == 200
    assert await hook.count(SeenUpdate) == 1
    assert await hook.posts(update) == 200
    assert (
        await asyncio.gather(*(hook.posts(hook.message("Rapat -> siap", update_id=2)) for _ in range(5)))
        == [200] * 5
    )
    assert await hook.count(Entry) == 2


async def test_an_update_we_know_nothing_of_is_accepted(hook: Hook) -> None:
    assert await hook.posts({"update_id": 5, "something_new": {"a": 1}}) == 200


async def test_a_database_that_is_away_is_no_acceptance(hook: Hook) -> None:
    async with away(hook.db):
        assert await hook.posts(hook.message("Menyusun laporan -> siap")) == 503
    assert await hook.posts(hook.message("Menyusun laporan -> siap")) == 200
    assert await hook.count(Entry) == 1


async def test_telegram_sends_again_what_was_not_accepted(hook: Hook) -> None:
    async with away(hook.db):
        await hook.ani.says("Menyusun laporan keuangan -> laporan siap")
        await asyncio.sleep(0.3)
        assert hook.sim.core.updates.pending
        assert "503" in (hook.sim.core.webhook.last_error or "")
    await hook.ani.sees("Menyusun laporan keuangan")
    await hook.sim.quiet()
    assert await hook.count(Entry) == 1


async def test_it_says_that_it_lives(hook: Hook) -> None:
    async with hook.session.get(hook.url + "/health") as answer:
        assert answer.status == 200
        assert await answer.json() == {"ok": True}
    for path in ("/", "/telegram/", "/telegram"):
        async with hook.session.get(hook.url + path) as answer:
            assert answer.status in (404, 405)


async def test_it_says_that_the_database_is_away(hook: Hook) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = f"postgresql://kinerja@127.0.0.1:{probe.getsockname()[1]}/none"
    database = Database(nobody)
    program = replace(hook.program, deps=replace(hook.program.deps, database=database))
    async with (
        TestServer(build_web(program)) as server,
        hook.session.get(server.make_url("/health")) as answer,
    ):
        assert answer.status == 503
        assert await answer.json() == {"ok": False}
    await database.close()


async def test_telegram_is_told_again_until_it_answers(hook: Hook) -> None:
    hook.stop.set()
    await hook.serving
    hook.sim.fault("setWebhook", kind="error", times=2)
    before = len(hook.sim.calls_of("setWebhook"))
    stop = asyncio.Event()
    serving = asyncio.create_task(run_webhook(hook.program, stop))
    async with asyncio.timeout(5):
        while len(hook.sim.calls_of("setWebhook")) < before + 3:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await hook.ani.says("Menyusun laporan keuangan -> laporan siap")
    await hook.ani.sees("Menyusun laporan keuangan")
    stop.set()
    await serving


async def test_a_port_in_use_is_named(hook: Hook) -> None:
    with pytest.raises(CannotStart, match=r"^WEBHOOK_PORT \d+ cannot be used: address already in use\.$"):
        await run_webhook(hook.program, asyncio.Event())


async def test_stopping_finishes_what_is_in_hand(hook: Hook) -> None:
    posting = [
        asyncio.create_task(hook.posts(hook.message(f"Menyusun laporan {number} -> siap", update_id=number)))
        for number in range(1, 4)
    ]
    async with asyncio.timeout(3):
        while not await hook.count(SeenUpdate):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    begun = asyncio.get_running_loop().time()
    hook.stop.set()
    await hook.serving
    statuses = await asyncio.gather(*posting, return_exceptions=True)
    assert asyncio.get_running_loop().time() - begun < 3
    assert await hook.count(Entry) >= statuses.count(200) >= 1
