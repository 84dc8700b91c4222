"""What earlier choices say about a new activity: the person's own, and weaker those of this office.

Only choices of the same kind of activity vote, those that read most like it most. Own votes are counted from
the newest: each older one counts ``_FADING`` of the one after it, so two taps correct any number of earlier
mistakes, and one tap any number of preselections that were merely sent. A link the supervisor sent back is
barred for that kind of activity until the person taps it again. Colleagues are heard where the person has
said nothing yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import overload

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from services.linking.lexicon import KIND_WEIGHT, LEXICON, features_of_word, normalise
from services.linking.records import Choice
from services.linking.words import stem

SAME = 0.6
"""Similarity from which two activities count as the same kind of work."""
OFTEN = 2
"""Colleagues from which an RHK counts as often chosen by them: never told of a single one."""

_RELATED = 0.25
_FADING = 0.6
_MOST_FROM_RELATED = 0.3
_MOST_FROM_COLLEAGUES = 0.5
_SHARPNESS = 3
"""How much the most alike earlier texts outweigh the less alike ones: a power of their share of the best."""
_MAX_CHOICES = 800
_CODE = re.compile(r"\b(?=\d*[a-z])(?=[a-z]*\d)[a-z\d]{2,4}\b")
"""What only the person can tell apart: agenda A3, kelas 8b."""
_CODE_WEIGHT = 0.8
_WORDS, _LETTERS = 0.7, 0.3


@dataclass(frozen=True, slots=True)
class Votes:
    """Support per RHK key (None = outside the SKP), in taps of the same text, and times chosen before."""

    support: dict[int | None, float]
    chosen: dict[int | None, int]
    barred: frozenset[int | None] = frozenset()
    """Sent back by the supervisor for such work and not tapped by the person since."""
    colleagues: frozenset[int | None] = frozenset()
    """Often chosen by colleagues; only where nothing of the person's own speaks."""


@dataclass(frozen=True, slots=True)
class _Print:
    """A text as weighed stems, and its words in order of the alphabet."""

    stems: dict[str, float]
    mass: float
    letters: str


