"""What people write around their activities: greetings, headings, who and when, thanks, chatter.

Everything dropped from a report is one of these kinds; whatever else is typed ends in an entry.
"""

from __future__ import annotations

import re

from services.reading.number_words import word_set

_WORD = re.compile(r"[^\W_]+(?:['’`][^\W_]+)*")

_MONTHS = (
    "januari februari pebruari maret april mei juni juli agustus september oktober november nopember "
    "desember jan feb peb mar apr jun jul agu agt ags sep sept okt nov nop des"
)
_DAYS = "senin selasa rabu kamis jumat jum'at jum’at jumaat sabtu minggu ahad"
DATE_WORDS = word_set(f"{_MONTHS} {_DAYS} hari tanggal tgl bulan tahun kemarin kmrn kemaren ini tadi lalu")
_DATE_CORE = word_set(f"{_MONTHS} {_DAYS} tanggal tgl kemarin kmrn kemaren")

HONORIFICS = word_set(
    """
    pak bu bapak ibu bpk pa bund bunda mas mbak mba kak kakak bang abang om bos boss ndan komandan min
    admin dan kabid kasi kadis kabag kasubag kasubbag kepala pimpinan kakan kaur sekdin sekcam camat lurah
    kapus kanit semua semuanya rekan rekan2 teman sekalian hormat yth kepada ust ustadz ustadzah abah gus
    """
)
_GREETING = word_set(
    """
    assalamualaikum assalamu'alaikum assalamu’alaikum assalamu assalammualaikum asalamualaikum ass aslm
    askum alaikum 'alaikum warahmatullahi wabarakatuh warahmatullah wr wb w.w selamat met slmt pagi siang
    sore malam petang salam sejahtera sehat halo hallo hai hi hello permisi bismillah shalom om swastiastu
    swastyastu namo buddhaya kebajikan rahayu mohon izin ijin maaf punten nuwun sewu sugeng enjing dalu
    sonten siap ok oke okay baik nggih morning good afternoon dear tabik tabe wr.wb kita untuk perkenankan
    saya
    """
)
_REPORTING = word_set(
    """
    melaporkan melapor lapor laporkan menyampaikan sampaikan laporan lap melaporkn laporin kirim mengirim
    """
)
_REPORT_NOUNS = word_set(
    """
    laporan lap lapor kegiatan kegiatannya aktivitas aktifitas kinerja lkh lckh lckb lkp progres progress
    agenda pekerjaan tugas giat uraian rincian daftar berikut log logbook jurnal lhk laphar
    """
)
_REPORT_REST = word_set(
    """
    harian kerja hari ini pagi siang sore malam saya kami aku kita yang yg telah sudah tlh sdh dikerjakan
    dilaksanakan dilakukan laksanakan lakukan kerjakan adalah sebagai sbb dari untuk tentang antara lain
    al pokok tambahan utama lainnya rutin wfh wfo wfa dl dinas luar kantor di tadi asn pns pppk bkn e
    ekinerja nya ke sesi pegawai minggu mingguan bulanan bulan individu pribadi dan hasil output nama
    kegiatan berikutnya dgn dengan pada rabu hari2 atas
    """
)
SECTIONS = word_set("wfh wfo wfa pagi siang sore malam petang subuh kemarin kmrn kemaren")
_CHATTER = (
    word_set(
        """
    ok oke okay okey okee okeh sip siip siap siapp siyap siaap makasih mksh makasi terima kasih
    terimakasih trims trimakasih tks thanks thank you thx tq ty suwun nuwun matur hatur baik baiklah noted
    nggih inggih njih injih ya yaa iya iyaa y yes yup yoi sudah udah sdh dah belum blm tidak tdk nggak gak
    ga ngga enggak bukan wkwk wkwkwk hehe hehehe haha hahaha hihi mantap mantab keren bagus lanjut
    lanjutkan laksanakan laksanaken monggo silakan silahkan sama2 sama kembali p tes test coba cek halo
    hallo hai hi hello amin aamiin amiin insyaallah insya allah alhamdulillah masya masyaallah mohon maaf
    maap sori sorry izin ijin kabar apa gimana bagaimana nanti dulu sebentar bentar ntar besok lagi deh
    dong nih sih kok kan lho loh aja saja doang ah eh oh o oooh wah waduh aduh hmm hm batal lewati kirim
    menu bantuan help start stop bot banyak banget sekali atas bantuannya infonya arahannya perhatiannya
    perhatian dan untuk informasinya info semangat sehat selalu semoga segera dimengerti mengerti paham
    hadir present 86 ack copy roger rebes beres jos josss gas gass mangga muhun leres enggih rahajeng
        """
    )
    | HONORIFICS
    | _GREETING
)
_QUESTION = re.compile(
    r"(?:apa|apakah|kapan|bagaimana|gimana|kenapa|mengapa|siapa|dimana|di mana|bisa|boleh|kok|berapa|cara"
    r"|emang|gmn|knp|apkh)\b",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:demikian(?:lah)?|(?:kepada\s)?yth|dengan\shormat|di\stempat$|terima\s?kasih|terimakasih|trimakasih|makasih|mksh|makasi|trims|tks|thx|thanks|matur\s(?:nuwun|suwun)|suwun"
    r"|sekian|wassalam\w*|wa'?alaikum\w*|hormat\s(?:saya|kami)|(?:dokumentasi|foto|bukti)\sterlampir|terlampir"
    r"|(?:ttd|tertanda|mengetahui)[.,:\s]*$)(?!\w)",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"mohon\s(?:arahan|petunjuk|koreksi|maaf|bimbingan|tindak\slanjut|dicek|diperiksa|persetujuan|masukan)(?:nya)?\b",
    re.IGNORECASE,
)
_CLOSING_TAIL = re.compile(
    r"(?:[.,;!]|\s[-–])\s*(?:(?:demikian|sekian)\b[^.\n]{0,60}|(?:terima\s?kasih|terimakasih|makasih|mksh|makasi|trims|tks|thx|suwun|"
    r"matur\s(?:nuwun|suwun)|mohon\sarahan(?:nya)?)\b[^.\n]{0,25})[\s.!🙏]*$",
    re.IGNORECASE,
)
_IDENTITY_LABEL = (
    r"nama(?:\s(?:lengkap|pegawai|asn|guru))?|nip(?:pk)?|nik|ni\s?pppk|nuptk|jabatan|pangkat|gol(?:ongan)?|tanggal|tgl"
    r"|hari|bulan|tahun|periode|unit(?:\s(?:kerja|organisasi))?|instansi|opd|skpd|satker|satuan\skerja|tempat\stugas"
    r"|bidang|seksi|bagian|sub\s?bag(?:ian)?|atasan(?:\slangsung)?|pejabat\spenilai|unor|sekolah|puskesmas|asal|dinas"
    r"|kantor|petugas|pelapor|(?:jam|absen(?:si)?|waktu)\s(?:masuk|datang|pulang|kerja)|status(?:\skehadiran)?|kehadiran|presensi|lokasi|lokasi\skerja|tempat|mode\skerja|cuaca|shift|regu"
)
_IDENTITY = re.compile(
    rf"(?:{_IDENTITY_LABEL})(?:\s?[/,&]\s?(?:{_IDENTITY_LABEL}))*\.?\s*[:=]|(?:nip|nuptk)\.?\s*\d",
    re.IGNORECASE,
)
_PLACE_LABEL = re.compile(
    r"(?:bidang|seksi|bagian|sub\s?bag|sekolah|puskesmas|asal|dinas|kantor|lokasi|tempat|cuaca|shift|regu|status"
    r"|kehadiran|presensi|instansi|hari|bulan|mode|periode|petugas)\b",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"(?:lap(?:oran)?|lkh|lckh|lckb|rekap|resume|catatan|jurnal)\b.*\b(?:harian|hari\sini|kinerja|kegiatan|kerja)\b",
    re.IGNORECASE,
)
_INTRO = re.compile(
    r"(?:berikut|izin|ijin|mohon\sizin|mohon\sijin|bersama\sini|hari\sini\ssaya|adapun|dengan\shormat|yth|kepada\syth"
    r"|(?:kegiatan|aktivitas|pekerjaan|tugas)\s(?:saya|kami|hari|yang))\b",
    re.IGNORECASE,
)
_ORNAMENT = re.compile(r"^[^\w(]+")
_NUMBERISH = re.compile(r"\d{1,4}")


