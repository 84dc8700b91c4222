"""What becomes of a schedule row that is due: the rules, applied to it again. Pure.

    still right? ──no──▶ moved to its next due, no round; removed when there is none
         │
         ├── its window has passed ──▶ round skipped (a weekly summary: given later)
         ├── nothing to ask ─────────▶ round unneeded
         └── else ───────────────────▶ round sent

A reminder that has lost its cause (answered, excused, away, paused, out of reach) is removed without a round.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from models import RoundKind, RoundState
from services.calendar.hours import at_local
from services.clock import local_date
from services.rounds.due import LEAST_WINDOW, QUIET_FROM, WEEKLY, Due, Outlook
from services.rounds.people import Facts
from services.rounds.reminder_times import (
    APART,
    MOST,
    Told,
    is_chosen,
    is_quiet,
    morning,
    reminder_due,
    steps,
)
from services.rounds.rows import Ended
from services.rounds.weeks import Cut, cut_before, period, standing


@dataclass(frozen=True, slots=True)
class Found:
    """A schedule row that is due, with what is known of its person and date. `joined_at` None: not joined."""

    person_id: int
    kind: RoundKind
    there: Due
    facts: Facts
    active: bool
    reachable: bool
    answered: bool
    joined_at: datetime | None


@dataclass(frozen=True, slots=True)
class Background:
    """What the judging of a batch needs besides its rows.

    `waiting`: for which supervisors submitted days wait, and whose they are.
    `cuts`: where the last summary of a kind ended.
    """

    waiting: Mapping[int, Collection[int]] = field(default_factory=dict)
    told: Mapping[tuple[int, date], Told] = field(default_factory=dict)
    cuts: Mapping[tuple[int, RoundKind], Cut] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a row ends, and what follows it (None: the row is removed).

    `reminder`: the first reminder of a prompt that is sent.
    """

    ended: tuple[Ended, ...] = ()
    following: Due | None = None
    reminder: Due | None = None


def judge(row: Found, *, background: Background, outlook: Outlook) -> Verdict:
    """Decides on one due row."""
    if not row.active or row.joined_at is None or not row.facts.gets(row.kind):
        return Verdict()
    if row.kind is RoundKind.REMINDER:
        told = background.told.get((row.person_id, row.there.work_date), Told())
        return _reminder(row, told=told, outlook=outlook)
    if row.kind in WEEKLY:
        return _summary(row, before=background.cuts.get((row.person_id, row.kind)), outlook=outlook)
    return _daily(row, waiting=background.waiting, outlook=outlook)


def _daily(row: Found, *, waiting: Mapping[int, Collection[int]], outlook: Outlook) -> Verdict:
    """Prompt, plan, notice, brief and warnings: one a date."""
    rhythm, now, day = row.facts.rhythm, outlook.now, row.there.work_date
    following = outlook.next(row.kind, rhythm, day)
    by_rule = outlook.on(row.kind, rhythm, day)
    if by_rule is None or not row.reachable:
        return Verdict(following=following)
    if by_rule.due_at > now:  # the plan was not told of a later time
        return Verdict(following=by_rule)
    zone = rhythm.calendar(outlook.office).zone_on(day)
    # The row's own window holds (a time moved back leaves today's prompt), but not in another zone's evening.
    evening = at_local(day, QUIET_FROM, zone)
    in_time = row.there.due_at < evening or by_rule.due_at == evening
    ends = max(evening, row.there.due_at + LEAST_WINDOW) if in_time else evening
    limit = min(row.there.stale_at, ends)
    if limit <= now:
        return Verdict((_ended(row, RoundState.SKIPPED),), following)
    if not _needed(row, waiting=waiting):
        return Verdict((_ended(row, RoundState.UNNEEDED),), following)
    reminder = None
    if row.kind is RoundKind.PROMPT:
        wished = steps(day, zone, asked_at=now, cap=row.facts.reminder_cap)
        reminder = next((one for one in wished if row.facts.lets_remind(day, one.step)), None)
    sent = replace(_ended(row, RoundState.SENT), stale_at=limit)
    return Verdict((sent,), following, reminder)


def _needed(row: Found, *, waiting: Mapping[int, Collection[int]]) -> bool:
    if row.kind in (RoundKind.PROMPT, RoundKind.PLAN):
        return not row.answered
    if row.kind is RoundKind.QUEUE_NOTICE:
        seats = row.facts.decides_as(row.person_id, row.there.work_date)
        return any(other != row.person_id for seat in seats for other in waiting.get(seat, ()))
    return True


