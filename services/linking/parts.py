"""What the trained model sees of a text: its words, what an abbreviation stands for, and runs of letters.

The abbreviations and words of each trade are ``glossary.tsv``. Training and use
read texts with this one module.
"""

from __future__ import annotations

import zlib
from collections import Counter
from importlib.resources import files

from services.linking.lexicon import LEXICON, normalise
from services.linking.words import ROOTS, words_of

MOST_WORDS = 40
"""Words of one text that are looked at, what they stand for not counted."""
SHORTEST_RUN, LONGEST_RUN = 3, 5
MOST_MEANT = 6
"""Words of the meaning of one abbreviation."""
MEANT_SHARE = 0.5
"""What a word of the meaning counts beside one that was typed."""
NOTHING = "kosong"
"""What a text without any word is read as."""

Part = tuple[str, float]
"""A word and how much it counts."""


def read_parts(text: str) -> list[Part]:
    """The words of ``text``, each followed by those it stands for; never empty."""
    parts: list[Part] = []
    for word in normalise(text)[:MOST_WORDS]:
        parts.append((word, 1.0))
        parts.extend((meant, MEANT_SHARE) for meant in MEANINGS.get(word, ()))
    return parts or [(NOTHING, 1.0)]


def runs_of(word: str) -> list[int]:
    """Hashes of the runs of 3 to 5 letters in ``<word>``, each once; to be taken modulo the model's rows."""
    framed = f"<{word}>"
    found = {
        zlib.crc32(framed[at : at + size].encode())
        for size in range(SHORTEST_RUN, LONGEST_RUN + 1)
        for at in range(len(framed) - size + 1)
    }
    return sorted(found)


def glossary() -> list[tuple[str, str, str]]:
    """Every row of the glossary: a term, what it means, and the trade it was noted for."""
    text = files("services.linking").joinpath("glossary.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return [(term, meaning, trade) for term, meaning, trade in rows]


def _meanings() -> dict[str, tuple[str, ...]]:
    """Abbreviation → the words it stands for, those given most often first. Ordinary words have none."""
    said: dict[str, Counter[str]] = {}
    for term, meaning, _ in glossary():
        words = words_of(term)
        if len(words) == 1 and words[0] not in ROOTS:
            count = said.setdefault(words[0], Counter())
            count.update(one for one in normalise(meaning) if one not in LEXICON.stops and one != words[0])
    return {
        term: tuple(word for word, _ in sorted(count.items(), key=lambda one: -one[1])[:MOST_MEANT])
        for term, count in said.items()
    }


MEANINGS = _meanings()
