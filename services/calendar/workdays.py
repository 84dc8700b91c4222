"""Which dates are workdays. Pure: dates, a working pattern and a set of days off."""

from collections.abc import Set as AbstractSet
from datetime import date, timedelta

from models.people import Pattern

WEEKDAYS = {
    Pattern.FIVE_DAYS: range(5),
    Pattern.SIX_DAYS: range(6),
    Pattern.SHIFT: range(0),
}
"""Monday is 0. A shift has no weekday of its own: its workdays are marked one by one."""


def is_workday(day: date, pattern: Pattern, holidays: AbstractSet[date]) -> bool:
    """Whether somebody of this pattern works on `day`; never by itself for a shift."""
    return day.weekday() in WEEKDAYS[pattern] and day not in holidays


def office_pattern(pattern: Pattern) -> Pattern:
    """The pattern by which deadlines run: a shift's deadlines run by the five days of the office."""
    return Pattern.FIVE_DAYS if pattern is Pattern.SHIFT else pattern


def next_workday(day: date, pattern: Pattern, holidays: AbstractSet[date]) -> date:
    """The first workday after `day` (for a shift: of the office). Ends because days off are finite."""
    pattern = office_pattern(pattern)
    day += timedelta(days=1)
    while not is_workday(day, pattern, holidays):
        day += timedelta(days=1)
    return day


def workdays_between(after: date, until: date, pattern: Pattern, holidays: AbstractSet[date]) -> list[date]:
    """The workdays later than `after`, up to and including `until`, in order; none if `until` is not later.

    Their number is how many workdays something has been waiting since `after`.
    """
    pattern = office_pattern(pattern)
    dates = (after + timedelta(days=offset) for offset in range(1, (until - after).days + 1))
    return [day for day in dates if is_workday(day, pattern, holidays)]
