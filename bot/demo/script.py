"""One day of the demo office, played by its people: `kinerja demo --script`."""

import asyncio
import struct
import sys
import zlib
from datetime import datetime

from bot.demo.narrator import Narrator, Player
from bot.demo.scene import Scene, demo_scene
from bot.settings import Settings

MORNING = datetime.fromisoformat("2026-11-18T13:50:00+07:00")
PROMPT = datetime.fromisoformat("2026-11-18T14:16:00+07:00")
REPORT = (
    "Mengajar Fikih kelas VIII A 07.30-09.00 -> 28 dari 30 siswa bisa mempraktikkan salat jamak\n"
    "Menyusun modul ajar bab zakat 2 jam\n"
    "Rapat panitia peringatan hari guru"
)
OUTCOMES = "2. modul bab zakat selesai, dipakai mulai Senin\n3. pembagian tugas panitia disepakati"


async def play(settings: Settings) -> int:
    """Plays the day and prints what everybody saw. 0: everything came as it should."""
    stop = asyncio.Event()
    async with demo_scene(settings, start=MORNING, patient=True) as scene:
        running = asyncio.create_task(scene.run(stop))
        try:
            narrator = Narrator(scene)
            await _day(scene, narrator)
        except AssertionError as missed:
            print(missed, file=sys.stderr)
            return 1
        finally:
            stop.set()
            await running
        print("\n".join(narrator.lines))
    return 0


async def _day(scene: Scene, narrator: Narrator) -> None:
    ani, head = narrator.player("Ani Rahmawati"), narrator.player("Hj. Nurul Hidayah")
    await narrator.settle()
    narrator.act("Jam kantor", "menunjukkan 14.16: waktunya bertanya")
    await scene.move_to(PROMPT)
    await narrator.settle()
    await _report(ani)
    await _return(head)
    await _correct(ani)
    await _approve(head)
    await ani.sees("menyetujui laporan Anda")
    await _give_feedback(head)
    await ani.sees("memberi umpan balik")
    await ani.taps("Balas")
    await ani.says("Terima kasih, Bu. Besok saya lanjutkan dengan kelas VIII B.")
    await head.sees("membalas umpan balik Anda")


async def _report(ani: Player) -> None:
    """Asked, answered, linked, sent."""
    await ani.sees("Rabu, 18 November")
    await ani.taps("Isi laporan")
    await ani.says(REPORT)
    await ani.sees("Apa hasilnya, untuk siapa?")
    await ani.says(OUTCOMES)
    await ani.sees("pembagian tugas panitia disepakati")
    await ani.taps("3")
    await ani.taps("Ganti RHK")
    await ani.taps("Di luar SKP")
    await ani.uploads(_picture())
    await ani.sees("Bukti masuk ke kegiatan")
    await ani.taps("Kirim")
    await ani.sees("Terkirim, menunggu")


async def _return(head: Player) -> None:
    """One entry goes back, the others are approved."""
    await head.says("/periksa")
    await head.taps("Ani Rahmawati · 18 Nov")
    await head.taps("Kembalikan")
    await head.taps("3")
    await head.taps("Hasil belum jelas")
    await head.taps("Setujui")


async def _correct(ani: Player) -> None:
    """The answer goes straight into that entry."""
    await ani.sees("mengembalikan satu kegiatan")
    await ani.taps("Perbaiki hasil")
    await ani.says("7 guru sudah memegang tugasnya masing-masing, gladi resik hari Sabtu")
    await ani.taps("Kirim perbaikan")


async def _approve(head: Player) -> None:
    await head.says("/periksa")
    await head.taps("Ani Rahmawati · 18 Nov")
    await head.sees("gladi resik hari Sabtu")
    await head.taps("Setujui")


async def _give_feedback(head: Player) -> None:
    await head.says("/periksa")
    await head.taps("Sudah diputuskan")
    await head.taps("Ani Rahmawati · 18 Nov")
    await head.taps("Umpan balik")
    await head.taps("Apresiasi")
    await head.taps("Yang dilayani terbantu. Bagus sekali.")


def _picture() -> bytes:
    """A small picture of a classroom board: a green field in a wooden frame, as a PNG."""
    width, height = 320, 200
    rows = []
    for y in range(height):
        row = bytearray(b"\0")
        for x in range(width):
            edge = x < 10 or y < 10 or x >= width - 10 or y >= height - 10
            row += bytes((139, 94, 60) if edge else (38, 92, 66))
        rows.append(bytes(row))
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            _chunk(b"IDAT", zlib.compress(b"".join(rows), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
