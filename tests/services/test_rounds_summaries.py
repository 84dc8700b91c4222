"""Weekly summaries of people, teams and groups: on Friday, what each covers, and what a stop does to it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from models import (
    Account,
    DayKind,
    Digest,
    DigestKind,
    DutyPeriod,
    Group,
    Holiday,
    HolidayKind,
    OutboxMessage,
    Pattern,
    Person,
    Round,
    RoundKind,
    RoundState,
)
from models.engine import Database
from services.rounds import plan_everybody, plan_group, tick
from tests.office import Office

EARLY = datetime(2026, 11, 17, 18, 0, tzinfo=UTC)
"""Wednesday 18 November 2026, 01:00 in Jakarta; Friday is the 20th."""
THURSDAY = date(2026, 11, 19)
WEEK = timedelta(days=7)


def at(hour: int, minute: int = 0, *, day: int = 18, month: int = 11) -> datetime:
    """Local time in Jakarta."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


FRIDAY = at(16, 30, day=20)
"""The end of that Friday for five days."""


@pytest.fixture
async def settled(db: Database, office: Office) -> Office:
    """Everybody joined long ago."""
    async with db.writing() as session:
        await session.execute(update(Account).values(joined_at=EARLY - timedelta(days=90)))
        await plan_everybody(session, now=EARLY)
    return office


async def ticked(db: Database, *moments: datetime) -> None:
    for moment in moments:
        more = True
        while more:
            async with db.writing() as session:
                more = (await tick(session, now=moment)).more


async def off(db: Database, *days: date) -> None:
    async with db.writing() as session:
        session.add_all(Holiday(day=day, name="Libur", kind=HolidayKind.OFFICE) for day in days)
        await session.flush()
        await plan_everybody(session, now=EARLY)


Row = tuple[date, date, date, datetime | None, datetime]


async def digests(db: Database, person_id: int, kind: DigestKind = DigestKind.PERSON) -> list[Row]:
    async with db.reading() as session:
        rows = await session.execute(
            select(Digest.week, Digest.first, Digest.last, Digest.cut_from, Digest.cut_to)
            .where(Digest.person_id == person_id, Digest.kind == kind)
            .order_by(Digest.week)
        )
        return [(row.week, row.first, row.last, row.cut_from, row.cut_to) for row in rows]


async def told(db: Database, kind: str, **to: Any) -> list[tuple[datetime, dict[str, Any]]]:
    async with db.reading() as session:
        rows = await session.execute(
            select(OutboxMessage.created_at, OutboxMessage.payload)
            .where(OutboxMessage.kind == kind)
            .filter_by(**to)
            .order_by(OutboxMessage.id)
        )
        return [(row.created_at, row.payload) for row in rows]


async def test_everybody_asked_gets_one_on_friday_and_supervisors_another(
    db: Database, settled: Office
) -> None:
    await ticked(db, FRIDAY - timedelta(minutes=1), FRIDAY, FRIDAY, at(19, day=20))
    for person in (settled.head, settled.budi, settled.ani, settled.citra, settled.dewi, settled.eko):
        assert await told(db, "week_summed", person_id=person) == [(FRIDAY, {"week": "2026-11-19"})]
    for person in (settled.head, settled.budi, settled.dewi):
        assert await told(db, "team_summed", person_id=person) == [(FRIDAY, {"week": "2026-11-19"})]
    assert len(await told(db, "team_summed")) == 3
    assert len(await told(db, "week_summed")) == 6
    week = (THURSDAY, date(2026, 11, 13), THURSDAY, FRIDAY - WEEK, FRIDAY)
    assert await digests(db, settled.ani) == [week]
    assert await digests(db, settled.budi, DigestKind.TEAM) == [week]


async def test_the_next_one_begins_where_the_last_one_ended(db: Database, settled: Office) -> None:
    await ticked(db, FRIDAY + timedelta(minutes=7), FRIDAY + WEEK + timedelta(hours=1))
    assert (await digests(db, settled.ani))[1] == (
        THURSDAY + WEEK,
        date(2026, 11, 20),
        THURSDAY + WEEK,
        FRIDAY,
        FRIDAY + WEEK,
    )


