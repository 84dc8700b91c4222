"""Typing a report, answering for its outcomes, checking the card, sending it."""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import delete, select

from models import Day, Entry, LinkSource, State
from simulator import Persona
from tests.conversations.conftest import Chat

THREE = "Mengajar Fikih 8A 07.30-09.00 -> 30 siswa tuntas\nMenyusun modul ajar bab 3\nRapat komite madrasah"
TWO = "Menyusun modul ajar bab 3\nRapat komite madrasah"
TODAY = "Rabu, 18 November"
QUESTION = "Apa hasilnya, untuk siapa?"


async def until(fulfilled: Callable[[], bool], *, seconds: float = 5) -> None:
    """Waits for something to become so on the screen."""
    for _ in range(int(seconds / 0.02)):
        if fulfilled():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not become so")


async def gone(persona: Persona, text: str) -> None:
    """Waits until no message shows a text any more."""
    await until(lambda: not persona.sees_now(text))


async def alone(persona: Persona, text: str) -> None:
    """Waits until exactly one message shows a text, and stands below all others."""

    def below() -> bool:
        shown = [text in one.text for one in persona.messages]
        return shown.count(True) == 1 and shown[-1]

    await until(below)


async def entries(chat: Chat, work_date: date = date(2026, 11, 18)) -> list[Entry]:
    """What is stored of Ani's day, in order."""
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        rows = await session.scalars(
            select(Entry)
            .join(Day, Day.id == Entry.day_id)
            .where(Day.person_id == chat.office.ani, Day.work_date == work_date)
            .order_by(Entry.position)
        )
        found = list(rows)
        session.expunge_all()
        return found


async def outcomes(chat: Chat) -> list[str | None]:
    return [one.outcome for one in await entries(chat)]


async def past(
    chat: Chat,
    *rows: tuple[str, str, int],
    state: State = State.APPROVED,
    work_date: date = date(2026, 11, 17),
) -> int:
    """An earlier day of Ani's: activity, outcome and RHK she chose. Gives the day's id."""
    async with chat.db.writing() as session:
        now = chat.clock() - timedelta(days=1)
        day = Day(
            person_id=chat.office.ani, work_date=work_date, state=state, created_at=now, submitted_at=now
        )
        session.add(day)
        await session.flush()
        for position, (activity, outcome, target) in enumerate(rows):
            session.add(
                Entry(
                    day_id=day.id,
                    position=position,
                    state=state,
                    activity=activity,
                    outcome=outcome,
                    target_id=target,
                    link_source=LinkSource.CHOSEN,
                    confident=True,
                    created_at=now,
                )
            )
        await session.flush()
        return day.id


async def test_a_text_becomes_a_card_and_one_question(chat: Chat) -> None:
    await chat.ani.says(THREE)
    card = await chat.ani.sees(TODAY)
    assert "1. Mengajar Fikih 8A" in card.text
    assert "07.30\u2060–\u206009.00" in card.text, "a time is not broken across lines"
    question = await chat.ani.sees(QUESTION)
    assert "2. Menyusun modul ajar bab 3" in question.text
    assert "Mengajar" not in question.text


async def test_one_answer_gives_all_missing_outcomes(chat: Chat) -> None:
    await chat.ani.says(THREE)
    await chat.ani.sees(QUESTION)
    await chat.ani.says("2. modul bab 3 siap dipakai kelas 8\n3. komite menyetujui jadwal ujian")
    await gone(chat.ani, QUESTION)
    card = await chat.ani.sees(TODAY)
    assert "→ modul bab 3 siap dipakai kelas 8" in card.text
    assert "→ komite menyetujui jadwal ujian" in card.text
    await alone(chat.ani, TODAY)


