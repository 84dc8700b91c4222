"""Which of the amounts in somebody's words an entry counts: the one its RHK counts, where there is one."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Row

from models import Aspect, Entry, Indicator
from services.reading.quantities import read_quantities, read_quantity
from services.reading.units import same_unit


def counted_units(indicators: Iterable[Indicator | Row[Any]]) -> frozenset[str]:
    """The units in which an RHK adds up, as they are compared."""
    return frozenset(
        same_unit(one.unit) for one in indicators if one.aspect is Aspect.QUANTITY and one.goal and one.unit
    )


def fit_amount(entry: Entry, units: Collection[str]) -> None:
    """«Mengajar 4 JP -> 58 siswa» counts the 4 for an RHK in jam pelajaran, and the 58 for any other.

    An amount that does not stand in the words was set by the person, and stays.
    """
    amounts = (*read_quantities(entry.outcome or ""), *read_quantities(entry.activity))
    if (entry.quantity, entry.unit) not in amounts:
        return
    fitting = (one for one in amounts if same_unit(one[1]) in units)
    usual = read_quantity(entry.outcome or "") or read_quantity(entry.activity)
    entry.quantity, entry.unit = next(fitting, None) or usual or amounts[0]
