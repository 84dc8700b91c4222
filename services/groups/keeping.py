"""The linked groups, as an admin of the bot sees and changes them in private."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Group, RoleName, Unit
from services import audit
from services.clock import ZONES
from services.errors import Invalid, NotFound
from services.groups.problems import Problem, in_force
from services.people.identity import Actor
from services.rounds import plan_group
from services.settings import LANGUAGES


@dataclass(frozen=True, slots=True)
class GroupView:
    """A linked group. `topic`: it is one topic of a forum."""

    group_id: int
    title: str
    unit: str
    topic: bool
    language: str
    zone: str
    problem: Problem | None


def may_keep(actor: Actor) -> bool:
    """Whether somebody may see and change the linked groups: an admin of the bot."""
    return RoleName.ADMIN in actor.roles


async def list_groups(session: AsyncSession, actor: Actor) -> tuple[GroupView, ...]:
    """Every linked group, by its name. One query. Raises NotAllowed."""
    actor.require(RoleName.ADMIN)
    rows = await session.execute(_linked().order_by(Group.title, Unit.name, Group.id))
    return tuple(_view(group, unit) for group, unit in rows)


async def show_group(session: AsyncSession, actor: Actor, group_id: int) -> GroupView:
    """Raises NotAllowed, NotFound."""
    actor.require(RoleName.ADMIN)
    row = (await session.execute(_linked().where(Group.id == group_id))).one_or_none()
    if row is None:
        raise NotFound("group_gone")
    group, unit = row
    return _view(group, unit)


async def set_language(
    session: AsyncSession, actor: Actor, group_id: int, language: str, *, now: datetime
) -> None:
    """Its summaries are written in this language. Raises NotAllowed, NotFound, Invalid."""
    group = await _group(session, actor, group_id)
    if language not in LANGUAGES:
        raise Invalid("language", "language_unknown")
    if group.language != language:
        group.language = language
        _record(session, actor, group, "group_language_changed", language, now=now)


async def set_zone(session: AsyncSession, actor: Actor, group_id: int, zone: str, *, now: datetime) -> None:
    """Its summaries come at the end of the day of this zone. Raises NotAllowed, NotFound, Invalid."""
    group = await _group(session, actor, group_id)
    if zone not in ZONES.values():
        raise Invalid("zone", "zone_unknown")
    if group.zone != zone:
        group.zone = zone
        _record(session, actor, group, "group_zone_changed", zone, now=now)
        await session.flush()
        await plan_group(session, group_id, now=now)


async def unlink(session: AsyncSession, actor: Actor, group_id: int, *, now: datetime) -> None:
    """Lets a group go: nothing more is sent there. Raises NotAllowed, NotFound."""
    let_go(session, actor, await _group(session, actor, group_id), now=now)


def let_go(session: AsyncSession, actor: Actor, group: Group, *, now: datetime) -> None:
    """What waits for the group in the outbox is not sent any more either."""
    group.unlinked_at = now
    group.problem = group.due_at = group.stale_at = group.work_date = None
    _record(session, actor, group, "group_unlinked", None, now=now)


def _linked() -> Select[Group, str]:
    return select(Group, Unit.name).join(Unit, Unit.id == Group.unit_id).where(in_force())


def _view(group: Group, unit: str) -> GroupView:
    return GroupView(
        group_id=group.id,
        title=group.title,
        unit=unit,
        topic=group.thread_id is not None,
        language=group.language,
        zone=group.zone,
        problem=Problem(group.problem) if group.problem else None,
    )


async def _group(session: AsyncSession, actor: Actor, group_id: int) -> Group:
    actor.require(RoleName.ADMIN)
    group = await session.scalar(select(Group).where(Group.id == group_id, in_force()))
    if group is None:
        raise NotFound("group_gone")
    return group


def _record(
    session: AsyncSession, actor: Actor, group: Group, action: str, detail: str | None, *, now: datetime
) -> None:
    audit.record(
        session,
        action,
        actor_id=actor.person_id,
        subject="group",
        subject_id=group.id,
        now=now,
        detail=detail,
    )
