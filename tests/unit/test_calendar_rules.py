"""Workdays, hours and deadlines, for any pattern, zone and set of days off."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import DayKind, Pattern
from services.calendar import (
    Duty,
    DutySpan,
    PersonalCalendar,
    at_local,
    correction_lock,
    deadline_late,
    end_of_day,
    has_passed,
    is_late,
    is_workday,
    month_lock,
    next_workday,
    prompt_time,
    start_of_day,
    workdays_between,
)
from services.clock import local_date

JAKARTA, MAKASSAR, JAYAPURA = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"
WITH_SHIFTING_CLOCKS = ["Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe"]

days = st.dates(date(2024, 1, 1), date(2032, 12, 31))
patterns = st.sampled_from(list(Pattern))
weekly = st.sampled_from([Pattern.FIVE_DAYS, Pattern.SIX_DAYS])
zones = st.sampled_from([JAKARTA, MAKASSAR, JAYAPURA, "UTC", *WITH_SHIFTING_CLOCKS])


@st.composite
def days_and_holidays(draw: st.DrawFn) -> tuple[date, frozenset[date]]:
    """A day and days off around it, single ones and a long stretch."""
    day = draw(days)
    offsets = draw(st.frozensets(st.integers(-5, 40), max_size=20))
    stretch = range(draw(st.integers(0, 30)))
    return day, frozenset(day + timedelta(days=offset) for offset in (*offsets, *stretch))


@given(days_and_holidays(), weekly)
def test_the_next_workday_is_the_first_later_one(
    case: tuple[date, frozenset[date]], pattern: Pattern
) -> None:
    day, holidays = case
    following = next_workday(day, pattern, holidays)
    assert following > day
    assert is_workday(following, pattern, holidays)
    assert workdays_between(day, following, pattern, holidays) == [following]


@given(days_and_holidays(), patterns, st.integers(0, 20))
def test_later_days_never_have_an_earlier_next_workday(
    case: tuple[date, frozenset[date]], pattern: Pattern, ahead: int
) -> None:
    day, holidays = case
    assert next_workday(day, pattern, holidays) <= next_workday(
        day + timedelta(days=ahead), pattern, holidays
    )


@given(days_and_holidays(), patterns)
def test_a_shift_is_never_a_workday_by_itself_but_its_deadlines_run(
    case: tuple[date, frozenset[date]], pattern: Pattern
) -> None:
    day, holidays = case
    assert not is_workday(day, Pattern.SHIFT, holidays)
    assert next_workday(day, Pattern.SHIFT, holidays) == next_workday(day, Pattern.FIVE_DAYS, holidays)


@given(days_and_holidays(), patterns, st.integers(0, 40), st.integers(0, 40))
def test_workdays_add_up_over_two_stretches(
    case: tuple[date, frozenset[date]], pattern: Pattern, first: int, second: int
) -> None:
    day, holidays = case
    middle, last = day + timedelta(days=first), day + timedelta(days=first + second)
    whole = workdays_between(day, last, pattern, holidays)
    assert whole == workdays_between(day, middle, pattern, holidays) + workdays_between(
        middle, last, pattern, holidays
    )
    assert all(day < found <= last for found in whole)
    assert workdays_between(last, day, pattern, holidays) == []


@given(days_and_holidays(), patterns, zones)
def test_a_day_is_late_only_after_all_of_the_next_workday(
    case: tuple[date, frozenset[date]], pattern: Pattern, zone: str
) -> None:
    day, holidays = case
    calendar = PersonalCalendar(zone, pattern, holidays, Duty())
    limit = deadline_late(day, calendar)
    following = next_workday(day, pattern, holidays)
    assert local_date(limit - timedelta(seconds=1), zone) == following
    assert local_date(limit, zone) == following + timedelta(days=1)
    assert limit <= deadline_late(day + timedelta(days=1), calendar)
    for instant, late in ((limit - timedelta(microseconds=1), False), (limit, True)):
        assert is_late(day, instant, calendar) is late


@given(days, zones, st.integers(1, 28))
def test_the_month_closes_on_its_day_of_the_next_month_by_local_time(
    day: date, zone: str, lock_day: int
) -> None:
    limit = month_lock(day, zone, lock_day=lock_day)
    local = limit.astimezone(ZoneInfo(zone))
    following = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
    assert (local.year, local.month, local.day) == (*following, lock_day)
    assert local.time() == time(23, 59)
    assert not has_passed(limit, limit + timedelta(seconds=59))
    assert has_passed(limit, limit + timedelta(minutes=1))


@given(days_and_holidays(), patterns, zones)
def test_corrections_have_three_workdays_more(
    case: tuple[date, frozenset[date]], pattern: Pattern, zone: str
) -> None:
    day, holidays = case
    lock = month_lock(day, zone)
    limit = correction_lock(day, zone, pattern=pattern, holidays=holidays)
    lock_day, last = local_date(lock, zone), local_date(limit, zone)
    assert len(workdays_between(lock_day, last, pattern, holidays)) == 3
    later = lock_day + timedelta(days=9)
    returned = correction_lock(day, zone, pattern=pattern, holidays=holidays, returned_on=later)
    assert len(workdays_between(later, local_date(returned, zone), pattern, holidays)) == 3
    early = correction_lock(day, zone, pattern=pattern, holidays=holidays, returned_on=day)
    assert early == limit


@given(days, st.times(), zones)
def test_an_instant_is_on_its_local_date(day: date, clock: time, zone: str) -> None:
    clock = clock.replace(microsecond=0)
    instant = at_local(day, clock, zone)
    local = instant.astimezone(ZoneInfo(zone))
    assert instant.tzinfo is UTC
    assert local.replace(tzinfo=None) - datetime.combine(day, clock) in (
        timedelta(),
        timedelta(minutes=30),
        timedelta(hours=1),
    )


@given(days, weekly, st.booleans())
def test_every_pattern_works_the_same_hours_a_week(day: date, pattern: Pattern, ramadan: bool) -> None:
    monday = day - timedelta(days=day.weekday())
    week = [monday + timedelta(days=offset) for offset in range(6)]
    worked = timedelta()
    for each in week:
        if is_workday(each, pattern, frozenset()):
            ends = datetime.combine(each, end_of_day(each, pattern, ramadan=ramadan))
            pause = timedelta(minutes=(30 if ramadan else 60) + (30 if each.weekday() == 4 else 0))
            worked += ends - datetime.combine(each, start_of_day(ramadan=ramadan)) - pause
    assert worked == timedelta(hours=32 if ramadan else 37, minutes=30)


@pytest.mark.parametrize(
    ("pattern", "ramadan", "ordinary", "friday"),
    [
        (Pattern.FIVE_DAYS, False, time(16, 0), time(16, 30)),
        (Pattern.FIVE_DAYS, True, time(15, 0), time(15, 30)),
        (Pattern.SIX_DAYS, False, time(14, 45), time(15, 15)),
        (Pattern.SIX_DAYS, True, time(13, 55), time(14, 25)),
        (Pattern.SHIFT, False, time(16, 0), time(16, 30)),
    ],
)
def test_the_end_of_the_day(pattern: Pattern, ramadan: bool, ordinary: time, friday: time) -> None:
    assert end_of_day(date(2026, 11, 18), pattern, ramadan=ramadan) == ordinary
    assert end_of_day(date(2026, 11, 20), pattern, ramadan=ramadan) == friday


def test_the_prompt_comes_half_an_hour_before_unless_the_person_says_otherwise() -> None:
    wednesday, friday = date(2026, 11, 18), date(2026, 11, 20)
    assert prompt_time(wednesday, Pattern.FIVE_DAYS) == time(15, 30)
    assert prompt_time(friday, Pattern.FIVE_DAYS) == time(16, 0)
    assert prompt_time(friday, Pattern.FIVE_DAYS, ramadan=True) == time(15, 0)
    assert prompt_time(friday, Pattern.FIVE_DAYS, own=time(9, 15)) == time(9, 15)


def test_a_friday_before_a_long_weekend_is_late_after_the_next_workday() -> None:
    """Wednesday 23 December 2026: cuti bersama, Christmas and the weekend lie between."""
    off = frozenset({date(2026, 12, 24), date(2026, 12, 25)})
    limit = deadline_late(date(2026, 12, 23), PersonalCalendar(JAYAPURA, Pattern.FIVE_DAYS, off, Duty()))
    assert limit == datetime(2026, 12, 28, 15, 0, tzinfo=UTC)  # Tuesday 00:00 in Jayapura


def test_leave_and_free_shifts_do_not_make_a_day_late() -> None:
    """Wednesday 18 November: back at work on Tuesday, or on shift again only on Sunday, in another zone."""
    leave = DutySpan(date(2026, 11, 19), date(2026, 11, 23), DayKind.LEAVE)
    away = PersonalCalendar(JAKARTA, Pattern.FIVE_DAYS, frozenset(), Duty((leave,)))
    assert deadline_late(date(2026, 11, 18), away) == datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
    there = DutySpan(date(2026, 11, 22), date(2026, 11, 22), DayKind.FIELD, JAYAPURA)
    shift = Duty((there,), frozenset({date(2026, 11, 18), date(2026, 11, 22)}))
    on_shift = PersonalCalendar(JAKARTA, Pattern.SHIFT, frozenset(), shift)
    assert deadline_late(date(2026, 11, 18), on_shift) == datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


def test_december_closes_in_january() -> None:
    assert month_lock(date(2026, 12, 1), JAKARTA) == datetime(2027, 1, 5, 16, 59, tzinfo=UTC)


@pytest.mark.parametrize("lock_day", [0, 29])
def test_a_lock_day_that_some_month_lacks_is_refused(lock_day: int) -> None:
    with pytest.raises(ValueError, match="1st to 28th"):
        month_lock(date(2026, 11, 18), JAKARTA, lock_day=lock_day)
