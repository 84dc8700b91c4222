"""The counted work product in a sentence: the first whole number that counts something.

Years, dates, percentages, money and ordinals ("kelas 7", "tahap 2", "SDN 3") count nothing. Times are taken
out before (`times.py`). Tables of words: `units.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.reading import units
from services.reading.number_words import NUMBER_WORDS, read_digits, read_number_words

_TOKEN = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W\d_]+(?:[-'’.][^\W\d_]+)*|[^\w\s]|_")
_LAW = re.compile(r"(?:per(?:men|ka|ban|bup|wali|kap)|kep(?:men|dirjen))[a-z]*")
_JOINS = frozenset({",", "-", "–", "&", "dan", "/", "s.d", "sampai", "atau"})
_YEARS = range(1900, 2100)
_RECENT_YEARS = range(2010, 2036)
LONGEST_UNIT = 60
"""Characters: a longer word is no unit, and has no room in its column."""


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    lower: str
    start: int
    end: int

    @property
    def is_number(self) -> bool:
        return self.text[0].isdigit()

    @property
    def is_word(self) -> bool:
        return self.text[0].isalpha()

    @property
    def is_titled(self) -> bool:
        return self.is_word and self.text[0].isupper() and self.text[1:].islower()


@dataclass(frozen=True, slots=True)
class _Count:
    value: int
    first: int
    after: int
    """Indices of the number's first token and of the token after it."""
    in_words: bool


def read_quantity(text: str) -> tuple[int, str] | None:
    """The first counted work product, its unit written out; a measure only when nothing is counted."""
    measured: tuple[int, str] | None = None
    for found in _amounts(text):
        if found[1] not in units.MEASURES:
            return found
        measured = measured or found
    return measured


def read_quantities(text: str) -> tuple[tuple[int, str], ...]:
    """Everything a text counts or measures, in its order; units written out."""
    return tuple(_amounts(text))


def _amounts(text: str) -> Iterator[tuple[int, str]]:
    tokens = [_Token(m.group(), m.group().lower(), m.start(), m.end()) for m in _TOKEN.finditer(text)]
    shouted = text.isupper() and sum(token.is_word for token in tokens) > 2
    ordinal_end = -1
    index = 0
    while index < len(tokens):
        count = _read_count(tokens, index)
        if count is None:
            index += 1
            continue
        unit = _unit_after(text, tokens, count)
        if _is_ordinal(tokens, count, unit, ordinal_end):
            ordinal_end = count.after
        elif unit is not None and len(unit) <= LONGEST_UNIT:
            yield count.value, unit_name(unit, shouted=shouted)
        index = max(count.after, index + 1)


def is_bare_quantity(text: str) -> bool:
    """Whether a text is a number with its unit and nothing else: «12 berkas», «ada 25 (dua puluh) JP»."""
    tokens = [_Token(m.group(), m.group().lower(), m.start(), m.end()) for m in _TOKEN.finditer(text)]
    first = next((at for at, one in enumerate(tokens) if one.lower not in units.COUNT_LEADS), 0)
    count = _read_count(tokens, first) if tokens else None
    if count is None:
        return False
    rest = tokens[count.after :]
    words = [one.lower for one in rest if one.is_word and one.lower != "an"]
    numbers = [one.text for one in rest if one.is_number]
    if numbers and (words != ["m"] or numbers not in (["2"], ["3"])):
        return False
    return len(words) < 2 or (len(words) == 2 and tuple(words) in units.TWO_WORD_UNITS)


def unit_name(word: str, *, shouted: bool = False) -> str:
    """The unit written out in lower case; an acronym keeps its capitals unless everything has them."""
    lower = word.lower()
    if lower in units.WRITTEN_OUT:
        return units.WRITTEN_OUT[lower]
    acronym = word.isupper() and len(word) <= 6 and not shouted
    return word if acronym else lower


def _read_count(tokens: list[_Token], index: int) -> _Count | None:
    token = tokens[index]
    if token.is_number:
        value = read_digits(token.text)
        if value is None:
            return None
        after = index + 1
        if after < len(tokens) and tokens[after].lower == "ribu" and value < 1000:
            follower = tokens[after + 1].lower if after + 1 < len(tokens) else ""
            if follower in units.UNITS:
                value, after = value * 1000, after + 1
        return _Count(value, index, _after_bracket(tokens, after), in_words=False)
    if token.lower in NUMBER_WORDS:
        words = [item.lower for item in tokens[index : index + 12]]
        if tuple(words[:2]) in units.FIXED_PHRASES:
            return None
        read = read_number_words(words)
        if read is not None:
            value, used = read
            return _Count(value, index, _after_bracket(tokens, index + used), in_words=True)
    if token.lower in units.ARTICLE_UNITS:
        return _Count(1, index, index + 1, in_words=True)
    return None


