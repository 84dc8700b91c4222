"""HTTP to the Bot API, directly on aiohttp: kept connections, JSON bodies, multipart only where a file goes.

Every error says whether the call may have arrived. `NetworkError`, with what bot/network.py knows as its
cause: no byte left. `TimedOut` for all the rest, also when the connection broke after the request was
written: nobody knows what became of it, and nobody repeats it blindly. A status is no error here.
"""

import io
import json
from functools import lru_cache
from typing import Any

import aiohttp
import orjson
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.network import NOT_SENT

KEPT_SECONDS = 15.0
"""How long an idle connection is used again: shorter than servers keep theirs."""
JSON = {"Content-Type": "application/json", "User-Agent": BaseRequest.USER_AGENT}
PLAIN = {"User-Agent": BaseRequest.USER_AGENT}
MEDIA_SECONDS = 20.0
"""How much longer an answer may take when a file is sent along."""
WRITE_SECONDS = 5.0
"""How long a request may take to leave, whatever comes along with it apart."""
SLOWEST = 64 * 1024
"""Bytes a second below which a file stands still."""
AT_ONCE = 2**20
"""Bytes that are written without letting the loop turn in between."""
LARGEST_FILE = 50 * 2**20
"""Bytes: what the Bot API takes; of a file of unknown size, or one that is fetched."""
_NONE = BaseRequest.DEFAULT_NONE


@lru_cache(maxsize=512)
def _address(url: str) -> URL:
    return URL(url, encoded=True)


class AiohttpRequest(BaseRequest):
    """One pool of connections. Times in seconds: `read` until the answer, `connect` for a connection."""

    __slots__ = ("_connect", "_read", "_session", "_size", "_timeout")

    def __init__(self, *, size: int, read: float, connect: float = 5.0) -> None:
        self._size, self._read, self._connect = size, read, connect
        self._timeout = aiohttp.ClientTimeout(
            total=connect + WRITE_SECONDS + read, connect=connect, sock_read=read
        )
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return self._read

    async def initialize(self) -> None:
        """Opens the pool; may be called again."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._size, keepalive_timeout=KEPT_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("Accept", "Accept-Encoding"),
                timeout=self._timeout,
            )

    async def shutdown(self) -> None:
        """Closes the pool; may be called again."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """Raises TelegramError when it is no JSON."""
        try:
            return orjson.loads(payload)
        except orjson.JSONDecodeError:
            try:  # a lone surrogate, a byte that is no UTF-8: as the library, which would log the words, too
                return json.loads(payload.decode("utf-8", "replace"))
            except ValueError:
                raise TelegramError("Invalid server response") from None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = _NONE,
        write_timeout: ODVInput[float] = _NONE,
        connect_timeout: ODVInput[float] = _NONE,
        pool_timeout: ODVInput[float] = _NONE,
    ) -> tuple[int, bytes]:
        """Status and body of the answer. Raises TimedOut, NetworkError."""
        if self._session is None:
            raise RuntimeError("not initialized")
        files = request_data is not None and request_data.contains_files
        size = _size_of(request_data) if request_data is not None and files else 0
        if request_data is None:
            size = LARGEST_FILE  # a file is fetched
        timeout = self._timeout_for(
            read_timeout,
            write_timeout,
            connect_timeout,
            longer=MEDIA_SECONDS if files else 0.0,
            moving=size / SLOWEST,
        )
        given: dict[str, Any] = {"timeout": timeout, "headers": PLAIN}
        if request_data is not None and files:
            given["data"] = _form(request_data)
        elif request_data is not None and request_data.parameters:
            given["data"], given["headers"] = orjson.dumps(request_data.parameters), JSON
        try:
            async with self._session.request(method, _address(url), **given) as answer:
                return answer.status, await answer.read()
        except NOT_SENT as error:
            if isinstance(error, TimeoutError):
                raise TimedOut("no connection in time") from error
            raise NetworkError(f"not sent: {type(error).__name__}") from error
        except (TimeoutError, aiohttp.ClientConnectionError, aiohttp.ClientPayloadError) as error:
            raise TimedOut(f"no answer: {type(error).__name__}") from error
        except aiohttp.ClientError as error:
            raise NetworkError(f"no answer: {type(error).__name__}") from error

    def _timeout_for(
        self,
        read: ODVInput[float],
        write: ODVInput[float],
        connect: ODVInput[float],
        *,
        longer: float,
        moving: float,
    ) -> aiohttp.ClientTimeout:
        """`longer`: seconds the answer may take more; `moving`: seconds a file may be on its way.

        The sum bounds the whole call: while a request is written, the time to read does not run. A time that
        is None is given no end, and then the whole has none either.
        """
        if read is _NONE and write is _NONE and connect is _NONE and not longer and not moving:
            return self._timeout
        reading = _given(read, self._read)
        writing = _given(write, WRITE_SECONDS)
        connecting = _given(connect, self._connect)
        if reading is not None:
            reading += longer
        if reading is None or writing is None or connecting is None:
            total = None
        else:
            total = connecting + writing + reading + moving
        return aiohttp.ClientTimeout(total=total, connect=connecting, sock_read=reading)


def _given(time: ODVInput[float], own: float) -> float | None:
    return time if time is None or isinstance(time, (int, float)) else own


def _size_of(data: RequestData) -> int:
    return sum(
        len(content) if isinstance(content, bytes) else LARGEST_FILE
        for _, content, _ in data.multipart_data.values()
    )


def _form(data: RequestData) -> aiohttp.FormData:
    """Parameters and files as multipart, as the Bot API takes files."""
    form = aiohttp.FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, given, kind) in data.multipart_data.items():
        content = io.BytesIO(given) if isinstance(given, bytes) and len(given) > AT_ONCE else given
        form.add_field(name, content, filename=file_name, content_type=kind)
    return form
