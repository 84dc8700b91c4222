"""The lexicon of office Indonesian: which concepts a word or phrase stands for.

The data is ``lexicon.tsv``; its columns and kinds are described in README.md of this folder. It is read once,
when the module is imported, so that the first suggestion is as quick as the later ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from services.linking.words import ROOTS, is_known, stem, words_of

KIND_WEIGHT = {"o": 1.0, "d": 0.6, "p": 0.6, "a": 0.4, "g": 0.08, "x": 0.6}
"""How much a match on a concept of each kind says: objects beat actions, generic words say nearly nothing."""

Features = dict[str, float]
"""Concept (or ``=stem``) → strength in (0, 1]."""

_MIN_WIDER = 0.12
_TYPO_SIMILARITY = 0.8


@dataclass(slots=True)
class _Node:
    following: dict[str, _Node] = field(default_factory=dict)
    concepts: Features = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Immutable after loading: spelling, stop words, single words, phrases and the relations of concepts."""

    spelling: dict[str, tuple[str, ...]]
    spelling_pairs: dict[tuple[str, str], tuple[str, ...]]
    stops: frozenset[str]
    kinds: dict[str, str]
    surfaces: dict[str, Features]
    stems: dict[str, Features]
    phrases: _Node
    wider: dict[str, Features]
    vocabulary: dict[str, tuple[str, ...]]


def normalise(text: str) -> list[str]:
    """The words of ``text`` with chat spelling written out."""
    return _spelled(words_of(text), LEXICON.spelling, LEXICON.spelling_pairs)


def typed_as(text: str) -> dict[str, str]:
    """Each word of ``normalise(text)`` → how it was typed."""
    spellings = _spellings(words_of(text), LEXICON.spelling, LEXICON.spelling_pairs)
    return {written: typed for typed, meant in spellings for written in meant}


def features_of_word(word: str) -> Features:
    """Concepts one word stands for, by its surface and, more weakly, by its stem."""
    found = dict(LEXICON.surfaces.get(word, ()))
    for concept, strength in LEXICON.stems.get(stem(word), {}).items():
        if strength > found.get(concept, 0.0):
            found[concept] = strength
    return found


@lru_cache(maxsize=8192)
def corrected(word: str) -> str | None:
    """The lexicon word a mistyped ``word`` most likely is, or None."""
    if len(word) < 5 or word in LEXICON.surfaces or is_known(word):
        return None
    best = process.extractOne(
        word,
        LEXICON.vocabulary.get(word[0], ()),
        scorer=DamerauLevenshtein.normalized_similarity,
        score_cutoff=_TYPO_SIMILARITY,
    )
    return None if best is None else str(best[0])


def widened(concepts: Features) -> Features:
    """The concepts together with those they belong to, each at the strength of its strongest path."""
    found = dict(concepts)
    for concept, strength in concepts.items():
        for wider, share in LEXICON.wider.get(concept, {}).items():
            if strength * share > found.get(wider, 0.0):
                found[wider] = strength * share
    return found


def _load() -> Lexicon:
    text = files("services.linking").joinpath("lexicon.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    spelling, pairs = _read_spelling(rows)
    stops = frozenset(word for row in rows if row[1] == "s" for word in row[2].split(";"))
    kinds: dict[str, str] = {}
    surfaces: dict[str, Features] = {}
    stems: dict[str, Features] = {}
    phrases = _Node()
    direct: dict[str, Features] = {}
    for row in rows:
        concept, kind = row[0], row[1]
        if kind in "ws":
            continue
        kinds[concept] = kind
        direct[concept] = dict(_weighed(part) for part in row[3].split(";")) if len(row) > 3 else {}
        for part in row[2].split(";"):
            expression, strength = _weighed(part)
            words = _spelled(words_of(expression), spelling, pairs)
            if len(words) == 1:
                _add_word(words[0], concept, strength, kind=kind, surfaces=surfaces, stems=stems, stops=stops)
            elif words:
                _add_phrase(phrases, words, concept, strength=strength)
    vocabulary: dict[str, list[str]] = {}
    for word in surfaces:
        if len(word) >= 5:
            vocabulary.setdefault(word[0], []).append(word)
    return Lexicon(
        spelling=spelling,
        spelling_pairs=pairs,
        stops=stops,
        kinds=kinds,
        surfaces=surfaces,
        stems=stems,
        phrases=phrases,
        wider={concept: _closure(concept, direct) for concept in direct},
        vocabulary={first: tuple(words) for first, words in vocabulary.items()},
    )


def _read_spelling(
    rows: list[list[str]],
) -> tuple[dict[str, tuple[str, ...]], dict[tuple[str, str], tuple[str, ...]]]:
    single: dict[str, tuple[str, ...]] = {}
    pairs: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in rows:
        if row[1] != "w":
            continue
        meant = tuple(words_of(row[0]))
        for variant in row[2].split(";"):
            words = words_of(variant)
            if len(words) == 1:
                single[words[0]] = meant
            elif len(words) == 2:
                pairs[words[0], words[1]] = meant
    return single, pairs


def _spelled(
    words: list[str],
    single: dict[str, tuple[str, ...]],
    pairs: dict[tuple[str, str], tuple[str, ...]],
) -> list[str]:
    return [written for _, meant in _spellings(words, single, pairs) for written in meant]


def _spellings(
    words: list[str],
    single: dict[str, tuple[str, ...]],
    pairs: dict[tuple[str, str], tuple[str, ...]],
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What was typed, and the words it is written out as."""
    at = 0
    while at < len(words):
        word = words[at]
        if at + 1 < len(words) and (word, words[at + 1]) in pairs:
            yield f"{word} {words[at + 1]}", pairs[word, words[at + 1]]
            at += 2
            continue
        meant = single.get(word)
        if meant is None and word.endswith("nya") and word not in ROOTS:
            meant = single.get(word[:-3])
        yield word, meant if meant is not None else (word,)
        at += 1


def _weighed(part: str) -> tuple[str, float]:
    expression, _, strength = part.partition(":")
    return expression, float(strength) if strength else 1.0


def _add_word(
    word: str,
    concept: str,
    strength: float,
    *,
    kind: str,
    surfaces: dict[str, Features],
    stems: dict[str, Features],
    stops: frozenset[str],
) -> None:
    if word in stops:
        return
    held = surfaces.setdefault(word, {})
    held[concept] = max(held.get(concept, 0.0), strength)
    root = stem(word)
    if len(root) < 4 or root in stops or (kind == "x" and root != word):
        return
    # A verb and its root mean one thing; a noun such as *pemasyarakatan* is far from *masyarakat*.
    near = root == word or kind in "pag" or word.startswith(("me", "ng", "ny"))
    share = strength * (0.9 if near else 0.5)
    held = stems.setdefault(root, {})
    held[concept] = max(held.get(concept, 0.0), share)


def _add_phrase(top: _Node, words: list[str], concept: str, *, strength: float) -> None:
    node = top
    for word in words:
        node = node.following.setdefault(stem(word), _Node())
    node.concepts[concept] = max(node.concepts.get(concept, 0.0), strength)


def _closure(concept: str, direct: dict[str, Features]) -> Features:
    reached: Features = {}
    frontier = {concept: 1.0}
    while frontier:
        following: Features = {}
        for name, strength in frontier.items():
            for wider, share in direct.get(name, {}).items():
                value = strength * share
                if wider != concept and value >= _MIN_WIDER and value > reached.get(wider, 0.0):
                    reached[wider] = value
                    following[wider] = value
        frontier = following
    return reached


LEXICON: Lexicon = _load()
