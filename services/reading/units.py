"""The words around a number: units and how they are written out, and words that make it no count.

A unit is one word unless it stands in TWO_WORD_UNITS. Acronyms (SPJ, SK, KK) stay as typed.
"""

from __future__ import annotations

from services.reading.number_words import word_set

WRITTEN_OUT = {
    "dok": "dokumen", "doc": "dokumen", "dokumn": "dokumen", "dkmn": "dokumen", "docs": "dokumen",
    "lap": "laporan", "lprn": "laporan", "lapran": "laporan", "laprn": "laporan",
    "org": "orang", "orng": "orang", "ornag": "orang", "orag": "orang",
    "jp": "jam pelajaran", "jpl": "jam pelajaran", "jtm": "jam pelajaran",
    "brks": "berkas", "bks": "berkas", "brkas": "berkas", "berks": "berkas", "bkas": "berkas",
    "srt": "surat", "surt": "surat",
    "lbr": "lembar", "lmbr": "lembar", "lembr": "lembar", "lb": "lembar",
    "hal": "halaman", "hlm": "halaman", "hlmn": "halaman",
    "keg": "kegiatan", "kgt": "kegiatan", "kgtn": "kegiatan",
    "pst": "peserta", "psrta": "peserta", "psrt": "peserta",
    "bh": "buah", "bj": "biji", "btg": "batang", "btl": "botol",
    "eks": "eksemplar", "exp": "eksemplar", "expl": "eksemplar", "eksp": "eksemplar", "ekslr": "eksemplar",
    "eksmplr": "eksemplar", "ex": "eksemplar",
    "pkt": "paket", "pket": "paket",
    "mhs": "mahasiswa", "mhsw": "mahasiswa", "mahasisw": "mahasiswa",
    "sis": "siswa", "ssw": "siswa", "sswa": "siswa", "swa": "siswa",
    "psn": "pasien", "pas": "pasien", "psien": "pasien", "px": "pasien",
    "unt": "unit", "kl": "kali", "kli": "kali", "x": "kali",
    "pgw": "pegawai", "peg": "pegawai", "pgwai": "pegawai",
    "ltr": "liter", "klp": "kelompok", "klmpk": "kelompok",
    "kec": "kecamatan", "ds": "desa", "sklh": "sekolah", "skl": "sekolah",
    "ruta": "rumah tangga",
    "prmhn": "permohonan", "pmhn": "pemohon", "kwt": "kwitansi",
    "m": "meter", "mtr": "meter", "km": "kilometer", "kg": "kilogram", "kilo": "kilogram", "gr": "gram",
    "ha": "hektare", "hektar": "hektare",
    "pcs": "pcs", "dt": "data", "dta": "data", "bndl": "bundel", "bdl": "bundel", "ddk": "penduduk",
    "tmn": "temuan", "sert": "sertifikat", "undngn": "undangan", "und": "undangan",
}  # fmt: skip
"""Shortened and mistyped units → the word written out."""

_PERCENT = frozenset({"%", "persen", "prosen", "percent"})

TWO_WORD_UNITS = {
    ("jam", "pelajaran"): "jam pelajaran",
    ("jam", "pel"): "jam pelajaran",
    ("jam", "pljrn"): "jam pelajaran",
    ("jam", "mapel"): "jam pelajaran",
    ("jam", "tatap"): "jam tatap muka",
    ("rumah", "tangga"): "rumah tangga",
    ("kepala", "keluarga"): "kepala keluarga",
}

