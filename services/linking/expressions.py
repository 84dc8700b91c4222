"""Reading a text as expressions: a phrase or word of it with the concepts it stands for."""

from __future__ import annotations

from dataclasses import dataclass

from services.linking.lexicon import (
    KIND_WEIGHT,
    LEXICON,
    Features,
    corrected,
    features_of_word,
    normalise,
    widened,
)
from services.linking.words import ROOTS, stem

_MAX_WORDS = 80
_MAX_SKIPPED = 2
_UNKNOWN_WORD = 0.8
_PLAIN_WORD = 0.6
_SECONDARY_MARKS = frozenset({"trus", "terus", "lanjut", "sambil", "kirim", "mengirim"})
_PLACE_MARKS = frozenset({"di", "ke", "dari", "dr", "untuk", "utk", "bahan", "via", "lewat", "buat"})


@dataclass(frozen=True, slots=True)
class Expression:
    """A word or phrase: what it was, what it stands for, and how much its place in the text counts."""

    words: tuple[str, ...]
    features: Features
    weight: float
    known: bool

    def kinds(self) -> set[str]:
        """Kinds of the concepts it stands for most strongly."""
        return {LEXICON.kinds[name] for name in self.features if not name.startswith("=")}


def read_expressions(text: str) -> list[Expression]:
    """The expressions of ``text`` in order; stop words appear only inside phrases."""
    words = normalise(text)[:_MAX_WORDS]
    stems = [stem(word) for word in words]
    found: list[Expression] = []
    weight = 1.0
    place = 1.0
    reach = 0
    at = 0
    while at < len(words):
        word = words[at]
        end, concepts = _longest_phrase(words, stems, at)
        if end == at and word in LEXICON.stops:
            if word in _SECONDARY_MARKS and found:
                weight = 0.8
            if word in _PLACE_MARKS and found:
                place, reach = 0.75, 2
            at += 1
            continue
        end = max(end, at + 1)
        found.append(_expression(words[at:end], stems[at:end], concepts, weight=weight * place))
        reach -= 1
        if reach <= 0:
            place = 1.0
        at = end
    return found


def _longest_phrase(words: list[str], stems: list[str], start: int) -> tuple[int, Features]:
    """End (exclusive) and concepts of the longest phrase from ``start``; stop words may intervene."""
    node = LEXICON.phrases.following.get(stems[start])
    at, skipped = start + 1, 0
    best: tuple[int, Features] = (start, {})
    while node is not None and at < len(words):
        following = node.following.get(stems[at])
        if following is None:
            if words[at] not in LEXICON.stops or skipped >= _MAX_SKIPPED:
                break
            skipped += 1
            at += 1
            continue
        node = following
        at += 1
        if node.concepts:
            best = (at, node.concepts)
    return best


def _expression(words: list[str], stems: list[str], phrase: Features, *, weight: float) -> Expression:
    features: Features = {}
    known = False
    if phrase:
        known = True
        for concept, strength in widened(phrase).items():
            features[concept] = strength
    for word, root in zip(words, stems, strict=True):
        if word in LEXICON.stops:
            continue
        concepts = features_of_word(word)
        if not concepts:
            repaired = corrected(word)
            if repaired is not None:
                concepts = {name: value * 0.85 for name, value in features_of_word(repaired).items()}
                features["=" + stem(repaired)] = 0.7
        known = known or bool(concepts)
        share = 0.6 if phrase else 1.0
        for concept, strength in widened(concepts).items():
            features[concept] = max(features.get(concept, 0.0), strength * share)
        own = max(
            (KIND_WEIGHT[LEXICON.kinds[name]] * value for name, value in concepts.items()), default=None
        )
        unknown = _PLAIN_WORD if word in ROOTS else _UNKNOWN_WORD
        literal = unknown if own is None else max(own, 0.08)
        features["=" + root] = max(features.get("=" + root, 0.0), min(1.0, literal * 1.1) * share)
    return Expression(tuple(words), features, weight, known)
