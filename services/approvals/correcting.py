"""The owner answers a return straight into the entry: by a press, or by replying to the notice."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models import EvidenceKind, State
from services.approvals.telling import Returned, load_returned
from services.entries.days import editable_entry
from services.entries.views import DayView
from services.people.identity import Actor
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


async def just_returned(session: AsyncSession, actor: Actor, *, now: datetime) -> Returned | None:
    """The entry that was just returned and not touched since: the next text may correct it in words."""
    returned = await _returned(session, actor, await last_told(session, actor.person_id, now=now))
    if returned is None:
        return None
    before, entry = returned.entry.before or {}, returned.entry
    untouched = (entry.activity, entry.outcome) == (before.get("activity"), before.get("outcome"))
    return returned if untouched else None


async def may_correct(
    session: AsyncSession, actor: Actor, day: DayView, message_id: int, *, now: datetime
) -> int | None:
    """The entry just returned which the one draft of a message may correct; None when there is none.

    Words correct an outcome or an amount; a link is the evidence that was asked for.
    """
    came = [one for one in day.entries if one.state is State.DRAFT and one.source_message_id == message_id]
    if len(came) != 1 or not message_id:
        return None
    returned = await just_returned(session, actor, now=now)
    if returned is None:
        return None
    linked = returned.code == "evidence" and any(one.kind is EvidenceKind.LINK for one in came[0].evidence)
    return returned.entry.id if linked or returned.code in FIELD_OF else None


async def _returned(session: AsyncSession, actor: Actor, told: Told | None) -> Returned | None:
    if told is None or told.kind != RETURNED:
        return None
    return await load_returned(session, actor, int(told.payload["day_id"]), int(told.payload["entry_id"]))
