"""Budi decides on what Ani and Citra sent; they learn of it in their chats."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import AuditEvent, Day, Decision, Entry, OutboxMessage, State, Verdict
from services.rounds import plan_everybody
from simulator import Persona
from tests.conversations.conftest import Chat

ONE = "Menyusun perangkat pembelajaran bab 3 -> modul siap dipakai"
TWO = f"{ONE}\nMengajar Fikih 8A 07.30-09.00 -> siswa tuntas"


async def sends(chat: Chat, text: str = ONE, *, who: str = "ani") -> None:
    persona = getattr(chat, who)
    await persona.says(text)
    await persona.taps("Kirim")
    await chat.sim.quiet()
    if persona.sees_now("mendukung RHK mana"):
        await persona.taps("Kirim, RHK nanti")
    await persona.sees("menunggu")
    await chat.sim.quiet()


async def opens_ani(chat: Chat) -> None:
    await chat.budi.says("/periksa")
    await chat.budi.taps("Ani Rahmawati · 18 November")


async def vanishes(persona: Persona, text: str) -> None:
    """An old message is taken away after the new one is there: not at the same instant."""
    for _ in range(100):
        if not persona.sees_now(text):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(persona.transcript())


async def count(chat: Chat, what: object) -> int:
    async with chat.db.reading() as session:
        return await session.scalar(select(func.count()).select_from(what)) or 0  # type: ignore[arg-type]


async def test_a_sent_day_comes_into_the_one_queue_silently(chat: Chat) -> None:
    await sends(chat)
    queue = await chat.budi.sees("1 laporan menunggu keputusan Anda")
    assert "Ani Rahmawati · Rabu, 18 November · 1 kegiatan · dikirim hari ini" in queue.text
    await sends(chat, "Melayani legalisir ijazah -> 8 alumni terlayani", who="citra")
    await chat.budi.sees("2 laporan menunggu keputusan Anda")
    assert sum("menunggu keputusan" in one.text for one in chat.budi.messages) == 1


async def test_approving_tells_the_person_and_goes_on_to_the_next(chat: Chat) -> None:
    await sends(chat)
    await sends(chat, "Melayani legalisir ijazah -> 8 alumni terlayani", who="citra")
    await opens_ani(chat)
    await chat.budi.sees("modul siap dipakai", button="Setujui")
    await chat.budi.taps("Setujui")
    await chat.budi.sees_toast("Disetujui ✓ Ani Rahmawati")
    await chat.budi.sees("Citra Lestari · Rabu, 18 November", button="Setujui")
    await chat.ani.sees("Budi Santoso menyetujui laporan Anda Rabu, 18 November")
    await chat.ani.sees("Disetujui ✓")
    await chat.budi.taps("Setujui")
    await chat.budi.sees("Semua sudah diputuskan")
    assert await count(chat, Decision) == 2


async def test_a_return_is_answered_straight_into_the_entry(chat: Chat) -> None:
    await sends(chat)
    await opens_ani(chat)
    await chat.budi.taps("Kembalikan")
    await chat.budi.sees("Mengapa dikembalikan?")
    await chat.budi.taps("Hasil belum jelas")
    await chat.budi.sees("Semua sudah diputuskan")
    notice = await chat.ani.sees("mengembalikan satu kegiatan Anda")
    assert "Hasil belum jelas" in notice.text
    assert notice.labels[0] == "Perbaiki hasil"
    await chat.ani.taps("Perbaiki hasil")
    await chat.ani.sees("Apa hasilnya, untuk siapa?")
    await chat.ani.says("12 guru memakai modul bab 3")
    await chat.ani.taps("Kirim perbaikan")
    await chat.sim.quiet()
    await chat.budi.says("/periksa")
    await chat.budi.taps("Ani Rahmawati · 18 November")
    shown = await chat.budi.sees("Sejak dikembalikan (Hasil belum jelas)")
    assert "modul siap dipakai → 12 guru memakai modul bab 3" in shown.text


async def test_typed_reasons_and_which_entry(chat: Chat) -> None:
    await sends(chat, TWO)
    await opens_ani(chat)
    await chat.budi.taps("Kembalikan")
    await chat.budi.sees("Kegiatan mana yang dikembalikan?")
    await chat.budi.taps("2")
    await chat.budi.sees("Mengapa dikembalikan?")
    await chat.budi.says("kurang")
    await chat.budi.sees("paling sedikit 10 huruf, supaya jelas")
    await chat.budi.says("Berapa siswa yang tuntas & siapa yang belum <8A>?")
    shown = await chat.budi.sees("Dikembalikan: Berapa siswa yang tuntas & siapa yang belum <8A>?")
    assert "Setujui" in shown.labels
    await vanishes(chat.budi, "Mengapa dikembalikan?")
    notice = await chat.ani.sees("Berapa siswa yang tuntas & siapa yang belum <8A>?")
    assert {"Perbaiki hasil", "Perbaiki kegiatan", "Ganti RHK"} <= set(notice.labels)


async def test_a_reason_that_comes_too_late_ends_the_question(chat: Chat) -> None:
    await sends(chat)
    await opens_ani(chat)
    await chat.budi.taps("Kembalikan")
    await chat.budi.sees("Mengapa dikembalikan?")
    await chat.ani.taps("Tarik kembali")
    await chat.sim.quiet()
    await chat.budi.says("Hasilnya belum menyebut siapa yang terbantu")
    await chat.budi.sees("ditarik kembali oleh pegawainya")
    await chat.sim.quiet()
    await chat.budi.says("Rapat dinas -> jadwal disepakati")
    await chat.budi.sees("1. Rapat dinas")
    assert await count(chat, Decision) == 0


async def test_entry_by_entry_is_told_once(chat: Chat) -> None:
    await sends(chat, TWO)
    await opens_ani(chat)
    await chat.budi.taps("Rinci")
    await chat.budi.sees("Kegiatan 1 dari 2")
    await chat.budi.taps("Setujui")
    await chat.budi.sees("Kegiatan 2 dari 2")
    await chat.budi.taps("Setujui")
    await chat.budi.sees("Semua sudah diputuskan")
    await chat.ani.sees("menyetujui laporan Anda")
    await chat.sim.quiet()
    assert sum("menyetujui" in one.text for one in chat.ani.messages) == 1


async def test_approve_all_only_for_the_list_that_was_shown(chat: Chat) -> None:
    await sends(chat)
    await sends(chat, "Menyusun perangkat pembelajaran bab 4 -> modul siap", who="citra")
    await chat.budi.says("/periksa")
    queue = await chat.budi.sees("2 laporan menunggu", button="Setujui semua (2)")
    old = next(one for one in queue.buttons if one.text == "Setujui semua (2)")
    await chat.ani.taps("Tarik kembali")
    await chat.sim.quiet()
    chat.budi.presses(queue, old)
    await chat.budi.sees_toast("Antreannya sudah berubah")
    assert await count(chat, Decision) == 0
    await chat.ani.taps("Kirim")
    await chat.sim.quiet()
    await chat.budi.taps("Setujui semua (2)")
    await chat.budi.sees("Semua sudah diputuskan")
    await chat.citra.sees("menyetujui laporan Anda")


async def test_the_second_decider_sees_who_and_when(chat: Chat) -> None:
    await sends(chat)
    await opens_ani(chat)
    card = await chat.budi.sees("modul siap dipakai", button="Setujui")
    approve = next(one for one in card.buttons if one.text == "Setujui")
    chat.budi.presses(card, approve)
    chat.budi.presses(card, approve)
    await chat.budi.sees_toast("Sudah Anda putuskan 18/11 09.")
    await chat.budi.sees("Tidak ada yang menunggu keputusan", button="Buka lagi")
    assert await count(chat, Decision) == 1


async def test_reopening_is_explicit_told_and_audited(chat: Chat) -> None:
    await sends(chat)
    await opens_ani(chat)
    await chat.budi.taps("Setujui")
    await chat.budi.sees("Semua sudah diputuskan")
    await chat.budi.taps("Sudah diputuskan")
    await chat.budi.taps("Ani Rahmawati · 18 November")
    await chat.budi.taps("Buka lagi")
    await chat.budi.sees_toast("Dibuka lagi")
    await chat.ani.sees("Budi Santoso membuka lagi laporan Anda")
    await chat.ani.taps("Tarik kembali")
    await chat.ani.sees("Draf, belum dikirim")
    async with chat.db.reading() as session:
        actions = list(await session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
        verdicts = list(await session.scalars(select(Decision.verdict).order_by(Decision.id)))
    assert [one for one in actions if one != "submitted"] == ["approved", "reopened", "withdrawn"]
    assert verdicts == [Verdict.APPROVE, Verdict.REOPEN]


async def test_feedback_at_one_tap_is_read_and_answered_once(chat: Chat) -> None:
    await sends(chat)
    await opens_ani(chat)
    await chat.budi.taps("Umpan balik")
    await chat.budi.taps("Tentang perilaku…")
    await chat.budi.taps("Kolaboratif")
    await chat.budi.taps("Apresiasi")
    await chat.budi.taps("Kerja yang rapi, pertahankan.")
    await chat.budi.sees_toast("Terkirim ke Ani Rahmawati")
    await chat.budi.sees("modul siap dipakai", button="Setujui")
    note = await chat.ani.sees("Budi Santoso memberi umpan balik · Apresiasi")
    assert "Kerja yang rapi, pertahankan." in note.text
    assert "Perilaku: Kolaboratif" in note.text
    await chat.ani.taps("Sudah dibaca")
    await chat.ani.sees("Sudah dibaca ✓")
    await chat.ani.taps("Balas")
    await chat.ani.says("Terima kasih, Pak Budi. <3")
    await chat.ani.sees("Balasan Anda: Terima kasih, Pak Budi. <3")
    told = await chat.budi.sees("Ani Rahmawati membalas umpan balik Anda")
    assert "Terima kasih, Pak Budi. <3" in told.text
    chat.ani.presses_data(note, "1:fr:1:0:")
    await chat.ani.sees_toast("sudah Anda balas")


async def test_feedback_in_own_words(chat: Chat) -> None:
    await sends(chat, TWO)
    await opens_ani(chat)
    await chat.budi.taps("Rinci")
    await chat.budi.taps("Umpan balik")
    await chat.budi.taps("Arahan")
    await chat.budi.says("ya")
    await chat.budi.sees("Terlalu pendek")
    await chat.budi.says("Bagikan modulnya lewat MGMP bulan depan.")
    await chat.budi.sees("Kegiatan 1 dari 2")
    await vanishes(chat.budi, "Umpan balik untuk")
    note = await chat.ani.sees("Bagikan modulnya lewat MGMP bulan depan.")
    assert "Kegiatan: Menyusun perangkat pembelajaran bab 3" in note.text


async def test_crafted_presses_of_others_change_nothing(chat: Chat) -> None:
    await sends(chat, TWO)
    await chat.budi.says("/periksa")
    await chat.budi.sees("1 laporan menunggu")
    async with chat.db.reading() as session:
        day, revision = (await session.execute(select(Day.id, Day.revision))).one()
        entry = await session.scalar(select(func.min(Entry.id)))
    presses = [f"1:{kind}:{day}:{revision}:" for kind in ("ra", "rr", "ro", "r", "f", "fa")]
    presses += [f"1:{kind}:{entry}:{revision}:" for kind in ("rea", "rer", "rd")]
    presses += [
        f"1:rn:{entry}:{revision}:outcome",
        f"1:ft:{day}:0:0.0.0.1",
        f"1:fp:{day}:0:0.0.0.1-1",
        f"1:rl:{chat.office.budi}:0:0123456789abcdef",
    ]
    for persona in (chat.ani, chat.citra, chat.dewi, chat.eko, chat.head, chat.admin):
        await persona.says("/bantuan")
        message = await persona.sees("Kemenag Sukamaju")
        for data in presses:
            tap = persona.presses_data(message, data)
            await tap.answered(5)
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        now = (await session.execute(select(Day.state, Day.revision))).one()
        refused = await session.scalar(select(func.count()).where(AuditEvent.action == "refused"))
        notices = list(await session.scalars(select(OutboxMessage.kind)))
    assert tuple(now) == (State.SUBMITTED, revision)
    assert await count(chat, Decision) == 0
    assert set(notices) == {"queue_changed"}
    assert (refused or 0) >= 6 * (len(presses) - 1)


async def test_periksa_is_for_supervisors(chat: Chat) -> None:
    await chat.ani.says("/periksa")
    await chat.ani.sees("Tidak ada pegawai yang Anda nilai")
    await chat.stranger.says("/periksa")
    await chat.stranger.sees("Anda belum terdaftar")
    await chat.budi.says("/periksa")
    await chat.budi.sees("Tidak ada laporan yang menunggu Anda")


async def test_evidence_asked_for_goes_to_its_entry(chat: Chat) -> None:
    await sends(chat, TWO)
    await opens_ani(chat)
    await chat.budi.taps("Kembalikan")
    await chat.budi.taps("1")
    await chat.budi.taps("Bukti kurang")
    await chat.ani.taps("Kirim bukti")
    await chat.ani.sees("sebagai bukti untuk")
    await chat.ani.says("https://drive.example.go.id/modul-bab-3")
    await chat.sim.quiet()
    await chat.ani.taps("Kirim perbaikan")
    await chat.sim.quiet()
    await chat.budi.says("/periksa")
    await chat.budi.taps("Ani Rahmawati · 18 November")
    await chat.budi.sees("Bukti baru: 1")


async def test_the_notice_of_the_evening_is_sent_anew(chat: Chat) -> None:
    await sends(chat)
    first = await chat.budi.sees("1 laporan menunggu keputusan Anda")
    async with chat.db.writing() as session:
        await plan_everybody(session, now=chat.clock())
    await chat.move_to(chat.clock() + timedelta(hours=8))
    noticed = await chat.budi.sees("Ada 1 laporan")
    assert noticed.id > first.id
    await vanishes(chat.budi, "1 laporan menunggu keputusan Anda")


async def test_no_queue_message_interrupts_a_review(chat: Chat) -> None:
    await sends(chat)
    await opens_ani(chat)
    await chat.budi.sees("modul siap dipakai", button="Setujui")
    await sends(chat, "Melayani legalisir ijazah -> 8 alumni terlayani", who="citra")
    assert not chat.budi.sees_now("menunggu keputusan Anda")
    await chat.budi.taps("‹ Antrean")
    await chat.budi.sees("2 laporan menunggu keputusan Anda")


async def test_a_queue_that_stands_elsewhere_follows_a_decision(chat: Chat) -> None:
    await sends(chat, TWO)
    await opens_ani(chat)
    card = await chat.budi.sees("modul siap dipakai", button="Setujui")
    await chat.budi.says("/periksa")
    await chat.budi.sees("1 laporan menunggu keputusan Anda")
    await chat.budi.taps("Rinci", message=card)
    await chat.budi.taps("Setujui", message=card)
    await chat.budi.sees("Ani Rahmawati · Rabu, 18 November · 1 kegiatan")
    await chat.budi.taps("Setujui", message=card)
    await chat.budi.sees("Semua sudah diputuskan")
    await vanishes(chat.budi, "1 laporan menunggu")


async def test_a_correction_that_is_typed_but_not_sent_stops_no_decision(chat: Chat) -> None:
    await sends(chat, TWO)
    await opens_ani(chat)
    await chat.budi.taps("Kembalikan")
    await chat.budi.taps("1")
    await chat.budi.taps("Hasil belum jelas")
    shown = await chat.budi.sees("Dikembalikan: Hasil belum jelas", button="Setujui")
    await chat.ani.taps("Perbaiki hasil")
    await chat.ani.sees("Apa hasilnya, untuk siapa?")
    await chat.ani.says("12 guru memakai modul bab 3")
    await chat.ani.sees("12 guru memakai modul bab 3", button="Kirim perbaikan")
    await chat.sim.quiet()
    await chat.budi.taps("Setujui", message=shown)
    await chat.budi.sees("Semua sudah diputuskan")
    assert await count(chat, Decision) == 2


@pytest.mark.parametrize("chat", [timedelta(hours=1)], indirect=True)
async def test_the_second_of_two_taps_approves_nobody_else(chat: Chat) -> None:
    await sends(chat)
    await sends(chat, "Melayani legalisir ijazah -> 8 alumni terlayani", who="citra")
    await opens_ani(chat)
    await chat.budi.sees("modul siap dipakai", button="Setujui")
    await chat.sim.quiet()
    chat.clock.move_to(chat.clock() + timedelta(hours=2))
    await chat.budi.taps("Setujui")
    await chat.budi.sees("Citra Lestari · Rabu, 18 November", button="Setujui")
    await chat.budi.taps("Setujui")
    await chat.budi.sees_toast("Kartu baru saja berganti")
    assert await count(chat, Decision) == 1
    await chat.sim.quiet()
    chat.clock.move_to(chat.clock() + timedelta(hours=2))
    await chat.budi.taps("Setujui")
    await chat.budi.sees("Semua sudah diputuskan")
    assert await count(chat, Decision) == 2
