"""Linking a group to a unit: by somebody who administers the group and is an admin of the bot."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Group, Person, RoleName, Unit
from services import audit, dialogue, outbox
from services.errors import Invalid, NotAllowed, NotFound, Outdated, Unavailable
from services.groups.keeping import let_go
from services.groups.problems import Problem, in_force
from services.people.identity import Actor
from services.rounds import plan_group

CHOICE_STANDS = timedelta(hours=24)
"""For how long it is believed that who asked administers the group."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a group command was given. `thread_id`: the topic of a forum; None outside topics.

    `administers`: Telegram says the sender is an administrator there; None: Telegram could not be asked.
    `anonymous`: written in the name of the group, so that nobody knows by whom.
    """

    chat_id: int
    thread_id: int | None
    title: str
    administers: bool | None = False
    anonymous: bool = False


class Outcome(enum.StrEnum):
    """What became of a wish to link."""

    LINKED = "linked"
    CHANGED = "changed"
    SAME = "same"
    CHOOSE = "choose"
    """The unit is asked for in private."""


@dataclass(frozen=True, slots=True)
class Linked:
    """`unit` and `zone` are empty while the unit is open. `before`: the unit of a link that was changed."""

    outcome: Outcome
    group_id: int
    unit: str = ""
    zone: str = ""
    before: Unit | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A link that somebody else has changed: the group's name, its unit now and before, and by whom."""

    title: str
    topic: bool
    unit: str
    before: str
    by: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An open choice: the group, and every unit by name."""

    group_id: int
    title: str
    topic: bool
    units: tuple[tuple[int, str], ...]


async def link_here(
    session: AsyncSession, actor: Actor | None, place: Place, unit_name: str, *, now: datetime
) -> Linked:
    """Links the group, or the topic, the command was given in. The actor is who Telegram says wrote it.

    `unit_name`: as typed, may be empty. With one unit, or one of that name, it is linked at once; else the
    actor is asked in private. Raises NotAllowed, Invalid, Unavailable.
    """
    actor = _entitled(actor, place)
    units = await _units(session)
    if not units:
        raise Invalid("unit", "no_units")
    wanted = " ".join(unit_name.split()).casefold()
    fitting = [one for one in units if one.name.casefold() == wanted] if wanted else units
    if len(fitting) == 1:
        return await _link(session, actor, place, fitting[0], now=now)
    group = await session.scalar(
        select(Group).where(
            *_at(place), Group.linked_by == actor.person_id, Group.problem == Problem.UNDECIDED
        )
    )
    if group is None:
        group = Group(
            chat_id=place.chat_id,
            thread_id=place.thread_id,
            unit_id=units[0].id,
            linked_by=actor.person_id,
            problem=Problem.UNDECIDED,
        )
        session.add(group)
    group.title, group.linked_at, group.unlinked_at = place.title[:255], now, now
    await session.flush()
    payload = {"group": group.id}
    await outbox.enqueue(session, "group_choice", to=actor.person_id, now=now, payload=payload)
    return Linked(Outcome.CHOOSE, group.id)


async def load_choice(session: AsyncSession, actor: Actor, group_id: int, *, now: datetime) -> Choice:
    """What there is to choose from. Raises NotAllowed, NotFound, Outdated."""
    group = await _open_choice(session, actor, group_id, now=now)
    units = tuple((one.id, one.name) for one in await _units(session))
    return Choice(group.id, group.title, group.thread_id is not None, units)


async def choose_unit(
    session: AsyncSession, actor: Actor, group_id: int, unit_id: int, *, now: datetime
) -> Linked:
    """Settles an open choice and tells the group. Raises NotAllowed, NotFound, Outdated."""
    choice = await _open_choice(session, actor, group_id, now=now)
    unit = await session.get(Unit, unit_id)
    if unit is None:
        raise NotFound("unit_not_found")
    await dialogue.lock(session, choice.chat_id)  # nobody else links this group meanwhile
    place = Place(choice.chat_id, choice.thread_id, choice.title, administers=True)
    await session.delete(choice)
    await session.flush()
    linked = await _link(session, actor, place, unit, now=now)
    if linked.outcome is not Outcome.SAME:
        before = linked.before.id if linked.before else None
        payload = {"before": before}
        await outbox.enqueue(session, "group_linked", group=linked.group_id, now=now, payload=payload)
    return linked


async def unit_called(session: AsyncSession, unit_id: int | None) -> str:
    """The name of a unit; empty without one."""
    unit = await session.get(Unit, unit_id) if unit_id is not None else None
    return unit.name if unit else ""


async def load_change(
    session: AsyncSession, actor: Actor, group_id: int, *, before: int, by: int
) -> Change | None:
    """What has become of a link the actor made; None when it is theirs no longer to know, or gone."""
    group = await session.get(Group, group_id)
    changer = await session.get(Person, by)
    if RoleName.ADMIN not in actor.roles or group is None or changer is None or group.linked_by != by:
        return None
    if group.unlinked_at is not None or group.unit_id == before:
        return None
    unit, old = await unit_called(session, group.unit_id), await unit_called(session, before)
    return Change(group.title, group.thread_id is not None, unit, old, changer.name)


async def unlink_here(session: AsyncSession, actor: Actor | None, place: Place, *, now: datetime) -> bool:
    """Lets the group, or the topic, go, and ends every choice open for it; False: there was but a choice.

    Raises NotAllowed, Invalid, Unavailable.
    """
    actor = _entitled(actor, place)
    choices = await session.scalars(select(Group).where(*_at(place), Group.problem == Problem.UNDECIDED))
    open_ = list(choices)
    for choice in open_:
        await session.delete(choice)
    group = await _link_at(session, place)
    if group is not None:
        let_go(session, actor, group, now=now)
    elif not open_:
        raise Invalid("group", "group_not_linked")
    return group is not None


def _entitled(actor: Actor | None, place: Place) -> Actor:
    """The same refusal for everybody: in a group it tells nothing about who somebody is here."""
    if place.anonymous:
        raise Invalid("sender", "group_anonymous")
    if actor is None or RoleName.ADMIN not in actor.roles:
        raise NotAllowed("group_not_allowed")
    if place.administers is None:
        raise Unavailable
    if not place.administers:
        raise NotAllowed("group_not_allowed")
    return actor


async def _open_choice(session: AsyncSession, actor: Actor, group_id: int, *, now: datetime) -> Group:
    actor.require(RoleName.ADMIN)
    group = await session.get(Group, group_id)
    if group is None or group.problem != Problem.UNDECIDED:
        raise NotFound("group_choice_gone")
    if group.linked_by != actor.person_id:
        raise NotAllowed
    if group.linked_at <= now - CHOICE_STANDS:
        raise Outdated("group_choice_old")
    return group


async def _link(session: AsyncSession, actor: Actor, place: Place, unit: Unit, *, now: datetime) -> Linked:
    """The same place twice is one link; with another unit it changes over."""
    group = await _link_at(session, place)
    if group is not None and group.unit_id == unit.id:
        group.title = place.title[:255]
        return Linked(Outcome.SAME, group.id, unit.name, group.zone)
    outcome = Outcome.LINKED if group is None else Outcome.CHANGED
    before = await session.get(Unit, group.unit_id) if group is not None else None
    former = group.linked_by if group is not None else actor.person_id
    if group is None:
        group = Group(chat_id=place.chat_id, thread_id=place.thread_id)
        session.add(group)
    group.title, group.unit_id, group.problem = place.title[:255], unit.id, None
    group.linked_by, group.linked_at = actor.person_id, now
    group.zone = await _zone_of(session, unit.id) or actor.zone
    await session.flush()
    await plan_group(session, group.id, now=now)
    audit.record(
        session,
        "group_linked",
        actor_id=actor.person_id,
        subject="group",
        subject_id=group.id,
        now=now,
        detail=f"unit {unit.id}",
    )
    if before is not None and former != actor.person_id:
        payload = {"group": group.id, "before": before.id, "by": actor.person_id}
        await outbox.enqueue(session, "group_changed", to=former, now=now, payload=payload)
    return Linked(outcome, group.id, unit.name, group.zone, before)


async def _link_at(session: AsyncSession, place: Place) -> Group | None:
    found: Group | None = await session.scalar(select(Group).where(*_at(place), in_force()))
    return found


def _at(place: Place) -> tuple[ColumnElement[bool], ...]:
    same_topic = Group.thread_id.is_(None) if place.thread_id is None else Group.thread_id == place.thread_id
    return Group.chat_id == place.chat_id, same_topic


async def _units(session: AsyncSession) -> Sequence[Unit]:
    """By name, in the same order on every database."""
    return sorted(await session.scalars(select(Unit)), key=lambda one: one.name.casefold())


async def _zone_of(session: AsyncSession, unit_id: int) -> str | None:
    """The zone most of the unit's people are in."""
    found: str | None = await session.scalar(
        select(Person.zone)
        .where(Person.unit_id == unit_id, Person.active)
        .group_by(Person.zone)
        .order_by(func.count().desc(), Person.zone)
        .limit(1)
    )
    return found
