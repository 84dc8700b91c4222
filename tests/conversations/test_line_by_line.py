"""People who report line by line while the outcome question waits; and what was removed, put back."""

from sqlalchemy import select, update

from models import Account, AuditEvent, Day, Entry, Person, State
from tests.conversations.conftest import Chat
from tests.conversations.test_edits import settle
from tests.conversations.test_report import QUESTION, TODAY, TWO, entries, gone, outcomes


async def told(chat: Chat) -> list[tuple[str, str | None]]:
    return [(one.activity, one.outcome) for one in await entries(chat)]


async def test_lines_one_after_the_other_are_activities(chat: Chat) -> None:
    """The question goes on, and one press says that it was the outcome after all."""
    ani = chat.ani
    await ani.says("Menginput data EMIS semester ganjil")
    await ani.sees(QUESTION)
    await ani.says("memperbaiki printer ruang TU")
    await ani.sees("2. memperbaiki printer", button="Ini hasilnya")
    await ani.sees("1. Menginput data EMIS semester ganjil\n2. memperbaiki", button="Lewati")
    await ani.says("rapat komite")
    await ani.sees("3. rapat komite", button="Ini hasilnya")
    await ani.says("1. 320 data siswa sinkron\n2. printer bisa dipakai\n3. jadwal disepakati")
    await gone(ani, QUESTION)
    assert await outcomes(chat) == ["320 data siswa sinkron", "printer bisa dipakai", "jadwal disepakati"]


async def test_a_line_wrongly_taken_as_an_activity_becomes_the_outcome(chat: Chat) -> None:
    ani = chat.ani
    await ani.says("Rapat dinas")
    await ani.sees(QUESTION)
    await ani.says("menugaskan lima panitia ujian")
    card = await ani.sees("2. menugaskan lima panitia", button="Ini hasilnya")
    old = next(one for one in card.buttons if one.text == "Ini hasilnya")
    await ani.taps("Ini hasilnya")
    await ani.sees("→ menugaskan lima panitia ujian", button="Ini kegiatan baru")
    await gone(ani, QUESTION)
    assert await told(chat) == [("Rapat dinas", "menugaskan lima panitia ujian")]
    ani.presses(await ani.sees(TODAY), old)
    await ani.sees_toast("Sudah berubah")
    assert await told(chat) == [("Rapat dinas", "menugaskan lima panitia ujian")]


async def test_done_with_everything_is_said_of_everything(chat: Chat) -> None:
    await chat.ani.says(TWO)
    await chat.ani.sees(QUESTION)
    await chat.ani.says("sudah selesai semua")
    await gone(chat.ani, QUESTION)
    assert await outcomes(chat) == ["sudah selesai semua"] * 2


async def test_being_away_is_no_outcome(chat: Chat) -> None:
    await chat.ani.says("Rapat dinas")
    await chat.ani.sees(QUESTION)
    await chat.ani.says("maaf pak saya sakit")
    await chat.ani.sees("Alasannya tidak saya simpan", button="Catat tidak bertugas hari ini")
    assert await told(chat) == [("Rapat dinas", None)]
    await chat.ani.says("nihil")
    await gone(chat.ani, QUESTION)
    assert await told(chat) == [("Rapat dinas", None)]
    await chat.ani.says("Laporan 17 Nov")
    await chat.ani.sees("kerjakan pada Selasa, 17 November", button="Batal")
    await chat.ani.says("cuti")
    await chat.ani.sees("supaya tidak ditanya", button="Catat tidak bertugas Selasa, 17 November")
    await chat.ani.says("Piket pagi -> siswa tertib")
    await chat.ani.sees(f"{TODAY} · Draf")
    assert len(await entries(chat)) == 2, "the question of the other day has ended"


async def test_a_removed_entry_can_be_put_back(chat: Chat) -> None:
    ani = chat.ani
    await ani.says(
        "Mengajar 07.30-09.00 -> 30 siswa tuntas https://contoh.go.id/m\nPiket pagi -> siswa tertib"
    )
    before = await told(chat)
    await ani.taps("✎ 1")
    await ani.taps("Hapus")
    await ani.sees_toast("Kegiatan dihapus")
    assert await told(chat) == before[1:]
    await ani.taps("Urungkan")
    await ani.sees_toast("Sudah seperti semula")
    card = await ani.sees("1. Mengajar")
    assert "07.30" in card.text
    assert "📎 1 bukti" in card.text
    assert await told(chat) == before
    await ani.taps("✎ 2")
    await ani.taps("Hapus")
    card = await ani.sees(TODAY, button="Urungkan")
    old = next(one for one in card.buttons if one.text == "Urungkan")
    await ani.says("Rapat dinas -> jadwal disepakati")
    await ani.sees("2. Rapat dinas")
    ani.presses(await ani.sees(TODAY), old)
    await ani.sees_toast("Sudah berubah")
    assert await told(chat) == [before[0], ("Rapat dinas", "jadwal disepakati")]


