"""Evidence in chat: where it goes, moved and dropped, stored by content, fetched again, opened."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from models import Evidence, State
from services.evidence import evidence_path
from tests.conversations.conftest import Chat
from tests.conversations.test_edits import settle
from tests.conversations.test_report import QUESTION, TODAY, alone, entries, gone, until

PDF = ("daftar hadir.pdf", b"%PDF-1.4 daftar hadir", "application/pdf")


async def evidence(chat: Chat) -> list[Evidence]:
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        found = list(await session.scalars(select(Evidence).order_by(Evidence.id)))
        session.expunge_all()
        return found


async def fetched(chat: Chat, right: Callable[[list[Evidence]], bool]) -> list[Evidence]:
    """Waits until the bytes of what was sent are where they should be."""
    for _ in range(200):
        found = await evidence(chat)
        if right(found):
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("not fetched")


def all_stored(found: list[Evidence]) -> bool:
    return all(one.sha256 for one in found)


async def test_files_find_their_activity(chat: Chat, tmp_path: Path) -> None:
    """Sent before, after, in reply, with a caption, as a link; moved and dropped; the card says where."""
    ani = chat.ani
    await ani.uploads(photo=True)
    await ani.sees("Sudah saya terima. Ketik kegiatannya")
    first = await ani.says("Piket pagi -> siswa tertib")
    await ani.sees("📎 1 bukti")
    await ani.uploads(
        document=PDF, caption="Rapat komite -> jadwal disepakati, daftar di https://contoh.go.id/r"
    )
    await ani.sees("📎 Bukti masuk ke kegiatan 2: Rapat komite", button="Bukan kegiatan")
    await alone(ani, TODAY)
    await ani.uploads(photo=b"foto piket", reply_to=first)
    await ani.sees("📎 Bukti masuk ke kegiatan 1: Piket pagi")
    await ani.taps("→ kegiatan 2")
    await ani.sees_toast("Bukti dipindahkan")
    await ani.uploads(photo=b"foto rapat")
    await ani.sees("📎 Bukti masuk ke kegiatan 2: Rapat komite", button="→ kegiatan 1")
    one, two = await entries(chat)
    found = await fetched(chat, lambda found: all(row.sha256 or row.url for row in found))
    assert [row.entry_id for row in found] == [one.id, two.id, two.id, two.id, two.id]
    for row in found:
        if row.sha256:
            content = evidence_path(tmp_path / "evidence", row.sha256).read_bytes()
            assert hashlib.sha256(content).hexdigest() == row.sha256
    await ani.taps("✎ 2")
    await ani.sees("📎 4 bukti tersimpan", button="daftar hadir.pdf")
    await ani.taps("Hapus bukti 3")
    await ani.sees("📎 3 bukti", button="Hapus bukti 3")
    await ani.taps("daftar hadir.pdf")
    await until(lambda: ani.last is not None and ani.last.kind == "document")
    await ani.taps("https://contoh.go.id/r")
    await ani.sees("🔗 https://contoh.go.id/r")
    await ani.taps("Hapus", message=await ani.sees("2. Rapat komite", button="Ubah hasil"))
    await ani.sees_toast("Berkasnya saya simpan untuk kegiatan berikutnya")
    await ani.says("Rapat komite kedua -> jadwal tetap")
    await ani.sees("📎 2 bukti")


async def test_an_album_is_one_answer(chat: Chat) -> None:
    """Ten pieces, one caption: an entry with ten pieces of evidence and its outcome question."""
    ani = chat.ani
    await ani.uploads(album=[b"%d" % n for n in range(10)], caption="Rapat komite madrasah")
    await ani.sees(QUESTION)
    await ani.sees("📎 10 bukti", timeout=20)
    [one] = await entries(chat)
    found = await fetched(chat, all_stored)
    assert [row.entry_id for row in found] == [one.id] * 10
    await ani.says("jadwal disepakati")
    await gone(ani, QUESTION)
    await ani.uploads(album=[b"a", b"b"])
    await ani.sees("📎 Bukti masuk ke kegiatan 1")
    await ani.sees("📎 12 bukti")
    await alone(ani, TODAY)


async def test_a_piece_that_comes_late_is_shown_too(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slow network, busy machine: the card stands already, and the pieces that follow come a second apart."""
    ani, began = chat.ani, chat.clock()
    first = await ani.uploads(album=[b"a", b"b"], caption="Rapat komite madrasah -> jadwal disepakati")
    await chat.sim.quiet()
    await chat.move_to(began + timedelta(seconds=1.3))
    await ani.sees("📎 2 bukti")
    monkeypatch.setattr(chat.sim.core, "next_album", lambda: first.album)
    await ani.uploads(album=[b"c"])
    await chat.sim.quiet()
    await chat.move_to(chat.clock() + timedelta(seconds=1.1))
    await ani.sees("📎 3 bukti")
    await alone(ani, TODAY)


