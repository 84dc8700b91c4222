"""Days away in plain words: what is typed without a command, and at the screens of `/cuti`."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from models import DutyPeriod, Entry
from services.rounds import plan_everybody
from tests.conversations.conftest import Chat

AT_HALF_PAST_THREE = datetime(2026, 11, 18, 8, 30, tzinfo=UTC)


async def living(chat: Chat) -> list[tuple[str, date, date, str | None]]:
    async with chat.db.reading() as session:
        rows = await session.scalars(
            select(DutyPeriod).where(DutyPeriod.cancelled_at.is_(None)).order_by(DutyPeriod.first)
        )
        return [(one.kind.value, one.first, one.last, one.zone) for one in rows]


async def puts_off(chat: Chat) -> None:
    """The question of the day comes, and Ani presses «Nanti»."""
    async with chat.db.writing() as session:
        await plan_everybody(session, now=chat.clock())
    await chat.move_to(AT_HALF_PAST_THREE)
    await chat.ani.sees("Selamat sore")
    await chat.ani.taps("Nanti")


@pytest.mark.parametrize(
    ("typed", "understood", "kind"),
    [
        ("mau cuti tanggal 24", "Cuti: Selasa, 24 November 2026", "cuti"),
        ("tanggal 24 saya cuti", "Cuti: Selasa, 24 November 2026", "cuti"),
        ("saya cuti besok", "Cuti: Kamis, 19 November 2026", "cuti"),
        ("cuti 24-26 Des", "Cuti: Kamis, 24 – Sabtu, 26 Desember 2026", "cuti"),
        ("besok dinas luar ke Kupang", "Dinas luar: Kamis, 19 November 2026", "dinas_luar"),
        ("saya sakit sejak senin", "Sakit: Senin, 16 – Rabu, 18 November 2026", "sakit"),
    ],
)
async def test_leave_typed_as_plain_text_is_shown_with_a_button_that_saves_it(
    chat: Chat, typed: str, understood: str, kind: str
) -> None:
    await chat.ani.says(typed)
    await chat.ani.sees(understood, button="Simpan")
    await chat.ani.taps("Simpan")
    await chat.ani.sees("Hari Anda di luar kantor")
    assert [one[0] for one in await living(chat)] == [kind]


async def test_words_of_taking_back_open_the_list(chat: Chat) -> None:
    await chat.ani.says("/cuti besok")
    await chat.ani.taps("Simpan")
    await chat.ani.says("/cuti batalkan cuti besok")
    await chat.ani.sees("Hari Anda di luar kantor", button="Batalkan cuti 19 Nov")


async def test_words_of_no_kind_are_asked_about(chat: Chat) -> None:
    await chat.ani.says("/cuti rapat di Kanwil besok")
    await chat.ani.sees("Kamis, 19 November 2026: yang mana?")
    await chat.ani.says("tugas luar")
    await chat.ani.sees("Dinas luar: Kamis, 19 November 2026", button="Simpan")


async def test_half_a_day_is_said_to_become_a_whole_one(chat: Chat) -> None:
    await chat.ani.says("/cuti setengah hari besok")
    await chat.ani.sees("Yang bisa dicatat hanya hari penuh", button="Simpan")


async def test_what_is_typed_at_the_preview_corrects_it(chat: Chat) -> None:
    await chat.ani.says("/cuti besok")
    await chat.ani.sees("Cuti: Kamis, 19 November 2026")
    await chat.ani.says("24-26 Nov")
    await chat.ani.sees("Cuti: Selasa, 24 – Kamis, 26 November 2026")
    await chat.ani.says("dinas luar")
    await chat.ani.sees("Dinas luar: Selasa, 24 – Kamis, 26 November 2026")
    await chat.ani.says("WIT")
    await chat.ani.sees("Dinas luar", button="✓ WIT")
    await chat.ani.says("31 Nov")
    await chat.ani.sees("Tanggal 31 November tidak ada.", button="Batal")
    await chat.ani.says("30 Nov")
    await chat.ani.sees("Dinas luar: Senin, 30 November 2026")
    await chat.ani.says("simpan")
    await chat.ani.sees("• Dinas luar: Senin, 30 November")
    assert [one[:2] for one in await living(chat)] == [("dinas_luar", date(2026, 11, 30))]


async def test_a_kind_typed_at_which_one_is_its_answer(chat: Chat) -> None:
    await chat.ani.says("/cuti")
    await chat.ani.taps("Tambah")
    await chat.ani.sees("Yang mana?")
    await chat.ani.says("entahlah")
    await chat.ani.sees("Tekan salah satu, atau ketik", button="Batal")
    await chat.ani.says("bimtek")
    await chat.ani.sees("Diklat: tanggal berapa?")
    await chat.ani.says("besok")
    await chat.ani.sees("Diklat: Kamis, 19 November 2026")


async def test_a_report_typed_beside_the_preview_is_still_a_report(chat: Chat) -> None:
    await chat.ani.says("/cuti besok")
    await chat.ani.sees("Cuti: Kamis, 19 November 2026")
    await chat.ani.says("Rapat komite madrasah -> jadwal disepakati")
    await chat.ani.sees("1. Rapat komite madrasah")
    async with chat.db.reading() as session:
        assert (await session.scalars(select(Entry.activity))).all() == ["Rapat komite madrasah"]


async def test_a_limit_that_refuses_an_answer_keeps_the_way_out(chat: Chat) -> None:
    await chat.ani.says("/cuti besok")
    await chat.ani.taps("Ubah tanggal")
    await chat.ani.says("1 Jan 2029")
    refused = await chat.ani.sees("paling jauh 366 hari ke depan")
    assert refused.labels == ["Batal"]


async def test_a_supervisor_on_leave_is_offered_to_name_somebody(chat: Chat) -> None:
    await chat.budi.says("/cuti besok")
    await chat.budi.taps("Simpan")
    await chat.budi.sees("belum ada yang memeriksa laporan bawahan", button="Tunjuk pengganti")
    await chat.budi.taps("Tunjuk pengganti")
    await chat.budi.sees("Siapa yang menggantikan Anda?")


async def test_a_time_typed_at_when_to_come_back_is_taken_or_refused(chat: Chat) -> None:
    await puts_off(chat)
    await chat.ani.sees("Kapan saya kembali?")
    await chat.ani.says("jam 9 malam")
    await chat.ani.sees("Pilih salah satu", button="Besok pagi")
    await chat.ani.says("jam 7 malam")
    await chat.ani.sees("Saya kembali pukul 19.00")


async def test_a_report_typed_at_when_to_come_back_is_one(chat: Chat) -> None:
    await puts_off(chat)
    await chat.ani.sees("Kapan saya kembali?")
    await chat.ani.says("Rapat komite madrasah -> jadwal disepakati")
    await chat.ani.sees("1. Rapat komite madrasah")
