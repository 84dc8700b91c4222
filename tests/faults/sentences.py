"""Sentences of the bot by which the oracle knows what a person was told."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from simulator import Message

OURS = ("ours", "delayed")
"""Sentences among the errors that do not refuse a text."""


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
    found = (opening(sentence) for code, sentence in locale()["errors"].items() if code not in OURS)
    return tuple(one for one in found if len(one) > 3)


def first_text(message: Message) -> str:
    """What a message said when it came."""
    return message.history[0] if message.history else message.text


def refuses(message: Message) -> bool:
    """Whether it says that a text was not taken."""
    return message.from_bot and first_text(message).startswith(refusals())


def gives_back(message: Message) -> bool:
    """Whether it shows words again because nothing took them."""
    return message.from_bot and opening(locale()["dialogue"]["unused"]) in message.text
