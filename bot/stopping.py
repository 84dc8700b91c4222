"""Told to stop: what is in hand is finished, within a bound; told twice: at once.

However a process ends, nothing is lost by it: what was not committed stays with Telegram, what was claimed
and not sent is found by the others. So the end may be hard, and it never waits for anybody for ever.
"""

import asyncio
import contextlib
import os
import signal
import threading

import structlog

log = structlog.get_logger()
CUT_OFF = 1
"""Exit code of a process whose time was over."""


def until_signalled(*, seconds: float) -> asyncio.Event:
    """An event that SIGINT and SIGTERM set.

    `seconds` after the first signal, and at the second one, the process ends whatever it is doing.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def on_signal(number: signal.Signals) -> None:
        if stop.is_set():
            log.warning("stopped_at_once")
            os._exit(128 + number)
        log.info("stopping", seconds=seconds)
        stop.set()
        # A thread, not the loop: it ends a process whose loop hangs, too.
        limit = threading.Timer(seconds, _time_is_over)
        limit.daemon = True
        limit.start()

    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, on_signal, number)
    return stop


def _time_is_over() -> None:
    log.error("stop_took_too_long")
    os._exit(CUT_OFF)
