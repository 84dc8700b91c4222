"""What a person types as their day, read into entries in their own words (product rules: reading).

text → blocks (`splitting`) → fields: links, then the outcome, then times, then the counted work product.
Nothing typed is lost: a word that is in no field belongs to a greeting, a heading or a label.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from functools import lru_cache

from services.reading.lines import lines_of, strip_emphasis
from services.reading.links import take_links
from services.reading.number_words import word_set
from services.reading.outcomes import close_activity, split_outcome, strip_mark
from services.reading.quantities import read_quantity
from services.reading.splitting import Block, split_message
from services.reading.times import read_times
from services.reading.units import UNITS

LONGEST_TEXT = 4096
"""Characters read of one message: what Telegram lets a message hold."""

_SKIPS = word_set(
    """
    x skip lewati lewat kosong nihil tidak tdk belum blm ga gak nggak tidak_ada tdk_ada belum_ada ga_ada
    gak_ada nggak_ada tidak_tahu lewati_saja lewatkan skip_aja no none nothing not_yet skip_it
    """
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:dll|dsb|dst|dkk|kab|kec|kel|no|jl|tgl|st|sh|mm)|\.\w{1,3}|\.\.)\.$", re.IGNORECASE
)
_EDGES = re.compile(r"^[\s,;:|.\-–—]+(?=\w)|[\s,;:|]+$|\s+[-–—|/@]+$")
_SETTLED = re.compile(
    r"(?:jadwal|pelayanan|layanan|buka|jam|pukul|menjadi|mulai|besok|tanggal|setiap|tiap)\W*$", re.IGNORECASE
)
_ANSWER = re.compile(
    r"\s*(?:(?:no(?:mor|mer)?\.?|#|ke-?)\s?(?P<named>\d{1,2})\s?[.):=,-]?\s+|\(?(?P<number>\d{1,2})\s?[.):=]\)?(?!\d)\s*"
    r"|\(?(?P<dashed>\d{1,2})\s?[-–]\s+|(?P<keycap>\d)\ufe0f?\u20e3\s*)",
    re.IGNORECASE,
)
_BARE_ANSWER = re.compile(r"\s*(\d{1,2})\s+(?=[^\W\d])(.+)$")
_INLINE_ANSWER = re.compile(r"(?:^|(?<=[\s,;]))\(?(\d{1,2})[.):=]\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """One activity as read; `minutes` is the length of the times or the duration typed."""

    activity: str
    outcome: str | None = None
    quantity: int | None = None
    unit: str | None = None
    start: time | None = None
    end: time | None = None
    minutes: int | None = None
    links: tuple[str, ...] = ()


@lru_cache(maxsize=32)  # one message is asked for several times: is it a plan, a day, a report?
def read_entries(text: str) -> tuple[ReadEntry, ...]:
    """The activities in a message, in order; () when there is none in it (a greeting, "ok", an emoji)."""
    blocks = split_message(text[:LONGEST_TEXT])
    return tuple(entry for block in blocks if (entry := _read_block(block)) is not None)


def read_outcome(text: str) -> tuple[str, int | None, str | None]:
    """An outcome typed alone: its text without mark or bullet, and what it counts."""
    lines = [line.text for line in lines_of(text[:LONGEST_TEXT], bare_numbers=False)] or [text.strip()]
    outcome = _tidy("; ".join(filter(None, (strip_mark(line) for line in lines)))) or text.strip()
    quantity = read_quantity(outcome)
    return (outcome, *quantity) if quantity else (outcome, None, None)


def read_answers(text: str, count: int) -> tuple[str | None, ...]:
    """Answers to one question that lists `count` numbered things; None where one was skipped.

    Lines with a number go to that thing, lines without one to the next in order. What fits nowhere is joined
    to the last answer, so that nothing typed is lost.
    """
    return tuple(_answer("; ".join(filter(None, parts))) for parts in _parts_of(text, count))


def read_skips(text: str, count: int) -> tuple[bool, ...]:
    """Which of the things are skipped in so many words; what is not mentioned is not.

    «lewati» without a number, and nothing else, skips all.
    """
    parts = [[one for one in lines if one] for lines in _parts_of(text, count)]
    skipped = tuple(bool(lines) and _answer("; ".join(lines)) is None for lines in parts)
    silent = all(not lines or skips for lines, skips in zip(parts, skipped, strict=True))
    return (True,) * count if silent and any(skipped) and not is_numbered(text, count) else skipped


def is_numbered(text: str, count: int) -> bool:
    """Whether a reply says by a number what it answers."""
    return any(number is not None for number, _ in _numbered_lines(text[:LONGEST_TEXT], count))


def _parts_of(text: str, count: int) -> list[list[str]]:
    """The lines of a reply, each with the thing it answers."""
    if count <= 0:
        return []
    text = text[:LONGEST_TEXT]
    if count == 1:
        return [_answer_texts(text)]
    answers: list[list[str]] = [[] for _ in range(count)]
    position = -1
    lines = _numbered_lines(text, count)
    numbered = any(number is not None for number, _ in lines)
    for number, line in lines:
        if number is not None:
            position = number - 1
        elif not numbered or position < 0:
            position = min(position + 1, count - 1)
        answers[position].append(line)
    return answers


def _answer_texts(text: str) -> list[str]:
    lines = [line.strip() for line in strip_emphasis(text).splitlines() if line.strip()]
    first = _ANSWER.match(lines[0]) if lines else None
    if first and int(next(filter(None, first.groups()))) == 1:
        lines[0] = lines[0][first.end() :]
    return lines


def _numbered_lines(text: str, count: int) -> list[tuple[int | None, str]]:
    found: list[tuple[int | None, str]] = []
    bare = [_BARE_ANSWER.match(raw) for raw in text.splitlines() if raw.strip()]
    if [int(match[1]) for match in bare if match] == list(range(1, min(len(bare), count) + 1)) and len(
        bare
    ) > 1:
        follows = [(int(match[1]), match[2].strip()) for match in bare if match]
        if not all(line.split()[0].lower() in UNITS for _, line in follows):
            return [*follows]
    for raw in strip_emphasis(text).splitlines():
        for piece in _inline_answers(raw.strip(), count):
            match = _ANSWER.match(piece)
            number = int(next(filter(None, match.groups()))) if match else None
            if match and number and number <= count:
                found.append((number, piece[match.end() :].strip()))
            elif piece:
                found.append((None, piece))
    return found


def _inline_answers(line: str, count: int) -> list[str]:
    """ "1. … 2. …" in one line as two pieces."""
    starts = [match.start() for match in _INLINE_ANSWER.finditer(line) if 0 < int(match[1]) <= count]
    if len(starts) < 2 or line[: starts[0]].strip():
        return [line]
    return [line[a:b].strip().rstrip(",;") for a, b in zip(starts, [*starts[1:], len(line)], strict=True)]


def _answer(text: str) -> str | None:
    bare = re.sub(r"^[-–—•*·▪✅]\ufe0f?\s+", "", text.strip())
    bare = strip_mark(bare) or bare
    key = bare.lower().strip(" .!").replace(" ", "_") or bare
    return None if not key.strip("-–—_.") or key in _SKIPS else bare.strip()


def _read_block(block: Block) -> ReadEntry | None:
    links, rest = take_links(block.text)
    rest, outcome = split_outcome(rest)
    start, end, minutes, rest = read_times(rest)
    more_links, outcome = _outcome_of(block, outcome)
    for line in block.links:
        more_links += take_links(line)[0]
    for line in block.times:
        if start is None and minutes is None:
            start, end, minutes, _ = read_times(line)
    if outcome and start is None and end is None and minutes is None:
        start, end, minutes, outcome = _times_of_outcome(outcome)
    activity = _tidy(rest)
    if not re.search(r"\w", activity):
        activity = _tidy(strip_mark(block.text)) if re.search(r"[^\W\d_]", rest) or outcome else ""
        if not activity:
            return None
    quantity = next(filter(None, (read_quantity(item) for item in block.amounts)), None)
    quantity = quantity or (read_quantity(outcome) if outcome else None) or read_quantity(activity)
    return ReadEntry(
        activity=activity,
        outcome=outcome or None,
        quantity=quantity[0] if quantity else None,
        unit=quantity[1] if quantity else None,
        start=start,
        end=end,
        minutes=minutes,
        links=tuple(dict.fromkeys(links + more_links)),
    )


def _outcome_of(block: Block, inline: str | None) -> tuple[tuple[str, ...], str | None]:
    """The outcome from the activity's own line and from the lines below it, and the links in those."""
    links: tuple[str, ...] = ()
    parts = [inline] if inline else []
    for line in block.outcomes:
        found, rest = take_links(line)
        links += found
        parts.append(strip_mark(rest))
    return links, "; ".join(filter(None, (_tidy(part) for part in parts))) or None


def _times_of_outcome(outcome: str) -> tuple[time | None, time | None, int | None, str]:
    """A range or duration typed at the end of an outcome; any other time there is part of what came of it."""
    start, end, minutes, rest = read_times(outcome)
    kept = rest.rstrip(" ,;:|-–")
    if minutes is None or not kept or not outcome.startswith(kept) or _SETTLED.search(kept):
        return None, None, None, outcome
    return start, end, minutes, _tidy(rest)


def _tidy(text: str) -> str:
    """Own words without the punctuation that is left at the edges."""
    text = _EDGES.sub("", close_activity(text.strip()))
    text = _EDGES.sub("", text).strip()
    while text.endswith((").", ")")) and text.count(")") > text.count("("):
        text = text.rstrip(".")[:-1].rstrip()
    if text.endswith(".") and not _ABBREVIATION.search(text):
        text = text[:-1].rstrip()
    return re.sub(r"[ \t\u00a0]{2,}", " ", text)
