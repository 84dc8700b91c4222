"""The pictures of README and docs: `python -m bench.pictures` writes docs/pictures/*.png.

Plays one day of the demo office on the running chat page, in Debian's chromium. What stands in a picture is
what the program answered a moment before; nothing is drawn by hand.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from bot.demo.scene import Scene, demo_scene
from bot.logs import configure_logs
from bot.settings import load_settings
from services.people.import_people import import_people
from services.people.invitations import find_people, invite, join_link
from services.people.rows import Cell

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
START = datetime.fromisoformat("2026-11-18T14:01:00+07:00")
"""A quarter of an hour before a six-day office is asked."""
EVENING = datetime.fromisoformat("2026-11-18T20:30:00+07:00")
PHONE, DESK = (390, 844), (1280, 800)
SHARPNESS = 1.7
"""Pixels of a picture for each of a phone's: with 2 the wordy ones are too large."""
LARGEST = 200 * 1024
"""Bytes of one picture."""
PLAIN = "#chat::before { background: #a8cba0 !important } #chat::after { display: none !important }"
"""The page's wallpaper, without its drawing: nine tenths of a picture's bytes would be that."""
REPORT = (
    "Mengajar Fikih kelas VIII A 07.30-09.00 -> 28 dari 30 siswa bisa mempraktikkan salat jamak\n"
    "Menyusun modul ajar bab zakat 2 jam\n"
    "Rapat panitia peringatan hari guru"
)
OUTCOMES = "2. modul bab zakat selesai, dipakai mulai Senin\n3. pembagian tugas panitia disepakati"
BETTER = "8 panitia punya tugas dan tenggat, daftar tertulis di grup"
NEWCOMER = {
    "nama": "Siti Aminah",
    "id_pegawai": "HNR-08",
    "jabatan": "Pustakawan",
    "unit_kerja": "MTsN 1 Sukamaju",
    "nip_atasan": "197203151998032001",
    "pola_kerja": "6 hari",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """The office and its page. `act` steps are those of a person at the page."""

    scene: Scene
    browser: Browser
    out: Path

    @asynccontextmanager
    async def page(
        self, name: str | None, *, size: tuple[int, int] = PHONE, language: str = "id"
    ) -> AsyncIterator[Page]:
        """The page as one person sees it, fresh from the server."""
        context = await self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            device_scale_factor=SHARPNESS if size == PHONE else 1,
            locale=language,
            bypass_csp=True,
            reduced_motion="reduce",
            color_scheme="light",
        )
        page = await context.new_page()
        mark = f"#person={self.scene.people[name].id}" if name else ""
        await page.goto(f"{self.scene.sim.url}/sim/{mark}")
        await page.wait_for_selector("#people-list a" if name is None else "#message-field, #composer .whole")
        await self.settle(page)
        try:
            yield page
        finally:
            await context.close()

    async def settle(self, page: Page) -> None:
        """Waits until the bot has answered and the page has drawn it."""
        await self.scene.sim.quiet()
        await page.wait_for_timeout(400)
        await page.wait_for_function(
            "() => document.fonts.ready.then(() => !document.querySelector('.key.waiting'))"
        )

    async def press(self, page: Page, label: str) -> None:
        """Presses the newest button that bears the label."""
        await page.locator(f'.key:has(.key-label:text-is("{label}"))').last.click()
        await page.mouse.move(0, 0)
        await self.settle(page)

    async def write(self, page: Page, text: str) -> None:
        """Types a message and sends it."""
        await page.fill("#message-field", text)
        await page.click(".send")
        await self.settle(page)

    async def shoot(self, page: Page, name: str) -> None:
        """Keeps what the page shows, once its passing notes are gone."""
        await page.wait_for_function("() => !document.querySelector('#toasts .toast')", timeout=15_000)
        await page.screenshot(path=self.out / f"{name}.png", animations="disabled", style=PLAIN)


async def play(stage: Stage) -> None:
    """The day, picture by picture."""
    async with stage.page("Ani Rahmawati", size=DESK) as page:
        await page.click('[data-move="15"]')
        await stage.settle(page)
        await stage.shoot(page, "demo")
    await _reporting(stage)
    await _deciding(stage)
    await _correcting(stage)
    await _praising(stage)
    await _looking_down(stage)
    await _joining(stage)


