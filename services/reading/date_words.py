"""The words of the date grammar: what a chat spelling stands for, and how far a typo may stray.

A word is first looked up exactly. Only longer words are compared with one typing slip allowed, and never the
words listed in NEVER_A_SLIP: they are ordinary Indonesian one letter away from a day or a month.
"""

from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import OSA


class Kind(StrEnum):
    """What a token is to the grammar."""

    RELATIVE = "relative"  # value: days from today
    WEEKDAY = "weekday"  # value: 0 Monday … 6 Sunday
    MONTH = "month"  # value: 1 … 12
    NUMBER = "number"  # value: the number, in digits
    NUMBER_WORD = "number word"
    TEEN = "belas"
    TENS = "puluh"
    YEAR = "year"  # value: four digits
    DATE = "date"  # a numeric date; its parts are in the token
    DAY_MARK = "tanggal"
    DAY_UNIT = "hari"
    DAYS = "sehari"  # value: a number of days said in one word
    WEEK_OR_SUNDAY = "minggu"
    WEEK = "pekan"
    MONTH_UNIT = "bulan"
    MONTHS = "sebulan"
    YEAR_UNIT = "tahun"
    THIS = "ini"
    PAST = "lalu"
    NEXT = "depan"
    COMING = "mendatang"
    AGAIN = "lagi"
    WHICH = "yang"
    WILL = "akan"
    COME = "datang"
    NOW = "sekarang"
    EARLIER = "tadi"
    LATER = "nanti"
    DAY_PART = "pagi"
    NIGHT = "malam"
    FROM = "dari"
    UNTIL = "sampai"
    WITH = "dengan"
    TOWARDS = "ke"
    AHEAD = "kedepan"
    AND = "dan"
    OR = "atau"
    NOT = "bukan"
    EXCEPT = "kecuali"
    EVERY = "setiap"
    DURING = "selama"
    WORK = "kerja"
    HALF = "setengah"
    AROUND = "sebelum"  # sebelum, setelah, terakhir: a count of days measured from something unsaid
    VAGUE = "awal"
    LAST_EN = "last"
    NEXT_EN = "next"
    IN_EN = "in"
    DAY_EN = "day"
    AFTER_EN = "after"
    BEFORE_EN = "before"
    ORDINAL_EN = "th"
    NOT_A_DAY = "nomor"  # the number that follows is no date
    TIME = "time"
    DASH = "-"
    SLASH = "/"
    COMMA = ","
    DOT = "."
    OPEN = "("
    CLOSE = ")"
    APOSTROPHE = "'"
    COLON = ":"
    LINE = "line"
    MARK = "mark"
    WORD = "word"
    JUNK = "junk"


def _words(*lists: str) -> tuple[str, ...]:
    return tuple(word for words in lists for word in words.split())


