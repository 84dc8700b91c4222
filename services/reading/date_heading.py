"""The day a report names at its head, kept apart from every date inside an activity.

A day at the head counts as a heading when it has its own line, is followed by a separator, or opens the
sentence in a way that can only say when ("kemarin rapat …", "tgl 16 menyusun …"). "Rapat persiapan 12
November" and "Laporan tanggal 12 Nov sudah dikirim" name none. In doubt nothing moves: a report filed on the
wrong day is worse than one that stays on today.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.reading.date_calendar import agreed_span
from services.reading.date_grammar import read_phrase, recurs, skip_vague
from services.reading.date_terms import Mode, Phrase, Span
from services.reading.date_tokens import Token, tokens_of
from services.reading.date_words import Kind
from services.reading.phrases import HONORIFICS

_HEAD_LINES = 12
_HEAD_CHARACTERS = 300  # of one line; a heading is short
_LONGEST_ADDRESS = 12  # words after "Yth."
_OLDEST = 62  # days: a month lock passed long ago, so without a year it is some other day that was meant


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


_REPORT_WORDS = _words(
    "laporan lap giat laporanku lapor melaporkan lkh lckh lcp lkb report laporn kegiatan keg aktivitas "
    "aktifitas kinerja "
    "harian progres progress pekerjaan tugas rencana jurnal logbook update susulan rapel daily agenda "
    "catatan "
    "rekapan realisasi"
)
_LINKING_WORDS = _words(
    "berikut adalah yang yg terlambat telat dan kerja wfo wfh wfa dl dinas luar asn pns ini pegawai hasil "
    "lupa belum menyusulkan nyusulkan nyusulin menyusul nyusul ketinggalan kelewat kelewatan tertinggal"
)
_FOR_WORDS = _words("utk untuk buat bwt untk pada pd")
_POLITE_WORDS = _words(
    "izin ijin mohon maaf pak bu bapak ibu bpk bang kak mas mbak min admin saya sy assalamualaikum "
    "asslm salam selamat slmt met pagi "
    "siang sore malam permisi halo hai hi wr wb assalamu alaikum warahmatullahi wabarakatuh "
    "waalaikumsalam semua semuanya "
    "menyampaikan kirim mengirim mengirimkan"
) | (HONORIFICS - {"kepala", "pimpinan"})
# What follows these may be their own date, not the day of work.
_NAMING_WORDS = _REPORT_WORDS | _LINKING_WORDS
_TITLE_WORDS = _NAMING_WORDS | _POLITE_WORDS
_CLOSING_WORDS = _words("ya yaa pak bu bapak ibu aja saja dong nih deh min admin kak")
_ADDRESSED = re.compile(r"\W*(?:kepada\s+)?yth\b", re.IGNORECASE)
_FIXED_NAMES = _words("bersih sehat berkah beriman taqwa takwa krida religi")  # "Jumat Bersih" is an event
_FIELD = re.compile(r"\s*[*_]*\s*([^\W\d_][^:\n]{1,30}?)\s*[*_]*\s*:\s*[*_]*\s*(\S.*?)\s*$")
_DAY_FIELDS = _words(
    "hari tanggal tgl haritanggal haritgl haridantanggal tanggallaporan tgllaporan tanggalkegiatan "
    "tglkegiatan "
    "harikerja tanggalpelaksanaan hritgl hrtgl"
)
_OTHER_FIELDS = _words(
    "nama namalengkap namapegawai nip nipppk nipnrk nrk jabatan unit unitkerja unitorganisasi instansi "
    "opd skpd "
    "satker satuankerja pangkat golongan pangkatgol pangkatgolongan pangkatgolruang gol bidang seksi bagian "
    "subbagian subbag bulan periode tahun atasan atasanlangsung sekolah madrasah kua puskesmas dinas "
    "tim status "
    "kehadiran tempattugas kecamatan kelurahan desa"
)


@dataclass(frozen=True, slots=True)
class LeadingDay:
    """The day named at the head of a report.

    `rest` is the text without it, `said` the words that named it. `day` is None when they name no single past
    day: impossible, contradicting its weekday, still to come, or several days. Then ask again.
    """

    day: date | None
    rest: str
    said: str


def leading_day(text: str, *, today: date) -> LeadingDay | None:
    """The day the text begins by naming, or None when it doesn't begin with one. Never raises."""
    fields: list[tuple[int, int, str]] = []
    position, kept_from = 0, 0
    for number, line in enumerate(text.splitlines(keepends=True)):
        start, position = position, position + len(line)
        if number >= _HEAD_LINES or (len(line) > _HEAD_CHARACTERS and fields):
            break
        head = line[:_HEAD_CHARACTERS]
        if not head.strip():
            continue
        field = _FIELD.match(head)
        key = re.sub(r"[\W_]+", "", field.group(1).lower()) if field else ""
        if field and key in _DAY_FIELDS and _whole_day(_field_value(key, field.group(2))):
            fields.append((start, position, _field_value(key, field.group(2))))
            continue
        if key in _OTHER_FIELDS:
            continue
        if fields:
            break
        found = _heading(head, today)
        if found is not None:
            day, said, stop = found
            rest = line[stop:] + text[position:]
            return LeadingDay(day, (text[kept_from:start] + rest).strip(), said)
        if not _is_title(head):
            break
        # Greetings and titles are no activity; header fields stay for whoever reads the entries.
        if not text[kept_from:start].strip():
            kept_from = position
    if not fields:
        return None
    said = ", ".join(value for _, _, value in fields)
    pieces, last = [], kept_from
    for start, stop, _ in fields:
        pieces.append(text[last:start])
        last = stop
    pieces.append(text[last:])
    phrases = [phrase for _, _, value in fields for phrase in _phrases_at(tokens_of(value), 0)[0]]
    return LeadingDay(_one_day(phrases, today), "".join(pieces).strip(), said)


