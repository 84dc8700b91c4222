"""What a supervisor types on a screen that was just shown belongs to it, or is asked about; never lost."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.screens import in_parts, units
from models import Blocker, Entry, Feedback, OutboxMessage
from tests.conversations.conftest import Chat
from tests.conversations.test_decision import TWO, opens_ani, sends

TOO_FEW = "Jumlah siswanya belum sama dengan daftar hadir"


async def own_drafts(chat: Chat) -> int:
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        return await session.scalar(select(func.count()).select_from(Entry)) or 0


async def notes(chat: Chat) -> list[tuple[str, str | None, str]]:
    """Text, behaviour and follow-up date of each."""
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        found = await session.scalars(select(Feedback).order_by(Feedback.id))
        return [(one.text, one.behaviour, str(one.follow_up_on)) for one in found]


async def answers(chat: Chat) -> list[str | None]:
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        return list(await session.scalars(select(Blocker.answer).order_by(Blocker.id)))


async def test_a_reason_typed_at_which_entry_is_applied_after_the_choice(chat: Chat) -> None:
    await sends(chat, TWO)
    await opens_ani(chat)
    await chat.budi.taps("Kembalikan")
    await chat.budi.sees("Kegiatan mana yang dikembalikan?")
    await chat.budi.says(TOO_FEW)
    asked = await chat.budi.sees(TOO_FEW, button="2")
    assert "Kegiatan mana yang dikembalikan?" in asked.text
    assert await own_drafts(chat) == 2, "nothing became Budi's own report"
    await chat.budi.taps("2")
    told = await chat.ani.sees("mengembalikan satu kegiatan Anda")
    assert TOO_FEW in told.text
    assert "Mengajar Fikih 8A" in told.text


@pytest.mark.parametrize(
    "thanks", ["terima kasih banyak bu", "Baik pak, terima kasih banyak 🙏", "Selamat siang pak"]
)
async def test_thanks_are_no_reason(chat: Chat, thanks: str) -> None:
    await sends(chat)
    await opens_ani(chat)
    await chat.budi.taps("Kembalikan")
    await chat.budi.says("kurang")
    await chat.budi.sees("Alasannya terlalu pendek")
    await chat.budi.says(thanks)
    await chat.budi.sees("belum menyebut apa yang perlu diperbaiki")
    assert not chat.ani.sees_now("mengembalikan")
    await chat.budi.says(TOO_FEW)
    assert TOO_FEW in (await chat.ani.sees("mengembalikan satu kegiatan Anda")).text


async def test_a_note_typed_before_its_tone_is_kept_and_the_tone_asked_for_it(chat: Chat) -> None:
    await sends(chat)
    await opens_ani(chat)
    await chat.budi.taps("Umpan balik")
    await chat.budi.sees("Nadanya apa?")
    await chat.budi.says("Hasilnya sangat membantu siswa")
    kept = await chat.budi.sees("Hasilnya sangat membantu siswa", button="Apresiasi")
    assert "Bukan, untuk laporan saya" in kept.labels
    assert not await notes(chat)
    await chat.budi.taps("Tentang perilaku…")
    await chat.budi.sees("Hasilnya sangat membantu siswa", button="Kompeten")
    await chat.budi.taps("Kompeten")
    await chat.budi.sees("Perilaku: Kompeten", button="Apresiasi")
    await chat.budi.taps("Apresiasi")
    assert "Hasilnya sangat membantu siswa" in (await chat.ani.sees("memberi umpan balik")).text
    [note] = await notes(chat)
    assert note == ("Hasilnya sangat membantu siswa", "kompeten", "None")
    assert await own_drafts(chat) == 1


async def test_kept_words_can_go_into_ones_own_report_once(chat: Chat) -> None:
    await sends(chat)
    await opens_ani(chat)
    await chat.budi.taps("Umpan balik")
    await chat.budi.says("Memimpin rapat komite")
    await chat.budi.says("Menandatangani rapor")
    await chat.budi.sees("Menandatangani rapor", button="Bukan, untuk laporan saya")
    await chat.budi.taps("Bukan, untuk laporan saya")
    card = await chat.budi.sees("Draf, belum dikirim")
    assert "Memimpin rapat komite" in card.text
    assert "Menandatangani rapor" in card.text
    assert await own_drafts(chat) == 3
    assert not await notes(chat)


async def test_a_date_typed_under_when_to_look_again_is_taken(chat: Chat) -> None:
    await sends(chat)
    await opens_ani(chat)
    await chat.budi.taps("Umpan balik")
    await chat.budi.taps("Perbaikan")
    await chat.budi.taps("Lain kali mohon lengkapi buktinya.")
    await chat.budi.sees("Kapan dilihat lagi hasilnya?")
    await chat.budi.says("nanti saja ya")
    await chat.budi.sees("Tanggalnya belum jelas")
    await chat.budi.says("Jumat depan")
    await chat.budi.sees("Saya ingatkan lagi Jumat, 27 November")
    [note] = await notes(chat)
    assert note[2] == "2026-11-27"
    assert await own_drafts(chat) == 1


async def test_a_report_typed_under_when_to_look_again_stays_a_report(chat: Chat) -> None:
    await sends(chat)
    await opens_ani(chat)
    await chat.budi.taps("Umpan balik")
    await chat.budi.taps("Perbaikan")
    await chat.budi.taps("Lain kali mohon lengkapi buktinya.")
    await chat.budi.sees("Kapan dilihat lagi hasilnya?")
    await chat.budi.says("Memimpin rapat komite madrasah tentang anggaran -> anggaran disepakati")
    await chat.budi.sees("Draf, belum dikirim")
    assert await own_drafts(chat) == 2


async def blocked(chat: Chat, who: str, text: str) -> None:
    persona = getattr(chat, who)
    await persona.says(f"Mengajar kelas 8A -> 30 siswa tuntas\nkendala: {text}")
    await persona.sees("Draf, belum dikirim")
    await chat.sim.quiet()


async def test_words_below_the_one_blocker_are_its_answer(chat: Chat) -> None:
    await blocked(chat, "ani", "Internet mati sejak pagi")
    await chat.budi.says("/periksa")
    await chat.budi.taps("⚠ Kendala (1)")
    await chat.budi.sees("Jawabannya boleh langsung diketik di sini")
    await chat.budi.says("Pakai modem ruang guru dulu")
    assert "Pakai modem ruang guru dulu" in (await chat.ani.sees("menjawab kendala Anda")).text
    assert await own_drafts(chat) == 1


async def test_words_below_several_blockers_are_asked_about(chat: Chat) -> None:
    await blocked(chat, "ani", "Internet mati sejak pagi")
    await blocked(chat, "citra", "Proyektor kelas rusak")
    await chat.budi.says("/periksa")
    await chat.budi.taps("⚠ Kendala (2)")
    await chat.budi.sees("Kendala yang belum selesai: 2")
    await chat.budi.says("Pinjam dari ruang guru dulu")
    asked = await chat.budi.sees("Jawaban ini untuk kendala yang mana?")
    assert "Pinjam dari ruang guru dulu" in asked.text
    await chat.budi.taps(next(one for one in asked.labels if one.startswith("2.")))
    assert "Pinjam dari ruang guru dulu" in (await chat.citra.sees("menjawab kendala Anda")).text
    assert await answers(chat) == [None, "Pinjam dari ruang guru dulu"]
    assert await own_drafts(chat) == 2


async def test_a_report_below_the_one_blocker_is_asked_about_first(chat: Chat) -> None:
    await blocked(chat, "ani", "Internet mati sejak pagi")
    await chat.budi.says("/periksa")
    await chat.budi.taps("⚠ Kendala (1)")
    await chat.budi.sees("Kendala yang belum selesai: 1")
    await chat.budi.says("Rapat dinas -> anggaran disepakati")
    await chat.budi.sees("Jawaban ini untuk kendala yang mana?")
    await chat.budi.taps("Bukan, untuk laporan saya")
    await chat.budi.sees("Rapat dinas")
    assert await answers(chat) == [None]
    assert await own_drafts(chat) == 2


async def test_words_that_were_kept_once_are_not_taken_twice(chat: Chat) -> None:
    await sends(chat)
    await opens_ani(chat)
    await chat.budi.taps("Umpan balik")
    await chat.budi.says("Hasilnya sangat membantu siswa")
    kept = await chat.budi.sees("Hasilnya sangat membantu siswa", button="Apresiasi")
    own = next(one for one in kept.buttons if one.text == "Bukan, untuk laporan saya")
    await chat.budi.taps("Apresiasi")
    await chat.sim.quiet()
    assert own.data is not None
    answer = await chat.budi.presses_data(kept, own.data).answered()
    assert "Sudah berubah" in answer.text
    assert await own_drafts(chat) == 1
    assert len(await notes(chat)) == 1


GIVEN_BACK = "belum terpakai dan tidak disimpan"


async def keeps_a_note(chat: Chat) -> None:
    """Budi has typed a note of which the tone is not known yet."""
    await sends(chat)
    await opens_ani(chat)
    await chat.budi.taps("Umpan balik")
    await chat.budi.says("Hasilnya sangat membantu siswa")
    await chat.budi.sees("Hasilnya sangat membantu siswa", button="Apresiasi")


async def test_a_press_elsewhere_gives_kept_words_back(chat: Chat) -> None:
    await sends(chat, TWO)
    await opens_ani(chat)
    await chat.budi.taps("Kembalikan")
    await chat.budi.says(TOO_FEW)
    which = await chat.budi.sees(TOO_FEW, button="2")
    await chat.budi.taps("Batal", message=which)
    given = await chat.budi.sees(GIVEN_BACK)
    assert TOO_FEW in given.text
    await chat.budi.taps("Kembalikan")
    await chat.sim.quiet()
    assert len([one for one in chat.budi.messages if GIVEN_BACK in one.text]) == 1, "once"


async def test_a_command_gives_kept_words_back(chat: Chat) -> None:
    await keeps_a_note(chat)
    await chat.budi.says("/periksa")
    assert "Hasilnya sangat membantu siswa" in (await chat.budi.sees(GIVEN_BACK)).text
    assert not await notes(chat)


async def test_words_that_waited_too_long_are_given_back(chat: Chat) -> None:
    await keeps_a_note(chat)
    chat.clock.move_to(chat.clock() + timedelta(minutes=31))
    await chat.budi.taps("Apresiasi")
    assert "Hasilnya sangat membantu siswa" in (await chat.budi.sees(GIVEN_BACK)).text
    assert not await notes(chat)


async def test_words_that_were_taken_or_given_up_are_not_given_back(chat: Chat) -> None:
    await keeps_a_note(chat)
    await chat.budi.taps("Tentang perilaku…")
    await chat.budi.taps("Kompeten")
    await chat.budi.taps("Apresiasi")
    await chat.ani.sees("memberi umpan balik")
    await chat.budi.taps("Umpan balik")
    await chat.budi.says("Terima kasih atas bantuannya")
    await chat.budi.sees("Terima kasih atas bantuannya", button="Apresiasi")
    await chat.budi.says("/batal")
    await chat.budi.sees("Tidak ada yang berubah")
    assert not chat.budi.sees_now(GIVEN_BACK)


async def test_a_refused_press_gives_kept_words_back(chat: Chat) -> None:
    await sends(chat, TWO)
    await opens_ani(chat)
    await chat.budi.taps("Kembalikan")
    await chat.budi.says(TOO_FEW)
    which = await chat.budi.sees(TOO_FEW, button="2")
    await chat.ani.taps("Tarik kembali")
    await chat.sim.quiet()
    chat.budi.presses(which, next(one for one in which.buttons if one.text == "2"))
    assert TOO_FEW in (await chat.budi.sees(GIVEN_BACK)).text


@pytest.mark.parametrize(
    ("then", "given"),
    [("kemarin Mengisi kajian duha -> 60 siswa hadir", True), ("hari ini Rapat komite madrasah", False)],
)
async def test_a_report_of_another_day_gives_back_what_was_kept(chat: Chat, then: str, given: bool) -> None:
    """«Tulisan Anda tetap saya simpan» was promised; the same words with their day are no loss."""
    await chat.ani.says("besok: rapat komite madrasah")
    await chat.ani.sees("Tulisan Anda tetap saya simpan")
    await chat.ani.says(then)
    await chat.sim.quiet()
    found = [one.text for one in chat.ani.messages if GIVEN_BACK in one.text]
    assert len(found) == given
    assert all("rapat komite madrasah" in text for text in found)


async def test_a_report_whose_day_was_asked_is_given_back(chat: Chat) -> None:
    await chat.ani.says("besok: Mengajar Fikih 8A -> siswa hafal")
    await chat.ani.sees("Tulisan Anda tetap saya simpan")
    await chat.ani.says("/hari")
    assert "besok: Mengajar Fikih 8A" in (await chat.ani.sees(GIVEN_BACK)).text
    assert await own_drafts(chat) == 0


async def asked_why(chat: Chat) -> None:
    """Budi is asked why he returns a day."""
    await sends(chat)
    await opens_ani(chat)
    await chat.budi.taps("Kembalikan")
    await chat.budi.sees("Mengapa dikembalikan?")
    await chat.sim.quiet()


async def held(chat: Chat) -> list[OutboxMessage]:
    """Words that would be given back."""
    async with chat.db.reading() as session:
        rows = await session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "words_given_back"))
        return list(rows)


async def test_a_refused_text_is_told_by_its_refusal_alone(chat: Chat) -> None:
    await asked_why(chat)
    await chat.budi.says("kurang")
    await chat.budi.sees("Alasannya terlalu pendek")
    await chat.sim.quiet()
    assert await held(chat) == []
    chat.sim.redelivers(chat.sim.update_ids[-1])
    chat.clock.move_to(chat.clock() + timedelta(minutes=5))
    await chat.sim.quiet()
    assert not chat.budi.sees_now(GIVEN_BACK)
    assert await own_drafts(chat) == 1


async def test_a_refusal_that_never_reached_the_chat_gives_the_words_back_once(chat: Chat) -> None:
    """Telegram fails, or the program dies, between the refusal and its message."""
    await asked_why(chat)
    chat.sim.fault("sendMessage", kind="error", status=500, times=None, chat_id=chat.budi.id)
    await chat.budi.says("a\nb")
    await chat.sim.quiet(20)
    assert len(await held(chat)) == 1
    assert not chat.budi.sees_now("Alasannya terlalu pendek")
    chat.sim.clear_faults()
    chat.clock.move_to(chat.clock() + timedelta(minutes=3))
    chat.program.delivery.wake()
    given = await chat.budi.sees(GIVEN_BACK)
    assert "a\nb" in given.text, "line by line, as they were typed"
    await chat.sim.quiet()
    assert sum(GIVEN_BACK in one.text for one in chat.budi.messages) == 1


async def test_a_refusal_that_takes_long_holds_up_nobody(chat: Chat) -> None:
    """The update is confirmed when the refusal is committed, not when it is shown."""
    await asked_why(chat)
    chat.sim.fault("sendMessage", kind="delay", seconds=1.5, chat_id=chat.budi.id)
    await chat.budi.says("kurang")
    async with asyncio.timeout(1.2):
        while chat.sim.core.updates.pending:  # noqa: ASYNC110 - it happens in the simulator
            await asyncio.sleep(0.02)
    assert not chat.budi.sees_now("Alasannya terlalu pendek")
    await chat.budi.sees("Alasannya terlalu pendek")


async def test_long_words_come_back_whole(chat: Chat) -> None:
    words = "\n".join(f"baris {number} dengan beberapa kata" for number in range(240))
    parts = in_parts(words, 3500)
    assert len(parts) == 3
    assert all(units(part) <= 3500 for part in parts)
    assert "\n".join(parts) == words


async def test_a_reason_that_came_too_late_does_not_become_a_report(chat: Chat) -> None:
    """The question has ended with the refusal, and its update comes once more."""
    await sends(chat)
    await opens_ani(chat)
    await chat.budi.taps("Kembalikan")
    await chat.budi.sees("Mengapa dikembalikan?")
    await chat.ani.taps("Tarik kembali")
    await chat.sim.quiet()
    await chat.budi.says(TOO_FEW)
    await chat.budi.sees("baru saja ditarik kembali")
    await chat.sim.quiet()
    chat.sim.redelivers(chat.sim.update_ids[-1])
    await chat.sim.quiet()
    assert await own_drafts(chat) == 1
