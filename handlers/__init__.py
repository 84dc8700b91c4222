"""Thin entry points: parse, call one service, show one view. FEATURES is the one list of them."""

from handlers import day, entry, evidence, general, joining, privacy, prompt, settings

FEATURES = (
    general.FEATURE,
    day.FEATURE,
    entry.FEATURE,
    evidence.FEATURE,
    joining.FEATURE,
    prompt.FEATURE,
    settings.FEATURE,
    privacy.FEATURE,
)
