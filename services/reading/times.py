"""Clock times and durations in a sentence, and the sentence without them.

A bare hour counts only after "jam"/"pukul", beside a time with minutes, or with a part of the day. "2 jam
pelajaran", "24 jam", "per jam" and "jam ke-3" are no times. An hour from 1 to 5 without minutes written in
full or a part of the day is an afternoon hour, since offices are open then. Minutes of a range are its
length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

from services.reading import units
from services.reading.number_words import CLOCK_WORDS

_DAY_MINUTES = 24 * 60
_AFTERNOON_HOURS = range(1, 6)
_HOUR_WORD = "|".join(sorted((word.replace(" ", r"\s") for word in CLOCK_WORDS), key=len, reverse=True))
_PART = r"dini\s?hari|subuh|pagi|pg|siang|sore|petang|malam|mlm"
_MARK = r"jam|jm|pukul|pkl\.?|pkul|pk\."

_CLOCK_TEXT = rf"""(?:(?P<mark>{_MARK})\s?[:.]?\s?)?
    (?:(?P<half>setengah|stgh)\s(?P<halfhour>{_HOUR_WORD}|\d{{1,2}})
     |(?P<hour>\d{{1,2}})(?:\s?[.:]\s?(?P<minute>[0-5]\d)|(?P<packed>[0-5]\d))?
     |(?P<word>{_HOUR_WORD}))
    (?![\d%]|[.,:]\d|/\d)
    (?:\s(?:(?P<past>lewat|lebih)|(?P<short>kurang))\s(?P<shift>\d{{1,2}}|seperempat|sepuluh|lima)
       (?:\s(?:menit|mnt))?)?
    (?:\s?(?P<zone>wib|wita|wit)\b)?(?:\s?(?P<part>{_PART})\b)?(?:\s?(?P<zone2>wib|wita|wit)\b)?
    (?=\W|$|jam|s/?d)"""
_CLOCK = re.compile(rf"(?<![\w.,:/-]){_CLOCK_TEXT}", re.IGNORECASE | re.VERBOSE)
_SECOND_CLOCK = re.compile(_CLOCK_TEXT, re.IGNORECASE | re.VERBOSE)
_SEPARATOR = re.compile(
    r"\s{0,2}(?:-{1,2}|–|—|−|~|s\s?/\s?d\.?|s\.\s?d\.?|sd\.?|sampai(?:\sdengan|\sdgn|\spkl\.?)?|smp|smpai"
    r"|sampe|hingga|ke|to|s\.d|dan)\s{0,2}",
    re.IGNORECASE,
)
_OPEN_END = re.compile(
    r"\s?(?:-|–|—|s\s?/\s?d\.?|s\.\s?d\.?|sd\.?|sampai(?:\sdengan)?|hingga)\s?selesai\b", re.IGNORECASE
)
_LEAD = re.compile(
    r"(?:(?<!\w)(?:(?:di)?mulai|dari|sejak|pada|waktu(?:nya)?|antara)\s?[:=]?\s?|@\s?)$",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"(?<!\w)(?:sampai(?:\sdengan)?|sampe|hingga|s\s?/\s?d|s\.d\.?|(?<!di\s)(?<!ke\s)(?-i:sd|smp))\s$",
    re.IGNORECASE,
)
_AMOUNT = r"\d{1,3}(?:[.,]\d{1,2})?"
_WORD_AMOUNT = r"satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh"
_DURATION = re.compile(
    rf"""(?<![\w.,:/-])(?:
      (?:(?P<whole>{_AMOUNT}|{_WORD_AMOUNT})\s?(?P<frac>½|1/2|setengah)?
         |(?P<only>½|1/2|setengah|seperempat|tiga\sperempat))\s?(?:jam|jm)(?:\s(?P<tail>setengah)\b)?
         (?:\s(?:dan\s|lebih\s|lewat\s)?(?P<extra>\d{{1,2}})\s?(?:menit|mnt|min)\b)?
      |(?P<one>sejam)
      |(?P<minutes>\d{{1,3}}|(?:{_WORD_AMOUNT}|dua\spuluh|tiga\spuluh|empat\spuluh\slima|lima\sbelas))\s?
         (?:menit|mnt|mnit)
    )\b(?!\s?(?:pelajaran|pel\b|pljrn|mapel|tatap|ke\b|ke-|per\b|sebelum|sesudah|setelah|lagi\b|lalu\b|sekali
      |pertama|terakhir|kemudian|lebih\s(?:awal|cepat)|kerja\b|dinding|tangan\b|weker|/))""",
    re.IGNORECASE | re.VERBOSE,
)
_DURATION_LEAD = re.compile(
    r"(?:(?:selama|slm|durasi|lamanya|sekitar|kira-kira|kurang\slebih|kurleb|krg\slbh|lebih\skurang|hampir|waktu"
    r"|total|estimasi|kira2|dengan\sdurasi)\s?[:=]?\s?|[±~≈]\s?|\+/?-\s?)$",
    re.IGNORECASE,
)
_NO_DURATION_AFTER = re.compile(
    r"(?:per|tiap|setiap|menjadi|jadi|dari|berdurasi|maksimal|minimal|kurang\sdari|lebih\sdari|dalam|dlm|x|ke"
    r"|hanya|cuma|cukup|layanan|hingga|sampai|terlambat|telat|mundur)\s?$",
    re.IGNORECASE,
)
_AND_MORE = re.compile(r"\s(?:lebih|lbh)(?=\s*(?:$|[^\w\s]))", re.IGNORECASE)
_WORD_VALUES = {**CLOCK_WORDS, "lima belas": 15, "dua puluh": 20, "tiga puluh": 30, "empat puluh lima": 45}
_FRACTIONS = {"½": 30, "1/2": 30, "setengah": 30, "seperempat": 15, "tiga perempat": 45}
_NUMBER_BEFORE = re.compile(r"(?:^|\s)(\S+)\s(\d{1,2}|½)\s$|(?:^|\s)(\d{1,2})\s$")
_BRACKETS = {"(": ")", "[": "]"}
_SPACE = re.compile(r"[ \t\u00a0]+")
_NO_CLOCK_AFTER = re.compile(
    r"\s?(?:juta|jt|ribu|rb|miliar|milyar|persen|%|km|m\b|meter|ha\b|kg|ton|orang|org|berkas)", re.IGNORECASE
)
_NO_CLOCK_BEFORE = re.compile(
    r"(?:rp\.?|sebesar|senilai|versi|ver\.?|nomor|no\.?|pasal|bab|kd|skor|nilai|angka|ip|v|tgl\.?|tanggal)\s?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Clock:
    start: int
    stop: int
    hour: int
    minute: int
    marked: bool
    exact: bool
    """Minutes, a zone or a part of the day were given, so it needs no "jam" before it."""
    packed: bool
    padded: bool
    part: str | None


@dataclass(frozen=True, slots=True)
class _Found:
    start: time | None = None
    end: time | None = None
    minutes: int | None = None
    span: tuple[int, int] = (0, 0)


def read_times(text: str) -> tuple[time | None, time | None, int | None, str]:
    """Start, end, minutes and the text without them; what is not a time stays in the text."""
    found = _find_clock(text)
    rest = _cut(text, found.span) if found else text
    duration = _find_duration(rest)
    if duration:
        rest = _cut(rest, duration.span)
    minutes = found.minutes if found and found.minutes is not None else None
    if minutes is None and duration:
        minutes = duration.minutes
    if not found and not duration:
        return None, None, None, text
    return (found.start if found else None, found.end if found else None, minutes, rest)


def _find_clock(text: str) -> _Found | None:
    clocks = [clock for match in _CLOCK.finditer(text) if (clock := _clock_of(match, text))]
    for first in clocks:
        separator = _SEPARATOR.match(text, first.stop)
        match = _SECOND_CLOCK.match(text, separator.end()) if separator else None
        second = _clock_of(match, text) if match else None
        if not separator or not second or not (first.marked or first.exact):
            continue
        if first.packed and not (second.packed and (first.padded or first.marked)):
            continue
        if separator.group().strip().lower() in {"dan", "ke"} and not (second.marked or second.exact):
            continue
        return _range_of(first, second, text)
    for clock in clocks:
        if clock.packed and not clock.marked:
            continue
        if clock.marked or _stands_alone(clock, text):
            return _single(clock, text)
    return None


def _clock_of(match: re.Match[str], text: str) -> _Clock | None:
    mark, part, zone = match["mark"], match["part"], match["zone"] or match["zone2"]
    word = match["word"] or (match["halfhour"] if match["halfhour"] else None)
    if match["half"]:
        hour_text = match["halfhour"]
        hour = CLOCK_WORDS.get(hour_text.lower().replace("\u00a0", " "), 0) or _int(hour_text)
        hour, minute = hour - 1, 30
    elif word:
        hour, minute = CLOCK_WORDS.get(re.sub(r"\s", " ", word.lower()), 99), 0
    else:
        hour, minute = int(match["hour"]), int(match["minute"] or match["packed"] or 0)
    if (word or match["half"]) and not mark:
        return None
    if match["past"] or match["short"]:
        shift = {"seperempat": 15, "sepuluh": 10, "lima": 5}.get(match["shift"].lower()) or _int(
            match["shift"]
        )
        total = hour * 60 + minute + (shift if match["past"] else -shift)
        hour, minute = divmod(max(total, 0), 60)
    if hour > 24 or hour < 0 or (hour == 24 and minute):
        return None
    start, stop = match.span()
    if mark and not _mark_belongs(match, text):
        start = match.start("hour")
        mark = None
    exact = bool(match["minute"] or zone or part or match["packed"])
    if not mark and match["minute"] and _NO_CLOCK_BEFORE.search(text[max(0, start - 12) : start]):
        return None
    after = text[stop : stop + 16]
    if not mark and _NO_CLOCK_AFTER.match(after):
        return None
    if not match["minute"] and re.match(r"\s?(?:menit|mnt|jam\b|jp\b)", after, re.IGNORECASE):
        return None
    part = re.sub(r"\s", "", part.lower()) if part else None
    padded = bool(match["hour"] and len(match["hour"]) == 2 and match["hour"][0] == "0")
    return _Clock(start, stop, hour, minute, bool(mark), exact, bool(match["packed"]), padded, part)


def _mark_belongs(match: re.Match[str], text: str) -> bool:
    """Whether "jam" begins this clock instead of ending a duration ("2 jam 15 berkas")."""
    number = _NUMBER_BEFORE.search(text[max(0, match.start() - 24) : match.start()])
    if not number or match["mark"].lower() not in {"jam", "jm"}:
        return True
    noun = (number[1] or "").lower().rstrip(".")
    if noun in units.ORDINAL_NOUNS or noun in units.WEAK_ORDINAL_NOUNS:
        return True
    if match["part"] or match["zone"] or (number[1] or "").isupper():
        return True
    after = _SEPARATOR.match(text, match.end())
    ranged = bool(after and re.match(r"(?:jam\s)?\d", text[after.end() : after.end() + 6]))
    if not match["minute"]:
        return ranged
    hours = int(number[2] or number[3]) if (number[2] or number[3]).isdigit() else 0
    following = _CLOCK.match(text, after.end()) if after else None
    if following is None or not following["hour"]:
        return True
    length = (int(following["hour"]) - int(match["hour"])) * 60
    length += int(following["minute"] or 0) - int(match["minute"])
    return length != hours * 60


def _stands_alone(clock: _Clock, text: str) -> bool:
    """A time without "jam": at the very start, or unmistakable by its colon, zone or round minutes."""
    if not clock.exact:
        return False
    if clock.part and not re.search(r"[.:]", text[clock.start : clock.stop]):
        before = text[max(0, clock.start - 24) : clock.start]
        return not before.strip() or bool(_LEAD.search(before))
    return clock.minute % 5 == 0 or ":" in text[clock.start : clock.stop]


def _range_of(first: _Clock, second: _Clock, text: str) -> _Found:
    start, end = _minutes_of(first), _minutes_of(second)
    if first.part is None and second.part and not first.padded:
        with_part = _minutes_of(first, part=second.part)
        start = with_part if with_part < end else first.hour * 60 + first.minute
    if second.part is None and not second.padded and first.hour <= 12:
        plain = second.hour * 60 + second.minute
        options = [value for value in (plain, plain + 12 * 60) if start < value <= _DAY_MINUTES]
        end = options[0] if options and second.hour <= 12 else end
        afternoon_start = _minutes_of(first)
        if first.part is None and not options and plain > first.hour * 60:
            start, end = afternoon_start, plain
    if second.part and end <= start and first.part is None and first.hour * 60 + first.minute < end:
        start = first.hour * 60 + first.minute
    length = (end - start) % _DAY_MINUTES
    span = _widen(text, first.start, second.stop)
    return _Found(_time(start), _time(end), length or None, span)


def _single(clock: _Clock, text: str) -> _Found:
    moment = _time(_minutes_of(clock))
    until = _UNTIL.search(text[max(0, clock.start - 20) : clock.start])
    if until:
        return _Found(None, moment, None, _widen(text, clock.start - len(until.group()), clock.stop))
    tail = _OPEN_END.match(text, clock.stop)
    return _Found(moment, None, None, _widen(text, clock.start, tail.end() if tail else clock.stop))


def _minutes_of(clock: _Clock, *, part: str | None = None) -> int:
    """Minutes since midnight with the part of the day applied."""
    part, hour = part or clock.part, clock.hour
    if (part in {"siang", "sore", "petang"} and hour < 9) or (part in {"malam", "mlm"} and 5 <= hour < 12):
        hour += 12
    elif part in {"malam", "mlm"} and hour == 12:
        hour = 0
    elif part is None and not clock.padded and hour in _AFTERNOON_HOURS:
        hour += 12
    return hour * 60 + clock.minute


def _find_duration(text: str) -> _Found | None:
    for match in _DURATION.finditer(text):
        minutes = _duration_minutes(match)
        if not minutes or minutes > _DAY_MINUTES:
            continue
        lead = _DURATION_LEAD.search(text[: match.start()][-24:])
        before = text[: match.start()][-16:].lower()
        if _NO_DURATION_AFTER.search(before) and not lead:
            continue
        if minutes == _DAY_MINUTES and not lead:
            continue
        start = match.start() - (len(lead.group()) if lead else 0)
        vague = _AND_MORE.match(text, match.end())
        return _Found(None, None, minutes, _widen(text, start, vague.end() if vague else match.end()))
    return None


def _duration_minutes(match: re.Match[str]) -> int:
    if match["one"]:
        return 60
    if match["minutes"]:
        return _value(match["minutes"])
    if match["only"]:
        return _FRACTIONS[re.sub(r"\s", " ", match["only"].lower())]
    whole = match["whole"].replace(",", ".")
    minutes = round(float(whole) * 60) if whole[0].isdigit() else _value(whole) * 60
    if match["frac"] or match["tail"]:
        minutes += 30
    return minutes + int(match["extra"] or 0)


def _value(text: str) -> int:
    return int(text) if text.isdigit() else _WORD_VALUES.get(re.sub(r"\s", " ", text.lower()), 0)


def _widen(text: str, start: int, stop: int) -> tuple[int, int]:
    """Take leading words ("mulai", "pada") and a pair of brackets around the time along."""
    lead = _LEAD.search(text[max(0, start - 16) : start])
    if lead:
        start -= len(lead.group())
        again = _LEAD.search(text[max(0, start - 16) : start])
        start -= len(again.group()) if again else 0
    before = text[:start].rstrip()
    after = text[stop:].lstrip()
    if before and after and _BRACKETS.get(before[-1]) == after[0]:
        return len(before) - 1, len(text) - len(after) + 1
    return start, stop


def _cut(text: str, span: tuple[int, int]) -> str:
    before, after = text[: span[0]].rstrip(), text[span[1] :].lstrip()
    if not before:
        return after.lstrip(":|-–—,;.=>→ \t").lstrip() if after[:1] in ":|-–—,;.= \t" else after
    if not after:
        return before
    if after[0] in "-–—|" and before[-1] in "-–—|":
        joined = f"{before} {after[1:].lstrip()}"
    elif after[0] in ",;.:)" and (before[-1] in ",;:(" or after[0] in ",;.)"):
        joined = before.rstrip(",;:") + after if before[-1] in ",;:" else before + after
    elif after[0] == ":" and before[-1] not in ":-–—|":
        joined = before + after
    elif before[-1] in ",;" and after[0] not in ",;":
        joined = f"{before} {after}"
    else:
        joined = f"{before} {after}"
    return _SPACE.sub(" ", joined)


def _time(minutes: int) -> time:
    hour, minute = divmod(minutes % _DAY_MINUTES, 60)
    return time(hour, minute)


def _int(text: str) -> int:
    return int(text) if text.isdecimal() else 99
