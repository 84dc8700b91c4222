"""Reads what people type for an SKP: an RHK with its indicators, in their own words. Pure.

The first line is the RHK, every further line an indicator: «kuantitas: jumlah laporan, 12 laporan»,
«12 dokumen», «kualitas: kepuasan 90%», «waktu: paling lambat 31 Des 2026», «biaya: Rp 12.000.000».
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.people.goals import read_goal
from services.people.rows import clean
from services.plans.words import LONGEST_GOAL, LONGEST_WORDING, SHORTEST, Aspect, Section
from services.reading.dates import Mode, read_dates
from services.reading.units import WRITTEN_OUT

_LABELS = {
    **dict.fromkeys(("kuantitas", "kuantitatif", "jumlah", "volume", "quantity"), Aspect.QUANTITY),
    **dict.fromkeys(("kualitas", "mutu", "quality"), Aspect.QUALITY),
    **dict.fromkeys(("waktu", "time", "tenggat"), Aspect.TIME),
    **dict.fromkeys(("biaya", "cost", "anggaran"), Aspect.COST),
}
_NAMED = {
    Aspect.QUANTITY: "Jumlah",
    Aspect.QUALITY: "Mutu hasil",
    Aspect.TIME: "Waktu penyelesaian",
    Aspect.COST: "Biaya",
}
"""What an indicator is called that was typed as a bare target, as offices write it."""
_LABEL = re.compile(
    rf"(?P<aspect>(?:{'|'.join(_LABELS)})(?=\s*[:=])|kuantitas|kualitas|waktu|biaya)(?:\s*[:=]\s*|\s+)(?P<rest>.+)",
    re.IGNORECASE | re.DOTALL,
)
_SECTION = re.compile(
    r"(?:rhk|rencana hasil kerja)?\s*(?P<section>utama|tambahan)?\s*[:.]\s*(?P<rest>\S.*)", re.IGNORECASE
)
_ARROW = re.compile(r"->|→|=>|⇒")
_BULLET = re.compile(r"^(?:[-–—•*·▪]+\s+|\(?\d{1,2}[.)]\s+|[a-zA-Z][.)]\s+)")
_JOINTS = re.compile(
    r"\s*(?:(?<!\d),|,(?!\d)|[;:=]|\btarget(?:nya)?\b:?|\bsebanyak\b|\bsebesar\b|\bsejumlah\b)\s*",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?P<text>.*[^\W\d].*?|)\s*(?P<goal>(?:rp\.?\s*)?(?<![\d.,])\d[\d.,]*-?\s*(?:%|[^\W\d][^\d,;]{0,59})?)",
    re.IGNORECASE | re.DOTALL,
)
_DEADLINE = re.compile(
    r"(?P<text>.*?)\s*(?P<goal>\b(?:paling\s(?:lambat|lama|cepat)|selambat(?:-?\s?lambatnya|2nya)?|sebelum|maksimal"
    r"|setiap|tiap|sampai(?:\sdengan)?|s\.?d\.?|tanggal|tgl|per)\b.*)",
    re.IGNORECASE | re.DOTALL,
)
_PERIOD = re.compile(r"\d+\s*(?:hari|minggu|bulan|triwulan|semester)\b.*", re.IGNORECASE | re.DOTALL)
_PERIODS = frozenset(("hari", "minggu", "bulan", "triwulan", "semester"))
_PERCENT = frozenset(("%", "persen", "percent"))
_MONEY = frozenset(("rupiah", "rp", "juta", "miliar", "milyar"))


@dataclass(frozen=True, slots=True)
class ReadIndicator:
    """One indicator. `goal` None: its target is words alone."""

    aspect: Aspect
    text: str
    goal: Decimal | None
    goal_text: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class ReadTarget:
    """A typed RHK. `left`: lines that are no indicator as far as can be told."""

    text: str
    section: Section | None
    indicators: tuple[ReadIndicator, ...]
    left: tuple[str, ...]


def is_report(text: str) -> bool:
    """«Rapat -> disepakati» tells what was done and what came of it: no RHK."""
    return _ARROW.search(text) is not None


def read_target(text: str, *, today: date) -> ReadTarget:
    """The RHK and its indicators; `text` of it is empty when nothing was typed."""
    lines = [one for one in (_line(line) for line in text.splitlines()) if one]
    if not lines:
        return ReadTarget("", None, (), ())
    wording, section = _sectioned(lines[0])
    indicators, left = read_indicators("\n".join(lines[1:]), today=today)
    return ReadTarget(wording, section, indicators, left)


def read_indicators(text: str, *, today: date) -> tuple[tuple[ReadIndicator, ...], tuple[str, ...]]:
    """One indicator a line, and the lines that are none."""
    found: list[ReadIndicator] = []
    left: list[str] = []
    for line in text.splitlines():
        words = _line(line)
        if not words:
            continue
        one = read_indicator(words, today=today)
        if one is None:
            left.append(words)
        elif one not in found:
            found.append(one)
    return tuple(found), tuple(left)


def read_indicator(line: str, *, today: date) -> ReadIndicator | None:
    """One indicator in its writer's words; None when no target can be told in it."""
    words = _line(line)
    label = _LABEL.fullmatch(words)
    aspect = _LABELS[label["aspect"].casefold()] if label else None
    kept = (
        label["aspect"]
        if label
        and words[label.end("aspect")] == " "
        and not re.match(r"\s*[:=]", words[label.end("aspect") :])
        else ""
    )
    rest = label["rest"].strip() if label else words
    deadline = aspect in (None, Aspect.TIME)
    parts = (_deadline(rest, today) if deadline else None) or _amount(rest)
    if parts is None and aspect not in (None, Aspect.QUANTITY):
        parts = _halves(rest)
    if parts is None:
        return None
    said, goal_text, kind = parts
    aspect = aspect or kind
    goal = read_goal(goal_text, None, aspect=aspect, is_number=False)
    if goal.fault is not None or (aspect is Aspect.QUANTITY and not goal.number):
        return None
    unit = _written_out(goal.unit) or (_counted(said) if aspect is Aspect.QUANTITY else None)
    text = f"{kept} {said}".strip() if said else _name(aspect, unit)
    if not SHORTEST <= len(text) <= LONGEST_WORDING or len(goal_text) > LONGEST_GOAL:
        return None
    return ReadIndicator(aspect, text, goal.number, goal_text, unit)


