"""The days a shift works: who may mark them, within which limits, and who is told."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from models import OutboxMessage, Pattern, Person, ShiftDay
from models.engine import Database
from services.duty import shifts
from services.errors import DomainError, Invalid, NotAllowed, NotFound
from tests.office import Office
from tests.services.desk import TODAY, Desk, at


@pytest.fixture
async def citra(db: Database, office: Office) -> Desk:
    async with db.writing() as session:
        await session.execute(update(Person).where(Person.id == office.citra).values(pattern=Pattern.SHIFT))
    return Desk(db, office, office.citra)


async def marked(db: Database) -> list[date]:
    async with db.reading() as session:
        return list(await session.scalars(select(ShiftDay.day).order_by(ShiftDay.day)))


async def marks(desk: Desk, person: int, *days: date, working: bool = True) -> int:
    found: int = await desk.calls(shifts.mark_days, person, days, working=working)
    return found


async def test_marking_twice_marks_once_and_can_be_taken_away(
    db: Database, office: Office, citra: Desk
) -> None:
    days = [TODAY, TODAY + timedelta(days=4)]
    assert await marks(citra, office.citra, *days) == 2
    assert await marks(citra, office.citra, *days) == 0
    assert await marks(citra, office.citra, *days, TODAY + timedelta(days=5)) == 1
    assert await marks(citra, office.citra, TODAY, working=False) == 1
    assert await marks(citra, office.citra, TODAY, working=False) == 0
    assert await marked(db) == [TODAY + timedelta(days=4), TODAY + timedelta(days=5)]
    assert await marks(citra, office.citra) == 0
    assert await citra.told(office.citra) == []


@pytest.mark.parametrize(
    ("day", "code"),
    [(date(2026, 10, 31), "shift_closed"), (TODAY + timedelta(days=93), "shift_too_far")],
)
async def test_limits_hold_for_every_day_of_several(
    db: Database, office: Office, citra: Desk, day: date, code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        await marks(citra, office.citra, TODAY, day)
    assert await marked(db) == []
    await marks(citra, office.citra, date(2026, 11, 1), TODAY + timedelta(days=92))


@pytest.mark.parametrize(
    ("who", "whose", "error", "code"),
    [
        ("ani", "ani", Invalid, "shift_not_yours_five_days"),
        ("budi", "ani", Invalid, "shift_not_theirs"),
        ("ani", "citra", NotAllowed, "not_allowed"),
        ("head", "citra", NotAllowed, "not_allowed"),
        ("dewi", "citra", NotAllowed, "not_allowed"),
        ("budi", None, NotFound, "person"),
    ],
)
async def test_only_the_person_and_their_supervisor_may(
    db: Database,
    office: Office,
    citra: Desk,
    who: str,
    whose: str | None,
    error: type[DomainError],
    code: str,
) -> None:
    person = getattr(office, whose) if whose else 10**9
    desk = citra.of(getattr(office, who))
    with pytest.raises(error, match=code):
        await marks(desk, person, TODAY)
    with pytest.raises(error, match=code):
        await desk.calls(shifts.load_month, person, TODAY)
    assert await marked(db) == []


async def test_changes_of_the_supervisor_are_told_once(db: Database, office: Office, citra: Desk) -> None:
    budi = citra.of(office.budi)
    await marks(citra, office.citra, TODAY)
    await marks(budi, office.citra, TODAY + timedelta(days=1))
    await marks(budi, office.citra, TODAY, TODAY + timedelta(days=1), working=False)
    await marks(budi, office.citra, TODAY + timedelta(days=1))
    assert await citra.told(office.citra) == ["shifts_told"]
    async with db.reading() as session:
        payload = await session.scalar(select(OutboxMessage.payload))
        assert payload is not None
        days = [date.fromisoformat(one) for one in payload["days"]]
        found = await shifts.load_changed(session, await citra.actor(session), days)
    assert found == ((TODAY + timedelta(days=1),), (TODAY,))


async def test_the_month_and_the_list_show_what_is_marked(office: Office, citra: Desk) -> None:
    await marks(citra, office.citra, TODAY, date(2026, 12, 1))
    month = await citra.calls(shifts.load_month, office.citra, date(2026, 11, 30))
    assert (month.first, month.days, month.own) == (date(2026, 11, 1), {TODAY}, True)
    assert (month.since, month.until) == (date(2026, 11, 1), TODAY + timedelta(days=92))
    december = await citra.of(office.budi).calls(shifts.load_month, office.citra, date(2026, 12, 1))
    assert (december.days, december.own) == ({date(2026, 12, 1)}, False)
    workers = await citra.of(office.budi).calls(shifts.load_workers)
    assert [(one.name, one.ahead) for one in workers] == [("Citra Lestari", 2)]
    assert await citra.of(office.dewi).calls(shifts.load_workers) == ()


async def test_until_the_lock_the_month_before_may_be_marked(office: Office, citra: Desk) -> None:
    october = [date(2026, 10, 31)]
    await citra.calls(shifts.mark_days, office.citra, october, working=True, now=at(23, 59, day=5))
