"""Reads one typed indicator of an RHK, in its writer's words. Pure.

«12 dokumen», «kualitas: kepuasan 90%», «paling lambat 31 Des», «Rp 5 juta», «1 laporan per bulan», «KKM 75».
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.people.goals import LIMIT, read_goal
from services.people.rows import clean
from services.plans.words import LONGEST_GOAL, LONGEST_WORDING, SHORTEST, Aspect
from services.progress.typed import SCALES
from services.reading.dates import Mode, read_dates
from services.reading.number_words import read_number_words
from services.reading.units import FIXED_PHRASES, ORDINAL_NOUNS, WRITTEN_OUT

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
    rf"(?P<aspect>(?:{'|'.join(_LABELS)})(?=\s*[:=])|kuantitas|kualitas|waktu|biaya)(?P<joint>\s*[:=]\s*|\s+)"
    r"(?P<rest>.+)",
    re.IGNORECASE | re.DOTALL,
)
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
_PERIOD = re.compile(r"\d+\s*(?:hari|minggu|bulan|triwulan|semester|tahun)\b.*", re.IGNORECASE | re.DOTALL)
_PERIODS = frozenset(("hari", "minggu", "bulan", "triwulan", "semester", "tahun"))
_PERCENT = frozenset(("%", "persen", "percent"))
_MONEY = frozenset(("rupiah", "rp", "juta", "miliar", "milyar"))


_N = r"(?<![\d.,])\d[\d.,]*"
ASPECT = re.compile(
    rf"(?:(?:{'|'.join(_LABELS)})\s*[:=]|(?:kuantitas|kualitas|mutu|waktu|tenggat|biaya)\s)", re.IGNORECASE
)
"""How a line begins that names its aspect."""
_HEADING = re.compile(
    r"(?:(?:rhk|skp|rencana hasil kerja)(?: saya)?(?: \d{4})?|indikator(?: kinerja)?(?: individu)?|iki"
    r"|ukuran(?:nya)?|target(?:nya)?|aspek|rencana kinerja)\s*[:.]?",
    re.IGNORECASE,
)
_RHK = re.compile(r"(?:rhk|rencana hasil kerja)\b", re.IGNORECASE)
_RATE = re.compile(
    rf"(?P<text>.*?)(?P<number>{_N})\s*(?P<unit>[^\W\d][^\d,;/]{{0,40}}?)?"
    r"(?:\s+(?:per|tiap|setiap)\s+|\s*/\s*|\s+se)"
    r"(?P<period>hari|minggu|pekan|bulan|bln|triwulan|tw|semester|tahun|thn)(?:nya)?\.?",
    re.IGNORECASE,
)
_A_YEAR = {"bulan": 12, "bln": 12, "triwulan": 4, "tw": 4, "semester": 2, "tahun": 1, "thn": 1}
_PERIOD_NAMES = {"bln": "bulan", "tw": "triwulan", "thn": "tahun"}
_UNTIL = frozenset(
    (
        "tanggal",
        "tgl",
        "pukul",
        "jam",
        "lambat",
        "lama",
        "lambatnya",
        "maksimal",
        "sebelum",
        "sampai",
        "ke",
        "hari",
    )
)
"""Words before a number that make it a limit and no rate."""
_SCALED = re.compile(
    rf"(?P<text>.*?)\s*(?P<goal>(?P<rp>\brp\.?\s*)?(?P<number>{_N})\s*(?P<scale>{'|'.join(SCALES)})\b)(?P<rest>[^\d]*)",
    re.IGNORECASE,
)
_SHARE = re.compile(rf"(?P<goal>{_N}\s*(?:%|persen\b|prosen\b))\s+(?P<text>[^\W\d][^\d]*)", re.IGNORECASE)
_OFTEN = re.compile(rf"(?P<goal>{_N}\s*kali)\s+(?P<text>[^\W\d].*)", re.IGNORECASE)
_WHICH = re.compile(
    rf"(?P<number>{_N})\s+(?P<unit>[^\W\d]+(?:\s[^\W\d]+)*?)\s+(?P<which>(?:{'|'.join(sorted(ORDINAL_NOUNS))})\s+\S*\d.*)",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?P<text>.*[^\W\d].*?)(?:\s+|\s*[:=]\s*)(?P<goal>{_N})", re.IGNORECASE)
_SCORES = frozenset(("nilai", "skor", "indeks"))
_SCORED = re.compile(
    r"\b(?:nilai|rata-?\s?rata|rerata|kkm|kktp|skor|indeks|ikm|ipk|predikat)\b", re.IGNORECASE
)
_ON_TIME = re.compile(r"(?P<text>.*?)\s*\b(?P<goal>tepat waktu|sesuai jadwal)\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReadIndicator:
    """One indicator. `goal` None: its target is words alone. `named` False: typed as a bare target."""

    aspect: Aspect
    text: str
    goal: Decimal | None
    goal_text: str
    unit: str | None
    named: bool = True


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a line says. `number` and `unit` where they are not those of `goal_text`; `wordy`: it has none.

    `each`: what it is by the period, of an amount that was added up to a year.
    """

    text: str
    goal_text: str
    aspect: Aspect
    number: Decimal | None = None
    unit: str | None = None
    each: str = ""
    wordy: bool = False