async def _joining(stage: Stage) -> None:
    """An invited colleague opens the link, in the evening: nothing else is said that day."""
    scene = stage.scene
    await scene.move_to(EVENING)
    async with scene.program.deps.database.writing() as session:
        row = {
            name: Cell(f"A{place}", value) for place, (name, value) in enumerate(NEWCOMER.items(), start=2)
        }
        await import_people(session, [row], now=scene.clock())
        found = await find_people(session, [NEWCOMER["id_pegawai"]])
        issued = await invite(session, found.person_ids, now=scene.clock())
    scene.people["Siti Aminah"] = scene.sim.person("Siti Aminah", user_id=7_000_101, note="Pustakawan")
    await scene.people["Siti Aminah"].opens(join_link(scene.sim.bot_username, issued[0].token))
    async with stage.page("Siti Aminah") as page:
        await stage.shoot(page, "join")
        await stage.press(page, "Ya, saya Siti Aminah")
        await stage.shoot(page, "welcome")


async def _reporting(stage: Stage) -> None:
    async with stage.page("Ani Rahmawati") as page:
        await stage.shoot(page, "prompt")
        await stage.write(page, REPORT)
        await stage.shoot(page, "card")
        await stage.write(page, OUTCOMES)
        await stage.press(page, "Kirim")
        await stage.shoot(page, "sent")


async def _deciding(stage: Stage) -> None:
    async with stage.page("Hj. Nurul Hidayah") as page:
        await stage.write(page, "/periksa")
        await stage.shoot(page, "queue")
        await stage.press(page, "Ani Rahmawati · 18 November")
        await stage.shoot(page, "review")
        await stage.press(page, "Kembalikan")
        await stage.press(page, "3")
        await stage.shoot(page, "reason")
        await stage.press(page, "Hasil belum jelas")


async def _correcting(stage: Stage) -> None:
    async with stage.page("Ani Rahmawati") as page:
        await stage.shoot(page, "returned")
        await stage.press(page, "Perbaiki hasil")
        await stage.write(page, BETTER)
        await stage.shoot(page, "corrected")
        await stage.press(page, "Kirim perbaikan")


async def _praising(stage: Stage) -> None:
    async with stage.page("Hj. Nurul Hidayah") as page:
        await stage.press(page, "‹ Antrean")
        await stage.press(page, "Ani Rahmawati · 18 November")
        await stage.shoot(page, "changed")
        await stage.press(page, "Umpan balik")
        await stage.press(page, "Apresiasi")
        await stage.shoot(page, "feedback")
        await stage.press(page, "Terima kasih, hasilnya jelas dan bermanfaat.")
        await stage.press(page, "Setujui")
    async with stage.page("Ani Rahmawati") as page:
        await stage.shoot(page, "approved")
        await stage.write(page, "/pengaturan")
        await stage.shoot(page, "settings")


async def _looking_down(stage: Stage) -> None:
    """What Ani promised, and from an own RHK of the head to what was done for it."""
    async with stage.page("Ani Rahmawati") as page:
        await stage.write(page, "/skp")
        await stage.shoot(page, "skp")
        await stage.press(page, "1")
        await stage.shoot(page, "skp-rhk")
    async with stage.page("Hj. Nurul Hidayah") as page:
        await stage.write(page, "/pohon")
        await stage.shoot(page, "tree")
        await stage.press(page, "1")
        await stage.shoot(page, "tree-rhk")
        await stage.press(page, "1")
        await stage.shoot(page, "tree-work")


async def make(out: Path) -> None:
    """Makes every picture. Raises RuntimeError when one is too large."""
    await asyncio.to_thread(out.mkdir, parents=True, exist_ok=True)
    stop = asyncio.Event()
    async with (
        demo_scene(load_settings({}), start=START, patient=True) as scene,
        async_playwright() as playwright,
    ):
        polling = asyncio.create_task(scene.run(stop))
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--font-render-hinting=none"]
        )
        try:
            await play(Stage(scene, browser, out))
        finally:
            await browser.close()
            stop.set()
            await polling


def main() -> int:
    """0: written. 1: chromium is missing or a picture is too large."""
    parser = argparse.ArgumentParser(prog="python -m bench.pictures", description=__doc__)
    parser.add_argument("--output", type=Path, default=FOLDER, help="folder of the pictures")
    out: Path = parser.parse_args().output
    if shutil.which("chromium") is None:
        print("chromium is missing: apt-get install chromium", file=sys.stderr)
        return 1
    configure_logs(style="text")
    with tempfile.TemporaryDirectory() as draft:
        asyncio.run(make(Path(draft)))
        found = sorted(Path(draft).glob("*.png"))
        large = [one.name for one in found if one.stat().st_size > LARGEST]
        for one in found:
            print(f"{one.name:16} {one.stat().st_size:7}")
        if large:
            print(f"over {LARGEST} bytes: {', '.join(large)}", file=sys.stderr)
            return 1
        out.mkdir(parents=True, exist_ok=True)
        for one in found:
            shutil.copyfile(one, out / one.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
