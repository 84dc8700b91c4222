"""Ranking the RHK of a person for one activity: the lexicon, the trained meanings, and earlier choices.

Each view gives log-odds, and they add up; how much the lexicon counts beside the meanings was learned with
them. `Di luar SKP` is one more candidate.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np

from services.linking.history import Votes, count_votes
from services.linking.index import PlanIndex
from services.linking.lexicon import LEXICON, typed_as
from services.linking.meaning import Array, Meant, compare, learned_number
from services.linking.records import Choice, Ranked, Suggestion
from services.linking.spoken import Spoken, look_up
from services.linking.words import words_of

_TAP = 16.0
"""Log-odds of the same activity chosen once before: it dominates whatever the words say."""
_AGAINST_OUTSIDE = 0.7
"""`Di luar SKP` comes first only when it is this much likelier: a wrong one hides work from the plan."""
_SURE = 0.85
"""Probability from which the first is preselected."""
_MOST_SPOKEN, _SHARE_OF, _MOST_BEST = 4.0, 3.0, 3.0
_LITTLE = 0.3
_WORTH_NAMING = 0.12
_MAX_BECAUSE = 4
_SHORTEST_NAMED = 3
"""Letters of a word that is shown as a reason."""


def suggest(
    index: PlanIndex,
    activity: str,
    *,
    outcome: str | None = None,
    history: Sequence[Choice] = (),
) -> Suggestion:
    """Rank all RHK of ``index`` for ``activity``; ``history`` is this person's, newest first."""
    if not index.keys or not words_of(activity):
        return _nothing_to_go_by(index)
    spoken = look_up(index, activity, outcome)
    meant = compare(index.meanings, activity, outcome)
    inside, outside = _log_odds(spoken, meant)
    votes = count_votes(activity, history) if history else Votes({}, {})
    for at, key in enumerate(index.keys):
        inside[at] += _TAP * votes.support.get(key, 0.0)
    outside += _TAP * votes.support.get(None, 0.0)
    order = sorted(range(len(index.keys)), key=lambda at: (-float(inside[at]), at))
    shares = _probabilities(inside, outside)
    is_outside = outside > float(inside[order[0]])
    typed = typed_as(f"{activity} {outcome or ''}")
    return Suggestion(
        ranking=tuple(
            Ranked(
                key=index.keys[at],
                score=float(shares[at]),
                because=_because(spoken, meant, at, typed=typed),
                chosen=votes.chosen.get(index.keys[at], 0),
            )
            for at in order
        ),
        outside=is_outside,
        confident=_is_sure(shares, order[0], votes, spoken, is_outside=is_outside),
    )


def _is_sure(shares: Array, best: int, votes: Votes, spoken: Spoken, *, is_outside: bool) -> bool:
    """Whether the first may be preselected.

    `Di luar SKP` only on positive grounds: words known for such work, or this person's own choice. Words
    nobody knows would otherwise take work out of the plan by silence.
    """
    if not is_outside:
        return float(shares[best]) >= _SURE
    grounds = spoken.names_outside or votes.support.get(None, 0.0) > 0
    return grounds and float(shares[-1]) >= _SURE


def _log_odds(spoken: Spoken, meant: Meant) -> tuple[Array, float]:
    """Of each RHK, and of `Di luar SKP`, before any choice; as they were trained together."""
    scores = np.array(spoken.scores, dtype=np.float32)
    best = float(scores.max())
    inside = (
        meant.inside
        + learned_number("spoken") * np.minimum(scores, _MOST_SPOKEN)
        + learned_number("spoken_share") * _SHARE_OF * scores / (scores.sum() + _LITTLE)
    )
    outside = (
        meant.outside
        + learned_number("spoken_outside") * float(spoken.is_outside)
        + learned_number("spoken_best") * min(_MOST_BEST, best)
        - _AGAINST_OUTSIDE
    )
    return np.asarray(inside, dtype=np.float32), outside


def _probabilities(inside: Array, outside: float) -> Array:
    """Of each RHK and, last, of none."""
    odds = np.append(inside, np.float32(outside))
    grown = np.exp(odds - odds.max())
    return cast(Array, np.minimum(grown / grown.sum(), 0.9999))


def _because(spoken: Spoken, meant: Meant, at: int, *, typed: dict[str, str]) -> tuple[str, ...]:
    """What the person typed that speaks more for this RHK than for the others, the weightiest first."""
    said: dict[str, float] = {}
    above = meant.shares[:, at] - meant.shares.mean(axis=1)
    for word, value in zip(meant.words, above, strict=True):
        if word not in LEXICON.stops:
            said[word] = said.get(word, 0.0) + float(value)
    for value, label in spoken.reasons[at]:
        for word in label.split():
            if word not in LEXICON.stops:
                said[word] = said.get(word, 0.0) + value
    weighty = (word for word in said if said[word] >= _WORTH_NAMING and len(word) >= _SHORTEST_NAMED)
    named = sorted(weighty, key=lambda word: -said[word])
    return tuple(dict.fromkeys(typed.get(word, word) for word in named[:_MAX_BECAUSE]))


def _nothing_to_go_by(index: PlanIndex) -> Suggestion:
    return Suggestion(tuple(Ranked(key, 0.0, (), 0) for key in index.keys), outside=True, confident=False)
