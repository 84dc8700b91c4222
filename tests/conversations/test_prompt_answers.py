"""What a person does with the question of the day: later, not on duty, nothing to report, or no answer."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from models import Day, DayKind, DutyPeriod, Entry, Person, Round, RoundKind, RoundState, State
from services.outbox import enqueue
from services.rounds import plan_everybody
from simulator import Persona
from tests.conversations.conftest import Chat

TODAY = date(2026, 11, 18)
HELLO = "Selamat sore, Bapak/Ibu Ani Rahmawati"


def at(hour: int, minute: int = 0, *, day: int = 18, month: int = 11) -> datetime:
    """WIB, 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


@pytest.fixture(autouse=True)
async def planned(chat: Chat) -> None:
    async with chat.db.writing() as session:
        await plan_everybody(session, now=chat.clock())


async def asked(chat: Chat) -> None:
    await chat.move_to(at(15, 30))
    await chat.ani.sees(HELLO)


async def sends(chat: Chat) -> None:
    await chat.ani.taps("Kirim")
    await chat.sim.quiet()
    if chat.ani.sees_now("mendukung RHK mana"):
        await chat.ani.taps("Kirim, RHK nanti")


def count(persona: Persona, wanted: Callable[[str], bool]) -> int:
    return sum(wanted(message.text) for message in persona.messages if not message.deleted)


async def the_day(chat: Chat, work_date: date = TODAY) -> Day | None:
    async with chat.db.reading() as session:
        day = await session.scalar(
            select(Day).where(Day.person_id == chat.office.ani, Day.work_date == work_date)
        )
        if day is not None:
            session.expunge(day)
        return day


async def periods(chat: Chat) -> list[DayKind]:
    """The kinds of Ani's living periods."""
    async with chat.db.reading() as session:
        return list(
            await session.scalars(
                select(DutyPeriod.kind).where(
                    DutyPeriod.person_id == chat.office.ani, DutyPeriod.cancelled_at.is_(None)
                )
            )
        )


async def reminded(chat: Chat) -> int:
    async with chat.db.reading() as session:
        rows = await session.scalars(
            select(Round.id).where(
                Round.person_id == chat.office.ani,
                Round.kind == RoundKind.REMINDER,
                Round.state == RoundState.SENT,
            )
        )
        return len(list(rows))


async def test_who_ignores_it_is_reminded_three_times_in_other_words(chat: Chat) -> None:
    await asked(chat)
    await chat.move_to(at(16, 31))
    first = await chat.ani.sees("Laporan hari ini, Rabu, 18 November, belum saya terima.")
    assert first.labels == ["Isi laporan", "Tidak bertugas", "Nanti"]
    assert not chat.ani.sees_now(HELLO), "one living message, not a pile"
    await chat.move_to(at(17, 31))
    second = await chat.ani.sees("masih saya tunggu")
    assert "tidak mengingatkan lagi" not in second.text
    assert first.deleted
    await chat.move_to(at(19, 1))
    last = await chat.ani.sees("Sesudah ini saya tidak mengingatkan lagi")
    assert last.labels == ["Isi laporan", "Tidak bertugas"]
    assert count(chat.ani, lambda text: "18 November" in text) == 1
    await chat.ani.taps("Isi laporan")
    await chat.ani.says("Rapat komite -> jadwal disepakati")
    await chat.ani.sees("1. Rapat komite")


async def test_a_reminder_names_the_draft_and_sending_takes_it_away(chat: Chat) -> None:
    await asked(chat)
    await chat.ani.says("Rapat komite -> jadwal disepakati")
    await chat.ani.sees("1. Rapat komite")
    await chat.move_to(at(16, 31))
    await chat.ani.sees("1 kegiatan sudah tertulis, tinggal dikirim", button="Lihat kartu")
    await sends(chat)
    await chat.ani.sees("Terkirim, menunggu")
    await chat.sim.quiet()
    assert not chat.ani.sees_now("tinggal dikirim")
    for hour in (17, 18, 19):
        await chat.move_to(at(hour, 31))
    assert await reminded(chat) == 1


async def test_later_offers_what_is_open_and_says_when_it_comes_back(chat: Chat) -> None:
    await asked(chat)
    await chat.ani.taps("Nanti")
    face = await chat.ani.sees("Kapan saya kembali?")
    assert face.labels == [
        "1 jam lagi",
        "Malam ini 19.00",
        "Besok pagi",
        "Isi laporan",
        "Tidak ada kegiatan",
        "‹ Kembali",
    ]
    await chat.ani.taps("‹ Kembali")
    await chat.ani.sees(HELLO)
    await chat.ani.taps("Nanti")
    await chat.ani.taps("Malam ini 19.00")
    kept = await chat.ani.sees("Saya kembali pukul 19.00")
    assert kept.labels == ["Isi laporan", "Ganti waktunya"]
    assert kept.id == face.id
    for hour in (16, 17, 18):
        await chat.move_to(at(hour, 40))
    assert await reminded(chat) == 0
    await chat.move_to(at(19, 1))
    promised = await chat.ani.sees("Sesuai janji, saya kembali: laporan hari ini, Rabu, 18 November.")
    assert kept.deleted
    assert "tidak mengingatkan lagi" not in promised.text, "one may ask for another"
    assert "Nanti" in promised.labels