async def test_a_caption_asks_like_any_text(chat: Chat) -> None:
    """An unclear day, a citizen's number, a day alone: asked about, and the file waits with the text."""
    ani = chat.ani
    await ani.says("Piket -> siswa tertib")
    await ani.uploads(photo=True, caption="Laporan 31 Feb: rapat dinas -> jadwal disepakati")
    await ani.sees("«31 Feb» belum jelas", button="Batal")
    await ani.says("hari ini")
    await ani.sees("2. rapat dinas")
    [piece] = await evidence(chat)
    assert piece.entry_id == (await entries(chat))[1].id
    await ani.uploads(photo=True, caption="Kunjungan wali 081234567890 -> wali paham")
    await ani.sees("Ada angka yang mirip NIK", button="Samarkan angkanya")
    await ani.taps("Samarkan angkanya")
    await ani.sees("••••••••7890")


async def test_bytes_are_fetched_again_until_they_are_there(chat: Chat) -> None:
    """A `file_id` alone is never shown as stored; what is lost for good is told."""
    ani = chat.ani
    await ani.says("Piket pagi -> siswa tertib")
    await ani.sees(TODAY)
    chat.sim.fault("getFile", kind="error", times=1)
    chat.sim.fault("download", kind="error", times=1)
    await ani.uploads(document=PDF)
    await ani.sees("📎 1 bukti diterima")
    for minutes in (1, 3):
        await fetched(chat, lambda found: found[0].fetch_attempts > 0 and found[0].fetch_after is not None)
        await chat.move_to(chat.clock() + timedelta(minutes=minutes))
    await fetched(chat, all_stored)
    await ani.says("/hari")
    await ani.sees("📎 1 bukti tersimpan")
    chat.sim.fault("getFile", kind="error", status=400, times=1)
    await ani.uploads(photo=True)
    await ani.sees("Maaf, Foto tidak bisa saya simpan sebagai bukti untuk:\nPiket pagi")
    await ani.says("/hari")
    await ani.sees("2 bukti, 1 gagal disimpan: kirim ulang")
    await ani.taps("✎ 1")
    await ani.taps("2. Foto")
    await ani.sees_toast("gagal disimpan")


async def test_what_a_crash_left_is_fetched(chat: Chat, tmp_path: Path) -> None:
    """The process dies between commit and fetch, or while it fetches: the lease runs out, another fetches."""
    await chat.ani.says("Piket pagi -> siswa tertib")
    await chat.ani.uploads(document=PDF)
    await fetched(chat, all_stored)
    async with chat.db.writing() as session:
        lease = chat.clock() + timedelta(minutes=2)
        await session.execute(update(Evidence).values(sha256=None, stored_at=None, fetch_after=lease))
    await chat.ani.says("/hari")
    await chat.ani.sees("📎 1 bukti diterima")
    chat.clock.move_to(chat.clock() + timedelta(minutes=3))
    await fetched(chat, all_stored)
    assert evidence_path(tmp_path / "evidence", hashlib.sha256(PDF[1]).hexdigest()).exists()