async def test_an_answer_may_be_given_in_any_way(chat: Chat) -> None:
    """By the card's numbers, in order, as plain lines, with the activity said again, one only, or skipped.

    What no answer is about goes on being asked for; one line without a number is about the newest.
    """
    ways: dict[str, list[str | None]] = {
        "2. modul siap\n3. jadwal disepakati": ["modul siap", "jadwal disepakati"],
        "3. jadwal disepakati 2. modul siap": ["modul siap", "jadwal disepakati"],
        "1. modul siap\n2. jadwal disepakati": ["modul siap", "jadwal disepakati"],
        "modul siap\njadwal disepakati": ["modul siap", "jadwal disepakati"],
        "2. Menyusun modul ajar -> modul siap\n3. Rapat komite -> jadwal disepakati": [
            "modul siap",
            "jadwal disepakati",
        ],
        "3. jadwal disepakati": [None, "jadwal disepakati"],
        "2. lewati\n3. jadwal disepakati": [None, "jadwal disepakati"],
        "rata-rata nilai 60 -> 85": [None, "rata-rata nilai 60 -> 85"],
        "lewati": [None, None],
        "-": [None, None],
    }
    partial = ("3. jadwal disepakati", "rata-rata nilai 60 -> 85")
    for said, expected in ways.items():
        await chat.ani.says(THREE)
        await chat.ani.sees("2. Menyusun modul ajar bab 3", button="Lewati")
        await chat.ani.says(said)
        if said in partial:
            await chat.ani.sees("Hasil yang belum diisi: 2. Balas di sini", button="Isi hasil")
        await gone(chat.ani, QUESTION)
        assert await outcomes(chat) == ["30 siswa tuntas", *expected], said
        async with chat.db.writing() as session:
            await session.execute(delete(Entry))


async def test_it_asks_once_and_again_only_when_wanted(chat: Chat) -> None:
    await chat.ani.says(TWO)
    await chat.ani.taps("Lewati")
    await gone(chat.ani, QUESTION)
    assert await outcomes(chat) == [None, None]
    await chat.ani.taps("Isi hasil")
    await chat.ani.sees("1. Menyusun modul ajar bab 3\n2. Rapat komite madrasah", button="Lewati")
    await chat.ani.says("/bantuan")
    await chat.ani.sees("Melapor")
    await chat.ani.says("1. modul siap")
    await chat.ani.sees("Hasil yang belum diisi: 2. Balas di sini", button="Isi hasil")
    await gone(chat.ani, QUESTION)
    assert await outcomes(chat) == ["modul siap", None]
    await chat.ani.says("/batal")
    await chat.ani.sees("Baik, dibatalkan")
    await gone(chat.ani, QUESTION)
    await chat.ani.says("/batal")
    await chat.ani.sees("Tidak ada pertanyaan yang sedang menunggu")
    assert await outcomes(chat) == ["modul siap", None]


async def test_a_question_lapses_after_half_an_hour(chat: Chat) -> None:
    """What comes then is a report; a reply to the question itself is still its answer."""
    await chat.ani.says("Rapat komite madrasah")
    question = await chat.ani.sees(QUESTION)
    await chat.move_to(chat.clock() + timedelta(minutes=31))
    await chat.ani.says("jadwal ujian disepakati", reply_to=question)
    await chat.ani.sees("→ jadwal ujian disepakati")
    await gone(chat.ani, QUESTION)
    await chat.ani.says("Piket pagi di gerbang")
    await chat.ani.sees(QUESTION)
    await chat.move_to(chat.clock() + timedelta(minutes=31))
    await chat.ani.says("Menyusun soal ujian -> 40 butir soal")
    await chat.ani.sees("3. Menyusun soal ujian")
    assert await outcomes(chat) == ["jadwal ujian disepakati", None, "40 butir soal"]


async def test_a_report_while_the_question_waits_is_a_report(chat: Chat) -> None:
    """Plainly one: activity and outcome in a line, headed by a day, or more items than asked. It goes on."""
    await chat.ani.says(TWO)
    await chat.ani.sees(QUESTION)
    await chat.ani.says("1. Mengajar 7A -> siswa tuntas\n2. Piket pagi -> siswa tertib")
    await chat.ani.sees("4. Piket pagi")
    await chat.ani.sees("1. Menyusun modul ajar bab 3\n2. Rapat komite madrasah", button="Lewati")
    await chat.ani.says("1. Mengetik surat edaran\n2. Mengarsipkan ijazah\n3. Mendata peserta lomba")
    await chat.ani.sees("7. Mendata peserta lomba", button="Lewati")
    await chat.ani.says("kemarin: menjenguk siswa sakit -> keluarga terbantu")
    await chat.ani.sees("Selasa, 17 November")
    await chat.ani.sees("7. Mendata peserta lomba", button="Lewati")
    await chat.ani.says("2. jadwal disepakati\n7. 12 peserta terdata")
    await chat.ani.sees("Hasil yang belum diisi: 1, 5, 6. Balas di sini", button="Isi hasil")
    found = await outcomes(chat)
    assert found[1] == "jadwal disepakati"
    assert found[6] == "12 peserta terdata"
    assert len(await entries(chat, date(2026, 11, 17))) == 1


