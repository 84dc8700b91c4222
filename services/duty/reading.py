"""What somebody types about days away: which kind, and which days.

Only the kind and the days are read; whatever else the words say, a reason of health above all, is not kept.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from models import DayKind
from services.reading.absence import OF_ABSENCE
from services.reading.date_tokens import tokens_of
from services.reading.date_words import Kind
from services.reading.dates import Mode, Span, read_count, read_dates

_TRAVEL = (
    r"(?:dinas|tugas)\s+luar|luar\s+kota|perjalanan\s+dinas|perjadin|sppd|spd|dl"
    r"|duty\s+travel|field\s+duty"
)
_LEARNING = r"diklat|pelatihan|bimtek|latsar|training"
_ELSEWHERE = r"wf[ha]|work\s+from\s+(?:home|anywhere)|kerja\s+dari\s+rumah"
KINDS = (
    (DayKind.SICK, r"sakit|sick"),
    (DayKind.FIELD, rf"{_TRAVEL}|surat\s+tugas|dinas"),
    (DayKind.TRAINING, _LEARNING),
    (DayKind.REMOTE, _ELSEWHERE),
    (DayKind.PERMIT, r"izin|ijin|izn|permit|permission"),
    (DayKind.LEAVE, r"cuti|leave"),
)
"""The first that is said wins: «izin sakit» is sakit, «cuti sakit» too."""
_KINDS = tuple((kind, re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)) for kind, words in KINDS)
_OTHERS_ILL = re.compile(
    r"(?<!\w)(?:anak|istri|isteri|suami|orang\s+tua|ortu|mertua|kakek|nenek|adik|kakak|ayah|keluarga|saudara)"
    r"(?:ku|nya)?(?:\s+(?:saya|sy|kami|pertama|kedua|bungsu|sulung|lagi|sedang|sdg)){0,2}\s+sakit(?!\w)",
    re.IGNORECASE,
)
"""Who stays with them is not ill, but has leave to be away."""
_AT_WORK = re.compile(rf"(?:{_TRAVEL}|{_LEARNING}|{_ELSEWHERE})(?!\w)", re.IGNORECASE)
_LEADING = re.compile(r"[\s,.:;]*([^\W_]+(?:[-/.][^\W_]+)*)")
_TAKING_BACK = re.compile(
    r"(?<!\w)(?:batal\w*|(?:tidak|tdk|gak|ga|nggak|ngga|enggak)\s+jadi|hapus|cabut|urungkan|cancel|delete)(?!\w)",
    re.IGNORECASE,
)
_SINCE = re.compile(r"(?<!\w)(?:sejak|sjk|semenjak|terhitung|since)(?!\w)", re.IGNORECASE)
_FROM = re.compile(r"(?<!\w)(?:dari|dr|mulai|from)(?!\w)", re.IGNORECASE)
FAR = timedelta(days=180)
"""A date without its year this far ahead is rather the one just gone by, when that month is still open."""
LONG_AGO = timedelta(days=62)
"""Days that somebody has been away «sejak» lie no further back."""
MOST_WORDS = 8
"""A longer text that names a kind among other words is a report."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was read. `span` None: no days, or none that can be.

    `length`: how many days were said beside a start («mulai Senin 3 hari»). `workdays`: they were called
    workdays, so that `span` holds only the start. `half`: half a day was said. `more`: it says something
    else, too, which is no part of being away («rapat di Kanwil besok»).
    """

    kind: DayKind | None
    span: Span | None
    length: int = 0
    workdays: bool = False
    half: bool = False
    more: bool = False


def read_kind(text: str) -> DayKind | None:
    """The kind of day the words name."""
    text = _OTHERS_ILL.sub(" izin ", text)
    return next((kind for kind, words in _KINDS if words.search(text)), None)


def read_duty(text: str, *, today: date, since: date) -> Said:
    """Kind and days of a text. `since`: the first day that may still be told of."""
    kind = read_kind(text)
    rest = _OTHERS_ILL.sub(" ", text)
    for _, words in _KINDS:
        rest = words.sub(" ", rest)
    tokens = tokens_of(rest)
    half = any(token.kind is Kind.HALF for token in tokens)
    more = any(token.kind is Kind.WORD and token.text not in OF_ABSENCE for token in tokens)
    counted = read_count(rest, today=today, mode=Mode.FUTURE)
    if counted is not None and counted.workdays:
        start = Span(counted.first, counted.first)
        return Said(kind, start, counted.days, workdays=True, half=half, more=more)
    if kind is DayKind.SICK:  # nobody is ill in half a year: a month that is locked is then refused as such
        since = date.min
    span = _since_then(rest, kind, today=today, counted=counted is not None)
    span = span or read_span(rest, today=today, since=since)
    return Said(kind, span, counted.days if counted else 0, half=half, more=more)


def takes_back(text: str) -> bool:
    """«batalkan cuti besok»: what is recorded is to go."""
    return _TAKING_BACK.search(text) is not None


def belongs(text: str, said: Said) -> bool:
    """Whether a text answers a question about days away: it names a kind or days, and is no report."""
    if "\n" in text.strip() or (said.kind is None and said.span is None):
        return False
    return not said.more or (said.kind is not None and len(text.split()) <= MOST_WORDS)


def at_work_elsewhere(text: str) -> bool:
    """«besok dinas luar ke Kupang»: one short line that begins with a day and where one is then."""
    text = text.strip()
    if "\n" in text or len(text.split()) > 2 * MOST_WORDS:
        return False
    at = 0
    while (word := _LEADING.match(text, at)) is not None:
        if _AT_WORK.match(text, word.start(1)):
            return True
        tokens = tokens_of(word[1])
        if any(token.kind is Kind.WORD and token.text not in OF_ABSENCE for token in tokens):
            return False
        at = word.end()
    return False


def _since_then(text: str, kind: DayKind | None, *, today: date, counted: bool) -> Span | None:
    """«sejak Senin», «sakit dari kemarin»: looked for back, and until today unless a number is said."""
    since = _SINCE.search(text) is not None
    if not since and _FROM.search(text) is None:
        return None
    back = since or kind is DayKind.SICK
    ahead = read_dates(text, today=today, mode=Mode.FUTURE)
    gone = read_dates(text, today=today, mode=Mode.PAST) if back else ahead
    if gone is None or not today - LONG_AGO <= gone.first < today:
        return None
    if gone.first == gone.last and not counted:
        return Span(gone.first, today)
    return gone if counted else _around(text, today=today) or gone


def _around(text: str, *, today: date) -> Span | None:
    """«sejak Senin sampai Jumat», said on a Wednesday: the range of that shape that is running."""
    for back in range(1, 7):
        span = read_dates(text, today=today - timedelta(days=back), mode=Mode.FUTURE)
        if span is not None and span.first <= today <= span.last:
            return span
    return None


def read_span(text: str, *, today: date, since: date) -> Span | None:
    """The days a text names, looked for ahead; a date almost a year ahead is the one gone by, if open."""
    ahead = read_dates(text, today=today, mode=Mode.FUTURE)
    if ahead is not None and ahead.first - today > FAR:
        gone = read_dates(text, today=today, mode=Mode.PAST)
        if gone is not None and gone != ahead and gone.first >= since:
            return gone
    return ahead
