"""What goes into a suggestion and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """One RHK of a person: its key (target id), its wording, and the texts of its indicators."""

    key: int
    text: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A link confirmed earlier; ``key`` None means outside the SKP.

    ``weight`` is 1 for a tap of the person, less for an accepted preselection or a colleague's choice, below
    0 for a link the supervisor sent back.
    """

    activity: str
    outcome: str | None
    key: int | None
    weight: float = 1.0
    times: int = 1
    """How often in a row."""
    colleague: int | None = None
    """Which colleague of this office made it, by a mere number; None: the person's own."""
    settles: bool = False
    """It corrected a link that was sent back: what was chosen for such work before it no longer counts."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One RHK in the ranking: score in [0, 1), the person's words that spoke for it, times chosen before."""

    key: int
    score: float
    because: tuple[str, ...]
    chosen: int
    colleagues: bool = False
    """Colleagues of this office often chose it for such work."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """All RHK, best first. ``outside``: Di luar SKP comes first. ``confident``: may be preselected."""

    ranking: tuple[Ranked, ...]
    outside: bool
    confident: bool
    outside_chosen: int = 0
    """How often the person chose `Di luar SKP` for such work."""
