"""When a round is due and when it is too late. Pure.

    prompt            the person's own time, else 30 minutes before the end of the day
    plan              when work begins, for those who want it; for two hours
    queue notice      15 minutes after the end of the supervisor's day: what the prompt brought in is there
    brief             08:00 on the supervisor's days, until noon
    lock warning      09:00 on the last day the person reports before the month closes; its date is the lock's
    calendar warning  09:00 on the first office day of each week in December
    weekly summaries  the end of Friday; see `weeks`

The person's days are those on which a report is asked for (`PersonalCalendar.reports_on`); somebody of the
shift pattern who decides on others does so on office days. Hours are those of the zone the person is in on
that day. Nothing is started between 20:00 and 06:00: a round may start late, when the program was down, but
not stale. A prompt's own time close to 20:00 keeps half an hour, or the smallest delay would lose it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from models.people import Pattern
from models.rounds import RoundKind
from services.calendar.days_off import OfficeCalendar
from services.calendar.deadlines import LOCK_DAY
from services.calendar.hours import at_local, end_of_day, prompt_time, start_of_day
from services.calendar.personal import Duty, PersonalCalendar, personal_calendar
from services.calendar.workdays import is_workday

WINDOW = timedelta(hours=3)
PLAN_WINDOW = timedelta(hours=2)
LEAST_WINDOW = timedelta(minutes=30)
QUIET_FROM = time(20, 0)
QUIET_UNTIL = time(6, 0)
NOTICE_AFTER_END = timedelta(minutes=15)
BRIEF_AT, BRIEF_UNTIL = time(8, 0), time(12, 0)
WARNING_AT = time(9, 0)
WARNED_BACK = 31
"""Days before the lock within which the last day of a person is looked for."""
DECEMBER = 12
NOTHING_PARTICULAR = Duty()
HORIZON = 400
"""Days within which a next round is looked for."""
DAY = timedelta(days=1)

WEEKLY = frozenset({RoundKind.DIGEST, RoundKind.TEAM_DIGEST})
AT_DESK = frozenset({RoundKind.QUEUE_NOTICE, RoundKind.BRIEF, RoundKind.TEAM_DIGEST})
"""Rounds of those who decide on others."""
BY_OFFICE = AT_DESK | {RoundKind.CALENDAR_WARNING}
"""Rounds that come on office days, to somebody of the shift pattern too."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Everything about a person that decides when they are asked. `zone`: at home.

    `stands_in`: the stretches of days, both ends included, in which they decide in somebody's place.
    """

    zone: str
    pattern: Pattern
    unit_id: int | None
    own_time: time | None = None
    duty: Duty = NOTHING_PARTICULAR
    supervises: bool = False
    stands_in: tuple[tuple[date, date], ...] = ()

    def calendar(self, office: OfficeCalendar) -> PersonalCalendar:
        return personal_calendar(office, self.zone, self.pattern, self.unit_id, self.duty)

    def decides_on(self, day: date) -> bool:
        """Whether the person decides on others on `day`."""
        return self.supervises or any(first <= day <= last for first, last in self.stands_in)


@dataclass(frozen=True, slots=True)
class Due:
    """A round to come: due at `due_at`, no longer to be started at `stale_at` or after."""

    work_date: date
    due_at: datetime
    stale_at: datetime
    step: int = 0


def fits(kind: RoundKind, rhythm: Rhythm, *, day: date, office: OfficeCalendar) -> bool:
    """Whether a round of that kind may come on `day`."""
    calendar = rhythm.calendar(office)
    if kind is RoundKind.CALENDAR_WARNING:
        return day.month == DECEMBER and is_workday(day, Pattern.FIVE_DAYS, calendar.days_off)
    if kind not in AT_DESK:
        return calendar.reports_on(day)
    decides = rhythm.supervises if kind is RoundKind.TEAM_DIGEST else rhythm.decides_on(day)
    return decides and calendar.at_desk_on(day)


def open_days(kind: RoundKind, rhythm: Rhythm, *, first: date, office: OfficeCalendar) -> Iterator[date]:
    """The days from `first` on, for as long as a calendar is known, on which the round may come."""
    ahead: Iterable[date]
    if rhythm.pattern is Pattern.SHIFT and kind not in BY_OFFICE:
        ahead = sorted(day for day in rhythm.duty.shifts if day >= first)
    else:
        ahead = (first + timedelta(days=offset) for offset in range(HORIZON))
    return (day for day in ahead if fits(kind, rhythm, day=day, office=office))


def due_on(kind: RoundKind, rhythm: Rhythm, *, day: date, office: OfficeCalendar) -> Due | None:
    """The round of that kind whose date is `day`; None when there is none.

    A reminder has no rule of its own: it follows a prompt that was sent (see `reminders`).
    """
    if kind in WEEKLY:
        return summary_due(kind, rhythm, week=day, office=office)
    if kind is RoundKind.LOCK_WARNING:
        return _lock_warning(rhythm, lock=day, office=office)
    if not fits(kind, rhythm, day=day, office=office):
        return None
    zone = rhythm.calendar(office).zone_on(day)
    ramadan = office.is_ramadan(day)
    quiet = at_local(day, QUIET_FROM, zone)
    match kind:
        case RoundKind.PROMPT:
            clock = prompt_time(day, rhythm.pattern, own=rhythm.own_time, ramadan=ramadan)
            due_at = at_local(day, clock, zone)
            return Due(day, due_at, max(min(due_at + WINDOW, quiet), due_at + LEAST_WINDOW))
        case RoundKind.PLAN:
            due_at = at_local(day, start_of_day(ramadan=ramadan), zone)
            return Due(day, due_at, due_at + PLAN_WINDOW)
        case RoundKind.QUEUE_NOTICE:
            ends = at_local(day, end_of_day(day, rhythm.pattern, ramadan=ramadan), zone)
            return Due(day, ends + NOTICE_AFTER_END, min(ends + NOTICE_AFTER_END + WINDOW, quiet))
        case RoundKind.BRIEF:
            return Due(day, at_local(day, BRIEF_AT, zone), at_local(day, BRIEF_UNTIL, zone))
        case RoundKind.CALENDAR_WARNING:
            earlier = (day - timedelta(days=back) for back in range(1, day.weekday() + 1))
            if any(fits(kind, rhythm, day=other, office=office) for other in earlier):
                return None
            return Due(day, at_local(day, WARNING_AT, zone), quiet)
    return None


def next_due(
    kind: RoundKind, rhythm: Rhythm, *, now: datetime, office: OfficeCalendar, after: date | None = None
) -> Due | None:
    """The first round that is not stale yet, of a date later than `after`.

    None: never, as far as the calendar is known (a shift without a marked day, a leave without an end).
    """
    first = now.date() - DAY  # somewhere it is still yesterday
    if after is not None:
        first = max(first, after + DAY)
    for day in _dates(kind, rhythm, first=first, office=office):
        due = due_on(kind, rhythm, day=day, office=office)
        if due is None and kind in WEEKLY:
            return None
        if due is not None and due.stale_at > now and (after is None or due.work_date > after):
            return due
    return None


def week_of(day: date) -> date:
    """The Thursday that ends the week a summary given on `day` is about: the newest before it."""
    return day - timedelta(days=(day.weekday() - 4) % 7 + 1)


def summary_day(kind: RoundKind, rhythm: Rhythm, *, week: date, office: OfficeCalendar) -> date | None:
    """The day of the summary after the Thursday `week`: the Friday, or the first day after it that fits."""
    return next(open_days(kind, rhythm, first=week + DAY, office=office), None)


def summary_due(kind: RoundKind, rhythm: Rhythm, *, week: date, office: OfficeCalendar) -> Due | None:
    """The summary that covers the week ending on `week`: of a later one when Fridays in a row are off."""
    day = summary_day(kind, rhythm, week=week, office=office)
    if day is None:
        return None
    zone = rhythm.calendar(office).zone_on(day)
    ends = at_local(day, end_of_day(day, rhythm.pattern, ramadan=office.is_ramadan(day)), zone)
    return Due(week_of(day), ends, at_local(day, QUIET_FROM, zone))


def _lock_warning(rhythm: Rhythm, *, lock: date, office: OfficeCalendar) -> Due | None:
    if lock.day != LOCK_DAY:
        return None
    calendar = rhythm.calendar(office)
    back = (lock - timedelta(days=offset) for offset in range(WARNED_BACK))
    day = next((one for one in back if calendar.reports_on(one)), None)
    if day is None:
        return None
    zone = calendar.zone_on(day)
    return Due(lock, at_local(day, WARNING_AT, zone), at_local(day, QUIET_FROM, zone))


def _dates(kind: RoundKind, rhythm: Rhythm, *, first: date, office: OfficeCalendar) -> Iterable[date]:
    """The dates from `first` on that a round of that kind may bear, in order."""
    if kind in WEEKLY:
        week = week_of(first)
        return (week + timedelta(days=offset) for offset in range(0, HORIZON, 7))
    if kind is RoundKind.LOCK_WARNING:
        ahead = (first + timedelta(days=offset) for offset in range(HORIZON))
        return (day for day in ahead if day.day == LOCK_DAY)
    if kind is RoundKind.CALENDAR_WARNING and first.month != DECEMBER:
        first = date(first.year, DECEMBER, 1)
    return open_days(kind, rhythm, first=first, office=office)


class Outlook:
    """The rules at one instant, each question answered once: thousands of people share few rhythms."""

    def __init__(self, office: OfficeCalendar, *, now: datetime) -> None:
        self.office = office
        self.now = now
        self._on: dict[tuple[RoundKind, Rhythm, date], Due | None] = {}
        self._next: dict[tuple[RoundKind, Rhythm, date | None], Due | None] = {}

    def on(self, kind: RoundKind, rhythm: Rhythm, day: date) -> Due | None:
        """As `due_on`."""
        question = (kind, rhythm, day)
        if question not in self._on:
            self._on[question] = due_on(kind, rhythm, day=day, office=self.office)
        return self._on[question]

    def next(self, kind: RoundKind, rhythm: Rhythm, after: date | None) -> Due | None:
        """As `next_due`."""
        question = (kind, rhythm, after)
        if question not in self._next:
            self._next[question] = next_due(kind, rhythm, now=self.now, office=self.office, after=after)
        return self._next[question]
