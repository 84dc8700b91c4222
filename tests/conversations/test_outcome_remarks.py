"""A polite word on an outcome that says little: once, with an example, and never in anybody's way."""

from sqlalchemy import select

from models import Entry
from tests.conversations.conftest import Chat
from tests.conversations.test_report import gone

QUESTION = "Apa hasilnya, untuk siapa?"
WORD = "Supaya manfaatnya terlihat"


async def stored(chat: Chat) -> list[tuple[str | None, bool]]:
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        rows = await session.execute(select(Entry.outcome, Entry.repeat_noted).order_by(Entry.id))
        return [(outcome, noted) for outcome, noted in rows]


async def test_a_product_is_kept_pointed_out_and_improved(chat: Chat) -> None:
    await chat.ani.says("Rapat komite madrasah\nMengajar pecahan 8A")
    await chat.ani.sees(QUESTION)
    await chat.ani.says("1. notulen rapat\n2. 26 siswa sudah bisa menyederhanakan pecahan")
    said = await chat.ani.sees(WORD, button="Perbaiki hasil")
    assert "Hasil nomor 1 sudah dicatat: notulen rapat" in said.text
    assert "lebih jelas: 26 dari 30 siswa" in said.text, "a teacher gets a teacher's example"
    assert said.labels == ["Perbaiki hasil", "Sudah cukup"]
    assert (await stored(chat))[0] == ("notulen rapat", True), "kept, whatever follows"
    await chat.ani.taps("Perbaiki hasil")
    await chat.ani.sees(QUESTION, button="Batal")
    await chat.ani.says("komite setuju membangun MCK")
    await chat.ani.sees("→ komite setuju membangun MCK")
    await gone(chat.ani, WORD)
    assert (await stored(chat))[0][0] == "komite setuju membangun MCK"


async def test_enough_is_enough_and_the_day_can_be_sent(chat: Chat) -> None:
    await chat.ani.says("Rapat komite madrasah")
    await chat.ani.says("notulen rapat")
    await chat.ani.sees(WORD)
    await chat.ani.taps("Sudah cukup")
    await gone(chat.ani, WORD)
    await chat.ani.sees("→ notulen rapat", button="Kirim")
    await chat.ani.says("Piket perpustakaan -> daftar hadir")
    await chat.ani.sees("2. Piket perpustakaan")
    await chat.sim.quiet()
    assert not chat.ani.sees_now(WORD), "once a day"
    await chat.ani.taps("Kirim")
    await chat.ani.sees("Terkirim")


async def test_who_skips_or_tells_an_effect_hears_nothing(chat: Chat) -> None:
    await chat.ani.says("Rapat komite madrasah -> disepakati jadwal ujian")
    await chat.ani.says("Menyusun modul ajar bab 3")
    await chat.ani.taps("Lewati")
    await gone(chat.ani, QUESTION)
    await chat.sim.quiet()
    assert not any(WORD in one.text or "mengulang" in one.text for one in chat.ani.messages)
    assert [noted for _, noted in await stored(chat)] == [False, False]


async def test_a_report_is_pointed_out_only_when_nothing_else_is_asked(chat: Chat) -> None:
    await chat.ani.says("Rapat komite madrasah -> notulen rapat\nMenyusun modul ajar bab 3")
    await chat.ani.sees(QUESTION)
    await chat.sim.quiet()
    assert not chat.ani.sees_now(WORD)
    await chat.ani.taps("Lewati")
    await chat.ani.says("Apel pagi -> selesai")
    said = await chat.ani.sees("masih mengulang kegiatannya", button="Sudah cukup")
    assert "Hasil nomor 3" in said.text


async def test_in_english(chat: Chat) -> None:
    await chat.ani.says("/pengaturan")
    await chat.ani.taps("Ganti ke English")
    await chat.ani.says("Rapat komite madrasah -> notulen rapat")
    said = await chat.ani.sees("who was helped, or what changed?", button="Improve outcome")
    assert "26 of 30 pupils" in said.text
