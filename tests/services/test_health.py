"""How the bot is doing: each thing that can be wrong, made wrong in a real database."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select, update

from models import Account, FailedUpdate, Lane, OutboxMessage, OutboxState, Person
from models.engine import Database
from models.migrate import migrate
from services import health, heartbeats
from services.errors import NotAllowed
from services.health import About, Finding, Level, findings, load_health, worst
from services.heartbeats import Process
from services.people.identity import Actor, who_is
from tests.office import Office, user_of

NOVEMBER = date(2026, 11, 18)
MINUTE = timedelta(minutes=1)


def process(now: datetime, mode: str = "run", **fields: object) -> Process:
    values = {
        "name": f"srv:{mode}",
        "version": "0.1.0",
        "started_at": now - timedelta(hours=5),
        "seen_at": now,
        "ticked_at": now if mode != "web" else None,
        **fields,
    }
    return Process(mode=mode, **values)  # type: ignore[arg-type]


async def found(
    db: Database, now: datetime, *processes: Process, today: date = NOVEMBER
) -> dict[About, Finding]:
    """What is found wrong while these processes run; by default one that is well."""
    async with db.writing() as session:
        for one in processes or (process(now),):
            await heartbeats.beat(session, one)
    async with db.reading() as session:
        return {one.about: one for one in findings(await load_health(session, now=now, today=today))}


async def actor(db: Database, person_id: int, now: datetime) -> Actor:
    async with db.reading() as session:
        known = await who_is(session, user_of(person_id), now=now)
    assert known is not None
    return known


def notice(person_id: int, now: datetime, state: OutboxState, **fields: object) -> OutboxMessage:
    values = {"kind": "prompted", "created_at": now, "not_before": now, "lane": Lane.ROUND, **fields}
    ended = None if state is OutboxState.WAITING else now
    return OutboxMessage(person_id=person_id, state=state, finished_at=ended, **values)


async def test_an_office_in_order(db: Database, office: Office, now: datetime) -> None:
    assert await found(db, now) == {}
    assert worst([]) is Level.GOOD


async def test_nobody_looks_at_the_schedule(db: Database, office: Office, now: datetime) -> None:
    web = process(now, "web")
    assert (await found(db, now, web))[About.NOT_TICKING].params == {"since": None}
    stuck = process(now, "clock", ticked_at=now - 3 * MINUTE)
    one = (await found(db, now, web, stuck))[About.NOT_TICKING]
    assert (one.level, one.params["since"]) == (Level.BAD, now - 3 * MINUTE)


async def test_a_process_that_has_just_started_has_not_ticked_yet(
    db: Database, office: Office, now: datetime
) -> None:
    assert await found(db, now, process(now, "clock", started_at=now, ticked_at=None)) == {}


async def test_one_that_starts_over_and_over_does_not_tick(
    db: Database, office: Office, now: datetime
) -> None:
    died = process(now, "clock", name="srv:1", seen_at=now - 2 * MINUTE, ticked_at=None)
    again = process(now, "clock", name="srv:2", started_at=now, ticked_at=None)
    what = await found(db, now, died, again)
    assert what.keys() == {About.NOT_TICKING, About.DIED}
    ticks = process(now, "clock", name="srv:2", started_at=now)
    assert (await found(db, now, ticks)).keys() == {About.DIED}


async def test_a_tick_that_is_yet_to_come_proves_nothing(db: Database, office: Office, now: datetime) -> None:
    one = process(now, "clock", ticked_at=now + 5 * MINUTE)
    assert (await found(db, now, one))[About.NOT_TICKING].params == {"since": None}


async def test_when_it_was_backed_up(db: Database, office: Office, now: datetime) -> None:
    async with db.writing() as session:
        assert (await load_health(session, now=now, today=NOVEMBER)).backup is None
        health.note_backup(session, now=now - timedelta(days=8))
        health.note_backup(session, now=now - timedelta(days=2))
        await session.flush()
        assert (await load_health(session, now=now, today=NOVEMBER)).backup == now - timedelta(days=2)


async def test_a_process_that_died_is_told_of_for_an_hour(
    db: Database, office: Office, now: datetime
) -> None:
    gone = process(now, "web", seen_at=now - 30 * MINUTE)
    one = (await found(db, now, gone, process(now)))[About.DIED]
    assert (one.level, one.params) == (Level.LOOK, {"count": 1, "at": now - 30 * MINUTE})
    later = now + timedelta(hours=1)
    assert await found(db, later, process(later)) == {}


async def test_versions_and_clocks_that_differ(db: Database, office: Office, now: datetime) -> None:
    old = process(now, "web", version="0.0.9", clock_ahead=-7.2)
    what = await found(db, now, old, process(now))
    assert what.keys() == {About.VERSIONS, About.CLOCKS}
    assert (what[About.CLOCKS].level, what[About.CLOCKS].params["seconds"]) == (Level.LOOK, 7)
    far = process(now, "web", clock_ahead=90.0)
    assert (await found(db, now, far))[About.CLOCKS].level is Level.BAD


async def test_messages_that_wait_too_long(db: Database, office: Office, now: datetime) -> None:
    waits = notice(office.ani, now, OutboxState.WAITING, not_before=now - 6 * MINUTE)
    later = notice(office.ani, now, OutboxState.WAITING, not_before=now + 60 * MINUTE)
    async with db.writing() as session:
        session.add_all([waits, later])
    one = (await found(db, now))[About.STUCK]
    assert (one.level, one.params["minutes"]) == (Level.BAD, 6)
    assert About.STUCK not in await found(db, now - 2 * MINUTE)


async def test_messages_that_failed_or_may_have_arrived(db: Database, office: Office, now: datetime) -> None:
    async with db.writing() as session:
        session.add_all(
            [
                notice(office.ani, now, OutboxState.FAILED, error="stale"),
                notice(office.ani, now, OutboxState.FAILED, error="can't parse entities"),
                notice(office.citra, now, OutboxState.FAILED, error="Forbidden: bot was blocked by the user"),
                notice(office.citra, now, OutboxState.UNCERTAIN),
            ]
        )
    what = await found(db, now)
    assert what.keys() == {About.FAILING, About.UNCERTAIN}
    assert what[About.FAILING].params["count"] == 2, "that somebody blocked the bot is no fault"
    tomorrow = now + timedelta(days=1, minutes=1)
    assert (await found(db, tomorrow, process(tomorrow))).keys() == {About.UNCERTAIN}


async def test_updates_that_wait_for_a_replay(db: Database, office: Office, now: datetime) -> None:
    week = timedelta(days=7)
    rows = [("AAAA1111", now, None), ("BBBB2222", now, now), ("CCCC3333", now - week, None)]
    async with db.writing() as session:
        session.add_all(
            FailedUpdate(reference=name, at=at, error="ValueError", body={}, replayed_at=done)
            for name, at, done in rows
        )
    assert (await found(db, now))[About.FAULTS].params == {"count": 1}
    admin = await actor(db, office.admin, now)
    async with db.reading() as session:
        listed, total = await health.list_faults(session, admin, now=now)
    assert total == 1
    assert [one.reference for one in listed] == ["AAAA1111"]


async def test_next_years_days_off_matter_in_december(db: Database, office: Office, now: datetime) -> None:
    december = date(2026, 12, 1)
    assert (await found(db, now, today=december))[About.HOLIDAYS].params == {"year": 2027}
    assert About.HOLIDAYS not in await found(db, now, today=NOVEMBER)


async def test_who_cannot_be_reached(db: Database, office: Office, now: datetime) -> None:
    async with db.writing() as session:
        await session.execute(
            update(Account).where(Account.person_id == office.citra).values(unreachable_since=now)
        )
        for gone in (office.eko, office.dewi):
            await session.delete(await session.scalar(select(Account).where(Account.person_id == gone)))
        await session.execute(update(Person).where(Person.id == office.dewi).values(active=False))
    admin = await actor(db, office.admin, now)
    async with db.reading() as session:
        facts = await load_health(session, now=now, today=NOVEMBER)
        people, total = await health.list_unreachable(session, admin, offset=0, limit=10)
        rest, _ = await health.list_unreachable(session, admin, offset=1, limit=10)
        names = {one.id: one.name for one in await session.scalars(select(Person))}
    assert (facts.blocked, facts.not_joined, total) == (1, 1, 2)
    assert [(one.name, one.since) for one in people] == [
        (names[office.citra], now),
        (names[office.eko], None),
    ]
    assert rest == people[1:]
    assert people[0].unit == "MTsN 3 Sukamaju"


async def test_it_is_the_admins_alone(db: Database, office: Office, now: datetime) -> None:
    budi = await actor(db, office.budi, now)
    assert not health.may_see(budi)
    async with db.reading() as session:
        with pytest.raises(NotAllowed):
            await health.show_health(session, budi, now=now, today=NOVEMBER)
        with pytest.raises(NotAllowed):
            await health.list_unreachable(session, budi, offset=0, limit=1)
        with pytest.raises(NotAllowed):
            await health.list_faults(session, budi, now=now)


async def test_it_costs_the_same_however_much_there_is(db: Database, office: Office, now: datetime) -> None:
    statements: list[str] = []

    def count(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine.sync_engine, "before_cursor_execute", count)
    await found(db, now)
    few = len(statements)
    async with db.writing() as session:
        session.add_all(notice(office.ani, now, OutboxState.UNCERTAIN) for _ in range(60))
        session.add_all(notice(office.ani, now, OutboxState.FAILED, error=str(n)) for n in range(60))
    statements.clear()
    await found(db, now)
    assert len(statements) == few


async def test_size_and_schema_are_known(db: Database) -> None:
    async with db.reading() as session:
        assert await health.schema_of(session) is None, "its tables were made without migrations"
        assert await health.database_size(session) > 50_000


async def test_a_migrated_database_says_where_it_stands(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/migrated.db")
    await migrate(database, "0001")
    async with database.reading() as session:
        assert await health.schema_of(session) == "0001"
    await database.close()
