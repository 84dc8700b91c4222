"""Whose unit somebody may look at, and who may have its summary sent to the group once more."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Digest, DigestKind, Group, OutboxMessage, OutboxState, Person, RoleName, Unit
from services import audit, outbox
from services.digests.periods import Period, load_period, subject_of_group
from services.errors import Invalid, NotAllowed, NotFound
from services.people.identity import Actor

KIND = "unit_summed"
PAUSE = timedelta(hours=1)
"""A group gets a summary at most once in this time."""


@dataclass(frozen=True, slots=True)
class UnitRef:
    """A unit that may be looked at, its linked groups with their titles. `may_send`: also sent there."""

    id: int
    name: str
    groups: tuple[tuple[int, str], ...]
    may_send: bool


async def units_of(session: AsyncSession, actor: Actor) -> tuple[UnitRef, ...]:
    """The units whose summary the actor may see, by name; at most two queries.

    A supervisor: those of the people they decide on. An observer: their own. An admin: their own, and those
    with a linked group, whose settings are theirs to look after.
    """
    own = select(Person.unit_id).where(Person.id == actor.person_id)
    theirs = select(Person.unit_id).where(
        Person.supervisor_id.in_(actor.decides_as), Person.id != actor.person_id, Person.active
    )
    grouped = select(Group.unit_id).where(Group.unlinked_at.is_(None))
    is_admin = RoleName.ADMIN in actor.roles
    allowed: list[ColumnElement[bool]] = []
    if actor.supervises:
        allowed.append(Unit.id.in_(theirs))
    if is_admin or RoleName.OBSERVER in actor.roles:
        allowed.append(Unit.id.in_(own))
    if is_admin:
        allowed.append(Unit.id.in_(grouped))
    if not allowed:
        return ()
    rows = await session.execute(
        select(Unit.id, Unit.name, Unit.id.in_(theirs)).where(or_(*allowed)).order_by(Unit.name, Unit.id)
    )
    found = [(unit_id, name, is_admin or (actor.supervises and bool(mine))) for unit_id, name, mine in rows]
    groups: dict[int, list[tuple[int, str]]] = {}
    linked = select(Group.unit_id, Group.id, Group.title).where(Group.unlinked_at.is_(None))
    for unit_id, group_id, title in await session.execute(linked.order_by(Group.id)):
        groups.setdefault(unit_id, []).append((group_id, title))
    return tuple(
        UnitRef(unit_id, name, tuple(groups.get(unit_id, ())), may_send) for unit_id, name, may_send in found
    )


async def require_unit(session: AsyncSession, actor: Actor, unit_id: int) -> UnitRef:
    """A unit the actor may look at; 0 is their own, else the first of them. Raises NotAllowed."""
    units = {one.id: one for one in await units_of(session, actor)}
    if unit_id in units:
        return units[unit_id]
    if unit_id == 0 and units:
        own = await session.scalar(select(Person.unit_id).where(Person.id == actor.person_id))
        return units[own] if own in units else next(iter(units.values()))
    raise NotAllowed("not_your_unit")


async def send_again(
    session: AsyncSession, actor: Actor, group_id: int, week: date, *, now: datetime
) -> Group:
    """Has a unit's summary sent to a group once more: the same entries, as they read now; gives the group.

    Raises NotAllowed; NotFound `group_gone`; Invalid `week_running`, `week_to_come`, `summed_lately`.
    """
    group = await ready_to_send(session, actor, group_id, week, now=now)
    failed = await session.scalar(
        select(func.max(OutboxMessage.id)).where(
            OutboxMessage.group_id == group.id,
            OutboxMessage.kind == KIND,
            OutboxMessage.state == OutboxState.FAILED,
        )
    )
    hour = int(now.timestamp() // PAUSE.total_seconds())
    key = f"{KIND}:again:{group.id}:{hour}:{failed or 0}"
    payload = {"week": week.isoformat()}
    if not await outbox.enqueue(session, KIND, group=group.id, now=now, payload=payload, key=key):
        raise Invalid("week", "summed_lately")
    audit.record(
        session,
        "summary_sent_again",
        actor_id=actor.person_id,
        subject="group",
        subject_id=group.id,
        now=now,
        detail=week.isoformat(),
    )
    return group


async def ready_to_send(
    session: AsyncSession, actor: Actor, group_id: int, week: date, *, now: datetime
) -> Group:
    """The group to which a summary may be sent now, locked; raises as `send_again`."""
    group = await session.scalar(
        select(Group).where(Group.id == group_id).with_for_update().execution_options(populate_existing=True)
    )
    if group is None or group.unlinked_at is not None:
        raise NotFound("group_gone")
    if not (await require_unit(session, actor, group.unit_id)).may_send:
        raise NotAllowed
    period = await load_period(session, await subject_of_group(session, group.id), week, now=now)
    if period.running:
        raise Invalid("week", "week_running")
    if await _comes_by_itself(session, group, period):
        raise Invalid("week", "week_to_come")
    latest = await session.scalar(
        select(func.max(OutboxMessage.not_before)).where(
            OutboxMessage.group_id == group.id,
            OutboxMessage.kind == KIND,
            OutboxMessage.state != OutboxState.FAILED,  # what did not arrive is in nobody's way
        )
    )
    if latest is not None and latest > now - PAUSE:
        raise Invalid("week", "summed_lately")
    return group


async def _comes_by_itself(session: AsyncSession, group: Group, period: Period) -> bool:
    """Whether the tick has yet to give that week, perhaps with the next one: it must not be given twice.

    It has given it, or passed it, when a row ends on or after it. A group linked later never gets it.
    """
    latest = await session.scalar(
        select(func.max(Digest.last)).where(Digest.kind == DigestKind.UNIT, Digest.group_id == group.id)
    )
    if latest is not None and latest >= period.week:
        return False
    planned = group.work_date is not None and group.work_date <= period.week
    return planned or group.linked_at < period.cut_to
