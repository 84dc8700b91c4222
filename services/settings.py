"""What a person has set for themselves: when and how often they are asked, and in which language."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Pattern, Person, RoundKind, Schedule
from services import audit
from services.clock import local_date
from services.errors import Invalid, NotAllowed, NotFound
from services.people.identity import Actor
from services.rounds import plan_person
from services.rounds.reminder_times import MOST

LANGUAGES = ("id", "en")
PAUSES = (1, 7)
"""Days for which reminders may be paused; none of it touches the daily question."""


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """`own_time` None: 30 minutes before the end of the day. `next_prompt` None: not asked by itself.

    `reminder_cap`: reminders a day. `paused_until`: the first day on which they come again, if paused.
    """

    own_time: time | None
    next_prompt: datetime | None
    zone: str
    language: str
    asked: bool
    reminder_cap: int
    paused_until: date | None
    plan_asked: bool
    shift: bool = False
    """Asked on marked days only."""


async def load_settings(session: AsyncSession, actor: Actor, *, now: datetime) -> OwnSettings:
    """One query."""
    row = (
        await session.execute(
            select(Person, Schedule.due_at)
            .outerjoin(Schedule, (Schedule.person_id == Person.id) & (Schedule.kind == RoundKind.PROMPT))
            .where(Person.id == actor.person_id)
        )
    ).one()
    person, due_at = row
    until = person.reminders_from
    return OwnSettings(
        own_time=person.prompt_time,
        next_prompt=due_at,
        zone=actor.zone,
        language=person.language,
        asked=actor.reports,
        reminder_cap=person.reminder_cap,
        paused_until=until if until is not None and until > local_date(now, actor.zone) else None,
        plan_asked=person.plan_asked,
        shift=person.pattern is Pattern.SHIFT,
    )


async def set_language(session: AsyncSession, actor: Actor, language: str, *, now: datetime) -> None:
    """From now on the person is spoken to in this language. Raises Invalid `language_unknown`."""
    if language not in LANGUAGES:
        raise Invalid("language", "language_unknown")
    await _set(session, actor, "language", language, action="language_changed", detail=language, now=now)


async def set_reminder_cap(session: AsyncSession, actor: Actor, cap: int, *, now: datetime) -> None:
    """How often a day the person is reminded, 0 to 3. Raises NotAllowed, Invalid `reminder_cap`."""
    if not 0 <= cap <= MOST:
        raise Invalid("cap", "reminder_cap", limit=MOST)
    await _asked_for(session, actor, "reminder_cap", cap, action="reminder_cap_changed", now=now)


async def pause_reminders(
    session: AsyncSession, actor: Actor, days: int | None, *, now: datetime
) -> date | None:
    """Reminds of no date before so many days from today; gives the first one again. None: reminds again.

    The daily question itself still comes. Raises NotAllowed, Invalid `reminder_pause`.
    """
    if days is not None and days not in PAUSES:
        raise Invalid("days", "reminder_pause")
    until = None if days is None else local_date(now, actor.zone) + timedelta(days=days)
    await _asked_for(session, actor, "reminders_from", until, action="reminders_paused", now=now)
    return until


async def ask_for_plan(session: AsyncSession, actor: Actor, wanted: bool, *, now: datetime) -> None:
    """Whether the person is asked for a plan in the morning. Raises NotAllowed."""
    await _asked_for(session, actor, "plan_asked", wanted, action="plan_asked_changed", now=now)


async def _asked_for(
    session: AsyncSession, actor: Actor, name: str, value: Any, *, action: str, now: datetime
) -> None:
    """Sets what matters only to somebody who is asked; their rounds follow."""
    if not actor.reports:
        raise NotAllowed
    detail = None if value is None else str(value).lower()
    if await _set(session, actor, name, value, action=action, detail=detail, now=now):
        await plan_person(session, actor.person_id, now=now)


async def _set(
    session: AsyncSession,
    actor: Actor,
    name: str,
    value: Any,
    *,
    action: str,
    detail: str | None,
    now: datetime,
) -> bool:
    """Changes one column of the person and records it; False when it was so already."""
    person = await session.get(Person, actor.person_id)
    if person is None:
        raise NotFound("person")
    if getattr(person, name) == value:
        return False
    setattr(person, name, value)
    audit.record(
        session,
        action,
        actor_id=actor.person_id,
        subject="person",
        subject_id=actor.person_id,
        now=now,
        detail=detail,
    )
    await session.flush()
    return True
