"""Kendala: what stands in the way, from the person to the supervisor and back."""

import pytest
from sqlalchemy import delete, func, select, update

from models import Blocker, Entry, Person
from tests.conversations.conftest import Chat

DRAFT = "Draf, belum dikirim"
REPORT = "Mengajar Fikih 8A -> 30 siswa tuntas\nRapat komite -> jadwal disepakati"
OFFLINE = "Internet mati sejak pagi"


async def count(chat: Chat, table: type[Blocker] | type[Entry]) -> int:
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def reported(chat: Chat, text: str = f"{REPORT}\nkendala: {OFFLINE}") -> None:
    await chat.ani.says(text)
    await chat.ani.sees(DRAFT)
    await chat.sim.quiet()


async def test_a_typed_line_stands_below_its_entry_and_before_the_supervisor_silently(chat: Chat) -> None:
    await reported(chat)
    card = await chat.ani.sees(f"⚠ {OFFLINE}")
    assert card.text.index("2. Rapat komite") < card.text.index(f"⚠ {OFFLINE}")
    assert "⚠ Kendala (1)" in card.labels
    assert await count(chat, Entry) == 2
    queue = await chat.budi.sees("Tidak ada laporan yang menunggu Anda.")
    assert queue.labels == ["⚠ Kendala (1)", "Sudah diputuskan"]
    assert queue.silent
    await chat.budi.taps("⚠ Kendala (1)")
    listed = await chat.budi.sees("Kendala yang belum selesai: 1")
    assert f"1. Ani Rahmawati · Rabu, 18 November\n⚠ {OFFLINE}" in listed.text
    assert "Rapat" not in listed.text, "the entry is a draft"


async def test_an_empty_card_has_no_button_for_it(chat: Chat) -> None:
    await chat.ani.says("/hari")
    card = await chat.ani.sees("Belum ada kegiatan")
    assert "Kendala" not in card.labels


async def test_of_the_day_by_its_button(chat: Chat) -> None:
    await reported(chat, REPORT)
    await chat.ani.taps("Kendala")
    question = await chat.ani.sees("Apa kendalanya?")
    assert question.labels == ["Batal"]
    await chat.ani.says("PLN")
    await chat.ani.sees("paling sedikit 5 huruf")
    await chat.ani.says("Listrik " * 70)
    await chat.ani.sees("paling panjang 500 huruf")
    await chat.ani.says("Listrik padam dari pukul sembilan")
    card = await chat.ani.sees("⚠ Listrik padam dari pukul sembilan")
    assert card.text.index("2. Rapat komite") < card.text.index("⚠")
    await chat.ani.taps("⚠ Kendala (1)")
    face = await chat.ani.sees("Umum\n⚠ Listrik padam")
    assert face.labels == ["Sudah teratasi", "Tambah kendala", "‹ Kembali"]
    await chat.ani.taps("Tambah kendala")
    await chat.ani.says("Genset belum ada bahan bakar")
    await chat.ani.sees("⚠ Genset belum ada bahan bakar", button="⚠ Kendala (2)")
    assert await count(chat, Blocker) == 2


async def test_of_one_entry_by_its_button_and_solved_there(chat: Chat) -> None:
    await reported(chat, REPORT)
    await chat.ani.taps("✎ 1")
    await chat.ani.taps("Kendala")
    await chat.ani.says("LCD kelas 8A rusak")
    card = await chat.ani.sees("⚠ LCD kelas 8A rusak")
    assert card.text.index("⚠ LCD") < card.text.index("2. Rapat komite")
    await chat.ani.taps("✎ 1")
    await chat.ani.taps("Sudah teratasi")
    await chat.ani.sees_toast("Kendala ditutup.")
    await chat.sim.quiet()
    assert "⚠" not in (await chat.ani.sees("2. Rapat komite")).text
    told = await chat.budi.sees("Kendala Ani Rahmawati, Rabu, 18 November, sudah teratasi")
    assert told.silent


async def test_a_citizens_number_in_it_is_asked_about(chat: Chat) -> None:
    await reported(chat, REPORT)
    await chat.ani.taps("Kendala")
    await chat.ani.says("NIK 3201014501850001 ditolak sistem")
    await chat.ani.sees("Ada angka yang mirip NIK")
    await chat.ani.taps("Samarkan angkanya")
    await chat.sim.quiet()
    assert "320101" not in (await chat.ani.sees("⚠ NIK ••••")).text


async def test_while_outcomes_are_asked_it_is_no_outcome(chat: Chat) -> None:
    await chat.ani.says("Mengajar Fikih 8A\nRapat komite")
    await chat.ani.sees("Apa hasilnya, untuk siapa?")
    await chat.ani.says(f"kendala: {OFFLINE}")
    card = await chat.ani.sees(f"⚠ {OFFLINE}")
    assert card.text.count("→ hasil belum diisi") == 2
    await chat.ani.says("1. 30 siswa tuntas\n2. jadwal disepakati\nhambatan: LCD rusak")
    card = await chat.ani.sees("⚠ LCD rusak")
    assert "→ 30 siswa tuntas" in card.text
    assert "→ jadwal disepakati" in card.text
    assert await count(chat, Entry) == 2


async def sent(chat: Chat) -> None:
    await reported(chat)
    await chat.ani.taps("Kirim")
    await chat.sim.quiet()
    if "Kirim, RHK nanti" in chat.ani.buttons():
        await chat.ani.taps("Kirim, RHK nanti")
    await chat.ani.sees("Terkirim, menunggu Budi Santoso")
    await chat.sim.quiet()


