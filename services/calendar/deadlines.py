"""Until when a past day may be sent, and from when it is late. Instants are UTC; limits are local.

A limit written as a minute («tanggal 5 pukul 23:59») includes that whole minute.
"""

from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta

from models.people import Pattern
from services.calendar.hours import at_local
from services.calendar.personal import PersonalCalendar
from services.calendar.workdays import next_workday

LOCK_DAY = 5
LAST_MINUTE = time(23, 59)
CORRECTION_WORKDAYS = 3


def deadline_late(work_date: date, calendar: PersonalCalendar) -> datetime:
    """The instant the person's next reporting day is over; a day first sent at it or after is *terlambat*.

    The date counts, not the office hours: who answers the reminder of 19:00 is still in time. Days off, leave
    and days without a shift are passed over.
    """
    following = calendar.next_day(work_date)
    return at_local(following + timedelta(days=1), time(), calendar.zone_on(following))


def is_late(work_date: date, sent_at: datetime, calendar: PersonalCalendar) -> bool:
    """Whether a day first sent at `sent_at` is *terlambat*. `calendar` reaches from the one to the other."""
    return sent_at >= deadline_late(work_date, calendar)


def lock_date(work_date: date, *, lock_day: int = LOCK_DAY) -> date:
    """The local date on which the month of `work_date` closes. `lock_day`: 1 to 28, of the next month."""
    if not 1 <= lock_day <= 28:
        raise ValueError("a month is locked on its 1st to 28th")
    following = work_date.replace(day=1) + timedelta(days=31)
    return following.replace(day=lock_day)


def month_lock(work_date: date, zone: str, *, lock_day: int = LOCK_DAY) -> datetime:
    """The last minute (23:59 local) in which the month of `work_date` takes new entries."""
    return at_local(lock_date(work_date, lock_day=lock_day), LAST_MINUTE, zone)


def correction_lock(
    work_date: date,
    zone: str,
    *,
    pattern: Pattern,
    holidays: AbstractSet[date],
    returned_on: date | None = None,
    lock_day: int = LOCK_DAY,
) -> datetime:
    """The last minute in which a returned entry of the month may be corrected: 3 workdays after the lock.

    The lock stops no decision, so one that was returned later (`returned_on`, local) has its 3 workdays from
    then.
    """
    day = lock_date(work_date, lock_day=lock_day)
    if returned_on is not None:
        day = max(day, returned_on)
    for _ in range(CORRECTION_WORKDAYS):
        day = next_workday(day, pattern, holidays)
    return at_local(day, LAST_MINUTE, zone)


def has_passed(limit: datetime, now: datetime) -> bool:
    """Whether the minute that `limit` names is over."""
    return now >= limit + timedelta(minutes=1)
