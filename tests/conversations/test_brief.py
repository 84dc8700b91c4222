"""The supervisor's morning: one message, feedback for whom it was forgotten, and coaching that comes back."""

from datetime import UTC, date, datetime

from sqlalchemy import update

from bot.screens import units
from models import (
    Account,
    Blocker,
    Day,
    DayKind,
    DutyPeriod,
    Feedback,
    PerformancePlan,
    Person,
    PlanState,
    Role,
    RoleName,
)
from services.nudging import enqueue_nudges
from services.outbox import enqueue
from tests.conversations.conftest import Chat
from tests.conversations.test_decision import opens_ani, sends
from tests.office import user_of
from tests.services.seats import away, stand_in


def morning(day: int, hour: int = 8, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour - 7, 30, tzinfo=UTC)


async def joined_long_ago(chat: Chat) -> None:
    async with chat.db.writing() as session:
        await session.execute(update(Account).values(joined_at=morning(2)))


async def briefed(chat: Chat, who: int, day: date) -> None:
    """The notice of the morning, as the round writes it."""
    async with chat.db.writing() as session:
        payload = {"work_date": day.isoformat()}
        await enqueue(session, "briefed", to=who, now=chat.clock(), payload=payload)
    chat.program.delivery.wake()
    await chat.sim.quiet()


async def nudged(chat: Chat) -> int:
    async with chat.db.writing() as session:
        told = await enqueue_nudges(session, now=chat.clock())
    chat.program.delivery.wake()
    await chat.sim.quiet()
    return told


async def test_the_brief_says_everything_in_one_look(chat: Chat) -> None:
    await joined_long_ago(chat)
    await sends(chat)
    await chat.move_to(morning(20, 9))
    await away(chat.db, chat.office.citra, date(2026, 11, 23), date(2026, 11, 25))
    async with chat.db.writing() as session:
        session.add(
            Blocker(
                person_id=chat.office.ani,
                work_date=date(2026, 11, 18),
                text="Proyektor ruang 8A rusak sejak Senin",
                raised_at=chat.clock(),
            )
        )
        session.add(
            Day(
                person_id=chat.office.ani,
                work_date=date(2026, 11, 20),
                created_at=chat.clock(),
                nothing_reason="Listrik padam seharian",
            )
        )
    await chat.move_to(morning(23))
    await briefed(chat, chat.office.budi, date(2026, 11, 23))
    brief = await chat.budi.sees("Selamat pagi, Bapak/Ibu Budi Santoso")
    assert brief.labels == ["Periksa (1)", "Kendala: Ani Rahmawati"]
    await chat.budi.taps("Kendala: Ani Rahmawati", message=brief)
    await chat.budi.sees("Proyektor ruang 8A rusak", button="Jawab kendala")
    for said in (
        "Kendala (1)\n• Ani Rahmawati: Proyektor ruang 8A rusak",
        "Menunggu keputusan Anda (1)\n• Ani Rahmawati, 18 November: 3 hari kerja",
        "Belum melapor Jumat, 20 November (1)\nCitra Lestari (15 hari bulan ini)",
        "Tidak bertugas hari ini\nCitra Lestari (cuti s.d. 25 Nov)",
        "Tidak ada kegiatan\n• Ani Rahmawati, 20 November: Listrik padam seharian",
    ):
        assert said in brief.text, said
    await chat.budi.taps("Periksa (1)", message=brief)
    await chat.budi.sees("modul siap dipakai", button="Setujui")
    assert "Selamat pagi" in brief.text, "the brief stays"


async def test_nothing_to_say_is_not_said(chat: Chat) -> None:
    await briefed(chat, chat.office.budi, date(2026, 11, 18))
    await briefed(chat, chat.office.ani, date(2026, 11, 18))
    assert not chat.budi.messages
    assert not chat.ani.messages
    await sends(chat)
    await briefed(chat, chat.office.budi, date(2026, 11, 17))
    assert not chat.budi.sees_now("Selamat pagi"), "it is another day's"


