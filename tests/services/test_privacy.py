"""Own data: what somebody else typed about their own work is not in it; who is told instead."""

import pytest
from sqlalchemy import select, update

from bot.texts import Texts
from bot.views.privacy import data_summary
from models import (
    ActionStep,
    AnnexKind,
    AnnexLine,
    Aspect,
    Behaviour,
    Blocker,
    Expectation,
    Indicator,
    IndicatorValue,
    Person,
    PlanEvent,
    SheetRow,
    StepVerdict,
    Target,
)
from models.engine import Database
from services import blockers, planning
from services.people.privacy import everything_about
from tests.office import Office
from tests.services.desk import TODAY, Desk
from tests.services.seats import stand_in


@pytest.fixture
def ani(db: Database, office: Office) -> Desk:
    return Desk(db, office, office.ani)


async def raised(desk: Desk) -> int:
    taken = await desk.types("Melayani warga -> 3 surat terbit")
    await desk.calls(blockers.raise_blocker, "Listrik padam sejak pagi", day_id=taken.day_id)
    async with desk.db.reading() as session:
        return (await session.scalars(select(Blocker.id))).one()


async def test_a_former_supervisor_is_not_given_what_another_typed(ani: Desk, office: Office) -> None:
    one = await raised(ani)
    budi = ani.of(office.budi)
    await budi.calls(blockers.answer_blocker, one, "Saya tindak lanjuti")
    async with ani.db.writing() as session:
        await session.execute(update(Person).where(Person.id == office.ani).values(supervisor_id=office.dewi))
    dewi = ani.of(office.dewi)
    await dewi.calls(blockers.close_blocker, one)
    found = {}
    async with ani.db.reading() as session:
        for who in (office.ani, office.budi, office.dewi):
            [row] = (await everything_about(session, who))["blockers"]
            found[who] = (row.get("text"), row.get("answer"))
    assert found == {
        office.ani: ("Listrik padam sejak pagi", "Saya tindak lanjuti"),
        office.budi: (None, "Saya tindak lanjuti"),
        office.dewi: (None, None),
    }


async def test_the_stand_in_is_told_too_that_it_is_over(ani: Desk, office: Office) -> None:
    one = await raised(ani)
    await stand_in(ani.db, office.budi, office.dewi)
    await ani.calls(blockers.close_blocker, one)
    for who in (office.budi, office.dewi):
        assert "blocker_closed" in await ani.told(who)


async def test_plans_obstacles_and_standing_in_are_counted(ani: Desk, office: Office) -> None:
    await raised(ani)
    await ani.calls(planning.take_plan, "Rapat dinas\nMenyusun modul", work_date=TODAY)
    await stand_in(ani.db, office.budi, office.ani)
    async with ani.db.reading() as session:
        data = await everything_about(session, office.ani)
    shown = data_summary(Texts().speech("id"), data, zone="Asia/Jakarta").text
    for line in ("2 baris rencana", "1 kendala", "1 catatan pelaksana tugas"):
        assert line in shown


async def test_everything_around_an_skp_is_given(ani: Desk, office: Office) -> None:
    taken = await ani.types("Mengajar Fikih -> tuntas")
    first = office.ani_targets[0]
    async with ani.db.writing() as session:
        plan = await session.scalar(select(Target.plan_id).where(Target.id == first)) or 0
        step = ActionStep(target_id=first, quarter=4, position=0, text="Menilai", created_at=ani.now)
        quality = Indicator(
            target_id=first, position=1, aspect=Aspect.QUALITY, text="Tuntas", goal_text="90%"
        )
        session.add_all([step, quality])
        await session.flush()
        session.add_all(
            [
                IndicatorValue(indicator_id=quality.id, number=87, as_of=TODAY, reported_at=ani.now),
                AnnexLine(plan_id=plan, kind=AnnexKind.SUPPORT, position=0, text="Laptop"),
                Expectation(
                    plan_id=plan,
                    behaviour=Behaviour.LOYAL,
                    text="Setia",
                    set_by=office.budi,
                    set_at=ani.now,
                ),
                PlanEvent(plan_id=plan, version=1, verdict=StepVerdict.IMPORTED, at=ani.now),
                SheetRow(entry_id=taken.entry_ids[0], step_id=step.id, copied_at=ani.now),
            ]
        )
    async with ani.db.reading() as session:
        data = await everything_about(session, office.ani)
        others = await everything_about(session, office.eko)
        above = await everything_about(session, office.budi)
    around = ("plan_events", "action_steps", "indicator_values", "annex_lines", "expectations", "sheet_rows")
    for table in around:
        assert len(data[table]) == 1, table
        assert table not in others
    assert [one["text"] for one in above["expectations"]] == ["Setia"], "what one wrote is one's own, too"
    shown = data_summary(Texts().speech("id"), data, zone="Asia/Jakarta").text
    assert "3 RHK" in shown
