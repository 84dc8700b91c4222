"""What kind of outcome somebody typed: an effect, only a product, or the activity said again.

An *effect* is something that changed for somebody: they can, know, have, got or decided something; a fault is
gone; something was found; a number moved. An *output* is a product, a count or an attendance, however long.
A *repeat* says the activity once more, or that it was done. Only what is surely no effect is called output or
repeat: a doubtful one passes as an effect with low confidence, since an undeserved remark is worse than
a missing one. Nothing is ever blocked by this.
"""

import enum
import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from services.reading.number_words import word_set
from services.reading.outcomes import repeats_activity, stems
from services.reading.units import UNITS

SURE = 0.75
"""From this confidence a kind is spoken about; below it nothing is said."""
LONGEST_PRODUCT = 7
"""Words a bare product may have; more tell a story of their own."""


class OutcomeKind(enum.StrEnum):
    EFFECT = "effect"
    OUTPUT = "output"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True)
class Judged:
    """A kind and how sure it is, 0 to 1."""

    kind: OutcomeKind
    confidence: float

    @property
    def says_too_little(self) -> bool:
        """Surely no effect: worth one polite remark."""
        return self.kind is not OutcomeKind.EFFECT and self.confidence >= SURE

    @property
    def shows_effect(self) -> bool:
        """Surely an effect: worth a quiet receipt."""
        return self.kind is OutcomeKind.EFFECT and self.confidence >= SURE


_LISTS = {
    name: word_set(words)
    for name, words in tomllib.loads(
        files("services.reading").joinpath("outcome_words.toml").read_text(encoding="utf-8")
    ).items()
}
_EFFECT, _CONSEQUENCE, _PEOPLE = _LISTS["effect"], _LISTS["consequence"], _LISTS["people"]
_PRODUCT, _PROCESS, _FILLER = _LISTS["product"], _LISTS["process"], _LISTS["filler"]
_TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*2?|\d+(?:[.,/:+-]\d+)*%?")
_CHANGE = re.compile(
    r"\bdari\b.+\b(?:jadi|menjadi|ke|sudah|bisa|tuntas|lancar|lulus|paham|hadir)\b|\d\s*(?:->|=>|→)\s*\d"
    r"|\b(?:dr|dari)\s\d+\s\w+\s\w|\d+\s(?:dari|dr)\s\d+|\b(?:dua|tiga|\d+)\s?(?:x|kali)\slipat"
    r"|\b\d+\s?(?:menit|detik|jam|hari)\sjadi\b"
)
"""Before and after, or a share: «dari 58 ke 74», «22 dari 26 lancar»."""
_NOTHING_BAD = re.compile(
    r"\b(?:tidak|tdk|tak|ga|gak|nggak|tanpa|nihil|bebas|zero|0)\s(?:ada\s|ditemukan\s)?"
    r"(?:temuan|kejadian|korban|keluhan|kendala|masalah|selisih|kesalahan|gangguan|antri?an|pelanggaran|insiden|denda)"
)
"""That nothing went wrong is what a patrol or an audit is for."""
_AT_ONCE = re.compile(
    r"\bsiap\s(?:di)?(?!siap)\w{3,}|\btepat\swaktu\b|\bdi\stangan\b|\bhari\s(?:itu|ini)\sjuga\b|\bbebas\s\w+"
)
_WELL = r"(?:baik|lancar|tertib|aman|sukses|khidmat|rapi|bersih|kondusif)"
_WENT = re.compile(
    rf"\b(?:berjalan|jalan|terlaksana\w*|terselenggara|dilaksanakan|dilakukan|diselesaikan|selesai|diikuti)[\s,]+"
    rf"(?:(?:dengan|dgn|dg|secara|dan|&)?[\s,]*{_WELL}[\s,]*)+(?:(?:dan|&)\s{_WELL})?"
)
"""That something was done, and how it went: no news, wherever it stands."""
_SOLVED = re.compile(
    r"\b(?:temuan|aduan|keluhan|kasus|perkara|sengketa|masalah|kendala|tic?ket|permohonan|komplain|tunggakan|konflik|antri?an)"
    r"\s(?:\w+\s){0,2}(?:selesai|beres|tuntas|kelar|tertutup|rampung)\b"
)
"""What is a matter of somebody's is solved, not merely done."""
_MEASURED = re.compile(
    r"^(?:rp\.?\s?)?[\d.,]+\s?(?:jt|juta|rb|ribu|m|miliar|milyar)\b|\brp\.?\s?\d|\b(?:nilai|skor|indeks|ikm|rata-?rata)\b.*\d"
    r"|\d\s?(?:ton|kw|kg|kuintal)/"
)
"""Money and measured values: no product, and not for us to call nothing."""
_HOW = word_set("lancar tertib aman rapi bersih kondusif")
"""How something is; news where it isn't said of the deed."""
_OVER = word_set("selesai terlaksana beres kelar rampung tuntas")
_DEED = ("di", "pe", "ke", "se")
_ACRONYM = re.compile(r"[A-Z][A-Z0-9-]{1,9}")
_ACTIVE = re.compile(r"(?:me[mn]|meng|meny|nge|ber)\w{3,}")


