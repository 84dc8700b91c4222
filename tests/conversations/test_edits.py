"""Editing the Telegram message edits its entries: in a draft, after sending, and refused once decided."""

from sqlalchemy import select, update

from models import Day, Entry, State
from tests.conversations.conftest import Chat
from tests.conversations.test_report import QUESTION, TODAY, TWO, alone, entries, gone, outcomes


async def settle(chat: Chat, state: State) -> None:
    async with chat.db.writing() as session:
        await session.execute(update(Entry).values(state=state))
        await session.execute(update(Day).values(state=state))


async def test_a_draft_follows_its_message(chat: Chat) -> None:
    """Lines changed, added, taken away: each keeps the outcome that was answered for it."""
    message = await chat.ani.says(TWO)
    await chat.ani.sees(QUESTION)
    await chat.ani.says("1. modul siap\n2. jadwal disepakati")
    await gone(chat.ani, QUESTION)
    place = (await chat.ani.sees(TODAY)).id
    await chat.ani.edits(
        message, "Piket pagi -> siswa tertib\nMenyusun modul ajar bab 3\nRapat komite madrasah"
    )
    await chat.ani.sees("Piket pagi")
    assert {one.activity: one.outcome for one in await entries(chat)} == {
        "Menyusun modul ajar bab 3": "modul siap",
        "Rapat komite madrasah": "jadwal disepakati",
        "Piket pagi": "siswa tertib",
    }
    assert (await chat.ani.sees(TODAY)).id == place, "the card is brought up to date where it stands"
    await chat.ani.edits(message, "Rapat komite madrasah dan wali\nPiket pagi")
    await gone(chat.ani, "Menyusun modul")
    found = {one.activity: one.outcome for one in await entries(chat)}
    assert found["Piket pagi"] == "siswa tertib"
    assert len(found) == 2
    await chat.ani.edits(message, "Terima kasih")
    await chat.ani.sees("tidak ada kegiatan lagi")
    assert len(await entries(chat)) == 2
    await chat.ani.edits(message, "Rapat komite dan wali\nPiket pagi\nMengajar 7A")
    await chat.ani.sees("Mengajar 7A", button="Lewati")
    await alone(chat.ani, QUESTION)
    await chat.ani.edits(message, "Rapat komite dan wali\nPiket pagi\nMengajar 7A, wali 081234567890")
    await chat.ani.sees("Ada angka yang mirip NIK", button="Samarkan angkanya")


async def test_an_edited_answer_changes_the_outcomes(chat: Chat) -> None:
    await chat.ani.says(TWO)
    await chat.ani.sees(QUESTION)
    answer = await chat.ani.says("1. modul sip\n2. jadwal disepakati")
    await chat.ani.sees("→ modul sip")
    await chat.ani.edits(answer, "1. modul siap dipakai\n2. jadwal disepakati")
    await chat.ani.sees("→ modul siap dipakai")
    assert await outcomes(chat) == ["modul siap dipakai", "jadwal disepakati"]
    await chat.ani.says("/hari")
    await chat.ani.edits(answer, "1. modul siap dicetak")
    await chat.ani.sees("tidak terhubung ke kegiatan mana pun")
    assert await outcomes(chat) == ["modul siap dipakai", "jadwal disepakati"]


async def test_a_sent_day_follows_and_a_decided_one_does_not(chat: Chat) -> None:
    message = await chat.ani.says("Menyusun modul ajar bab 3 -> modul sip")
    await chat.ani.taps("Kirim")
    await chat.ani.sees("Terkirim, menunggu Budi Santoso")
    async with chat.db.reading() as session:
        shown = await session.scalar(select(Day.revision))
    await chat.ani.edits(message, "Menyusun modul ajar bab 3 -> modul siap\nPiket -> siswa tertib")
    await chat.ani.sees("→ modul siap")
    await chat.ani.sees("belum dikirim: tekan Kirim")
    found = await entries(chat)
    assert [one.state for one in found] == [State.SUBMITTED, State.DRAFT]
    async with chat.db.reading() as session:
        assert await session.scalar(select(Day.revision)) != shown, "a decision on the old words is outdated"
    await settle(chat, State.APPROVED)
    await chat.ani.edits(message, "Sesuatu yang lain -> sama sekali")
    await chat.ani.sees("perubahannya tidak dipakai")
    assert await outcomes(chat) == ["modul siap", "siswa tertib"]