_RELATIVE = {
    -1: "kemarin kmrn kmrin kmarin kemaren kmaren kmren kmr kemrin kemrn kmn wingi "
    "semalam smlm yesterday yday",
    1: "besok bsk bsok besuk bsuk besk beso esok esuk sesuk tomorrow tmrw tmr tomorow tommorow",
    2: "lusa lsa",
    3: "tulat",
    4: "tubin",
    -2: "selumbari kemarinlusa kemarindulu",
}
_WEEKDAYS = {
    0: "senin senen snin snn sen sn senn snen seniin monday",
    1: "selasa slasa selsa slsa sel sls sla seloso salasa tuesday tue tues",
    2: "rabu rebo rabo rbu rab reb rabuu wednesday wed",
    3: "kamis kemis kmis kms kam kmes khamis thursday thu thurs",
    4: "jumat jum'at jumaat jum'aat jmt jum jumt jmat jemuah jumah jum'ah friday fri",
    5: "sabtu sbtu sbt sab setu saptu sabt saturday",
    6: "ahad ahd akad sunday",
}
_MONTHS = {
    1: "januari january jan jnr januri",
    2: "februari pebruari feb peb febr february pebr febuari pebuari",
    3: "maret mar mrt march",
    4: "april apr aprl",
    5: "mei may",
    6: "juni jun june",
    7: "juli jul july",
    8: "agustus agu ags agt agst agus agts august aug agsts",
    9: "september sep sept spt septmber",
    10: "oktober okt october oct oktbr",
    11: "november nopember nov nop novmber nopmber novbr",
    12: "desember des dsmbr december dec desmber dsember desmbr",
}
_NUMBERS = {
    1: "satu one a",
    2: "dua two",
    3: "tiga tga three",
    4: "empat four",
    5: "lima five",
    6: "enam six",
    7: "tujuh tjh seven",
    8: "delapan dlpn eight",
    9: "sembilan nine",
    10: "sepuluh ten",
    11: "sebelas",
}
_OTHERS = {
    Kind.TEEN: "belas",
    Kind.TENS: "puluh",
    Kind.DAY_MARK: "tanggal tgl tggl tgal tanggl tangal tg tggal tgll",
    Kind.DAY_UNIT: "hari hr hri hry hariii days harian",
    Kind.WEEK_OR_SUNDAY: "minggu mgg mggu mingg mingu minggy mnggu mngg mgu min",
    Kind.WEEK: "pekan pkn week weeks",
    Kind.MONTH_UNIT: "bulan bln bulanan month months",
    Kind.YEAR_UNIT: "tahun thn th year",
    Kind.THIS: "ini ni this",
    Kind.PAST: "lalu llu lalo yll yl silam ago",
    Kind.NEXT: "depan dpn dpan depn depannya",
    Kind.COMING: "mendatang mndtg yad",
    Kind.AGAIN: "lagi lg lgi",
    Kind.WHICH: "yang yg",
    Kind.WILL: "akan",
    Kind.COME: "datang dtg dtng",
    Kind.NOW: "sekarang skrg skrang skr today",
    Kind.EARLIER: "tadi td tdi",
    Kind.LATER: "nanti nnti ntar nti",
    Kind.DAY_PART: "pagi siang sore pg subuh petang morning afternoon evening",
    Kind.NIGHT: "malam mlm malem night",
    Kind.FROM: "dari dr mulai mulei mulay ml sejak sjk semenjak terhitung per from start starting since",
    Kind.UNTIL: "sampai sampe ampe smp smpai sampek smpe sampi spi hingga hgg hngga sd until till til to",
    Kind.WITH: "dengan dgn dg",
    Kind.TOWARDS: "ke",
    Kind.AHEAD: "kedepan kdpn",
    Kind.AND: "dan dn serta sama sm n and",
    Kind.OR: "atau ato atw or",
    Kind.NOT: "bukan bkn batal btl not",
    Kind.EXCEPT: "kecuali selain except",
    Kind.EVERY: "setiap tiap stiap saban every sekali masing",
    Kind.DURING: "selama slma slama for durasi",
    Kind.WORK: "kerja krj krja efektif",
    Kind.HALF: "setengah stengah stgh separuh",
    Kind.AROUND: "sebelum sblm setelah stlh sesudah ssdh terakhir belakangan "
    "kemudian sebelumnya setelahnya berikutnya",
    Kind.VAGUE: "awal akhir tengah pertengahan penghujung ujung",
    Kind.LAST_EN: "last",
    Kind.NEXT_EN: "next",
    Kind.IN_EN: "in",
    Kind.DAY_EN: "day",
    Kind.AFTER_EN: "after",
    Kind.BEFORE_EN: "before",
    Kind.ORDINAL_EN: "st nd rd",
    Kind.NOT_A_DAY: "no nomor nmr nomer rp nip hp telp wa nik kelas kls pasal ayat bab usia umur",
}
_DAYS = {1: "sehari", 7: "seminggu smggu smgg sepekan"}