async def test_on_a_friday_the_morning_is_mondays(chat: Chat) -> None:
    await chat.move_to(at(16, 0, day=20))
    await chat.ani.sees("Jumat, 20 November")
    await chat.ani.taps("Nanti")
    await chat.ani.taps("Senin pagi")
    await chat.ani.sees("Saya kembali Senin, 23 November pukul 07.30")
    await chat.move_to(at(19, 30, day=20))
    await chat.move_to(at(7, 31, day=23))
    await chat.ani.sees("Sesuai janji, saya kembali: laporan Jumat, 20 November.")


async def test_when_nothing_is_open_the_report_still_is(chat: Chat) -> None:
    await asked(chat)
    prompt = await chat.ani.sees(HELLO)
    later = next(one for one in prompt.buttons if one.text == "Nanti")
    for hour, minute in ((16, 31), (17, 31), (19, 1)):
        await chat.move_to(at(hour, minute))
    last = await chat.ani.sees("tidak mengingatkan lagi")
    chat.ani.presses(last, later)
    face = await chat.ani.sees("Laporannya bisa diisi kapan saja")
    assert face.labels == ["Isi laporan", "Tidak ada kegiatan", "‹ Kembali"]
    tap = chat.ani.presses_data(face, "1:pz:0:0:2026-11-18.later_hour")
    assert "Waktu itu sudah lewat" in (await tap.answered()).text


@pytest.mark.parametrize("data", ["pl:{}:0:2026-11-19", "pz:{}:0:2026-11-19.tonight", "po:{}:0:2026-11-19"])
async def test_a_day_to_come_is_not_put_off(chat: Chat, data: str) -> None:
    await asked(chat)
    tap = chat.ani.presses_data(await chat.ani.sees(HELLO), f"1:{data.format(chat.office.ani)}")
    assert "belum tiba" in (await tap.answered()).text
    assert await periods(chat) == []


async def test_one_tap_records_the_day_as_off_duty_and_may_say_more(chat: Chat) -> None:
    await asked(chat)
    await chat.ani.taps("Tidak bertugas")
    face = await chat.ani.sees("Tercatat: hari ini Bapak/Ibu tidak bertugas")
    assert face.labels == ["Cuti", "Sakit", "Izin", "Dinas luar", "Urungkan"]
    assert await periods(chat) == [DayKind.OFF_DUTY]
    await chat.ani.taps("Cuti")
    face = await chat.ani.sees("hari ini Bapak/Ibu cuti")
    assert face.labels == ["Urungkan"]
    assert await periods(chat) == [DayKind.LEAVE]
    for hour in (16, 17, 19):
        await chat.move_to(at(hour, 31))
    assert await reminded(chat) == 0
    await chat.ani.taps("Urungkan")
    await chat.ani.sees("Rabu, 18 November", button="Isi laporan")
    assert await periods(chat) == []


async def test_dinas_luar_still_reports(chat: Chat) -> None:
    await asked(chat)
    await chat.ani.taps("Tidak bertugas")
    await chat.ani.taps("Dinas luar")
    face = await chat.ani.sees("laporannya tetap saya tunggu")
    assert face.labels == ["Isi laporan", "Tidak bertugas", "Nanti", "Urungkan"]
    assert await periods(chat) == [DayKind.FIELD]
    await chat.ani.taps("Urungkan")
    await chat.ani.sees(HELLO)
    assert await periods(chat) == []


async def test_off_duty_taken_back_brings_the_days_reminders_back(chat: Chat) -> None:
    await asked(chat)
    await chat.ani.taps("Tidak bertugas")
    await chat.ani.sees("Tercatat: hari ini Bapak/Ibu tidak bertugas")
    await chat.ani.taps("Urungkan")
    await chat.ani.sees(HELLO)
    await chat.move_to(at(16, 31))
    await chat.ani.sees("Laporan hari ini, Rabu, 18 November, belum saya terima.")


