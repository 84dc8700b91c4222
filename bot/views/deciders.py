"""Who decided, and as what: «Citra Lestari (Plh.)»."""

from bot.screens import shorten
from bot.texts import Html, Speech, escape

TOLD = ("plt", "plh", "escalated")
"""Capacities that are said; the assigned supervisor needs no word."""


def decider(t: Speech, name: str, capacity: str) -> Html:
    """The name, with the capacity where it is not the person's own supervisor."""
    name = shorten(name, 120)
    return t(f"deciders.{capacity}", name=name) if capacity in TOLD else escape(name)