UNITS = (
    word_set(
        """
    ac access aduan agenda akad akses akta akun alat album alumni amplop ampul anak anggota angkot anjal
    apar apill aplikasi apotek apoteker armada arsip artikel aset asn atlet atp ayam bab backup bal baliho
    balita balon bangli bangunan banner bantuan bap barang barcode bast batang bayi bebek bendel benih
    berita berkas bibit bidan bidang biji billing bku blok boks bos botol box bpjs brosur bs bsm buah bug
    bukti buku buletin bumil bundel bungkus bus busui butir calon caption catatan catin cctv cek cpns cpu
    dasawisma data dataset desa desain dhuafa difabel dinas disabilitas disposisi dokter dokumen
    dokumentasi domain domba dosen dosis dpa draf draft drainase duafa dus dusun edaran ekor eksemplar
    email embung evakuasi faktur file fitur flyer formasi formulir foto gaji galon gambar gang gapoktan
    gardu gelandangan gelas genset gepeng gereja giro gorong gorong-gorong grafik gram gudang gugus gulung
    guru halal halaman halte hama hamparan hektare helai hidran honor honorer hps hydrant ibu ide ijazah
    ikan ikat ikm iku imam indikator infografis inovasi instansi investor invoice irigasi item itik izin
    jabatan jalan jamaah jamban janda jaringan jawaban jemaah jembatan jendela jenis jentik jilid judul
    jukir juru kabel kabupaten kader kak kaleng kali kambing kamera kampung kantong kantor kapsul kardus
    karton kartu karung kasek kasus katalog kategori kebakaran kecamatan kegiatan kejadian kelas kelompok
    keluarga keluhan kelurahan ken kendaraan kepala keping keran keyboard khatib kia kilogram kilometer
    kios kip kipas kis kisi kisi-kisi kitab kk klien klinik kolam koleksi koli komplain komputer konseling
    konsep konsultasi kontak konten kontrak koperasi koran korban kota kotak kpm kran krt ktp kube
    kuesioner kuitansi kunjungan kursi kusioner kwitansi label lahan lakip lampu lansia lapak laporan
    laptop layanan lcd leaflet lemari lembaga lembar lha lhp liter lkh lkjip lkpd lks lokasi lowongan
    lubang lusin ma macam madrasah mahasiswa majalah makalah map marka masjid masukan materi mediasi meja
    memo memorandum menu metadata meter mi mobil moderator modul monitor motor mou mouse mts murid musala
    mushala mustahik muzaki muzakki nakes napi narapidana narasumber nasabah nasi naskah negara nelayan
    nib nilai nodis nota notula notulen nphd obat objek odgj odner opd operasi operator orang ordner
    organisasi paket pamflet panitia papan parit parkir pasang pasangan pasar pasien password paud pc pcs
    pedagang pegawai pejabat pelajar pelaku pelamar pelanggan pelanggar pelanggaran pemateri pembicara
    pembudidaya peminjam pemohon pemuda pemudik pemustaka pendatang penduduk penerima penerimaan penetapan
    pengaduan pengantin pengemis pengemudi pengguna penghulu penghuni pengrajin pengumuman pengunjung
    pengusaha penumpang penyandang penyuluh penyuluhan perajin perangkat peraturan perawat peringatan
    peristiwa perizinan perjanjian perkara permintaan permohonan pernikahan perpustakaan pers persalinan
    persil personel personil pertanyaan pertemuan perusahaan pesan pesanan pesantren peserta peta petak
    petani peternak petugas pihak pinjaman pintu pip piring pkl pks pns pohon poin pokmas poktan pompa
    ponpes porsi pos poster posting postingan posyandu potong pppk printer produk produsen program
    proposal prosem prota provinsi proyektor publikasi pupuk pura puskesmas putusan query ra rab rak ramah
    rambu rangkap ranmor rapat rapor raport reels regu rekam rekap rekapitulasi rekening reklame rekom
    rekomendasi relaas relawan remaja renja renstra resep responden resume rilis rim ringkasan risalah rka
    rkas rkpd rol roll rombongan router rpp rps rs rsud rtlh ruang ruangan ruas rujukan ruko rumah ruta
    sak sakip saksi saluran sambungan sampel santri sapi saran sarang satker satuan scanner sd segmen
    sekolah selokan sepeda sertifikat sertipikat server sesi set setoran siaran silabus siswa siswi siup
    sk skhun skp skpd slb slide slip sls sma smk smp snack soal sop sopir sp2d spanduk spbu spesimen spj
    spk spm spmk spp sppd sppt spt sspd stan status stel sticker stiker stok strip sts subdomain sumur
    surat survei suspek switch tabel tablet tabung tagihan tahanan taman tamu tanaman tandan tangga tas
    tatap teguran telaah telaahan temuan tenaga tenda terminal ternak thl tiang tiket tim tindak tindakan
    titik tk tl toilet toko ton topik tor tpa tpq tps traffic transaksi truk tugas turis ular umkm
    undangan unit upt uptd usaha user usul usulan vaksin variabel verifikasi vial video vihara vm wajib
    wakif warga warung wbp wc website wilayah wisatawan wp yayasan
    """
    )
    | frozenset(WRITTEN_OUT)
    | frozenset(value for value in WRITTEN_OUT.values() if " " not in value)
)
"""Words known to be counted; an unknown word right after a number is taken when nothing speaks against."""

MEASURES = frozenset({"meter", "kilometer", "kilogram", "gram", "hektare", "liter", "ton", "kuintal", "are"})
"""Counted only when nothing else in the text is."""