async def test_a_sent_day_is_not_turned_into_a_day_off(chat: Chat) -> None:
    await asked(chat)
    prompt = await chat.ani.sees(HELLO)
    off = next(one for one in prompt.buttons if one.text == "Tidak bertugas")
    await chat.ani.says("Rapat komite -> jadwal disepakati")
    await chat.ani.sees("1. Rapat komite")
    await sends(chat)
    card = await chat.ani.sees("Terkirim, menunggu")
    tap = chat.ani.presses(card, off)
    assert "Sudah berubah" in (await tap.answered()).text
    await chat.ani.says("maaf pak saya sakit")
    await chat.ani.sees("Laporan Rabu, 18 November sudah terkirim, jadi tidak saya ubah")
    assert await periods(chat) == []


async def test_a_longer_leave_is_named_and_left_to_its_own_command(chat: Chat) -> None:
    await asked(chat)
    async with chat.db.writing() as session:
        session.add(
            DutyPeriod(
                person_id=chat.office.ani,
                kind=DayKind.LEAVE,
                first=TODAY,
                last=date(2026, 11, 20),
                created_at=chat.clock(),
                created_by=chat.office.ani,
            )
        )
    await chat.ani.taps("Tidak bertugas")
    face = await chat.ani.sees("sudah tercatat cuti (18 November–20 November)")
    assert face.labels == []
    assert await periods(chat) == [DayKind.LEAVE]


async def test_who_writes_that_they_are_ill_records_it_by_one_tap_and_the_reason_is_not_kept(
    chat: Chat,
) -> None:
    await chat.ani.says("maaf pak saya sakit demam")
    offer = await chat.ani.sees("Saya catat sebagai tidak bertugas")
    assert offer.labels == ["Catat tidak bertugas hari ini"]
    await chat.ani.taps("Catat tidak bertugas hari ini")
    await chat.ani.sees("Tercatat: hari ini Bapak/Ibu tidak bertugas")
    assert await periods(chat) == [DayKind.OFF_DUTY]
    assert await the_day(chat) is None
    await chat.move_to(at(15, 31))
    assert not chat.ani.sees_now(HELLO)
    await chat.ani.says("saya sakit")
    await chat.ani.sees("Tercatat: hari ini Bapak/Ibu tidak bertugas")
    await chat.ani.says("15 November saya sakit")
    await chat.ani.sees("Minggu, 15 November memang tidak ada yang perlu dikirim")
    await chat.ani.says("Senin saya cuti")
    which = await chat.ani.sees("Kalau yang dimaksud Senin, 16 November")
    assert which.labels == ["Catat tidak bertugas Senin, 16 November", "Senin, 23 November 2026"]
    await chat.ani.taps("Senin, 23 November 2026")
    await chat.ani.sees("Cuti: Senin, 23 November 2026", button="Simpan")
    await chat.ani.says("Minggu saya libur")
    await chat.ani.sees("Cuti: Minggu, 22 November 2026")


async def test_nothing_to_report_is_an_answer_with_a_ready_reason(chat: Chat) -> None:
    await asked(chat)
    await chat.ani.taps("Isi laporan")
    question = await chat.ani.sees("Apa saja yang Anda kerjakan", button="Tidak ada kegiatan")
    await chat.ani.taps("Tidak ada kegiatan")
    why = await chat.ani.sees("Apa sebabnya?")
    assert why.id == question.id
    assert why.labels == ["Menunggu data/berkas", "Menunggu arahan", "Kegiatan ditunda", "Batal"]
    await chat.ani.taps("Menunggu arahan")
    card = await chat.ani.sees("Tidak ada kegiatan, tercatat")
    assert card.labels == ["Urungkan"]
    assert "Sebabnya: Menunggu arahan" in card.text
    await chat.sim.quiet()
    assert not chat.ani.sees_now(HELLO), "the question is answered"
    day = await the_day(chat)
    assert day is not None
    assert (day.nothing_reason, day.state) == ("Menunggu arahan", State.RECORDED)
    message = chat.sim.core.post(chat.budi.chat, chat.sim.core.bot, text="Antrean")
    chat.budi.presses_data(message, f"1:r:{day.id}:0:")
    seen = await chat.budi.sees("Sebabnya: Menunggu arahan")
    assert "Ani Rahmawati" in seen.text
    await chat.move_to(at(19, 5))
    assert await reminded(chat) == 0
    await chat.ani.taps("Urungkan")
    await chat.ani.sees("Belum ada kegiatan")
    day = await the_day(chat)
    assert day is not None
    assert day.nothing_reason is None


