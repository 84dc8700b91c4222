"""`/bebaskan`: a supervisor excuses days, their people are told and not asked."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from bot.callbacks import Kind, Press
from models import DutyPeriod
from tests.conversations.conftest import Chat


async def excused(chat: Chat) -> list[tuple[int, date, date, str | None]]:
    async with chat.db.reading() as session:
        rows = await session.scalars(
            select(DutyPeriod).where(DutyPeriod.cancelled_at.is_(None)).order_by(DutyPeriod.person_id)
        )
        return [(one.person_id, one.first, one.last, one.reason) for one in rows]


async def test_an_outage_excuses_the_direct_staff_and_can_be_taken_back(chat: Chat) -> None:
    await chat.budi.says("/bebaskan")
    await chat.budi.sees("Hari apa yang dibebaskan")
    await chat.budi.taps("Hari ini")
    scope = await chat.budi.sees("Untuk siapa?")
    assert scope.labels == ["Semua bawahan langsung (2)", "Satu orang", "Ulangi dari awal"]
    await chat.budi.taps("Semua bawahan langsung (2)")
    await chat.budi.sees("Untuk: 2 orang")
    await chat.budi.taps("Gangguan jaringan")
    check = await chat.budi.sees("Alasan: Gangguan jaringan")
    assert "Bebas laporan: Rabu, 18 November 2026 (1 hari)" in check.text
    assert await excused(chat) == []
    await chat.budi.taps("Simpan")
    done = await chat.budi.sees("Sudah dibebaskan dari laporan")
    assert "2 orang: Ani Rahmawati, Citra Lestari" in done.text
    notice = await chat.ani.sees("Budi Santoso membebaskan Anda dari laporan Rabu, 18 November")
    assert "tetap boleh diisi" in notice.text
    await chat.move_to(datetime(2026, 11, 18, 8, 31, tzinfo=UTC))
    assert not chat.ani.sees_now("Selamat sore")
    await chat.ani.says("Mengajar Fikih 8A -> 30 siswa tuntas")
    await chat.ani.sees("Draf, belum dikirim")
    await chat.budi.taps("Batalkan")
    await chat.budi.sees("Dibatalkan: laporan diminta lagi")
    await chat.citra.sees("membatalkan bebas laporan Rabu, 18 November")
    assert await excused(chat) == []


async def test_a_typed_reason_of_health_is_refused_and_the_question_stays(chat: Chat) -> None:
    await chat.budi.says("/bebaskan hari ini")
    await chat.budi.taps("Satu orang")
    await chat.budi.taps("Ani Rahmawati")
    await chat.budi.says("Yang bersangkutan sakit tipes, opname")
    await chat.budi.sees("Alasan kesehatan tidak disimpan")
    await chat.budi.says("Sesuai pembicaraan tadi pagi")
    await chat.budi.taps("Simpan")
    await chat.budi.sees("Sudah dibebaskan dari laporan")
    assert [one[3] for one in await excused(chat)] == ["Sesuai pembicaraan tadi pagi"]


async def test_a_typed_reason_waits_for_simpan(chat: Chat) -> None:
    await chat.head.says("/bebaskan 17-18 Nov")
    await chat.head.taps("Termasuk bawahan mereka (5)")
    await chat.head.sees("Untuk: 5 orang")
    await chat.head.says("banjir")
    await chat.head.sees("paling sedikit 10 huruf")
    await chat.head.says("Banjir di seluruh kecamatan")
    await chat.head.sees("Alasan: Banjir di seluruh kecamatan")
    await chat.head.taps("Simpan")
    await chat.head.sees("5 orang: Ani Rahmawati, Budi Santoso")
    assert [one[0] for one in await excused(chat)] == sorted(
        [chat.office.ani, chat.office.budi, chat.office.citra, chat.office.dewi, chat.office.eko]
    )
    assert {one[3] for one in await excused(chat)} == {"Banjir di seluruh kecamatan"}


async def test_words_instead_of_simpan_are_a_report_and_the_reason_is_gone(chat: Chat) -> None:
    await chat.budi.says("/bebaskan kemarin")
    await chat.budi.taps("Satu orang")
    await chat.budi.taps("Ani Rahmawati")
    await chat.budi.says("Mendampingi tamu dari pusat")
    await chat.budi.sees("Alasan: Mendampingi tamu dari pusat")
    await chat.budi.says("Rapat pimpinan -> jadwal disepakati")
    await chat.budi.sees("Draf, belum dikirim")
    tap = await chat.budi.taps("Simpan")
    assert "tidak menunggu lagi" in (await tap.answered()).text
    assert await excused(chat) == []


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("24", "Bulan apa?"),
        ("besok 500 hari", "Tanggalnya belum jelas"),
        ("12 Okt 2026", "Bulan itu sudah ditutup"),
        ("1 Jan", "paling jauh 31 hari"),
        ("18 Nov sampai 19 Des", "paling lama 31 hari"),
    ],
)
async def test_days_outside_are_refused_and_asked_again(chat: Chat, typed: str, answer: str) -> None:
    await chat.budi.says("/bebaskan")
    await chat.budi.sees("Hari apa yang dibebaskan")
    await chat.budi.says(typed)
    await chat.budi.sees(answer)
    await chat.budi.says("besok")
    await chat.budi.sees("Bebas laporan: Kamis, 19 November 2026")


async def test_one_subordinate_is_named_at_once(chat: Chat) -> None:
    await chat.dewi.says("/bebaskan hari ini")
    assert (await chat.dewi.sees("Untuk siapa?")).labels == ["Eko Prasetyo", "Ulangi dari awal"]
    await chat.dewi.taps("Eko Prasetyo")
    await chat.dewi.taps("Kegiatan kantor")
    await chat.dewi.taps("Simpan")
    await chat.dewi.sees("1 orang: Eko Prasetyo")
    card = await chat.dewi.sees("Sudah dibebaskan")
    data = Press(Kind.EXCUSE_SAVE, chat.office.dewi, arg=f"20261118.20261118.o{chat.office.eko}.event").pack()
    assert "sudah dibebaskan" in (await chat.dewi.presses_data(card, data).answered()).text
    await chat.eko.says("/cuti")
    await chat.eko.sees("Dibebaskan atasan: Rabu, 18 November (Kegiatan kantor)")


async def test_somebody_elses_people_are_out_of_reach(chat: Chat) -> None:
    await chat.dewi.says("/bebaskan hari ini")
    card = await chat.dewi.sees("Untuk siapa?")
    for whom in (chat.office.ani, chat.office.dewi, 10**12):
        data = Press(Kind.EXCUSE_SAVE, chat.office.dewi, arg=f"20261118.20261118.o{whom}.event").pack()
        assert "tidak berwenang" in (await chat.dewi.presses_data(card, data).answered()).text
    await chat.ani.says("/bebaskan")
    await chat.ani.sees("Hanya atasan yang dapat membebaskan hari")
    assert await excused(chat) == []
