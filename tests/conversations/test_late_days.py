"""Days other than today: named at the head of a text, asked for when unclear, late, closed."""

from datetime import UTC, date, datetime

from sqlalchemy import update

from models import Day, Entry, State
from tests.conversations.conftest import Chat
from tests.conversations.test_report import entries, past

LOCK = datetime(2026, 12, 5, 16, 59, 30, tzinfo=UTC)
"""5 December 2026, 23:59:30 in Jakarta."""


async def test_a_text_may_name_its_day(chat: Chat) -> None:
    await chat.ani.says("kemarin: rapat 12 November dengan komite -> jadwal disepakati")
    await chat.ani.sees("Selasa, 17 November")
    [one] = await entries(chat, date(2026, 11, 17))
    assert one.activity == "rapat 12 November dengan komite"
    await chat.ani.says("Laporan 12 Nov")
    await chat.ani.sees("kerjakan pada Kamis, 12 November", button="Batal")
    await chat.ani.says("oke")
    await chat.ani.sees("Kalau ada kegiatan")
    await chat.ani.says("Mengajar 9A -> siswa tuntas\nPiket -> siswa tertib")
    await chat.ani.sees("Kamis, 12 November · Draf")
    assert len(await entries(chat, date(2026, 11, 12))) == 2
    await chat.ani.says("/hari 16 Nov")
    await chat.ani.sees("kerjakan pada Senin, 16 November", button="Batal")
    await chat.ani.says("Jumat: Rapat dinas -> selesai dibahas")
    await chat.ani.sees("Jumat, 13 November")
    assert await entries(chat, date(2026, 11, 16)) == []
    assert await entries(chat) == []


async def test_an_unclear_day_is_asked_and_the_text_is_kept(chat: Chat) -> None:
    """What is no day, a day to come, or a day long closed leaves the question open."""
    await chat.ani.says("Laporan 31 Feb:\nRapat dinas -> jadwal disepakati\nMengajar -> siswa tuntas")
    await chat.ani.sees("«31 Feb» belum jelas", button="Batal")
    for said, told in (
        ("entah", "«entah» belum jelas"),
        ("besok", "«besok» belum tiba"),
        ("20 Nov", "20 Nov»"),
    ):
        await chat.ani.says(said)
        await chat.ani.sees(told, button="Batal")
    await chat.ani.says("3 Oktober 2026")
    await chat.ani.sees("Bulan itu sudah ditutup")
    assert await entries(chat) == []
    await chat.ani.says("kemarin")
    await chat.ani.sees("Selasa, 17 November")
    assert [one.activity for one in await entries(chat, date(2026, 11, 17))] == ["Rapat dinas", "Mengajar"]
    await chat.ani.says("Laporan 31 Feb: piket")
    await chat.ani.sees("belum jelas", button="Batal")
    await chat.ani.says("Laporan 16 Nov: piket -> siswa tertib")
    await chat.ani.sees("Senin, 16 November")
    await chat.ani.says("besok: rapat")
    await chat.ani.sees("«besok» belum tiba", button="Batal")
    await chat.ani.taps("Batal")
    await chat.ani.sees("Baik, dibatalkan")
    await chat.ani.says("/hari entah")
    await chat.ani.sees("Hari «entah» belum jelas")


