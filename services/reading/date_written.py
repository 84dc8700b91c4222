"""Days of the month in their written shapes, one part of the date grammar.

date     = ["tgl"] number [month] [year] | "24/12[/2026]" | month "tgl" number | month number year
"""

from collections.abc import Sequence
from dataclasses import replace

from services.reading.date_steps import Day, is_length, kind_at, past_glue, read_number, read_which, shift_of
from services.reading.date_terms import Pull, Term
from services.reading.date_tokens import Token
from services.reading.date_words import Kind

_END = Token(Kind.LINE, 0, 0, "")
_CLOSED = frozenset(  # what may follow a number that is a year or a day without saying so
    (Kind.LINE, Kind.COMMA, Kind.DOT, Kind.CLOSE, Kind.OPEN, Kind.COLON, Kind.DASH, Kind.UNTIL, Kind.AND)
) | {Kind.DAY_PART, Kind.NIGHT, Kind.TIME, Kind.DURING, Kind.MARK}


def read_date(tokens: Sequence[Token], i: int, beside: Term | None) -> Day | None:
    """A day of the month in any of its written shapes."""
    marked = False
    month_before: Term | None = None
    month_led = _month_led(tokens, i)
    if month_led is not None:
        if month_led.term.day is not None:
            return month_led
        month_before, i = month_led.term, month_led.stop
    while kind_at(tokens, i) is Kind.DAY_MARK or (marked and kind_at(tokens, i) in (Kind.DOT, Kind.COLON)):
        i, marked = i + 1, True
    token = tokens[i] if i < len(tokens) else _END
    if token.kind is Kind.DATE and token.parts is not None and month_before is None:
        day, month, year = token.parts
        if token.loose and not (marked or beside or len(tokens) == 1):
            return None
        if token.loose and beside and not marked:
            return None
        return _direction(tokens, i + 1, Term(day=day, month=month, year=year))
    number = read_number(tokens, i)
    if number is None:
        return None
    day, j = number
    if kind_at(tokens, j) is Kind.ORDINAL_EN:
        j += 1
    if month_before is not None:
        return _direction(tokens, j, replace(month_before, day=day)) if marked else None
    k = j + 1 if kind_at(tokens, j) in (Kind.DASH, Kind.SLASH, Kind.DOT, Kind.COMMA) else j
    if kind_at(tokens, k) is Kind.MONTH_UNIT and kind_at(tokens, k + 1) in (Kind.MONTH, Kind.NUMBER):
        k += 1
    if kind_at(tokens, k) is Kind.MONTH:
        year, stop = _year(tokens, k + 1)
        return _direction(tokens, stop, Term(day=day, month=tokens[k].value, year=year))
    if k > j and kind_at(tokens, j + 1) is Kind.MONTH_UNIT:
        k = j
    if kind_at(tokens, j) is Kind.MONTH_UNIT:
        if kind_at(tokens, k) is Kind.NUMBER and k > j and 1 <= tokens[k].value <= 12:
            year, stop = _year(tokens, k + 1)
            return _direction(tokens, stop, Term(day=day, month=tokens[k].value, year=year))
        which = read_which(tokens, j + 1)
        if which and marked:
            shift = shift_of(which[0])
            return Day(Term(day=day, month_shift=shift), which[1])
        return None
    if marked:
        return _direction(tokens, j, Term(day=day))
    return _bare_number(tokens, i, j, day, beside)


def _bare_number(tokens: Sequence[Token], i: int, j: int, day: int, beside: Term | None) -> Day | None:
    """A number on its own: a day only beside a weekday or in a list or range that says its month."""
    if tokens[i].kind is not Kind.NUMBER or not 1 <= day <= 99 or is_length(tokens, i):
        return None
    if beside is not None:
        if beside.weekday is None or beside.day is not None or not 1 <= day <= 31:
            return None
        closed = kind_at(tokens, j) in _CLOSED
        return Day(Term(day=day), j) if closed and beside.offset is None else None
    return Day(Term(day=day, marked=False), j)