def _heading(line: str, today: date) -> tuple[date | None, str, int] | None:
    """Day, words and end of the heading in one line."""
    tokens = [token for token in tokens_of(line) if token.kind is not Kind.LINE]
    i = _past_ornaments(tokens, 0)
    reports = for_said = False
    while i < len(tokens) and (tokens[i].text in _TITLE_WORDS or tokens[i].text in _FOR_WORDS):
        if _opens_day(tokens, i):
            break
        reports = reports or tokens[i].text in _NAMING_WORDS
        for_said = for_said or tokens[i].text in _FOR_WORDS
        i = _past_ornaments(tokens, i + 1)
        while i < len(tokens) and tokens[i].kind in (Kind.COMMA, Kind.DOT):
            i = _past_ornaments(tokens, i + 1)
        if reports and i < len(tokens) and tokens[i].kind in (Kind.COLON, Kind.DASH):
            i = _past_ornaments(tokens, i + 1)
            reports = tokens[i - 1].kind is not Kind.COLON
    if i >= len(tokens) or tokens[i].kind in (Kind.FROM, Kind.UNTIL) or recurs(tokens[i : i + 3]):
        return None
    phrases, stop = _phrases_at(tokens, i)
    if not phrases or skip_vague(tokens, i) is not None:
        return None
    said = line[tokens[i].start : tokens[stop - 1].end]
    if "(" not in said:
        said = said.rstrip(")")
    after = stop
    while after < len(tokens) and (
        tokens[after].text in _CLOSING_WORDS or tokens[after].kind in (Kind.CLOSE, Kind.MARK)
    ):
        after += 1
    separated = after >= len(tokens) or tokens[after].kind in (Kind.COLON, Kind.DASH, Kind.COMMA, Kind.DOT)
    bracketed = (
        not separated and i > 0 and tokens[i - 1].text in ("(", "[") and tokens[after - 1].text in (")", "]")
    )
    if not separated and not bracketed and (reports or not _says_when(tokens, i, stop, phrases, for_said)):
        return None
    if separated and after < len(tokens):
        after += 1
        if after < len(tokens) and tokens[after].text == ">":
            after += 1
    elif not separated and not bracketed:
        after = stop
    end = tokens[after].start if after < len(tokens) else len(line)
    return _one_day(phrases, today), said, end


