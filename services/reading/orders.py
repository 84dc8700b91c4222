"""Short typed words that are no work and no outcome: «kirim», «udah itu aja bu», «?», «jam 7.30 sampai 9»."""

import re

from services.reading.capture import read_skips
from services.reading.number_words import word_set
from services.reading.phrases import HONORIFICS, is_chatter
from services.reading.times import read_times

_WORD = re.compile(r"[^\W\d_]+")
_SEND = word_set("kirim kirimkan kirimin kirimlah submit send")
_AROUND_SEND = _SEND | word_set(
    "tolong mohon langsung sekarang saja aja ya yaa dong deh bu pak bapak ibu laporan laporannya lap semua "
    "semuanya hari ini ok oke sudah udah please dikirim it the report now"
)
MOST_ASKED = 9
"""Words: who types more does not merely ask how this works."""
_TELLING = word_set(
    "itu gitu begitu segitu cukup sekian dulu ok oke okee okay siap sip iya ya yaa nggih inggih makasih "
    "terimakasih terima nanti bentar sebentar tunggu mantap thanks"
)
"""Words of which at least one is in what is merely said to whoever listens."""
_AROUND = _TELLING | word_set(
    "udah sudah sdh dah aja saja kasih bu pak bapak ibu mas mbak kak min admin dong deh sih kok lah ini ya "
    "hehe banyak sama hari untuk dari saya"
)

_RESULTS = word_set("sudah sdh udah dah beres rebes bagus hadir sehat")
"""Small talk at rest; where an outcome is asked for, it may be one."""
_KINDLY = HONORIFICS | word_set(
    "ya yaa sih dong deh nih nya mohon maaf tolong saya sy aku min halo hai please sorry so uh um"
)
_DO = r"(?:meng|me)?(?:kirim|isi|pakai|lapor|hapus|ubah|ganti|edit|tulis|ketik|guna)(?:kan|nya)?|melaporkan"
_OF = r"(?: (?:laporan|hasil|kegiatan|bukti|ini))?"
_HELP = re.compile(
    "|".join(
        (
            r"help(?: me)?|bantuan|bantu(?:in|an)?|petunjuk|panduan|tutorial",
            r"apa(?: itu| ini)? (?:maksud|arti|guna)(?:nya)?(?: \w+){0,2}",
            r"(?:maksud|arti)nya(?: apa| gimana| bagaimana)?|(?:maksud|arti) (?:\w+ ){0,2}apa",
            r"apa (?:itu|ini)(?: \w+){0,2}|(?:itu|ini|\w{2,12} itu) apa",
            rf"(?:bagaimana|gimana|gmn|bgmn)(?: ini)?(?: cara(?:nya)?)?(?: (?:{_DO}))?{_OF}",
            rf"cara(?:nya)?(?: (?:{_DO}))?{_OF}(?: (?:bagaimana|gimana|gmn))?",
            r"(?:tidak|tdk|gak|ga|nggak|ngga|enggak|kurang|belum|blm) "
            rf"(?:tahu|tau|ngerti|mengerti|paham|jelas)(?: (?:cara|caranya|maksudnya|{_DO}))*",
            r"gatau|gtau|bingung|what(?: should i do| now)?",
            r"what(?: is|'s)(?: an?| the)? \w+|what (?:do|does) (?:you|it|this|that|\w+) mean",
            r"how(?: (?:do|can|should|to)(?: i)?(?: \w+){0,3}| does (?:it|this) work)?",
            r"(?:i )?(?:don't|dont|do not) (?:know|understand|get it)(?: how)?|no idea|(?:i am|i'm) confused",
        )
    )
)


def asks_for_help(text: str) -> bool:
    """One short line that asks how this works: «?», «apa itu RHK», «bagaimana cara kirim», «tidak tahu»."""
    line = text.strip()
    if "\n" in line or re.search(r"\d", line):
        return False
    words = [word.casefold().replace("’", "'") for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", line)]
    if not words:
        return "?" in line
    asked = " ".join(word for word in words if word not in _KINDLY)
    return len(words) <= MOST_ASKED and _HELP.fullmatch(asked) is not None


def is_send(text: str) -> bool:
    """«Kirim», «tolong kirim ya bu»: what the button says, typed."""
    words = _words(text)
    return bool(words) and not _SEND.isdisjoint(words) and _AROUND_SEND.issuperset(words)


def is_aside(text: str) -> bool:
    """One short line that says nothing about work: «udah itu aja bu», «baik bu», «nanti saya isi», «👍».

    Besides its own words what is small talk in a report, too, except what may be an outcome, and what skips.
    """
    if "\n" in text.strip() or re.search(r"\d", text) or is_send(text) or any(read_skips(text, 1)):
        return False
    words = _words(text)
    if words and not _TELLING.isdisjoint(words) and _AROUND.issuperset(words):
        return True
    return _RESULTS.isdisjoint(words) and is_chatter(text)


def is_only_time(text: str) -> bool:
    """One line that only says when, or how long: «jam 7.30 sampai 9»."""
    if "\n" in text.strip():
        return False
    start, _, minutes, rest = read_times(text)
    return bool(start or minutes) and not re.search(r"\w", rest)


def _words(text: str) -> list[str]:
    """The words of one line in lower case; none when there are digits or several lines."""
    if "\n" in text.strip() or re.search(r"\d", text):
        return []
    return [word.casefold() for word in _WORD.findall(text)]