async def test_a_late_day_says_so_and_a_closed_month_stays_closed(chat: Chat) -> None:
    await past(
        chat,
        ("Mengajar", "siswa tuntas", chat.office.ani_targets[0]),
        state=State.APPROVED,
        work_date=date(2026, 9, 15),
    )
    await chat.ani.says("Laporan 12 Nov: Menyusun modul ajar -> modul siap")
    await chat.ani.sees("Kamis, 12 November")
    await chat.ani.taps("Kirim")
    await chat.ani.sees("Terkirim, menunggu Budi Santoso · terlambat")
    async with chat.db.reading() as session:
        assert (await session.get_one(Day, (await entries(chat, date(2026, 11, 12)))[0].day_id)).late
    await chat.ani.says("Laporan 30 Okt: rapat")
    await chat.ani.sees("Bulan itu sudah ditutup")
    await chat.ani.says("/hari 15 September 2026")
    await chat.ani.sees("Selasa, 15 September · Disetujui")
    await chat.ani.says("Laporan 17 Nov: piket -> siswa tertib")
    await chat.ani.sees("Selasa, 17 November")
    await chat.move_to(LOCK)
    await chat.ani.says("Laporan 18 November 2026: piket sore -> siswa tertib")
    card = await chat.ani.sees("Rabu, 18 November")
    chat.ani.presses_data(card, f"1:et:{(await entries(chat, date(2026, 11, 18)))[0].id}:0:0")
    await chat.ani.sees_toast("RHK disimpan")
    await chat.move_to(datetime(2026, 12, 5, 17, 0, 30, tzinfo=UTC))
    await chat.ani.taps("Kirim")
    await chat.ani.sees_toast("Bulan itu sudah ditutup")
    assert (await entries(chat, date(2026, 11, 18)))[0].state is State.DRAFT


async def test_a_leftover_draft_does_not_hold_up_a_correction(chat: Chat) -> None:
    await chat.ani.says("Rapat dinas -> disepakati\nPiket pagi -> siswa tertib")
    await chat.ani.sees("2. Piket pagi")
    first, _ = await entries(chat)
    async with chat.db.writing() as session:
        await session.execute(update(Entry).values(link_source=None, outside_plan=True))
        await session.execute(update(Entry).where(Entry.id == first.id).values(state=State.RETURNED))
        await session.execute(update(Day).values(state=State.RETURNED))
    await chat.move_to(datetime(2026, 12, 6, 2, 0, tzinfo=UTC))
    await chat.ani.says("/hari 18 November 2026")
    await chat.ani.sees("hanya perbaikan dari yang dikembalikan")
    await chat.ani.taps("Kirim perbaikan")
    await chat.ani.sees_toast("Terkirim ✓ 1 kegiatan. 1 kegiatan baru tetap draf")
    await chat.ani.taps("✎ 2")
    await chat.ani.taps("Hapus")
    await chat.ani.sees_toast("Kegiatan dihapus")
    assert [one.id for one in await entries(chat)] == [first.id]


async def test_work_told_before_the_day_is_kept_too(chat: Chat) -> None:
    """Whatever names no day is added to what is kept; when the day comes, all of it is taken."""
    await chat.ani.says("24-26 November: diklat -> sertifikat")
    await chat.ani.sees("belum tiba", button="Batal")
    await chat.ani.says("rapat lagi -> disepakati")
    await chat.ani.sees("Itu saya simpan juga", button="Batal")
    await chat.ani.says("30 Feb: rapat dengan wali hari Senin -> hadir 20 wali")
    await chat.ani.sees("«30 Feb» belum jelas", button="Batal")
    await chat.ani.says("Selasa")
    await chat.ani.sees("Selasa, 17 November")
    assert [(one.activity, one.outcome) for one in await entries(chat, date(2026, 11, 17))] == [
        ("diklat", "sertifikat"),
        ("rapat lagi", "disepakati"),
        ("rapat dengan wali hari Senin", "hadir 20 wali"),
    ]


async def test_days_gone_by_are_several_not_still_to_come(chat: Chat) -> None:
    await chat.ani.says("10-12 November: diklat -> sertifikat")
    await chat.ani.sees("Satu laporan untuk satu hari", button="Batal")
    await chat.ani.says("10-11 November")
    await chat.ani.sees("«10-11 November» lebih dari satu", button="Batal")
    await chat.ani.says("12 Nov")
    await chat.ani.sees("Kamis, 12 November")
    assert [one.activity for one in await entries(chat, date(2026, 11, 12))] == ["diklat"]
