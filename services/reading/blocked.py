"""«Kendala: internet mati sejak pagi» in a report: what stands in the way is no activity.

It is read from a line, or the end of one, that begins with the word and a colon, from the lines below the
word alone, and from a whole line that begins with the word («kendalanya proyektor rusak») unless it tells
what became of it. It ends where an outcome or the end of its bracket gives the line back to the activity.
«Kendala: tidak ada» and «Tidak ada kendala» say nothing and are left out.
"""

import re
from dataclasses import dataclass

from services.reading.capture import read_entries
from services.reading.number_words import word_set

_MARK = re.compile(
    r"(?:^[\W_]*(?:\d{1,2}[.)]\s*)?|[.;,|(–-]\s*)"
    r"(?:(?:ada\s+)?(?:kendala|hambatan)(?:nya)?|(?:obstacle|blocker|hindrance|impediment)s?)"
    r"[*_]*\s*[:=]\s*[*_]*\s*",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^[\W_]*(?:\d{1,2}[.)]\s*)?(?:ada\s+)?(?:kendala|hambatan)(?:nya)?\s+(?:(?:adalah|yaitu|ialah)\s+)?(?=[^\W_])",
    re.IGNORECASE,
)
"""The word without a colon, where a line begins."""
_OVERCOME = re.compile(
    r"[-=–—~]>|→|\?\s*$|\b(?:ter(?:atasi|tangani|urai|selesaikan|pecahkan|identifikasi|petakan)|selesai|beres|hilang"
    r"|(?:me|di)\w+(?:kan|i)|berkurang|menurun|turun|di(?:bahas|catat|data|analisis|analisa|rekap|susun|kaji|urai))\b",
    re.IGNORECASE,
)
"""A line about obstacles that is work, or what came of it: «hambatan belajar berkurang»."""
_OUTCOME = re.compile(r"[\s.;,|(–-]*\b(?:hasil|output|outcome|dampak)(?:nya)?\s*[*_]*\s*:", re.IGNORECASE)
_ARROW = re.compile(r"\s*(?:[-=–—]{1,3}>|→|⇒|➜)")
"""What gives a line back to its activity; an arrow only where there is one before."""
_NOT_ANY = re.compile(r"\b(?:tidak|tdk|gak?|ng?gak?|tak|belum|blm|tanpa|nihil|no)\b", re.IGNORECASE)
_NAMED = re.compile(r"\b(?:kendala|hambatan|obstacles?|blockers?)(?:nya)?\b", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-–—•*·▪]|\(?(?:\d{1,2}|[a-h])[.)])\s*")
_LABEL = re.compile(r"^\W*[^\W\d_][^:\n]{1,30}:")
MOST_READ = 20
"""Places of one message whose activity is looked for; nobody has so many, and it bounds the work."""
_WORD = re.compile(r"[^\W\d_]+")
_NONE = word_set(
    """
    tidak tdk gak ga nggak ngga tak belum blm ada nihil kosong nol kendala hambatan apa apapun yang yg berarti
    berat alhamdulillah aman lancar semua semuanya berjalan dengan dgn baik sejauh ini hari untuk utk saat
    none no nothing not any so far today the there is are was were obstacle obstacles blocker blockers
    """
)


@dataclass(frozen=True, slots=True)
class ReadBlocker:
    """What stands in the way, as typed. `after`: how many activities of the message stand above it."""

    text: str
    after: int


def read_blockers(text: str) -> tuple[str, tuple[ReadBlocker, ...]]:
    """A report without what stands in its way, and that; the text as it is when there is nothing."""
    kept: list[str] = []
    found: list[tuple[str, int]] = []
    below = marked = False
    for line in text.splitlines():
        mark = _MARK.search(line) or _opening(line)
        if mark is not None:
            marked = True
            what, above, rest = _parts(line, mark, below_work=any(kept))
            below = not what and not rest
            if _says_something(above):
                kept.append(above + rest)
            if what:
                found.append((what, len(kept)))
            if rest and not _says_something(above):
                kept.append(rest.strip(" .;,|"))
            continue
        if _is_without(line):
            marked, below = True, False
            continue
        below = below and bool(line.strip()) and _LABEL.match(line) is None
        if below:
            found.append((_BULLET.sub("", line).strip(), len(kept)))
        else:
            kept.append(line)
    if not marked:
        return text, ()
    said = [(what, above) for what, above in found if not _says_none(what)]
    places = sorted({above for _, above in said})[:MOST_READ]
    after = {above: len(read_entries("\n".join(kept[:above]))) for above in places}
    return "\n".join(kept), tuple(ReadBlocker(what, after.get(above, 0)) for what, above in said)


def _parts(line: str, mark: re.Match[str], *, below_work: bool) -> tuple[str, str, str]:
    """What stands in the way, what stands before it, and what after it belongs to the activity again.

    `below_work`: there is an activity in the lines above.
    """
    above, said = line[: mark.start()].rstrip(), line[mark.end() :]
    ends = [_OUTCOME.search(said)] if below_work or _says_something(above) else []
    if _says_something(above):
        ends.append(_ARROW.search(said))
    stops = [one.start() for one in ends if one is not None]
    if "(" in mark.group() and ")" in said:
        stops.append(said.index(")"))
    stop = min(stops, default=len(said))
    rest = said[stop:].removeprefix(")").strip()
    if rest and _OUTCOME.match(rest):
        rest = f". {rest.lstrip(' .;,|(–-')}"
    elif rest:
        rest = f" {rest}"
    return said[:stop].strip(), above, rest


def _says_something(above: str) -> bool:
    return bool(above.strip(" -–•*.,;|("))


def _is_without(line: str) -> bool:
    """«Tidak ada kendala: semua lancar», «tanpa hambatan», and no more."""
    named = _NAMED.search(line) is not None and _NOT_ANY.search(line) is not None
    return named and _says_none(re.sub(r"\btanpa\b", "", line, flags=re.IGNORECASE))


def _opening(line: str) -> re.Match[str] | None:
    """«Kendalanya proyektor rusak»."""
    found = _OPENING.match(line)
    return found if found is not None and _OVERCOME.search(line, found.end()) is None else None


def _says_none(what: str) -> bool:
    words = [word.casefold() for word in _WORD.findall(what)]
    return _NONE.issuperset(words)
