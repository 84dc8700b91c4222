"""Cutting Indonesian text into words and words into stems, formal and colloquial alike.

The roots are those PySastrawi brings along; the stripping is our own, because a stemmer for formal text knows
neither ``nyusun`` nor ``bikinin`` and is too slow for an answer within a millisecond.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

MAX_TEXT = 2000
"""Characters of one text that are looked at; what people report in one line is far shorter."""

_MAX_WORD = 40
_TOKEN = re.compile(r"[^\W_]+(?:[-/.'’][^\W_]+)*")
_HYPHENS = re.compile(r"[-/.'’]")
_DIGITS = re.compile(r"[\d.,/-]+")
_REPEATED_LETTER = re.compile(r"(\w)\1{2,}")

_PARTICLES = ("nya", "lah", "kah", "pun")
_SUFFIXES = ("kan", "an", "in", "i", "ne", "no")
# Prefix, and the first letters of the root that melted into it.
_PREFIXES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("memper", ("",)),
    ("meny", ("s",)),
    ("meng", ("", "k")),
    ("mem", ("", "p")),
    ("men", ("", "t")),
    ("me", ("",)),
    ("peny", ("s",)),
    ("peng", ("", "k")),
    ("pem", ("", "p")),
    ("pen", ("", "t")),
    ("per", ("",)),
    ("pe", ("",)),
    ("ber", ("",)),
    ("be", ("",)),
    ("ter", ("",)),
    ("te", ("",)),
    ("di", ("",)),
    ("ke", ("",)),
    ("se", ("",)),
    ("nge", ("",)),
    ("ng", ("", "k")),
    ("ny", ("s", "c")),
    ("n", ("t", "")),
    ("m", ("p", "")),
)


def _load_roots() -> frozenset[str]:
    return frozenset(str(word) for word in StemmerFactory().get_words())


ROOTS: frozenset[str] = _load_roots()


def words_of(text: str) -> list[str]:
    """Lower-case words in order; numbers are left out, ``data2`` and ``data-data`` become ``data``."""
    words: list[str] = []
    for found in _TOKEN.findall(text[:MAX_TEXT].lower()):
        words.extend(_unfold(found))
    return words


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """The root of ``word``, or the word itself when no root is known."""
    if word in ROOTS or len(word) < 4 or len(word) > _MAX_WORD:
        return word
    seen = {word}
    layer = [word]
    for _ in range(4):
        following = [
            shorter for candidate in layer for shorter in _stripped(candidate) if shorter not in seen
        ]
        roots = [shorter for shorter in following if shorter in ROOTS]
        if roots:  # the longest: *penilaian* is nilai, not ilai
            return max(roots, key=len)
        seen.update(following)
        layer = list(dict.fromkeys(following))
    return word


def is_known(word: str) -> bool:
    """Whether ``word`` is a dictionary word or derived from one, so that it needs no spelling repair."""
    return word in ROOTS or stem(word) != word


def consonants(word: str) -> str:
    """The skeleton people type when they are in a hurry: ``pengawasan`` → ``pngwsn``."""
    return word[:1] + "".join(letter for letter in word[1:] if letter not in "aeiou")


def trigrams(text: str) -> frozenset[str]:
    """Character trigrams of a text padded with blanks, for near-sameness."""
    padded = f" {text} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


def _unfold(found: str) -> Iterator[str]:
    if _DIGITS.fullmatch(found):
        return
    found = _REPEATED_LETTER.sub(r"\1", found)
    if "-" in found:
        left, _, right = found.partition("-")
        if left == right or stem(left) == stem(right):
            yield left
            return
        joined = found.replace("-", "")
        if len(left) <= 2:  # e-katalog, e-kinerja: one name
            yield joined
            return
    for part in _HYPHENS.split(found):
        if len(part) > 2 and part.endswith("2"):
            part = part[:-1]
        if len(part) > 1 and not part.isdigit():
            yield part[:_MAX_WORD]


def _stripped(word: str) -> Iterator[str]:
    for particle in _PARTICLES:
        if word.endswith(particle) and len(word) - len(particle) >= 3:
            yield word[: -len(particle)]
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            yield word[: -len(suffix)]
    for prefix, melted in _PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= 3:
            rest = word[len(prefix) :]
            for letter in melted:
                if letter and rest[0] not in "aeiou":
                    continue
                yield letter + rest