async def test_when_friday_is_off_it_comes_at_the_end_of_the_first_day_after(
    db: Database, settled: Office
) -> None:
    async with db.writing() as session:
        await session.execute(update(Person).where(Person.id == settled.ani).values(pattern=Pattern.SIX_DAYS))
    await off(db, date(2026, 11, 20))
    await ticked(db, FRIDAY, at(14, 45, day=21), at(16, day=23))
    assert [when for when, _ in await told(db, "week_summed", person_id=settled.ani)] == [at(14, 45, day=21)]
    assert [when for when, _ in await told(db, "week_summed", person_id=settled.citra)] == [at(16, day=23)]
    assert (await digests(db, settled.citra))[0][2:] == (THURSDAY, FRIDAY - WEEK, at(16, day=23))


async def test_two_fridays_off_are_one_summary_of_two_weeks(db: Database, settled: Office) -> None:
    await ticked(db, FRIDAY)
    async with db.writing() as session:
        session.add(
            DutyPeriod(
                person_id=settled.ani,
                kind=DayKind.LEAVE,
                first=date(2026, 11, 27),
                last=date(2026, 12, 6),
                created_at=EARLY,
                created_by=settled.ani,
            )
        )
    moments = [at(20 - 4, 30, day=20) + timedelta(days=offset) for offset in range(1, 22)]
    await ticked(db, *moments)
    rows = await digests(db, settled.ani)
    assert [row[:3] for row in rows] == [
        (THURSDAY, date(2026, 11, 13), THURSDAY),
        (THURSDAY + 2 * WEEK, date(2026, 11, 20), THURSDAY + 2 * WEEK),
        (THURSDAY + 3 * WEEK, date(2026, 12, 4), THURSDAY + 3 * WEEK),
    ]
    assert rows[1][4] == at(16, day=7, month=12)
    assert [row[3] for row in rows[1:]] == [row[4] for row in rows[:-1]]


async def test_one_that_was_missed_is_given_in_the_morning_of_the_next_day(
    db: Database, settled: Office
) -> None:
    """The program was down from Friday afternoon until Monday morning; the cut is Friday's all the same."""
    await ticked(db, at(20, day=20), at(7, 59, day=23))
    assert await told(db, "week_summed") == []
    await ticked(db, at(8, day=23), at(9, day=23))
    assert await told(db, "week_summed", person_id=settled.ani) == [(at(8, day=23), {"week": "2026-11-19"})]
    await ticked(db, FRIDAY + WEEK)
    rows = await digests(db, settled.ani)
    assert rows == [
        (THURSDAY, date(2026, 11, 13), THURSDAY, FRIDAY - WEEK, FRIDAY),
        (THURSDAY + WEEK, date(2026, 11, 20), THURSDAY + WEEK, FRIDAY, FRIDAY + WEEK),
    ]


async def test_it_is_given_late_on_the_same_day_until_the_evening(db: Database, settled: Office) -> None:
    await ticked(db, at(19, 59, day=20))
    assert len(await told(db, "week_summed")) == 6
    assert (await digests(db, settled.ani))[0][4] == FRIDAY


async def test_weeks_missed_are_in_the_next_one(db: Database, settled: Office) -> None:
    await ticked(db, FRIDAY)
    later = FRIDAY + 3 * WEEK
    async with db.writing() as session:
        await plan_everybody(session, now=later)
    await ticked(db, later)
    rows = await digests(db, settled.ani)
    assert rows[1] == (
        THURSDAY + 3 * WEEK,
        date(2026, 11, 20),
        THURSDAY + 3 * WEEK,
        FRIDAY,
        later,
    )
    assert len(await told(db, "week_summed", person_id=settled.ani)) == 2


async def test_who_was_unreachable_finds_the_week_in_the_next_one(db: Database, settled: Office) -> None:
    async with db.writing() as session:
        mine = Account.person_id == settled.ani
        await session.execute(update(Account).where(mine).values(unreachable_since=EARLY))
    await ticked(db, FRIDAY)
    async with db.writing() as session:
        await session.execute(update(Account).where(mine).values(unreachable_since=None))
    await ticked(db, at(8, day=23), FRIDAY + WEEK)
    assert [row[0] for row in await digests(db, settled.ani)] == [THURSDAY + WEEK]


async def test_the_first_one_begins_when_the_person_joined(db: Database, settled: Office) -> None:
    async with db.writing() as session:
        for person, day in ((settled.ani, 18), (settled.citra, 19), (settled.eko, 20)):
            await session.execute(
                update(Account).where(Account.person_id == person).values(joined_at=at(9, day=day))
            )
    await ticked(db, FRIDAY)
    assert (await digests(db, settled.ani))[0][1:3] == (date(2026, 11, 18), THURSDAY)
    assert (await digests(db, settled.citra))[0][1:3] == (THURSDAY, THURSDAY)
    assert await digests(db, settled.eko) == []
    assert await told(db, "week_summed", person_id=settled.eko) == []
    async with db.reading() as session:
        state = await session.scalar(
            select(Round.state).where(Round.person_id == settled.eko, Round.kind == RoundKind.DIGEST)
        )
    assert state is RoundState.UNNEEDED
    await ticked(db, FRIDAY + WEEK)
    assert (await digests(db, settled.eko))[0][1:3] == (date(2026, 11, 20), THURSDAY + WEEK)


