"""When somebody is reminded of a day they have not answered for. Pure.

    by rule      one hour and two hours after they were asked, and at 19:00; steps 1 to 3
    by choice    «Nanti»: one instant that replaces what was left; its step is above `MOST`, none follows it

Never more than three for one day in all, never between 20:00 and 06:00, at least half an hour apart.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.calendar.days_off import OfficeCalendar
from services.calendar.hours import at_local, start_of_day
from services.clock import local_date
from services.rounds.due import QUIET_FROM, QUIET_UNTIL, Due, Rhythm

MOST = 3
AFTER = (timedelta(hours=1), timedelta(hours=2))
EVENING = time(19, 0)
APART = timedelta(minutes=30)
WINDOW = timedelta(hours=1)


class Choice(enum.StrEnum):
    """What «Nanti» offers."""

    LATER_HOUR = "later_hour"
    TONIGHT = "tonight"
    TOMORROW = "tomorrow"


@dataclass(frozen=True, slots=True)
class Told:
    """What was sent of one person and date: when the prompt, how many reminders, the last of them when.

    `step`: the last step that is over, whether it was sent or missed.
    """

    asked_at: datetime | None = None
    reminded: int = 0
    reminded_at: datetime | None = None
    step: int = 0


@dataclass(frozen=True, slots=True)
class Later:
    """A choice that is open. `day`: the local date on which the reminder comes, in `zone`."""

    choice: Choice
    day: date
    due_at: datetime
    zone: str


def is_quiet(instant: datetime, zone: str) -> bool:
    """Whether it is between 20:00 and 06:00 in `zone`, both included: the evening is private."""
    clock = instant.astimezone(ZoneInfo(zone)).time()
    return clock >= QUIET_FROM or clock <= QUIET_UNTIL


def reminder_times(day: date, zone: str, *, asked_at: datetime) -> tuple[datetime, ...]:
    """The instants of the reminders of `day` for who was asked at `asked_at`, in order; at most three."""
    wished = sorted([*(asked_at + pause for pause in AFTER), at_local(day, EVENING, zone)])
    times: list[datetime] = []
    latest = asked_at
    for instant in wished:
        if instant - latest >= APART and not is_quiet(instant, zone) and local_date(instant, zone) == day:
            times.append(instant)
            latest = instant
    return tuple(times[:MOST])


def reminder_due(work_date: date, step: int, due_at: datetime, *, zone: str) -> Due:
    """A reminder at `due_at`: for an hour, but not into the evening."""
    evening = at_local(local_date(due_at, zone), QUIET_FROM, zone)
    return Due(work_date, due_at, min(due_at + WINDOW, evening), step)


def steps(work_date: date, zone: str, *, asked_at: datetime, cap: int) -> Sequence[Due]:
    """The reminders by rule of who lets themselves be reminded `cap` times; steps from 1."""
    times = reminder_times(work_date, zone, asked_at=asked_at)[: max(cap, 0)]
    return [reminder_due(work_date, step, instant, zone=zone) for step, instant in enumerate(times, start=1)]


def still_to_come(work_date: date, zone: str, *, told: Told, cap: int, now: datetime) -> Due | None:
    """The next reminder by rule of a day without an answer, from the record; what is past is passed over.

    None too after one that was chosen: it stood for all that were left.
    """
    if told.asked_at is None or is_chosen(told.step):
        return None
    earliest = now if told.reminded_at is None else max(now, told.reminded_at + APART)
    left = steps(work_date, zone, asked_at=told.asked_at, cap=cap)[told.step :]
    return next((due for due in left if due.due_at >= earliest), None)


def is_chosen(step: int) -> bool:
    """Whether a reminder was asked for with «Nanti»: the last one of its day."""
    return step > MOST


def open_choices(
    rhythm: Rhythm, office: OfficeCalendar, *, zone: str, now: datetime, reminded: int
) -> tuple[Later, ...]:
    """What «Nanti» can offer now, in the order of the buttons.

    `zone`: where the person is now. `reminded`: how many reminders of that day were sent already.
    """
    if reminded >= MOST:
        return ()
    today = local_date(now, zone)
    found = []
    in_an_hour = now + timedelta(hours=1)
    if not is_quiet(in_an_hour, zone):
        found.append(Later(Choice.LATER_HOUR, today, in_an_hour, zone))
    tonight = at_local(today, EVENING, zone)
    if tonight > now:
        found.append(Later(Choice.TONIGHT, today, tonight, zone))
    following = rhythm.calendar(office).next_day(today)
    there = rhythm.calendar(office).zone_on(following)
    found.append(Later(Choice.TOMORROW, following, morning(rhythm, office, day=following), there))
    return tuple(found)


def morning(rhythm: Rhythm, office: OfficeCalendar, *, day: date) -> datetime:
    """When work begins on `day` for the person, where they are then."""
    clock = start_of_day(ramadan=office.is_ramadan(day))
    return at_local(day, clock, rhythm.calendar(office).zone_on(day))
