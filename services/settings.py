"""What a person has set for themselves: when they are asked, and in which language."""

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Person, RoundKind, Schedule
from services import audit
from services.errors import Invalid, NotFound
from services.people.identity import Actor

LANGUAGES = ("id", "en")


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """`own_time` None: 30 minutes before the end of the day. `next_prompt` None: not asked by itself."""

    own_time: time | None
    next_prompt: datetime | None
    zone: str
    language: str
    asked: bool


async def load_settings(session: AsyncSession, actor: Actor) -> OwnSettings:
    """One query."""
    row = (
        await session.execute(
            select(Person, Schedule.due_at)
            .outerjoin(Schedule, (Schedule.person_id == Person.id) & (Schedule.kind == RoundKind.PROMPT))
            .where(Person.id == actor.person_id)
        )
    ).one()
    person, due_at = row
    return OwnSettings(person.prompt_time, due_at, person.zone, person.language, actor.reports)


async def set_language(session: AsyncSession, actor: Actor, language: str, *, now: datetime) -> None:
    """From now on the person is spoken to in this language. Raises Invalid `language_unknown`."""
    if language not in LANGUAGES:
        raise Invalid("language", "language_unknown")
    person = await session.get(Person, actor.person_id)
    if person is None:
        raise NotFound("person")
    if person.language == language:
        return
    person.language = language
    audit.record(
        session,
        "language_changed",
        actor_id=actor.person_id,
        subject="person",
        subject_id=actor.person_id,
        now=now,
        detail=language,
    )
    await session.flush()
