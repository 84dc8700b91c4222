"""A message as lines: bullets and emphasis taken off, tables and "1. … 2. …" in one line unfolded."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from services.reading import phrases
from services.reading.links import take_links
from services.reading.outcomes import strip_mark
from services.reading.times import read_times

_EMPHASIS = re.compile(
    r"(?<![\w*/=?&])\*{1,2}(?=[^\s*])([^*\n]{1,400}?)(?<=[^\s*])\*{1,2}(?![\w*])"
    r"|(?<![\w/=?&._-])_(?=[^\s_])([^_\n]{1,400}?)(?<=[^\s_])_(?![\w/])"
)
CHECKS = "✅☑✔✓✖❎"
_PICTOGRAMS = (  # gestures of thanks or assent stand for themselves and are none of these
    "✍👉⏰⏱⏳⌚☀☎✏✒✉✈⚙⚖⚠⚡♀♂\U0001f300-\U0001f43f\U0001f45b-\U0001f4a9\U0001f4ab-\U0001f5ff"
    "\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7eb\U0001f926-\U0001f93f\U0001f950-\U0001f9ff"
)
_SYMBOLS = CHECKS + "•◦‣⁃∙·▪▫■□●○◆◇◾◽▶►▸➤➢➣❖✦★☆⭐⚫⚪" + _PICTOGRAMS
_PICTOGRAM = re.compile(rf"[{_PICTOGRAMS}]")
_MARKS_BEFORE = r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*"
_BULLET = re.compile(
    rf"""{_MARKS_BEFORE}(?:
      (?P<number>(?:\d{{1,2}}\ufe0f?\u20e3)+\s*|🔟\s*
        |(?:no\.?\s?)?\(?\d{{1,2}}\s?(?:[.)]\)?|\]|:)(?!\d)\s*|\(?\d{{3}}[.)]\s+
        |\(?\d{{1,2}}\s?[-–/_](?=\s|[^\W\d])\s*|\#\d{{1,2}}\s+)
     |(?P<letter>\(?(?P<which>[a-zA-Z]|[ivxIVX]{{2,4}})(?:\.(?=\s|$)|\.?\))\s*)
     |(?P<arrow>(?:➡\ufe0f?|→|⇒|➔|➜|»|[-=]{{1,2}}>)\s*)
     |(?P<symbol>(?:[{_SYMBOLS}][\ufe0f\u200d]*\s*)+|[-–—−*+>~](?:\s+|(?=[^\W\d_]))|\[[\sxX✓✔]?\]\s+)
    )""",
    re.VERBOSE,
)
_TIME_START = re.compile(
    r"""(?!\d{1,2}\s?(?:[-–]\s\d{1,2}[.:]\d\d\s?(?:[-–]|s\W{0,2}d\b|sampai)  # "1. 07.30-09.00 …" is numbered
        |[.:]\s\d{1,2}[.:]\d\d(?!\d)))
    \d{1,2}(?:\s?[-–:/]\s?\d|\s?\.(?:\d|\s\d\d\s?(?:[-–]|s\W{0,2}d\b|sampai|wi(?:b|ta|t)\b)))""",
    re.VERBOSE | re.IGNORECASE,
)
_PASTED = re.compile(  # the stamp of a message copied from another chat: "[18/11 15.30] Ani: "
    r"\s*(?:\[(?:\d{1,2}[.:]\d\d,?\s)?\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?(?:,?\s\d{1,2}[.:]\d\d(?:[.:]\d\d)?)?\]"
    r"|\d{1,2}/\d{1,2}/\d{2,4},?\s\d{1,2}[.:]\d\d\s-)\s[^:\n]{1,40}:\s"
)
_BARE_NUMBER = re.compile(r"\s*(\d{1,2})\s+(?=[^\W\d_])")
_INLINE_NUMBERS = (
    re.compile(r"(?:^|(?<=\s))\(?(?P<n>\d{1,2})\)\s*(?=\S)"),
    re.compile(r"(?:^|(?<=\s))(?P<n>\d{1,2})\.(?:\s*(?=[^\W\d])|\s+(?=\d{1,2}[.:]\d\d\b))"),
    re.compile(r"(?:^|(?<=\s))(?P<n>[a-h])[.)]\s+(?=\S)"),
)
_INLINE_SYMBOL = re.compile(rf"\s*(?:[{CHECKS}•▪●🔹🔸📌➢➤]\ufe0f?)\s*")
_HEADER_CELLS = {
    "no": "number", "no.": "number", "kegiatan": "activity", "uraian": "activity",
    "uraian kegiatan": "activity",
    "aktivitas": "activity", "tugas": "activity", "kegiatan harian": "activity", "pekerjaan": "activity",
    "output": "outcome", "hasil": "outcome", "outcome": "outcome", "dampak": "outcome",
    "hasil kerja": "outcome",
    "volume": "amount", "jumlah": "amount", "vol": "amount", "realisasi": "amount", "satuan": "unit",
    "jam": "times", "waktu": "times", "pukul": "times", "durasi": "times", "jam mulai": "start",
    "jam selesai": "end", "mulai": "start", "selesai": "end", "bukti": "link", "bukti dukung": "link",
    "link": "link", "tanggal": "day", "hari": "day", "ket": "note", "keterangan": "note",
}  # fmt: skip
_TABBED_LABEL = re.compile(r"^([^\t:|]{2,40})\s*\t\s*:\s*")
_MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its bullet."""

    text: str
    bullet: str | None
    indent: int
    after_blank: bool = False