def _says_when(tokens: Sequence[Token], i: int, stop: int, phrases: Sequence[Phrase], for_said: bool) -> bool:
    """Whether days straight before other words say when it was, and don't belong to the activity itself."""
    term = phrases[0].terms[0]
    following = tokens[stop].text if stop < len(tokens) else ""
    if following in _FIXED_NAMES:
        return False
    if for_said:
        return True
    if tokens[i].kind in (Kind.EARLIER, Kind.LATER, Kind.NOW, Kind.DAY_PART, Kind.NIGHT):
        return False  # today anyway, and "tadi siang jam 1" needs its part of the day
    if term.offset is not None:
        return True
    if term.day is not None:
        return tokens[i].kind is not Kind.DATE or term.year is not None
    if term.weekday is None:
        return term.week != 0
    return tokens[i].kind is Kind.DAY_UNIT or term.pull is not None or term.week is not None


def _phrases_at(tokens: Sequence[Token], i: int) -> tuple[list[Phrase], int]:
    """The phrases side by side from `i` on, and where they end; clock times stay with the activity."""
    phrases: list[Phrase] = []
    stop = i
    while True:
        j = stop
        while phrases and j < len(tokens) and tokens[j].kind in (Kind.COMMA, Kind.OPEN, Kind.SLASH):
            j += 1
        phrase = read_phrase(tokens, j)
        if phrase is None or phrase.until_only:
            break
        phrases.append(phrase)
        stop = phrase.stop
        if tokens[stop - 1].kind is Kind.TIME:
            break
    while phrases and stop > i and tokens[stop - 1].kind is Kind.TIME:
        stop -= 1
    return phrases, stop


def _one_day(phrases: Sequence[Phrase], today: date) -> date | None:
    span: Span | None = agreed_span(phrases, today, Mode.PAST)
    if span is None or span.first != span.last or span.first > today:
        return None
    dated = any(
        term.year is not None or term.offset is not None for phrase in phrases for term in phrase.terms
    )
    return span.first if dated or (today - span.first).days <= _OLDEST else None


def _opens_day(tokens: Sequence[Token], i: int) -> bool:
    """Whether a title word opens a day after all: "pagi ini", "malam ini"."""
    return (
        tokens[i].kind in (Kind.DAY_PART, Kind.NIGHT)
        and i + 1 < len(tokens)
        and tokens[i + 1].kind is Kind.THIS
    )


def _past_ornaments(tokens: Sequence[Token], i: int) -> int:
    while i < len(tokens) and tokens[i].kind in (Kind.MARK, Kind.OPEN, Kind.APOSTROPHE):
        i += 1
    return i


def _field_value(key: str, value: str) -> str:
    bare = re.fullmatch(r"\d{1,2}", value.strip(" *_."))
    return f"tgl {value}" if bare and key != "hari" else value


def _whole_day(value: str) -> bool:
    """Whether a header value is a day and nothing else."""
    tokens = tokens_of(value)
    phrases, stop = _phrases_at(tokens, 0)
    return bool(phrases) and all(
        token.kind in (Kind.DOT, Kind.CLOSE, Kind.MARK, Kind.COMMA) for token in tokens[stop:]
    )


def _is_title(line: str) -> bool:
    """A line of greetings or of a title, without any activity in it."""
    words = re.findall(r"[^\W\d_]+", line.lower())
    if _ADDRESSED.match(line):
        return len(words) <= _LONGEST_ADDRESS
    if all(word in _TITLE_WORDS or word in _FOR_WORDS for word in words):
        return True
    return line.isupper() and words[0] in _REPORT_WORDS and not re.search(r"\d", line)
