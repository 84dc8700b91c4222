"""A person's own time of the prompt, set in chat."""

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy.ext.asyncio import AsyncSession

from models import Person
from services import audit
from services.errors import Invalid, NotAllowed, NotFound
from services.people.identity import Actor
from services.rounds.clock_words import FIELD, read_clock
from services.rounds.due import Due
from services.rounds.plan import plan_person

EARLIEST = time(6, 0)
LATEST = time(20, 0)


@dataclass(frozen=True, slots=True)
class PromptTime:
    """The time that holds now. `own` None: the default; `following` None: a shift, not asked by itself."""

    own: time | None
    following: Due | None


async def set_prompt_time(session: AsyncSession, actor: Actor, typed: str, *, now: datetime) -> PromptTime:
    """Moves the person's own prompt to what they typed, between 06:00 and 20:00 local.

    Today's prompt moves too while it is still to come; it is never given twice. Raises NotAllowed for
    somebody who is not asked; Invalid as `read_clock`, and `prompt_time_outside` (`earliest`, `latest`).
    """
    if not actor.reports:
        raise NotAllowed
    own = read_clock(typed, zone=actor.zone)
    if not EARLIEST <= own <= LATEST:
        raise Invalid(FIELD, "prompt_time_outside", earliest=f"{EARLIEST:%H.%M}", latest=f"{LATEST:%H.%M}")
    return await _change(session, actor, own=own, now=now)


async def reset_prompt_time(session: AsyncSession, actor: Actor, *, now: datetime) -> PromptTime:
    """Goes back to 30 minutes before the end of the day."""
    if not actor.reports:
        raise NotAllowed
    return await _change(session, actor, own=None, now=now)


async def _change(session: AsyncSession, actor: Actor, *, own: time | None, now: datetime) -> PromptTime:
    person = await session.get(Person, actor.person_id)
    if person is None:
        raise NotFound
    if person.prompt_time != own:
        person.prompt_time = own
        audit.record(
            session,
            "prompt_time_changed",
            actor_id=actor.person_id,
            subject="person",
            subject_id=actor.person_id,
            now=now,
            detail=None if own is None else f"{own:%H:%M}",
        )
        await session.flush()
    return PromptTime(own, await plan_person(session, actor.person_id, now=now))
