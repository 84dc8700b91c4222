"""Who works five days, six days or in shifts: set by an admin, for a unit or for one person.

Whoever is changed and is asked for reports is told once. A shift stays a shift when its unit changes:
those people's days are marked one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account, OutboxMessage, OutboxState, Pattern, Person, RoleName, Unit
from services import audit, outbox
from services.errors import Invalid, NotFound
from services.people.identity import Actor
from services.rounds.people import is_asked
from services.rounds.plan import plan_everybody

MESSAGE = "pattern_changed"
MOST_FOUND = 8


@dataclass(frozen=True, slots=True)
class UnitPatterns:
    """How many active people of a unit work by which pattern."""

    unit_id: int
    name: str
    counts: dict[Pattern, int]

    @property
    def people(self) -> int:
        return sum(self.counts.values())

    def changes_to(self, pattern: str) -> int:
        """How many people would change if all were to work by `pattern`; shifts stay."""
        return sum(
            count for own, count in self.counts.items() if own not in (Pattern.SHIFT, Pattern(pattern))
        )


@dataclass(frozen=True, slots=True)
class PersonPattern:
    """One person and their pattern."""

    person_id: int
    name: str
    position: str | None
    unit_name: str | None
    pattern: Pattern


async def load_units(session: AsyncSession, actor: Actor) -> list[UnitPatterns]:
    """Every unit with its people, by name. One query. Raises NotAllowed."""
    actor.require(RoleName.ADMIN)
    rows = await session.execute(
        select(Unit.id, Unit.name, Person.pattern, func.count(Person.id))
        .outerjoin(Person, (Person.unit_id == Unit.id) & Person.active)
        .group_by(Unit.id, Unit.name, Person.pattern)
        .order_by(Unit.name, Unit.id)
    )
    found: dict[int, UnitPatterns] = {}
    for unit_id, name, pattern, count in rows:
        unit = found.setdefault(unit_id, UnitPatterns(unit_id, name, {}))
        if pattern is not None:
            unit.counts[pattern] = count
    return list(found.values())


async def load_unit(session: AsyncSession, actor: Actor, unit_id: int) -> UnitPatterns:
    """One unit. Raises NotAllowed, NotFound."""
    units = await load_units(session, actor)
    found = next((one for one in units if one.unit_id == unit_id), None)
    if found is None:
        raise NotFound("unit_not_found")
    return found


async def load_person(session: AsyncSession, actor: Actor, person_id: int) -> PersonPattern:
    """One active person. Raises NotAllowed, NotFound."""
    actor.require(RoleName.ADMIN)
    found = await _people(session, Person.id == person_id)
    if not found:
        raise NotFound("person")
    return found[0]


async def find_people(session: AsyncSession, actor: Actor, typed: str) -> list[PersonPattern]:
    """The active people a name, a part of it, a NIP or an id_pegawai means, by name.

    Raises NotAllowed; Invalid when nobody is called so, or too many are.
    """
    actor.require(RoleName.ADMIN)
    words = " ".join(typed.split())
    digits = words.replace(" ", "")
    if not words:
        raise Invalid("person", "pattern_nobody")
    exact = or_(Person.nip == digits, func.lower(Person.staff_number) == words.lower())
    named = func.lower(Person.name).contains(words.lower(), autoescape=True)
    found = await _people(session, or_(exact, named), limit=MOST_FOUND + 1)
    if not found:
        raise Invalid("person", "pattern_nobody")
    if len(found) > MOST_FOUND:
        raise Invalid("person", "pattern_many", limit=MOST_FOUND)
    return found


async def set_unit_pattern(
    session: AsyncSession, actor: Actor, unit_id: int, *, pattern: str, now: datetime
) -> int:
    """Everybody of a unit works by `pattern`, but for shifts; gives how many it changed. Raises NotFound."""
    await load_unit(session, actor, unit_id)
    wanted = _pattern(pattern)
    if wanted is Pattern.SHIFT:
        raise NotFound
    people = (
        await session.scalars(
            select(Person.id).where(
                Person.unit_id == unit_id, Person.active, Person.pattern.not_in((wanted, Pattern.SHIFT))
            )
        )
    ).all()
    await _change(session, people, wanted, now=now)
    if people:
        audit.record(
            session,
            "unit_pattern_set",
            actor_id=actor.person_id,
            subject="unit",
            subject_id=unit_id,
            now=now,
            detail=pattern,
        )
    return len(people)


async def set_person_pattern(
    session: AsyncSession, actor: Actor, person_id: int, *, pattern: str, now: datetime
) -> bool:
    """One person works by `pattern`; False when they did already. Raises NotAllowed, NotFound."""
    if (await load_person(session, actor, person_id)).pattern is _pattern(pattern):
        return False
    await _change(session, [person_id], _pattern(pattern), now=now)
    audit.record(
        session,
        "pattern_set",
        actor_id=actor.person_id,
        subject="person",
        subject_id=person_id,
        now=now,
        detail=pattern,
    )
    return True


async def own_pattern(session: AsyncSession, actor: Actor) -> Pattern:
    """By which pattern the person acting works."""
    return (await session.execute(select(Person.pattern).where(Person.id == actor.person_id))).scalar_one()


def _pattern(name: str) -> Pattern:
    """The pattern a button names. Raises NotFound."""
    if name not in set(Pattern):
        raise NotFound
    return Pattern(name)


async def _people(
    session: AsyncSession, condition: ColumnElement[bool], *, limit: int = 1
) -> list[PersonPattern]:
    rows = await session.execute(
        select(Person.id, Person.name, Person.position, Unit.name, Person.pattern)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(Person.active, condition)
        .order_by(Person.name, Person.id)
        .limit(limit)
    )
    return [PersonPattern(*row) for row in rows]


async def _change(session: AsyncSession, people: Sequence[int], pattern: Pattern, *, now: datetime) -> None:
    """Changes people, tells those who are asked once, plans everybody anew; the same statements for all."""
    if not people:
        return
    await session.execute(update(Person).where(Person.id.in_(people)).values(pattern=pattern))
    joined = (
        select(Account.person_id)
        .join(Person, Person.id == Account.person_id)
        .where(Account.person_id.in_(people), is_asked())
    )
    told = list(await session.scalars(joined))
    await session.execute(
        delete(OutboxMessage).where(
            OutboxMessage.person_id.in_(told),
            OutboxMessage.kind == MESSAGE,
            OutboxMessage.state == OutboxState.WAITING,
        )
    )
    await outbox.enqueue_many(session, [outbox.Letter(MESSAGE, to=one) for one in told], now=now)
    await plan_everybody(session, now=now)
