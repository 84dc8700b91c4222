"""`/cuti`: days away or elsewhere, from the typed words to what the supervisor is told."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.callbacks import Kind, Press
from models import DutyPeriod, Pattern, Person
from services.calendar import seed_holidays
from tests.conversations.conftest import Chat


@pytest.fixture(autouse=True)
async def holidays(chat: Chat) -> None:
    async with chat.db.writing() as session:
        await seed_holidays(session, [2026, 2027], now=chat.clock())


async def living(chat: Chat) -> list[tuple[str, date, date, str | None]]:
    async with chat.db.reading() as session:
        rows = await session.scalars(
            select(DutyPeriod).where(DutyPeriod.cancelled_at.is_(None)).order_by(DutyPeriod.first)
        )
        return [(one.kind.value, one.first, one.last, one.zone) for one in rows]


def dec(day: int) -> date:
    return date(2026, 12, day)


async def test_three_taps_and_a_line_record_a_leave_and_the_supervisor_hears_of_it_quietly(
    chat: Chat,
) -> None:
    await chat.ani.says("/cuti")
    await chat.ani.sees("Belum ada")
    await chat.ani.taps("Tambah")
    kinds = await chat.ani.sees("Yang mana?")
    assert kinds.labels == ["Cuti", "Sakit", "Izin", "Dinas luar", "Diklat", "WFH", "Kembali"]
    await chat.ani.taps("Cuti")
    await chat.ani.sees("Cuti: tanggal berapa?")
    await chat.ani.says("23-26 Des")
    card = await chat.ani.sees("Cuti: Rabu, 23 – Sabtu, 26 Desember 2026")
    assert "4 hari kalender, 1 hari kerja Anda (24 cuti bersama, 25 libur nasional, 26 Sabtu)." in card.text
    tap = await chat.ani.taps("Simpan")
    assert (await tap.answered()).text == "Disimpan. Atasan Anda diberi tahu."
    saved = await chat.ani.sees("• Cuti: Rabu, 23 – Sabtu, 26 Desember – 1 hari kerja")
    assert saved.labels == ["Batalkan cuti 23–26 Des", "Tambah"]
    assert await living(chat) == [("cuti", dec(23), dec(26), None)]
    assert not chat.budi.sees_now("Perubahan hari bertugas")
    await chat.move_to(chat.clock() + timedelta(minutes=4))
    notice = await chat.budi.sees("Ani Rahmawati: cuti 23–26 Des (1 hari kerja)")
    assert notice.silent
    await chat.ani.taps("Batalkan cuti 23–26 Des")
    await chat.ani.sees("Belum ada")
    await chat.move_to(chat.clock() + timedelta(minutes=4))
    await chat.budi.sees("Ani Rahmawati: batal cuti 23–26 Des")


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("24-26 Des", "Cuti: Kamis, 24 – Sabtu, 26 Desember 2026"),
        ("sakit hari ini", "Sakit: Rabu, 18 November 2026"),
        ("dl besok sampai Jumat", "Dinas luar: Kamis, 19 – Jumat, 20 November 2026"),
        ("wfh Senin", "WFH: Senin, 23 November 2026"),
        ("izin kemarin", "Izin: Selasa, 17 November 2026"),
        ("diklat 30 Nov s.d. 2 Des", "Diklat: Senin, 30 November – Rabu, 2 Desember 2026"),
    ],
)
async def test_in_one_go_it_is_understood_and_echoed(chat: Chat, typed: str, understood: str) -> None:
    await chat.ani.says(f"/cuti {typed}")
    card = await chat.ani.sees(understood)
    assert "Simpan" in card.labels
    assert await living(chat) == []


async def test_a_number_of_days_offers_the_workdays_too(chat: Chat) -> None:
    await chat.ani.says("/cuti mulai Jumat 3 hari")
    card = await chat.ani.sees("Jumat, 20 – Minggu, 22 November 2026")
    assert card.labels == ["Simpan", "3 hari kerja: s.d. Selasa 24 Nov", "Ubah tanggal", "Kembali"]
    await chat.ani.taps("3 hari kerja: s.d. Selasa 24 Nov")
    await chat.ani.sees("5 hari kalender, 3 hari kerja Anda (21 Sabtu, 22 Minggu)")
    await chat.ani.taps("Simpan")
    await chat.ani.sees("• Cuti: Jumat, 20 – Selasa, 24 November – 3 hari kerja")
    await chat.ani.says("/cuti 5 hari kerja mulai 21 Des")
    await chat.ani.sees("Cuti: Senin, 21 – Selasa, 29 Desember 2026")


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("24", "Bulan apa? Angka saja belum cukup."),
        ("26-24 Des", "Tanggal akhirnya sebelum tanggal mulainya."),
        ("31 Feb", "Tanggal 31 Februari tidak ada."),
        ("Jumat 19 November", "Tanggal 19 November 2026 itu hari Kamis."),
        ("kapan-kapan", "Tanggalnya belum jelas."),
        ("besok 500 hari", "Tanggalnya belum jelas."),
        ("3 hari", "Mulai kapan?"),
        ("x" * 3000, "Tanggalnya belum jelas."),
    ],
)
async def test_unclear_days_get_one_message_that_names_the_fault(chat: Chat, typed: str, fault: str) -> None:
    await chat.ani.says("/cuti")
    await chat.ani.taps("Tambah")
    await chat.ani.taps("Izin")
    await chat.ani.sees("Izin: tanggal berapa?")
    await chat.ani.says(typed)
    again = await chat.ani.sees(fault)
    assert "Izin: tanggal berapa?" in again.text
    assert again.labels == ["Batal"]
    await chat.ani.says("besok")
    await chat.ani.sees("Izin: Kamis, 19 November 2026")
    assert await living(chat) == []


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("1 Jan 2029", "paling jauh 366 hari ke depan"),
        ("besok 370 hari", "Tanggalnya belum jelas"),
        ("sakit 12 Okt", "Bulan itu sudah ditutup"),
    ],
)
async def test_what_is_too_far_or_too_late_names_the_limit(chat: Chat, typed: str, answer: str) -> None:
    await chat.ani.says(f"/cuti {typed}")
    await chat.ani.sees(answer)


async def test_words_that_are_not_understood_ask_for_the_days(chat: Chat) -> None:
    await chat.ani.says("/cuti sakit demam berdarah")
    await chat.ani.sees("Tanggalnya belum jelas")
    await chat.ani.sees("Sakit: tanggal berapa?")
    await chat.ani.says("batal")
    await chat.ani.sees("Baik, dibatalkan")


async def test_a_reason_of_health_is_not_kept(chat: Chat) -> None:
    await chat.ani.says("/cuti sakit demam berdarah 16-17 Nov")
    await chat.ani.sees("Sakit: Senin, 16 – Selasa, 17 November 2026")
    await chat.ani.taps("Simpan")
    await chat.ani.sees("• Sakit: Senin, 16 – Selasa, 17 November")
    async with chat.db.reading() as session:
        assert (await session.scalars(select(DutyPeriod.reason))).all() == [None]


async def test_another_one_in_the_way_is_named_and_replaced(chat: Chat) -> None:
    await chat.ani.says("/cuti 7-11 Des")
    await chat.ani.taps("Simpan")
    await chat.ani.says("/cuti sakit 9 Des")
    card = await chat.ani.sees("Sudah ada: cuti 7–11 Des")
    assert card.labels == ["Ganti", "Ubah tanggal", "Kembali"]
    await chat.ani.taps("Ganti")
    await chat.ani.sees("• Sakit: Rabu, 9 Desember")
    assert [one[:3] for one in await living(chat)] == [
        ("cuti", dec(7), dec(8)),
        ("sakit", dec(9), dec(9)),
        ("cuti", dec(10), dec(11)),
    ]
    await chat.ani.says("/cuti 7 Des")
    again = await chat.ani.sees("Ini sudah tercatat")
    assert again.labels == ["Ubah tanggal", "Kembali"]


async def test_a_button_of_before_does_not_write_over_what_came_since(chat: Chat) -> None:
    await chat.ani.says("/cuti 7 Des")
    old = await chat.ani.sees("Senin, 7 Desember 2026")
    await chat.ani.says("/cuti wfh 7 Des")
    await chat.ani.taps("Simpan")
    await chat.ani.sees("• WFH")
    data = Press(Kind.DUTY_SAVE, chat.office.ani, arg="cuti.20261207.20261207..0").pack()
    tap = chat.ani.presses_data(old, data)
    assert "sudah ada yang tercatat" in (await tap.answered()).text
    assert [one[0] for one in await living(chat)] == ["wfh"]


async def test_duty_travel_may_be_in_another_zone_and_still_reports(chat: Chat) -> None:
    await chat.ani.says("/cuti dl 1-2 Des")
    card = await chat.ani.sees("Kalau zona waktu di sana lain")
    assert card.labels[:4] == ["WIB", "WITA", "WIT", "Simpan"]
    assert "Laporan harian tetap diisi" in card.text
    await chat.ani.taps("WIB")
    await chat.ani.sees("Kalau zona waktu di sana lain", button="✓ WIB")
    await chat.ani.says("WITA")
    await chat.ani.sees("Kalau zona waktu di sana lain", button="✓ WITA")
    await chat.ani.taps("Simpan")
    await chat.ani.sees("(WITA)")
    assert await living(chat) == [("dinas_luar", dec(1), dec(2), "Asia/Makassar")]


async def test_a_day_that_was_sent_is_said_to_stay(chat: Chat) -> None:
    await chat.ani.says("Mengajar Fikih 8A -> 30 siswa tuntas")
    await chat.ani.taps("Kirim")
    await chat.ani.taps("Kirim, RHK nanti")
    await chat.sim.quiet()
    await chat.ani.says("/cuti hari ini")
    await chat.ani.sees("Laporan 18 Nov sudah terkirim dan tetap tercatat")
    await chat.ani.taps("Simpan")
    await chat.ani.sees("• Cuti: Rabu, 18 November")


async def test_changing_ones_mind_and_many_periods(chat: Chat) -> None:
    for day in range(1, 9):
        await chat.ani.says(f"/cuti wfh {day} Des")
        await chat.ani.taps("Simpan")
        await chat.sim.quiet()
    await chat.ani.says("/cuti")
    await chat.ani.taps("›")
    page = await chat.ani.sees("Selasa, 8 Desember")
    assert "2/2" in page.labels
    await chat.ani.taps("Tambah")
    await chat.ani.taps("Kembali")
    await chat.ani.sees("Selasa, 1 Desember")
    await chat.ani.says("Rapat komite madrasah")
    await chat.ani.sees("Draf, belum dikirim")


async def test_in_english_too(chat: Chat) -> None:
    async with chat.db.writing() as session:
        (await session.get_one(Person, chat.office.ani)).language = "en"
    await chat.ani.says("/cuti 24-26 Dec")
    await chat.ani.sees("Leave: Thursday, 24 – Saturday, 26 December 2026")
    await chat.ani.taps("Save")
    await chat.ani.sees("Your days out of the office")


async def test_who_is_not_asked_has_none(chat: Chat) -> None:
    await chat.admin.says("/cuti 24 Des")
    await chat.admin.sees("Di sini Anda tidak diminta melapor")
    await chat.stranger.says("/cuti 24 Des")
    await chat.stranger.sees("Mintalah tautan undangan")


async def test_on_a_leave_nobody_is_asked(chat: Chat) -> None:
    await chat.ani.says("/cuti hari ini")
    await chat.ani.taps("Simpan")
    await chat.sim.quiet()
    await chat.move_to(datetime(2026, 11, 18, 8, 31, tzinfo=UTC))
    assert not chat.ani.sees_now("Selamat sore")


async def test_a_shift_without_marked_days_has_no_workdays_to_count(chat: Chat) -> None:
    async with chat.db.writing() as session:
        (await session.get_one(Person, chat.office.ani)).pattern = Pattern.SHIFT
    await chat.ani.says("/cuti 3 hari kerja mulai besok")
    await chat.ani.sees("tidak ada 3 hari kerja di jadwal Anda")
