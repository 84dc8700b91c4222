"""Webhook: secret, size, sense; 200 only after the commit, 503 while the database is away."""

import asyncio
import io
import json
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import text

from bot import webhook
from bot.app import Running, running
from bot.commands.setting_up import set_webhook
from bot.starting import CannotStart
from bot.webhook import LARGEST, PATH, Door, run_webhook
from handlers import FEATURES
from models import Entry, FailedUpdate, SeenUpdate
from models.engine import Database
from models.migrate import newest
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
            await set_webhook(program.application.bot, deps.settings)
            yield Hook(sim, db, office, ani, url, session, program, stop, serving)
            stop.set()
            await serving


async def test_it_tells_telegram_where_it_is(hook: Hook) -> None:
    (call,) = hook.sim.calls_of("setWebhook")
    assert call.params["url"] == hook.url + PATH
    assert call.params["secret_token"] == SECRET
    assert call.params["max_connections"] == 40
    assert call.params["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]


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
        b'{"update_id": true, "message": {}}',
        b"[" * 100_000,
    ],
)
async def test_garbage_is_refused_and_stops_nothing(hook: Hook, body: bytes) -> None:
    assert await hook.posts(body) == 400
    assert await hook.posts(hook.message("Menyusun laporan -> siap")) == 200
    assert await hook.count(Entry) == 1


@pytest.mark.parametrize(
    "message", [7, {"chat": "x"}, {"message_id": 7}, {"message_id": "x", "chat": [], "date": "never"}]
)
async def test_what_the_library_cannot_read_is_noted_and_does_not_come_again(
    hook: Hook, message: object
) -> None:
    assert await hook.posts({"update_id": 5, "message": message}) == 200
    assert await hook.count(SeenUpdate) == 1
    assert await hook.posts(hook.message("Menyusun laporan -> siap", update_id=6)) == 200
    assert await hook.count(Entry) == 1


async def test_a_message_without_its_chat_is_kept_at_once_and_does_not_come_again(hook: Hook) -> None:
    strange = {**hook.message("Rapat -> siap", update_id=5)["message"], "chat": None}
    for _ in range(2):
        assert await hook.posts({"update_id": 5, "message": strange}) == 200
    assert (await hook.count(SeenUpdate), await hook.count(FailedUpdate)) == (1, 1)
    assert await hook.posts(hook.message("Menyusun laporan -> siap", update_id=6)) == 200
    assert await hook.count(Entry) == 1


async def test_a_message_without_its_chat_waits_for_a_database_that_is_away(hook: Hook) -> None:
    strange = {**hook.message("Rapat -> siap", update_id=5)["message"], "chat": None}
    async with away(hook.db):
        assert await hook.posts({"update_id": 5, "message": strange}) == 503
    assert await hook.posts({"update_id": 5, "message": strange}) == 200
    assert await hook.count(FailedUpdate) == 1


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
        TestServer(Door(program).build()) as server,
    ):
        for path in ("/health", "/ready"):
            async with hook.session.get(server.make_url(path)) as answer:
                assert answer.status == 503
                assert await answer.json() == {"ok": False, "reason": "database"}
    await database.close()


async def test_it_is_ready_when_the_schema_is_this_programs(hook: Hook) -> None:
    async def ready() -> tuple[int, Any]:
        async with hook.session.get(hook.url + "/ready") as answer:
            return answer.status, await answer.json()

    async def stamp(revision: str) -> None:
        async with hook.db.writing() as session:
            await session.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num TEXT)"))
            await session.execute(text("DELETE FROM alembic_version"))
            await session.execute(text("INSERT INTO alembic_version VALUES (:one)"), {"one": revision})

    assert await ready() == (503, {"ok": False, "reason": "schema"})
    for revision in ("0001", "9999"):
        await stamp(revision)
        assert await ready() == (503, {"ok": False, "reason": "schema"})
    await stamp(newest())
    assert await ready() == (200, {"ok": True})


