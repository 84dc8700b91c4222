"""Umpan balik: a dated note of a supervisor on a day, an entry, an RHK or a behaviour, and its one reply.

    given ──▶ read ──▶ (replied)        a reply also marks it read; there is no second reply

Only the person's supervisor gives it; only the addressee marks it read and replies. Its words never change.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import (
    Behaviour,
    Day,
    Entry,
    Feedback,
    FeedbackKind,
    PerformancePlan,
    Person,
    Progress,
    Target,
    Tone,
)
from services import audit, outbox
from services.approvals.entitlement import capacity_of
from services.approvals.shown import VISIBLE
from services.errors import Invalid, NotAllowed, NotFound
from services.people.identity import Actor

SHORTEST, LONGEST = 3, 1000
"""Characters of a note; a reply may be as long, and as short as one character."""
MENDABLE = frozenset({"feedback_short", "feedback_long", "empty"})
"""Refusals of a text that another text answers."""
TWICE = timedelta(minutes=2)
"""The same note on the same thing within this time is one note pressed twice."""


@dataclass(frozen=True, slots=True)
class About:
    """What a note is on: always a day, and perhaps one entry of it, one RHK, one behaviour."""

    day_id: int
    entry_id: int | None = None
    target_id: int | None = None
    behaviour: Behaviour | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A note with everything its two people are shown."""

    id: int
    from_id: int
    to_id: int
    from_name: str
    to_name: str
    day_id: int | None
    work_date: date | None
    activity: str | None
    target_text: str | None
    behaviour: Behaviour | None
    tone: Tone
    text: str
    given_at: datetime
    read_at: datetime | None
    reply: str | None
    follow_up_on: date | None = None
    closed_at: datetime | None = None
    progress: Progress | None = None


async def ensure_about(session: AsyncSession, actor: Actor, about: About, *, now: datetime) -> int:
    """That the actor may give a note on this, and that it hangs together; gives the person's id.

    Raises NotFound, NotAllowed.
    """
    day = await session.get(Day, about.day_id)
    if day is None:
        raise NotFound("day_gone")
    await capacity_of(session, actor, day.person_id, now=now, day=day)
    if about.entry_id is not None:
        found = await session.scalar(
            select(Entry.id).where(
                Entry.id == about.entry_id, Entry.day_id == about.day_id, Entry.state.in_(VISIBLE)
            )
        )
        if found is None:
            raise NotFound("entry_gone")
    if about.target_id is not None:
        found = await session.scalar(
            select(Target.id)
            .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
            .where(Target.id == about.target_id, PerformancePlan.person_id == day.person_id)
        )
        if found is None:
            raise NotFound("target_gone")
    return day.person_id


def checked(text: str) -> str:
    """Words as a note. Raises Invalid `feedback_short`, `feedback_long`."""
    text = text.strip()
    if len(text) < SHORTEST:
        raise Invalid("feedback", "feedback_short", limit=SHORTEST)
    if len(text) > LONGEST:
        raise Invalid("feedback", "feedback_long", limit=LONGEST)
    return text


async def give_feedback(
    session: AsyncSession, actor: Actor, about: About, *, tone: Tone, text: str, now: datetime
) -> int:
    """Keeps a note and has its person told; gives its id. The text is kept as it was shown or typed.

    Raises Invalid `feedback_short`, `feedback_long`; NotFound, NotAllowed.
    """
    text = checked(text)
    person_id = await ensure_about(session, actor, about, now=now)
    twice = await session.scalar(
        select(Feedback.id).where(
            Feedback.from_id == actor.person_id,
            Feedback.to_id == person_id,
            Feedback.day_id == about.day_id,
            Feedback.entry_id.is_not_distinct_from(about.entry_id),
            Feedback.target_id.is_not_distinct_from(about.target_id),
            Feedback.behaviour.is_not_distinct_from(about.behaviour),
            Feedback.tone == tone,
            Feedback.text == text,
            Feedback.given_at > now - TWICE,
        )
    )
    if twice is not None:
        return twice
    note = Feedback(
        from_id=actor.person_id,
        to_id=person_id,
        day_id=about.day_id,
        entry_id=about.entry_id,
        target_id=about.target_id,
        behaviour=about.behaviour,
        kind=FeedbackKind.INCIDENTAL,
        tone=tone,
        text=text,
        given_at=now,
    )
    session.add(note)
    await session.flush()
    audit.record(
        session,
        "feedback_given",
        actor_id=actor.person_id,
        subject="feedback",
        subject_id=note.id,
        now=now,
        detail=tone.value,
    )
    payload = {"feedback_id": note.id}
    await outbox.enqueue(session, "feedback_given", to=person_id, now=now, payload=payload)
    return note.id


