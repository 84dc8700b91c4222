"""The question of the day, at each person's own time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from models import OutboxMessage, OutboxState, Person
from services.outbox import enqueue
from services.rounds import plan_everybody
from tests.conversations.conftest import Chat

HELLO = "Selamat sore, Bapak/Ibu Ani Rahmawati"
HALF_PAST_THREE = datetime(2026, 11, 18, 8, 30, tzinfo=UTC)
"""15.30 WIB on Wednesday 18 November 2026."""


@pytest.fixture(autouse=True)
async def planned(chat: Chat) -> None:
    async with chat.db.writing() as session:
        await plan_everybody(session, now=chat.clock())


async def reported(chat: Chat, text: str = "Mengajar Fikih 8A -> 30 siswa tuntas") -> None:
    await chat.ani.says(text)
    await chat.ani.sees("Draf, belum dikirim")


async def sent(chat: Chat) -> None:
    await chat.ani.taps("Kirim")
    await chat.sim.quiet()
    if "Kirim, RHK nanti" in chat.ani.buttons():
        await chat.ani.taps("Kirim, RHK nanti")
    await chat.ani.sees("Terkirim, menunggu Budi Santoso")


async def test_the_prompt_greets_by_name_and_names_the_day(chat: Chat) -> None:
    await chat.move_to(HALF_PAST_THREE)
    prompt = await chat.ani.sees(HELLO)
    assert prompt.text == f"{HELLO}\nRabu, 18 November\n\nApa yang Anda kerjakan hari ini, dan apa hasilnya?"
    assert prompt.labels == ["Isi laporan", "Tidak bertugas", "Nanti"]
    await chat.move_to(HALF_PAST_THREE + timedelta(minutes=5))
    assert sum(HELLO in message.text for message in chat.ani.messages) == 1
    assert not chat.admin.sees_now("Selamat sore")
    await chat.ani.taps("Isi laporan")
    await chat.ani.sees("Apa saja yang Anda kerjakan pada Rabu, 18 November")
    await chat.ani.says("Rapat komite -> jadwal disepakati")
    await chat.ani.sees("1. Rapat komite")


async def test_with_an_earlier_day_the_prompt_offers_the_same_again(chat: Chat) -> None:
    await reported(chat, "kemarin: Mengajar Fikih 8A -> 30 siswa tuntas")
    await chat.move_to(HALF_PAST_THREE)
    prompt = await chat.ani.sees(HELLO)
    assert prompt.labels == ["Isi laporan", "Sama seperti kemarin", "Tidak bertugas", "Nanti"]
    await chat.ani.taps("Sama seperti kemarin")
    card = await chat.ani.sees("Disalin dari Selasa, 17 November")
    assert "Mengajar Fikih 8A" in card.text
    assert "30 siswa" not in card.text


async def test_same_as_yesterday_copied_a_report_of_last_week(chat: Chat) -> None:
    await reported(chat, "Laporan 13 Nov: Mengajar Fikih 8A -> 30 siswa tuntas")
    await chat.move_to(HALF_PAST_THREE)
    await chat.ani.sees(HELLO)
    await chat.ani.taps("Salin laporan 13 Nov")
    await chat.ani.sees("Disalin dari Jumat, 13 November")


async def test_a_draft_is_named_and_can_be_opened(chat: Chat) -> None:
    await reported(chat)
    await chat.move_to(HALF_PAST_THREE)
    prompt = await chat.ani.sees("Sudah ada 1 kegiatan, belum dikirim.")
    assert prompt.labels == ["Lihat kartu", "Isi laporan", "Tidak bertugas", "Nanti"]
    await chat.ani.taps("Lihat kartu", message=prompt)
    await chat.sim.quiet()
    assert "1. Mengajar Fikih 8A" in prompt.text
    assert sum("Draf, belum dikirim" in message.text for message in chat.ani.messages) == 1


async def test_who_has_sent_the_day_is_not_asked(chat: Chat) -> None:
    await reported(chat)
    await sent(chat)
    await chat.move_to(HALF_PAST_THREE)
    assert not chat.ani.sees_now(HELLO)
    await chat.citra.sees("Selamat sore, Bapak/Ibu Citra Lestari")


async def put_in_outbox(chat: Chat, work_date: date) -> None:
    """A prompt that was written a while ago and is delivered only now."""
    async with chat.db.writing() as session:
        payload = {"work_date": work_date.isoformat()}
        await enqueue(session, "prompted", to=chat.office.ani, now=chat.clock(), payload=payload)
    chat.program.delivery.wake()


async def outcome(chat: Chat) -> tuple[OutboxState, int | None]:
    """How the newest prompt ended."""
    for _ in range(100):
        await chat.sim.quiet()
        async with chat.db.reading() as session:
            newest = select(OutboxMessage.state, OutboxMessage.message_id)
            row = await session.execute(newest.order_by(OutboxMessage.id.desc()).limit(1))
            state, message_id = row.one()
        if state not in (OutboxState.WAITING, OutboxState.SENDING):
            return state, message_id
    raise AssertionError("the prompt stayed in the outbox")


async def test_a_day_sent_between_writing_and_delivering_is_not_asked_for(chat: Chat) -> None:
    await reported(chat)
    await sent(chat)
    await put_in_outbox(chat, date(2026, 11, 18))
    assert await outcome(chat) == (OutboxState.SENT, None)
    assert not chat.ani.sees_now("Selamat pagi")


async def test_a_prompt_that_could_not_be_delivered_is_not_given_at_night_or_the_next_day(chat: Chat) -> None:
    await put_in_outbox(chat, date(2026, 11, 17))
    assert await outcome(chat) == (OutboxState.SENT, None)
    assert not chat.ani.sees_now("17 November")


async def test_an_old_prompt_after_sending_fills_a_further_entry_and_copies_nothing_twice(
    chat: Chat,
) -> None:
    await reported(chat, "kemarin: Mengajar Fikih 8A -> 30 siswa tuntas")
    await chat.move_to(HALF_PAST_THREE)
    prompt = await chat.ani.sees(HELLO)
    same = next(one for one in prompt.buttons if one.text == "Sama seperti kemarin")
    await chat.ani.taps("Sama seperti kemarin")
    await chat.ani.sees("Disalin dari")
    tap = chat.ani.presses(prompt, same)
    assert "Sudah disalin" in (await tap.answered()).text


async def test_a_prompt_button_of_ones_own_making_does_no_harm(chat: Chat) -> None:
    await chat.move_to(HALF_PAST_THREE)
    prompt = await chat.ani.sees(HELLO)
    tap = chat.ani.presses_data(prompt, "1:pf:0:0:2026-11-19")
    assert "belum tiba" in (await tap.answered()).text
    tap = chat.ani.presses_data(prompt, "1:ps:0:0:2026-11-18")
    assert "Belum ada laporan sebelumnya" in (await tap.answered()).text


async def test_the_greeting_and_hour_are_those_of_the_persons_zone(chat: Chat) -> None:
    async with chat.db.writing() as session:
        person = await session.get_one(Person, chat.office.ani)
        person.zone = "Asia/Jayapura"
        await session.flush()
        await plan_everybody(session, now=chat.clock())
    await chat.move_to(HALF_PAST_THREE - timedelta(hours=2))
    await chat.ani.sees(HELLO)
    assert not chat.citra.sees_now("Selamat")


async def test_somebody_who_blocked_us_is_not_asked_and_is_again_on_return(chat: Chat) -> None:
    await chat.ani.blocks()
    await chat.sim.quiet()
    await chat.move_to(HALF_PAST_THREE)
    async with chat.db.reading() as session:
        count = await session.scalar(
            select(func.count())
            .select_from(OutboxMessage)
            .where(OutboxMessage.person_id == chat.office.ani, OutboxMessage.kind == "prompted")
        )
    assert count == 0
    await chat.ani.starts()
    await chat.ani.sees(HELLO)
    await chat.move_to(HALF_PAST_THREE + timedelta(days=1))
    await chat.ani.sees("Kamis, 19 November")
