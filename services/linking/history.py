"""What a person's earlier choices say about a new activity.

Votes of the same kind of activity are counted from the newest: each older one counts ``_FADING`` of the one
after it, so two taps correct any number of earlier mistakes, and one tap outweighs accepted preselections.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from services.linking.lexicon import KIND_WEIGHT, LEXICON, features_of_word, normalise
from services.linking.records import Choice
from services.linking.words import stem, trigrams

SAME = 0.6
"""Similarity from which two activities count as the same kind of work."""

_RELATED = 0.25
_FADING = 0.6
_MOST_FROM_RELATED = 0.3
_MAX_CHOICES = 400


@dataclass(frozen=True, slots=True)
class Votes:
    """Support per RHK key (None = outside the SKP) and times chosen before."""

    support: dict[int | None, float]
    chosen: dict[int | None, int]


@dataclass(frozen=True, slots=True)
class _Print:
    """A text as weighed stems and trigrams."""

    stems: dict[str, float]
    mass: float
    letters: frozenset[str]


def count_votes(activity: str, history: Sequence[Choice]) -> Votes:
    """Votes of ``history`` (newest first) for ``activity``."""
    sought = _print_of(activity)
    support: dict[int | None, float] = {}
    chosen: dict[int | None, int] = {}
    related: dict[int | None, float] = {}
    fading = 1.0
    for choice in history[:_MAX_CHOICES]:
        if choice.weight <= 0:
            continue
        likeness = _likeness(sought, _print_of(choice.activity))
        if likeness < _RELATED:
            continue
        vote = likeness**3 * choice.weight
        if likeness < SAME:
            related[choice.key] = min(_MOST_FROM_RELATED, related.get(choice.key, 0.0) + vote)
        else:
            support[choice.key] = support.get(choice.key, 0.0) + vote * fading
            chosen[choice.key] = chosen.get(choice.key, 0) + 1
            fading *= 1.0 - (1.0 - _FADING) * min(1.0, choice.weight)
    for key, vote in related.items():
        support[key] = support.get(key, 0.0) + vote
    return Votes(support, chosen)


def _likeness(left: _Print, right: _Print) -> float:
    """1 for the same text, 0 for nothing in common; words count by how much they say."""
    if not left.stems or not right.stems:
        return 1.0 if left.letters == right.letters and left.letters else 0.0
    smaller, larger = (left, right) if len(left.stems) <= len(right.stems) else (right, left)
    shared = sum(weight for name, weight in smaller.stems.items() if name in larger.stems)
    words = 2 * shared / (left.mass + right.mass)
    if words == 0.0:
        return 0.0
    letters = 2 * len(left.letters & right.letters) / (len(left.letters) + len(right.letters))
    return 0.7 * words + 0.3 * letters


@lru_cache(maxsize=4096)
def _print_of(text: str) -> _Print:
    words = normalise(text)
    stems = {stem(word): _weight_of(word) for word in words if word not in LEXICON.stops}
    return _Print(stems, sum(stems.values()), trigrams(" ".join(words)))


def _weight_of(word: str) -> float:
    concepts = features_of_word(word)
    if not concepts:
        return 0.8
    return max(0.1, max(KIND_WEIGHT[LEXICON.kinds[name]] * value for name, value in concepts.items()))
