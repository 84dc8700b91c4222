"""The picture of a week: progress per RHK as bars, participation by day; what is drawn, as plain values.

A plotting library costs 100 MB and holds its thread, so a child process draws (documents/drawing_process.py),
one at a time. What was drawn is kept under the hash of its content, so that the same picture is drawn once.
"""

import asyncio
import dataclasses
import hashlib
import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

from documents.drawing_process import DRAWING

VERSION = 1
"""Of the drawing itself: a picture made by another version is not shown again."""
SECONDS = 30.0
"""The longest one drawing may take."""
PNG = b"\x89PNG\r\n\x1a\n"
UNFINISHED = ".new-"
"""How the name of a file begins while it is written."""


class DrawingFailed(Exception):
    """No picture came: too slow, or the drawing process ended badly."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One RHK. `share`: done ÷ target, 0 to 1 and beyond; None: nothing that can be measured.

    `value` is written at the bar («7 dari 12 dokumen»); `expected`: where one would be by now, 0 to 1.
    """

    label: str
    share: float | None
    value: str
    expected: float | None = None


@dataclass(frozen=True, slots=True)
class DayCount:
    """One work date: how many reported of those who were asked. `asked` 0: nobody was (a day off)."""

    label: str
    reported: int
    asked: int


@dataclass(frozen=True, slots=True)
class WeekPicture:
    """Everything that is written and drawn, in the reader's language, in order from top to bottom."""

    title: str
    subtitle: str
    bars_title: str
    bars: tuple[Bar, ...]
    days_title: str
    days: tuple[DayCount, ...]
    empty: str
    """Said where there is nothing to draw."""
    footer: str = ""
    expected_label: str = ""
    """What the mark of the expected pace is called; said once, beside such a mark."""


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


def picture_path(folder: Path, drawing: WeekPicture) -> Path:
    """Where the picture of a drawing is kept."""
    return folder / f"{hashlib.sha256(_content(drawing)).hexdigest()}.png"


async def draw(drawing: WeekPicture, *, folder: Path, seconds: float = SECONDS) -> bytes:
    """The drawing as PNG, 1,080 pixels wide; out of `folder` when it was drawn before.

    `seconds`: how long a drawing may take. A folder that cannot be written costs the next one its drawing,
    not this one. Raises DrawingFailed.
    """
    path = picture_path(folder, drawing)
    turn = _turns.setdefault(asyncio.get_running_loop(), asyncio.Lock())
    async with turn:
        return await asyncio.to_thread(_picture, path, _content(drawing), seconds)


def _content(drawing: WeekPicture) -> bytes:
    value = {"version": VERSION, **dataclasses.asdict(drawing)}
    return json.dumps(value, sort_keys=True).encode()


def _picture(path: Path, content: bytes, seconds: float) -> bytes:
    kept = _kept(path)
    if kept is not None:
        return kept
    try:
        png = DRAWING.ask(content, settings=path.parent / "fonts", seconds=seconds)
    except OSError as error:
        raise DrawingFailed(type(error).__name__) from error
    if png is None or not png.startswith(PNG):
        raise DrawingFailed("the drawing process failed or was too slow")
    _keep(path, png)
    return png


def _kept(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _keep(path: Path, png: bytes) -> None:
    """Writes the file whole or not at all."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(prefix=UNFINISHED, dir=path.parent)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(png)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
