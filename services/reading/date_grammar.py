"""The grammar of Indonesian days: tokens to phrases and lengths.

    phrase   = [from] day { (until | and | "," | "-") day }
    length   = number "hari" | number "minggu" | "seminggu" …

A `day` is read by `date_facts`. Every function takes the tokens and a position, and gives what it read with
the position after it, or None. Nothing here knows today's date.
"""

from collections.abc import Sequence
from dataclasses import replace

from services.reading.date_facts import is_counted_week, read_day, read_weekday
from services.reading.date_steps import MOST_DAYS, Day, is_length, kind_at, read_number, read_which, text_at
from services.reading.date_terms import Join, Length, Phrase, Term
from services.reading.date_tokens import Token
from services.reading.date_words import Kind

# A list longer than a month is no answer; reading it from every start would cost the square of its length.
_MOST_TERMS = 31
_NO = frozenset(("tidak", "tdk", "gak", "ga", "gk", "nggak", "ngga", "enggak", "ndak", "tak", "kagak"))
_BESIDE = frozenset(("sebelum", "sblm", "setelah", "stlh", "sesudah", "ssdh"))
"""A day behind these is only what the day meant lies before or after."""
_RECURRING = frozenset((Kind.EVERY, Kind.EXCEPT))


def read_phrase(tokens: Sequence[Token], start: int) -> Phrase | None:
    """The longest phrase of days that begins at `start`."""
    i, from_said = start, False
    while kind_at(tokens, i) is Kind.FROM:
        i, from_said = i + 1, True
    if kind_at(tokens, i) is Kind.UNTIL and not from_said:
        end = read_day(tokens, _after_until(tokens, i))
        return (
            Phrase((end.term,), None, start, end.stop, until_only=True) if end and end.term.marked else None
        )
    first = read_day(tokens, i)
    if first is None:
        return None
    terms, stop, join, mixed = [first.term], first.stop, None, False
    while len(terms) <= _MOST_TERMS:
        step = _join(tokens, stop, terms, from_said)
        if step is None:
            break
        following, how = step
        if join is Join.RANGE or (how is Join.RANGE and join is not None):
            mixed = True
        terms.append(following.term)
        stop, join = following.stop, join or how
    mixed = mixed or _end_unread(tokens, stop) or _number_before(tokens, start)
    if not any(term.marked for term in terms):
        # Bare numbers alone say nothing; step over all of them so that "24-26" isn't read from its middle.
        return None
    return Phrase(tuple(replace(term, marked=True) for term in terms), join, start, stop, mixed=mixed)


def read_length(tokens: Sequence[Token], start: int) -> Length | None:
    """A count of days, weeks or months that is no direction: "3 hari", "seminggu", "setengah hari"."""
    i = start
    if kind_at(tokens, i) is Kind.HALF:
        i += 1
        if kind_at(tokens, i) is Kind.DAY_UNIT:
            i += 1
        elif tokens[start].text.isalpha():
            return None
        return Length(1, 0, i, half=True)
    days: int | None
    said: int | None = None
    months = 0
    if kind_at(tokens, i) in (Kind.DAYS, Kind.MONTHS):
        days = tokens[i].value if tokens[i].value > 0 else None
        if kind_at(tokens, i) is Kind.MONTHS:
            days, months = 0, 1
        i += 1
    else:
        number = read_number(tokens, i)
        if number is None:
            return None
        count, i = number
        if kind_at(tokens, i) in (Kind.DAY_UNIT, Kind.DAY_EN):
            days = said = count
        elif kind_at(tokens, i) in (Kind.WEEK, Kind.WEEK_OR_SUNDAY):
            days = count * 7
        elif kind_at(tokens, i) is Kind.MONTH_UNIT:
            days, months = 0, count
        else:
            return None
        i += 1
    workdays = kind_at(tokens, i) is Kind.WORK
    if workdays:
        return Length(None, 0, i + 1, workdays=True, count=said)
    if kind_at(tokens, i) is Kind.AHEAD or (
        kind_at(tokens, i) is Kind.TOWARDS and kind_at(tokens, i + 1) is Kind.NEXT
    ):
        i += 1 if kind_at(tokens, i) is Kind.AHEAD else 2
    elif kind_at(tokens, i) is Kind.COMING:
        i += 1
    elif kind_at(tokens, i) in (Kind.AROUND, Kind.THIS, Kind.PAST, Kind.AGAIN, Kind.NEXT, Kind.WHICH) or (
        kind_at(tokens, i) is Kind.RELATIVE
        and tokens[i].text.startswith("k")
        and tokens[i].value == -1
        and kind_at(tokens, i - 1) is not Kind.FROM
    ):
        # "2 hari kemarin", "3 hari terakhir", "minggu … lagi": counted from a day that was not said.
        return Length(None, 0, i + 1)
    if days is None or days + months * 31 > MOST_DAYS or days + months < 1:
        return Length(None, 0, i)
    return Length(days, months, i)


