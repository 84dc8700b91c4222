"""Who may decide on whom, and the lock under which a decision is made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Capacity, Day, Decision, Person, State
from services.approvals.escalation import ESCALATED, was_escalated
from services.approvals.held import HeldDay, day_of_entry, entries_of_days, hold_days
from services.approvals.shown import revision_in, same_content
from services.entries.views import DayView, Judged
from services.errors import NotAllowed, NotFound, Outdated
from services.people.identity import Actor
from services.people.standing_in import Above, load_above

REVIEW_CARD, QUEUE_CARD = "review", "queue"
DECIDED_BY = {
    Capacity.PLT: "already_decided_plt",
    Capacity.PLH: "already_decided_plh",
    ESCALATED: "already_decided_escalated",
}
"""How whoever comes second is told in which capacity it was decided; else by its supervisor."""


@dataclass(frozen=True, slots=True)
class Held:
    """A day on which the actor may decide, locked and read afresh with its entries, in order.

    `capacity`: as what the actor decides on it; `above`: who else does.
    """

    day: HeldDay
    entries: tuple[Judged, ...]
    capacity: str
    above: Above

    @property
    def waiting(self) -> tuple[Judged, ...]:
        return tuple(one for one in self.entries if one.waits)


async def capacity_of(
    session: AsyncSession,
    actor: Actor,
    person_id: int,
    *,
    now: datetime,
    day: Day | DayView | HeldDay | None = None,
) -> str:
    """In which capacity the actor decides on a person: supervisor, plt, plh; on a `day` perhaps escalated.

    Read from the database, whatever the actor was when they were looked up. Raises NotAllowed, also for one's
    own work.
    """
    return (await _entitled(session, actor, person_id, now=now, day=day))[0]


async def _entitled(
    session: AsyncSession,
    actor: Actor,
    person_id: int,
    *,
    now: datetime,
    day: Day | DayView | HeldDay | None = None,
) -> tuple[str, Above]:
    if person_id == actor.person_id:
        raise NotAllowed("own_work")
    above = await load_above(session, actor, person_id, now=now)
    if above.supervisor_id is None:
        raise NotAllowed
    if above.supervisor_id in above.seats:
        return above.seats[above.supervisor_id], above
    if (
        day is not None
        and above.above_id in above.seats
        and await was_escalated(session, day, above, now=now)
    ):
        return ESCALATED, above
    raise NotAllowed


def require_supervisor(actor: Actor) -> None:
    """Raises NotAllowed for somebody whom nobody active names as supervisor."""
    if not actor.supervises:
        raise NotAllowed("not_supervisor")


async def entitled_day(session: AsyncSession, actor: Actor, day_id: int, *, now: datetime) -> Held:
    """A day the actor may decide on. Raises NotFound, NotAllowed."""
    day = (await hold_days(session, [day_id])).get(day_id)
    if day is None:
        raise NotFound("day_gone")
    capacity, above = await _entitled(session, actor, day.person_id, now=now, day=day)
    entries = (await entries_of_days(session, [day_id]))[day_id]
    return Held(day, tuple(entries), capacity, above)


async def entitled_entry(
    session: AsyncSession, actor: Actor, entry_id: int, *, now: datetime
) -> tuple[Held, Judged]:
    """An entry on which the actor may decide, with its day. Raises NotFound, NotAllowed."""
    day_id = await day_of_entry(session, entry_id)
    if day_id is None:
        raise NotFound("entry_gone")
    held = await entitled_day(session, actor, day_id, now=now)
    entry = next((one for one in held.entries if one.id == entry_id), None)
    if entry is None:
        raise NotFound("entry_gone")
    return held, entry


async def ensure_shown(session: AsyncSession, actor: Actor, held: Held, revision: int) -> None:
    """The compare of compare-and-set. Raises Outdated with what happened since `revision` was shown.

    `revision`: the day's own, or the mark of what was shown (shown.mark_of). Of a mark only the visible
    counts: an owner who types without sending overtakes nobody.
    """
    since = revision_in(revision)
    if held.day.revision == since:
        return
    decided = await session.scalar(_DECIDED_SINCE, {"day": held.day.id, "since": since})
    if decided is None and same_content(revision, held.entries):
        return
    raise await _overtaken(session, actor, held.day, since=since)


async def nothing_waits(session: AsyncSession, actor: Actor, held: Held) -> Outdated:
    """The error for a decision on what no longer waits."""
    return await _overtaken(session, actor, held.day, since=0)


async def _overtaken(session: AsyncSession, actor: Actor, day: HeldDay, *, since: int) -> Outdated:
    card = (REVIEW_CARD, day.id)
    decided = (await session.execute(_LAST_SINCE, {"day": day.id, "since": since})).first()
    if decided is not None:
        time = _when(decided[0], actor.zone)
        if decided[2] == actor.person_id:
            return Outdated("already_yours", card=card, time=time)
        code = DECIDED_BY.get(decided[3], "already_decided")
        return Outdated(code, card=card, name=decided[1], time=time)
    if day.state is State.SUBMITTED:
        return Outdated(card=card)
    return Outdated("withdrawn_meanwhile", card=card)


def _when(moment: datetime, zone: str) -> str:
    """An instant as short local digits, which read the same in every language."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%d/%m %H.%M")


# Built once: building a statement costs more than running it.
_decisions, _people = Decision.__table__, Person.__table__
_SINCE: Any = (_decisions.c.day_id == bindparam("day")) & (_decisions.c.revision >= bindparam("since"))
_DECIDED_SINCE: Any = select(_decisions.c.id).where(_SINCE).limit(1)
_LAST_SINCE: Any = (
    select(_decisions.c.decided_at, _people.c.name, _decisions.c.decided_by, _decisions.c.capacity)
    .select_from(_decisions.join(_people, _people.c.id == _decisions.c.decided_by))
    .where(_SINCE)
    .order_by(_decisions.c.id.desc())
    .limit(1)
)
