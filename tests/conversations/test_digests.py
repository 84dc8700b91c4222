"""Weekly summaries: at their time, on demand with `/rekap`, and once more to a group."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, update

from bot.callbacks import Kind, Press
from models import (
    Account,
    AuditEvent,
    DayKind,
    DigestKind,
    DutyPeriod,
    Entry,
    OutboxMessage,
    OutboxState,
    PerformancePlan,
    Person,
    Target,
    Tone,
    Verdict,
)
from models import Group as LinkedGroup
from services.groups import Problem
from services.outbox import enqueue
from services.rounds import plan_everybody, plan_group
from simulator.group import Group
from simulator.persona import Persona
from tests.conversations.conftest import Chat
from tests.services.ledger import jakarta, ledger

WEEK = date(2026, 11, 12)
WORKDAYS = [date(2026, 11, day) for day in (6, 9, 10, 11, 12)]
CUT = jakarta(date(2026, 11, 13), 16, 30)
LINES = (
    ("Mengajar Fikih 8A", "28 dari 30 siswa bisa mempraktikkan salat jamak", 28, "siswa"),
    ("Menyusun modul ajar", "1 modul zakat siap dipakai mulai Senin", 1, "dokumen"),
    ("Rapat panitia", None, None, None),
)


@pytest.fixture(autouse=True)
async def week(chat: Chat) -> None:
    """A week of Ani and Citra, decided by Budi; Citra was ill on Wednesday and silent on Monday."""
    office = chat.office
    async with chat.db.writing() as session:
        await session.execute(update(Account).values(joined_at=jakarta(date(2026, 11, 1), 8)))
        book = ledger(session)
        for who in (office.ani, office.citra):
            for place, day in enumerate(WORKDAYS):
                if who == office.citra and place in (1, 3):
                    continue
                made = await book.day(who, day, late=who == office.ani and place == 2)
                for number, (activity, outcome, quantity, unit) in enumerate(LINES):
                    target = office.ani_targets[number] if who == office.ani else None
                    entry = await book.entry(
                        made, activity, outcome, quantity=quantity, unit=unit, target_id=target
                    )
                    if place < 4:
                        at = jakarta(day + timedelta(days=1), 9)
                        await book.decide(entry, Verdict.APPROVE, office.budi, at)
        session.add(
            DutyPeriod(
                person_id=office.citra,
                kind=DayKind.SICK,
                first=WORKDAYS[3],
                last=WORKDAYS[3],
                created_at=jakarta(WORKDAYS[3], 8),
                created_by=office.citra,
            )
        )
        book.note(office.budi, office.ani, Tone.APPRECIATION, jakarta(WORKDAYS[2], 9))


async def summed(chat: Chat, kind: str, *, to: int | None = None, group: int | None = None) -> None:
    """A summary is due, as the tick would write it."""
    async with chat.db.writing() as session:
        payload = {"week": WEEK.isoformat()}
        await enqueue(session, kind, to=to, group=group, now=chat.clock(), payload=payload)
    chat.program.delivery.wake()
    await chat.sim.quiet()


async def linked(chat: Chat) -> tuple[Group, int]:
    """A group of the unit, linked, with the row of its summary."""
    place = chat.sim.group("Guru MTsN 3", members=[chat.ani], admins=[chat.budi])
    async with chat.db.writing() as session:
        book = ledger(session)
        unit_id = (await session.get_one(Person, chat.office.ani)).unit_id
        assert unit_id is not None
        group = await book.group(
            unit_id, chat.office.admin, jakarta(date(2026, 11, 2), 8), title=place.title, chat=place.id
        )
        await book.digest(DigestKind.UNIT, group, WEEK, cut_from=None, cut_to=CUT)
        return place, group


def newest(person: Persona, start: str) -> str:
    return next(one.text for one in reversed(person.messages) if one.text.startswith(start))


async def test_ones_own_week_comes_with_its_picture(chat: Chat) -> None:
    await summed(chat, "week_summed", to=chat.office.ani)
    text = await chat.ani.sees("Ringkasan minggu Anda")
    assert "Melapor 5 dari 5 hari" in text.text
    assert "1 hari terlambat dikirim" in text.text
    assert "15 kegiatan, 10 dengan hasil" in text.text
    assert "12 kegiatan disetujui" in text.text
    assert "Tersusunnya perangkat pembelajaran: 4 dari 12 dokumen (33%)" in text.text
    assert "0 dari 12 dokumen (0%); juga 112 siswa" in text.text
    assert "1 apresiasi · 1 belum dibaca" in text.text
    photo = chat.ani.messages[-2]
    assert photo.kind == "photo"
    assert "Ani Rahmawati · Jumat, 6 – Kamis, 12 November 2026" in photo.text
    assert "rinciannya di bawah" in photo.text
    assert "Melapor" not in photo.text, "nothing is said twice"
    assert photo.silent
    assert not text.silent, "one sound"


async def test_somebody_of_whom_nothing_was_asked_is_left_in_peace(chat: Chat) -> None:
    before = len(chat.eko.messages)
    async with chat.db.writing() as session:
        for who in (chat.office.eko, chat.office.dewi):
            session.add(
                DutyPeriod(
                    person_id=who,
                    kind=DayKind.LEAVE,
                    first=WORKDAYS[0],
                    last=WORKDAYS[-1],
                    created_at=jakarta(WORKDAYS[0], 8),
                    created_by=who,
                )
            )
    await summed(chat, "week_summed", to=chat.office.eko)
    await summed(chat, "team_summed", to=chat.office.dewi)
    assert len(chat.eko.messages) == before
    assert not chat.dewi.sees_now("Ringkasan tim")
    await chat.eko.says("/rekap")
    said = await chat.eko.sees("Ringkasan minggu Anda")
    assert "Anda tidak bertugas (Cuti: 5 hari)" in said.text
    assert "Gambar" not in said.labels


async def test_a_supervisors_week_names_who_needs_them(chat: Chat) -> None:
    await summed(chat, "team_summed", to=chat.office.budi)
    text = await chat.budi.sees("Ringkasan tim Anda")
    assert "Melapor 8 dari 9 hari, dari 2 orang" in text.text
    assert text.text.index("◌ Citra Lestari: 3/4 hari") < text.text.index("✓ Ani Rahmawati: 5/5 hari")
    assert "Belum mendapat umpan balik: Citra Lestari" in text.text
    assert "Diputuskan" in text.text
    assert "Sakit" not in text.text
    await chat.budi.taps("Periksa")
    await chat.budi.sees("menunggu")


async def test_an_own_rhk_that_nobody_serves_is_named(chat: Chat) -> None:

    async with chat.db.writing() as session:
        plan = PerformancePlan(person_id=chat.office.budi, year=2026, created_at=CUT)
        session.add(plan)
        await session.flush()
        served, idle = (Target(plan_id=plan.id, position=n, text=f"RHK kepala {n}") for n in (1, 2))
        session.add_all([served, idle])
        await session.flush()
        target = await session.get_one(Target, chat.office.ani_targets[1])
        target.parent_id = served.id
    await chat.budi.says("/rekap tim")
    text = await chat.budi.sees("Ringkasan tim Anda")
    assert "RHK Anda yang belum didukung minggu ini (1)" in text.text
    assert "RHK kepala 2 (belum pernah tahun ini)" in text.text
    assert "RHK kepala 1" not in text.text


async def test_weeks_are_turned_like_pages(chat: Chat) -> None:
    await chat.ani.says("/rekap")
    await chat.ani.sees("Jumat, 6 – Kamis, 12 November 2026")
    await chat.ani.taps("‹ Minggu lalu")
    await chat.ani.sees("Jumat, 30 Oktober – Kamis, 5 November 2026")
    await chat.ani.taps("Minggu berikutnya ›")
    await chat.ani.taps("Minggu ini ›")
    running = await chat.ani.sees("ini sejauh ini")
    assert running.labels == ["Gambar", "‹ Minggu lalu"]
    await chat.ani.taps("‹ Minggu lalu")
    await chat.ani.taps("Lengkap")
    full = await chat.ani.sees("Hasil yang disetujui (8)")
    assert full.text.count("28 dari 30 siswa") == 4
    await chat.ani.taps("‹ Ringkas")
    await chat.ani.taps("Gambar")
    await chat.sim.quiet()
    assert any(one.kind == "photo" for one in chat.ani.messages)


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        ("2 minggu lalu", "Jumat, 30 Oktober – Kamis, 5 November 2026"),
        ("12 Nov", "Jumat, 6 – Kamis, 12 November 2026"),
        ("minggu ini", "Jumat, 13 – Kamis, 19 November 2026"),
        ("pisang", "Minggu «pisang» belum jelas"),
        ("1 Januari 2017", "sampai 5 tahun ke belakang"),
    ],
)
async def test_a_week_is_named_in_words(chat: Chat, words: str, seen: str) -> None:
    await chat.ani.says(f"/rekap {words}")
    await chat.ani.sees(seen)


async def test_the_language_of_the_reader(chat: Chat) -> None:
    async with chat.db.writing() as session:
        await session.execute(update(Person).values(language="en"))
    await summed(chat, "week_summed", to=chat.office.ani)
    await chat.ani.sees("Your week in brief")
    assert chat.ani.buttons() == ["Picture", "In full", "‹ Week before", "This week ›"]


async def test_a_group_is_told_numbers_results_and_who_is_away(chat: Chat) -> None:
    place, group = await linked(chat)
    await summed(chat, "unit_summed", group=group)
    text = place.last
    assert text is not None
    assert "Ringkasan MTsN 3 Sukamaju" in text.text
    assert "Melapor 8 dari 19 hari, dari 4 orang" in text.text
    assert "28 dari 30 siswa bisa mempraktikkan salat jamak – " in text.text
    assert "Citra Lestari, 1 hari" in text.text
    assert not text.labels
    everything = "\n".join(one.text for one in place.messages)
    for secret in ("Sakit", "Hasan", "Budi", "◌", "dikembalikan"):
        assert secret not in everything, secret
    assert not re.search(r"\d{18}", everything)
    assert any(one.kind == "photo" for one in place.messages)


async def test_a_summary_is_sent_again_once_an_hour_with_the_same_numbers(chat: Chat) -> None:
    place, group = await linked(chat)
    await summed(chat, "unit_summed", group=group)
    first = place.last
    assert first is not None
    async with chat.db.writing() as session:
        entries = await session.scalars(select(Entry).where(Entry.outcome.is_not(None)).order_by(Entry.id))
        taken_back = entries.first()
        assert taken_back is not None
        await ledger(session).decide(taken_back, Verdict.REOPEN, chat.office.budi, chat.clock())
    await chat.move_to(chat.clock() + timedelta(hours=2))
    await chat.budi.says("/rekap unit")
    await chat.budi.sees("Ringkasan MTsN 3 Sukamaju")
    await chat.budi.taps("Kirim lagi ke grup")
    await chat.budi.sees("ke grup Guru MTsN 3?")
    await chat.budi.taps("Kirim")
    await chat.budi.sees_toast("Dikirim ke Guru MTsN 3")
    await chat.sim.quiet()
    again = place.last
    assert again is not None
    assert again.id != first.id
    numbers = re.findall(r"\d+ dari \d+ hari|\d+ kegiatan disetujui", first.text)
    assert numbers == re.findall(r"\d+ dari \d+ hari|\d+ kegiatan disetujui", again.text)
    await chat.budi.taps("Kirim lagi ke grup")
    await chat.budi.sees_toast("baru saja dikirim")
    async with chat.db.reading() as session:
        done = await session.scalars(
            select(AuditEvent.actor_id).where(AuditEvent.action == "summary_sent_again")
        )
        assert list(done) == [chat.office.budi]


async def test_sending_again_can_be_called_off(chat: Chat) -> None:
    place, _ = await linked(chat)
    await chat.admin.says("/rekap")
    await chat.admin.taps("Kirim lagi ke grup")
    await chat.admin.taps("Batal")
    await chat.admin.sees("Ringkasan MTsN 3 Sukamaju")
    assert not any("Ringkasan MTsN" in one.text for one in place.messages)


async def press(chat: Chat, who: Persona, one: Press) -> str:
    message = chat.sim.core.post(who.chat, chat.sim.core.bot, text="Layar lama")
    return (await who.presses_data(message, one.pack()).answered()).text


async def test_who_may_not_look_or_send(chat: Chat) -> None:
    _, group = await linked(chat)
    look, week = f"u.{WEEK}.1.0.0", WEEK.isoformat()
    for who in (chat.ani, chat.eko, chat.dewi):
        assert "bukan untuk Anda" in await press(chat, who, Press(Kind.WEEK_SHOW, 0, 0, look))
        assert "bukan untuk Anda" in await press(chat, who, Press(Kind.WEEK_SEND, group, 0, week))
    assert "Tidak ada pegawai" in await press(chat, chat.ani, Press(Kind.WEEK_SHOW, 0, 0, f"t.{WEEK}.0.0.0"))
    running = (WEEK + timedelta(days=7)).isoformat()
    assert "belum selesai" in await press(chat, chat.budi, Press(Kind.WEEK_SEND, group, 0, running))
    assert "belum tiba" in await press(chat, chat.budi, Press(Kind.WEEK_SEND, group, 0, "2026-12-03"))
    assert "tidak ada" in await press(chat, chat.budi, Press(Kind.WEEK_SEND, group, 0, "besok"))
    async with chat.db.writing() as session:
        await session.execute(update(LinkedGroup).values(unlinked_at=chat.clock()))
    assert "tidak tertaut lagi" in await press(chat, chat.budi, Press(Kind.WEEK_AGAIN, group, 0, week))


async def test_an_observer_sees_their_unit_and_nothing_else(chat: Chat) -> None:
    observer = chat.sim.person("Gunawan", user_id=1000 + chat.office.observer, language="id")
    observer.chat.started = True
    _, group = await linked(chat)
    await observer.says("/rekap")
    text = await observer.sees("Ringkasan MTsN 3 Sukamaju")
    assert "Gunawan" not in text.text
    assert text.labels == ["Gambar", "‹ Minggu lalu", "Minggu ini ›"]
    assert "tidak berwenang" in await press(chat, observer, Press(Kind.WEEK_SHOW, 0, 0, f"p.{WEEK}.0.0.0"))
    assert "tidak berwenang" in await press(chat, observer, Press(Kind.WEEK_SEND, group, 0, WEEK.isoformat()))


async def test_a_week_without_anything_is_kindly_empty(chat: Chat) -> None:
    await chat.ani.says("/rekap 1 Januari 2026")
    text = await chat.ani.sees("Tidak ada yang diminta")
    assert text.labels == ["‹ Minggu lalu", "Minggu berikutnya ›"]


async def test_on_friday_at_the_end_of_the_day_everybody_gets_theirs(chat: Chat) -> None:
    """From the clock to the chat: person, supervisor and group, each once, then the next week's numbers."""
    place = chat.sim.group("Guru MTsN 3", members=[chat.ani], admins=[chat.budi])
    async with chat.db.writing() as session:
        book = ledger(session)
        group = await book.group(1, chat.office.admin, chat.clock(), title=place.title, chat=place.id)
        day = await book.day(chat.office.ani, date(2026, 11, 17))
        entry = await book.entry(day, "Mengajar Fikih 8B", "27 siswa tuntas latihan tayamum")
        await book.decide(entry, Verdict.APPROVE, chat.office.budi, jakarta(date(2026, 11, 18), 8))
        kept = (chat.office.ani, chat.office.budi)
        await session.execute(delete(Account).where(Account.person_id.not_in(kept)))
        await plan_everybody(session, now=chat.clock())
        await plan_group(session, group, now=chat.clock())
    friday = jakarta(date(2026, 11, 20), 16, 31)
    await chat.move_to(friday)
    own = await chat.ani.sees("Ringkasan minggu Anda")
    assert "Jumat, 13 – Kamis, 19 November 2026" in own.text
    assert "Melapor 1 dari 5 hari" in own.text
    assert "1 kegiatan disetujui sejak ringkasan lalu" in own.text, own.text
    await chat.budi.sees("Ringkasan tim Anda")
    assert place.last is not None
    assert "27 siswa tuntas latihan tayamum – Ani Rahmawati" in place.last.text
    await chat.move_to(friday + timedelta(minutes=30))
    await chat.move_to(friday + timedelta(days=7))
    summaries = [one.text for one in chat.ani.messages if one.text.startswith("Ringkasan minggu Anda")]
    assert len(summaries) == 2
    assert "0 kegiatan disetujui sejak ringkasan lalu" in summaries[1]
    assert sum("Ringkasan MTsN 3" in one.text for one in place.messages) == 2