async def test_the_review_card_shows_it_first_and_a_chip_answers_it(chat: Chat) -> None:
    await sent(chat)
    queue = await chat.budi.sees("· ⚠")
    assert "Ani Rahmawati · 18 November" in queue.labels
    await chat.budi.taps("Ani Rahmawati · 18 November")
    review = await chat.budi.sees(f"⚠ Kendala, kegiatan 2: {OFFLINE}")
    assert review.text.index("⚠ Kendala") < review.text.index("1. Mengajar")
    await chat.budi.taps("Jawab kendala")
    asking = await chat.budi.sees("Apa jawaban Anda?")
    assert asking.labels == ["Saya tindak lanjuti", "Silakan koordinasi langsung", "Batal"]
    assert "Kegiatan: Rapat komite" in asking.text
    await chat.budi.taps("Saya tindak lanjuti")
    await chat.budi.sees_toast("Jawaban Anda disampaikan.")
    told = await chat.ani.sees("Budi Santoso menjawab kendala Anda")
    assert "Saya tindak lanjuti" in told.text
    assert told.labels == ["Sudah teratasi"]
    shown = await chat.budi.sees("Jawaban Budi Santoso:\nSaya tindak lanjuti")
    assert shown.labels == ["Ubah jawaban", "Selesai", "‹ Semua kendala"]
    await chat.ani.taps("Sudah teratasi")
    await chat.ani.sees_toast("Kendala ditutup.")
    await chat.budi.sees("sudah teratasi")
    await chat.sim.quiet()
    assert not chat.budi.sees_now("· ⚠")


async def test_an_answer_in_words_and_the_end_by_the_supervisor(chat: Chat) -> None:
    await sent(chat)
    await chat.budi.taps("⚠ Kendala (1)")
    await chat.budi.taps(f"1. Ani Rahmawati: {OFFLINE}")
    await chat.budi.taps("Jawab kendala")
    await chat.budi.says("ok")
    await chat.budi.sees("paling sedikit 3 huruf")
    await chat.budi.says("x" * 501)
    await chat.budi.sees("paling banyak 500 huruf")
    await chat.budi.says("Teknisi datang besok pagi")
    await chat.budi.sees("Jawaban Budi Santoso:\nTeknisi datang besok pagi")
    await chat.ani.sees("Teknisi datang besok pagi")
    await chat.budi.taps("Selesai")
    await chat.budi.sees_toast("Kendala ditutup.")
    await chat.budi.sees("Tidak ada kendala yang belum selesai.", button="‹ Antrean")
    told = await chat.ani.sees("Budi Santoso menutup kendala Anda")
    assert OFFLINE in told.text
    await chat.ani.taps("Sudah teratasi")
    await chat.ani.sees_toast("Kendala itu sudah ditutup.")


async def test_an_answer_that_comes_too_late_ends_its_question(chat: Chat) -> None:
    await sent(chat)
    await chat.budi.taps("⚠ Kendala (1)")
    await chat.budi.taps(f"1. Ani Rahmawati: {OFFLINE}")
    await chat.budi.taps("Jawab kendala")
    await chat.budi.sees("Apa jawaban Anda?")
    async with chat.db.writing() as session:
        await session.execute(
            update(Blocker).values(closed_at=chat.clock(), closed_by=chat.office.ani, answer=None)
        )
    await chat.budi.says("Teknisi datang besok pagi")
    await chat.budi.sees("Kendala itu sudah ditutup.")
    await chat.budi.says("Memeriksa jadwal -> jadwal siap")
    await chat.budi.sees(DRAFT)


async def test_somebody_elses_people_are_none_of_ones_business_any_more(chat: Chat) -> None:
    await sent(chat)
    await chat.budi.taps("⚠ Kendala (1)")
    await chat.budi.taps(f"1. Ani Rahmawati: {OFFLINE}")
    await chat.budi.taps("Jawab kendala")
    await chat.budi.sees("Apa jawaban Anda?")
    async with chat.db.writing() as session:
        moved = update(Person).where(Person.id == chat.office.ani).values(supervisor_id=chat.office.dewi)
        await session.execute(moved)
    await chat.budi.says("Teknisi datang besok pagi")
    await chat.budi.sees("Anda tidak berwenang untuk ini.")
    assert not chat.ani.sees_now("menjawab kendala")


async def test_deleting_the_entry_meanwhile_keeps_no_blocker_of_it(chat: Chat) -> None:
    await reported(chat, REPORT)
    await chat.ani.taps("✎ 1")
    await chat.ani.taps("Kendala")
    await chat.ani.sees("Apa kendala pada kegiatan ini?")
    async with chat.db.writing() as session:
        first = await session.scalar(select(func.min(Entry.id)))
        await session.execute(delete(Entry).where(Entry.id == first))
    await chat.ani.says("LCD kelas 8A rusak")
    await chat.ani.sees("Kegiatan itu sudah tidak ada.")
    assert await count(chat, Blocker) == 0


@pytest.mark.parametrize("words", ["kendala: tidak ada", "Hambatan: nihil"])
async def test_that_nothing_stands_in_the_way_is_neither_work_nor_a_blocker(chat: Chat, words: str) -> None:
    await reported(chat, f"{REPORT}\n{words}")
    assert await count(chat, Entry) == 2
    assert await count(chat, Blocker) == 0
