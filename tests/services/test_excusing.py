"""Excusing days: whom it reaches, that they are told once, and that it can be taken back."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import AuditEvent, DayKind, DutyPeriod, OutboxMessage, OutboxState, Person, RoundKind, Schedule
from models.engine import Database
from services.calendar import load_personal
from services.duty import excusing
from services.duty.excusing import Reach, Scope
from services.errors import DomainError, Invalid, NotAllowed, NotFound, Outdated
from services.people.identity import Actor
from services.rounds import plan_everybody
from tests.office import Office
from tests.services.desk import NOW, TODAY, Desk, at
from tests.services.seats import stand_in

DIRECT, BELOW = Scope(Reach.DIRECT), Scope(Reach.BELOW)
REASON = "Gangguan jaringan"


@pytest.fixture
def budi(db: Database, office: Office) -> Desk:
    return Desk(db, office, office.budi)


async def excuses(
    desk: Desk, scope: Scope, first: date = TODAY, last: date = TODAY, reason: str = REASON
) -> int:
    found: int = await desk.calls(excusing.excuse, scope, first, last, reason=reason)
    return found


async def excused(db: Database) -> list[int]:
    async with db.reading() as session:
        return list(
            await session.scalars(
                select(DutyPeriod.person_id)
                .where(DutyPeriod.kind == DayKind.EXCUSED, DutyPeriod.cancelled_at.is_(None))
                .order_by(DutyPeriod.person_id)
            )
        )


async def prompts(db: Database) -> dict[int, date]:
    async with db.reading() as session:
        rows = await session.execute(
            select(Schedule.person_id, Schedule.work_date).where(Schedule.kind == RoundKind.PROMPT)
        )
        return {row.person_id: row.work_date for row in rows}


async def test_the_direct_staff_are_excused_told_and_not_asked(
    db: Database, office: Office, budi: Desk
) -> None:
    async with db.writing() as session:
        await plan_everybody(session, now=NOW)
    made = await excuses(budi, DIRECT)
    assert await excused(db) == [office.ani, office.citra]
    assert await budi.told(office.ani) == await budi.told(office.citra) == ["excused"]
    assert await budi.told(office.eko) == []
    async with db.reading() as session:
        calendars = await load_personal(session, [office.ani, office.budi], first=TODAY, last=TODAY)
    assert not calendars[office.ani].reports_on(TODAY)
    assert calendars[office.ani].works_on(TODAY)
    assert calendars[office.budi].reports_on(TODAY)
    planned = await prompts(db)
    assert planned[office.ani] == planned[office.citra] == TODAY + timedelta(days=1)
    assert planned[office.budi] == TODAY
    assert await budi.calls(excusing.undo_excuse, made) == 2
    assert await excused(db) == []
    assert (await prompts(db))[office.ani] == TODAY


async def test_what_was_not_told_yet_is_not_taken_back_aloud(
    db: Database, office: Office, budi: Desk
) -> None:
    made = await excuses(budi, DIRECT)
    async with db.writing() as session:
        await session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.person_id == office.ani)
            .values(state=OutboxState.SENT, finished_at=NOW)
        )
    await budi.calls(excusing.undo_excuse, made)
    assert await budi.told(office.ani) == ["excused", "excuse_undone"]
    assert await budi.told(office.citra) == []


async def test_the_people_below_are_reached_and_never_oneself(
    db: Database, office: Office, budi: Desk
) -> None:
    head = budi.of(office.head)
    async with db.writing() as session:  # a circle of supervisors, as a wrong import may make one
        await session.execute(
            update(Person).where(Person.id == office.head).values(supervisor_id=office.budi)
        )
    choices = await head.calls(excusing_choices)
    assert (choices.direct, choices.below) == (2, 5)
    assert [name for _, name in choices.people] == ["Budi Santoso", "Dewi Kartika"]
    await excuses(head, BELOW)
    assert await excused(db) == sorted([office.budi, office.ani, office.citra, office.dewi, office.eko])


async def excusing_choices(session: AsyncSession, actor: Actor, *, now: datetime) -> excusing.Choices:
    return await excusing.load_choices(session, actor)


async def test_again_reaches_only_who_is_not_excused_yet(db: Database, office: Office, budi: Desk) -> None:
    await excuses(budi, Scope(Reach.ONE, office.ani), TODAY, TODAY + timedelta(days=2))
    made = await excuses(budi, DIRECT)
    assert await excused(db) == [office.ani, office.citra]
    shown = await budi.calls(load, made)
    assert (shown.count, shown.names, shown.undone) == (1, ("Citra Lestari",), False)
    with pytest.raises(Outdated, match="excuse_already"):
        await excuses(budi, DIRECT)
    await budi.calls(excusing.undo_excuse, made)
    assert await excused(db) == [office.ani]
    with pytest.raises(Outdated, match="excuse_undone"):
        await budi.calls(excusing.undo_excuse, made)
    assert (await budi.calls(load, made)).undone


async def load(session: AsyncSession, actor: Actor, period_id: int, *, now: datetime) -> excusing.Excuse:
    return await excusing.load_excuse(session, actor, period_id, now=now)


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (date(2026, 10, 31), date(2026, 11, 2), "duty_closed"),
        (TODAY, TODAY + timedelta(days=31), "duty_too_long"),
        (TODAY + timedelta(days=32), TODAY + timedelta(days=32), "duty_too_far"),
        (TODAY, TODAY - timedelta(days=1), "duty_reversed"),
    ],
)
async def test_limits_are_named(db: Database, budi: Desk, first: date, last: date, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        await excuses(budi, DIRECT, first, last)
    assert await excused(db) == []


@pytest.mark.parametrize(("reason", "code"), [("banjir", "excuse_short"), ("x" * 201, "excuse_long")])
async def test_a_reason_has_a_length(db: Database, budi: Desk, reason: str, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        await excuses(budi, DIRECT, reason=reason)
    assert await excused(db) == []


@pytest.mark.parametrize(
    ("who", "whom", "error", "code"),
    [
        ("ani", "citra", NotAllowed, "excuse_not_yours"),
        ("budi", "eko", NotAllowed, "not_allowed"),
        ("budi", "budi", NotAllowed, "not_allowed"),
        ("head", "ani", NotAllowed, "not_allowed"),
        ("head", "admin", NotAllowed, "not_allowed"),
    ],
)
async def test_nobody_outside_is_reached(
    db: Database, office: Office, budi: Desk, who: str, whom: str, error: type[DomainError], code: str
) -> None:
    with pytest.raises(error, match=code):
        await excuses(budi.of(getattr(office, who)), Scope(Reach.ONE, getattr(office, whom)))
    assert await excused(db) == []


@pytest.mark.parametrize(
    "reason", ["Yang bersangkutan sakit tipes, opname", "Asam lambung kambuh", "Operasi anak", "Sick today"]
)
async def test_a_reason_of_health_is_not_stored(db: Database, budi: Desk, reason: str) -> None:
    with pytest.raises(Invalid, match="excuse_health"):
        await excuses(budi, DIRECT, reason=reason)
    assert await excused(db) == []


async def test_who_stood_in_hands_excuses_back_to_the_supervisor(
    db: Database, office: Office, budi: Desk
) -> None:
    await stand_in(db, office.budi, office.eko, first=TODAY, last=TODAY)
    made = await excuses(budi.of(office.eko), DIRECT, TODAY, TODAY + timedelta(days=3))
    tomorrow = NOW + timedelta(days=1)
    eko = budi.of(office.eko)
    async with db.writing() as session:  # who leads others meanwhile leads these no more
        await session.execute(update(Person).where(Person.id == office.dewi).values(supervisor_id=office.eko))
    for call in (excusing.undo_excuse, load):
        with pytest.raises(NotAllowed):
            await eko.calls(call, made, now=tomorrow)
    shown = await budi.calls(load, made, now=tomorrow)
    assert (shown.count, shown.by) == (2, "Eko Prasetyo")
    assert await budi.calls(excusing.undo_excuse, made, now=tomorrow) == 2
    assert await excused(db) == []


async def test_who_moved_away_is_not_taken_back_by_the_former_supervisor(
    db: Database, office: Office, budi: Desk
) -> None:
    made = await excuses(budi, DIRECT)
    async with db.writing() as session:
        await session.execute(update(Person).where(Person.id == office.ani).values(supervisor_id=office.dewi))
    assert await budi.calls(excusing.undo_excuse, made) == 1
    assert await excused(db) == [office.ani]
    assert await budi.of(office.dewi).calls(excusing.undo_excuse, made) == 1
    assert await excused(db) == []


async def test_only_who_might_excuse_today_takes_it_back(office: Office, budi: Desk) -> None:
    made = await excuses(budi, DIRECT)
    for other in (office.ani, office.dewi):
        with pytest.raises(NotAllowed):
            await budi.of(other).calls(excusing.undo_excuse, made)
    with pytest.raises(NotFound):
        await budi.calls(excusing.undo_excuse, 10**9)
    with pytest.raises(Invalid, match="duty_closed"):
        await budi.calls(excusing.undo_excuse, made, now=at(0, day=6, month=12))


async def test_it_is_audited_without_the_reason(db: Database, budi: Desk) -> None:
    await budi.calls(excusing.undo_excuse, await excuses(budi, DIRECT))
    async with db.reading() as session:
        rows = await session.scalars(select(AuditEvent).where(AuditEvent.subject == "duty_period"))
        found = [(one.action, one.detail) for one in rows]
    assert found == [("days_excused", "2 people"), ("excuse_undone", "2 people")]


async def test_as_many_statements_for_many_as_for_few(db: Database, office: Office, budi: Desk) -> None:
    counts = []
    for more in (0, 60):
        async with db.writing() as session:
            session.add_all(
                Person(name=f"Pegawai {number}", supervisor_id=office.budi, created_at=NOW)
                for number in range(more)
            )
        statements: list[str] = []

        def count(*said: object, into: list[str] = statements) -> None:
            into.append(str(said[2]))

        event.listen(db.engine.sync_engine, "before_cursor_execute", count)
        await excuses(budi, DIRECT, TODAY + timedelta(days=more // 60), TODAY + timedelta(days=more // 60))
        event.remove(db.engine.sync_engine, "before_cursor_execute", count)
        counts.append(len(statements))
    assert counts[1] <= counts[0] + 2