def strip_emphasis(text: str) -> str:
    """The text without the stars and underscores that only make it bold or slanted."""
    return _EMPHASIS.sub(lambda match: match.group(1) or match.group(2), text)


def lines_of(text: str, *, bare_numbers: bool = True) -> list[Line]:
    """The lines of a message without bullets, emphasis and blank lines, tables and points unfolded."""
    raw = strip_emphasis(text).splitlines()
    if len(raw) > _MOST_LINES:  # bounds the work; nobody types so many, and nothing typed is lost
        raw = [*raw[:_MOST_LINES], " ".join(raw[_MOST_LINES:])]
    counted = bare_numbers and _counts_up(raw)
    columns: list[str] | None = None
    lines: list[Line] = []
    blank = False
    for line in raw:
        if not line.strip():
            blank = True
            continue
        line = _PASTED.sub("", line, count=1) if _PASTED.match(line) else line
        line = _TABBED_LABEL.sub(r"\1: ", line)
        cells = _cells_of(line)
        if cells:
            header = [_HEADER_CELLS.get(cell.lower().strip(" *")) for cell in cells]
            if sum(name is not None for name in header) >= 2 and None not in header:
                columns = [name or "" for name in header]
                continue
            if all(set(cell) <= set("-:=+ ") for cell in cells):
                continue
            lines.extend(_row_lines(cells, columns))
            continue
        for piece in _unfold(line):
            parsed = _parse_line(piece, counted=counted)
            lines.append(replace(parsed, after_blank=blank))
            blank = False
    return _without_ornaments(lines)


def _without_ornaments(lines: list[Line]) -> list[Line]:
    """A pictogram that begins one line only adorns it ("👤 Nama: …"); one that comes again marks points."""
    seen = Counter(line.bullet for line in lines if line.bullet and _PICTOGRAM.match(line.bullet))
    lone = {bullet for bullet, times in seen.items() if times == 1}
    return [replace(line, bullet=None) if line.bullet in lone else line for line in lines] if lone else lines


def _parse_line(line: str, *, counted: bool) -> Line:
    stripped = line.strip()
    indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
    match = _BULLET.match(stripped)
    if match and match.end() and not _is_time_start(stripped, match):
        kind = match.lastgroup if match.lastgroup != "which" else "letter"
        text = stripped[match.end() :]
        if kind == "symbol":
            kind = match.group().strip()[:1]
            inner = _BULLET.match(text)
            boxed = inner and inner["symbol"] and inner.group().startswith("[")
            if inner and (boxed or (inner["number"] and not _is_time_start(text, inner))):
                text = text[inner.end() :]
        elif kind == "number":
            inner = _BULLET.match(text)
            text = text[inner.end() :] if inner and inner["symbol"] and inner.end() > 1 else text
        return Line(text.strip(), kind, indent)
    bare = _BARE_NUMBER.match(stripped) if counted else None
    if bare:
        return Line(stripped[bare.end() :], "number", indent)
    return Line(stripped, None, indent)