async def test_a_typed_nothing_asks_why_and_takes_the_answer_in_own_words(chat: Chat) -> None:
    await chat.ani.says("kemarin tidak ada kegiatan")
    await chat.ani.sees("Selasa, 17 November tanpa kegiatan. Apa sebabnya?")
    await chat.ani.says("nihil")
    await chat.ani.sees("Sebabnya belum jelas")
    await chat.ani.says("menunggu data dari provinsi")
    await chat.ani.sees("Sebabnya: menunggu data dari provinsi")
    await chat.ani.says("/hari kemarin")
    await chat.ani.sees("Tidak ada kegiatan, tercatat", button="Urungkan")
    await chat.ani.says("besok tidak ada kegiatan")
    await chat.ani.sees("belum tiba")
    await chat.ani.says("kemarin: Rapat komite -> jadwal disepakati")
    await chat.ani.sees("Tadinya Selasa, 17 November tercatat tanpa kegiatan")
    await chat.ani.sees("Selasa, 17 November · Draf")
    day = await the_day(chat, date(2026, 11, 17))
    assert day is not None
    assert (day.nothing_reason, day.state) == (None, State.DRAFT)


async def test_a_report_or_an_illness_instead_of_a_reason_is_taken_for_what_it_is(chat: Chat) -> None:
    await chat.ani.says("nihil")
    await chat.ani.sees("Apa sebabnya?")
    await chat.ani.says("saya sakit")
    await chat.ani.sees("Alasannya tidak saya simpan", button="Catat tidak bertugas hari ini")
    await chat.ani.says("nihil")
    await chat.ani.sees("Apa sebabnya?")
    await chat.ani.says("Rapat komite -> jadwal disepakati")
    await chat.ani.sees("1. Rapat komite")
    await chat.ani.says("tidak ada kegiatan")
    await chat.ani.sees("sudah berisi 1 kegiatan", button="Lihat kartu")
    day = await the_day(chat)
    assert day is not None
    assert day.nothing_reason is None


async def test_an_old_reason_button_does_not_answer_for_a_day_with_entries(chat: Chat) -> None:
    await chat.ani.says("nihil")
    why = await chat.ani.sees("Apa sebabnya?")
    old = next(one for one in why.buttons if one.text == "Kegiatan ditunda")
    await chat.ani.says("Rapat komite -> jadwal disepakati")
    await chat.ani.sees("1. Rapat komite")
    tap = chat.ani.presses(why, old)
    assert "sudah berisi 1 kegiatan" in (await tap.answered()).text


async def put(chat: Chat, kind: str, **payload: object) -> None:
    """A notice that was written a while ago and is delivered only now."""
    async with chat.db.writing() as session:
        await enqueue(session, kind, to=chat.office.ani, now=chat.clock(), payload=payload)
    chat.program.delivery.wake()
    await chat.sim.quiet()


@pytest.mark.parametrize(
    "moment", [at(20, 5), at(5, 30, day=19), at(12, 30, day=19)], ids=["evening", "night", "noon"]
)
async def test_a_reminder_that_comes_too_late_is_not_given(chat: Chat, moment: datetime) -> None:
    async with chat.db.writing() as session:
        for person in await session.scalars(select(Person)):
            person.active = person.id == chat.office.ani
            person.reminder_cap = 0
    await chat.move_to(moment)
    await put(chat, "reminded", work_date="2026-11-18", step=1, last=False)
    assert not chat.ani.sees_now("belum saya terima")
    assert not chat.ani.sees_now("Sesuai janji")


async def test_before_the_month_closes_what_is_missing_is_one_tap_away(chat: Chat) -> None:
    await chat.ani.says("Rapat komite -> jadwal disepakati")
    await chat.ani.sees("1. Rapat komite")
    day = await the_day(chat)
    assert day is not None
    async with chat.db.writing() as session:
        for person in await session.scalars(select(Person).where(Person.id != chat.office.ani)):
            person.active = False
        stored = await session.get_one(Day, day.id)
        stored.state, stored.first_submitted_at = State.RETURNED, chat.clock()
        for entry in await session.scalars(select(Entry)):
            entry.state = State.RETURNED
    await chat.move_to(at(9, 5, day=4, month=12))
    await put(chat, "lock_warned", work_date="2026-12-05")
    notice = await chat.ani.sees("Laporan bulan November ditutup Sabtu, 5 Desember 23.59 WIB.")
    assert "Belum terisi, 8 hari:\n• Kamis, 19 November" in notice.text
    assert "↩ Rabu, 18 November" in notice.text
    assert notice.labels[:3] == ["Perbaiki 18 November", "Isi 19 November", "Isi 20 November"]
    await chat.ani.taps("Isi 19 November", message=notice)
    await chat.ani.sees("kerjakan pada Kamis, 19 November")


async def test_nothing_missing_nothing_said_before_the_month_closes(chat: Chat) -> None:
    await put(chat, "lock_warned", work_date="2026-12-05")
    assert not chat.ani.sees_now("ditutup")
    await put(chat, "lock_warned", work_date="2026-11-05")
    assert not chat.ani.sees_now("ditutup")
