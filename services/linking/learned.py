"""The suggestion a person sees: the ranking by words and choices, and what was sent back kept from it."""

from __future__ import annotations

from dataclasses import replace

from services.linking.history import Memory
from services.linking.index import PlanIndex
from services.linking.records import Suggestion
from services.linking.suggestion import suggest


def suggest_learned(
    index: PlanIndex, activity: str, *, outcome: str | None = None, memory: Memory
) -> Suggestion:
    """As ``suggest``; a link the supervisor sent back for such work comes last and is never preselected."""
    found = suggest(index, activity, outcome=outcome, history=memory)
    if not memory:
        return found
    votes = memory.votes(activity)
    ranking = tuple(
        replace(one, colleagues=True) if one.key in votes.colleagues else one
        for one in sorted(found.ranking, key=lambda one: one.key in votes.barred)
    )
    first = None if found.outside or not found.ranking else found.ranking[0].key
    if first in votes.barred:
        # What was first is out; the next best is a guess that nobody confirmed.
        outside = first is not None and ranking[0].key in votes.barred and None not in votes.barred
        confident = not outside and bool(ranking) and votes.support.get(ranking[0].key, 0.0) >= _TAPPED
        found = replace(found, outside=outside, confident=confident)
    return replace(found, ranking=ranking, outside_chosen=votes.chosen.get(None, 0))


_TAPPED = 0.5
"""Support, in taps of the same text, that makes the next best a sure one."""
