"""From what was said to days in the calendar, or None where it can't be: the rules of product "Dates".

Without a direction a day is the nearest on or before today in a report, on or after today in leave. Whatever
is said twice must agree; a range that ends before it starts, and an impossible date, are nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from services.reading.date_terms import Join, Mode, Phrase, Pull, Span, Term

_LONGEST = 366  # days; longer is a slip of the year
_LONGEST_OVER_NEW_YEAR = 200  # without a year, "5 Des - 3 Nov" is a reversed range, not eleven months


def agreed_span(phrases: Sequence[Phrase], today: date, mode: Mode) -> Span | None:
    """The one span all phrases mean. A phrase of weekdays only has to fall on the weekdays of the others."""
    spans = [resolve_phrase(phrase, today, mode) for phrase in phrases]
    named = [
        (phrase, span)
        for phrase, span in zip(phrases, spans, strict=True)
        if not all(term.only_weekday for term in phrase.terms)
    ]
    chosen = named[0][1] if named else spans[0]
    if chosen is None:
        return None
    for phrase, span in zip(phrases, spans, strict=True):
        if span == chosen:
            continue
        weekdays = [term.weekday for term in phrase.terms]
        if named and all(term.only_weekday for term in phrase.terms) and not phrase.mixed:
            ends = [chosen.first.weekday(), chosen.last.weekday()]
            if [weekdays[0], weekdays[-1]] == ends:
                continue
        return None
    return chosen


def resolve_phrase(phrase: Phrase, today: date, mode: Mode) -> Span | None:
    """The days of a phrase, or None when they contradict each other or don't exist."""
    if phrase.mixed:
        return None
    if phrase.until_only:
        end = resolve_term(phrase.terms[0], today, Mode.FUTURE, not_before=today)
        if mode is Mode.PAST or end is None or end.first != end.last or end.last < today:
            return None
        return Span(today, end.last)
    if phrase.join is None:
        return _within_reach(phrase.terms, resolve_term(phrase.terms[0], today, mode), today, mode)
    span = _resolve_range(phrase.terms[0], phrase.terms[-1], today, mode)
    if span is None or not 0 <= (span.last - span.first).days <= _LONGEST:
        return None
    if phrase.join is Join.LIST:
        if (span.last - span.first).days + 1 != len(phrase.terms):
            return None
        for days, term in enumerate(phrase.terms):
            if not _agrees(term, span.first + timedelta(days=days), today):
                return None
    return _within_reach(phrase.terms, span, today, mode)


