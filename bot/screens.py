"""What is shown: a text with buttons, free of Telegram's classes."""

from dataclasses import dataclass

from bot.callbacks import Kind, Press
from bot.texts import Html

PRIMARY, SUCCESS, DANGER = "primary", "success", "danger"
MOST_COPIED = 256
"""UTF-16 units a button can copy (Bot API, CopyTextButton)."""


@dataclass(frozen=True, slots=True)
class Button:
    """A label with one thing behind it: a press, an address or a text to copy (≤ 256 characters)."""

    label: str
    press: Press | None = None
    url: str | None = None
    copy: str | None = None
    style: str | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """One message: HTML text (≤ 4,096 UTF-16 units once parsed) and rows of buttons."""

    text: Html
    rows: tuple[tuple[Button, ...], ...] = ()
    silent: bool = False


@dataclass(frozen=True, slots=True)
class CardRef:
    """Which living message: its kind and what it is about; and which face of it is shown.

    `view` names another face than the usual one, `focus` what that face is about (an entry, a message).
    """

    kind: str
    subject: int
    page: int = 0
    view: str = ""
    focus: int = 0


def button(
    label: str, kind: Kind, subject: int = 0, *, revision: int = 0, arg: str = "", style: str | None = None
) -> Button:
    """A button that presses."""
    return Button(label, press=Press(kind, subject, revision, arg), style=style)


def copies(text: str) -> bool:
    """Whether a text fits behind a button that copies it."""
    return 0 < units(text) <= MOST_COPIED


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def in_parts(text: str, limit: int) -> list[str]:
    """The whole text in pieces of at most `limit` UTF-16 units, cut between lines or words where one is."""
    parts = []
    while units(text) > limit:
        piece = text.encode("utf-16-le")[: limit * 2].decode("utf-16-le", "ignore")
        ends = (piece.rfind(mark) for mark in ("\n", " "))
        piece = piece[: next((at for at in ends if at > len(piece) // 2), len(piece))]
        parts.append(piece)
        text = text[len(piece) :].lstrip()
    return [*parts, text] if text else parts


def shorten(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units on one line, cut at a word where one is near, with an ellipsis."""
    text = " ".join(text.split())
    if units(text) <= limit:
        return text
    cut = text.encode("utf-16-le")[: (limit - 1) * 2].decode("utf-16-le", "ignore")
    space = cut.rfind(" ")
    return (cut[:space] if space > len(cut) * 2 // 3 else cut).rstrip() + "…"
