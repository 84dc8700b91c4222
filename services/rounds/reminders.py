"""«Nanti»: the person chooses when to be reminded, and the choice replaces the reminders that were left."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Person, Round, RoundKind, RoundState, State
from services.calendar.personal import load_duties
from services.clock import local_date
from services.errors import Invalid, NotAllowed, NotFound
from services.people.identity import Actor
from services.rounds.due import NOTHING_PARTICULAR, Rhythm
from services.rounds.people import AHEAD, office_around
from services.rounds.reminder_times import MOST, Choice, Later, is_chosen, open_choices, reminder_due
from services.rounds.rows import write_schedules

FIELD = "later"


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose day it is, without what is particular about their days, and whether it is answered."""

    rhythm: Rhythm
    answered: bool


@dataclass(frozen=True, slots=True)
class _Told:
    """What was sent of one date. `newer`: a later date was asked about since."""

    reminded: int
    chosen: int
    newer: bool


async def choices(
    session: AsyncSession, actor: Actor, work_date: date, *, now: datetime
) -> tuple[Later, ...]:
    """What «Nanti» can offer now for that day, in the order of the buttons; nothing once it is sent.

    Nothing either for a day to come or one that a newer prompt has followed. Five queries. Raises NotAllowed
    for somebody who is not asked.
    """
    if not actor.reports:
        raise NotAllowed
    asked = await _ask(session, actor, work_date)
    if asked.answered:
        return ()
    return await _open(session, actor, work_date, asked, told=await _told(session, actor, work_date), now=now)


async def may_wait(
    session: AsyncSession, people: Mapping[int, bool], work_date: date, *, today: Mapping[int, date]
) -> set[int]:
    """Of people, by whether they have answered, those to whom «Nanti» offers something. One query.

    `today`: the date where each is. As `choices` says, without what: tomorrow is always open.
    """
    wanted = [one for one, answered in people.items() if not answered and work_date <= today[one]]
    if not wanted:
        return set()
    told = await _told_many(session, wanted, work_date)
    return {one for one in wanted if not told[one].newer and told[one].reminded < MOST}


async def snooze(
    session: AsyncSession, actor: Actor, work_date: date, choice: Choice, *, now: datetime
) -> Later:
    """Reminds the person of that day once more, at the chosen time, and then no longer.

    Raises NotAllowed as `choices`; Invalid: `day_already_sent`; `later_closed` when the choice is not open.
    """
    if not actor.reports:
        raise NotAllowed
    asked = await _ask(session, actor, work_date)
    if asked.answered:
        raise Invalid(FIELD, "day_already_sent")
    told = await _told(session, actor, work_date)
    offered = await _open(session, actor, work_date, asked, told=told, now=now)
    chosen = next((one for one in offered if one.choice is choice), None)
    if chosen is None:
        raise Invalid(FIELD, "later_closed")
    step = MOST + 1 + told.chosen
    due = reminder_due(work_date, step, chosen.due_at, zone=chosen.zone)
    await write_schedules(session, {(actor.person_id, RoundKind.REMINDER): due})
    return chosen


async def _ask(session: AsyncSession, actor: Actor, work_date: date) -> _Asked:
    """One query. Raises NotFound."""
    row = (
        await session.execute(
            select(Person.zone, Person.pattern, Person.unit_id, Day.state, Day.nothing_reason)
            .outerjoin(Day, (Day.person_id == Person.id) & (Day.work_date == work_date))
            .where(Person.id == actor.person_id)
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    answered = row.state not in (None, State.DRAFT) or row.nothing_reason is not None
    return _Asked(Rhythm(row.zone, row.pattern, row.unit_id), answered)


async def _open(
    session: AsyncSession, actor: Actor, work_date: date, asked: _Asked, *, told: _Told, now: datetime
) -> tuple[Later, ...]:
    today = local_date(now, actor.zone)
    if told.newer or work_date > today:
        return ()
    duties = await load_duties(session, Person.id == actor.person_id, first=today, last=today + AHEAD)
    duty = duties.get(actor.person_id, NOTHING_PARTICULAR)
    return open_choices(
        replace(asked.rhythm, duty=duty),
        await office_around(session, now),
        zone=actor.zone,
        now=now,
        reminded=told.reminded,
    )


async def _told(session: AsyncSession, actor: Actor, work_date: date) -> _Told:
    """One query."""
    return (await _told_many(session, [actor.person_id], work_date))[actor.person_id]


async def _told_many(session: AsyncSession, people: Collection[int], work_date: date) -> dict[int, _Told]:
    """One query."""
    rounds = await session.execute(
        select(Round.person_id, Round.work_date, Round.kind, Round.step, Round.state).where(
            Round.person_id.in_(people),
            Round.work_date >= work_date,
            Round.kind.in_([RoundKind.PROMPT, RoundKind.REMINDER]),
        )
    )
    of_each: dict[int, list[Any]] = {person_id: [] for person_id in people}
    for row in rounds:
        of_each[row.person_id].append(row)
    return {person_id: _told_by(rows, work_date) for person_id, rows in of_each.items()}


def _told_by(rounds: Sequence[Any], work_date: date) -> _Told:
    sent = [row for row in rounds if row.state is RoundState.SENT]
    return _Told(
        reminded=sum(row.kind is RoundKind.REMINDER and row.work_date == work_date for row in sent),
        chosen=sum(is_chosen(row.step) and row.work_date == work_date for row in rounds),
        newer=any(row.kind is RoundKind.PROMPT and row.work_date > work_date for row in sent),
    )
