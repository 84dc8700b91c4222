"""Reads the target of an indicator as offices write it: `12`, `12 dokumen`, `100%`, `1.250`, `Rp 1.250.000`.

A point groups thousands and a comma begins decimals, as in Indonesian; a date or anything else that is no
plain number stays text.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from models import Aspect
from services.reading.number_words import read_number_words
from services.reading.units import same_unit

LIMIT = Decimal(10) ** 14
"""Numbers have 18 digits in the database, four of them decimals."""

_NUMBER = re.compile(r"(?P<rp>rp\.?\s*)?(?P<number>-?\d[\d.,]*)\s*(?P<unit>[^\d\s].*)?", re.IGNORECASE)
_MONEY_END = re.compile(r",-+$")
"""As in «Rp1.000,-»."""
_WORDS = re.compile(r"[^\W\d_][^\W\d]*(?:[ /.-][^\W\d]+)*\.?|%")
_IN_WORDS = re.compile(r"\((?P<words>[^\W\d]+(?:\s+[^\W\d]+)*)\)\s*(?P<unit>.*)", re.DOTALL)
_MONTHS = re.compile(
    r"(?:jan|feb|peb|mar|apr|mei|may|jun|jul|agu|agt|aug|sep|okt|oct|nov|nop|des|dec)[a-z]*\.?", re.IGNORECASE
)
_GROUPED = re.compile(r"-?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?")
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")
_DECIMAL_POINT = re.compile(r"-?\d+\.\d{1,2}|-?\d+\.\d{4,}|-?0\.\d+")
_GROUPED_ENGLISH = re.compile(r"-?\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?|-?\d{1,3}(?:,\d{3})+\.\d+")


@dataclass(frozen=True, slots=True)
class Goal:
    """`number` None: the target is text only. `warnings` and `fault` are codes."""

    number: Decimal | None
    unit: str | None
    warnings: tuple[str, ...] = ()
    fault: str | None = None


def read_goal(text: str, unit: str | None, *, aspect: Aspect, is_number: bool) -> Goal:
    """Understands a cleaned target text beside the unit column. Faults: `goal_negative`, `goal_too_large`;
    warnings: `goal_ambiguous`, `goal_unit_differs`, `goal_not_a_number`, `goal_zero`.
    """
    number, own_unit, ambiguous = _plain(text) if is_number else _parse(text)
    warnings = ["goal_ambiguous"] if ambiguous else []
    if number is None:
        return Goal(None, unit, ("goal_not_a_number",) if aspect is Aspect.QUANTITY else ())
    if number < 0:
        return Goal(None, unit, fault="goal_negative")
    if number >= LIMIT:
        return Goal(None, unit, fault="goal_too_large")
    if aspect is Aspect.QUANTITY and number == 0:
        warnings.append("goal_zero")
    if own_unit and unit and same_unit(own_unit) != same_unit(unit):
        warnings.append("goal_unit_differs")
    return Goal(round(number, 4), unit or own_unit, tuple(warnings))


def _plain(text: str) -> tuple[Decimal | None, str | None, bool]:
    try:
        return Decimal(text), None, False
    except InvalidOperation:
        return None, None, False


def _parse(text: str) -> tuple[Decimal | None, str | None, bool]:
    """(number, unit beside it, whether it could be read otherwise)."""
    found = _NUMBER.fullmatch(_MONEY_END.sub("", text.strip()))
    if found is None:
        return None, None, False
    unit = _without_words(found["unit"] or "").strip(" ()")
    if unit and (not _WORDS.fullmatch(unit) or _MONTHS.fullmatch(unit) or len(unit) > 60):
        return None, None, False
    written = found["number"].rstrip(".,")
    ambiguous = False
    if re.fullmatch(r"-?\d+", written):
        number = Decimal(written)
    elif _GROUPED.fullmatch(written):
        number = Decimal(written.replace(".", "").replace(",", "."))
    elif _DECIMAL_COMMA.fullmatch(written):
        number = Decimal(written.replace(",", "."))
        ambiguous = len(written.partition(",")[2]) == 3
    elif _DECIMAL_POINT.fullmatch(written):
        number = Decimal(written)
    elif _GROUPED_ENGLISH.fullmatch(written):
        number = Decimal(written.replace(",", ""))
    else:
        return None, None, False
    return number, unit or ("rupiah" if found["rp"] else None), ambiguous


def _without_words(behind: str) -> str:
    """«(dua belas) dokumen» says the number again, and its unit."""
    found = _IN_WORDS.match(behind)
    words = found["words"].casefold().split() if found else []
    read = read_number_words(words) if words else None
    return found["unit"] if found and read is not None and read[1] == len(words) else behind
