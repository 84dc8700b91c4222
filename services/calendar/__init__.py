"""Workdays, hours, deadlines and days off."""

from services.calendar.days_off import (
    OfficeCalendar,
    Seeded,
    add_day_off,
    calendar_around,
    cancel_day_off,
    estimated_days,
    load_calendar,
    seed_holidays,
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
from services.calendar.workdays import is_workday, next_workday, workdays_between

__all__ = [
    "Duty",
    "DutySpan",
    "OfficeCalendar",
    "PersonalCalendar",
    "Seeded",
    "add_day_off",
    "at_local",
    "calendar_around",
    "cancel_day_off",
    "correction_lock",
    "deadline_late",
    "end_of_day",
    "estimated_days",
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
