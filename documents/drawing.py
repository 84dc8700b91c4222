"""Draws weeks: JSON of a WeekPicture in, PNG out, as documents/drawing_process.py asks for them.

`python -m documents.drawing`, a process of its own. Nothing else imports this: it loads a plotting library.
"""

import io
import json
import sys
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch, Patch, Rectangle
from PIL import Image

from documents.drawing_process import read_message, write_message

WIDTH, MARGIN = 1080, 56
INSIDE = WIDTH - 2 * MARGIN
DOTS = 72
"""Dots an inch: one point is one pixel."""
COLOURS = 48
"""Of the palette: enough for smooth edges of few colours."""
INK, SOFT, PAPER, TRACK, DONE, PACE, HEAD = (
    "#1d2b27",
    "#53645e",
    "#ffffff",
    "#dfe8e3",
    "#12805c",
    "#d9720a",
    "#0c5a43",
)
TITLE, SUBTITLE, SECTION, BODY = 54, 36, 42, 33
LINE = 1.28
"""Height of a line, in sizes of its letters."""
BAR, BAR_GAP = 38, 34
COLUMN = 260


class Sheet:
    """A page that grows downwards; `y` is where the next thing stands, in pixels from the top.

    `draft`: nothing is written on it, it only learns how high it gets.
    """

    def __init__(self, height: float, *, draft: bool = False) -> None:
        self.draft = draft
        self.figure = Figure(figsize=(WIDTH / DOTS, height / DOTS), dpi=DOTS, facecolor=PAPER)
        self.canvas = FigureCanvasAgg(self.figure)
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_xlim(0, WIDTH)
        self.axes.set_ylim(height, 0)
        self.axes.axis("off")
        self.y = 0.0

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        found = self.canvas.get_renderer().get_text_width_height_descent(text, _font(size, bold=bold), False)
        return float(found[0])

    def lines(
        self, text: str, size: float, *, bold: bool = False, most: int = 2, room: float = INSIDE
    ) -> list[str]:
        """A text on at most so many lines; what does not fit ends in an ellipsis."""
        words, lines = _clean(text).split(" "), [""]
        while words:
            word = words.pop(0)
            longer = f"{lines[-1]} {word}".strip()
            if self.width(longer, size, bold=bold) <= room:
                lines[-1] = longer
            elif not lines[-1]:
                fits = self._cut(word, size, bold=bold, room=room)
                lines[-1] = word[:fits]
                words.insert(0, word[fits:])
            elif len(lines) < most:
                lines.append("")
                words.insert(0, word)
            else:
                fits = self._cut(f"{longer} ", size, bold=bold, room=room, end="…")
                cut = longer[: fits - 1]
                space = cut.rfind(" ")
                lines[-1] = f"{(cut[:space] if space > len(cut) // 2 else cut).rstrip(' ,.')}…"
                break
        return [one for one in lines if one]

    def _cut(self, text: str, size: float, *, bold: bool, room: float, end: str = "") -> int:
        fits = len(text)
        while fits > 1 and self.width(text[:fits] + end, size, bold=bold) > room:
            fits -= 1
        return fits

    def write(
        self,
        text: str,
        size: float,
        *,
        colour: str = INK,
        bold: bool = False,
        most: int = 2,
        x: float = MARGIN,
        align: str = "left",
        room: float = INSIDE,
    ) -> None:
        """Writes lines and moves down by their height."""
        for line in self.lines(text, size, bold=bold, most=most, room=room):
            self.put(line, x, self.y + size, size, colour=colour, bold=bold, align=align)
            self.y += size * LINE

    def put(
        self,
        text: str,
        x: float,
        baseline: float,
        size: float,
        *,
        colour: str,
        bold: bool = False,
        align: str = "left",
    ) -> None:
        if self.draft:
            return
        self.axes.text(
            x, baseline, text, fontproperties=_font(size, bold=bold), color=colour, ha=align, va="baseline",
            parse_math=False,
        )  # fmt: skip

    def box(
        self, x: float, y: float, width: float, height: float, colour: str, *, round_: float = 0
    ) -> Patch:
        style = f"round,pad=0,rounding_size={round_}"
        made: Patch = (
            FancyBboxPatch((x, y), width, height, boxstyle=style, linewidth=0, facecolor=colour)
            if round_
            else Rectangle((x, y), width, height, linewidth=0, facecolor=colour)
        )
        self.axes.add_patch(made)
        return made


def _font(size: float, *, bold: bool = False) -> FontProperties:
    return FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")


