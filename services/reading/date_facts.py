"""One day and the facts that name it: the lower half of the date grammar.

    day      = fact { [","] fact }                  facts must agree: "Senin, 16 Nov", "besok Jumat"
    fact     = relative | weekday [which] | week which | date
    date     = ["tgl"] number [month] [year] | "24/12[/2026]" | month "tgl" number | month number year
    which    = "lalu" | "kemarin" | "depan" | "ini" | "mendatang" | "minggu lalu" …

Every function takes the tokens and a position, and gives what it read with the position after it, or None.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.reading.date_terms import Pull, Term
from services.reading.date_tokens import Token
from services.reading.date_words import Kind

MOST_DAYS = 400
_END = Token(Kind.LINE, 0, 0, "")
_CLOSED = frozenset(  # what may follow a number that is a year or a day without saying so
    (Kind.LINE, Kind.COMMA, Kind.DOT, Kind.CLOSE, Kind.OPEN, Kind.COLON, Kind.DASH, Kind.UNTIL, Kind.AND)
) | {Kind.DAY_PART, Kind.NIGHT, Kind.TIME, Kind.DURING, Kind.MARK}

_ORDINALS = ("pertama", "kedua", "ketiga", "keempat", "terakhir")


@dataclass(frozen=True, slots=True)
class Day:
    """A term, or one fact of it, and the position after it."""

    term: Term
    stop: int


def read_day(tokens: Sequence[Token], start: int) -> Day | None:
    """One day: facts side by side, as long as each says something new."""
    term: Term | None = None
    i = start
    while True:
        j = i
        if term is not None:
            shortened = kind_at(tokens, i) is Kind.DOT and len(text_at(tokens, i - 1)) <= 3  # "Sen. 16 Nov"
            j = _glue(tokens, i + shortened)
        while kind_at(tokens, j) is Kind.FROM and term is not None and term == Term(week=term.week):
            j += 1
        fact = _fact(tokens, j, term)
        if fact is None:
            break
        merged = fact.term if term is None else _merge(term, fact.term)
        if merged is None:
            break
        term, i = merged, fact.stop
        if kind_at(tokens, i) is Kind.CLOSE:
            i += 1
    if term is None:
        return None
    i = _after_day_part(tokens, i)
    return Day(term, i)


def _glue(tokens: Sequence[Token], i: int) -> int:
    while kind_at(tokens, i) in (Kind.COMMA, Kind.OPEN, Kind.SLASH, Kind.WHICH) and i < len(tokens):
        i += 1
    return i


def _after_day_part(tokens: Sequence[Token], i: int) -> int:
    while kind_at(tokens, i) in (Kind.DAY_PART, Kind.NIGHT, Kind.TIME):
        i += 1
    return i


def _merge(term: Term, fact: Term) -> Term | None:
    """Both facts in one term; None when the second says again what the first already said."""
    if not term.marked or (not fact.marked and term.weekday is None):
        return None
    if term.day is not None and fact.day is not None:
        return None
    if term.offset is not None and (fact.offset is not None or fact.week is not None):
        return None
    if term.weekday is not None and fact.weekday is not None:
        return None
    if term.week is not None and fact.week is not None:
        return None
    return Term(
        offset=_either(term.offset, fact.offset),
        weekday=_either(term.weekday, fact.weekday),
        week=_either(term.week, fact.week),
        day=_either(term.day, fact.day),
        month=_either(term.month, fact.month),
        year=_either(term.year, fact.year),
        month_shift=_either(term.month_shift, fact.month_shift),
        year_shift=_either(term.year_shift, fact.year_shift),
        pull=term.pull or fact.pull,
    )


def _either(one: int | None, other: int | None) -> int | None:
    return other if one is None else one


def _fact(tokens: Sequence[Token], i: int, beside: Term | None) -> Day | None:
    return _relative(tokens, i) or read_weekday(tokens, i) or _week(tokens, i) or _date(tokens, i, beside)


def _relative(tokens: Sequence[Token], i: int) -> Day | None:
    kind = kind_at(tokens, i)
    token = tokens[i] if i < len(tokens) else _END
    following = tokens[i + 1] if i + 1 < len(tokens) else _END
    if kind is Kind.RELATIVE:
        if token.value == -1 and (
            (following.value == 2 and following.kind is Kind.RELATIVE) or following.text == "dulu"
        ):
            return Day(Term(offset=-2), i + 2)
        if token.value == 1 and following.kind is Kind.RELATIVE and following.value == 2:
            return Day(Term(offset=2), i + 2)
        if following.kind is Kind.DAY_UNIT and kind_at(tokens, i + 2) is not Kind.WEEKDAY:
            return Day(Term(offset=token.value), i + 2 if token.text.endswith("sok") else i + 1)
        return Day(Term(offset=token.value), i + 1)
    if kind is Kind.DAY_UNIT and following.kind is Kind.THIS:
        return Day(Term(offset=0), i + 2)
    if kind is Kind.DAY_UNIT and following.kind is Kind.RELATIVE:
        return _relative(tokens, i + 1)
    if kind is Kind.NOW:
        return Day(Term(offset=0), i + 1)
    if kind is Kind.EARLIER:
        night = following.kind is Kind.NIGHT
        return Day(Term(offset=-1 if night else 0), i + 1 + (night or following.kind is Kind.DAY_PART))
    if kind is Kind.LATER and following.kind in (Kind.DAY_PART, Kind.NIGHT):
        return Day(Term(offset=0), i + 2)
    if kind in (Kind.DAY_PART, Kind.NIGHT) and following.kind is Kind.THIS:
        return Day(Term(offset=0), i + 2)
    if kind is Kind.DAY_EN and following.kind in (Kind.AFTER_EN, Kind.BEFORE_EN):
        return Day(Term(offset=2 if following.kind is Kind.AFTER_EN else -2), i + 3)
    if kind is Kind.IN_EN:
        counted = _counted_days(tokens, i + 1)
        return Day(Term(offset=counted[0]), counted[1]) if counted else None
    counted = _counted_days(tokens, i)
    if counted is None:
        return None
    days, stop = counted
    if kind_at(tokens, stop) is Kind.AGAIN:
        return Day(Term(offset=days), stop + 1)
    which = read_which(tokens, stop)
    if which and which[0] is Pull.BACK and kind_at(tokens, which[1] - 1) is Kind.PAST:
        return Day(Term(offset=-days), which[1])
    if which and which[0] is Pull.AHEAD and kind_at(tokens, which[1] - 1) is Kind.COME:
        return Day(Term(offset=days), which[1])
    return None


def _counted_days(tokens: Sequence[Token], i: int) -> tuple[int, int] | None:
    if kind_at(tokens, i) is Kind.DAYS and tokens[i].value > 0:
        return tokens[i].value, i + 1
    number = read_number(tokens, i)
    if number is None or number[0] > MOST_DAYS:
        return None
    unit = kind_at(tokens, number[1])
    if unit in (Kind.DAY_UNIT, Kind.DAY_EN):
        return number[0], number[1] + 1
    if unit in (Kind.WEEK, Kind.WEEK_OR_SUNDAY):
        return number[0] * 7, number[1] + 1
    return None


def read_weekday(tokens: Sequence[Token], i: int) -> Day | None:
    """[hari] Senin [which], with "minggu" as Sunday wherever it doesn't mean the week."""
    early = _leading_which(tokens, i)
    start = early[1] if early else i
    said_day = kind_at(tokens, start) is Kind.DAY_UNIT
    j = start + 1 if said_day else start
    kind = kind_at(tokens, j)
    if kind is Kind.WEEKDAY:
        weekday = tokens[j].value
    elif kind is Kind.WEEK_OR_SUNDAY and early is None and (said_day or read_which(tokens, j + 1) is None):
        if tokens[j].text == "min" and not (said_day or len(tokens) == 1 or _weekday_behind(tokens, j)):
            return None  # "min" is also how one addresses an admin
        if is_counted_week(tokens, j):
            return None
        if (
            kind_at(tokens, j - 1) in (Kind.NUMBER, Kind.NUMBER_WORD, Kind.TENS, Kind.TEEN, Kind.VAGUE)
            and j > 0
        ):
            return None
        weekday = 6
    else:
        return None
    j = _after_day_part(tokens, j + 1)
    if early:
        return Day(_placed(Term(weekday=weekday), early[0]), j)
    if kind_at(tokens, j) in (Kind.WEEK_OR_SUNDAY, Kind.WEEK):
        week = _week(tokens, j)
        if week:
            return Day(replace(week.term, weekday=weekday), week.stop)
    if kind_at(tokens, j) in (Kind.NUMBER, Kind.NUMBER_WORD):
        week = _week(tokens, j)
        if week:
            return Day(replace(week.term, weekday=weekday), week.stop)
    which = read_which(tokens, j)
    if which is None:
        return Day(Term(weekday=weekday), j)
    return Day(_placed(Term(weekday=weekday), which[0]), which[1])


