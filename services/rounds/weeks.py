"""Weekly summaries: when one that was missed is given after all, and what each one covers. Pure.

Invariants:
1. Work dates tile: a summary begins on the date after the last one's end, so each date is in exactly one.
2. Instants tile: `[cut_from, cut_to)` begins where the last cut ended; `cut_to` is the instant the rule
   names, not the moment somebody ticked.
3. The first summary begins where the one before it would have ended by the rule (`cut_before`): what is older
   was told elsewhere, or belongs to nobody's summary.
4. A summary missed is not lost: when the program was down it comes between 08:00 and 20:00 of the next day
   that fits; else (its person could not be reached) the next Friday's covers its dates too.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from models.rounds import RoundKind
from services.calendar.days_off import OfficeCalendar
from services.calendar.hours import at_local, end_of_day
from services.rounds.due import DAY, HORIZON, QUIET_FROM, Due, Rhythm, open_days, summary_day, summary_due

GIVEN_LATER_AT = time(8, 0)
WEEK = timedelta(days=7)
LOOKED_BACK = 3
"""Weeks within which the summary before one is looked for: as far as a plan knows the calendar."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the last summary ended: its last work date and its instant."""

    last: date
    cut_to: datetime


@dataclass(frozen=True, slots=True)
class Period:
    """What one summary covers: work dates, both ends included, and instants, half-open."""

    first: date
    last: date
    cut_from: datetime
    cut_to: datetime


def standing(
    kind: RoundKind, rhythm: Rhythm, *, week: date, now: datetime, office: OfficeCalendar
) -> Due | None:
    """When the summary of `week` that has not been given is due, seen from `now`.

    Its own time while that has not passed; else the morning of the next day that fits, unless a newer summary
    comes on that day. None: no day is known on which it could come.
    """
    due = summary_due(kind, rhythm, week=week, office=office)
    while due is not None and due.stale_at <= now:
        newer = _newer(kind, rhythm, week=due.work_date, office=office)
        if newer is not None and newer.stale_at <= now:
            due = newer
            continue
        return _given_later(kind, rhythm, missed=due, newer=newer, now=now, office=office)
    return due


def cut_of(kind: RoundKind, rhythm: Rhythm, *, week: date, office: OfficeCalendar) -> datetime:
    """The cut of the week ending on `week` by the rule; without a known day, the end of its Friday."""
    due = summary_due(kind, rhythm, week=week, office=office)
    if due is not None:
        return due.due_at
    return _end_of_friday(rhythm, week=week, office=office)


def cut_before(kind: RoundKind, rhythm: Rhythm, *, week: date, office: OfficeCalendar) -> datetime:
    """The cut by the rule of the newest summary that ends before `week`."""
    for back in range(1, LOOKED_BACK + 1):
        due = summary_due(kind, rhythm, week=week - WEEK * back, office=office)
        if due is not None and due.work_date < week:
            return due.due_at
    return _end_of_friday(rhythm, week=week - WEEK, office=office)


def period(
    *, week: date, cut_to: datetime, before: Cut | None, since: datetime, joined: date | None
) -> Period | None:
    """What the summary of `week` covers; None: nothing, since the last one or who joined after it.

    Of a first summary: its cut begins at `since`, and its dates not before somebody `joined`.
    """
    if before is not None:
        first, cut_from = before.last + DAY, before.cut_to
    else:
        first, cut_from = week - WEEK + DAY, since
        if joined is not None:
            first = max(first, joined)
    if first > week or cut_from >= cut_to:
        return None
    return Period(first, week, cut_from, cut_to)


def _end_of_friday(rhythm: Rhythm, *, week: date, office: OfficeCalendar) -> datetime:
    friday = week + DAY
    ends = end_of_day(friday, rhythm.pattern, ramadan=office.is_ramadan(friday))
    return at_local(friday, ends, rhythm.calendar(office).zone_on(friday))


def _newer(kind: RoundKind, rhythm: Rhythm, *, week: date, office: OfficeCalendar) -> Due | None:
    """The summary by rule after the one of `week`."""
    for offset in range(7, HORIZON, 7):
        due = summary_due(kind, rhythm, week=week + timedelta(days=offset), office=office)
        if due is None or due.work_date > week:
            return due
    return None


def _given_later(
    kind: RoundKind, rhythm: Rhythm, *, missed: Due, newer: Due | None, now: datetime, office: OfficeCalendar
) -> Due | None:
    day = summary_day(kind, rhythm, week=missed.work_date, office=office)
    if day is None:
        return newer
    newer_on = None if newer is None else summary_day(kind, rhythm, week=newer.work_date, office=office)
    first = max(day + DAY, now.date() - DAY)
    for later in open_days(kind, rhythm, first=first, office=office):
        if newer_on is not None and later >= newer_on:
            return newer
        zone = rhythm.calendar(office).zone_on(later)
        due_at, stale_at = at_local(later, GIVEN_LATER_AT, zone), at_local(later, QUIET_FROM, zone)
        if stale_at > now:
            return Due(missed.work_date, due_at, stale_at)
    return newer
