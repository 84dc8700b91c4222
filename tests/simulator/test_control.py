"""The control API: what the chat page reads, does and hears."""

import asyncio
import sys
from datetime import UTC, datetime
from typing import Any

import aiohttp
import orjson
import pytest

from simulator import Persona, Simulator
from tests.simulator.conftest import Caller, Office


class Page:
    """What the page's script does, without a browser."""

    def __init__(self, sim: Simulator, session: aiohttp.ClientSession) -> None:
        self.root = f"{sim.url}/sim"
        self.session = session

    async def get(self, path: str, *, status: int = 200) -> Any:
        async with self.session.get(self.root + path) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json()

    async def post(self, path: str, *, status: int = 200, **body: Any) -> Any:
        async with self.session.post(self.root + path, json=body) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json()

    async def act(self, person: Persona, action: str, *, status: int = 200, **body: Any) -> Any:
        return await self.post("/act", status=status, persona=person.id, action=action, **body)


@pytest.fixture
async def page(sim: Simulator, session: aiohttp.ClientSession) -> Page:
    return Page(sim, session)


async def test_people_chats_and_messages(page: Page, call: Caller, sim: Simulator, ani: Persona) -> None:
    group = sim.group("Unit Kerja", members=[ani])
    rows = [[{"text": "Ya", "callback_data": "1", "style": "success"}]]
    markup = {"inline_keyboard": rows}
    await call.ok(
        "sendMessage", chat_id=ani.id, text="<b>Halo</b> &lt;i&gt;", parse_mode="HTML", reply_markup=markup
    )
    people = await page.get("/people")
    (person,) = people["people"]
    assert (person["name"], person["initials"], person["unread"]) == ("Ani Rahmawati", "AR", 1)
    assert person["chats"] == [ani.id, group.id]
    assert person["last"]["text"] == "Halo <i>"
    private, unit = (await page.get(f"/chats/{ani.id}"))["chats"]
    assert (private["title"], unit["title"], unit["type"]) == ("Kinerja Harian", "Unit Kerja", "group")
    messages = (await page.get(f"/chats/{ani.id}/{ani.id}/messages"))["messages"]
    assert [m["mine"] for m in messages] == [True, False]
    assert messages[1]["html"] == "<b>Halo</b> &lt;i&gt;"
    assert messages[1]["buttons"] == [
        [{"text": "Ya", "style": "success", "data": "1", "url": None, "copy": None}]
    ]
    assert (await page.get("/people"))["people"][0]["unread"] == 0
    after = messages[0]["serial"]
    assert len((await page.get(f"/chats/{ani.id}/{ani.id}/messages?after={after}"))["messages"]) == 1
    limited = await page.get(f"/chats/{ani.id}/{ani.id}/messages?limit=1")
    assert (len(limited["messages"]), limited["more"]) == (1, True)
    (service,) = (await page.get(f"/chats/{ani.id}/{group.id}/messages"))["messages"]
    assert service["service"] == {"type": "new_chat_members", "text": "Ani Rahmawati added Kinerja Harian"}
    await page.get("/chats/5", status=404)
    await page.get(f"/chats/{ani.id}/77/messages", status=404)


async def test_acts(page: Page, call: Caller, sim: Simulator) -> None:
    made = await page.post("/people", name="Budi Santoso", role_note="Atasan")
    budi = sim.people[made["id"]]
    await page.act(budi, "says", status=409, text="terlalu dini")
    await page.act(budi, "starts", payload="x")
    said = (await page.act(budi, "says", text="rapat"))["message"]
    await page.act(budi, "edits", message_id=said["id"], text="rapat pagi")
    await page.act(budi, "reacts", message_id=said["id"], emoji="👍")
    rows = [[{"text": "Ya", "callback_data": "1"}]]
    sent = await call.ok("sendMessage", chat_id=budi.id, text="?", reply_markup={"inline_keyboard": rows})
    tapped = await page.act(budi, "taps", message_id=sent["message_id"], row=0, col=0)
    await call.ok("answerCallbackQuery", callback_query_id=tapped["query_id"])
    await page.act(budi, "taps", message_id=sent["message_id"], status=409, label="Tidak")
    form = aiohttp.FormData({"persona": str(budi.id), "action": "uploads", "caption": "bukti"})
    form.add_field("file", b"\x89PNG\r\n\x1a\n", filename="a.png", content_type="image/png")
    form.add_field("file", b"%PDF", filename="b.pdf", content_type="application/pdf")
    async with page.session.post(f"{page.root}/act", data=form) as answer:
        uploaded = (await answer.json())["message"]
    assert (uploaded["kind"], uploaded["text"], bool(uploaded["album"])) == ("photo", "bukti", True)
    file = uploaded["files"][0]
    async with page.session.get(page.root.removesuffix("/sim") + file["url"]) as answer:
        assert answer.content_type == "image/png"
        assert (await answer.read()).startswith(b"\x89PNG")
    await page.act(budi, "deletes", message_id=said["id"])
    await page.act(budi, "blocks")
    await page.act(budi, "says", status=409, text="x")
    await page.act(budi, "unblocks")
    await page.act(budi, "dances", status=400)
    kinds = [next(k for k in u if k != "update_id") for u in await call.ok("getUpdates")]
    assert kinds == [
        "message",
        "message",
        "edited_message",
        "callback_query",
        "message",
        "message",
        "my_chat_member",
        "my_chat_member",
    ]