def _after_bracket(tokens: list[_Token], index: int) -> int:
    """Skip the number said again: "25 (dua puluh lima) berkas"."""
    if index >= len(tokens) or tokens[index].text != "(":
        return index
    for close in range(index + 1, min(index + 8, len(tokens))):
        if tokens[close].text == ")":
            inner = [item.lower for item in tokens[index + 1 : close]]
            said_again = inner and (
                (len(inner) == 1 and inner[0].isdigit())
                or (read_number_words(inner) or (0, -1))[1] == len(inner)
            )
            return close + 1 if said_again else index
    return index


def _unit_after(text: str, tokens: list[_Token], count: _Count) -> str | None:
    """The noun that the number counts, as typed (or a known two-word unit); None when there is none."""
    number = tokens[count.after - 1]
    if units.ARTICLE_UNITS.get(number.lower):
        return units.ARTICLE_UNITS[number.lower]
    index = count.after
    if index >= len(tokens):
        return None
    token = tokens[index]
    gap = text[number.end : token.start]
    if gap.strip(" \t\u00a0\u200e\u200f"):
        return None
    if token.text == "×" or token.lower == "x":
        sized = index + 1 < len(tokens) and tokens[index + 1].is_number
        return None if sized else "kali"
    if token.lower == "dari" and index + 2 < len(tokens) and tokens[index + 1].is_number:
        return _unit_after(text, tokens, _Count(count.value, index + 1, index + 2, in_words=False))
    if token.lower in {"an", "-"} and not gap:  # "50-an peserta"
        index += 2 if token.text == "-" and index + 1 < len(tokens) and tokens[index + 1].lower == "an" else 0
        index += 1 if token.lower == "an" else 0
        if index >= len(tokens) or index == count.after:
            return None
        token, gap = tokens[index], " "
    if not token.is_word:
        return None
    if index + 1 < len(tokens):
        pair = (token.lower, tokens[index + 1].lower)
        if pair in units.TWO_WORD_UNITS:
            return units.TWO_WORD_UNITS[pair]
    if token.lower == "s.d":
        return None
    known = token.lower in units.UNITS
    joins = token.lower in units.NEVER_UNITS or token.lower.removesuffix("nya") in units.NEVER_UNITS
    if joins and not (known and token.text.isupper()):  # "sd" joins, "SD" is a school
        return None
    if not known and (not gap or len(token.text) < 2):
        return None
    if token.lower == "m" and text[token.end : token.end + 1] in {"2", "3", "²", "³"}:
        return "meter persegi" if text[token.end] in "2²" else "meter kubik"
    if not known and _follows_name(tokens, count.first, titled_only=not token.is_titled):
        return None
    return token.text


def _follows_name(tokens: list[_Token], first: int, *, titled_only: bool) -> bool:
    """Whether the number belongs to a name ("Puskesmas Depok 2 Sleman", "varietas Inpari 32")."""
    return first > 1 and (
        tokens[first - 1].is_titled or (not titled_only and tokens[first - 1].text.isupper())
    )


def _is_ordinal(tokens: list[_Token], count: _Count, unit: str | None, ordinal_end: int) -> bool:
    """Whether the number names which one (or when, or how much money) instead of how many."""
    if count.first == 0:
        return _is_year(tokens[0]) and count.value in _RECENT_YEARS
    before = tokens[count.first - 1]
    known = unit is not None and unit.lower() in units.UNITS
    touching = before.end == tokens[count.first].start
    if touching and (before.is_word or before.text in "-–/_#<.,:'+"):
        return not (before.text in ",:" and known)
    if before.lower in units.COUNT_LEADS:
        return False
    if _is_year(tokens[count.first]) and not (known and count.value not in _RECENT_YEARS):
        return True
    if ordinal_end >= 0 and ordinal_end == count.first - 1 and before.lower in _JOINS and not known:
        return True
    if before.text in {".", ":"} and count.first > 1:
        before = tokens[count.first - 2]
    if before.lower == "salah" or before.lower == "-":
        return before.lower == "salah" or (count.first > 1 and tokens[count.first - 2].is_number)
    if before.lower in units.ORDINAL_NOUNS or _LAW.fullmatch(before.lower):
        return True
    return before.lower in units.WEAK_ORDINAL_NOUNS and not known


def _is_year(token: _Token) -> bool:
    return token.text.isdigit() and len(token.text) == 4 and int(token.text) in _YEARS
