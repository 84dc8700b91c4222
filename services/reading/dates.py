"""Days as Indonesians type them in chat.

The grammar of `date_grammar` says what was typed, `date_calendar` which days that is. Where the two modes
meet a day on the wrong side:

- A word that carries its own direction (kemarin, senin lalu) keeps it in leave, since illness is often told
  afterwards. In a report a day still to come is asked again, because a report has no future days.
- A date with its year written out is returned as it stands in either mode; the caller knows what it may be.
- A year that is none of 1990–2100 and a count of three digits ("besok 500 hari") are asked again: the day
  beside them alone would be a guess.
- Workdays ("3 hari kerja") need the calendar of the office and are asked again; "3 hari" is calendar days.
  Who has that calendar asks `read_count` for the start and the number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.reading.date_calendar import add_months, agreed_span
from services.reading.date_grammar import read_length, read_phrase, recurs, skip_vague
from services.reading.date_heading import LeadingDay, leading_day
from services.reading.date_steps import is_length
from services.reading.date_terms import Length, Mode, Phrase, Span
from services.reading.date_tokens import Token, tokens_of
from services.reading.date_words import Kind

__all__ = ["Count", "LeadingDay", "Mode", "Span", "leading_day", "read_count", "read_dates"]

_MOST_CHARACTERS = 4096
_NEVER_FIRST = frozenset(
    (
        Kind.MARK,
        Kind.JUNK,
        Kind.LINE,
        Kind.OPEN,
        Kind.CLOSE,
        Kind.COLON,
        Kind.APOSTROPHE,
        Kind.COMMA,
        Kind.TIME,
    )
)
_YEARS = range(1990, 2101)
_COUNTED = frozenset((Kind.DAY_UNIT, Kind.DAY_EN, Kind.WEEK, Kind.MONTH_UNIT))
_BETWEEN_NUMBERS = frozenset((Kind.DASH, Kind.COMMA, Kind.SLASH, Kind.UNTIL, Kind.AND))


@dataclass(frozen=True, slots=True)
class Count:
    """A start and how many days from it, that one included; `workdays`: only those are counted."""

    first: date
    days: int
    workdays: bool


def read_dates(text: str, *, today: date, mode: Mode) -> Span | None:
    """The days a text names, or None when it names none, several that don't join, or one that can't be.

    Other words around the days are passed over. Never raises; text past 4096 characters is not read.
    """
    tokens = tokens_of(text[:_MOST_CHARACTERS])
    if recurs(tokens):
        return None
    phrases, lengths = phrases_of(tokens)
    if not phrases or _beyond(tokens, phrases):
        return None
    span = agreed_span(phrases, today, mode)
    return span if span is None else _lengthened(span, lengths, phrases)


def read_count(text: str, *, today: date, mode: Mode) -> Count | None:
    """A single day and the one number of days beside it: "mulai Senin 3 hari", "besok 3 hari kerja"."""
    tokens = tokens_of(text[:_MOST_CHARACTERS])
    if recurs(tokens):
        return None
    phrases, lengths = phrases_of(tokens)
    if not phrases or len(lengths) != 1 or any(phrase.until_only for phrase in phrases):
        return None
    if _beyond(tokens, phrases):
        return None
    span, length = agreed_span(phrases, today, mode), lengths[0]
    days = length.count if length.workdays else length.days
    if span is None or span.first != span.last or length.half or length.months or not days:
        return None
    return Count(span.first, days, workdays=length.workdays)


def _beyond(tokens: Sequence[Token], phrases: Sequence[Phrase]) -> bool:
    """Whether a year or a count of days is written that cannot be meant: "31 Des 9999", "100000 hari"."""
    if any(term.year is not None and term.year not in _YEARS for phrase in phrases for term in phrase.terms):
        return True
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        digits = token.text.replace(".", "")
        if token.kind is not Kind.JUNK or not digits.isdecimal() or len(digits) < 3:
            continue
        if after is not None and after.kind in _COUNTED:
            return True
        if before is not None and before.kind is Kind.MONTH:
            return True
    return False


def phrases_of(tokens: Sequence[Token]) -> tuple[list[Phrase], list[Length]]:
    """All phrases and lengths of a text, in their order."""
    phrases: list[Phrase] = []
    lengths: list[Length] = []
    i = 0
    while i < len(tokens):
        if tokens[i].kind in _NEVER_FIRST:
            i += 1
            continue
        skipped = skip_vague(tokens, i)
        if skipped is not None:
            i = skipped
            continue
        phrase = read_phrase(tokens, i)
        if phrase is not None:
            phrases.append(phrase)
            i = phrase.stop
            continue
        length = read_length(tokens, i)
        if length is not None:
            lengths.append(length)
            i = length.stop
            continue
        i = _past_numbers(tokens, i)
    return phrases, lengths


def _past_numbers(tokens: Sequence[Token], i: int) -> int:
    """The next position; a run of bare numbers (24-26; 1, 2, 3) is passed whole."""
    if tokens[i].kind is not Kind.NUMBER:
        return i + 1
    i += 1
    while i < len(tokens) and tokens[i].kind in _BETWEEN_NUMBERS:
        j = i + 1
        while j < len(tokens) and tokens[j].kind in _BETWEEN_NUMBERS:
            j += 1
        if j >= len(tokens) or tokens[j].kind is not Kind.NUMBER or is_length(tokens, j):
            break
        i = j + 1
    return i


def _lengthened(span: Span, lengths: Sequence[Length], phrases: Sequence[Phrase]) -> Span | None:
    """A single day with "3 hari" beside it becomes three days; a range must already be that long."""
    single = span.first == span.last
    for length in lengths:
        if length.workdays and not single:
            continue
        if length.days is None or (length.half and not single):
            return None
    counted = {(length.days, length.months) for length in lengths if not length.half and not length.workdays}
    if not counted:
        return span
    if len(counted) > 1 or any(phrase.until_only for phrase in phrases):
        return None
    days, months = counted.pop()
    try:
        last = add_months(span.first, months) - timedelta(days=1) + timedelta(days=days or 0)
    except OverflowError:
        return None
    if not single and last != span.last:
        return None
    return replace(span, last=last)