def judge_outcome(activity: str, outcome: str) -> Judged:
    """The kind of an outcome. Pure, well below a millisecond."""
    text = " ".join(outcome.split())[:400]
    plain = _WENT.sub(" terlaksana ", text.casefold())
    tokens = [_singular(word) for word in _TOKEN.findall(plain)]
    words = [word for word in tokens if not word[0].isdigit()]
    if not tokens:
        return Judged(OutcomeKind.EFFECT, 0.0)
    doing = frozenset(_singular(word) for word in _TOKEN.findall(activity.casefold()) if word[0].isalpha())
    said = frozenset(stem for word in doing for stem in stems(word))
    evidence = _evidence(plain, words, doing, said)
    if evidence < 2 and (repeats_activity(activity, plain) or _only_done(words, tokens, said)):
        return Judged(OutcomeKind.REPEAT, 0.9)
    closed = _closed(text, words, said)
    if evidence >= 2:
        return Judged(OutcomeKind.EFFECT, min(0.95, 0.65 + 0.1 * evidence))
    if evidence:
        return Judged(OutcomeKind.EFFECT, 0.6)
    if closed and len(tokens) <= LONGEST_PRODUCT + 2:
        return Judged(OutcomeKind.OUTPUT, 0.9)
    if _is_count(tokens) or (words and words[0] in _PRODUCT and _is_nominal(words)):
        return Judged(OutcomeKind.OUTPUT, 0.8)
    return Judged(OutcomeKind.EFFECT, 0.4)


def _evidence(text: str, words: list[str], doing: frozenset[str], said: frozenset[str]) -> int:
    """How much speaks for a change: words of effect that the activity didn't have, and forms of change."""
    found = sum(word in _CONSEQUENCE and word not in doing for word in words)
    found += sum(2 for word in words if _is_effect(word) and not _is_own(word, doing, said))
    found += 2 * bool(_CHANGE.search(text) or _SOLVED.search(text) or _NOTHING_BAD.search(text)) + bool(
        _AT_ONCE.search(text)
    )
    found += bool(_MEASURED.search(text)) or (not set(words).isdisjoint(_HOW) and "terlaksana" not in words)
    return found


def _is_own(word: str, doing: frozenset[str], said: frozenset[str]) -> bool:
    """Whether a word says the activity itself: the same, or what the writer did ("dibayar" of paying)."""
    return word in doing or (word.startswith(_DEED) and not said.isdisjoint(stems(word)))


@lru_cache(maxsize=4096)
def _is_effect(word: str) -> bool:
    if word in _PROCESS or word in _PRODUCT or word in _FILLER:
        return False
    return word in _EFFECT or not stems(word).isdisjoint(_EFFECT)


def _only_done(words: list[str], tokens: list[str], said: frozenset[str]) -> bool:
    """«rapat berjalan lancar», «sdh diposting»: the deed, done; nothing is counted and nothing else said."""
    if len(words) < len(tokens):
        return False
    rest = [word for word in words if word not in _FILLER]
    if not rest:
        return "terlaksana" in words or not _HOW.intersection(words)
    if _HOW.intersection(rest):
        return False
    if len(rest) == 1 and words[-1] in _OVER:
        return True
    return all(word in _PROCESS or not said.isdisjoint(stems(word)) for word in rest)


def _closed(text: str, words: list[str], said: frozenset[str]) -> bool:
    """Whether every word is a product, something done to it, the activity's own, or says nothing."""
    acronyms = {word.casefold() for word in _ACRONYM.findall(text)}
    return all(
        word in _PRODUCT
        or word in _PROCESS
        or word in _FILLER
        or word in UNITS
        or word in acronyms
        or not said.isdisjoint(stems(word))
        for word in words
    )


def _is_count(tokens: list[str]) -> bool:
    """«9 siswa terlambat», «14 produk hukum diunggah»: a number, what it counts, at most a word more."""
    if not any(token[0].isdigit() for token in tokens) or len(tokens) > 5:
        return False
    rest = [
        token for token in tokens if token[0].isalpha() and token not in _FILLER and token not in _PROCESS
    ]
    heads = [word for word in rest if word in _PRODUCT or word in UNITS]
    person = any(word in _PEOPLE for word in rest)
    return len(rest) <= 1 or (bool(heads) and len(rest) <= 3 and not person)


def _is_nominal(words: list[str]) -> bool:
    """A noun and what belongs to it; no clause of its own."""
    return len(words) <= LONGEST_PRODUCT and not any(_ACTIVE.fullmatch(word) for word in words[1:])


def _singular(word: str) -> str:
    """«bapak2», «anak-anak» as one."""
    if word[-1] == "2" and word[0].isalpha():
        word = word[:-1]
    left, _, right = word.partition("-")
    return left if left == right else word
