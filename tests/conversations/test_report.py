"""Typing a report, checking the card, sending it."""

from tests.conversations.conftest import Chat

THREE = "Mengajar Fikih 8A 07.30-09.00 -> 30 siswa tuntas\nMenyusun modul ajar bab 3\nRapat komite madrasah"


async def test_a_text_becomes_a_card(chat: Chat) -> None:
    await chat.ani.says(THREE)
    card = await chat.ani.sees("Rabu, 18 November")
    assert "1. Mengajar Fikih 8A" in card.text
    assert "07.30–09.00" in card.text
    question = await chat.ani.sees("Apa hasilnya, untuk siapa?")
    assert "1. Menyusun modul ajar bab 3" in question.text
    print(chat.ani.transcript())
