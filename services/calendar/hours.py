"""Working hours, and local hours as instants.

Perpres 21/2023: 37 h 30 a week from 07:30 with a break of 60 minutes (Friday 90); in Ramadan 32 h 30 from
08:00 with a break of 30 minutes (Friday 60). The rule fixes the week; each workday is an equal share of it:

                     five days              six days
    ordinary         16:00, Friday 16:30    14:45, Friday 15:15
    Ramadan          15:00, Friday 15:30    13:55, Friday 14:25

The hours of six days are derived here from the same weekly sum; the rule itself names only the sum.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from models.people import Pattern
from services.calendar.workdays import WEEKDAYS, office_pattern

FRIDAY = 4
WEEK = timedelta(hours=37, minutes=30)
WEEK_IN_RAMADAN = timedelta(hours=32, minutes=30)
PROMPT_BEFORE_END = timedelta(minutes=30)


def start_of_day(*, ramadan: bool = False) -> time:
    """When work begins, local time."""
    return time(8, 0) if ramadan else time(7, 30)


def end_of_day(day: date, pattern: Pattern, *, ramadan: bool = False) -> time:
    """When work ends on `day`, local time; a shift goes by the office's five days."""
    week = WEEK_IN_RAMADAN if ramadan else WEEK
    pause = timedelta(minutes=30 if ramadan else 60)
    if day.weekday() == FRIDAY:
        pause += timedelta(minutes=30)
    share = week / len(WEEKDAYS[office_pattern(pattern)])
    return (datetime.combine(day, start_of_day(ramadan=ramadan)) + share + pause).time()


def prompt_time(day: date, pattern: Pattern, *, own: time | None = None, ramadan: bool = False) -> time:
    """The local time of the prompt: the person's own, else 30 minutes before the end of the day."""
    if own is not None:
        return own
    return (datetime.combine(day, end_of_day(day, pattern, ramadan=ramadan)) - PROMPT_BEFORE_END).time()


@lru_cache(maxsize=4096)
def at_local(day: date, clock: time, zone: str) -> datetime:
    """The instant (UTC) at which it is `clock` on `day` in `zone`.

    An hour that occurs twice is taken the first time; one that a change of the clocks leaves out, an hour on.
    """
    return datetime.combine(day, clock, tzinfo=ZoneInfo(zone)).astimezone(UTC)
