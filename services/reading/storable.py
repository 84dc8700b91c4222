"""Typed text and names as they may be kept: whoever is shown them later depends on it."""

import re

_UNWANTED = re.compile(r"[\x00\u202a-\u202e\u2066-\u2069]")
"""NUL, for which PostgreSQL has no room, and what turns the direction of the rest of a line."""


def storable(text: str) -> str:
    """The text without what nobody types: everything one can see, and what joins emojis, stays."""
    return _UNWANTED.sub("", text)
