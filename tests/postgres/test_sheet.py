"""The e-Kinerja sheet on PostgreSQL: rows, times, amounts, steps, marks, and a mark that goes."""

from datetime import date, datetime, time

import pytest
from sqlalchemy import select

from models import Day, Entry, LinkSource, SheetRow, State
from models.engine import Database
from services.people.identity import who_is
from services.sheet import copying, writing
from services.sheet.loading import load_sheet
from services.sheet.rows import Gap, Sheet
from services.sheet.writing import mark_of
from tests.office import Office, build_office, user_of

pytestmark = pytest.mark.postgres


@pytest.fixture
async def pg_office(pg_db: Database, now: datetime) -> Office:
    async with pg_db.writing() as session:
        return await build_office(session, now=now)


async def test_a_sheet_is_completed_and_copied(pg_db: Database, pg_office: Office, now: datetime) -> None:
    ani = pg_office.ani
    async with pg_db.writing() as session:
        day = Day(person_id=ani, work_date=date(2026, 11, 12), state=State.APPROVED, created_at=now)
        session.add(day)
        await session.flush()
        session.add_all(
            Entry(
                day_id=day.id,
                position=place,
                state=State.APPROVED,
                activity=f"Kegiatan {place}",
                target_id=pg_office.ani_targets[0],
                link_source=LinkSource.CHOSEN,
                created_at=now,
            )
            for place in range(3)
        )
        day_id = day.id

    async def sheet() -> Sheet:
        async with pg_db.reading() as session:
            return await load_sheet(session, ani, first=date(2026, 11, 1), last=date(2026, 11, 30))

    for _ in range(2):
        found = await sheet()
        async with pg_db.writing() as session:
            actor = await who_is(session, user_of(ani), now=now)
            assert actor is not None
            mark = mark_of(found.entries)
            await writing.accept_times(session, actor, found, mark=mark)
            await writing.set_all_amounts(session, actor, found, mark=mark)
            entry = found.entries[0].entry_id
            await writing.write_step(session, actor, found, entry, "Menyusun modul", now=now)
            copy_day = await copying.load_copy_day(session, actor, date(2026, 11, 12), base=None)
            shown = copying.shown_mark(copy_day.entries)
            await copying.mark_day(session, actor, day_id, mark=shown, base=None, now=now)
    found = await sheet()
    assert [one.gaps for one in found.entries] == [(Gap.EVIDENCE,)] * 3
    assert found.entries[0].said == (time(7, 30), time(9, 30))
    assert not found.uncopied
    async with pg_db.reading() as session:
        actor = await who_is(session, user_of(ani), now=now)
        assert actor is not None
        assert (await copying.load_uncopied(session, actor, date(2026, 11, 1))).days == ()
        assert (await copying.load_copy_day(session, actor, date(2026, 11, 12), base=None)).left == 0
    async with pg_db.writing() as session:
        (await session.get_one(Entry, found.entries[1].entry_id)).activity = "Diubah"
    async with pg_db.reading() as session:
        marks = await session.scalars(select(SheetRow.copied_at).order_by(SheetRow.entry_id))
        assert [one is not None for one in marks] == [True, False, True]
