"""Where an activity ends and what came of it begins; and whether an outcome says anything new.

Marks are of two strengths: arrows and labels with a colon always part, "sehingga" and a free "hasilnya"
only when no strong mark is there. Without its mark the word *hasil* is an ordinary word.
"""

from __future__ import annotations

import re

from services.reading.number_words import word_set

_LABEL_NOUN = r"hasil|hsl|output|out\s?put|outcome|dampak|manfaat|keluaran|luaran"
_ARROW = r"[-=–—~]{1,3}[>»]|→|⇒|⟶|➜|➔|➡\ufe0f?|⮕|➞|»|>>"
_ITS = r"nya|na|ne|e|ipun"  # Indonesian, Sundanese, Javanese: "its result"
_SO = r"se?hing{1,2}ah?|sehngga|shg|shngga"
_LABEL = (
    rf"(?:{_LABEL_NOUN})(?:\s?(?:nya|2)|{_ITS})?(?:\s(?:kegiatan|akhir|kerja|yang\sdicapai|yg\sdicapai))?"
    rf"(?:\s?/\s?(?:{_LABEL_NOUN})(?:nya)?)?\s?[:=](?!\S*//)"
)
_STRONG = re.compile(rf"(?P<arrow>{_ARROW})|(?<![\w-])(?P<label>{_LABEL})", re.IGNORECASE)
_WEAK = re.compile(
    rf"(?<![\w-])(?:(?P<so>{_SO})|(?P<its>(?:hasil|output|outcome|dampak|manfaat)(?:{_ITS}))"
    r"|(?P<counted>(?<!laporan\s)(?<!lap\s)(?<!rekap\s)(?<!data\s)(?<!dari\s)(?:hasil|output|outcome)(?=\s\d)))(?![\w-])",
    re.IGNORECASE,
)
_ALSO_MARK = re.compile(rf"\s?(?:{_ARROW}|{_LABEL}|hasil(?:{_ITS})\b|sehingga\b|:|=)\s?", re.IGNORECASE)
_LEADING = re.compile(
    rf"\s*(?:{_ARROW}|{_LABEL}|(?:(?:hasil|output|outcome|dampak|manfaat)(?:{_ITS})|{_SO})\b\s?[:=,]?"
    rf"|(?:hasil|output|outcome|keluaran)\s(?=\d))\s?",
    re.IGNORECASE,
)
_OBJECT_AFTER = word_set(
    "ke kepada di dan untuk utk terhadap pada bagi dalam dgn dengan oleh dari yang secara lewat melalui via"
)
_OBJECT_BEFORE = word_set(
    "dan serta beserta dari atas untuk dengan ke bahwa tentang terkait apa berapa atau pada bagaimana"
)
_VERB = re.compile(
    r"(?:me|di|nge|ny|nga)\w{3,}|lapor|bahas|rekap|input|kirim|cek|susun|olah|catat|unggah|upload"
)
_LOOSE_END = re.compile(
    r"[\s,;:|–—-]+(?:(?:dan|dengan|dgn|maka|adapun|serta)\s*)?$|\s+(?:dan|dengan|dgn|adapun)\s*$"
)

_WORD = re.compile(r"[^\W\d_]+|\d+")
_DONE_WORDS = word_set(
    """
    selesai terlaksana terlaksananya dilaksanakan telah sudah udah kegiatan berjalan dengan terselesaikan
    dikerjakan terselenggara terselenggaranya ter di dan yang untuk pada ke dari hari ini secara adanya
    hasil nya tuntas beres kelar sukses dilakukan diselesaikan terselesaikannya tercapai tugas pekerjaan
    """
)
_WENT_WELL = re.compile(
    r"(?:berjalan|dengan|dgn|secara)(?:\s(?:dengan|dgn))?(?:\s(?:baik|lancar|tertib|aman|sukses|dan|,)){1,5}"
)
_STATES = word_set(
    "baik lancar tertib aman bersih rapi lengkap normal luas kondusif sehat nyaman tepat cepat"
)
"""A state is news even where its root is in the activity ("Perbaikan jalan" → "jalan sudah baik")."""
_PREFIXES = (
    ("menge", ("",)), ("meny", ("s", "")), ("meng", ("", "k")), ("mem", ("", "p")), ("men", ("", "t")),
    ("me", ("",)), ("penge", ("",)), ("peny", ("s",)), ("peng", ("", "k")), ("pem", ("", "p")),
    ("pen", ("", "t")), ("per", ("",)), ("pe", ("",)), ("ter", ("",)), ("ber", ("",)), ("di", ("",)),
    ("ke", ("",)), ("nge", ("",)), ("ny", ("s",)), ("ng", ("", "k")),
)  # fmt: skip
_SUFFIXES = ("kannya", "annya", "innya", "nya", "kan", "an", "i", "lah")
_SHORTEST_STEM = 3


