"""Reads what people type for an SKP: RHK with their indicators, and steps, in their own words. Pure.

The first line is the RHK, every further line an indicator (`measure_line`): «kuantitas: jumlah laporan,
12 laporan», «12 dokumen», «kualitas: kepuasan 90%». A further «2. …» or «RHK 2: …» begins another RHK.
"""

import re
from dataclasses import dataclass
from datetime import date

from services.plans.measure_line import (
    ASPECT,
    ReadIndicator,
    begins_measure,
    is_heading,
    read_indicator,
    without_bullet,
)
from services.plans.words import Aspect, Section
from services.reading.units import same_unit

_CUT = re.compile(
    rf"(?:\s*[,;/+&]\s*|\s+dan\s+)(?P<aspect>(?={ASPECT.pattern}))"
    r"|(?:[,;]\s+|\s+/\s*)(?=(?:rp\.?\s*)?\d[\d.,]*\s*(?:%|[^\W\d])|(?:nilai|rata-?\s?rata|kkm|skor|indeks)\b)"
    r"|[,;]?\s+(?=paling\s(?:lambat|lama)\b|selambat)",
    re.IGNORECASE,
)
"""Where one line may name a further indicator: before an aspect, or before a number with its unit."""
_SECTION = re.compile(
    r"(?:rhk|rencana hasil kerja)?\s*(?P<section>utama|tambahan)?\s*[:.]\s*(?P<rest>\S.*)", re.IGNORECASE
)
_PART = re.compile(r"(?:kinerja|rhk)\s+(?P<section>utama|tambahan)\s*[:.]?", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?P<rhk>rhk|rencana hasil kerja)\s*(?:ke-?\s*)?(?P<number>\d{1,2})(?:\s*[:.)–-]+\s*|\s+)", re.IGNORECASE
)
_POINT = re.compile(r"\(?(?P<number>\d{1,2})[.)]\s+")
_ARROW = re.compile(r"->|→|=>|⇒")


@dataclass(frozen=True, slots=True)
class ReadTarget:
    """A typed RHK. `left`: lines that are no indicator as far as can be told."""

    text: str
    section: Section | None
    indicators: tuple[ReadIndicator, ...]
    left: tuple[str, ...]


def is_report(text: str) -> bool:
    """«Rapat -> disepakati» tells what was done and what came of it; «80 -> 85» tells nothing done."""
    arrow = _ARROW.search(text)
    return arrow is not None and re.search(r"[^\W\d_]{2}", text[: arrow.start()]) is not None


def read_targets(text: str, *, today: date) -> tuple[ReadTarget, ...]:
    """Every RHK of a message, each with its indicators; none when nothing was typed."""
    blocks: list[list[str]] = []
    heads: list[tuple[str, Section | None]] = []
    under: Section | None = None
    lead: tuple[int, bool] | None = None
    for raw in (one.strip() for one in text.splitlines()):
        line = without_bullet(raw)
        part = _PART.fullmatch(line)
        if part is not None:
            under = Section(part["section"].casefold())
        elif line and not is_heading(line):
            number = _numbered(raw)
            labelled = (found := _SECTION.fullmatch(line)) is not None and found["section"] is not None
            if not heads or labelled or (number is not None and _follows(lead, number, line)):
                wording, section = _sectioned(_NUMBER.sub("", line) if number else line)
                heads.append((wording, section or under))
                blocks.append([])
                lead = number
            else:
                blocks[-1].append(line)
    return tuple(_target(*head, block, today) for head, block in zip(heads, blocks, strict=True))


def _numbered(line: str) -> tuple[int, bool] | None:
    """The number of «2. …» and «RHK 2 …», and whether it says RHK."""
    found = _NUMBER.match(line)
    if found is not None:
        return int(found["number"]), True
    found = _POINT.match(line)
    return (int(found["number"]), False) if found else None


def _follows(lead: tuple[int, bool] | None, number: tuple[int, bool], line: str) -> bool:
    """Whether a numbered line is the next RHK, and no numbered indicator."""
    if number[1]:
        return True
    return lead is not None and number[0] == lead[0] + 1 and not begins_measure(line)


def _target(wording: str, section: Section | None, lines: list[str], today: date) -> ReadTarget:
    indicators, left = read_indicators("\n".join(lines), today=today)
    return ReadTarget(wording, section, indicators, left)


def read_indicators(text: str, *, today: date) -> tuple[tuple[ReadIndicator, ...], tuple[str, ...]]:
    """The indicators of every line, and the lines that are none; headings say nothing."""
    found: list[ReadIndicator] = []
    left: list[str] = []
    for line in text.splitlines():
        words = without_bullet(line)
        if not words or is_heading(words):
            continue
        read = _read_line(words, today=today)
        if not read:
            left.append(words)
        found += [one for one in read if one not in found]
    return tuple(found), tuple(left)


def _read_line(line: str, *, today: date) -> tuple[ReadIndicator, ...]:
    """The indicators of one line: «kuantitas 200 berkas, kualitas 100%, waktu 12 bulan» names three.

    A line is divided only where every part of it reads by itself. Empty when no target can be told in it.
    """
    words = without_bullet(line)
    found: list[ReadIndicator] = []
    held = ""
    cuts = [(one.start(), one.end(), one.lastgroup == "aspect") for one in _CUT.finditer(words)]
    begin = 0
    for start, end, firm in [*cuts, (len(words), len(words), True)]:
        held = words[begin:start]
        one = read_indicator(held, today=today)
        if one is not None and (firm or one.goal is not None or one.aspect is Aspect.TIME):
            found.append(one)
            begin = end
        elif firm:
            break
    else:
        return tuple(found)
    whole = read_indicator(words, today=today)
    return (whole,) if whole else ()


def read_step(line: str, unit: str | None) -> tuple[str, int | None]:
    """A step and how much it plans in its RHK's unit: «Menyusun 3 modul ajar» plans 3 of «modul»."""
    words = without_bullet(line)
    counted = same_unit(unit)
    for found in re.finditer(r"(?<![\d.,/-])(\d{1,6})(?![\d.,/%-])\s*(?=[^\W\d])", words) if counted else ():
        before, behind = words[: found.start()].split(), words[found.end() :].split()
        said = (same_unit(" ".join(behind[:many]).rstrip(",;:)")) for many in (1, 2, 3))
        if counted in said and not (before and before[-1].casefold() in _ORDINAL):
            return words, int(found[1]) or None
    return words, None


_ORDINAL = frozenset(
    ("kelas", "triwulan", "tahap", "bab", "tahun", "tw", "semester", "ke", "nomor", "no", "pasal")
)


def _sectioned(line: str) -> tuple[str, Section | None]:
    """«Tambahan: Panitia HUT» is an RHK of that section."""
    found = _SECTION.fullmatch(line)
    if found is None or line.lstrip().startswith((".", ":")):
        return line, None
    return found["rest"].strip(), Section(found["section"].casefold()) if found["section"] else None
