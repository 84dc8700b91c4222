"""When a round is due and when it is too late. Pure.

    prompt         the person's own time, else 30 minutes before the end of the day, on each of their workdays
    queue notice   15 minutes after the end of the supervisor's day, when what the prompt brought in is there

A round may start late, when the program was down, but not stale: for three hours, never past 20:00 local. A
time chosen close to 20:00 keeps half an hour, or the smallest delay would lose it.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from models.people import Pattern
from models.rounds import RoundKind
from services.calendar.days_off import OfficeCalendar
from services.calendar.hours import at_local, end_of_day, prompt_time
from services.calendar.workdays import is_workday, next_workday, office_pattern
from services.clock import local_date

WINDOW = timedelta(hours=3)
LEAST_WINDOW = timedelta(minutes=30)
QUIET_FROM = time(20, 0)
NOTICE_AFTER_END = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Everything about a person that decides when they are asked."""

    zone: str
    pattern: Pattern
    unit_id: int | None
    own_time: time | None


@dataclass(frozen=True, slots=True)
class Due:
    """A round to come: due at `due_at`, no longer to be started at `stale_at` or after."""

    work_date: date
    due_at: datetime
    stale_at: datetime


def due_on(kind: RoundKind, rhythm: Rhythm, *, day: date, calendar: OfficeCalendar) -> Due | None:
    """The round of that kind on `day`; None when it is no workday.

    A shift is never asked by itself, but a supervisor on shift is told of the queue on office days.
    """
    pattern = rhythm.pattern if kind is RoundKind.PROMPT else office_pattern(rhythm.pattern)
    if not is_workday(day, pattern, calendar.days_off(rhythm.unit_id)):
        return None
    ramadan = calendar.is_ramadan(day)
    if kind is RoundKind.PROMPT:
        clock = prompt_time(day, pattern, own=rhythm.own_time, ramadan=ramadan)
        due_at = at_local(day, clock, rhythm.zone)
    else:
        due_at = at_local(day, end_of_day(day, pattern, ramadan=ramadan), rhythm.zone) + NOTICE_AFTER_END
    stale_at = min(due_at + WINDOW, at_local(day, QUIET_FROM, rhythm.zone))
    return Due(day, due_at, max(stale_at, due_at + LEAST_WINDOW))


def next_due(
    kind: RoundKind, rhythm: Rhythm, *, now: datetime, calendar: OfficeCalendar, after: date | None = None
) -> Due | None:
    """The first round that is not stale yet, of a date later than `after`. None: never (a shift's prompt)."""
    if kind is RoundKind.PROMPT and rhythm.pattern is Pattern.SHIFT:
        return None
    day = local_date(now, rhythm.zone)
    if after is not None:
        day = max(day, after + timedelta(days=1))
    while True:
        due = due_on(kind, rhythm, day=day, calendar=calendar)
        if due is not None and due.stale_at > now:
            return due
        day = next_workday(day, rhythm.pattern, calendar.days_off(rhythm.unit_id))


class Outlook:
    """The rules at one instant, each question answered once: thousands of people share few rhythms."""

    def __init__(self, calendar: OfficeCalendar, *, now: datetime) -> None:
        self.calendar = calendar
        self.now = now
        self._on: dict[tuple[RoundKind, Rhythm, date], Due | None] = {}
        self._next: dict[tuple[RoundKind, Rhythm, date | None], Due | None] = {}

    def on(self, kind: RoundKind, rhythm: Rhythm, day: date) -> Due | None:
        """As `due_on`."""
        question = (kind, rhythm, day)
        if question not in self._on:
            self._on[question] = due_on(kind, rhythm, day=day, calendar=self.calendar)
        return self._on[question]

    def next(self, kind: RoundKind, rhythm: Rhythm, after: date | None) -> Due | None:
        """As `next_due`."""
        question = (kind, rhythm, after)
        if question not in self._next:
            self._next[question] = next_due(kind, rhythm, now=self.now, calendar=self.calendar, after=after)
        return self._next[question]