async def test_only_owner_and_supervisor_open_it(chat: Chat) -> None:
    await chat.ani.says("Piket pagi -> siswa tertib")
    await chat.ani.uploads(document=PDF)
    [piece] = await fetched(chat, lambda found: bool(found) and all_stored(found))
    data = f"1:vo:{piece.id}:0:"
    await settle(chat, State.SUBMITTED)  # until then it is its owner's alone
    for persona, may in ((chat.ani, True), (chat.budi, True), (chat.citra, False), (chat.head, False)):
        await persona.says("/bantuan")
        shown = await persona.sees("Kemenag Sukamaju")
        tap = persona.presses_data(shown, data)
        if may:
            await until(lambda who=persona: any(one.kind == "document" for one in who.messages[-1:]))  # type: ignore[misc]
        else:
            assert "tidak berwenang" in (await tap.answered()).text
        for other in (f"1:vd:{piece.id}:0:", f"1:vm:{piece.id}:0:1"):
            if persona is not chat.ani:
                assert "tidak ada" in (await persona.presses_data(shown, other).answered()).text
    await chat.budi.says("/bantuan")
    gone_by = await chat.budi.sees("Kemenag Sukamaju")
    assert "sudah tidak ada" in (await chat.budi.presses_data(gone_by, "1:vo:999:0:").answered()).text


async def test_a_file_waits_a_day_for_its_activity(chat: Chat) -> None:
    await chat.ani.uploads(photo=True)
    await chat.ani.sees("Sudah saya terima")
    await chat.move_to(chat.clock() + timedelta(hours=25))
    await chat.ani.says("Piket pagi -> siswa tertib")
    card = await chat.ani.sees("1. Piket pagi")
    assert "📎" not in card.text


async def test_what_is_neither_with_telegram_nor_on_disk_is_said_so(chat: Chat, tmp_path: Path) -> None:
    ani = chat.ani
    await ani.says("Piket pagi -> siswa tertib")
    await ani.uploads(document=PDF)
    [piece] = await fetched(chat, lambda found: bool(found) and all_stored(found))
    async with chat.db.writing() as session:
        await session.execute(update(Evidence).values(file_id="tidak-dikenal", sha256="0" * 64))
    shown = await ani.sees("📎 1 bukti")
    ani.presses_data(shown, f"1:vo:{piece.id}:0:")
    await ani.sees("Berkas itu gagal disimpan, jadi tidak bisa dibuka")


async def test_a_link_too_long_for_a_message_is_sent_as_a_file(chat: Chat) -> None:
    ani = chat.ani
    await ani.says("Rapat https://contoh.go.id/a -> jadwal disepakati")
    [piece] = await evidence(chat)
    async with chat.db.writing() as session:
        await session.execute(update(Evidence).values(url="https://contoh.go.id/" + "a" * 4050))
    ani.presses_data(await ani.sees(TODAY), f"1:vo:{piece.id}:0:")
    await until(lambda: ani.last is not None and ani.last.kind == "document")


async def test_a_doctors_letter_is_not_kept(chat: Chat) -> None:
    """A file that comes with «saya sakit» would tell the reason, and belongs to no activity."""
    await chat.ani.says("Piket pagi -> siswa tertib")
    await chat.ani.uploads(photo=True, caption="Mohon izin, saya sakit, surat dokter terlampir")
    await chat.ani.sees("Alasannya tidak saya simpan", button="Catat tidak bertugas hari ini")
    assert await evidence(chat) == []
    assert len(await entries(chat)) == 1


async def test_dropped_evidence_can_be_put_back(chat: Chat) -> None:
    ani = chat.ani
    await ani.says("Piket pagi -> siswa tertib")
    await ani.uploads(document=PDF)
    before = await fetched(chat, lambda found: bool(found) and all_stored(found))
    await ani.taps("✎ 1")
    await ani.taps("Hapus bukti 1")
    assert await evidence(chat) == []
    await ani.taps("Urungkan")
    await ani.sees_toast("Sudah seperti semula")
    after = await evidence(chat)
    assert [(one.id, one.entry_id, one.sha256, one.file_name) for one in after] == [
        (one.id, one.entry_id, one.sha256, one.file_name) for one in before
    ]
