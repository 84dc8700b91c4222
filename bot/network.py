"""What a failed call tells about whether it arrived."""

import aiohttp
import httpx

NOT_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    httpx.ConnectError,
    httpx.PoolTimeout,
)
"""What goes wrong before a byte has left. Not httpx.ConnectTimeout: on aiohttp's transport a connection that
broke after the request was written is called that too."""


def never_left(error: BaseException) -> bool:
    """Whether a call failed before its request was written."""
    cause = error.__cause__
    return cause is not None and (isinstance(cause, NOT_SENT) or never_left(cause))
