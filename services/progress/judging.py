"""Whether a dated value meets its target, said only where it is sure. Pure."""

import re
from datetime import date

from models import Aspect
from services.progress.standing import Dated, Value
from services.reading.dates import Mode, read_dates

MONEY = frozenset(("rupiah", "rp", "idr"))
PERCENT = frozenset(("%", "persen", "percent"))
_LESS_IS_BETTER = re.compile(
    r"maks|paling (?:banyak|tinggi|lama)|kurang dari|di ?bawah|≤|<|kesalahan|keluhan|komplain|aduan|error"
    r"|kehilangan|keterlambatan|temuan|penurunan|putus|absen|tidak|at most|fewer|less",
    re.IGNORECASE,
)
"""Words of a quality of which less is better, or that may say so: then nothing is said."""


def goal_day(goal_text: str, *, year: int) -> date | None:
    """The date a target names, without a year of the SKP's; None: no single date can be read in it."""
    span = read_dates(goal_text, today=date(year, 1, 1), mode=Mode.FUTURE)
    return span.last if span is not None and (span.first == span.last or _is_until(goal_text)) else None


def _is_until(text: str) -> bool:
    return bool(re.search(r"\b(?:s\.?d\.?|sampai|hingga|paling lambat|sebelum|until)\b", text, re.IGNORECASE))


def meets(one: Dated, value: Value) -> bool | None:
    """Whether a value meets the target; None: that cannot be told for sure."""
    if one.aspect is Aspect.TIME:
        if value.day is not None:
            return value.day <= one.goal_day if one.goal_day is not None else None
        return _at_most(one, value) if one.goal_day is None else None
    if one.aspect is Aspect.COST:
        return _at_most(one, value) if (one.unit or "").casefold().strip(". ") in MONEY else None
    if one.goal is None or value.number is None or _LESS_IS_BETTER.search(f"{one.text} {one.goal_text}"):
        return None
    return value.number >= one.goal


def _at_most(one: Dated, value: Value) -> bool | None:
    if one.goal is None or value.number is None:
        return None
    return value.number <= one.goal
