"""Short typed words that are no work and no outcome: «kirim», «udah itu aja bu», «jam 7.30 sampai 9»."""

import re

from services.reading.number_words import word_set
from services.reading.times import read_times

_WORD = re.compile(r"[^\W\d_]+")
_SEND = word_set("kirim kirimkan kirimin kirimlah submit send")
_AROUND_SEND = _SEND | word_set(
    "tolong mohon langsung sekarang saja aja ya yaa dong deh bu pak bapak ibu laporan laporannya lap semua "
    "semuanya hari ini ok oke sudah udah please dikirim it the report now"
)
_TELLING = word_set(
    "itu gitu begitu segitu cukup sekian dulu ok oke okee okay siap sip iya ya yaa nggih inggih makasih "
    "terimakasih terima nanti bentar sebentar tunggu mantap thanks"
)
"""Words of which at least one is in what is merely said to whoever listens."""
_AROUND = _TELLING | word_set(
    "udah sudah sdh dah aja saja kasih bu pak bapak ibu mas mbak kak min admin dong deh sih kok lah ini ya "
    "hehe banyak sama hari untuk dari saya"
)


def is_send(text: str) -> bool:
    """«Kirim», «tolong kirim ya bu»: what the button says, typed."""
    words = _words(text)
    return bool(words) and not _SEND.isdisjoint(words) and _AROUND_SEND.issuperset(words)


def is_aside(text: str) -> bool:
    """One short line that says nothing about work: «udah itu aja bu», «ok», «sebentar ya»."""
    words = _words(text)
    return bool(words) and not _TELLING.isdisjoint(words) and _AROUND.issuperset(words)


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
