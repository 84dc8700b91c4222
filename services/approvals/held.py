"""A day in the hand of who decides on it: its row locked, its entries read after that.

Values, not entities: a decision writes by statements of its own, and nothing of it waits for a flush.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Entry, Person, State
from services.entries.views import SHOWN_FIELDS, Judged
from services.people.identity import flushed


@dataclass(frozen=True, slots=True)
class HeldDay:
    """A locked day."""

    id: int
    person_id: int
    person_name: str
    work_date: date
    state: State
    revision: int
    submitted_at: datetime | None


async def hold_days(session: AsyncSession, day_ids: Collection[int]) -> dict[int, HeldDay]:
    """Those of the days that there are, locked in the order of their ids."""
    await flushed(session)
    rows = await session.execute(_DAYS, {"days": list(day_ids)})
    return {row.id: HeldDay(*row) for row in rows}


async def entries_of_days(session: AsyncSession, day_ids: Collection[int]) -> Mapping[int, Sequence[Judged]]:
    """The entries of days, in order. One query; a day without entries is there too."""
    found: dict[int, list[Judged]] = {day_id: [] for day_id in day_ids}
    for row in await session.execute(_ENTRIES, {"days": list(day_ids)}):
        found[row.day_id].append(Judged(*row))
    return found


async def day_of_entry(session: AsyncSession, entry_id: int) -> int | None:
    """The day an entry stands in now."""
    await flushed(session)
    found: int | None = await session.scalar(_DAY_OF, {"entry": entry_id})
    return found


# Built once: building a statement costs more than running it.
_days, _people, _entries = Day.__table__, Person.__table__, Entry.__table__
_OF_DAYS: Any = bindparam("days", expanding=True)
_DAYS: Any = (
    select(
        _days.c.id,
        _days.c.person_id,
        _people.c.name,
        *(_days.c[name] for name in ("work_date", "state", "revision", "submitted_at")),
    )
    .select_from(_days.join(_people, _people.c.id == _days.c.person_id))
    .where(_days.c.id.in_(_OF_DAYS))
    .order_by(_days.c.id)
    .with_for_update(of=_days)
)
_ENTRIES: Any = (
    select(
        *(_entries.c[name] for name in ("id", "day_id", "state", *SHOWN_FIELDS, "link_source", "confident"))
    )
    .where(_entries.c.day_id.in_(_OF_DAYS))
    .order_by(_entries.c.position, _entries.c.id)
)
_DAY_OF: Any = select(_entries.c.day_id).where(_entries.c.id == bindparam("entry"))
