"""What a person sets for themselves: recorded once, refused to who is not asked."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models import AuditEvent, DayKind, DutyPeriod, Person
from models.engine import Database
from services import settings
from services.errors import Invalid, NotAllowed
from tests.office import Office
from tests.services.desk import Desk


@pytest.fixture
def ani(db: Database, office: Office) -> Desk:
    return Desk(db, office, office.ani)


async def audited(desk: Desk) -> list[tuple[str, str | None]]:
    async with desk.db.reading() as session:
        rows = await session.execute(select(AuditEvent.action, AuditEvent.detail).order_by(AuditEvent.id))
        return [(action, detail) for action, detail in rows]


async def stored(desk: Desk) -> Person:
    async with desk.db.reading() as session:
        person = await session.get_one(Person, desk.person)
        session.expunge(person)
        return person


async def test_each_change_is_recorded_once(ani: Desk) -> None:
    for _ in range(2):
        await ani.calls(settings.set_reminder_cap, 1)
        assert await ani.calls(settings.pause_reminders, 7) == date(2026, 11, 25)
        await ani.calls(settings.ask_for_plan, True)
    await ani.calls(settings.pause_reminders, None)
    assert await audited(ani) == [
        ("reminder_cap_changed", "1"),
        ("reminders_paused", "2026-11-25"),
        ("plan_asked_changed", "true"),
        ("reminders_paused", None),
    ]
    person = await stored(ani)
    assert (person.reminder_cap, person.reminders_from, person.plan_asked) == (1, None, True)


async def test_on_a_journey_the_clock_shown_is_the_one_there(ani: Desk, office: Office) -> None:
    async with ani.db.writing() as session:
        session.add(
            DutyPeriod(
                person_id=office.ani,
                kind=DayKind.FIELD,
                first=date(2026, 11, 18),
                last=date(2026, 11, 20),
                zone="Asia/Jayapura",
                created_at=ani.now,
                created_by=office.ani,
            )
        )
    assert (await ani.calls(settings.load_settings)).zone == "Asia/Jayapura"


async def test_a_pause_is_over_on_its_day(ani: Desk) -> None:
    await ani.calls(settings.pause_reminders, 1)
    for days, until in ((0, date(2026, 11, 19)), (1, None)):
        own = await ani.calls(settings.load_settings, now=ani.now + timedelta(days=days))
        assert own.paused_until == until


@pytest.mark.parametrize("cap", [-1, 4])
async def test_a_number_of_reminders_that_is_none(ani: Desk, cap: int) -> None:
    with pytest.raises(Invalid, match="reminder_cap"):
        await ani.calls(settings.set_reminder_cap, cap)


async def test_a_pause_that_no_button_offers(ani: Desk) -> None:
    with pytest.raises(Invalid, match="reminder_pause"):
        await ani.calls(settings.pause_reminders, 400)


async def test_who_is_not_asked_has_nothing_to_set_but_the_language(db: Database, office: Office) -> None:
    admin = Desk(db, office, office.admin)
    for service, value in (
        (settings.set_reminder_cap, 1),
        (settings.pause_reminders, 7),
        (settings.ask_for_plan, True),
    ):
        with pytest.raises(NotAllowed):
            await admin.calls(service, value)
    await admin.calls(settings.set_language, "en")
    assert await audited(admin) == [("language_changed", "en")]
