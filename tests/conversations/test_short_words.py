"""Named after what broke: short words, and answers to a return, became activities or outcomes."""

from datetime import timedelta

from sqlalchemy import select, update

from models import Entry, State
from tests.conversations.conftest import Chat
from tests.conversations.test_entries import update_unsure

DRAFT = "Draf, belum dikirim"
QUESTION = "Apa hasilnya, untuk siapa?"
SENT = "Terkirim, menunggu Budi Santoso"


async def entries(chat: Chat) -> list[Entry]:
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        found = list(await session.scalars(select(Entry).order_by(Entry.id)))
        session.expunge_all()
        return found


async def outside_plan(chat: Chat) -> None:
    """No RHK is left to choose: what is tested is the sending."""
    await chat.sim.quiet()
    async with chat.db.writing() as session:
        await session.execute(update(Entry).values(outside_plan=True, link_source=None, target_id=None))


async def test_kirim_typed_became_an_activity(chat: Chat) -> None:
    await chat.ani.says("Rapat komite -> jadwal disepakati")
    await chat.ani.sees(DRAFT)
    await outside_plan(chat)
    await chat.ani.says("kirim ya bu")
    await chat.ani.sees(SENT)
    assert len(await entries(chat)) == 1
    await chat.ani.says("kirim")
    await chat.ani.sees("Tidak ada yang perlu dikirim.")


async def test_kirim_typed_with_nothing_to_send_says_what_is_missing(chat: Chat) -> None:
    await chat.ani.says("Kirim")
    await chat.ani.sees("Belum ada kegiatan hari ini")
    assert await entries(chat) == []


async def test_kirim_typed_while_outcomes_are_asked_became_an_outcome(chat: Chat) -> None:
    await chat.ani.says("Rapat komite\nPiket pagi")
    await chat.ani.sees(QUESTION)
    [day_id] = {one.day_id for one in await entries(chat)}
    async with chat.db.writing() as session:
        await session.execute(update_unsure(day_id))
    await chat.ani.says("kirim")
    await chat.ani.sees("mendukung RHK mana?", button="Kirim, RHK nanti")
    await chat.ani.taps("Kirim, RHK nanti")
    await chat.ani.sees(SENT)
    assert [one.outcome for one in await entries(chat)] == [None, None]


async def test_udah_itu_aja_bu_became_an_outcome(chat: Chat) -> None:
    await chat.ani.says("Rapat komite")
    await chat.ani.sees(QUESTION)
    await chat.ani.says("udah itu aja bu")
    await chat.ani.sees("Hasilnya masih kosong")
    assert [one.outcome for one in await entries(chat)] == [None]
    await chat.ani.says("jadwal disepakati komite")
    await chat.ani.sees("→ jadwal disepakati komite")


async def test_a_time_typed_while_outcomes_are_asked_became_an_outcome(chat: Chat) -> None:
    await chat.ani.says("Rapat komite\nMengajar Fikih 8A")
    await chat.ani.sees(QUESTION)
    await chat.ani.says("jam 7.30 sampai 9")
    await chat.ani.sees("Waktunya masuk ke kegiatan 2. Apa hasilnya?")
    await chat.ani.sees("2. Mengajar Fikih 8A · 07.30")
    first, second = await entries(chat)
    assert (first.starts, first.outcome, second.outcome, second.minutes) == (None, None, None, 90)
    await chat.ani.says("1. jadwal disepakati\n2. 30 siswa tuntas")
    await chat.ani.sees("→ 30 siswa tuntas")


async def returned(chat: Chat, chip: str = "Hasil belum jelas") -> None:
    """Ani's one entry comes back."""
    await chat.ani.says("Rapat komite -> selesai rapat")
    await chat.ani.sees(DRAFT)
    await outside_plan(chat)
    await chat.ani.taps("Kirim")
    await chat.ani.sees(SENT)
    await chat.budi.taps("Ani Rahmawati · 18 November")
    await chat.budi.taps("Kembalikan")
    await chat.budi.taps(chip)
    await chat.ani.sees("mengembalikan satu kegiatan Anda")
    await chat.sim.quiet()


async def test_a_reply_to_the_return_became_a_new_activity(chat: Chat) -> None:
    await returned(chat)
    notice = await chat.ani.sees("mengembalikan satu kegiatan Anda")
    await chat.move_to(chat.clock() + timedelta(hours=5))
    await chat.ani.says("jadwal ujian disepakati 12 orang tua", reply_to=notice)
    await chat.ani.sees("→ jadwal ujian disepakati 12 orang tua", button="Kirim perbaikan")
    [one] = await entries(chat)
    assert (one.outcome, one.state) == ("jadwal ujian disepakati 12 orang tua", State.RETURNED)


