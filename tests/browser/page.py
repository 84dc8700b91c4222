"""The chat page in a real browser: for the tests, and for whoever wants pictures of it.

async with open_page(sim.url, person=ani.id, width=390, height=844, dark=True) as page:
    await page.screenshot(path="ani.png")
"""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, async_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
TOUCH_BELOW = 720
"""Pixels: narrower windows are telephones, with a finger instead of a mouse."""


def find_browser() -> str | None:
    """Path of the first browser found on this machine."""
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """A browser without a window; raises LookupError when there is none on this machine."""
    path = find_browser()
    if path is None:
        raise LookupError(f"none of {', '.join(BROWSERS)} is installed")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(OPTIONS))
        try:
            yield browser
        finally:
            await browser.close()


async def visit(
    browser: Browser,
    url: str,
    *,
    person: int | None = None,
    chat: int | None = None,
    width: int = 1280,
    height: int = 800,
    dark: bool = False,
    on_problem: Callable[[str], None] | None = None,
) -> Page:
    """A new window on the chat page of the simulator at `url`, as this person, when it has loaded.

    Sizes are CSS pixels; nothing is animated, so that pictures are sharp. The page's own language is
    Indonesian whatever the machine speaks. `on_problem` hears of every error the browser would write into
    its console.
    """
    phone = width < TOUCH_BELOW
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2 if phone else 1,
        has_touch=phone,
        color_scheme="dark" if dark else "light",
        locale="id-ID",
        reduced_motion="reduce",
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = await context.new_page()
    if on_problem is not None:
        tell = on_problem
        page.on("pageerror", lambda error: tell(str(error)))
        page.on("console", lambda said: tell(said.text) if said.type in {"error", "warning"} else None)
    where = f"#person={person}" if person is not None else ""
    if person is not None and chat is not None:
        where += f"&chat={chat}"
    await page.goto(f"{url}/sim/{where}")
    if person is not None:
        await page.locator(f'#app[data-shown="{person}/{chat or person}"]').wait_for()
    else:
        await page.locator("#people-list > *").first.wait_for()
    return page


@asynccontextmanager
async def open_page(
    url: str,
    person: int | None = None,
    *,
    chat: int | None = None,
    width: int = 1280,
    height: int = 800,
    dark: bool = False,
) -> AsyncIterator[Page]:
    """One window in a browser of its own, closed at the end (see `visit`)."""
    async with launched() as browser:
        yield await visit(browser, url, person=person, chat=chat, width=width, height=height, dark=dark)
