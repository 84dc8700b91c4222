"""Thin entry points: parse, call one service, show one view. FEATURES is the one list of them."""

from handlers import (
    day,
    entry,
    evidence,
    feedback,
    general,
    joining,
    privacy,
    prompt,
    returned,
    review,
    settings,
)

FEATURES = (
    general.FEATURE,
    day.FEATURE,
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