async def test_a_colleagues_illness_is_never_told_in_the_group(chat: Chat) -> None:
    place, group = await linked(chat)
    async with chat.db.writing() as session:
        book = ledger(session)
        day = await book.day(chat.office.ani, date(2026, 11, 13))
        for text in (
            "Citra sakit demam digantikan Budi, 12 siswa tetap belajar",
            "Ibu Siti menerima surat nikahnya hari itu juga",
        ):
            entry = await book.entry(day, "Mengajar kelas pengganti", text, quantity=12, unit="siswa")
            await book.decide(entry, Verdict.APPROVE, chat.office.budi, jakarta(date(2026, 11, 13), 9))
    await summed(chat, "unit_summed", group=group)
    assert place.last is not None
    assert "28 dari 30 siswa" in place.last.text
    everything = "\n".join(one.text for one in place.messages)
    for secret in ("demam", "Budi", "Siti"):
        assert secret not in everything


async def test_what_did_not_arrive_is_said_and_sent_once_more(chat: Chat) -> None:
    place, group = await linked(chat)
    async with chat.db.writing() as session:
        key = {"week": WEEK.isoformat()}
        await enqueue(session, "unit_summed", group=group, now=chat.clock(), payload=key)
        await session.execute(
            update(OutboxMessage).where(OutboxMessage.group_id == group).values(state=OutboxState.FAILED)
        )
        await session.execute(update(LinkedGroup).values(problem=Problem.TOPIC_CLOSED))
    await chat.budi.says("/rekap unit")
    await chat.budi.taps("Kirim lagi ke grup")
    asked = await chat.budi.sees("ke grup Guru MTsN 3?")
    assert "tidak sampai. Topiknya ditutup." in asked.text
    assert "buka kembali topik itu" in asked.text
    await chat.budi.taps("Kirim")
    await chat.sim.quiet()
    assert place.last is not None
    assert "Ringkasan MTsN 3 Sukamaju" in place.last.text


async def test_who_supervises_hears_one_sound_on_friday(chat: Chat) -> None:
    await summed(chat, "team_summed", to=chat.office.budi)
    await summed(chat, "week_summed", to=chat.office.budi)
    team = await chat.budi.sees("Ringkasan tim Anda")
    own = await chat.budi.sees("Ringkasan minggu Anda")
    assert [team.silent, own.silent] == [False, True]
    assert all(one.silent for one in chat.budi.messages if one.kind == "photo")
    assert any(one.kind == "photo" for one in chat.budi.messages)