async def test_a_text_wrongly_taken_as_an_outcome_becomes_an_activity(chat: Chat) -> None:
    await chat.ani.says(TWO)
    await chat.ani.sees(QUESTION)
    await chat.ani.says("Membina 12 siswa pramuka\nMenyusun soal ujian")
    card = await chat.ani.sees("→ Membina 12 siswa pramuka")
    old = next(one for one in card.buttons if one.text == "Ini kegiatan baru")
    await chat.ani.taps("Ini kegiatan baru")
    await chat.ani.sees("4. Menyusun soal ujian", button="Bukan kegiatan")
    await chat.ani.sees("1. Menyusun modul ajar bab 3\n2. Rapat komite madrasah\n3. Membina", button="Lewati")
    assert [(one.activity, one.outcome, one.quantity) for one in await entries(chat)] == [
        ("Menyusun modul ajar bab 3", None, None),
        ("Rapat komite madrasah", None, None),
        ("Membina 12 siswa pramuka", None, 12),
        ("Menyusun soal ujian", None, None),
    ]
    chat.ani.presses(await chat.ani.sees(TODAY), old)
    await chat.ani.sees_toast("Sudah berubah")
    assert len(await entries(chat)) == 4


async def test_ready_answers_come_from_the_same_rhk(chat: Chat) -> None:
    first, second, _ = chat.office.ani_targets
    await past(chat, ("Menyusun modul ajar bab 2", "modul dipakai dua kelas", second))
    await past(chat, ("Mengajar", "siswa tuntas", first), work_date=date(2026, 11, 16))
    await chat.ani.says(TWO)
    await chat.ani.sees(QUESTION, button="1. modul dipakai dua kelas")
    assert not any("siswa tuntas" in one for one in chat.ani.buttons())
    await chat.ani.taps("1. modul dipakai dua kelas")
    await chat.ani.sees("untuk siapa?\n\nRapat komite madrasah\n\nBalas dengan satu", button="Lewati")
    await chat.ani.says("jadwal disepakati")
    await gone(chat.ani, QUESTION)
    assert await outcomes(chat) == ["modul dipakai dua kelas", "jadwal disepakati"]


async def test_numbers_follow_the_card_while_the_question_waits(chat: Chat) -> None:
    await chat.ani.says(THREE)
    await chat.ani.sees("3. Rapat komite madrasah", button="Lewati")
    await chat.ani.taps("✎ 1")
    await chat.ani.taps("Hapus")
    await chat.ani.sees("1. Menyusun modul ajar bab 3\n2. Rapat", button="Lewati")
    await chat.ani.says("2. jadwal disepakati")
    await chat.ani.sees("Hasil yang belum diisi: 1. Balas di sini", button="Isi hasil")
    assert await outcomes(chat) == [None, "jadwal disepakati"]
    await chat.ani.says("1. modul siap dipakai")
    card = await chat.ani.sees("→ modul siap dipakai")
    assert "belum diisi" not in card.text
    assert await outcomes(chat) == ["modul siap dipakai", "jadwal disepakati"]


async def test_what_is_no_activity_and_what_only_repeats_it(chat: Chat) -> None:
    await chat.ani.says("Terima kasih, selamat pagi")
    await chat.ani.sees("Kalau ada kegiatan, ketik saja")
    assert await entries(chat) == []
    for said, told in (
        ("Besok saya libur ya", "Kamis, 19 November 2026: yang mana?"),
        ("Assalamualaikum pak, mohon izin hari ini saya sakit demam", "Sakit: Rabu, 18 November 2026"),
        ("nihil", "Apa sebabnya?"),
    ):
        await chat.ani.says(said)
        await chat.ani.sees(told)
        assert await entries(chat) == [], said
    await chat.ani.taps("Batal")
    await chat.ani.says("Nanti saya telepon Bapak")
    await chat.ani.taps("Bukan kegiatan")
    await chat.ani.sees("Belum ada kegiatan")
    assert await entries(chat) == []
    await chat.ani.says("Rapat komite madrasah")
    await chat.ani.sees(QUESTION)
    await chat.ani.says("rapat komite terlaksana dengan baik")
    hint = await chat.ani.sees("masih mengulang kegiatannya")
    assert "26 dari 30 siswa" in hint.text, "a teacher gets a teacher's example"
    await chat.ani.taps("✎ 1")
    await chat.ani.taps("Ubah hasil")
    await chat.ani.says("rapat komite sudah terlaksana")
    await chat.ani.sees("→ rapat komite sudah terlaksana")
    assert sum("masih mengulang" in one.text for one in chat.ani.messages) == 1


