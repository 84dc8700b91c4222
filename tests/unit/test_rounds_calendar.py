"""When rounds are due, for any pattern, zone, absence, holiday, shift and own time."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models import REPORTING, DayKind, Pattern, RoundKind
from services.calendar import Duty, DutySpan, OfficeCalendar, lock_date
from services.clock import local_date
from services.rounds import Choice, Due, Rhythm, next_due
from services.rounds.due import due_on, open_days, week_of
from services.rounds.reminder_times import APART, open_choices, reminder_times, steps
from services.rounds.weeks import Cut, cut_before, period, standing

START = date(2026, 11, 2)
DAYS = 70
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
DAILY = (RoundKind.PROMPT, RoundKind.PLAN, RoundKind.QUEUE_NOTICE, RoundKind.BRIEF)
DAY = timedelta(days=1)

offsets = st.integers(-10, DAYS)
some_days = st.frozensets(offsets.map(lambda offset: START + timedelta(days=offset)), max_size=25)


@st.composite
def spans(draw: st.DrawFn) -> DutySpan:
    first = START + timedelta(days=draw(offsets))
    kind = draw(st.sampled_from(list(DayKind)))
    zone = draw(st.sampled_from([None, *ZONES])) if kind is DayKind.FIELD else None
    return DutySpan(first, first + timedelta(days=draw(st.integers(0, 20))), kind, zone)


@st.composite
def rhythms(draw: st.DrawFn, pattern: Pattern | None = None) -> Rhythm:
    """Somebody who is asked and supervises. The own time is in the hours that are allowed."""
    own = draw(st.none() | st.integers(6 * 60, 20 * 60).map(lambda minute: time(minute // 60, minute % 60)))
    stands_in = tuple(
        (START + timedelta(days=first), START + timedelta(days=first + length))
        for first, length in draw(st.lists(st.tuples(offsets, st.integers(0, 14)), max_size=2))
    )
    return Rhythm(
        zone=draw(st.sampled_from(ZONES)),
        pattern=pattern or draw(st.sampled_from(list(Pattern))),
        unit_id=draw(st.sampled_from([None, 1])),
        own_time=own,
        duty=Duty(tuple(draw(st.lists(spans(), max_size=3))), draw(some_days)),
        supervises=draw(st.booleans()),
        stands_in=stands_in,
    )


@st.composite
def offices(draw: st.DrawFn) -> OfficeCalendar:
    general, own = draw(some_days), draw(some_days)
    fasting = frozenset(START + timedelta(days=20 + offset) for offset in range(draw(st.integers(0, 30))))
    return OfficeCalendar(general, {1: general | own}, fasting)


def chain(kind: RoundKind, rhythm: Rhythm, office: OfficeCalendar) -> list[Due]:
    """The rounds of ten weeks, each found from the one before, as the tick does it."""
    now = datetime.combine(START - DAY, time(), tzinfo=UTC)
    end = now + timedelta(days=DAYS)
    found: list[Due] = []
    while now < end:
        due = next_due(kind, rhythm, now=now, office=office, after=found[-1].work_date if found else None)
        if due is None:
            break
        found.append(due)
        now = max(now, due.due_at)
    return found


def local(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone))


def zone_at(rhythm: Rhythm, office: OfficeCalendar, day: date) -> str:
    return rhythm.calendar(office).zone_on(day)


@given(rhythms(), offices(), st.sampled_from(DAILY))
def test_daily_rounds_come_on_each_day_that_fits_once_and_in_order(
    rhythm: Rhythm, office: OfficeCalendar, kind: RoundKind
) -> None:
    found = chain(kind, rhythm, office)
    dates = [due.work_date for due in found]
    if found:
        there = [day for day in open_days(kind, rhythm, first=dates[0], office=office) if day <= dates[-1]]
        assert dates == there
    for due in found:
        zone = zone_at(rhythm, office, due.work_date)
        assert local_date(due.due_at, zone) == due.work_date
        assert time(6) <= local(due.due_at, zone).time() <= time(20)
        assert due.due_at < due.stale_at
        latest = time(20, 30) if kind is RoundKind.PROMPT and rhythm.own_time else time(20)
        assert local(due.stale_at, zone).time() <= latest
    for before, after in pairwise(found):
        assert before.work_date < after.work_date
        assert before.due_at < after.due_at


@given(rhythms(), offices())
def test_a_prompt_comes_once_on_each_reporting_day_and_on_no_other(
    rhythm: Rhythm, office: OfficeCalendar
) -> None:
    calendar = rhythm.calendar(office)
    asked = [due.work_date for due in chain(RoundKind.PROMPT, rhythm, office)]
    first, last = START, START + timedelta(days=DAYS - 7)
    assert [day for day in asked if first <= day <= last] == calendar.days(first, last)


@given(
    rhythms(), offices(), st.sampled_from(list(RoundKind)), st.integers(0, 40 * 24), st.integers(0, 9 * 24)
)
def test_the_next_round_is_never_earlier_when_it_is_asked_later(
    rhythm: Rhythm, office: OfficeCalendar, kind: RoundKind, hours: int, more: int
) -> None:
    now = datetime.combine(START, time(), tzinfo=UTC) + timedelta(hours=hours)
    earlier = next_due(kind, rhythm, now=now, office=office)
    later = next_due(kind, rhythm, now=now + timedelta(hours=more), office=office)
    if earlier is None:
        assert later is None
    elif later is not None:
        assert later.work_date >= earlier.work_date
        assert later.stale_at > now + timedelta(hours=more)


@given(rhythms(), offices())
def test_who_is_away_is_not_briefed_and_nobody_is_who_decides_on_nobody(
    rhythm: Rhythm, office: OfficeCalendar
) -> None:
    for kind in (RoundKind.BRIEF, RoundKind.QUEUE_NOTICE):
        for due in chain(kind, rhythm, office):
            assert not rhythm.duty.is_away(due.work_date)
            assert rhythm.decides_on(due.work_date)
            assert due.work_date not in office.days_off(rhythm.unit_id)


@given(rhythms(), offices())
def test_the_lock_is_warned_of_on_the_last_day_the_person_reports_before_it(
    rhythm: Rhythm, office: OfficeCalendar
) -> None:
    calendar = rhythm.calendar(office)
    for due in chain(RoundKind.LOCK_WARNING, rhythm, office):
        lock = due.work_date
        assert lock == lock_date(lock - timedelta(days=10))
        day = next(
            one for one in (lock - timedelta(days=back) for back in range(31)) if calendar.reports_on(one)
        )
        assert local(due.due_at, calendar.zone_on(day)) == datetime.combine(
            day, time(9), tzinfo=ZoneInfo(calendar.zone_on(day))
        )
        assert not calendar.days(day + DAY, lock)


@given(rhythms(), offices())
def test_the_admin_is_warned_once_in_each_week_of_december(rhythm: Rhythm, office: OfficeCalendar) -> None:
    off = office.days_off(rhythm.unit_id)
    weeks: dict[int, date] = {}
    for offset in range(31):
        day = date(2026, 12, 1) + timedelta(days=offset)
        if day.weekday() < 5 and day not in off:
            weeks.setdefault(day.isocalendar().week, day)
    now = datetime(2026, 11, 2, tzinfo=UTC)
    found: list[date] = []
    while (
        due := next_due(
            RoundKind.CALENDAR_WARNING,
            rhythm,
            now=now,
            office=office,
            after=found[-1] if found else None,
        )
    ) is not None and due.work_date.year == 2026:
        found.append(due.work_date)
    assert found == list(weeks.values())


@given(rhythms(), offices(), st.sampled_from([RoundKind.DIGEST, RoundKind.TEAM_DIGEST]))
def test_summaries_come_at_the_end_of_the_first_day_from_friday_on(
    rhythm: Rhythm, office: OfficeCalendar, kind: RoundKind
) -> None:
    for due in chain(kind, rhythm, office):
        friday = due.work_date + DAY
        assert friday.weekday() == 4
        day = next(open_days(kind, rhythm, first=friday, office=office))
        zone = zone_at(rhythm, office, day)
        assert local_date(due.due_at, zone) == day
        assert week_of(day) == due.work_date
        assert time(13) < local(due.due_at, zone).time() < time(17)


@given(
    rhythms(),
    offices(),
    st.sampled_from([RoundKind.DIGEST, RoundKind.TEAM_DIGEST]),
    st.lists(st.integers(0, DAYS * 48), min_size=40, max_size=200),
    st.integers(-20, 20),
)
def test_summaries_tile_whenever_the_program_runs(
    rhythm: Rhythm, office: OfficeCalendar, kind: RoundKind, ticks: list[int], joined_at: int
) -> None:
    """Each date is in exactly one summary, each instant too, however many Fridays were missed."""
    joined = START + timedelta(days=joined_at)
    begin = datetime.combine(START, time(), tzinfo=UTC)
    row = next_due(kind, rhythm, now=begin, office=office)
    before: Cut | None = None
    dates: list[date] = []
    given_in: set[date] = set()
    for tick in sorted(ticks):
        now = begin + timedelta(minutes=30 * tick)
        if row is None or row.due_at > now:
            continue
        due = standing(kind, rhythm, week=row.work_date, now=now, office=office)
        if due is None or due.due_at > now:
            row = due
            continue
        assert due.stale_at > now
        assert due.work_date not in given_in
        given_in.add(due.work_date)
        by_rule = due_on(kind, rhythm, day=due.work_date, office=office)
        assert by_rule is not None
        since = cut_before(kind, rhythm, week=due.work_date, office=office)
        covers = period(week=due.work_date, cut_to=by_rule.due_at, before=before, since=since, joined=joined)
        if covers is not None:
            assert covers.cut_to <= now
            assert covers.cut_from == (before.cut_to if before else since) < covers.cut_to
            dates += [covers.first + timedelta(days=n) for n in range((covers.last - covers.first).days + 1)]
            before = Cut(covers.last, covers.cut_to)
        row = next_due(kind, rhythm, now=now, office=office, after=due.work_date)
    assert all(after == earlier + DAY for earlier, after in pairwise(dates))
    assert not dates or dates[0] >= joined


@given(
    st.sampled_from(ZONES),
    st.integers(6 * 60, 20 * 60 + 29),
    st.integers(0, 3),
)
def test_reminders_are_at_most_three_after_the_prompt_and_never_at_night(
    zone: str, minute: int, cap: int
) -> None:
    day = date(2026, 11, 18)
    asked_at = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=ZoneInfo(zone)).astimezone(UTC)
    times = reminder_times(day, zone, asked_at=asked_at)
    assert len(times) <= 3
    for earlier, after in pairwise([asked_at, *times]):
        assert after - earlier >= APART
    for instant in times:
        assert local_date(instant, zone) == day
        assert time(6) < local(instant, zone).time() < time(20)
    capped = steps(day, zone, asked_at=asked_at, cap=cap)
    assert [due.due_at for due in capped] == list(times[:cap])
    assert [due.step for due in capped] == list(range(1, len(capped) + 1))
    for due in capped:
        assert local(due.stale_at, zone).time() <= time(20)
        assert due.due_at < due.stale_at <= due.due_at + timedelta(hours=1)


@pytest.mark.parametrize(
    ("asked", "reminded"),
    [
        (time(15, 30), [time(16, 30), time(17, 30), time(19)]),
        (time(17, 0), [time(18), time(19)]),
        (time(16, 45), [time(17, 45), time(18, 45)]),
        (time(18, 25), [time(19)]),
        (time(18, 30), [time(19), time(19, 30)]),
        (time(18, 45), [time(19, 45)]),
        (time(19, 30), []),
        (time(20, 0), []),
        (time(6, 0), [time(7), time(8), time(19)]),
    ],
)
def test_when_somebody_is_reminded(asked: time, reminded: Iterable[time]) -> None:
    day, zone = date(2026, 11, 18), "Asia/Makassar"
    asked_at = datetime.combine(day, asked, tzinfo=ZoneInfo(zone))
    assert [local(one, zone).time() for one in reminder_times(day, zone, asked_at=asked_at)] == reminded


@given(rhythms(), offices(), st.integers(0, 40 * 96), st.integers(0, 4))
def test_what_later_offers_is_to_come_and_never_at_night(
    rhythm: Rhythm, office: OfficeCalendar, quarters: int, reminded: int
) -> None:
    now = datetime.combine(START, time(), tzinfo=UTC) + timedelta(minutes=15 * quarters)
    zone = zone_at(rhythm, office, local_date(now, rhythm.zone))
    found = open_choices(rhythm, office, zone=zone, now=now, reminded=reminded)
    assert bool(found) is (reminded < 3)
    for one in found:
        assert one.due_at > now
        assert local_date(one.due_at, one.zone) == one.day
        assert time(6) < local(one.due_at, one.zone).time() < time(20)
    if found:
        tomorrow = found[-1]
        assert tomorrow.choice is Choice.TOMORROW
        calendar = rhythm.calendar(office)
        assert tomorrow.day == calendar.next_day(local_date(now, zone))


@given(rhythms(), offices(), offsets, st.integers(0, 40))
def test_a_personal_calendar_is_of_one_piece(
    rhythm: Rhythm, office: OfficeCalendar, offset: int, length: int
) -> None:
    calendar = rhythm.calendar(office)
    first = START + timedelta(days=offset)
    last = first + timedelta(days=length)
    days = calendar.days(first, last)
    assert days == sorted(set(days))
    assert all(calendar.reports_on(day) and calendar.works_on(day) for day in days)
    assert calendar.waited(first, last) == len([day for day in days if day > first])
    assert calendar.waited(last, first) == 0
    following = calendar.next_day(last)
    assert following > last
    if calendar.reports_on(following):
        assert calendar.waited(last, following) == 1
    else:  # nothing ahead is known: the office's day stands for it
        assert following == calendar.next_office_day(last)
        assert not calendar.days(last + DAY, last + timedelta(days=300))
    for day in days:
        kind = calendar.kind_on(day)
        assert kind is None or kind in REPORTING


@given(rhythms(Pattern.SHIFT), offices())
def test_a_shift_is_asked_on_marked_days_only(rhythm: Rhythm, office: OfficeCalendar) -> None:
    asked = {due.work_date for due in chain(RoundKind.PROMPT, rhythm, office)}
    assert asked <= rhythm.duty.shifts
    assume(asked)
    assert not any(rhythm.duty.is_away(day) for day in asked)