def is_heading(line: str) -> bool:
    """«Indikator:», «Ukuran», «RHK saya:» head what follows and say nothing themselves."""
    return _HEADING.fullmatch(line) is not None


def begins_measure(line: str) -> bool:
    """Whether a line begins as an indicator does: with a number or an aspect."""
    return bool(re.match(r"(?:rp\.?\s*)?\d", line, re.IGNORECASE) or ASPECT.match(line))


def read_indicator(line: str, *, today: date) -> ReadIndicator | None:
    """One indicator in its writer's words; None when no target can be told in it."""
    words = without_bullet(line)
    if _RHK.match(words) or is_heading(words):
        return None
    label = _LABEL.fullmatch(words)
    aspect = _LABELS[label["aspect"].casefold()] if label else None
    kept = label["aspect"] if label and label["rest"] and not label["joint"].strip() else ""
    parts = _parts(_in_digits(label["rest"].strip() if label else words), aspect, today)
    if parts is None:
        return None
    aspect = aspect or parts.aspect
    goal = read_goal(parts.goal_text, None, aspect=aspect, is_number=False)
    number, unit = goal.number, goal.unit
    if parts.number is not None or parts.wordy:
        number, unit = parts.number, parts.unit
    if goal.fault is not None or (number is not None and number >= LIMIT):
        return None
    if aspect is Aspect.QUANTITY and not number and not parts.wordy:
        return None
    unit = _written_out(unit) or (_counted(parts.text) if aspect is Aspect.QUANTITY else None)
    text = f"{kept} {parts.text}".strip() if parts.text else named(aspect, unit)
    text = f"{text} ({parts.each})" if parts.each else text
    if not SHORTEST <= len(text) <= LONGEST_WORDING or len(parts.goal_text) > LONGEST_GOAL:
        return None
    return ReadIndicator(aspect, text, number, parts.goal_text, unit, bool(parts.text))


def _parts(words: str, aspect: Aspect | None, today: date) -> _Parts | None:
    """What is measured and how much, of a line whose aspect is known or not."""
    parts = None
    if aspect in (None, Aspect.QUANTITY):
        parts = _rate(words)
    if parts is None and aspect in (None, Aspect.TIME):
        parts = _deadline(words, today)
    if parts is None and aspect is not Aspect.TIME:
        parts = _money(words) or _leading(words) or _score(words, labelled=aspect is not None)
    if parts is None:
        parts = _amount(words)
    if parts is None and aspect in (None, Aspect.TIME):
        parts = _in_time(words)
    if parts is None and aspect not in (None, Aspect.QUANTITY):
        parts = _halves(words)
    return parts


def _in_digits(words: str) -> str:
    """«dua belas laporan» → «12 laporan»; «20x latihan» → «20 kali latihan»."""
    said = words.casefold().split(" ")
    found = read_number_words(said)
    if found is not None and len(said) > found[1] and tuple(said[:2]) not in FIXED_PHRASES:
        words = " ".join([str(found[0]), *words.split(" ")[found[1] :]])
    return re.sub(r"(?<![\d.,])(\d{1,4})\s*[x×](?=\s|$)", r"\1 kali", words)


def _rate(words: str) -> _Parts | None:
    """«1 laporan per bulan» is 12 in a year; «24 jam per minggu» stays words, as weeks do not add up."""
    found = _RATE.fullmatch(words)
    if found is None:
        return None
    text, unit = _without_joint(found["text"]), found["unit"] or ""
    before = text.casefold().split()
    if (before and before[-1] in _UNTIL) or unit.casefold().split(" ")[0] in _PERIODS or not (text or unit):
        return None
    if unit.casefold().startswith("kali "):
        text, unit = text or unit[5:], "kali"
    period = found["period"].casefold()
    number = read_goal(found["number"].rstrip(".,"), None, aspect=Aspect.QUANTITY, is_number=False).number
    if not number:
        return None
    counted = _written_out(unit) or _counted(text)
    if period not in _A_YEAR:
        named_ = text or named(Aspect.QUANTITY, counted)
        return _Parts(named_, words[found.start("number") :], Aspect.QUANTITY, wordy=True)
    total = format((number * _A_YEAR[period]).normalize(), "f")
    if _A_YEAR[period] == 1:
        return _Parts(text, f"{total} {unit}".strip(), Aspect.QUANTITY, number, counted)
    each = f"{found['number'].rstrip('.,')} per {_PERIOD_NAMES.get(period, period)}"
    goal_text = f"{total} {counted or ''}".strip()
    return _Parts(text, goal_text, Aspect.QUANTITY, number * _A_YEAR[period], counted, each)


