"""Workdays, hours, deadlines and days off."""

from services.calendar.days_off import (
    OfficeCalendar,
    calendar_around,
    load_calendar,
)
from services.calendar.deadlines import (
    correction_lock,
    deadline_late,
    has_passed,
    is_late,
    lock_date,
    month_lock,
)
from services.calendar.hours import at_local, end_of_day, prompt_time, start_of_day
from services.calendar.personal import Duty, DutySpan, PersonalCalendar, load_duties, load_personal
from services.calendar.seeding import Seeded, seed_holidays
from services.calendar.workdays import is_workday, next_workday, workdays_between

__all__ = [
    "Duty",
    "DutySpan",
    "OfficeCalendar",
    "PersonalCalendar",
    "Seeded",
    "at_local",
    "calendar_around",
    "correction_lock",
    "deadline_late",
    "end_of_day",
    "has_passed",
    "is_late",
    "is_workday",
    "load_calendar",
    "load_duties",
    "load_personal",
    "lock_date",
    "month_lock",
    "next_workday",
    "prompt_time",
    "seed_holidays",
    "start_of_day",
    "workdays_between",
]
