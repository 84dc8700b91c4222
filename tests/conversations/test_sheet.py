"""`/ekinerja` and `/salin`: from what was approved to a file, and to what is pasted by hand."""

import pytest
from sqlalchemy import select, update

from documents.sheet import HEADINGS
from documents.tables import read_table
from models import ActionStep, Day, Entry, Evidence, LinkSource, SheetRow, State
from tests.conversations.conftest import Chat

REPORTS = (
    "12 Nov: Mengajar Fikih 8A 07.30-09.00 -> 30 siswa tuntas https://drive.example.go.id/a\n"
    "Menyusun modul bab 4 2 jam -> 1 modul selesai\nRapat komite madrasah",
    "13 Nov: =1+1 rumus -> 2 dokumen\nMembina pramuka -> 20 siswa hadir",
)
LONG = "Menyusun laporan kegiatan " * 20


@pytest.fixture
async def approved(chat: Chat) -> Chat:
    """Ani's five entries of two days, approved; the third serves no RHK."""
    for text in REPORTS:
        await chat.ani.says(text)
    await chat.sim.quiet()
    async with chat.db.writing() as session:
        entries = list(await session.scalars(select(Entry).order_by(Entry.id)))
        for place, one in enumerate(entries):
            one.state, one.link_source = State.APPROVED, LinkSource.CHOSEN
            one.outside_plan = place == 2
            one.target_id = None if place == 2 else chat.office.ani_targets[place % 3]
        await session.execute(update(Day).values(state=State.APPROVED))
    return chat


async def downloaded(chat: Chat, label: str, name: str) -> list[list[str]]:
    """The rows of the file that comes."""
    await chat.ani.taps(label)
    await chat.sim.quiet()
    sent = [one for one in chat.ani.messages if one.kind == "document"][-1]
    file = chat.sim.core.files.get(sent.extra["document"]["file_id"])
    assert file.name == name
    table = read_table(file.data, name, columns=HEADINGS, required=[[one] for one in HEADINGS])
    return [[row[heading].text for heading in HEADINGS] for row in table.rows]


async def test_every_gap_is_told_before_the_file_and_closed_by_a_press(approved: Chat) -> None:
    ani = approved.ani
    await ani.says("/ekinerja")
    card = await ani.sees("e-Kinerja · November 2026")
    assert "5 kegiatan yang sudah disetujui." in card.text
    for told in (
        "Rencana aksi belum dipilih: 4",
        "Jam belum diisi: 4",
        "satuan belum diisi: 1",
        "Tanpa bukti dukung: 4",
    ):
        assert card.text.count(told) == 1, "each gap is told once"
    assert "Di berkas" not in card.text
    await ani.taps("Lihat jam usulan ≈")
    await ani.sees("1. ≈ 09.00–11.00 Menyusun modul bab 4")
    await ani.taps("Pakai jam usulan (4)")
    await ani.taps("Pilih rencana aksi (4)")
    await ani.sees("Triwulan IV, 2 kegiatan. Belum ada rencana aksinya.")
    await ani.taps("Lengkapi 1")
    await ani.taps("Pakai bunyi RHK")
    await ani.taps("Lengkapi 1")
    await ani.taps("Tulis rencana aksi")
    await ani.sees("Apa rencana aksinya pada triwulan IV?")
    await ani.says("ok")
    await ani.sees("terlalu pendek")
    await ani.says("Menyusun 4 modul")
    await ani.taps("Isi jumlah (1)")
    await ani.taps("1: Ketik")
    await ani.says("3 notula")
    card = await ani.sees("Tanpa bukti dukung: 4", button="Unduh xlsx")
    assert "Perlu dilengkapi" not in card.text
    rows = await downloaded(approved, "Unduh xlsx", "e-Kinerja_2026-11_Ani-Rahmawati.xlsx")
    rhk = "Terlaksananya pembelajaran dan penilaian sesuai rencana"
    module = "Menyusun 4 modul"
    assert rows == [
        [
            rhk,
            "2026-11-12",
            "07:30",
            "09:00",
            "Mengajar Fikih 8A",
            "30",
            "siswa",
            "https://drive.example.go.id/a",
        ],
        [rhk, "2026-11-13", "07:30", "09:30", "=1+1 rumus", "2", "dokumen", ""],
        [module, "2026-11-12", "09:00", "11:00", "Menyusun modul bab 4", "1", "modul", ""],
        [module, "2026-11-13", "09:30", "11:30", "Membina pramuka", "20", "siswa", ""],
        [
            "Tugas tambahan di luar SKP",
            "2026-11-12",
            "13:00",
            "15:00",
            "Rapat komite madrasah",
            "3",
            "notula",
            "",
        ],
    ]
    await ani.taps("Tandai semua sudah disalin (5)")
    await ani.sees("Semuanya sudah disalin ke e-Kinerja ✓")


