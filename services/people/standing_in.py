"""Who stands in for which supervisor now: read afresh from the database, never taken from an older look.

One rule, in both directions and in identity: active, joined, still reporting or leading, the span neither
over nor ended, by the date at the stand-in's home.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Date, bindparam, false, null, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from models import Account, ActingSupervisor, Person
from services.clock import local_date
from services.people.identity import Actor, flushed, works
from services.read_once import read_once

SUPERVISOR = "supervisor"
"""The capacity of the one who is explicitly assigned as somebody's supervisor."""
A_DAY = timedelta(days=1)
"""No local date is further from the UTC date than this."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """`capacity`: plt or plh. `last`: the last local date, included."""

    person_id: int
    name: str
    capacity: str
    last: date


@dataclass(frozen=True, slots=True)
class Above:
    """Who decides on a person now. `seats`: of the one who asks, as `seats_of` gives them.

    `supervisor_id`: whom the person is assigned to; `above_id`: whom that one is; `stand_in`: who acts for
    the supervisor today.
    """

    supervisor_id: int | None
    above_id: int | None
    stand_in: StandIn | None
    seats: Mapping[int, str]

    def others(self, person_id: int) -> list[int]:
        """Who is told of the person besides `person_id`: as `deciders`."""
        there = {self.supervisor_id, self.stand_in.person_id if self.stand_in else None}
        return sorted(one for one in there if one is not None and one != person_id)


async def stand_ins(
    session: AsyncSession, supervisor_ids: Iterable[int], *, now: datetime
) -> Mapping[int, StandIn]:
    """Who acts today for each of the supervisors, if somebody active and joined does. One query."""
    await flushed(session)
    given = _around(now) | {"supervisors": sorted(set(supervisor_ids))}
    rows = await session.execute(_STAND_INS, given)
    return {row.supervisor_id: _stand_in(row) for row in rows if _is_today(row, now=now)}


async def deciders(session: AsyncSession, supervisor_id: int, *, but: int | None, now: datetime) -> list[int]:
    """Who is told of a supervisor's people: the supervisor and today's stand-in, but the one who acts."""
    there = await stand_ins(session, [supervisor_id], now=now)
    return sorted({supervisor_id, *(one.person_id for one in there.values())} - {but})


async def seats_of(session: AsyncSession, actor: Actor, *, now: datetime) -> Mapping[int, str]:
    """The supervisors whose people the actor decides on today, and as what: in their own seat, Plt or Plh."""
    me = actor.person_id

    async def read() -> Mapping[int, str]:
        return _seats(me, (await session.execute(_SEATS, _around(now) | {"actor": me})).all(), now=now)

    return await read_once(session, ("seats", me, now), read)


async def load_above(session: AsyncSession, actor: Actor, person_id: int, *, now: datetime) -> Above:
    """Who decides on a person, and the seats of the one who asks, as they are now; one query."""
    await flushed(session)
    given = _around(now) | {"actor": actor.person_id, "person": person_id}
    supervisor = above = None
    taken: list[Any] = []
    there: StandIn | None = None
    rows = (await session.execute(_ABOVE, given)).all()
    for row in sorted(rows, key=lambda row: row.id or 0):
        if row.first is None:  # the person
            supervisor, above = row.supervisor_id, row.acting_id
        elif not _is_today(row, now=now):
            continue
        elif row.asked:
            taken.append(row)
        elif row.joined:
            there = _stand_in(row)
    return Above(supervisor, above, there, _seats(actor.person_id, taken, now=now))


def _around(now: datetime) -> dict[str, Any]:
    return {"earliest": now.date() - A_DAY, "latest": now.date() + A_DAY}


def _seats(person_id: int, rows: Iterable[Any], *, now: datetime) -> Mapping[int, str]:
    taken = {row.supervisor_id: row.capacity.value for row in rows if _is_today(row, now=now)}
    return taken | {person_id: SUPERVISOR}


def _stand_in(row: Any) -> StandIn:
    return StandIn(row.acting_id, row.name, row.capacity.value, row.last)


def _is_today(row: Any, *, now: datetime) -> bool:
    return bool(row.first <= local_date(now, row.zone) <= row.last)


# Built once: building a statement costs more than running it.
_spans, _people, _accounts = ActingSupervisor.__table__, Person.__table__, Account.__table__
_ID: Any = BigInteger()
_HOLDING: Any = (
    _spans.c.ended_at.is_(None)
    & (_spans.c.first <= bindparam("latest", type_=Date()))
    & (_spans.c.last >= bindparam("earliest", type_=Date()))
    & _people.c.active
    & works(_spans.c.acting_id)
)
"""Of spans with their stand-ins: those that hold on some date that it is somewhere now."""
_SPAN: Any = (
    *(_spans.c[name] for name in ("supervisor_id", "acting_id", "capacity", "first", "last")),
    _people.c.name,
    _people.c.zone,
)
_WITH_STAND_IN: Any = _spans.join(_people, _people.c.id == _spans.c.acting_id)
_JOINED: Any = select(_accounts.c.user_id).where(_accounts.c.person_id == _people.c.id).exists()
_STAND_INS: Any = (
    select(*_SPAN)
    .select_from(_WITH_STAND_IN)
    .where(_spans.c.supervisor_id.in_(bindparam("supervisors", expanding=True)), _HOLDING, _JOINED)
    .order_by(_spans.c.id)
)
_SEATS: Any = (
    select(*_SPAN)
    .select_from(_WITH_STAND_IN)
    .where(_spans.c.acting_id == bindparam("actor", type_=_ID), _HOLDING)
    .order_by(_spans.c.id)
)
_person = Person.__table__.alias("person")
_boss = Person.__table__.alias("boss")
_ABOVE: Any = union_all(
    select(*_SPAN, _spans.c.id, true().label("asked"), _JOINED.label("joined"))
    .select_from(_WITH_STAND_IN)
    .where(_spans.c.acting_id == bindparam("actor", type_=_ID), _HOLDING),
    select(*_SPAN, _spans.c.id, false(), _JOINED)
    .select_from(_WITH_STAND_IN)
    .where(
        _spans.c.supervisor_id
        == select(_person.c.supervisor_id)
        .where(_person.c.id == bindparam("person", type_=_ID))
        .scalar_subquery(),
        _HOLDING,
    ),
    select(
        _person.c.supervisor_id,
        _boss.c.supervisor_id,
        *(null().cast(column.type) for column in _SPAN[2:]),
        null().cast(_ID),
        false(),
        false(),
    )
    .select_from(_person.outerjoin(_boss, _boss.c.id == _person.c.supervisor_id))
    .where(_person.c.id == bindparam("person", type_=_ID)),
)
"""The spans of the one who asks, those of the person's supervisor, and the person, whose `first` is null."""
