"""The entry point: `kinerja`, and `python -m bot`."""

import gc
import os
import signal
import sys

STAYING = ("run", "web", "clock", "demo")
"""Commands that run until they are told to stop."""


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; gives its exit code.

    While the program is loaded nothing becomes garbage, so looking for it only delays the first poll; what is
    loaded stays, so later looks pass over it.
    """
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] and given[0] in STAYING and "--script" not in given:
        _may_be_stopped()
    gc.disable()
    from bot import program

    gc.freeze()
    gc.enable()
    return program.main(arguments)


def _may_be_stopped() -> None:
    """Told to stop while it is being loaded, a process has nothing in hand: it ends at once, and orderly.

    `bot.stopping` takes over as soon as there is something to finish.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))


if __name__ == "__main__":
    sys.exit(main())
