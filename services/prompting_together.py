"""The question of the day for many people at once: as many queries as for one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day
from services.clock import local_date
from services.people.identity import Actor
from services.planning import PlanLineView, plans_of
from services.prompting import Asking, look_at_many
from services.rounds.reminders import may_wait


@dataclass(frozen=True, slots=True)
class Question:
    """What one person is asked. `later`: «Nanti» has something to offer."""

    asking: Asking
    later: bool
    plan: tuple[PlanLineView, ...]

    @property
    def lapsed(self) -> bool:
        """Nothing is left to ask: the day was answered, or the person is away."""
        return self.asking.sent or self.asking.away is not None


async def look_together(
    session: AsyncSession, asked: Sequence[tuple[Actor, date]], *, now: datetime
) -> list[Question]:
    """Each person's question of their date, in order. At most fourteen queries a date that occurs."""
    found: dict[tuple[int, date], Question] = {}
    for day in sorted({day for _, day in asked}):
        people = {actor.person_id: actor for actor, one in asked if one == day}
        for question in await _of_day(session, people, day, now=now):
            found[question.asking.person_id, day] = question
    return [found[actor.person_id, day] for actor, day in asked]


async def _of_day(
    session: AsyncSession, people: Mapping[int, Actor], day: date, *, now: datetime
) -> list[Question]:
    askings = await look_at_many(session, people, day)
    nothing = await session.scalars(
        select(Day.person_id).where(
            Day.person_id.in_(people), Day.work_date == day, Day.nothing_reason.is_not(None)
        )
    )
    answered = set(nothing)
    waits = await may_wait(
        session,
        {one: asking.sent or one in answered for one, asking in askings.items() if people[one].reports},
        day,
        today={one: local_date(now, actor.zone) for one, actor in people.items()},
    )
    plans = await plans_of(session, people, day)
    return [Question(asking, one in waits, plans.get(one, ())) for one, asking in askings.items()]
