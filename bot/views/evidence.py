"""Evidence in chat: where it went, and moving or dropping it."""

from bot.callbacks import Kind
from bot.screens import Button, Screen, button, shorten
from bot.texts import Html, Speech
from services.entries.views import DayView, EntryView, EvidenceView
from services.states import EvidenceKind

NEAR = 4
"""Other entries a file is offered to, the nearest."""
LONGEST_LINK = 3900
"""UTF-16 units of a link that still fits into a message; a longer one is sent as a file."""
SHOWN = 8
"""Pieces of evidence with buttons of their own on one screen."""


def attached_part(
    t: Speech, day: DayView, entry: EntryView, evidence_id: int
) -> tuple[Html, tuple[Button, ...]]:
    """Which entry a file went to, and buttons that move it to another."""
    line = t("evidence.attached", number=entry.number, activity=shorten(entry.activity, 80))
    others = [one for one in day.entries if one.editable and one.id != entry.id]
    others = sorted(
        sorted(others, key=lambda one: abs(one.number - entry.number))[:NEAR], key=lambda one: one.number
    )
    moves = tuple(
        button(t.plain("evidence.move", number=one.number), Kind.EVIDENCE_MOVE, evidence_id, arg=str(one.id))
        for one in others
    )
    return line, moves


def evidence_rows(t: Speech, entry: EntryView, *, own: bool) -> list[tuple[Button, ...]]:
    """Buttons that open each piece of evidence, and for its owner drop it."""
    rows = []
    for place, one in enumerate(entry.evidence[:SHOWN], start=1):
        row = [button(_label(t, place, one), Kind.EVIDENCE_OPEN, one.id)]
        if own and entry.editable:
            row.append(button(t.plain("evidence.drop", number=place), Kind.EVIDENCE_DROP, one.id))
        rows.append(tuple(row))
    return rows


def _label(t: Speech, place: int, evidence: EvidenceView) -> str:
    name = evidence.file_name or evidence.url or t.plain(f"evidence.kind_{evidence.kind}")
    return f"📎 {place}. {shorten(name, 28)}"


def lost_screen(t: Speech, kind: EvidenceKind, name: str | None, activity: str | None) -> Screen:
    """Which file has to be sent again, and for what."""
    what = shorten(name, 60) if name else t.plain(f"evidence.kind_{kind}")
    if activity is None:
        return Screen(t("evidence.lost", file=what))
    return Screen(t("evidence.lost_of", file=what, activity=shorten(activity, 120)))
