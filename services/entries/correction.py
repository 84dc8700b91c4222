"""«Ini perbaikan»: a text that was taken as new work goes into the returned entry that it corrects."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Blocker, Entry, Evidence, State
from services.approvals.correcting import FIELD_OF
from services.approvals.telling import load_returned
from services.entries.days import changed, ensure_editable, own_entries
from services.entries.editing import set_field
from services.entries.remarks import Remark
from services.entries.restoring import remove_entries
from services.errors import Outdated
from services.people.identity import Actor
from services.reading.outcomes import repeats_activity


@dataclass(frozen=True, slots=True)
class Moved:
    """Whose day it is in now, and the day it was taken for. `remark`: what is to be pointed out."""

    day_id: int
    from_day_id: int
    remark: Remark | None = None


async def move_in(
    session: AsyncSession, actor: Actor, entry_id: int, message_id: int, *, now: datetime
) -> Moved:
    """Moves the unsent words of a message into a returned entry, with evidence and what stands in the way.

    Raises Outdated when they were sent or changed hands meanwhile, or the entry is no longer returned; else
    as `set_field` does, and nothing has moved then.
    """
    came = await session.scalars(
        select(Entry.id).where(
            Entry.source_chat_id == actor.chat_id,
            Entry.source_message_id == message_id,
            Entry.state == State.DRAFT,
        )
    )
    found = await own_entries(session, actor, [entry_id, *came])
    into = next(((day, one) for day, one in found if one.id == entry_id), None)
    words = [(day, one) for day, one in found if one.id != entry_id and one.state is State.DRAFT]
    if into is None or into[1].state is not State.RETURNED or len(words) != 1:
        raise Outdated(card=("day", words[0][0].id) if words else None)
    (day, entry), (source, new) = into, words[0]
    await ensure_editable(session, actor, day, [entry], now=now)
    returned = await load_returned(session, actor, day.id, entry.id)
    if returned is None:
        raise Outdated(card=("day", source.id))
    field, text = FIELD_OF.get(returned.code), _words(entry, new)
    if new.starts and entry.starts is None and entry.minutes is None:
        entry.starts, entry.ends, entry.minutes = new.starts, new.ends, new.minutes
    for table in (Evidence, Blocker):
        await session.execute(update(table).where(table.entry_id == new.id).values(entry_id=entry.id))
    await remove_entries(session, source, [new])
    await changed(session, source)
    if field is None:
        await changed(session, day)
        return Moved(day.id, source.id)
    taken = await set_field(session, actor, entry.id, field, text, now=now)
    return Moved(day.id, source.id, taken.remark)


def _words(entry: Entry, new: Entry) -> str:
    """What was typed; the returned activity need not be said again."""
    if new.outcome and repeats_activity(entry.activity, new.activity):
        return new.outcome
    return f"{new.activity}; {new.outcome}" if new.outcome else new.activity
