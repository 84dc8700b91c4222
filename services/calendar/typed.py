"""Reads what an admin types about days off: «24 Desember Cuti bersama kantor», «12-13 Des Rapat kerja»."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.entries.openings import opens_with_work
from services.reading.capture import read_entries
from services.reading.date_grammar import read_phrase
from services.reading.date_steps import kind_at
from services.reading.date_terms import Phrase
from services.reading.date_tokens import Token, tokens_of
from services.reading.date_words import Kind
from services.reading.dates import Mode, Span, read_dates

BACK = timedelta(days=31)
"""A date without its year that lies further back is the one of the next year."""
EDGES = " \t\n:;,.-–—·"


@dataclass(frozen=True, slots=True)
class NamedDays:
    """Days and what they are called; the name may be empty."""

    span: Span
    name: str


def read_span(text: str, *, year: int, today: date) -> Span | None:
    """The days a text names. A date without a year is of `year`; «besok», «Senin» count from `today`."""
    start = date(year, 1, 1)
    ahead = read_dates(text, today=start, mode=Mode.FUTURE)
    again = (
        read_dates(text, today=date(year, 7, 1), mode=Mode.FUTURE),
        read_dates(text, today=date(year, 12, 31), mode=Mode.PAST),
    )
    if ahead is None or ahead not in again:  # it moves with the day one looks from
        return read_dates(text, today=today, mode=Mode.FUTURE)
    if ahead.last < today - BACK:
        return read_dates(text, today=date(year + 1, 1, 1), mode=Mode.FUTURE)
    return ahead


def read_named_days(text: str, *, year: int, today: date) -> NamedDays | None:
    """The days a text names, wherever they stand in it, and the rest as their name. None without any day."""
    text = " ".join(text.split())
    tokens = tokens_of(text)
    phrase = _meant(tokens)
    if phrase is None or phrase.mixed or kind_at(tokens, phrase.start - 1) is Kind.NUMBER:
        return None  # «3 5 7-9 Des» is no name «3 5»
    first, end = tokens[phrase.start].start, tokens[phrase.stop - 1].end
    span = read_span(text[first:end], year=year, today=today)
    if span is None:
        return None
    before, after = text[:first].strip(EDGES), text[end:].strip(EDGES)
    return NamedDays(span, f"{before} {after}".strip())


def read_name_of(span: Span, text: str, read: NamedDays | None) -> NamedDays:
    """What is typed after days without a name: their name, unless it gives a date (`read`) of its own.

    A weekday alone is a part of the name: «Jumat Agung».
    """
    phrase = _meant(tokens_of(text))
    dated = phrase is not None and any(term.day is not None for term in phrase.terms)
    if read is not None and (dated or not read.name):
        return read
    return NamedDays(span, " ".join(text.split()))


def is_report(text: str) -> bool:
    """Whether a text typed while days off are asked for is plainly what somebody did.

    It gives an outcome, or several activities without any day, or work of today or of a day gone by.
    """
    found = read_entries(text)
    if any(one.outcome for one in found):
        return True
    tokens = tokens_of(text)
    phrase = _meant(tokens)
    if phrase is None:
        return len(found) > 1
    gone_by = all(one.offset is not None and one.offset <= 0 for one in phrase.terms)
    return gone_by and opens_with_work(text[tokens[phrase.stop - 1].end :], ())


def _meant(tokens: Sequence[Token]) -> Phrase | None:
    """The phrase that says which days: the first with a day of a month, else the first («besok», «Senin»).

    The name of a day off may hold a weekday of its own: «Jumat Agung 3 April», «Rabu Abu 10 Feb».
    """
    phrases, place = [], 0
    while place < len(tokens):
        phrase = read_phrase(tokens, place)
        place = place + 1 if phrase is None else max(phrase.stop, place + 1)
        if phrase is not None and not phrase.until_only:
            phrases.append(phrase)
    dated = (one for one in phrases if any(term.day is not None for term in one.terms))
    return next(dated, phrases[0] if phrases else None)
