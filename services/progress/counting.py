"""Which entries count, and their sums: the record of decisions cut at an instant.

Which entries count is fixed by the cut. How much each one says is read as it stands now: an entry that was
reopened and corrected later shows its corrected quantity in old summaries too, since no copy is kept.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, case, extract, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Decision, Entry, State, Verdict
from services.progress.standing import Amount
from services.reading.units import same_unit

ENOUGH = 0.8
"""From this share of entries with known minutes on, time is compared by minutes."""


@dataclass(slots=True)
class Sums:
    """What was done for one RHK: unit → quarter → quantity."""

    by_unit: dict[str, dict[int, int]] = field(default_factory=dict)

    def add(self, unit: str, quarter: int, number: int) -> None:
        of_unit = self.by_unit.setdefault(unit, {})
        of_unit[quarter] = of_unit.get(quarter, 0) + number

    def of(self, unit: str) -> Mapping[int, int]:
        return self.by_unit.get(unit, {})

    def but(self, units: Collection[str]) -> tuple[Amount, ...]:
        """What was done in other units."""
        sums = {unit: sum(of.values()) for unit, of in self.by_unit.items() if unit not in units}
        return tuple(Amount(number, unit) for unit, number in sorted(sums.items()) if number)


@dataclass(frozen=True, slots=True)
class Outside:
    """How much of somebody's counted work served no RHK. `known`: of how many entries the minutes are known.

    Entries that nobody has linked yet are neither inside nor outside.
    """

    entries_outside: int = 0
    entries: int = 0
    minutes_outside: int = 0
    minutes: int = 0
    known: int = 0

    @property
    def by_minutes(self) -> bool:
        """Whether the share is one of minutes: known of nearly all entries; else it is one of entries."""
        return self.minutes > 0 and self.known >= ENOUGH * self.entries

    @property
    def share(self) -> float:
        if self.by_minutes:
            return self.minutes_outside / self.minutes
        return self.entries_outside / self.entries if self.entries else 0.0

    def __add__(self, other: "Outside") -> "Outside":
        return Outside(
            self.entries_outside + other.entries_outside,
            self.entries + other.entries,
            self.minutes_outside + other.minutes_outside,
            self.minutes + other.minutes,
            self.known + other.known,
        )


def _first_and_last(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def _counted(*, year: int, at: datetime) -> ColumnElement[bool]:
    """Whether an entry with its day is of a year and counted at an instant: approved, or recorded by a head.

    The last verdict is looked up entry by entry. Asked for as a list (`id IN (…)`) inside this OR, PostgreSQL
    reads every entry of the office; as a join, SQLite goes through the list once an entry. Written as a sum
    no planner finds another order for it: the newest decision has the highest, its last bit is the verdict.
    """
    first, last = _first_and_last(year)
    is_approval = case((Decision.verdict == Verdict.APPROVE, 1), else_=0)
    newest = (
        select(func.max(Decision.id * 2 + is_approval))
        .where(Decision.entry_id == Entry.id, Decision.decided_at < at)
        .correlate(Entry)
        .scalar_subquery()
    )
    recorded = and_(Entry.state == State.RECORDED, Day.first_submitted_at < at, Entry.created_at < at)
    return and_(Day.work_date.between(first, last), or_(recorded, newest % 2 == 1))


async def load_sums(
    session: AsyncSession, wordings: Select[int], *, year: int, at: datetime
) -> dict[int, Sums]:
    """Wording → what was done under it; one query. `wordings`: their ids."""
    month = extract("month", Day.work_date)
    rows = await session.execute(
        select(Entry.target_id, Entry.unit, month, func.sum(Entry.quantity))
        .join(Day, Day.id == Entry.day_id)
        .where(Entry.target_id.in_(wordings), Entry.quantity.is_not(None), _counted(year=year, at=at))
        .group_by(Entry.target_id, Entry.unit, month)
    )
    found: dict[int, Sums] = {}
    for target_id, unit, number, amount in rows:
        if target_id is not None and amount is not None:
            quarter = (int(number) + 2) // 3
            found.setdefault(target_id, Sums()).add(same_unit(unit), quarter, int(amount))
    return found


async def load_outside(
    session: AsyncSession, person_ids: Sequence[int], *, year: int, at: datetime
) -> dict[int, Outside]:
    """Person → the share of their counted work of a year outside the SKP; one query.

    By minutes where they are known of nearly all entries, else by the number of entries.
    """
    outside = and_(Entry.target_id.is_(None), Entry.outside_plan)
    flag = case((outside, 1), else_=0)
    rows = await session.execute(
        select(Day.person_id, flag, func.count(), func.count(Entry.minutes), func.sum(Entry.minutes))
        .join(Day, Day.id == Entry.day_id)
        .where(
            Day.person_id.in_(person_ids),
            or_(Entry.target_id.is_not(None), outside),
            _counted(year=year, at=at),
        )
        .group_by(Day.person_id, flag)
    )
    found: dict[int, Outside] = {}
    for person_id, is_outside, count, known, minutes in rows:
        spent, side = int(minutes or 0), int(is_outside)
        one = Outside(count * side, count, spent * side, spent, known)
        found[person_id] = found.get(person_id, Outside()) + one
    return found
