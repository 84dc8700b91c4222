"""`/pohon`: down from an own RHK to what was done for it, up to what one's work is for, and connecting."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from models import AuditEvent, Person, State, Target
from simulator import Persona
from simulator.state import Message
from tests.conversations.conftest import Chat
from tests.services.grove import Grove

TODAY = date(2026, 11, 18)


@dataclass
class Tree:
    """The head's first RHK ← Budi's first ← Ani's first; the others of Ani hang nowhere."""

    chat: Chat
    head: int
    budi: int
    second: int


@pytest.fixture
async def tree(chat: Chat) -> Tree:
    office = chat.office
    async with chat.db.writing() as session:
        grove = Grove(session, chat.clock())
        head = await grove.rhk(office.head, "Meningkatnya mutu lulusan")
        budi = await grove.rhk(office.budi, "Meningkatnya mutu pembelajaran", serves=head)
        second = await grove.rhk(office.budi, "Terlaksananya pembinaan karakter siswa", serves=head)
        await session.execute(update(Target).where(Target.id == office.ani_targets[0]).values(parent_id=budi))
        for back in range(7):
            state = State.SUBMITTED if back == 0 else State.APPROVED
            await grove.did(
                office.ani,
                office.ani_targets[0],
                TODAY - timedelta(days=back),
                f"Mengajar Fikih pertemuan {7 - back}",
                state=state,
                outcome="28 dari 30 siswa bisa mempraktikkan salat jamak",
            )
    return Tree(chat, head, budi, second)


def card(who: Persona) -> str:
    return newest(who).text


async def taps(tree: Tree, who: Persona, *labels: str) -> str:
    """What stands there after these presses."""
    for label in labels:
        await who.taps(label)
        await tree.chat.sim.quiet()
    return card(who)


def newest(who: Persona) -> Message:
    """The newest message with buttons."""
    return next(one for one in who.chat.visible() if one.buttons)


async def test_a_supervisor_goes_down_to_the_entries_and_back_on_one_card(tree: Tree) -> None:
    budi, sim = tree.chat.budi, tree.chat.sim
    await budi.says("/pohon")
    await budi.sees("Didukung 1 orang")
    top = card(budi)
    assert "Capaian pendukung rata-rata 50%" in top
    assert top.count("⚠️ Belum ada yang mendukung") == 1
    before = len(list(budi.chat.visible()))
    look = await taps(tree, budi, "1")
    assert "Ani Rahmawati\n1. Terlaksananya pembelajaran" in look
    assert "6 dari 12 dokumen (50%)\nTerakhir 18 November" in look
    assert "↑ Hasan Basri: Meningkatnya mutu lulusan" in look
    work = await taps(tree, budi, "1")
    assert work.startswith("🌳 RHK 1 › Ani Rahmawati › RHK 1\nTerlaksananya pembelajaran")
    assert "7 kegiatan" in work
    assert "Rabu, 18 November · menunggu\nMengajar Fikih pertemuan 7\n→ 28 dari 30" in work
    assert "pertemuan 2" not in work
    assert "pertemuan 2" in await taps(tree, budi, "›")
    assert "Didukung oleh 1 RHK" in await taps(tree, budi, "‹ RHK 1")
    assert await taps(tree, budi, "‹ Pohon") == top
    await sim.quiet()
    assert len(list(budi.chat.visible())) == before
    assert "pohon kinerja" in budi.transcript().casefold()


async def test_a_head_sees_further_down_only_what_was_approved(tree: Tree) -> None:
    head = tree.chat.head
    await head.says("/pohon")
    await head.sees("Didukung 1 orang, dan 1 orang lagi di bawahnya")
    assert "Didukung lagi oleh 1 RHK di bawahnya" in await taps(tree, head, "1")
    work = await taps(tree, head, "1", "1")
    assert work.startswith("🌳 RHK 1 › Budi Santoso › RHK 1 › Ani Rahmawati › RHK 1")
    assert "6 kegiatan" in work
    assert "pertemuan 7" not in work
    assert "Hanya yang sudah disetujui" in work
    await taps(tree, head, "‹ Budi Santoso › RHK 1")
    assert "Kegiatan Budi Santoso" in [one.text for one in newest(head).buttons]
    await taps(tree, head, "‹ RHK 1", "‹ Pohon")


async def test_a_pegawai_sees_what_the_work_is_for(tree: Tree) -> None:
    ani = tree.chat.ani
    await ani.says("/pohon")
    await ani.sees("↑ Budi Santoso: Meningkatnya mutu pembelajaran")
    top = card(ani)
    assert "↑ Hasan Basri: Meningkatnya mutu lulusan\nTerakhir 18 November" in top
    assert top.count("Belum terhubung ke RHK atasan") == 2
    work = await taps(tree, ani, "1")
    assert "Mendukung:\n↑ Budi Santoso" in work
    assert "7 kegiatan" in work


async def test_what_hangs_nowhere_is_connected_in_one_tap_and_taken_back(tree: Tree) -> None:
    budi, ani, chat = tree.chat.budi, tree.chat.ani, tree.chat
    await budi.says("/pohon")
    await budi.sees("Didukung 1 orang")
    loose = await taps(tree, budi, "Hubungkan RHK bawahan (5)")
    assert "2. Terlaksananya pembinaan karakter" in loose
    choice = await taps(tree, budi, "2")
    assert "2. Terlaksananya pembinaan karakter siswa (paling mirip)" in choice
    old = newest(budi)
    button = next(one for one in old.buttons if one.text == "2")
    assert "✓ Mendukung RHK 2: Terlaksananya pembinaan karakter siswa" in await taps(tree, budi, "2")
    again = await budi.presses(old, button).answered()
    assert "sudah terhubung" in again.text
    await ani.says("/pohon")
    await ani.sees("↑ Budi Santoso: Terlaksananya pembinaan karakter siswa")
    await budi.says("/pohon")
    await chat.sim.quiet()
    assert "Hubungkan RHK bawahan (4)" in [one.text for one in newest(budi).buttons]
    async with chat.db.reading() as session:
        assert list(await session.scalars(select(AuditEvent.action))) == ["rhk_connected"]


async def test_whoever_has_no_part_in_it_is_told_so(tree: Tree) -> None:
    chat = tree.chat
    await chat.admin.says("/pohon")
    await chat.admin.sees("hanya bisa dibuka oleh pegawai itu sendiri dan atasannya")
    await chat.stranger.says("/pohon")
    await chat.stranger.sees("belum terdaftar")
    await chat.eko.says("/pohon")
    await chat.eko.sees("Belum ada RHK 2026")
    await chat.dewi.says("/pohon")
    await chat.dewi.sees("Bapak/Ibu belum punya RHK 2026")
    await chat.ani.says("/pohon tahun lalu")
    await chat.ani.sees("Contoh: /pohon 2025")
    await chat.ani.says("/pohon 2025")
    await chat.ani.sees("Belum ada RHK 2025")


async def test_a_supervisor_whose_people_left_may_press_an_old_tree(tree: Tree) -> None:
    chat, budi = tree.chat, tree.chat.budi
    await budi.says("/pohon")
    await taps(tree, budi, "1")
    old = newest(budi)
    async with chat.db.writing() as session:
        (await session.get_one(Person, chat.office.ani)).supervisor_id = chat.office.dewi
    toast = await budi.presses(old, next(one for one in old.buttons if one.text == "1")).answered()
    assert "hanya bisa dibuka" in toast.text
