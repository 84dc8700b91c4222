"""What words mean, as a trained model says it: how near an activity is to each RHK though they share no word.

``model.npz`` holds a vector and two weights for every word and stem it knows, for hashed runs of letters
(so that a typo or an unknown word still means something), and three small matrices; ``bench.train_linking``
makes it. A text is the weighed mean of its words. It is compared with an RHK twice: as a whole, and word by
word, where each word of the activity counts with the nearest word of the RHK. Arrays are float32 but for what
is stored; ``d`` is the length of a vector.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.linking.names import Names
from services.linking.parts import read_words, runs_of
from services.linking.records import Candidate
from services.linking.words import stem

Array = NDArray[np.float32]

_DETAIL_SHARE = 0.5
"""What a word of an indicator counts beside one of its RHK."""
_OUTCOME_TRUST = 0.6
"""Of what was learned: outcomes in chat name the topic of a lesson more than the training lines do."""
_MOST_IMPORTANT = 4.0
_TARGET_LIFT = 2.0
_MOST_KEPT = 16_384
"""Words whose vectors are kept worked out: 13 MB."""


@dataclass(frozen=True, slots=True)
class _Model:
    names: Names
    """Word, or ``=stem`` → row."""
    runs: int
    """Number of hashed rows, behind those of words."""
    vectors: NDArray[np.int8]
    scales: Array
    weights: Array
    """(rows, 2): how much it says in an activity and in an RHK, as logarithms."""
    whole_activity: Array
    whole_target: Array
    word: Array
    outside: Array
    numbers: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Read:
    """The words of a text: of each its vector, the same turned for comparing, and its weights."""

    words: tuple[str, ...]
    raw: Array
    near: Array
    weights: Array


@dataclass(frozen=True, slots=True)
class TargetMeanings:
    """The RHK of one plan: each as a whole (n, d), and all their words (m, d) one RHK after the other."""

    whole: Array
    words: Array
    starts: NDArray[np.intp]
    """Where in ``words`` each RHK begins."""


@dataclass(frozen=True, slots=True)
class Meant:
    """How an activity relates to each RHK of a plan: log-odds, up to a common constant.

    ``outside``: the log-odds of belonging to none. ``words`` and ``shares``: each word of the activity and
    what it adds to each RHK (t, n).
    """

    inside: Array
    outside: float
    words: tuple[str, ...]
    shares: Array


def read_targets(candidates: Sequence[Candidate]) -> TargetMeanings:
    """Prepares the RHK of a plan, once per plan."""
    _remember(text for one in candidates for text in (one.text, *one.details))
    wholes: list[Array] = []
    words: list[Array] = []
    starts: list[int] = []
    at = 0
    for candidate in candidates:
        read = _read(candidate.text)
        wholes.append(_unit(_MODEL.whole_target @ _mean(read, role=1)))
        parts = [_lifted(read), *(_DETAIL_SHARE * _lifted(_read(detail)) for detail in candidate.details)]
        words.extend(parts)
        starts.append(at)
        at += sum(len(part) for part in parts)
    size = _MODEL.word.shape[0]
    return TargetMeanings(
        whole=np.array(wholes, dtype=np.float32).reshape(-1, size),
        words=np.concatenate(words) if words else np.zeros((0, size), np.float32),
        starts=np.array(starts, dtype=np.intp),
    )


def compare(targets: TargetMeanings, activity: str, outcome: str | None) -> Meant:
    """Relates an activity, and what came of it, to each RHK of a plan that has any."""
    numbers = _MODEL.numbers
    read = _read(activity)
    words, near, weights, whole = read.words, read.near, _importance(read, role=0), _mean(read, role=0)
    if outcome:
        after, share = _read(outcome), _OUTCOME_TRUST * numbers["outcome"]
        words += after.words
        near = np.concatenate([near, after.near])
        weights = np.concatenate([weights, share * _importance(after, role=0)])
        whole = whole + share * _mean(after, role=0)
    weights = weights / (weights.sum() + 1e-6)
    likeness = targets.whole @ _unit(_MODEL.whole_activity @ whole)
    nearest = np.maximum(np.maximum.reduceat(near @ targets.words.T, targets.starts, axis=1), 0.0)
    shares = nearest * weights[:, None]
    by_word = shares.sum(axis=0)
    inside = numbers["by_whole"] * likeness + numbers["by_word"] * by_word
    outside = (
        numbers["outside"]
        + float(_MODEL.outside @ whole)
        + numbers["outside_likeness"] * float(likeness.mean())
        + numbers["outside_nearest"] * float(by_word.max())
    )
    return Meant(
        inside=np.asarray(inside, dtype=np.float32),
        outside=outside,
        words=words,
        shares=np.asarray(numbers["by_word"] * shares, dtype=np.float32),
    )


def learned_number(name: str) -> float:
    """One of the weights that were trained with the model: how the lexicon's view joins it."""
    return _MODEL.numbers[name]