async def test_with_open_gaps_the_cells_stay_empty(approved: Chat) -> None:
    await approved.ani.says("/ekinerja 12 Nov")
    await approved.ani.sees("e-Kinerja · Kamis, 12 November 2026")
    rows = await downloaded(approved, "Unduh csv", "e-Kinerja_2026-11-12_2026-11-12_Ani-Rahmawati.csv")
    assert [row[2] for row in rows] == ["07:30", "", ""], "a proposal nobody took is not exported"
    assert rows[1][0] == ""


async def test_one_kegiatan_for_all_and_a_step_among_several(approved: Chat) -> None:
    async with approved.db.writing() as session:
        session.add_all(
            ActionStep(
                target_id=approved.office.ani_targets[0],
                quarter=4,
                position=n,
                text=text,
                created_at=approved.clock(),
            )
            for n, text in enumerate(("Menyusun soal", "Menilai tugas"))
        )
        await session.execute(update(Entry).values(quantity=None, unit=None))
    ani = approved.ani
    await ani.says("/ekinerja bulan ini")
    await ani.taps("Isi jumlah (5)")
    await ani.taps("2: 1 kegiatan")
    await ani.taps("Semua: 1 kegiatan (4)")
    await ani.taps("Pilih rencana aksi (4)")
    await ani.taps("Lengkapi 1")
    card = await ani.sees("Rencana aksi mana?")
    assert card.labels[:2] == ["Menyusun soal", "Menilai tugas"]
    await ani.taps("Menilai tugas")
    await ani.sees("Rencana aksi yang perlu dipilih")
    async with approved.db.reading() as session:
        assert [one.unit for one in await session.scalars(select(SheetRow))] == ["kegiatan"] * 5


async def test_another_period_is_typed_and_a_wrong_one_may_be_typed_again(approved: Chat) -> None:
    ani = approved.ani
    await ani.says("/ekinerja")
    await ani.taps("Pilih tanggal")
    await ani.says("entah kapan")
    await ani.sees("Tanggalnya belum jelas.")
    await ani.says("1-12 Nov")
    card = await ani.sees("e-Kinerja · 1–12 November 2026")
    assert "3 kegiatan yang sudah disetujui." in card.text
    await ani.says("/ekinerja 1 Jan 2024 - 1 Nov 2026")
    await ani.sees("Tanggalnya belum jelas.")
    await ani.taps("Bulan lalu", message=card)
    await ani.sees("Belum ada kegiatan yang disetujui pada masa ini.")


async def test_a_step_with_a_citizens_number_is_asked_about(approved: Chat) -> None:
    ani = approved.ani
    await ani.says("/ekinerja")
    await ani.taps("Pilih rencana aksi (4)")
    await ani.taps("Lengkapi 1")
    await ani.taps("Tulis rencana aksi")
    await ani.says("Mendampingi warga NIK 3201014501850001")
    await ani.taps("Samarkan angkanya")
    await approved.sim.quiet()
    async with approved.db.reading() as session:
        (step,) = await session.scalars(select(ActionStep.text))
    assert "3201014501850001" not in step


async def test_who_supervises_fetches_and_completes_nothing(approved: Chat) -> None:
    await approved.budi.says("/ekinerja")
    await approved.budi.taps("Pilih pegawai")
    await approved.budi.taps("Ani Rahmawati · MTsN 3 Sukamaju")
    card = await approved.budi.sees("Belum lengkap (hanya yang bersangkutan yang dapat melengkapi)")
    assert card.labels[:2] == ["Unduh xlsx", "Unduh csv"]
    await approved.budi.taps("Unduh xlsx")
    told = await approved.budi.sees("Lembar e-Kinerja November 2026: 5 baris.")
    assert told.labels == []
    await approved.admin.says("/ekinerja")
    await approved.admin.taps("Cari nama")
    await approved.admin.says("tidak ada")
    await approved.admin.sees("Tidak ada pegawai dengan nama atau NIP itu")
    await approved.admin.says("ani rahma")
    await approved.admin.sees("Ani Rahmawati", button="Unduh xlsx")


