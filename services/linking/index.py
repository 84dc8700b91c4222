"""The index over one person's RHK: which concepts and words each of them speaks of, and how strongly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.linking.expressions import Expression, read_expressions
from services.linking.lexicon import KIND_WEIGHT, LEXICON, Features, normalise
from services.linking.meaning import TargetMeanings, read_targets
from services.linking.phases import leading_actions, phases_of_target
from services.linking.records import Candidate
from services.linking.words import consonants, stem, words_of

_DETAIL_SHARE = 0.5
_TAIL_SHARE = 0.4
_BRACKET_SHARE = 0.97
_FADING_PER_EXPRESSION = 0.985
_FAINTEST = 0.8
_PHRASE_WORD_SHARE = 0.7
_TAIL_MARKS = (
    " di lingkungan ",
    " sesuai ",
    " secara ",
    " tepat waktu",
    " yang telah ",
    " guna ",
    " dalam upaya ",
)

Postings = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class PlanIndex:
    """Everything ``suggest`` needs of one plan; build once per plan, share freely between threads."""

    keys: tuple[int, ...]
    postings: dict[str, Postings]
    vocabulary: tuple[tuple[str, str, str], ...]
    """Each longer word of the RHK with its consonant skeleton and its stem."""
    own_field: frozenset[str]
    """Concepts of the jabatan and of all RHK: what this person's work is about."""
    phases: tuple[frozenset[str], ...]
    """Of each RHK, see ``phases``."""
    actions: tuple[frozenset[str], ...]
    """The actions each RHK opens with."""
    everyday: frozenset[str]
    """Words of the jabatan that the lexicon does not know: they tell no RHK from another."""
    meanings: TargetMeanings
    """The RHK as the trained model sees them."""


def build_index(candidates: Sequence[Candidate], *, position: str | None = None) -> PlanIndex:
    """Index ``candidates``; ``position`` is the jabatan, which tells the person's own field."""
    postings: dict[str, list[tuple[int, float]]] = {}
    vocabulary: dict[str, tuple[str, str, str]] = {}
    own_field: set[str] = set()
    for at, candidate in enumerate(candidates):
        features = _features_of(candidate)
        for feature, strength in features.items():
            postings.setdefault(feature, []).append((at, strength))
        own_field.update(name for name in features if not name.startswith("="))
        for word in normalise(candidate.text):
            if len(word) >= 5 and word not in LEXICON.stops:
                vocabulary[word] = (word, consonants(word), stem(word))
    everyday: set[str] = set()
    if position:
        for expression in read_expressions(position):
            own_field.update(name for name in expression.features if not name.startswith("="))
            if not expression.known:
                everyday.update(expression.features)
    return PlanIndex(
        keys=tuple(candidate.key for candidate in candidates),
        postings={feature: tuple(held) for feature, held in postings.items()},
        vocabulary=tuple(vocabulary.values()),
        own_field=frozenset(own_field),
        phases=tuple(phases_of_target(candidate.text) for candidate in candidates),
        actions=tuple(leading_actions(read_expressions(candidate.text)) for candidate in candidates),
        everyday=frozenset(everyday),
        meanings=read_targets(candidates),
    )


def matches(index: PlanIndex, expression: Expression) -> list[float]:
    """How well ``expression`` fits each RHK, in [0, 1.1]: its best concept, and a little for the second."""
    best = [0.0] * len(index.keys)
    second = [0.0] * len(index.keys)
    for feature, strength in expression.features.items():
        held = index.postings.get(feature)
        if held is None or feature in index.everyday:
            continue
        weighed = strength if feature.startswith("=") else strength * KIND_WEIGHT[LEXICON.kinds[feature]]
        for at, share in held:
            value = weighed * share
            if value > best[at]:
                best[at], second[at] = value, best[at]
            elif value > second[at]:
                second[at] = value
    return [first + 0.15 * other for first, other in zip(best, second, strict=True)]


def unfolded(index: PlanIndex, word: str) -> str | None:
    """The stem of the RHK word that ``word`` shortens (``kepeg``, ``pngwsan``), or None."""
    if len(word) < 3:
        return None
    skeleton = consonants(word)
    sparse = len(skeleton) >= 3 and len(word) - len(skeleton) <= 1
    for full, full_skeleton, root in index.vocabulary:
        if full[0] != word[0] or len(full) <= len(word):
            continue
        if full.startswith(word) or (sparse and full_skeleton.startswith(skeleton)):
            return root
    return None


def _features_of(candidate: Candidate) -> Features:
    features: Features = {}
    for text, share in _segments(candidate.text):
        _collect(features, text, share=share)
    for detail in candidate.details:
        _collect(features, detail, share=_DETAIL_SHARE)
    return features


def _segments(text: str) -> list[tuple[str, float]]:
    """The head of an RHK, what it lists in brackets, and its tail of manner, place and measure."""
    head, bracket, rest = text.partition("(")
    inside, _, after = rest.partition(")")
    lowered = f"{' '.join(head.lower().split())} "
    cut = min((at for mark in _TAIL_MARKS if (at := lowered.find(mark)) > 0), default=len(lowered))
    segments = [(lowered[:cut], 1.0), (lowered[cut:], _TAIL_SHARE)]
    if bracket:
        segments += [(inside, _BRACKET_SHARE), (after, _TAIL_SHARE)]
    return [(segment, share) for segment, share in segments if words_of(segment)]


def _collect(features: Features, text: str, *, share: float) -> None:
    fading = 1.0
    for expression in read_expressions(text):
        here = share * max(fading, _FAINTEST)
        literal = here if len(expression.words) == 1 else here * _PHRASE_WORD_SHARE
        fading *= _FADING_PER_EXPRESSION
        for feature, strength in expression.features.items():
            value = literal if feature.startswith("=") else strength * here
            if value > features.get(feature, 0.0):
                features[feature] = value
