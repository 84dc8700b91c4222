"""The plan of a day: asked in the morning, typed, carried into the report."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from models import Entry, OutboxMessage, PlanLine
from services.outbox import enqueue
from services.rounds import plan_everybody
from tests.conversations.conftest import Chat

ASK = "Apa rencana hari ini? Tulis sampai 5 baris, satu rencana per baris."
HEAD = "Rencana Rabu, 18 November"
PLAN = "1. Menyusun modul bab 4\n2. Rapat komite"
SIX = "\n".join(f"Rapat bagian {name}" for name in ("umum", "guru", "siswa", "sarana", "humas", "arsip"))


async def asked_this_morning(chat: Chat) -> None:
    """What the rounds write for those who want to be asked."""
    async with chat.db.writing() as session:
        payload = {"work_date": "2026-11-18"}
        await enqueue(session, "plan_asked", to=chat.office.ani, now=chat.clock(), payload=payload)
    chat.program.delivery.wake()
    await chat.sim.quiet()


async def count(chat: Chat, table: type[PlanLine] | type[Entry]) -> int:
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_the_morning_question_is_answered_by_just_typing(chat: Chat) -> None:
    await asked_this_morning(chat)
    question = await chat.ani.sees("Selamat pagi, Bapak/Ibu Ani Rahmawati")
    assert question.text == f"Selamat pagi, Bapak/Ibu Ani Rahmawati\n{HEAD}\n\n{ASK}"
    assert question.labels == ["Tulis rencana"]
    await chat.ani.says(PLAN)
    card = await chat.ani.sees("2. Rapat komite")
    assert card.text == f"{HEAD}\n\n{PLAN}"
    assert card.labels == ["Tambah", "✕ 1", "✕ 2", "Pakai rencana"]
    assert await count(chat, Entry) == 0
    await chat.ani.says("Mengajar Fikih 8A")
    await chat.ani.sees("Draf, belum dikirim")
    assert await count(chat, PlanLine) == 2


async def test_work_that_is_done_is_no_plan_even_after_the_morning_question(chat: Chat) -> None:
    await asked_this_morning(chat)
    await chat.ani.says("Mengajar Fikih 8A -> 30 siswa tuntas")
    await chat.ani.sees("Draf, belum dikirim")
    assert await count(chat, PlanLine) == 0


async def test_the_morning_question_lapses_like_any_other(chat: Chat) -> None:
    await asked_this_morning(chat)
    await chat.move_to(chat.clock() + timedelta(minutes=31))
    await chat.ani.says("Menyusun modul bab 4")
    await chat.ani.sees("Draf, belum dikirim")
    assert await count(chat, PlanLine) == 0


async def test_who_has_a_plan_is_not_asked_for_one(chat: Chat) -> None:
    await chat.ani.says("/rencana Rapat komite")
    await chat.ani.sees("1. Rapat komite")
    await asked_this_morning(chat)
    assert not chat.ani.sees_now("Selamat pagi")


async def test_rencana_asks_and_takes_lines_and_drops_them(chat: Chat) -> None:
    await chat.ani.says("/rencana")
    question = await chat.ani.sees(ASK)
    assert question.labels == ["Batal"]
    await chat.ani.says("ok")
    await chat.ani.sees("Belum ada rencana yang terbaca.")
    await chat.ani.says(PLAN)
    await chat.ani.sees(HEAD)
    await chat.ani.taps("Tambah")
    await chat.ani.says("Memeriksa tugas 8A")
    card = await chat.ani.sees("3. Memeriksa tugas 8A")
    drop = next(one for one in card.buttons if one.text == "✕ 1")
    await chat.ani.presses(card, drop).answered()
    await chat.ani.sees("1. Rapat komite")
    assert "dihapus dari rencana" in (await chat.ani.presses(card, drop).answered()).text
    assert "Menyusun modul" not in card.text


async def test_more_than_five_lines_are_not_lost(chat: Chat) -> None:
    await chat.ani.says(f"/rencana {SIX}")
    left = await chat.ani.sees("Yang ini belum masuk (1 baris)")
    assert "arsip" in left.text
    card = await chat.ani.sees("5. Rapat bagian humas", button="Pakai rencana")
    assert "arsip" not in card.text
    assert "Tambah" not in card.labels
    await chat.ani.says("/hari")
    await chat.sim.quiet()
    assert await count(chat, PlanLine) == 5
    await chat.ani.says("/rencana Rapat perpustakaan")
    await chat.ani.sees("Rapat perpustakaan\nKalau perlu, hapus satu")
    card = await chat.ani.sees("5. Rapat bagian humas", button="✕ 1")
    await chat.ani.taps("✕ 1", message=card)
    card = await chat.ani.sees("4. Rapat bagian humas")
    assert "Tambah" in card.labels


async def test_of_what_does_not_fit_the_first_are_taken_and_the_old_questions_go(chat: Chat) -> None:
    await chat.ani.says("/rencana Rapat satu\nRapat dua\nRapat tiga")
    await chat.ani.taps("Tambah")
    await chat.ani.sees("Apa rencana hari ini?", button="Batal")
    await chat.ani.says("Apel pagi\nMenyusun modul\nMengawas ujian\nMengarsipkan surat")
    left = await chat.ani.sees("Yang ini belum masuk (2 baris)")
    assert "Mengawas ujian\nMengarsipkan surat" in left.text
    await chat.ani.sees("5. Menyusun modul")
    await chat.sim.quiet()
    assert not [one for one in chat.ani.messages if one.from_bot and "Batal" in one.labels]


async def test_an_impossible_date_of_a_plan_is_named(chat: Chat) -> None:
    await chat.ani.says("/rencana 31 Februari")
    await chat.ani.sees("Tanggal «31 Februari» tidak ada, atau belum jelas.")


async def test_a_line_too_long_is_named_and_may_be_typed_again(chat: Chat) -> None:
    await chat.ani.says("/rencana")
    await chat.ani.says("Menyusun " + "modul " * 40)
    await chat.ani.sees("paling panjang 200 huruf")
    await chat.ani.says("Menyusun modul")
    await chat.ani.sees("1. Menyusun modul")


async def test_tomorrow_can_be_planned_today_and_no_other_day(chat: Chat) -> None:
    await chat.ani.says("/rencana besok: Upacara bendera\nLatihan pramuka")
    card = await chat.ani.sees("Rencana Kamis, 19 November")
    assert card.labels == ["Tambah", "✕ 1", "✕ 2"]
    await chat.ani.says("/rencana besok")
    await chat.ani.sees("2. Latihan pramuka")
    await chat.ani.says("/rencana Jumat: Rapat dinas")
    await chat.ani.sees("Rencana ditulis untuk hari ini atau hari kerja Anda berikutnya.")
    await chat.ani.says("/rencana lusa")
    assert await count(chat, PlanLine) == 2


async def test_what_is_left_is_shown_once_more_the_next_day(chat: Chat) -> None:
    await chat.ani.says(f"/rencana {PLAN}")
    await chat.ani.sees(HEAD)
    await chat.ani.says("/rencana besok: Upacara bendera")
    card = await chat.ani.sees("Rencana Kamis, 19 November")
    assert "Rapat komite" not in card.text, "today is not over"
    await chat.move_to(datetime(2026, 11, 19, 1, tzinfo=UTC))
    await chat.ani.says("/rencana")
    card = await chat.ani.sees("3. Upacara bendera")
    assert card.text == (
        "Rencana Kamis, 19 November\n\n1. Menyusun modul bab 4 · ↻ dari Rabu, 18 November\n"
        "2. Rapat komite · ↻ dari Rabu, 18 November\n3. Upacara bendera"
    )
    await chat.ani.taps("✕ 2")
    await chat.sim.quiet()
    await chat.ani.sees("2. Upacara bendera")
    await chat.move_to(datetime(2026, 11, 20, 1, tzinfo=UTC))
    await chat.ani.says("/rencana")
    card = await chat.ani.sees("Rencana Jumat, 20 November")
    assert "Upacara bendera · ↻ dari Kamis, 19 November" in card.text
    assert "modul" not in card.text


async def test_the_plan_becomes_the_report_once(chat: Chat) -> None:
    await chat.ani.says(f"/rencana {PLAN}")
    card = await chat.ani.sees(HEAD)
    use = next(one for one in card.buttons if one.text == "Pakai rencana")
    chat.ani.presses(card, use)
    await chat.ani.sees_toast("Rencana masuk ke laporan")
    shown = await chat.ani.sees("1. Menyusun modul bab 4\n→ hasil belum diisi")
    assert "2. Rapat komite" in shown.text
    question = await chat.ani.sees("Apa hasilnya, untuk siapa?")
    assert "1. Menyusun modul bab 4\n2. Rapat komite" in question.text
    assert "Tidak ada lagi baris rencana" in (await chat.ani.presses(card, use).answered()).text
    assert await count(chat, Entry) == 2
    await chat.ani.says("1. modul siap dipakai\n2. jadwal disepakati")
    await chat.ani.sees("→ jadwal disepakati")
    await chat.ani.taps("✎ 2")
    await chat.ani.taps("Hapus")
    await chat.ani.sees_toast("Kegiatan dihapus")
    await chat.ani.says("/rencana")
    card = await chat.ani.sees(HEAD)
    assert card.text == f"{HEAD}\n\n1. ✓ Menyusun modul bab 4\n2. Rapat komite"
    assert card.labels == ["Tambah", "✕ 2", "Pakai rencana"]


async def test_a_citizens_number_in_a_plan_is_asked_about(chat: Chat) -> None:
    await chat.ani.says("/rencana Melayani warga NIK 3201014501850001")
    await chat.ani.sees("Ada angka yang mirip NIK")
    await chat.ani.taps("Samarkan angkanya")
    card = await chat.ani.sees("••••")
    assert "320101" not in card.text
    await chat.ani.says("/rencana Melayani warga NIK 3201014501850002")
    await chat.ani.sees("Ada angka yang mirip NIK")
    await chat.ani.taps("Biarkan")
    await chat.sim.quiet()
    card = await chat.ani.sees("3201014501850002")
    assert "mirip NIK" not in card.text


async def test_a_reply_to_the_plan_card_goes_into_the_plan(chat: Chat) -> None:
    await chat.ani.says("/rencana Rapat komite")
    card = await chat.ani.sees(HEAD)
    await chat.ani.says("Memeriksa tugas 8A", reply_to=card)
    await chat.ani.sees("2. Memeriksa tugas 8A")
    assert await count(chat, Entry) == 0


async def test_who_is_not_asked_here_plans_nothing(chat: Chat) -> None:
    await chat.admin.says("/rencana Rapat")
    await chat.admin.sees("Di sini Anda tidak diminta melapor")
    async with chat.db.reading() as session:
        assert await session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


async def test_the_afternoon_question_carries_the_plan_into_the_report(chat: Chat) -> None:
    async with chat.db.writing() as session:
        await plan_everybody(session, now=chat.clock())
    await chat.ani.says(f"/rencana {PLAN}")
    await chat.ani.sees(HEAD)
    await chat.move_to(datetime(2026, 11, 18, 8, 30, tzinfo=UTC))
    prompt = await chat.ani.sees("Selamat sore, Bapak/Ibu Ani Rahmawati", button="Pakai rencana")
    assert "Rencana Anda:\n1. Menyusun modul bab 4\n2. Rapat komite" in prompt.text
    await chat.ani.taps("Pakai rencana", message=prompt)
    await chat.ani.sees_toast("Rencana masuk ke laporan")
    await chat.ani.sees("2. Rapat komite\n→ hasil belum diisi")
    await chat.ani.sees("Apa hasilnya, untuk siapa?")