def resolve_term(
    term: Term, today: date, mode: Mode, *, not_before: date | None = None, not_after: date | None = None
) -> Span | None:
    """The day (or week) of one term; a bound replaces the direction of the mode."""
    anchor, step = today, -1 if mode is Mode.PAST else 1
    if term.pull is Pull.BACK:
        anchor, step = today - timedelta(days=1), -1
    elif term.pull is Pull.AHEAD:
        anchor, step = today + timedelta(days=1), 1
    elif not_before is not None:
        anchor, step = not_before, 1
    elif not_after is not None:
        anchor, step = not_after, -1
    found: date | None
    try:
        if term.day is not None:
            found = _day_of_month(term, today, anchor, step)
        elif term.offset is not None:
            found = today + timedelta(days=term.offset)
        elif term.weekday is not None:
            found = _weekday(term, today, anchor, step)
        elif term.week is not None:
            monday = _monday(today, term.week)
            return Span(monday, monday + timedelta(days=6))
        else:
            found = None
        if found is None or not _agrees(term, found, today):
            return None
    except OverflowError:
        return None
    return Span(found, found)


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or the last one of a shorter month."""
    year, month = _shifted(day.year, day.month, months)
    for number in range(day.day, 27, -1):
        exact = _exact(year, month, number)
        if exact:
            return exact
    return date(year, month, day.day)


def _within_reach(terms: tuple[Term, ...], span: Span | None, today: date, mode: Mode) -> Span | None:
    """A report has no future days; without a written year they are asked again. A week may be running."""
    if span is None or mode is Mode.FUTURE or any(term.year is not None for term in terms):
        return span
    whole_week = len(terms) == 1 and terms[0] == Term(week=terms[0].week)
    return span if (span.first if whole_week else span.last) <= today else None


def _resolve_range(first: Term, last: Term, today: date, mode: Mode) -> Span | None:
    if first.day is not None and last.day is not None:
        filled = _share_month(_with_year(first, today), _with_year(last, today))
        if filled is None:
            return None
        first, last = filled
        if first.floats and last.floats:
            back = mode is Mode.PAST
            return _floating_dates(first, last, today, back)
        if last.pull is Pull.BACK and first.pull is None:
            return _floating_dates(first, replace(last, pull=None), today - timedelta(days=1), True)
    if last.week is not None and first.only_weekday and (first.weekday or 0) <= (last.weekday or 0):
        first = replace(first, week=last.week)
    start: Span | None
    end: Span | None
    if first.floats and (not last.floats or mode is Mode.PAST):
        end = resolve_term(last, today, mode)
        if end is None:
            return None
        ahead = mode is Mode.FUTURE and last.pull is not Pull.BACK
        start = resolve_term(first, today, mode, not_after=None if ahead else end.last)
    else:
        start = resolve_term(first, today, mode)
        if start is None:
            return None
        end = resolve_term(last, today, mode, not_before=start.first if last.floats else None)
    if start is None or end is None or start.first != start.last or end.first != end.last:
        return None
    if first == last and first.only_weekday:
        return None  # "Senin sampai Senin": one day or eight
    return Span(start.first, end.last) if start.first <= end.last else None


def _with_year(term: Term, today: date) -> Term:
    return (
        term if term.year_shift is None else replace(term, year=today.year + term.year_shift, year_shift=None)
    )


def _share_month(first: Term, last: Term) -> tuple[Term, Term] | None:
    """Month and year said once hold for both ends; None when they leave the range reversed."""
    if first.month is None and first.month_shift is None:
        first = replace(first, month=last.month, month_shift=last.month_shift, year=first.year or last.year)
    elif last.month is None and last.month_shift is None:
        last = replace(last, month=first.month, month_shift=first.month_shift, year=last.year or first.year)
    if first.month is None or last.month is None or (first.year is None) == (last.year is None):
        return first, last
    over_new_year = first.month > last.month
    if first.year is None and last.year is not None:
        first = replace(first, year=last.year - over_new_year)
    elif first.year is not None:
        last = replace(last, year=first.year + over_new_year)
    return first, last


def _floating_dates(first: Term, last: Term, today: date, back: bool) -> Span | None:
    """Two dates without a year: the nearest such range that is over (report) or not yet over (leave)."""
    spans = []
    if first.month is None or last.month is None:
        for shift in range(-13, 14):
            year, month = _shifted(today.year, today.month, shift)
            spans.append((_exact(year, month, first.day), _exact(year, month, last.day)))
    else:
        over_new_year = first.month > last.month
        for year in range(today.year - 2, today.year + 3):
            spans.append(
                (_exact(year, first.month, first.day), _exact(year + over_new_year, last.month, last.day))
            )
    fitting = [
        Span(start, end)
        for start, end in spans
        if start and end and start <= end and (end <= today if back else end >= today)
    ]
    if not fitting:
        return None
    span = fitting[-1] if back else fitting[0]
    if span.first.year != span.last.year and (span.last - span.first).days > _LONGEST_OVER_NEW_YEAR:
        return None
    agreed = _agrees(first, span.first, today) and _agrees(last, span.last, today)
    return span if agreed else None


def _day_of_month(term: Term, today: date, anchor: date, step: int) -> date | None:
    year = term.year if term.year_shift is None else today.year + term.year_shift
    if term.month_shift is not None:
        return _exact(*_shifted(today.year, today.month, term.month_shift), term.day)
    if term.month is None:
        if year is not None:
            return None
        for shift in range(3):
            found = _exact(*_shifted(anchor.year, anchor.month, shift * step), term.day)
            if found and (found - anchor).days * step >= 0:
                return found
        return None
    if year is not None:
        return _exact(year, term.month, term.day)
    for shift in range(2):
        found = _exact(anchor.year + shift * step, term.month, term.day)
        if found and 0 <= (found - anchor).days * step <= _LONGEST:  # 29 Feb of another year was not meant
            return found
    return None


def _weekday(term: Term, today: date, anchor: date, step: int) -> date | None:
    wanted = term.weekday or 0
    if term.week is not None:
        return _monday(today, term.week) + timedelta(days=wanted)
    if term.pull is Pull.THIS and step < 0:
        return _monday(today, 0) + timedelta(days=wanted)
    return anchor + timedelta(days=((wanted - anchor.weekday()) * step % 7) * step)


def _agrees(term: Term, found: date, today: date) -> bool:
    return (
        (term.weekday is None or found.weekday() == term.weekday)
        and (term.day is None or found.day == term.day)
        and (term.month is None or found.month == term.month)
        and (term.year is None or found.year == term.year)
        and (term.offset is None or (found - today).days == term.offset)
        and (term.week is None or _monday(found, 0) == _monday(today, term.week))
    )


def _monday(day: date, weeks: int) -> date:
    return day - timedelta(days=day.weekday()) + timedelta(weeks=weeks)


def _shifted(year: int, month: int, months: int) -> tuple[int, int]:
    count = year * 12 + month - 1 + months
    return count // 12, count % 12 + 1


def _exact(year: int, month: int, day: int | None) -> date | None:
    try:
        return date(year, month, day or 0)
    except (ValueError, OverflowError):
        return None
