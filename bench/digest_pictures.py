"""The weekly summaries of the demo office: `python -m bench.digest_pictures` writes docs/summaries.md.

Lets the invented office live two weeks, then shows the week in both languages: what is told, and its picture
(docs/pictures/week-*.png). Nothing is written by hand.
"""

import argparse
import asyncio
import html
import re
import sys
import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.commands.running import prepare
from bot.context import Picture
from bot.demo.office import build_office, live_past_weeks
from bot.screens import Screen
from bot.texts import Html, Speech, Texts
from bot.views.digest_pictures import own_picture, team_picture, unit_picture
from bot.views.digests import own_screen, team_screen, unit_screen
from documents.pictures import draw
from models import Person
from models.engine import Database
from services.digests.periods import subject_of_unit
from services.digests.person import person_week
from services.digests.team import team_week
from services.digests.unit import unit_week

DOCS = Path(__file__).resolve().parent.parent / "docs"
WEEK = date(2026, 11, 19)
LIVED = datetime.fromisoformat("2026-11-20T08:00:00+07:00")
READ = datetime.fromisoformat("2026-11-20T16:31:00+07:00")
"""A Friday, a minute after the cut."""
WHO, BOSS = "Ani Rahmawati", "Hj. Nurul Hidayah"
LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}
LARGEST = 150 * 1024
"""Bytes of one picture."""
INTRO = """# Weekly summaries, as they are sent

Made by `.venv/bin/python -m bench.digest_pictures` from two invented weeks of the
[demo office](../README.md#the-first-three-minutes). A bar on the left (▏) marks what is folded in the chat.
What counts in which week: [decision 0008](decisions/0008-summaries-by-cut.md).
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """One summary: its heading and the name of its picture."""

    title: str
    name: str
    screen: Screen
    picture: Picture


async def summaries(session: AsyncSession, t: Speech) -> list[Shown]:
    """Ani's week, that of her head's team, and that of the unit."""
    ani = (await session.scalars(select(Person).where(Person.name == WHO))).one()
    boss = (await session.scalars(select(Person).where(Person.name == BOSS))).one()
    own = await person_week(session, ani.id, WEEK, now=READ)
    team = await team_week(session, boss.id, WEEK, now=READ)
    unit = await unit_week(session, await subject_of_unit(session, ani.unit_id or 0), WEEK, now=READ)
    return [
        Shown(f"To {WHO}", "person", own_screen(t, own, None), own_picture(t, own)),
        Shown(f"To {BOSS}, who supervises", "team", team_screen(t, team, None), team_picture(t, team)),
        Shown("To the group of the unit", "unit", unit_screen(t, unit, None), unit_picture(t, unit)),
    ]


def plain(text: Html) -> str:
    """What is read, with a bar in front of what is folded."""
    found = re.sub(
        r"<blockquote expandable>(.*?)</blockquote>",
        lambda match: "\n".join(f"▏ {line}" for line in match[1].splitlines()),
        text,
        flags=re.DOTALL,
    )
    return html.unescape(re.sub(r"<[^>]+>", "", found))


async def make(out: Path) -> list[Path]:
    """Writes the page and its pictures; gives the pictures."""
    pictures = out / "pictures"
    await asyncio.to_thread(pictures.mkdir, parents=True, exist_ok=True)
    page, drawn = [INTRO], []
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/office.db")
        try:
            await prepare(database, now=LIVED)
            async with database.writing() as session:
                members = await build_office(session, now=LIVED)
                await live_past_weeks(session, members, now=LIVED)
            async with database.reading() as session:
                for language, name in LANGUAGES.items():
                    page.append(f"## {name}\n")
                    for one in await summaries(session, Texts().speech(language)):
                        file = pictures / f"week-{one.name}-{language}.png"
                        png = await draw(one.picture.drawing, folder=Path(folder) / "drawn")
                        await asyncio.to_thread(file.write_bytes, png)
                        drawn.append(file)
                        alt = " ".join(plain(one.picture.words).split())
                        page.append(f"### {one.title} ({language})\n")
                        page.append(f"![{alt.replace('[', '(').replace(']', ')')}](pictures/{file.name})\n")
                        page.append(f"```text\n{plain(one.screen.text)}\n```\n")
        finally:
            await database.close()
    await asyncio.to_thread((out / "summaries.md").write_text, "\n".join(page), encoding="utf-8")
    return drawn


def main() -> int:
    """0: written. 1: a picture is too large."""
    parser = argparse.ArgumentParser(prog="python -m bench.digest_pictures", description=__doc__)
    parser.add_argument("--output", type=Path, default=DOCS, help="folder of the page")
    drawn = asyncio.run(make(parser.parse_args().output))
    for one in drawn:
        print(f"{one.name:20} {one.stat().st_size:7}")
    return int(any(one.stat().st_size > LARGEST for one in drawn))


if __name__ == "__main__":
    sys.exit(main())