def _is_time_start(text: str, match: re.Match[str]) -> bool:
    """Whether what looks like a number is the time the line begins with ("8 - 10", "07: 30")."""
    return bool(match["number"]) and bool(_TIME_START.match(text))


def _counts_up(lines: list[str]) -> bool:
    """Whether lines are numbered without a mark ("1 Apel", "2 Rapat")."""
    numbers = [int(match[1]) for line in lines if (match := _BARE_NUMBER.match(line))]
    return len(numbers) >= 2 and numbers == list(range(1, len(numbers) + 1))


def _unfold(line: str) -> list[str]:
    """The points of one line numbered "1. … 2. …" or marked with dots; else the line itself."""
    for pattern in _INLINE_NUMBERS:
        matches = list(pattern.finditer(line))
        labels = [match["n"] for match in matches]
        if len(matches) < 2:
            continue
        wanted = (
            [str(n) for n in range(1, len(labels) + 1)]
            if labels[0].isdigit()
            else list("abcdefgh"[: len(labels)])
        )
        head = line[: matches[0].start()].strip()
        if labels != wanted or (head and not _leads_over(head)):
            continue
        starts = [match.start() for match in matches]
        points = [
            line[a:b].strip().rstrip(",;") for a, b in zip(starts, [*starts[1:], len(line)], strict=True)
        ]
        return [head, *points] if head else points
    marks = list(_INLINE_SYMBOL.finditer(line))
    inner = [match for match in marks if match.start() and match.end() < len(line)]
    if inner and (marks[0].start() == 0 or len(inner) >= 2 or "•" in line):
        starts = [0, *(match.start() for match in inner)]
        return [line[a:b].strip() for a, b in zip(starts, [*starts[1:], len(line)], strict=True)]
    return [line]


def _leads_over(head: str) -> bool:
    return (
        head.endswith(":") and (phrases.is_heading(head) or phrases.is_intro(head))
    ) or not phrases.strip_opening(head)


def _cells_of(line: str) -> list[str] | None:
    for mark in ("|", "\t"):
        if mark in line.strip():
            cells = [cell.strip() for cell in line.strip().strip("|").split(mark)]
            if len(cells) >= 2 and sum(bool(cell) for cell in cells) >= 2:
                return cells
    return None


def _row_lines(cells: list[str], columns: list[str] | None) -> list[Line]:
    """A row of a table as an activity line and the lines that belong to it."""
    named: dict[str, str] = {}
    for place, cell in enumerate(cells):
        cell = "" if cell in {"-", "–", "—", "."} else cell
        name = columns[place] if columns and place < len(columns) else _guess_cell(cell, named)
        if cell:
            named[name] = f"{named[name]} {cell}" if name in named else cell
    text = named.get("activity", "")
    lines = [Line(_parse_line(text, counted=False).text, "number", 0)] if text else []
    amount = f"{named.get('amount', '')} {named.get('unit', '')}".strip()
    start, end = named.get("start"), named.get("end")
    extra = {
        "outcome": f"Hasil: {strip_mark(named['outcome'])}" if "outcome" in named else "",
        "amount": f"Jumlah: {amount}" if amount else "",
        "times": f"Waktu: {named.get('times') or '-'.join(filter(None, (start, end)))}"
        if "times" in named or start
        else "",
        "link": named.get("link", ""),
        "note": f"Ket: {named['note']}" if "note" in named else "",
    }
    return lines + [Line(value, None, 0) for value in extra.values() if value]


def _guess_cell(cell: str, named: dict[str, str]) -> str:
    """The column of a cell in a table without a header."""
    if not cell:
        return "empty"
    if cell.rstrip(".)").isdigit():
        return "amount" if "activity" in named else "number"
    links, rest = take_links(cell)
    if links and not rest:
        return "link"
    start, _, minutes, rest = read_times(cell)
    if (start or minutes) and not rest:
        return "times"
    if phrases.is_date(cell):
        return "day"
    if "activity" not in named:
        return "activity"
    if "amount" in named and "unit" not in named and len(cell.split()) <= 2:
        return "unit"
    return "outcome" if "outcome" not in named else "note"