def _month_led(tokens: Sequence[Token], i: int) -> Day | None:
    """Month first: "bulan depan tgl 5", "December 5, 2026"; without its day when a "tgl" follows."""
    if kind_at(tokens, i) is Kind.MONTH_UNIT:
        which = read_which(tokens, i + 1)
        if which and _mark_ahead(tokens, which[1]) is not None:
            shift = shift_of(which[0])
            return Day(Term(month_shift=shift), which[1] + (_mark_ahead(tokens, which[1]) or 0))
        if kind_at(tokens, i + 1) is not Kind.MONTH:
            return None
        i += 1
    if kind_at(tokens, i) is not Kind.MONTH:
        return None
    month = Term(month=tokens[i].value)
    year, stop = _year(tokens, i + 1, short=False)
    ahead = _mark_ahead(tokens, stop)
    if ahead is not None:
        return Day(replace(month, year=year), stop + ahead)
    number = read_number(tokens, i + 1)
    if number is None or tokens[i + 1].kind is not Kind.NUMBER:
        return None
    day, j = number
    if kind_at(tokens, j) is Kind.ORDINAL_EN:
        j += 1
    year, stop = _year(tokens, j, short=False)
    if year is None and (20 <= day <= 39 and not _in_range(tokens, i, j)):
        return None  # "Des 26" may be a year
    if year is None and kind_at(tokens, j) not in _CLOSED:
        return None
    return _direction(tokens, stop, replace(month, day=day, year=year))


def _in_range(tokens: Sequence[Token], i: int, j: int) -> bool:
    joints = (Kind.DASH, Kind.UNTIL, Kind.AND)
    return kind_at(tokens, i - 1) in joints or kind_at(tokens, j) in joints


def _mark_ahead(tokens: Sequence[Token], i: int) -> int | None:
    """How many separators stand before a "tgl", or None when there is none."""
    skipped = past_glue(tokens, i) - i
    return skipped if kind_at(tokens, i + skipped) is Kind.DAY_MARK else None


def _year(tokens: Sequence[Token], i: int, *, short: bool = True) -> tuple[int | None, int]:
    """An optional year behind a month: 2026, '26, 26."""
    start = i
    while kind_at(tokens, i) in (Kind.COMMA, Kind.DASH, Kind.SLASH, Kind.DOT) and i < start + 1:
        i += 1
    if kind_at(tokens, i) is Kind.YEAR_UNIT:
        i += 1
    if kind_at(tokens, i) is Kind.YEAR:
        return tokens[i].value, i + 1
    if not short:
        return None, start
    if kind_at(tokens, i) is Kind.APOSTROPHE and kind_at(tokens, i + 1) is Kind.NUMBER:
        return 2000 + tokens[i + 1].value, i + 2
    glued = i == start or kind_at(tokens, start) in (Kind.DASH, Kind.SLASH)
    if (
        glued
        and kind_at(tokens, i) is Kind.NUMBER
        and len(tokens[i].text) == 2
        and 20 <= tokens[i].value <= 39
    ):
        if i > start and tokens[i].start != tokens[start].end:
            return None, start
        if kind_at(tokens, i + 1) in _CLOSED:
            return 2000 + tokens[i].value, i + 1
    return None, start


def _direction(tokens: Sequence[Token], i: int, term: Term) -> Day:
    """The direction behind a date: "tgl 16 kemarin", "12 November lalu", "25 Des tahun lalu"."""
    if kind_at(tokens, i) is Kind.YEAR_UNIT and term.year is None:
        which = read_which(tokens, i + 1)
        if which:
            shift = shift_of(which[0])
            return Day(replace(term, year_shift=shift), which[1])
    which = read_which(tokens, i)
    if which is None or term.year is not None:
        return Day(term, which[1] if which and which[0] is not Pull.THIS else i)
    pull = Pull.AHEAD if which[0] is None else which[0]
    return Day(term if pull is Pull.THIS else replace(term, pull=pull), which[1])
