"""The weeks that summaries are about: Friday to Thursday, each named by its Thursday."""

import re
from datetime import date, timedelta

from services.errors import Invalid
from services.reading.dates import Mode, read_dates

THURSDAY = 3
WEEK = timedelta(days=7)
LONGEST = 7
"""Days of a typed span that still names one week."""
FARTHEST = 5
"""Years back that are looked at."""
_OTHER_WORDS = re.compile(r"\b(?:rekap|ringkasan|tim|team|unit|saya|summary)\b", re.IGNORECASE)


def week_of(day: date) -> date:
    """The Thursday that ends the week `day` is in."""
    return day + timedelta(days=(THURSDAY - day.weekday()) % 7)


def first_of(week: date) -> date:
    """The Friday that opens a week."""
    return week - timedelta(days=6)


def last_ended(today: date) -> date:
    """The latest week that is over on `today`."""
    return week_of(today) - WEEK


def read_week(text: str, *, today: date) -> date:
    """The week that typed words name: «minggu lalu», «12 Nov»; without any, the last one that is over.

    Raises Invalid `week_unclear`, `week_future`, `week_far`.
    """
    said = " ".join(_OTHER_WORDS.sub(" ", text).split())
    if not said:
        return last_ended(today)
    span = read_dates(said, today=today, mode=Mode.PAST)
    if span is None or (span.last - span.first).days >= LONGEST:
        raise Invalid("week", "week_unclear", said=said[:60])
    if span.first > today + WEEK:
        raise Invalid("week", "week_future")
    return checked(week_of(span.first), today=today)


def checked(week: date, *, today: date) -> date:
    """A week that may be looked at. Raises Invalid `week_unclear`, `week_future`, `week_far`."""
    if week.weekday() != THURSDAY:
        raise Invalid("week", "week_unclear", said=week.isoformat())
    if week > week_of(today):
        raise Invalid("week", "week_future")
    if week.year < today.year - FARTHEST:
        raise Invalid("week", "week_far", years=FARTHEST)
    return week