def skip_vague(tokens: Sequence[Token], start: int) -> int | None:
    """Position after words that name a time but no day: "akhir pekan depan", "minggu ke-2", "malam Jumat"."""
    kind = kind_at(tokens, start)
    if kind is Kind.VAGUE:
        i = start + 1
        if kind_at(tokens, i) in (
            Kind.WEEK,
            Kind.WEEK_OR_SUNDAY,
            Kind.MONTH_UNIT,
            Kind.YEAR_UNIT,
            Kind.MONTH,
        ):
            pull = read_which(tokens, i + 1)
            return pull[1] if pull else i + 1
        return None
    if is_counted_week(tokens, start):
        return start + 2
    if kind is Kind.NIGHT and kind_at(tokens, start + 1) in (Kind.WEEKDAY, Kind.WEEK_OR_SUNDAY):
        return start + 2
    if kind is Kind.NOT_A_DAY:
        i = start + 1
        while kind_at(tokens, i) in (Kind.DOT, Kind.COLON):
            i += 1
        return i + 1 if kind_at(tokens, i) in (Kind.NUMBER, Kind.DATE, Kind.YEAR) else None
    if kind is Kind.NOT or _called_off(tokens, start) or text_at(tokens, start) in _BESIDE:
        phrase = read_phrase(tokens, start + 1)
        if phrase is None:
            return None
        # "bukan kemarin, Senin": after the comma comes what is meant; "bukan Senin, 16 Nov" is one day.
        meant = kind_at(tokens, start + 1) is Kind.RELATIVE or (
            kind_at(tokens, start + 1) is Kind.WEEKDAY and kind_at(tokens, start + 3) is Kind.WEEKDAY
        )
        return start + 2 if meant and kind_at(tokens, start + 2) is Kind.COMMA else phrase.stop
    return None


def _called_off(tokens: Sequence[Token], i: int) -> bool:
    """Whether "jadi" stands behind a no: "gak jadi besok" takes the day back, "tidak masuk besok" doesn't."""
    return text_at(tokens, i) in ("jadi", "jd") and text_at(tokens, i - 1) in _NO


def recurs(tokens: Sequence[Token]) -> bool:
    """Whether the text speaks of a habit or an exception, which no single span can say."""
    return any(token.kind in _RECURRING for token in tokens)


def _join(tokens: Sequence[Token], stop: int, terms: list[Term], from_said: bool) -> tuple[Day, Join] | None:
    """The next day of the phrase and how it is tied to the one before."""
    kind, before = kind_at(tokens, stop), terms[-1]
    if kind is Kind.UNTIL or kind is Kind.DASH or (kind is Kind.TOWARDS and from_said):
        i = _after_until(tokens, stop)
        following = read_day(tokens, i)
        if following is None or (kind is Kind.DASH and is_length(tokens, i)):
            return None
        if before.only_weekday and following.term.day is not None and following.term.month is None:
            # "Senin s.d. Rabu, 23-25 Nov": the number opens the range that follows.
            plain = read_weekday(tokens, i)
            if plain and kind_at(tokens, following.stop) in (Kind.DASH, Kind.UNTIL):
                following = plain
        return following, Join.RANGE
    if kind in (Kind.AND, Kind.COMMA, Kind.SLASH):
        i = stop + 1
        if kind is Kind.COMMA and kind_at(tokens, i) is Kind.AND:
            i += 1
        following = read_day(tokens, i)
        if following is None or is_length(tokens, i):
            return None
        alike = _alike(before, following.term)
        if kind is Kind.AND or (alike and (kind is Kind.COMMA or _opens_list(before))):
            return following, Join.LIST
        return None
    if before.weekday is not None and before.day is None and kind in (Kind.WEEKDAY, Kind.WEEK_OR_SUNDAY):
        following = read_day(tokens, stop)
        if following and following.term.weekday is not None and following.term.day is None:
            return following, Join.LIST
    return None


def _end_unread(tokens: Sequence[Token], stop: int) -> bool:
    """Whether "sampai" is followed by something of a date that was not understood."""
    following = kind_at(tokens, _after_until(tokens, stop))
    if kind_at(tokens, stop) is Kind.UNTIL:
        return following in (Kind.NUMBER, Kind.JUNK, Kind.MONTH, Kind.YEAR, Kind.DATE)
    return kind_at(tokens, stop) is Kind.DASH and following is Kind.MONTH


def _number_before(tokens: Sequence[Token], start: int) -> bool:
    """Whether a number runs into the day without saying how: "23 24 25 nov", "12 atau 13 nov"."""
    if start < 1 or kind_at(tokens, start) is not Kind.NUMBER:
        return False
    i = start - 1
    if kind_at(tokens, i) in (Kind.OR, Kind.TOWARDS):
        i -= 1
    return i >= 0 and kind_at(tokens, i) is Kind.NUMBER


def _opens_list(term: Term) -> bool:
    """Whether a slash may follow: only a day still waiting for its month, as in 24/25 Des."""
    return term.day is not None and term.month is None


def _alike(one: Term, other: Term) -> bool:
    if one.day is not None and other.day is not None:
        return True
    if one.offset is not None and other.offset is not None:
        return True
    return one.weekday is not None and other.weekday is not None and one.day is None and other.day is None


def _after_until(tokens: Sequence[Token], i: int) -> int:
    i += 1
    while kind_at(tokens, i) in (Kind.WITH, Kind.UNTIL, Kind.DOT, Kind.FROM, Kind.DASH):
        i += 1
    return i
