"""What a failed call tells about whether it arrived."""

import aiohttp

NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
"""What goes wrong before a byte has left: no connection, or none free in time."""


def never_left(error: BaseException) -> bool:
    """Whether a call failed before its request was written."""
    cause = error.__cause__
    return cause is not None and (isinstance(cause, NOT_SENT) or never_left(cause))