async def test_a_proposal_that_changed_is_shown_anew(approved: Chat) -> None:
    ani = approved.ani
    await ani.says("/ekinerja")
    card = await ani.sees("e-Kinerja · November 2026", button="Pakai jam usulan (4)")
    press = next(one for one in card.buttons if one.text == "Pakai jam usulan (4)")
    async with approved.db.writing() as session:
        await session.execute(update(Entry).where(Entry.activity == "Membina pramuka").values(minutes=30))
    assert "Sudah berubah" in (await ani.presses(card, press).answered()).text
    async with approved.db.reading() as session:
        assert not list(await session.scalars(select(SheetRow)))


async def test_a_day_is_copied_entry_by_entry(approved: Chat) -> None:
    ani = approved.ani
    await ani.says("/salin 12 Nov")
    card = await ani.sees("Kamis, 12 November · kegiatan 1 dari 3")
    copied = {one.text: one.copy for one in card.buttons if one.copy}
    assert copied == {
        "Salin Kegiatan Harian": "Mengajar Fikih 8A",
        "Salin Tanggal": "2026-11-12",
        "Salin Jam Mulai": "07:30",
        "Salin Jam Selesai": "09:00",
        "Salin Realisasi": "30",
        "Salin Satuan": "siswa",
        "Salin Bukti Dukung": "https://drive.example.go.id/a",
    }
    assert "Rencana Aksi: belum ada" in card.text
    await ani.taps("Tandai sudah disalin")
    card = await ani.sees("kegiatan 2 dari 3")
    assert "Jam Mulai: ≈ 09:00" in card.text
    await ani.taps("Tandai semua hari ini (2)")
    await ani.sees("✓ Sudah disalin")
    await ani.taps("Belum disalin")
    card = await ani.sees("Jumat, 13 November: 2 dari 2 kegiatan")
    assert "12 November" not in card.text
    await ani.taps("Jum 13 (2)")
    await ani.sees("Jumat, 13 November · kegiatan 1 dari 2")
    await ani.taps("‹ Kam 12")
    await ani.taps("Batalkan tanda disalin")
    await ani.says("/salin belum")
    await ani.sees("Kamis, 12 November: 1 dari 3 kegiatan")


async def test_what_is_too_long_for_a_button_stands_in_a_block(approved: Chat) -> None:
    ani = approved.ani
    async with approved.db.writing() as session:
        await session.execute(
            update(Entry).where(Entry.activity == "Mengajar Fikih 8A").values(activity=LONG)
        )
    await ani.says("/salin 12 Nov")
    card = await ani.sees("kegiatan 1 dari 3")
    assert "Salin Kegiatan Harian" not in card.labels
    assert LONG.strip() in card.text
    async with approved.db.writing() as session:
        await session.execute(update(Entry).where(Entry.activity == LONG).values(activity=LONG * 5))
        await session.execute(update(Evidence).values(url="https://drive.example.go.id/" + "a" * 1500))
    await ani.says("/salin 12 Nov")
    await ani.taps("Kirim teks utuh")
    await approved.sim.quiet()
    whole = " ".join(" ".join(one.text for one in ani.messages if one.from_bot).split())
    assert whole.count("Menyusun laporan kegiatan") > 60
    assert "a" * 1500 in whole
    assert "lebih panjang dari 2000 huruf" in whole


async def test_nothing_to_copy_and_a_day_that_is_not_clear(chat: Chat) -> None:
    await chat.ani.says("/salin")
    await chat.ani.sees("Belum ada kegiatan terkirim pada Rabu, 18 November.")
    await chat.ani.says("/salin kemarin")
    await chat.ani.sees("Belum ada kegiatan terkirim pada Selasa, 17 November.")
    await chat.ani.says("/salin belum")
    await chat.ani.sees("Belum ada kegiatan yang disetujui pada November 2026.")
    await chat.ani.says("/salin minggu lalu")
    await chat.ani.sees("Harinya belum jelas.")
    await chat.ani.says("/ekinerja")
    card = await chat.ani.sees("Belum ada kegiatan yang disetujui pada masa ini.")
    assert "Unduh xlsx" not in card.labels


async def rows_of(chat: Chat) -> list[SheetRow]:
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        found = list(await session.scalars(select(SheetRow).order_by(SheetRow.entry_id)))
        session.expunge_all()
        return found