def _reminder(row: Found, *, told: Told, outlook: Outlook) -> Verdict:
    calendar = row.facts.rhythm.calendar(outlook.office)
    day = row.there.work_date
    if row.answered or not row.reachable or not calendar.reports_on(day):
        return Verdict()
    if is_chosen(row.there.step):
        return _chosen(row, told=told, outlook=outlook)
    if told.asked_at is None:
        return Verdict()
    wished = steps(day, calendar.zone_on(day), asked_at=told.asked_at, cap=row.facts.reminder_cap)
    ended: list[Ended] = []
    not_before = outlook.now
    for due in wished[row.there.step - 1 :]:
        if not row.facts.lets_remind(day, due.step):
            break
        if ended and ended[-1].state is RoundState.SENT and due.due_at < not_before:
            continue
        if due.due_at > outlook.now:
            return Verdict(_with_last(ended, last=False), due)
        if due.stale_at <= outlook.now:
            ended.append(_ended(row, RoundState.SKIPPED, due=due))
        else:
            ended.append(_ended(row, RoundState.SENT, due=due))
            not_before = outlook.now + APART
    return Verdict(_with_last(ended, last=True))


def _chosen(row: Found, *, told: Told, outlook: Outlook) -> Verdict:
    """A reminder the person asked for: not on a day off, and the last one."""
    rhythm, now = row.facts.rhythm, outlook.now
    calendar = rhythm.calendar(outlook.office)
    if told.reminded >= MOST:
        return Verdict()
    here = calendar.zone_on(local_date(row.there.due_at, rhythm.zone))
    today = local_date(row.there.due_at, here)
    if _asks_on_a_day_off(row, day=today, outlook=outlook):
        following = calendar.next_day(max(today, local_date(now, here)))
        later = morning(rhythm, outlook.office, day=following)
        zone = calendar.zone_on(following)
        return Verdict(following=reminder_due(row.there.work_date, row.there.step, later, zone=zone))
    if row.there.stale_at <= now or is_quiet(now, here):
        return Verdict((_ended(row, RoundState.SKIPPED),))
    sent = _ended(row, RoundState.SENT, payload={"step": told.reminded + 1, "chosen": True})
    return Verdict(_with_last([sent], last=True))


def _asks_on_a_day_off(row: Found, *, day: date, outlook: Outlook) -> bool:
    """Whether «Besok pagi» turned out to be a day off; an hour chosen on a day off stands."""
    calendar = row.facts.rhythm.calendar(outlook.office)
    if calendar.reports_on(day):
        return False
    in_the_morning = row.there.due_at == morning(row.facts.rhythm, outlook.office, day=day)
    return in_the_morning or calendar.duty.is_away(day)


def _summary(row: Found, *, before: Cut | None, outlook: Outlook) -> Verdict:
    rhythm, now, kind = row.facts.rhythm, outlook.now, row.kind
    due = standing(kind, rhythm, week=row.there.work_date, now=now, office=outlook.office)
    if due is None:
        return Verdict()
    following = outlook.next(kind, rhythm, due.work_date)
    if not row.reachable:
        return Verdict(following=following)
    if due.due_at > now:
        return Verdict(following=due)
    by_rule = outlook.on(kind, rhythm, due.work_date)
    joined = None if row.joined_at is None else local_date(row.joined_at, rhythm.zone)
    cut_to = due.due_at if by_rule is None else by_rule.due_at
    since = cut_before(kind, rhythm, week=due.work_date, office=outlook.office)
    covers = period(week=due.work_date, cut_to=cut_to, before=before, since=since, joined=joined)
    if covers is None:
        return Verdict((_ended(row, RoundState.UNNEEDED, due=due),), following)
    sent = Ended(
        person_id=row.person_id,
        kind=kind,
        work_date=due.work_date,
        state=RoundState.SENT,
        due_at=due.due_at,
        payload={"week": due.work_date.isoformat()},
        covers=covers,
        stale_at=due.stale_at,
    )
    return Verdict((sent,), following)


def _ended(
    row: Found, state: RoundState, *, due: Due | None = None, payload: Mapping[str, object] | None = None
) -> Ended:
    due = due or row.there
    says: dict[str, object] = {"work_date": due.work_date.isoformat(), **(payload or {})}
    if row.kind is RoundKind.CALENDAR_WARNING:
        says["year"] = due.work_date.year + 1
    if row.kind is RoundKind.REMINDER:
        says.setdefault("step", due.step)
    return Ended(
        row.person_id,
        row.kind,
        due.work_date,
        state,
        due.due_at,
        due.step,
        says,
        stale_at=due.stale_at,
    )


def _with_last(ended: list[Ended], *, last: bool) -> tuple[Ended, ...]:
    """Notes in the reminder that is sent whether it is the last one of its day."""
    return tuple(replace(one, payload={**(one.payload or {}), "last": last}) for one in ended)
