"""`/pengaturan`: the own time and the language."""

from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import select

from bot.callbacks import Kind, Press
from models import DialogueRow, Pattern, Person, ShiftDay
from services.rounds import plan_everybody
from tests.conversations.conftest import Chat

ASK = "Pukul berapa sebaiknya saya bertanya?"


@pytest.fixture(autouse=True)
async def planned(chat: Chat) -> None:
    async with chat.db.writing() as session:
        await plan_everybody(session, now=chat.clock())


async def own_time(chat: Chat, person_id: int) -> time | None:
    async with chat.db.reading() as session:
        return await session.scalar(select(Person.prompt_time).where(Person.id == person_id))


async def test_the_card_shows_time_zone_and_language(chat: Chat) -> None:
    await chat.ani.says("/pengaturan")
    card = await chat.ani.sees("Pengaturan")
    assert "30 menit sebelum jam pulang" in card.text
    assert "Berikutnya: Rabu, 18 November 15.30 WIB" in card.text
    assert "Zona waktu: WIB" in card.text
    assert "Pengingat: paling banyak 3 kali sehari" in card.text
    assert card.labels == ["Ubah jam", "Pengingat", "Tanyakan rencana pagi", "Ganti ke English"]


async def test_a_typed_time_is_read_and_the_prompt_comes_then(chat: Chat) -> None:
    await chat.ani.says("/pengaturan")
    await chat.ani.taps("Ubah jam")
    question = await chat.ani.sees(ASK)
    assert question.labels == ["15.00", "15.30", "16.00", "Batal"]
    await chat.ani.says("jam 4 kurang 15 sore")
    card = await chat.ani.sees("Saya bertanya pukul 15.45 WIB")
    assert "Berikutnya: Rabu, 18 November 15.45 WIB" in card.text
    await chat.sim.quiet()
    assert await own_time(chat, chat.office.ani) == time(15, 45)
    await chat.move_to(datetime(2026, 11, 18, 8, 44, tzinfo=UTC))
    assert not chat.ani.sees_now("Selamat sore")
    await chat.move_to(datetime(2026, 11, 18, 8, 45, tzinfo=UTC))
    await chat.ani.sees("Selamat sore, Bapak/Ibu Ani Rahmawati")


async def test_a_quick_choice_turns_the_question_into_the_card_and_back_to_the_default(chat: Chat) -> None:
    await chat.ani.says("/pengaturan")
    first = await chat.ani.sees("Pengaturan")
    await chat.ani.taps("Ubah jam")
    question = await chat.ani.sees(ASK)
    tap = await chat.ani.taps("16.00")
    assert (await tap.answered()).text == "Disimpan. Berikutnya: Rabu, 18 November 16.00 WIB"
    card = await chat.ani.sees("Saya bertanya pukul 16.00 WIB")
    await chat.sim.quiet()
    assert card.id == question.id
    assert first.deleted
    await chat.ani.taps("Ubah jam")
    assert (await chat.ani.sees(ASK)).labels == ["15.00", "15.30", "30 menit sebelum pulang", "Batal"]
    await chat.ani.taps("30 menit sebelum pulang")
    await chat.ani.sees("Saya bertanya 30 menit sebelum jam pulang.")
    assert await own_time(chat, chat.office.ani) is None


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("nanti saja", "Jamnya belum jelas"),
        ("4", "Jam 4 pagi atau sore?"),
        ("16.00 WITA", "Itu zona waktu lain"),
        ("23.00", "Pilih jam antara 06.00 dan 20.00"),
        ("5.30 pagi", "Pilih jam antara 06.00 dan 20.00"),
        ("x" * 3000, "Jamnya belum jelas"),
    ],
)
async def test_a_time_that_cannot_be_taken_is_asked_again(chat: Chat, typed: str, answer: str) -> None:
    await chat.ani.says("/pengaturan")
    await chat.ani.taps("Ubah jam")
    await chat.ani.sees(ASK)
    await chat.ani.says(typed)
    await chat.ani.sees(answer)
    assert await own_time(chat, chat.office.ani) is None
    await chat.ani.says("15.10")
    await chat.ani.sees("Saya bertanya pukul 15.10 WIB")