class _Memory:
    """Vectors of words seen before, one row each; forgotten together when they are many."""

    def __init__(self, size: int) -> None:
        self.at: dict[str, int] = {}
        self.raw = np.zeros((_MOST_KEPT, size), np.float32)
        self.near = np.zeros((_MOST_KEPT, size), np.float32)
        self.weights = np.zeros((_MOST_KEPT, 2), np.float32)


def _remember(texts: Iterable[str]) -> None:
    """Works out the vectors of all words of some texts in one go."""
    words = dict.fromkeys(word for text in texts for word in read_words(text))
    _work_out(list(words)[: _MOST_KEPT // 2])


def _work_out(wanted: Sequence[str]) -> None:
    if len(_KEPT.at) + len(wanted) > _MOST_KEPT:
        _KEPT.at.clear()
    words = [word for word in wanted if word not in _KEPT.at]
    rows: list[int] = []
    shares: list[float] = []
    starts: list[int] = []
    if not words:
        return
    for word in words:
        known = [row for name in (word, "=" + stem(word)) if (row := _MODEL.names.row_of(name)) is not None]
        runs = {len(_MODEL.names) + run % _MODEL.runs for run in runs_of(word)}
        starts.append(len(rows))
        rows += [*known, *runs]
        shares += [1.0 / max(1, len(known))] * len(known) + [len(runs) ** -0.5] * len(runs)
    counted = np.array(shares, dtype=np.float32)
    scaled = (counted * _MODEL.scales[rows])[:, None] * _MODEL.vectors[rows]
    raw = np.add.reduceat(scaled, starts, axis=0)
    first = len(_KEPT.at)
    here = slice(first, first + len(words))
    _KEPT.raw[here] = raw
    _KEPT.near[here] = _unit(raw @ _MODEL.word.T)
    _KEPT.weights[here] = np.add.reduceat(counted[:, None] * _MODEL.weights[rows], starts, axis=0)
    _KEPT.at.update((word, first + offset) for offset, word in enumerate(words))


def _read(text: str) -> _Read:
    words = read_words(text)
    if any(word not in _KEPT.at for word in words):
        _work_out(list(dict.fromkeys(words)))
    rows = [_KEPT.at[word] for word in words]
    return _Read(
        words=tuple(words),
        raw=_KEPT.raw[rows],
        near=_KEPT.near[rows],
        weights=_KEPT.weights[rows],
    )


def _importance(read: _Read, *, role: int) -> Array:
    heard = np.clip(read.weights[:, role], -_MOST_IMPORTANT, _MOST_IMPORTANT)
    return np.asarray(np.exp(heard), dtype=np.float32)


def _mean(read: _Read, *, role: int) -> Array:
    return _unit(_importance(read, role=role) @ read.raw)


def _lifted(read: _Read) -> Array:
    """The words of an RHK, each shorter the less it says there."""
    lift = 1.0 / (1.0 + np.exp(-(read.weights[:, 1] + _TARGET_LIFT)))
    return np.asarray(lift[:, None] * read.near, dtype=np.float32)


def _unit(vectors: Array) -> Array:
    length = np.sqrt((vectors * vectors).sum(axis=-1, keepdims=True))
    return np.asarray(vectors / (length + 1e-6), dtype=np.float32)


def _load() -> _Model:
    path: Any = files("services.linking").joinpath("model.npz")
    with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
        names = Names(bytes(held["names"]))
        numbers = dict(zip(bytes(held["number_names"]).decode().split("\n"), held["numbers"], strict=True))
        return _Model(
            names=names,
            runs=len(held["vectors"]) - len(names),
            vectors=held["vectors"],
            scales=held["scales"].astype(np.float32),
            weights=held["weights"].astype(np.float32),
            whole_activity=held["whole_activity"].astype(np.float32),
            whole_target=held["whole_target"].astype(np.float32),
            word=held["word"].astype(np.float32),
            outside=held["outside"].astype(np.float32),
            numbers={name: float(value) for name, value in numbers.items()},
        )


_MODEL = _load()
_KEPT = _Memory(_MODEL.word.shape[0])
