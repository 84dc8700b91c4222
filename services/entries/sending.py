"""Putting a day before the supervisor, and taking it back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Decision, Entry, LinkSource, Person, State, Verdict
from services import audit, outbox
from services.calendar import PersonalCalendar, correction_lock, has_passed, is_late, load_personal
from services.clock import local_date
from services.entries.days import changed, entries_of, is_closed, once_decided, own_day
from services.errors import Invalid
from services.people.identity import Actor
from services.people.standing_in import deciders
from services.plans.carrying import renew_links, reopen_links
from services.rounds import plan_person


@dataclass(frozen=True, slots=True)
class Sent:
    """`supervised` False: a head without a supervisor here, recorded undecided.

    `locked`: new entries that stay unsent, because their month is closed.
    """

    day_id: int
    entries: int
    late: bool
    supervised: bool
    locked: int = 0


async def submit_day(
    session: AsyncSession,
    actor: Actor,
    day_id: int,
    *,
    revision: int,
    now: datetime,
    as_suggested: bool = False,
) -> Sent:
    """Sends every unsent and corrected entry of a day; once its month is closed, the corrected ones only.

    Accepts the preselected RHK of each (a weaker lesson than a tap); `as_suggested`: the unsure ones too,
    which were shown. `late` is set by the first sending: after the end of the person's next reporting day.
    Raises Invalid `nothing_to_send` or `day_locked`, Outdated.
    """
    day = await own_day(session, actor, day_id, revision=revision)
    unsent = await entries_of(session, day, State.DRAFT, State.RETURNED)
    if not unsent:
        raise Invalid("day", "nothing_to_send")
    person = (await session.scalars(select(Person).where(Person.id == actor.person_id))).one()
    calendar = await own_calendar(session, actor, day.work_date, now=now)
    entries = await _in_time(session, actor, person, day, unsent, calendar=calendar, now=now)
    supervised = person.supervisor_id is not None
    await renew_links(session, [entry for entry in entries if entry.state is State.DRAFT])
    for entry in entries:
        entry.state = State.SUBMITTED if supervised else State.RECORDED
        if entry.link_source is LinkSource.SUGGESTED:
            _accept_suggestion(entry, unsure=as_suggested)
    if day.first_submitted_at is None:
        day.first_submitted_at = now
        day.late = is_late(day.work_date, now, calendar)
    if day.state is not State.SUBMITTED or day.submitted_at is None:
        day.submitted_at = now  # what is added to a waiting day makes it no younger
    await changed(session, day)
    audit.record(session, "submitted", actor_id=actor.person_id, subject="day", subject_id=day.id, now=now)
    if person.supervisor_id is not None:
        await tell_queue(session, person.supervisor_id, now=now)
    return Sent(day.id, len(entries), day.late, supervised, len(unsent) - len(entries))


def _accept_suggestion(entry: Entry, *, unsure: bool) -> None:
    """A sure suggestion becomes the link; an unsure one only when it was said so."""
    if entry.confident or (unsure and (entry.outside_plan or entry.target_id is not None)):
        entry.link_source = LinkSource.ACCEPTED
    else:
        entry.link_source, entry.target_id, entry.outside_plan = None, None, False


async def withdraw_day(
    session: AsyncSession, actor: Actor, day_id: int, *, revision: int, now: datetime
) -> int:
    """Takes back what waits for a decision, or what a head recorded, to be edited.

    What could not be sent again would be lost: past the lock it stays where it is. Raises Invalid
    `nothing_to_withdraw` or `day_locked`, Outdated.
    """
    day = await own_day(session, actor, day_id, revision=revision)
    sent = await entries_of(session, day, State.SUBMITTED, State.RECORDED)
    if not sent:
        raise Invalid("day", "nothing_to_withdraw")
    person = (await session.scalars(select(Person).where(Person.id == actor.person_id))).one()
    calendar = await own_calendar(session, actor, day.work_date, now=now)
    entries = await _in_time(session, actor, person, day, sent, calendar=calendar, now=now)
    waited = any(entry.state is State.SUBMITTED for entry in entries)
    for entry in entries:
        entry.state = State.RETURNED if entry.return_reason else State.DRAFT
    await reopen_links(session, day, [entry for entry in entries if entry.state is State.DRAFT])
    await changed(session, day)
    audit.record(session, "withdrawn", actor_id=actor.person_id, subject="day", subject_id=day.id, now=now)
    await plan_person(session, actor.person_id, now=now)  # its reminders are back
    if waited and actor.supervisor_id is not None:
        await tell_queue(session, actor.supervisor_id, now=now)
    return day.id


async def tell_queue(session: AsyncSession, supervisor_id: int, *, now: datetime) -> None:
    """Has the living queue of the supervisor brought up to date, and that of who stands in for them today.

    Silently, and once for many causes.
    """
    await tell_queues(session, await deciders(session, supervisor_id, but=None, now=now), now=now)


async def tell_queues(session: AsyncSession, people: Iterable[int], *, now: datetime) -> None:
    """The same for these people."""
    for person_id in people:
        await outbox.enqueue_unless_waiting(session, "queue_changed", to=person_id, now=now)


async def own_calendar(
    session: AsyncSession, actor: Actor, work_date: date, *, now: datetime
) -> PersonalCalendar:
    """The person's calendar from a work date to today and the deadlines after it."""
    last = max(work_date, local_date(now, actor.zone))
    calendars = await load_personal(session, [actor.person_id], first=work_date, last=last)
    return calendars[actor.person_id]


async def _in_time(
    session: AsyncSession,
    actor: Actor,
    person: Person,
    day: Day,
    entries: list[Entry],
    *,
    calendar: PersonalCalendar,
    now: datetime,
) -> list[Entry]:
    """Those that may still be sent: all until the month lock, then corrections for three workdays more.

    A correction is what was returned, and what was once decided and reopened. Raises Invalid `day_locked`
    when none may.
    """
    if not is_closed(actor, day.work_date, now=now):
        return entries
    decided = await once_decided(session, entries)
    found = [one for one in entries if one.state is State.RETURNED or one.return_reason or one.id in decided]
    given_back = await session.scalar(
        select(func.max(Decision.decided_at)).where(
            Decision.day_id == day.id, Decision.verdict.in_([Verdict.RETURN, Verdict.REOPEN])
        )
    )
    limit = correction_lock(
        day.work_date,
        person.zone,
        pattern=person.pattern,
        holidays=calendar.days_off,
        returned_on=local_date(given_back, person.zone) if given_back else None,
    )
    if not found or has_passed(limit, now):
        raise Invalid("day", "day_locked")
    return found
