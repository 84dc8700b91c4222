"""Days and runs of days in words, for messages and for buttons."""

from collections.abc import Sequence
from datetime import date, timedelta

from bot.texts import Html, Speech


def long_span(t: Speech, first: date, last: date, *, year: bool = True) -> Html:
    """«Kamis, 24 Desember 2026», «Kamis, 24 – Sabtu, 26 Desember 2026»; the month once when it is one."""
    if first == last:
        return t.day(first, year=year)
    weekday = t.options("calendar.weekdays")[first.weekday()]
    if (first.year, first.month) == (last.year, last.month):
        start = Html(f"{weekday}, {first.day}")
    else:
        start = t.day(first, year=year and first.year != last.year)
    return Html(f"{start} – {t.day(last, year=year)}")


def short_span(t: Speech, first: date, last: date, *, today: date | None = None) -> str:
    """«24–26 Des», «30 Nov–2 Des»; with the year where it is not that of `today`."""

    def month(day: date) -> str:
        return t.options("calendar.months")[day.month - 1][:3]

    other = today is not None and (first.year != today.year or last.year != today.year)
    end = f"{last.day} {month(last)}{f' {last.year}' if other else ''}"
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    return f"{first.day} {month(first)}{f' {first.year}' if other and first.year != last.year else ''}–{end}"


def runs(days: Sequence[date]) -> list[tuple[date, date]]:
    """Days in order as runs of days that follow each other."""
    found: list[tuple[date, date]] = []
    for day in days:
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
