"""The same program on PostgreSQL: the whole day, updates that come twice, and words that only it refuses."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from models import (
    AuditEvent,
    Base,
    Day,
    Decision,
    Entry,
    Evidence,
    FailedUpdate,
    Feedback,
    OutboxMessage,
    OutboxState,
    SeenUpdate,
    State,
    Verdict,
)
from models.engine import Database
from services.rounds import plan_everybody
from simulator import Persona
from tests.conversations import conftest
from tests.conversations.conftest import Chat

pytestmark = pytest.mark.postgres
chat = conftest.chat
pictures = conftest.pictures
HALF_PAST_THREE = datetime(2026, 11, 18, 8, 30, tzinfo=UTC)
"""15.30 WIB on Wednesday 18 November 2026."""
REPORT = (
    "Mengajar Fikih 8A 07.30-09.00 -> 30 siswa tuntas\n"
    "Menyusun modul ajar bab 3 https://drive.example.go.id/modul\n"
    "Rapat komite madrasah"
)


@pytest.fixture
def db(pg_db: Database) -> Database:
    """The office lives in PostgreSQL."""
    return pg_db


async def count(chat: Chat, what: type[Base]) -> int:
    async with chat.db.reading() as session:
        return await session.scalar(select(func.count()).select_from(what)) or 0


async def sends(chat: Chat, who: Persona, *, label: str = "Kirim") -> None:
    await who.taps(label)
    await chat.sim.quiet()
    if who.sees_now("mendukung RHK mana"):
        await who.taps("Kirim, RHK nanti")
    await who.sees("Terkirim, menunggu Budi Santoso")
    await chat.sim.quiet()


async def test_the_whole_day(chat: Chat) -> None:
    ani, budi = chat.ani, chat.budi
    async with chat.db.writing() as session:
        await plan_everybody(session, now=chat.clock())
    await chat.move_to(HALF_PAST_THREE)
    await ani.sees("Selamat sore, Bapak/Ibu Ani Rahmawati")
    await ani.taps("Isi laporan")
    await ani.says(REPORT)
    await ani.sees("Apa hasilnya, untuk siapa?")
    await ani.says("2. modul siap dipakai 12 guru\n3. jadwal disepakati komite")
    await ani.sees("→ jadwal disepakati komite", button="✎ 3")
    await ani.taps("✎ 3")
    await ani.taps("Ganti RHK")
    await ani.taps("Di luar SKP")
    await ani.sees_toast("RHK disimpan")
    await ani.uploads(photo=True)
    await ani.sees("📎")
    await sends(chat, ani)
    await chat.move_to(chat.clock() + timedelta(hours=1))
    await budi.sees("1 laporan")
    await budi.says("/periksa")
    await budi.taps("Ani Rahmawati · 18 November")
    await budi.taps("Kembalikan")
    await budi.taps("2")
    await budi.taps("Hasil belum jelas")
    await ani.sees("mengembalikan satu kegiatan Anda")
    await ani.taps("Perbaiki hasil")
    await ani.says("modul bab 3 dipakai 12 guru kelas 8")
    await ani.sees("modul bab 3 dipakai 12 guru kelas 8")
    await sends(chat, ani, label="Kirim perbaikan")
    await budi.says("/periksa")
    await budi.taps("Ani Rahmawati · 18 November")
    await budi.sees("Sejak dikembalikan (Hasil belum jelas)", button="Setujui")
    await budi.taps("Umpan balik")
    await budi.taps("Apresiasi")
    await budi.taps("Kerja yang rapi, pertahankan.")
    await ani.sees("Budi Santoso memberi umpan balik · Apresiasi")
    await budi.taps("Setujui")
    await budi.sees("Semua sudah diputuskan")
    await ani.sees("menyetujui laporan Anda")
    await ani.taps("Balas")
    await ani.says("Terima kasih, Pak Budi.")
    await budi.sees("Ani Rahmawati membalas umpan balik Anda")
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        entries = list(await session.scalars(select(Entry).order_by(Entry.position)))
        verdicts = list(await session.scalars(select(Decision.verdict).order_by(Decision.id)))
        note = (await session.scalars(select(Feedback))).one()
        day = (await session.scalars(select(Day))).one()
        kinds = set(await session.scalars(select(Evidence.kind)))
        unsent = set(await session.scalars(select(OutboxMessage.state))) - {OutboxState.SENT}
        actions = set(await session.scalars(select(AuditEvent.action)))
        session.expunge_all()
    assert [one.state for one in entries] == [State.APPROVED] * 3
    assert entries[1].outcome == "modul bab 3 dipakai 12 guru kelas 8"
    assert entries[2].outside_plan
    assert sorted(verdicts) == sorted([Verdict.RETURN, *[Verdict.APPROVE] * 3])
    assert (day.state, day.late, note.reply) == (State.APPROVED, False, "Terima kasih, Pak Budi.")
    assert kinds == {"photo", "link"}
    assert not unsent
    assert {"submitted", "returned", "approved", "feedback_given"} <= actions
    assert await count(chat, FailedUpdate) == 0


async def test_every_update_delivered_again_changes_nothing(chat: Chat) -> None:
    await chat.ani.says("Menyusun perangkat pembelajaran bab 3 -> modul siap dipakai")
    await sends(chat, chat.ani)
    await chat.budi.says("/periksa")
    await chat.budi.taps("Ani Rahmawati · 18 November")
    await chat.budi.taps("Setujui")
    await chat.ani.sees("menyetujui laporan Anda")
    await chat.sim.quiet()
    before = [await count(chat, one) for one in (Entry, Decision, OutboxMessage, AuditEvent, SeenUpdate)]
    for update_id in list(chat.sim.update_ids):
        chat.sim.redelivers(update_id)
    await chat.sim.quiet()
    assert before == [
        await count(chat, one) for one in (Entry, Decision, OutboxMessage, AuditEvent, SeenUpdate)
    ]
    assert await count(chat, FailedUpdate) == 0


async def test_commands_and_old_buttons(chat: Chat) -> None:
    """Every command, and ids past what a smaller integer holds."""
    for persona in (chat.ani, chat.budi, chat.eko, chat.admin, chat.stranger):
        for command in (
            "/start",
            "/bantuan",
            "/hari",
            "/hari kemarin",
            "/periksa",
            "/pengaturan",
            "/privasi",
        ):
            await persona.says(command)
    await chat.ani.says("/dataku")
    await chat.ani.sees("data-saya.json")
    message = chat.ani.last
    assert message is not None
    for kind in ("d", "ds", "e", "ed", "et", "vo", "vm", "r", "ra", "rn", "f", "fk", "ju", "st"):
        for subject in (0, 10**17, 999_999_999_999_999_999):
            await chat.ani.presses_data(message, f"1:{kind}:{subject}:{subject}:{subject}").answered()
    await chat.sim.quiet()
    assert await count(chat, FailedUpdate) == 0


@pytest.mark.parametrize(
    "text",
    [
        "Memeriksa 99999999999999999999 berkas -> 123456789012345678901234567890 dokumen",
        f"Memeriksa 12 {'berkaspanjang' * 12} -> 3 {'z' * 200}",
        "Rapat \x00 komite -> selesai \x00",
        "Rapat 99999999999 jam -> selesai",
        "Rapat jam 25.99-31.70 99999999 menit -> 2 dokumen",
        "Rapat https://contoh.go.id/" + "a" * 3000 + " -> 1 notulen",
        "👩‍🏫" * 300 + " -> " + "é" * 900,
    ],
    ids=["number", "unit", "nul", "hours", "times", "link", "emoji"],
)
async def test_columns_are_wide_enough_for_what_people_type(chat: Chat, text: str) -> None:
    """SQLite takes anything of any length; PostgreSQL refuses, and the report would be lost."""
    await chat.ani.says(text)
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        failed = list(await session.scalars(select(FailedUpdate.error)))
    assert not failed
    assert chat.ani.last is not None


async def test_long_names_of_files_and_accounts(chat: Chat) -> None:
    await chat.ani.says("Rapat komite -> jadwal disepakati")
    await chat.ani.uploads(document=("n" * 400 + ".pdf", b"%PDF-1.4", "application/" + "x" * 300))
    await chat.ani.sees("📎")
    await chat.sim.quiet()
    assert await count(chat, FailedUpdate) == 0
