"""«Kendala: internet mati sejak pagi» in a report: what stands in the way is no activity.

It is read from a line, or the end of one, that begins with the word and a colon, and from the lines below the
word alone. «Kendala: tidak ada» says nothing and is left out.
"""

import re
from dataclasses import dataclass

from services.reading.capture import read_entries
from services.reading.number_words import word_set

_MARK = re.compile(
    r"(?:^[\W_]*(?:\d{1,2}[.)]\s*)?|[.;,|(–-]\s*)(?:ada\s+)?(?:kendala|hambatan)(?:nya)?[*_]*\s*[:=]\s*[*_]*\s*",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^\s*(?:[-–—•*·▪]|\(?(?:\d{1,2}|[a-h])[.)])\s*")
_LABEL = re.compile(r"^\W*[^\W\d_][^:\n]{1,30}:")
MOST_READ = 20
"""Places of one message whose activity is looked for; nobody has so many, and it bounds the work."""
_WORD = re.compile(r"[^\W\d_]+")
_NONE = word_set(
    """
    tidak tdk gak ga nggak ngga tak belum blm ada nihil kosong nol kendala hambatan apa apapun yang yg berarti
    berat alhamdulillah aman lancar semua semuanya berjalan dengan dgn baik sejauh ini hari untuk utk saat
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
        mark = _MARK.search(line)
        if mark is not None:
            marked = True
            what, above = line[mark.end() :].strip(), line[: mark.start()].rstrip()
            below = not what
            if above.strip(" -–•*.,;|("):
                kept.append(above)
            if what:
                found.append((what, len(kept)))
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


def _says_none(what: str) -> bool:
    words = [word.casefold() for word in _WORD.findall(what)]
    return _NONE.issuperset(words)