async def test_events(page: Page, call: Caller, sim: Simulator, ani: Persona) -> None:
    async def next_event(stream: aiohttp.StreamReader) -> dict[str, Any]:
        while not (line := await stream.readline()).startswith(b"data: "):
            assert line
        event: dict[str, Any] = orjson.loads(line[6:])
        return event

    async with page.session.get(f"{page.root}/events/{ani.id}") as answer:
        assert answer.content_type == "text/event-stream"
        assert (await next_event(answer.content))["type"] == "hello"
        await call.ok("sendChatAction", chat_id=ani.id, action="typing")
        sent = await call.ok("sendMessage", chat_id=ani.id, text="Halo")
        where = {"chat_id": ani.id, "message_id": sent["message_id"]}
        await call.ok("editMessageText", **where, text="Halo lagi")
        await call.ok("setMessageReaction", **where, reaction=[{"type": "emoji", "emoji": "👍"}])
        await call.ok("deleteMessage", **where)
        await call.ok("setMyCommands", commands=[{"command": "a", "description": "b"}])
        events = [await next_event(answer.content) for _ in range(6)]
    kinds = ["typing", "message", "edited", "reaction", "deleted", "commands"]
    assert [e["type"] for e in events] == kinds
    assert events[2]["message"]["text"] == "Halo lagi"
    assert events[4]["message_id"] == sent["message_id"]
    assert (await page.get(f"/commands/{ani.id}/{ani.id}"))["commands"][0]["command"] == "a"


async def test_clock_moves_forward_through_the_callback(page: Page, sim: Simulator, office: Office) -> None:
    assert (await page.get("/clock"))["moves"] is False
    await page.post("/clock", status=409, minutes=5)

    async def mover(target: datetime) -> None:
        office.at = target.astimezone(UTC)

    sim.on_clock = mover
    assert await page.post("/clock", minutes=60) == {"now": "2026-11-20T02:00:00+00:00"}
    await page.post("/clock", to="2026-11-20T16:00:00+07:00")
    assert office.at == datetime(2026, 11, 20, 9, tzinfo=UTC)
    await page.post("/clock", status=400, to="2026-11-20T08:00:00+00:00")
    await page.post("/clock", status=400, to="besok")


async def test_steering(page: Page, call: Caller, sim: Simulator, ani: Persona) -> None:
    assert await page.post("/faults", method="sendMessage", kind="error") == {"planned": 1}
    assert "502" in await call.refused("sendMessage", chat_id=ani.id, text="x")
    await page.post("/faults", status=400, method="x", kind="y")
    assert await page.post("/limits", enforced=True) == {"enforced": True}
    await page.post("/quiet", status=409, timeout=0.01)
    group = await page.post("/groups", title="Unit", members=[ani.id], forum=True)
    assert group["type"] == "supergroup"
    await page.post("/restart-ids", to=7)
    await page.post("/redeliver", status=404, update_id=1)
    status = await page.get("/status")
    assert status["calls"]["sendMessage"] == 1
    assert status["pending_updates"] > 0
    async with page.session.get(f"{page.root}/transcript") as answer:
        assert "Ani Rahmawati: /start" in await answer.text()


async def test_other_places_are_refused(page: Page, sim: Simulator) -> None:
    url = f"{page.root}/people"
    for headers, status in (
        ({"Host": "evil.example"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": sim.url}, 200),
        ({"Host": f"localhost:{sim.port}"}, 200),
    ):
        async with page.session.get(url, headers=headers) as answer:
            assert answer.status == status, headers
    async with page.session.get(sim.url + "/", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (302, "/sim/")
    async with page.session.get(f"{page.root}/static/..%2Fserver.py") as answer:
        assert answer.status == 404


async def test_runs_alone() -> None:
    command = ("-m", "simulator", "--port", "0", "--no-limits", "--person", "Ani")
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    lines = [(await process.stdout.readline()).decode().split() for _ in range(3)]
    process.terminate()
    await process.wait()
    assert [line[0] for line in lines] == ["url", "token", "page"]
