"""Which days a sheet is about: as typed, or named by a button. Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from services.errors import Invalid
from services.reading.date_tokens import tokens_of
from services.reading.date_words import Kind
from services.reading.dates import Mode, Span, read_dates

MOST_DAYS = 366
"""The longest period of one sheet."""
YEARS = range(1990, 2101)
A_DAY = timedelta(days=1)
_THIS = re.compile(r"\b(?:ini|this|sekarang)\b", re.IGNORECASE)
_LAST = re.compile(r"\b(?:lalu|kemarin|last|lewat|kmrn)\b", re.IGNORECASE)
_LENGTHS = (
    (re.compile(r"\b(?:bulan|bln|month)\b", re.IGNORECASE), 1),
    (re.compile(r"\b(?:triwulan|tw|quarter)\b", re.IGNORECASE), 3),
    (re.compile(r"\b(?:tahun|thn|year)\b", re.IGNORECASE), 12),
)


_QUARTER = re.compile(
    r"(?:tw|triwulan|kuartal|quarter|q)\.?\s*(?P<which>[1-4]|iv|i{1,3})(?:\s+(?:tahun\s+|thn\s+)?(?P<year>\d{4}))?",
    re.IGNORECASE,
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` to `last`, both included."""

    first: date
    last: date

    @property
    def is_month(self) -> bool:
        return self == month_of(self.first)


def checked(first: date, last: date) -> Period:
    """Raises Invalid for a reversed period, one past MOST_DAYS, and years that cannot be meant."""
    if first.year not in YEARS or last.year not in YEARS:
        raise Invalid("period", "sheet_period_unread")
    if last < first:
        raise Invalid("period", "sheet_period_reversed")
    if (last - first).days >= MOST_DAYS:
        raise Invalid("period", "sheet_period_long", limit=MOST_DAYS)
    return Period(first, last)


def month_of(day: date, *, months: int = 1) -> Period:
    """The month, quarter (3) or year (12) a day lies in."""
    begins = (day.month - 1) // months * months
    after = day.year * 12 + begins + months
    first = date(day.year, begins + 1, 1)
    return Period(first, date(*_of_months(after), 1) - A_DAY)


def before(day: date, *, months: int = 1) -> Period:
    """The month, quarter or year before the one a day lies in."""
    return month_of(month_of(day, months=months).first - A_DAY, months=months)


def week_of(day: date) -> Period:
    """Monday to Sunday."""
    monday = day - day.weekday() * A_DAY
    return Period(monday, monday + 6 * A_DAY)


def read_period(text: str, *, today: date) -> Period:
    """«Oktober», «TW III», «bulan lalu», «1-15 Nov»; nothing typed is this month. Raises Invalid."""
    if not text.strip():
        return month_of(today)
    named = _named(text, today) or _quarter(text.strip(), today)
    if named is not None:
        return named
    span = _read_back(text, today)
    if span is not None:
        return checked(span.first, span.last)
    months = _months(text, today)
    if months is None:
        raise Invalid("period", "sheet_period_unread")
    return checked(months.first, months.last)


def _named(text: str, today: date) -> Period | None:
    if any(one.isdigit() for one in text):
        return None
    for word, months in _LENGTHS:
        if word.search(text) and _LAST.search(text):
            return before(today, months=months)
        if word.search(text) and _THIS.search(text):
            return month_of(today, months=months)
    return None


def _quarter(text: str, today: date) -> Period | None:
    """«TW III», «triwulan 2 2025»; without a year the last that has begun."""
    found = _QUARTER.fullmatch(text)
    if found is None:
        return None
    which = _ROMAN.get(found["which"].casefold()) or int(found["which"])
    month = which * 3 - 2
    year = int(found["year"]) if found["year"] else today.year - (month > today.month)
    if year not in YEARS:
        raise Invalid("period", "sheet_period_unread")
    return month_of(date(year, month, 1), months=3)


def _read_back(text: str, today: date) -> Span | None:
    """Days looked for in the past; a range of this year that is not over is meant, not last year's."""
    span = read_dates(text, today=today, mode=Mode.PAST)
    if span is not None and span.first.year == today.year:
        return span
    wider = read_dates(text, today=date(today.year, 12, 31), mode=Mode.PAST)
    return wider if wider is not None and wider.first <= today else span


def _months(text: str, today: date) -> Period | None:
    """Months by their names: «Oktober», «Okt 2025», «Januari sampai Maret»."""
    tokens = tokens_of(text)
    months = [int(one.value) for one in tokens if one.kind is Kind.MONTH]
    numbers = re.findall(r"\d+", text)
    if not months or len(months) > 2 or len(numbers) > 1 or any(len(one) != 4 for one in numbers):
        return None
    year = int(numbers[0]) if numbers else today.year - (months[0] > today.month)
    if year not in YEARS:
        return None
    turn = months[-1] < months[0]
    last = month_of(date(year + turn, months[-1], 1)).last
    return Period(date(year, months[0], 1), last)


def _of_months(count: int) -> tuple[int, int]:
    return count // 12, count % 12 + 1
