"""One day and the facts that name it: the middle of the date grammar.

day      = fact { [","] fact }                  facts must agree: "Senin, 16 Nov", "besok Jumat"
fact     = relative | weekday [which] | week which | date
"""

from collections.abc import Sequence
from dataclasses import replace

from services.reading.date_steps import (
    MOST_DAYS,
    Day,
    kind_at,
    past_glue,
    read_number,
    read_which,
    shift_of,
    text_at,
)
from services.reading.date_terms import Pull, Term
from services.reading.date_tokens import Token
from services.reading.date_words import Kind
from services.reading.date_written import read_date

_END = Token(Kind.LINE, 0, 0, "")
_ORDINALS = ("pertama", "kedua", "ketiga", "keempat", "terakhir")


def read_day(tokens: Sequence[Token], start: int) -> Day | None:
    """One day: facts side by side, as long as each says something new."""
    term: Term | None = None
    i = start
    while True:
        j = i
        if term is not None:
            shortened = kind_at(tokens, i) is Kind.DOT and len(text_at(tokens, i - 1)) <= 3  # "Sen. 16 Nov"
            j = past_glue(tokens, i + shortened)
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
    return _relative(tokens, i) or read_weekday(tokens, i) or _week(tokens, i) or read_date(tokens, i, beside)


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
        return Day(Term(week=shift_of(early[0])), early[1] + 1)
    if kind_at(tokens, i) in (Kind.WEEK, Kind.WEEK_OR_SUNDAY):
        which = read_which(tokens, i + 1)
        if which is None:
            return None
        if which[0] is Pull.AHEAD and kind_at(tokens, which[1] - 1) in (Kind.RELATIVE, Kind.LATER):
            return None
        return Day(Term(week=shift_of(which[0])), which[1])
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


def is_counted_week(tokens: Sequence[Token], i: int) -> bool:
    """Whether "minggu" or "pekan" at `i` counts weeks of a month: minggu ke-2, minggu pertama."""
    if kind_at(tokens, i) not in (Kind.WEEK_OR_SUNDAY, Kind.WEEK):
        return False
    if kind_at(tokens, i + 1) is Kind.TOWARDS:
        return True
    following = text_at(tokens, i + 1)
    return following.startswith("ke-") or following in _ORDINALS
