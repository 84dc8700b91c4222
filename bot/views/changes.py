"""What a correction changed, old → new, for the supervisor who asked for it."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from bot.screens import shorten
from bot.texts import Html, Speech
from services.entries.views import EntryView

TO = "\u2060–\u2060"
"""A dash at which no line is broken."""
SHOWN, SHOWN_FULL = 100, 450
"""UTF-16 units shown of an old or new value: on the card, and on the entry's own screen."""


def changes_of(
    t: Speech, entry: EntryView, targets: Mapping[int, str], *, new_evidence: int = 0, full: bool = False
) -> Html | None:
    """An expandable quote with the reason of the return and every judged field that differs; else None."""
    if not entry.before:
        return None
    limit = SHOWN_FULL if full else SHOWN
    lines = [t("review.since_return", reason=shorten(entry.return_reason or "", limit))]
    for name, old, new in _pairs(t, entry, entry.before, targets):
        if old != new:
            before, now = (shorten(one, limit) or t.plain("review.nothing") for one in (old, new))
            lines.append(t(f"review.changed_{name}", old=before, new=now))
    if new_evidence:
        lines.append(t("review.changed_evidence", count=new_evidence))
    if len(lines) == 1:
        lines.append(t("review.unchanged"))
    text = "\n".join(lines)
    return Html(f"<blockquote expandable>{text}</blockquote>")


def _pairs(
    t: Speech, entry: EntryView, before: Mapping[str, Any], targets: Mapping[int, str]
) -> list[tuple[str, str, str]]:
    def clock(name: str) -> time | None:
        value = before.get(name)
        return time.fromisoformat(value) if value else None

    return [
        ("activity", before.get("activity") or "", entry.activity),
        ("outcome", before.get("outcome") or "", entry.outcome or ""),
        (
            "quantity",
            _amount(before.get("quantity"), before.get("unit")),
            _amount(entry.quantity, entry.unit),
        ),
        (
            "time",
            span(t, clock("starts"), clock("ends"), before.get("minutes")),
            span(t, entry.starts, entry.ends, entry.minutes),
        ),
        (
            "target",
            _target(t, targets.get(before.get("target_id") or 0), outside=bool(before.get("outside_plan"))),
            _target(t, entry.target_text, outside=entry.outside_plan),
        ),
    ]


def _amount(quantity: int | None, unit: str | None) -> str:
    return "" if quantity is None else f"{quantity}\u00a0{unit or ''}".strip()


def _target(t: Speech, text: str | None, *, outside: bool) -> str:
    return t.plain("link.outside") if outside else text or ""


def span(t: Speech, starts: time | None, ends: time | None, minutes: int | None) -> str:
    """«08.00–10.00», «08.00» or «90 menit»; empty when no time is known."""
    if starts and ends:
        return f"{t.clock(starts)}{TO}{t.clock(ends)}"
    if starts:
        return str(t.clock(starts))
    return t.plain("review.minutes", minutes=minutes) if minutes else ""
