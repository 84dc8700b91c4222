"""`/libur`: the days off, Ramadan hours and working patterns, in the chat of an admin."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.callbacks import Kind, Press
from models import AuditEvent, Holiday, HolidayKind, Pattern, Person, RamadanHours, Unit
from services.calendar import seed_holidays
from services.outbox import enqueue
from services.rounds import plan_everybody
from tests.conversations.conftest import Chat

HELLO = "Selamat sore, Bapak/Ibu Ani Rahmawati"
TODAY = date(2026, 11, 18)
NOON = datetime(2026, 11, 18, 5, tzinfo=UTC)
HALF_PAST_THREE = datetime(2026, 11, 18, 8, 30, tzinfo=UTC)
"""15.30 WIB on Wednesday 18 November 2026."""
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
async def seeded(chat: Chat) -> None:
    async with chat.db.writing() as session:
        await seed_holidays(session, (2026, 2027), now=chat.clock())
        await plan_everybody(session, now=chat.clock())


async def added(chat: Chat, typed: str, kind: str = "Kantor (semua)") -> None:
    """An admin adds a day off in one go."""
    await chat.admin.says(f"/libur {typed}")
    await chat.admin.sees("Ini hari libur apa?")
    await chat.admin.taps(kind)
    await chat.admin.sees("Jenis:")
    await chat.admin.taps("Simpan")
    await chat.sim.quiet()


async def row(chat: Chat, day: date) -> tuple[HolidayKind, str | None] | None:
    """Kind and key of the day off on a date."""
    async with chat.db.reading() as session:
        found = await session.execute(
            select(Holiday.kind, Holiday.seed_key).where(Holiday.day == day, Holiday.cancelled.is_(False))
        )
        first = found.first()
    return None if first is None else (first[0], first[1])


async def test_everybody_sees_the_next_days_off_and_no_buttons_to_change_them(chat: Chat) -> None:
    await chat.ani.says("/libur")
    shown = await chat.ani.sees("Hari libur berikutnya, 2026")
    assert shown.text.splitlines()[2:] == [
        "Kamis, 24 Desember: Cuti Bersama Hari Raya Natal",
        "Jumat, 25 Desember: Hari Raya Natal · libur nasional",
    ]
    assert shown.labels == ["2027 ›"]
    await chat.ani.taps("2027 ›")
    await chat.ani.sees("Hari Raya Idul Fitri · libur nasional · perkiraan")
    await chat.ani.taps("2028 ›")
    await chat.ani.sees("Daftar 2028 belum ada")


async def test_who_wants_leave_is_shown_the_way(chat: Chat) -> None:
    await chat.ani.says("/libur besok saya cuti")
    await chat.ani.sees("Untuk cuti atau izin Anda sendiri: /cuti")
    assert await row(chat, TODAY + DAY) is None


async def test_the_list_opens_at_the_next_day_off_and_turns_its_pages(chat: Chat) -> None:
    await chat.admin.says("/libur")
    shown = await chat.admin.sees("Hari libur 2026")
    assert "25 Desember" in shown.text
    assert "1 Januari" not in shown.text
    await chat.admin.taps("‹")
    await chat.admin.taps("‹")
    first = await chat.admin.sees("Kamis, 1 Januari: Tahun Baru Masehi · libur nasional")
    assert first.text.count(":") == 10
    await chat.admin.taps("2027 ›")
    await chat.admin.sees("Hari libur 2027")
    await chat.admin.says("/libur 2026")
    await chat.admin.sees("25 Desember")
    await chat.admin.says("/libur 2031")
    await chat.admin.sees("Tidak ditemukan")


async def test_a_day_off_is_typed_chosen_looked_at_and_saved(chat: Chat) -> None:
    await chat.admin.says("/libur")
    await chat.admin.taps("Tambah")
    await chat.admin.sees("Tanggal berapa, dan apa namanya?")
    await chat.admin.says("24 November Hari Guru")
    await chat.admin.sees("Selasa, 24 November 2026\nHari Guru\n\nIni hari libur apa?")
    await chat.admin.taps("Cuti bersama")
    shown = await chat.admin.sees("Jenis: cuti bersama")
    assert "Tidak ada pertanyaan pada hari itu untuk 6 pegawai." in shown.text
    assert await row(chat, date(2026, 11, 24)) is None
    await chat.admin.taps("Simpan")
    shown = await chat.admin.sees("Hari Guru · cuti bersama")
    assert shown.labels == ["Ganti tanggal", "Ganti nama", "Hapus", "‹ Daftar 2026"]
    assert await row(chat, date(2026, 11, 24)) == (HolidayKind.JOINT_LEAVE, None)
    await chat.admin.taps("‹ Daftar 2026")
    await chat.admin.sees("Selasa, 24 November: Hari Guru · cuti bersama")


async def test_for_one_unit(chat: Chat) -> None:
    async with chat.db.writing() as session:
        session.add_all(Unit(name=f"Ruang {letter}") for letter in "ABCDEFGH")
    await chat.admin.says("/libur 19-20 Nov Rapat kerja")
    await chat.admin.sees("Kamis, 19 November – Jumat, 20 November 2026 (2 hari)")
    await chat.admin.taps("Kantor: unit tertentu")
    await chat.admin.sees("Untuk unit kerja mana?")
    await chat.admin.taps("›")
    await chat.sim.quiet()
    assert "Ruang H" in chat.admin.buttons()
    await chat.admin.taps("‹")
    await chat.admin.taps("KUA Sukamaju")
    await chat.admin.sees("Jenis: libur kantor, hanya KUA Sukamaju")
    await chat.admin.taps("Simpan")
    await chat.admin.sees("Kamis, 19 November: Rapat kerja · libur kantor, hanya KUA Sukamaju")
    await chat.eko.says("/libur")
    await chat.eko.sees("Rapat kerja")
    await chat.ani.says("/libur")
    shown = await chat.ani.sees("Hari libur berikutnya")
    assert "Rapat kerja" not in shown.text


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("libur kantor", "Tanggalnya belum jelas"),
        ("31 Februari Libur", "Tanggalnya belum jelas"),
        ("25 Desember", "Tanggal itu sudah libur: Hari Raya Natal"),
        ("25 Desember Libur", "Tanggal itu sudah libur: Hari Raya Natal"),
        ("1 Oktober 2026 Libur", "lebih dari 31 hari lewat"),
        ("1 Desember 2029 Libur", "paling jauh dua tahun"),
        ("1 Januari - 30 April 2027 Libur", "paling banyak 31 hari"),
        ("24 November " + "x" * 300, "paling panjang 200 huruf"),
    ],
)
async def test_what_cannot_be_taken_is_explained_and_asked_again(chat: Chat, typed: str, answer: str) -> None:
    await chat.admin.says("/libur")
    await chat.admin.taps("Tambah")
    await chat.admin.says(typed)
    await chat.admin.sees(answer)
    await chat.admin.says("24 November Hari Guru")
    await chat.admin.sees("Ini hari libur apa?")
    await chat.admin.says(f"/libur {typed}")
    await chat.admin.sees(answer)
    await chat.admin.says("26 November Hari Guru")
    await chat.admin.sees("Kamis, 26 November 2026")


async def test_typed_again_while_the_kind_is_asked_takes_its_place(chat: Chat) -> None:
    await chat.admin.says("/libur 24 Nov Hari Guru")
    await chat.admin.sees("Ini hari libur apa?")
    await chat.admin.says("25 Nov Hari Guru Nasional")
    await chat.admin.sees("Rabu, 25 November 2026\nHari Guru Nasional")
    await chat.admin.taps("Batal")
    await chat.admin.sees("Tidak ada yang berubah")
    assert await row(chat, date(2026, 11, 25)) is None


async def test_a_draft_that_was_left_is_begun_again(chat: Chat) -> None:
    await chat.admin.says("/libur 24 Nov Hari Guru")
    question = await chat.admin.sees("Ini hari libur apa?")
    await chat.admin.says("/pengaturan")
    await chat.admin.sees("Pengaturan")
    tap = await chat.admin.taps("Kantor (semua)", message=question)
    assert "sudah tidak menunggu lagi" in (await tap.answered()).text


async def test_an_estimated_day_is_moved_named_and_made_certain(chat: Chat) -> None:
    await chat.admin.says("/libur 2027")
    await chat.admin.taps("10 Mar")
    card = await chat.admin.sees("Tanggal ini masih perkiraan")
    assert "Tandai pasti" in card.labels
    await chat.admin.taps("Ganti tanggal")
    await chat.admin.sees("Tanggal yang benar?")
    await chat.admin.says("11-12 maret")
    await chat.admin.sees("Tulis satu tanggal saja")
    await chat.admin.says("9 maret")
    card = await chat.admin.sees("Hari itu juga libur karena Cuti Bersama Hari Raya Idul Fitri")
    assert "perkiraan" not in card.text
    await chat.admin.taps("Ganti nama")
    await chat.admin.sees("Apa nama barunya?")
    await chat.admin.says("Idul Fitri 1448 H")
    await chat.admin.sees("Idul Fitri 1448 H · libur nasional")
    await chat.admin.taps("‹ Daftar 2027")
    shown = await chat.admin.sees("Rabu, 10 Maret: Hari Raya Idul Fitri · libur nasional · perkiraan")
    struck = [entity for entity in shown.entities if entity["type"] == "strikethrough"]
    assert len(struck) == 1
    await chat.admin.taps("›")
    await chat.admin.taps("17 Mei")
    await chat.admin.taps("Tandai pasti")
    await chat.sim.quiet()
    card = await chat.admin.sees("Senin, 17 Mei 2027")
    assert "Tandai pasti" not in card.labels


async def test_what_was_being_changed_and_is_gone_ends_the_question(chat: Chat) -> None:
    await added(chat, "24 Nov Hari Guru")
    for button in ("Ganti tanggal", "Ganti nama"):
        await chat.admin.taps(button)
        async with chat.db.writing() as session:
            found = await session.scalar(select(Holiday).where(Holiday.name == "Hari Guru"))
            assert found is not None
            found.cancelled = True
        await chat.admin.says("26 Nov")
        await chat.admin.sees("Hari libur itu sudah tidak ada")
        async with chat.db.writing() as session:
            found = await session.scalar(select(Holiday).where(Holiday.name == "Hari Guru"))
            assert found is not None
            found.cancelled = False


async def test_tomorrow_becomes_a_holiday_and_a_workday_again(chat: Chat) -> None:
    await added(chat, "besok Rapat kerja")
    card = await chat.admin.sees("Rapat kerja · libur kantor")
    assert "Tidak ada pertanyaan pada hari itu untuk 6 pegawai." in card.text
    await chat.move_to(HALF_PAST_THREE)
    await chat.ani.sees(HELLO)
    await chat.ani.says("Mengajar Fikih 8A -> 30 siswa tuntas")
    await chat.ani.sees("Draf, belum dikirim")
    await chat.move_to(HALF_PAST_THREE + DAY)
    assert "Kamis, 19 November" not in "\n".join(one.text for one in chat.ani.messages)
    await chat.move_to(HALF_PAST_THREE + 2 * DAY + timedelta(minutes=30))
    await chat.ani.sees("Jumat, 20 November")


async def test_removed_in_time_people_are_asked_after_all(chat: Chat) -> None:
    await added(chat, "hari ini Listrik padam")
    await chat.move_to(NOON)
    await chat.admin.taps("Hapus")
    card = await chat.admin.sees("6 pegawai ditanya hari ini bila jamnya belum lewat")
    assert card.labels == ["Pulihkan", "‹ Daftar 2026"]
    await chat.move_to(HALF_PAST_THREE)
    await chat.ani.sees(HELLO)


async def test_declared_at_noon_it_stops_the_question_and_the_reminders_of_today(chat: Chat) -> None:
    await chat.move_to(NOON)
    await added(chat, "hari ini Banjir")
    await chat.admin.sees("Mulai sekarang tidak ada pertanyaan atau pengingat hari ini untuk 6 pegawai")
    for hours in range(5):
        await chat.move_to(HALF_PAST_THREE + timedelta(hours=hours))
    assert not chat.ani.sees_now(HELLO)


async def test_declared_after_the_question_it_stops_the_reminders(chat: Chat) -> None:
    await chat.move_to(HALF_PAST_THREE)
    await chat.ani.sees(HELLO)
    await added(chat, "hari ini Banjir")
    before = len(chat.ani.messages)
    for hours in range(1, 5):
        await chat.move_to(HALF_PAST_THREE + timedelta(hours=hours))
    assert len(chat.ani.messages) == before


async def test_a_change_of_a_past_day_touches_nothing_that_was_sent(chat: Chat) -> None:
    await chat.move_to(HALF_PAST_THREE)
    await chat.ani.sees(HELLO)
    await chat.move_to(HALF_PAST_THREE + DAY)
    before = [one.text for one in chat.ani.messages]
    await added(chat, "18 Nov Banjir")
    await chat.admin.sees("Hari itu sudah lewat")
    assert [one.text for one in chat.ani.messages] == before


async def test_an_old_day_cannot_be_changed_any_more(chat: Chat) -> None:
    await chat.admin.says("/libur")
    await chat.admin.taps("17 Agu")
    card = await chat.admin.sees("sudah lama lewat")
    assert card.labels == ["‹ Daftar 2026"]


async def test_restored_it_is_a_day_off_again(chat: Chat) -> None:
    await chat.admin.says("/libur")
    await chat.admin.taps("24 Des")
    await chat.admin.taps("Hapus")
    await chat.admin.sees("Sudah dihapus")
    assert await row(chat, date(2026, 12, 24)) is None
    await chat.admin.taps("Pulihkan")
    await chat.admin.sees("Tidak ada pertanyaan pada hari itu untuk 6 pegawai")
    assert await row(chat, date(2026, 12, 24)) is not None
    async with chat.db.reading() as session:
        actions = await session.scalars(
            select(AuditEvent.action).where(AuditEvent.subject == "holiday").order_by(AuditEvent.id)
        )
        assert list(actions) == ["holiday_cancelled", "holiday_restored"]


async def test_ramadan_hours_are_shown_set_and_reset(chat: Chat) -> None:
    await chat.admin.says("/libur")
    await chat.admin.taps("Jam Ramadan")
    card = await chat.admin.sees("Perkiraan: 19 Februari – 20 Maret 2026")
    assert card.labels == ["‹ Daftar 2026"]
    await chat.admin.says("/libur 2027")
    await chat.admin.taps("Jam Ramadan")
    await chat.admin.sees("Perkiraan: 8 Februari – 9 Maret 2027")
    await chat.admin.taps("Atur")
    await chat.admin.sees("Sekarang 8 Februari – 9 Maret 2027")
    for typed, answer in (
        ("9 Februari", "Tulis dua tanggal"),
        ("9 - 20 Februari", "Itu 12 hari"),
        ("1 - 29 Juli", "terlalu jauh dari Ramadan"),
    ):
        await chat.admin.says(typed)
        await chat.admin.sees(answer)
    await chat.admin.says("9 Februari - 10 Maret")
    await chat.admin.sees("Ditetapkan: 9 Februari – 10 Maret 2027")
    await chat.admin.taps("Pakai perkiraan")
    await chat.admin.sees("Perkiraan: 8 Februari – 9 Maret 2027")
    async with chat.db.reading() as session:
        assert await session.scalar(select(func.count(RamadanHours.id))) == 0


async def test_a_year_without_idul_fitri_takes_the_dates_as_typed(chat: Chat) -> None:
    await chat.admin.says("/libur 2028")
    await chat.admin.taps("Jam Ramadan")
    await chat.admin.sees("Belum ada Idul Fitri")
    await chat.admin.taps("Atur")
    await chat.admin.sees("Ramadan 2028: dari tanggal berapa sampai tanggal berapa?")
    await chat.admin.says("28 Januari - 26 Februari")
    await chat.admin.sees("Ditetapkan: 28 Januari – 26 Februari 2028")


async def test_a_unit_goes_to_six_days_after_a_question(chat: Chat) -> None:
    await chat.admin.says("/libur")
    await chat.admin.taps("Pola kerja")
    await chat.admin.taps("KUA Sukamaju (2)")
    card = await chat.admin.sees("5 hari: 2 pegawai")
    assert card.labels == ["Semua 6 hari", "‹ Unit kerja"]
    await chat.admin.taps("Semua 6 hari")
    await chat.admin.sees("Ubah pola kerja 2 pegawai KUA Sukamaju menjadi 6 hari")
    await chat.admin.taps("Ya, ubah 2 pegawai")
    await chat.admin.sees("6 hari: 2 pegawai")
    await chat.eko.sees("Pola kerja Bapak/Ibu sekarang 6 hari")
    assert not chat.ani.sees_now("Pola kerja")
    async with chat.db.reading() as session:
        assert (await session.get_one(Person, chat.office.eko)).pattern is Pattern.SIX_DAYS


async def test_one_person_is_found_and_changed(chat: Chat) -> None:
    await chat.admin.says("/libur")
    await chat.admin.taps("Pola kerja")
    await chat.admin.taps("Cari pegawai")
    await chat.admin.sees("Ketik nama, NIP, atau id_pegawai")
    await chat.admin.says("zainuddin")
    await chat.admin.sees("Tidak ada pegawai dengan nama atau nomor itu")
    await chat.admin.says("ni")
    await chat.admin.sees("Ada beberapa. Yang mana?")
    await chat.admin.taps("Ani Rahmawati · MTsN 3 Sukamaju")
    card = await chat.admin.sees("Pola kerja: 5 hari, Senin–Jumat")
    assert card.labels == ["6 hari", "Sif", "‹ Unit kerja"]
    await chat.admin.taps("Sif")
    await chat.admin.sees("Pola kerja: sif")
    await chat.ani.sees("Pola kerja Bapak/Ibu sekarang sif")
    await chat.move_to(HALF_PAST_THREE)
    assert not chat.ani.sees_now(HELLO)


async def warned(chat: Chat, person_id: int, year: int) -> None:
    async with chat.db.writing() as session:
        payload = {"work_date": "2026-12-07", "year": year}
        await enqueue(session, "calendar_warned", to=person_id, now=chat.clock(), payload=payload)
    chat.program.delivery.wake()
    await chat.sim.quiet()


async def test_the_warning_of_december_leads_into_next_years_list(chat: Chat) -> None:
    await warned(chat, chat.office.admin, 2027)
    shown = await chat.admin.sees("Daftar hari libur 2027 perlu dilihat")
    assert "• Rabu, 10 Maret: Hari Raya Idul Fitri" in shown.text
    assert "Belum ada" not in shown.text
    await chat.admin.taps("Buka daftar 2027")
    await chat.admin.sees("Hari libur 2027")
    await warned(chat, chat.office.admin, 2028)
    shown = await chat.admin.sees("Belum ada libur nasional sama sekali")
    assert "Belum ada cuti bersama" in shown.text


async def test_a_list_in_order_and_somebody_no_admin_bring_no_warning(chat: Chat) -> None:
    await warned(chat, chat.office.ani, 2027)
    assert not chat.ani.sees_now("perlu dilihat")
    await warned(chat, chat.office.admin, 2026)
    assert not chat.admin.sees_now("perlu dilihat")


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        (Kind.HOLIDAY_UNIT, 10**9),
        (Kind.PATTERN_UNIT, 10**9),
        (Kind.PATTERN_PERSON, 10**9),
        (Kind.HOLIDAYS, 1999),
        (Kind.RAMADAN, 1999),
        (Kind.HOLIDAY_ADD, 1999),
    ],
)
async def test_a_button_about_what_never_was(chat: Chat, kind: Kind, subject: int) -> None:
    await chat.admin.says("/libur 24 Nov Hari Guru")
    message = await chat.admin.sees("Ini hari libur apa?")
    tap = chat.admin.presses_data(message, Press(kind, subject).pack())
    assert "tidak" in (await tap.answered()).text.casefold()


async def test_the_date_and_then_the_name_alone_are_joined(chat: Chat) -> None:
    await chat.admin.says("/libur")
    await chat.admin.taps("Tambah")
    await chat.admin.says("26-27 November")
    await chat.admin.sees("Kamis, 26 November – Jumat, 27 November 2026 (2 hari): apa nama hari liburnya?")
    await chat.admin.says("Jumat Bersih HUT ke-81")
    await chat.admin.sees("(2 hari)\nJumat Bersih HUT ke-81\n\nIni hari libur apa?")
    await chat.admin.taps("Kantor (semua)")
    await chat.admin.taps("Simpan")
    await chat.admin.sees_toast("2 hari libur disimpan")
    assert await row(chat, date(2026, 11, 27)) == (HolidayKind.OFFICE, None)


async def test_a_date_typed_after_a_date_takes_its_place(chat: Chat) -> None:
    await chat.admin.says("/libur 26 November")
    await chat.admin.sees("26 November 2026: apa nama")
    await chat.admin.says("27 November")
    await chat.admin.sees("27 November 2026: apa nama")
    await chat.admin.says("24 November Hari Guru")
    await chat.admin.sees("Selasa, 24 November 2026\nHari Guru")


async def test_a_second_tap_on_save_says_that_it_is_saved(chat: Chat) -> None:
    await chat.admin.says("/libur 24 November Hari Guru")
    await chat.admin.taps("Kantor (semua)")
    draft = await chat.admin.sees("Jenis: libur kantor")
    save = next(one for one in draft.buttons if one.text == "Simpan")
    for _ in range(2):
        assert (await chat.admin.presses(draft, save).answered()).text == "Disimpan."
    await chat.admin.sees("Selasa, 24 November: Hari Guru")


async def test_deleting_and_restoring_are_named_and_may_be_tapped_twice(chat: Chat) -> None:
    await chat.admin.says("/libur 24 November Hari Guru")
    await chat.admin.taps("Kantor (semua)")
    await chat.admin.taps("Simpan")
    for label, says in (("Hapus", "Dihapus."), ("Pulihkan", "Dipulihkan.")):
        shown = await chat.admin.sees("Hari Guru", button=label)
        pressed = next(one for one in shown.buttons if one.text == label)
        for _ in range(2):
            assert (await chat.admin.presses(shown, pressed).answered()).text == says


async def test_a_move_that_looks_like_a_slip_is_asked_about(chat: Chat) -> None:
    await chat.admin.says("/libur 24 November Hari Guru")
    await chat.admin.taps("Kantor (semua)")
    await chat.admin.taps("Simpan")
    await chat.admin.taps("Ganti tanggal")
    await chat.admin.says("25 Desember")
    asked = await chat.admin.sees("Hari itu sudah libur: ")
    assert asked.labels == ["Tetap pindahkan", "Batal"]
    await chat.admin.says("24 Februari 2027")
    await chat.admin.sees("Itu 92 hari jauhnya.")
    assert await row(chat, date(2026, 11, 24)) == (HolidayKind.OFFICE, None)
    await chat.admin.taps("Tetap pindahkan")
    await chat.admin.sees("Rabu, 24 Februari 2027\nHari Guru")
    assert await row(chat, date(2026, 11, 24)) is None
    assert await row(chat, date(2027, 2, 24)) == (HolidayKind.OFFICE, None)
