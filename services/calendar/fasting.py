"""When Ramadan is, and so the shorter hours hold. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

RAMADAN_DAYS = 30
SAME = timedelta(days=40)
"""Two runs of days that begin this near to each other are the same Ramadan; the next is eleven months on."""
FEAST_DAYS = timedelta(days=7)


@dataclass(frozen=True, slots=True, order=True)
class Ramadan:
    """From `first` to `last`, both included. `set_id`: the row in which an admin set it; None: derived."""

    first: date
    last: date
    set_id: int | None = None

    def is_same_as(self, other: "Ramadan") -> bool:
        """Whether both mean the Ramadan of one year."""
        overlap = self.first <= other.last and other.first <= self.last
        return overlap or abs(self.first - other.first) <= SAME

    def days(self) -> Iterable[date]:
        return (self.first + timedelta(days=place) for place in range((self.last - self.first).days + 1))


def derived_ramadans(feasts: Iterable[date]) -> list[Ramadan]:
    """The thirty days before each Idul Fitri.

    Thirty are taken, though some years have 29: one day with shorter hours too many asks people early,
    one too few asks them after they went home.
    """
    first_days: list[date] = []
    for day in sorted(feasts):
        if not first_days or day - first_days[-1] > FEAST_DAYS:
            first_days.append(day)
    one = timedelta(days=1)
    return [Ramadan(first - RAMADAN_DAYS * one, first - one) for first in first_days]


def ramadans(feasts: Iterable[date], chosen: Collection[Ramadan] = ()) -> list[Ramadan]:
    """Every Ramadan in order: as an admin set it, else as derived."""
    derived = derived_ramadans(feasts)
    return sorted([*chosen, *(one for one in derived if not any(one.is_same_as(own) for own in chosen))])


def fasting_days(feasts: Iterable[date], chosen: Collection[Ramadan] = ()) -> frozenset[date]:
    """All days of these Ramadans."""
    return frozenset(day for one in ramadans(feasts, chosen) for day in one.days())
