"""Reads what an admin types about days off: «24 Desember Cuti bersama kantor», «12-13 Des Rapat kerja»."""

from dataclasses import dataclass
from datetime import date, timedelta

from services.reading.date_grammar import read_phrase
from services.reading.date_tokens import tokens_of
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
    for place in range(len(tokens)):
        phrase = read_phrase(tokens, place)
        if phrase is None or phrase.until_only:
            continue
        first, end = tokens[phrase.start].start, tokens[phrase.stop - 1].end
        span = read_span(text[first:end], year=year, today=today)
        if span is None:
            return None
        before, after = text[:first].strip(EDGES), text[end:].strip(EDGES)
        return NamedDays(span, f"{before} {after}".strip())
    return None