def read_step(line: str) -> tuple[str, int | None]:
    """A step and how much it plans: «Menyusun 3 modul ajar» plans 3; «12 laporan bulanan» 12."""
    words = _line(line)
    found = re.search(r"(?<![\d.,/-])(\d{1,6})(?![\d.,/%-])\s+(?P<unit>[^\W\d]{3,})", words)
    if found is None or found["unit"].casefold() in _PERIODS | {"tahun", "januari", "desember"}:
        return words, None
    before = words[: found.start()].split()
    if before and before[-1].casefold() in _ORDINAL:
        return words, None
    return words, int(found[1]) or None


_ORDINAL = frozenset(
    ("kelas", "triwulan", "tahap", "bab", "tahun", "tw", "semester", "ke", "nomor", "no", "pasal")
)


def _line(line: str) -> str:
    return _BULLET.sub("", clean(line)).strip()


def _sectioned(line: str) -> tuple[str, Section | None]:
    """«Tambahan: Panitia HUT» is an RHK of that section."""
    found = _SECTION.fullmatch(line)
    if found is None or line.lstrip().startswith((".", ":")):
        return line, None
    return found["rest"].strip(), Section(found["section"].casefold()) if found["section"] else None


def _deadline(words: str, today: date) -> tuple[str, str, Aspect] | None:
    """(text, target) of a line that says until when."""
    found = _DEADLINE.fullmatch(words)
    if found is not None and (
        read_dates(found["goal"], today=today, mode=Mode.FUTURE) or _timely(found["goal"])
    ):
        return _without_joint(found["text"]), found["goal"].strip(), Aspect.TIME
    for joint in reversed(list(_JOINTS.finditer(words))):
        said, goal = words[: joint.start()].strip(), words[joint.end() :].strip()
        if _PERIOD.fullmatch(goal) or read_dates(goal, today=today, mode=Mode.FUTURE):
            return said, goal, Aspect.TIME
    if read_dates(words, today=today, mode=Mode.FUTURE) and re.match(r"\d", words):
        return "", words, Aspect.TIME
    return ("", words, Aspect.TIME) if _PERIOD.fullmatch(words) else None


def _timely(goal: str) -> bool:
    """«setiap akhir bulan», «paling lama 5 hari kerja»."""
    return bool(
        re.search(
            r"\b(?:hari|minggu|bulan\w*|triwulan\w*|semester|tahun|tanggal|tgl|jam|menit)\b",
            goal,
            re.IGNORECASE,
        )
    )


def _amount(words: str) -> tuple[str, str, Aspect] | None:
    """(text, target, aspect) of a line that ends in a number."""
    for joint in reversed(list(_JOINTS.finditer(words))):
        said, goal = words[: joint.start()].strip(), words[joint.end() :].strip()
        aspect = _kind(goal)
        if aspect is not None and said:
            return said, goal, aspect
    aspect = _kind(words)
    if aspect is not None:
        return "", words, aspect
    found = _TAIL.fullmatch(words)
    aspect = _kind(found["goal"]) if found else None
    if found is None or aspect is None or not re.search(r"[^\W\d]|%", found["goal"]):
        return None  # «kelas 7» names one and counts none
    return _without_joint(found["text"]), found["goal"].strip(), aspect


def _halves(words: str) -> tuple[str, str, Aspect] | None:
    """«laporan, sesuai SOP»: the target of a quality may be words alone."""
    said, comma, goal = words.rpartition(",")
    if not comma:
        return "", words, Aspect.QUALITY
    return said.strip(), goal.strip(), Aspect.QUALITY


def _kind(goal: str) -> Aspect | None:
    """Which aspect a bare target speaks of; None when it is no number."""
    read = read_goal(goal, None, aspect=Aspect.QUALITY, is_number=False)
    if read.number is None or read.fault is not None:
        return None
    unit = (read.unit or "").casefold()
    if unit in _PERCENT:
        return Aspect.QUALITY
    if unit in _MONEY:
        return Aspect.COST
    return Aspect.TIME if unit.split(" ")[0] in _PERIODS else Aspect.QUANTITY


def _without_joint(text: str) -> str:
    return re.sub(rf"(?:{_JOINTS.pattern})$", "", text.strip(), flags=re.IGNORECASE).strip(" ,;:-–")


def _written_out(unit: str | None) -> str | None:
    if unit is None:
        return None
    return WRITTEN_OUT.get(unit.casefold().rstrip("."), unit)


def _counted(text: str) -> str | None:
    """«jumlah laporan» counts laporan."""
    found = re.match(r"(?:jumlah|banyaknya|total)\s+([^\W\d]+)", text, re.IGNORECASE)
    return found[1].casefold() if found else None


def _name(aspect: Aspect, unit: str | None) -> str:
    return f"{_NAMED[aspect]} {unit}" if aspect is Aspect.QUANTITY and unit else _NAMED[aspect]
