"""Whole numbers as Indonesians write them: digits with thousands dots, or words ("dua puluh lima")."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ONES = {
    "nol": 0,
    "satu": 1,
    "dua": 2,
    "tiga": 3,
    "empat": 4,
    "lima": 5,
    "enam": 6,
    "tujuh": 7,
    "delapan": 8,
    "sembilan": 9,
}
_WHOLE = {"sepuluh": 10, "sebelas": 11, "seratus": 100, "seribu": 1000, "selusin": 12}
_SCALES = {"puluh": 10, "ratus": 100, "ribu": 1000}

NUMBER_WORDS = frozenset(_ONES) | frozenset(_WHOLE)
CLOCK_WORDS = {word: value for word, value in _ONES.items() if value} | {
    "sepuluh": 10,
    "sebelas": 11,
    "dua belas": 12,
}

_DIGITS = re.compile(r"\d{1,3}(?:[.,]\d{3})+|\d+")
LARGEST = 9_999_999
"""More than this of one work product in a day is a code or an amount, not a count."""


def word_set(text: str) -> frozenset[str]:
    """A set of words written as running text."""
    return frozenset(text.split())


def read_number_words(words: Sequence[str]) -> tuple[int, int] | None:
    """Value of the number that begins at the first word, and how many words it takes."""
    total = value = used = 0
    opened = False  # the last word was a digit that a scale may still follow
    for word in words[:12]:
        if word in _ONES and not opened:
            value += _ONES[word]
            opened = True
        elif word in _WHOLE and not opened and (not used or word != "selusin"):
            value += _WHOLE[word]
            if word == "seribu":
                total, value = total + 1000, value - 1000
        elif word == "belas" and opened:
            value, opened = value + 10, False
        elif word in _SCALES and used:
            if word == "ribu":
                total, value = total + value * 1000, 0
            else:
                ones = value % 10
                value += ones * (_SCALES[word] - 1)
            opened = False
        else:
            break
        used += 1
    return (total + value, used) if used else None


def read_digits(text: str) -> int | None:
    """Value of a whole number in digits, thousands marked or not; None when it is no count."""
    if not _DIGITS.fullmatch(text) or len(text) > 11:
        return None
    value = int(re.sub(r"\D", "", text))
    return value if value <= LARGEST else None
