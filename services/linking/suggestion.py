"""Ranking the RHK of a person for one activity."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.linking.expressions import Expression, read_expressions
from services.linking.history import Votes, count_votes
from services.linking.index import PlanIndex, matches, unfolded
from services.linking.lexicon import LEXICON
from services.linking.phases import agreement, leading_actions, phases_of_activity
from services.linking.records import Choice, Ranked, Suggestion

_OUTCOME_SHARE = 0.5
_TAP = 4.0
"""Support of the same activity chosen once, in units of one perfectly matching, discriminating word."""
_TAP_OVER_WORDS = 1.6
"""The same, at least, as a multiple of what the words say: an earlier choice dominates a long text too."""

_FADING_PER_EXPRESSION = 0.96
_MIN_INSIDE = 0.15
_INSIDE_SHARE = 0.7
_CONFIDENT_SCORE = 0.6
_CONFIDENT_LEAD = 1.3
_CONFIDENT_OUTSIDE = 2.0
"""How much more must speak for `Di luar SKP` than for any RHK before it is preselected."""
_LEADING_STRANGE = 1.3
_SAME_ACTION = 1.3
_FOREIGN_SHARE = 0.3
_FOREIGN_BELOW = 0.3
_SURE_OBJECT = 0.9
_MAX_BECAUSE = 4


@dataclass(slots=True)
class _Tally:
    """Running support per RHK and the words behind it."""

    scores: list[float]
    reasons: list[list[tuple[float, str]]]
    inside: float = 0.0
    """Matches with the plan as a whole, whichever RHK is meant."""
    outside: float = 0.0
    """The strongest sign of work outside any plan."""
    foreign: float = 0.0
    """The clearest object of work that no RHK speaks of."""


def suggest(
    index: PlanIndex,
    activity: str,
    *,
    outcome: str | None = None,
    history: Sequence[Choice] = (),
) -> Suggestion:
    """Rank all RHK of ``index`` for ``activity``; ``history`` is this person's, newest first."""
    tally = _Tally([0.0] * len(index.keys), [[] for _ in index.keys])
    spoken = read_expressions(activity)
    _weigh(index, spoken, tally, share=1.0)
    if outcome:
        _weigh(index, read_expressions(outcome), tally, share=_OUTCOME_SHARE, outcome=True)
    shown = phases_of_activity(activity, spoken)
    opening = leading_actions(spoken)
    for at, phases in enumerate(index.phases):
        tally.scores[at] *= agreement(phases, shown)
        if opening & index.actions[at]:
            tally.scores[at] *= _SAME_ACTION
    from_words = max(tally.scores, default=0.0)
    votes = count_votes(activity, history) if history else Votes({}, {})
    tap = max(_TAP, _TAP_OVER_WORDS * from_words)
    for at, key in enumerate(index.keys):
        tally.scores[at] += tap * votes.support.get(key, 0.0)
    order = sorted(range(len(index.keys)), key=lambda at: (-tally.scores[at], at))
    ranking = tuple(_ranked(index, tally, votes, at) for at in order)
    best = tally.scores[order[0]] if order else 0.0
    second = tally.scores[order[1]] if len(order) > 1 else 0.0
    learned = tap * max((votes.support.get(key, 0.0) for key in index.keys), default=0.0)
    inside = max(best, tally.inside * _INSIDE_SHARE + learned)
    against = max(tally.outside, _FOREIGN_SHARE * tally.foreign) + tap * votes.support.get(None, 0.0)
    is_outside = inside < _MIN_INSIDE or against > inside
    lead = best / max(second, against, 0.3)
    if is_outside:
        confident = against >= _CONFIDENT_SCORE and against >= _CONFIDENT_OUTSIDE * inside
    else:
        confident = best >= _CONFIDENT_SCORE and lead >= _CONFIDENT_LEAD
    return Suggestion(ranking=ranking, outside=is_outside, confident=confident)


def _weigh(
    index: PlanIndex, expressions: list[Expression], tally: _Tally, *, share: float, outcome: bool = False
) -> None:
    """Add what ``expressions`` say to ``tally``; an outcome says nothing of being outside the plan."""
    place = share
    leading = True
    for expression in expressions:
        fits = matches(index, expression)
        top = max(fits, default=0.0)
        if top < 0.05 and not expression.known:
            repaired = _repaired(index, expression)
            if repaired is not None:
                fits = matches(index, repaired)
                top = max(fits, default=0.0)
        strange = _strangeness(expression) * (_LEADING_STRANGE if leading else 1.0)
        leading = leading and not (expression.kinds() - {"g"})
        if strange > 0.0 and not outcome:
            tally.outside = max(tally.outside, strange * max(0.0, 1.0 - 1.6 * top))
        if top < _FOREIGN_BELOW and not outcome and _is_foreign(index, expression):
            tally.foreign = max(tally.foreign, expression.weight * place)
        if top <= 0.0:
            continue
        tally.inside += expression.weight * place * top
        weight = expression.weight * place * _discrimination(fits, top)
        label = " ".join(expression.words)
        for at, fit in enumerate(fits):
            if fit > 0.0:
                tally.scores[at] += weight * fit
                tally.reasons[at].append((weight * fit, label))
        place *= _FADING_PER_EXPRESSION


def _repaired(index: PlanIndex, expression: Expression) -> Expression | None:
    root = unfolded(index, expression.words[0]) if len(expression.words) == 1 else None
    return None if root is None else replace(expression, features={"=" + root: 0.7})


def _strangeness(expression: Expression) -> float:
    """How typical of work outside any plan an expression is, in [0, 1]."""
    return max(
        (value for name, value in expression.features.items() if LEXICON.kinds.get(name) == "x"), default=0.0
    )


def _is_foreign(index: PlanIndex, expression: Expression) -> bool:
    """Whether an expression surely names an object of work that is not of this person's field."""
    objects = [
        name
        for name, value in expression.features.items()
        if value >= _SURE_OBJECT and LEXICON.kinds.get(name) == "o"
    ]
    return bool(objects) and not any(name in index.own_field for name in objects)


def _discrimination(fits: list[float], top: float) -> float:
    """1 when a single RHK is meant, towards 0.15 when all are alike: inverse frequency within this plan."""
    if len(fits) < 2:
        return 1.0
    spread = sum(fits) / top
    return 0.15 + 0.85 * max(0.0, math.log(len(fits) / spread) / math.log(len(fits)))


def _ranked(index: PlanIndex, tally: _Tally, votes: Votes, at: int) -> Ranked:
    key = index.keys[at]
    words: list[str] = []
    for value, label in sorted(tally.reasons[at], key=lambda reason: -reason[0]):
        if value >= 0.08 and label not in words:
            words.append(label)
    return Ranked(
        key=key,
        score=1.0 - math.exp(-tally.scores[at]),
        because=tuple(words[:_MAX_BECAUSE]),
        chosen=votes.chosen.get(key, 0),
    )
