"""Which RHK an activity serves (product.md §9): local, explainable, learning from earlier choices.

Start at ``suggestion``; README.md of this folder describes the method and the lexicon.
"""

from services.linking.history import Memory
from services.linking.index import PlanIndex, build_index
from services.linking.learned import suggest_learned
from services.linking.records import Candidate, Choice, Ranked, Suggestion
from services.linking.suggestion import suggest

__all__ = [
    "Candidate",
    "Choice",
    "Memory",
    "PlanIndex",
    "Ranked",
    "Suggestion",
    "build_index",
    "suggest",
    "suggest_learned",
]
