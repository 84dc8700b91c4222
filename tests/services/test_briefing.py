"""What the morning brief knows, and that it costs the same for three people as for sixty."""

from datetime import date, datetime

from sqlalchemy import event, update

from models import Account, Blocker, Day, DayKind, Person, Role, RoleName
from models.engine import Database
from services.briefing import Brief, load_brief
from tests.office import Office, user_of
from tests.services.reporting import send_day
from tests.services.seats import at, away, somebody, stand_in

MORNING = at(23, 8)
"""Monday; the last workday was Friday the 20th."""


async def brief(db: Database, who: int, now: datetime = MORNING) -> Brief:
    async with db.reading() as session:
        return await load_brief(session, await somebody(session, who, now), now=now)


async def crowd(db: Database, office: Office, count: int) -> None:
    async with db.writing() as session:
        for number in range(count):
            person = Person(name=f"Guru {number:02d}", supervisor_id=office.budi, created_at=at(2))
            session.add(person)
            await session.flush()
            user_id = user_of(person.id + 5000)
            session.add(Role(person_id=person.id, role=RoleName.STAFF))
            session.add(Account(user_id=user_id, chat_id=user_id, person_id=person.id, joined_at=at(2)))
            session.add(
                Blocker(person_id=person.id, work_date=date(2026, 11, 20), text="Macet", raised_at=at(20))
            )


async def test_missing_is_of_ones_own_last_workday_and_counted_by_month(
    db: Database, office: Office, now: datetime
) -> None:
    async with db.writing() as session:
        await session.execute(update(Account).values(joined_at=at(18, 7)))
    await away(db, office.citra, date(2026, 11, 20), date(2026, 11, 20), kind=DayKind.FIELD)
    found = await brief(db, office.budi)
    assert [(one.name, one.last.day, one.count) for one in found.missing] == [
        ("Ani Rahmawati", 20, 3),
        ("Citra Lestari", 20, 3),
    ]
    await away(db, office.ani, date(2026, 11, 20), date(2026, 11, 20), kind=DayKind.SICK)
    async with db.writing() as session:
        session.add(
            Day(
                person_id=office.citra,
                work_date=date(2026, 11, 20),
                created_at=now,
                nothing_reason="Menunggu surat tugas",
            )
        )
    found = await brief(db, office.budi)
    assert [(one.name, one.last.day, one.count) for one in found.missing] == [("Ani Rahmawati", 19, 2)]
    assert [(one.name, one.reason) for one in found.nothing] == [("Citra Lestari", "Menunggu surat tugas")]


async def test_away_says_the_kind_and_until_when_but_not_of_those_at_work(
    db: Database, office: Office, now: datetime
) -> None:
    await away(db, office.ani, date(2026, 11, 23), date(2026, 11, 27), kind=DayKind.PERMIT)
    await away(db, office.citra, date(2026, 11, 23), date(2026, 11, 23), kind=DayKind.FIELD)
    found = await brief(db, office.budi)
    assert [(one.name, one.kind, one.last.day) for one in found.away] == [
        ("Ani Rahmawati", DayKind.PERMIT, 27)
    ]
    assert not (await brief(db, office.budi, at(28))).away, "a Saturday is nobody's leave"
    await away(db, office.citra, date(2026, 11, 24), date(2026, 11, 24), kind=DayKind.EXCUSED)
    tuesday = (await brief(db, office.budi, at(24, 8))).away
    assert [one.name for one in tuesday] == ["Ani Rahmawati"], "who is excused is at work"
    async with db.writing() as session:
        await session.execute(update(Person).where(Person.id == office.ani).values(active=False))
    assert not (await brief(db, office.budi)).away


async def test_a_stand_in_is_told_of_the_seat_and_not_of_themselves(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, _ = await send_day(db, office.ani, now=now)
    await stand_in(db, office.budi, office.citra, last=date(2026, 11, 23))
    found = await brief(db, office.citra)
    assert [(one.day_id, one.capacity) for one in found.queue.days] == [(day_id, "plh")]
    assert [one.name for one in found.missing] == ["Ani Rahmawati"]
    assert (await brief(db, office.citra, at(24))).empty


async def test_it_costs_the_same_for_sixty(db: Database, office: Office, now: datetime) -> None:
    await send_day(db, office.ani, now=now)
    await crowd(db, office, 3)
    seen: list[object] = []

    def note(*given: object) -> None:
        seen.append(given[2])

    event.listen(db.engine.sync_engine, "before_cursor_execute", note)
    try:
        await brief(db, office.budi)
        few = len(seen)
        await crowd(db, office, 57)
        seen.clear()
        found = await brief(db, office.budi)
    finally:
        event.remove(db.engine.sync_engine, "before_cursor_execute", note)
    assert len(found.missing) == 62
    assert len(found.blockers) == 60
    assert few == len(seen) < 45
