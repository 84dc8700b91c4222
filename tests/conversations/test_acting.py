"""A supervisor goes on leave: somebody is named, decides as Plh., and it ends."""

from datetime import UTC, date, datetime

from sqlalchemy import select

from models import ActingSupervisor, Capacity
from services.approvals.acting import tell_turns
from simulator import Persona
from tests.conversations.conftest import Chat
from tests.conversations.test_decision import sends


async def names(
    chat: Chat, who: Persona, person: str = "Citra Lestari", dates: str = "hari ini sampai Jumat"
) -> None:
    """Through `/pengganti` to the question whether that is right."""
    await who.says("/pengganti")
    await who.taps("Tunjuk pengganti")
    await who.sees("Siapa yang menggantikan")
    await who.taps(next(one for one in who.buttons() if one.startswith(person)))
    await who.sees("dari kapan sampai kapan?")
    await who.says(dates)


async def spans(chat: Chat) -> list[ActingSupervisor]:
    async with chat.db.writing() as session:
        found = list(await session.scalars(select(ActingSupervisor).order_by(ActingSupervisor.id)))
        session.expunge_all()
        return found


def menu_of(chat: Chat, who: Persona) -> list[str]:
    """The command names in the menu of a chat."""
    found = [
        [str(one["command"]) for one in commands]
        for (_, chat_id, *_), commands in chat.sim.core.commands.items()
        if chat_id == who.id
    ]
    return found[0] if found else []


async def test_a_day_with_a_plh(chat: Chat) -> None:
    await names(chat, chat.budi)
    asked = await chat.budi.sees("Citra Lestari menjadi Plh. Budi Santoso")
    assert "Rabu, 18 – Jumat, 20 November 2026 (3 hari)" in asked.text
    await chat.budi.taps("Simpan")
    await chat.budi.sees("Citra Lestari · Plh.", button="Akhiri: Citra Lestari, 18–20 Nov")
    told = await chat.citra.sees("Anda ditunjuk sebagai Plh. Budi Santoso")
    assert "/periksa" in told.text
    await chat.sim.quiet()
    assert "periksa" in menu_of(chat, chat.citra)
    await sends(chat)
    queue = await chat.citra.sees("1 laporan menunggu keputusan Anda")
    assert "sebagai Plh. Budi Santoso\n1. Ani Rahmawati" in queue.text
    await chat.citra.taps("Ani Rahmawati · 18 November")
    await chat.citra.taps("Setujui")
    await chat.ani.sees("Citra Lestari (Plh.) menyetujui laporan Anda Rabu, 18 November")
    await chat.budi.says("/periksa")
    await chat.budi.sees("Tidak ada laporan yang menunggu Anda.")
    await chat.budi.says("/pengganti")
    await chat.budi.taps("Akhiri: Citra Lestari, 18–20 Nov")
    await chat.budi.sees("Belum ada yang ditunjuk")
    await chat.citra.sees(
        "Tugas Anda sebagai Plh. Budi Santoso (Rabu, 18 – Jumat, 20 November 2026) diakhiri"
    )
    await chat.sim.quiet()
    assert "periksa" not in menu_of(chat, chat.citra)
    await chat.citra.says("/periksa")
    await chat.citra.sees("Tidak ada pegawai yang Anda nilai")


async def test_typed_names_dates_that_are_unclear_and_plt(chat: Chat) -> None:
    await chat.budi.says("/pengganti")
    await chat.budi.taps("Tunjuk pengganti")
    await chat.budi.sees("ketik sebagian nama")
    await chat.budi.says("zulkifli")
    await chat.budi.sees("Tidak ada pegawai aktif yang sudah bergabung dengan nama «zulkifli»")
    await chat.budi.says("e")
    await chat.budi.sees("paling sedikit 2 huruf")
    await chat.budi.says("eko")
    await chat.budi.taps("Eko Prasetyo · Guru")
    await chat.budi.sees("Eko Prasetyo menggantikan dari kapan")
    for typed, answer in (
        ("nanti saja", "Tanggalnya belum jelas"),
        ("kemarin", "Mulainya sudah lewat"),
        ("1 Des 2027", "paling jauh 366 hari ke depan"),
    ):
        await chat.budi.says(typed)
        await chat.budi.sees(answer)
    await chat.budi.says("24-26 Des")
    await chat.budi.sees("Eko Prasetyo menjadi Plh. Budi Santoso", button="Jadikan Plt.")
    await chat.budi.taps("Jadikan Plt.")
    await chat.budi.sees("Eko Prasetyo menjadi Plt. Budi Santoso")
    await chat.budi.taps("Simpan")
    await chat.eko.sees("Anda ditunjuk sebagai Plt. Budi Santoso")
    [span] = await spans(chat)
    assert (span.capacity, span.first, span.last) == (Capacity.PLT, date(2026, 12, 24), date(2026, 12, 26))
    await names(chat, chat.budi, dates="26 Des")
    await chat.budi.taps("Simpan")
    await chat.budi.sees_toast("Pada tanggal itu sudah ada penggantinya: Eko Prasetyo")
    assert len(await spans(chat)) == 1