async def test_a_reply_with_the_quantity_that_was_asked_for_goes_there(chat: Chat) -> None:
    await returned(chat, "Jumlah tidak wajar")
    notice = await chat.ani.sees("mengembalikan satu kegiatan Anda")
    await chat.ani.says("entah", reply_to=notice)
    await chat.ani.sees("Jumlahnya belum jelas.")
    await chat.ani.says("12 orang", reply_to=notice)
    await chat.ani.sees("Jumlah: 12")
    [one] = await entries(chat)
    assert (one.quantity, one.outcome) == (12, "selesai rapat")


async def test_a_reply_with_a_link_is_the_evidence_that_was_asked_for(chat: Chat) -> None:
    await returned(chat, "Bukti kurang")
    notice = await chat.ani.sees("mengembalikan satu kegiatan Anda")
    await chat.ani.says("fotonya menyusul", reply_to=notice)
    await chat.sim.quiet()
    again = chat.ani.messages[-1]
    assert again.labels[0] == "Kirim bukti"
    await chat.ani.says("https://drive.example.go.id/rapat", reply_to=notice)
    await chat.ani.sees("📎 1 bukti")
    assert len(await entries(chat)) == 1


async def test_a_reply_with_words_where_an_rhk_is_asked_for_is_given_back(chat: Chat) -> None:
    await returned(chat, "RHK tidak sesuai")
    notice = await chat.ani.sees("mengembalikan satu kegiatan Anda")
    await chat.ani.says("seharusnya RHK 2 pak", reply_to=notice)
    await chat.ani.sees("Balasan ini belum masuk ke laporan")
    await chat.sim.quiet()
    told, again = chat.ani.messages[-2:]
    assert "seharusnya RHK 2 pak" in told.text
    assert again.labels[0] == "Ganti RHK"
    assert len(await entries(chat)) == 1


async def test_plain_words_right_after_a_return_hung_in_a_question(chat: Chat) -> None:
    await returned(chat)
    await chat.ani.says("jadwal ujian disepakati 12 orang tua")
    await chat.ani.sees("2. jadwal ujian disepakati 12 orang tua", button="Ini perbaikan")
    await chat.ani.taps("Ini perbaikan")
    await chat.ani.sees("→ jadwal ujian disepakati 12 orang tua", button="Kirim perbaikan")
    [one] = await entries(chat)
    assert (one.outcome, one.state) == ("jadwal ujian disepakati 12 orang tua", State.RETURNED)
    await chat.ani.says("Menyusun modul bab 4")
    await chat.ani.sees("2. Menyusun modul bab 4")


async def test_what_was_typed_after_a_return_was_glued_or_lost(chat: Chat) -> None:
    await returned(chat)
    await chat.ani.says("Menyusun modul bab 4 -> modul siap untuk 30 siswa")
    await chat.ani.sees("2. Menyusun modul bab 4", button="Ini perbaikan")
    await chat.move_to(chat.clock() + timedelta(minutes=31))
    await chat.ani.says("kemarin: Memeriksa tugas 8A -> 30 lembar dinilai")
    await chat.ani.sees("1. Memeriksa tugas 8A")
    await chat.ani.says("/hari")
    await chat.ani.sees("2. Menyusun modul bab 4")
    assert [one.activity for one in await entries(chat)] == [
        "Rapat komite",
        "Menyusun modul bab 4",
        "Memeriksa tugas 8A",
    ]
    assert all("Ini perbaikan" not in one.labels for one in chat.ani.messages[-2:])


async def test_new_work_after_a_return_for_its_rhk_is_new_work(chat: Chat) -> None:
    await returned(chat, "RHK tidak sesuai")
    await chat.ani.says("Menyusun modul bab 4 -> modul siap untuk 30 siswa")
    card = await chat.ani.sees("2. Menyusun modul bab 4")
    assert "Ini perbaikan" not in card.labels
    assert len(await entries(chat)) == 2


async def test_a_link_after_a_return_for_evidence_goes_into_the_entry(chat: Chat) -> None:
    await returned(chat, "Bukti kurang")
    await chat.ani.says("Foto rapat komite https://drive.example.go.id/rapat")
    await chat.ani.sees("2. Foto rapat komite", button="Ini perbaikan")
    await chat.ani.taps("Ini perbaikan")
    await chat.ani.sees("📎 1 bukti", button="Kirim perbaikan")
    assert len(await entries(chat)) == 1


async def test_a_correction_pressed_after_it_was_sent_is_told_as_it_is(chat: Chat) -> None:
    await returned(chat)
    await chat.ani.says("jadwal ujian disepakati 12 orang tua")
    card = await chat.ani.sees("2. jadwal ujian", button="Ini perbaikan")
    fix = next(one for one in card.buttons if one.text == "Ini perbaikan")
    await chat.ani.taps("Bukan kegiatan")
    await chat.sim.quiet()
    assert "Sudah berubah" in (await chat.ani.presses(card, fix).answered()).text
    [one] = await entries(chat)
    assert one.outcome == "selesai rapat"
