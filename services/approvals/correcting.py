"""The owner answers a return straight into the entry: by a press, or by replying to the notice."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.approvals.telling import Returned, load_returned
from services.entries.days import editable_entry
from services.entries.drafting import names_day
from services.people.identity import Actor
from services.reading.capture import read_entries
from services.told import Told, last_told, told_in

RETURNED = "entry_returned"
"""The outbox kind of the notice; its payload names the day and the entry."""
FIELD_OF = {None: "outcome", "outcome": "outcome", "quantity": "quantity"}
"""What words alone can correct, by the code of the reason; the others ask for evidence or an RHK."""


async def activity_of(session: AsyncSession, actor: Actor, entry_id: int, *, now: datetime) -> str:
    """What an own entry that may be changed says. Raises NotFound, Invalid."""
    _, entry = await editable_entry(session, actor, entry_id, now=now)
    return entry.activity


async def replied_to(session: AsyncSession, actor: Actor, message_id: int) -> Returned | None:
    """The returned entry whose notice a message replies to; None for another, or one sent again."""
    return await _returned(session, actor, await told_in(session, actor.person_id, message_id))


async def perhaps_answered(
    session: AsyncSession, actor: Actor, text: str, *, now: datetime
) -> Returned | None:
    """The entry that was just returned and not touched since, when one line without a day may correct it."""
    if len(read_entries(text)) != 1 or names_day(text, actor, now):
        return None
    returned = await _returned(session, actor, await last_told(session, actor.person_id, now=now))
    if returned is None:
        return None
    before, entry = returned.entry.before or {}, returned.entry
    untouched = (entry.activity, entry.outcome) == (before.get("activity"), before.get("outcome"))
    return returned if untouched else None


async def returned_entry(session: AsyncSession, actor: Actor, day_id: int, entry_id: int) -> Returned | None:
    """An own entry while it is returned."""
    return await load_returned(session, actor, day_id, entry_id)


async def _returned(session: AsyncSession, actor: Actor, told: Told | None) -> Returned | None:
    if told is None or told.kind != RETURNED:
        return None
    return await load_returned(session, actor, int(told.payload["day_id"]), int(told.payload["entry_id"]))
