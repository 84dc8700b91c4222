"""Reads a typed value of kualitas, waktu or biaya: «92,5 persen», «15 Nov», «Rp 11,5 juta per 31 Okt». Pure.

The date it holds for comes behind «per», or beside it in words («per akhir Oktober», «per TW III»); without
one it is today's. What cannot be told for sure is asked again, with the reason.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models import Aspect
from services.errors import Invalid
from services.people.goals import LIMIT, read_goal
from services.people.rows import clean
from services.progress.judging import MONEY, PERCENT
from services.reading.date_tokens import tokens_of
from services.reading.date_words import Kind, look_up
from services.reading.dates import Mode, read_dates
from services.reading.units import same_unit

LONGEST = 300
YEARS = range(2000, 2101)
MOST_PERCENT = 1_000
SCALES = {
    **dict.fromkeys(("ribu", "rb"), 1_000),
    **dict.fromkeys(("juta", "jt"), 1_000_000),
    **dict.fromkeys(("miliar", "milyar", "milliar"), 1_000_000_000),
    **dict.fromkeys(("triliun", "trilyun"), 1_000_000_000_000),
}
_DATE = r"\d{1,2}(?:[/.-]\d{1,2}(?:[/.-]\d{2,4})?|\s+[^\W\d_]{3,}(?:\s+\d{4})?)"
_PER = r"\bper(?:\s+tanggal|\s+tgl\.?)?\s+"
_LEADING = re.compile(
    rf"{_PER}(?:(?P<when>[^:=]+?)\s*[:=]|(?P<date>{_DATE})(?=\s))\s*(?P<rest>.+)", re.IGNORECASE
)
_TRAILING = re.compile(rf"(?P<rest>.+?)[\s(,;]*{_PER}(?P<when>.+?)[\s).]*", re.IGNORECASE)
_NUMBER = re.compile(
    rf"(?P<rp>rp\.?\s*)?(?<![\d.,])(?P<number>-?\d[\d.,]*)(?:,-+)?\s*(?P<scale>(?:{'|'.join(SCALES)})\b)?"
    r"\s*(?P<unit>%|[^\W\d_]+)?",
    re.IGNORECASE,
)
_QUARTER = re.compile(
    r"(?:tw|triwulan|kuartal)\.?\s*(?P<which>[1-4]|iv|i{1,3})\b(?P<year>\s+\d{4})?", re.IGNORECASE
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_MONTH = re.compile(r"(?:akhir\s+)?(?:bulan\s+)?(?P<name>[^\W\d_]{3,})\.?(?P<year>\s+\d{4})?", re.IGNORECASE)
_FILLERS = (
    "% rupiah maaf eh ralat koreksi harusnya seharusnya maksud maksudnya saya yang benar benarnya "
    "tepatnya jadi menjadi adalah yaitu ialah itu ini capaian capaiannya tercapai tercatat mencapai "
    "realisasi realisasinya terealisasi nilai nilainya angka angkanya skor skornya poin indeks hasil "
    "hasilnya rata rerata sebesar sebanyak sejumlah sekitar kira total totalnya jumlah jumlahnya mutu "
    "kualitas biaya biayanya anggaran dana terpakai terserap habis waktu waktunya lama lamanya selama "
    "dalam selesai rampung sudah baru saat sekarang sampai hingga s d ya pak bu bapak ibu reached is now "
    "the value about score in took spent of it was"
)
_BESIDE = frozenset(_FILLERS.split())
"""What may stand beside the number of a value without saying anything else."""
_PERIODS = frozenset(("hari", "jam", "menit", "minggu", "bulan", "tahun"))


@dataclass(frozen=True, slots=True)
class ReadValue:
    """A value as read: exactly one of `number` and `day`; `as_of`: the date it holds for."""

    number: Decimal | None
    day: date | None
    as_of: date


def read_value(text: str, *, aspect: Aspect, unit: str | None, today: date, about: str = "") -> ReadValue:
    """A typed value of an indicator with this unit; `about`: its wording, which may be repeated.

    Raises Invalid `value_long`, `value_unread_…` by aspect, `value_when` (of «per …»), `value_future`,
    `value_after` (a day past the date it holds for), `value_unit` (`unit`), `value_negative`, `value_large`.
    """
    if len(text) > LONGEST:
        raise Invalid("value", "value_long", limit=LONGEST)
    words = clean(text)
    rest, as_of = _dated(words, today)
    if aspect is Aspect.TIME and not lasts(unit):
        day = _day(rest, today)
        if day > today:
            raise Invalid("value", "value_future")
        if day > as_of:
            raise Invalid("value", "value_after")
        return ReadValue(None, day, as_of)
    return ReadValue(_number(rest, aspect, unit, about), None, as_of)


def corrects(text: str, *, aspect: Aspect, unit: str | None, about: str = "") -> bool:
    """Whether a text is nothing but a value, as typed behind one that was read: «92,5% per 31 Okt».

    «Menyusun 3 laporan» has a number too, and is a report.
    """
    words = clean(text)
    if "\n" in text.strip() or len(words) > LONGEST:
        return False
    found = _LEADING.fullmatch(words) or _TRAILING.fullmatch(words)
    rest = found["rest"] if found else words
    if aspect is Aspect.TIME and not lasts(unit):
        said = tokens_of(" ".join(one for one in rest.split() if one.casefold().strip(".,:") not in _BESIDE))
        return bool(said) and not any(one.kind in (Kind.WORD, Kind.JUNK, Kind.MARK) for one in said)
    numbers = list(_NUMBER.finditer(rest))
    return len(numbers) == 1 and not _odd(rest, numbers[0], unit, about)


def lasts(unit: str | None) -> bool:
    """Whether a time is measured as how long something took, and not as a date."""
    return same_unit(unit).split(" ")[0] in _PERIODS


def _dated(words: str, today: date) -> tuple[str, date]:
    """What is left without «per …», and the date that it names. Raises Invalid."""
    found = _LEADING.fullmatch(words) or _TRAILING.fullmatch(words)
    if found is None:
        return words, today
    when = found["when"] or found["date"]
    as_of = _moment(when, today)
    if as_of is None:
        raise Invalid("value", "value_when", said=when[:40])
    if as_of > today:
        raise Invalid("value", "value_future")
    return found["rest"], as_of


def _moment(words: str, today: date) -> date | None:
    """«31 Okt», «akhir Oktober», «TW III»: the end of what is named, today while it runs; without a year
    the last one that has begun.
    """
    quarter = _QUARTER.fullmatch(words.strip())
    if quarter is not None:
        which = _ROMAN.get(quarter["which"].casefold()) or int(quarter["which"])
        return _end(quarter["year"], which * 3, 3, today)
    month = _MONTH.fullmatch(words.strip())
    kind, number = look_up(month["name"].casefold()) if month else (Kind.WORD, 0)
    if month is not None and kind is Kind.MONTH:
        return _end(month["year"], number, 1, today)
    span = read_dates(words, today=today, mode=Mode.PAST)
    return span.first if span is not None and span.first == span.last else None


def _end(said: str | None, month: int, months: int, today: date) -> date | None:
    """The last day of a period of months; today while it runs; None in a year that cannot be meant."""
    begun = date(today.year, month - months + 1, 1) <= today
    year = int(said) if said else today.year - (not begun)
    if year not in YEARS:
        return None
    last = date(year, month, monthrange(year, month)[1])
    first = date(year, month - months + 1, 1)
    return today if first <= today <= last else last


def _day(words: str, today: date) -> date:
    span = read_dates(words, today=today, mode=Mode.PAST)
    if span is None or span.first != span.last:
        raise Invalid("value", "value_unread_waktu")
    return span.first


def _number(words: str, aspect: Aspect, unit: str | None, about: str) -> Decimal:
    kind = "waktu_lama" if aspect is Aspect.TIME else aspect.value
    unread = Invalid("value", f"value_unread_{kind}", unit=unit or "")
    found = list(_NUMBER.finditer(words))
    if len(found) != 1:
        raise unread
    one = found[0]
    if _odd(words, one, unit, about):
        raise unread
    read = read_goal(one["number"].rstrip(".,"), None, aspect=Aspect.QUALITY, is_number=False)
    if read.fault == "goal_negative":
        raise Invalid("value", "value_negative")
    if read.number is None:
        raise Invalid("value", "value_large") if read.fault else unread
    number = read.number * SCALES.get((one["scale"] or "").casefold(), 1)
    if number >= LIMIT:
        raise Invalid("value", "value_large")
    said = "rupiah" if one["rp"] or one["scale"] else (one["unit"] or "")
    _ensure_unit(said, unit, aspect)
    if _kind(unit or ("%" if aspect is Aspect.QUALITY else "")) == "%" and number > MOST_PERCENT:
        raise Invalid("value", "value_large")
    return number


def _odd(words: str, one: re.Match[str], unit: str | None, about: str) -> set[str]:
    """Words beside the number that say something else."""
    beside = _words(f"{words[: one.start()]} {one['unit'] or ''} {words[one.end() :]}")
    return beside - _words(f"{unit or ''} {about}") - _BESIDE


def _words(text: str) -> set[str]:
    return {_kind(word) for word in re.findall(r"[^\W_]+", text.casefold())}


def _ensure_unit(said: str, unit: str | None, aspect: Aspect) -> None:
    """«Rp 92» is no percentage, and «92%» no amount of money; other words beside a number say nothing."""
    own = _kind(unit or "")
    typed = _kind(said)
    if not typed or (typed not in ("%", "rupiah") and own in ("%", "rupiah")):
        return
    if not own:
        own = {Aspect.COST: "rupiah", Aspect.QUALITY: "%"}.get(aspect, "")
    if typed in ("%", "rupiah") and typed != own:
        raise Invalid("value", "value_unit", unit=unit or own)


def _kind(unit: str) -> str:
    word = same_unit(unit.strip(". "))
    return "%" if word in PERCENT else "rupiah" if word in MONEY else word
