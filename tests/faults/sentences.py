"""Sentences of the bot by which the oracle knows what a person was told."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from simulator import Message

MET = (
    *("no_link", "time_unclear", "quantity_unclear", "quantity_alone", "empty", "too_many_entries"),
    *("day_future", "day_locked", "day_gone", "entry_gone", "entry_recorded", "entry_sent", "entry_approved"),
    *(
        "edit_after_decision",
        "edit_without_activity",
        "not_asked",
        "not_allowed",
        "not_supervisor",
        "own_work",
    ),
    *("reason_short", "reason_thanks", "reason_long", "feedback_short", "feedback_long", "already_replied"),
    *("blocker_gone", "blocker_short", "blocker_long", "blocker_many", "blocker_done"),
    *("blocker_answer_short", "blocker_answer_long"),
    *("nothing_short", "nothing_long", "nothing_sensitive", "nothing_health", "nothing_private"),
    *("nothing_but_entries", "withdrawn_meanwhile", "settled", "already_yours", "already_decided"),
)
"""Errors that a text about the day, a decision or a note can meet; others answer presses and commands."""
TELLING = 12
"""Characters a sentence must begin with to be known: fewer stand in front of much else."""


@cache
def locale() -> Mapping[str, Any]:
    """The sentences of the bot."""
    return tomllib.loads((Path(__file__).parents[2] / "locales" / "id.toml").read_text())


def opening(sentence: str) -> str:
    """A sentence up to what is filled in."""
    return sentence.split("{")[0].split("<")[0].strip()


@cache
def refusals() -> tuple[str, ...]:
    """How the sentences begin that tell a person that the bot did not take a text."""
    found = (opening(locale()["errors"][code]) for code in MET)
    return tuple(one for one in found if len(one) >= TELLING)


def first_text(message: Message) -> str:
    """What a message said when it came."""
    return message.history[0] if message.history else message.text


def refuses(message: Message) -> bool:
    """Whether it says that a text was not taken."""
    return message.from_bot and first_text(message).startswith(refusals())


def gives_back(message: Message) -> bool:
    """Whether it shows words again because nothing took them."""
    return message.from_bot and opening(locale()["dialogue"]["unused"]) in message.text
