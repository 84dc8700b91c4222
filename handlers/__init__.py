"""Thin entry points: parse, call one service, show one view. FEATURES is the one list of them."""

from handlers import (
    day,
    entry,
    evidence,
    feedback,
    general,
    joining,
    outcomes,
    privacy,
    prompt,
    returned,
    review,
    settings,
    undoing,
)

FEATURES = (
    general.FEATURE,
    day.FEATURE,
    outcomes.FEATURE,
    undoing.FEATURE,
    entry.FEATURE,
    evidence.FEATURE,
    review.FEATURE,
    returned.FEATURE,
    feedback.FEATURE,
    joining.FEATURE,
    prompt.FEATURE,
    settings.FEATURE,
    privacy.FEATURE,
)
