"""The HTTP side of the Bot API: reading requests, long polling, faults, answers byte for byte."""

import asyncio
from typing import Any

import orjson
from aiohttp import web

from simulator.core import Call, Core, Params
from simulator.errors import ApiError, bad_request, conflict
from simulator.faults import Fault
from simulator.methods import METHODS
from simulator.methods.profile import check_polling
from simulator.state import Raw
from simulator.validation import Upload, checked, method_named

JSON = "application/json"
ABORTED = "terminated by other getUpdates request; make sure that only one bot instance is running"


class BotApi:
    """Answers `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self._poll: asyncio.Future[None] | None = None
        """The running long poll; another getUpdates or a webhook ends it with 409."""
        self.polls = 0
        self.stopping = False

    async def call(self, request: web.Request) -> web.StreamResponse:
        """One call over HTTP."""
        core = self.core
        token, _, name = request.match_info["call"].partition("/")
        if token != core.token:
            return _refusal(ApiError(401, "Unauthorized"))
        if name.lower() == "getupdates":
            return await self._answer(request, name)
        core.in_flight += 1
        try:
            return await self._answer(request, name)
        finally:
            core.in_flight -= 1
            core.pulse.beat()

    async def download(self, request: web.Request) -> web.Response:
        """The content of a file, by the path getFile gave."""
        token, _, path = request.match_info["call"].partition("/")
        if token != self.core.token:
            return _refusal(ApiError(401, "Unauthorized"))
        fault = self.core.faults.take("download", {})
        if fault is not None and fault.kind == "error":
            return _refusal(ApiError(fault.status, "Internal Server Error"))
        stored = self.core.files.at(path)
        if stored is None or stored.too_big:
            return _refusal(ApiError(404, "Not Found"))
        return web.Response(body=stored.data, content_type="application/octet-stream")

    async def _answer(self, request: web.Request, name: str) -> web.StreamResponse:
        core = self.core
        known = method_named(name)
        if known is None:
            core.faults_seen.append(f"unknown method {name}")
            return _refusal(ApiError(404, "Not Found: method not found"))
        given: Raw = {}
        fault: Fault | None = None
        try:
            given, files = await read(request)
            fault = core.faults.take(known.name, given)
            if fault is not None and fault.kind not in {"drop_after", "delay", "cut"}:
                core.record(Call(known.name, given, None, f"fault: {fault.kind}", _chat_id(given)))
            if fault is not None and fault.kind == "page":
                return _page(fault.status)
            if fault is not None and await _before(fault, request):
                return web.Response()
            if known.name == "getUpdates":
                params = self._checked(name, given, files)
                body = await self._get_updates(params)
            else:
                body = b'{"ok":true,"result":' + orjson.dumps(self.perform(name, given, files)) + b"}"
        except ApiError as error:
            return _refusal(error)
        if fault is not None and fault.kind == "drop_after":
            _drop(request)
            return web.Response()
        return web.Response(body=body, content_type=JSON)

    def perform(self, name: str, given: Raw, files: dict[str, Upload]) -> Any:
        """Check and perform one call (not getUpdates), and record it; raises ApiError."""
        core = self.core
        known = method_named(name)
        if known is None:
            raise ApiError(404, "Not Found: method not found")
        params: Raw = given
        try:
            checked_params = self._checked(name, given, files)
            params = checked_params
            handler = METHODS.get(known.name)
            if handler is None:
                raise ApiError(501, f"Not Implemented: the simulator has no {known.name}")
            result = handler(core, checked_params)
        except ApiError as error:
            core.record(Call(known.name, params, None, error.description, _chat_id(params)))
            raise
        if known.name == "setWebhook":
            self.abort_poll()
        core.record(Call(known.name, params, result, None, _chat_id(params)))
        return result

    def abort_poll(self) -> None:
        """End the running long poll with 409."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    def _checked(self, name: str, given: Raw, files: dict[str, Upload]) -> Params:
        known = method_named(name)
        assert known is not None
        values, unknown = checked(known, given, files)
        if unknown:
            core = self.core
            core.faults_seen.extend(f"{known.name}: unknown parameter {field}" for field in unknown)
            if core.strict:
                raise bad_request(f"unknown parameter {unknown[0]} (the simulator is strict)")
        return Params(values, files)

    async def _get_updates(self, p: Params) -> bytes:
        core = self.core
        offset, limit, timeout = check_polling(core, p)
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        if offset:
            core.updates.confirm_below(offset)
        ready = core.updates.ready(max(offset, 0), limit)
        if not ready and timeout > 0 and not self.stopping:
            mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._poll = mine
            self.polls += 1
            try:
                ready = await self._long_poll(mine, offset, limit, timeout)
            finally:
                self.polls -= 1
                if self._poll is mine:
                    self._poll = None
        return b'{"ok":true,"result":[' + b",".join(item.body for item in ready) + b"]}"

    async def _long_poll(
        self, mine: "asyncio.Future[None]", offset: int, limit: int, seconds: float
    ) -> list[Any]:
        core = self.core
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not self.stopping:
            left = deadline - loop.time()
            if left <= 0:
                return []
            await core.pulse.next_or(mine, seconds=left)
            if mine.done():
                raise conflict(ABORTED if not core.webhook.url else "terminated by setWebhook request")
            ready = core.updates.ready(max(offset, 0), limit)
            if ready:
                return ready
        return []


async def read(request: web.Request) -> tuple[Raw, dict[str, Upload]]:
    """Parameters and files of a request: query string, JSON, form or multipart."""
    given: Raw = dict(request.query) if request.query_string else {}
    files: dict[str, Upload] = {}
    kind = request.content_type
    if kind == JSON:
        body = await request.read()
        if body:
            try:
                decoded = orjson.loads(body)
            except orjson.JSONDecodeError:
                raise bad_request("can't parse request body as JSON") from None
            if not isinstance(decoded, dict):
                raise bad_request("object expected as request body")
            given.update(decoded)
    elif request.can_read_body:
        try:
            form = await request.post()
        except web.HTTPRequestEntityTooLarge:
            raise ApiError(413, "Request Entity Too Large") from None
        for name, value in form.items():
            if isinstance(value, web.FileField):
                with value.file as file:
                    files[name] = Upload(value.filename, value.content_type, file.read())
            else:
                given[name] = value
    return given, files


def _chat_id(params: Raw) -> int | None:
    value = params.get("chat_id")
    return value if isinstance(value, int) else None


async def _before(fault: Fault, request: web.Request) -> bool:
    """What a fault does before the call takes effect; True when the connection is gone."""
    if fault.kind == "delay":
        await asyncio.sleep(fault.seconds)
    elif fault.kind == "error":
        words = {500: "Internal Server Error", 502: "Bad Gateway", 504: "Gateway Timeout"}
        raise ApiError(fault.status, words.get(fault.status, "Internal Server Error"))
    elif fault.kind == "flood":
        seconds = int(fault.seconds)
        raise ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
    elif fault.kind == "cut":
        asyncio.get_running_loop().call_later(fault.seconds, _drop, request)
    elif fault.kind == "drop_before":
        _drop(request)
        return True
    return False


def _page(status: int) -> web.Response:
    """What a gateway between the bot and Telegram shows when it is out of its depth."""
    body = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
    return web.Response(status=status, text=body, content_type="text/html")


def _drop(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _refusal(error: ApiError) -> web.Response:
    raw: Raw = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        raw["parameters"] = error.parameters
    return web.Response(status=error.code, body=orjson.dumps(raw), content_type=JSON)
