"""Named after what broke: reports that became plans, reasons or days off, and what was said in the way."""

from datetime import UTC, datetime

from sqlalchemy import select

from models import Blocker, Day, Entry, PlanLine, Role, RoleName
from tests.conversations.conftest import Chat


async def entries(chat: Chat) -> list[str]:
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        return list(await session.scalars(select(Entry.activity).order_by(Entry.id)))


async def plans(chat: Chat) -> list[str]:
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        return list(await session.scalars(select(PlanLine.text).order_by(PlanLine.id)))


async def test_a_finished_report_in_reply_to_the_plan_became_a_plan(chat: Chat) -> None:
    await chat.ani.says("/rencana Menyusun modul")
    card = await chat.ani.sees("Rencana Rabu, 18 November")
    await chat.ani.says("Mengajar Fikih 8A -> 30 siswa tuntas", reply_to=card)
    await chat.ani.sees("1. Mengajar Fikih 8A")
    assert (await plans(chat), await entries(chat)) == (["Menyusun modul"], ["Mengajar Fikih 8A"])
    await chat.ani.says("Rapat komite", reply_to=card)
    await chat.ani.sees("2. Rapat komite")
    assert await plans(chat) == ["Menyusun modul", "Rapat komite"]


async def test_a_reply_to_yesterdays_plan_became_a_plan(chat: Chat) -> None:
    await chat.ani.says("/rencana Menyusun modul")
    card = await chat.ani.sees("Rencana Rabu, 18 November")
    await chat.move_to(datetime(2026, 11, 19, 1, tzinfo=UTC))
    await chat.ani.says("Rapat komite", reply_to=card)
    assert await entries(chat) == ["Rapat komite"]
    assert await plans(chat) == ["Menyusun modul"]


async def test_ill_while_the_plan_is_asked_was_no_plan(chat: Chat) -> None:
    await chat.ani.says("/rencana")
    await chat.ani.sees("Apa rencana hari ini?")
    await chat.ani.says("saya sakit hari ini")
    await chat.ani.sees("Alasannya tidak saya simpan", button="Catat tidak bertugas hari ini")
    assert (await plans(chat), await entries(chat)) == ([], [])


async def test_a_reason_of_two_lines_became_two_activities(chat: Chat) -> None:
    await chat.ani.says("tidak ada kegiatan")
    await chat.ani.sees("Apa sebabnya?", button="Menunggu arahan")
    await chat.ani.says("Ruang kelas dipakai ujian\nMenunggu jadwal baru dari kurikulum")
    await chat.ani.sees("Tidak ada kegiatan")
    assert await entries(chat) == []
    async with chat.db.reading() as session:
        [reason] = await session.scalars(select(Day.nothing_reason))
    assert reason == "Ruang kelas dipakai ujian Menunggu jadwal baru dari kurikulum"


async def test_a_report_typed_while_a_day_off_is_asked_for_became_a_day_off(chat: Chat) -> None:
    async with chat.db.writing() as session:
        session.add(Role(person_id=chat.office.ani, role=RoleName.ADMIN))
    await chat.ani.says("/libur")
    await chat.ani.taps("Tambah")
    await chat.ani.sees("Tanggal berapa, dan apa namanya?")
    await chat.ani.says("Kemarin rapat koordinasi SKP")
    await chat.ani.sees("1. rapat koordinasi SKP")
    await chat.ani.says("/libur")
    await chat.ani.taps("Tambah")
    await chat.ani.says("Kemarin banjir besar")
    await chat.ani.sees("banjir besar", button="Kantor (semua)")


async def test_jumat_agung_was_the_next_friday(chat: Chat) -> None:
    await chat.admin.says("/libur Jumat Agung 26 Maret 2027")
    await chat.admin.sees("Jumat, 26 Maret 2027")


async def test_bukan_kegiatan_left_the_blocker_with_the_supervisor(chat: Chat) -> None:
    await chat.ani.says("Menyusun laporan -> 1 laporan\nKendala: internet mati sejak pagi")
    await chat.ani.sees("internet mati sejak pagi")
    await chat.ani.taps("Bukan kegiatan")
    await chat.ani.sees("Belum ada kegiatan", button="Urungkan")
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        assert list(await session.scalars(select(Blocker.text))) == []
    await chat.ani.taps("Urungkan")
    await chat.ani.sees("internet mati sejak pagi")
    async with chat.db.reading() as session:
        [(text, entry_id)] = await session.execute(select(Blocker.text, Blocker.entry_id))
    assert (text, entry_id is None) == ("internet mati sejak pagi", False)


async def test_an_edited_answer_with_a_blocker_changes_both(chat: Chat) -> None:
    await chat.ani.says("Menyusun laporan keuangan")
    await chat.ani.sees("Apa hasilnya, untuk siapa?")
    said = await chat.ani.says("1 laporan siap\nKendala: internet mti")
    await chat.ani.sees("→ 1 laporan siap")
    await chat.ani.edits(said, "2 laporan siap\nKendala: internet mati")
    await chat.ani.sees("→ 2 laporan siap")
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        assert list(await session.scalars(select(Blocker.text))) == ["internet mati"]
        assert list(await session.scalars(select(Entry.outcome))) == ["2 laporan siap"]
