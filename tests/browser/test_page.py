"""The demo chat page as people use it, in a real browser."""

import struct
import zlib
from datetime import UTC, datetime

import pytest
from playwright.async_api import FilePayload, Page, expect

from tests.browser.conftest import Opens, Scene, keys

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

EVIL = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


def picture(name: str = "kelas.png", *, width: int = 80, height: int = 60) -> FilePayload:
    """A small real PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = b"\0" + b"\x3c\x8d\xbc" * width
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(row * height)) + chunk(b"IEND", b"")
    return {"name": name, "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + body}


async def attaches(page: Page, *files: FilePayload, caption: str = "") -> None:
    await page.get_by_role("button", name="Lampirkan").click()
    async with page.expect_file_chooser() as waiting:
        await page.get_by_role("menuitem", name="Foto").click()
    await (await waiting.value).set_files(list(files))
    dialog = page.locator("dialog.outgoing")
    await dialog.get_by_placeholder("Tambah keterangan…").fill(caption)
    await dialog.get_by_role("button", name="Kirim", exact=True).click()
    await expect(dialog).to_have_count(0)


async def test_what_is_typed_is_sent_and_seen(scene: Scene, opens: Opens) -> None:
    page = await opens(scene.ani)
    field = page.get_by_role("textbox", name="Pesan")
    await field.fill("Memeriksa 24 buku")
    await field.press("Shift+Enter")
    await field.press_sequentially("Rapat wali murid")
    await field.press("Enter")
    await expect(page.locator(".row.out").last).to_contain_text("Rapat wali murid")
    await expect(field).to_have_value("")
    assert scene.ani.messages[-1].text == "Memeriksa 24 buku\nRapat wali murid"


async def test_answers_of_the_bot_appear_live_with_their_formatting(scene: Scene, opens: Opens) -> None:
    page = await opens(scene.ani)
    await scene.calls("sendChatAction", chat_id=scene.ani.id, action="typing")
    await expect(page.locator("#head-state")).to_contain_text("sedang mengetik")
    await scene.says(
        scene.ani,
        "<b>Dicatat</b> 👍 lihat https://contoh.go.id dan <code>EK-1</code>\n"
        "<tg-spoiler>nilai</tg-spoiler><pre><code class='language-csv'>a;b</code></pre>"
        "<blockquote expandable>satu\ndua\ntiga\nempat\nlima</blockquote>",
    )
    row = page.locator(".row.in").last
    await expect(row.locator("b", has_text="Dicatat")).to_be_visible()
    await expect(row.locator("a.link")).to_have_attribute("href", "https://contoh.go.id")
    await expect(page.locator("#head-state")).to_have_text("bot")
    await row.locator("code", has_text="EK-1").click()
    await expect(page.locator(".toast")).to_have_text("Disalin")
    assert await page.evaluate("navigator.clipboard.readText()") == "EK-1"
    await row.get_by_role("button", name="Tampilkan semua").click()
    await expect(row.locator("blockquote")).to_have_class("expandable open")
    await row.get_by_role("button", name="Tampilkan teks tersembunyi").press("Enter")
    await expect(row.locator(".spoiler")).to_have_class("spoiler shown")


async def test_a_press_turns_until_the_toast_and_the_card_changes_in_place(
    scene: Scene, opens: Opens
) -> None:
    page = await opens(scene.ani)
    card = await scene.says(
        scene.ani,
        "Kartu hari ini",
        reply_markup=keys(
            [{"text": "Kirim", "callback_data": "send", "style": "success"}],
            [{"text": "Salin", "copy_text": {"text": "baris"}}, {"text": "Hapus", "callback_data": "del"}],
        ),
    )
    button = page.locator(".key.success", has_text="Kirim")
    await button.click()
    await expect(button).to_have_attribute("aria-busy", "true")
    query = await scene.hears("callback_query")
    assert query["data"] == "send"
    await scene.calls("answerCallbackQuery", callback_query_id=query["id"], text="Terkirim ke Bapak Budi")
    await expect(page.locator(".toast")).to_have_text("Terkirim ke Bapak Budi")
    await expect(button).not_to_have_attribute("aria-busy", "true")
    await page.get_by_role("button", name="Hapus").click()
    query = await scene.hears("callback_query")
    await scene.calls("answerCallbackQuery", callback_query_id=query["id"], text="Sudah", show_alert=True)
    await page.locator("dialog.alert").get_by_role("button", name="Oke").click()
    await scene.calls("editMessageText", chat_id=scene.ani.id, message_id=card, text="Sudah dikirim")
    await expect(page.locator(".row.in").last).to_contain_text("Sudah dikirim")
    await expect(page.locator(".key")).to_have_count(0)
    await scene.calls("deleteMessage", chat_id=scene.ani.id, message_id=card)
    await expect(page.locator("#log").get_by_text("Sudah dikirim")).to_have_count(0)


async def test_own_messages_are_edited_answered_deleted_and_reacted_to(scene: Scene, opens: Opens) -> None:
    first = await scene.ani.says("Menyusun lap BOS")
    page = await opens(scene.ani)
    field = page.get_by_role("textbox", name="Pesan")
    await field.press("ArrowUp")
    await expect(field).to_have_value("Menyusun lap BOS")
    await field.fill("Menyusun laporan BOS")
    await field.press("Enter")
    row = page.locator(f'.row[data-id="{first.id}"]')
    await expect(row).to_contain_text("Menyusun laporan BOS")
    await expect(row).to_contain_text("diedit")
    await row.locator(".text").click(button="right")
    await page.get_by_role("button", name="Beri reaksi 👍").click()
    await expect(row.locator(".reaction.own")).to_have_text("👍1")
    await row.locator(".bubble").dblclick(position={"x": 8, "y": 6})
    await field.fill("ini lanjutannya")
    await field.press("Enter")
    await expect(page.locator(".row.out").last.locator(".quoted")).to_contain_text("Menyusun laporan BOS")
    assert scene.ani.messages[-1].reply_to is first
    await row.locator(".text").click(button="right")
    await page.get_by_role("menuitem", name="Hapus").click()
    await expect(row).to_have_count(0)


async def test_photos_become_an_album_and_documents_a_chip(scene: Scene, opens: Opens) -> None:
    page = await opens(scene.ani)
    await attaches(page, picture(), caption="Suasana kelas")
    image = page.locator(".row.out .visual img")
    await expect(image).to_be_visible()
    await expect(page.locator(".row.out").last).to_contain_text("Suasana kelas")
    await expect(image).to_have_js_property("naturalWidth", 80)
    await attaches(page, picture("a.png"), picture("b.png"), picture("c.png"))
    await expect(page.locator(".visual.album-3 img")).to_have_count(3)
    await attaches(page, {"name": "rekap.xlsx", "mimeType": "application/vnd.ms-excel", "buffer": b"xlsx"})
    await expect(page.locator("a.file")).to_contain_text("rekap.xlsx")
    assert [m.kind for m in scene.ani.messages[-5:]] == ["photo", "photo", "photo", "photo", "document"]
    await image.first.click()
    await expect(page.locator("dialog.viewer img")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog.viewer")).to_have_count(0)


async def test_switching_person_and_two_windows_as_two_people(scene: Scene, opens: Opens) -> None:
    ani, budi = await opens(scene.ani), await opens(scene.budi)
    await scene.says(scene.budi, "Ani menunggu keputusan")
    await expect(budi.locator(".row.in").last).to_contain_text("Ani menunggu keputusan")
    await expect(ani.locator(".row.in")).to_have_count(0)
    await budi.get_by_role("link", name="Ani Rahmawati").click()
    await expect(budi.locator(f'#app[data-shown="{scene.ani.id}/{scene.ani.id}"]')).to_be_visible()
    await scene.says(scene.budi, "Satu lagi")
    badge = budi.get_by_role("link", name="Budi Santoso").locator(".badge")
    await expect(badge).to_have_text("1")
    await budi.get_by_role("textbox", name="Pesan").fill("Halo dari jendela kedua")
    await budi.get_by_role("button", name="Kirim", exact=True).click()
    await expect(ani.locator(".row.out").last).to_contain_text("Halo dari jendela kedua")


async def test_the_third_hint_is_done_when_somebody_else_approves(scene: Scene, opens: Opens) -> None:
    for person, label in ((scene.ani, "Kirim"), (scene.budi, "Setujui")):
        green = keys([{"text": label, "callback_data": "x", "style": "success"}])
        await scene.says(person, "Rapat", reply_markup=green)
    page = await opens(scene.ani)
    done = page.locator(".hint li.done")
    await page.locator(".row.in button", has_text="Kirim").click()
    await expect(done).to_have_count(1)
    await page.get_by_text("Budi Santoso").first.click()
    await expect(page.locator(".row.in button", has_text="Setujui")).to_be_visible()
    await expect(done).to_have_count(1)
    await page.locator(".row.in button", has_text="Setujui").click()
    await expect(done).to_have_count(2)


async def test_groups_with_topics(scene: Scene, opens: Opens) -> None:
    group = scene.sim.group(
        "SDN 1 Sukamaju", members=[scene.ani], admins=[scene.budi], forum=True, supergroup=True
    )
    topic = group.topic("Rekap")
    await scene.calls("sendMessage", chat_id=group.id, text="Rekap minggu ini", message_thread_id=topic.id)
    page = await opens(scene.ani)
    await page.get_by_role("link", name="SDN 1 Sukamaju").click()
    await expect(page.locator(".row.in").last).to_contain_text("Rekap minggu ini")
    await page.get_by_role("link", name="Umum").click()
    await expect(page.locator("#log").get_by_text("Rekap minggu ini")).to_have_count(0)
    await page.get_by_role("link", name="Rekap", exact=True).click()
    await page.get_by_role("textbox", name="Pesan").fill("Terima kasih")
    await page.keyboard.press("Enter")
    await expect(page.locator(".row.out").last).to_contain_text("Terima kasih")
    assert group.messages[-1].thread == topic.id


async def test_the_clock_moves_forward(scene: Scene, opens: Opens) -> None:
    page = await opens(scene.ani)
    face = page.locator("#panel .clock")
    await expect(face).to_contain_text("Rabu 18 Nov 2026")
    await expect(face).to_contain_text("15.25")
    await face.get_by_role("button", name="+15 menit").click()
    await expect(face).to_contain_text("15.40")
    await face.get_by_role("button", name="besok 07.30").click()
    await expect(face).to_contain_text("Kamis 19 Nov 2026")
    assert scene.clock.now == datetime(2026, 11, 19, 0, 30, tzinfo=UTC)
    await page.get_by_role("button", name="EN", exact=True).click()
    await expect(face).to_contain_text("Thursday 19 Nov 2026")


async def test_a_telephone_shows_the_list_then_the_chat(scene: Scene, opens: Opens) -> None:
    rows = [[{"text": f"Tombol yang panjang sekali nomor {n}", "callback_data": str(n)}] * 3 for n in (1, 2)]
    await scene.says(scene.ani, "kata" * 60, reply_markup=keys(*rows))
    page = await opens(None, width=360, height=740)
    wide = "[document.documentElement, document.querySelector('#log')].some(e => e.scrollWidth > innerWidth)"
    await expect(page.locator("#chat")).to_be_hidden()
    assert not await page.evaluate(wide)
    await page.get_by_role("link", name="Ani Rahmawati").tap()
    await expect(page.locator("#people")).to_be_hidden()
    await expect(page.locator(".key").first).to_be_visible()
    for width in (430, 360):
        await page.set_viewport_size({"width": width, "height": 740})
        assert not await page.evaluate(wide)
    small = await page.evaluate(
        "[...document.querySelectorAll('button, a, select')]"
        ".filter(e => e.offsetParent && !e.matches('.menu-button, .link'))"
        ".filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
    )
    assert small == []
    await page.get_by_role("button", name="Kembali").tap()
    await expect(page.locator("#people")).to_be_visible()
    await expect(page.locator("#chat")).to_be_hidden()


async def test_nothing_a_person_or_the_bot_writes_becomes_markup(scene: Scene, opens: Opens) -> None:
    stranger = scene.sim.person(EVIL, note=EVIL)
    group = scene.sim.group(EVIL, members=[scene.ani, stranger], forum=True, supergroup=True)
    group.topic(EVIL)
    await scene.ani.says(EVIL)
    await stranger.says(f"{EVIL} javascript:alert(1) <b>", chat=group)
    await scene.calls(
        "sendMessage",
        chat_id=scene.ani.id,
        text=EVIL,
        reply_markup=keys([{"text": EVIL, "callback_data": "x"}]),
    )
    for chat, words in ((None, EVIL), (group.id, "javascript:alert(1) <b>")):
        page = await opens(scene.ani, chat=chat)
        await expect(page.locator(".row.in .text").last).to_contain_text(words)
        assert await page.evaluate("document.querySelectorAll('#app img, #app script, #app b').length") == 0
        assert "owned" not in await page.title()


async def test_starting_blocking_and_coming_back(scene: Scene, opens: Opens) -> None:
    eko = scene.sim.person("Eko Prasetyo")
    page = await opens(eko)
    await page.get_by_role("button", name="Mulai", exact=True).click()
    await expect(page.locator(".row.out").last).to_contain_text("/start")
    await expect(page.get_by_role("textbox", name="Pesan")).to_be_visible()
    await page.locator("#chat-menu").click()
    await page.get_by_role("menuitem", name="Blokir bot").click()
    await page.get_by_role("button", name="Buka blokir").click()
    await expect(page.get_by_role("textbox", name="Pesan")).to_be_visible()
    assert not eko.chat.blocked


async def test_commands_and_the_keyboard_of_the_bot(scene: Scene, opens: Opens) -> None:
    commands = [
        {"command": "hari", "description": "Kartu hari ini"},
        {"command": "skp", "description": "SKP"},
    ]
    await scene.calls("setMyCommands", commands=commands)
    rows = [[{"text": "WFO"}, {"text": "Dinas luar"}]]
    await scene.says(scene.ani, "Jenis hari?", reply_markup={"keyboard": rows})
    page = await opens(scene.ani)
    await page.get_by_role("button", name="Dinas luar").click()
    await expect(page.locator(".row.out").last).to_contain_text("Dinas luar")
    field = page.get_by_role("textbox", name="Pesan")
    await field.press_sequentially("/s")
    await expect(page.locator(".commands").get_by_role("option")).to_have_count(1)
    await field.press("Enter")
    await expect(page.locator(".row.out").last).to_contain_text("/skp")
    await page.get_by_role("button", name="Perintah bot").click()
    await page.get_by_role("option", name="/hari").click()
    await expect(page.locator(".row.out").last).to_contain_text("/hari")


async def test_long_conversations_keep_their_place(scene: Scene, opens: Opens) -> None:
    for number in range(2000):
        await scene.ani.says(f"Pesan {number}")
    page = await opens(scene.ani)
    rows = page.locator(".row")
    await expect(rows.last).to_be_in_viewport()
    await expect(rows.last).to_contain_text("Pesan 1999")
    for pages in range(2, 6):
        await page.evaluate("document.querySelector('#log').scrollTop = 0")
        await expect(rows).to_have_count(200 * pages)
    await expect(rows.nth(400)).to_contain_text("Pesan 1400")
    await expect(page.locator(".date")).to_have_count(1)
    before = await page.evaluate("document.querySelector('#log').scrollTop")
    await scene.says(scene.ani, "Pesan baru dari bot")
    pill = page.get_by_role("button", name="1 pesan baru")
    await expect(pill).to_be_visible()
    assert abs(await page.evaluate("document.querySelector('#log').scrollTop") - before) < 2
    await pill.click()
    await expect(rows.last).to_contain_text("Pesan baru dari bot")
    await expect(rows.last).to_be_in_viewport()


async def test_after_an_interruption_the_page_reads_again(scene: Scene, opens: Opens) -> None:
    page = await opens(scene.ani)
    scene.sim.core.feed.stop()
    await expect(page.locator("#head-state")).to_have_text("Menghubungkan…")
    await scene.says(scene.ani, "Selama terputus")
    await expect(page.locator("#log").get_by_text("Selama terputus")).to_be_visible(timeout=8000)
    await expect(page.locator("#head-state")).to_have_text("bot")
