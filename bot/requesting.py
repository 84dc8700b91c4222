"""HTTP to the Bot API, directly on aiohttp: kept connections, JSON bodies, multipart only where a file goes.

Every error says whether the call may have arrived. `NetworkError`, with what bot/network.py knows as its
cause: no byte left. `TimedOut` for all the rest, also when the connection broke after the request was
written: nobody knows what became of it, and nobody repeats it blindly. A status is no error here.
"""

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
_NONE = BaseRequest.DEFAULT_NONE


@lru_cache(maxsize=512)
def _address(url: str) -> URL:
    return URL(url, encoded=True)


class AiohttpRequest(BaseRequest):
    """One pool of connections. Times in seconds: `read` until the answer, `connect` for a connection."""

    __slots__ = ("_connect", "_read", "_session", "_size", "_timeout")

    def __init__(self, *, size: int, read: float, connect: float = 5.0) -> None:
        self._size, self._read, self._connect = size, read, connect
        self._timeout = aiohttp.ClientTimeout(total=None, connect=connect, sock_read=read)
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
            try:  # a lone surrogate, a byte that is no UTF-8: as the library itself reads them
                return BaseRequest.parse_json_payload(payload)
            except TelegramError:
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
        timeout = self._timeout_for(read_timeout, connect_timeout, longer=MEDIA_SECONDS if files else 0.0)
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
        self, read: ODVInput[float], connect: ODVInput[float], *, longer: float
    ) -> aiohttp.ClientTimeout:
        own = read is _NONE and connect is _NONE
        if own and not longer:
            return self._timeout
        reading = self._read if read is _NONE else read
        connecting = self._connect if connect is _NONE else connect
        if isinstance(reading, (int, float)):
            reading += longer
        return aiohttp.ClientTimeout(total=None, connect=connecting, sock_read=reading)  # type: ignore[arg-type]


def _form(data: RequestData) -> aiohttp.FormData:
    """Parameters and files as multipart, as the Bot API takes files."""
    form = aiohttp.FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=kind)
    return form
