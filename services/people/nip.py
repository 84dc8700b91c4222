"""NIP, the number of a civil servant: 18 digits (Perka BKN 22/2007; for PPPK the NI PPPK of the same length).

    19850214 201003 1 007        birth date YYYYMMDD + first appointment YYYYMM + sex 1/2 + serial number
    19900101 202421 2 015        PPPK: year of appointment + a code from 21 up, where a month cannot be

Length, birth date and sex digit are checked; whatever else looks odd is only a warning. A NIP is never proof
of who somebody is.
"""

import re
from dataclasses import dataclass
from datetime import date

LENGTH = 18

_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?\s*[eE]\s*[+-]?\d+")
_EXCEL_TEXT = re.compile(r'="(.*)"')
_CALLED = re.compile(r"^NI(?:P|\s?PPPK)\b[\s.:]*(?=\d)", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s.\-\u200b\u200c\u200d\u2060\ufeff]+")
_LATEST_PPPK_CODE, _FIRST_PPPK_CODE = 99, 21
_YOUNGEST, _OLDEST = 17, 70


@dataclass(frozen=True, slots=True)
class NipCheck:
    """`digits`: the NIP when nothing is wrong. `fault` and `warnings` are codes; `params` fill the fault."""

    digits: str | None
    fault: str | None = None
    warnings: tuple[str, ...] = ()
    found: int = 0
    """How many digits there were."""


def plain_number(text: str) -> str:
    """A number as typed, without the spaces, dots, marks and «NIP.» people put into it or around it."""
    text = text.strip()
    if found := _EXCEL_TEXT.fullmatch(text):
        text = found[1]
    return _BETWEEN.sub("", _CALLED.sub("", text.removeprefix("'").strip()))


def is_scientific(text: str) -> bool:
    """Whether a spreadsheet has turned the number into 1.98502E+17, which lost its last digits."""
    return _SCIENTIFIC.fullmatch(text.strip().removeprefix("'")) is not None


def check_nip(text: str, *, today: date) -> NipCheck:
    """Checks a NIP as typed. Faults: `nip_scientific`, `nip_not_digits`, `nip_length`, `nip_birth_date`,
    `nip_sex`; warnings: `nip_age`, `nip_start`, `nip_serial`.
    """
    if is_scientific(text):
        return NipCheck(None, "nip_scientific")
    digits = plain_number(text)
    if not digits.isascii() or not digits.isdigit():
        return NipCheck(None, "nip_not_digits")
    if len(digits) != LENGTH:
        return NipCheck(None, "nip_length", found=len(digits))
    born = _date(digits[:8])
    if born is None or born.year < 1900 or born > today:
        return NipCheck(None, "nip_birth_date", found=LENGTH)
    if digits[14] not in "12":
        return NipCheck(None, "nip_sex", found=LENGTH)
    return NipCheck(digits, warnings=_warnings(digits, born, today), found=LENGTH)


def is_pppk(nip: str) -> bool:
    """Whether a checked NIP has a code where that of a PNS has a month."""
    return int(nip[12:14]) >= _FIRST_PPPK_CODE


def _warnings(digits: str, born: date, today: date) -> tuple[str, ...]:
    found = []
    year, month = int(digits[8:12]), int(digits[12:14])
    if not _YOUNGEST <= today.year - born.year <= _OLDEST:
        found.append("nip_age")
    is_month, is_code = 1 <= month <= 12, _FIRST_PPPK_CODE <= month <= _LATEST_PPPK_CODE
    begun = year < today.year or (year == today.year and (is_code or month <= today.month))
    if not (is_month or is_code) or not begun or year - born.year < _YOUNGEST:
        found.append("nip_start")
    if digits[15:] == "000":
        found.append("nip_serial")
    return tuple(found)


def _date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
