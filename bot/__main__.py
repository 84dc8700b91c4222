"""The entry point: `kinerja`, and `python -m bot`."""

import gc
import sys


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; gives its exit code.

    While the program is loaded nothing becomes garbage, so looking for it only delays the first poll; what is
    loaded stays, so later looks pass over it.
    """
    gc.disable()
    from bot import program

    gc.freeze()
    gc.enable()
    return program.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