async def test_a_citizens_number_is_asked_about_once(chat: Chat) -> None:
    await chat.ani.says("Mengunjungi warga NIK 3201234505890001 -> bantuan diterima")
    await chat.ani.taps("Samarkan angkanya")
    await chat.ani.sees("••••0001")
    assert "3201234505890001" not in (await entries(chat))[0].activity
    await chat.ani.says("Menelepon wali murid 081234567890")
    await chat.ani.sees("Ada angka yang mirip NIK", button="Biarkan")
    await chat.ani.taps("Biarkan")
    await gone(chat.ani, "Ada angka yang mirip")
    await chat.ani.sees(QUESTION)
    await chat.ani.says("wali datang, bisa dihubungi di 081298765432")
    await chat.ani.sees("Ada angka yang mirip NIK", button="Samarkan angkanya")
    await chat.ani.taps("Samarkan angkanya")
    await gone(chat.ani, "081298765432 ")
    await chat.ani.sees("→ wali datang, bisa dihubungi di ••••••••5432")
    await chat.ani.says("Rapat anggaran 1.500.000.000 tahun 2026 -> disetujui")
    card = await chat.ani.sees("3. Rapat anggaran")
    assert "angka yang mirip" not in card.text


async def test_a_day_is_sent_withdrawn_changed_and_sent_again(chat: Chat) -> None:
    await chat.ani.says("Menyusun modul ajar bab 3 -> modul siap dipakai")
    draft = await chat.ani.sees(TODAY)
    kirim = next(one for one in draft.buttons if one.text == "Kirim")
    await chat.ani.taps("Kirim")
    await chat.ani.sees_toast("Terkirim")
    await chat.ani.sees("Terkirim, menunggu Budi Santoso")
    chat.ani.presses(draft, kirim)
    await chat.ani.sees_toast("Sudah berubah")
    await chat.ani.says("Piket pagi -> siswa tertib")
    card = await chat.ani.sees("belum dikirim: tekan Kirim")
    chat.ani.presses_data(card, f"1:et:{(await entries(chat))[1].id}:0:0")
    await chat.ani.sees_toast("RHK disimpan")
    await chat.ani.taps("Kirim")
    await chat.ani.sees("Terkirim, menunggu Budi Santoso", button="Tarik kembali")
    await chat.ani.taps("Tarik kembali")
    await chat.ani.sees("Draf, belum dikirim")
    assert {one.state for one in await entries(chat)} == {State.DRAFT}
    await chat.ani.says("/hari")
    await alone(chat.ani, TODAY)


async def test_two_texts_and_two_presses_at_once(chat: Chat) -> None:
    """Nothing is lost, nothing is done twice, one card stands below."""
    await asyncio.gather(
        chat.ani.says("Mengajar 7A -> siswa tuntas"), chat.ani.says("Piket pagi -> siswa tertib")
    )
    await chat.ani.sees("2. ")
    await alone(chat.ani, TODAY)
    assert len(await entries(chat)) == 2
    card = await chat.ani.sees(TODAY)
    unsure = any(one.text.startswith("Pilih RHK") for one in card.buttons)
    kirim = next(one for one in card.buttons if one.text == "Kirim")
    data = (kirim.data or "") + ("anyway" if unsure else "")
    one, two = chat.ani.presses_data(card, data), chat.ani.presses_data(card, data)
    toasts = [(await one.answered()).text, (await two.answered()).text]
    assert sorted(toast.split()[0] for toast in toasts) == ["Sudah", "Terkirim"]
    await alone(chat.ani, TODAY)


async def test_english_is_the_second_language(chat: Chat) -> None:
    await chat.ani.says("/pengaturan")
    await chat.ani.taps("Ganti ke English")
    await chat.ani.says(TWO)
    await chat.ani.sees("What came of it, for whom?")
    await chat.ani.says("1. modul siap\n2. jadwal disepakati")
    await chat.ani.sees("Wednesday, 18 November", button="This is a new activity")
    await chat.ani.uploads(photo=True)
    await chat.ani.sees("evidence received: 1")
    await chat.ani.says("yesterday maybe -> 31 Feb")
    await chat.ani.says("/apa")
    await chat.ani.sees("/bantuan")
    await chat.ani.says("Laporan 31 Feb: rapat")
    await chat.ani.taps("Cancel")
    await chat.ani.sees("Nothing has changed")