async def test_cancel_leaves_the_time_and_text_is_a_report_again(chat: Chat) -> None:
    await chat.ani.says("/pengaturan")
    await chat.ani.taps("Ubah jam")
    await chat.ani.taps("Batal")
    await chat.ani.sees("Tidak ada yang berubah")
    await chat.ani.says("Rapat komite madrasah")
    await chat.ani.sees("Draf, belum dikirim")
    assert await own_time(chat, chat.office.ani) is None


async def test_the_question_lapses_after_half_an_hour(chat: Chat) -> None:
    await chat.ani.says("/pengaturan")
    await chat.ani.taps("Ubah jam")
    await chat.ani.sees(ASK)
    await chat.move_to(datetime(2026, 11, 18, 2, 31, tzinfo=UTC))
    await chat.ani.says("Rapat komite madrasah")
    await chat.ani.sees("Draf, belum dikirim")
    async with chat.db.reading() as session:
        row = await session.get(DialogueRow, chat.ani.id)
        assert row is not None
        assert row.step != "prompt_time"


async def test_the_language_changes_card_and_menu_at_once_and_back(chat: Chat) -> None:
    await chat.ani.says("/pengaturan")
    await chat.ani.taps("Ganti ke English")
    await chat.ani.sees("I ask 30 minutes before the end of the day.")
    await chat.sim.quiet()
    menu = chat.sim.calls_of("setMyCommands", chat_id=None)[-1]
    assert "Prompt time, reminders and language" in str(menu.params)
    await chat.ani.says("/pengaturan")
    await chat.ani.taps("Switch to Indonesia")
    await chat.ani.sees("Bahasa: Indonesia")
    await chat.sim.quiet()
    menu = chat.sim.calls_of("setMyCommands", chat_id=None)[-1]
    assert "Jam bertanya, pengingat, dan bahasa" in str(menu.params)


@pytest.mark.parametrize(
    "press",
    [
        (Kind.SET_TIME, ""),
        (Kind.SET_TIME, "15:00"),
        (Kind.SET_TIME, "default"),
        (Kind.SET_LANGUAGE, "en"),
    ],
)
async def test_the_settings_of_somebody_else_are_refused(chat: Chat, press: tuple[Kind, str]) -> None:
    await chat.citra.says("/pengaturan")
    message = await chat.citra.sees("Pengaturan")
    data = Press(press[0], chat.office.ani, arg=press[1]).pack()
    tap = chat.citra.presses_data(message, data)
    assert "tidak berwenang" in (await tap.answered()).text
    assert await own_time(chat, chat.office.ani) is None


@pytest.mark.parametrize(
    ("kind", "arg", "answer"),
    [
        (Kind.SET_TIME, "25:99", "Jamnya belum jelas"),
        (Kind.SET_TIME, "23:00", "Pilih jam antara"),
        (Kind.SET_LANGUAGE, "xx", "Bahasa itu belum tersedia"),
        (Kind.SET_LANGUAGE, "", "Bahasa itu belum tersedia"),
    ],
)
async def test_a_button_of_ones_own_making_is_explained(
    chat: Chat, kind: Kind, arg: str, answer: str
) -> None:
    await chat.ani.says("/pengaturan")
    message = await chat.ani.sees("Pengaturan")
    tap = chat.ani.presses_data(message, Press(kind, chat.office.ani, arg=arg).pack())
    assert answer in (await tap.answered()).text


async def test_a_pure_admin_is_not_asked_and_sets_only_the_language(chat: Chat) -> None:
    await chat.admin.says("/pengaturan")
    card = await chat.admin.sees("Pengaturan")
    assert card.labels == ["Ganti ke English"]
    tap = chat.admin.presses_data(card, Press(Kind.SET_TIME, chat.office.admin, arg="15:00").pack())
    assert "tidak berwenang" in (await tap.answered()).text


async def test_a_stranger_has_no_settings(chat: Chat) -> None:
    await chat.stranger.says("/pengaturan")
    await chat.stranger.sees("Mintalah tautan undangan")


async def person(chat: Chat, person_id: int) -> Person:
    async with chat.db.reading() as session:
        found = await session.get_one(Person, person_id)
        session.expunge(found)
        return found


