"""Who may decide on whom, and the lock under which a decision is made."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import Capacity, Day, Decision, Entry, Person, State
from services.approvals.escalation import ESCALATED, was_escalated
from services.approvals.shown import revision_in, same_content
from services.entries.views import DayView
from services.errors import NotAllowed, NotFound, Outdated
from services.people.identity import Actor
from services.people.standing_in import seats_of

REVIEW_CARD, QUEUE_CARD = "review", "queue"
DECIDED_BY = {
    Capacity.PLT: "already_decided_plt",
    Capacity.PLH: "already_decided_plh",
    ESCALATED: "already_decided_escalated",
}
"""How whoever comes second is told in which capacity it was decided; else by its supervisor."""


async def capacity_of(
    session: AsyncSession, actor: Actor, person_id: int, *, now: datetime, day: Day | DayView | None = None
) -> str:
    """In which capacity the actor decides on a person: supervisor, plt, plh; on a `day` perhaps escalated.

    Read from the database, whatever the actor was when they were looked up. Raises NotAllowed, also for one's
    own work.
    """
    if person_id == actor.person_id:
        raise NotAllowed("own_work")
    boss = aliased(Person)
    row = (
        await session.execute(
            select(Person.supervisor_id, boss.supervisor_id)
            .outerjoin(boss, boss.id == Person.supervisor_id)
            .where(Person.id == person_id)
        )
    ).one_or_none()
    supervisor, above = row if row is not None else (None, None)
    if supervisor is None:
        raise NotAllowed
    seats = await seats_of(session, actor, now=now)
    if supervisor in seats:
        return seats[supervisor]
    if day is not None and above in seats and await was_escalated(session, day, supervisor, now=now):
        return ESCALATED
    raise NotAllowed


def require_supervisor(actor: Actor) -> None:
    """Raises NotAllowed for somebody whom nobody active names as supervisor."""
    if not actor.supervises:
        raise NotAllowed("not_supervisor")


async def entitled_day(session: AsyncSession, actor: Actor, day_id: int, *, now: datetime) -> tuple[Day, str]:
    """A day the actor may decide on, locked and read afresh. Raises NotFound, NotAllowed."""
    day = await session.scalar(
        select(Day).where(Day.id == day_id).with_for_update().execution_options(populate_existing=True)
    )
    if day is None:
        raise NotFound("day_gone")
    return day, await capacity_of(session, actor, day.person_id, now=now, day=day)


async def entitled_entry(
    session: AsyncSession, actor: Actor, entry_id: int, *, now: datetime
) -> tuple[Day, str, Entry]:
    """An entry on which the actor may decide, its day locked. Raises NotFound, NotAllowed."""
    day_id = await session.scalar(select(Entry.day_id).where(Entry.id == entry_id))
    if day_id is None:
        raise NotFound("entry_gone")
    day, capacity = await entitled_day(session, actor, day_id, now=now)
    entry = await session.scalar(
        select(Entry).where(Entry.id == entry_id).execution_options(populate_existing=True)
    )
    if entry is None:
        raise NotFound("entry_gone")
    return day, capacity, entry


async def ensure_shown(session: AsyncSession, actor: Actor, day: Day, revision: int) -> None:
    """The compare of compare-and-set. Raises Outdated with what happened since `revision` was shown.

    `revision`: the day's own, or the mark of what was shown (shown.mark_of). Of a mark only the visible
    counts: an owner who types without sending overtakes nobody.
    """
    since = revision_in(revision)
    if day.revision == since:
        return
    decided = select(Decision.id).where(Decision.day_id == day.id, Decision.revision >= since).limit(1)
    if await session.scalar(decided) is None:
        entries = await session.scalars(
            select(Entry).where(Entry.day_id == day.id).execution_options(populate_existing=True)
        )
        if same_content(revision, entries):
            return
    raise await _overtaken(session, actor, day, since=since)


async def waiting_entries(session: AsyncSession, day: Day) -> list[Entry]:
    """The entries of a locked day that wait for a decision, in order."""
    return list(
        await session.scalars(
            select(Entry)
            .where(Entry.day_id == day.id, Entry.state == State.SUBMITTED)
            .order_by(Entry.position, Entry.id)
            .execution_options(populate_existing=True)
        )
    )


async def nothing_waits(session: AsyncSession, actor: Actor, day: Day) -> Outdated:
    """The error for a decision on what no longer waits."""
    return await _overtaken(session, actor, day, since=0)


async def _overtaken(session: AsyncSession, actor: Actor, day: Day, *, since: int) -> Outdated:
    card = (REVIEW_CARD, day.id)
    decided = (
        await session.execute(
            select(Decision.decided_at, Person.name, Decision.decided_by, Decision.capacity)
            .join(Person, Person.id == Decision.decided_by)
            .where(Decision.day_id == day.id, Decision.revision >= since)
            .order_by(Decision.id.desc())
            .limit(1)
        )
    ).first()
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
