"""What somebody types about days away: which kind, and which days.

Only the kind and the days are read; whatever else the words say, a reason of health above all, is not kept.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from models import DayKind
from services.reading.dates import Mode, Span, read_count, read_dates

KINDS = (
    (DayKind.SICK, r"sakit|sick"),
    (DayKind.FIELD, r"dinas\s+luar|perjalanan\s+dinas|perjadin|dinas|dl|duty\s+travel|field\s+duty"),
    (DayKind.TRAINING, r"diklat|pelatihan|bimtek|latsar|training"),
    (DayKind.REMOTE, r"wf[ha]|work\s+from\s+(?:home|anywhere)|kerja\s+dari\s+rumah"),
    (DayKind.PERMIT, r"izin|ijin|izn|permit|permission"),
    (DayKind.LEAVE, r"cuti|leave"),
)
"""The first that is said wins: «izin sakit» is sakit, «cuti sakit» too."""
_KINDS = tuple((kind, re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)) for kind, words in KINDS)
_TOO_MANY = re.compile(r"\d{3,}\s*(?:hari|hr|days?)(?!\w)", re.IGNORECASE)
FAR = timedelta(days=180)
"""A date without its year this far ahead is rather the one just gone by, when that month is still open."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was read. `span` None: no days, or none that can be.

    `length`: how many days were said beside a start («mulai Senin 3 hari»). `workdays`: they were called
    workdays, so that `span` holds only the start.
    """

    kind: DayKind | None
    span: Span | None
    length: int = 0
    workdays: bool = False


def read_kind(text: str) -> DayKind | None:
    """The kind of day the words name."""
    return next((kind for kind, words in _KINDS if words.search(text)), None)


def read_duty(text: str, *, today: date, since: date) -> Said:
    """Kind and days of a text. `since`: the first day that may still be told of."""
    kind = read_kind(text)
    rest = text
    for _, words in _KINDS:
        rest = words.sub(" ", rest)
    if _TOO_MANY.search(rest):  # the grammar passes over such a number, and would read the start alone
        return Said(kind, None)
    counted = read_count(rest, today=today, mode=Mode.FUTURE)
    if counted is not None and counted.workdays:
        return Said(kind, Span(counted.first, counted.first), counted.days, workdays=True)
    if kind is DayKind.SICK:  # nobody is ill in half a year: a month that is locked is then refused as such
        since = date.min
    return Said(kind, read_span(rest, today=today, since=since), counted.days if counted else 0)


def read_span(text: str, *, today: date, since: date) -> Span | None:
    """The days a text names, looked for ahead; a date almost a year ahead is the one gone by, if open."""
    ahead = read_dates(text, today=today, mode=Mode.FUTURE)
    if ahead is not None and ahead.first - today > FAR:
        gone = read_dates(text, today=today, mode=Mode.PAST)
        if gone is not None and gone != ahead and gone.first >= since:
            return gone
    return ahead
