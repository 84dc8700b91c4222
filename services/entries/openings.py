"""Whether one line, typed while an outcome is asked for, opens with work of its own or says what came of it.

Read from how Indonesian opens: work with an active verb (*memperbaiki …*, *ngecek …*) or the name of an
activity (*rapat …*, *piket …*); an outcome with whom or what it is about (*siswa …*, *12 berkas …*), a
passive (*ter-*, *di-*), or a verb of effect (*memudahkan*, *mengurangi*). In doubt it is an outcome.
"""

import re
from collections.abc import Sequence

from services.linking.lexicon import LEXICON, features_of_word
from services.linking.words import ROOTS, stem
from services.reading.number_words import word_set

COVERED = 0.75
"""Share of words from which one line is the other said once more."""
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|\d+")
_ACTIVE = re.compile(r"(?:me\w{4,}|nge\w{3,}|ng[aiou]\w{2,}|ny[aiou]\w{3,}|mbant\w+)")
_NAMED = re.compile(r"pe(?:m|n|ng|ny|r|l)\w{3,}an|\w{4,}(?:asi|isir)")
_SPOKEN = re.compile(r"n[aeiou]\w{3,}|mb\w{3,}|(?!ke|pe|di|ter)\w{3,}(?:in|kan)")
"""*nerima*, *nambal*, *mbenerin*, *rapihin*, *siapkan*: verbs of speech and of orders."""
_RESULT = re.compile(
    r"ter(?!kait|hadap|masuk|sebut|utama|ima)\w{4,}|di(?!ag|nas|klat|skusi|gital|sposisi|rektur)\w{4,}"
)


_LEADING = word_set(
    "saya sy aku kami kita lalu kemudian terus trus juga dan lanjut selanjutnya setelah itu tadi pagi siang "
    "sore jam pukul hari ini sekalian sambil"
)
_EFFECTS = word_set(
    """
    memudahkan mempermudah mempercepat memperlancar melancarkan memperkuat mempererat memperjelas
    memperluas memperkecil mengurangi menurunkan menurun menghasilkan menghemat meningkat meningkatkan
    memahami mengerti mengetahui menguasai memiliki mempunyai mendapat mendapatkan memperoleh mencapai
    meraih memenuhi mematuhi melebihi menjadi menjadikan membaik memburuk meluas merata menambah mencegah
    menghindari menghindarkan mengatasi menjamin mewujudkan menumbuhkan mendukung mendorong mengoptimalkan
    meminimalkan meminimalisir menghilangkan menyelesaikan menuntaskan menunggu menyepakati menyetujui
    merasa merasakan mampu mau mengalami menunjukkan menciptakan memuaskan menyenangkan menghidupkan
    menguntungkan memungkinkan memotivasi meringankan menenangkan mengembangkan menyadari mengenal
    memberdayakan menanamkan menyehatkan mengefektifkan mengefisienkan menyempurnakan memantapkan
    mengembalikannya membuatnya
    """
)
"""Active verbs that say what changed."""
_NO_VERBS = word_set(
    "mereka melalui menurut meskipun memang menjelang mengenai melainkan menteri merdeka medsos"
)
_PRODUCTS = word_set(
    """
    notulen notula nilai progres progress kesepakatan disposisi tayang aplikasi informasi administrasi
    organisasi dokumentasi lokasi situasi prestasi motivasi apresiasi generasi relasi rekomendasi
    sertifikasi pelanggan penduduk pedagang peserta penerima pemohon pegawai perangkat peraturan
    perjanjian permasalahan perkembangan pengetahuan pendapatan pendidikan pekerjaan penghargaan
    pemerintah lulusan asosiasi reputasi kompensasi partisipasi kolaborasi komunikasi transaksi akreditasi
    narasi nasi
    """
)
"""What work leaves behind, or who it is for: a line that opens with it is an outcome."""
_OFFICES = word_set(
    "narasumber narsum pembina petugas imam khatib panitia moderator mc pemateri juri fasilitator"
)
"""«Menjadi narasumber …» is work."""
_CAUSES = word_set(
    "membuat membantu memberi memberikan menjaga memastikan membawa membangun membentuk bikin buat bantu"
)
"""Verbs of work that become verbs of effect by what follows."""
_EFFECT_WORDS = word_set(
    """
    lebih menjadi jadi bisa dapat mampu semakin makin paham tahu mengerti memahami mudah cepat lancar
    kemudahan pemahaman kepastian kenyamanan manfaat wawasan pengetahuan motivasi semangat rasa kesadaran
    kepuasan dampak mendapat mendapatkan memperoleh mengetahui agar supaya terbiasa tertib nyaman aman
    percaya senang
    """
)
_STATES = _EFFECT_WORDS | word_set(
    """
    selesai sudah sdh telah tuntas beres kelar rampung lengkap rapi siap sesuai meningkat menurun naik
    turun berkurang bertambah berjalan baik bersih sukses kondusif sehat valid sinkron masuk hadir
    antusias menyetujui sepakat menyepakati membahas menghasilkan memutuskan nihil penuh optimal efektif
    hidup berfungsi normal
    """
)
_NAMES = word_set(
    """
    rapat apel upacara piket monitoring monev koordinasi sosialisasi verifikasi verif validasi verval
    input entri entry rekap rekapitulasi kunjungan supervisi konsultasi penyuluhan posyandu survei survey
    patroli senam gladi zoom bimtek workshop seminar webinar pelatihan sertifikasi kerja gotong
    bersih-bersih beres-beres cek bikin buat susun ketik kirim antar jemput ikut jaga isi urus upload
    unggah download cetak bantu layani koreksi lapor olah update perbaikan tinjauan inventarisasi stock
    opname legalisasi disposisi evaluasi diskusi pengajian tadarus khutbah ceramah bimbingan remedial
    ulangan ujian kbm les audiensi berkoordinasi bertugas berkunjung berdiskusi berkonsultasi berpatroli
    berbelanja belanja tindak revisi musdes musrenbang musdus mmd lokmin skrining screening fogging akad
    tipiring ttd paraf usul lihat copot bahas jawab bayar backup perbaiki minta edit scan sidang donor
    briefing breafing review asesmen sampling demplot dialog siaran ambil tensi posbindu opname razia
    penertiban pawai lomba liputan ngeliput dokumentasiin jadi simulasi rapid sweeping tera uji hitung
    catat data sensus rekam baca ajar latih bina awasi temani kawal tangani buka tutup pindahkan bongkar
    potong tanam panen semprot pangkas gali cor cat rawat suntik rujuk lembur balas proses terima instal
    install liput telpon telepon nelpon keliling kunker foto vaksin publikasi audit arsip retensi setor
    konsep updating lari alih cascading konsinyering protokol resepsi ziarah panitia rakor raker visit
    home jadi-pembina pasang ganti servis service sidak operasi cuci sapu ngajar ngecek ngetik ngantar
    nyusun nginput ngerekap ngurus ngawas nganter ngoreksi nulis nyetak nyapu mbantu
    """
)


