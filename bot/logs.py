"""Logs: an event name and fields, ids not names, never typed text; the token is scrubbed from everything.

httpx logs each request's address, and with it the token, at INFO: its level is raised, and what still gets
through a record or a traceback is masked.
"""

import logging
import re
import sys
from typing import Any

import structlog

TOKEN = re.compile(r"\d{3,}(?::|%3A)[A-Za-z0-9_-]{20,}", re.IGNORECASE)
"""Everything bot/settings.py takes for a token, also right behind letters as in an address: `/bot123:…/`."""
QUIET = ("httpx", "httpcore", "telegram", "apscheduler", "aiosqlite", "asyncio", "alembic", "aiohttp.access")


def scrub(text: str) -> str:
    """A text without bot tokens."""
    return TOKEN.sub("<token>", text)


class _Scrubbing(logging.Formatter):
    """Masks tokens in whatever another formatter made, tracebacks too."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return scrub(self._inner.format(record))


def _bare_traceback(logger: Any, name: str, event: dict[str, Any]) -> dict[str, Any]:
    """Keeps where an exception came from, not its message: messages may quote what somebody typed."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    if isinstance(found, BaseException):
        found = (type(found), found, found.__traceback__)
    if found and found[1] is not None:
        frames = []
        trace = found[2]
        while trace is not None:
            frames.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["at"] = frames[-6:]
        event["error"] = found[0].__name__
    return event


def configure_logs(*, style: str, level: int = logging.INFO) -> None:
    """Sends structlog and the standard library to stderr. `style`: text for people, json for machines."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _bare_traceback,
    ]
    last: Any = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Scrubbing(formatter))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
