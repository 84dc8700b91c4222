"""A citizen's number in what a supervisor tells somebody is asked about once, before it is told."""

import pytest
from sqlalchemy import select

from models import Blocker, Feedback, OutboxMessage
from tests.conversations.conftest import Chat

NIK = "3273012345678901"
TYPED = f"Hubungi Pak Joko, NIK {NIK}"


async def asked_to_answer(chat: Chat) -> None:
    """Budi is asked for his answer to Ani's blocker."""
    await chat.ani.says("Menyusun laporan -> 1 laporan\nKendala: internet mati sejak pagi")
    await chat.ani.sees("internet mati sejak pagi")
    await chat.budi.taps("⚠ Kendala (1)")
    await chat.budi.taps("Ani Rahmawati")
    await chat.budi.taps("Jawab kendala")
    await chat.sim.quiet()


async def answers(chat: Chat) -> list[str | None]:
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        return list(await session.scalars(select(Blocker.answer)))


@pytest.mark.parametrize(
    ("label", "told"),
    [("Samarkan angkanya", TYPED.replace(NIK[:-4], "•" * 12)), ("Teruskan apa adanya", TYPED)],
)
async def test_a_citizens_number_in_an_answer_was_told_unasked(chat: Chat, label: str, told: str) -> None:
    await asked_to_answer(chat)
    await chat.budi.says(TYPED)
    question = await chat.budi.sees("Belum saya teruskan")
    again = next(one for one in question.buttons if one.text == label)
    assert await answers(chat) == [None]
    await chat.budi.taps(label)
    assert await answers(chat) == [told]
    await chat.ani.sees(told)
    assert "Sudah berubah" in (await chat.budi.presses(question, again).answered()).text
    assert await answers(chat) == [told]


async def test_it_is_not_told_when_it_is_cancelled(chat: Chat) -> None:
    await asked_to_answer(chat)
    await chat.budi.says(TYPED)
    await chat.budi.sees("Belum saya teruskan")
    await chat.budi.taps("Batal")
    assert await answers(chat) == [None]


async def test_two_texts_are_held_together(chat: Chat) -> None:
    await asked_to_answer(chat)
    await chat.budi.says(TYPED)
    await chat.budi.sees("Belum saya teruskan")
    await chat.budi.says("HP 081234567890")
    await chat.budi.sees("HP 081234567890")
    await chat.budi.taps("Samarkan angkanya")
    [told] = await answers(chat)
    assert "7890" in (told or "")
    assert "0812" not in (told or "")
    assert NIK not in (told or "")


async def test_an_answer_too_long_may_be_given_again(chat: Chat) -> None:
    await asked_to_answer(chat)
    await chat.budi.says(f"{TYPED} {'dan seterusnya ' * 40}")
    await chat.budi.sees("Belum saya teruskan")
    await chat.budi.taps("Samarkan angkanya")
    await chat.budi.sees("500")
    await chat.budi.says("Sudah saya hubungi")
    assert await answers(chat) == ["Sudah saya hubungi"]


async def test_a_citizens_number_in_a_return_reason_is_asked_about(chat: Chat) -> None:
    await chat.ani.says("Urus hal lain -> dua berkas beres")
    await chat.ani.taps("Kirim")
    await chat.ani.taps("Kirim, RHK nanti")
    await chat.budi.taps("Ani Rahmawati · 18 November")
    await chat.budi.taps("Kembalikan")
    await chat.budi.says(f"Cek lagi data NIK {NIK}")
    await chat.budi.sees("Belum saya teruskan")
    await chat.budi.taps("Samarkan angkanya")
    notice = await chat.ani.sees("mengembalikan satu kegiatan Anda")
    assert NIK not in notice.text
    async with chat.db.reading() as session:
        assert not list(await session.scalars(select(Feedback.id)))
        assert list(await session.scalars(select(OutboxMessage.id)))
