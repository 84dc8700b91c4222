"""The process that draws: started when it is needed, kept while there is more to draw, gone after a minute.

Loading the plotting library takes far longer than a drawing, and on a Friday afternoon everybody's week is
drawn one after the other. On its pipes a message is four bytes of length and that many bytes; an empty answer
is a drawing that failed. When our end of the pipe closes, the process ends by itself.
"""

import atexit
import os
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

LENGTH = struct.Struct(">I")
IDLE = 60.0
"""Seconds after the last drawing until the process is let go: it holds about 100 MB."""
ROOT = Path(__file__).resolve().parent.parent


def write_message(stream: IO[bytes], content: bytes) -> None:
    stream.write(LENGTH.pack(len(content)) + content)
    stream.flush()


def read_message(stream: IO[bytes]) -> bytes | None:
    """None: the other end is closed."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    content = stream.read(length)
    return content if len(content) == length else None


class DrawingProcess:
    """One process at most; callers come one at a time (documents.pictures sees to it)."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._idle: threading.Timer | None = None
        self._lock = threading.Lock()

    def ask(self, content: bytes, *, settings: Path, seconds: float) -> bytes | None:
        """What the process answers; None when it failed or took over `seconds`. Blocks. Raises OSError.

        `settings`: a folder for what the plotting library keeps between starts.
        """
        with self._lock:
            if self._idle is not None:
                self._idle.cancel()
            process = self._process or self._start(settings)
            self._process = process
            assert process.stdin is not None
            assert process.stdout is not None
            too_long = threading.Timer(seconds, process.kill)
            too_long.start()
            try:
                write_message(process.stdin, content)
                answer = read_message(process.stdout)
            except OSError:
                answer = None
            finally:
                too_long.cancel()
            if not answer:
                self._end()
                return None
            self._idle = threading.Timer(IDLE, self.close)
            self._idle.daemon = True
            self._idle.start()
            return answer

    def close(self) -> None:
        """Lets the process go; the next question starts another."""
        with self._lock:
            if self._idle is not None:
                self._idle.cancel()
            self._end()

    def _start(self, settings: Path) -> subprocess.Popen[bytes]:
        """The child gets what it needs of our environment and none of its secrets."""
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "LANG": "C.UTF-8",
            "MPLBACKEND": "Agg",
            "MPLCONFIGDIR": str(settings.resolve()),
            "PYTHONPATH": str(ROOT),
        }
        return subprocess.Popen(
            [sys.executable, "-m", "documents.drawing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()


DRAWING = DrawingProcess()
atexit.register(DRAWING.close)
