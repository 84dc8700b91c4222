"""Blackening what identifies a citizen, when its writer asks for it."""

import re

from services.reading.sensitive import find_sensitive

_RUN = re.compile(r"\+?\d(?:[ .-]?\d){7,}")
_BEFORE = 30
"""Characters before a number that may tell what it is («rek BRI a.n. …»)."""
SHOWN = 4
"""Digits left at the end, so that its writer still knows which one it was."""


def mask_sensitive(text: str) -> str:
    """The same text with all but the last four digits of each such number as dots."""
    pieces = []
    place = 0
    for run in _RUN.finditer(text):
        words = re.sub(r"\d", " ", text[max(0, run.start() - _BEFORE) : run.start()])
        pieces += [text[place : run.start()], _masked(words, run.group())]
        place = run.end()
    return "".join(pieces) + text[place:]


def _masked(words: str, number: str) -> str:
    """One run of digits, or the numbers it is made of, after the words that stand before it."""
    first, space, rest = number.partition(" ")
    if space and find_sensitive(words + first):
        return _blacken(first) + space + _masked(words, rest)
    if find_sensitive(words + number):
        return _blacken(number)
    if space:
        return first + space + _masked(words, rest)
    return number


def _blacken(number: str) -> str:
    hidden = sum(character.isdigit() for character in number) - SHOWN
    characters = []
    for character in number:
        if character.isdigit() and hidden > 0:
            characters.append("•")
            hidden -= 1
        else:
            characters.append(character)
    return "".join(characters)