def _money(words: str) -> _Parts | None:
    """«Rp 5 juta», «5jt»; «2 ribu bibit» counts bibit."""
    found = _SCALED.fullmatch(words)
    number = _number(found["number"]) if found else None
    if found is None or number is None:
        return None
    text, rest = _without_joint(found["text"]), found["rest"].strip()
    number *= SCALES[found["scale"].casefold()]
    if rest and not found["rp"] and rest.casefold().split(" ")[0] != "rupiah":
        return _Parts(text, found["goal"].strip() + f" {rest}", Aspect.QUANTITY, number, rest)
    return _Parts(
        f"{text} {rest}".strip() if found["rp"] else text, found["goal"], Aspect.COST, number, "rupiah"
    )


def _leading(words: str) -> _Parts | None:
    """A number that comes first: «85% siswa tuntas», «30 siswa kelas 8A», «20 kali latihan»."""
    found = _SHARE.fullmatch(words)
    if found is not None:
        return _Parts(found["text"], found["goal"], Aspect.QUALITY)
    found = _OFTEN.fullmatch(words)
    if found is not None:
        return _Parts(found["text"], found["goal"], Aspect.QUANTITY)
    found = _WHICH.fullmatch(words)
    if found is None or found["unit"].casefold().split(" ")[0] in _PERIODS:
        return None
    return _Parts(
        f"Jumlah {found['unit']} {found['which']}", f"{found['number']} {found['unit']}", Aspect.QUANTITY
    )


def _score(words: str, *, labelled: bool) -> _Parts | None:
    """«rata-rata nilai 80», «KKM 75»: a bare number behind what is a score, or behind a named aspect."""
    found = _BARE.fullmatch(words)
    if found is None or found["text"].casefold().split()[-1] in ORDINAL_NOUNS - _SCORES:
        return None
    scored = _SCORED.search(found["text"]) is not None
    text = _without_joint(found["text"])
    if not scored and _counted(text):
        return _Parts(text, found["goal"], Aspect.QUANTITY)
    return _Parts(text, found["goal"], Aspect.QUALITY) if scored or labelled else None


def _in_time(words: str) -> _Parts | None:
    found = _ON_TIME.fullmatch(words)
    return _Parts(_without_joint(found["text"]), found["goal"], Aspect.TIME) if found else None


def _number(written: str) -> Decimal | None:
    return read_goal(written.rstrip(".,"), None, aspect=Aspect.QUALITY, is_number=False).number


def without_bullet(line: str) -> str:
    """A typed line without «1.», «a)» or «-» before it."""
    return _BULLET.sub("", clean(line)).strip()


def _deadline(words: str, today: date) -> _Parts | None:
    """A line that says until when."""
    found = _DEADLINE.fullmatch(words)
    if found is not None and (
        read_dates(found["goal"], today=today, mode=Mode.FUTURE) or _timely(found["goal"])
    ):
        return _Parts(_without_joint(found["text"]), found["goal"].strip(), Aspect.TIME)
    for joint in reversed(list(_JOINTS.finditer(words))):
        said, goal = words[: joint.start()].strip(), words[joint.end() :].strip()
        if _PERIOD.fullmatch(goal) or read_dates(goal, today=today, mode=Mode.FUTURE):
            return _Parts(said, goal, Aspect.TIME)
    if read_dates(words, today=today, mode=Mode.FUTURE) and re.match(r"\d", words):
        return _Parts("", words, Aspect.TIME)
    return _Parts("", words, Aspect.TIME) if _PERIOD.fullmatch(words) else None


def _timely(goal: str) -> bool:
    """«setiap akhir bulan», «paling lama 5 hari kerja»."""
    return bool(
        re.search(
            r"\b(?:hari|minggu|bulan\w*|triwulan\w*|semester|tahun|tanggal|tgl|jam|menit)\b",
            goal,
            re.IGNORECASE,
        )
    )


def _amount(words: str) -> _Parts | None:
    """A line that ends in a number."""
    for joint in reversed(list(_JOINTS.finditer(words))):
        said, goal = words[: joint.start()].strip(), words[joint.end() :].strip()
        aspect = _kind(goal)
        if aspect is not None and said:
            return _Parts(said, goal, aspect)
    aspect = _kind(words)
    if aspect is not None:
        return _Parts("", words, aspect)
    found = _TAIL.fullmatch(words)
    aspect = _kind(found["goal"]) if found else None
    if found is None or aspect is None or not re.search(r"[^\W\d]|%", found["goal"]):
        return None  # «kelas 7» names one and counts none
    return _Parts(_without_joint(found["text"]), found["goal"].strip(), aspect)


def _halves(words: str) -> _Parts | None:
    """«laporan, sesuai SOP»: the target of a quality may be words alone."""
    said, comma, goal = words.rpartition(",")
    if not comma:
        return _Parts("", words, Aspect.QUALITY)
    return _Parts(said.strip(), goal.strip(), Aspect.QUALITY)


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


def named(aspect: Aspect, unit: str | None) -> str:
    """What a bare target of an aspect is called."""
    return f"{_NAMED[aspect]} {unit}" if aspect is Aspect.QUANTITY and unit else _NAMED[aspect]