def _weekday_behind(tokens: Sequence[Token], j: int) -> bool:
    return (
        j >= 2
        and kind_at(tokens, j - 1) in (Kind.DASH, Kind.UNTIL, Kind.AND)
        and (kind_at(tokens, j - 2) is Kind.WEEKDAY)
    )


def _placed(term: Term, pull: Pull | None) -> Term:
    """A weekday with its direction; `depan` (None) is that day of next week."""
    return replace(term, week=1) if pull is None else replace(term, pull=pull)


def _week(tokens: Sequence[Token], i: int) -> Day | None:
    """A whole week: minggu lalu, pekan ini, minggu depan; with a weekday also "2 minggu lagi"."""
    early = _leading_which(tokens, i)
    if early and kind_at(tokens, early[1]) in (Kind.WEEK, Kind.WEEK_OR_SUNDAY):
        return Day(Term(week=_shift(early[0])), early[1] + 1)
    if kind_at(tokens, i) in (Kind.WEEK, Kind.WEEK_OR_SUNDAY):
        which = read_which(tokens, i + 1)
        if which is None:
            return None
        if which[0] is Pull.AHEAD and kind_at(tokens, which[1] - 1) in (Kind.RELATIVE, Kind.LATER):
            return None
        return Day(Term(week=_shift(which[0])), which[1])
    if kind_at(tokens, i - 1) in (Kind.WEEKDAY, Kind.WEEK_OR_SUNDAY) and i > 0:
        counted = _relative(tokens, i)
        if (
            counted
            and counted.term.offset is not None
            and counted.term.offset % 7 == 0
            and counted.stop > i + 1
        ):
            return Day(Term(week=counted.term.offset // 7), counted.stop)
    return None


def _shift(pull: Pull | None) -> int:
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


def _leading_which(tokens: Sequence[Token], i: int) -> tuple[Pull | None, int] | None:
    """A direction before its noun, as in English: last Friday, next week, this Monday."""
    kind = kind_at(tokens, i)
    if kind is Kind.LAST_EN:
        return Pull.BACK, i + 1
    if kind is Kind.NEXT_EN:
        return None, i + 1
    if kind is Kind.THIS and text_at(tokens, i) == "this":
        return Pull.THIS, i + 1
    return None


def _date(tokens: Sequence[Token], i: int, beside: Term | None) -> Day | None:
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
            shift = _shift(which[0])
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
            shift = _shift(which[0])
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
    skipped = _glue(tokens, i) - i
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
            shift = _shift(which[0])
            return Day(replace(term, year_shift=shift), which[1])
    which = read_which(tokens, i)
    if which is None or term.year is not None:
        return Day(term, which[1] if which and which[0] is not Pull.THIS else i)
    pull = Pull.AHEAD if which[0] is None else which[0]
    return Day(term if pull is Pull.THIS else replace(term, pull=pull), which[1])


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


def is_counted_week(tokens: Sequence[Token], i: int) -> bool:
    """Whether "minggu" or "pekan" at `i` counts weeks of a month: minggu ke-2, minggu pertama."""
    if kind_at(tokens, i) not in (Kind.WEEK_OR_SUNDAY, Kind.WEEK):
        return False
    if kind_at(tokens, i + 1) is Kind.TOWARDS:
        return True
    following = text_at(tokens, i + 1)
    return following.startswith("ke-") or following in _ORDINALS
