"""Whatever is sent gets a sensible answer; nothing typed is lost. The simulator is as strict as Telegram."""

import re

from tests.conversations.conftest import Chat
from tests.conversations.test_report import QUESTION, TODAY, entries, gone

NOT_KEPT = "Bukti berupa foto, dokumen, atau tautan"


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


async def test_texts_of_every_kind_are_kept_whole(chat: Chat) -> None:
    """Compared word by word with the database; the cards show them within Telegram's limits."""
    ani = chat.ani
    long = ("Menyusun laporan kegiatan " + "pembelajaran tematik 😀 " * 200)[:4060] + " -> selesai diperiksa"
    texts = [
        long,
        "\n".join(
            f"{n}. Memeriksa berkas pegawai & <b>arsip</b> lemari {n} di ruang {n}" for n in range(1, 51)
        ),
        '<b>&"\' Rapat </i> \u202ekomite\u202c 😀👨‍👩‍👧 NIP 198501012010011001 -> <i>ok</i> & "siap" 5<6',
    ]
    for text in texts:
        known = {one.id for one in await entries(chat)}
        await ani.says(text)
        await ani.sees(TODAY)
        new = [one for one in await entries(chat) if one.id not in known]
        stored = " ".join(f"{one.activity} {one.outcome or ''}" for one in new)
        numbers = {str(n) for n in range(1, 51)} if len(new) == 50 else set()
        assert [one for one in words(text) if one not in numbers] == [
            one for one in words(stored) if one not in numbers
        ]
        if any(one.outcome is None for one in new):
            await ani.says("batal")
            await gone(ani, QUESTION)
    found = await entries(chat)
    assert len(found) == 52
    assert not any("angka yang mirip" in one.text for one in ani.messages), (
        "a NIP is the officer's own number"
    )
    await ani.sees("52. <b>&\"' Rapat", button="9/9")
    await ani.taps("‹", wait=True)
    await ani.taps("✎ 43", wait=True)
    await ani.sees("43. Memeriksa berkas", button="Hapus")
    await ani.taps("‹ Kembali", wait=True)
    await ani.sees("43. Memeriksa berkas", button="8/9")
    ani.presses_data(await ani.sees(TODAY), f"1:e:{found[0].id}:0:")
    await ani.sees("1. Menyusun laporan kegiatan", button="Ubah kegiatan")
    ani.presses_data(await ani.sees(TODAY), f"1:dl:{found[0].day_id}:0:")
    await ani.sees("mendukung RHK mana")
    await chat.sim.quiet()
    refused = [one.error for one in chat.sim.calls if one.error and "not modified" not in str(one.error)]
    assert not refused, "every card fits"


async def test_fifty_missing_outcomes_are_one_question(chat: Chat) -> None:
    await chat.ani.says(
        "\n".join(f"{n}. Menata arsip lemari {n} di gudang belakang {'x' * 30}" for n in range(1, 51))
    )
    await chat.ani.sees("50. Menata arsip", button="Lewati")
    await chat.ani.says("\n".join(f"{n}. {n} bendel tertata" for n in range(1, 51)))
    await gone(chat.ani, QUESTION)
    assert [one.outcome for one in await entries(chat)] == [f"{n} bendel tertata" for n in range(1, 51)]
    await chat.ani.says("\n".join(f"- Merapikan rak {n}" for n in range(51)))
    await chat.ani.sees("paling banyak 100 kegiatan")
    assert len(await entries(chat)) == 50


async def test_what_cannot_be_evidence_keeps_its_caption(chat: Chat) -> None:
    ani = chat.ani
    await ani.uploads(photo=True)
    await ani.sees("Sudah saya terima. Ketik kegiatannya")
    await ani.uploads(document=("besar.pdf", b"x", "application/pdf"), size=25 * 1024 * 1024)
    await ani.sees("paling besar 20 MB")
    for what in ({"voice": True}, {"sticker": True}, {"location": (-6.2, 106.8)}, {"contact": "0812"}):
        answers = len(ani.messages)
        await ani.uploads(**what)
        await ani.sees(NOT_KEPT, after=ani.messages[answers])
    await ani.uploads(document=("virus.exe", b"x", "application/octet-stream"))
    await ani.sees("Jenis berkas .exe tidak diterima")
    assert await entries(chat) == []
    await ani.uploads(
        document=("besar.pdf", b"x", "application/pdf"),
        size=25 * 1024 * 1024,
        caption="Menyusun modul ajar -> modul siap",
    )
    await ani.sees("1. Menyusun modul ajar", button="Bukan kegiatan")
    await ani.uploads(video=True, caption="Piket pagi -> siswa tertib")
    await ani.sees("2. Piket pagi", button="Bukan kegiatan")
    assert sum(NOT_KEPT in one.text for one in ani.messages) == 5
    assert [one.outcome for one in await entries(chat)] == ["modul siap", "siswa tertib"]


async def test_old_and_forged_buttons(chat: Chat) -> None:
    """A stale card, a deleted entry, somebody else's day, nonsense: said so, nothing changed."""
    await chat.ani.says("Menyusun modul ajar -> modul siap\nPiket pagi -> siswa tertib")
    card = await chat.ani.sees(TODAY)
    first, second = await entries(chat)
    await chat.ani.taps("✎ 2")
    await chat.ani.taps("Hapus")
    await chat.ani.sees_toast("Kegiatan dihapus")
    for data in (
        f"1:e:{second.id}:0:",
        f"1:ed:{second.id}:0:",
        f"1:ef:{second.id}:0:outcome",
        f"1:eu:{second.id}:0:",
    ):
        chat.ani.presses_data(card, data)
        await chat.ani.sees_toast("Kegiatan itu sudah tidak ada")
    chat.ani.presses_data(card, f"1:ds:{first.day_id}:1:")
    await chat.ani.sees_toast("Sudah berubah")
    for data in (
        f"1:et:{first.id}:0:99999999",
        f"1:et:{first.id}:0:x",
        f"1:et:{first.id}:0:" + "9" * 30,
        f"1:ef:{first.id}:0:state",
        f"1:du:{first.day_id}:0:a77",
        f"1:du:{first.day_id}:0:²",
        f"1:dp:{first.day_id}:0:-1",
        "1:d:999:0:",
        "9:zz:0:0:",
        "kosong",
    ):
        toast = await chat.ani.presses_data(card, data).answered()
        assert toast.text, data
        assert "kesalahan di pihak kami" not in toast.text, data
    for data in (
        f"1:d:{first.day_id}:0:",
        f"1:ed:{first.id}:0:",
        f"1:ds:{first.day_id}:9:",
        f"1:do:{first.day_id}:0:",
        f"1:du:{first.day_id}:0:a2",
    ):
        await chat.citra.says("/hari")
        theirs = await chat.citra.sees("Belum ada kegiatan")
        toast = await chat.citra.presses_data(theirs, data).answered()
        assert "tidak ada" in toast.text, data
    assert [one.activity for one in await entries(chat)] == ["Menyusun modul ajar"]
    await chat.ani.says("/tidakada")
    await chat.ani.sees("Perintah itu tidak saya kenal")