async def test_sixty_people_with_long_names_stay_readable(chat: Chat) -> None:
    async with chat.db.writing() as session:
        for number in range(60):
            person = Person(
                name=f"Dr. H. Muhammad Abdurrahman Wahyuningrat Kusumawardhana {number:02d}, S.Pd.I., M.Pd.",
                supervisor_id=chat.office.budi,
                created_at=morning(2),
            )
            session.add(person)
            await session.flush()
            user_id = user_of(person.id + 1000)
            session.add(Role(person_id=person.id, role=RoleName.STAFF))
            session.add(Account(user_id=user_id, chat_id=user_id, person_id=person.id, joined_at=morning(2)))
            session.add(
                Blocker(
                    person_id=person.id,
                    work_date=date(2026, 11, 17),
                    text="Jaringan internet kantor mati total " * 10,
                    raised_at=chat.clock(),
                )
            )
            if number % 3 == 0:
                await session.flush()
                session.add(
                    DutyPeriod(
                        person_id=person.id,
                        kind=DayKind.SICK,
                        first=date(2026, 11, 18),
                        last=date(2026, 11, 30),
                        created_at=morning(2),
                        created_by=person.id,
                    )
                )
    await briefed(chat, chat.office.budi, date(2026, 11, 18))
    brief = await chat.budi.sees("dan 50 lainnya")
    assert units(brief.text) < 2800
    assert len(brief.text.splitlines()) < 40


async def test_a_stand_in_is_briefed_on_what_they_stand_in_for(chat: Chat) -> None:
    await stand_in(chat.db, chat.office.budi, chat.office.dewi)
    await sends(chat)
    await briefed(chat, chat.office.dewi, date(2026, 11, 18))
    await chat.dewi.sees("• Ani Rahmawati, 18 November: baru masuk", button="Periksa (1)")


async def test_a_week_without_feedback_and_two_taps(chat: Chat) -> None:
    await joined_long_ago(chat)
    await sends(chat)
    await sends(chat, "Melayani legalisir ijazah -> 8 alumni terlayani", who="citra")
    assert await nudged(chat) == 2
    assert await nudged(chat) == 0, "once a week"
    told = await chat.budi.sees("Minggu ini belum ada umpan balik untuk:\nAni Rahmawati, Citra Lestari")
    await chat.budi.taps("Ani Rahmawati", message=told)
    week = await chat.budi.sees("hari kerja terakhir", button="Berikutnya: Citra Lestari")
    assert "• Menyusun perangkat pembelajaran bab 3 → modul siap dipakai" in week.text
    assert "Selasa, 17 November\ntidak ada laporan" in week.text
    await chat.budi.taps("Berikutnya: Citra Lestari")
    await chat.budi.sees("8 alumni terlayani", button="Apresiasi")
    await chat.budi.taps("Apresiasi")
    await chat.budi.taps("Kerja yang rapi, pertahankan.")
    await chat.citra.sees("Kerja yang rapi, pertahankan.")
    await chat.budi.taps("Ani Rahmawati", message=told)
    await chat.budi.sees("hari kerja terakhir")
    assert "Berikutnya: Citra Lestari" not in chat.budi.buttons()


async def improvement(chat: Chat) -> None:
    await sends(chat)
    await opens_ani(chat)
    await chat.budi.taps("Umpan balik")
    await chat.budi.taps("Perbaikan")
    await chat.budi.taps("Lain kali mohon lengkapi buktinya.")


