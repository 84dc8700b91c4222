"""`/jadwal`: a month of buttons, for the person and for the supervisor."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models import Pattern, Person, ShiftDay
from tests.conversations.conftest import Chat


@pytest.fixture(autouse=True)
async def shift(chat: Chat) -> None:
    async with chat.db.writing() as session:
        (await session.get_one(Person, chat.office.citra)).pattern = Pattern.SHIFT


async def marked(chat: Chat) -> list[date]:
    async with chat.db.reading() as session:
        return list(await session.scalars(select(ShiftDay.day).order_by(ShiftDay.day)))


async def test_a_press_marks_a_day_and_another_takes_it_away(chat: Chat) -> None:
    await chat.citra.says("/jadwal")
    grid = await chat.citra.sees("Jadwal kerja: November 2026")
    assert grid.labels[:7] == ["Sn", "Sl", "Rb", "Km", "Jm", "Sb", "Mg"]
    assert "·18·" in grid.labels
    await chat.citra.taps("19")
    await chat.citra.sees("1 hari Anda bertugas")
    await chat.citra.taps("·18·")
    assert "·✓18·" in (await chat.citra.sees("2 hari Anda bertugas")).labels
    await chat.citra.taps("✓19")
    await chat.citra.sees("1 hari Anda bertugas")
    assert await marked(chat) == [date(2026, 11, 18)]
    await chat.citra.taps("Rb")
    await chat.citra.sees("1 hari Anda bertugas")


async def test_other_months_within_what_may_be_marked(chat: Chat) -> None:
    await chat.citra.says("/jadwal")
    assert "‹" not in (await chat.citra.sees("November 2026")).labels
    for month in ("Desember 2026", "Januari 2027", "Februari 2027"):
        await chat.citra.taps("›")
        grid = await chat.citra.sees(f"Jadwal kerja: {month}")
    assert "›" not in grid.labels
    assert "18" in grid.labels
    assert "19" not in grid.labels
    await chat.citra.taps("‹")
    await chat.citra.sees("Jadwal kerja: Januari 2027")


async def test_several_days_are_typed_at_once(chat: Chat) -> None:
    await chat.citra.says("/jadwal 3 5 7-9 Des")
    await chat.citra.sees("5 hari ditandai")
    grid = await chat.citra.sees("Jadwal kerja: Desember 2026")
    assert "✓8" in grid.labels
    assert len(await marked(chat)) == 5


async def test_days_that_were_marked_before_are_said_to_be(chat: Chat) -> None:
    await chat.citra.says("/jadwal 21 22 23")
    await chat.citra.sees("3 hari ditandai.")
    await chat.citra.says("/jadwal 21 22")
    await chat.citra.sees("2 hari itu sudah ditandai.")
    await chat.citra.says("/jadwal 23 Nov")
    await chat.citra.sees("Hari itu sudah ditandai.")


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("31", "Contoh: /jadwal 3 5 7-9 Des"),
        ("31 Nov", "Contoh: /jadwal 3 5 7-9 Des"),
        ("1 Jan 0001", "Contoh: /jadwal 3 5 7-9 Des"),
        ("mulai Senin 100000 hari", "Contoh: /jadwal 3 5 7-9 Des"),
        ("5 Okt", "Bulan itu sudah ditutup"),
        ("1 Apr", "paling jauh 92 hari"),
    ],
)
async def test_days_that_cannot_be_marked_are_explained(chat: Chat, typed: str, answer: str) -> None:
    await chat.citra.says(f"/jadwal {typed}")
    await chat.citra.sees(answer)
    assert await marked(chat) == []


async def test_another_pattern_has_no_schedule(chat: Chat) -> None:
    for words in ("/jadwal", "/jadwal 3 Des"):
        await chat.ani.says(words)
        await chat.ani.sees("pola Anda lima hari kerja")
    async with chat.db.writing() as session:
        (await session.get_one(Person, chat.office.ani)).pattern = Pattern.SIX_DAYS
    await chat.ani.says("/jadwal")
    await chat.ani.sees("pola Anda enam hari kerja")
    await chat.admin.says("/jadwal 3 Des")
    await chat.admin.sees("tidak diminta melapor")


async def test_the_supervisor_marks_and_the_person_is_told_once(chat: Chat) -> None:
    await chat.budi.says("/jadwal")
    await chat.budi.sees("Jadwal siapa yang dibuka?")
    await chat.budi.taps("Citra Lestari – 0 hari ke depan")
    await chat.budi.sees("Citra Lestari: 0 hari bertugas")
    for day in ("24", "25"):
        await chat.budi.taps(day)
        await chat.sim.quiet()
    await chat.budi.taps("Pegawai lain")
    await chat.sim.quiet()
    assert not chat.citra.sees_now("diubah oleh atasan")
    await chat.move_to(chat.clock() + timedelta(minutes=4))
    notice = await chat.citra.sees("Jadwal kerja Anda diubah oleh atasan")
    assert "Bertugas: 24–25 Nov" in notice.text
    async with chat.db.writing() as session:
        (await session.get_one(Person, chat.office.citra)).pattern = Pattern.FIVE_DAYS
    tap = await chat.budi.taps("Citra Lestari – 2 hari ke depan")
    assert "Citra Lestari tidak berpola sif" in (await tap.answered()).text


async def test_many_people_are_listed_in_pages(chat: Chat) -> None:
    async with chat.db.writing() as session:
        for number in range(10):
            session.add(
                Person(
                    name=f"Penjaga {number}",
                    supervisor_id=chat.office.budi,
                    pattern=Pattern.SHIFT,
                    created_at=chat.clock(),
                )
            )
    await chat.budi.says("/jadwal")
    await chat.budi.taps("›")
    await chat.sim.quiet()
    assert "2/2" in (await chat.budi.sees("Jadwal siapa yang dibuka?")).labels