def split_outcome(text: str) -> tuple[str, str | None]:
    """The activity, and the outcome that a mark in the text introduces; None when no mark does."""
    mark = _strong_mark(text) or _weak_mark(text)
    if mark is None:
        return text, None
    before, after = text[: mark[0]], text[mark[1] :]
    if before.rstrip().endswith(("(", "[")):
        before = before.rstrip()[:-1]
        closed = after.rstrip()
        after = closed[:-1] if closed.endswith((")", "]")) else after
    return close_activity(before), _open_outcome(after) or None


def opens_with_mark(text: str) -> bool:
    """Whether a whole line is an outcome by its first words ("Hasil: …", "-> …")."""
    return _LEADING.match(text) is not None


def strip_mark(text: str) -> str:
    """The outcome without the mark in front of it."""
    match = _LEADING.match(text)
    return _open_outcome(text[match.end() :]) if match else text.strip()


def close_activity(text: str) -> str:
    """An activity without what only led over to its outcome."""
    return _LOOSE_END.sub("", text.rstrip()).rstrip()


def repeats_activity(activity: str, outcome: str) -> bool:
    """Whether an outcome only says the activity again, or only that it was done; when in doubt, no."""
    said = {word for word in _WORD.findall(activity.lower()) if not word.isdigit()}
    fresh = [word for word in _WORD.findall(_WENT_WELL.sub(" ", outcome.lower())) if word not in _DONE_WORDS]
    if not _WORD.search(outcome) or _STATES.intersection(fresh):
        return False
    known = {stem for word in said for stem in stems(word)}
    return all(not word.isdigit() and stems(word) & known for word in fresh)


def _strong_mark(text: str) -> tuple[int, int] | None:
    for match in _STRONG.finditer(text):
        if not text[: match.start()].strip(" ([*_"):
            continue
        return match.start(), _past_marks(text, match.end())
    return None


def _weak_mark(text: str) -> tuple[int, int] | None:
    for match in _WEAK.finditer(text):
        before, after = text[: match.start()].rstrip(), text[match.end() :].strip()
        if not before or not after:
            continue
        if match["so"] or match["counted"] or _is_free(before, after):
            return match.start(), _past_marks(text, match.end())
    return None


def _is_free(before: str, after: str) -> bool:
    """Whether "hasilnya" opens a clause of its own instead of being somebody's object."""
    follower = after.split(maxsplit=1)[0].lower().strip(",.;")
    if before[-1] in ",.;–—-":
        return True
    previous = before[-40:].split()[-1].lower()
    if follower in _OBJECT_AFTER or previous in _OBJECT_BEFORE:
        return False
    return not _VERB.match(previous)


def _past_marks(text: str, end: int) -> int:
    """Marks may follow each other ("-> hasil: …")."""
    for _ in range(3):
        match = _ALSO_MARK.match(text, end)
        if not match:
            break
        end = match.end()
    return end


def _open_outcome(text: str) -> str:
    return text.strip().lstrip(":=,;|").strip()


def stems(word: str) -> set[str]:
    """What a word may have been before its affixes: "menyusun" and "tersusunnya" share "susun"."""
    bare = {word}
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST_STEM:
            bare.add(word[: -len(suffix)])
    stems = set(bare)
    for form in bare:
        for prefix, starts in _PREFIXES:
            if form.startswith(prefix):
                rest = form[len(prefix) :]
                stems |= {start + rest for start in starts if len(start + rest) > _SHORTEST_STEM}
    return {stem for stem in stems if len(stem) >= _SHORTEST_STEM} or {word}
