"""The control API under /sim/: what README.md promises to the chat page and to other processes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import urlsplit

import orjson
from aiohttp import web

from simulator.acting import Refused, act
from simulator.crowd import Crowd, Load
from simulator.faults import Kind
from simulator.limits import Limits, Tally
from simulator.page_views import account, chat_view, chats_of, message_view, person_view
from simulator.persona import Persona
from simulator.press import PersonaError
from simulator.state import Chat, Message, Raw

if TYPE_CHECKING:
    from simulator.server import Simulator

PAGE = Path(__file__).parent / "page"
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
HEARTBEAT_SECONDS = 15
FAULT_KINDS = frozenset(get_args(Kind))
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
INLINE = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif", "audio/ogg", "video/mp4"})
Route = Callable[[web.Request], Awaitable[web.StreamResponse]]


def answer(data: Any, *, status: int = 200) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(data), content_type="application/json")


class Control:
    """The routes of the control API."""

    def __init__(self, sim: Simulator) -> None:
        self._sim = sim

    def routes(self, app: web.Application) -> None:
        """Add every route, each behind the guard."""
        table: list[tuple[str, str, Route]] = [
            ("GET", "/", self._root),
            ("GET", "/sim", self._root),
            ("GET", "/sim/", self._index),
            ("GET", "/sim/static/{name}", self._static),
            ("GET", "/sim/people", self._people),
            ("POST", "/sim/people", self._add_person),
            ("POST", "/sim/crowd", self._add_crowd),
            ("POST", "/sim/load", self._load),
            ("POST", "/sim/groups", self._add_group),
            ("GET", "/sim/chats/{person}", self._chats),
            ("GET", "/sim/chats/{person}/{chat}/messages", self._messages),
            ("GET", "/sim/chats/{person}/{chat}/messages/{id}", self._message),
            ("GET", "/sim/commands/{person}/{chat}", self._commands),
            ("GET", "/sim/events/{person}", self._events),
            ("POST", "/sim/act", self._act),
            ("GET", "/sim/files/{file_id}", self._file),
            ("GET", "/sim/clock", self._clock),
            ("POST", "/sim/clock", self._move_clock),
            ("GET", "/sim/transcript", self._transcript),
            ("GET", "/sim/status", self._status),
            ("POST", "/sim/faults", self._faults),
            ("POST", "/sim/limits", self._limits),
            ("POST", "/sim/tally", self._tally),
            ("POST", "/sim/quiet", self._quiet),
            ("POST", "/sim/restart-ids", self._restart_ids),
            ("POST", "/sim/redeliver", self._redeliver),
        ]
        for verb, path, route in table:
            app.router.add_route(verb, path, _guarded(route))

    # Pages

    async def _root(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/sim/")

    async def _index(self, request: web.Request) -> web.StreamResponse:
        return _page_file("index.html")

    async def _static(self, request: web.Request) -> web.StreamResponse:
        return _page_file(request.match_info["name"])

    # Reading

    async def _people(self, request: web.Request) -> web.StreamResponse:
        sim = self._sim
        core = sim.core
        bot = {
            **account(core.bot),
            "username": core.bot.username,
            "description": core.texts.get(("description", ""), ""),
            "short_description": core.texts.get(("short_description", ""), ""),
        }
        people = [person_view(sim, p.user, note=p.note) for p in sim.people.values()]
        return answer(
            {
                "people": people,
                "bot": bot,
                "now": core.world.moment().isoformat(),
                "clock_moves": sim.on_clock is not None,
            }
        )

    async def _chats(self, request: web.Request) -> web.StreamResponse:
        person = self._person(request)
        chats = chats_of(self._sim, person.user)
        return answer({"chats": [chat_view(self._sim, person.user, chat) for chat in chats]})

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        person, chat = self._seen_chat(request)
        after = _whole(request.query.get("after", "0"))
        before = _whole(request.query.get("before", str(2**53)))
        limit = max(1, min(500, _whole(request.query.get("limit", "200"))))
        newest: list[Message] = []
        more = False
        for message in chat.visible():
            if message.serial <= after:
                break
            if message.serial < before:
                if len(newest) == limit:
                    more = True
                    break
                newest.append(message)
        if request.query.get("mark", "1") != "0":
            self._sim.reads(person, chat)
        views = [message_view(self._sim, m, person.id) for m in reversed(newest)]
        return answer({"messages": views, "more": more})

    async def _message(self, request: web.Request) -> web.StreamResponse:
        person, chat = self._seen_chat(request)
        message = chat.messages.get(_whole(request.match_info["id"]))
        if message is None:
            raise Refused(404, "no such message")
        return answer(message_view(self._sim, message, person.id))

    async def _commands(self, request: web.Request) -> web.StreamResponse:
        person, chat = self._seen_chat(request)
        return answer({"commands": self._sim.core.commands_for(chat, person.user)})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        stored = self._sim.core.files.by_id.get(request.match_info["file_id"])
        if stored is None:
            raise Refused(404, "no such file")
        headers = {"X-Content-Type-Options": "nosniff"}
        if stored.mime not in INLINE:
            safe = "".join(c if (c.isalnum() and c.isascii()) or c in "._- " else "_" for c in stored.name)
            headers["Content-Disposition"] = f'attachment; filename="{safe}"'
        kind = stored.mime if "/" in stored.mime else "application/octet-stream"
        return web.Response(body=stored.data, headers={**headers, "Content-Type": kind})

    async def _transcript(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text=self._sim.transcript())

    async def _status(self, request: web.Request) -> web.StreamResponse:
        return answer(self._sim.status())

    async def _events(self, request: web.Request) -> web.StreamResponse:
        sim = self._sim
        person = self._person(request)
        stream = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        queue = sim.core.feed.open(person.id)
        try:
            await stream.prepare(request)
            await stream.write(_event({"type": "hello", "now": sim.core.world.moment().isoformat()}))
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    await stream.write(b": still here\n\n")
                    continue
                if event is None:
                    break
                await stream.write(_event(self._for_page(event, person.id)))
        except ConnectionError:
            pass
        finally:
            sim.core.feed.close(person.id, queue)
        return stream

    def _for_page(self, event: Raw, viewer_id: int) -> Raw:
        message = event.get("message")
        if not isinstance(message, Message):
            return event
        if event["type"] == "deleted":
            return {"type": "deleted", "chat": event["chat"], "message_id": message.id}
        return {**event, "message": message_view(self._sim, message, viewer_id)}

    # Acting and steering

    async def _act(self, request: web.Request) -> web.StreamResponse:
        return answer(await act(self._sim, request))

    async def _add_person(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        name = str(body.get("name", "")).strip()
        if not name:
            raise Refused(400, "name is empty")
        person = self._sim.person(
            name,
            language=str(body.get("language", "id")),
            user_id=body.get("id"),
            username=body.get("username"),
            note=str(body.get("role_note", "")),
        )
        return answer(person_view(self._sim, person.user, note=person.note))

    async def _add_crowd(self, request: web.Request) -> web.StreamResponse:
        """People with ids in a row who have all started the bot."""
        body = await _body(request)
        first, count = int(body.get("first", 0)), int(body.get("count", 0))
        if first <= 0 or not 0 < count <= 20_000:
            raise Refused(400, "give first, an id, and count, 20,000 at most")
        for number in range(count):
            if first + number not in self._sim.people:
                self._sim.person(f"{body.get('name', 'Pegawai')} {number}", user_id=first + number)
            self._sim.people[first + number].chat.started = True
        return answer({"people": count})

    async def _load(self, request: web.Request) -> web.StreamResponse:
        """Lets people act, many at once; answers when all is done. See crowd.Load."""
        body = await _body(request)
        try:
            people = [self._sim.people[one] for one in body.pop("people")]
            load = Load(**body)
        except (KeyError, TypeError):
            raise Refused(400, "give people, ids of some that are there, and the fields of a load") from None
        if not people or bool(load.text) == bool(load.press) or (load.in_flight > 0) == (load.rate > 0):
            raise Refused(400, "give text or press, and in_flight or rate")
        return answer(asdict(await Crowd(self._sim, people, load).run()))

    async def _add_group(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        people = self._sim.people
        try:
            members = [people[i] for i in body.get("members", [])]
            admins = [people[i] for i in body.get("admins", [])]
        except KeyError:
            raise Refused(404, "no such person") from None
        if not (members or admins) or not body.get("title"):
            raise Refused(400, "a group needs a title and somebody in it")
        group = self._sim.group(
            str(body["title"]),
            members=members,
            admins=admins,
            forum=bool(body.get("forum")),
            supergroup=bool(body.get("supergroup")),
        )
        return answer(chat_view(self._sim, (admins or members)[0].user, group.chat))

    async def _clock(self, request: web.Request) -> web.StreamResponse:
        now = self._sim.core.world.moment().isoformat()
        return answer({"now": now, "moves": self._sim.on_clock is not None})

    async def _move_clock(self, request: web.Request) -> web.StreamResponse:
        sim = self._sim
        if sim.on_clock is None:
            raise Refused(409, "the clock cannot be moved")
        body = await _body(request)
        now = sim.core.world.moment()
        try:
            if "minutes" in body:
                target = now + timedelta(minutes=float(body["minutes"]))
            else:
                target = datetime.fromisoformat(str(body["to"]))
        except (KeyError, ValueError, TypeError, OverflowError):
            raise Refused(400, "give minutes, or to as an ISO 8601 instant") from None
        if target.tzinfo is None or target < now:
            raise Refused(400, "the clock moves forwards only, to an instant with a zone")
        await sim.moves_clock(target)
        return answer({"now": sim.core.world.moment().isoformat()})

    async def _faults(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        if body.get("clear"):
            self._sim.clear_faults()
        else:
            kind: Any = body.get("kind")
            if kind not in FAULT_KINDS or not body.get("method"):
                raise Refused(400, f"give a method and a kind of {sorted(FAULT_KINDS)}")
            self._sim.fault(
                str(body["method"]),
                kind=kind,
                times=body.get("times", 1),
                status=int(body.get("status", 502)),
                seconds=float(body.get("seconds", 1)),
                chat_id=body.get("chat_id"),
                chance=float(body.get("chance", 1)),
            )
        return answer({"planned": len(self._sim.core.faults.planned)})

    async def _limits(self, request: web.Request) -> web.StreamResponse:
        enforced = bool((await _body(request)).get("enforced", True))
        self._sim.set_limits(Limits() if enforced else Limits.off())
        return answer({"enforced": enforced})

    async def _tally(self, request: web.Request) -> web.StreamResponse:
        """What was counted against the limits, of these people in particular."""
        body, meter = await _body(request), self._sim.core.meter
        if body.get("reset"):
            meter.tally = Tally()
        first = int(body.get("first", 0))
        return answer(meter.tally.told(range(first, first + int(body.get("count", 0)))))

    async def _quiet(self, request: web.Request) -> web.StreamResponse:
        await self._sim.quiet(float((await _body(request)).get("timeout", 10)))
        return answer({"quiet": True})

    async def _restart_ids(self, request: web.Request) -> web.StreamResponse:
        self._sim.restarts_ids((await _body(request)).get("to"))
        return answer({"ok": True})

    async def _redeliver(self, request: web.Request) -> web.StreamResponse:
        try:
            self._sim.redelivers((await _body(request))["update_id"])
        except KeyError:
            raise Refused(404, "no such update") from None
        return answer({"ok": True})

    # Looking up

    def _person(self, request: web.Request) -> Persona:
        person = self._sim.people.get(_whole(request.match_info["person"]))
        if person is None:
            raise Refused(404, "no such person")
        return person

    def _seen_chat(self, request: web.Request) -> tuple[Persona, Chat]:
        person = self._person(request)
        chat = self._sim.core.world.chats.get(_whole(request.match_info["chat"]))
        if chat is None or chat not in chats_of(self._sim, person.user):
            raise Refused(404, "this person has no such chat")
        return person, chat


def _guarded(route: Route) -> Route:
    """Only pages of this very server: a web page from elsewhere must not drive people."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        host = urlsplit(f"//{request.host}").hostname
        origin = request.headers.get("Origin")
        if host not in LOCAL_HOSTS or (origin is not None and urlsplit(origin).netloc != request.host):
            return answer({"error": "only from this machine"}, status=403)
        try:
            return await route(request)
        except Refused as refused:
            return answer({"error": refused.words}, status=refused.status)
        except PersonaError as refused:
            return answer({"error": str(refused).split("\n")[0]}, status=409)
        except AssertionError as refused:
            return answer({"error": str(refused)}, status=409)
        except ValueError as refused:
            return answer({"error": str(refused)}, status=400)

    return guarded


async def _body(request: web.Request) -> Raw:
    raw = await request.read()
    decoded: Any = {}
    if raw:
        with contextlib.suppress(orjson.JSONDecodeError):
            decoded = orjson.loads(raw)
    if not isinstance(decoded, dict):
        raise Refused(400, "a JSON object is expected")
    return decoded


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Refused(400, "a whole number is expected") from None


def _page_file(name: str) -> web.Response:
    path = PAGE / name
    if path.parent != PAGE or not path.is_file():
        raise Refused(404, "no such page")
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    kind = TYPES.get(path.suffix, "application/octet-stream")
    charset = "utf-8" if kind.startswith(("text/", "image/svg")) else None
    return web.Response(body=path.read_bytes(), content_type=kind, charset=charset, headers=headers)


def _event(data: Raw) -> bytes:
    return b"event: " + str(data["type"]).encode() + b"\ndata: " + orjson.dumps(data) + b"\n\n"