async def linked(db: Database, office: Office, **values: Any) -> int:
    async with db.writing() as session:
        unit = await session.scalar(select(Person.unit_id).where(Person.id == office.ani))
        assert unit is not None
        group = Group(
            **{
                "chat_id": -1001,
                "title": "Grup",
                "unit_id": unit,
                "linked_by": office.admin,
                "linked_at": EARLY,
                **values,
            }
        )
        session.add(group)
        await session.flush()
        await plan_group(session, group.id, now=EARLY)
        return group.id


async def test_a_group_gets_the_summary_of_its_unit_once_a_week(db: Database, settled: Office) -> None:
    group = await linked(db, settled)
    await ticked(db, FRIDAY - timedelta(minutes=1), FRIDAY, FRIDAY, FRIDAY + WEEK)
    assert await told(db, "unit_summed", group_id=group, person_id=None) == [
        (FRIDAY, {"week": "2026-11-19"}),
        (FRIDAY + WEEK, {"week": "2026-11-26"}),
    ]
    async with db.reading() as session:
        rows = (
            await session.execute(
                select(Digest.first, Digest.last, Digest.cut_from, Digest.cut_to)
                .where(Digest.kind == DigestKind.UNIT, Digest.group_id == group)
                .order_by(Digest.week)
            )
        ).all()
    assert [tuple(row) for row in rows] == [
        (date(2026, 11, 13), THURSDAY, FRIDAY - WEEK, FRIDAY),
        (date(2026, 11, 20), THURSDAY + WEEK, FRIDAY, FRIDAY + WEEK),
    ]


async def test_a_group_goes_by_its_zone_and_the_days_off_of_its_unit(db: Database, settled: Office) -> None:
    group = await linked(db, settled, zone="Asia/Jayapura")
    async with db.writing() as session:
        unit = await session.scalar(select(Group.unit_id))
        session.add(Holiday(day=date(2026, 11, 20), name="Libur unit", kind=HolidayKind.OFFICE, unit_id=unit))
        await session.flush()
        await plan_everybody(session, now=EARLY)
        due = await plan_group(session, group, now=EARLY)
    assert due is not None
    assert due.due_at == at(14, day=23)  # 16:00 there, on Monday
    await ticked(db, FRIDAY, at(14, day=23))
    assert [when for when, _ in await told(db, "unit_summed")] == [at(14, day=23)]


async def test_a_group_that_was_missed_is_told_on_the_next_office_day(db: Database, settled: Office) -> None:
    await linked(db, settled)
    await ticked(db, at(20, 30, day=20), at(8, day=21), at(8, day=23), at(9, day=23))
    assert await told(db, "unit_summed") == [(at(8, day=23), {"week": "2026-11-19"})]


async def test_a_group_with_a_problem_is_still_due_and_one_let_go_is_not(
    db: Database, settled: Office
) -> None:
    group = await linked(db, settled, problem="no_rights")
    gone = await linked(db, settled, chat_id=-1002)
    async with db.writing() as session:
        await session.execute(update(Group).where(Group.id == gone).values(unlinked_at=at(9)))
    await ticked(db, FRIDAY)
    async with db.reading() as session:
        assert list(
            await session.scalars(select(OutboxMessage.group_id).where(OutboxMessage.kind == "unit_summed"))
        ) == [group]
    async with db.writing() as session:
        assert await plan_group(session, gone, now=at(17, day=20)) is None
        assert await session.scalar(select(Group.due_at).where(Group.id == gone)) is None


async def test_planning_again_repeats_no_summary(db: Database, settled: Office) -> None:
    group = await linked(db, settled)
    await ticked(db, FRIDAY)
    async with db.writing() as session:
        await plan_everybody(session, now=FRIDAY)
        due = await plan_group(session, group, now=FRIDAY)
    assert due is not None
    assert due.due_at == FRIDAY + WEEK
    await ticked(db, FRIDAY + timedelta(hours=1))
    assert len(await told(db, "unit_summed")) == 1
    assert len(await told(db, "week_summed")) == 6
