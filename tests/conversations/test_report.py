"""Typing a report, checking the card, sending it."""

from tests.conversations.conftest import Chat

THREE = "Mengajar Fikih 8A 07.30-09.00 -> 30 siswa tuntas\nMenyusun modul ajar bab 3\nRapat komite madrasah"


async def test_a_text_becomes_a_card_and_one_question(chat: Chat) -> None:
    await chat.ani.says(THREE)
    card = await chat.ani.sees("Rabu, 18 November")
    assert "1. Mengajar Fikih 8A" in card.text
    assert "07.30–09.00" in card.text
    question = await chat.ani.sees("Apa hasilnya, untuk siapa?")
    assert "2. Menyusun modul ajar bab 3" in question.text
    assert "Mengajar" not in question.text


async def test_one_answer_gives_all_missing_outcomes(chat: Chat) -> None:
    await chat.ani.says(THREE)
    await chat.ani.sees("Apa hasilnya")
    await chat.ani.says("2. modul bab 3 siap dipakai kelas 8\n3. komite menyetujui jadwal ujian")
    await chat.sim.quiet()
    assert not chat.ani.sees_now("Apa hasilnya")
    card = await chat.ani.sees("Rabu, 18 November")
    assert "→ modul bab 3 siap dipakai kelas 8" in card.text
    assert "→ komite menyetujui jadwal ujian" in card.text
    assert sum("Rabu, 18 November" in one.text for one in chat.ani.messages) == 1


async def test_a_day_is_sent(chat: Chat) -> None:
    await chat.ani.says("Menyusun modul ajar bab 3 -> modul siap dipakai")
    await chat.ani.taps("Kirim")
    await chat.ani.sees_toast("Terkirim")
    await chat.ani.sees("terkirim, menunggu Budi Santoso")
    await chat.ani.taps("Tarik kembali")
    await chat.ani.sees("draf, belum dikirim")
