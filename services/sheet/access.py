"""Whose sheet somebody may fetch: one's own, of whom one decides on today, and an admin anybody's."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from models import Person, RoleName, Unit
from services import audit
from services.approvals.entitlement import capacity_of
from services.errors import Invalid, NotAllowed, NotFound
from services.people.identity import Actor
from services.people.standing_in import seats_of
from services.rounds.people import is_asked

A_PAGE = 8
"""People on one screen of choice."""


@dataclass(frozen=True, slots=True)
class PersonRef:
    """Somebody whose sheet may be fetched."""

    person_id: int
    name: str
    unit_name: str | None


@dataclass(frozen=True, slots=True)
class People:
    """One page of those who can be chosen. `total`: how many there are."""

    found: tuple[PersonRef, ...]
    page: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // A_PAGE))


async def ensure_may_fetch(session: AsyncSession, actor: Actor, person_id: int, *, now: datetime) -> None:
    """Raises NotAllowed, and NotFound when there is no such person."""
    if person_id == actor.person_id:
        if not actor.reports:
            raise NotAllowed("sheet_not_asked")
        return
    if RoleName.ADMIN in actor.roles:
        if await session.scalar(select(Person.id).where(Person.id == person_id)) is None:
            raise NotFound("sheet_person")
        return
    await capacity_of(session, actor, person_id, now=now)


def ensure_own(actor: Actor, person_id: int) -> None:
    """What is on a sheet is its owner's to complete and to mark. Raises NotAllowed."""
    if person_id != actor.person_id or not actor.reports:
        raise NotAllowed("sheet_not_own")


def chooses(actor: Actor) -> bool:
    """Whether the actor may choose somebody else at all."""
    return actor.supervises or RoleName.ADMIN in actor.roles


async def people_to_choose(
    session: AsyncSession, actor: Actor, *, page: int = 0, typed: str = "", now: datetime
) -> People:
    """Those whose sheet the actor may fetch, by name; `typed`: a part of a name, a NIP or an id_pegawai.

    Raises NotAllowed; Invalid when what was typed names nobody among them.
    """
    if not chooses(actor):
        raise NotAllowed("sheet_no_people")
    wanted = await _reach(session, actor, now=now) & Person.active & is_asked()
    words = " ".join(typed.split()).lower()
    if words:
        wanted &= or_(
            Person.nip == words.replace(" ", ""),
            func.lower(Person.staff_number) == words,
            func.lower(Person.name).contains(words, autoescape=True),
        )
    total = await session.scalar(select(func.count()).select_from(Person).where(wanted)) or 0
    if words and not total:
        raise Invalid("person", "sheet_nobody")
    page = min(page, max(0, (total - 1) // A_PAGE))
    rows = await session.execute(
        select(Person.id, Person.name, Unit.name)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(wanted)
        .order_by(Person.name, Person.id)
        .offset(page * A_PAGE)
        .limit(A_PAGE)
    )
    return People(tuple(PersonRef(*row) for row in rows), page, total)


async def _reach(session: AsyncSession, actor: Actor, *, now: datetime) -> ColumnElement[bool]:
    if RoleName.ADMIN in actor.roles:
        return true()
    seats = await seats_of(session, actor, now=now)
    return Person.supervisor_id.in_(sorted(seats)) if seats else false()


async def people_named(session: AsyncSession, *, person: str | None, unit: str | None) -> list[int]:
    """For who keeps the office's records: one person by NIP or id_pegawai, a unit's people, or everybody.

    A single person may have left; else those who report now, by name. Raises NotFound, Invalid.
    """
    if person is not None:
        found = await session.scalar(
            select(Person.id).where(or_(Person.nip == person.replace(" ", ""), Person.staff_number == person))
        )
        if found is None:
            raise NotFound("sheet_person")
        return [found]
    wanted = Person.active & is_asked()
    if unit is not None:
        named = func.lower(Unit.name) == " ".join(unit.split()).lower()
        unit_id = await session.scalar(select(Unit.id).where(named))
        if unit_id is None:
            raise NotFound("unit_not_found")
        wanted &= Person.unit_id == unit_id
    return list(await session.scalars(select(Person.id).where(wanted).order_by(Person.name, Person.id)))


def note_export(
    session: AsyncSession, actor_id: int | None, person_id: int, *, now: datetime, detail: str
) -> None:
    """A sheet of somebody left the office's machine: on the record. `detail`: the period."""
    audit.record(
        session,
        "sheet_exported",
        actor_id=actor_id,
        subject="person",
        subject_id=person_id,
        now=now,
        detail=detail,
    )
