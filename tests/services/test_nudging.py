"""Who had no feedback for a week: told once a week, in the morning, to the one who decides on them."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, select, update

from bot.commands.running import Rounds
from models import (
    Account,
    DayKind,
    DutyPeriod,
    Feedback,
    Holiday,
    OutboxMessage,
    Pattern,
    Person,
    Round,
    RoundKind,
    Tone,
)
from models.engine import Database
from services.errors import NotAllowed
from services.nudging import enqueue_nudges, load_week, without_feedback
from tests.office import Office
from tests.services.reporting import LINES, send_day
from tests.services.seats import at, away, somebody, stand_in

MORNING = at(18, 8)


@pytest.fixture
async def quiet(db: Database, office: Office, now: datetime) -> None:
    """Ani and Citra joined long ago, reported, and were told nothing."""
    async with db.writing() as session:
        await session.execute(update(Account).values(joined_at=now - timedelta(days=30)))
    await send_day(db, office.ani, *LINES, now=at(17))
    await send_day(db, office.citra, now=at(17))


async def nudge(db: Database, now: datetime) -> int:
    async with db.writing() as session:
        return await enqueue_nudges(session, now=now)


async def nudged(db: Database) -> list[tuple[int | None, list[int]]]:
    async with db.reading() as session:
        rows = await session.scalars(
            select(OutboxMessage).where(OutboxMessage.kind == "nudged").order_by(OutboxMessage.id)
        )
        return [(one.person_id, one.payload["person_ids"]) for one in rows]


@pytest.mark.usefixtures("quiet")
async def test_once_a_week_for_each(db: Database, office: Office) -> None:
    assert await nudge(db, MORNING) == 2
    assert await nudge(db, MORNING + timedelta(hours=1)) == 0
    assert await nudge(db, at(19, 8)) == 0
    assert await nudged(db) == [(office.budi, [office.ani, office.citra])]
    await send_day(db, office.citra, now=at(20))
    assert await nudge(db, at(23, 8)) == 2
    async with db.reading() as session:
        mondays = await session.scalars(
            select(Round.work_date).where(Round.kind == RoundKind.NUDGE).distinct().order_by(Round.work_date)
        )
        assert list(mondays) == [date(2026, 11, 16), date(2026, 11, 23)]


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    ("when", "told"), [(at(18, 7), 0), (at(18, 8), 2), (at(18, 11), 2), (at(18, 12), 0), (at(21, 9), 0)]
)
async def test_in_the_morning_of_a_workday_only(db: Database, when: datetime, told: int) -> None:
    assert await nudge(db, when) == told


@pytest.mark.usefixtures("quiet")
async def test_feedback_leave_silence_and_newcomers_are_no_reason(
    db: Database, office: Office, now: datetime
) -> None:
    async with db.writing() as session:
        session.add(
            Feedback(
                from_id=office.budi,
                to_id=office.ani,
                tone=Tone.APPRECIATION,
                text="Rapi",
                given_at=MORNING - timedelta(days=7) + timedelta(minutes=1),
            )
        )
    await away(db, office.citra, date(2026, 11, 18), date(2026, 11, 18), kind=DayKind.SICK)
    assert await nudge(db, MORNING) == 0
    assert await nudge(db, MORNING + timedelta(hours=1)) == 1, "seven days are over"
    assert await nudge(db, at(19, 8)) == 1, "back from a day away"
    assert await nudged(db) == [(office.budi, [office.ani]), (office.budi, [office.citra])]


@pytest.mark.usefixtures("quiet")
async def test_who_joined_this_week_or_sent_nothing_waits(db: Database, office: Office) -> None:
    async with db.writing() as session:
        newcomer = update(Account).where(Account.person_id == office.ani)
        await session.execute(newcomer.values(joined_at=MORNING - timedelta(days=6)))
    assert await nudge(db, MORNING) == 1
    assert await nudge(db, at(7, 8, month=12)) == 0, "nothing was reported for weeks"


@pytest.mark.usefixtures("quiet")
async def test_while_the_supervisor_is_away_the_stand_in_is_told(db: Database, office: Office) -> None:
    await away(db, office.budi, date(2026, 11, 18), date(2026, 11, 20))
    assert await nudge(db, MORNING) == 0, "nobody is there to be told"
    await stand_in(db, office.budi, office.citra)
    assert await nudge(db, MORNING) == 1
    assert await nudged(db) == [(office.citra, [office.ani])], "nobody is told of themselves"


@pytest.mark.usefixtures("quiet")
async def test_it_costs_one_query_when_nothing_is_due(db: Database, office: Office) -> None:
    await nudge(db, MORNING)
    seen: list[str] = []
    engine = db.engine.sync_engine

    def note(*given: object) -> None:
        seen.append(str(given[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        await nudge(db, MORNING + timedelta(hours=1))
        asked = [one for one in seen if one.startswith("SELECT")]
        seen.clear()
        await nudge(db, at(18, 15))
        none = [one for one in seen if one.startswith("SELECT")]
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert (len(asked), len(none)) == (1, 0)


@pytest.mark.usefixtures("quiet")
async def test_the_week_shows_what_was_sent_to_who_decides(db: Database, office: Office) -> None:
    async with db.reading() as session:
        budi = await somebody(session, office.budi, MORNING)
        week = await load_week(session, budi, office.ani, now=MORNING)
        assert [one.name for one in await without_feedback(session, budi, now=MORNING)] == [
            "Ani Rahmawati",
            "Citra Lestari",
        ]
        assert week.following is not None
        assert week.following.person_id == office.citra
        assert [one.work_date.day for one in week.days] == [11, 12, 13, 16, 17]
        assert [len(one.entries) for one in week.days] == [0, 0, 0, 0, 3]
        for who in ("ani", "citra", "dewi", "head", "admin"):
            actor = await somebody(session, getattr(office, who), MORNING)
            with pytest.raises(NotAllowed):
                await load_week(session, actor, office.ani, now=MORNING)


@pytest.mark.usefixtures("quiet")
async def test_the_program_looks_once_an_hour(db: Database, office: Office) -> None:
    rounds = Rounds()

    async def ticks(now: datetime) -> int:
        async with db.writing() as session:
            await rounds(session, now)
        found = len(await nudged(db))
        async with db.writing() as session:
            await session.execute(delete(Round).where(Round.kind == RoundKind.NUDGE))
        return found

    assert await ticks(MORNING) == 1
    assert await ticks(MORNING + timedelta(minutes=59)) == 1
    assert await ticks(MORNING + timedelta(minutes=61)) == 2


@pytest.mark.usefixtures("quiet")
async def test_a_supervisor_who_works_in_shifts_is_told_on_office_days(db: Database, office: Office) -> None:
    await changed(db, office.budi, pattern=Pattern.SHIFT)
    assert await nudge(db, at(21, 8)) == 0, "a Saturday"
    assert await nudge(db, MORNING) == 2


@pytest.mark.usefixtures("quiet")
async def test_a_supervisor_who_cannot_be_reached_does_not_lose_the_week(
    db: Database, office: Office
) -> None:
    async with db.writing() as session:
        budis = update(Account).where(Account.person_id == office.budi)
        await session.execute(budis.values(unreachable_since=MORNING))
    assert await nudge(db, MORNING) == 0
    async with db.writing() as session:
        await session.execute(budis.values(unreachable_since=None))
    assert await nudge(db, at(19, 8)) == 2


@pytest.mark.usefixtures("quiet")
async def test_a_supervisor_who_has_left_is_not_told(db: Database, office: Office) -> None:
    await changed(db, office.budi, active=False)
    assert await nudge(db, MORNING) == 0
    assert await nudged(db) == []


@pytest.mark.usefixtures("quiet")
async def test_a_stand_in_is_not_told_on_their_own_day_off(db: Database, office: Office) -> None:
    await away(db, office.budi, date(2026, 11, 18), date(2026, 11, 20))
    await stand_in(db, office.budi, office.eko)
    await away(db, office.eko, date(2026, 11, 18), date(2026, 11, 18), kind=DayKind.SICK)
    assert await nudge(db, MORNING) == 0
    assert await nudge(db, at(19, 8)) == 2


@pytest.mark.usefixtures("quiet")
async def test_it_is_their_morning_where_they_are_today(db: Database, office: Office) -> None:
    async with db.writing() as session:
        session.add(
            DutyPeriod(
                person_id=office.budi,
                kind=DayKind.FIELD,
                first=date(2026, 11, 18),
                last=date(2026, 11, 18),
                zone="Asia/Jayapura",
                created_at=at(17),
                created_by=office.budi,
            )
        )
    assert await nudge(db, at(18, 10)) == 0, "noon in Jayapura"
    assert await nudge(db, at(18, 6)) == 2, "eight in Jayapura"
    async with db.reading() as session:
        stale = await session.scalar(select(OutboxMessage.stale_at).where(OutboxMessage.kind == "nudged"))
        assert stale == at(18, 10)


async def changed(db: Database, person_id: int, **values: Any) -> None:
    async with db.writing() as session:
        await session.execute(update(Person).where(Person.id == person_id).values(**values))


@pytest.mark.usefixtures("quiet")
async def test_what_a_failed_commit_took_back_is_done_again(db: Database, office: Office) -> None:
    rounds = Rounds()

    async def fails() -> None:
        async with db.writing() as session:
            await rounds(session, MORNING)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await fails()
    assert await nudged(db) == []
    async with db.writing() as session:
        await rounds(session, MORNING + timedelta(seconds=15))
    assert len(await nudged(db)) == 1
    async with db.reading() as session:
        assert await session.scalar(select(Holiday.id).limit(1)), "the maintenance of the day, too"


async def test_two_ticks_at_once_tell_once(db: Database, office: Office, quiet: None) -> None:
    assert sorted(await asyncio.gather(*(nudge(db, MORNING) for _ in range(3)))) == [0, 0, 2]
    assert len(await nudged(db)) == 1