_LATER = word_set("nanti ntar besok bentar sebentar tunggu menyusul nyusul susul later wait")
_PUT_OFF = (
    _LATER
    | HONORIFICS
    | word_set(
        """
    saya sy aku ya yaa dulu lagi aja saja isi diisi isikan ketik tulis kirim dikirim lengkapi lanjut lanjutkan
    lapor laporan laporannya hasil hasilnya isinya masih belum blm sempat sibuk kalau kalo sudah udah di rumah
    sampai pulang istirahat pagi siang sore malam maaf mohon izin oke ok baik i i'll ill will do it fill in
    this send write tonight sorry please
        """
    )
)
_SLIP = re.compile(
    r"\b(?:salah|kesalahan|keliru|kepencet|ke\spencet|tidak\ssengaja|gak\ssengaja|ga\ssengaja|wrong|mistake)\b"
)
_SLIPPED = HONORIFICS | word_set(
    """
    salah kesalahan keliru kepencet ke pencet tekan pencet klik ketik kirim tombol tidak gak ga sengaja
    maaf mohon sori sorry tadi itu ya saya sy aku aduh eh waduh wrong my mistake button a by pressed i the
    was it
    """
)


def puts_off(text: str) -> bool:
    """«nanti saya isi»: a short text that says later, and nothing else."""
    words = words_of(text)
    return not _LATER.isdisjoint(words) and _PUT_OFF.issuperset(words)


