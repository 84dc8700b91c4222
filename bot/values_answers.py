"""What the handlers of dated values share: their cards."""

from bot.context import Turn, card
from bot.screens import CardRef
from services.progress.values import OWN_CARD, REVIEW_CARD

OVERVIEW, TEAM = "capaian", "values_team"
ASK, SURE = "ask", "sure."
"""Faces of the card of an indicator: waiting for words; showing what was understood of them."""


def overview_card(turn: Turn, *, page: int = 0, year: int = 0) -> tuple[CardRef, ...]:
    """`year` of the SKP; 0: the running one."""
    return card(OVERVIEW, turn.actor.person_id, page=page, focus=year)


def team_card(turn: Turn, *, page: int = 0) -> tuple[CardRef, ...]:
    return card(TEAM, turn.actor.person_id, page=page)


def indicator_card(lineage: int, view: str = "") -> tuple[CardRef, ...]:
    return card(OWN_CARD, lineage, view=view)


def review_card(value_id: int, view: str = "") -> tuple[CardRef, ...]:
    return card(REVIEW_CARD, value_id, view=view)
