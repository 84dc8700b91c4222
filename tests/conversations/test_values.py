"""`/capaian`: kualitas, waktu and biaya reported in one's own words, confirmed, returned, shown."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from models import (
    Account,
    Aspect,
    Day,
    DialogueRow,
    Entry,
    Indicator,
    IndicatorValue,
    PerformancePlan,
    Person,
    State,
    Target,
)
from tests.conversations.conftest import Chat
from tests.conversations.test_brief import briefed
from tests.services.desk import at

LATER = at(10)


async def measured(chat: Chat, *indicators: Indicator) -> None:
    async with chat.db.writing() as session:
        session.add_all(indicators)


def quality(target_id: int) -> Indicator:
    return Indicator(
        target_id=target_id,
        position=1,
        aspect=Aspect.QUALITY,
        text="Kepuasan peserta didik",
        goal=Decimal(90),
        goal_text="90",
        unit="%",
    )


def cost(target_id: int) -> Indicator:
    return Indicator(
        target_id=target_id,
        position=2,
        aspect=Aspect.COST,
        text="Biaya pelatihan",
        goal=Decimal(12_000_000),
        goal_text="Rp 12.000.000",
        unit="rupiah",
    )


def deadline(target_id: int) -> Indicator:
    return Indicator(
        target_id=target_id,
        position=3,
        aspect=Aspect.TIME,
        text="Waktu penyelesaian",
        goal_text="31 Desember",
    )


async def values(chat: Chat) -> list[tuple[str, str]]:
    """What is stored once everything has been answered."""
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        rows = await session.scalars(select(IndicatorValue).order_by(IndicatorValue.id))
        return [(str(one.day or f"{one.number:.0f}"), one.state.value) for one in rows]


async def test_quality_is_reported_confirmed_and_shown_with_what_was_before(chat: Chat) -> None:
    ani, budi = chat.ani, chat.budi
    first = chat.office.ani_targets[0]
    await measured(chat, quality(first), cost(first), deadline(first))
    await ani.says("/capaian")
    await ani.sees("Kualitas, Kepuasan peserta didik: belum dilaporkan (target 90%)")
    await ani.taps("1. Kualitas")
    await ani.taps("Laporkan capaian")
    await ani.says("bagus sekali")
    await ani.sees("Angkanya belum jelas")
    await ani.says("88 % per akhir Juni")
    await ani.sees("Yang saya baca: 88%, per Selasa, 30 Juni 2026. Benar?")
    assert await values(chat) == [], "nothing goes anywhere before it is said back"
    await ani.taps("Kirim ke atasan")
    await ani.sees("88% per 30 Juni 2026, menunggu konfirmasi atasan")
    await chat.sim.quiet()
    assert budi.last is None or "melaporkan" not in budi.last.text, "no ping for a value"
    await budi.says("/periksa")
    await budi.taps("Periksa capaian (1)")
    await budi.sees("Ani Rahmawati: Kepuasan peserta didik, 88% per 30 Juni 2026")
    await budi.taps("1")
    await budi.sees("88% per 30 Juni 2026 (target 90%, belum tercapai)")
    await budi.taps("Konfirmasi")
    await budi.sees("Dikonfirmasi Budi Santoso")
    await ani.sees("mengonfirmasi capaian Anda: 88% per 30 Juni 2026")
    await ani.says("/capaian")
    await ani.taps("1. Kualitas")
    await ani.taps("Laporkan capaian")
    await ani.says("92,5% per 31 Okt")
    await ani.taps("Kirim ke atasan")
    await budi.says("/periksa")
    await budi.taps("Periksa capaian (1)")
    await budi.taps("1")
    await budi.sees("Sebelumnya: 88% per 30 Juni 2026")
    await budi.taps("Konfirmasi")
    await ani.says("/capaian")
    await ani.sees("Kepuasan peserta didik: 92,5% per 31 Oktober 2026 (target 90%, tercapai)")
    await ani.taps("1. Kualitas")
    await ani.sees("Sebelumnya: 88% per 30 Juni 2026")


async def test_waktu_and_biaya_come_back_with_a_reason_and_are_reported_again(chat: Chat) -> None:
    ani, budi = chat.ani, chat.budi
    first = chat.office.ani_targets[0]
    await measured(chat, cost(first), deadline(first))
    for button, typed, read in (
        ("1. Biaya", "Rp 11,5 juta", "Yang saya baca: Rp 11.500.000, per Rabu, 18 November 2026"),
        ("1. Waktu", "selesai 15 Nov", "Yang saya baca: 15 November 2026, per Rabu, 18 November 2026"),
    ):
        await ani.says("/capaian")
        await ani.taps(button)
        await ani.taps("Laporkan capaian")
        await ani.says(typed)
        await ani.sees(read)
        await ani.taps("Kirim ke atasan")
    await budi.says("/periksa")
    await budi.taps("Periksa capaian (2)")
    await budi.taps("1")
    await budi.taps("Kembalikan")
    await budi.says("kurang")
    await budi.sees("paling sedikit 10 huruf")
    await budi.says("Mohon lampirkan rinciannya dahulu")
    await budi.sees("Dikembalikan Budi Santoso")
    await ani.sees("mengembalikan capaian Anda, Rp 11.500.000 per 18 November 2026")
    await budi.taps("Berikutnya (1)")
    await budi.sees("15 November 2026 per 18 November 2026 (target 31 Desember 2026, tepat waktu)")
    await budi.taps("Konfirmasi")
    await ani.taps("Laporkan lagi")
    await ani.says("Rp 11 juta")
    await ani.taps("Kirim ke atasan")
    assert await values(chat) == [("11000000", "reported"), ("2026-11-15", "confirmed")]


async def test_a_newer_report_while_the_card_is_open(chat: Chat) -> None:
    ani, budi = chat.ani, chat.budi
    await measured(chat, quality(chat.office.ani_targets[0]))
    await report(chat, "80%")
    await budi.says("/periksa")
    await budi.taps("Periksa capaian (1)")
    await budi.taps("1")
    chat.clock.move_to(LATER)
    await report(chat, "92%", waiting=True)
    await budi.taps("Konfirmasi")
    await budi.sees("92% per 18 November 2026")
    assert await values(chat) == [("92", "reported")], "what was not seen is not confirmed"
    await budi.taps("Konfirmasi")
    assert await values(chat) == [("92", "confirmed")]
    await ani.sees("mengonfirmasi capaian Anda: 92%")


async def report(chat: Chat, text: str, *, waiting: bool = False) -> None:
    await chat.ani.says("/capaian")
    await chat.ani.taps("1. Kualitas")
    await chat.ani.taps("Laporkan capaian")
    await chat.ani.says(text)
    if waiting:
        await chat.ani.sees("Ini menggantikan 80% per 18 November 2026")
    await chat.ani.taps("Kirim ke atasan")


async def test_the_brief_says_what_waits_once_a_day(chat: Chat) -> None:
    await measured(chat, quality(chat.office.ani_targets[0]))
    await report(chat, "92%")
    await chat.sim.quiet()
    await briefed(chat, chat.office.budi, date(2026, 11, 18))
    await chat.budi.sees("Capaian menunggu konfirmasi (1)")
    await chat.budi.sees("• Ani Rahmawati: 92% per 18 November 2026")
    await chat.budi.taps("Periksa capaian (1)")
    await chat.budi.taps("1")
    await chat.budi.taps("Konfirmasi")
    await chat.budi.taps("‹ Daftar capaian")
    await chat.budi.sees("Tidak ada capaian yang menunggu konfirmasi Anda.")


async def test_a_head_without_a_supervisor_puts_it_on_record(chat: Chat) -> None:
    async with chat.db.writing() as session:
        plan = PerformancePlan(person_id=chat.office.head, year=2026, created_at=at(8))
        session.add(plan)
        await session.flush()
        target = Target(plan_id=plan.id, position=0, text="Terkelolanya madrasah")
        session.add(target)
        await session.flush()
        session.add(quality(target.id))
    await chat.head.says("/capaian")
    await chat.head.taps("1. Kualitas")
    await chat.head.taps("Laporkan capaian")
    await chat.head.says("91")
    await chat.head.taps("Catat")
    await chat.head.sees("Dicatat; tanpa atasan di sini")
    assert await values(chat) == [("91", "confirmed")]


async def test_cancelled_lapsed_and_never_a_lost_report(chat: Chat) -> None:
    ani = chat.ani
    await measured(chat, quality(chat.office.ani_targets[0]))
    await ani.says("/capaian")
    await ani.taps("1. Kualitas")
    await ani.taps("Laporkan capaian")
    await ani.taps("Batal")
    await ani.sees("Belum ada capaian yang dikonfirmasi.")
    async with chat.db.reading() as session:
        assert await session.scalar(select(DialogueRow.step).where(DialogueRow.step.is_not(None))) is None
    await ani.taps("Laporkan capaian")
    await chat.sim.quiet()
    await chat.move_to(at(9, 31))
    await ani.says("Mengajar Fikih 8A -> 30 siswa tuntas")
    await ani.sees("Mengajar Fikih 8A")
    assert await values(chat) == []


async def test_a_value_typed_again_before_it_is_sent_replaces_the_one_shown(chat: Chat) -> None:
    ani = chat.ani
    await measured(chat, quality(chat.office.ani_targets[0]))
    await ani.says("/capaian")
    await ani.taps("1. Kualitas")
    await ani.taps("Laporkan capaian")
    await ani.says("88%")
    await ani.sees("Yang saya baca: 88%")
    await ani.says("92,5% per 31 Desember 2026")
    await ani.sees("Tanggalnya belum tiba")
    await ani.says("maaf, 92,5% per 31 Oktober")
    await ani.sees("Yang saya baca: 92,5%, per Sabtu, 31 Oktober 2026. Benar?")
    await ani.taps("Kirim ke atasan")
    await ani.sees("92,5% per 31 Oktober 2026, menunggu konfirmasi atasan")
    assert await values(chat) == [("92", "reported")]
    await ani.says("90% siswa tuntas")
    await ani.sees("90% siswa tuntas")
    assert await values(chat) == [("92", "reported")], "it is sent, so nothing is corrected any more"


@pytest.mark.parametrize("report", ["Menyusun 3 laporan kelas 8", "3 laporan -> selesai diperiksa kepala"])
async def test_a_report_typed_while_a_value_is_shown_stays_a_report(chat: Chat, report: str) -> None:
    ani = chat.ani
    await measured(chat, quality(chat.office.ani_targets[0]))
    await ani.says("/capaian")
    await ani.taps("1. Kualitas")
    await ani.taps("Laporkan capaian")
    await ani.says("88%")
    await ani.says(report)
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        assert len(list(await session.scalars(select(Entry)))) == 1
    assert await values(chat) == []


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("92% per 31 Desember 2026", "Tanggalnya belum tiba"),
        ("92% per 31 Des", "Tanggal itu sebelum tahun 2026"),
        ("Rp 5 juta", "Ukurannya memakai «%»"),
        ("-3%", "tidak bisa kurang dari nol"),
        ("92% per bulan", "Tanggal «bulan» belum jelas"),
        ("92% per Oktober 0000", "Tanggal «Oktober 0000» belum jelas"),
        ("92% per TW I 0000", "Tanggal «TW I 0000» belum jelas"),
        ("5000%", "terlalu besar"),
        ("9" * 301, "Terlalu panjang"),
    ],
)
async def test_what_cannot_be_taken_is_answered_in_one_sentence(chat: Chat, typed: str, answer: str) -> None:
    await measured(chat, quality(chat.office.ani_targets[0]))
    await chat.ani.says("/capaian")
    await chat.ani.taps("1. Kualitas")
    await chat.ani.taps("Laporkan capaian")
    await chat.ani.says(typed)
    await chat.ani.sees(answer)
    await chat.ani.says("92%")
    await chat.ani.sees("Yang saya baca: 92%")


async def test_an_indicator_that_is_gone_while_its_value_is_typed(chat: Chat) -> None:
    await measured(chat, quality(chat.office.ani_targets[0]))
    await chat.ani.says("/capaian")
    await chat.ani.taps("1. Kualitas")
    await chat.ani.taps("Laporkan capaian")
    await chat.sim.quiet()
    async with chat.db.writing() as session:
        await session.execute(
            update(Target).where(Target.id == chat.office.ani_targets[0]).values(retired_at=at(9))
        )
    await chat.ani.says("92%")
    await chat.ani.sees("tidak ada")
    assert await values(chat) == []


async def test_who_is_not_asked_and_who_only_decides(chat: Chat) -> None:
    await chat.admin.says("/capaian")
    await chat.admin.sees("tidak diminta melapor")
    await chat.dewi.says("/capaian")
    await chat.dewi.sees("Belum ada RHK pada SKP 2026")
    async with chat.db.writing() as session:
        await session.execute(update(Person).values(language="en"))
    await chat.ani.says("/capaian")
    await chat.ani.sees("0 of 12 dokumen (0%)")


async def test_the_overview_names_quarters_and_the_share_outside(chat: Chat) -> None:
    ani, budi = chat.ani, chat.budi
    await ani.says("Menyusun RPP -> 3 dokumen siap\nRapat warga -> 20 warga hadir")
    await chat.sim.quiet()
    async with chat.db.writing() as session:
        entries = list(await session.scalars(select(Entry).order_by(Entry.id)))
        entries[0].target_id, entries[0].outside_plan = chat.office.ani_targets[0], False
        entries[0].quantity, entries[0].unit = 3, "dokumen"
        entries[1].target_id, entries[1].outside_plan = None, True
        for one in entries:
            one.state = State.SUBMITTED
        began = at(9) - timedelta(days=300)
        await session.execute(update(PerformancePlan).values(created_at=began, agreed_version=1))
        await session.execute(update(Account).values(joined_at=began))
        await session.execute(
            update(Day).values(state=State.SUBMITTED, submitted_at=at(9), first_submitted_at=at(9))
        )
    await budi.says("/periksa")
    await budi.taps("Ani Rahmawati")
    await budi.taps("Setujui")
    await ani.says("/capaian")
    await ani.sees("3 dari 12 dokumen (25%) · tertinggal")
    await ani.sees("TW IV: 3")
    await ani.sees("Di luar SKP: 50% dari kegiatan tahun ini")


async def test_in_january_last_years_progress_is_shown_and_reported(chat: Chat) -> None:
    ani = chat.ani
    await measured(chat, quality(chat.office.ani_targets[0]))
    await chat.move_to(datetime(2027, 1, 5, 3, tzinfo=UTC))
    await ani.says("/capaian 2026")
    await ani.sees("Capaian SKP 2026 (tahun sudah berjalan 100%)")
    await ani.taps("1. Kualitas")
    await ani.taps("Laporkan capaian")
    await ani.says("90% per TW IV")
    await ani.sees("Yang saya baca: 90%, per Kamis, 31 Desember 2026")
    await ani.taps("Kirim ke atasan")
    await ani.taps("‹ Capaian")
    await ani.sees("Capaian SKP 2026 (tahun sudah berjalan 100%)")