async def test_an_improvement_comes_back_on_its_day(chat: Chat) -> None:
    await improvement(chat)
    await chat.budi.sees("Kapan dilihat lagi hasilnya?", button="1 minggu")
    await chat.budi.taps("1 minggu")
    await chat.budi.sees("Saya ingatkan lagi Rabu, 25 November")
    await chat.move_to(morning(25))
    await briefed(chat, chat.office.budi, date(2026, 11, 25))
    await chat.budi.sees(
        "Tindak lanjut pembinaan\n• Ani Rahmawati, 18 November: Lain kali mohon", button="Tindak lanjut (1)"
    )
    await chat.budi.taps("Tindak lanjut (1)")
    await chat.budi.sees("Bagaimana sekarang?", button="Belum")
    await chat.budi.taps("Belum")
    await chat.ani.sees("Budi Santoso menilai tindak lanjut ini: belum membaik")
    await chat.budi.sees("belum membaik", button="Umpan balik baru")
    await chat.budi.taps("Tanggal lain")
    await chat.budi.sees("Kapan tindak lanjut untuk Ani Rahmawati dilihat lagi?")
    for typed, answer in (
        ("entah", "belum jelas"),
        ("kemarin", "sesudah hari ini"),
        ("1-3 Des", "satu hari"),
    ):
        await chat.budi.says(typed)
        await chat.budi.sees(answer)
    await chat.budi.says("2 Des")
    await chat.budi.sees("Saya ingatkan lagi Rabu, 2 Desember")
    await chat.move_to(morning(2, month=12))
    await briefed(chat, chat.office.budi, date(2026, 12, 2))
    await chat.budi.taps("Tindak lanjut (1)")
    await chat.budi.taps("Membaik")
    await chat.ani.sees("menutup tindak lanjut ini: membaik ✓")
    await chat.budi.sees("Hasil tindak lanjut: membaik ✓")
    await briefed(chat, chat.office.budi, date(2026, 12, 2))
    assert sum("Tindak lanjut pembinaan" in one.text for one in chat.budi.messages) == 2


async def test_no_follow_up_is_an_answer_too(chat: Chat) -> None:
    await improvement(chat)
    await chat.budi.sees("Kapan dilihat lagi hasilnya?")
    await chat.budi.taps("Tidak perlu")
    await chat.sim.quiet()
    assert not chat.budi.sees_now("Kapan dilihat lagi hasilnya?")
    async with chat.db.reading() as session:
        assert (await session.get_one(Feedback, 1)).follow_up_on is None


async def test_a_date_typed_after_the_note_was_handed_on_ends_the_question(chat: Chat) -> None:
    await improvement(chat)
    await chat.budi.taps("Tanggal lain")
    await chat.budi.sees("Kapan tindak lanjut untuk Ani Rahmawati dilihat lagi?")
    async with chat.db.writing() as session:
        note = await session.get_one(Feedback, 1)
        note.from_id = chat.office.dewi
        (await session.get_one(Person, chat.office.ani)).supervisor_id = chat.office.dewi
    await chat.budi.says("Jumat depan")
    await chat.budi.sees("Anda tidak berwenang untuk ini")
    await chat.budi.says("Rapat dinas -> jadwal disepakati")
    await chat.budi.sees("1. Rapat dinas")


async def test_an_skp_that_waits_is_one_tap_from_the_brief(chat: Chat) -> None:
    await joined_long_ago(chat)
    async with chat.db.writing() as session:
        changed = {"state": PlanState.PROPOSED, "proposed_at": morning(20)}
        await session.execute(
            update(PerformancePlan).where(PerformancePlan.person_id == chat.office.ani).values(**changed)
        )
    await chat.move_to(morning(23))
    await briefed(chat, chat.office.budi, date(2026, 11, 23))
    brief = await chat.budi.sees("SKP menunggu keputusan Anda (1)")
    assert "Ani Rahmawati: SKP 2026, diajukan 20 November" in brief.text
    await chat.budi.taps("Periksa SKP (1)", message=brief)
    await chat.budi.sees("SKP 2026", button="Sepakati")
    async with chat.db.writing() as session:
        await session.execute(update(PerformancePlan).values(state=PlanState.AGREED))
    await chat.budi.taps("Periksa SKP (1)", message=brief)
    await chat.budi.sees("SKP tim 2026")