async def test_an_admin_names_for_any_supervisor_and_both_are_told(chat: Chat) -> None:
    await chat.admin.says("/pengganti")
    await chat.admin.taps("Tunjuk pengganti")
    await chat.admin.sees("Menggantikan siapa?")
    await chat.admin.taps("Dewi Kartika")
    await chat.admin.sees("Siapa yang menggantikan Dewi Kartika?", button="Budi Santoso · Guru")
    await chat.admin.taps("Budi Santoso · Guru")
    await chat.admin.sees("dari kapan sampai kapan?")
    await chat.admin.says("besok")
    await chat.admin.taps("Simpan")
    await chat.admin.sees("Budi Santoso · Plh. Dewi Kartika")
    await chat.budi.sees("Anda ditunjuk sebagai Plh. Dewi Kartika")
    await chat.dewi.sees("Budi Santoso ditunjuk sebagai Plh. Anda")
    await chat.dewi.says("/pengganti")
    await chat.dewi.taps("Akhiri: Budi Santoso, 19 Nov")
    await chat.budi.sees("diakhiri")


async def test_it_is_told_when_it_begins_and_when_it_is_over(chat: Chat) -> None:
    await names(chat, chat.budi, dates="besok sampai Jumat")
    await chat.budi.taps("Simpan")
    await chat.citra.sees("Anda ditunjuk")
    assert "periksa" not in menu_of(chat, chat.citra)

    async def hour(day: int, hour: int) -> None:
        await chat.move_to(datetime(2026, 11, day, hour - 7, tzinfo=UTC))
        for _ in range(2):
            async with chat.db.writing() as session:
                await tell_turns(session, now=chat.clock())
        chat.program.delivery.wake()
        await chat.sim.quiet()

    await hour(18, 15)
    assert not chat.citra.sees_now("Anda sekarang")
    await hour(19, 8)
    await chat.citra.sees("Anda sekarang Plh. Budi Santoso", button="Periksa")
    assert "periksa" in menu_of(chat, chat.citra)
    await hour(21, 8)
    await chat.citra.sees("Tugas Anda sebagai Plh. Budi Santoso sudah selesai")
    assert "periksa" not in menu_of(chat, chat.citra)
    assert sum("Anda sekarang" in one.text for one in chat.citra.messages) == 1


async def test_who_only_stands_in_or_nothing_at_all_names_nobody(chat: Chat) -> None:
    await names(chat, chat.budi)
    await chat.budi.taps("Simpan")
    await chat.citra.sees("Anda ditunjuk")
    for somebody in (chat.citra, chat.ani):
        await somebody.says("/pengganti")
        await somebody.sees("ditunjuk oleh atasan yang bersangkutan atau pengelola")


async def test_a_day_that_waited_too_long_comes_before_the_head(chat: Chat) -> None:
    await sends(chat)
    await chat.move_to(datetime(2026, 11, 24, 2, tzinfo=UTC))
    await chat.head.says("/periksa")
    queue = await chat.head.sees("Menunggu lebih dari 3 hari kerja pada Budi Santoso")
    assert "Ani Rahmawati · Rabu, 18 November · 1 kegiatan · menunggu 4 hari kerja" in queue.text
    await chat.budi.says("/periksa")
    await chat.budi.taps("Ani Rahmawati · 18 November")
    late = await chat.budi.sees("modul siap dipakai", button="Setujui")
    approve = next(one for one in late.buttons if one.text == "Setujui")
    await chat.head.taps("Ani Rahmawati · 18 November")
    await chat.head.taps("Setujui")
    await chat.ani.sees("Hasan Basri (atasan dari atasan Anda) menyetujui laporan Anda")
    chat.budi.presses(late, approve)
    await chat.budi.sees_toast("Sudah diputuskan oleh Hasan Basri (atasan dari atasannya), 24/11")
