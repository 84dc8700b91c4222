"""Own data: what somebody else typed about their own work is not in it; who is told instead."""

import pytest
from sqlalchemy import select, update

from bot.texts import Texts
from bot.views.privacy import data_summary
from models import Blocker, Person
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