async def test_what_was_completed_can_be_taken_back(approved: Chat) -> None:
    ani = approved.ani
    await ani.says("/ekinerja")
    await ani.taps("Pakai jam usulan (4)")
    card = await ani.sees("e-Kinerja · November 2026", button="Urungkan")
    late = next(one for one in card.buttons if one.text == "Urungkan")
    assert len(await rows_of(approved)) == 4
    await ani.taps("Urungkan")
    card = await ani.sees("Jam belum diisi: 4", button="Pakai jam usulan (4)")
    assert await rows_of(approved) == []
    assert "Urungkan" not in card.labels
    await ani.taps("Isi jumlah (1)")
    await ani.taps("1: Ketik")
    await ani.sees("Berapa jumlah dan satuannya?")
    await ani.taps("1: Ketik", message=await ani.sees("Jumlah belum diisi"))
    await approved.sim.quiet()
    asked = [one for one in ani.messages if one.from_bot and "Berapa jumlah" in one.text and not one.deleted]
    assert len(asked) == 1, "pressed twice, asked once"
    await ani.says("3 notula")
    await ani.taps("Urungkan")
    await ani.taps("Isi jumlah (1)")
    await ani.taps("1: 1 kegiatan", message=await ani.sees("Jumlah belum diisi"))
    await ani.taps("Urungkan")
    card = await ani.sees("satuan belum diisi: 1", button="Isi jumlah (1)")
    assert {one.unit for one in await rows_of(approved)} <= {None}
    assert "Sudah berubah" in (await ani.presses(card, late).answered()).text


async def test_the_time_of_one_row_is_typed(approved: Chat) -> None:
    ani = approved.ani
    await ani.says("/ekinerja")
    await ani.taps("Lihat jam usulan ≈")
    await ani.taps("Ubah jam 1")
    await ani.sees("Jam berapa sampai jam berapa?", button="Batal")
    for wrong in ("nanti", "10.00-09.00"):
        await ani.says(wrong)
        await ani.sees("Jamnya belum jelas.")
    await ani.says("13.00-14.00")
    card = await ani.sees("Jam usulan ≈ untuk 3 kegiatan", button="Urungkan")
    assert "Menyusun modul bab 4" not in card.text
    (row,) = await rows_of(approved)
    assert row.starts is not None
    assert f"{row.starts:%H.%M}-{row.ends:%H.%M}" == "13.00-14.00"
    await ani.taps("Urungkan")
    await ani.sees("Jam usulan ≈ untuk 4 kegiatan")


async def test_an_entry_without_an_rhk_may_be_outside_the_plan(approved: Chat) -> None:
    async with approved.db.writing() as session:
        session.add_all(
            ActionStep(target_id=target, quarter=4, position=0, text=text, created_at=approved.clock())
            for target, text in zip(
                approved.office.ani_targets,
                ("Mengajar kelas 8", "Menyusun modul ajar", "Membina siswa"),
                strict=True,
            )
        )
        await session.execute(
            update(Entry)
            .where(Entry.activity == "Menyusun modul bab 4")
            .values(target_id=None, link_source=None)
        )
    ani = approved.ani
    await ani.says("/ekinerja")
    await ani.taps("Pilih rencana aksi (1)")
    await ani.taps("Lengkapi 1")
    card = await ani.sees("Kegiatan ini belum punya RHK.", button="Di luar SKP")
    assert set(card.labels[:3]) == {"Mengajar kelas 8", "Menyusun modul ajar", "Membina siswa"}
    assert card.labels[0] == "Menyusun modul ajar", "the likeliest first"
    await ani.taps("Di luar SKP")
    await ani.sees("e-Kinerja · November 2026", button="Urungkan")
    assert await outside(approved) == ["Menyusun modul bab 4", "Rapat komite madrasah"]
    await ani.taps("Urungkan")
    await ani.sees("RHK belum dipilih: 1")
    assert await outside(approved) == ["Rapat komite madrasah"]


async def outside(chat: Chat) -> list[str]:
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        return sorted(await session.scalars(select(Entry.activity).where(Entry.outside_plan.is_(True))))


async def test_there_is_a_way_back_to_copying(approved: Chat) -> None:
    """`/salin` begins with the oldest approved day that is left; what waits is not told as left."""
    ani = approved.ani
    async with approved.db.writing() as session:
        await session.execute(
            update(Entry).where(Entry.activity == "Membina pramuka").values(state=State.SUBMITTED)
        )
    await ani.says("/salin")
    await ani.sees("Kamis, 12 November · kegiatan 1 dari 3")
    await ani.taps("Belum disalin")
    await ani.sees("Jumat, 13 November: 1 dari 1 kegiatan", button="‹ Kembali")
    await ani.taps("‹ Kembali")
    await ani.taps("Lengkapi yang kosong", message=await ani.sees("Kamis, 12 November · kegiatan 1 dari 3"))
    await ani.taps("‹ Salin", message=await ani.sees("e-Kinerja · Kamis, 12 November 2026"))
    await ani.sees("Kamis, 12 November · kegiatan 1 dari 3")