class Memory(Sequence[Choice]):
    """Earlier choices, newest first, ready to be asked: built once, asked for many activities."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        self.choices = tuple(choices[:_MAX_CHOICES])
        self.prints = [_print_of(one.activity) for one in self.choices]
        self.holding: dict[str, list[int]] = {}
        for at, one in enumerate(self.prints):
            for name in one.stems:
                self.holding.setdefault(name, []).append(at)
        self._vocabulary: dict[str, list[str]] = {}
        for name in self.holding:
            if len(name) >= _SHORTEST:
                self._vocabulary.setdefault(name[0], []).append(name)
        self._last: tuple[str, Votes] | None = None

    def __len__(self) -> int:
        return len(self.choices)

    @overload
    def __getitem__(self, at: int) -> Choice: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Choice]: ...
    def __getitem__(self, at: int | slice) -> Choice | Sequence[Choice]:
        return self.choices[at]

    def __iter__(self) -> Iterator[Choice]:
        return iter(self.choices)

    def votes(self, activity: str) -> Votes:
        """Votes for ``activity``; the last answer is kept."""
        last = self._last
        if last is None or last[0] != activity:
            last = self._last = (activity, _count(self, activity))
        return last[1]

    def nearest_stem(self, name: str) -> str | None:
        """The stem of an earlier text that ``name`` misspells, or None."""
        if len(name) < _SHORTEST:
            return None
        best, nearest = _NEAREST, None
        for other in self._vocabulary.get(name[0], ()):
            alike = OSA.normalized_similarity(name, other, score_cutoff=best)
            if alike > best:
                best, nearest = alike, other
        return nearest


_SHORTEST = 4
"""Letters of the shortest word whose misspelling is looked for."""
_NEAREST = 0.74


def count_votes(activity: str, history: Sequence[Choice]) -> Votes:
    """Votes of ``history`` (newest first) for ``activity``."""
    return (history if isinstance(history, Memory) else Memory(history)).votes(activity)


@dataclass(slots=True)
class _Count:
    """Running votes of the person, newest first."""

    support: dict[int | None, float] = field(default_factory=dict)
    chosen: dict[int | None, int] = field(default_factory=dict)
    related: dict[int | None, float] = field(default_factory=dict)
    tapped: set[int | None] = field(default_factory=set)
    barred: set[int | None] = field(default_factory=set)
    settled: tuple[int | None, ...] = ()
    fading: float = 1.0

    def take(self, choice: Choice, likeness: float, best: float) -> None:
        """One choice, the next older one."""
        share = (likeness / best) ** _SHARPNESS
        vote = likeness**3 * share
        if likeness < SAME:
            near = self.related.get(choice.key, 0.0) + vote * choice.weight
            self.related[choice.key] = min(_MOST_FROM_RELATED, near)
            return
        if choice.key in self.barred or (self.settled and choice.key not in self.settled):
            return
        kept = 1.0 - (1.0 - _FADING) * share
        faded = kept**choice.times
        spoken = vote * choice.weight * self.fading * (1.0 - faded) / (1.0 - kept)
        self.support[choice.key] = self.support.get(choice.key, 0.0) + spoken
        self.chosen[choice.key] = self.chosen.get(choice.key, 0) + choice.times
        self.fading *= faded
        if choice.weight >= 1.0:
            self.tapped.add(choice.key)
        if choice.settles:
            self.settled = (choice.key,)

    def sent_back(self, choice: Choice, likeness: float) -> None:
        if likeness >= SAME and choice.key not in self.tapped:
            self.barred.add(choice.key)


def _count(memory: Memory, activity: str) -> Votes:
    alike = _alike(memory, _print_of(activity))
    own = [(at, likeness) for at, likeness in alike if memory.choices[at].colleague is None]
    best = max((likeness for at, likeness in own if memory.choices[at].weight > 0), default=0.0)
    count = _Count()
    for at, likeness in own:
        choice = memory.choices[at]
        if choice.weight < 0:
            count.sent_back(choice, likeness)
        elif choice.weight > 0:
            count.take(choice, likeness, best)
    support = count.support
    for key, vote in count.related.items():
        if key not in count.barred:
            support[key] = support.get(key, 0.0) + vote
    often: frozenset[int | None] = frozenset()
    if not count.chosen:
        others = [
            (memory.choices[at], likeness)
            for at, likeness in alike
            if memory.choices[at].colleague is not None
        ]
        often = _hear(others, count)
    return Votes(support, count.chosen, frozenset(count.barred), often)


def _hear(others: Sequence[tuple[Choice, float]], count: _Count) -> frozenset[int | None]:
    """Adds what colleagues say, agreed or not, to the person's support; gives what they often chose."""
    heard: dict[int | None, float] = {}
    who: dict[int | None, set[int | None]] = {}
    best = max((likeness for _, likeness in others), default=0.0)
    for choice, likeness in others:
        if likeness >= SAME and choice.key not in count.barred:
            vote = likeness**3 * (likeness / best) ** _SHARPNESS * choice.weight * choice.times
            heard[choice.key] = heard.get(choice.key, 0.0) + vote
            who.setdefault(choice.key, set()).add(choice.colleague)
    total = sum(heard.values())
    for key, vote in heard.items():
        said = min(vote, _MOST_FROM_COLLEAGUES) * vote / total
        count.support[key] = count.support.get(key, 0.0) + said
    return frozenset(key for key, vote in heard.items() if len(who[key]) >= OFTEN and vote > total / 2)


def _alike(memory: Memory, sought: _Print) -> list[tuple[int, float]]:
    """The earlier choices that have something in common with a text, in order, each with how alike it is."""
    if not sought.stems:
        return [(at, 1.0) for at, one in enumerate(memory.prints) if one.letters == sought.letters != ""]
    shared: dict[int, float] = {}
    for name, weight in sought.stems.items():
        held = memory.holding.get(name)
        if held is None:
            nearest = memory.nearest_stem(name)
            if nearest is None:
                continue
            held = memory.holding[nearest]
        for at in held:
            shared[at] = shared.get(at, 0.0) + weight
    found = []
    for at in sorted(shared):
        other = memory.prints[at]
        words = min(1.0, 2 * shared[at] / (sought.mass + other.mass))
        if _WORDS * words + _LETTERS >= _RELATED:
            likeness = _WORDS * words + _LETTERS * ratio(sought.letters, other.letters) / 100
            if likeness >= _RELATED:
                found.append((at, likeness))
    return found


@lru_cache(maxsize=4096)
def _print_of(text: str) -> _Print:
    words = normalise(text)
    stems = {stem(word): _weight_of(word) for word in words if word not in LEXICON.stops}
    stems |= dict.fromkeys(_CODE.findall(text.casefold()), _CODE_WEIGHT)
    return _Print(stems, sum(stems.values()), " ".join(sorted(words)))


@lru_cache(maxsize=8192)
def _weight_of(word: str) -> float:
    concepts = features_of_word(word)
    if not concepts:
        return 0.8
    return max(0.1, max(KIND_WEIGHT[LEXICON.kinds[name]] * value for name, value in concepts.items()))
