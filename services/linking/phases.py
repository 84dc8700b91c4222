"""The phase of work a text speaks of: planning, writing, doing, checking on, reporting.

Several RHK of one person often share their object (*penyuluhan*) and differ only in phase: the plan, the
doing, the report. A phase never decides by itself; an RHK whose phase the activity does not show counts less.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.linking.expressions import Expression
from services.linking.lexicon import LEXICON, normalise
from services.linking.words import stem

WRITING = "menyusun"

_PHASES = ("lapor", "rencana", "monev")
_NEAR: dict[str, tuple[str, ...]] = {
    "lapor": ("lapor",),
    "rencana": ("rencana",),
    "monev": ("monev", "nilai", "olah"),
}
_SHOWN_FROM = 0.35
_LEADING_STEMS = {
    "lapor": "lapor",
    "rencana": "rencana",
    "evaluasi": "monev",
    "monitoring": "monev",
    "kendali": "monev",
}
_WRITING_STEMS = frozenset(
    {"susun", "buat", "ketik", "konsep", "revisi", "tulis", "rancang", "siap", "desain", "rumus"}
)
_NAMED_FROM = 0.75
_ABSENT_FACTOR = 0.78
_NOT_WRITING_FACTOR = 0.88
_NOT_DOING_FACTOR = 0.95


def phases_of_target(text: str) -> frozenset[str]:
    """What an RHK is about by its opening words: ``Tersusunnya laporan …`` is writing and reporting."""
    stems = [stem(word) for word in normalise(text) if word not in LEXICON.stops][:4]
    found = {WRITING} if stems and stems[0] in _WRITING_STEMS else set()
    for root in stems:
        phase = _LEADING_STEMS.get(root)
        if phase is not None:
            found.add(phase)
            break
        if LEXICON.kinds.get(root) != "g" and not _is_generic(root):
            break
    return frozenset(found)


def phases_of_activity(activity: str, expressions: Sequence[Expression]) -> frozenset[str]:
    """The phases an activity shows anywhere; writing only when it opens with a verb of writing."""
    found = {
        phase
        for phase in _PHASES
        for expression in expressions
        if any(expression.features.get(name, 0.0) >= _SHOWN_FROM for name in _NEAR[phase])
    }
    opening = [stem(word) for word in normalise(activity)[:2]]
    if any(root in _WRITING_STEMS for root in opening):
        found.add(WRITING)
    return frozenset(found)


def leading_actions(expressions: Sequence[Expression]) -> frozenset[str]:
    """The actions a text opens with: of its first expression that isn't generic, if that names any."""
    for expression in expressions:
        named = {
            name
            for name, strength in expression.features.items()
            if strength >= _NAMED_FROM and LEXICON.kinds.get(name) in ("a", "p")
        }
        if named or expression.kinds() - {"g"}:
            return frozenset(named)
    return frozenset()


def agreement(target: frozenset[str], activity: frozenset[str]) -> float:
    """Factor in (0, 1] for an RHK with phases ``target`` when the activity shows ``activity``."""
    factor = 1.0
    for phase in target:
        if phase != WRITING and phase not in activity:
            factor *= _ABSENT_FACTOR
    if WRITING in target and not activity:
        factor *= _NOT_WRITING_FACTOR
    if WRITING in activity and WRITING not in target:
        factor *= _NOT_DOING_FACTOR
    return factor


def _is_generic(root: str) -> bool:
    return any(LEXICON.kinds[name] == "g" for name in LEXICON.stems.get(root, ()))
