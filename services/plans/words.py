"""The words of an SKP for those above the database: sections, aspects, states, forms, annexes, behaviours."""

from models import AnnexKind, Aspect, Behaviour, Perspective, PlanForm, PlanState, Section, StepVerdict

__all__ = [
    "AnnexKind",
    "Aspect",
    "Behaviour",
    "Perspective",
    "PlanForm",
    "PlanState",
    "Section",
    "StepVerdict",
]

QUARTERS = (1, 2, 3, 4)
MOST_TARGETS = 40
"""RHK of one SKP."""
MOST_INDICATORS = 12
"""Indicators of one RHK."""
MOST_STEPS = 10
"""Steps of one RHK in one quarter."""
MOST_ANNEX_LINES = 20
"""Lines of one annex."""
LONGEST_WORDING = 1_000
"""Characters of an RHK or an indicator."""
LONGEST_GOAL = 200
"""Characters of an indicator's target as typed."""
LONGEST_LINE = 500
"""Characters of a step or an annex line."""
LONGEST_EXPECTATION = 300
"""Characters of one expectation: seven of them stand on one screen."""
SHORTEST = 3
"""Characters of anything typed for an SKP."""
MOST_GOAL = 1_000_000
"""The largest number a step may plan."""