async def test_reminders_are_fewer_or_none_and_the_question_still_comes(chat: Chat) -> None:
    await chat.ani.says("/pengaturan")
    await chat.ani.taps("Pengingat")
    face = await chat.ani.sees("Berapa kali saya boleh mengingatkan dalam sehari?")
    assert face.labels == [
        "3 kali",
        "2 kali",
        "1 kali",
        "Tidak usah",
        "Jeda sampai besok",
        "Jeda 7 hari",
        "‹ Kembali",
    ]
    await chat.ani.taps("Tidak usah")
    card = await chat.ani.sees("Pengingat: tidak ada. Pertanyaan harian tetap datang.")
    assert card.id == face.id
    assert (await person(chat, chat.office.ani)).reminder_cap == 0
    await chat.move_to(datetime(2026, 11, 18, 8, 30, tzinfo=UTC))
    await chat.ani.sees("Selamat sore")
    await chat.move_to(datetime(2026, 11, 18, 9, 31, tzinfo=UTC))
    await chat.citra.sees("belum saya terima")
    assert not chat.ani.sees_now("belum saya terima")


async def test_reminders_pause_and_come_back(chat: Chat) -> None:
    await chat.ani.says("/pengaturan")
    await chat.ani.taps("Pengingat")
    await chat.ani.taps("Jeda 7 hari")
    await chat.ani.sees("Pengingat dijeda sampai Rabu, 25 November. Pertanyaan harian tetap datang.")
    assert (await person(chat, chat.office.ani)).reminders_from == date(2026, 11, 25)
    await chat.ani.taps("Pengingat")
    face = await chat.ani.sees("Berapa kali", button="Aktifkan lagi")
    assert "Jeda 7 hari" not in face.labels
    await chat.ani.taps("‹ Kembali")
    await chat.ani.taps("Pengingat")
    await chat.ani.taps("Aktifkan lagi")
    await chat.ani.sees("paling banyak 3 kali sehari")
    assert (await person(chat, chat.office.ani)).reminders_from is None
    await chat.ani.taps("Pengingat")
    await chat.ani.taps("Jeda sampai besok")
    await chat.ani.sees("dijeda sampai Kamis, 19 November")
    await chat.move_to(datetime(2026, 11, 19, 2, 0, tzinfo=UTC))
    await chat.ani.says("/pengaturan")
    await chat.ani.sees("paling banyak 3 kali sehari")


async def test_the_morning_plan_is_asked_for_and_no_longer(chat: Chat) -> None:
    await chat.ani.says("/pengaturan")
    await chat.ani.taps("Tanyakan rencana pagi")
    await chat.ani.sees("Rencana pagi: ditanyakan", button="Berhenti tanya rencana")
    assert (await person(chat, chat.office.ani)).plan_asked
    await chat.ani.taps("Berhenti tanya rencana")
    await chat.ani.sees("Rencana pagi: tidak ditanyakan")
    assert not (await person(chat, chat.office.ani)).plan_asked


@pytest.mark.parametrize(
    ("kind", "arg", "told"),
    [
        (Kind.SET_CAP, "4", "Pilih 0 sampai 3"),
        (Kind.SET_PAUSE, "30", "Jeda itu tidak ada"),
        (Kind.SET_PLAN, "2", "Tidak ditemukan"),
    ],
)
async def test_a_choice_that_no_button_offers_is_refused(chat: Chat, kind: Kind, arg: str, told: str) -> None:
    await chat.ani.says("/pengaturan")
    card = await chat.ani.sees("Pengaturan")
    tap = chat.ani.presses_data(card, Press(kind, chat.office.ani, 0, arg).pack())
    assert told in (await tap.answered()).text
    tap = chat.ani.presses_data(card, Press(kind, chat.office.citra, 0, "1").pack())
    assert "tidak berwenang" in (await tap.answered()).text


async def test_who_works_in_shifts_is_told_when_they_are_asked(chat: Chat) -> None:
    async with chat.db.writing() as session:
        (await session.get_one(Person, chat.office.ani)).pattern = Pattern.SHIFT
        await session.flush()
        await plan_everybody(session, now=chat.clock())
    await chat.ani.says("/pengaturan")
    card = await chat.ani.sees("saya bertanya pada hari yang ditandai di /jadwal")
    assert "Sekarang belum ada hari bertugas yang ditandai." in card.text
    async with chat.db.writing() as session:
        ani = chat.office.ani
        session.add(ShiftDay(person_id=ani, day=date(2026, 11, 21), marked_by=ani, marked_at=chat.clock()))
        await session.flush()
        await plan_everybody(session, now=chat.clock())
    await chat.ani.says("/pengaturan")
    card = await chat.ani.sees("Berikutnya: Sabtu, 21 November")
    assert "belum ada hari bertugas" not in card.text