async def test_who_stops_says_so_and_still_takes_what_comes(hook: Hook) -> None:
    hook.stop.set()
    await hook.serving
    stop = asyncio.Event()
    serving = asyncio.create_task(run_webhook(hook.program, stop, linger=0.3))
    await asyncio.sleep(0.05)
    stop.set()
    await asyncio.sleep(0)
    async with hook.session.get(hook.url + "/ready") as answer:
        assert (answer.status, await answer.json()) == (503, {"ok": False, "reason": "stopping"})
    async with hook.session.get(hook.url + "/health") as answer:
        assert answer.status == 200
    assert await hook.posts(hook.message("Menyusun laporan -> siap")) == 200
    await serving
    with pytest.raises(aiohttp.ClientConnectionError):
        await hook.posts(hook.message("Menyusun laporan -> siap", update_id=2))
    assert await hook.count(Entry) == 1


async def test_a_port_may_be_shared_by_those_who_say_so(hook: Hook) -> None:
    hook.stop.set()
    await hook.serving
    stop = asyncio.Event()
    both = [asyncio.create_task(run_webhook(hook.program, stop, share_port=True)) for _ in range(2)]
    await asyncio.sleep(0.05)
    with pytest.raises(CannotStart, match="address already in use"):
        await run_webhook(hook.program, asyncio.Event())
    assert await hook.posts(hook.message("Menyusun laporan -> siap")) == 200
    stop.set()
    await asyncio.gather(*both)


async def test_an_interface_that_is_not_there_is_named(hook: Hook) -> None:
    settings = replace(hook.program.deps.settings, webhook_host="192.0.2.1")
    program = replace(hook.program, deps=replace(hook.program.deps, settings=settings))
    with pytest.raises(
        CannotStart, match=r"on WEBHOOK_HOST 192\.0\.2\.1: cannot assign requested address\.$"
    ):
        await run_webhook(program, asyncio.Event())


async def test_a_connection_that_asks_for_nothing_is_closed(
    hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "HEADER_SECONDS", 0.1)
    host, port = hook.url.removeprefix("http://").split(":")
    for said in (b"", b"POST /telegram HTTP/1.1\r\nHost: x\r\n"):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(said)
        with suppress(ConnectionResetError):
            async with asyncio.timeout(2):
                assert await reader.read() == b""
        writer.close()
    assert await hook.posts(hook.message("Menyusun laporan -> siap")) == 200


async def test_a_body_that_does_not_come_is_not_waited_for(
    hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "BODY_SECONDS", 0.1)
    host, port = hook.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\n{HEADER}: {SECRET}\r\nContent-Length: 9\r\n\r\n{{"
    writer.write(head.encode())
    async with asyncio.timeout(2):
        assert (await reader.readline()).startswith(b"HTTP/1.1 408")
    writer.close()


async def test_a_connection_is_used_again(hook: Hook) -> None:
    """As a proxy does: one connection, one update after the other, and a refused one between them."""
    one = aiohttp.TCPConnector(limit=1)
    async with aiohttp.ClientSession(connector=one) as session:
        for number, secret in ((1, SECRET), (2, "wrong-" + SECRET), (3, SECRET)):
            body = hook.message(f"Menyusun laporan {number} -> siap", update_id=number)
            async with session.post(hook.url + PATH, json=body, headers={HEADER: secret}) as answer:
                assert answer.status == (200 if secret == SECRET else 403)
                assert answer.headers.get("Connection") != "close"
    assert await hook.count(Entry) == 2


async def test_200_waits_until_the_answer_is_shown(hook: Hook) -> None:
    """So the next update of this chat finds the screen in its place, whichever process handles it."""
    hook.sim.fault("sendMessage", kind="delay", seconds=0.3)
    begun = asyncio.get_running_loop().time()
    assert await hook.posts(hook.message("Menyusun laporan -> siap")) == 200
    assert asyncio.get_running_loop().time() - begun >= 0.3
    assert hook.ani.sees_now("Menyusun laporan")


async def test_an_answer_that_takes_long_is_not_waited_for(
    hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "ANSWER_SECONDS", 0.05)
    hook.sim.fault("sendMessage", kind="delay", seconds=0.4)
    assert await hook.posts(hook.message("Menyusun laporan -> siap")) == 200
    assert not hook.ani.sees_now("Menyusun laporan")
    assert await hook.count(Entry) == 1
    await hook.ani.sees("Menyusun laporan")


async def test_a_port_in_use_is_named(hook: Hook) -> None:
    said = r"^WEBHOOK_PORT \d+ cannot be used on WEBHOOK_HOST 127\.0\.0\.1: address already in use\.$"
    with pytest.raises(CannotStart, match=said):
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
