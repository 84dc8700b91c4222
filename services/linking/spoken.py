"""What the lexicon says of an activity: support per RHK, the words behind it, and signs of other work."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from services.linking.expressions import Expression, read_expressions
from services.linking.index import PlanIndex, matches, unfolded
from services.linking.lexicon import LEXICON
from services.linking.phases import agreement, leading_actions, phases_of_activity

_OUTCOME_SHARE = 0.5
_FADING_PER_EXPRESSION = 0.96
_MIN_INSIDE = 0.15
_INSIDE_SHARE = 0.7
_LEADING_STRANGE = 1.3
_SAME_ACTION = 1.3
_FOREIGN_SHARE = 0.3
_FOREIGN_BELOW = 0.3
_SURE_OBJECT = 0.9


@dataclass(slots=True)
class Spoken:
    """Support per RHK, the words behind it with how much each gave, and whether none of them seems meant."""

    scores: list[float]
    reasons: list[list[tuple[float, str]]]
    inside: float = 0.0
    """Matches with the plan as a whole, whichever RHK is meant."""
    outside: float = 0.0
    """The strongest sign of work outside any plan."""
    foreign: float = 0.0
    """The clearest object of work that no RHK speaks of."""

    @property
    def is_outside(self) -> bool:
        """Whether next to nothing matches, or more speaks against the plan than for any RHK."""
        inside = max(max(self.scores, default=0.0), self.inside * _INSIDE_SHARE)
        return inside < _MIN_INSIDE or max(self.outside, _FOREIGN_SHARE * self.foreign) > inside

    @property
    def names_outside(self) -> bool:
        """Whether a known word speaks for work outside the plan, rather than nothing for the plan."""
        return self.outside > 0 or self.foreign > 0


def look_up(index: PlanIndex, activity: str, outcome: str | None) -> Spoken:
    """Reads an activity, and what came of it, by the lexicon."""
    tally = Spoken([0.0] * len(index.keys), [[] for _ in index.keys])
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
    return tally


def _weigh(
    index: PlanIndex, expressions: list[Expression], tally: Spoken, *, share: float, outcome: bool = False
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