def opens_with_work(line: str, asked: Sequence[str]) -> bool:
    """Whether `line` is new work rather than the outcome of one of the `asked` activities."""
    words = [word.casefold() for word in _WORD.findall(line)]
    while words and words[0] in _LEADING:
        words.pop(0)
    if not words or words[0].isdigit() or any(_says_again(words, activity) for activity in asked):
        return False
    first, rest = words[0], words[1:]
    if first in _EFFECTS:
        return first == "menjadi" and not _OFFICES.isdisjoint(rest[:1])
    if first in _CAUSES:
        return bool(rest) and _EFFECT_WORDS.isdisjoint(rest)
    if _is_active(first):
        return True
    if first in _PRODUCTS or not (first in _NAMES or _NAMED.fullmatch(first) or _is_action(first)):
        return False
    # A name may be the subject of what came of it: «verifikasi selesai», «rapat menyepakati jadwal».
    untouched = _STATES.isdisjoint([*rest[:2], *rest[-1:]])
    return untouched and not any(_RESULT.fullmatch(word) for word in rest[:3])


def _is_active(word: str) -> bool:
    if word in ROOTS or word in _NO_VERBS:
        return False
    return bool(_ACTIVE.fullmatch(word) or (_SPOKEN.fullmatch(word) and stem(word) != word))


def _is_action(word: str) -> bool:
    """A word of the lexicon that names an action (`a`) or a service (`p`), unless it is its product."""
    if word.startswith(("ter", "di", "ber", "se")) or word.endswith(("nya", "laporan")):
        return False
    strongest = max(features_of_word(word).items(), key=lambda one: one[1], default=("", 0.0))
    return strongest[1] >= 0.9 and LEXICON.kinds[strongest[0]] in ("a", "p")


def _says_again(words: Sequence[str], activity: str) -> bool:
    said = {stem(word) for word in words if not word.isdigit()}
    known = {stem(word.casefold()) for word in _WORD.findall(activity) if not word.isdigit()}
    if not said or not known:
        return False
    shared = len(said & known)
    return shared >= COVERED * len(known) or shared >= COVERED * len(said)
