"""The event loop: uvloop where there is one (Linux, macOS), measured faster; else asyncio's own."""

import asyncio
import gc
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def new_loop() -> asyncio.AbstractEventLoop:
    """A fresh loop."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def run(main: Coroutine[Any, Any, T]) -> T:
    """Runs a program from beginning to end, as asyncio.run does."""
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(main)


def settle() -> None:
    """Once everything is loaded: it is not looked through for garbage again, and what comes later less often.

    Each update makes thousands of short-lived objects; nearly all go without the collector.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(25_000, 20, 50)
