"""Long things on several screens: what fits into one message, counted as Telegram counts it."""

import html
import re
from collections.abc import Iterator, Sequence

from bot.callbacks import Kind
from bot.screens import Button, button, units
from bot.texts import Html

ROOM = 3500
"""UTF-16 units of one screen that blocks may fill; the rest is for its head and foot."""


def visible(text: Html) -> int:
    """Length of an HTML text once parsed, in UTF-16 units."""
    return units(html.unescape(re.sub(r"<[^>]*>", "", text)))


def pages_of(blocks: Sequence[Html], *, most: int = 100, room: int = ROOM) -> list[tuple[int, int]]:
    """Which blocks stand together, as half-open ranges: at most `most` and no more than fit. At least one."""
    pages, first, used = [], 0, 0
    for place, block in enumerate(blocks):
        size = visible(block) + 2
        if place > first and (used + size > room or place - first >= most):
            pages.append((first, place))
            first, used = place, 0
        used += size
    return [*pages, (first, len(blocks))]


def chunks(text: str, size: int) -> Iterator[str]:
    """A text in pieces of at most `size` UTF-16 units, cut at a space where one is near."""
    text = text.strip()
    while units(text) > size:
        piece = text.encode("utf-16-le")[: size * 2].decode("utf-16-le", "ignore")
        space = max(piece.rfind(" "), piece.rfind("\n"))
        cut = space if space > len(piece) * 2 // 3 else len(piece)
        yield text[:cut].rstrip()
        text = text[cut:].lstrip()
    yield text


def pager(kind: Kind, subject: int, page: int, pages: int, *, prefix: str = "") -> tuple[Button, ...]:
    """«‹ 2/5 ›», the page in the argument behind `prefix`; nothing when there is one page."""
    if pages < 2:
        return ()
    places = (max(0, page - 1), page, min(pages - 1, page + 1))
    labels = ("‹", f"{page + 1}/{pages}", "›")
    pairs = zip(labels, places, strict=True)
    return tuple(button(label, kind, subject, arg=f"{prefix}{at}") for label, at in pairs)
