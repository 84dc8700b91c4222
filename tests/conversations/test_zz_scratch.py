import datetime as dt
from tests.conversations.conftest import Chat
from tests.conversations.test_report import THREE
from simulator.transcript import *

async def test_hostile(chat: Chat) -> None:
    ani = chat.ani
    fifty = "\n".join(f"{n}. Memeriksa berkas pegawai nomor urut {n} di ruang arsip" for n in range(1, 51))
    await ani.says(fifty)
    await ani.says("1. berkas lengkap\n50. berkas rapi")
    await ani.says("<b>&\"' Rapat \u202ekomite\u202c 😀😀 NIP 198501012010011001 -> <i>ok</i> & \"siap\"")
    await ani.says("Mengunjungi warga NIK 3201234505890001 hp 081234567890 -> bantuan diterima")
    await ani.uploads(photo=True)
    await ani.uploads(document=("a.pdf", b"x", "application/pdf"), size=25*1024*1024)
    await ani.uploads(document=("a.pdf", b"x", "application/pdf"), size=25*1024*1024, caption="Menyusun modul ajar -> modul siap")
    await ani.uploads(album=[b"%d" % i for i in range(10)], caption="Rapat komite")
    await ani.uploads(voice=True)
    await ani.uploads(sticker=True)
    await ani.uploads(location=(1.0, 2.0))
    await chat.sim.quiet()
    import asyncio; await asyncio.sleep(1.5); await chat.sim.quiet()
    print(ani.transcript())

async def test_flow2(chat: Chat) -> None:
    ani = chat.ani
    await ani.says(THREE)
    await ani.says("1. Mengajar 7A -> tuntas\n2. Piket -> siswa tertib")
    await ani.says("batal")
    await ani.taps("Isi hasil")
    await ani.says("Menyusun soal ujian")
    await ani.taps("Ini kegiatan baru")
    await ani.says("/bantuan")
    await ani.says("/batal")
    await ani.says("/batal")
    await ani.says("/apa")
    await ani.says("/hari kemarin")
    await ani.says("Laporan 31 Feb: rapat dinas")
    await ani.says("entah")
    await ani.says("kemarin")
    await ani.says("besok: rapat")
    await ani.says("Laporan 3 Okt: rapat")
    await ani.says("Laporan 12 Nov")
    await ani.says("Mengajar Fikih 9A")
    await chat.sim.quiet()
    print(ani.transcript())