NEVER_A_SLIP = _words(
    "selama selalu satu  sabut kamus karet macet maret kemari kamar lamin jumlah minggir mingguan "
    "harian bulanan "
    "salam melati bukan bulat bulu sampah sampan sampul dagang setahun terhitung sehati seharian hingga "
    "tinggal tunggal anggal sebelah lembar member oktaf agus peluh tuju empati senyum menit semen "
    "depak datar juli juni jumantik rawat rapat pekat besar besi lusin sekarat senang senior "
    "kamil kapan kapten pakan pejan tangga tanggul tahan kemarau kemarahan sembilu selesai selasar sesak "
    "ajeg tentang malas makam papan dapat sepadan sepakat sepekat esai adakan"
)


def _vocabulary() -> dict[str, tuple[Kind, int]]:
    words: dict[str, tuple[Kind, int]] = {}
    for kind, table in (
        (Kind.RELATIVE, _RELATIVE),
        (Kind.WEEKDAY, _WEEKDAYS),
        (Kind.MONTH, _MONTHS),
        (Kind.NUMBER_WORD, _NUMBERS),
        (Kind.DAYS, _DAYS),
    ):
        for value, spellings in table.items():
            words.update(dict.fromkeys(spellings.split(), (kind, value)))
    for kind, spellings in _OTHERS.items():
        words.update(dict.fromkeys(spellings.split(), (kind, 0)))
    words["sebulan"] = (Kind.MONTHS, 1)
    return words


VOCABULARY = _vocabulary()

# Full words that people mistype by one letter; short ones and abbreviations are only taken as listed above.
_SLIPS = _words(
    "kemarin kemaren besok senin selasa kamis jumat sabtu minggu januari februari pebruari maret april "
    "agustus "
    "september oktober november nopember desember tanggal sampai hingga depan seminggu sepekan"
)
_MONTH_NAMES = _words(
    "januari februari pebruari maret april agustus september oktober november nopember desember"
)
_MOST_LETTERS = 20
_LONGEST = max(map(len, _SLIPS)) + 1


def look_up(word: str) -> tuple[Kind, int]:
    """Kind and value of a lower-case word; `Kind.WORD` when it means nothing here."""
    return _look_up(word) if len(word) <= _MOST_LETTERS else (Kind.WORD, 0)


@lru_cache(maxsize=2048)
def _look_up(word: str) -> tuple[Kind, int]:
    plain = word.translate(_APOSTROPHES)
    found = VOCABULARY.get(plain)
    if found is None and plain.endswith("nya"):
        base = VOCABULARY.get(plain[:-3])
        found = base if base and base[0] in (Kind.WEEKDAY, Kind.DAY_MARK) else None
    found = found or _shortened_month(plain)
    if found is None and len(squeezed := _squeeze(plain)) > 3:
        found = VOCABULARY.get(squeezed)
    if found is None and 5 <= len(plain) <= _LONGEST and plain not in NEVER_A_SLIP:
        for target in _SLIPS:
            # Five letters leave too many neighbours: there only a missing, doubled or swapped letter counts.
            if OSA.distance(plain, target, score_cutoff=1) > 1:
                continue
            if len(target) == len(plain) <= 5 and sorted(plain) != sorted(target):
                continue
            if len(target) <= 5 and plain[0] != target[0]:
                continue
            found = VOCABULARY[target]
            break
    return found or (Kind.WORD, 0)


def _shortened_month(word: str) -> tuple[Kind, int] | None:
    """A month cut off after four letters or more, or typed without its vowels: agust, septmbr."""
    if len(word) < 4 or word in NEVER_A_SLIP:
        return None
    bones = _bones(word)
    for name in _MONTH_NAMES:
        if name.startswith(word) or (len(bones) >= 4 and name[0] == word[0] and bones == _bones(name)):
            return VOCABULARY[name]
    return None


def _bones(word: str) -> str:
    return "".join(letter for letter in word if letter not in "aeiou")


def _squeeze(word: str) -> str:
    """The word with drawn-out letters shortened: besokk, kemariiin."""
    kept = [letter for i, letter in enumerate(word) if i == 0 or letter != word[i - 1]]
    return "".join(kept)


_APOSTROPHES = str.maketrans(dict.fromkeys("’‘`ʼ´", "'"))