def is_slip(text: str) -> bool:
    """«maaf salah tekan»."""
    words = words_of(text)
    return _SLIP.search(" ".join(words)) is not None and _SLIPPED.issuperset(words)


def words_of(text: str) -> list[str]:
    """The words of a line in lower case."""
    return [word.lower() for word in _WORD.findall(text)]


def is_chatter(text: str) -> bool:
    """Whether a line says nothing about work: "ok", an emoji, a bare number, a question."""
    words = words_of(text)
    if all(word.isdigit() for word in words):
        return True
    if text.rstrip().endswith("?") and _QUESTION.match(text.strip()):
        return True
    return all(word in _CHATTER or _is_stretched(word) for word in words) or puts_off(text) or is_slip(text)


def is_date(text: str) -> bool:
    """Whether a line only names a day."""
    words = words_of(text)
    return (
        bool(words)
        and all(word in DATE_WORDS or _NUMBERISH.fullmatch(word) for word in words)
        and (
            any(word in _DATE_CORE for word in words)
            or bool(re.fullmatch(r"\d+[/-]\d+[/-]\d+", text.strip()))
        )
    )


def is_heading(text: str) -> bool:
    """Whether a line only announces the activities below it ("Laporan hari ini:", "Pagi:", "LKH 18 Nov")."""
    words = words_of(text)
    if not words:
        return False
    if all(word in SECTIONS or word in {"hari", "ini"} for word in words) and len(words) <= 3:
        return True
    if words[0] not in _REPORT_NOUNS:
        return False
    return all(_announces(word) for word in words)


def is_title(text: str) -> bool:
    """Whether a first line is the title of a report, office and name included."""
    return bool(_TITLE.match(text.strip()))


def is_intro(text: str) -> bool:
    """Whether a line before a list only leads over to it."""
    return bool(_INTRO.match(text.strip()))


def is_identity(text: str, *, alone: bool) -> bool:
    """Whether a line says who, where or which day ("Nama: …"); a place needs a report below it to be one."""
    text = text.strip()
    return bool(_IDENTITY.match(text)) and not (alone and _PLACE_LABEL.match(text))


def is_closing(text: str, *, reported: bool) -> bool:
    """Whether a line ends the report; a request ("mohon arahan") does so only after activities."""
    text = _ORNAMENT.sub("", text)
    return bool(_CLOSING.match(text) or (reported and _REQUEST.match(text)))


def strip_closing(text: str) -> str:
    """A line without the thanks at its end."""
    return _CLOSING_TAIL.sub("", text)


def strip_opening(text: str) -> str:
    """A line without its greeting and heading; empty when it holds nothing else.

    The opening ends at a punctuation mark or after a word such as "melaporkan"; without either the words
    belong to the activity ("Izin keramaian", "Laporan SPJ diverifikasi").
    """
    greeted = announced = False
    for match in _WORD.finditer(text):
        word = match.group().lower()
        if word in _REPORTING and greeted:
            announced = True
        elif word in _GREETING or (word in HONORIFICS and greeted):
            greeted = True
        elif not (_announces(word) and (match.start() or word in _REPORT_NOUNS or word in DATE_WORDS)):
            return _after_opening(text, match.start(), greeted=greeted)
    return "" if greeted or announced or is_heading(text) else text


def _after_opening(text: str, start: int, *, greeted: bool) -> str:
    """The text after the last border before `start`, where the first word that opens nothing stands."""
    before = text[:start].rstrip(" \t*_")
    if before.endswith(":"):
        return text[start:]
    if not greeted:
        return text
    reporting = [match.end() for match in _WORD.finditer(before) if match.group().lower() in _REPORTING]
    border = max([*(before.rfind(mark) + 1 for mark in ",.!;:"), *reporting])
    return text[border:].lstrip(" \t,.:;!-") if border else text


def _announces(word: str) -> bool:
    return (
        word in _REPORT_NOUNS
        or word in _REPORT_REST
        or word in DATE_WORDS
        or bool(_NUMBERISH.fullmatch(word))
    )


def _is_stretched(word: str) -> bool:
    """ "siaaap", "okeee", "makasihhh": a chatter word with a letter held."""
    return re.sub(r"(\w)\1+", r"\1", word) in _CHATTER
