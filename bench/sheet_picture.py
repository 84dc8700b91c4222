"""The picture of an exported e-Kinerja sheet in the README, made of the demo office.

    .venv/bin/python -m bench.sheet_picture [FILE.png]

Needs LibreOffice (soffice) and poppler (pdftoppm) on the machine; the xlsx itself needs neither.
"""

import argparse
import asyncio
import hashlib
import tempfile
from datetime import date, datetime
from pathlib import Path

from PIL import Image
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.demo.office import build_office, live_past_weeks
from bot.views.sheet_file import lines_of
from documents.sheet import write_xlsx
from models import ActionStep, Evidence, EvidenceKind, PerformancePlan, Target
from models.engine import Database
from models.migrate import migrate
from services.calendar import seed_holidays
from services.people.identity import Actor, who_is
from services.sheet import writing
from services.sheet.loading import load_sheet
from services.sheet.rows import Gap, Sheet

NOW = datetime.fromisoformat("2026-11-18T14:15:05+07:00")
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
BASE = "https://bukti.kemenag-sukamaju.go.id"
PLACE = Path(__file__).resolve().parent.parent / "docs/pictures/ekinerja-sheet.png"
WHOSE = "Ani"
STEPS = (
    ("perangkat", "Menyusun 3 modul ajar bab zakat, puasa, dan salat jamak"),
    ("penilaian", "Menganalisis penilaian tengah semester dan melaksanakan remedial"),
    ("ibadah", "Membina salat duha dan tadarus kelas VIII setiap pagi"),
    ("panitia", "Menjadi panitia peringatan Hari Guru Nasional"),
    ("pembelajaran", "Melaksanakan pembelajaran Fikih kelas VII dan VIII semester ganjil"),
)
"""A word of the RHK, and what Ani planned for it in the last quarter."""
WIDTH = 1500
"""Pixels."""


async def exported(folder: Path) -> bytes:
    """Ani's sheet of November, completed as she would."""
    database = Database(f"sqlite:///{folder}/demo.db")
    try:
        await migrate(database)
        async with database.writing() as session:
            await seed_holidays(session, (2026,), now=NOW)
            members = await build_office(session, now=NOW)
            await live_past_weeks(session, members, now=NOW)
            ani = next(one for one in members if one.name.startswith(WHOSE))
            actor = await who_is(session, ani.user_id, now=NOW)
            assert actor is not None

            async def sheet() -> Sheet:
                return await load_sheet(session, actor.person_id, first=FIRST, last=LAST, base=BASE)

            await _planned(session, actor)
            for place, one in enumerate((await sheet()).entries):
                if place % 3 == 0:
                    session.add(_photo(actor, one.entry_id, place))
            for one in (await sheet()).lacking(Gap.LINK):
                word = "ibadah" if "tadarus" in one.activity or "duha" in one.activity else "panitia"
                step = await session.scalar(select(ActionStep.id).where(ActionStep.text == dict(STEPS)[word]))
                assert step is not None
                await writing.choose_step(session, actor, await sheet(), one.entry_id, step)
            now = await sheet()
            await writing.accept_times(session, actor, now, mark=writing.mark_of(now.entries))
            now = await sheet()
            await writing.set_all_amounts(session, actor, now, mark=writing.mark_of(now.entries))
            return write_xlsx(lines_of(await sheet()), made=NOW)
    finally:
        await database.close()


async def _planned(session: AsyncSession, actor: Actor) -> None:
    """An action step for each of Ani's RHK."""
    for target_id, text in await session.execute(
        select(Target.id, Target.text)
        .join(PerformancePlan, PerformancePlan.id == Target.plan_id)
        .where(PerformancePlan.person_id == actor.person_id)
    ):
        step = next((step for word, step in STEPS if word in text.casefold()), text)
        await writing.keep_step(session, target_id, quarter=4, text=step, now=NOW)


def _photo(actor: Actor, entry_id: int, number: int) -> Evidence:
    return Evidence(
        person_id=actor.person_id,
        entry_id=entry_id,
        kind=EvidenceKind.PHOTO,
        sha256=hashlib.sha256(str(number).encode()).hexdigest(),
        created_at=NOW,
    )


async def run(*words: str) -> None:
    """A program to its end. Raises ChildProcessError when it fails."""
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.DEVNULL)
    if await process.wait():
        raise ChildProcessError(words[0])


async def draw(xlsx: Path, picture: Path) -> None:
    """The first page as a small PNG, its margins cut off."""
    folder, page = xlsx.parent, xlsx.with_suffix("")
    await run("soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(xlsx))
    await run(
        "pdftoppm", "-png", "-r", "150", "-l", "1", "-singlefile", str(xlsx.with_suffix(".pdf")), str(page)
    )
    with Image.open(xlsx.with_suffix(".png")) as image:
        grey = image.convert("L").point(lambda value: 255 if value < 250 else 0)
        box = grey.getbbox() or (0, 0, *image.size)
        cut = image.convert("RGB").crop((max(0, box[0] - 12), max(0, box[1] - 12), box[2] + 12, box[3] + 12))
        cut.thumbnail((WIDTH, WIDTH))
        cut.quantize(32).save(picture, optimize=True)


async def make(picture: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="kinerja-sheet-") as name:
        xlsx = Path(name) / "sheet.xlsx"
        xlsx.write_bytes(await exported(Path(name)))
        await draw(xlsx, picture)
    print(picture.name)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", nargs="?", type=Path, default=PLACE)
    asyncio.run(make(parser.parse_args().file))


if __name__ == "__main__":
    main()