async def mark_read(session: AsyncSession, actor: Actor, feedback_id: int, *, now: datetime) -> None:
    """The addressee has read it; twice is as once. Raises NotFound, NotAllowed."""
    note = await _addressed(session, actor, feedback_id)
    note.read_at = note.read_at or now


async def ensure_reply_open(session: AsyncSession, actor: Actor, feedback_id: int) -> None:
    """Raises Invalid `already_replied`; NotFound, NotAllowed."""
    if (await _addressed(session, actor, feedback_id)).reply is not None:
        raise Invalid("reply", "already_replied")


async def reply_to(
    session: AsyncSession, actor: Actor, feedback_id: int, text: str, *, now: datetime
) -> None:
    """The one reply. Raises Invalid `empty`, `feedback_long`, `already_replied`; NotFound, NotAllowed."""
    note = await _addressed(session, actor, feedback_id)
    if note.reply is not None:
        raise Invalid("reply", "already_replied")
    text = text.strip()
    if not text:
        raise Invalid("reply", "empty")
    if len(text) > LONGEST:
        raise Invalid("reply", "feedback_long", limit=LONGEST)
    note.reply, note.replied_at, note.read_at = text, now, note.read_at or now
    payload = {"feedback_id": note.id}
    await outbox.enqueue(session, "feedback_replied", to=note.from_id, now=now, payload=payload)


async def load_note(session: AsyncSession, actor: Actor, feedback_id: int) -> Note:
    """A note for one of its two people. Raises NotFound, NotAllowed."""
    giver, taker = aliased(Person), aliased(Person)
    row = (
        await session.execute(
            select(Feedback, giver.name, taker.name, Day.work_date, Entry.activity, Target.text)
            .join(giver, giver.id == Feedback.from_id)
            .join(taker, taker.id == Feedback.to_id)
            .outerjoin(Day, Day.id == Feedback.day_id)
            .outerjoin(Entry, Entry.id == Feedback.entry_id)
            .outerjoin(Target, Target.id == Feedback.target_id)
            .where(Feedback.id == feedback_id)
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    note, from_name, to_name, work_date, activity, target_text = row
    if actor.person_id not in (note.from_id, note.to_id):
        raise NotAllowed
    return Note(
        id=note.id,
        from_id=note.from_id,
        to_id=note.to_id,
        from_name=from_name,
        to_name=to_name,
        day_id=note.day_id,
        work_date=work_date,
        activity=activity,
        target_text=target_text,
        behaviour=note.behaviour,
        tone=note.tone,
        text=note.text,
        given_at=note.given_at,
        read_at=note.read_at,
        reply=note.reply,
        follow_up_on=note.follow_up_on,
        closed_at=note.closed_at,
        progress=note.progress,
    )


async def _addressed(session: AsyncSession, actor: Actor, feedback_id: int) -> Feedback:
    """A note to the actor, locked."""
    note = await session.scalar(
        select(Feedback)
        .where(Feedback.id == feedback_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if note is None:
        raise NotFound
    if note.to_id != actor.person_id:
        raise NotAllowed
    return note
