"""What somebody's health looks like in words: no reason of health is ever kept (product rule).

One list for all who ask: a day away (absence), a typed reason (`is_reason_of_health`), a result that might be
told to others (`tells_of_health`). A hospital is a place of work, and an «operasi pasar» heals nobody.
"""

import re

from services.reading.number_words import word_set

ILLNESS = word_set(
    """
    sakit sakitt penyakit kesakitan demam flu batuk pilek pusing meriang menggigil diare mencret maag mag gerd
    lambung tifus tipes tipus typus thypus types thypoid tifoid dbd covid corona korona migrain migren vertigo
    asma mual muntah muntah-muntah radang infeksi nyeri encok rematik keseleo terkilir pingsan mimisan opname
    bedrest dirawat berobat kemoterapi kemo hemodialisa fisioterapi isoman stroke kanker tumor kista
    miom hernia wasir ambeien katarak diabetes hipertensi kolesterol bronkitis pneumonia tbc hepatitis cacar
    campak herpes alergi ginjal keracunan depresi psikiater hamil kehamilan melahirkan persalinan bersalin
    keguguran caesar sesar sick ill illness fever headache migraine surgery pregnant miscarriage hospitalised
    hospitalized
    """
)
"""Words that say it alone. Whoever stands in front of them may do so for their work (`_WORK`)."""
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PLACE = re.compile(r"\b(?:rumah|rmh)\s+sakit\b")
_WHERE = r"(?:dokter|dr|rs|rsud|rsup|puskesmas|klinik|igd|ugd|hospital|doctor|clinic)"
_PHRASE = re.compile(
    r"\b(?:asam\s+(?:lambung|urat)|darah\s+(?:tinggi|rendah)|(?:tekanan|gula|cuci)\s+darah"
    r"|tensi\s+(?:saya\s+)?(?:naik|tinggi|turun|drop|rendah)|masuk\s+angin|usus\s+buntu|serangan\s+jantung"
    r"|jantung\s+(?:kambuh|bengkak)|patah\s+(?:tulang|kaki|tangan)|cabut\s+gigi|rawat\s+(?:inap|jalan)"
    r"|isolasi\s+mandiri|(?:kurang|tidak|tdk|nggak|gak|ga|ndak)\s+(?:enak\s+badan|sehat|fit)"
    r"|kondisi\s+(?:badan|kesehatan)|masalah\s+kesehatan|alasan\s+kesehatan|health\s+reasons?"
    r"|(?:kontrol|periksa|cek|check|konsul|konsultasi|terapi|antar|mengantar|masuk|temui|menemui|see|seeing)"
    rf"\s+(?:\w+\s+){{0,2}}{_WHERE}"
    rf"|(?:surat|keterangan|ke|to\s+(?:the|a))\s+(?:dokter|doctor|igd|ugd)"
    r"|kontrol\s+(?:rutin\s+)?(?:kandungan|kesehatan|gigi|mata|jantung|pasca)"
    r"|dioperasi|operasi(?!\s+(?:pasar|yustisi|gabungan|lapangan|penertiban|ketupat|lilin|zebra|patuh|rutin"
    r"|semut|sampah|keamanan|kebersihan|sistem|sekolah|alat|kendaraan|mesin|bersama|hitung|bilangan|katarak\s+gratis)"
    r"\b))\b"
)
_OPERATIONS = re.compile(
    r"\b(?:sistem|biaya|jam|izin|ijin|dana|wilayah|area|prosedur|peserta|hasil|kegiatan|ruang|tim)\s+operasi\b"
)
_WORK = re.compile(
    r"\b(?:penyuluhan|sosialisasi|pasien|penanganan|pencegahan|pemberantasan|vaksin\w*|imunisasi|fogging|kasus"
    r"|posyandu|posbindu|pelayanan|layanan|skrining|screening|penderita|kader|ibu\s+hamil|bumil|kelas|rujukan"
    r"|patients?|vaccin\w+)\b"
)


def tells_of_health(text: str) -> bool:
    """Whether anything in a text speaks of somebody's illness, pregnancy or treatment."""
    plain = _OPERATIONS.sub(" ", " ".join(text.casefold().split()))
    words = _WORD.findall(_PLACE.sub("rs", plain))
    return _names_illness(words) or _PHRASE.search(" ".join(words)) is not None


def is_reason_of_health(text: str) -> bool:
    """Whether a reason is one of health, not one of the work of those who work for others' health."""
    return tells_of_health(text) and not _WORK.search(text.casefold())


def _names_illness(words: list[str]) -> bool:
    return any(word in ILLNESS or word.removesuffix("nya") in ILLNESS for word in words)