NEVER_UNITS = word_set(
    """
    januari februari pebruari maret april mei juni juli agustus september oktober november nopember
    desember jan feb peb mar apr jun jul agu agt ags sep sept okt nov nop des jam menit mnt detik dtk hari
    hr minggu mgg bulan bln tahun thn th semester triwulan tw abad malam wib wita wit persen prosen rb
    ribu jt juta miliar milyar triliun rupiah rp derajat ratus puluh cm mm inci inch dpi gb mb tb kb mbps
    watt volt kva ampere celcius pk cc di ke dari pada untuk dan atau yang dengan dgn dlm dalam oleh
    sebagai tentang bagi serta sampai hingga sd dst dll dsb bersama via lewat melalui ini itu tsb tersebut
    telah sudah belum akan masih agar supaya karena sebab saat ketika setelah sebelum secara per tiap
    setiap antara terhadap sesuai tidak bukan juga sebesar senilai sebanyak sejumlah menjadi jadi adalah
    yaitu bahwa jika bila lalu kemudian maka sehingga pagi siang sore baru lama lagi lebih kurang pertama
    kedua ketiga selesai terlaksana banding besar kecil bagian depan tadi mendatang sebelumnya utk dr kpd
    yg pd se lt seluas sepanjang setinggi seberat sejauh selama adapun namun tetapi
    """
)
"""Words that a number before them does not count: months, time, money, joining words."""

ORDINAL_NOUNS = word_set(
    """
    kelas kls klas tahap thp tahapan triwulan tw caturwulan semester smt smstr tahun thn th ta rt rw nomor
    nomer no nmr pasal ayat bab subbab halaman hlm minggu bulan bln tanggal tgl sd sdn sdit smp smpn smpit
    sma sman smk smkn slb slbn tk tkn mis mts mtsn man uu perda perbup perwali perpres permen pergub
    inpres keppres kepres kepmen pph lantai lt gelombang gel angkatan batch termin termijn siklus fase
    grade gol golongan eselon juz tema subtema zona blok blk kav kavling edisi seri versi ver windows
    office kode nip nik covid iso gang gg rp sebesar senilai periode tipe type tingkat sesi volume vol
    rombel hut simpang simpangan
    """
)
"""A number after one of these names which one, not how many; but `sebanyak` and the like come first."""

WEAK_ORDINAL_NOUNS = word_set(
    """
    kelompok klp regu tim pos posko paket pokja form formulir tabel ruang ruangan gedung kamar loket meja
    jalur dusun lingkungan kampung poin butir huruf bagian lampiran model seksi indikator soal topik misi
    ke baris poli gate pintu jalan jl tps pertemuan sub rumpun wilayah kecamatan kapanewon dapil rayon
    ring pleton kompi posyandu desa kades kel kelurahan max kategori ma mi x xi xii ipa ips pai mipa se
    lembur jam hari nomor-urut pp kloter sektor kpps shift pmk pma kma iqro iqra jilid jld min puskesmas
    pkm rek rekening nilai skor anggaran pagu level lvl usia umur polsek kodim juara peringkat dosis
    varietas rm lt mesin no-urut
    """
)
"""The same, unless a known unit follows the number ("Konseling kelompok 3 siswa")."""

COUNT_LEADS = frozenset({"sebanyak", "sejumlah", "total", "berjumlah", "jumlah", "ada", "terdapat"})
"""Right before a number these say that it counts."""

ARTICLE_UNITS = {
    "seorang": "orang", "selembar": "lembar", "seekor": "ekor", "sepasang": "pasang", "sebuah": None,
    "sebutir": "butir", "sebatang": "batang", "seunit": "unit", "sebidang": "bidang",
}  # fmt: skip
"""One of something in one word; None: the noun after it is the unit."""

FIXED_PHRASES = frozenset(
    {
        ("satu", "pintu"), ("satu", "data"), ("satu", "atap"), ("satu", "per"), ("satu", "persatu"),
        ("satu", "sama"), ("satu", "arah"), ("dua", "arah"), ("tiga", "pilar"), ("empat", "pilar"),
        ("lima", "pilar"), ("satu", "peta"), ("satu", "sehat"), ("satu", "demi"), ("satu", "suara"),
        ("seribu", "satu"), ("satu", "kesatuan"), ("dua", "mata"), ("satu", "siklus"), ("seratus", "persen"),
        ("satu", "lagi"), ("satu", "sisi"), ("satu", "kata"), ("satu", "hati"), ("satu", "tujuan"),
    }
)  # fmt: skip
"""Number words that belong to a name or a saying ("pelayanan satu pintu", "Satu Data Indonesia")."""


def same_unit(unit: str | None) -> str:
    """A unit as it is compared: small letters, without its dot, written out."""
    word = " ".join((unit or "").casefold().split()).rstrip(". ")
    return "%" if word in _PERCENT else WRITTEN_OUT.get(word, word)
