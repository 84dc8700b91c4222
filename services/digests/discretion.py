"""What of a person's own words may stand before a whole group. Rather silence than a word too many.

Never told is a result that holds, itself or in its activity, a word of

- health: ill, fever, nursed, operated, pregnant, giving birth. Of the public's health too: whom it is about
  cannot be read out of a sentence;
- leave and absence: on leave, permit, absent, late, replaced by somebody. A permit the office issues
  («izin usaha») is none;
- death and mourning; conduct: punishment, reprimand, offence, dismissal, divorce, violence, debt;
- a citizen's number, a NIP, or any number that long;

or that itself names

- anybody of the office but its author: a word of three letters or more of the name of somebody else, titles
  and degrees aside, also when the author bears that name as well;
- somebody by title and name: «Ibu Siti», «Pak Joko», «Sdr. Rudi», «a.n. Tono», «H. Ahmad». Groups are nobody:
  «ibu rumah tangga», «bapak dan ibu guru».
"""

import re
from collections.abc import Iterable, Mapping

from services.reading.health import tells_of_health
from services.reading.sensitive import find_sensitive

_LONG_NUMBER = re.compile(r"\d(?:[ .-]?\d){11,}")
"""A NIP, or anything else that long."""
_OFFICE_PERMITS = (
    r"usaha|mendirikan|operasional|edar|prakti[kc]\w*|tinggal|lokasi|lingkungan|gangguan|prinsip|reklame|trayek"
    r"|bangunan|penelitian|pendirian"
)
_PRIVATE = re.compile(
    r"\b(?:"
    r"rawat|dirawat|rumah sakit|rs|rsud|igd|ugd|kecelakaan|cedera|mengandung|lahiran|haid|disabilitas"
    r"|cuti|(?:izin|ijin)(?!\s+(?:" + _OFFICE_PERMITS + r"))\w*|absen|bolos|membolos|mangkir|alpa|berhalangan"
    r"|tidak (?:masuk|hadir|bertugas)|(?:di|meng)gantikan|(?:ke)?terlambat\w*|telat|kesiangan"
    r"|meninggal|wafat|tewas|almarhum(?:ah)?|alm|kematian|(?:ber)?duka(?:cita)?|belasungkawa|ta'?ziah|takziyah"
    r"|melayat|jenazah|pemakaman"
    r"|hukuman|dihukum|sanksi|teguran|ditegur|indisipliner|surat peringatan|sp ?[123]|pelanggaran|melanggar"
    r"|dipecat|pemecatan|diberhentikan|skorsing|selingkuh\w*|perselingkuhan|(?:ber|per)?cerai\w*|kekerasan"
    r"|pelecehan|perundungan|narkoba|mabuk|ditangkap|(?:h)?utang"
    r"|maternity|on leave|absent|late"
    r"|died|dead|death|passed away|funeral|punish\w*|dismissed|divorce\w*|replaced"
    r")(?:nya|ku|mu)?\b",
    re.IGNORECASE,
)
_GROUPS = (
    r"hamil|menyusui|nifas|balita|rumah|dan|atau|guru|wali|pkk|peserta|kader|muda|kota|yang|di|dari|dengan|pengajian"
    r"|majelis|dharma|bapak|ibu|para|jamaah|jemaah"
)
_NAMED = re.compile(
    r"\b(?:ibu|bapak)\s+(?!(?:" + _GROUPS + r")\b)[^\W\d]"
    r"|\b(?:bu|pak|bpk|sdr|sdri|saudara|saudari|ananda|mbak|mas|atas nama|ustadz?|ustadzah"
    r"|kiai|kyai|gus|nyonya|tuan)"
    r"\b\.?\s+[^\W\d]"
    r"|\b(?:ny|tn|hj?|kh|dra?s?|drg|prof|ir|mrs?|ms)\.\s*[^\W\d]"
    r"|\ba\.\s?n\.?\s*[^\W\d]|\ban\.\s*[^\W\d]"
    r"|\bmrs?\s+[^\W\d]",
    re.IGNORECASE,
)
_AN = re.compile(r"\ban\s+[A-Z]")
_WORD = re.compile(r"[^\W\d_]{3,}")
_TITLES = frozenset(
    {"drs", "dra", "drg", "prof", "apt", "ners", "haji", "hajah", "spd", "mpd", "ust", "ustadz"}
)
_APOSTROPHES = str.maketrans("", "", "'’‘`´")

Owners = Mapping[str, frozenset[int]]
"""A word of a name, folded → the people who bear it."""


def owners_of(names: Iterable[tuple[int, str]]) -> Owners:
    """Who bears which word of the names of an office, given as (person id, name)."""
    found: dict[str, set[int]] = {}
    for person_id, name in names:
        for word in _words(name.partition(",")[0]) - _TITLES:
            found.setdefault(word, set()).add(person_id)
    return {word: frozenset(ids) for word, ids in found.items()}


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.translate(_APOSTROPHES).casefold()))


def is_discreet(activity: str, outcome: str, *, author: int, owners: Owners) -> bool:
    """Whether a result may stand before a group of its author's colleagues, and whoever else is in it."""
    words = f"{activity}\n{outcome}"
    if has_numbers(words) or tells_of_health(words) or _PRIVATE.search(words):
        return False
    if _NAMED.search(outcome) or _AN.search(outcome):
        return False
    return not any(owners[word] - {author} for word in _words(outcome) if word in owners)


def has_numbers(words: str) -> bool:
    """Whether a citizen's number or a NIP may stand in a text."""
    return bool(find_sensitive(words) or _LONG_NUMBER.search(words))
