"""An import of SKP beside what people do in chat at that moment."""

import asyncio
from datetime import datetime

from sqlalchemy import select

from models import PerformancePlan, Target
from models.engine import Database
from services.people.identity import who_is
from services.plans.import_skp import SkpImported, import_skp
from services.plans.steps import add_step
from tests.office import Office, build_office, user_of
from tests.services.skp_rows import BUDI, cells, skp

EKO = "198501012010011006"
A_WHILE = 0.5
"""Seconds after which whoever waits for a lock surely does."""


async def office_of(db: Database, now: datetime) -> Office:
    async with db.writing() as session:
        return await build_office(session, now=now)


async def test_an_import_holds_up_nobody_whom_its_file_does_not_name(pg_db: Database, now: datetime) -> None:
    office = await office_of(pg_db, now)

    async def plans_ahead() -> None:
        async with pg_db.writing() as session:
            ani = await who_is(session, user_of(office.ani), now=now)
            assert ani is not None
            await add_step(session, ani, office.ani_targets[0], quarter=4, text="Rapat", now=now)

    async with pg_db.writing() as session:
        report = await import_skp(session, cells([skp("RHK Budi", nip=BUDI)]), now=now)
        assert not report.faults
        await asyncio.wait_for(plans_ahead(), timeout=10)


async def test_a_first_rhk_typed_meanwhile_is_met_not_tripped_over(pg_db: Database, now: datetime) -> None:
    office = await office_of(pg_db, now)

    async def imports() -> SkpImported:
        async with pg_db.writing() as session:
            return await import_skp(session, cells([skp("RHK Eko", nip=EKO)]), now=now)

    async with pg_db.writing() as session:
        plan = PerformancePlan(person_id=office.eko, year=2026, created_at=now)
        session.add(plan)
        await session.flush()
        session.add(Target(plan_id=plan.id, position=0, text="Diketik di chat"))
        await session.flush()
        task = asyncio.create_task(imports())
        await asyncio.sleep(A_WHILE)
        assert not task.done()
    assert [one.code for one in (await task).faults] == ["plan_draft"]
    async with pg_db.reading() as session:
        query = select(Target.text).join(PerformancePlan).where(PerformancePlan.person_id == office.eko)
        assert list(await session.scalars(query)) == ["Diketik di chat"]
