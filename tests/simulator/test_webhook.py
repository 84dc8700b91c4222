"""Delivery to a webhook: the secret, order, repetition, answers that are calls."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from simulator import Persona, Simulator
from tests.simulator.conftest import Caller


class Receiver:
    """A bot's webhook: keeps what came, answers what it is told to."""

    def __init__(self) -> None:
        self.url = ""
        self.came: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.statuses: list[int] = []
        self.reply: dict[str, Any] | None = None

    async def handle(self, request: web.Request) -> web.Response:
        self.came.append(await request.json())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        status = self.statuses.pop(0) if self.statuses else 200
        return web.json_response(self.reply, status=status) if self.reply else web.Response(status=status)

    @property
    def texts(self) -> list[str]:
        return [u["message"]["text"] for u in self.came]


@pytest.fixture
async def hook() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    server = TestServer(app)
    await server.start_server()
    receiver.url = str(server.make_url("/hook"))
    yield receiver
    await server.close()


async def test_delivers_in_order_with_the_secret(
    call: Caller, sim: Simulator, ani: Persona, hook: Receiver
) -> None:
    await call.ok("setWebhook", url=hook.url, secret_token="rahasia_1")
    await ani.says("satu")
    await ani.says("dua")
    await sim.quiet()
    assert hook.texts == ["/start", "satu", "dua"]
    assert hook.secrets == ["rahasia_1"] * 3
    info = await call.ok("getWebhookInfo")
    assert (info["url"], info["pending_update_count"]) == (hook.url, 0)


async def test_repeats_until_it_is_taken(call: Caller, sim: Simulator, ani: Persona, hook: Receiver) -> None:
    hook.statuses = [503, 500, 302]
    await call.ok("setWebhook", url=hook.url)
    await ani.says("satu")
    await sim.quiet()
    assert hook.texts == ["/start"] * 4 + ["satu"]
    info = await call.ok("getWebhookInfo")
    assert info["last_error_message"].startswith("Wrong response from the webhook: ")
    sim.redelivers(sim.update_ids[0])
    await sim.quiet()
    assert hook.texts[-1] == "/start"


async def test_another_chat_does_not_wait(call: Caller, sim: Simulator, ani: Persona, hook: Receiver) -> None:
    hook.statuses = [500] * 3
    budi = sim.person("Budi")
    await call.ok("setWebhook", url=hook.url)
    await budi.starts("budi")
    await sim.quiet()
    assert sorted(set(hook.texts)) == ["/start", "/start budi"]


async def test_answer_may_be_a_call(call: Caller, sim: Simulator, ani: Persona, hook: Receiver) -> None:
    hook.reply = {"method": "sendMessage", "chat_id": ani.id, "text": "dari jawaban"}
    await call.ok("setWebhook", url=hook.url)
    await ani.sees("dari jawaban")


async def test_drop_pending_and_bad_addresses(
    call: Caller, sim: Simulator, ani: Persona, hook: Receiver
) -> None:
    assert "HTTPS" in await call.refused("setWebhook", url="http://example.org/x")
    assert "invalid webhook URL" in await call.refused("setWebhook", url="nowhere")
    assert "unallowed characters" in await call.refused("setWebhook", url=hook.url, secret_token="a b")
    await call.ok("setWebhook", url=hook.url, drop_pending_updates=True, allowed_updates=["callback_query"])
    await ani.says("tidak diminta")
    await sim.quiet()
    assert hook.came == []
    await call.ok("setWebhook", url="")
    assert (await call.ok("getWebhookInfo"))["url"] == ""


async def test_a_new_webhook_does_not_wait_for_the_old_ones_pause(
    call: Caller, sim: Simulator, ani: Persona, hook: Receiver
) -> None:
    sim._deliverer._retry = 60
    await call.ok("setWebhook", url="http://127.0.0.1:9/nobody")
    while "last_error_date" not in await call.ok("getWebhookInfo"):
        pass
    await call.ok("setWebhook", url=hook.url)
    await sim.quiet(5)
    assert hook.texts == ["/start"]


async def test_unruly_updates_come_twice_and_in_any_order(
    call: Caller, sim: Simulator, ani: Persona, hook: Receiver
) -> None:
    sim.is_unruly(repeat=1.0, shuffle=True, seed=3)
    for number in range(8):
        await ani.says(str(number))
    await call.ok("setWebhook", url=hook.url)
    await sim.quiet()
    assert sorted(hook.texts) == sorted(["/start", *map(str, range(8))] * 2)
    once = list(dict.fromkeys(hook.texts))
    assert once != ["/start", *map(str, range(8))]
