"""What happens to a linked group in Telegram: it moves, throws us out, takes us back, closes its topic."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account, Group, OutboxMessage, OutboxState, Person, Role, RoleName
from services import outbox


class Problem(enum.StrEnum):
    """Why nothing reaches a group."""

    REMOVED = "removed"
    NO_RIGHTS = "no_rights"
    TOPIC_CLOSED = "topic_closed"
    TOPIC_GONE = "topic_gone"
    UNDECIDED = "undecided"
    """Which unit's summary it is to get has not been said yet."""


OF_THE_CHAT = frozenset({Problem.REMOVED, Problem.NO_RIGHTS})
"""Problems that all topics of a chat have together."""


STILL_NEWS = timedelta(days=6)
"""A weekly summary that could not be delivered is told later, unless the next one is near."""


class Happening(enum.StrEnum):
    """What a group tells us of itself."""

    ADDED = "added"
    REMOVED = "removed"
    MUTED = "muted"
    HEARD = "heard"
    """We may write there (again): made an administrator, or a member without restrictions."""
    MOVED = "moved"
    TOPIC_OPENED = "topic_opened"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class Event:
    """`moved_to`: the chat's new id (a group that became a supergroup). `title`: its name from now on."""

    what: Happening
    chat_id: int
    thread_id: int | None = None
    title: str = ""
    moved_to: int | None = None


class Welcome(enum.StrEnum):
    """What a group is told when we come in: how to link, or that its summaries go on."""

    NEW = "new"
    BACK = "back"


def in_force() -> ColumnElement[bool]:
    """Whether a `Group` receives summaries."""
    return Group.unlinked_at.is_(None)


async def take_note(session: AsyncSession, event: Event, *, now: datetime) -> Welcome | None:
    """Keeps the links true to what happened; says what the group is to be told, if anything."""
    match event.what:
        case Happening.MOVED if event.moved_to is not None:
            await follow(session, event.chat_id, moved_to=event.moved_to)
        case Happening.REMOVED:
            await _burden(session, await _links(session, event.chat_id), Problem.REMOVED, now=now)
        case Happening.MUTED:
            await _burden(session, await _links(session, event.chat_id), Problem.NO_RIGHTS, now=now)
        case Happening.HEARD:
            mendable = (*OF_THE_CHAT, Problem.TOPIC_CLOSED)
            await _clear(session, Group.chat_id == event.chat_id, *mendable, now=now)
        case Happening.TOPIC_OPENED:
            here = (Group.chat_id == event.chat_id) & (Group.thread_id == event.thread_id)
            await _clear(session, here, Problem.TOPIC_CLOSED, now=now)
        case Happening.RENAMED:
            await session.execute(
                update(Group).where(Group.chat_id == event.chat_id).values(title=event.title[:255])
            )
        case Happening.ADDED:
            await _clear(session, Group.chat_id == event.chat_id, *OF_THE_CHAT, now=now)
            return Welcome.BACK if await _links(session, event.chat_id) else Welcome.NEW
    return None


async def follow(session: AsyncSession, chat_id: int, *, moved_to: int) -> None:
    """A group became a supergroup: its links, topics and open choices go to the new id."""
    await session.execute(update(Group).where(Group.chat_id == chat_id).values(chat_id=moved_to))


async def met_problem(session: AsyncSession, group_id: int, problem: Problem, *, now: datetime) -> None:
    """A notice could not be delivered: kept with the link, and whoever made it is told once."""
    group = await session.get(Group, group_id)
    if group is None or group.unlinked_at is not None:
        return
    links = await _links(session, group.chat_id) if problem in OF_THE_CHAT else [group]
    await _burden(session, links, problem, now=now)


async def arrived(session: AsyncSession, group_id: int) -> None:
    """A notice was delivered: nothing is wrong there any more."""
    await session.execute(
        update(Group).where(Group.id == group_id, Group.problem.is_not(None), in_force()).values(problem=None)
    )


async def _links(session: AsyncSession, chat_id: int) -> Sequence[Group]:
    rows = await session.scalars(select(Group).where(Group.chat_id == chat_id, in_force()).order_by(Group.id))
    return list(rows)


async def _clear(
    session: AsyncSession, where: ColumnElement[bool], *problems: Problem, now: datetime
) -> None:
    """Takes the problems away, and tells again what failed last because of them."""
    mended = await session.scalars(
        update(Group)
        .where(where, Group.problem.in_(problems), in_force())
        .values(problem=None)
        .returning(Group.id)
    )
    newest = (
        select(func.max(OutboxMessage.id))
        .where(OutboxMessage.group_id.in_(list(mended)))
        .group_by(OutboxMessage.group_id)
    )
    missed = await session.scalars(
        select(OutboxMessage).where(
            OutboxMessage.id.in_(newest),
            OutboxMessage.state == OutboxState.FAILED,
            OutboxMessage.finished_at > now - STILL_NEWS,
        )
    )
    for one in missed.all():
        await outbox.enqueue(session, one.kind, group=one.group_id, payload=one.payload, now=now)


async def _burden(session: AsyncSession, links: Sequence[Group], problem: Problem, *, now: datetime) -> None:
    """Writes the problem; tells whoever linked the group, or every admin when that one is none any more."""
    new = [group for group in links if group.problem != problem]
    if not new:
        return
    admins = set(
        await session.scalars(
            select(Role.person_id)
            .join(Person, Person.id == Role.person_id)
            .join(Account, Account.person_id == Person.id)
            .where(Role.role == RoleName.ADMIN, Person.active)
        )
    )
    told: dict[int, int] = {}
    for group in new:
        group.problem = problem
        for person_id in {group.linked_by} & admins or admins:
            told.setdefault(person_id, group.id)
    for person_id, group_id in sorted(told.items()):
        await outbox.enqueue(
            session,
            "group_problem",
            to=person_id,
            now=now,
            payload={"group": group_id, "problem": problem.value},
        )
