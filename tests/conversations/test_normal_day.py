"""A normal day, counted: from the prompt to `Terkirim` in at most four taps or messages."""

from datetime import UTC, date, datetime

import pytest

from models import State
from services.rounds import plan_everybody
from tests.conversations.conftest import Chat
from tests.conversations.test_report import QUESTION, entries, gone, past

PROMPT_TIME = datetime(2026, 11, 18, 8, 30, tzinfo=UTC)
"""15:30 in Jakarta."""


@pytest.fixture(autouse=True)
async def planned(chat: Chat) -> None:
    async with chat.db.writing() as session:
        await plan_everybody(session, now=chat.clock())


def acts(chat: Chat) -> int:
    """What Ani did so far: messages of her own and presses."""
    own = sum(one.sender is chat.ani.user for one in chat.ani.chat.messages.values())
    return own + len(chat.sim.calls_of("answerCallbackQuery"))


async def test_a_normal_day_takes_at_most_four_acts(chat: Chat) -> None:
    first, second, third = chat.office.ani_targets
    await past(
        chat,
        ("Mengajar Fikih 8A", "28 siswa tuntas", first),
        ("Menyusun modul ajar bab 2", "modul dipakai", second),
        ("Membina pramuka siswa", "12 siswa naik tingkat", third),
    )
    await chat.move_to(PROMPT_TIME)
    await chat.ani.sees("Apa yang Anda kerjakan hari ini", button="Isi laporan")
    before = acts(chat)
    await chat.ani.says(
        "Mengajar Fikih 8A -> 30 siswa tuntas\nMenyusun modul ajar bab 3\nMembina pramuka siswa"
    )
    await chat.ani.sees(QUESTION)
    await chat.ani.says("2. modul siap dipakai kelas 8\n3. 10 siswa hafal dasa darma")
    await gone(chat.ani, QUESTION)
    card = await chat.ani.sees("Rabu, 18 November", button="Kirim")
    assert not any(label.startswith("Pilih RHK") for label in card.labels), "the RHK are known"
    await chat.ani.taps("Kirim", wait=True)
    await chat.ani.sees_toast("Terkirim ✓ 3 kegiatan")
    await chat.ani.sees("Terkirim, menunggu Budi Santoso")
    assert acts(chat) - before <= 4
    found = await entries(chat)
    assert [one.target_id for one in found] == [first, second, third]
    assert {one.state for one in found} == {State.SUBMITTED}


async def test_the_same_as_yesterday(chat: Chat) -> None:
    """Activities and RHK, never outcome or quantity; twice is refused."""
    first, second, _ = chat.office.ani_targets
    await past(
        chat,
        ("Mengajar Fikih 8A", "28 siswa tuntas", first),
        ("Menyusun modul ajar", "modul dipakai", second),
    )
    await chat.move_to(PROMPT_TIME)
    prompt = await chat.ani.sees("Apa yang Anda kerjakan hari ini", button="Sama seperti kemarin")
    same = next(one for one in prompt.buttons if one.text == "Sama seperti kemarin")
    await chat.ani.taps("Sama seperti kemarin")
    await chat.ani.sees_toast("Disalin")
    await chat.ani.sees("Disalin dari Selasa, 17 November")
    await chat.ani.sees("1. Mengajar Fikih 8A\n2. Menyusun modul ajar", button="Lewati")
    found = [(one.activity, one.outcome, one.quantity, one.target_id) for one in await entries(chat)]
    assert found == [
        ("Mengajar Fikih 8A", None, None, first),
        ("Menyusun modul ajar", None, None, second),
    ]
    assert same.data is not None
    chat.ani.presses_data(prompt, same.data)
    await chat.ani.sees_toast("Sudah disalin untuk hari ini")
    assert len(await entries(chat)) == 2
    await chat.eko.says("/hari")
    nothing = await chat.eko.sees("Belum ada kegiatan")
    chat.eko.presses_data(nothing, same.data)
    await chat.eko.sees_toast("Belum ada laporan sebelumnya")
    chat.eko.presses_data(nothing, "1:ps:0:0:2026-11-19")
    await chat.eko.sees_toast("hari yang belum tiba")
    assert await entries(chat, date(2026, 11, 19)) == []
