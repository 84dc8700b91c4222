"""Why days that were typed cannot be read: the one fault that is named when they are asked for again."""

import calendar
import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.reading.date_calendar import resolve_phrase, resolve_term
from services.reading.date_terms import Join, Mode, Phrase, Term
from services.reading.date_tokens import tokens_of
from services.reading.date_words import Kind
from services.reading.dates import phrases_of

_MOST_CHARACTERS = 4096
_LEAP_YEAR = 2028


class Fault(enum.StrEnum):
    """UNREAD: none of the others."""

    NO_SUCH_DAY = "no_such_day"
    OTHER_WEEKDAY = "other_weekday"
    REVERSED = "reversed"
    NO_START = "no_start"
    NO_MONTH = "no_month"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Misread:
    """A fault. `day`, `month`: of a date that is not there; `dated`: the one whose weekday is another."""

    fault: Fault
    day: int = 0
    month: int = 0
    dated: date | None = None


def find_fault(text: str, *, today: date) -> Misread:
    """What is wrong with words in which no days can be read. Never raises."""
    tokens = tokens_of(text[:_MOST_CHARACTERS])
    phrases, lengths = phrases_of(tokens)
    for phrase in phrases:
        found = _in_phrase(phrase, today)
        if found is not None:
            return found
    if phrases:
        return Misread(Fault.UNREAD)
    if any(length.days for length in lengths) or any(length.workdays for length in lengths):
        return Misread(Fault.NO_START)
    numbers = [token.value for token in tokens if token.kind is Kind.NUMBER]
    return Misread(Fault.NO_MONTH if numbers and max(numbers) <= 31 else Fault.UNREAD)


def _in_phrase(phrase: Phrase, today: date) -> Misread | None:
    for term in _dated(phrase.terms):
        if term.month and not _exists(term):
            return Misread(Fault.NO_SUCH_DAY, day=term.day or 0, month=term.month)
        plain = resolve_term(replace(term, weekday=None), today, Mode.FUTURE)
        if plain is not None and term.weekday not in (None, plain.first.weekday()):
            return Misread(Fault.OTHER_WEEKDAY, dated=plain.first)
    if phrase.join is Join.RANGE and not phrase.mixed and len(_dated(phrase.terms)) == len(phrase.terms):
        return None if resolve_phrase(phrase, today, Mode.FUTURE) else Misread(Fault.REVERSED)
    return None


def _dated(terms: Sequence[Term]) -> list[Term]:
    """The days of a month among the terms; one that is said without its month has that of the others."""
    month = next((term.month for term in reversed(terms) if term.month), None)
    return [replace(term, month=term.month or month) for term in terms if term.day is not None]


def _exists(term: Term) -> bool:
    month = term.month or 0
    if not 1 <= month <= 12:
        return True  # «5/13» is no date of a month that could be named
    return 1 <= (term.day or 0) <= calendar.monthrange(term.year or _LEAP_YEAR, month)[1]
