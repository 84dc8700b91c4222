"""What the trained model sees of a text: its words, and runs of letters. Training reads as use does."""

from __future__ import annotations

import zlib

from services.linking.lexicon import normalise

MOST_WORDS = 40
"""Words of one text that are looked at."""
SHORTEST_RUN, LONGEST_RUN = 3, 5
NOTHING = "kosong"
"""What a text without any word is read as."""


def read_words(text: str) -> list[str]:
    """The words of ``text`` with chat spelling written out; never empty."""
    return normalise(text)[:MOST_WORDS] or [NOTHING]


def runs_of(word: str) -> list[int]:
    """Hashes of the runs of 3 to 5 letters in ``<word>``, each once; to be taken modulo the model's rows."""
    framed = f"<{word}>"
    found = {
        zlib.crc32(framed[at : at + size].encode())
        for size in range(SHORTEST_RUN, LONGEST_RUN + 1)
        for at in range(len(framed) - size + 1)
    }
    return sorted(found)
