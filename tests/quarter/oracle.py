"""What the rounds owe each person, worked out again from the words of the product alone.

Nothing here uses the calendar of the program: dates off are written out, hours are a table.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models import DayKind, Pattern
from tests.quarter.office import Colleague

DAYS_OFF = frozenset(
    date.fromisoformat(day)
    for day in (
        "2026-12-24",
        "2026-12-25",
        "2027-01-01",
        "2027-01-05",
        "2027-02-05",
        "2027-02-06",
        "2027-03-08",
        "2027-03-09",
        "2027-03-10",
        "2027-03-11",
        "2027-03-12",
        "2027-03-15",
        "2027-03-25",
        "2027-03-26",
        "2027-03-28",
    )
)
"""National holidays and cuti bersama of the quarter, as the `holidays` package publishes them."""
RAMADAN = (date(2027, 2, 8), date(2027, 3, 9))
"""The thirty days before the (estimated) Idul Fitri of 10 March 2027."""
HALF_AN_HOUR_BEFORE_THE_END = {
    # six days, Ramadan, Friday
    (False, False, False): time(15, 30),
    (False, False, True): time(16, 0),
    (False, True, False): time(14, 30),
    (False, True, True): time(15, 0),
    (True, False, False): time(14, 15),
    (True, False, True): time(14, 45),
    (True, True, False): time(13, 25),
    (True, True, True): time(13, 55),
}
NO_REPORT = {DayKind.LEAVE, DayKind.SICK, DayKind.PERMIT, DayKind.OFF_DUTY, DayKind.EXCUSED}


def works_on(one: Colleague, day: date) -> bool:
    """Whether the person is asked on that day."""
    if any(first <= day <= last and kind in NO_REPORT for first, last, kind, _ in one.spans):
        return False
    if one.pattern is Pattern.SHIFT:
        return day in one.shifts
    return day.weekday() < (6 if one.pattern is Pattern.SIX_DAYS else 5) and day not in DAYS_OFF


def zone_on(one: Colleague, day: date) -> str:
    there = [zone for first, last, _, zone in one.spans if zone and first <= day <= last]
    return there[0] if there else one.zone


def zone_at(one: Colleague, moment: datetime) -> str:
    """The zone in which the person is at an instant."""
    for first, last, _, zone in one.spans:
        if zone and first <= moment.astimezone(ZoneInfo(zone)).date() <= last:
            return zone
    return one.zone


def prompt_at(one: Colleague, day: date) -> datetime:
    """The instant at which the person is asked on a day they work."""
    return _at(one, day, one.own_time or _before_the_end(one, day))


def end_of(one: Colleague, day: date) -> datetime:
    """The instant at which the working day is over."""
    return _at(one, day, _before_the_end(one, day)) + timedelta(minutes=30)


def _before_the_end(one: Colleague, day: date) -> time:
    fasting = RAMADAN[0] <= day <= RAMADAN[1]
    return HALF_AN_HOUR_BEFORE_THE_END[one.pattern is Pattern.SIX_DAYS, fasting, day.weekday() == 4]


def _at(one: Colleague, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(zone_on(one, day))).astimezone(UTC)


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def is_quiet(moment: datetime, zone: str) -> bool:
    """20:00 to 06:00 local."""
    local = moment.astimezone(ZoneInfo(zone)).time()
    return local >= time(20, 0) or local < time(6, 0)
