"""«Saya sakit», «cuti», «nihil»: a short text that says somebody is away or has nothing to report.

It is no activity, and no reason of health is ever kept (product rule). The whole text has to say so: every
word must belong to a greeting, to the person, to a day, or to being away. One word of work («memproses cuti
pegawai», «menjenguk siswa sakit») and it is a report.
"""

import enum
import re
from itertools import pairwise

from services.reading import absence_english
from services.reading.health import ILLNESS
from services.reading.number_words import word_set
from services.reading.phrases import DATE_WORDS, HONORIFICS

LONGEST = 24
"""Words: a longer text is a report."""


class Absence(enum.StrEnum):
    """AWAY: off duty, whatever the reason. NOTHING: on duty, with nothing to report."""

    AWAY = "away"
    NOTHING = "nothing"


_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+")
_AWAY = word_set(
    "sakit sakitt cuti libur liburan absen alpa berhalangan bercuti demam off dayoff bedrest opname"
)
_LEAVE = word_set("izin ijin izn permisi")
_NOT = word_set("tidak tdk gak ga nggak ngga enggak tak blm belum bukan")
_PRESENT = word_set("masuk bertugas bekerja kerja hadir ngantor dinas piket jaga")
_DUTY = word_set("bertugas bekerja piket jaga")
"""What one is away from, when a «tidak» stands before it; else it is work."""
_ANY = word_set("ada apa apa-apa apapun")
_NOTHING = word_set("nihil kosong nol")
_WORK = word_set(
    "kegiatan aktivitas aktifitas pekerjaan kerjaan tugas laporan agenda giat lap laporannya kegiatannya"
)
_BODY = ILLNESS | word_set(
    """
    flu batuk pilek pusing meriang diare maag mag tifus tipes typus types dbd covid covid-19 migrain
    vertigo asma gerd kepala perut gigi mata pinggang punggung kaki tangan tenggorokan lambung jantung
    darah tinggi rendah panas menggigil mual muntah muntah-muntah radang infeksi masuk angin kurang enak
    badan kecelakaan jatuh operasi rawat inap jalan dirawat dokter rs rsud puskesmas klinik periksa
    berobat kontrol istirahat hamil melahirkan persalinan keguguran surat keterangan menyusul terlampir
    """
)
_FAMILY = word_set(
    """
    anak istri isteri suami orang tua ortu keluarga mertua kakek nenek adik kakak saudara meninggal duka
    kedukaan takziah acara keperluan urusan kepentingan pribadi mendadak penting nikahan menikah
    menikahkan pernikahan wisuda haji umroh umrah alasan
    """
)
_LEAVES = word_set(
    "tahunan besar bersama melahirkan nasional semester akhir pekan tanggal merah dinas bergilir kantor"
)
_AROUND = (
    HONORIFICS
    | DATE_WORDS
    | word_set(
        """
        assalamualaikum assalamu'alaikum assalamu’alaikum alaikum wr wb warahmatullahi wabarakatuh selamat
        pagi siang sore malam mohon maaf izin ijin permisi saya sy aku kami hari ini hr skrg sekarang
        kemarin kmrn besok lusa masih lagi sedang sdg dulu ya yaa nggih inggih pak bu karena krn sebab
        sehubungan dengan dgn dan untuk utk selama sampai s d sejak jadi sehingga kondisi keadaan dalam
        baru juga cuma hanya tetap siap ok oke terima kasih terimakasih makasih trims melapor lapor
        melaporkan menyampaikan laporan di ke dari tgl ada bisa dapat tidak tdk belum mengambil ambil ikut
        mau akan harus perlu full seharian penuh satu dua tiga empat lima minggu mggu wib wita wit
        alhamdulillah hehe soalnya nya sih deh saja aja nanti rumah rumahnya jam pukul yang tadi sejak
        semalam mulai lain lainnya apapun mengajukan
        """
    )
)
OF_ABSENCE = _AWAY | _LEAVE | _NOT | _BODY | _FAMILY | _LEAVES | _AROUND
"""Words that may stand in a text about being away and say nothing of work."""
_DUTY_OFF = re.compile(
    r"\b(?:lepas|turun|abis|habis|selesai)\s(?:jaga|piket|dinas)\b(?!\s\w{4,}an)|\bhari\slibur\b|\btanggal\smerah\b"
    r"|\boff\s?day\b|\bday\s?off\b|\bl[ie]bur\b"
)


def read_absence(text: str) -> Absence | None:
    """What a whole short text says of being away; None for a report, a greeting, or anything else."""
    words = [word.casefold() for word in _WORD.findall(text)]
    if not words or len(words) > LONGEST:
        return None
    return _read_indonesian(words) or _read_english(words)


def _read_english(words: list[str]) -> Absence | None:
    if absence_english.says_nothing(words):
        return Absence.NOTHING
    return Absence.AWAY if absence_english.says_away(words) else None


def _read_indonesian(words: list[str]) -> Absence | None:
    plain = " ".join(words)
    away = _DUTY_OFF.search(plain) is not None
    if away:
        words = _WORD.findall(_DUTY_OFF.sub(" ", plain))
    away = away or not _AWAY.isdisjoint(words) or _not_present(words) or _on_leave(words)
    if away:
        return Absence.AWAY if _all_in(words, OF_ABSENCE | _PRESENT) and not _on_duty(words) else None
    nothing = not _NOTHING.isdisjoint(words) or _without_work(words)
    if nothing and _all_in(words, _NOTHING | _NOT | _ANY | _WORK | _AROUND):
        return Absence.NOTHING
    return None


def _all_in(words: list[str], allowed: frozenset[str]) -> bool:
    return all(word in allowed or word.isdigit() for word in words)


def _pairs(words: list[str]) -> list[tuple[str, str]]:
    return list(pairwise(words))


def _not_present(words: list[str]) -> bool:
    """«tidak masuk», «tdk bisa hadir»."""
    after = {"bisa", "dapat", "ikut"}
    return any(
        first in _NOT and (second in _PRESENT or (second in after and third in _PRESENT))
        for first, second, third in zip(words, words[1:], [*words[2:], ""], strict=False)
    )


def _on_duty(words: list[str]) -> bool:
    return any(word in _DUTY and _NOT.isdisjoint(words[max(0, at - 2) : at]) for at, word in enumerate(words))


def _on_leave(words: list[str]) -> bool:
    """«saya izin», «izin hari ini», «izin ada keperluan»; a bare «izin» or «mohon izin» is a courtesy."""
    if _LEAVE.isdisjoint(words):
        return False
    if not _BODY.isdisjoint(words) or not (_FAMILY - HONORIFICS).isdisjoint(words):
        return True
    mine = {"saya", "sy", "aku"}
    days = {"hari", "ini", "kemarin", "besok", "seharian", "full"}
    return any(
        (first in mine and second in _LEAVE) or (first in _LEAVE and second in days)
        for first, second in _pairs([word for word in words if word not in {"mohon", "ini"}])
    )


def _without_work(words: list[str]) -> bool:
    """«tidak ada kegiatan», «belum ada pekerjaan»; «tidak ada» alone answers other questions."""
    return any(first in _NOT and second == "ada" for first, second in _pairs(words)) and not _WORK.isdisjoint(
        words
    )
