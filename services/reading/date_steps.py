"""The small steps of the date grammar: what stands at a position, numbers, and directions.

    number   = digits | "dua puluh lima"
    which    = "lalu" | "kemarin" | "depan" | "ini" | "mendatang" | "yang akan datang" …

Every step takes the tokens and a position, and gives what it read with the position after it, or None.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.reading.date_terms import Pull, Term
from services.reading.date_tokens import Token
from services.reading.date_words import Kind

MOST_DAYS = 400


@dataclass(frozen=True, slots=True)
class Day:
    """A term, or one fact of it, and the position after it."""

    term: Term
    stop: int


def past_glue(tokens: Sequence[Token], i: int) -> int:
    while kind_at(tokens, i) in (Kind.COMMA, Kind.OPEN, Kind.SLASH, Kind.WHICH) and i < len(tokens):
        i += 1
    return i


def shift_of(pull: Pull | None) -> int:
    """Weeks, months or years from the current one."""
    return {Pull.BACK: -1, Pull.THIS: 0}.get(pull, 1) if pull is not None else 1


def read_which(tokens: Sequence[Token], i: int) -> tuple[Pull | None, int] | None:
    """A direction behind its noun; None inside the pair stands for `depan`."""
    if kind_at(tokens, i) is Kind.WHICH:
        i += 1
    kind = kind_at(tokens, i)
    if kind is Kind.WILL and kind_at(tokens, i + 1) is Kind.COME:
        return Pull.AHEAD, i + 2
    if kind is Kind.PAST or (kind is Kind.RELATIVE and tokens[i].value == -1 and _not_night(tokens[i])):
        return Pull.BACK, i + 1
    if kind is Kind.NEXT or kind is Kind.AHEAD:
        return None, i + 1
    if kind in (Kind.COMING, Kind.LATER) or (kind is Kind.RELATIVE and tokens[i].value == 1):
        return Pull.AHEAD, i + 1
    if kind is Kind.THIS:
        return Pull.THIS, i + 1
    return None


def _not_night(token: Token) -> bool:
    return token.text not in ("semalam", "smlm")


def read_number(tokens: Sequence[Token], i: int) -> tuple[int, int] | None:
    """A number in digits or words up to ninety-nine."""
    kind = kind_at(tokens, i)
    if kind is Kind.NUMBER:
        return tokens[i].value, i + 1
    if kind is not Kind.NUMBER_WORD:
        return None
    value = tokens[i].value
    if value < 10 and kind_at(tokens, i + 1) is Kind.TEEN:
        return 10 + value, i + 2
    if value < 10 and kind_at(tokens, i + 1) is Kind.TENS:
        value, i = value * 10, i + 2
        if kind_at(tokens, i) is Kind.NUMBER_WORD and tokens[i].value < 10:
            return value + tokens[i].value, i + 1
        return value, i
    return value, i + 1


def is_length(tokens: Sequence[Token], i: int) -> bool:
    number = read_number(tokens, i)
    return number is not None and kind_at(tokens, number[1]) in (Kind.DAY_UNIT, Kind.WEEK)


def kind_at(tokens: Sequence[Token], i: int) -> Kind:
    return tokens[i].kind if 0 <= i < len(tokens) else Kind.LINE


def text_at(tokens: Sequence[Token], i: int) -> str:
    return tokens[i].text if 0 <= i < len(tokens) else ""
