"""Text to tokens: words by their meaning, numbers by their shape, everything else as punctuation.

Numbers are where dates are confused with clock times, letter numbers, money and telephone numbers, so a run
of digits with its separators is judged as a whole: it is one of the written shapes of a date, or it is junk.
"""

import re
from dataclasses import dataclass

from services.reading.date_words import Kind, look_up

_CLOCK = r"(?:[01]?\d|2[0-4])(?:[.:][0-5]\d)?"
_CLOCK_FULL = r"(?:[01]?\d|2[0-3])[.:][0-5]\d|24[.:]00"
_TO = r"\s*(?:-|–|—|s/?d\.?|s\.d\.?|sampai(?:\s+dengan)?|sampe|smp|hingga|ke)\s*"
_AT = r"(?:jam|pukul|pkl|pkul|jm|pk)\.?\s*"
_SCANNER = re.compile(
    rf"""
    (?P<line>\r?\n|\r)
  | (?P<space>[^\S\r\n]+)
  | (?P<link>(?:https?://|www\.)\S+|\S+@\S+\.\S+)
  | (?P<half>(?:1/2|0[.,]5|½)\s*(?:hari|hr)\b)
  | (?P<part_days>\d+[.,]5\s*(?:hari|hr)\b|\d+\s*½\s*(?:hari|hr)\b)
  | (?P<time>\b{_AT}{_CLOCK}(?![\d/])(?:{_TO}(?:{_AT})?{_CLOCK}(?![\d/.:-]))?
      | (?<![\w./:-])(?:{_CLOCK_FULL}){_TO}(?:{_CLOCK_FULL})(?![./:-]?\d)
      | (?<![\w./:-])\d{{1,2}}:\d\d(?::\d\d)?(?!\d))
  | (?P<until>\bs\s?[./]\s?d\b\.?)
  | (?P<junk>\bke-\s?\d+|\bh\s?[-+]\s?\d+\b|\d+\s?[x×]\s?\d+|\d+(?:[.,]\d+)?\s?%|\+\d[\d\s-]{{7,18}}\d)
  | (?P<spaced>(?<![\w./-])(?<!/\s)\d{{1,2}}(?:
        \s{{0,2}}/\s{{0,2}}(?:0?[1-9]|1[0-2])(?:\s{{0,2}}/\s{{0,2}}(?:\d{{4}}|\d\d)|(?!\s{{0,2}}[\w/]))
       |\s-\s\d{{1,2}}\s-\s\d{{4}})(?![\w./-]))
  | (?P<digits>\d+(?:[./–—-]\d+)*)
  | (?P<word>[^\W\d_]+(?:['’‘`ʼ´][^\W\d_]+)*)
  | (?P<mark>.)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MARKS = {
    "-": Kind.DASH,
    "–": Kind.DASH,
    "—": Kind.DASH,
    "~": Kind.DASH,
    "/": Kind.SLASH,
    ",": Kind.COMMA,
    ".": Kind.DOT,
    "(": Kind.OPEN,
    ")": Kind.CLOSE,
    "&": Kind.AND,
    "+": Kind.AND,
    "'": Kind.APOSTROPHE,
    "’": Kind.APOSTROPHE,
    "‘": Kind.APOSTROPHE,
    ":": Kind.COLON,
}
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"\d{4}([-/.])\d{1,2}\1\d{1,2}", "date"),
        (r"\d{1,2}([-/.])\d{1,2}\1(?:\d{4}|\d\d)", "date"),
        (r"(\d{4}-\d{1,2}-\d{1,2})[/–—-](\d{4}-\d{1,2}-\d{1,2})", "range"),
        (r"(\d{1,2}([-/.])\d{1,2}\2(?:\d{4}|\d\d))[–—-](\d{1,2}\2\d{1,2}\2(?:\d{4}|\d\d))", "range"),
        (r"(\d{1,2}/\d{1,2})[–—-](\d{1,2}/\d{1,2}(?:/\d{4}|/\d\d)?)", "range"),
        (r"(\d{1,2}\.\d{1,2})[–—-](\d{1,2}\.\d{1,2}\.(?:\d{4}|\d\d))", "range"),
        (r"(\d{1,2})[–—-](\d{1,2}/\d{1,2}(?:/\d{4}|/\d\d)?)", "range"),
        (r"(\d{1,2})[–—-](\d{1,2}\.\d{1,2}\.(?:\d{4}|\d\d))", "range"),
        (r"(\d{1,2})[–—-](\d{1,2}-\d{1,2}-\d{4})", "range"),
        (r"((?:19|20)\d\d)[–—-](\d{1,2})", "range"),  # 1 Jan 2026-2 Jan 2026
        (r"(\d{1,2})[–—-](\d{1,2})", "dashed"),
        (r"\d{1,2}/\d{1,2}", "slashed"),
        (r"\d{1,2}\.\d{1,2}", "dotted"),
        (r"\d{1,2}", "number"),
        (r"(?:19|20)\d\d", "year"),
    )
)
_SPLIT = re.compile(r"[-/.]")


@dataclass(frozen=True, slots=True)
class Token:
    """One token. `start` and `end` are offsets into the typed text, `parts` is (day, month, year)."""

    kind: Kind
    start: int
    end: int
    text: str
    value: int = 0
    parts: tuple[int, int, int | None] | None = None
    loose: bool = False  # a number whose separator leaves its meaning open (5-12, 10.11)


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text, spaces left out, line ends kept. Never raises."""
    found: list[Token] = []
    for match in _SCANNER.finditer(text):
        kind, start, end, piece = str(match.lastgroup), match.start(), match.end(), match.group().lower()
        if kind == "space":
            continue
        if kind == "line":
            found.append(Token(Kind.LINE, start, end, piece))
        elif kind == "until":
            found.append(Token(Kind.UNTIL, start, end, piece))
        elif kind == "time":
            found.append(Token(Kind.TIME, start, end, piece))
        elif kind == "half":
            found.append(Token(Kind.HALF, start, end, piece))
        elif kind == "part_days":
            # One and a half days cannot be a span of whole days: as little an answer as a count of workdays.
            found.append(Token(Kind.DAYS, start, end, piece, value=-1))
        elif kind in ("junk", "link"):
            found.append(Token(Kind.JUNK, start, end, piece))
        elif kind == "spaced":
            parts = _parts(re.sub(r"\s", "", piece))
            found.append(Token(Kind.DATE, start, end, piece, parts=parts))
        elif kind == "digits":
            found.extend(_number(text, start, piece))
        elif kind == "word":
            if piece[:1] == "h" and len(piece) == 1 and found and found[-1].kind is Kind.NUMBER:
                found.append(Token(Kind.DAY_UNIT, start, end, piece))
                continue
            word, value = look_up(piece)
            if piece == "th" and found and found[-1].end == start:
                word = Kind.ORDINAL_EN
            found.append(Token(word, start, end, piece, value=value))
        else:
            found.append(Token(_MARKS.get(piece, Kind.MARK), start, end, piece))
    return _without_doublings(found)


def _number(text: str, start: int, piece: str) -> list[Token]:
    """A run of digits and separators as date, range, number, year or junk."""
    end = start + len(piece)
    before, after = text[start - 1 : start], text[end : end + 2]
    junk = [Token(Kind.JUNK, start, end, piece)]
    if before and before in "/_#@":
        inside = text[:start].rstrip("/")
        month = re.search(r"[^\W\d_]+$", inside[-12:])
        if before != "/" or not month or look_up(month.group().lower())[0] not in (Kind.MONTH, Kind.WEEKDAY):
            return junk
    if after[:1] == "/" and after[1:2].isalpha() and not _opens_month(text, end + 1):
        return junk
    if not piece.isascii():
        piece = piece.replace("–", "-").replace("—", "-")
    for pattern, name in _SHAPES:
        match = pattern.fullmatch(piece)
        if match is None:
            continue
        if name == "year":
            return [Token(Kind.YEAR, start, end, piece, value=int(piece))]
        if name == "number":
            return [Token(Kind.NUMBER, start, end, piece, value=int(piece))]
        if name == "date" or name == "slashed":
            return _slashed(start, end, piece)
        if name == "dotted":
            day, month_number = (int(part) for part in piece.split("."))
            return [Token(Kind.DATE, start, end, piece, parts=(day, month_number, None), loose=True)]
        left, right = match.group(1), match.group(match.lastindex or 2)
        middle = start + len(left)
        dash = Token(Kind.DASH, middle, middle + 1, "-", loose=name == "dashed")
        return [*_side(start, left), dash, *_side(middle + 1, right)]
    return junk


def _slashed(start: int, end: int, piece: str) -> list[Token]:
    parts = _parts(piece)
    if parts[2] is None and parts[1] > 12 >= 1 and parts[0] < parts[1]:
        # 24/25 can only be two days of a month that follows.
        middle = start + len(piece.split("/")[0])
        left, right = piece.split("/")
        return [
            Token(Kind.NUMBER, start, middle, left, value=int(left)),
            Token(Kind.SLASH, middle, middle + 1, "/"),
            Token(Kind.NUMBER, middle + 1, end, right, value=int(right)),
        ]
    return [Token(Kind.DATE, start, end, piece, parts=parts)]


def _side(start: int, piece: str) -> list[Token]:
    end = start + len(piece)
    if piece.isdecimal():
        kind = Kind.YEAR if len(piece) == 4 else Kind.NUMBER
        return [Token(kind, start, end, piece, value=int(piece))]
    return [Token(Kind.DATE, start, end, piece, parts=_parts(piece))]


def _parts(piece: str) -> tuple[int, int, int | None]:
    """Day, month, year of a written numeric date; always day before month, as Indonesians write."""
    numbers = _SPLIT.split(piece)
    if len(numbers) == 2:
        return int(numbers[0]), int(numbers[1]), None
    if len(numbers[0]) == 4:
        return int(numbers[2]), int(numbers[1]), int(numbers[0])
    year = int(numbers[2])
    return int(numbers[0]), int(numbers[1]), year if len(numbers[2]) == 4 else 2000 + year


def _opens_month(text: str, start: int) -> bool:
    match = re.match(r"[^\W\d_]+", text[start : start + 16])
    return match is not None and look_up(match.group().lower())[0] in (Kind.MONTH, Kind.WEEKDAY)


def _without_doublings(tokens: list[Token]) -> list[Token]:
    """Doubled words (besok-besok, kemarin2) mean "some time or other": they name no day."""
    kept: list[Token] = []
    skip = 0
    for i, token in enumerate(tokens):
        if skip:
            skip -= 1
            continue
        following = tokens[i + 1 : i + 3]
        if token.kind in (Kind.RELATIVE, Kind.WEEKDAY, Kind.DAY_UNIT, Kind.WEEK_OR_SUNDAY):
            doubled = (
                len(following) == 2
                and following[0].kind is Kind.DASH
                and following[1].text == token.text
                and following[1].start == token.end + 1
            )
            squared = bool(following) and following[0].text == "2" and following[0].start == token.end
            if doubled or squared:
                kept.append(Token(Kind.JUNK, token.start, token.end, token.text))
                skip = 2 if doubled else 1
                continue
        kept.append(token)
    return kept