def _clean(text: str) -> str:
    """One line of what can be written."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def fill(sheet: Sheet, week: dict[str, Any]) -> None:
    """Puts the week on a sheet, from top to bottom."""
    head = sum(
        size * LINE * len(sheet.lines(week[name], size, bold=bold))
        for name, size, bold in (("title", TITLE, True), ("subtitle", SUBTITLE, False))
    )
    sheet.box(0, 0, WIDTH, head + 76, HEAD)
    sheet.y = 34
    sheet.write(week["title"], TITLE, colour=PAPER, bold=True)
    sheet.write(week["subtitle"], SUBTITLE, colour="#d5ebe2")
    sheet.y = head + 76 + 40
    bars, days = week["bars"], week["days"]
    lived = any(one["asked"] or one["reported"] for one in days)
    if not bars and not lived:
        sheet.write(week["empty"], SUBTITLE, colour=SOFT, most=6)
        sheet.y += 24
    if bars:
        _bars(sheet, week)
    if lived:
        _days(sheet, week)
    if week["footer"]:
        sheet.y += 12
        sheet.write(week["footer"], 30, colour=SOFT, most=3)
    sheet.y += 44


def _bars(sheet: Sheet, week: dict[str, Any]) -> None:
    sheet.write(week["bars_title"], SECTION, bold=True)
    if week["expected_label"] and any(one["expected"] is not None for one in week["bars"]):
        sheet.box(MARGIN, sheet.y + 6, 7, BODY + 4, PACE)
        sheet.write(week["expected_label"], 30, colour=SOFT, x=MARGIN + 24, room=INSIDE - 24)
    sheet.y += 22
    for one in week["bars"]:
        sheet.write(one["label"], BODY)
        sheet.write(one["value"], 31, colour=DONE if one["share"] else SOFT, bold=True)
        if one["share"] is not None:
            sheet.y += 4
            _bar(sheet, float(one["share"]), one["expected"])
        sheet.y += BAR_GAP


def _bar(sheet: Sheet, share: float, expected: float | None) -> None:
    if share != share:
        raise ValueError("a share is a number")
    track = sheet.box(MARGIN, sheet.y, INSIDE, BAR, TRACK, round_=BAR / 2)
    done = sheet.box(MARGIN, sheet.y, INSIDE * min(max(share, 0), 1), BAR, DONE)
    done.set_clip_path(track)
    if expected is not None:
        at = MARGIN + INSIDE * min(max(expected, 0), 1)
        sheet.box(min(at, MARGIN + INSIDE - 7), sheet.y - 8, 7, BAR + 16, PACE)
    sheet.y += BAR


def _days(sheet: Sheet, week: dict[str, Any]) -> None:
    days = week["days"]
    sheet.y += 10
    sheet.write(week["days_title"], SECTION, bold=True)
    sheet.y += 56
    step = INSIDE / max(len(days), 5)
    wide = min(104, step - 24)
    top, bottom = sheet.y, sheet.y + COLUMN
    single = all(one["asked"] <= 1 for one in days)
    for place, one in enumerate(days):
        middle = MARGIN + step * (place + 0.5)
        left, full = middle - wide / 2, COLUMN
        if one["asked"]:
            sheet.box(left, top, wide, full, TRACK)
            share = min(one["reported"] / one["asked"], 1)
            sheet.box(left, bottom - full * share, wide, full * share, DONE)
            value = ("✓" if one["reported"] else "–") if single else f"{one['reported']}/{one['asked']}"
        else:
            sheet.box(left, bottom - 6, wide, 6, TRACK)
            value = f"+{one['reported']}" if one["reported"] else ""
        sheet.put(
            value, middle, top - 14, 32, colour=INK if one["reported"] else SOFT, bold=True, align="center"
        )
        label = sheet.lines(one["label"], 30, most=1, room=step - 6)
        sheet.put(label[0] if label else "", middle, bottom + 44, 30, colour=SOFT, align="center")
    sheet.y = bottom + 64


def render(week: dict[str, Any]) -> bytes:
    """The picture as PNG. Drawn twice: the first time only to learn how high it is."""
    draft = Sheet(100, draft=True)
    fill(draft, week)
    height = max(round(draft.y), 420)
    sheet = Sheet(height)
    fill(sheet, week)
    sheet.canvas.draw()
    picture = Image.frombytes("RGBA", (WIDTH, height), bytes(sheet.canvas.buffer_rgba())).convert("RGB")
    out = io.BytesIO()
    picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        out, "PNG", optimize=True
    )
    return out.getvalue()


def main() -> int:
    """Draws one week after the other until nobody asks any more. One that cannot be drawn ends it."""
    while (content := read_message(sys.stdin.buffer)) is not None:
        write_message(sys.stdout.buffer, render(json.loads(content)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
