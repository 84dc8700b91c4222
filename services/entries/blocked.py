"""What a report or an answer says stands in its way: noted with it, edited with it, taken back with it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Blocker, Day, Entry
from services.blockers import add_blockers, ensure_short
from services.entries.days import own_day
from services.entries.sending import tell_queue
from services.people.identity import Actor
from services.reading.blocked import ReadBlocker, read_blockers


async def note_read(
    session: AsyncSession,
    actor: Actor,
    day: Day,
    found: Sequence[ReadBlocker],
    entries: Sequence[Entry],
    *,
    message_id: int,
    now: datetime,
) -> None:
    """Notes what a report says stands in its way: of the entry above it, else of the day, which is locked.

    The message may have been edited: what it said before and nobody answered follows it, or goes. Raises
    Invalid `blocker_long`, `blocker_many`.
    """
    pairs = {
        one.text: entries[min(one.after, len(entries)) - 1].id if one.after and entries else None
        for one in found
    }
    before = await _said_in(session, actor, message_id, day)
    for same in [one for one in before if one.text in pairs]:
        pairs.pop(same.text, None)
        before.remove(same)
    loose = [one for one in before if one.answered_at is None and one.closed_at is None]
    follows = list(zip(loose, list(pairs), strict=False))
    for blocker, text in follows:
        ensure_short(text)
        blocker.text, blocker.entry_id = text, pairs.pop(text)
    await _forget(session, actor, loose[len(follows) :], now=now)
    await add_blockers(session, actor, day, list(pairs.items()), message_id=message_id, now=now)


async def note_answer(
    session: AsyncSession, actor: Actor, day_id: int, text: str, *, message_id: int, now: datetime
) -> str:
    """Notes what an answer about outcomes says stands in the way of the day; gives the rest of the text.

    Raises as `note_read`; NotFound, NotTheirs.
    """
    rest, found = read_blockers(text)
    day = await own_day(session, actor, day_id)
    await note_read(session, actor, day, found, (), message_id=message_id, now=now)
    return rest


async def day_said_in(session: AsyncSession, actor: Actor, message_id: int) -> Day | None:
    """The day, locked, of which a message said what stands in its way."""
    day_id = await session.scalar(select(Blocker.day_id).where(*_source(actor, message_id)).limit(1))
    return await own_day(session, actor, day_id) if day_id is not None else None


async def take_back_said(
    session: AsyncSession, actor: Actor, day: Day, message_id: int, *, now: datetime
) -> list[Blocker]:
    """Deletes what a message said stands in the way of a locked day and nobody answered; gives it."""
    said = await _said_in(session, actor, message_id, day)
    gone = [one for one in said if one.answered_at is None and one.closed_at is None]
    await _forget(session, actor, gone, now=now)
    return gone


def _source(actor: Actor, message_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Blocker.person_id == actor.person_id,
        Blocker.source_chat_id == actor.chat_id,
        Blocker.source_message_id == message_id,
    )


async def _said_in(session: AsyncSession, actor: Actor, message_id: int, day: Day) -> list[Blocker]:
    rows = await session.scalars(
        select(Blocker)
        .where(*_source(actor, message_id), Blocker.day_id == day.id)
        .order_by(Blocker.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def _forget(session: AsyncSession, actor: Actor, gone: Sequence[Blocker], *, now: datetime) -> None:
    for blocker in gone:
        await session.delete(blocker)
    await session.flush()
    if gone and actor.supervisor_id is not None:
        await tell_queue(session, actor.supervisor_id, now=now)
