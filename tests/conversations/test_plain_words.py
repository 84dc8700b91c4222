"""Named after what broke: words that are no report and no outcome, and where a date alone went."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from models import Blocker, Day, Entry, Person
from tests.conversations.conftest import Chat

QUESTION = "Apa hasilnya, untuk siapa?"
TODAY = date(2026, 11, 18)


async def entries(chat: Chat) -> list[tuple[date, str, str | None]]:
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        rows = await session.execute(
            select(Day.work_date, Entry.activity, Entry.outcome)
            .join(Day, Day.id == Entry.day_id)
            .order_by(Entry.id)
        )
        return [(row[0], row[1], row[2]) for row in rows]


async def reason(chat: Chat, work_date: date = TODAY) -> str | None:
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        return await session.scalar(
            select(Day.nothing_reason).where(Day.person_id == chat.office.ani, Day.work_date == work_date)
        )


async def speaks_english(chat: Chat) -> None:
    async with chat.db.writing() as session:
        await session.execute(update(Person).where(Person.id == chat.office.ani).values(language="en"))


@pytest.mark.parametrize(
    ("said", "wanted", "heading"),
    [
        ("Senin", date(2026, 11, 16), "Senin, 16 November"),
        ("kemarin bu", date(2026, 11, 17), "Selasa, 17 November"),
        ("hari ini", TODAY, "Rabu, 18 November"),
    ],
)
async def test_a_date_alone_left_the_question_on_the_other_day(
    chat: Chat, said: str, wanted: date, heading: str
) -> None:
    await chat.ani.says("/hari 12 Nov")
    await chat.ani.sees("Apa saja yang Anda kerjakan pada Kamis, 12 November")
    await chat.ani.says(said)
    await chat.ani.sees(f"Apa saja yang Anda kerjakan pada {heading}", button="Tidak ada kegiatan")
    await chat.ani.says("Rapat komite -> jadwal disepakati")
    await chat.ani.sees(heading)
    assert await entries(chat) == [(wanted, "Rapat komite", "jadwal disepakati")]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("besok", "«besok» bukan satu hari yang bisa dilaporkan"),
        ("16-17 Nov", "bukan satu hari"),
        ("30 Sep", "Bulan itu sudah ditutup"),
    ],
)
async def test_a_day_that_cannot_be_reported_names_the_asked_one_again(
    chat: Chat, said: str, told: str
) -> None:
    await chat.ani.says("/hari 12 Nov")
    await chat.ani.sees("Apa saja yang Anda kerjakan pada Kamis, 12 November")
    await chat.ani.says(said)
    await chat.ani.sees(told)
    await chat.sim.quiet()
    assert "pada Kamis, 12 November" in chat.ani.messages[-1].text
    await chat.ani.says("Rapat komite -> jadwal disepakati")
    assert (await entries(chat))[0][0] == date(2026, 11, 12)


@pytest.mark.parametrize("said", ["30 Sep", "1 Jan 2020"])
async def test_a_day_of_a_closed_month_was_asked_about_and_swallowed_todays_report(
    chat: Chat, said: str
) -> None:
    await chat.ani.says(said)
    await chat.ani.sees("Bulan itu sudah ditutup")
    await chat.ani.says("Rapat komite -> jadwal disepakati")
    await chat.ani.sees("Rabu, 18 November")
    assert await entries(chat) == [(TODAY, "Rapat komite", "jadwal disepakati")]


async def test_a_month_that_closes_while_its_day_is_asked_ends_the_question(chat: Chat) -> None:
    await chat.move_to(datetime(2026, 12, 5, 16, 50, tzinfo=UTC))
    await chat.ani.says("/hari 27 Nov")
    await chat.ani.sees("Apa saja yang Anda kerjakan pada Jumat, 27 November")
    await chat.move_to(chat.clock() + timedelta(minutes=15))
    await chat.ani.says("Rapat komite -> jadwal disepakati")
    await chat.ani.sees("Bulan itu sudah ditutup")
    await chat.ani.says("Rapat guru -> jadwal disepakati")
    assert await entries(chat) == [(date(2026, 12, 6), "Rapat guru", "jadwal disepakati")]


async def test_who_is_never_asked_is_told_so_first(chat: Chat) -> None:
    for said in ("halo", "1 Jan 2020", "besok", "kemarin", "saya sakit", "nihil", "?", "kirim", "Rapat"):
        await chat.admin.says(said)
        await chat.sim.quiet()
        assert chat.admin.messages[-2].text == said
        assert chat.admin.messages[-1].text.startswith("Di sini Anda tidak diminta melapor")


async def test_who_is_never_asked_was_asked_about_a_day(chat: Chat) -> None:
    await chat.admin.says("/hari kemarin")
    await chat.admin.sees("Di sini Anda tidak diminta melapor")


async def test_nothing_to_report_in_english_became_an_activity(chat: Chat) -> None:
    await speaks_english(chat)
    await chat.ani.says("nothing to report")
    await chat.ani.sees("without activities. Why?")
    await chat.ani.says("sick")
    await chat.ani.sees("I do not keep the reason")
    await chat.ani.says("waiting for the data of the district")
    await chat.ani.sees("Nothing to report, recorded")
    assert await entries(chat) == []
    assert await reason(chat) == "waiting for the data of the district"


@pytest.mark.parametrize("said", ["sick", "sick today, cannot come", "on leave today", "not on duty"])
async def test_away_in_english_became_an_activity_or_an_outcome(chat: Chat, said: str) -> None:
    await speaks_english(chat)
    await chat.ani.says(said)
    await chat.ani.sees("Shall I record it as not on duty", button="Record today as not on duty")
    await chat.ani.says("Rapat komite")
    await chat.ani.sees("What came of it, for whom?")
    await chat.ani.says(said)
    await chat.sim.quiet()
    assert await entries(chat) == [(TODAY, "Rapat komite", None)]


@pytest.mark.parametrize(
    "said", ["obstacle: the projector is broken", "kendalanya proyektor rusak", "kendala proyektor rusak"]
)
async def test_an_obstacle_without_the_word_and_its_colon_became_an_activity(chat: Chat, said: str) -> None:
    await chat.ani.says(f"Rapat komite -> jadwal disepakati\n{said}")
    await chat.ani.sees("Rapat komite")
    assert [one[1] for one in await entries(chat)] == ["Rapat komite"]
    async with chat.db.reading() as session:
        assert len(list(await session.scalars(select(Blocker)))) == 1


async def test_small_talk_became_the_outcome_of_the_last_item(chat: Chat) -> None:
    await chat.ani.says("Rapat komite\nPiket pagi")
    await chat.ani.sees(QUESTION)
    for said in ("baik bu", "halo", "nanti saya isi", "👍", "maaf salah tekan"):
        await chat.ani.says(said)
        await chat.sim.quiet()
        assert any("Hasilnya masih kosong" in one.text for one in chat.ani.messages[-3:]), said
        assert [one[2] for one in await entries(chat)] == [None, None]
    await chat.ani.says("1. jadwal disepakati\n2. halaman bersih")
    await chat.ani.sees("→ halaman bersih")


async def test_a_question_became_the_outcome_of_the_last_item(chat: Chat) -> None:
    await chat.ani.says("Rapat komite")
    await chat.ani.sees(QUESTION)
    for said in ("apa maksudnya", "?", "bagaimana ini bu"):
        await chat.ani.says(said)
        await chat.sim.quiet()
        assert any("apa yang berubah karena kegiatan itu" in one.text for one in chat.ani.messages[-3:]), said
        assert [one[2] for one in await entries(chat)] == [None]
    await chat.ani.says("jadwal disepakati")
    await chat.ani.sees("→ jadwal disepakati")


async def test_a_question_about_the_bot_became_an_activity(chat: Chat) -> None:
    for said in (
        "?",
        "apa itu RHK",
        "bagaimana cara kirim",
        "maksudnya apa",
        "tidak tahu",
        "help",
        "what is RHK",
    ):
        await chat.ani.says(said)
        await chat.sim.quiet()
        assert chat.ani.messages[-1].text.endswith("/bantuan"), said
    assert await entries(chat) == []


async def test_a_question_while_a_day_is_asked_leaves_the_day(chat: Chat) -> None:
    await chat.ani.says("/hari kemarin")
    await chat.ani.sees("Apa saja yang Anda kerjakan")
    await chat.ani.says("bagaimana cara isi?")
    await chat.ani.sees("/bantuan")
    await chat.ani.says("Rapat komite -> jadwal disepakati")
    assert (await entries(chat))[0][0] == date(2026, 11, 17)


async def test_slash_help_was_unknown(chat: Chat) -> None:
    await chat.ani.says("/help")
    await chat.ani.sees("Perintah Anda")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("saya demam bu", "Alasannya tidak saya simpan"),
        ("ok", "Sebabnya belum jelas"),
        ("nihil", "Sebabnya belum jelas"),
    ],
)
async def test_after_a_refused_reason_the_next_one_became_an_activity(
    chat: Chat, said: str, told: str
) -> None:
    await chat.ani.says("tidak ada kegiatan")
    await chat.ani.sees("Apa sebabnya?")
    await chat.ani.says(said)
    await chat.ani.sees(told)
    await chat.ani.says("menunggu berkas dari dinas")
    await chat.ani.sees("Tidak ada kegiatan, tercatat")
    assert await reason(chat) == "menunggu berkas dari dinas"
    assert await entries(chat) == []


async def recorded(chat: Chat) -> None:
    await chat.ani.says("tidak ada kegiatan")
    await chat.ani.sees("Apa sebabnya?")
    await chat.ani.taps("Menunggu arahan")
    await chat.ani.sees("Tidak ada kegiatan, tercatat")


async def test_maaf_salah_tekan_deleted_the_record(chat: Chat) -> None:
    await recorded(chat)
    await chat.ani.says("maaf salah tekan")
    await chat.ani.sees("Tidak ada kegiatan, tercatat", button="Urungkan")
    assert await reason(chat) == "Menunggu arahan"
    assert await entries(chat) == []


@pytest.mark.parametrize("said", ["dokumen lupa", "dokumen lupa -> sudah ketemu"])
async def test_bukan_kegiatan_did_not_bring_the_record_back(chat: Chat, said: str) -> None:
    await recorded(chat)
    await chat.ani.says(said)
    await chat.ani.sees("Tadinya Rabu, 18 November tercatat tanpa kegiatan")
    assert await reason(chat) is None
    await chat.ani.taps("Bukan kegiatan")
    await chat.ani.sees("Tidak ada kegiatan, tercatat")
    assert await reason(chat) == "Menunggu arahan"
    assert await entries(chat) == []


async def test_the_quantity_of_the_old_outcome_stayed_with_the_new_one(chat: Chat) -> None:
    await chat.ani.says("Melayani tamu -> 12 berkas selesai")
    await chat.ani.sees("Jumlah: 12")
    await chat.ani.taps("1")
    await chat.ani.taps("Ubah hasil")
    await chat.ani.says("semua tamu terlayani")
    await chat.ani.sees("→ semua tamu terlayani")
    async with chat.db.reading() as session:
        assert (await session.execute(select(Entry.quantity, Entry.unit))).one() == (None, None)