async def test_a_text_that_was_no_activity_after_all_was_one(chat: Chat) -> None:
    """While an outcome question waits, too: it goes on about what is there."""
    await chat.ani.says(TWO)
    await chat.ani.sees(QUESTION)
    await chat.ani.taps("Bukan kegiatan")
    await chat.ani.taps("Urungkan")
    await chat.ani.sees_toast("Sudah seperti semula")
    assert await told(chat) == [("Menyusun modul ajar bab 3", None), ("Rapat komite madrasah", None)]
    await chat.ani.says("1. modul siap\n2. jadwal disepakati")
    await chat.ani.sees("→ modul siap")
    assert await outcomes(chat) == ["modul siap", "jadwal disepakati"]


async def test_the_stored_quantity_is_always_shown(chat: Chat) -> None:
    """Also where the outcome says a number: what was read is what is handed on."""
    await chat.ani.says("Rapat panitia -> 7 guru sudah memegang tugasnya\nSenam 120 siswa")
    card = await chat.ani.sees("1. Rapat panitia")
    assert "→ 7 guru sudah memegang tugasnya\nJumlah: 7\u00a0guru" in card.text
    assert "→ hasil belum diisi\nJumlah: 120\u00a0siswa" in card.text


async def test_the_card_says_what_came_back_and_who_has_not_joined(chat: Chat) -> None:
    await chat.ani.says("Rapat dinas -> disepakati\nPiket pagi -> siswa tertib")
    await chat.ani.sees(TODAY)
    await settle(chat, State.SUBMITTED)
    first = (await entries(chat))[0]
    async with chat.db.writing() as session:
        await session.execute(update(Entry).where(Entry.id == first.id).values(state=State.RETURNED))
        account = (await session.scalars(select(Account).where(Account.person_id == chat.office.budi))).one()
        await session.delete(account)
    await chat.ani.says("/hari")
    card = await chat.ani.sees("Terkirim, menunggu Budi Santoso · 1 dikembalikan, perlu diperbaiki")
    assert "Atasan Anda, Budi Santoso, belum bergabung di sini" in card.text
    async with chat.db.writing() as session:
        await session.execute(update(Person).where(Person.id == chat.office.budi).values(active=False))
    await chat.ani.says("/hari")
    await chat.ani.sees("Budi Santoso, tercatat tidak aktif lagi")
    await settle(chat, State.APPROVED)
    async with chat.db.writing() as session:
        await session.execute(update(Entry).where(Entry.id == first.id).values(state=State.RETURNED))
        await session.execute(update(Day).values(state=State.RETURNED))
    await chat.ani.says("/hari")
    await chat.ani.sees(f"{TODAY} · 1 dikembalikan, perlu diperbaiki")


async def test_an_edited_heading_moves_nothing_and_says_so(chat: Chat) -> None:
    message = await chat.ani.says("Rapat dinas -> disepakati")
    await chat.ani.sees(TODAY)
    await settle(chat, State.SUBMITTED)
    await chat.ani.edits(message, "kemarin: Rapat dinas besar -> disepakati")
    await chat.ani.sees("tetap pada Rabu, 18 November")
    assert await told(chat) == [("Rapat dinas besar", "disepakati")]
    async with chat.db.reading() as session:
        assert "edited" in set(await session.scalars(select(AuditEvent.action)))
    await chat.ani.edits(message, "saya sakit")
    await chat.ani.sees("tidak ada kegiatan lagi")
    assert await told(chat) == [("Rapat dinas besar", "disepakati")]


async def test_what_was_sent_or_is_gone_cannot_be_undone(chat: Chat) -> None:
    card = await chat.ani.says("Piket pagi -> siswa tertib") and await chat.ani.sees(
        "1. Piket pagi", button="Bukan kegiatan"
    )
    old = next(one for one in card.buttons if one.text == "Bukan kegiatan")
    await settle(chat, State.SUBMITTED)
    chat.ani.presses(card, old)
    await chat.ani.sees_toast("Sudah terkirim: tekan Tarik kembali dulu")
    assert len(await entries(chat)) == 1
    await settle(chat, State.DRAFT)
    chat.ani.presses(await chat.ani.sees(TODAY), old)
    await chat.ani.sees_toast("Dihapus dari laporan")
    chat.ani.presses(await chat.ani.sees(TODAY), old)
    await chat.ani.sees_toast("Sudah tidak ada")
